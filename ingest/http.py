"""Fetching over HTTP: the one door to urllib3. Bounded in time and bytes, guarded against private addresses, polite, and honest in name.

One GET is one new connection to an address that was checked: the name is resolved once, every address it has must be public (or allowed),
and the connection goes to the checked address while TLS keeps verifying the name, so that a second, different answer of the DNS changes
nothing. Each redirect is a new hop through the same checks. The deadline covers DNS, connecting, TLS, headers and body together, however
they are dripped; waiting for our own politeness is not held against the server.

Proxy variables of the environment are not read: a proxy would connect where the guard cannot look. Cookies and Referer are never sent.
"""

import contextlib
import http.client
import ipaddress
import logging
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NoReturn, cast

import certifi
from urllib3.connection import HTTPConnection
from urllib3.exceptions import DecodeError, HTTPError, IncompleteRead, InvalidChunkLength, ProtocolError
from urllib3.response import BaseHTTPResponse

from core.errors import FetchError
from core.reasons import Reason
from core.sources import NotModified, Response
from ingest.addresses import Address, AllowList
from ingest.politeness import Turns
from ingest.threaded import Threaded
from ingest.urls import BadUrl, Target, masked, target, web_url
from ingest.walls import is_challenge

MIB = 1024 * 1024
MAX_REDIRECTS = 5
MAX_RETRY_AFTER = 24 * 3600.0
"""Seconds: no server may silence a source for longer."""

_CONNECT_PATIENCE = 10.0
_MAX_ADDRESSES = 4
_MAX_CODINGS = 2
_CHUNK = 64 * 1024
_ERROR_BODY = 16 * 1024
_HEADER_VALUE = 8 * 1024

_ACCEPT = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, */*;q=0.1",
    "page": "text/html, application/xhtml+xml, */*;q=0.1",
}
_CODINGS = frozenset({"gzip", "x-gzip", "deflate", "identity"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BINARY = (
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"OggS",
    b"RIFF",
    b"ID3",
    b"\x7fELF",
    b"\x00\x00\x01\xba",
)
_BINARY_TYPES = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip", "application/gzip", "application/x-gzip")
_STATUS_REASON = {
    401: Reason.UNAUTHORIZED,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    410: Reason.GONE,
    429: Reason.RATE_LIMITED,
}

Resolver = Callable[..., Sequence[tuple[Any, ...]]]
"""`socket.getaddrinfo`, or something that answers like it."""

# urllib3 writes whole URLs, keys included, into its warnings.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class Http:
    """A polite, guarded HTTP client; one object serves all threads.

    `allow`: addresses that may be reached though they are not public (see `AllowList`). `deadline`: seconds for one GET with its
    redirects. Caps are bytes after decoding. `per_host` requests at once and `per_host_gap` seconds between two starts hold for each
    host:port. `resolver`, `tls` and `now` are there for tests and for operators with their own certificates.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        contact: str = "",
        allow: Sequence[str] = (),
        deadline: float = 30.0,
        feed_cap: int = 8 * MIB,
        page_cap: int = 5 * MIB,
        per_host: int = 2,
        per_host_gap: float = 1.0,
        resolver: Resolver = socket.getaddrinfo,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._user_agent = f"{user_agent} (+{contact})" if contact else user_agent
        self._allowed = AllowList(allow)
        self._deadline = deadline
        self._cap = {"feed": feed_cap, "page": page_cap}
        self._turns = Turns(at_once=per_host, gap=per_host_gap)
        self._resolver = resolver
        self._tls = tls or _system_tls()
        self._tls.sslsocket_class = _TlsSocket
        self._now = now

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> Response | NotModified:
        """The whole answer to a GET; `accept` is `feed` or `page`. Raises FetchError, whose text holds no query value of any URL."""
        here = _target(url)
        headers = self._headers(accept, etag, last_modified)
        request = _Request(headers=headers, conditional=bool(etag or last_modified), cap=self._cap[accept])
        left = self._deadline
        for _ in range(MAX_REDIRECTS + 1):
            with self._turns.turn(here.origin):
                started = time.monotonic()
                answer = self._exchange(here, request, started + left)
                left -= time.monotonic() - started
            if not isinstance(answer, str):
                return answer
            here = _next_hop(here, answer)
        raise FetchError(Reason.TOO_MANY_REDIRECTS, f"more than {MAX_REDIRECTS}", subject=masked(url))

    def transfers(self) -> Threaded:
        """Many at a time."""
        return Threaded(self.get)

    def _headers(self, accept: str, etag: str | None, last_modified: str | None) -> dict[str, str]:
        headers = {"User-Agent": self._user_agent, "Accept": _ACCEPT[accept], "Accept-Encoding": "gzip", "Connection": "close"}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        return headers

    def _exchange(self, here: Target, request: "_Request", deadline: float) -> Response | NotModified | str:
        """One hop: the answer, or the Location of a redirect. Every error leaves as a FetchError with its reason."""
        clock = _Clock(deadline)
        with _as_fetch_errors(here, clock):
            addresses = self._resolved(here, clock)
            with contextlib.closing(self._connected(here, addresses, clock)) as sock:
                connection = HTTPConnection(here.host, here.port, timeout=clock.left())
                connection.sock = sock
                try:
                    connection.request("GET", here.path, headers={"Host": here.authority, **request.headers}, preload_content=False)
                    with contextlib.closing(connection.getresponse()) as response:
                        return self._settle(here, request, response)
                finally:
                    connection.close()

    # reaching the server

    def _resolved(self, here: Target, clock: "_Clock") -> list[Address]:
        """Every address of the host, all of them fit to connect to."""
        try:
            addresses: list[Address] = [ipaddress.ip_address(here.host)]
        except ValueError:
            addresses = self._looked_up(here, clock)
        if refused := self._allowed.refused(here.origin, addresses):
            raise FetchError(Reason.ADDRESS_REFUSED, f"{here.host} is at {refused[0]}, not a public address", subject=masked(here.url))
        return addresses[:_MAX_ADDRESSES]

    def _looked_up(self, here: Target, clock: "_Clock") -> list[Address]:
        # A look-up cannot be interrupted, only left behind: its thread ends when the resolver's own patience does.
        answers: queue.SimpleQueue[Sequence[tuple[Any, ...]] | Exception] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(self._resolver(here.host, here.port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError, ValueError) as error:
                answers.put(error)

        threading.Thread(target=look_up, name="dns", daemon=True).start()
        try:
            found = answers.get(timeout=clock.left())
        except queue.Empty:
            raise FetchError(Reason.DEADLINE, "the name was not resolved in time", subject=masked(here.url)) from None
        if isinstance(found, Exception):
            raise FetchError(Reason.DNS_FAILED, str(found), subject=masked(here.url)) from found
        addresses = list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found))
        if not addresses:
            raise FetchError(Reason.DNS_FAILED, "the name has no address", subject=masked(here.url))
        return addresses

    def _connected(self, here: Target, addresses: Sequence[Address], clock: "_Clock") -> socket.socket:
        """A socket to the first address that answers, wrapped in verified TLS for https."""
        sock = _first_open(here, addresses, clock)
        if here.scheme == "http":
            return sock
        sock.settimeout(clock.left())  # the handshake as a whole obeys it
        try:
            wrapped = cast(_TlsSocket, self._tls.wrap_socket(sock, server_hostname=here.host))
        except BaseException:
            sock.close()
            raise
        wrapped.clock = clock
        return wrapped

    # what it answered

    def _settle(self, here: Target, request: "_Request", response: BaseHTTPResponse) -> Response | NotModified | str:
        headers = {name.lower(): value[:_HEADER_VALUE] for name, value in response.headers.items()}
        status = response.status
        if status in _REDIRECTS and "location" in headers:
            return headers["location"]  # its body is neither read nor decoded
        if status == 304 and request.conditional:
            return NotModified(url=here.url, headers=headers)
        if status not in (200, 203):
            raise self._refusal(here, status, headers, response)
        _check_codings(here, headers)
        _check_type(here, headers)
        body = _body(here, response, request.cap)
        if not body:
            raise FetchError(Reason.EMPTY_BODY, subject=masked(here.url))
        return Response(url=here.url, status=status, headers=headers, body=body)

    def _refusal(self, here: Target, status: int, headers: Mapping[str, str], response: BaseHTTPResponse) -> FetchError:
        """The error for a status that brings no document."""
        subject = masked(here.url)
        if status in (403, 429, 503) and is_challenge(headers, _error_text(headers, response)):
            return FetchError(Reason.CHALLENGE, f"HTTP {status} with a page that wants to see a person", subject=subject)
        if status in (204, 205):
            return FetchError(Reason.EMPTY_BODY, f"HTTP {status}", subject=subject)
        reason = _STATUS_REASON.get(status)
        if reason is None:
            reason = Reason.CLIENT_ERROR if 400 <= status < 500 else Reason.SERVER_ERROR if status >= 500 else Reason.UNEXPECTED_STATUS
        pause = retry_after(headers, self._now()) if status in (429, 503) else None
        return FetchError(reason, f"HTTP {status}", subject=subject, retry_after=pause)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the Retry-After header asks for, at most `MAX_RETRY_AFTER`; None when it asks for nothing that can be understood.

    A date counts from the answer's own Date where it has one, because the server's clock may be wrong by itself (RFC 9110, 10.2.3).
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:12])
    else:
        until, since = _http_date(value), _http_date(headers.get("date", "")) or now
        if until is None:
            return None
        seconds = (until - since).total_seconds()
    return min(seconds, MAX_RETRY_AFTER) if seconds > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What stays the same from hop to hop."""

    headers: Mapping[str, str]
    conditional: bool
    cap: int


class _Clock:
    """The moment at which everything must have ended."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline

    def left(self) -> float:
        """Seconds left. Raises TimeoutError when there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        return left

    @property
    def over(self) -> bool:
        return time.monotonic() >= self._deadline


class _Clocked:
    """Mixed into a socket: no single read waits beyond the deadline, so a server that drips bytes cannot stretch it."""

    clock: _Clock

    def recv_into(self, *args: Any) -> int:
        self.settimeout(self.clock.left())  # type: ignore[attr-defined]
        return super().recv_into(*args)  # type: ignore[misc,no-any-return]


class _PlainSocket(_Clocked, socket.socket):
    """A TCP socket under a deadline."""


class _TlsSocket(_Clocked, ssl.SSLSocket):
    """A TLS socket under a deadline."""


def _system_tls() -> ssl.SSLContext:
    """Verification against the system's certificates, or certifi's where the system has none (slim container images)."""
    paths = ssl.get_default_verify_paths()
    known = paths.cafile or (paths.capath and any(Path(paths.capath).iterdir()))
    return ssl.create_default_context(cafile=None if known else certifi.where())


def _first_open(here: Target, addresses: Sequence[Address], clock: _Clock) -> _PlainSocket:
    failure: OSError | None = None
    for address in addresses:
        sock = _PlainSocket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
        sock.clock = clock
        try:
            sock.settimeout(min(clock.left(), _CONNECT_PATIENCE))
            sock.connect((str(address), here.port))
        except OSError as error:
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    if clock.over:
        raise TimeoutError("deadline")
    reason = Reason.CONNECT_TIMEOUT if isinstance(failure, TimeoutError) else Reason.CONNECT_FAILED
    raise FetchError(reason, str(failure), subject=masked(here.url)) from failure


@contextlib.contextmanager
def _as_fetch_errors(here: Target, clock: _Clock) -> Iterator[None]:
    """Turns whatever the network, TLS and urllib3 raise into a FetchError with its reason."""
    try:
        yield
    except FetchError:
        raise
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        _raise_fetch_error(here, clock, error)


def _raise_fetch_error(here: Target, clock: _Clock, error: Exception) -> NoReturn:
    subject = masked(here.url)
    root = _root(error)
    if clock.over or isinstance(root, TimeoutError):
        raise FetchError(Reason.DEADLINE, "the answer did not end in time", subject=subject) from error
    if isinstance(error, DecodeError):
        raise FetchError(Reason.BAD_ENCODING, "the body is not in the content coding it names", subject=subject) from error
    if isinstance(root, (ConnectionError, ssl.SSLEOFError)):
        raise FetchError(Reason.CONNECTION_LOST, type(root).__name__, subject=subject) from error
    if isinstance(root, ssl.SSLError):
        raise FetchError(Reason.TLS_ERROR, _tls_words(root), subject=subject) from error
    if isinstance(root, (IncompleteRead, InvalidChunkLength, http.client.IncompleteRead)) or isinstance(error, ProtocolError):
        raise FetchError(Reason.BODY_TRUNCATED, "the body ended before its announced length", subject=subject) from error
    if isinstance(root, OSError):
        raise FetchError(Reason.CONNECTION_LOST, type(root).__name__, subject=subject) from error
    raise FetchError(Reason.PROTOCOL_ERROR, type(root).__name__, subject=subject) from error


def _root(error: BaseException) -> BaseException:
    """What stood at the beginning of a chain of wrapped errors."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _tls_words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    return error.reason or type(error).__name__


def _target(url: str) -> Target:
    try:
        return target(url)
    except BadUrl as error:
        raise FetchError(Reason.BAD_URL, str(error), subject=masked(url)) from error


def _next_hop(here: Target, location: str) -> Target:
    """The target of a redirect. Raises FetchError for one that may not be followed, whatever its address."""
    subject = masked(here.url)
    if "\\" in location:
        raise FetchError(Reason.REDIRECT_REFUSED, "to an address with a backslash", subject=subject)
    there = web_url(location, here.url)
    if there is None:
        raise FetchError(Reason.REDIRECT_REFUSED, f"to {masked(location)[:200]}", subject=subject)
    if here.scheme == "https" and there.startswith("http:"):
        raise FetchError(Reason.REDIRECT_REFUSED, "from https down to http", subject=subject)
    return target(there)


def _check_codings(here: Target, headers: Mapping[str, str]) -> None:
    codings = [coding.strip().lower() for coding in headers.get("content-encoding", "").split(",") if coding.strip()]
    if len(codings) > _MAX_CODINGS or not _CODINGS.issuperset(codings):
        raise FetchError(Reason.BAD_ENCODING, f"content codings {', '.join(codings)[:100]}", subject=masked(here.url))


def _check_type(here: Target, headers: Mapping[str, str]) -> None:
    kind = headers.get("content-type", "").lower()
    if kind.startswith(_BINARY_TYPES):
        raise FetchError(Reason.WRONG_CONTENT_TYPE, kind[:100], subject=masked(here.url))


def _body(here: Target, response: BaseHTTPResponse, cap: int) -> bytes:
    """The decoded body, at most `cap` bytes; stops at the first chunk that is no text or one chunk beyond the cap."""
    subject = masked(here.url)
    if (response.length_remaining or 0) > cap and "content-encoding" not in response.headers:
        raise FetchError(Reason.BODY_TOO_LARGE, f"announces more than {cap} bytes", subject=subject)
    body = bytearray()
    for chunk in response.stream(_CHUNK, decode_content=True):
        if not body and _is_binary(chunk):
            raise FetchError(Reason.WRONG_CONTENT_TYPE, "the first bytes are not those of a text", subject=subject)
        body += chunk
        if len(body) > cap:
            raise FetchError(Reason.BODY_TOO_LARGE, f"more than {cap} bytes", subject=subject)
    return bytes(body)


def _is_binary(start: bytes) -> bool:
    """Whether a body that begins so is an archive, a document or a film (the Content-Type often does not say)."""
    return start.startswith(_BINARY) or start[4:8] == b"ftyp"


def _error_text(headers: Mapping[str, str], response: BaseHTTPResponse) -> str:
    """The beginning of an error's HTML, enough to know a challenge by; nothing for other types."""
    if "html" not in headers.get("content-type", "").lower() or not _CODINGS.issuperset(
        [headers.get("content-encoding", "identity").lower()]
    ):
        return ""
    try:
        return response.read(_ERROR_BODY, decode_content=True).decode("utf-8", "replace")
    except (HTTPError, OSError):
        return ""  # the status alone decides then


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
