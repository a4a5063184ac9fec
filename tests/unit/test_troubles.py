"""The troubles of the watch itself: told once, ended once, and told past a database that cannot be written."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from aseanwatch.troubles import PATIENCE_SECONDS, QUIET_SECONDS, Troubles
from core.errors import StoreError
from core.outcomes import Event, EventKind

MB = 1_000_000
TROUBLE, RECOVERED = EventKind.WATCH_TROUBLE, EventKind.WATCH_RECOVERED


class Scene:
    """A disk, a database and a clock that a test turns."""

    def __init__(self) -> None:
        self.free = 1000 * MB
        self.seconds = 0.0
        self.writable = True
        self.log: list[tuple[EventKind, str]] = []
        self.direct: list[tuple[EventKind, str]] = []
        self.troubles = Troubles(
            append=self._append,
            past_the_database=lambda events: self.direct.extend((event.kind, event.subject) for event in events),
            free=lambda: self.free,
            least_free=200 * MB,
            clock=self,
            monotonic=lambda: self.seconds,
        )

    def now(self) -> datetime:
        return datetime(2026, 7, 11, 9, tzinfo=UTC)

    def _append(self, events: Sequence[Event]) -> None:
        if not self.writable:
            raise StoreError("database or disk is full", transient=True)
        self.log.extend((event.kind, event.subject) for event in events)

    def looks(self, after: float = 0.0) -> None:
        self.seconds += after
        self.troubles.look()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_disk_that_fills_up_is_told_once_and_once_when_there_is_room_again(scene: Scene) -> None:
    scene.looks()
    scene.free = 100 * MB
    for _ in range(5):
        scene.looks(after=QUIET_SECONDS)
    scene.free = 201 * MB
    scene.looks()
    assert scene.log == [(TROUBLE, "disk")], "a few bytes more are no end of it"
    scene.free = 500 * MB
    scene.looks()
    scene.looks()
    assert scene.log == [(TROUBLE, "disk"), (RECOVERED, "disk")]


@pytest.mark.parametrize("kind", ["stalled", "missed", "error"])
def test_what_goes_wrong_at_every_beat_is_one_trouble(scene: Scene, kind: str) -> None:
    for _ in range(100):
        scene.troubles.happened(kind, "heartbeat", "StoreError")
        scene.looks(after=QUIET_SECONDS / 2)
    assert scene.log == [(TROUBLE, "heartbeat")]
    scene.looks(after=QUIET_SECONDS + 1)
    assert scene.log == [(TROUBLE, "heartbeat"), (RECOVERED, "heartbeat")]
    scene.troubles.happened(kind, "heartbeat", "StoreError")
    scene.looks()
    assert scene.log[2:] == [(TROUBLE, "heartbeat")], "the next one is another"


def test_what_is_no_trouble_is_not_told(scene: Scene) -> None:
    for kind in ("started", "skipped", "stopping", "stopped", "abandoned"):
        scene.troubles.happened(kind, "poll", "")
    scene.looks()
    assert scene.log == []


def test_what_the_database_does_not_take_is_told_past_it_once_and_kept(scene: Scene) -> None:
    scene.writable = False
    scene.free = 0
    scene.looks()
    assert scene.direct == [], "a lock passes"
    for _ in range(10):
        scene.looks(after=PATIENCE_SECONDS)
    scene.troubles.happened("error", "heartbeat", "StoreError")
    scene.looks()
    scene.looks()
    assert scene.direct == [(TROUBLE, "disk"), (TROUBLE, "heartbeat")]
    assert scene.log == []

    scene.writable, scene.free = True, 1000 * MB
    scene.looks()

    assert scene.log == [(TROUBLE, "disk"), (TROUBLE, "heartbeat"), (RECOVERED, "disk")]
    scene.looks()
    assert len(scene.log) == 3
    assert len(scene.direct) == 2
