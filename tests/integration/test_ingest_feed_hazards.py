"""Feeds that an enemy writes, or a tired publisher: each costs what it may cost, and what is good in it is stored."""

import html
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from answers import answered
from stores import VNA

from core.errors import ParseError
from core.polling import decide
from core.reasons import Reason
from core.sources import Entry, EntryState, Feed, Poll, Polling, Response, Source
from ingest.workers import FeedParser, Workers
from store import Store

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HONEST = 200 * 1024**2
"""Bytes of address space in which the process that reads an honest feed lives; a bomb may take 100 MB more."""
LAUGHS = "<!DOCTYPE l [<!ENTITY l0 'lol'>" + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"
QUADRATIC = f"<!DOCTYPE q [<!ENTITY a '{'a' * 50_000}'>]>"


def rss(*items: str, head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel><title>N</title>{"".join(f"<item>{one}</item>" for one in items)}</channel></rss>'.encode()


def item(number: int, title: str = "", text: str = "") -> str:
    return f"<guid>https://vna.example/?p={number}</guid><title>{title or f'Title {number}'}</title><description>{text}</description>"


@pytest.fixture(scope="module")
def parser() -> Iterator[FeedParser]:
    made = FeedParser(processes=1)
    yield made
    made.close()


def parsed(parser: FeedParser, body: bytes, known: bytes = b"") -> Feed:
    source = Source(id=VNA.id, url="https://vna.example/rss", publisher="VNA")
    return parser.parse(source, Response(url=source.url, status=200, body=body), NOW, known)


def polled(body: bytes, feed: Feed, before: Polling = Polling(), now: datetime = NOW) -> Poll:  # noqa: B008 - it is frozen
    came = answered(Response(url=VNA.url, status=200, body=body), feed)
    return decide(VNA, before, came, set(), now)[0]


def stored(store: Store) -> list[tuple[Entry, EntryState]]:
    return store.entries(source=VNA.id, limit=20_000)


# 21


def test_a_body_that_is_an_address_is_not_asked_for(parser: FeedParser) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        for scheme in ("http", "https", "ftp", "feed"):
            with pytest.raises(ParseError) as caught:
                parsed(parser, f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/rss".encode())
            assert caught.value.reason is Reason.NOT_A_FEED
        with pytest.raises(BlockingIOError):
            listener.accept()


# 22


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1, text="&l9;"), head=LAUGHS),
        rss(item(1, text="&a;" * 20_000), head=QUADRATIC),
        rss(item(1, text="&x;"), head='<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    ],
    ids=["billion laughs", "quadratic", "external"],
)
def test_an_entity_bomb_takes_less_than_two_seconds_and_100_megabytes(body: bytes) -> None:
    workers = Workers(
        "feed", fault=ParseError, timeout=Reason.PARSE_TIMEOUT, crash=Reason.PARSE_CRASH, processes=1, memory=HONEST + 100 * 1024**2
    )
    arguments = {"source": "s", "url": "https://vna.example/rss", "content_type": "", "now": NOW}
    workers.run(Feed, "s", body=rss(item(1)), **arguments)
    started = time.monotonic()

    feed = workers.run(Feed, "s", body=body, **arguments)

    assert time.monotonic() - started < 2.0
    assert [entry.title for entry in feed.entries] == ["Title 1"]
    assert "root:" not in feed.entries[0].summary
    workers.close()


# 24


@pytest.fixture(scope="module")
def flood() -> tuple[bytes, Feed]:
    """A body of ten thousand items, and what was read of it in the time that a poll may take by the stated figure."""
    parser = FeedParser(processes=1, seconds=30.0)
    body = rss(*(item(number, text="Ministers met in Vientiane and adopted a statement. " * 3) for number in range(10_000)))
    try:
        return body, parsed(parser, body)
    finally:
        parser.close()


def test_ten_thousand_items_are_all_stored_and_nobody_is_told(store: Store, flood: tuple[bytes, Feed]) -> None:
    store.sync_sources([VNA], NOW)

    store.record_poll(polled(*flood))

    assert len(stored(store)) == 10_000
    assert all(entry.baseline for entry, _ in stored(store))


def test_420_new_items_at_once_are_taken_whole(parser: FeedParser) -> None:
    before = parsed(parser, rss(*(item(number) for number in range(30))))
    after = parsed(parser, rss(*(item(number) for number in range(450))), before.items)

    assert (len(after.entries), after.skipped) == (420, 30)


# 25


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1) + "<a>" * 100_000 + "x" + "</a>" * 100_000, item(2)),
        rss(item(1, text=html.escape("<div>" * 100_000)), item(2)),
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Title 1</title><content type="xhtml">'
        + b"<div>" * 100_000
        + b"</div>" * 100_000
        + b"</content></entry><entry><title>Title 2</title></entry></feed>",
        b"<rss><channel>" + b"<item>" * 100_000 + b"<title>Title 1</title>" + b"</item>" * 100_000 + b"</channel></rss>",
        b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=["elements", "escaped", "xhtml", "items", "json"],
)
def test_a_hundred_thousand_levels_are_a_feed_or_a_reason(body: bytes) -> None:
    with closing(FeedParser(processes=1, seconds=5.0)) as parser:
        try:
            said = [entry.title for entry in parsed(parser, body).entries]
        except ParseError as error:
            said = [error.reason]

    whole = [f"Title {number}" for number in (1, 2) if f"Title {number}".encode() in body]
    assert said in (whole, [Reason.NOT_A_FEED], [Reason.MALFORMED_FEED], [Reason.PARSE_TIMEOUT])


# 28 to 30: what stands in an entry is text and links of the web; how it is shown is for those who show it

MARKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<style>@import 'https://evil.example/'</style>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("escapes", [1, 2])
def test_no_markup_is_left_in_a_title_and_no_script_behind_a_link(parser: FeedParser, mark: str, escapes: int) -> None:
    written = mark
    for _ in range(escapes):
        written = html.escape(written)
    fields = "".join(f"<{name}>{written}</{name}>" for name in ("title", "author", "category", "guid", "link", "comments"))
    (entry,) = parsed(parser, rss(f"{fields}<description>Signed. {written}</description>")).entries

    assert "<" not in entry.title
    assert entry.link is None or entry.link.startswith(("http://", "https://"))
    assert entry.summary.startswith("Signed.")
    assert "<script" not in entry.summary or escapes == 2  # what was escaped twice was meant to be read


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "&#x6a;avascript:alert(1)", "vbscript:x", "file:///etc/passwd"],
)
def test_only_links_of_the_web_are_links(parser: FeedParser, link: str) -> None:
    (entry,) = parsed(parser, rss(f"<title>T</title><link>{link}</link>")).entries

    assert entry.link is None


def test_what_turns_or_hides_text_is_gone(parser: FeedParser) -> None:
    hidden = "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x200B, 0x200E, 0xFEFF, 0xAD, *range(0xE0020, 0xE0030)]))
    (entry,) = parsed(parser, rss(item(1, title=f"Minis{hidden}ters", text=f"a{hidden}b"))).entries

    assert (entry.title, entry.summary) == ("Ministers", "ab")


# 31


def test_an_item_with_nul_and_half_a_character_among_fifty_costs_those_characters(store: Store, parser: FeedParser) -> None:
    bad = item(7, title="Nul\x00 and\x1f &#xD800; and \ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"))
    body = rss().replace(b"</channel>", b"") + b"".join(
        f"<item>{bad if number == 7 else item(number)}</item>".encode("utf-8", "surrogateescape") for number in range(50)
    )
    store.sync_sources([VNA], NOW)

    store.record_poll(polled(body, parsed(parser, body + b"</channel></rss>")))

    titles = {entry.title for entry, _ in stored(store)}
    assert len(titles) == 50
    assert any(title.startswith("Nul and") for title in titles)


# 32


@pytest.mark.parametrize(
    "date", ["", "soon", "0", "1763600000", "31 Feb 2026", "2026-13-45", "Fri, 20 Nov 2126 08:00:00 GMT", "1 Jan 1901", "9" * 500, "٢٠٢٦"]
)
def test_a_date_is_plausible_or_none(parser: FeedParser, date: str) -> None:
    (entry,) = parsed(parser, rss(item(1) + f"<pubDate>{date}</pubDate>")).entries

    assert entry.published is None or datetime(1995, 1, 1, tzinfo=UTC) <= entry.published <= NOW + timedelta(hours=24)


# 21 to 27, in files


def test_a_canary_is_never_read(parser: FeedParser, tmp_path: Path) -> None:
    canary = tmp_path / "canary.xml"
    canary.write_bytes(rss(item(1, title="CANARY")))
    for place in (str(canary), canary.as_uri(), f"<?xml version='1.0'?><!DOCTYPE r SYSTEM '{canary}'><r/>"):
        with pytest.raises(ParseError):
            parsed(parser, place.encode())
