"""Engines from a URL: SQLite (a file or in memory) and PostgreSQL (psycopg 3), each as safe as it can be made.

SQLite has two engines. The writer holds one connection, for which threads stand in line instead of colliding, and begins with
BEGIN IMMEDIATE: a transaction that reads before it writes can neither lose an update nor fail half-way for a lock. The reader
begins plainly and cannot write. A database in memory is one connection that both share.
"""

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from core.errors import ConfigError, StoreError
from store.turns import Line

BUSY_SECONDS = 30
"""How long a connection waits for another process's lock on the same SQLite file."""
QUEUE_SECONDS = 60
"""How long a thread waits for a connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """A database, open: where reads go and where writes go. `where` names it without user, password or options."""

    reader: Engine
    writer: Engine
    where: str
    path: Path | None
    """The file of a SQLite database on disk."""
    secrets: tuple[str, ...] = field(repr=False)
    """What must never be shown: parts of the URL."""
    reading: Line | None = None
    writing: Line | None = None
    """Where threads stand in line before they read or write; None where the database itself lets many in at once."""

    def hidden(self, text: str) -> str:
        """`text` with every secret of the URL blotted out."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    def close(self) -> None:
        """Closes every connection."""
        self.reader.dispose()
        self.writer.dispose()


def wal_is_safe(version: Sequence[int]) -> bool:
    """Whether this SQLite (major, minor, patch) is free of the WAL-reset race, which can lose committed rows.

    Mended in 3.51.3 and taken back to 3.50.7 and 3.44.6; every other build below 3.51.3 keeps its journal in DELETE mode.
    """
    major, minor, patch = version
    return (major, minor, patch) >= (3, 51, 3) or ((major, minor) == (3, 50) and patch >= 7) or ((major, minor) == (3, 44) and patch >= 6)


def parsed(url: str) -> URL:
    """The URL with its driver. Raises ConfigError, which never quotes the URL: it may hold a password."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError("no database URL; say sqlite:////path/to/file.db or postgresql://user@host/name", subject="database") from None
    if parts.drivername in ("sqlite", "sqlite+pysqlite"):
        if parts.query or parts.host:
            raise ConfigError("a SQLite URL is sqlite:////path/to/file.db, without host or options", subject="database")
        return parts.set(drivername="sqlite")
    if parts.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return parts.set(drivername="postgresql+psycopg")
    raise ConfigError(f"{parts.drivername}: only sqlite and postgresql are supported", subject="database")


def file_of(url: URL) -> Path | None:
    """The file of a SQLite URL; None for PostgreSQL and for a database in memory."""
    if url.drivername != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).absolute()


def named(url: URL) -> str:
    """The database without user, password and options, for people."""
    if url.drivername == "sqlite":
        return str(file_of(url) or "sqlite in memory")
    return f"postgresql://{url.host or 'localhost'}:{url.port or 5432}/{url.database or ''}"


def open_engines(url: str, *, create: bool = True, durable: bool = True) -> Engines:
    """Engines for `url`; connects to nothing yet.

    With `create` a SQLite file (0600) and its folder (0700) are made where they are missing. What is not `durable` is quick, and
    lost with the machine: for a file that is thrown away. Raises ConfigError, StoreError.
    """
    parts = parsed(url)
    path = file_of(parts)
    if parts.drivername != "sqlite":
        writer = _postgres(parts)
        reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return Engines(reader=reader, writer=writer, where=named(parts), path=None, secrets=secrets(parts))
    if path is None:
        only = _sqlite(parts, "BEGIN IMMEDIATE", pool_size=1)
        line = Line(QUEUE_SECONDS)
        return Engines(reader=only, writer=only, where=named(parts), path=None, secrets=(), reading=line, writing=line)
    if create:
        make_private(path)
    elif not path.exists():
        raise StoreError("there is no database yet; the first start makes it", subject=str(path))
    return Engines(
        reader=_sqlite(parts, "BEGIN", pool_size=8, read_only=True),
        writer=_sqlite(parts, "BEGIN IMMEDIATE", pool_size=1, durable=durable),
        where=named(parts),
        path=path,
        secrets=(),
        writing=Line(QUEUE_SECONDS),
    )


def secrets(url: URL) -> tuple[str, ...]:
    """The parts of a URL that must not be shown: its password, wherever it stands."""
    options = [value for option in url.query if "password" in option for value in url.normalized_query[option]]
    return tuple(secret for secret in [str(url.password or ""), *options] if secret)


def options(url: URL, name: str) -> dict[str, str]:
    """What the server's driver is told: the URL's options, and under which name we connect."""
    given = {option: ",".join(values) for option, values in url.normalized_query.items()}
    return {"connect_timeout": "10", **given, "application_name": name}


def make_private(path: Path) -> None:
    """Makes `path` a file that only its owner may read and write; SQLite gives its journal the same mode. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        status = path.stat()
        if status.st_mode & 0o077 and status.st_uid == os.geteuid():
            path.chmod(0o600)
    except OSError as error:
        raise StoreError(f"cannot be opened: {error.strerror}", subject=str(path)) from error


def _postgres(url: URL) -> Engine:
    # The options go past the URL, which is shown wherever an engine is.
    bare, given = url.set(query={}), options(url, "aseanwatch")
    return create_engine(bare, connect_args=given, hide_parameters=True, pool_pre_ping=True, pool_timeout=QUEUE_SECONDS)


def _sqlite(url: URL, begin: str, *, pool_size: int, read_only: bool = False, durable: bool = True) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=QUEUE_SECONDS,
        hide_parameters=True,
        # A connection serves one thread at a time, but not always the same one.
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    def connect(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: see `start`
        for pragma in _pragmas(read_only, durable):
            connection.execute(f"PRAGMA {pragma}").close()

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", start)
    return engine


def _pragmas(read_only: bool, durable: bool) -> list[str]:
    if read_only:
        return ["query_only=ON"]
    if not durable:
        return ["foreign_keys=ON", "journal_mode=MEMORY", "synchronous=OFF"]
    journal = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "DELETE"
    return ["foreign_keys=ON", f"journal_mode={journal}", "synchronous=FULL"]


def setting(connection: Connection, name: str) -> Any:
    """The value of a SQLite pragma."""
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()
