"""The sent-ledger: a file beside the database with a line for each message that a receiver acknowledged.

It survives what the database does not: when yesterday's copy of the database is put back, the ledger still knows what was told today.
A line is on the disk before the database says `sent`, so a process that dies in between leaves no doubt either.

    2026-11-20T08:14:03.512+00:00 <delivery> <alert> <target>\\n
"""

import os
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from core.delivery import Acknowledged
from core.errors import StoreError
from store.engines import make_private

NAME = "sent.ledger"
LIMIT = 50_000
"""Lines that are kept; at twice as many the oldest are dropped."""


class Ledger:
    """The acknowledged deliveries, in memory and in a file. Threads may share it; one process writes it, the one that holds the lock."""

    def __init__(self, path: Path | None, *, limit: int = LIMIT) -> None:
        """Reads the file, and repairs it where a crash tore its last line; without a path nothing is kept beyond this process.

        Raises StoreError for a file that cannot be read or written.
        """
        self._path = path
        self._limit = limit
        self._lock = threading.Lock()
        self._known: dict[str, Acknowledged] = {}
        self._unwritten: list[Acknowledged] = []
        self._torn = False
        if path is not None:
            make_private(path)
            text = _read(path)
            self._known = {one.delivery: one for one in _parsed(text)}
            self._torn = bool(text) and not text.endswith("\n")
            if text.count("\n") > 2 * limit:
                self._compact()

    def __contains__(self, delivery: str) -> bool:
        with self._lock:
            return delivery in self._known

    def all(self) -> list[Acknowledged]:
        """Every delivery on record, the oldest first."""
        with self._lock:
            return sorted(self._known.values(), key=lambda one: one.at)

    def add(self, told: Iterable[Acknowledged]) -> None:
        """Records deliveries that are not on record yet, and forces them to the disk.

        Raises StoreError (transient) when the file cannot be written: they are known until the process ends, and written with the next.
        """
        with self._lock:
            fresh = [one for one in told if one.delivery not in self._known]
            self._known.update((one.delivery, one) for one in fresh)
            self._unwritten += fresh
            if self._path is None or not self._unwritten:
                return
            if len(self._known) > 2 * self._limit:
                self._compact()
            else:
                self._append(self._path)

    def _append(self, path: Path) -> None:
        text = "\n" * self._torn + "".join(_line(one) for one in self._unwritten)
        try:
            with path.open("ab", buffering=0) as file:
                self._torn = True  # until all of it is known to be there
                _write(file.fileno(), text)
        except OSError as error:
            raise _refused(path, error) from error
        self._torn = False
        self._unwritten = []

    def _compact(self) -> None:
        """Writes the newest lines anew, in a file that takes the old one's place whole or not at all."""
        assert self._path is not None
        kept = sorted(self._known.values(), key=lambda one: one.at)[-self._limit :]
        draft = self._path.with_name(self._path.name + ".new")
        try:
            make_private(draft)
            with draft.open("wb", buffering=0) as file:
                _write(file.fileno(), "".join(map(_line, kept)))
            draft.replace(self._path)
            _sync_folder(self._path.parent)
        except OSError as error:
            raise _refused(self._path, error) from error
        self._known = {one.delivery: one for one in kept}
        self._unwritten = []
        self._torn = False


def read_ledger(path: Path) -> list[Acknowledged]:
    """What the ledger of another process holds, the oldest first; nothing where there is none. Raises StoreError."""
    return sorted(_parsed(_read(path)), key=lambda one: one.at) if path.exists() else []


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise _refused(path, error) from error


def _parsed(text: str) -> Iterable[Acknowledged]:
    """The whole lines; what was torn or is none of ours is passed over."""
    for line in text.split("\n"):
        parts = line.split(" ")
        if len(parts) != 4 or not all(parts):
            continue
        try:
            at = datetime.fromisoformat(parts[0])
        except ValueError:
            continue
        if at.tzinfo is not None:
            yield Acknowledged(at=at, delivery=parts[1], alert=parts[2], target=parts[3])


def _line(one: Acknowledged) -> str:
    return f"{one.at.isoformat()} {one.delivery} {one.alert} {one.target}\n"


def _write(descriptor: int, text: str) -> None:
    """All of `text`, forced to the disk. A disk that is full may take a part of it: OSError."""
    rest = memoryview(text.encode())
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refused(path: Path, error: OSError) -> StoreError:
    what = f"the sent-ledger cannot be used: {error.strerror or error}; make room, or give the file to the user of the watch"
    return StoreError(what, subject=str(path), transient=True)
