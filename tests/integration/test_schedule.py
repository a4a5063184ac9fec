"""The watch ticks: what is due is done, once, whatever hangs, fails or happens to the clock; and it stops when it is told."""

import signal
import subprocess
import sys
import textwrap
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apscheduler.schedulers.base
import pytest

import aseanwatch.schedule
from aseanwatch.polls import Round
from aseanwatch.schedule import Happening, Watch
from core.sources import Entry, Source

PATIENCE = 10.0
NEVER = 3600.0


class Script:
    """A pipeline whose work is written down here: sources give pages, pages articles, articles deliveries."""

    def __init__(self, sources=(), deliveries=0):
        self.changed = threading.Condition()
        self.sources = list(sources)
        self.pages = []
        self.articles = 0
        self.deliveries = deliveries
        self.done = []
        self.on_poll = lambda name: None
        self.on_extract = lambda name: None
        self.on_deliver = lambda: None
        self.on_heartbeat = lambda: None

    def did(self, what):
        with self.changed:
            self.done.append(what)
            self.changed.notify_all()

    def count(self, what):
        with self.changed:
            return self.done.count(what)

    def wait_for(self, what, times=1, seconds=PATIENCE):
        with self.changed:
            assert self.changed.wait_for(lambda: self.done.count(what) >= times, seconds), (
                f"{what}: {self.done.count(what)} of {times}, {self.done[-20:]}"
            )

    def poll_due(self, seconds, fresh):
        polls = 0
        while self.sources:
            source = Source(id=self.sources[0], url=f"https://{self.sources[0]}.example", publisher=self.sources[0])
            self.on_poll(source.id)
            with self.changed:
                self.sources.remove(source.id)
                self.pages.append((source, Entry(source=source.id, identity="1", link=None, title="t"), 0))
            self.did(f"poll {source.id}")
            fresh()
            polls += 1
        return Round(polls=polls, fresh=polls, under_way=0)

    def due_pages(self):
        with self.changed:
            return list(self.pages)

    def extract(self, source, entry, attempt):
        self.on_extract(source.id)
        with self.changed:
            self.pages.remove((source, entry, attempt))
            self.articles += 1
        self.did(f"extract {source.id}")

    def read_pending(self):
        with self.changed:
            taken, self.articles = self.articles, 0
            self.deliveries += taken
        if taken:
            self.did("read")
        return taken

    def deliver_next(self):
        with self.changed:
            if not self.deliveries:
                return False
            self.deliveries -= 1
        self.on_deliver()
        self.did("deliver")
        return True

    def recover(self):
        self.did("recover")

    def gather(self):
        self.did("gather")

    def tell_operator(self):
        self.did("tell_operator")

    def look_for_overdue(self):
        self.did("overdue")

    def heartbeat(self):
        self.on_heartbeat()
        self.did("heartbeat")


BEATS = ("heartbeat", "recover", "overdue", "gather", "tell_operator")


class Running:
    """A watch in a thread of its own, stopped at the end of the test."""

    def __init__(self, script, **settings):
        self.told: list[Happening] = []
        self.changed = threading.Condition()
        self.watch = Watch(script, on_event=self._tell, **{"tick_seconds": 0.05, "shutdown_seconds": 5.0} | settings)
        self.code = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _tell(self, happening):
        with self.changed:
            self.told.append(happening)
            self.changed.notify_all()

    def wait_for(self, kind):
        with self.changed:
            assert self.changed.wait_for(lambda: kind in self.kinds(), PATIENCE), self.told

    def _run(self):
        self.code = self.watch.run_forever(signals=False)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.watch.stop()
        self.thread.join(PATIENCE)
        assert self.code == 0

    def kinds(self):
        return [happening.kind for happening in self.told]


def test_news_go_all_the_way_without_waiting_for_ticks():
    script = Script(sources=["a"])
    with Running(script, tick_seconds=60.0):
        script.wait_for("deliver")
    assert [step for step in script.done if step not in BEATS] == ["poll a", "extract a", "read", "deliver"]


def test_it_recovers_at_the_start_and_beats_at_every_tick():
    script = Script()
    with Running(script):
        script.wait_for("recover")
        script.wait_for("heartbeat", 5)
    assert script.count("recover") == 1  # then once a minute


def test_it_looks_for_what_is_overdue_at_the_start_and_every_so_often():
    script = Script()
    with Running(script):
        script.wait_for("overdue")
        script.wait_for("heartbeat", 5)
    assert script.count("overdue") == 1  # then every ten minutes
    script = Script()
    with Running(script, overdue_seconds=0.05):
        script.wait_for("overdue", 3)


def test_more_sources_than_hands_are_all_polled_once_and_none_is_missed():
    names = [f"s{n}" for n in range(200)]
    script = Script(sources=names)
    with Running(script, fetch_workers=2) as running:
        for name in names:
            script.wait_for(f"extract {name}")
    assert {script.count(f"poll {name}") for name in names} == {1}
    assert not {"missed", "skipped", "error"} & set(running.kinds())


def test_hung_feeds_delay_no_alert():
    script, free = Script(sources=[f"s{n}" for n in range(20)]), threading.Event()
    script.on_poll = lambda name: free.wait(PATIENCE)
    with Running(script, fetch_workers=4):
        script.wait_for("heartbeat", 2)
        with script.changed:
            script.deliveries = 3
        script.wait_for("deliver", 3, seconds=1.0)
        assert not any(step.startswith("poll") for step in script.done)
        free.set()


def test_a_hung_target_delays_the_others_by_a_tick():
    script, free, first = Script(deliveries=3), threading.Event(), threading.Semaphore(1)
    script.on_deliver = lambda: first.acquire(blocking=False) and free.wait(PATIENCE)
    with Running(script):
        script.wait_for("deliver", 2, seconds=5.0)
        assert script.count("deliver") == 2
        free.set()
        script.wait_for("deliver", 3)


def test_a_source_is_never_polled_twice_at_once():
    script, at_work, most = Script(sources=["a"]), [], []

    def poll(name):
        at_work.append(name)
        most.append(len(at_work))
        script.wait_for("heartbeat", script.count("heartbeat") + 4)
        at_work.pop()

    script.on_poll = poll
    with Running(script):
        script.wait_for("poll a")
    assert most == [1]


@pytest.mark.parametrize("error", [ValueError("broken"), MemoryError(), SystemExit(3)])
def test_what_raises_is_told_and_rests_and_the_others_go_on(error):
    script = Script(sources=["bad", "good"])

    def extract(name):
        if name == "bad":
            script.did("tried")
            raise error

    script.on_extract = extract
    with Running(script, fetch_workers=1) as running:
        script.wait_for("extract good")
        script.wait_for("heartbeat", script.count("heartbeat") + 5)
    assert script.count("tried") == 1
    assert [(h.job, h.detail) for h in running.told if h.kind == "error"] == [("page:bad:1", type(error).__name__)]


def test_polling_goes_on_after_an_error():
    script = Script(sources=["a"])

    def poll(name):
        if script.count("fell") < 2:
            script.did("fell")
            raise OSError("database is locked")

    script.on_poll = poll
    with Running(script) as running:
        script.wait_for("extract a")
    assert [h.job for h in running.told if h.kind == "error"] == ["polls", "polls"]


def test_a_beat_that_raises_is_told_and_comes_again():
    script = Script()

    def heartbeat():
        if script.count("fell") < 2:
            script.did("fell")
            raise OSError("database is locked")

    script.on_heartbeat = heartbeat
    with Running(script) as running:
        script.wait_for("heartbeat")
    assert running.watch.counts["error"] == 2


def test_a_beat_that_hangs_is_told_and_the_others_go_on():
    script, free = Script(), threading.Event()
    script.on_heartbeat = lambda: free.wait(PATIENCE)
    with Running(script) as running:
        script.wait_for("recover")
        with script.changed:
            script.deliveries = 1
        script.wait_for("deliver")
        running.wait_for("stalled")
        free.set()
        script.wait_for("heartbeat")
    assert {happening.job for happening in running.told if happening.kind == "stalled"} == {"heartbeat"}


class _Clock(datetime):
    """The wall clock, which somebody sets."""

    shift = timedelta()

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.shift


@pytest.fixture
def wall_clock(monkeypatch):
    monkeypatch.setattr(_Clock, "shift", timedelta())
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", _Clock)
    monkeypatch.setattr(aseanwatch.schedule, "datetime", _Clock)
    return lambda shift: monkeypatch.setattr(_Clock, "shift", shift)


@pytest.mark.parametrize("shift", [timedelta(hours=-2), timedelta(days=-3650), timedelta(days=3650)])
def test_the_clock_may_be_set(wall_clock, shift):
    script = Script()
    with Running(script) as running:
        script.wait_for("heartbeat", 2)
        wall_clock(shift)
        before = script.count("heartbeat")
        script.wait_for("heartbeat", before + 5)
        assert script.count("heartbeat") - before < 100  # ten years are not caught up beat by beat
        with script.changed:
            script.sources.append("a")
        script.wait_for("deliver")
    assert ("stalled" in running.kinds()) == (shift < timedelta())


def test_stopping_claims_nothing_more_and_finishes_what_is_in_flight():
    script, free = Script(deliveries=5), threading.Event()
    script.on_deliver = lambda: script.did("sending") or free.wait(PATIENCE)
    running = Running(script, alert_workers=1)
    with running:
        script.wait_for("sending")
        running.watch.stop()
        threading.Timer(0.3, free.set).start()
    assert script.done.count("deliver") == 1
    assert script.deliveries == 4
    assert running.kinds() == ["started", "stopping", "stopped"]


def test_what_does_not_finish_is_named_and_left():
    script, free = Script(sources=["slow"]), threading.Event()
    script.on_poll = lambda name: script.did("asking") or free.wait(PATIENCE)
    running = Running(script, shutdown_seconds=0.2)
    with running:
        script.wait_for("asking")
    assert [(h.kind, h.job) for h in running.told if h.kind == "abandoned"] == [("abandoned", "polls")]
    free.set()


PROGRAM = """
    import sys, threading
    sys.path[:0] = {path!r}
    from test_schedule import Script
    from aseanwatch.schedule import Watch

    script = Script(deliveries=1)
    script.on_deliver = lambda: print("sending", flush=True) or threading.Event().wait({seconds})
    sys.exit(Watch(script, tick_seconds=0.05, shutdown_seconds={shutdown}, on_event=lambda h: print(h.kind, flush=True)).run_forever())
"""


@contextmanager
def program(seconds, shutdown):
    """The watch as a process of its own, in the midst of sending something that takes `seconds`."""
    text = textwrap.dedent(PROGRAM).format(path=[str(Path(__file__).parent)], seconds=seconds, shutdown=shutdown)
    process = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert [process.stdout.readline().strip(), process.stdout.readline().strip()] == ["started", "sending"]
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_it_finish_and_exit_0(number):
    with program(seconds=0.4, shutdown=5) as process:
        process.send_signal(number)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert rest.split() == ["stopping", "stopped"]
        assert process.returncode == 0


def test_work_that_hangs_does_not_hold_up_the_end():
    with program(seconds=NEVER, shutdown=0.3) as process:
        began = datetime.now(UTC)
        process.terminate()
        rest, _ = process.communicate(timeout=PATIENCE)
        assert rest.split() == ["stopping", "abandoned", "stopped"]
        assert process.returncode == 0
        assert datetime.now(UTC) - began < timedelta(seconds=5)


def test_a_second_signal_ends_it_at_once():
    with program(seconds=NEVER, shutdown=NEVER) as process:
        process.terminate()
        assert process.stdout.readline().strip() == "stopping"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 128 + signal.SIGTERM
