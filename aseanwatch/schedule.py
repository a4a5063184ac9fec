"""The embedded driver: one process that ticks, asks the pipeline what is due, and hands it to pools of their own.

    APScheduler (memory, UTC)          beats, a tick apart                crews (bounded, daemon threads)
    executor fetch    ------------->   poll_due               --------->  polls (one thread asks many)
                                       due_pages              --------->  fetch
    executor alerts   ------------->   deliver_next           --------->  alerts
    executor default  ------------->   read_pending, recover, heartbeat > read
                                       gather, tell_operator
                                       look_for_overdue

Due-ness lives in the database; a beat that is late or skipped loses nothing. What hangs in one crew delays no other.
A finished poll, page or reading rings for the next beat at once, so that news do not wait for ticks.
"""

import itertools
import logging
import os
import queue
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from aseanwatch.beats import Beaten, Pulse, scheduler
from aseanwatch.polls import Round
from core.sources import Entry, Source

log = logging.getLogger(__name__)

Key = tuple[object, ...]


class Pipeline(Protocol):
    """What the driver calls. Every method keeps its own clock, records its own failures, and is safe to repeat.

    Methods are called from several threads at a time, but never twice at once for the same source or the same entry.
    """

    def poll_due(self, seconds: float, fresh: Callable[[], object]) -> Round:
        """Asks the sources that are due and records what comes, for `seconds` at most.

        Calls `fresh` when there are news. One thread at a time.
        """
        ...

    def due_pages(self) -> Sequence[tuple[Source, Entry, int]]:
        """Entries whose page is to be fetched now, each with the number of attempts so far."""
        ...

    def extract(self, source: Source, entry: Entry, attempt: int) -> None:
        """Fetches, extracts and records one page."""
        ...

    def read_pending(self) -> int:
        """Reads a batch of stored articles; how many it took (0: none is waiting)."""
        ...

    def deliver_next(self) -> bool:
        """Claims, sends and records one due delivery; False when none is due."""
        ...

    def recover(self) -> None:
        """Sees to what a dead process left behind (expired leases). Called at the start and each minute."""
        ...

    def gather(self) -> None:
        """Makes the digests that are due. Called every few seconds."""
        ...

    def tell_operator(self) -> None:
        """Owes the operator what happened since he was last told. Called every few seconds."""
        ...

    def look_for_overdue(self) -> None:
        """Marks what was foretold and has not come. Called at the start and every ten minutes."""
        ...

    def heartbeat(self) -> None:
        """Called at each tick: we are alive."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something about the driver itself that an operator may want to know."""

    kind: str
    """started | stopping | stopped | error | missed | skipped | stalled | abandoned"""
    job: str = ""
    detail: str = ""


OnEvent = Callable[[Happening], None]


class Watch:
    """The running watch; `run_forever` returns when `stop` was called or a signal came."""

    counts: Counter[str]
    """Happenings by kind since the start."""

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        tick_seconds: float = 2.0,
        fetch_workers: int = 8,
        alert_workers: int = 4,
        shutdown_seconds: float = 20.0,
        recover_seconds: float = 60.0,
        overdue_seconds: float = 600.0,
        gather_seconds: float = 5.0,
        on_event: OnEvent,
    ) -> None:
        self.counts = Counter()
        self._pipeline = pipeline
        self._tick = tick_seconds
        self._shutdown_seconds = shutdown_seconds
        self._on_event = on_event
        self._stopping = False
        self._signals = 0
        self._called: queue.SimpleQueue[None] = queue.SimpleQueue()  # may be filled inside a signal handler; an Event may not
        self._polls = Crew("polls", 1, self._failed)
        self._fetch = Crew("fetch", fetch_workers, self._failed, rest_seconds=recover_seconds)
        self._alerts = Crew("alerts", alert_workers, self._failed)
        self._read = Crew("read", 1, self._failed)
        self._beats = {
            "polls": _Beat("fetch", tick_seconds, self._start_polls),
            "pages": _Beat("fetch", tick_seconds, self._start_pages),
            "deliver": _Beat("alerts", tick_seconds, self._start_delivering),
            "read": _Beat("default", tick_seconds, self._start_reading),
            "recover": _Beat("default", recover_seconds, pipeline.recover),
            "gather": _Beat("default", max(gather_seconds, tick_seconds), self._start_gathering),
            "overdue": _Beat("default", overdue_seconds, pipeline.look_for_overdue),
            "heartbeat": _Beat("default", tick_seconds, pipeline.heartbeat),
        }
        self._rung: set[str] = set()
        self._bells: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._last = {name: time.monotonic() for name in self._beats}
        self._scheduler = scheduler(self._heard)

    def run_forever(self, *, signals: bool = True) -> int:
        """Runs until stopped; the exit code (0). `signals`: SIGTERM and SIGINT stop it (main thread only), a second one exits at once."""
        before = {number: signal.signal(number, self._signalled) for number in (signal.SIGTERM, signal.SIGINT)} if signals else {}
        try:
            self._start()
            while not self._stopping:
                try:
                    self._called.get(timeout=self._tick)
                except queue.Empty:
                    self._watch_the_clock()
            self._finish()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        return 0

    def stop(self) -> None:
        """Stops claiming at once; `run_forever` returns when what is in flight is done, or after `shutdown_seconds`."""
        self._stopping = True
        self._called.put(None)

    def _signalled(self, number: int, _: object) -> None:
        self._signals += 1
        if self._signals > 1:
            os._exit(128 + number)
        self.stop()

    def _start(self) -> None:
        self._tell("started")
        for name, beat in self._beats.items():
            self._scheduler.add_job(self._beat, Pulse(beat.seconds), args=[name], id=name, executor=beat.executor)
        self._scheduler.start()
        threading.Thread(target=self._answer_bells, name="bells", daemon=True).start()

    def _finish(self) -> None:
        """Nothing new is started; what is in flight has its time. Threads that overrun it are daemons and die with the process."""
        self._tell("stopping")
        self._bells.put(None)
        self._scheduler.shutdown(wait=False)
        deadline = time.monotonic() + self._shutdown_seconds
        late = f"not done within {self._shutdown_seconds:g} s; taken up again at the next start"
        for crew in (self._alerts, self._read, self._fetch, self._polls):
            for key in crew.finish(deadline):
                self._tell("abandoned", job=_name(key), detail=late)
        self._tell("stopped")

    # The beats: each is quick and starts what is due.

    def _beat(self, name: str) -> None:
        self._rung.discard(name)  # who rings from now on may mean what this beat has not seen
        beat = self._beats[name]
        with beat.lock:
            self._last[name] = time.monotonic()
            if not self._stopping:
                beat.act()

    def _ring(self, name: str) -> None:
        """Brings a beat forward to now."""
        if name not in self._rung:
            self._rung.add(name)
            self._bells.put(name)

    def _answer_bells(self) -> None:
        while (name := self._bells.get()) is not None:
            try:
                self._beat(name)
            except BaseException as error:  # noqa: BLE001 - as APScheduler does with the beats that it calls
                self._failed((name,), error)

    def _start_polls(self) -> None:
        self._hand(self._polls, ("polls",), self._poll_all)

    def _start_pages(self) -> None:
        busy = self._fetch.keys()
        for source, entry, attempt in self._pipeline.due_pages():
            key = ("page", entry.source, entry.identity)
            work = partial(self._pipeline.extract, source, entry, attempt)
            if key not in busy and not self._hand(self._fetch, key, work, then="read"):
                break

    def _start_reading(self) -> None:
        self._hand(self._read, ("read",), self._read_all)

    def _start_delivering(self) -> None:
        """One more hand at each beat for as long as the others are busy: one when nothing is due, all of them when targets hang."""
        busy = self._alerts.keys()
        if free := [("deliver", number) for number in range(self._alerts.size) if ("deliver", number) not in busy]:
            self._hand(self._alerts, free[0], self._deliver_all)

    def _poll_all(self) -> None:
        """Until nothing is under way: what hangs keeps the round going, and each turn of it asks what has become due meanwhile."""
        while not self._stopping:
            if not self._pipeline.poll_due(self._tick, lambda: self._ring("pages")).under_way:
                break

    def _start_gathering(self) -> None:
        self._pipeline.gather()
        self._pipeline.tell_operator()

    def _read_all(self) -> None:
        while not self._stopping and self._pipeline.read_pending():
            self._ring("deliver")

    def _deliver_all(self) -> None:
        while not self._stopping and self._pipeline.deliver_next():
            pass

    def _hand(self, crew: "Crew", key: Key, work: Callable[[], object], then: str = "", *, urgent: bool = True) -> bool:
        """Gives `work` to the crew, unless that has enough to do: False. When it is done, the beat `then` comes at once."""

        def whole() -> None:
            if self._stopping:
                return
            try:
                work()
            finally:
                if then:
                    self._ring(then)
                if crew is self._fetch and crew.idle:
                    self._ring("pages")  # what waited for its server, of which one piece at a time is due

        return crew.take(key, whole, urgent=urgent)

    # The driver's own health.

    def _watch_the_clock(self) -> None:
        """APScheduler goes by the wall clock: when that is set back, beats would wait for it to catch up. We go by the monotonic one."""
        for name, beat in self._beats.items():
            silent = time.monotonic() - self._last[name]
            if silent > 2 * beat.seconds + 1:
                self._last[name] = time.monotonic()
                self._tell("stalled", job=name, detail=f"silent for {silent:.0f} s: was the clock set, or does the database hang?")
                self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    def _heard(self, job: str, became: Beaten, error: BaseException | None) -> None:
        if error is not None:
            self._failed((job,), error)
        else:
            self._tell(became, job=job)

    def _failed(self, key: Key, error: BaseException) -> None:
        log.error("%s failed", _name(key), exc_info=error)
        self._tell("error", job=_name(key), detail=type(error).__name__)

    def _tell(self, kind: str, job: str = "", detail: str = "") -> None:
        self.counts[kind] += 1
        self._on_event(Happening(kind=kind, job=job, detail=detail))


class Crew:
    """A few daemon threads that do keyed work: the same key is never at work twice, and urgent work goes first.

    Work that raised rests for `rest_seconds`: it recorded nothing, so it is still due, and would be tried at every beat.
    """

    BACKLOG = 16
    """Pieces that may wait for each thread; what is more stays in the database, where it is due."""

    def __init__(self, name: str, size: int, on_error: Callable[[Key, BaseException], None], *, rest_seconds: float = 0.0) -> None:
        self.size = size
        self._on_error = on_error
        self._rest_seconds = rest_seconds
        self._resting: dict[Key, float] = {}
        self._keys: set[Key] = set()
        self._changed = threading.Condition()
        self._waiting: queue.PriorityQueue[tuple[bool, int, Key, Callable[[], None]]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        for number in range(size):
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    def keys(self) -> frozenset[Key]:
        """What waits or is at work."""
        with self._changed:
            return frozenset(self._keys)

    @property
    def idle(self) -> bool:
        """Whether nothing waits."""
        return self._waiting.empty()

    def take(self, key: Key, work: Callable[[], None], *, urgent: bool = True) -> bool:
        """True when `key` will be worked on, is already, or rests; False when the crew has enough to do."""
        with self._changed:
            if key in self._keys or self._resting.get(key, 0.0) > time.monotonic():
                return True
            self._resting.pop(key, None)
            if len(self._keys) >= self.size * (1 + self.BACKLOG):
                return False
            self._keys.add(key)
        self._waiting.put((not urgent, next(self._numbers), key, work))
        return True

    def finish(self, deadline: float) -> list[Key]:
        """Drops what waits, and waits for what is at work, until `deadline` (monotonic); the keys that still are."""
        with self._changed:
            while not self._waiting.empty():
                self._keys.discard(self._waiting.get_nowait()[2])
            self._changed.wait_for(lambda: not self._keys, timeout=max(0.0, deadline - time.monotonic()))
            return list(self._keys)

    def _work(self) -> None:
        while True:
            _, _, key, work = self._waiting.get()
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - SystemExit of one piece of work must not cost the crew a hand
                with self._changed:
                    self._resting[key] = time.monotonic() + self._rest_seconds
                self._on_error(key, error)
            finally:
                with self._changed:
                    self._keys.discard(key)
                    self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class _Beat:
    executor: str
    seconds: float
    act: Callable[[], None]
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while it acts: a ring in the midst of it waits and acts again, since what is due was asked for before."""


def _name(key: Key) -> str:
    return ":".join(str(part) for part in key)
