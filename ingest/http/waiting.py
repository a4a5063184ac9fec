"""GETs that wait for their turn, by origin: each origin's in their order, the origins in turn."""

import heapq
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from core.errors import FetchError
from ingest.http.asks import Ask
from ingest.http.names import Spot
from ingest.politeness import Place, Turns


@dataclass(slots=True, eq=False)
class Flight:
    """One GET on its way: what is asked at the present hop, and what it holds there."""

    key: str
    ask: Ask
    place: Place | None = None
    began: float = 0.0
    """Monotonic, when it had its turn."""
    looking: Callable[[Spot | FetchError], object] | None = None
    """Who waits for the address of its host."""


class Waiting:
    """The queue. For each origin it holds one place at most, and none while there is no room: a hundred feeds of one server do not stand in
    front of everybody else who wants to ask it.

    `tell` has something called in the thread that uses us; `room` says whether another GET may begin.
    """

    def __init__(self, turns: Turns, tell: Callable[[Callable[[], object]], object], room: Callable[[], bool]) -> None:
        self._turns = turns
        self._tell = tell
        self._room = room
        self._flights: dict[str, deque[Flight]] = {}
        self._places: dict[str, Place] = {}
        self._ready: dict[str, None] = {}
        """Origins to be tried, in this order."""
        self._later: list[tuple[float, str]] = []
        """When to try an origin again at the latest (monotonic)."""

    def add(self, flight: Flight, *, first: bool = False) -> None:
        """Puts a GET at the end of its origin's queue, or in front."""
        origin = flight.ask.here.origin
        flights = self._flights.setdefault(origin, deque())
        flights.insert(0, flight) if first else flights.append(flight)
        if len(flights) == 1:
            self._ready[origin] = None

    def next(self) -> Flight | None:
        """A GET that has its turn now, and holds it (`place`); None when no other has."""
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._called(heapq.heappop(self._later)[1])
        while self._ready and self._room():
            origin = next(iter(self._ready))
            del self._ready[origin]
            if origin not in self._places:
                self._places[origin] = self._turns.queue(origin, partial(self._tell, partial(self._called, origin)))
            if wait := self._turns.take(self._places[origin]):
                heapq.heappush(self._later, (now + wait, origin))
                continue
            return self._first(origin)
        return None

    def next_time(self) -> float:
        """When (monotonic) somebody may have a turn by the mere passing of time."""
        if not self._room():
            return math.inf
        return -math.inf if self._ready else self._later[0][0] if self._later else math.inf

    def clear(self) -> None:
        """Gives up all of them."""
        for place in self._places.values():
            self._turns.leave(place)
        self._flights.clear()
        self._places.clear()
        self._ready.clear()

    def _first(self, origin: str) -> Flight:
        flights = self._flights[origin]
        flight = flights.popleft()
        flight.place = self._places.pop(origin)
        if flights:
            self._ready[origin] = None
        else:
            del self._flights[origin]
        return flight

    def _called(self, origin: str) -> None:
        """A turn may be free at `origin`."""
        if origin not in self._flights:
            return
        self._ready[origin] = None
        if not self._room() and origin in self._places:
            self._turns.leave(self._places.pop(origin))
