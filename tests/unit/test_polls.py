"""Rounds of polls: many at a time, each recorded once, whatever one of them does."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import stores
from walk import ScriptedTransfers, Walk

from aseanwatch import polls
from aseanwatch.pipeline import LATENESS
from core.calendar import Calendar, CalendarMeeting, Certainty
from core.errors import ExtractError, FetchError, ParseError, ReasonedError, StoreError
from core.outcomes import Event, EventKind
from core.reasons import Reason
from core.sources import Body, Feed, NotModified, Poll, Polling, Response, Source, Tier
from ingest.feeds import parse_feed
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


def bundles(walk: Walk, monkeypatch: pytest.MonkeyPatch, *, manner: Callable[[Sequence[Body]], object] = len) -> list[list[str]]:
    """Which sources' bodies are handed to the parser together from now on; `manner` may break that."""
    seen: list[list[str]] = []
    together, alone = walk.network.parse_together, walk.network.parse

    def parse_together(bodies: Sequence[Body], now: datetime) -> list[Feed | ReasonedError] | None:
        seen.append([body.source.id for body in bodies])
        if manner(bodies) is None:
            return None
        with monkeypatch.context() as quiet:
            quiet.setattr(walk.network, "parse", alone)
            return together(bodies, now)

    def parse(source: Source, response: Response, now: datetime, known: bytes = b"") -> Feed:
        seen.append([source.id])
        return alone(source, response, now, known)

    monkeypatch.setattr(walk.network, "parse_together", parse_together)
    monkeypatch.setattr(walk.network, "parse", parse)
    return seen


def test_new_bodies_are_parsed_together_so_many_at_a_time(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polls, "BUNDLE", 8)
    sources = several(walk, 20)
    seen = bundles(walk, monkeypatch)
    walk.polls()
    assert sorted(map(len, seen)) == [4, 8, 8]
    assert sorted(name for bundle in seen for name in bundle) == sorted(source.id for source in sources)
    assert sorted(walk.diary.polls) == sorted((source.id, "ok", 1) for source in sources)


def test_large_bodies_are_parsed_by_themselves(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polls, "BUNDLE_BYTES", 5)
    several(walk, 4)
    seen = bundles(walk, monkeypatch)
    walk.polls()
    assert sorted(seen) == [[f"source-{n}"] for n in range(4)]


def test_a_body_that_was_the_parsers_end_is_parsed_by_itself_the_next_time(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    several(walk, 4)
    hung = Polling(reason=Reason.PARSE_TIMEOUT, failures=1)
    walk.store.record_poll(Poll(source="source-2", at=walk.clock.now(), polling=hung, outcome="failed"))
    seen = bundles(walk, monkeypatch)
    walk.polls()
    assert sorted(seen) == [["source-0", "source-1", "source-3"], ["source-2"]]


@pytest.mark.parametrize("breaks", [lambda _: None, lambda _: 1 // 0])
def test_what_cannot_be_parsed_together_is_parsed_one_by_one(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, breaks: Callable[[Sequence[Body]], object]
) -> None:
    sources = several(walk, 5)
    seen = bundles(walk, monkeypatch, manner=breaks)
    walk.polls()
    assert sorted(map(len, seen)) == [1, 1, 1, 1, 1, 5]
    assert sorted(walk.diary.polls) == sorted((source.id, "ok", 1) for source in sources)


def test_each_body_that_was_parsed_together_has_its_own_end(walk: Walk) -> None:
    several(walk, 3)
    refused = ParseError(Reason.NOT_A_FEED, "a page", subject="source-1")
    parse = walk.network.parse

    def choosy(source: Source, response: Response, now: datetime, known: bytes = b"") -> Feed:
        if source.id == "source-1":
            raise refused
        return parse(source, response, now, known)

    walk.network.parse = choosy  # type: ignore[method-assign]
    walk.polls()
    assert sorted(walk.diary.polls) == [("source-0", "ok", 1), ("source-1", "failed", 0), ("source-2", "ok", 1)]
    assert {source.id: polling.reason for source, polling in walk.store.sources()}["source-1"] is Reason.NOT_A_FEED


def test_quiet_answers_are_recorded_together(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = several(walk, 20)
    walk.polls()
    transactions: list[int] = []
    record = walk.store.record_polls

    def counted(batch: Sequence[tuple[Poll, Sequence[Event]]], known: Mapping[str, Polling]) -> list[int]:
        transactions.append(len(batch))
        return record(batch, known)

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

    def choosy(batch: Sequence[tuple[Poll, Sequence[Event]]], _: object = None) -> list[int]:
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


PAGES = [f"https://vna.example/rss?page={number}" for number in range(2, 30)]


def gap(walk: Walk) -> None:
    """The source held story 0, and holds story 100 now; what it had in between stands in its archive, two on each page."""
    walk.network.serves(stores.VNA, stores.entry("story-0"), items=b"00000000")
    walk.polls()
    walk.clock.passes(timedelta(hours=7))
    walk.network.serves(stores.VNA, stores.entry("story-100"), items=b"99999999", etag='"2"', archive=PAGES[0])
    for number, page in enumerate(PAGES[:-1]):
        newer = 99 - 2 * number
        walk.network.archives(page, stores.entry(f"story-{newer}"), stores.entry(f"story-{newer - 1}"), older=PAGES[number + 1])


def found(walk: Walk) -> set[str]:
    return {entry.identity for entry, _ in walk.store.entries(limit=1000)}


def left(walk: Walk) -> str | None:
    [(_, polling)] = walk.store.sources()
    return polling.archive


def test_behind_a_gap_older_pages_are_read_until_one_holds_what_is_known(walk: Walk) -> None:
    gap(walk)
    walk.network.archives(PAGES[2], stores.entry("story-95"), stores.entry("story-0"), stores.entry("ancient"), older=PAGES[3])
    walk.polls()

    assert found(walk) == {"story-0", *(f"story-{number}" for number in range(95, 101))}
    assert [url for url, _ in walk.network.asked[2:]] == PAGES[:3]
    assert left(walk) is None
    assert [event.kind for event in walk.store.events()] == [EventKind.SOURCE_GAP]


def test_no_more_than_ten_older_pages_are_read_and_a_page_that_overlaps_the_one_before_is_no_end(walk: Walk) -> None:
    gap(walk)
    walk.network.archives(PAGES[1], stores.entry("story-98"), stores.entry("story-97"), older=PAGES[2])
    walk.polls()

    assert [url for url, _ in walk.network.asked[2:]] == PAGES[:10]
    assert len(found(walk)) == 2 + 2 * 10 - 1
    assert left(walk) is None


def test_an_older_page_that_fails_for_now_is_read_after_the_next_poll_and_the_source_is_well(walk: Walk) -> None:
    gap(walk)
    page = walk.network.answers[PAGES[1]]
    walk.network.answers[PAGES[1]] = FetchError(Reason.SERVER_ERROR, subject=PAGES[1])
    walk.network.archives(PAGES[2], stores.entry("story-0"))
    walk.polls()
    [(_, learned)] = walk.store.sources()
    assert (learned.archive, learned.failures, learned.reason) == (PAGES[1], 0, None)

    walk.network.answers[PAGES[1]] = page
    walk.clock.passes(timedelta(hours=7))
    walk.polls()
    assert {"story-97", "story-96"} <= found(walk)
    assert left(walk) is None


def test_an_older_page_that_is_gone_ends_the_walk(walk: Walk) -> None:
    gap(walk)
    walk.network.answers[PAGES[0]] = FetchError(Reason.NOT_FOUND, subject=PAGES[0])
    walk.polls()
    assert left(walk) is None
    assert found(walk) == {"story-0", "story-100"}


def test_ten_thousand_items_are_new_once(walk: Walk) -> None:
    entries = [stores.entry(f"story-{number}") for number in range(10_000)]
    walk.network.serves(stores.VNA, *entries)
    walk.polls()
    walk.clock.passes(timedelta(hours=1))
    walk.network.serves(stores.VNA, stores.entry("latest"), *reversed(entries), etag='"2"')
    walk.polls()

    assert walk.diary.polls == [("vna", "ok", 10_000), ("vna", "ok", 1)]


def test_one_guid_for_all_items_hides_nothing_that_is_new(walk: Walk) -> None:
    def feed(*numbers: int) -> bytes:
        items = "".join(f"<item><guid>same</guid><link>https://vna.example/{n}</link><title>Story {n}</title></item>" for n in numbers)
        return f'<rss version="2.0"><channel><title>VNA</title>{items}</channel></rss>'.encode()

    def served(*numbers: int) -> None:
        walk.network.answers[stores.VNA.url] = Response(url=stores.VNA.url, status=200, body=feed(*numbers))
        walk.network.feeds[stores.VNA.url] = parse_feed(
            feed(*numbers), source="vna", url=stores.VNA.url, content_type="", now=walk.clock.now()
        )
        walk.polls()
        walk.clock.passes(timedelta(hours=7))

    served(3, 2, 1)
    served(4, 3, 2, 1)
    served(1, 4, 2, 3)
    served(5)

    assert walk.diary.polls == [("vna", "ok", 3), ("vna", "ok", 1), ("vna", "ok", 0), ("vna", "ok", 1)]


def test_pages_without_text_are_noticed_within_ten_minutes_and_told_once(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(walk.pipeline._polls, "_monotonic", lambda: clock[0])

    def brings(name: str, *reasons: Reason | None) -> list[tuple[str, str]]:
        entries = [stores.entry(f"{name}-{number}") for number in range(len(reasons))]
        walk.network.serves(stores.VNA, *entries, etag=f'"{name}"')
        for entry, reason in zip(entries, reasons, strict=True):
            walk.network.page(entry, ExtractError(reason, subject="page") if reason else stores.story(entry.identity))
        before = walk.store.last_event()
        walk.clock.passes(timedelta(hours=7))
        for _ in range(3):
            walk.goes()
            clock[0] += polls.LOOK_SECONDS
        return [(event.kind, event.detail) for event in walk.store.events(before) if event.subject == "vna"]

    assert brings("good", *[None] * 6) == []
    [(kind, detail)] = brings("bad", Reason.PAYWALL, *[Reason.NO_TEXT] * 6)
    assert kind is EventKind.SOURCE_FAILING
    assert "7 of the last 10 pages" in detail
    assert "no_text, paywall" in detail
    assert brings("worse", Reason.NO_TEXT) == []
    [(kind, _)] = brings("better", *[None] * 6)
    assert kind is EventKind.SOURCE_RECOVERED


def test_three_hundred_sources_that_are_due_in_one_second_are_all_polled_and_how_late_is_known(walk: Walk) -> None:
    several(walk, 300)
    walk.polls()
    assert walk.pipeline._polls.lateness == polls.Lateness()  # nobody waited for them
    at = walk.clock.now() + timedelta(hours=1)
    walk.store.record_polls(
        [(Poll(source=source.id, at=stores.NOW, polling=replace(learned, next_poll_at=at)), ()) for source, learned in walk.store.sources()]
    )
    walk.clock.at = at + timedelta(seconds=1)
    walk.polls()

    assert len(walk.diary.polls) == 600
    assert len({name for name, _, _ in walk.diary.polls[300:]}) == 300
    assert walk.pipeline._polls.lateness == polls.Lateness(polls=300, median=1.0, worst=1.0)
    walk.pipeline.heartbeat()
    assert json.loads(walk.store.remembered(LATENESS) or "") == {"polls": 300, "median": 1.0, "worst": 1.0}


@pytest.mark.parametrize("step", [timedelta(hours=-2), timedelta(days=3650), timedelta(days=-3650)])
def test_whatever_becomes_of_the_clock_each_source_is_asked_again_within_its_interval(walk: Walk, step: timedelta) -> None:
    several(walk, 3)
    walk.polls()
    walk.clock.passes(step)
    walk.polls()
    walk.clock.passes(timedelta(minutes=17))
    walk.polls()
    walk.clock.passes(-step)
    walk.polls()
    walk.clock.passes(timedelta(minutes=17))
    walk.polls()

    times = Counter(name for name, _, _ in walk.diary.polls)
    assert set(times.values()) == {5}


def test_while_ministers_meet_a_ministry_is_asked_every_three_minutes() -> None:
    week = CalendarMeeting(type="AMM", ordinal=59, year=2026, start=date(2026, 7, 12), end=date(2026, 7, 17), certainty=Certainty.CONFIRMED)
    with open_store("sqlite://", now=stores.NOW) as store:
        walk = Walk(store, calendar=Calendar([week]))  # it is the eve
        ministry, paper = replace(stores.VNA, tier=Tier.OFFICIAL), replace(stores.VNA, id="paper", url="https://paper.example/")
        store.sync_sources([ministry, paper], stores.NOW)
        for source in (ministry, paper):
            walk.network.serves(source)
        for _ in range(20):
            walk.polls()
            walk.clock.passes(timedelta(minutes=1))

    times = Counter(name for name, _, _ in walk.diary.polls)
    assert times["vna"] in (5, 6)
    assert times["paper"] == 2


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


def test_waiting_for_the_parser_is_no_busy_waiting(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    class Emptied(ScriptedTransfers):
        """Says, as the real ones do, how many are under way."""

        def __len__(self) -> int:
            return 0

        def done(self, seconds: float) -> list[tuple[str, Response | NotModified | FetchError]]:
            asked.append(seconds)
            return super().done(seconds)

    go = threading.Event()
    parse = walk.network.parse

    def slow(*args: object) -> object:
        go.wait(5)
        return parse(*args)  # type: ignore[arg-type]

    transfers = Emptied(walk.network)
    monkeypatch.setattr(walk.network, "transfers", lambda: transfers)
    monkeypatch.setattr(walk.network, "parse", slow)
    walk.network.serves(stores.VNA, stores.entry("a"))
    assert walk.pipeline.poll_due(0.3).under_way == 1
    assert len(asked) < 20
    go.set()
    assert walk.pipeline.poll_due(5.0).fresh == 1
