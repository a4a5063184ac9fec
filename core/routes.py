"""Who gets what, and when: routes, quiet hours, and the guard against storms. Pure.

For each target the first route decides that names it and takes the news: at once, with a digest, or not at all. A message goes as
its most urgent piece of news goes, once to each target. What is not critical waits in quiet hours; what comes thick and fast waits
for one digest. Whatever is delayed or dropped carries the rule that did it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from core.alerts import Alert, NewsItem

QUIET = "quiet hours"
STORM = "storm"
"""Digests of our own; a route's name holds no blank, and `storm` is refused for one."""
NO_ROUTE = "no route takes it"
NEW = "new"
"""What stands for the status before of an outcome of which nothing was known."""

Next = Callable[[datetime], datetime]
"""Now -> when the next digest goes, later than now."""


class Ask(StrEnum):
    """What a route may ask of a piece of news."""

    KIND = "kind"
    LEVEL = "level"
    TYPE = "type"
    STATUS = "status"
    BEFORE = "before"
    """The status before; `new` when there was none."""
    CONFIDENCE = "confidence"
    """The standing of the record when the alert was made."""
    TIER = "tier"
    """How near the publisher is to the deed."""
    COUNTRY = "country"
    """The country of the source, two letters; countries that are party to an outcome are asked for by `party`."""
    LANGUAGE = "language"
    MEETING = "meeting"
    """Its type or its name."""
    TOPIC = "topic"
    PARTY = "party"


Conditions = Mapping[Ask, frozenset[str]]
"""What must hold: each of them, by any of its values. Values are case-folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row of the routes."""

    name: str
    targets: tuple[str, ...]
    asks: Conditions = field(default_factory=dict)
    unless: Conditions = field(default_factory=dict)
    """What meets all of these is not taken; empty: nothing is left out."""
    digest: Next | None = None
    """When its digests go; None: at once."""
    critical: bool = False
    """Passes quiet hours and the storm guard."""
    drop: bool = False
    """Keeps it from these targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """The hours in which a target is left in peace, from `start` up to `end` by the clock on its wall; they may span midnight."""

    start: time
    end: time
    zone: tzinfo

    def until(self, at: datetime) -> datetime | None:
        """When the quiet hours end in which `at` lies; None when it lies in none.

        On the night when the clock is set back, the hour that comes twice is quiet, or not, both times.
        """
        wall = at.astimezone(self.zone)
        clock = wall.time()
        if self.start <= self.end:
            inside, days = self.start <= clock < self.end, 0
        else:
            inside, days = clock >= self.start or clock < self.end, int(clock >= self.start)
        if not inside:
            return None
        day = wall.date() + timedelta(days=days)
        ends = (datetime.combine(day, self.end, self.zone).replace(fold=fold).astimezone(at.tzinfo) for fold in (0, 1))
        return next(end for end in ends if end > at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A target that is switched on."""

    name: str
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """More than `alerts` messages to one target within `window` are a storm."""

    alerts: int
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """All by which is decided who gets what. Without routes everything goes to everybody at once."""

    recipients: tuple[Recipient, ...]
    routes: tuple[Route, ...] = ()
    guard: Guard | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of all who can be told."""
        return tuple(one.name for one in self.recipients)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What went to one target lately."""

    alerts: int = 0
    """How many alerts it was owed at once within the guard's window."""
    storm_until: datetime | None = None
    """When the digest of the storm goes that is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One alert to one target: when it may go, with which digest, and by which rule."""

    target: str
    not_before: datetime
    digest: str | None = None
    rule: str
    dropped: bool = False
    """It does not go at all, because `rule` says so."""
    storm: bool = False
    """It is the first of a storm."""


def everyone(targets: Sequence[str]) -> Routing:
    """Everything to each of these, at once, whatever comes."""
    return Routing(recipients=tuple(Recipient(name=name) for name in dict.fromkeys(targets)))


def decide(
    alert: Alert, routing: Routing, now: datetime, recent: Mapping[str, Traffic], only: Collection[str] | None = None
) -> tuple[Owed, ...]:
    """Who is owed `alert`, each target at most once, in the order of the targets.

    `recent` says what went to each target lately (none for one that it lacks). With `only` nobody else is considered, and each of
    them gets it unless a route drops it: a correction follows what it corrects. News that no route takes goes to everybody.
    """
    rulings = [(one, _ruling(alert, routing.routes, one.name)) for one in routing.recipients if only is None or one.name in only]
    lost = all(ruling is None for _, ruling in rulings)
    decided = []
    for recipient, ruling in rulings:
        if ruling is None and (routing.routes and not lost and only is None):
            continue
        traffic = recent.get(recipient.name, Traffic())
        decided.append(_owed(recipient, ruling, _default_rule(routing, only), routing.guard, traffic, now))
    return tuple(decided)


def _default_rule(routing: Routing, only: Collection[str] | None) -> str:
    if only is not None:
        return "follows what it corrects"
    return f"{NO_ROUTE}: everybody" if routing.routes else "no routes: everybody"


def takes(route: Route, alert: Alert, item: NewsItem) -> bool:
    """Whether the route takes this piece of news."""
    said = said_of(alert, item)
    return _meets(said, route.asks) and not (route.unless and _meets(said, route.unless))


def said_of(alert: Alert, item: NewsItem) -> Conditions:
    """All that a route may ask of a piece of news, case-folded."""
    found = {
        Ask.KIND: [alert.kind.value],
        Ask.LEVEL: [item.level],
        Ask.TYPE: [item.type],
        Ask.STATUS: [item.status],
        Ask.BEFORE: [item.previous_status or NEW],
        Ask.CONFIDENCE: [item.standing],
        Ask.TIER: [alert.tier],
        Ask.COUNTRY: [alert.country],
        Ask.LANGUAGE: [alert.language],
        Ask.MEETING: [item.meeting, item.meeting_type],
        Ask.TOPIC: alert.topics,
        Ask.PARTY: item.parties,
    }
    return {ask: frozenset(value.casefold() for value in values if value) for ask, values in found.items()}


def _meets(said: Conditions, asks: Conditions) -> bool:
    return all(said[ask] & wanted for ask, wanted in asks.items())


def _ruling(alert: Alert, routes: Sequence[Route], target: str) -> Route | None:
    """The route by which the alert goes to `target`: of those that decide on its pieces the most urgent; None when none does."""
    mine = [route for route in routes if target in route.targets]
    deciding = [next((route for route in mine if takes(route, alert, item)), None) for item in alert.news]
    found = [route for route in deciding if route is not None]
    return min(found, key=lambda route: (_urgency(route), mine.index(route)), default=None)


def _urgency(route: Route) -> int:
    if route.drop:
        return 3
    return 2 if route.digest else 0 if route.critical else 1


def _owed(recipient: Recipient, route: Route | None, default: str, guard: Guard | None, traffic: Traffic, now: datetime) -> Owed:
    target, rule = recipient.name, f"route {route.name}" if route else default
    if route and route.drop:
        return Owed(target=target, not_before=now, rule=f"{rule}: dropped", dropped=True)
    if route and route.digest:
        return Owed(target=target, not_before=route.digest(now), digest=route.name, rule=rule)
    if route and route.critical:
        return Owed(target=target, not_before=now, rule=f"{rule}: critical")
    quiet = recipient.quiet.until(now) if recipient.quiet else None
    if quiet:
        return Owed(target=target, not_before=quiet, digest=QUIET, rule=f"{rule}; {QUIET}")
    if guard and (traffic.storm_until or traffic.alerts >= guard.alerts):
        goes = traffic.storm_until or now + guard.window
        goes = (recipient.quiet.until(goes) if recipient.quiet else None) or goes
        return Owed(target=target, not_before=goes, digest=STORM, rule=f"{rule}; {STORM}", storm=traffic.storm_until is None)
    return Owed(target=target, not_before=now, rule=rule)


def about_storm(owed: Owed, guard: Guard) -> str:
    """What the operator is told when a storm begins."""
    minutes = guard.window.total_seconds() / 60
    goes = f"{owed.not_before:%H:%M:%S}Z"
    return f"more than {guard.alerts} alerts to {owed.target} in {minutes:g} minutes: the others go in one digest at {goes}"


def corrected_with(original: Sequence[tuple[str, str | None, datetime | None]], owed: Owed) -> Owed:
    """A correction of what still waits for a digest waits with it. `original`: target, digest and time of what waits."""
    for target, digest, goes in original:
        if target == owed.target and digest and goes and not owed.dropped:
            return Owed(target=target, not_before=goes, digest=digest, rule=f"{owed.rule}; with what it corrects")
    return owed
