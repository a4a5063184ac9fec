"""Every way in which asking a feed can fail: it has its reason, its count and its next time, and an honest feed beside it notices nothing.

The row that is kept, the two seconds and the fifty megabytes are those of docs/reference/hazards.md.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fetching import client, get, refused
from memory import Memory
from publisher import (
    RSS,
    Behaviour,
    Publisher,
    answers,
    babbles,
    bombs,
    drips_body,
    drips_headers,
    floods,
    floods_headers,
    hangs,
    redirects,
    resets,
    says,
    truncates,
)
from walk import StandingClock

from aseanwatch.polls import Polls
from aseanwatch.settings import Settings
from core.calendar import Calendar
from core.errors import ReasonedError
from core.reasons import Reason
from core.sources import Body, Feed, Poll, Polling, Response, Source
from ingest.http import MIB, Http
from ingest.http import handles as handles_module
from ingest.workers import FeedParser
from store import Store, open_store

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PATIENCE = 2.4
"""Seconds: the deadline of a GET here, which is longer than the bystander may be delayed."""
DELAY = 2.0
MEMORY = 50 * MIB
TLS = Path(__file__).parent.parent / "data" / "tls"
ENDLESS = (
    b'<rss version="2.0"><channel><item><title ' + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b">x</title></item></channel></rss>"
)
PAGE = b"<!DOCTYPE html><html><head><title>We moved</title></head><body>Hello</body></html>"


class Parser(FeedParser):
    """Parses in two processes, and breaks itself for one source."""

    def parse(self, source: Source, response: Response, now: datetime, known: bytes = b"") -> Feed:
        if source.id == "internal":
            raise ZeroDivisionError("broken")
        return super().parse(source, response, now, known)

    def parse_together(self, bodies: Sequence[Body], now: datetime) -> list[Feed | ReasonedError] | None:
        if any(body.source.id == "internal" for body in bodies):
            raise ZeroDivisionError("broken")
        return super().parse_together(bodies, now)

    def warm(self) -> None:
        """Starts what is not running, so that no start is taken for a delay."""
        feed = Response(url="https://courier.example/rss", status=200, body=b'<rss version="2.0"><channel><title>N</title></channel></rss>')
        source = Source(id="warm", url=feed.url, publisher="W")
        hands = [threading.Thread(target=self.parse, args=(source, feed, NOW)) for _ in range(2)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join(60)


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    made = Parser(processes=2, seconds=PATIENCE)
    yield made
    made.close()


@dataclass
class Witness:
    """Notes when each source was polled."""

    at: dict[str, float] = field(default_factory=dict)

    def polled(self, source: Source, poll: Poll, fresh: int) -> None:
        self.at[source.id] = time.monotonic()


@dataclass
class Scene:
    """A hostile site, an honest one, and the watch of both."""

    hostile: Publisher
    honest: Publisher
    store: Store
    polls: Polls
    clock: StandingClock
    witness: Witness

    def watches(self, url: str, name: str = "hostile") -> None:
        """Both are watched from now on; the honest one has been read before."""
        sources = [Source(id=name, url=url, publisher="H"), Source(id="honest", url=self.honest.url(RSS), publisher="B")]
        self.store.sync_sources(sources[1:], self.clock.now())
        self.comes_to_rest()
        self.honest.adds("b2", title="Calm again", paragraphs=["Nothing happened."])
        self.clock.passes(timedelta(hours=7))
        self.store.sync_sources(sources, self.clock.now())
        self.witness.at.clear()

    def comes_to_rest(self) -> None:
        while self.polls.round(30.0).under_way:
            pass

    def learned(self, name: str) -> tuple[Source, Polling]:
        return next(pair for pair in self.store.sources() if pair[0].id == name)


@pytest.fixture
def scene(parser: Parser) -> Iterator[Scene]:
    parser.warm()
    with Publisher() as hostile, Publisher(name="The Bystander") as honest, open_store("sqlite://", now=NOW) as store:
        honest.adds("b1", title="Calm", paragraphs=["Nothing happened."])
        hostile.adds("s1", title="Ministers meet", paragraphs=["They did."])
        clock, witness = StandingClock(NOW), Witness()
        polls = Polls(store=store, fetcher=_http(hostile, honest), parser=parser, clock=clock, witness=witness, calendar=Calendar())
        yield Scene(hostile, honest, store, polls, clock, witness)
        polls.close()


def _http(*sites: Publisher) -> Http:
    allow = [place for site in sites for place in (site.origin, f"courier.test:{site.port}")]
    ways = [f"127.0.0.1:{port}" for port in (1, 2)]  # nobody listens there
    return Http(user_agent="aseanwatch/0.1.0", allow=[*allow, *ways], deadline=PATIENCE, per_host_gap=0, resolver=_resolver)


def _resolver(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
    if host == "nowhere.test":
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if host == "tarpit.test":
        threading.Event().wait(PATIENCE * 2)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1" if host == "inside.test" else "127.0.0.1", port))]


# 20, and with it 1, 2, 4, 5, 9, 12, 13, 16 and 27: the reason, the count, the next time, and the bystander

MANNERS: list[tuple[Behaviour, Reason]] = [
    (redirects(RSS.replace("rss", "other"), 301), Reason.NOT_FOUND),
    (redirects("/hostile"), Reason.TOO_MANY_REDIRECTS),
    (redirects("file:///etc/passwd"), Reason.REDIRECT_REFUSED),
    (redirects("http://169.254.169.254/latest/"), Reason.ADDRESS_REFUSED),
    (answers(401), Reason.UNAUTHORIZED),
    (answers(403), Reason.FORBIDDEN),
    (answers(403, {"cf-mitigated": "challenge"}), Reason.CHALLENGE),
    (answers(404), Reason.NOT_FOUND),
    (answers(410), Reason.GONE),
    (answers(429, {"Retry-After": "3600"}), Reason.RATE_LIMITED),
    (answers(451), Reason.CLIENT_ERROR),
    (answers(500), Reason.SERVER_ERROR),
    (answers(206), Reason.UNEXPECTED_STATUS),
    (answers(200), Reason.EMPTY_BODY),
    (answers(200, {}, PAGE), Reason.NOT_A_FEED),
    (answers(200, {}, b'<rss version="2.0"><channel><title>&</title>'), Reason.MALFORMED_FEED),
    (answers(200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"), Reason.WRONG_CONTENT_TYPE),
    (answers(200, {}, b"\x1f\x8b\x08\x00packed, and not said so"), Reason.WRONG_CONTENT_TYPE),
    (answers(200, {}, ENDLESS), Reason.PARSE_TIMEOUT),
    (bombs(500), Reason.BODY_TOO_LARGE),
    (bombs(500, "gzip, gzip, gzip"), Reason.BAD_ENCODING),
    (bombs(500, "br"), Reason.BAD_ENCODING),
    (truncates, Reason.BODY_TRUNCATED),
    (resets, Reason.CONNECTION_LOST),
    (babbles, Reason.PROTOCOL_ERROR),
    (floods_headers, Reason.PROTOCOL_ERROR),
    (hangs, Reason.DEADLINE),
    (drips_headers, Reason.DEADLINE),
    (drips_body, Reason.DEADLINE),
]
ADDRESSES = [
    (r"http://127.0.0.1\@news.example/", Reason.BAD_URL),
    ("http://nowhere.test/rss", Reason.DNS_FAILED),
    ("http://inside.test/rss", Reason.ADDRESS_REFUSED),
    ("http://tarpit.test/rss", Reason.DEADLINE),
    ("http://127.0.0.1:1/rss", Reason.CONNECT_FAILED),
]


def is_on_record(scene: Scene, name: str, url: str, reason: Reason) -> None:
    """Polls both, and looks at what is kept of the one and when the other had its turn."""
    scene.watches(url, name)
    memory, started = Memory(), time.monotonic()
    scene.comes_to_rest()

    source, learned = scene.learned(name)
    assert (learned.reason, learned.failures, source.url) == (reason, 1, url)
    assert learned.next_poll_at is not None
    assert scene.clock.now() < learned.next_poll_at <= scene.clock.now() + timedelta(hours=24)
    assert (learned.etag, learned.last_modified, learned.last_success_at, learned.known_good) == (None, None, None, False)
    assert memory.more < MEMORY

    _, other = scene.learned("honest")
    assert scene.witness.at["honest"] - started < DELAY
    assert (other.reason, other.failures, other.last_success_at) == (None, 0, scene.clock.now())
    assert len(scene.store.entries(source="honest")) == 2


@pytest.mark.parametrize(("manner", "reason"), MANNERS, ids=[f"{number}-{reason}" for number, (_, reason) in enumerate(MANNERS)])
def test_whatever_a_feed_does_is_on_record_and_nobody_else_notices(scene: Scene, manner: Behaviour, reason: Reason) -> None:
    scene.hostile.behaves("/hostile", manner)

    is_on_record(scene, "hostile", scene.hostile.url("/hostile"), reason)


@pytest.mark.parametrize(("url", "reason"), ADDRESSES)
def test_whatever_an_address_is_it_is_on_record_and_nobody_else_notices(scene: Scene, url: str, reason: Reason) -> None:
    is_on_record(scene, "hostile", url, reason)


def test_what_breaks_on_our_side_is_on_record_and_nobody_else_notices(scene: Scene) -> None:
    is_on_record(scene, "internal", scene.hostile.url(RSS), Reason.INTERNAL)


def test_a_parser_without_memory_is_on_record_and_nobody_else_notices(
    scene: Scene, parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = b'<rss version="2.0"><channel>' + b"<item><title>T</title></item>" * 200_000 + b"</channel></rss>"
    scene.hostile.behaves("/hostile", answers(200, {"Content-Type": "application/rss+xml"}, body))
    parser.close()
    monkeypatch.setattr(parser.workers, "_closed", False)
    monkeypatch.setattr(parser.workers, "_memory", 110 * MIB)
    monkeypatch.setattr(parser.workers, "_seconds", 60.0)
    parser.warm()

    is_on_record(scene, "hostile", scene.hostile.url("/hostile"), Reason.PARSE_CRASH)


@pytest.mark.parametrize(
    ("certificate", "host"), [("expired.pem", "courier.test"), ("courier.pem", "other.test"), ("courier.pem", "courier.test")]
)
def test_a_certificate_that_proves_nothing_is_on_record_and_nothing_was_sent(scene: Scene, certificate: str, host: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / certificate)
    with Publisher(tls=context) as site:
        scene.polls._fetcher = Http(
            user_agent="aseanwatch/0.1.0", allow=[f"{host}:{site.port}", scene.honest.origin], per_host_gap=0, resolver=_resolver
        )
        is_on_record(scene, "hostile", site.url(RSS, host=host), Reason.TLS_ERROR)
        assert site.requests == []


def full_listener(held: ExitStack) -> int:
    """The port of a server whose queue of connections is full: who knocks now gets no answer."""
    listener = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
    for _ in range(3):
        knock = held.enter_context(socket.socket())
        knock.setblocking(False)
        knock.connect_ex(listener.getsockname())
    return int(listener.getsockname()[1])


@pytest.mark.parametrize(("patience", "reason"), [(PATIENCE / 3, Reason.CONNECT_TIMEOUT), (PATIENCE * 3, Reason.DEADLINE)])
def test_a_server_that_takes_no_connection_is_on_record_and_nobody_else_notices(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, patience: float, reason: Reason
) -> None:
    monkeypatch.setattr(handles_module, "_CONNECT_PATIENCE", patience)
    with ExitStack() as held:
        port = full_listener(held)
        scene.polls._fetcher = Http(
            user_agent="aseanwatch/0.1.0", allow=[f"127.0.0.1:{port}", scene.honest.origin], deadline=PATIENCE, per_host_gap=0
        )
        started = time.monotonic()
        is_on_record(scene, "hostile", f"http://127.0.0.1:{port}/", reason)
        assert time.monotonic() - started < min(patience, PATIENCE) + 1.0


def test_every_reason_that_a_feed_can_have_was_seen_here() -> None:
    """Row 20: what a later hand adds to the reasons needs its manner here."""
    seen = {reason for _, reason in [*MANNERS, *ADDRESSES]} | {
        Reason.INTERNAL, Reason.PARSE_CRASH, Reason.TLS_ERROR, Reason.CONNECT_TIMEOUT
    }  # fmt: skip
    of_pages = {
        Reason.NO_LINK, Reason.NO_TEXT, Reason.TEXT_TOO_SHORT, Reason.PAYWALL, Reason.COOKIE_WALL, Reason.SCRIPT_ONLY, Reason.BOILERPLATE,
        Reason.ROBOTS, Reason.PDF_UNREADABLE, Reason.EXTRACT_TIMEOUT, Reason.EXTRACT_CRASH, Reason.READ_FAILED,
    }  # fmt: skip

    assert len(seen) >= 25
    assert seen | of_pages == set(Reason)


# 4 and 35: the figures that hold when nobody sets others


def test_the_figures_of_the_settings_are_those_that_are_documented(tmp_path: Path) -> None:
    fetch = Settings(data_dir=tmp_path).fetch

    assert (fetch.deadline_seconds, fetch.per_host, fetch.per_host_gap_seconds) == (30.0, 1, 1.0)
    assert (fetch.feed_cap_bytes, fetch.page_cap_bytes) == (10_000_000, 5_000_000)


@pytest.mark.parametrize("accept", ["feed", "page"])
def test_a_body_of_the_cap_is_taken_one_byte_more_is_not_and_one_without_end_costs_no_memory(scene: Scene, accept: str) -> None:
    cap, head = 5_000_000, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    http = client(scene.hostile, feed_cap=cap, page_cap=cap, deadline=20)
    for size in (cap, cap + 1):
        scene.hostile.behaves(f"/{size}", says(head + b"x" * size))
    scene.hostile.behaves("/endless", floods(2000))
    memory = Memory()

    assert len(http.get(scene.hostile.url(f"/{cap}"), accept=accept).body) == cap
    for path in (f"/{cap + 1}", "/endless"):
        assert refused(get, http, scene.hostile.url(path), accept=accept).reason is Reason.BODY_TOO_LARGE
    assert memory.more < MEMORY


# 7 and 10: one machine has many names

_DOTTED = ["127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0", "0.0.0.0", "127.0.0.1.", "127.0.0.1.."]
_NUMBERS = ["2130706433", "017700000001", "0x7f000001", "0x7F000001", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "0177.0.0.01", "0x7f.1", "127.0x1"]
_NUMBERS += ["00000000177.0.0.1", "0x0000007f.0.0.1", "127.0.0.0x1", "127.000.000.001", "2130706433.", "127.0.0.1%00", "127.0.0.1%2523"]
_SIX = [
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
]
_SIX += ["[::1%25lo]", "[::ffff:0:127.0.0.1]", "[0000::1]", "[::1"]
_LETTERS = [
    "①②⑦.⓪.⓪.①",
    "１２７.０.０.１",
    "127。0。0。1",
    "127．0．0．1",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ｌocalhost",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
]
_LETTERS += ["localhost.localdomain", "ip6-localhost", "loca\u00adlhost", "local\u200bhost", "127.0.0.1\t", "127.0.0.1 ", "127.0.0\n.1"]
_PARSERS = [
    "127.0.0.1\\@news.example",
    "news.example@127.0.0.1",
    "news.example#@127.0.0.1",
    "127.0.0.1?@news.example",
    "news.example:80@127.0.0.1",
]
_PARSERS += [
    "127.0.0.1:80\\@@news.example",
    "news.example\\.127.0.0.1",
    "%31%32%37.0.0.1",
    "127.0.0.1%2f@news.example",
    ";@127.0.0.1",
    "@127.0.0.1",
]
SPELLINGS = [*_DOTTED, *_NUMBERS, *_SIX, *_LETTERS, *_PARSERS]


def test_no_name_of_this_machine_is_ever_connected_to(scene: Scene) -> None:
    """With the resolver of the system, which knows more spellings than anybody who checks texts."""
    http = Http(user_agent="aseanwatch/0.1.0", deadline=PATIENCE, per_host_gap=0)
    answers_to = {spelling: refused(get, http, f"http://{spelling}:{scene.hostile.port}/rss.xml").reason for spelling in SPELLINGS}

    assert len(answers_to) >= 60
    assert set(answers_to.values()) <= {Reason.ADDRESS_REFUSED, Reason.DNS_FAILED, Reason.BAD_URL}
    assert scene.hostile.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_to_a_name_of_this_machine_is_followed(scene: Scene, status: int) -> None:
    with Publisher() as inside:
        for number, spelling in enumerate(SPELLINGS):
            latin = spelling.encode("utf-8").decode("latin-1").replace("\n", "")
            scene.hostile.behaves(f"/{number}", redirects(f"http://{latin}:{inside.port}/", status))
        http = Http(user_agent="aseanwatch/0.1.0", allow=[scene.hostile.origin], deadline=PATIENCE, per_host_gap=0)
        for number in range(len(SPELLINGS)):
            reason = refused(get, http, scene.hostile.url(f"/{number}")).reason
            assert reason in (Reason.ADDRESS_REFUSED, Reason.DNS_FAILED, Reason.BAD_URL, Reason.REDIRECT_REFUSED), SPELLINGS[number]
        assert inside.connections == 0
