"""Sources and what polling them brought: the catalogue, who is due, and one poll recorded in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, Select, Update, bindparam, insert, or_, select, update

from core.cadence import DAILY
from core.outcomes import Event
from core.sources import Entry, EntryState, Poll, Polling, Source, SourceKind
from store.database import Database, chunks, insert_new, put
from store.events import append
from store.tables import entry, entry_alias, handle, polling, source

CLOCK_SET_BACK = timedelta(hours=1)
"""A last poll that lies further ahead than this was noted by a clock that has since been set back: the source is due."""

LONGEST_PAUSE = DAILY + timedelta(hours=1)
"""A next poll that lies further ahead was set by such a clock, too."""

SOURCE_FIELDS = ("id", "url", "publisher", "kind", "country", "language", "tier", "enabled", "zone", "selector")
SOURCE_COLUMNS = [source.c[name] for name in SOURCE_FIELDS]
POLLING_COLUMNS = [column for column in polling.c if column.name != "source_id"]
POLLING_FIELDS = tuple(column.name for column in POLLING_COLUMNS)
_values = attrgetter(*POLLING_FIELDS)
_USED = select(entry_alias.c.handle, entry_alias.c.entry_id).where(
    entry_alias.c.source_id == bindparam("of_source"), entry_alias.c.handle.in_(bindparam("handles", expanding=True))
)
NOTHING: Mapping[str, Polling] = MappingProxyType({})


class Polls(Database):
    """The part of the store that knows the sources."""

    def sync_sources(self, sources: Sequence[Source], now: datetime) -> None:
        """Takes over the catalogue; what it no longer lists is kept but not watched, and a changed URL forgets its validators."""
        with self._writing() as tx:
            urls = {row.id: row.url for row in tx.execute(select(source.c.id, source.c.url))}
            listed = {known.id: known for known in sources}
            put(tx, source, [_source_row(listed[key], now) for key in sorted(listed)], source.c.id, keep=["added_at"])
            for gone in sorted(set(urls) - set(listed)):
                tx.execute(update(source).where(source.c.id == gone).values(listed=False))
            for key in sorted(listed):
                if key not in urls:
                    tx.execute(insert_new(tx, polling).values(source_id=key, **asdict(Polling())))
                elif urls[key] != listed[key].url:
                    forgotten = dict.fromkeys(("etag", "last_modified", "body_hash", "next_poll_at", "archive"))
                    tx.execute(update(polling).where(polling.c.source_id == key).values(forgotten))

    def due_sources(self, now: datetime, limit: int = 1000) -> list[tuple[Source, Polling]]:
        """The watched sources whose time has come, never polled ones first, then the longest waiting."""
        ahead = or_(polling.c.last_poll_at > now + CLOCK_SET_BACK, polling.c.next_poll_at > now + LONGEST_PAUSE)
        due = or_(polling.c.next_poll_at.is_(None), polling.c.next_poll_at <= now, ahead)
        query = _sources().where(source.c.enabled, due).order_by(polling.c.next_poll_at.asc().nulls_first(), source.c.id).limit(limit)
        with self._reading() as tx:
            return [_source_and_polling(row) for row in tx.execute(query).all()]

    def sources(self) -> list[tuple[Source, Polling]]:
        """The sources of the catalogue, disabled ones too, by id."""
        with self._reading() as tx:
            return sorted((_source_and_polling(row) for row in tx.execute(_sources()).all()), key=lambda pair: pair[0].id)

    def known_names(self, announced: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
        """Of the names (identities and aliases) that each source announced, those under which it has announced an entry before."""
        with self._reading() as tx:
            known = {name: _known(tx, name, names) for name, names in announced.items()}
        return {name: {one for one in names if handle(one) in known[name]} for name, names in announced.items()}

    def record_polls(self, polls: Sequence[tuple[Poll, Sequence[Event]]], known: Mapping[str, Polling] = NOTHING) -> list[int]:
        """Of each poll: entries, then the polling with its validators, then events; how many entries were new. 0 for a source that is gone.

        All in one transaction. A poll that brought no entries costs no more than its share of one statement, above all where `known` says
        what was on record of its source before: only what has changed since is written.
        """
        with self._writing() as tx:
            # Two workers that polled the same source record one after the other.
            there = {
                name
                for part in chunks(poll.source for poll, _ in polls)
                for name in tx.scalars(_of_sources(sorted(part)).with_for_update())
            }
            recorded = [poll for poll, _ in polls if poll.source in there]
            fresh = _record_entries(tx, [poll for poll in recorded if poll.entries or poll.renamed])
            learned: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
            for poll in recorded:
                columns = _changed(known.get(poll.source), poll.polling)
                learned[tuple(columns)].append({"of_source": poll.source, **columns})
            for names, rows in learned.items():
                tx.execute(_learning(names), rows)
            append(tx, [event for poll, events in polls if poll.source in there for event in events])
            return [fresh[poll.source] for poll, _ in polls]

    def record_troubles(self, source: str, troubles: Sequence[str], events: Sequence[Event]) -> None:
        """What is wrong with a source, found between two polls, and the events that tell it, in one transaction."""
        with self._writing() as tx:
            tx.execute(update(polling).where(polling.c.source_id == source).values(troubles=tuple(troubles)))
            append(tx, events)

    def record_poll(self, poll: Poll, events: Sequence[Event] = ()) -> int:
        """`record_polls` of one."""
        return self.record_polls([(poll, events)])[0]


def _of_sources(names: Sequence[str]) -> Select[Any]:
    return select(polling.c.source_id).where(polling.c.source_id.in_(names)).order_by(polling.c.source_id)


def _changed(before: Polling | None, after: Polling) -> dict[str, Any]:
    """The columns to be written; all of them when nobody says what was there before."""
    if before is None:
        return dict(zip(POLLING_FIELDS, _values(after), strict=True))
    both = zip(POLLING_FIELDS, _values(before), _values(after), strict=True)
    return {name: new for name, old, new in both if new is not old and new != old}


@cache
def _learning(names: tuple[str, ...]) -> Update:
    """Writes the columns `names` of the source `of_source`."""
    return update(polling).where(polling.c.source_id == bindparam("of_source")).values({name: bindparam(name) for name in names})


def _sources() -> Select[Any]:
    return select(*SOURCE_COLUMNS, source.c.interval_seconds, *POLLING_COLUMNS).join(polling).where(source.c.listed)


def source_of(row: Row[Any]) -> Source:
    """The source whose columns, with its interval behind them, stand first in `row`."""
    fields: dict[str, Any] = dict(zip(SOURCE_FIELDS, row, strict=False))
    fields["kind"] = SourceKind(fields["kind"])
    return Source(interval=timedelta(seconds=row[len(SOURCE_FIELDS)]), **fields)


def _source_and_polling(row: Row[Any]) -> tuple[Source, Polling]:
    return source_of(row), Polling(**dict(zip(POLLING_FIELDS, row[len(SOURCE_FIELDS) + 1 :], strict=True)))


def _source_row(listed: Source, now: datetime) -> dict[str, Any]:
    row = {column.name: getattr(listed, column.name) for column in SOURCE_COLUMNS}
    return row | {"interval_seconds": listed.interval.total_seconds(), "listed": True, "added_at": now}


def _known(tx: Connection, of_source: str, names: Iterable[str]) -> dict[str, int]:
    """Handle -> entry, for those of `names` that the source has used before."""
    known: dict[str, int] = {}
    for part in chunks(handle(name) for name in names):
        known.update(tx.execute(_USED, {"of_source": of_source, "handles": part}).all())
    return known


def _record_entries(tx: Connection, polls: Sequence[Poll]) -> Counter[str]:
    """Inserts the entries that no name of theirs has made known, and learns new names of the others; source -> how many were inserted."""
    sorted_out = [_sorted_out(tx, poll) for poll in polls]
    learned = [alias for _, aliases in sorted_out for alias in aliases]
    fresh = [one for entries, _ in sorted_out for one in entries]
    if fresh:
        made = tx.scalars(insert(entry).returning(entry.c.id, sort_by_parameter_order=True), [row for row, _ in fresh])
        learned += [(row["source_id"], name, number) for number, (row, handles) in zip(made, fresh, strict=True) for name in handles]
    if learned:
        tx.execute(insert_new(tx, entry_alias), [dict(zip(("source_id", "handle", "entry_id"), alias, strict=True)) for alias in learned])
    return Counter(row["source_id"] for row, _ in fresh)


def _sorted_out(tx: Connection, poll: Poll) -> tuple[list[tuple[dict[str, Any], list[str]]], list[tuple[str, str, int]]]:
    """The rows of new entries, each with its handles, and further names (source, handle, entry) of known ones."""
    announced = (*poll.entries, *poll.renamed)
    known = _known(tx, poll.source, (name for came in announced for name in came.names))
    fresh: list[tuple[dict[str, Any], list[str]]] = []
    learned: list[tuple[str, str, int]] = []
    claimed: dict[str, list[str]] = {}
    for came in announced:
        handles = [handle(name) for name in came.names]
        owner = next((known[name] for name in handles if name in known), None)
        if owner is not None:
            learned += [(poll.source, name, owner) for name in handles]
        elif twin := next((claimed[name] for name in handles if name in claimed), None):
            twin += handles
            claimed.update(dict.fromkeys(handles, twin))
        else:
            fresh.append((_entry_row(came, poll), handles))
            claimed.update(dict.fromkeys(handles, handles))
    return fresh, learned


def _entry_row(came: Entry, poll: Poll) -> dict[str, Any]:
    return {
        "source_id": poll.source,
        "handle": handle(came.identity),
        "identity": came.identity,
        "link": came.link,
        "title": came.title,
        "summary": came.summary,
        "content": came.content,
        "published": came.published,
        "date_trust": came.date_trust,
        "first_seen": poll.at,
        "baseline": poll.baseline,
        "state": EntryState.NEW,
        "attempts": 0,
        "due_at": poll.at,
    }
