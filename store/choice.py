"""Which outcomes are asked for: conditions on the register that the database itself can meet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from core.codes import MEETING_TYPES
from store.columns import storable
from store.tables import outcome, reading, reading_topic, sighting

Names = str | Sequence[str] | None
"""One name, or several of which any will do; None or none at all: whatever it is."""


def chosen(
    *, status: Names, type: Names, meeting: Names, parties: Names, topics: Names, since: datetime | None, until: datetime | None
) -> Select[Any]:
    """A query for the outcomes that meet every condition, newest first: done, or else last seen, from `since` on and before `until`."""
    query = select(outcome.c.payload).order_by(outcome.c.dated.desc(), outcome.c.key)
    if states := _several(status):
        query = query.where(outcome.c.status.in_(states))
    if types := _several(type):
        query = query.where(outcome.c.type.in_(types))
    if meetings := _several(meeting):
        query = query.where(or_(*map(_at, meetings)))
    if wanted := _several(parties):
        query = query.where(or_(*(outcome.c.parties.contains(f"|{storable(party).casefold()}|", autoescape=True) for party in wanted)))
    if codes := _several(topics):
        spoken = select(sighting.c.outcome_key).join_from(sighting, reading).join(reading_topic, reading_topic.c.reading_id == reading.c.id)
        query = query.where(outcome.c.key.in_(spoken.where(reading.c.current, reading_topic.c.topic.in_(codes))))
    if since is not None:
        query = query.where(outcome.c.dated >= since)
    if until is not None:
        query = query.where(outcome.c.dated < until)
    return query


def _several(names: Names) -> list[str]:
    return [names] if isinstance(names, str) else list(names or ())


def _at(name: str) -> ColumnElement[bool]:
    """At any meeting of a type (AMM), or at the one of that name (AMM-57), in whatever case."""
    if name.upper() not in MEETING_TYPES:
        return func.lower(outcome.c.meeting) == storable(name).lower()
    type_ = name.upper()  # AMM-57 and PMC UK 2024 begin with their type; AMM-RETREAT is another one
    beginnings = [f"{type_} ", *(f"{type_}-{digit}" for digit in range(10))]
    return or_(outcome.c.meeting == type_, *(outcome.c.meeting.startswith(beginning) for beginning in beginnings))
