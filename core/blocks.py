"""Where in the register a report's like may stand: index terms, selective enough that looking up stays flat.

A term is made of what outcomes of one kind must share: a word of the subject and the days around; or, for a document that names no
subject, its partner or its kind of meeting and the days around. Whatever `core.identity` joins shares a term, whichever of the
two is looked up.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from core import wording
from core.codes import Status
from core.facets import YEARLY, Facet
from core.identity import CEREMONY, SHORT_WINDOW, WINDOW, issues_one

_BUCKET = 32
"""Days; more than the window, so that a report's like stands in its own bucket or in one beside it."""
_GROUPS = ("", *wording.KINDS)


def terms(one: Facet, *, around: bool = False) -> frozenset[str]:
    """The index terms of a facet; with `around`, those under which its like may stand, a little earlier or later.

    terms(a, around=True) & terms(b) is not empty for any a and b of one outcome; terms(a) is never empty.
    """
    found = set(_TERMS.get(one.family, _of_work)(one, around)) or {f"={one.day.isoformat()}"}
    return frozenset(f"{one.family}|{term}" for term in found)


def _of_work(one: Facet, around: bool) -> Iterator[str]:
    """By each telling word and the time; by less where there is none."""
    times = _moments(one, around) | _foretold(one, around)
    yield from (f"{one.level}|{time}|{word}" for word in one.subject - wording.WEAK or one.subject for time in times)
    if one.family == "text":
        yield from _of_unnamed(one, around)
    elif one.grade and one.partners:
        yield from (f"{one.level}|{moment}|{one.grade}|{'+'.join(sorted(one.partners))}" for moment in _moments(one, around))


def _of_unnamed(one: Facet, around: bool) -> Iterator[str]:
    """Where an unnamed document is found, and where a named one looks for it.

    Named ones are many and look for unnamed ones only; unnamed ones are few and look for both.
    """
    named = bool(one.subject) and one.group != "count"
    sought = ("unnamed",) if named else ("named", "unnamed")
    sides = sought if around else ("named",) if named else ("unnamed",)
    if one.partners:
        groups = (one.group,) if not around else ("", one.group) if one.group else _GROUPS
        wheres = {f"@{'+'.join(sorted(one.partners))}|{group}|{moment}" for group in groups for moment in _moments(one, around)}
    elif not named:
        wheres = {f"#{one.group}|week {week}" for week in _weeks(one.day, around)}
        wheres |= {f"#{one.meeting.type}|{one.group}|{moment}" for moment in _moments(one, around)} if one.meeting else set()
    elif one.meeting is not None and issues_one(one.meeting):
        wheres = {f"#{one.meeting.type}|{one.group}|{moment}" for moment in _moments(one, around)}
    else:
        return
    yield from (f"{one.level}|{where}|{side}" for where in wheres for side in sides)


def _of_state(one: Facet, around: bool) -> Iterator[str]:
    """By each state; by the ceremony for "six states"."""
    yield from one.parties
    if one.meeting is not None:
        yield from (f"#{one.meeting.type}|{year}" for year in _years(one, around, CEREMONY))


def _of_role(one: Facet, around: bool) -> Iterator[str]:
    for year in _years(one, around, WINDOW):
        yield from (f"{year}|{party}" for party in one.parties)


_TERMS: dict[str, Callable[[Facet, bool], Iterator[str]]] = {
    "accession": _of_state,
    "partnership": _of_state,
    "membership": _of_state,
    "coordination": _of_role,
}


def _years(one: Facet, around: bool, window: timedelta) -> set[str]:
    """The years a report may belong to, and its meeting by number (which may be told of years before)."""
    return {str(one.year), *(str(day.year) for day in _days(one.day, window, around))} | _instances(one)


def _foretold(one: Facet, around: bool) -> set[str]:
    """The year, by what is foretold for it and what is done in it: a deed looks for plans, a plan for both."""
    planned = one.status is Status.PLANNED
    sought = (True, False) if around and planned else (True,) if around else (planned,)
    return {f"{one.year} {'planned' if plans else 'done'}" for plans in sought}


def _moments(one: Facet, around: bool) -> set[str]:
    """The time of the report in pieces a little longer than the window, and its meeting where that is certain."""
    return {str(day.toordinal() // _BUCKET) for day in _days(one.day, WINDOW, around)} | _instances(one)


def _weeks(day: date, around: bool) -> set[int]:
    return {one.toordinal() // 7 for one in _days(day, SHORT_WINDOW, around)}


def _days(day: date, window: timedelta, around: bool) -> tuple[date, ...]:
    return (day - window, day, day + window) if around else (day,)


def _instances(one: Facet) -> set[str]:
    """The meeting, where reports of it are of one meeting however far apart they are."""
    meeting = one.meeting
    if meeting is None:
        return set()
    numbered = {f"{meeting.type}-{meeting.ordinal}"} if meeting.ordinal else set()
    return numbered | ({f"{meeting.type} {meeting.year}"} if meeting.year and meeting.type in YEARLY else set())
