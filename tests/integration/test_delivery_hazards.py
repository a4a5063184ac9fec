"""From the feed to receivers that misbehave for hours and days: real servers, a clock of the test's own (hazards 61, 63, 69, 71, 75)."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
import stores
from daemon import called
from newsroom import joint_statements
from receivers import SmtpReceiver, WebhookReceiver
from walk import Walk

from aseanwatch import doctor, wiring
from aseanwatch.alerts.notify import notifier
from aseanwatch.alerts.sending import SEND_SECONDS
from aseanwatch.alerts.targets import Target
from aseanwatch.alerts.templates import Templates
from aseanwatch.pipeline import HEARTBEAT, LEASE_SECONDS, NOBODY
from aseanwatch.ports import Notifier
from aseanwatch.settings import load_settings
from aseanwatch.wiring import rules_reader
from core.alerts import AlertKind, DeliveryState, ReceiptKind
from core.operator import Operators
from core.routes import Recipient, Route, Routing
from store import Store, open_store

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
PER_MINUTE = 20
NEWS = list(islice(joint_statements(), 24))
READER = rules_reader(())


@pytest.fixture
def memory() -> Iterator[Store]:
    with open_store("sqlite://", now=stores.NOW) as store:
        yield store


def watching(store: Store, urls: Mapping[str, str], routes: tuple[Route, ...] = (), operators: Operators = NOBODY) -> Walk:
    """A walk whose targets are reached as in earnest."""

    def real(seconds: Callable[[], float]) -> Mapping[str, Notifier]:
        made = (Target(name=name, url=url, per_minute=PER_MINUTE) for name, url in urls.items())
        return {one.name: notifier(one, Templates(), monotonic=seconds, send_seconds=5.0) for one in made}

    routing = Routing(recipients=tuple(Recipient(name=name) for name in urls), routes=routes)
    walk = Walk(store, routing=routing, operators=operators, targets=tuple(urls), reader=READER, notifiers=real)
    walk.pipeline.tell_operator()
    return walk


def publishes(walk: Walk, number: int) -> str:
    """The source announces a story with an outcome of its own: its title."""
    name, (title, text) = f"story-{number}", NEWS[number]
    walk.network.page(stores.entry(name), stores.story(name, text, title="ASEAN", published=walk.clock.now()))
    walk.network.serves(stores.VNA, stores.entry(name), etag=name)
    walk.goes()
    return title


def states(walk: Walk, target: str) -> list[str]:
    return [one.state.value for one in walk.store.deliveries(target=target)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_hook_that_moved_is_tried_for_a_day_given_up_and_told_to_somebody_else(memory: Store, status: int) -> None:
    news = Route(name="news", targets=("hook",))
    with WebhookReceiver() as hook, WebhookReceiver("/landing") as landing, WebhookReceiver() as duty:
        hook.next_answers(status, times=1000, headers={"Location": landing.url.replace("json", "http")})
        walk = watching(memory, {"hook": hook.url, "duty": duty.url}, (news,), Operators(targets=("duty",), others=("hook", "duty")))
        publishes(walk, 0)
        assert states(walk, "hook") == ["retry"]
        assert duty.arrivals == []

        for _ in range(96):
            walk.clock.passes(QUARTER)
            walk.goes()
        walk.clock.passes(timedelta(seconds=10))
        walk.goes()

        assert states(walk, "hook") == ["dead"]
        assert 90 < len(hook.arrivals) < 120
        assert landing.arrivals == []
        assert ReceiptKind.ACCEPTED not in walk.diary.receipts[:-1]  # the last is the operator's
        [note] = duty.arrivals
        assert note.json["title"] == "[watch] 1 delivery was given up"
        assert f"HTTP {status}" in note.json["message"]


def test_an_answer_after_ten_seconds_has_its_time_and_a_living_sender_is_never_overtaken() -> None:
    """Hazard 62: what the tests of single attempts do in less time, by the figures of the program."""
    assert 10 < SEND_SECONDS == 40
    assert LEASE_SECONDS >= SEND_SECONDS + 20


def test_a_retry_reaches_only_who_was_not_reached(memory: Store) -> None:
    """One recipient is one delivery: the other has his message already."""
    with SmtpReceiver() as good, SmtpReceiver() as bad:
        bad.next_recipients_get("450 mailbox busy", times=2)
        walk = watching(memory, {"good": good.url, "bad": bad.url})
        publishes(walk, 0)
        assert (states(walk, "good"), states(walk, "bad")) == (["sent"], ["retry"])
        for _ in range(4):
            walk.clock.passes(timedelta(seconds=10))
            walk.goes()
        assert (states(walk, "good"), states(walk, "bad")) == (["sent"], ["sent"])
        assert (len(good.arrivals), len(bad.arrivals)) == (1, 1)


def test_after_half_a_day_without_a_receiver_nothing_is_lost_and_it_is_not_flooded(memory: Store) -> None:
    with WebhookReceiver() as hook:
        walk = watching(memory, {"hook": hook.url})
        titles = []
        with hook.refusing():
            for number in range(24):
                titles.append(publishes(walk, number))
                walk.clock.passes(HOUR / 2)
                walk.goes()
        assert hook.arrivals == []
        back, at = walk.clock.now(), []
        while set(states(walk, "hook")) & {"pending", "retry"}:
            before = len(hook.arrivals)
            walk.clock.passes(timedelta(seconds=1 if at and at[-1] == walk.clock.now() else 20))
            walk.goes()
            at += [walk.clock.now()] * (len(hook.arrivals) - before)
            assert walk.clock.now() - back < HOUR, "still waiting an hour later"

    messages = [arrival.json for arrival in hook.arrivals]
    digests = [one for one in messages if one["kind"] == AlertKind.DIGEST]
    late = [outcome["title"] for one in digests for part in one["parts"] for outcome in part["outcomes"]]
    by_itself = [outcome["title"] for one in messages if one["kind"] == AlertKind.NEWS for outcome in one["outcomes"]]
    assert len(digests) == 1
    assert sorted(late + by_itself) == sorted(titles)
    assert late == titles[: len(late)]
    assert 11 <= len(late) <= 13
    assert [title for title in titles if title in by_itself] == by_itself or len(by_itself) == 24 - len(late)
    assert max(sum(one <= other < one + timedelta(minutes=1) for other in at) for one in at) <= PER_MINUTE + PER_MINUTE // 2
    assert set(Counter(one.delivery for one in hook.arrivals).values()) == {1}
    assert {DeliveryState.SENT.value, DeliveryState.SUPPRESSED.value} == set(states(walk, "hook"))


@pytest.mark.parametrize(
    "url",
    [
        "slack://one-token-of-three",
        "json://a.example/hook json://b.example/hook",
        "mailto://watch:word@mail.example?from=a@x.example&to=b@x.example,c@x.example",
        "nonsense",
    ],
)
def test_a_watch_with_a_target_that_cannot_work_does_not_start(tmp_path: Path, url: str) -> None:
    (tmp_path / "aseanwatch.toml").write_text(f"data_dir = 'data'\n[alerts.targets.desk]\nurl = {json.dumps(url)}\n")

    refused = called("run", "--once", "--config", str(tmp_path / "aseanwatch.toml"))

    assert refused.returncode == 2
    assert "alerts.targets.desk" in refused.stderr
    assert not (tmp_path / "data" / "aseanwatch.db").exists()


@pytest.mark.parametrize(("silent", "verdict"), [(timedelta(seconds=60), "ok"), (timedelta(minutes=3), "bad")])
def test_a_watch_that_is_alive_and_does_nothing_is_found_within_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent: timedelta, verdict: str
) -> None:
    """Its process holds the lock, and its heart has not beaten. `doctor` ends with 1 then: a timer outside can ask it."""
    settings = load_settings(None, {"ASEANWATCH_DATA_DIR": str(tmp_path)})
    monkeypatch.setattr(doctor, "QUICK_CHECKS", {"database": doctor.QUICK_CHECKS["database"]})
    with wiring.sole_instance(settings), wiring.storage(settings, create=True) as store:
        store.remember(HEARTBEAT, (wiring.SystemClock().now() - silent).isoformat())
        found = doctor.examine(lambda: settings, quick=True)
        said = called("doctor", "--quick", "--data-dir", str(tmp_path))

    [watch] = [one for one in found if one.check == "watch"]
    assert watch.verdict == verdict
    assert (said.returncode == 1 and "runs but is stuck" in said.stdout) is (verdict == "bad")
