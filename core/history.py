"""The log of events as the register's memory: every change of a record stands in it with the record as it was then.

    logged(events, outcomes, now)   the events of one transaction, with the records that it changed
    rebuild(events)                 the register by those events: the one that stands, when they are all

A record that ends (merged into another) has an event `outcome.removed` of its own, so that what became of one key is told by the
events of that key alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from core.outcomes import Event, EventKind, Outcome


def logged(events: Sequence[Event], outcomes: Iterable[Outcome], merged: Iterable[tuple[str, str]], now: datetime) -> list[Event]:
    """`events` with each changed record attached to the last event of its own; where it has none, `outcome.updated` is added.

    `merged` (gone, kept) gives an `outcome.removed` for each record that ended.
    """
    told = [*(_removed(gone, kept, now) for gone, kept in merged), *events]
    last = {event.subject: place for place, event in enumerate(told) if event.kind is not EventKind.OUTCOME_REMOVED}
    for outcome in outcomes:
        place = last.get(outcome.key)
        if place is None:
            told.append(Event(kind=EventKind.OUTCOME_UPDATED, subject=outcome.key, at=now, after=outcome.status, record=outcome))
        else:
            told[place] = replace(told[place], record=outcome)
    return told


def _removed(gone: str, kept: str, now: datetime) -> Event:
    return Event(kind=EventKind.OUTCOME_REMOVED, subject=gone, at=now, after=kept, detail=f"part of {kept} from now on")


def rebuild(events: Iterable[Event]) -> dict[str, Outcome]:
    """Key -> record, by the events in the order of their sequence."""
    register: dict[str, Outcome] = {}
    for event in events:
        if event.kind is EventKind.OUTCOME_REMOVED:
            register.pop(event.subject, None)
        elif event.record is not None:
            register[event.subject] = event.record
    return register
