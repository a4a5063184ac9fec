"""Many at once, and much at once: who is due has its turn in time, a server is asked politely, and nothing is cut."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from publisher import RSS, Publisher, hangs
from stores import VNA, entry, poll
from walk import Diary, StandingClock

from aseanwatch.polls import Polls
from core.calendar import Calendar
from core.errors import ExtractError
from core.reasons import Reason
from core.sources import Entry, Response, Source
from ingest.http import Http
from ingest.workers import MAX_JOBS, MEMORY, SECONDS, FeedParser, PageExtractor
from store import Store, open_store

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def parser() -> Iterator[FeedParser]:
    with closing(FeedParser(processes=2, seconds=60.0)) as made:
        yield made


class Watching:
    """A store, and the polls of the sources in it."""

    def __init__(self, parser: FeedParser, http: Http, sources: Sequence[Source]) -> None:
        self.store = open_store("sqlite://", now=NOW)
        self.store.sync_sources(sources, NOW)
        self.clock, self.diary = StandingClock(NOW), Diary()
        self.polls = Polls(store=self.store, fetcher=http, parser=parser, clock=self.clock, witness=self.diary, calendar=Calendar())

    def __enter__(self) -> "Watching":
        return self

    def __exit__(self, *_: object) -> None:
        self.polls.close()
        self.store.close()

    def comes_to_rest(self) -> None:
        while self.polls.round(30.0).under_way:
            pass


def http(*sites: Publisher, **settings: float) -> Http:
    return Http(user_agent="aseanwatch/0.1.0", contact="https://watch.example/about", allow=[site.origin for site in sites], **settings)  # type: ignore[arg-type]


def feeds(site: Publisher, number: int, name: str = "feed") -> list[Source]:
    """So many feeds of one server."""
    found = []
    for one in range(number):
        path = f"/{name}-{one}.xml"
        site.behaves(path, _as_rss)
        found.append(Source(id=f"{name}-{one}", url=site.url(path), publisher="P"))
    return found


def _as_rss(answering: object, site: Publisher) -> None:
    answering.path = RSS  # type: ignore[attr-defined]
    site.answer(answering)  # type: ignore[arg-type]


# 19


def test_forty_feeds_of_one_server_are_never_more_than_two_at_once_a_gap_apart_and_conditional_every_time(parser: FeedParser) -> None:
    gap, running, most, lock = 0.03, [0], [0], threading.Lock()

    def counted(answering: object, site: Publisher) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        answering.waits(0.05)  # type: ignore[attr-defined]
        _as_rss(answering, site)
        with lock:
            running[0] -= 1

    with Publisher() as site:
        site.adds("a", title="Calm", paragraphs=["Nothing happened."])
        sources = feeds(site, 40)
        for source in sources:
            site.behaves(source.url.removeprefix(site.url("")), counted)
        with Watching(parser, http(site, per_host=2, per_host_gap=gap), sources) as watching:
            watching.comes_to_rest()
            whole, started = list(site.requests), time.monotonic()
            watching.clock.passes(timedelta(hours=1))
            watching.comes_to_rest()
            again = site.requests[len(whole) :]

    assert (len(whole), len(again), most[0]) == (40, 40, 2)
    for asked in (whole, again):
        starts = sorted(request.at for request in asked)
        assert starts[-1] - starts[0] >= 39 * gap * 0.95
        # Two neighbours may be nearer than the gap when the first was late to be seen here, three are not.
        assert all(later - earlier >= gap for earlier, later in zip(starts, starts[2:], strict=False))
    assert again[0].at >= started
    etags = {request.headers.get("if-none-match") for request in again}
    assert len(etags) == 1
    assert None not in etags
    assert [request.status for request in again] == [[304]] * 40
    assert {request.headers["user-agent"] for request in site.requests} == {"aseanwatch/0.1.0 (+https://watch.example/about)"}


# 55


def test_twenty_feeds_that_hang_delay_none_of_a_hundred_good_ones(parser: FeedParser) -> None:
    with Publisher() as good, Publisher() as bad:
        good.adds("a", title="Calm", paragraphs=["Nothing happened."])
        for one in range(20):
            bad.behaves(f"/hung-{one}", hangs)
        hung = [Source(id=f"hung-{one}", url=bad.url(f"/hung-{one}"), publisher="P") for one in range(20)]
        deadline = 8.0
        with Watching(parser, http(good, bad, per_host=20, per_host_gap=0, deadline=deadline), [*hung, *feeds(good, 100)]) as watching:
            started = time.monotonic()
            while sum(outcome == "ok" for _, outcome, _ in watching.diary.polls) < 100:
                assert time.monotonic() - started < deadline
                watching.polls.round(0.2)

            assert not any(name.startswith("hung") for name, _, _ in watching.diary.polls)
            assert len(bad.requests) == 20


# 24


def test_ten_thousand_items_over_http_are_all_stored_within_thirty_seconds_and_none_is_news(parser: FeedParser) -> None:
    with Publisher() as site:
        for number in range(10_000):
            site.adds(f"s{number}", title=f"About {number}", paragraphs=["It is."], summary="Ministers met in Vientiane. " * 3)
        source = Source(id="flood", url=site.url(RSS), publisher="P")
        with Watching(parser, http(site, per_host_gap=0), [source]) as watching:
            started = time.monotonic()
            watching.comes_to_rest()
            took = time.monotonic() - started
            stored = watching.store.entries(limit=20_000)

    assert took < 30.0
    assert len({entry.identity for entry, _ in stored}) == 10_000
    assert all(entry.baseline for entry, _ in stored)


# 58


def test_a_thousand_polls_of_one_feed_by_two_at_once_keep_each_item_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'watch.db'}"
    with open_store(url, now=NOW) as one, open_store(url, now=NOW) as other, ThreadPoolExecutor(2) as hands:
        one.sync_sources([VNA], NOW)

        def worker(store: Store, name: str) -> list[int]:
            fresh = []
            for number in range(500):
                if number == 400 and name == "one":
                    store.sync_sources([replace(VNA, enabled=False)], NOW)
                at = NOW + timedelta(seconds=number)
                fresh.append(store.record_poll(poll(entry(f"item-{number // 5}", aliases=[f"alias-{number // 5}"]), at=at, etag=name)))
            return fresh

        both = [hands.submit(worker, store, name) for store, name in ((one, "one"), (other, "other"))]
        fresh = [sum(hand.result()) for hand in both]
        [(source, polling)] = one.sources()

        assert sum(fresh) == 100
        assert Counter(entry.identity for entry, _ in one.entries(limit=1000)) == Counter(f"item-{number}" for number in range(100))
        assert polling.last_poll_at == NOW + timedelta(seconds=499)
        assert polling.etag in ("one", "other")
        assert not source.enabled
        assert one.due_sources(NOW + timedelta(days=9)) == []
        assert one.check() == []


# 33


def test_the_process_that_reads_pages_is_bounded_and_is_replaced_after_two_hundred() -> None:
    source, announced = Source(id="s", url="https://s.example/", publisher="S"), Entry(source="s", identity="1", link=None, title="T")
    nothing = Response(url="https://s.example/1", status=200, headers={"content-type": "text/html"}, body=b"<html><title>T</title></html>")
    seen: Counter[int] = Counter()
    with closing(PageExtractor(processes=1, seconds=60.0)) as extractor:
        for number in range(MAX_JOBS + 1):
            with pytest.raises(ExtractError) as caught:
                extractor.extract(source, announced, nothing, NOW)
            assert caught.value.reason in (Reason.NO_TEXT, Reason.TEXT_TOO_SHORT)
            seen.update(extractor.workers.pids())
            if number == 0:
                (pid,) = extractor.workers.pids()
                limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")

    [line] = [line for line in limits.splitlines() if line.startswith("Max address space")]
    assert line.split()[3] == str(1024**3) == str(MEMORY)
    assert (SECONDS, MAX_JOBS) == (10.0, 200)
    # The last job of the first process leaves no idle one to be seen.
    assert sorted(seen.values()) == [1, MAX_JOBS - 1]
