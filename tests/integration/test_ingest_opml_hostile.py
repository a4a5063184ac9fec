"""Hostile OPML, read in a process of its own: it costs a bounded time and this one file."""

import time
from collections.abc import Iterator

import pytest

from core.errors import ParseError
from core.reasons import Reason
from ingest.opml import Subscriptions
from ingest.workers import Workers

SECONDS = 3.0
HEAD = b'<opml version="2.0"><body>'
FEED = b'<outline text="t" xmlUrl="https://a.example/%d"/>'


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    reading = Workers("opml", fault=ParseError, timeout=Reason.PARSE_TIMEOUT, crash=Reason.PARSE_CRASH, processes=1, seconds=SECONDS)
    yield reading
    reading.close()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(HEAD + b'<outline text="a">' * 400_000, id="nested"),
        pytest.param(HEAD + b"".join(b'<outline text="t">' + FEED % number for number in range(30_000)), id="nested with feeds"),
        pytest.param(HEAD + b"<outline " + b" ".join(b'a%d="x"' % number for number in range(400_000)) + b"/>", id="attributes"),
        pytest.param(HEAD + b"</outline>" * 900_000, id="ends without beginnings"),
        pytest.param(HEAD + b"<!--" * 2_000_000, id="comments"),
        pytest.param(
            HEAD + b"".join(b'<outline xmlUrl="https://a.example/" category="%s%d"/>' % (b"/a" * 200, n) for n in range(15_000)),
            id="categories",
        ),
        pytest.param(HEAD + b'<outline text="' + b"a" * 9_000_000, id="no end"),
        pytest.param(HEAD + b"".join(b'<outline xmlns:a%d="x">' % number for number in range(200_000)), id="name spaces"),
    ],
)
def test_a_hostile_list_ends_in_time_with_a_result_or_a_reason(workers: Workers, body: bytes) -> None:
    workers.run(Subscriptions, "warm.opml", body=HEAD, name="warm.opml")
    began = time.monotonic()
    answer = _answer(workers, body)
    assert time.monotonic() - began < SECONDS + 5
    assert isinstance(answer, Reason) or all(len(feed.section) < 1000 for feed in answer.feeds)
    assert workers.run(Subscriptions, "next.opml", body=HEAD + FEED % 1, name="next.opml").feeds[0].title == "t"


def _answer(workers: Workers, body: bytes) -> Subscriptions | Reason:
    """The list, or why it could not be read."""
    try:
        return workers.run(Subscriptions, "odd.opml", body=body, name="odd.opml")
    except ParseError as error:
        return error.reason


def test_a_list_of_twenty_thousand_feeds_is_read_whole(workers: Workers) -> None:
    body = HEAD + b"".join(FEED % number for number in range(20_000)) + b"</body></opml>"

    assert len(workers.run(Subscriptions, "large.opml", body=body, name="large.opml").feeds) == 20_000
