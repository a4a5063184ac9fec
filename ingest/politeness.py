"""Turns at one server: at most so many requests at once, and a pause between the starts of two, however many threads ask.

Who wants a turn queues with a place. A thread may wait for its turn (`Turns.turn`); an event loop may not, so it keeps its place, tries to
take the turn, and is told when trying again is worth while.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_FORGET_ABOVE = 512
"""Servers remembered before those that nobody waits for are forgotten."""
_PATIENCE = 1.0
"""Seconds in which the first in a queue is to take its turn; then whoever comes may, so that nobody is held up by one who looks away."""


class Place:
    """A place in the queue of one server, and afterwards the turn itself."""

    __slots__ = ("first_since", "has_turn", "origin", "tell")

    def __init__(self, origin: str, tell: Callable[[], object]) -> None:
        self.origin = origin
        self.tell = tell
        self.has_turn = False
        self.first_since = 0.0
        """Since when it is first and could have had its turn."""


@dataclass(slots=True)
class _Server:
    queue: list[Place] = field(default_factory=list)
    running: int = 0
    free_at: float = 0.0


class Turns:
    """Hands out turns by server (host:port), first come, first served. No server's turns are held up by another's."""

    def __init__(self, *, at_once: int, gap: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._at_once = at_once
        self._gap = gap
        self._monotonic = monotonic
        self._servers: dict[str, _Server] = {}
        self._lock = threading.RLock()

    def __len__(self) -> int:
        """How many servers are remembered."""
        return len(self._servers)

    def queue(self, origin: str, tell: Callable[[], object]) -> Place:
        """A place at the end of the queue. `tell` is called, from any thread and under a lock, when `take` is worth another try."""
        with self._lock:
            self._forget_idle()
            place = Place(origin, tell)
            server = self._servers.setdefault(origin, _Server())
            server.queue.append(place)
            if len(server.queue) == 1:
                place.first_since = max(self._monotonic(), server.free_at)
            return place

    def take(self, place: Place) -> float:
        """0 when the turn is yours from now on, else the seconds after which to try again at the latest."""
        with self._lock:
            server, now = self._servers[place.origin], self._monotonic()
            if server.running >= self._at_once:
                return _PATIENCE
            if (wait := server.free_at - now) > 0:
                return wait
            first = server.queue[0]
            if first is not place and now - first.first_since < _PATIENCE:
                return _PATIENCE
            server.queue.remove(place)
            place.has_turn = True
            server.running += 1
            server.free_at = now + self._gap
            self._call_first(server)
            return 0.0

    def leave(self, place: Place) -> None:
        """Gives back the turn, or the place in the queue."""
        with self._lock:
            server = self._servers[place.origin]
            if place.has_turn:
                server.running -= 1
            else:
                server.queue.remove(place)
            self._call_first(server)

    @contextmanager
    def turn(self, origin: str) -> Iterator[None]:
        """Waits until `origin` may be asked again, and keeps the turn until the block ends."""
        called = threading.Event()
        place = self.queue(origin, called.set)
        try:
            while wait := self.take(place):
                called.wait(wait)
                called.clear()
            yield
        finally:
            self.leave(place)

    def _call_first(self, server: _Server) -> None:
        if server.queue and server.running < self._at_once:
            first = server.queue[0]
            first.first_since = max(self._monotonic(), server.free_at)
            first.tell()

    def _forget_idle(self) -> None:
        if len(self._servers) > _FORGET_ABOVE:
            now = self._monotonic()
            self._servers = {name: s for name, s in self._servers.items() if s.queue or s.running or s.free_at > now}
