"""What some routes would have sent: the decision that the watch makes, on a clock of its own."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from owed import FUND, PLAN, an_alert

from aseanwatch.preview import per_day, play, records
from core.alerts import Alert, AlertKind
from core.routes import Ask, Guard, Quiet, Recipient, Route, Routing

NOW = datetime(2026, 7, 11, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = Quiet(start=time(22), end=time(6, 30), zone=ZoneInfo("Asia/Bangkok"))


def alert(name: str, at: datetime, **fields: object) -> Alert:
    return replace(an_alert(PLAN), key=name, headline=name, created_at=at, **fields)  # type: ignore[arg-type]


def sent(alerts: list[Alert], routing: Routing) -> list[tuple[str, datetime, str, list[str]]]:
    return [(one.target, one.at, one.digest, [told.key for told, _ in one.told]) for one in play(alerts, routing).messages]


def everybody(*routes: Route, quiet: Quiet | None = None, guard: Guard | None = None) -> Routing:
    return Routing(recipients=(Recipient(name="desk", quiet=quiet), Recipient(name="mail")), routes=routes, guard=guard)


def test_a_storm_of_forty_would_have_been_five_and_a_digest() -> None:
    alerts = [alert(f"a{number:02}", NOW + number * timedelta(seconds=1)) for number in range(40)]

    found = sent(alerts, everybody(guard=Guard(alerts=5, window=10 * MINUTE)))

    to_desk = [(at, digest, keys) for target, at, digest, keys in found if target == "desk"]
    assert [keys for _, _, keys in to_desk[:5]] == [[f"a{number:02}"] for number in range(5)]
    assert to_desk[5:] == [(NOW + 10 * MINUTE + timedelta(seconds=5), "storm", [f"a{number:02}" for number in range(5, 40)])]


def test_a_night_would_have_been_one_message_and_one_alone_itself() -> None:
    evening = datetime(2026, 7, 11, 16, 0, tzinfo=UTC)
    morning = datetime(2026, 7, 11, 23, 30, tzinfo=UTC)
    alerts = [alert("one", evening), alert("two", evening + HOUR), alert("three", evening + 24 * HOUR)]

    found = [one for one in sent(alerts, everybody(quiet=NIGHT)) if one[0] == "desk"]

    assert found == [("desk", morning, "quiet hours", ["one", "two"]), ("desk", morning + 24 * HOUR, "", ["three"])]


def test_a_correction_would_have_gone_with_what_it_corrects() -> None:
    daily = Route(name="daily", targets=("desk",), digest=lambda now: NOW + 12 * HOUR)
    at_once = Route(name="rest", targets=("mail",))
    alerts = [alert("told", NOW), alert("taken back", NOW + HOUR, kind=AlertKind.CORRECTION, corrects="told")]

    assert sent(alerts, everybody(daily, at_once)) == [
        ("mail", NOW, "", ["told"]),
        ("mail", NOW + HOUR, "", ["taken back"]),
        ("desk", NOW + 12 * HOUR, "daily", ["told", "taken back"]),
    ]


def test_what_is_dropped_and_what_no_route_takes_is_said() -> None:
    routes = (
        Route(name="no-funds", targets=("desk",), asks={Ask.TYPE: frozenset({"funding"})}, drop=True),
        Route(name="documents", targets=("desk",), asks={Ask.TYPE: frozenset({"document"})}),
    )
    funds = replace(alert("funds", NOW), news=(FUND,))
    other = replace(alert("other", NOW), news=(replace(PLAN, type="decision"),))
    found = play([alert("plan", NOW), funds, other], everybody(*routes))

    assert [(told.key, owed.target, owed.rule) for told, owed in found.dropped] == [("funds", "desk", "route no-funds: dropped")]
    assert [one.key for one in found.untaken] == ["other"]
    said = list(records(found))
    assert [one["kind"] for one in said] == ["message", "message", "message", "dropped", "untaken", "summary"]
    assert said[-1] == {
        "kind": "summary", "messages": 3, "alerts": 2, "dropped": 1, "untaken": 1, "days": {"2026-07-11 desk": 2, "2026-07-11 mail": 1},
    }  # fmt: skip
    assert per_day(found) == {("2026-07-11", "desk"): 2, ("2026-07-11", "mail"): 1}
