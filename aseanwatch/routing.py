"""Settings made into a routing: crons and zones checked, and the proof that news reaches somebody."""

from collections.abc import Sequence
from datetime import time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aseanwatch.settings import Alerts, RouteConditions, RouteSettings, TargetSettings
from core.codes import MEETING_TYPES
from core.coverage import CLOSED, TOLD, meeting_type, uncovered
from core.digests import LATE
from core.errors import ConfigError
from core.operator import Operators
from core.routes import NEW, STORM, Ask, Conditions, Guard, Next, Quiet, Recipient, Route, Routing

NONE = "none"
KNOWN = {
    **CLOSED,
    Ask.KIND: ("news", "correction"),
    Ask.STATUS: tuple(TOLD),
    Ask.BEFORE: (NEW, "planned", "done", "failed"),
}


def routing(alerts: Alerts, console: str, *, proven: bool = True) -> Routing:
    """Who gets what by the settings; `console` is the target when none is configured.

    Raises ConfigError for a route that cannot be, and, where it is to be `proven`, when there is news that would reach nobody.
    """
    names = _recipients(alerts, console)
    known = [*alerts.targets, console] if not alerts.targets else list(alerts.targets)
    seen: set[str] = set()
    for route in alerts.routes:
        if route.name in seen or route.name in (STORM, LATE):
            raise _wrong(route, "there is another route of this name" if route.name in seen else "this name is ours; take another")
        seen.add(route.name)
    made = tuple(_route(route, alerts, known, names) for route in alerts.routes)
    if proven:
        _prove(made, names, alerts)
    guard = Guard(alerts=alerts.storm_alerts, window=timedelta(minutes=alerts.storm_minutes)) if alerts.storm_alerts else None
    return Routing(recipients=tuple(_recipient(alerts, name) for name in names), routes=made, guard=guard)


def operators(alerts: Alerts, console: str) -> Operators:
    """Who is told of the watch itself: those named, or the first mail target, or the first one; without targets the log alone."""
    names = [] if not alerts.targets else _recipients(alerts, console)
    if alerts.operator.targets is not None:
        for name in alerts.operator.targets:
            if name not in alerts.targets:
                raise ConfigError(f"no such target: {name}; configured: {_listed(alerts.targets)}", subject="alerts.operator.targets")
        wanted = tuple(name for name in alerts.operator.targets if name in names)
    else:
        wanted = tuple([name for name in names if _is_mail(alerts.targets[name])] or names)[:1]
    return Operators(targets=wanted, others=tuple(names))


def _is_mail(target: TargetSettings) -> bool:
    return target.url is not None and urlsplit(target.url.get_secret_value()).scheme in ("mailto", "mailtos")


def _recipients(alerts: Alerts, console: str) -> list[str]:
    """The targets that are switched on."""
    return [name for name, target in alerts.targets.items() if target.enabled] if alerts.targets else [console]


def _recipient(alerts: Alerts, name: str) -> Recipient:
    target = alerts.targets.get(name)
    hours = (target.quiet if target else None) or alerts.quiet
    if hours == NONE:
        return Recipient(name=name)
    start, _, end = hours.partition("-")
    if start == end:
        raise ConfigError("starts and ends at the same time; `none` is for no quiet hours", subject=f"quiet hours of {name}: {hours}")
    zone = ZoneInfo((target.timezone if target else None) or alerts.timezone)
    return Recipient(name=name, quiet=Quiet(start=time.fromisoformat(start), end=time.fromisoformat(end), zone=zone))


def _route(route: RouteSettings, alerts: Alerts, known: Sequence[str], enabled: Sequence[str]) -> Route:
    for name in route.targets or ():
        if name not in known:
            raise _wrong(route, f"no such target: {name}; configured: {_listed(known)}")
    if route.targets == ():
        raise _wrong(route, "targets is empty; leave it out for all of them, or say drop = true")
    if route.drop and (route.when != "now" or route.critical):
        raise _wrong(route, "what is dropped is neither critical nor in a digest")
    if route.critical and route.when != "now":
        raise _wrong(route, "what is critical goes at once, in no digest")
    if route.unless is not None and not _conditions(route, route.unless):
        raise _wrong(route, "unless is empty: nothing would be taken")
    return Route(
        name=route.name,
        targets=tuple(route.targets if route.targets is not None else enabled),
        asks=_conditions(route, route),
        unless=_conditions(route, route.unless) if route.unless else {},
        digest=None if route.when == "now" else _digest(route, route.timezone or alerts.timezone),
        critical=route.critical,
        drop=route.drop,
    )


def _digest(route: RouteSettings, zone: str) -> Next:
    from aseanwatch.beats import Cron

    try:
        return Cron(route.when, ZoneInfo(zone)).next
    except ValueError as error:
        raise _wrong(route, f"when = {route.when!r}: {error}") from error


def _conditions(route: RouteSettings, said: RouteConditions) -> Conditions:
    found = {ask: tuple(getattr(said, ask.value)) for ask in Ask}
    for ask, values in found.items():
        for value in values:
            _check(route, ask, value)
    return {ask: frozenset(value.casefold() for value in values) for ask, values in found.items() if values}


def _check(route: RouteSettings, ask: Ask, value: str) -> None:
    """Refuses a value that no news can have."""
    known = [str(one) for one in KNOWN.get(ask, ())]
    if known and value.casefold() not in known:
        raise _wrong(route, f"{ask} {value!r}: one of {', '.join(known)}")
    if ask is Ask.MEETING and meeting_type(value) not in map(str.casefold, MEETING_TYPES):
        raise _wrong(route, f"meeting {value!r}: neither a type of meeting (docs/reference/codes.md) nor a name that begins with one")
    if ask is Ask.COUNTRY and not (len(value) == 2 and value.isalpha()):
        raise _wrong(route, f"country {value!r}: two letters, such as VN; a country in an outcome is a party")


def _prove(routes: Sequence[Route], enabled: Sequence[str], alerts: Alerts) -> None:
    """Raises ConfigError when there is news that no route takes to anybody."""
    if not enabled:
        remedy = "switch one on (enabled = true), or take the tables out for the console"
        raise ConfigError(f"every target is switched off, so that no news would reach anybody: {remedy}", subject="alerts.targets")
    if not routes:
        return
    telling = [route for route in routes if route.drop or set(route.targets) & set(enabled)]
    missed = uncovered(telling)
    if missed:
        off = sorted({name for route in routes for name in route.targets} - set(enabled))
        remark = f" ({', '.join(off)}: switched off)" if off else ""
        remedy = 'end the routes with one for all the rest, such as name = "rest", or say that it is to be dropped: drop = true'
        raise ConfigError(f"this news would reach nobody: {missed}{remark}; {remedy}", subject="alerts.routes")


def _wrong(route: RouteSettings, what: str) -> ConfigError:
    return ConfigError(what, subject=f"alerts.routes, route {route.name}")


def _listed(names: Sequence[str] | dict[str, TargetSettings]) -> str:
    return ", ".join(names) or NONE
