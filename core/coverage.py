"""Proof that news reaches somebody: a search for news that no route takes, complete over all that news can be. Pure.

Closed sets are searched whole. Of an open one (meeting, topic, party, country, language) there are the values that the routes name
and one that none of them names. A route is passed by when one of its conditions fails, or all that it leaves out holds; whoever
passes all routes by is the news that would reach nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.alerts import AlertKind
from core.codes import MEETING_TYPES, Level, OutcomeType, Standing, Status
from core.routes import NEW, Ask, Route
from core.sources import Tier

OTHER = "any other"
"""Stands for what no route names."""
CLOSED: Mapping[Ask, tuple[str, ...]] = {
    Ask.LEVEL: tuple(Level),
    Ask.TYPE: tuple(OutcomeType),
    Ask.CONFIDENCE: (Standing.REPORTED, Standing.CONFIRMED, Standing.DISPUTED),
    Ask.TIER: tuple(Tier),
}
"""What news can be. A rejected record is told to nobody."""
TOLD = (Status.DONE, Status.FAILED)
"""What is foretold is no news."""
_MANY = (Ask.TOPIC, Ask.PARTY)
"""Of these, news may have several, or none."""
_OPEN = (Ask.COUNTRY, Ask.LANGUAGE)

Point = tuple[str, ...]
"""One of the things that news can be in one regard, by all the names under which it may be asked for."""


@dataclass(frozen=True, slots=True)
class _News:
    """What is known of the news that is sought: where it may still lie, which topics and parties it must not and must have."""

    points: Mapping[str, frozenset[Point]]
    without: Mapping[Ask, frozenset[str]] = field(default_factory=dict)
    having: Mapping[Ask, frozenset[frozenset[str]]] = field(default_factory=dict)

    def narrowed(self, ask: Ask, wanted: frozenset[str], holds: bool) -> "_News | None":
        """With the condition holding, or failing; None when there is no such news."""
        if ask in _MANY:
            return self._with_many(ask, wanted, holds)
        regard, place = _regard(ask)
        left = frozenset(point for point in self.points[regard] if bool(_names(regard, point, place) & wanted) is holds)
        return replace(self, points={**self.points, regard: left}) if left else None

    def _with_many(self, ask: Ask, wanted: frozenset[str], holds: bool) -> "_News | None":
        without, having = self.without.get(ask, frozenset()), self.having.get(ask, frozenset())
        if holds:
            having |= {wanted}
        else:
            without |= wanted
        if any(one <= without for one in having):
            return None
        return replace(self, without={**self.without, ask: without}, having={**self.having, ask: having})


def uncovered(routes: Sequence[Route]) -> str:
    """News that none of `routes` takes, in words; empty when there is none. The routes are those that tell somebody, or drop on purpose."""
    start = _anything(routes)
    found = _escape(routes, start)
    return _words(found, start) if found else ""


def _escape(routes: Sequence[Route], news: _News) -> _News | None:
    """News that passes all of `routes` by, within `news`.

    The ways past a route share nothing with each other, so that no news is looked at twice.
    """
    ways = [(route, found) for route in routes if (found := _Ways(route, news)).takes]
    if not ways:
        return news
    tightest, here = min(ways, key=lambda way: len(way[1].past))
    rest = [route for route, _ in ways if route is not tightest]
    return next((escaped for narrowed in here.past if (escaped := _escape(rest, narrowed))), None)


class _Ways:
    """How news passes a route by."""

    def __init__(self, route: Route, news: _News) -> None:
        self.past: list[_News] = []
        left: _News | None = news
        for ask, wanted in route.asks.items():
            if left and (failing := left.narrowed(ask, wanted, holds=False)):
                self.past.append(failing)
            left = left.narrowed(ask, wanted, holds=True) if left else None
        out = left if route.unless else None
        for ask, wanted in route.unless.items():
            out = out.narrowed(ask, wanted, holds=True) if out else None
        if out:
            self.past.append(out)
        self.takes = left is not None and (not route.unless or any(left.narrowed(*one, holds=False) for one in route.unless.items()))
        """Whether it takes any of the news at all."""


def _anything(routes: Sequence[Route]) -> _News:
    points: dict[str, frozenset[Point]] = {"kind": frozenset({(AlertKind.NEWS.value,)})}
    points |= {ask: frozenset((str(value),) for value in values) for ask, values in CLOSED.items()}
    befores = [NEW, *(status.value for status in Status)]
    points["turn"] = frozenset((status.value, before) for status in TOLD for before in befores if status.value != before)
    for ask in _OPEN:
        points[ask] = frozenset({(OTHER,), *((value,) for value in _named(routes, ask))})
    meetings = {name: meeting_type(name) for name in _named(routes, Ask.MEETING)}
    types = ((kind, OTHER) for kind in meetings.values())
    points["meeting"] = frozenset({(OTHER,), *types, *((kind, name) for name, kind in meetings.items())})
    return _News(points=points)


def meeting_type(name: str) -> str:
    """The type of a meeting by its name or by its type, case-folded: `amm` of AMM-57; the name itself where no type begins it."""
    folded = name.casefold()
    begun = [code for code in map(str.casefold, MEETING_TYPES) if folded == code or folded.startswith((f"{code}-", f"{code} "))]
    return max(begun, key=len, default=folded)


def _named(routes: Iterable[Route], ask: Ask) -> set[str]:
    return {value for route in routes for part in (route.asks, route.unless) for value in part.get(ask, ())}


def _regard(ask: Ask) -> tuple[str, int | None]:
    """Under which name the points lie that a condition is about, and which part of them it sees; None: all."""
    match ask:
        case Ask.STATUS:
            return "turn", 0
        case Ask.BEFORE:
            return "turn", 1
        case _:
            return ask.value, None


def _names(regard: str, point: Point, place: int | None) -> frozenset[str]:
    return frozenset(point if place is None else point[place : place + 1])


def _words(found: _News, start: _News) -> str:
    """The news in words: only what matters about it."""
    said = []
    for regard, left in found.points.items():
        if left != start.points[regard]:
            point = min(left, key=lambda one: (OTHER in one, one))
            said.append(_point_words(regard, point))
    for ask in _MANY:
        having = [min(one - found.without.get(ask, frozenset())) for one in sorted(found.having.get(ask, ()), key=sorted)]
        said += [f"{ask} {value}" for value in dict.fromkeys(having)]
        if not having and found.without.get(ask):
            said.append(f"{ask} none of {', '.join(sorted(found.without[ask]))}")
    return ", ".join(said) or "any news at all"


def _point_words(regard: str, point: Point) -> str:
    if regard == "turn":
        return f"status {point[0]} (before: {point[1]})"
    return f"{regard} {point[-1] if point[-1] != OTHER or len(point) == 1 else point[0]}"
