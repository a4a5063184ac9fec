"""What must hold of every answer, however it is cut and whatever is in it."""

import gzip
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FetchError
from core.reasons import Reason
from core.sources import NotModified, Response
from ingest.http.answers import Answer
from ingest.http.asks import Asker, Redirect
from ingest.http.codings import PIECE, BadCoding, Unpacking

NOW = datetime(2026, 11, 21, tzinfo=UTC)
CAP = 2000
ASK = Asker(user_agent="aseanwatch", contact="", deadline=30, feed_cap=CAP, page_cap=CAP).ask(
    "http://news.example/?key=SECRET", '"1"', None, "feed"
)

PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "identity": lambda data: data,
}
LENGTHS = st.integers(1, 10_000)
CODINGS = st.lists(st.sampled_from(sorted(PACKERS)), min_size=1, max_size=2)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The data in pieces, cut at these places."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def undone(codings: list[str], pieces: list[bytes]) -> tuple[bytes, bool]:
    """What comes out, and whether it came to its end."""
    unpacking, out = Unpacking(codings), []
    for piece in pieces:
        out += unpacking.pieces(piece)
    out += unpacking.rest()
    assert all(len(piece) <= PIECE for piece in out) or codings == ["identity"] * len(codings)
    return b"".join(out), unpacking.whole


@given(data=st.binary(max_size=3000), times=st.sampled_from([1, 100]), codings=CODINGS, places=st.lists(st.integers(2, 5000), max_size=5))
def test_what_was_packed_comes_out_however_it_was_cut(data: bytes, times: int, codings: list[str], places: list[int]) -> None:
    packed = plain = data * times
    for coding in codings:
        packed = PACKERS[coding](packed)

    assert undone(codings, cut(packed, [place for place in places if place < len(packed)])) == (plain, True)


@given(
    data=st.binary(min_size=1, max_size=3000),
    codings=CODINGS.filter(lambda codings: set(codings) != {"identity"}),
    end=st.integers(1, 10_000),
)
def test_what_stops_before_its_end_is_never_whole(data: bytes, codings: list[str], end: int) -> None:
    packed = data
    for coding in codings:
        packed = PACKERS[coding](packed)

    out, whole = undone(codings, [packed[: 1 + end % (len(packed) - 1)]])

    assert not whole
    assert data.startswith(out)


@given(codings=CODINGS, pieces=st.lists(st.binary(max_size=200), max_size=5))
def test_nonsense_is_a_bad_coding_or_nothing_worse(codings: list[str], pieces: list[bytes]) -> None:
    with suppress(BadCoding):
        undone(codings, pieces)


LINES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 304 Not Modified\r\n",
            b"HTTP/1.1 301 Moved\r\n",
            b"HTTP/1.1 103 Hints\r\n",
            b"HTTP/1.1 403 No\r\n",
            b"HTTP/1.1 429 Slow\r\n",
            b"Location: /next\r\n",
            b"Location: \xff\xfe\\\r\n",
            b"Content-Encoding: gzip\r\n",
            b"Content-Encoding: deflate, gzip\r\n",
            b"Content-Length: 99999999999999999999999999\r\n",
            b"Content-Type: text/html\r\n",
            b"Retry-After: Sat, 99 Nov 2026\r\n",
            b" folded\r\n",
            b": nothing\r\n",
            b"\r\n",
        ]
    ),
)


@given(lines=st.lists(LINES, max_size=12), pieces=st.lists(st.binary(max_size=800), max_size=6), failed=st.booleans())
def test_every_answer_comes_to_one_of_four_ends(lines: list[bytes], pieces: list[bytes], failed: bool) -> None:
    answer = Answer(ASK, lambda: NOW)
    failure = FetchError(Reason.CONNECTION_LOST, "broke off") if failed else None
    goes_on = all(answer.takes_line(line) for line in [*lines, b"\r\n"]) and all(answer.takes_body(piece) for piece in pieces)

    came = answer.ends(failure)

    assert isinstance(came, Response | NotModified | Redirect | FetchError)
    assert "SECRET" not in str(came) or isinstance(came, Response | NotModified)
    if isinstance(came, Response):
        assert goes_on
        assert not failed
        assert 0 < len(came.body) <= CAP


@pytest.mark.parametrize("location", ["/tin-tức/hội-nghị", "/a%20b"])
def test_a_location_in_utf8_is_read_as_such(location: str) -> None:
    answer = Answer(ASK, lambda: NOW)
    for line in (b"HTTP/1.1 302 Found\r\n", b"Location: " + location.encode() + b"\r\n", b"\r\n"):
        answer.takes_line(line)

    assert answer.ends(None) == Redirect(status=302, location=location)
