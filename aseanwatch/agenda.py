"""What a meeting was to bring and what it brought: the outcomes of the register that belong to it, each with how far it has come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aseanwatch.pipeline import waiting
from aseanwatch.ports import Store
from core import expected
from core.calendar import Calendar, meeting_named
from core.codes import Standing, Status
from core.expected import Deadline
from core.outcomes import Outcome, Resolved
from core.readings import Meeting

_BATCH = 500
"""Outcomes whose sightings are fetched together."""
_HELD_TRUE = [standing for standing in Standing if standing is not Standing.REJECTED]
"""What a reviewer rejected is on no agenda."""


class Progress(StrEnum):
    """How far an outcome has come, seen from its meeting."""

    OVERDUE = "overdue"
    """It should have come by now."""
    EXPECTED = "expected"
    SEEN = "seen"
    FAILED = "failed"
    OPEN = "open"
    """Spoken of, but nobody said when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One outcome on the agenda, with its proof."""

    outcome: Outcome
    progress: Progress
    deadline: Deadline | None
    proof: Resolved | None
    """The sighting that says so: of one expected, what sets the deadline."""


def agenda(store: Store, calendar: Calendar, meeting: Meeting, now: datetime) -> list[Item]:
    """The outcomes of `meeting` and of what hangs under it, overdue ones first, then expected, seen, failed and open ones."""
    deadlines = {outcome.key: (outcome, deadline) for outcome, deadline in waiting(store, calendar)}
    names = [name for name in store.meetings() if _part_of(calendar, meeting, name)]
    found = {one.key: one for name in names for one in store.outcomes(meeting=name, standing=_HELD_TRUE, limit=None)}
    found |= {one.key: one for one, deadline in deadlines.values() if _part_of(calendar, meeting, deadline.meeting)}
    items = [_item(store, one, deadlines[one.key][1] if one.key in deadlines else None, now) for one in found.values()]
    order = list(Progress)
    return sorted(items, key=lambda item: (order.index(item.progress), item.outcome.first_seen, item.outcome.key))


def awaited(
    store: Store, calendar: Calendar, outcomes: Iterable[Outcome], now: datetime, as_of: datetime | None = None
) -> Iterator[tuple[Outcome, Deadline, Progress]]:
    """Those of the outcomes for which somebody waits, each with by when it should come, and whether it is expected or overdue at `now`.

    With `as_of` by the reports that stood then.
    """
    planned = [one for one in outcomes if one.status is Status.PLANNED]
    for start in range(0, len(planned), _BATCH):
        some = planned[start : start + _BATCH]
        sightings = store.sightings([one.key for one in some], as_of)
        for one in some:
            deadline = expected.due(one, (told.reported for told in sightings[one.key]), calendar)
            if deadline is not None:
                yield one, deadline, progress(one, deadline, now)


def progress(outcome: Outcome, deadline: Deadline | None, now: datetime) -> Progress:
    """How far it has come at `now`."""
    if outcome.status is not Status.PLANNED:
        return Progress.SEEN if outcome.status is Status.DONE else Progress.FAILED
    if deadline is None:
        return Progress.OPEN
    return Progress.OVERDUE if expected.overdue(outcome, deadline, now) else Progress.EXPECTED


def _part_of(calendar: Calendar, meeting: Meeting, name: str) -> bool:
    named = meeting_named(name)
    return named is not None and calendar.includes(meeting, named)


def _item(store: Store, outcome: Outcome, deadline: Deadline | None, now: datetime) -> Item:
    found = store.outcome(outcome.key)
    sightings = [one for one in found[1] if one.reported.sighting.status is outcome.status] if found else []
    return Item(outcome=outcome, progress=progress(outcome, deadline, now), deadline=deadline, proof=_proof(sightings, deadline))


def _proof(sightings: Iterable[Resolved], deadline: Deadline | None) -> Resolved | None:
    said = sorted(sightings, key=lambda one: deadline is None or one.reported.article != deadline.article)
    return said[0] if said else None
