"""One watch at a time on one database: a locked file beside a SQLite database, a lock in the server for PostgreSQL.

Both end with the process that holds them, however it ends. The second one is told who holds the lock.
"""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from core.errors import AlreadyRunning, StoreError
from store.database import ADVISORY, Turn
from store.engines import file_of, make_private, named, options, parsed, secrets

_HOLDER = text(
    "SELECT activity.application_name FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid) "
    "WHERE held.locktype = 'advisory' AND held.granted AND held.classid = :space AND held.objid = :turn AND held.objsubid = 2 "
    "AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_TAKE = text("SELECT pg_try_advisory_lock(:space, :turn)")
_PREFIX = "aseanwatch "
_KEYS = {"space": ADVISORY, "turn": int(Turn.INSTANCE)}


class Held(Protocol):
    """A lock that we hold."""

    def lost(self) -> bool:
        """Whether it was taken from us: the file replaced, the connection cut."""
        ...


@contextmanager
def only_instance(url: str) -> Iterator[Held]:
    """Holds the lock on the database. Raises AlreadyRunning, with the holder's pid where it is known; ConfigError, StoreError."""
    parts = parsed(url)
    if parts.drivername != "sqlite":
        with _server_lock(url) as held:
            yield held
        return
    path = file_of(parts)
    if path is None:
        yield _Nobody()  # a database in memory is nobody else's
        return
    with _file_lock(lock_file(path)) as held:
        yield held


def lock_file(database: Path) -> Path:
    """Where the lock of a SQLite database lies."""
    return database.with_name(database.name + ".lock")


def holder(url: str) -> str | None:
    """Who holds the lock, as pid@host; None when nobody does. Takes nothing and changes nothing. Raises ConfigError, StoreError."""
    parts = parsed(url)
    if parts.drivername != "sqlite":
        with _session(url, "aseanwatch asks") as session:
            return _server_holder(session)
    path = file_of(parts)
    return _file_holder(lock_file(path)) if path else None


def _refusal(where: str, name: str) -> AlreadyRunning:
    """What to say of a holder that called itself `pid@host`."""
    pid, _, host = name.partition("@")
    told = f"process {pid} on {host}" if pid.isdigit() else "another process"
    return AlreadyRunning(f"{told} is already watching here; stop it first", subject=where, pid=int(pid) if pid.isdigit() else None)


def _ourselves() -> str:
    return f"{os.getpid()}@{socket.gethostname()}"


class _Nobody:
    def lost(self) -> bool:
        return False


class _FileLock:
    def __init__(self, descriptor: int, path: Path) -> None:
        self._inode = os.fstat(descriptor).st_ino
        self._path = path

    def lost(self) -> bool:
        try:
            return self._path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True


@contextmanager
def _file_lock(path: Path) -> Iterator[Held]:
    make_private(path)
    descriptor = os.open(path, os.O_RDWR)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _refusal(str(path), _read_name(descriptor)) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{_ourselves()}\n".encode(), 0)
        yield _FileLock(descriptor, path)
    finally:
        os.close(descriptor)


def _file_holder(path: Path) -> str | None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_name(descriptor)
    finally:
        os.close(descriptor)
    return None


def _read_name(descriptor: int) -> str:
    return os.pread(descriptor, 300, 0).decode(errors="replace").strip()


class _ServerLock:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._session = self._number()

    def _number(self) -> int | None:
        number: int | None = self._connection.scalar(text("SELECT pg_backend_pid()"))
        return number

    def lost(self) -> bool:
        try:
            return self._number() != self._session  # a connection that was cut comes back as another session
        except SQLAlchemyError:
            return True


@contextmanager
def _server_lock(url: str) -> Iterator[Held]:
    """A lock of a session of its own, which carries the holder's name where the others can read it."""
    with _session(url, f"{_PREFIX}{_ourselves()}"[:63]) as session:
        if not session.scalar(_TAKE, _KEYS):
            raise _refusal(named(parsed(url)), _server_holder(session) or "")
        yield _ServerLock(session)


def _server_holder(session: Connection) -> str | None:
    name = session.execute(_HOLDER, _KEYS).first()
    return None if name is None else str(name[0] or "").removeprefix(_PREFIX)


@contextmanager
def _session(url: str, name: str) -> Iterator[Connection]:
    parts = parsed(url)
    bare, given = parts.set(query={}), options(parts, name)
    engine = create_engine(bare, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True, connect_args=given)
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        said = str(error.__cause__ or error).strip().splitlines()[0]
        for secret in secrets(parts):
            said = said.replace(secret, "***")
        raise StoreError(said, subject=named(parts), transient=True) from error
    with connection:
        yield connection
