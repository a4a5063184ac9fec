"""Fetching over HTTP: the one door to libcurl. Bounded in time and bytes, guarded against private addresses, polite, and honest in name.

A name is looked up by us, every address it has must be public (or allowed), and a socket is opened to one of those addresses only, while
TLS keeps verifying the name: a second, different answer of the DNS changes nothing. Each redirect is a new hop through the same checks. The
deadline covers DNS, connecting, TLS, headers and body together, however they are dripped; waiting for our own politeness is not held
against the server.

    asks       what is asked: headers, caps, where a redirect may lead
    names      host -> addresses that were checked
    handles    libcurl's options, the guarded socket, errors by reason
    answers    what came: head, body, verdict
    codings    gzip, undone within bounds
    transfers  many at once, in one thread
    forks      what a child process must not touch

Proxy variables of the environment are not read: a proxy would connect where the guard cannot look. Cookies and Referer are never sent.
"""

import socket
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from core.errors import FetchError
from core.sources import NotModified, Response
from ingest.addresses import AllowList
from ingest.http.answers import MAX_RETRY_AFTER, Came, retry_after
from ingest.http.asks import MAX_REDIRECTS, Ask, Asker, Redirect
from ingest.http.forks import watch
from ingest.http.handles import Handle, IdleHandles, Trust
from ingest.http.names import UNREACHED, Names, Resolver
from ingest.http.transfers import AT_ONCE, Transfers
from ingest.politeness import Turns

__all__ = ["MAX_REDIRECTS", "MAX_RETRY_AFTER", "MIB", "Http", "Resolver", "Transfers", "retry_after"]

MIB = 1024 * 1024


class Http:
    """A polite, guarded HTTP client; one object serves all threads.

    `allow`: addresses that may be reached though they are not public (see `AllowList`). `deadline`: seconds for one GET with its
    redirects. Caps are bytes after decoding. `per_host` requests at once and `per_host_gap` seconds between two starts hold for each
    host:port, in `get` and `transfers` together. `ca_file`: the certificates to believe, instead of the system's. `resolver` and `now`
    are there for tests.
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
        ca_file: Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._asker = Asker(user_agent=user_agent, contact=contact, deadline=deadline, feed_cap=feed_cap, page_cap=page_cap)
        self._trust = Trust.of(ca_file)
        self._now = now
        self._anew = partial(_shared, per_host, per_host_gap, resolver, AllowList(allow))
        self._turns, self._names, self._idle = self._anew()
        watch(self)

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> Response | NotModified:
        """The whole answer to a GET; `accept` is `feed` or `page`. Raises FetchError, whose text holds no query value of any URL."""
        ask = self._asker.ask(url, etag, last_modified, accept)
        while True:
            with self._turns.turn(ask.here.origin):
                started = time.monotonic()
                came = self._hop(ask)
                took = time.monotonic() - started
            if isinstance(came, FetchError):
                raise came
            if not isinstance(came, Redirect):
                return came
            ask = ask.follow(came, took)

    def transfers(self, at_once: int = AT_ONCE) -> Transfers:
        """Many GETs at once for the thread that asks; at most `at_once` of them are under way."""
        return Transfers(asker=self._asker, turns=self._turns, names=self._names, make_handle=self._handle, at_once=at_once)

    def forget(self) -> object:
        """Begins anew in a forked child (see `forks`)."""
        inherited = (self._turns, self._names, self._idle)
        self._turns, self._names, self._idle = self._anew()
        return inherited

    def _hop(self, ask: Ask) -> Came:
        until = time.monotonic() + ask.left
        spot = self._names.find(ask.here, ask.left)
        handle = self._idle.take(ask.here.origin) or self._handle()
        try:
            handle.prepare(ask, spot, until - time.monotonic())
            came = handle.perform()
        except BaseException:
            handle.close()
            raise
        self._idle.put(ask.here.origin, handle)
        if isinstance(came, FetchError) and came.reason in UNREACHED:
            self._names.forget(ask.here)
        return came

    def _handle(self) -> Handle:
        return Handle(user_agent=self._asker.user_agent, trust=self._trust, now=self._now)


def _shared(per_host: int, gap: float, resolver: Resolver, allowed: AllowList) -> tuple[Turns, Names, IdleHandles]:
    """What all threads share."""
    return Turns(at_once=per_host, gap=gap), Names(resolver, allowed), IdleHandles()
