"""What is expected: the planned outcomes with what was reported of them, and the mark that one is overdue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from core.codes import Standing, Status
from core.expected import Deadline
from core.history import logged
from core.outcomes import Event, EventKind, Outcome, Reported
from store.database import Database, Turn, take_turn
from store.events import append
from store.register import sightings_of, write_outcomes
from store.tables import outcome

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
            for one in sightings_of(tx, list(found)):
                reports[one.outcome].append(one.reported)
        return [(found[key], reports[key]) for key in found]

    def meetings(self) -> list[str]:
        """The names of all meetings that brought an outcome, or are to bring one, sorted."""
        query = select(outcome.c.meeting).where(outcome.c.meeting != "").distinct().order_by(outcome.c.meeting)
        with self._reading() as tx:
            return list(tx.scalars(query))

    def mark_overdue(self, late: Sequence[Deadline], at: datetime) -> tuple[Event, ...]:
        """Notes that these are overdue, each record with its event, in one transaction; the events.

        One that has come or was rejected meanwhile, or is marked for this time already, is left as it is: nothing happens twice.
        """
        if not late:
            return ()
        with self._writing() as tx:
            take_turn(tx, Turn.REGISTER)
            marked = [found for one in late if (found := _marked(tx, one, at)) is not None]
            outcomes = [record for record, _ in marked]
            write_outcomes(tx, outcomes)
            return append(tx, logged([event for _, event in marked], outcomes, (), at))


def _marked(tx: Connection, late: Deadline, at: datetime) -> tuple[Outcome, Event] | None:
    known = tx.scalar(select(outcome.c.payload).where(outcome.c.key == late.outcome, outcome.c.status == Status.PLANNED))
    if known is None or known.standing is Standing.REJECTED or (known.overdue_at is not None and known.overdue_at >= late.at):
        return None
    detail = f"expected by {late.by.isoformat()}: {late.why}; no report of it since"
    event = Event(
        kind=EventKind.OUTCOME_OVERDUE, subject=known.key, at=at, before=known.status, after=OVERDUE, article=late.article, detail=detail
    )
    return replace(known, overdue_at=at), event
