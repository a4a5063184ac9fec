"""A news site on loopback: feeds with validators, article pages in full site dress, and every bad manner a server can have.

    with Publisher() as publisher:
        publisher.adds("amm-58", title="Ministers adopt ...", paragraphs=["...", "..."], published=moment)
        publisher.behaves("/rss.xml", answers(429, {"Retry-After": "120"}), times=1)
        ... publisher.url("/rss.xml"), publisher.requests ...

A behaviour is a function that writes the answer; those below are ready made.
"""

import hashlib
import html
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext

RSS, ATOM, JSON = "/rss.xml", "/atom.xml", "/feed.json"
MEGABYTE = 1024 * 1024
_START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class Story:
    """One article of the site."""

    id: str
    title: str
    body_html: str
    published: datetime | None
    summary: str
    guid: str | None = None
    """Instead of the page's URL."""
    in_feed: bool = True


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it came, and what was answered."""

    path: str
    headers: Mapping[str, str]
    at: float
    """Monotonic seconds."""
    status: list[int] = field(default_factory=list)
    """Filled with the status when the answer begins."""


class Publisher:
    """The site, from `with` to the end of the block. Pages are at `/news/ID.html`, feeds at RSS, ATOM and JSON; all else is 404."""

    def __init__(self, *, name: str = "The ASEAN Courier", tls: SSLContext | None = None) -> None:
        self.name = name
        self.stories: list[Story] = []
        self.requests: list[Request] = []
        self.full_text = False
        """Whether feeds carry whole articles (content:encoded)."""
        self.page_size: int | None = None
        """Stories in a feed at a time; the Atom feed names pages with older ones (`?page=2`). None: all."""
        self.changed = _START
        self.keeps_open = False
        """Whether a connection may bring more than one request."""
        self.connections = 0
        """How many were made to it."""
        self._behaviours: dict[str, tuple[Behaviour, int]] = {}
        self._scheme = "https" if tls else "http"
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.publisher = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> "Publisher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.closing.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(5)
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def origin(self) -> str:
        """host:port, as the allow-list wants it."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = RSS, *, host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def page_url(self, story: str) -> str:
        return self.url(f"/news/{story}.html")

    def adds(
        self,
        id: str,
        *,
        title: str,
        paragraphs: Sequence[str] = (),
        body_html: str = "",
        published: datetime | None = None,
        summary: str = "",
        guid: str | None = None,
    ) -> Story:
        """Puts a new article on top of the site and its feeds."""
        body = body_html or "".join(f"<p>{html.escape(paragraph, quote=False)}</p>\n" for paragraph in paragraphs)
        story = Story(id=id, title=title, body_html=body, published=published, summary=summary or title, guid=guid)
        self.stories.insert(0, story)
        return story

    def adds_text(self, id: str, text: str, *, published: datetime | None = None) -> Story:
        """Like `adds`, from plain text: the first line is the title, every other line a paragraph."""
        title, *paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
        return self.adds(id, title=title, paragraphs=paragraphs, published=published)

    def behaves(self, path: str, behaviour: "Behaviour", *, times: int = 1_000_000) -> None:
        """From now on, or for so many requests, `path` is answered by `behaviour`."""
        self._behaviours[path] = (behaviour, times)

    def behaves_well(self, path: str) -> None:
        """Back to the honest answer."""
        self._behaviours.pop(path, None)

    def asked(self, path: str) -> list[Request]:
        """The requests for `path` so far."""
        return [request for request in self.requests if request.path == path]

    def answer(self, answering: "_Handler") -> None:
        """Answers one request."""
        behaviour, left = self._behaviours.get(answering.path, (honest, 0))
        if left == 1:
            self.behaves_well(answering.path)
        elif left:
            self._behaviours[answering.path] = (behaviour, left - 1)
        behaviour(answering, self)

    def document(self, path: str) -> tuple[str, bytes] | None:
        """Content type and body of the honest answer, None when there is nothing at `path`."""
        if path == RSS:
            return "application/rss+xml; charset=utf-8", self._rss().encode()
        feed, _, page = path.partition("?page=")
        if feed == ATOM and (not page or page.isdigit()):
            return "application/atom+xml; charset=utf-8", self._atom(int(page or 1)).encode()
        if path == JSON:
            return "application/feed+json", self._json().encode()
        for story in self.stories:
            if path == f"/news/{story.id}.html":
                return "text/html; charset=utf-8", self._page(story).encode()
        return None

    def _announced(self, page: int = 1) -> list[Story]:
        announced = [story for story in self.stories if story.in_feed]
        size = self.page_size or max(len(announced), 1)
        return announced[(page - 1) * size : page * size]

    def _rss(self) -> str:
        items = "".join(self._rss_item(story) for story in self._announced())
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>{html.escape(self.name)}</title><link>{self.url('/')}</link><description>News</description>\n{items}</channel></rss>\n"
        )

    def _rss_item(self, story: Story) -> str:
        permalink = "false" if story.guid else "true"
        return (
            f"<item><title>{html.escape(story.title)}</title><link>{self.page_url(story.id)}</link>"
            f'<guid isPermaLink="{permalink}">{html.escape(story.guid or self.page_url(story.id))}</guid>'
            + (f"<pubDate>{format_datetime(story.published)}</pubDate>" if story.published else "")
            + f"<description>{html.escape(f'<p>{html.escape(story.summary)}</p>')}</description>"
            + (f"<content:encoded><![CDATA[{story.body_html}]]></content:encoded>" if self.full_text else "")
            + "</item>\n"
        )

    def _atom(self, page: int = 1) -> str:
        entries = "".join(self._atom_entry(story) for story in self._announced(page))
        older = f'<link rel="next" href="{self.url(ATOM)}?page={page + 1}"/>' if self._announced(page + 1) else ""
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
            f"<id>{self.url('/')}</id><title>{html.escape(self.name)}</title><updated>{self.changed.isoformat()}</updated>{older}\n{entries}</feed>\n"
        )

    def _atom_entry(self, story: Story) -> str:
        name = story.guid or f"tag:courier.example,2026:{story.id}"
        return (
            f"<entry><id>{html.escape(name)}</id>"
            f'<title>{html.escape(story.title)}</title><link rel="alternate" href="/news/{story.id}.html"/>'
            f"<updated>{(story.published or self.changed).isoformat()}</updated>"
            f'<summary type="text">{html.escape(story.summary)}</summary>'
            + (f'<content type="html">{html.escape(story.body_html)}</content>' if self.full_text else "")
            + "</entry>\n"
        )

    def _json(self) -> str:
        items = [
            {"id": story.guid or story.id, "url": self.page_url(story.id), "title": story.title, "summary": story.summary}
            | ({"date_published": story.published.isoformat()} if story.published else {})
            | ({"content_html": story.body_html} if self.full_text else {})
            for story in self._announced()
        ]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": self.name, "items": items}, ensure_ascii=False)

    def _page(self, story: Story) -> str:
        return _PAGE.format(
            site=html.escape(self.name),
            title=html.escape(story.title),
            canonical=self.page_url(story.id),
            published=(story.published or self.changed).isoformat(),
            body=story.body_html,
        )


# The dress of a news page: what surrounds the text on real sites, and must not end up in it.
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<title>{title} | {site}</title>
<link rel="canonical" href="{canonical}">
<meta property="og:title" content="{title}"><meta property="og:site_name" content="{site}">
<meta property="article:published_time" content="{published}">
<script>window.dataLayer = window.dataLayer || []; function gtag() {{ dataLayer.push(arguments); }}</script>
<style>.teaser {{ color: #333 }}</style>
</head><body>
<header class="site-header"><a class="logo" href="/">{site}</a>
<nav class="main-menu"><ul><li><a href="/politics">Politics</a></li><li><a href="/world">World</a></li>
<li><a href="/business">Business</a></li><li><a href="/sport">Sport</a></li><li><a href="/video">Video</a></li></ul></nav>
<form class="search"><input name="q" placeholder="Search"></form></header>
<div class="breadcrumb"><a href="/">Home</a> &raquo; <a href="/politics">Politics</a></div>
<div class="wrapper"><main>
<article class="article-content">
<h1 class="article-title">{title}</h1>
<div class="article-meta"><span class="byline">By our correspondent</span> <time datetime="{published}">updated today</time>
<ul class="share-buttons"><li><a href="#">Facebook</a></li><li><a href="#">X</a></li><li><a href="#">Copy link</a></li></ul></div>
<figure><img src="/img/meeting.jpg" alt="Delegates">
<figcaption>Delegates pose for a family photo before the session. Photo: VNA</figcaption></figure>
<div class="article-body">
{body}
</div>
<div class="tags">Tags: <a href="/tag/asean">ASEAN</a> <a href="/tag/summit">Summit</a></div>
</article>
<section class="related"><h3>Related news</h3><ul>
<li class="teaser"><a href="/news/old-1.html">Ministers sign agreement on regional power grid</a></li>
<li class="teaser"><a href="/news/old-2.html">Timor-Leste accedes to treaty, officials say</a></li>
<li class="teaser"><a href="/news/old-3.html">Leaders adopt declaration on digital economy</a></li></ul></section>
</main>
<aside class="sidebar"><h3>Most read</h3><ol><li><a href="/news/pop-1.html">Typhoon nears the coast</a></li>
<li><a href="/news/pop-2.html">Ten places to eat this weekend</a></li></ol>
<div class="newsletter"><p>Subscribe to our newsletter</p><form><input type="email"><button>Sign up</button></form></div></aside></div>
<footer class="site-footer"><p>&copy; 2026 {site}. All rights reserved.</p>
<ul><li><a href="/about">About us</a></li>
<li><a href="/privacy">Privacy policy</a></li><li><a href="/contact">Contact</a></li></ul></footer>
</body></html>
"""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    publisher: Publisher

    def __init__(self, *args: object) -> None:
        self.closing = threading.Event()
        super().__init__(*args)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error of the publisher's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    request_made: Request

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.request_made = Request(path=self.path, headers=headers, at=time.monotonic())
        self.server.publisher.requests.append(self.request_made)
        self.close_connection = not self.server.publisher.keeps_open
        self.server.publisher.answer(self)

    def setup(self) -> None:
        self.server.publisher.connections += 1
        super().setup()

    def begins(self, status: int, headers: Mapping[str, str]) -> None:
        """Status line and headers."""
        self.request_made.status.append(status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if not self.server.publisher.keeps_open:
            self.send_header("Connection", "close")
        self.end_headers()

    def answers(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """A whole answer."""
        self.begins(status, {"Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def waits(self, seconds: float | None = None) -> bool:
        """Waits so long, or until the publisher closes; whether it closes."""
        return self.server.closing.wait(seconds)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


Behaviour = Callable[[_Handler, Publisher], None]


def honest(answering: _Handler, publisher: Publisher) -> None:
    """The document with validators; 304 for a client that has it; 404 for none."""
    found = publisher.document(answering.path)
    if found is None:
        answering.answers(404, {"Content-Type": "text/html"}, b"<html><body>Not found</body></html>")
        return
    kind, body = found
    validators = {"ETag": f'"{hashlib.sha1(body).hexdigest()}"', "Last-Modified": format_datetime(publisher.changed, usegmt=True)}
    if answering.headers.get("If-None-Match") == validators["ETag"]:
        answering.begins(304, validators)
    else:
        answering.answers(200, {"Content-Type": kind, **validators}, body)


def answers(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Behaviour:
    """Always this answer: answers(429, {"Retry-After": "60"}), answers(304), answers(410)..."""

    def behave(answering: _Handler, publisher: Publisher) -> None:
        if status == 304:
            answering.begins(status, headers or {})
        else:
            answering.answers(status, {"Content-Type": "text/html; charset=utf-8"} | dict(headers or {}), body)

    return behave


def redirects(location: str, status: int = 302, body: bytes = b"") -> Behaviour:
    """A redirect to `location`."""
    return answers(status, {"Location": location}, body)


def mislabelled(content_type: str, encoding: str | None = None) -> Behaviour:
    """The honest document under a false Content-Type, and re-encoded when `encoding` is given."""

    def behave(answering: _Handler, publisher: Publisher) -> None:
        _, body = publisher.document(answering.path) or ("", b"")
        answering.answers(200, {"Content-Type": content_type}, body.decode().encode(encoding) if encoding else body)

    return behave


def bombs(megabytes: int = 500, codings: str = "gzip") -> Behaviour:
    """Zeros that are a thousand times smaller on the wire."""

    def behave(answering: _Handler, publisher: Publisher) -> None:
        answering.begins(200, {"Content-Type": "application/rss+xml", "Content-Encoding": codings})
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        for _ in range(megabytes):
            answering.wfile.write(packer.compress(bytes(MEGABYTE)))
        answering.wfile.write(packer.flush())

    return behave


def floods(megabytes: int, content_type: str = "text/html") -> Behaviour:
    """A body without an announced length that goes on and on."""

    def behave(answering: _Handler, publisher: Publisher) -> None:
        answering.begins(200, {"Content-Type": content_type})
        for _ in range(megabytes):
            answering.wfile.write(b"<p>news</p>" * (MEGABYTE // 11))

    return behave


def hangs(answering: _Handler, publisher: Publisher) -> None:
    """Takes the request and says nothing."""
    answering.waits()


def hangs_mid_body(answering: _Handler, publisher: Publisher) -> None:
    """Half the document, then nothing."""
    kind, body = publisher.document(answering.path) or ("text/html", b"<html>" * 100)
    answering.begins(200, {"Content-Type": kind, "Content-Length": str(len(body))})
    answering.wfile.write(body[: len(body) // 2])
    answering.waits()


def drips_headers(answering: _Handler, publisher: Publisher) -> None:
    """A header that never ends, a byte at a time."""
    answering.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not answering.waits(0.05):
        answering.wfile.write(b"x")


def drips_body(answering: _Handler, publisher: Publisher) -> None:
    """A body that never ends, a byte at a time."""
    answering.begins(200, {"Content-Type": "text/html", "Content-Length": "1000000"})
    while not answering.waits(0.05):
        answering.wfile.write(b"x")


def floods_headers(answering: _Handler, publisher: Publisher) -> None:
    """Ten thousand headers."""
    answering.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(10_000)) + b"\r\n")


def truncates(answering: _Handler, publisher: Publisher) -> None:
    """Half the document under the announced length and the ETag of the whole, then the end."""
    kind, body = publisher.document(answering.path) or ("text/html", b"<html>" * 100)
    answering.begins(200, {"Content-Type": kind, "Content-Length": str(len(body)), "ETag": '"half"'})
    answering.wfile.write(body[: len(body) // 2])


def truncates_silently(answering: _Handler, publisher: Publisher) -> None:
    """The same without an announced length: only the document itself shows that its end is missing."""
    kind, body = publisher.document(answering.path) or ("text/html", b"<html>" * 100)
    answering.begins(200, {"Content-Type": kind, "ETag": '"half"'})
    answering.wfile.write(body[: int(len(body) * 0.6)])


def resets(answering: _Handler, publisher: Publisher) -> None:
    """Hangs up hard (RST) once it has the request."""
    answering.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    answering.connection.close()


def says(raw: bytes) -> Behaviour:
    """These bytes, and the end."""

    def behave(answering: _Handler, publisher: Publisher) -> None:
        answering.close_connection = True
        answering.wfile.write(raw)

    return behave


def babbles(answering: _Handler, publisher: Publisher) -> None:
    """Something that is not HTTP."""
    answering.wfile.write(b"220 mail.example ESMTP ready\r\n")


def changing_guids(publisher: Publisher) -> None:
    """Gives every story another guid than it had, as a site does that was rebuilt."""
    for number, story in enumerate(publisher.stories):
        story.guid = f"rebuilt-{time.monotonic_ns()}-{number}"
