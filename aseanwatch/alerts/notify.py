"""Which sender carries alerts to a target, and the one door to Apprise: it reads every URL, and speaks to the chats.

Mail and webhooks are carried by hands of our own (`mail`, `webhook`). To chats Apprise speaks, and answers "failure" to everything from
a wrong name to a message that arrived but was acknowledged late. What it logs meanwhile tells these apart; its lines hold secrets, so they
are read here and shown to nobody:

    could not connect, TLS refused                        -> not_sent
    HTTP code that refuses for good, or "ok": false       -> rejected
    HTTP 3xx, 408, 425, 429, 5xx                          -> retry
    anything else, and silence                            -> unknown
"""

import logging
import re
import socket
import threading
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass

from aseanwatch.alerts import mail, webhook
from aseanwatch.alerts.mail import MailSender
from aseanwatch.alerts.markup import markup, to_html
from aseanwatch.alerts.messages import Message, short
from aseanwatch.alerts.sending import CONNECT_SECONDS, Attempt, Sender
from aseanwatch.alerts.targets import Channel, Target
from aseanwatch.alerts.templates import Templates
from aseanwatch.alerts.webhook import WebhookSender
from core.alerts import Alert, Delivery, Receipt, ReceiptKind
from core.errors import ConfigError

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

_CHAT_LIMIT = 3_500
_NO_RETRY_AFTER = 30.0
"""Pause in seconds after a 429: Apprise does not hand on the Retry-After header."""

_SELF_HOSTED = frozenset({"gotify", "gotifys", "mmost", "mmosts", "nctalk", "nctalks", "rocket", "rockets"})
"""Here the URL's host is the server itself, so that it can be connected to beforehand."""

_HTTP_CODE = re.compile(r"\berror=(\d{3})(?:\d\d)?\b")  # ntfy's own codes begin with that of HTTP
_PAUSE = re.compile(r'"retry_after(_ms)?\\?":\s*(\d{1,7}(?:\.\d+)?)')
_NOT_OK = re.compile(r'"(?:ok|success)\\?":\s*false')
_NOT_CONNECTED = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|CERTIFICATE_VERIFY_FAILED|WRONG_VERSION_NUMBER|HANDSHAKE_FAILURE"
)
_RETRYABLE = frozenset({408, 425, 429})


def notifier(target: Target, templates: Templates, **options: Any) -> Sender:
    """What carries alerts to `target`; `options` are those of `Sender`. Raises ConfigError, which names the target and never its URL."""
    target.check()
    keep_quiet()
    plugin = _plugin(target)
    if target.channel is Channel.MAIL:
        return MailSender(target, _mail_route(target, plugin), templates, **options)
    if target.channel is Channel.WEBHOOK:
        return WebhookSender(target, _webhook_route(target, plugin), templates, **options)
    return ChatSender(target, plugin, templates, **options)


class ChatSender(Sender):
    """Delivers to one chat through Apprise."""

    def __init__(self, target: Target, plugin: "NotifyBase", templates: Templates, **options: Any) -> None:
        """`plugin` is the target as Apprise sees it."""
        super().__init__(target, templates, **options)
        self._markup = markup(target.scheme)
        self._limit = min(int(plugin.body_maxlen * 0.8), _CHAT_LIMIT)  # markup that a service escapes grows
        self._place = _place(plugin)

    def _carry(self, attempt: Attempt, delivery: Delivery, alert: Alert) -> Receipt:
        message = short(alert, delivery, self._templates, self._limit, self._markup)
        plugin = _plugin(self._target)  # one that nobody used before: Apprise's throttle would make the second message of one plugin wait
        if self._place is not None:
            socket.create_connection(self._place, timeout=attempt.left(CONNECT_SECONDS)).close()
        asked: list[float] = []
        _no_waiting(plugin, asked)
        attempt.begin()
        try:
            receipt = self._notify(attempt, plugin, message)
        finally:
            _take_leave(plugin)
        if asked and receipt.kind is not ReceiptKind.ACCEPTED:
            return Receipt(kind=ReceiptKind.RETRY, reason="busy: it asks for a pause", retry_after=asked[-1])
        return receipt

    def _notify(self, attempt: Attempt, plugin: "NotifyBase", message: Message) -> Receipt:
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
        return judge(attempt.lines)


class _Busy(Exception):
    """The service asked for a pause."""


def _no_waiting(plugin: Any, asked: list[float]) -> None:
    """Keeps a plugin from sleeping, perhaps past our deadline, and sending then: how long it was asked to wait goes into `asked`."""
    throttle = plugin.throttle

    def throttled(*arguments: Any, wait: float | None = None, **named: Any) -> None:
        if wait:
            asked.append(float(wait))
            raise _Busy
        throttle(*arguments, wait=wait, **named)

    plugin.throttle = throttled


def _take_leave(plugin: Any) -> None:
    """Lets a plugin log out now, in a thread of its own. Some (Matrix, XMPP, Twist) do so when the collector finds them: that may be in
    any thread and under any lock, and the service would be waited for right there."""
    kind = type(plugin)
    leave = getattr(kind, "__del__", None)
    if leave is not None:
        plugin.__class__ = type(kind.__name__, (kind,), {"__del__": lambda _: None})
        threading.Thread(target=leave, args=(plugin,), name="leave-chat", daemon=True).start()


def _plugin(target: Target) -> "NotifyBase":
    """The target as Apprise sees it. Raises ConfigError, which names the target and never its URL."""
    from apprise import Apprise

    form = "html" if markup(target.scheme).html else "text"
    bounds = {"cto": "10", "rto": "30", "retry": "0", "redirect": "no", "overflow": "truncate", "format": form, "emojis": "no"}
    try:
        plugin = Apprise.instantiate(target.with_parameters(bounds), asset=_asset(), suppress_exceptions=True)
    except Exception as error:  # noqa: BLE001 - some plugins raise on a bad URL and put it in the text
        raise ConfigError(f"Apprise cannot read the URL ({type(error).__name__})", subject=target.subject) from None
    if plugin is None:
        raise ConfigError(f"Apprise cannot read the URL as {target.scheme}://", subject=target.subject)
    if len(plugin) != 1 or (target.channel is Channel.MAIL and target.several_addresses):
        raise ConfigError("must be exactly one recipient; make a target of each", subject=target.subject)
    return plugin


def _mail_route(target: Target, plugin: Any) -> mail.Route:
    """A mail URL as Apprise reads it: with the server, port and login of the provider that it knows."""
    security = {"insecure": "plain", "starttls": "starttls", "ssl": "tls"}[str(getattr(plugin.secure_mode, "value", plugin.secure_mode))]
    (recipient,) = plugin.targets
    name, sender = plugin.from_addr
    return mail.Route(
        host=_host(plugin.smtp_host),
        port=int(plugin.port),
        security=security,
        verify=bool(plugin.verify_certificate),
        user=plugin.user or "",
        password=plugin.password or "",
        sender_name=name or "aseanwatch",
        sender=_address(sender),
        recipient_name=recipient[0] or "",
        recipient=_address(recipient[1]),
        reply_to=tuple(_address(one[1] if isinstance(one, tuple | list) else one) for one in sorted(plugin.reply_to, key=str)),
        headers=dict(plugin.headers),
    )


def _webhook_route(target: Target, plugin: Any) -> webhook.Route:
    headers = dict(plugin.headers)
    if plugin.user:
        headers = {"Authorization": webhook.basic(plugin.user, plugin.password or "")} | headers
    return webhook.Route(
        secure=bool(plugin.secure),
        host=_host(plugin.host),
        port=int(plugin.port or (443 if plugin.secure else 80)),
        path=webhook.path_of(plugin.fullpath, plugin.params),
        method=str(plugin.method),
        headers=headers,
        payload=dict(plugin.payload_extras),
        verify=bool(plugin.verify_certificate),
    )


def _host(host: str) -> str:
    """A host as it is asked for: without brackets, in the letters of the DNS."""
    bare = str(host).strip("[]")
    try:
        return bare if bare.isascii() else bare.encode("idna").decode()
    except UnicodeError:
        return bare


def _address(address: str) -> str:
    """A mail address with its host in the letters of the DNS."""
    local, _, host = str(address).rpartition("@")
    return f"{local}@{_host(host)}"


def judge(lines: list[str]) -> Receipt:
    """What a failed attempt was, by the lines that Apprise logged meanwhile. The reason quotes none of them."""
    text = "\n".join(lines)
    if codes := _HTTP_CODE.findall(text):
        return _refusal(int(codes[-1]), text)
    if _NOT_CONNECTED.search(text):
        return Receipt(kind=ReceiptKind.NOT_SENT, reason="cannot connect, or the certificate was refused")
    return Receipt(kind=ReceiptKind.UNKNOWN, reason="no complete answer")


def _refusal(code: int, text: str) -> Receipt:
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


def _place(plugin: "NotifyBase") -> tuple[str, int] | None:
    """Host and port that a message will go to; None when only the plugin knows, or a proxy stands between."""
    port = plugin.port or (443 if plugin.secure else 80)
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
