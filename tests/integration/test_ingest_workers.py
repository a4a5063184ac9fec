"""Parsing and extraction in processes that can be killed: a hang or a crash costs one item."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import ExtractError, ParseError
from core.reasons import Reason
from core.sources import Body, Entry, Feed, Response, Source
from ingest.workers import TOGETHER_SECONDS, FeedParser, PageExtractor, Workers

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SOURCE = Source(id="courier", url="https://courier.example/rss", publisher="The Courier", zone="Asia/Ho_Chi_Minh")
ENTRY = Entry(source="courier", identity="g1", link="https://courier.example/1", title="Ministers sign")
FEED = b'<rss version="2.0"><channel><title>N</title><item><title>T</title><pubDate>20/11/2026 08:00</pubDate></item></channel></rss>'
PAGE = (
    b"<html><body><article>"
    + b"".join(b"<p>Paragraph %d of what the ministers agreed in Vientiane.</p>" % n for n in range(9))
    + b"</article></body></html>"
)
# Attributes cost the parsers quadratic time: minutes for this many.
ENDLESS_FEED = (
    b'<rss version="2.0"><channel><item><title ' + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b">x</title></item></channel></rss>"
)
ENDLESS_PAGE = b"<html><body><p " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b">x</p></body></html>"


def response(body: bytes) -> Response:
    return Response(url=SOURCE.url, status=200, headers={"content-type": "text/html"}, body=body)


@pytest.fixture
def parser() -> Iterator[FeedParser]:
    made = FeedParser(processes=1, seconds=1.0)
    yield made
    made.close()


@pytest.fixture
def extractor() -> Iterator[PageExtractor]:
    made = PageExtractor(processes=1, seconds=1.5)
    yield made
    made.close()


def ended(process: int, seconds: float = 5.0) -> bool:
    """Waits for the end of the process behind a pidfd; whether it came in time."""
    try:
        return bool(select.select([process], [], [], seconds)[0])
    finally:
        os.close(process)


def parsed(parser: FeedParser, body: bytes = FEED) -> Feed:
    return parser.parse(SOURCE, response(body), NOW)


def parse_refusal(parser: FeedParser, body: bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parsed(parser, body)
    return caught.value


def test_a_feed_is_parsed_elsewhere_with_the_sources_zone(parser: FeedParser) -> None:
    feed = parsed(parser)

    assert feed.entries[0].published == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert parser.workers.pids() != [os.getpid()]


def test_a_page_is_extracted_elsewhere(extractor: PageExtractor) -> None:
    article = extractor.extract(SOURCE, ENTRY, response(PAGE), NOW)

    assert article.text.count("\n") == 8
    assert (article.title, article.source, article.url) == ("Ministers sign", "courier", SOURCE.url)


def test_a_refusal_comes_back_as_itself(parser: FeedParser, extractor: PageExtractor) -> None:
    error = parse_refusal(parser, b"<html><title>Home</title></html>")
    assert (error.reason, error.subject) == (Reason.NOT_A_FEED, "courier")
    assert "Home" in error.detail

    with pytest.raises(ExtractError) as caught:
        extractor.extract(SOURCE, ENTRY, response(b"<html><title>Just a moment...</title></html>"), NOW)
    assert caught.value.reason is Reason.CHALLENGE


def test_a_feed_that_takes_for_ever_is_killed_and_the_next_one_is_parsed(parser: FeedParser) -> None:
    parsed(parser)
    started = time.monotonic()

    assert parse_refusal(parser, ENDLESS_FEED).reason is Reason.PARSE_TIMEOUT

    assert 0.9 < time.monotonic() - started < 5.0
    assert parsed(parser).format == "rss20"


def test_a_page_that_takes_for_ever_is_killed_and_the_next_one_is_read(extractor: PageExtractor) -> None:
    with pytest.raises(ExtractError) as caught:
        extractor.extract(SOURCE, ENTRY, response(ENDLESS_PAGE), NOW)

    assert caught.value.reason is Reason.EXTRACT_TIMEOUT
    assert extractor.extract(SOURCE, ENTRY, response(PAGE), NOW).text


def test_a_process_killed_in_its_work_costs_that_item(parser: FeedParser) -> None:
    parsed(parser)
    (pid,) = parser.workers.pids()
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()

    error = parse_refusal(parser, ENDLESS_FEED)

    assert error.reason is Reason.PARSE_CRASH
    assert "signal 9" in error.detail
    assert parsed(parser).format == "rss20"


def test_a_process_killed_while_idle_costs_nothing(parser: FeedParser) -> None:
    parsed(parser)
    (pid,) = parser.workers.pids()
    gone = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    assert ended(gone)

    assert parsed(parser).format == "rss20"
    assert parser.workers.pids() != [pid]


def test_memory_is_bounded() -> None:
    workers = Workers(
        "feed", fault=ParseError, timeout=Reason.PARSE_TIMEOUT, crash=Reason.PARSE_CRASH, processes=1, seconds=10, memory=120 * 1024 * 1024
    )
    arguments = {"source": "s", "url": "", "content_type": "", "now": NOW}

    with pytest.raises(ParseError) as caught:
        workers.run(Feed, "s", body=FEED.replace(b"<title>T", b"<title>" + b"T " * 20_000_000), **arguments)

    assert caught.value.reason is Reason.PARSE_CRASH
    assert workers.run(Feed, "s", body=FEED, **arguments).format == "rss20"
    workers.close()


def test_a_process_is_replaced_after_its_share_of_jobs() -> None:
    workers = Workers("feed", fault=ParseError, timeout=Reason.PARSE_TIMEOUT, crash=Reason.PARSE_CRASH, processes=1, max_jobs=2)
    seen = set()
    for _ in range(4):
        workers.run(Feed, "s", body=FEED, source="s", url="", content_type="", now=NOW)
        seen.update(workers.pids())

    assert len(seen) == 2
    assert workers.pids() == []
    workers.close()


def test_a_hung_feed_delays_no_other() -> None:
    parser = FeedParser(processes=2, seconds=3.0)
    parsed(parser)
    hung = threading.Thread(target=parse_refusal, args=(parser, ENDLESS_FEED))
    hung.start()
    started = time.monotonic()

    for _ in range(5):
        parsed(parser)

    assert time.monotonic() - started < 2.5
    assert hung.is_alive()
    hung.join(10)
    parser.close()


def bodies(*several: bytes) -> list[Body]:
    return [Body(source=replace(SOURCE, id=f"courier-{number}"), response=response(body)) for number, body in enumerate(several)]


def test_bodies_that_are_parsed_together_have_their_own_answers(parser: FeedParser) -> None:
    told = parser.parse_together(bodies(FEED, b"<html><title>Home</title></html>", FEED), NOW)

    assert told is not None
    first, refused, last = told
    assert isinstance(first, Feed)
    assert isinstance(last, Feed)
    assert isinstance(refused, ParseError)
    assert (refused.reason, refused.subject) == (Reason.NOT_A_FEED, "courier-1")
    assert [entry.source for feed in (first, last) for entry in feed.entries] == ["courier-0", "courier-2"]


def test_of_bodies_that_are_parsed_together_a_hung_one_is_soon_noticed() -> None:
    parser = FeedParser(processes=1, seconds=60.0)
    parsed(parser)
    started = time.monotonic()

    assert parser.parse_together(bodies(FEED, ENDLESS_FEED, FEED), NOW) is None

    assert TOGETHER_SECONDS <= time.monotonic() - started < 20.0
    assert parsed(parser).format == "rss20"
    parser.close()


def test_of_bodies_that_are_parsed_together_a_crash_is_nobodys(parser: FeedParser) -> None:
    parsed(parser)
    (pid,) = parser.workers.pids()
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()

    assert parser.parse_together(bodies(FEED, ENDLESS_FEED), NOW) is None
    assert parsed(parser).format == "rss20"


def test_many_threads_share_few_processes(parser: FeedParser) -> None:
    formats: list[str] = []
    threads = [threading.Thread(target=lambda: formats.extend(parsed(parser).format for _ in range(5))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert formats == ["rss20"] * 40
    assert len(parser.workers.pids()) == 1


def test_after_closing_no_process_is_left(parser: FeedParser) -> None:
    parsed(parser)
    (pid,) = parser.workers.pids()
    parser.close()

    assert not Path(f"/proc/{pid}/cmdline").exists()


def test_after_closing_none_of_several_processes_is_left() -> None:
    parser = FeedParser(processes=3, seconds=60.0)
    threads = [threading.Thread(target=parsed, args=(parser,)) for _ in range(3)]  # a start takes longer than all of them
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    processes = [os.pidfd_open(pid) for pid in parser.workers.pids()]
    parser.close()

    assert len(processes) == 3
    assert [ended(process) for process in processes] == [True] * 3
    assert parser.workers.pids() == []


def test_processes_end_with_the_parent_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import sys, threading\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "import test_ingest_workers as scene\n"
        "parser = scene.FeedParser(processes=1)\n"
        "scene.parsed(parser)\n"
        "print(parser.workers.pids()[0], flush=True)\n"
        "threading.Event().wait()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(Path(__file__).parent)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    gone = os.pidfd_open(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert ended(gone)
