"""A storm, a night and something critical, from the feed to the message."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
import stores
from newsroom import joint_statements
from walk import Walk

from aseanwatch.pipeline import NOBODY
from aseanwatch.wiring import rules_reader
from core.alerts import Alert, AlertKind, Receipt, ReceiptKind
from core.operator import Operators
from core.routes import Ask, Guard, Quiet, Recipient, Route, Routing
from store import Store, open_store

GUARD = Guard(alerts=5, window=timedelta(minutes=10))
NIGHT = Quiet(start=time(22), end=time(6, 30), zone=ZoneInfo("Asia/Bangkok"))
URGENT = Route(name="urgent", targets=("desk",), asks={Ask.TYPE: frozenset({"document"})}, critical=True)
REST = Route(name="rest", targets=("desk",))


@pytest.fixture
def memory() -> Iterator[Store]:
    with open_store("sqlite://", now=stores.NOW) as store:
        yield store


NEWS = list(islice(joint_statements(), 40))
TITLES = [title for title, _ in NEWS]
READER = rules_reader(())


def watching(store: Store, routing: Routing, operators: Operators = NOBODY) -> Walk:
    return Walk(store, routing=routing, operators=operators, targets=routing.targets, reader=READER)


def publishes(walk: Walk, *numbers: int) -> None:
    """The source announces stories of these numbers, each with an outcome of its own."""
    names = [f"story-{number}" for number in numbers]
    for number, name in zip(numbers, names, strict=True):
        walk.network.page(stores.entry(name), stores.story(name, NEWS[number][1], title="ASEAN", published=walk.clock.now()))
    walk.network.serves(stores.VNA, *map(stores.entry, names), etag=names[0])
    walk.goes()


def got(walk: Walk, target: str = "desk") -> list[Alert]:
    return [alert for delivery, alert in walk.postbox.got if delivery.target == target]


def test_a_storm_of_forty_is_five_messages_one_digest_of_thirty_five_and_a_word_to_the_operator(memory: Store) -> None:
    routing = Routing(recipients=(Recipient(name="desk"), Recipient(name="duty")), routes=(REST,), guard=GUARD)
    walk = watching(memory, routing, Operators(targets=("duty",), others=("desk", "duty")))
    walk.pipeline.tell_operator()

    publishes(walk, *range(40))
    walk.goes()
    assert len(got(walk)) == 5
    [note] = got(walk, "duty")
    assert (note.kind, note.headline) == (AlertKind.OPERATOR, "1 storm of alerts")

    walk.clock.passes(timedelta(minutes=10))
    walk.goes()

    *_, digest = got(walk)
    assert len(got(walk)) == 6
    assert (digest.kind, len(digest.parts)) == (AlertKind.DIGEST, 35)
    told = [item.title for alert in got(walk)[:5] for item in alert.news] + [item.title for part in digest.parts for item in part.news]
    assert sorted(told) == sorted(TITLES)
    counts = walk.store.counts()["deliveries"]
    assert (counts["sent"], counts["suppressed"], sum(counts.values())) == (7, 35, 42)


def test_a_quiet_night_is_one_message_in_the_morning(memory: Store) -> None:
    walk = watching(memory, Routing(recipients=(Recipient(name="desk", quiet=NIGHT),), guard=GUARD))
    walk.clock.at = datetime(2026, 7, 11, 15, 30, tzinfo=UTC)
    for hour in range(6):
        publishes(walk, hour)
        walk.clock.passes(timedelta(hours=1))
    assert got(walk) == []

    walk.clock.at = datetime(2026, 7, 11, 23, 30, tzinfo=UTC)
    walk.goes()

    [digest] = got(walk)
    assert [item.title for part in digest.parts for item in part.news] == TITLES[:6]


def test_what_is_critical_passes_the_night_and_the_storm(memory: Store) -> None:
    walk = watching(memory, Routing(recipients=(Recipient(name="desk", quiet=NIGHT),), routes=(URGENT, REST), guard=GUARD))
    walk.clock.at = datetime(2026, 7, 11, 16, 0, tzinfo=UTC)

    publishes(walk, *range(8))

    assert len(got(walk)) == 8
    assert {delivery.rule for delivery, _ in walk.postbox.got} == {"route urgent: critical"}


def test_a_delivery_that_dies_is_told_to_another_target_within_a_minute(memory: Store) -> None:
    to_desk = Route(name="news", targets=("desk",))
    routing = Routing(recipients=(Recipient(name="desk"), Recipient(name="duty")), routes=(to_desk,))
    walk = watching(memory, routing, Operators(targets=("duty",), others=("desk", "duty")))
    walk.pipeline.tell_operator()
    walk.postbox.answers.append(Receipt(kind=ReceiptKind.REJECTED, reason="410"))

    publishes(walk, 0)
    walk.clock.passes(timedelta(seconds=10))
    walk.goes()

    [note] = got(walk, "duty")
    assert note.headline == "1 delivery was given up"
    assert "to desk: 410" in note.notes[0]
