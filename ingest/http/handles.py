"""libcurl's easy handles: the options that keep us safe and honest, sockets that are opened to checked addresses only, errors by reason.

What libcurl could do by itself and does not here: follow redirects, read proxies or passwords from the environment, keep cookies, send a
Referer, speak anything but HTTP, look up names, unpack bodies, believe in alternative services.
"""

import fcntl
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

import certifi
import pycurl

from core.errors import FetchError
from core.reasons import Reason
from ingest.http.answers import Answer, Came
from ingest.http.asks import Ask
from ingest.http.names import Spot

IDLE = 60
"""Seconds for which an open connection waits for another request."""

_CONNECT_PATIENCE = 10.0
_MAX_IDLE = 16
"""Handles that are kept for another hop."""
_CONNECTIONS = 4
"""Open connections that one handle keeps, when it is used by itself."""
_SLACK = 0.02
"""Seconds by which libcurl's clock, in whole milliseconds, may be ahead of ours."""
_BUFFER = 64 * 1024

_NO_SOCKET: int = pycurl.SOCKET_BAD
_PROTOCOLS = pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS
_FAMILIES = (socket.AF_INET, socket.AF_INET6)

_TLS = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_ISSUER_ERROR,
        pycurl.E_SSL_PINNEDPUBKEYNOTMATCH,
        pycurl.E_SSL_INVALIDCERTSTATUS,
        pycurl.E_USE_SSL_FAILED,
    }
)
_REASON = {
    pycurl.E_COULDNT_RESOLVE_HOST: (Reason.DNS_FAILED, "the name has no address"),
    pycurl.E_COULDNT_CONNECT: (Reason.CONNECT_FAILED, ""),
    pycurl.E_PARTIAL_FILE: (Reason.BODY_TRUNCATED, "the body ended before its announced length"),
    pycurl.E_GOT_NOTHING: (Reason.CONNECTION_LOST, "the server hung up without an answer"),
    pycurl.E_SEND_ERROR: (Reason.CONNECTION_LOST, ""),
    pycurl.E_RECV_ERROR: (Reason.CONNECTION_LOST, ""),
    pycurl.E_BAD_CONTENT_ENCODING: (Reason.BAD_ENCODING, ""),
    pycurl.E_URL_MALFORMAT: (Reason.BAD_URL, "libcurl cannot take it apart"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose certificates are believed: a file, or a folder of them."""

    file: str | None = None
    folder: str | None = None

    @classmethod
    def of(cls, ca_file: Path | None) -> "Trust":
        """The given file, or the system's, or certifi's where the system has none (slim container images)."""
        if ca_file is not None:
            return cls(file=str(ca_file))
        paths = ssl.get_default_verify_paths()
        if paths.cafile:
            return cls(file=paths.cafile)
        if paths.capath and any(Path(paths.capath).iterdir()):
            return cls(folder=paths.capath)
        return cls(file=certifi.where())


class Handle:
    """One easy handle and the answer that it is at. Used for one hop after the other; by one thread at a time."""

    def __init__(self, *, user_agent: str, trust: Trust, now: Callable[[], datetime]) -> None:
        self.curl = pycurl.Curl()
        self._now = now
        self._ask: Ask | None = None
        self._spot: Spot | None = None
        self._answer: Answer | None = None
        self._until = 0.0
        self._unopened: FetchError | None = None
        for option, value in _options(user_agent, trust):
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._opens)
        self.curl.setopt(pycurl.SOCKOPTFUNCTION, _keeps_from_children)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._takes_line)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._takes_body)

    def prepare(self, ask: Ask, spot: Spot, left: float) -> None:
        """Makes the handle ready for this hop, which has `left` seconds. Raises FetchError for what libcurl does not take."""
        self._ask, self._spot, self._unopened = ask, spot, None
        self._answer = Answer(ask, self._now)
        self._until = time.monotonic() + left
        set_option = self.curl.setopt
        try:
            set_option(pycurl.URL, ask.here.url)
            set_option(pycurl.HTTPHEADER, ask.headers)
            set_option(pycurl.RESOLVE, spot.pin)
            set_option(pycurl.TIMEOUT_MS, max(int(left * 1000), 1))
        except (pycurl.error, ValueError, TypeError) as error:
            raise FetchError(Reason.BAD_URL, "libcurl does not take it", subject=ask.subject) from error

    def perform(self) -> Came:
        """Goes the hop and waits for its end. Raises nothing but what signals raise; the handle is then of no use any more."""
        # Called about once a second, it gives Python the chance to see a signal.
        self.curl.setopt(pycurl.XFERINFOFUNCTION, _looks_up)
        self.curl.setopt(pycurl.NOPROGRESS, 0)
        try:
            self.curl.perform()
        except pycurl.error as error:
            return self.settle(*error.args)
        return self.settle(pycurl.E_OK, "")

    def settle(self, code: int, message: str) -> Came:
        """What the hop came to, by libcurl's code and words."""
        answer, ask = self._answer, self._ask
        assert answer is not None
        assert ask is not None
        self._answer = self._ask = self._spot = None
        if code == pycurl.E_OK:
            return answer.ends(None)
        failure = self._failure(ask, code, message)
        failure.__cause__ = pycurl.error(code, message)
        return answer.ends(failure)

    def close(self) -> None:
        """Closes the handle with its connections."""
        self.curl.close()

    def _opens(self, purpose: int, address: tuple[int, int, int, tuple[str, int]]) -> socket.socket | int:
        """The one way to a socket: to an address that was checked for this hop, and to no other."""
        spot, ask = self._spot, self._ask
        if spot is None or ask is None:
            return _NO_SOCKET
        family, kind, protocol, place = address
        if family not in _FAMILIES or ip_address(place[0]) not in spot.addresses or place[1] != spot.port:
            self._unopened = FetchError(Reason.ADDRESS_REFUSED, f"{place} was not checked", subject=ask.subject)
            return _NO_SOCKET
        try:
            return socket.socket(family, kind, protocol)
        except OSError as error:  # too many open files, or no IPv6 here: another address may do
            self._unopened = FetchError(Reason.CONNECT_FAILED, str(error), subject=ask.subject)
            return _NO_SOCKET

    def _takes_line(self, line: bytes) -> int | None:
        return None if self._answer is not None and self._answer.takes_line(line) else -1

    def _takes_body(self, data: bytes) -> int | None:
        return None if self._answer is not None and self._answer.takes_body(data) else -1

    def _failure(self, ask: Ask, code: int, message: str) -> FetchError:
        if code == pycurl.E_OPERATION_TIMEDOUT:
            if time.monotonic() < self._until - _SLACK:
                return FetchError(Reason.CONNECT_TIMEOUT, f"no connection within {_CONNECT_PATIENCE:.0f} s", subject=ask.subject)
            return FetchError(Reason.DEADLINE, "the answer did not end in time", subject=ask.subject)
        if code == pycurl.E_COULDNT_CONNECT and self._unopened is not None:
            return self._unopened
        if code in _TLS:
            return _tls_failure(ask, message)
        reason, detail = _REASON.get(code, (Reason.PROTOCOL_ERROR, ""))
        if code == pycurl.E_RECV_ERROR and not message.startswith("Recv failure"):
            reason = Reason.BODY_TRUNCATED if "chunk" in message.lower() else Reason.PROTOCOL_ERROR
        return FetchError(reason, detail or message[:200], subject=ask.subject)


class IdleHandles:
    """Handles that wait for their next hop, with the connections that they hold open. Serves all threads."""

    def __init__(self) -> None:
        self._handles: list[tuple[str, float, Handle]] = []
        """Origin of the last hop, when it ended, handle: the oldest first."""
        self._lock = threading.Lock()

    def take(self, origin: str) -> Handle | None:
        """The handle that was last at `origin`, else the one that waits longest, else none."""
        with self._lock:
            self._close_old()
            if not self._handles:
                return None
            found = next((one for one in reversed(self._handles) if one[0] == origin), self._handles[0])
            self._handles.remove(found)
            return found[2]

    def put(self, origin: str, handle: Handle) -> None:
        """Keeps the handle for another hop."""
        with self._lock:
            self._handles.append((origin, time.monotonic(), handle))
            self._close_old()

    def _close_old(self) -> None:
        before = time.monotonic() - IDLE
        while self._handles and (len(self._handles) > _MAX_IDLE or self._handles[0][1] < before):
            self._handles.pop(0)[2].close()


def _options(user_agent: str, trust: Trust) -> list[tuple[int, object]]:
    """What holds for every hop."""
    return [
        (pycurl.NOSIGNAL, 1),
        (pycurl.USERAGENT, user_agent.encode()),
        (pycurl.PROTOCOLS, _PROTOCOLS),
        (pycurl.REDIR_PROTOCOLS, _PROTOCOLS),
        (pycurl.FOLLOWLOCATION, 0),
        (pycurl.PATH_AS_IS, 1),
        (pycurl.PROXY, ""),
        (pycurl.NOPROXY, "*"),
        (pycurl.NETRC, pycurl.NETRC_IGNORED),
        (pycurl.HTTP09_ALLOWED, 0),
        (pycurl.HTTP_CONTENT_DECODING, 0),
        # One protocol less that a stranger can break us with; a feed is one request, which HTTP/2 does not make cheaper.
        (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
        (pycurl.SSL_VERIFYPEER, 1),
        (pycurl.SSL_VERIFYHOST, 2),
        (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
        (pycurl.CAINFO, trust.file),
        (pycurl.CAPATH, trust.folder),
        (pycurl.CONNECTTIMEOUT_MS, int(_CONNECT_PATIENCE * 1000)),
        (pycurl.DNS_CACHE_TIMEOUT, IDLE),
        (pycurl.MAXCONNECTS, _CONNECTIONS),
        (pycurl.MAXAGE_CONN, IDLE),
        (pycurl.BUFFERSIZE, _BUFFER),
    ]


def _keeps_from_children(fd: int, purpose: int) -> int:
    """Marks a socket as ours alone: libcurl holds a copy of the one that we opened, and the mark is not copied."""
    fcntl.fcntl(fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return 0


def _looks_up(*_: object) -> None:
    """Does nothing, in Python."""


def _tls_failure(ask: Ask, message: str) -> FetchError:
    words = message.lower()
    if "syscall" in words or "reset by peer" in words or "unexpected eof" in words:
        return FetchError(Reason.CONNECTION_LOST, "during the TLS handshake", subject=ask.subject)
    certificate = "certificate" in words or "subject name" in words
    detail = f"certificate: {message.rpartition('certificate problem: ')[2]}" if certificate else message
    return FetchError(Reason.TLS_ERROR, detail[:200], subject=ask.subject)
