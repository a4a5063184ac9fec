"""What the operator is told of the watch itself: grouped, once, and never by the target that is in trouble. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.alerts import Alert, AlertKind, Delivery
from core.keys import derived
from core.outcomes import Event, EventKind
from core.texts import one_line

GATHER = timedelta(minutes=5)
"""For how long sources are gathered: when the network is down they all fail, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of news for the operator: which events it is about, and for how long they are gathered first."""

    name: str
    kinds: tuple[EventKind, ...]
    gather: timedelta = timedelta()


LINES = (
    Line(
        name="operator.at_once",
        kinds=(
            EventKind.DELIVERY_DEAD,
            EventKind.DELIVERY_UNKNOWN,
            EventKind.WATCH_TROUBLE,
            EventKind.WATCH_RECOVERED,
            EventKind.ALERT_STORM,
        ),
    ),
    Line(name="operator.sources", kinds=(EventKind.SOURCE_FAILING, EventKind.SOURCE_RECOVERED, EventKind.SOURCE_GAP), gather=GATHER),
)
_LONGEST_LINE = 700
_HEADS = {
    EventKind.DELIVERY_DEAD: ("delivery was given up", "deliveries were given up"),
    EventKind.DELIVERY_UNKNOWN: ("delivery is in doubt", "deliveries are in doubt"),
    EventKind.WATCH_TROUBLE: ("trouble of the watch", "troubles of the watch"),
    EventKind.WATCH_RECOVERED: ("trouble is over", "troubles are over"),
    EventKind.ALERT_STORM: ("storm of alerts", "storms of alerts"),
    EventKind.SOURCE_FAILING: ("trouble of a source", "troubles of sources"),
    EventKind.SOURCE_RECOVERED: ("source is well again", "sources are well again"),
    EventKind.SOURCE_GAP: ("source may have lost items", "sources may have lost items"),
}
_REMEDIES = {
    EventKind.DELIVERY_DEAD: "See `aseanwatch alerts list --state dead`; `aseanwatch alerts retry KEY` sends one again.",
    EventKind.DELIVERY_UNKNOWN: "See `aseanwatch alerts list --state unknown`; ask the recipient, then `aseanwatch alerts retry KEY`.",
    EventKind.WATCH_TROUBLE: "See `aseanwatch doctor`.",
    EventKind.SOURCE_FAILING: "See `aseanwatch sources list --status failing`.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event that the operator may be told, with the delivery and the alert that it is about, if it is about one."""

    event: Event
    delivery: Delivery | None = None
    alert: Alert | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operators:
    """Who is told of the watch itself. Without `targets` nobody is: the log says it all."""

    targets: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """All targets: one of them is told when the operator's own fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A message to operators."""

    alert: Alert
    targets: tuple[str, ...]


def notes(told: Iterable[Told], operators: Operators, now: datetime) -> tuple[Note, ...]:
    """The messages that `told` (in the order of the log) makes, one for all who are to know the same.

    Of a delivery that failed another target is told than the one that failed. What became of an operator's message ends on the log.
    """
    groups: dict[tuple[str, ...], list[Told]] = {}
    for one in told:
        if one.alert is not None and one.alert.kind is AlertKind.OPERATOR:
            continue
        if recipients := _recipients(one, operators):
            groups.setdefault(recipients, []).append(one)
    return tuple(Note(alert=_message(group, targets, now), targets=targets) for targets, group in groups.items())


def _recipients(told: Told, operators: Operators) -> tuple[str, ...]:
    if not operators.targets or told.delivery is None:
        return operators.targets
    rest = tuple(name for name in operators.targets if name != told.delivery.target)
    return rest or tuple(name for name in operators.others if name != told.delivery.target)[:1]


def _message(told: Sequence[Told], targets: Sequence[str], now: datetime) -> Alert:
    counts: dict[EventKind, int] = {}
    for one in told:
        counts[one.event.kind] = counts.get(one.event.kind, 0) + 1
    headline = "; ".join(_head(kind, number, told) for kind, number in counts.items())
    lines = [_line(one) for one in told]
    remedies = [remedy for kind, remedy in _REMEDIES.items() if kind in counts]
    return Alert(
        key=derived("operator", *targets, *(str(one.event.sequence) for one in told)),
        article="",
        url="",
        headline=headline,
        publisher="aseanwatch",
        published=None,
        news=(),
        created_at=now,
        kind=AlertKind.OPERATOR,
        notes=(*lines, *remedies),
    )


def _head(kind: EventKind, number: int, told: Sequence[Told]) -> str:
    """How many there were; of sources also which troubles, which `Event.after` names."""
    which: dict[str, int] = {}
    for one in told:
        if one.event.kind is kind is EventKind.SOURCE_FAILING and one.event.after:
            which[one.event.after] = which.get(one.event.after, 0) + 1
    listed = f" ({', '.join(f'{name} {many}' for name, many in which.items())})" if which else ""
    return f"{number} {_HEADS[kind][number > 1]}{listed}"


def _line(told: Told) -> str:
    event = told.event
    at = f"{event.at:%Y-%m-%d %H:%M:%S}Z"
    if told.delivery is not None:
        about = f": {told.alert.headline}" if told.alert else ""
        return one_line(f"{at} delivery {told.delivery.key[:8]} to {event.detail}{about}", _LONGEST_LINE)
    if event.kind is EventKind.ALERT_STORM:
        return one_line(f"{at} {event.detail}", _LONGEST_LINE)
    became = f" ({event.after})" if event.after else ""
    return one_line(f"{at} {event.subject}{became}: {event.detail}", _LONGEST_LINE)
