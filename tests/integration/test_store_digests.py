"""Digests on every database: what waits is claimed by nobody, is listed once, and is gathered in one transaction or not at all."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from stores import MINUTE, NOW, cut_off, reading, story, tell

from core.alerts import Alert, AlertKind, Delivery, DeliveryState, Receipt, ReceiptKind
from core.delivery import Step
from core.digests import LATE
from core.operator import LINES, Line, Note, Operators, Told, notes
from core.outcomes import Event, EventKind
from core.routes import QUIET, STORM, Ask, Guard, Quiet, Recipient, Route, Routing
from store import Store

HOUR = timedelta(hours=1)
NIGHT = Quiet(start=time(22), end=time(6, 30), zone=ZoneInfo("Asia/Bangkok"))
EVENING = datetime.fromisoformat("2026-07-11T16:00+00:00")
MORNING = datetime.fromisoformat("2026-07-11T23:30+00:00")
DAILY = Route(name="daily", targets=("desk",), digest=lambda now: NOW + 12 * HOUR if now < NOW + 12 * HOUR else now + 24 * HOUR)
AT_ONCE, SOURCES = LINES


def routing(*routes: Route, quiet: Quiet | None = None, guard: Guard | None = None) -> Routing:
    return Routing(recipients=(Recipient(name="desk", quiet=quiet),), routes=routes, guard=guard)


def tells(store: Store, name: str, routed: Routing, now: datetime = NOW) -> Alert:
    _, alert = tell(store, story(name), reading(story(name), name), targets=routed, now=now)
    assert alert
    return alert


def owed(store: Store, **which: str) -> list[Delivery]:
    """Deliveries, oldest first."""
    return list(reversed(store.deliveries(**which)))  # type: ignore[arg-type]


def sends(store: Store, now: datetime) -> list[Alert]:
    """Everything that is due, accepted."""
    sent = []
    while claimed := store.claim_delivery("me", now, 60):
        assert store.record_receipt(claimed[0], Receipt(kind=ReceiptKind.ACCEPTED), Step(state=DeliveryState.SENT), now)
        sent.append(claimed[1])
    return sent


def titles(alert: Alert) -> list[str]:
    return [item.title for part in alert.parts for item in part.news]


def test_what_waits_for_a_digest_is_claimed_by_nobody_and_then_goes_in_one_message(store: Store) -> None:
    for number, name in enumerate(("first", "second", "third")):
        tells(store, name, routing(DAILY), NOW + number * MINUTE)
    [one, *_] = owed(store)
    assert (one.state, one.digest, one.next_attempt_at, one.rule) == (DeliveryState.PENDING, "daily", NOW + 12 * HOUR, "route daily")
    assert store.assemble_digests(NOW + 11 * HOUR) == []
    assert store.claim_delivery("me", NOW + 13 * HOUR, 60) is None

    [digest] = store.assemble_digests(NOW + 12 * HOUR)

    assert (digest.kind, titles(digest), digest.headline) == (
        AlertKind.DIGEST, ["first", "second", "third"], "3 alerts, gathered by route daily",
    )  # fmt: skip
    assert store.assemble_digests(NOW + 12 * HOUR) == []
    assert [sent.key for sent in sends(store, NOW + 12 * HOUR)] == [digest.key]
    members = owed(store, state="suppressed")
    assert [(one.listed_in, one.reason) for one in members] == [(digest.key, f"in digest {digest.key}")] * 3
    assert store.alert(digest.key) == (digest, [replace(owed(store, state="sent")[0])])


def test_one_alone_goes_as_it_is(store: Store) -> None:
    alert = tells(store, "only", routing(DAILY))

    assert store.assemble_digests(NOW + 12 * HOUR) == []
    assert [sent.key for sent in sends(store, NOW + 12 * HOUR)] == [alert.key]


def test_whoever_dies_while_he_gathers_has_made_nothing_and_the_next_one_makes_it_once(store: Store) -> None:
    for name in ("first", "second"):
        tells(store, name, routing(DAILY))
    for statement in range(50):
        if not cut_off(store, statement, lambda: store.assemble_digests(NOW + 13 * HOUR)):
            break
        assert {one.state for one in owed(store)} == {DeliveryState.PENDING}
    assert statement > 2
    [digest] = sends(store, NOW + 13 * HOUR)
    assert titles(digest) == ["first", "second"]
    assert store.assemble_digests(NOW + 13 * HOUR) == []


def test_a_digest_whose_time_a_wrong_clock_set_is_not_waited_for(store: Store) -> None:
    ahead = NOW + 24 * 400 * HOUR
    weekly = Route(name="weekly", targets=("desk",), digest=lambda now: now + 7 * 24 * HOUR)
    for name in ("first", "second"):
        tells(store, name, routing(weekly), ahead)

    assert [titles(one) for one in store.assemble_digests(NOW)] == [["first", "second"]]


def test_a_weekly_digest_waits_its_week(store: Store) -> None:
    weekly = Route(name="weekly", targets=("desk",), digest=lambda now: NOW + 7 * 24 * HOUR)
    for name in ("first", "second"):
        tells(store, name, routing(weekly))

    assert store.assemble_digests(NOW + 6 * 24 * HOUR) == []
    assert len(store.assemble_digests(NOW + 7 * 24 * HOUR)) == 1


def test_a_night_makes_one_message_in_the_morning_and_what_is_critical_does_not_wait(store: Store) -> None:
    critical = Route(name="urgent", targets=("desk",), asks={Ask.MEETING: frozenset({"amm"})}, critical=True)
    for number in range(7):
        tells(store, f"night {number}", routing(quiet=NIGHT, guard=Guard(alerts=2, window=10 * MINUTE)), EVENING + number * HOUR)
    urgent = tells(store, "urgent", routing(critical, quiet=NIGHT), EVENING + 2 * HOUR)

    assert [sent.key for sent in sends(store, EVENING + 7 * HOUR)] == [urgent.key]
    assert {one.digest for one in owed(store, state="pending")} == {QUIET}
    [digest] = store.assemble_digests(MORNING)
    assert titles(digest) == [f"night {number}" for number in range(7)]


def test_a_storm_of_forty_is_five_messages_and_one_digest_of_the_other_thirty_five(store: Store) -> None:
    guard = Guard(alerts=5, window=10 * MINUTE)
    for number in range(40):
        tells(store, f"alert {number:02}", routing(guard=guard), NOW + timedelta(seconds=number))

    assert [sent.news[0].title for sent in sends(store, NOW + MINUTE)] == [f"alert {number:02}" for number in range(5)]
    assert {one.digest for one in owed(store, state="pending")} == {STORM}
    [storm] = [event for event in store.events() if event.kind is EventKind.ALERT_STORM]
    assert (storm.subject, storm.detail) == ("desk", "more than 5 alerts to desk in 10 minutes: the others go in one digest at 09:10:05Z")
    [digest] = store.assemble_digests(NOW + 11 * MINUTE)
    assert titles(digest) == [f"alert {number:02}" for number in range(5, 40)]
    assert [sent.key for sent in sends(store, NOW + 11 * MINUTE)] == [digest.key]

    tells(store, "calm again", routing(guard=guard), NOW + 12 * MINUTE)
    assert [sent.news[0].title for sent in sends(store, NOW + 12 * MINUTE)] == ["calm again"]


def test_a_storm_that_meets_the_night_goes_with_it_in_one_message(store: Store) -> None:
    guard, before = Guard(alerts=1, window=10 * MINUTE), EVENING - 61 * MINUTE
    for number in range(3):
        tells(store, f"storm {number}", routing(guard=guard, quiet=NIGHT), before)
    tells(store, "night", routing(guard=guard, quiet=NIGHT), EVENING)

    assert len(sends(store, EVENING)) == 1
    [digest] = store.assemble_digests(MORNING)
    assert titles(digest) == ["storm 1", "storm 2", "night"]


def put_off(store: Store, now: datetime, pause: timedelta = HOUR) -> Alert | None:
    """One attempt at which nobody was there."""
    claimed = store.claim_delivery("me", now, 60)
    if claimed is None:
        return None
    step = Step(state=DeliveryState.PENDING, next_attempt_at=now + pause, reason="refused")
    store.record_receipt(claimed[0], Receipt(kind=ReceiptKind.NOT_SENT, reason="refused"), step, now)
    return claimed[1]


def test_after_an_outage_what_is_late_goes_in_one_message_and_the_rest_by_itself(store: Store) -> None:
    for number in range(10):
        tells(store, f"alert {number}", routing(), NOW + number * HOUR)
        put_off(store, NOW + number * HOUR, 15 * MINUTE)
        store.assemble_digests(NOW + number * HOUR)
    now = NOW + 12 * HOUR

    store.assemble_digests(now)

    sent = sends(store, now)
    assert [titles(one) or [one.news[0].title] for one in sent] == [["alert 7"], ["alert 8"], ["alert 9"], [f"alert {n}" for n in range(7)]]
    listed = {one.listed_in for one in owed(store, state="suppressed")}
    assert listed == {sent[-1].key}
    assert {one.rule for one in owed(store, state="sent") if one.alert == sent[-1].key} == {f"digest: {LATE}"}


@pytest.mark.parametrize("marked", [True, False])
def test_what_may_have_arrived_is_in_no_digest(store: Store, marked: bool) -> None:
    """Whether its target wants it marked, or drops what it has."""
    for name in ("first", "second", "third"):
        tells(store, name, routing())
    claimed = store.claim_delivery("me", NOW, 60)
    assert claimed
    doubt = Step(state=DeliveryState.PENDING, next_attempt_at=NOW + MINUTE, reason="silence", repeat=marked)
    store.record_receipt(claimed[0], Receipt(kind=ReceiptKind.UNKNOWN), doubt, NOW)

    [digest] = store.assemble_digests(NOW + 7 * HOUR)

    assert titles(digest) == ["second", "third"]


def test_a_listed_delivery_that_is_put_back_goes_by_itself(store: Store) -> None:
    for name in ("first", "second"):
        tells(store, name, routing(DAILY))
    [digest] = store.assemble_digests(NOW + 12 * HOUR)
    first = owed(store, state="suppressed")[0]

    assert store.retry_delivery(first.key, NOW + 13 * HOUR)

    assert {sent.key for sent in sends(store, NOW + 13 * HOUR)} == {digest.key, first.alert}


def test_what_a_route_drops_is_on_record_with_the_route(store: Store) -> None:
    alert = tells(store, "unwanted", routing(Route(name="spare-us", targets=("desk",), drop=True)))
    [(made, [dropped])] = store.alerts()

    assert made == alert
    assert (dropped.state, dropped.reason, dropped.next_attempt_at) == (DeliveryState.SUPPRESSED, "route spare-us: dropped", None)
    assert sends(store, NOW) == []


def test_an_alert_carries_what_routes_ask_for(store: Store) -> None:
    vna = story("communique", country="VN", tier="agency")
    _, alert = tell(store, vna, reading(vna, "Communique"), targets=routing())

    assert alert
    assert (alert.country, alert.tier, alert.language) == ("VN", "agency", "en")
    [item] = alert.news
    assert (item.meeting, item.meeting_type, item.standing) == ("AMM-59", "AMM", "reported")
    assert store.alert(alert.key) == (alert, owed(store))


# what the operator is told


OPERATORS = Operators(targets=("mail",), others=("mail", "chat"))


def told(store: Store, line: Line, now: datetime, operators: Operators = OPERATORS) -> list[Note]:
    return store.tell_operator(line, lambda events: notes(events, operators, now), now)


def happens(store: Store, kind: EventKind, subject: str, at: datetime, detail: str = "", after: str = "") -> Event:
    return store.append_events([Event(kind=kind, subject=subject, at=at, detail=detail, after=after)])[0]


def test_sources_that_fail_one_after_the_other_are_told_in_one_message_and_once(store: Store) -> None:
    happens(store, EventKind.SOURCE_FAILING, "before", NOW)
    assert told(store, SOURCES, NOW) == []
    for number in range(20):
        happens(store, EventKind.SOURCE_FAILING, f"source-{number:02}", NOW + timedelta(seconds=number), "gone", "dead")
    assert told(store, SOURCES, NOW + 4 * MINUTE) == []

    [note] = told(store, SOURCES, NOW + 6 * MINUTE)

    assert note.targets == ("mail",)
    assert (note.alert.kind, note.alert.headline) == (AlertKind.OPERATOR, "20 troubles of sources (dead 20)")
    assert [f"source-{number:02} (dead): gone" in note.alert.notes[number] for number in range(20)] == [True] * 20
    assert told(store, SOURCES, NOW + 12 * MINUTE) == []
    assert [sent.key for sent in sends(store, NOW + 6 * MINUTE)] == [note.alert.key]


def dies(store: Store, target: str, name: str, now: datetime = NOW) -> None:
    tell(store, story(name), reading(story(name), name), targets=[target], now=now)
    claimed = store.claim_delivery("me", now, 60)
    assert claimed
    store.record_receipt(claimed[0], Receipt(kind=ReceiptKind.REJECTED), Step(state=DeliveryState.DEAD, reason="410"), now)


@pytest.mark.parametrize(
    ("dead", "operators", "whom"),
    [
        ("chat", OPERATORS, ("mail",)),
        ("mail", OPERATORS, ("chat",)),
        ("mail", Operators(targets=("mail",), others=("mail",)), None),
        ("mail", Operators(), None),
        ("chat", Operators(targets=("mail", "chat"), others=("mail", "chat")), ("mail",)),
    ],
)
def test_a_delivery_that_dies_is_told_to_another_target_at_once(
    store: Store, dead: str, operators: Operators, whom: tuple[str, ...] | None
) -> None:
    told(store, AT_ONCE, NOW)
    dies(store, dead, "lost")

    found = told(store, AT_ONCE, NOW + timedelta(seconds=5), operators)

    assert [note.targets for note in found] == ([whom] if whom else [])
    for note in found:
        assert note.alert.headline == "1 delivery was given up"
        assert f"to {dead}: 410: ASEAN: lost" in note.alert.notes[0]
    assert told(store, AT_ONCE, NOW + MINUTE, operators) == []


def test_what_becomes_of_an_operators_message_ends_on_the_log(store: Store) -> None:
    told(store, AT_ONCE, NOW)
    dies(store, "chat", "lost")
    assert told(store, AT_ONCE, NOW)
    claimed = store.claim_delivery("me", NOW, 60)
    assert claimed
    assert claimed[1].kind is AlertKind.OPERATOR
    store.record_receipt(claimed[0], Receipt(kind=ReceiptKind.REJECTED), Step(state=DeliveryState.DEAD, reason="550"), NOW)

    assert told(store, AT_ONCE, NOW) == []


def test_whoever_dies_while_he_tells_the_operator_has_told_nothing(store: Store) -> None:
    told(store, AT_ONCE, NOW)
    dies(store, "chat", "lost")

    for statement in range(50):
        if not cut_off(store, statement, lambda: told(store, AT_ONCE, NOW)):
            break
        assert owed(store, target="mail") == []
    assert statement > 2
    assert len(owed(store, target="mail")) == 1


def test_a_line_may_be_composed_to_nothing(store: Store) -> None:
    told(store, AT_ONCE, NOW)
    happens(store, EventKind.WATCH_TROUBLE, "disk", NOW, "90% full")
    heard: list[Told] = []
    store.tell_operator(AT_ONCE, lambda events: heard.extend(events) or [], NOW)  # type: ignore[func-returns-value]

    assert [one.event.subject for one in heard] == ["disk"]
    assert told(store, AT_ONCE, NOW) == []
