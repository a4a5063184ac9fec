"""Who gets what and when: routes, quiet hours, the guard against storms; each delay names its rule."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from owed import FUND, PLAN, an_alert

from core.alerts import Alert, AlertKind
from core.routes import QUIET, STORM, Ask, Guard, Owed, Quiet, Recipient, Route, Routing, Traffic, decide, everyone

NOW = datetime(2026, 7, 11, 9, 0, tzinfo=UTC)
BANGKOK = ZoneInfo("Asia/Bangkok")
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Quiet(start=time(22), end=time(6, 30), zone=BANGKOK)
GUARD = Guard(alerts=5, window=timedelta(minutes=10))
DAILY = timedelta(days=1)


def asks(**said: str) -> dict[Ask, frozenset[str]]:
    return {Ask(name): frozenset(values.split(",")) for name, values in said.items()}


def route(name: str, *targets: str, unless: dict[Ask, frozenset[str]] | None = None, **fields: object) -> Route:
    known = {"digest", "critical", "drop"}
    conditions = {ask: str(value) for ask, value in fields.items() if ask not in known}
    rest = {name: value for name, value in fields.items() if name in known}
    return Route(name=name, targets=targets or ("desk", "chat"), asks=asks(**conditions), unless=unless or {}, **rest)  # type: ignore[arg-type]


def routing(*routes: Route, quiet: Quiet | None = None, guard: Guard | None = None) -> Routing:
    return Routing(recipients=(Recipient(name="desk", quiet=quiet), Recipient(name="chat")), routes=routes, guard=guard)


ALERT = replace(
    an_alert(replace(PLAN, standing="confirmed", meeting="AMM-55", meeting_type="AMM")),
    tier="official",
    country="GB",
    language="en",
    topics=("external-relations", "trade"),
)


def names(owed: tuple[Owed, ...]) -> list[tuple[str, str]]:
    return [(one.target, one.rule) for one in owed]


def test_without_routes_everything_goes_to_everybody_at_once() -> None:
    owed = decide(ALERT, everyone(["desk", "chat", "desk"]), NOW, {})

    assert [(one.target, one.not_before, one.digest) for one in owed] == [("desk", NOW, None), ("chat", NOW, None)]
    assert {one.rule for one in owed} == {"no routes: everybody"}


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ({"level": "ministerial"}, True),
        ({"level": "leaders,officials"}, False),
        ({"type": "document,agreement"}, True),
        ({"status": "done"}, True),
        ({"status": "failed"}, False),
        ({"before": "planned"}, True),
        ({"before": "new"}, False),
        ({"confidence": "confirmed"}, True),
        ({"confidence": "disputed"}, False),
        ({"tier": "official,agency"}, True),
        ({"country": "gb"}, True),
        ({"country": "vn"}, False),
        ({"language": "en"}, True),
        ({"meeting": "amm"}, True),
        ({"meeting": "amm-55"}, True),
        ({"meeting": "amm-56"}, False),
        ({"topic": "trade,myanmar"}, True),
        ({"topic": "myanmar"}, False),
        ({"party": "united kingdom"}, True),
        ({"party": "japan"}, False),
        ({"kind": "news"}, True),
        ({"kind": "correction"}, False),
        ({"topic": "trade", "party": "japan"}, False),
        ({"topic": "trade", "party": "united kingdom", "level": "ministerial"}, True),
    ],
)
def test_a_route_takes_what_meets_each_of_its_conditions_by_any_value(asked: dict[str, str], taken: bool) -> None:
    owed = decide(ALERT, routing(route("mine", "desk", **asked), route("rest", "chat")), NOW, {})

    assert names(owed) == ([("desk", "route mine")] if taken else []) + [("chat", "route rest")]


def test_what_meets_all_that_a_route_leaves_out_is_not_taken() -> None:
    left_out = route("all", "desk", unless=asks(topic="trade", level="ministerial"))
    kept = route("all", "desk", unless=asks(topic="trade", level="officials"))

    assert names(decide(ALERT, routing(left_out, route("rest", "chat")), NOW, {})) == [("chat", "route rest")]
    assert names(decide(ALERT, routing(kept, route("rest", "chat")), NOW, {})) == [("desk", "route all"), ("chat", "route rest")]


def test_for_each_target_the_first_route_decides_and_targets_add_up() -> None:
    daily = route("daily", "desk", digest=lambda now: now + DAILY)
    owed = decide(ALERT, routing(route("trade", "desk", topic="trade"), daily, route("rest", "desk", "chat")), NOW, {})
    turned = decide(ALERT, routing(daily, route("trade", "desk", topic="trade"), route("rest", "desk", "chat")), NOW, {})

    assert names(owed) == [("desk", "route trade"), ("chat", "route rest")]
    assert [(one.target, one.digest, one.not_before) for one in turned] == [("desk", "daily", NOW + DAILY), ("chat", None, NOW)]


def test_a_message_goes_as_its_most_urgent_piece_of_news_goes() -> None:
    both = replace(ALERT, news=(FUND, *ALERT.news))
    routes = (
        route("leaders", "desk", level="leaders", drop=True),
        route("urgent", "desk", type="document", critical=True),
        route("rest", "desk", "chat", digest=lambda now: now + DAILY),
    )
    owed = decide(both, routing(*routes), NOW, {})

    assert names(owed) == [("desk", "route urgent: critical"), ("chat", "route rest")]
    assert decide(replace(ALERT, news=(FUND,)), routing(*routes), NOW, {})[0].dropped


def test_what_is_dropped_is_kept_with_its_rule_for_each_target_that_is_spared() -> None:
    owed = decide(ALERT, routing(route("no-trade", topic="trade", drop=True), route("rest")), NOW, {})

    assert [(one.target, one.dropped, one.rule) for one in owed] == [
        ("desk", True, "route no-trade: dropped"),
        ("chat", True, "route no-trade: dropped"),
    ]


def test_news_that_no_route_takes_goes_to_everybody() -> None:
    owed = decide(ALERT, routing(route("elsewhere", "desk", country="vn")), NOW, {})

    assert names(owed) == [("desk", "no route takes it: everybody"), ("chat", "no route takes it: everybody")]


def test_in_quiet_hours_only_what_is_critical_goes() -> None:
    late = datetime(2026, 7, 11, 16, 0, tzinfo=UTC)
    ordinary = decide(ALERT, routing(quiet=NIGHT), late, {})
    critical = decide(ALERT, routing(route("trade", topic="trade", critical=True), quiet=NIGHT), late, {})

    assert [(one.target, one.not_before, one.digest) for one in ordinary] == [
        ("desk", datetime(2026, 7, 11, 23, 30, tzinfo=UTC), QUIET),
        ("chat", late, None),
    ]
    assert ordinary[0].rule == "no routes: everybody; quiet hours"
    assert [(one.not_before, one.digest) for one in critical] == [(late, None), (late, None)]


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        (NIGHT, "2026-07-11T14:59:59", None),
        (NIGHT, "2026-07-11T15:00", "2026-07-11T23:30"),
        (NIGHT, "2026-07-11T23:29:59", "2026-07-11T23:30"),
        (NIGHT, "2026-07-11T23:30", None),
        (Quiet(start=time(12), end=time(13), zone=UTC), "2026-07-11T12:30", "2026-07-11T13:00"),
        (Quiet(start=time(12), end=time(13), zone=UTC), "2026-07-11T13:00", None),
        # the clock goes from 02:00 to 03:00: half past two is when it is three
        (Quiet(start=time(22), end=time(2, 30), zone=BERLIN), "2026-03-28T22:00", "2026-03-29T01:30"),
        (Quiet(start=time(22), end=time(7), zone=BERLIN), "2026-03-28T22:00", "2026-03-29T05:00"),
        # the clock goes from 03:00 back to 02:00
        (Quiet(start=time(22), end=time(7), zone=BERLIN), "2026-10-24T21:00", "2026-10-25T06:00"),
        (Quiet(start=time(22), end=time(2, 30), zone=BERLIN), "2026-10-24T23:00", "2026-10-25T00:30"),
        (Quiet(start=time(22), end=time(2, 30), zone=BERLIN), "2026-10-25T00:45", None),
        (Quiet(start=time(22), end=time(2, 30), zone=BERLIN), "2026-10-25T01:10", "2026-10-25T01:30"),
    ],
)
def test_quiet_hours_go_by_the_clock_on_the_wall(quiet: Quiet, at: str, until: str | None) -> None:
    found = quiet.until(datetime.fromisoformat(at).replace(tzinfo=UTC))

    assert found == (datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None)


def test_a_storm_waits_for_one_digest_and_its_first_message_says_so() -> None:
    calm = decide(ALERT, routing(guard=GUARD), NOW, {"desk": Traffic(alerts=4)})
    first = decide(ALERT, routing(guard=GUARD), NOW, {"desk": Traffic(alerts=5)})
    goes = NOW + timedelta(minutes=3)
    later = decide(ALERT, routing(guard=GUARD), NOW, {"desk": Traffic(alerts=0, storm_until=goes)})

    assert [one.digest for one in calm] == [None, None]
    assert [(one.digest, one.not_before, one.storm) for one in first] == [(STORM, NOW + GUARD.window, True), (None, NOW, False)]
    assert [(one.digest, one.not_before, one.storm) for one in later] == [(STORM, goes, False), (None, NOW, False)]


def test_what_is_critical_passes_a_storm_and_a_storm_before_the_night_goes_in_the_morning() -> None:
    trade = route("trade", topic="trade", critical=True)
    evening = datetime(2026, 7, 11, 14, 55, tzinfo=UTC)
    stormy = {"desk": Traffic(alerts=9)}

    assert decide(ALERT, routing(trade, guard=GUARD), NOW, stormy)[0].digest is None
    [waits, _] = decide(ALERT, routing(guard=GUARD, quiet=NIGHT), evening, stormy)
    assert (waits.digest, waits.not_before) == (STORM, datetime(2026, 7, 11, 23, 30, tzinfo=UTC))


def test_a_correction_follows_what_it_corrects_unless_a_route_drops_it() -> None:
    correction: Alert = replace(ALERT, kind=AlertKind.CORRECTION)
    news_only = routing(route("all", "desk", kind="news"))
    dropping = routing(route("no-corrections", "desk", kind="correction", drop=True), route("all"))

    assert names(decide(correction, news_only, NOW, {}, only=["desk"])) == [("desk", "follows what it corrects")]
    assert decide(correction, dropping, NOW, {}, only=["desk"])[0].dropped
