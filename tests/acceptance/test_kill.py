"""The watch is killed (SIGKILL) between a feed and a receipt: no article is lost, no alert arrives twice, and what is in doubt is known.

How it bears being killed again and again, at every point and at any moment, is in test_kill_loop.py.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from daemon import Daemon, until
from killable import Killable
from newsroom import joint_statements, settings_file
from publisher import ATOM, Publisher, answers
from receivers import SmtpReceiver, WebhookReceiver

from store import Store, open_store

TARGETS = ("desk_mail", "ministry_hook")
BETWEEN = [f"{when}:{change}" for change in ("entry", "article", "receipt", "delivery", "claim", "send") for when in ("before", "after")]
RECOVERING = "before:recovery"
"""The next process after a death in the midst of sending dies as well, while it notes the doubt."""
IN_DOUBT = {"after:claim", "before:send", "after:send"}
"""Where nobody can know afterwards whether the message went out: claimed, and neither in the ledger nor in the database as sent."""


@dataclass
class Siege:
    """A site that publishes one result after another, two receivers, and a watch that keeps being killed."""

    publisher: Publisher
    post: SmtpReceiver
    hook: WebhookReceiver
    settings: Path
    killable: Killable
    documents: list[str] = field(default_factory=list)
    """The results published so far."""
    kills: int = 0
    before_answer: Callable[[], None] = lambda: None
    """Called by either receiver when it has a message whole and has not said so yet."""

    def __post_init__(self) -> None:
        self._news = joint_statements()

    def opens(self) -> None:
        """The feeds are recorded once, empty: what comes now is news."""
        done = self.killable.run("never:", "run", "--once", "--config", str(self.settings))
        assert done.returncode == 0, done.stdout

    def publishes(self) -> None:
        document, text = next(self._news)
        self.publisher.adds_text(f"story-{len(self.documents)}", text, published=datetime.now(UTC))
        self.documents.append(document)

    def watch(self, *arguments: str) -> Daemon:
        return Daemon("--config", str(self.settings), *arguments)

    def dies_at(self, point: str) -> None:
        """Rounds of the watch, until one is killed at `point`."""
        self.publishes()
        for _ in range(4):
            done = self.killable.run(point, "run", "--once", "--config", str(self.settings))
            if done.returncode == -9:
                self.kills += 1
                return
            assert done.returncode == 0, done.stdout
        raise AssertionError(f"{point} was never reached\n{done.stdout}")

    def comes_to_rest(self) -> None:
        """The watch runs undisturbed until it has read and sent everything."""
        with self.watch() as daemon:
            daemon.wait_for("started")
            until(lambda: len(self.state("sent", "unknown")) == len(TARGETS) * len(self.documents), 60, "all to be told", say=daemon.told)
            assert daemon.terminate() == 0, daemon.told()

    def state(self, *states: str) -> list[str]:
        """The keys of the deliveries in these states."""
        with self.store() as store:
            return [one.key for state in states for one in store.deliveries(state=state, limit=1000)]

    def store(self) -> Store:
        return open_store(f"sqlite:///{self.settings.parent / 'data' / 'aseanwatch.db'}", now=datetime.now(UTC), migrate=False)

    def holds(self) -> None:
        """What must hold after any number of kills."""
        arrived = Counter(one.delivery for one in [*self.post.arrivals, *self.hook.arrivals])
        with self.store() as store:
            pages = {story.id: self.publisher.page_url(story.id) for story in self.publisher.stories}
            read = {article.url for article in store.articles(limit=1000)}
            told = [item.title for alert, _ in store.alerts(1000) for item in alert.news]
            counts = store.counts()["deliveries"]
            assert set(pages.values()) == read
            assert sorted(told) == sorted(self.documents)
            assert store.check() == []
        assert counts["sent"] + counts["unknown"] == sum(counts.values()) == len(TARGETS) * len(self.documents)
        assert max(arrived.values(), default=0) <= 1
        assert set(self.state("sent")) <= set(arrived) <= set(self.state("sent", "unknown"))


@pytest.fixture
def siege(tmp_path: Path) -> Iterator[Siege]:
    held: list[Siege] = []

    def before_answer(_: object) -> None:
        held[0].before_answer()

    with (
        Publisher() as publisher,
        SmtpReceiver(before_answer=before_answer) as post,
        WebhookReceiver(before_answer=before_answer) as hook,
        Killable(tmp_path) as killable,
    ):
        settings = settings_file(tmp_path, publisher, dict(zip(TARGETS, (post.url, hook.url), strict=True)))
        held.append(Siege(publisher, post, hook, settings, killable))
        held[0].opens()
        yield held[0]


def test_killed_between_any_two_steps_only_what_was_being_sent_is_in_doubt(siege: Siege) -> None:
    points = [*BETWEEN, RECOVERING]
    for point in points:
        siege.dies_at(point)
    siege.comes_to_rest()

    assert siege.kills == len(points)
    assert len(siege.state("unknown")) == len(IN_DOUBT & set(points))
    siege.holds()


def test_killed_with_the_entries_in_hand_when_the_feed_will_not_change_again(siege: Siege) -> None:
    siege.publisher.behaves(ATOM, answers(503))
    siege.dies_at("before:entry")
    siege.comes_to_rest()  # validators that had been kept without the entries would make this wait for ever

    siege.holds()


def test_killed_while_a_receiver_has_the_message_and_has_not_said_so(siege: Siege) -> None:
    arrived, answer = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        arrived.release()
        answer.wait(30)

    siege.before_answer = hold
    siege.publishes()
    with siege.watch() as daemon:
        assert arrived.acquire(timeout=30), daemon.told()
        assert arrived.acquire(timeout=30), daemon.told()
        daemon.kill()
    siege.before_answer = lambda: None
    answer.set()
    siege.comes_to_rest()

    assert len(siege.state("unknown")) == 2  # both arrived, and nobody can know it: held, not sent again
    siege.holds()
