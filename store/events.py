"""The log of what happened: appended to by every part of the store, read in order by whoever wants to follow."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from core.outcomes import Event
from store.database import Database, Turn, take_turn
from store.tables import event

COLUMNS = [column for column in event.c if column is not event.c.record]
SUBJECT_LIMIT = 500
"""Characters of a subject that are kept: keys and ids are far shorter, and PostgreSQL indexes no long text."""


def append(tx: Connection, events: Sequence[Event]) -> tuple[Event, ...]:
    """The events with their sequence. Call it last in a transaction: it holds the turn of all who write events until the commit."""
    if not events:
        return ()
    take_turn(tx, Turn.EVENTS)
    rows = [
        {
            "kind": happened.kind,
            "subject": happened.subject[:SUBJECT_LIMIT],
            "at": happened.at,
            "before": happened.before,
            "after": happened.after,
            "article": happened.article,
            "detail": happened.detail,
            "record": happened.record,
        }
        for happened in events
    ]
    sequences = tx.scalars(insert(event).returning(event.c.sequence, sort_by_parameter_order=True), rows)
    return tuple(replace(happened, sequence=sequence) for happened, sequence in zip(events, sequences, strict=True))


def of_subjects(tx: Connection, subjects: Sequence[str], until: datetime | None = None) -> list[Event]:
    """All that happened to these subjects, in order; with `until` what had happened by then."""
    query = select(*COLUMNS).where(event.c.subject.in_([subject[:SUBJECT_LIMIT] for subject in subjects])).order_by(event.c.sequence)
    return [_event(row) for row in tx.execute(query if until is None else query.where(event.c.at <= until))]


class Events(Database):
    """The part of the store that keeps the log."""

    def append_events(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """The events as stored, with their sequence."""
        with self._writing() as tx:
            return append(tx, events)

    def events(self, after: int = 0, limit: int = 500, *, subject: str | None = None, records: bool = False) -> list[Event]:
        """Events with a sequence above `after`, oldest first; with `records` they carry the records of outcomes as they then stood."""
        columns = [*COLUMNS, event.c.record] if records else COLUMNS
        query = select(*columns).where(event.c.sequence > after).order_by(event.c.sequence).limit(limit)
        if subject is not None:
            query = query.where(event.c.subject == subject[:SUBJECT_LIMIT])
        with self._reading() as tx:
            return [_event(row) for row in tx.execute(query)]

    def last_event(self) -> int:
        """The highest sequence so far, 0 before the first."""
        with self._reading() as tx:
            return tx.scalar(select(func.max(event.c.sequence))) or 0


def _event(row: Row[Any]) -> Event:
    return Event(**row._mapping)
