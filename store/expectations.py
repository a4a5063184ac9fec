"""What is expected: the planned outcomes with what was reported of them, and the mark that one is overdue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from core.codes import Status
from core.expected import Deadline
from core.outcomes import Event, EventKind, Outcome, Reported
from store.database import Database, Turn, take_turn
from store.events import append
from store.tables import outcome, reading, sighting

OVERDUE = "overdue"
"""What stands after `planned` in the event."""


class Expectations(Database):
    """The part of the store that knows what is still to come."""

    def planned(self, after: str = "", limit: int = 500) -> list[tuple[Outcome, list[Reported]]]:
        """Planned outcomes with a key above `after`, by key, each with its reports by the readings that stand."""
        query = select(outcome.c.key, outcome.c.payload).where(outcome.c.status == Status.PLANNED, outcome.c.key > after)
        with self._reading() as tx:
            found = {row.key: row.payload for row in tx.execute(query.order_by(outcome.c.key).limit(limit))}
            reports: dict[str, list[Reported]] = {key: [] for key in found}
            columns = select(sighting.c.outcome_key, sighting.c.payload).join(reading)
            for row in tx.execute(columns.where(sighting.c.outcome_key.in_(found), reading.c.current).order_by(sighting.c.id)):
                reports[row.outcome_key].append(row.payload)
        return [(found[key], reports[key]) for key in found]

    def meetings(self) -> list[str]:
        """The names of all meetings that brought an outcome, or are to bring one, sorted."""
        query = select(outcome.c.meeting).where(outcome.c.meeting != "").distinct().order_by(outcome.c.meeting)
        with self._reading() as tx:
            return list(tx.scalars(query))

    def mark_overdue(self, late: Sequence[Deadline], at: datetime) -> tuple[Event, ...]:
        """Notes that these are overdue, each record with its event, in one transaction; the events.

        One that has come meanwhile, or is marked for this time already, is left as it is: nothing happens twice.
        """
        if not late:
            return ()
        with self._writing() as tx:
            take_turn(tx, Turn.REGISTER)
            return append(tx, [event for one in late if (event := _mark(tx, one, at)) is not None])


def _mark(tx: Connection, late: Deadline, at: datetime) -> Event | None:
    known = tx.scalar(select(outcome.c.payload).where(outcome.c.key == late.outcome, outcome.c.status == Status.PLANNED))
    if known is None or (known.overdue_at is not None and known.overdue_at >= late.at):
        return None
    tx.execute(update(outcome).where(outcome.c.key == known.key).values(payload=replace(known, overdue_at=at)))
    detail = f"expected by {late.by.isoformat()}: {late.why}; no report of it since"
    return Event(
        kind=EventKind.OUTCOME_OVERDUE, subject=known.key, at=at, before=known.status, after=OVERDUE, article=late.article, detail=detail
    )
