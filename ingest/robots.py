"""robots.txt (RFC 9309): the one door to protego. Says of a page whether its publisher lets us fetch it, and at what pace.

    robots.txt                                      pages of that origin
    200                                             by its rules for `aseanwatch`, else for `*`
    4xx but 429, empty, no text, lost in redirects  allowed: there is none (section 2.3.1.3)
    5xx, 429, no answer                             not now (2.3.1.4): asked again after a while; after a day without an answer, allowed

The last line is where a watch on ministers differs from a crawler: a server whose robots.txt is broken for good would hide its
communiques. Until then the page waits, and its article is what the feed says of it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from core.errors import FetchError
from core.reasons import Reason
from core.sources import NotModified, Response
from ingest.urls import masked

AGENT = "aseanwatch"
"""The product token by which rules name us; our User-Agent header begins with it."""
KEPT = timedelta(hours=24)
"""How long an answer is believed (2.4)."""
PATIENCE = timedelta(hours=24)
"""After so long without an answer a server is taken to have no robots.txt."""
LONGEST_DELAY = 30.0
"""Seconds between two pages, whatever a Crawl-delay asks for: no publisher's figure may keep an outcome back for hours."""
MAX_BYTES = 500 * 1024
"""What is read of a file (2.5); rules beyond are not seen."""
MAX_ORIGINS = 1000

_PAUSE = timedelta(minutes=5)
"""Between two requests for a robots.txt that could not be had."""
_LONGEST_PAUSE = timedelta(hours=1)

# Answers after which there is no file, as opposed to no answer.
_NONE_THERE = frozenset(
    {
        Reason.UNAUTHORIZED,
        Reason.FORBIDDEN,
        Reason.CHALLENGE,
        Reason.NOT_FOUND,
        Reason.GONE,
        Reason.CLIENT_ERROR,
        Reason.UNEXPECTED_STATUS,
        Reason.EMPTY_BODY,
        Reason.BODY_TOO_LARGE,
        Reason.BAD_ENCODING,
        Reason.WRONG_CONTENT_TYPE,
        Reason.TOO_MANY_REDIRECTS,
        Reason.REDIRECT_REFUSED,
    }
)
_EVERYTHING = Protego.parse("")


class Get(Protocol):
    """What we need of an HTTP client."""

    def get(self, url: str, *, accept: str) -> Response | NotModified:
        """The answer to a GET. Raises FetchError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of one origin."""

    rules: Protego | None
    """None: no answer yet."""
    ask_at: datetime
    silent_since: datetime | None = None
    error: FetchError | None = None


class Robots:
    """The robots.txt of each origin (scheme, host, port), remembered for a day; one object serves all threads."""

    def __init__(self, client: Get, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._client = client
        self._now = now
        self._lock = threading.Lock()
        self._origins: OrderedDict[str, _Known] = OrderedDict()

    def __len__(self) -> int:
        """How many origins are remembered."""
        return len(self._origins)

    def check(self, page: str) -> float:
        """Seconds to leave between two pages of the origin, 0 to LONGEST_DELAY.

        Raises FetchError: ROBOTS when `page` may not be fetched, or the reason for which its robots.txt could not be had now.
        """
        known = self._known(page)
        if known.rules is None:
            error = known.error
            assert error is not None
            raise FetchError(error.reason, f"robots.txt: {error.detail}", subject=masked(page), retry_after=error.retry_after)
        if not known.rules.can_fetch(page, AGENT):
            raise FetchError(Reason.ROBOTS, subject=masked(page))
        return min(known.rules.crawl_delay(AGENT) or 0.0, LONGEST_DELAY)

    def _known(self, page: str) -> _Known:
        parts = urlsplit(page)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        now = self._now()
        with self._lock:
            before = self._origins.get(origin)
        if before is not None and now < before.ask_at <= now + KEPT:  # a clock that was set back does not make it last for ever
            return before
        after = self._asked(f"{origin}/robots.txt", before, now)
        with self._lock:
            self._origins[origin] = after
            self._origins.move_to_end(origin)
            while len(self._origins) > MAX_ORIGINS:
                self._origins.popitem(last=False)
        return after

    def _asked(self, url: str, before: _Known | None, now: datetime) -> _Known:
        try:
            came = self._client.get(url, accept="page")
        except FetchError as error:
            if error.reason in _NONE_THERE:
                return _Known(rules=_EVERYTHING, ask_at=now + KEPT)
            return _unanswered(before, error, now)
        return _Known(rules=Protego.parse(_text(came.body) if isinstance(came, Response) else ""), ask_at=now + KEPT)


def _text(body: bytes) -> str:
    """As much of the file as is read, in whole lines: half of a rule forbids more than the rule."""
    kept = body if len(body) <= MAX_BYTES else body[:MAX_BYTES].rpartition(b"\n")[0]
    return kept.decode("utf-8-sig", "replace")


def _unanswered(before: _Known | None, error: FetchError, now: datetime) -> _Known:
    """An old answer stands while no new one comes; without one we wait, but not for ever."""
    asked = timedelta(seconds=error.retry_after or 0)
    ask_at = now + max(_PAUSE, min(asked, _LONGEST_PAUSE))
    if before is not None and before.rules is not None:
        return replace(before, ask_at=ask_at)
    since = before.silent_since if before is not None and before.silent_since is not None else now
    if now - since >= PATIENCE:
        return _Known(rules=_EVERYTHING, ask_at=now + KEPT, silent_since=since)
    return _Known(rules=None, ask_at=ask_at, silent_since=since, error=error)
