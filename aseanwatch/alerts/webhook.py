"""A webhook, by our own hand: connect first, then write, follow nothing, and read the answer for what it says.

2xx                                -> accepted
3xx, 408, 425, 429, 5xx            -> retry, after the pause that Retry-After asks for
any other status                   -> rejected
no connection, TLS or proxy        -> not_sent
anything else after the first byte -> unknown
"""

import http.client
import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

from aseanwatch.alerts.messages import full
from aseanwatch.alerts.sending import CONNECT_SECONDS, Attempt, Sender, TooLate, known_as
from aseanwatch.alerts.targets import Target
from aseanwatch.alerts.templates import Templates
from core.alerts import Alert, Delivery, NewsItem, Receipt, ReceiptKind
from core.errors import ConfigError

LONGEST_PAUSE = 6 * 3600.0
"""Seconds for which a receiver may ask us to wait at most."""
NO_RETRY_AFTER = 30.0
"""Seconds after a 429 that names no pause."""
_ANSWER_BYTES = 65_536
_RETRYABLE = frozenset({408, 425, 429})
_OURS = frozenset({"idempotency-key", "content-length", "host", "transfer-encoding", "connection", "expect"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a webhook listens. All of it may be secret."""

    secure: bool
    host: str
    port: int
    path: str = field(repr=False)
    """With its query, percent-encoded."""
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    payload: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Entries that the user adds, renames (to a name) or leaves out (empty)."""
    verify: bool = True

    def check(self, subject: str) -> None:
        """Raises ConfigError for a header that cannot be."""
        for name, value in self.headers.items():
            if name.lower() in _OURS:
                raise ConfigError("a header of the protocol, or of ours, cannot be set", subject=subject)
            if not (name.isascii() and name.isprintable() and value.isprintable() and _latin(value)) or set(name) & set(": \t"):
                raise ConfigError("a header must be one line of Latin letters", subject=subject)


def path_of(path: str, parameters: Mapping[str, str]) -> str:
    """`path` and its query as they go over the wire."""
    query = urlencode(parameters)
    return quote(path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{query}" if query else "")


def basic(user: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


class WebhookSender(Sender):
    """Delivers to one webhook."""

    def __init__(self, target: Target, route: Route, templates: Templates, **options: Any) -> None:
        """`options` are those of `Sender`. Raises ConfigError for a route that cannot be."""
        super().__init__(target, templates, **options)
        route.check(target.subject)
        self._route = route

    def _carry(self, attempt: Attempt, delivery: Delivery, alert: Alert) -> Receipt:
        body = json.dumps(self._payload(delivery, alert), ensure_ascii=False).encode()
        headers = {"User-Agent": "aseanwatch", "Content-Type": "application/json", "Accept": "*/*"}
        headers |= dict(self._route.headers) | {"Idempotency-Key": delivery.key, "Connection": "close"}
        connection, path, more = self._connected(attempt)
        try:
            attempt.begin()
            answer = _asked(connection, self._route.method, path, body, headers | more, attempt)
            if answer is None:
                return Receipt(kind=ReceiptKind.UNKNOWN, reason="no complete answer")
            return receipt(answer, _read(answer), datetime.now(UTC), self._target.url)
        finally:
            connection.close()

    def _connected(self, attempt: Attempt) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
        """A connection that stands, TLS and all; the path to ask for and the headers that a proxy wants."""
        route = self._route
        proxy = _proxy(route)
        host, port = (proxy.hostname or "", proxy.port or 8080) if proxy else (route.host, route.port)
        told = {"Proxy-Authorization": basic(unquote(proxy.username), unquote(proxy.password or ""))} if proxy and proxy.username else {}
        seconds = attempt.left(CONNECT_SECONDS)
        path, more = route.path, {}
        connection: http.client.HTTPConnection
        if route.secure:
            context = self._tls(verify=route.verify)
            connection = http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
            if proxy:
                connection.set_tunnel(route.host, route.port, headers=told)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=seconds)
            if proxy:
                place = route.host if route.port == 80 else f"{route.host}:{route.port}"
                path, more = f"http://{place}{route.path}", told
        attempt.holds(lambda: _broken_off(connection))
        connection.connect()
        return connection, path, more

    def _payload(self, delivery: Delivery, alert: Alert) -> dict[str, object]:
        """What is sent: the words for people, the same as fields for programs, and what the user adds, renames or leaves out."""
        message = full(alert, delivery, self._templates)
        payload: dict[str, object] = {
            "version": "1.0",
            "title": message.subject,
            "message": message.body,
            "attachments": [],
            "type": "info",
            "delivery": delivery.key,
            "alert": alert.key,
            "kind": alert.kind.value,
            "corrects": alert.corrects,
            "repeat": delivery.repeat,
            "created_at": alert.created_at.isoformat(),
            "article": _article(alert.url, alert.headline, alert.publisher, alert.published),
            "outcomes": [_outcome(item) for item in alert.news],
            "parts": [
                {"alert": one.alert, "kind": one.kind.value}
                | {"article": _article(one.url, one.headline, one.publisher, one.published)}
                | {"outcomes": [_outcome(item) for item in one.news]}
                for one in alert.parts
            ],
            "notes": list(alert.notes),
        }
        for name, value in self._route.payload.items():
            if name not in payload:
                payload[name] = value
            elif value:
                payload[value] = payload.pop(name)
            else:
                del payload[name]
        return payload


def receipt(answer: http.client.HTTPResponse, body: bytes, now: datetime, url: str) -> Receipt:
    """What a whole answer means. `url` is a secret that must not come back in it."""
    status = answer.status
    if 200 <= status < 300:
        return Receipt(kind=ReceiptKind.ACCEPTED, reason=known_as(_name(body), url))
    if 300 <= status < 400:
        return Receipt(kind=ReceiptKind.RETRY, reason=f"HTTP {status}: the address moved; redirects are not followed")
    if status < 500 and status not in _RETRYABLE:
        return Receipt(kind=ReceiptKind.REJECTED, reason=f"HTTP {status}")
    pause = retry_after(answer.getheader("Retry-After", ""), now)
    if pause is None and status == 429:
        pause = NO_RETRY_AFTER
    return Receipt(kind=ReceiptKind.RETRY, reason=f"HTTP {status}", retry_after=pause)


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, in figures or as a date (RFC 9110, 10.2.3), six hours at most; None: no sense."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_PAUSE)
    with suppress(ValueError, TypeError, OverflowError):
        at = parsedate_to_datetime(value)
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
        return min(max(seconds, 0.0), LONGEST_PAUSE)
    return None


def _asked(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: Mapping[str, str], attempt: Attempt
) -> http.client.HTTPResponse | None:
    """The answer, when one came; a receiver may refuse in the midst of the request and close. Raises TooLate when the time is over."""
    connection.sock.settimeout(attempt.left())
    with suppress(OSError):
        connection.request(method, path, body, dict(headers))
    try:
        return connection.getresponse()
    except TimeoutError:
        raise TooLate from None
    except (OSError, http.client.HTTPException):
        return None


def _read(answer: http.client.HTTPResponse) -> bytes:
    """The beginning of the answer's body: of interest, but no part of the verdict."""
    try:
        return answer.read(_ANSWER_BYTES)
    except (OSError, http.client.HTTPException):
        return b""


def _name(body: bytes) -> object:
    """The `id` that the receiver gave the message."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    return told.get("id", "") if isinstance(told, dict) else ""


def _proxy(route: Route) -> SplitResult | None:
    found = getproxies().get("https" if route.secure else "http")
    return urlsplit(found if "//" in found else f"http://{found}") if found and not proxy_bypass(route.host) else None


def _broken_off(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        connection.sock.close()


def _latin(value: str) -> bool:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _article(url: str, headline: str, publisher: str, published: datetime | None) -> dict[str, object]:
    return {"url": url, "headline": headline, "publisher": publisher, "published": published.isoformat() if published else None}


def _outcome(item: NewsItem) -> dict[str, object]:
    return asdict(item)
