"""The past of the register: records by the log, sightings by the seats they had, and whether log and register agree.

A sighting has a row in `seat` for each outcome under which it stood, and one without an outcome for each time its reading stood no more.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, or_, select

from core.outcomes import EventKind, Outcome
from store.tables import event, outcome, reading, seat, sighting

TURNS = or_(event.c.record.is_not(None), event.c.kind == EventKind.OUTCOME_REMOVED)
"""Events after which a record stands otherwise than before."""


def take_seats(tx: Connection, numbers: Sequence[int], now: datetime, *, outcome_key: str | None = None) -> None:
    """These sightings stand under another outcome from now on, for the reasons they had; without one they stand no more."""
    if numbers:
        columns = (sighting.c.id, sighting.c.applied, sighting.c.why)
        rows = tx.execute(select(*columns).where(sighting.c.id.in_(numbers)).order_by(sighting.c.id)).all()
        seats = [{"sighting_id": row.id, "outcome_key": outcome_key, "applied": row.applied, "why": row.why, "since": now} for row in rows]
        tx.execute(insert(seat), seats)


def standing(tx: Connection, condition: ColumnElement[bool]) -> list[int]:
    """The row numbers of the sightings that stand and meet a condition, in order."""
    query = select(sighting.c.id).join(reading).where(reading.c.current, condition).order_by(sighting.c.id)
    return list(tx.scalars(query))


def records(tx: Connection, until: datetime) -> dict[str, Outcome]:
    """Key -> record, as the register stood then."""
    latest = select(func.max(event.c.sequence)).where(event.c.at <= until, TURNS).group_by(event.c.subject)
    query = select(event.c.record).where(event.c.sequence.in_(latest), event.c.record.is_not(None))
    return {record.key: record for record in tx.scalars(query)}


def record(tx: Connection, key: str, until: datetime) -> Outcome | None:
    """The record of that key as it stood then, or the one that it had become part of by then."""
    seen = set()
    while key not in seen:
        seen.add(key)
        row = _last_turn(tx, key, until)
        if row is None:
            return None
        if row.record is not None:
            found: Outcome = row.record
            return found
        key = row.after
    return None


def last_record(tx: Connection, key: str) -> Outcome | None:
    """The record of that key as it last stood, whatever became of it."""
    query = select(event.c.record).where(event.c.subject == key, event.c.record.is_not(None)).order_by(event.c.sequence.desc()).limit(1)
    return tx.scalar(query)


def _last_turn(tx: Connection, key: str, until: datetime) -> Any:
    query = select(event.c.record, event.c.after).where(event.c.subject == key, event.c.at <= until, TURNS)
    return tx.execute(query.order_by(event.c.sequence.desc()).limit(1)).first()


def keys(tx: Connection, beginning: str, until: datetime, limit: int) -> list[str]:
    """The keys of the records of then that begin so."""
    mine = event.c.subject.startswith(beginning, autoescape=True)
    latest = select(func.max(event.c.sequence)).where(event.c.at <= until, TURNS, mine).group_by(event.c.subject)
    query = select(event.c.subject).where(event.c.sequence.in_(latest), event.c.record.is_not(None))
    return list(tx.scalars(query.order_by(event.c.subject).limit(limit)))


def seated(keys: Sequence[str], until: datetime | None, *columns: ColumnElement[Any]) -> Select[Any]:
    """A query for the sightings that stand under these outcomes, or stood under them then, in the order in which they came.

    Each row has `outcome_key`, `why` and `applied` as they are, or were then, and these columns of the sighting and its reading.
    """
    if until is None:
        now = select(sighting.c.outcome_key, sighting.c.why, sighting.c.applied, *columns).join_from(sighting, reading)
        return now.where(sighting.c.outcome_key.in_(keys), reading.c.current).order_by(sighting.c.id)
    later = seat.alias("later")
    moved = select(later.c.id).where(later.c.sighting_id == seat.c.sighting_id, later.c.id > seat.c.id, later.c.since <= until)
    then = select(seat.c.outcome_key, seat.c.why, seat.c.applied, *columns).join_from(seat, sighting)
    then = then.join(reading, reading.c.id == sighting.c.reading_id)
    return then.where(seat.c.outcome_key.in_(keys), seat.c.since <= until, ~moved.exists()).order_by(sighting.c.id)


def came_from(tx: Connection, gone: str, kept: str) -> set[tuple[str, int]]:
    """(article, index) of the sightings that stand under `kept` and stood under `gone` before."""
    here = sighting.alias("here")
    numbers = select(here.c.id).join(reading, reading.c.id == here.c.reading_id).where(here.c.outcome_key == kept, reading.c.current)
    seats: dict[int, list[str]] = {}
    for row in tx.execute(select(seat.c.sighting_id, seat.c.outcome_key).where(seat.c.sighting_id.in_(numbers)).order_by(seat.c.id)):
        seats.setdefault(row.sighting_id, []).append(row.outcome_key)
    back = [number for number, keys in seats.items() if gone in keys]
    found = tx.scalars(select(sighting.c.payload).where(sighting.c.id.in_(back)))
    return {(one.article, one.index) for one in found}


def faults(tx: Connection) -> list[str]:
    """Where the register and the log disagree, in words; compares every record with the last event that carries it."""
    latest = select(func.max(event.c.sequence)).where(TURNS).group_by(event.c.subject)
    told = select(event.c.subject, event.c.record).where(event.c.sequence.in_(latest), event.c.record.is_not(None)).subquery()
    both = outcome.outerjoin(told, told.c.subject == outcome.c.key)
    other = select(outcome.c.key).select_from(both).where(or_(told.c.record.is_(None), told.c.record != outcome.c.payload))
    ended = select(told.c.subject).where(told.c.subject.not_in(select(outcome.c.key)))
    return [f"outcome {key} is not as the log of events says" for key in tx.scalars(other.order_by(outcome.c.key).limit(20))] + [
        f"outcome {key} is in the log of events, but not in the register" for key in tx.scalars(ended.limit(20))
    ]
