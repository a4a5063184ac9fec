"""Many GETs at once in one thread: what one poll of hundreds of feeds costs is decided here.

    waiting --has its turn, and there is room--> looking up the name --> under way --> ended
       ^                                                                    |
       +-------------------------- a redirect ------------------------------+

Nothing here blocks but `done`, and `done` no longer than it was told to.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from core.errors import FetchError
from core.reasons import Reason
from core.sources import NotModified, Response
from ingest.http.answers import Came
from ingest.http.asks import Asker, Redirect
from ingest.http.forks import watch
from ingest.http.handles import Handle
from ingest.http.loop import Loop
from ingest.http.names import UNREACHED, Names, Spot
from ingest.http.waiting import Flight, Waiting
from ingest.politeness import Turns

AT_ONCE = 64
_CLOSING = 10.0
"""Seconds that a thread in `done` has to come back, when another closes."""

Ended = tuple[str, Response | NotModified | FetchError]


class Transfers:
    """GETs that a thread starts, and whose ends it collects. Use it as a context, or close it. One thread at a time.

    At most `at_once` are under way; the others wait, and so do those whose server is to be left alone for a while. None of that waiting
    counts against a deadline. Nothing moves between two calls of `done`, though, and meanwhile the deadlines run: call it often, and leave
    long work to other threads.
    """

    def __init__(self, *, asker: Asker, turns: Turns, names: Names, make_handle: Callable[[], Handle], at_once: int = AT_ONCE) -> None:
        self._asker = asker
        self._turns = turns
        self._names = names
        self._make_handle = make_handle
        self._at_once = at_once
        self._used = threading.Lock()
        """Held by the thread that is at it."""
        self._closed = False
        self._woken = False
        self._number = 0
        self._ended: list[Ended] = []
        self._idle: list[Handle] = []
        self._looking: dict[Flight, None] = {}
        self._flying: dict[Handle, Flight] = {}
        self._loop = Loop(connections=at_once)
        self._waiting = Waiting(turns, self._loop.tell, self._has_room)
        watch(self)

    def __enter__(self) -> "Transfers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """How many were started and have not come out of `done`."""
        return self._number

    def start(self, key: str, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> None:
        """Begins a GET as soon as it may be; what it comes to is handed out by `done` under `key`, errors too."""
        with self._by_one_thread():
            try:
                self._waiting.add(Flight(key, self._asker.ask(url, etag, last_modified, accept)))
            except FetchError as error:
                self._ended.append((key, error))
            self._number += 1

    def done(self, seconds: float) -> list[Ended]:
        """What has ended: at once when something has, else after waiting for it, or for `wake`, at most `seconds`."""
        with self._by_one_thread():
            until = time.monotonic() + seconds
            while True:
                self._steps(until)
                if self._ended or self._woken or time.monotonic() >= until:
                    break
            ended, self._ended, self._woken = self._ended, [], False
            self._number -= len(ended)
            return ended

    def wake(self) -> None:
        """Makes `done` return early, now or the next time. For every thread; harmless after `close`."""
        self._loop.tell(self._wakes)

    def close(self) -> None:
        """Gives up whatever is under way or waiting, and closes all connections. What `done` has not handed out is lost.

        For every thread: one that waits in `done` meanwhile comes back without anything. Raises RuntimeError when it does not come.
        """
        if self._closed:
            return
        self._closed = True
        self.wake()
        if not self._used.acquire(timeout=_CLOSING):
            raise RuntimeError("cannot close: a thread that uses the transfers does not come back")
        try:
            self._gives_up()
        finally:
            self._used.release()

    def forget(self) -> object:
        """Is of no use any more in a forked child (see `forks`)."""
        inherited = (self._loop, self._idle, self._flying)
        self._closed = True
        return inherited

    # one step

    def _steps(self, until: float) -> None:
        """Moves on all that can move, and waits until then for something that makes more of it move."""
        while (flight := self._waiting.next()) is not None:
            self._begins(flight)
        if self._ended or self._woken:
            until = 0.0
        for handle, code, words in self._loop.step(min(until, self._waiting.next_time(), self._looked_long())):
            flight = self._lands(handle)
            self._comes(flight, handle.settle(code, words))
        self._gives_up_looking()

    def _has_room(self) -> bool:
        return len(self._flying) + len(self._looking) < self._at_once

    def _begins(self, flight: Flight) -> None:
        flight.began = time.monotonic()

        def answered(found: Spot | FetchError) -> None:
            self._loop.tell(partial(self._looked_up, flight, found))

        found = self._names.ask(flight.ask.here, answered)
        if found is not None:
            self._sets_out(flight, found)
        else:
            flight.looking = answered
            self._looking[flight] = None

    def _looked_up(self, flight: Flight, found: Spot | FetchError) -> None:
        if flight in self._looking:
            del self._looking[flight]
            self._sets_out(flight, found)

    def _sets_out(self, flight: Flight, found: Spot | FetchError) -> None:
        try:
            if isinstance(found, FetchError):
                raise found
            handle = self._idle.pop() if self._idle else self._make_handle()
            handle.prepare(flight.ask, found, flight.began + flight.ask.left - time.monotonic())
            self._loop.add(handle)
        except FetchError as error:
            self._leaves(flight)
            self._ended.append((flight.key, error))
        except BaseException:
            self._leaves(flight)
            self._ended.append((flight.key, FetchError(Reason.INTERNAL, "it could not be begun", subject=flight.ask.subject)))
            raise
        else:
            self._flying[handle] = flight

    def _lands(self, handle: Handle) -> Flight:
        """Takes a handle out of the loop and gives back the turn."""
        flight = self._flying.pop(handle)
        self._loop.remove(handle)
        self._idle.append(handle)
        self._leaves(flight)
        return flight

    def _comes(self, flight: Flight, came: Came) -> None:
        """A hop has ended so: the next one, or the end."""
        if isinstance(came, Redirect):
            try:
                flight.ask = flight.ask.follow(came, time.monotonic() - flight.began)
            except FetchError as error:
                came = error
            else:
                self._waiting.add(flight, first=True)
                return
        if isinstance(came, FetchError) and came.reason in UNREACHED:
            self._names.forget(flight.ask.here)
        self._ended.append((flight.key, came))

    def _leaves(self, flight: Flight) -> None:
        if flight.place is not None:
            self._turns.leave(flight.place)
            flight.place = None

    # names that are not resolved

    def _looked_long(self) -> float:
        """When (monotonic) the first name has been looked up for too long."""
        return min((flight.began + flight.ask.left for flight in self._looking), default=float("inf"))

    def _gives_up_looking(self) -> None:
        now = time.monotonic()
        for flight in [one for one in self._looking if one.began + one.ask.left <= now]:
            self._stops_looking(flight)
            self._ended.append((flight.key, self._names.late(flight.ask.here)))

    def _stops_looking(self, flight: Flight) -> None:
        del self._looking[flight]
        if flight.looking is not None:
            self._names.withdraw(flight.ask.here, flight.looking)
        self._leaves(flight)

    # housekeeping

    def _gives_up(self) -> None:
        for handle in list(self._flying):
            self._lands(handle)
        for flight in list(self._looking):
            self._stops_looking(flight)
        self._waiting.clear()
        self._loop.close()
        for handle in self._idle:
            handle.close()
        self._idle, self._ended, self._number = [], [], 0

    def _wakes(self) -> None:
        self._woken = True

    @contextmanager
    def _by_one_thread(self) -> Iterator[None]:
        if not self._used.acquire(blocking=False):
            raise RuntimeError("another thread is using these transfers; each thread may have its own")
        try:
            if self._closed:
                raise RuntimeError("these transfers are closed")
            yield
        finally:
            self._used.release()
