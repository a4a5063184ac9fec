"""Which outcomes are asked for: conditions that the database itself meets for the register, and that a record of the past is held to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from core.codes import MEETING_TYPES
from core.outcomes import Outcome
from store.columns import storable
from store.tables import outcome, reading, reading_topic, sighting

Names = str | Sequence[str] | None
"""One name, or several of which any will do; None or none at all: whatever it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Conditions, all of which an outcome meets: its day from `since` on and before `until`, and one of the names of each kind."""

    status: Names = None
    type: Names = None
    standing: Names = None
    meeting: Names = None
    parties: Names = None
    topics: Names = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self) -> Select[Any]:
        """A query for the outcomes of the register that meet every condition, newest first."""
        query = select(outcome.c.payload).order_by(outcome.c.dated.desc(), outcome.c.key)
        for column, names in ((outcome.c.status, self.status), (outcome.c.type, self.type), (outcome.c.standing, self.standing)):
            if wanted := several(names):
                query = query.where(column.in_(wanted))
        if meetings := several(self.meeting):
            query = query.where(or_(*map(_at, meetings)))
        if wanted := several(self.parties):
            query = query.where(or_(*(outcome.c.parties.contains(f"|{storable(party).casefold()}|", autoescape=True) for party in wanted)))
        if codes := several(self.topics):
            spoken = select(sighting.c.outcome_key).join_from(sighting, reading)
            spoken = spoken.join(reading_topic, reading_topic.c.reading_id == reading.c.id)
            query = query.where(outcome.c.key.in_(spoken.where(reading.c.current, reading_topic.c.topic.in_(codes))))
        if self.since is not None:
            query = query.where(outcome.c.dated >= self.since)
        if self.until is not None:
            query = query.where(outcome.c.dated < self.until)
        return query

    def fits(self, record: Outcome) -> bool:
        """Whether a record meets every condition but that of its topics, which it does not know."""
        coded = ((record.status, self.status), (record.type, self.type), (record.standing, self.standing))
        parties = {party.casefold() for party in record.parties}
        meetings, wanted = several(self.meeting), several(self.parties)
        return (
            all(code in (several(names) or [code]) for code, names in coded)
            and (not meetings or any(_was_at(record, name) for name in meetings))
            and (not wanted or any(storable(party).casefold() in parties for party in wanted))
            and (self.since is None or dated(record) >= self.since)
            and (self.until is None or dated(record) < self.until)
        )


def several(names: Names) -> list[str]:
    """The names as a list; empty for whatever it is."""
    return [names] if isinstance(names, str) else list(names or ())


def dated(record: Outcome) -> datetime:
    """When it was done, or else last seen."""
    return record.done_at or record.last_seen


def _at(name: str) -> ColumnElement[bool]:
    """At any meeting of a type (AMM), or at the one of that name (AMM-57), in whatever case."""
    if name.upper() not in MEETING_TYPES:
        return func.lower(outcome.c.meeting) == storable(name).lower()
    type_ = name.upper()  # AMM-57 and PMC UK 2024 begin with their type; AMM-RETREAT is another one
    beginnings = [f"{type_} ", *(f"{type_}-{digit}" for digit in range(10))]
    return or_(outcome.c.meeting == type_, *(outcome.c.meeting.startswith(beginning) for beginning in beginnings))


def _was_at(record: Outcome, name: str) -> bool:
    """The same, of a record."""
    return record.meeting is not None and name.casefold() in (record.meeting.type.casefold(), record.meeting.name.casefold())
