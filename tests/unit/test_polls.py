"""Rounds of polls: many at a time, each recorded once, whatever one of them does."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import stores
from walk import ScriptedTransfers, Walk

from aseanwatch import polls
from core.errors import FetchError, StoreError
from core.outcomes import Event
from core.reasons import Reason
from core.sources import NotModified, Poll, Source
from store import Store, open_store


@pytest.fixture
def walk() -> Iterator[Walk]:
    with open_store("sqlite://", now=stores.NOW) as store:
        yield Walk(store)


def several(walk: Walk, number: int) -> list[Source]:
    """So many sources with one entry each."""
    sources = [replace(stores.VNA, id=f"source-{n}", url=f"https://source-{n}.example/rss") for n in range(number)]
    walk.store.sync_sources(sources, stores.NOW)
    for source in sources:
        walk.network.serves(source, stores.entry("story", source=source.id))
    return sources


def test_more_than_fit_into_the_window_are_all_polled_once(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polls, "WINDOW", 7)
    sources = several(walk, 50)
    walk.polls()
    assert sorted(walk.diary.polls) == sorted((source.id, "ok", 1) for source in sources)


def test_a_source_that_hangs_is_under_way_and_holds_up_nobody(walk: Walk) -> None:
    several(walk, 3)
    hanging: list[tuple[str, str]] = []

    class Hanging(ScriptedTransfers):
        def start(self, key: str, url: str, **conditions: object) -> None:
            if key == "source-1":
                hanging.append((key, url))
            else:
                super().start(key, url, **conditions)  # type: ignore[arg-type]

    transfers = Hanging(walk.network)
    walk.network.transfers = lambda: transfers  # type: ignore[method-assign]
    first = walk.pipeline.poll_due(5.0)
    assert (first.polls, first.fresh, first.under_way) == (2, 2, 1)
    assert walk.pipeline.poll_due(0.05) == polls.Round(polls=0, fresh=0, under_way=1)
    assert hanging == [("source-1", "https://source-1.example/rss")], "it is asked once, not at every round"

    transfers.ended.put(("source-1", FetchError(Reason.DEADLINE, subject="source-1")))
    assert walk.pipeline.poll_due(5.0) == polls.Round(polls=1, fresh=0, under_way=0)
    assert ("source-1", "failed", 0) in walk.diary.polls


def test_quiet_answers_are_recorded_together(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = several(walk, 20)
    walk.polls()
    transactions: list[int] = []
    record = walk.store.record_polls

    def counted(batch: Sequence[tuple[Poll, Sequence[Event]]]) -> list[int]:
        transactions.append(len(batch))
        return record(batch)

    monkeypatch.setattr(walk.store, "record_polls", counted)
    walk.clock.passes(timedelta(hours=1))
    for source in sources:
        walk.network.answers[source.url] = NotModified(url=source.url)
    walk.polls()
    assert transactions == [20]
    assert {polling.last_success_at for _, polling in walk.store.sources()} == {walk.clock.now()}


def test_what_cannot_be_recorded_together_is_recorded_one_by_one_and_the_bad_one_rests(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    several(walk, 3)
    record = walk.store.record_polls
    tried: list[str] = []

    def choosy(batch: Sequence[tuple[Poll, Sequence[Event]]]) -> list[int]:
        tried.extend(poll.source for poll, _ in batch)
        if any(poll.source == "source-1" for poll, _ in batch):
            raise StoreError("constraint failed", subject="test")
        return record(batch)

    monkeypatch.setattr(walk.store, "record_polls", choosy)
    walk.polls()
    assert sorted(name for name, _, _ in walk.diary.polls) == ["source-0", "source-2"]
    assert [source.id for source, _ in walk.store.due_sources(walk.clock.now())] == ["source-1"], "it is still due"
    before = len(tried)
    walk.polls()
    assert len(tried) == before, "and is not asked at once again"


def test_a_request_that_cannot_even_begin_is_a_failed_poll(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no more handles")

    monkeypatch.setattr(ScriptedTransfers, "start", broken)
    walk.polls()
    [(_, polling)] = walk.store.sources()
    assert (polling.reason, polling.detail) == (Reason.INTERNAL, "RuntimeError: no more handles")


def test_known_items_are_handed_to_the_parser_except_when_all_is_looked_at_anew(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    parse = walk.network.parse

    def watched(source: Source, response: object, now: object, known: bytes = b"") -> object:
        seen.append(known)
        return replace(parse(source, response, now), items=b"12345678")  # type: ignore[arg-type]

    monkeypatch.setattr(walk.network, "parse", watched)
    walk.network.serves(stores.VNA, stores.entry("a"))
    walk.polls()
    [(_, learned)] = walk.store.sources()
    walk.store.record_polls([(Poll(source="vna", at=stores.NOW, polling=replace(learned, known_items=b"12345678")), ())])
    walk.clock.passes(timedelta(hours=1))
    walk.network.serves(stores.VNA, stores.entry("a"), stores.entry("b"))
    walk.polls()
    walk.clock.passes(timedelta(hours=25))
    walk.network.serves(stores.VNA, stores.entry("a"), stores.entry("c"))
    walk.polls()
    assert seen == [b"", b"12345678", b""]


def test_closing_gives_up_what_is_under_way(walk: Walk) -> None:
    walk.network.serves(stores.VNA, stores.entry("a"))
    walk.polls()
    walk.pipeline.close()
    walk.clock.passes(timedelta(hours=1))
    walk.polls()
    assert [outcome for _, outcome, _ in walk.diary.polls] == ["ok", "unchanged"]


def test_a_store_records_nothing_for_a_source_that_is_gone() -> None:
    with open_store("sqlite://", now=stores.NOW) as store:
        store.sync_sources([stores.VNA], stores.NOW)
        gone = replace(stores.poll(stores.entry("x", source="gone"), source="gone"))
        assert store.record_polls([(gone, ()), (stores.poll(stores.entry("a")), ())]) == [0, 1]
        assert isinstance(store, Store)
