"""What is true of every routing: nobody is told twice, nothing is lost, quiet hours end, crons go on."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from owed import FUND, PLAN, an_alert

from aseanwatch.beats import Cron
from core.alerts import Alert, AlertKind, Delivery
from core.digests import gather, make_digest
from core.routes import QUIET, STORM, Ask, Guard, Quiet, Recipient, Route, Routing, Traffic, decide

START = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Bangkok", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")]
TARGETS = ("desk", "chat", "mail")

instants = st.integers(0, 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
quiets = st.builds(Quiet, start=clocks, end=clocks, zone=st.sampled_from(ZONES)).filter(lambda quiet: quiet.start != quiet.end)
conditions = st.dictionaries(
    st.sampled_from([Ask.LEVEL, Ask.TYPE]),
    st.sets(st.sampled_from(["ministerial", "leaders", "document", "funding"]), min_size=1).map(frozenset),
)
routes = st.builds(
    Route,
    name=st.sampled_from(["one", "two", "three"]),
    targets=st.lists(st.sampled_from(TARGETS), min_size=1, unique=True).map(tuple),
    asks=conditions,
    unless=conditions,
    digest=st.sampled_from([None, lambda now: now + timedelta(hours=5)]),
    critical=st.booleans(),
    drop=st.booleans(),
)
routings = st.builds(
    Routing,
    recipients=st.tuples(*(st.builds(Recipient, name=st.just(name), quiet=st.none() | quiets) for name in TARGETS)),
    routes=st.lists(routes, max_size=4).map(tuple),
    guard=st.none() | st.just(Guard(alerts=2, window=timedelta(minutes=10))),
)
alerts = st.sampled_from([an_alert(), an_alert(FUND), an_alert(PLAN, FUND)])


@given(alerts, routings, instants, st.dictionaries(st.sampled_from(TARGETS), st.builds(Traffic, alerts=st.integers(0, 4))))
def test_each_target_is_owed_it_once_somebody_always_and_whatever_waits_has_its_time(
    alert: Alert, routing: Routing, now: datetime, recent: dict[str, Traffic]
) -> None:
    owed = decide(alert, routing, now, recent)

    names = [one.target for one in owed]
    assert names == [name for name in TARGETS if name in names]
    assert owed
    for one in owed:
        assert one.rule
        assert one.not_before >= now
        assert (one.not_before > now) == (one.digest is not None)
        assert one.digest in (None, QUIET, STORM) or one.digest in [route.name for route in routing.routes]


@given(alerts, routings, instants)
def test_whoever_got_the_alert_gets_its_correction_or_is_spared_it_by_a_route(alert: Alert, routing: Routing, now: datetime) -> None:
    told = [one.target for one in decide(alert, routing, now, {})]

    assert [one.target for one in decide(alert, routing, now, {}, only=told)] == told


@given(quiets, instants)
def test_quiet_hours_end_within_a_day_and_when_they_end_they_are_over(quiet: Quiet, now: datetime) -> None:
    until = quiet.until(now)

    wall = now.astimezone(quiet.zone).time().replace(tzinfo=None)
    between = quiet.start <= wall < quiet.end if quiet.start <= quiet.end else not quiet.end <= wall < quiet.start
    assert (until is not None) == between
    if until is not None:
        assert now < until < now + timedelta(hours=26)
        assert quiet.until(until) is None


@given(st.integers(0, 59), st.integers(0, 23), st.sampled_from(ZONES), instants)
def test_a_daily_cron_goes_once_on_every_day_of_the_wall_whatever_the_clock_does(
    minute: int, hour: int, zone: ZoneInfo, now: datetime
) -> None:
    cron, days, at = Cron(f"{minute} {hour} * * *", zone), [], now
    for _ in range(6):
        following = cron.next(at)
        assert following > at
        at = following
        days.append(at.astimezone(zone).date())

    assert days == [days[0] + timedelta(days=number) for number in range(6)]


@given(
    st.lists(st.tuples(st.sampled_from(TARGETS[:2]), st.sampled_from([None, QUIET, STORM, "one"]), st.integers(0, 20)), max_size=30),
)
def test_a_digest_lists_all_its_members_once_oldest_first(rows: list[tuple[str, str | None, int]]) -> None:
    now = START + timedelta(hours=20)
    waiting = []
    for number, (target, digest, hours) in enumerate(sorted(rows, key=lambda row: -row[2])):
        key = f"alert-{number}"
        delivery = Delivery(key=f"{key}-{target}", alert=key, target=target, digest=digest, created_at=now - timedelta(hours=hours))
        waiting.append((delivery, Alert(**{**{name: getattr(an_alert(), name) for name in Alert.__slots__}, "key": key})))

    found = gather(waiting, now)

    gathered = [(one.target, delivery.key) for one in found for delivery, _ in one.members]
    assert len(gathered) == len(set(gathered))
    assert {key for _, key in gathered} >= {delivery.key for delivery, _ in waiting if delivery.digest}
    assert all(delivery.target == one.target for one in found for delivery, _ in one.members)
    for one in found:
        made = make_digest(one, now)
        assert made.kind is AlertKind.DIGEST
        assert [part.alert for part in made.parts] == [alert.key for _, alert in one.members]
        assert [part.alert for part in made.parts] == sorted((part.alert for part in made.parts), key=lambda key: int(key[6:]))
