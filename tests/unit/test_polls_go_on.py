"""Whatever raises in a round of polls, and wherever: the next round asks every source again, and none is forgotten."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import stores
from walk import ScriptedTransfers, Walk

from aseanwatch import polls
from aseanwatch.schedule import Crew
from core.errors import StoreError
from store import open_store

NAMES = [f"source-{number}" for number in range(5)]
SOURCES = [replace(stores.VNA, id=name, url=f"https://{name}.example/rss") for name in NAMES]
ERRORS = [RuntimeError("broken"), StoreError("database is locked", subject="test"), MemoryError(), SystemExit(3), OSError(28, "no space")]


@pytest.fixture
def walk() -> Iterator[Walk]:
    with open_store("sqlite://", now=stores.NOW) as store:
        made = Walk(store)
        store.sync_sources(SOURCES, stores.NOW)
        yield made
        made.pipeline.close()


def serves(walk: Walk, number: int) -> None:
    """Each source has one story more."""
    for source in SOURCES:
        stories = [stores.entry(f"story-{one}", source=source.id) for one in range(number + 1)]
        walk.network.serves(source, *stories, etag=f'"{number}"')


def once(owner: object, name: str, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """From now on `owner.name` raises the first time that it is called, and works then; whether it has raised."""
    left, works = [error], getattr(owner, name)

    def breaks(*arguments: object, **named: object) -> object:
        if left:
            raise left.pop()
        return works(*arguments, **named)

    monkeypatch.setattr(owner, name, breaks)
    return lambda: not left


def goes_on(walk: Walk, crew: Crew) -> None:
    """Rounds as the watch has them: in a thread of their own, whose errors are told."""
    for _ in range(4):
        assert crew.take(("polls",), walk.polls)
        with crew._changed:
            assert crew._changed.wait_for(lambda: not crew._keys, 20.0)


PLACES = [
    ("store", "due_sources"),
    ("store", "known_names"),
    ("store", "record_polls"),
    ("store", "recent_pages"),
    ("store", "sources"),
    ("diary", "polled"),
    ("network", "transfers"),
    ("network", "parse"),
]


@pytest.mark.parametrize(("whose", "name"), PLACES)
def test_whatever_raises_the_next_round_asks_every_source(walk: Walk, monkeypatch: pytest.MonkeyPatch, whose: str, name: str) -> None:
    told: list[BaseException] = []
    for pause in ("LINGER", "REST_SECONDS", "LOOK_SECONDS"):
        monkeypatch.setattr(polls, pause, 0.0)
    crew = Crew("polls", 1, lambda _, error: told.append(error))
    for number, error in enumerate(ERRORS):
        serves(walk, number)
        walk.pipeline._polls._transfers = None
        raised = once(getattr(walk, whose), name, error, monkeypatch)
        goes_on(walk, crew)
        walk.clock.passes(timedelta(hours=7))
        assert raised()
    serves(walk, len(ERRORS))
    goes_on(walk, crew)

    assert set(map(id, told)) <= set(map(id, ERRORS))
    stored = Counter((entry.source, entry.identity) for entry, _ in walk.store.entries(limit=100))
    assert stored == Counter((source, f"story-{number}") for source in NAMES for number in range(len(ERRORS) + 1))
    assert {polling.failures for _, polling in walk.store.sources()} == {0}


@pytest.mark.parametrize("error", [error for error in ERRORS if isinstance(error, Exception)], ids=lambda error: type(error).__name__)
def test_a_request_that_cannot_begin_fails_its_source_alone(walk: Walk, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    start = ScriptedTransfers.start

    def breaks(self: ScriptedTransfers, key: str, *arguments: object, **named: object) -> None:
        if key == NAMES[1]:
            raise error
        start(self, key, *arguments, **named)  # type: ignore[arg-type]

    serves(walk, 0)
    monkeypatch.setattr(ScriptedTransfers, "start", breaks)
    walk.polls()

    failed = [(source.id, polling.failures) for source, polling in walk.store.sources() if source.enabled and polling.failures]
    assert failed == [(NAMES[1], 1)]
