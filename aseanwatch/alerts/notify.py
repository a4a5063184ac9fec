"""Sends one alert to one target through Apprise, and says truly what came of it. The one door to Apprise.

Apprise answers "failure" to everything from a wrong name to a message that arrived but was acknowledged late. What it
logs meanwhile tells these apart; its lines hold secrets, so they are read here and shown to nobody:

    could not connect, TLS refused, mail server left before the envelope      -> not_sent
    HTTP or SMTP code that refuses for good                                   -> rejected
    HTTP 3xx, 408, 425, 429, 5xx, SMTP 4xx, wrong mail password               -> retry
    anything else, and silence                                                -> unknown
"""

import logging
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote
from urllib.request import getproxies, proxy_bypass

from aseanwatch.alerts.markup import markup, to_html
from aseanwatch.alerts.messages import Message, full, short
from aseanwatch.alerts.pace import Pace
from aseanwatch.alerts.targets import Channel, Target
from aseanwatch.alerts.templates import Templates
from core.alerts import Alert, Delivery, Receipt, ReceiptKind
from core.errors import ConfigError

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

SEND_SECONDS = 40.0
"""Longest time for one delivery, connecting included; the lease that a delivery is claimed for must be longer."""
_CONNECT_SECONDS = 10.0
_CHAT_LIMIT = 3_500
_NO_RETRY_AFTER = 30.0
"""Pause in seconds after a 429: Apprise does not hand on the Retry-After header."""

_SELF_HOSTED = frozenset({"gotify", "gotifys", "json", "jsons", "mmost", "mmosts", "nctalk", "nctalks", "rocket", "rockets"})
"""Here the URL's host is the server itself, so that it can be connected to beforehand, as mail servers are."""

_HTTP_CODE = re.compile(r"\berror=(\d{3})\b")
_SMTP_CODE = re.compile(r"Socket Exception: .*?\((\d{3}), b|was refused: (\d{3}) ", re.DOTALL)
_PAUSE = re.compile(r'"retry_after(_ms)?\\?":\s*(\d{1,7}(?:\.\d+)?)')
_NOT_OK = re.compile(r'"(?:ok|success)\\?":\s*false')
_NOT_CONNECTED = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|CERTIFICATE_VERIFY_FAILED|WRONG_VERSION_NUMBER|HANDSHAKE_FAILURE"
)
_ENVELOPE = "Email To:"  # logged after connecting, STARTTLS and login, before the message is handed over
_RETRYABLE = frozenset({408, 425, 429})
_LOGIN_REFUSED = frozenset({530, 534, 535})


class AppriseNotifier:
    """Delivers to one target; satisfies `ports.Notifier`. Threads may share it."""

    def __init__(
        self, target: Target, templates: Templates, *, send_seconds: float = SEND_SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Checks the target as Apprise sees it. Raises ConfigError, which names the target and never its URL."""
        target.check()
        keep_quiet()
        self._target = target
        self._templates = templates
        self._send_seconds = send_seconds
        self._monotonic = monotonic
        self._pace = Pace(target.per_minute)
        self._mail = target.channel is Channel.MAIL
        plugin = self._service({})
        self._limit = min(int(plugin.body_maxlen * 0.8), _CHAT_LIMIT)  # markup that a service escapes grows
        self._markup = markup(target.scheme)
        self._place = _place(plugin)

    def deliver(self, delivery: Delivery, alert: Alert) -> Receipt:
        """Sends once, within 40 s; never raises for a target that refuses, hangs or is gone."""
        wait = self._pace.wait(delivery.key, self._monotonic())
        if wait > 0:
            turn = f"waits its turn: {self._target.per_minute} messages a minute"
            return Receipt(kind=ReceiptKind.NOT_SENT, reason=turn, retry_after=wait)
        attempt = _Attempt()
        sender = threading.Thread(target=self._send, args=(attempt, delivery, alert), name=f"send-{self._target.name}", daemon=True)
        sender.start()
        sender.join(self._send_seconds)
        return attempt.close(f"no answer within {self._send_seconds:g} s")

    def _send(self, attempt: "_Attempt", delivery: Delivery, alert: Alert) -> None:
        try:
            message = self._message(alert, delivery)
            plugin = self._service(_identity(self._target.channel, delivery))
            if self._place is not None:
                socket.create_connection(self._place, timeout=_CONNECT_SECONDS).close()
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing was sent; its text may hold the URL
            attempt.receipt = Receipt(kind=ReceiptKind.NOT_SENT, reason=f"cannot connect: {_plain(error)}")
            return
        if not attempt.begin():
            return
        try:
            attempt.receipt = self._notify(attempt, plugin, message)
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises ends as a doubt; its text may hold the URL
            attempt.receipt = Receipt(kind=ReceiptKind.UNKNOWN, reason=f"the channel failed ({type(error).__name__})")

    def _message(self, alert: Alert, delivery: Delivery) -> Message:
        if self._target.channel is Channel.CHAT:
            return short(alert, delivery, self._templates, self._limit, self._markup)
        return full(alert, delivery, self._templates)

    def _notify(self, attempt: "_Attempt", plugin: "NotifyBase", message: Message) -> Receipt:
        from apprise import Apprise, AppriseResultStatus, NotifyFormat

        html = self._markup.html
        result = Apprise(services=plugin, asset=_asset()).notify(
            body=to_html(message.body) if html else message.body,
            title=to_html(message.subject) if html else message.subject,
            body_format=NotifyFormat.HTML if html else NotifyFormat.TEXT,
            log_callback=lambda entry, _: attempt.lines.append(entry.message),
            log_level=logging.DEBUG,
        )
        if result.status == AppriseResultStatus.SUCCESS:
            return Receipt(kind=ReceiptKind.ACCEPTED)
        return judge(attempt.lines, mail=self._mail)

    def _service(self, extra: dict[str, str]) -> "NotifyBase":
        """A plugin that nobody used before: Apprise's throttle would make the second message of one plugin wait."""
        from apprise import Apprise

        # smtplib knows one timeout, Apprise's `cto`, for connecting and for every answer.
        bounds = {"cto": "30" if self._mail else "10", "rto": "30", "retry": "0", "redirect": "no", "overflow": "truncate"}
        form = "html" if markup(self._target.scheme).html else "text"
        url = self._target.with_parameters(bounds | {"format": form, "emojis": "no"} | extra)
        try:
            plugin = Apprise.instantiate(url, asset=_asset(), suppress_exceptions=True)
        except Exception as error:  # noqa: BLE001 - some plugins raise on a bad URL and put it in the text
            raise ConfigError(f"Apprise cannot read the URL ({type(error).__name__})", subject=self._target.subject) from None
        if plugin is None:
            raise ConfigError(f"Apprise cannot read the URL as {self._target.scheme}://", subject=self._target.subject)
        if len(plugin) != 1 or (self._mail and self._target.several_addresses):
            raise ConfigError("must be exactly one recipient; make a target of each", subject=self._target.subject)
        return plugin


def notifier(
    target: Target, templates: Templates, *, send_seconds: float = SEND_SECONDS, monotonic: Callable[[], float] = time.monotonic
) -> AppriseNotifier:
    """What carries alerts to `target`. Raises ConfigError, which names the target and never its URL."""
    return AppriseNotifier(target, templates, send_seconds=send_seconds, monotonic=monotonic)


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """One sending thread and the one who waits for it: whoever gives up first decides."""

    lines: list[str] = field(default_factory=list)
    receipt: Receipt | None = None
    _state: str = "connecting"
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> bool:
        """Called before the first byte of the message; False when it is too late to send."""
        with self._lock:
            if self._state == "closed":
                return False
            self._state = "sending"
            return True

    def close(self, late: str) -> Receipt:
        """What came of it; when nothing did until now, `late` says so."""
        with self._lock:
            state, self._state = self._state, "closed"
        if self.receipt is not None:
            return self.receipt
        return Receipt(kind=ReceiptKind.UNKNOWN if state == "sending" else ReceiptKind.NOT_SENT, reason=late)


def judge(lines: list[str], *, mail: bool) -> Receipt:
    """What a failed attempt was, by the lines that Apprise logged meanwhile. The reason quotes none of them."""
    text = "\n".join(lines)
    codes = [int(next(filter(None, found.groups()))) for found in (_SMTP_CODE if mail else _HTTP_CODE).finditer(text)]
    if codes:
        return _refusal(codes[-1], text, mail=mail)
    if _NOT_CONNECTED.search(text):
        return Receipt(kind=ReceiptKind.NOT_SENT, reason="cannot connect, or the certificate was refused")
    if mail and _ENVELOPE not in text:
        return Receipt(kind=ReceiptKind.NOT_SENT, reason="the mail server was lost before the message was handed over")
    return Receipt(kind=ReceiptKind.UNKNOWN, reason="no complete answer")


def _refusal(code: int, text: str, *, mail: bool) -> Receipt:
    if mail:
        kind = ReceiptKind.RETRY if code < 500 or code in _LOGIN_REFUSED else ReceiptKind.REJECTED
        return Receipt(kind=kind, reason=f"SMTP {code}")
    if code < 300 and _NOT_OK.search(text):
        return Receipt(kind=ReceiptKind.REJECTED, reason=f"HTTP {code}, and the answer says that it was refused")
    if code < 300:
        return Receipt(kind=ReceiptKind.UNKNOWN, reason=f"HTTP {code} with an answer that was not understood")
    if code < 400:
        return Receipt(kind=ReceiptKind.RETRY, reason=f"HTTP {code}: the address moved; redirects are not followed")
    if code < 500 and code not in _RETRYABLE:
        return Receipt(kind=ReceiptKind.REJECTED, reason=f"HTTP {code}")
    return Receipt(kind=ReceiptKind.RETRY, reason=f"HTTP {code}", retry_after=_pause(text) if code == 429 else None)


def _pause(text: str) -> float:
    """Seconds that the answer's body asks for (Telegram, Discord and Matrix write it there), else half a minute."""
    if found := _PAUSE.search(text):
        return float(found[2]) / (1000 if found[1] else 1)
    return _NO_RETRY_AFTER


def _identity(channel: Channel, delivery: Delivery) -> dict[str, str]:
    """Parameters by which a receiver may know a repeat: the same on every attempt of one delivery."""
    key = quote(delivery.key, safe="")
    if channel is Channel.WEBHOOK:
        return {"+Idempotency-Key": key, ":delivery": key, ":alert": quote(delivery.alert, safe="")}
    if channel is Channel.MAIL:
        # A Message-ID of ours would stand beside Apprise's own, and two are an error; References puts a repeat into the same thread.
        thread = quote(f"<{delivery.key}@aseanwatch.invalid>", safe="")
        return {"+X-Aseanwatch-Delivery": key, "+References": thread, "+Auto-Submitted": "auto-generated"}
    return {}


def _place(plugin: "NotifyBase") -> tuple[str, int] | None:
    """Host and port that a message will go to; None when only the plugin knows, or a proxy stands between."""
    port = plugin.port or (443 if plugin.secure else 80)
    if smtp_host := getattr(plugin, "smtp_host", None):
        return str(smtp_host), int(port)
    proxied = getproxies().get("https" if plugin.secure else "http") and not proxy_bypass(plugin.host)
    if plugin.schema not in _SELF_HOSTED or proxied:
        return None
    return str(plugin.host), int(port)


def _asset() -> "AppriseAsset":
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="aseanwatch",
        app_desc="aseanwatch alerts",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,  # in our thread, on our clock: Apprise's own pool would hold up the program's end
        service_timeout=0,
        http_redirects=False,
        storage_mode="memory",
        plugin_paths=[],
    )


def keep_quiet() -> None:
    """Lets the lines of Apprise and its HTTP library reach no log: they hold URLs, headers and message texts."""
    ours = logging.getLogger("apprise")
    ours.setLevel(logging.DEBUG)
    ours.propagate = False
    if not ours.handlers:
        ours.addHandler(logging.NullHandler())
    for name in ("urllib3", "requests", "requests_oauthlib", "oauthlib"):
        lines = logging.getLogger(name)
        lines.propagate = False
        if not lines.handlers:
            lines.addHandler(logging.NullHandler())


def _plain(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or ("timed out" if isinstance(error, TimeoutError) else type(error).__name__)
