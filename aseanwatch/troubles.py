"""What goes wrong with the watch itself, as events: each trouble is told once when it begins and once when it is over.

    the driver  --> happened   a beat that stalls or is missed, work that raises, again and again
    a thread    --> look       the disk; what has not been seen again for a while is over
                               events that the database does not take are kept, and told past it

When the database cannot be written, and be it that the disk is full, nobody would learn of it by way of the database.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aseanwatch.ports import Clock
from core.errors import AseanwatchError
from core.outcomes import Event, EventKind

log = logging.getLogger(__name__)

QUIET_SECONDS = 120.0
"""What was not seen for so long is over."""
PATIENCE_SECONDS = 15.0
"""For how long the database may refuse events until they are told past it."""
BAD = ("error", "stalled", "missed")
"""Happenings of the driver that are troubles."""
DISK = "disk"


@dataclass(slots=True)
class _Trouble:
    """One that has begun; times are monotonic."""

    detail: str
    seen: float


class Troubles:
    """The troubles of one run. Threads may share it."""

    def __init__(
        self,
        *,
        append: Callable[[Sequence[Event]], object],
        past_the_database: Callable[[Sequence[Event]], object],
        free: Callable[[], int],
        least_free: int,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`append` writes events, or raises; `past_the_database` tells them without; `free` and `least_free` are bytes on the disk."""
        self._append = append
        self._past_the_database = past_the_database
        self._free = free
        self._least_free = least_free
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._open: dict[str, _Trouble] = {}
        self._untold: list[Event] = []
        self._refused_since: float | None = None
        self._told_past = 0
        """How many of the untold were told past the database."""

    def happened(self, kind: str, job: str, detail: str) -> None:
        """Takes note of a happening of the driver. Writes nothing: `look` does."""
        if kind in BAD:
            with self._lock:
                self._begins(job or "watch", f"{kind}: {detail}" if detail else kind)

    def look(self) -> None:
        """Looks at the disk and at the time, and tells what has begun or ended. Never raises for a database that refuses."""
        with self._lock:
            self._look_at_the_disk()
            for subject, trouble in list(self._open.items()):
                if subject != DISK and self._monotonic() - trouble.seen > QUIET_SECONDS:
                    self._ends(subject, f"not seen for {QUIET_SECONDS:g} s: {trouble.detail}")
            untold = tuple(self._untold)
        if untold:
            self._tell(untold)

    def _look_at_the_disk(self) -> None:
        free = self._free()
        if free < self._least_free:
            self._begins(
                DISK, f"only {free / 1e6:.0f} MB are free, less than {self._least_free / 1e6:.0f}: make room, or nothing can be kept"
            )
        elif DISK in self._open and free >= 1.1 * self._least_free:  # a little more, so that it does not come and go
            self._ends(DISK, f"{free / 1e6:.0f} MB are free again")

    def _begins(self, subject: str, detail: str) -> None:
        if subject in self._open:
            self._open[subject].seen = self._monotonic()
            return
        self._open[subject] = _Trouble(detail=detail, seen=self._monotonic())
        self._untold.append(Event(kind=EventKind.WATCH_TROUBLE, subject=subject, at=self._clock.now(), after="trouble", detail=detail))

    def _ends(self, subject: str, detail: str) -> None:
        del self._open[subject]
        self._untold.append(Event(kind=EventKind.WATCH_RECOVERED, subject=subject, at=self._clock.now(), before="trouble", detail=detail))

    def _tell(self, untold: Sequence[Event]) -> None:
        try:
            self._append(untold)
        except AseanwatchError as error:
            self._refused(untold, error)
            return
        with self._lock:
            del self._untold[: len(untold)]
            self._refused_since, self._told_past = None, 0

    def _refused(self, untold: Sequence[Event], error: AseanwatchError) -> None:
        now = self._monotonic()
        self._refused_since = now if self._refused_since is None else self._refused_since
        if now - self._refused_since < PATIENCE_SECONDS or self._told_past >= len(untold):
            return
        fresh = untold[self._told_past :]
        self._told_past = len(untold)
        for event in fresh:
            log.error("%s: %s (the database cannot be written: %s)", event.subject, event.detail, error)
        self._past_the_database(fresh)
