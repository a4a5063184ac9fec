"""The ground that the store's parts stand on: short transactions on the two engines, and errors that name their subject and hope."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, TimeoutError

from core.errors import StoreError
from store.engines import Engines
from store.turns import Line

ADVISORY = 0x61736561
"""Our corner of PostgreSQL's advisory locks ("asea")."""
LONGEST_WAIT = timedelta(hours=24)
"""Nothing that is to be tried again waits longer, whoever asked for it."""
CLOCK_SET_BACK = LONGEST_WAIT + timedelta(hours=1)
"""A time further ahead than this was noted by a clock that has since been set back."""
CHUNK = 1000
"""How many names one query looks for: well below what either database takes."""

_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_NOMEM")
_LASTING_STATES = ("28", "3D")
"""SQLSTATE classes of operational errors that no waiting mends: refused login, no such database."""


class Turn(IntEnum):
    """What only one transaction at a time may do. Always taken in this order, so that two can never wait for each other."""

    INSTANCE = 1
    SCHEMA = 2
    REGISTER = 3
    EVENTS = 4


def take_turn(tx: Connection, turn: Turn) -> None:
    """Waits until no other transaction holds `turn`, and holds it to the end of this one. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(ADVISORY, int(turn))))


def insert_new(tx: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that leaves rows alone whose unique key is there already."""
    return (postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert)(table).on_conflict_do_nothing()


def put(tx: Connection, table: Table, rows: Sequence[dict[str, Any]], key: Column[Any], keep: Sequence[str] = ()) -> None:
    """Inserts rows, or takes their columns over where `key` is there already, all but those to `keep`."""
    if not rows:
        return
    statement = (postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert)(table)
    taken = {name: statement.excluded[name] for name in rows[0] if name != key.name and name not in keep}
    tx.execute(statement.on_conflict_do_update(index_elements=[key], set_=taken), rows)


def come(due: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """Whether a time has come; one that no clock in its senses can have set counts as come."""
    return or_(due <= now, due > now + CLOCK_SET_BACK)


def chunks(names: Iterable[str]) -> Iterator[list[str]]:
    """`names`, each once, in lists short enough for one query."""
    every = list(dict.fromkeys(names))
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


@contextmanager
def naming(engines: Engines) -> Iterator[None]:
    """Turns what the database says into a StoreError that names the database and hides its secrets."""
    try:
        yield
    except SQLAlchemyError as error:
        said = str(error.orig if isinstance(error, DBAPIError) and error.orig else error).strip().splitlines() or [type(error).__name__]
        raise StoreError(engines.hidden(said[0]), subject=engines.where, transient=_passes(error)) from error


def _passes(error: SQLAlchemyError) -> bool:
    """Whether the same statement may succeed later: locks, a full disk, a lost server, a deadlock."""
    if isinstance(error, TimeoutError):
        return True
    origin = error.orig if isinstance(error, DBAPIError) else None
    name = getattr(origin, "sqlite_errorname", None)
    if name is not None:
        return str(name).startswith(_PASSING)
    state = getattr(origin, "sqlstate", None) or ""
    return isinstance(error, OperationalError) and not state.startswith(_LASTING_STATES)


def _turn(line: Line | None) -> AbstractContextManager[None]:
    return line.turn() if line else nullcontext()


class Database:
    """Two engines and the two kinds of transaction. What is read is fetched whole: no method keeps a transaction open for its caller."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._engines.where}>"

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and cannot write."""
        engines = self._engines
        with _turn(engines.reading), naming(engines), engines.reader.connect() as tx:
            yield tx

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that commits at the end, or leaves nothing."""
        engines = self._engines
        with _turn(engines.writing), naming(engines), engines.writer.begin() as tx:
            yield tx

    def close(self) -> None:
        """Closes every connection."""
        self._engines.close()
