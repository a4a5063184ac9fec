"""Mail, by our own hand: the same message on every attempt, in the thread of its outcome, and an exact answer to what became of it.

greeting, TLS, login refused                 -> retry        the server would not have us, which says nothing of the message
sender, recipient, DATA or message refused   -> 4xx retry, 5xx rejected
connection lost before the final dot         -> not_sent     RFC 5321: what was not ended by the dot is not delivered
lost, or silent, after it                    -> unknown
"""

import re
import smtplib
import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime
from typing import Any

from aseanwatch.alerts.messages import Message, mail
from aseanwatch.alerts.sending import CONNECT_SECONDS, Attempt, Sender, known_as
from aseanwatch.alerts.targets import Target
from aseanwatch.alerts.templates import Templates
from core.alerts import Alert, AlertKind, Delivery, Receipt, ReceiptKind, delivery_key
from core.errors import ConfigError
from core.keys import digest
from core.texts import one_line

_STEP_SECONDS = 15.0
"""Longest wait for one answer before the message is handed over; after that it is waited until the deadline."""
_THREADS = 10
"""Outcomes by which one mail is put into threads."""
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_OURS = frozenset(
    {"from", "sender", "to", "cc", "bcc", "subject", "date", "message-id", "references", "in-reply-to", "reply-to", "mime-version"}
    | {"list-id", "auto-submitted", "return-path", "received"}
)
_QUEUED = re.compile(rb"queued as ([\w.-]+)|\bid[=: ]([\w.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a mail gets to its one recipient."""

    host: str
    port: int
    security: str
    """plain, starttls (required) or tls from the first byte."""
    verify: bool = True
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    sender_name: str = ""
    sender: str
    recipient_name: str = ""
    recipient: str
    reply_to: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Headers that the user adds."""

    @property
    def domain(self) -> str:
        """Behind the @ of every id that we make."""
        return self.sender.rpartition("@")[2] or "aseanwatch.invalid"

    def check(self, subject: str) -> None:
        """Raises ConfigError for addresses and headers that cannot be."""
        for address in (self.sender, self.recipient, *self.reply_to):
            if not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", address):
                raise ConfigError("addresses must be of plain letters, digits and signs, one recipient", subject=subject)
        for name, value in self.headers.items():
            if name.lower() in _OURS or name.lower().startswith(("content-", "x-aseanwatch-", "resent-")):
                raise ConfigError(f"the header {one_line(name, 40)} is made by us and cannot be set", subject=subject)
            if not _HEADER.fullmatch(name) or not value.isprintable():
                raise ConfigError("a header that is added must be one line, its name of letters and hyphens", subject=subject)


class MailSender(Sender):
    """Delivers to one mailbox."""

    def __init__(self, target: Target, route: Route, templates: Templates, **options: Any) -> None:
        """`options` are those of `Sender`. Raises ConfigError for a route that cannot be."""
        super().__init__(target, templates, **options)
        route.check(target.subject)
        self._route = route

    def _carry(self, attempt: Attempt, delivery: Delivery, alert: Alert) -> Receipt:
        letter = compose(mail(alert, delivery, self._templates), alert, delivery, self._route)
        data = re.sub(rb"(?m)^\.", b"..", letter.as_bytes(policy=MAIL_POLICY))
        try:
            smtp = self._connected(attempt)
        except smtplib.SMTPConnectError as error:
            return _unwilling(error.smtp_code)
        with closing(smtp):
            attempt.holds(smtp.close)
            refused = self._opened(smtp, attempt) or self._envelope(smtp, attempt)
            if refused:
                return refused
            receipt = attempt.receipt = _handed_over(smtp, data, attempt, self._target.url)
            with suppress(OSError, smtplib.SMTPException):
                _patience(smtp, 1.0)
                smtp.docmd("QUIT")
        return receipt

    def _connected(self, attempt: Attempt) -> smtplib.SMTP:
        """A connection that was greeted; `local_hostname` keeps it from asking the DNS for our name."""
        route, seconds = self._route, attempt.left(CONNECT_SECONDS)
        if route.security == "tls":
            context = self._tls(verify=route.verify)
            return smtplib.SMTP_SSL(route.host, route.port, local_hostname="localhost", timeout=seconds, context=context)
        return smtplib.SMTP(route.host, route.port, local_hostname="localhost", timeout=seconds)

    def _opened(self, smtp: smtplib.SMTP, attempt: Attempt) -> Receipt | None:
        """Secures the connection and logs in; the receipt when the server will not have it."""
        route = self._route
        try:
            _greet(smtp, attempt)
            if route.security == "starttls":
                if not smtp.has_extn("starttls"):
                    return Receipt(kind=ReceiptKind.NOT_SENT, reason="the mail server offers no STARTTLS; nothing goes in the clear")
                smtp.starttls(context=self._tls(verify=route.verify))
                _greet(smtp, attempt)
            if route.user and route.password:
                _patience(smtp, attempt.left(_STEP_SECONDS))
                smtp.login(route.user, route.password)
        except smtplib.SMTPNotSupportedError:
            return Receipt(kind=ReceiptKind.NOT_SENT, reason="the mail server offers no login that we speak")
        except smtplib.SMTPResponseException as error:
            return _unwilling(error.smtp_code)
        return None

    def _envelope(self, smtp: smtplib.SMTP, attempt: Attempt) -> Receipt | None:
        """Sender, recipient, DATA; the receipt when one is refused."""
        for verb, argument in (("MAIL", f"FROM:<{self._route.sender}>"), ("RCPT", f"TO:<{self._route.recipient}>"), ("DATA", "")):
            _patience(smtp, attempt.left(_STEP_SECONDS))
            code, _ = smtp.docmd(verb, argument)
            if not (code == 354 if verb == "DATA" else 200 <= code < 300):
                return _answered(code) if 400 <= code < 600 else _unwilling(code)
        return None


def compose(message: Message, alert: Alert, delivery: Delivery, route: Route) -> EmailMessage:
    """The mail, text and HTML: the same bytes on every attempt of one delivery, but for the mark of a repeat."""
    letter = EmailMessage(policy=MAIL_POLICY)
    letter["Subject"] = message.subject
    letter["From"] = Address(display_name=one_line(route.sender_name, 100), addr_spec=route.sender)
    letter["To"] = Address(display_name=one_line(route.recipient_name, 100), addr_spec=route.recipient)
    if route.reply_to:
        letter["Reply-To"] = ", ".join(route.reply_to)
    letter["Date"] = format_datetime(alert.created_at)
    letter["Message-ID"] = _id(delivery.key, route)
    thread = _thread(alert, delivery, route)
    if thread:
        letter["In-Reply-To"] = thread[-1]
        letter["References"] = " ".join(thread)
    letter["List-Id"] = f"aseanwatch alerts <{_plain(delivery.target)}.alerts.{route.domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter["X-Aseanwatch-Delivery"] = _plain(delivery.key)
    letter["X-Aseanwatch-Alert"] = _plain(alert.key)
    letter["X-Aseanwatch-Kind"] = alert.kind.value
    for name, value in route.headers.items():
        letter[name] = value
    letter.set_content(message.body, cte="quoted-printable")
    letter.add_alternative(message.html, subtype="html", cte="quoted-printable")
    letter.set_boundary(f"=_{digest(delivery.key)}")  # a "=_" stands in no quoted-printable text
    return letter


def _thread(alert: Alert, delivery: Delivery, route: Route) -> list[str]:
    """What a mail belongs under: its outcomes, each an id that no mail bears, and of a correction the mail that it corrects.

    Mail programs put all that refers to one id into one thread, whether or not a mail with that id was ever seen.
    """
    if alert.kind not in (AlertKind.NEWS, AlertKind.CORRECTION):
        return []
    outcomes = [_id(f"outcome-{item.outcome}", route) for item in alert.news[:_THREADS]]
    corrected = [_id(delivery_key(alert.corrects, delivery.target), route)] if alert.corrects else []
    return outcomes + corrected


def _id(name: str, route: Route) -> str:
    return f"<{_plain(name)}@{route.domain}>"


def _plain(name: str) -> str:
    """`name` as it may stand in a header: keys and target names are so already."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)[:120]


def _greet(smtp: smtplib.SMTP, attempt: Attempt) -> None:
    _patience(smtp, attempt.left(_STEP_SECONDS))
    name = socket.gethostname()
    place = smtp.sock.getsockname()[0] if smtp.sock else "127.0.0.1"
    literal = f"[IPv6:{place}]" if ":" in place else f"[{place}]"
    code, _ = smtp.ehlo(name if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name) else literal)
    if not 200 <= code < 300:
        code, answer = smtp.helo(literal)
        if not 200 <= code < 300:
            raise smtplib.SMTPHeloError(code, answer)


def _handed_over(smtp: smtplib.SMTP, data: bytes, attempt: Attempt, url: str) -> Receipt:
    """Sends the message and hears what becomes of it. Before the final dot it counts as not sent, however much of it was."""
    _patience(smtp, attempt.left())
    try:
        smtp.send(data if data.endswith(b"\r\n") else data + b"\r\n")
    except (OSError, smtplib.SMTPException):
        return Receipt(kind=ReceiptKind.NOT_SENT, reason="the mail server was lost before the message was handed over")
    attempt.begin()
    try:
        _patience(smtp, attempt.left())
        smtp.send(b".\r\n")
        code, words = smtp.getreply()
    except (OSError, smtplib.SMTPException):
        return Receipt(kind=ReceiptKind.UNKNOWN, reason="no complete answer")
    if 200 <= code < 300:
        named = _QUEUED.search(words)
        return Receipt(kind=ReceiptKind.ACCEPTED, reason=known_as((named[1] or named[2]).decode(), url) if named else "")
    return _answered(code)


def _answered(code: int) -> Receipt:
    if 400 <= code < 500 or code in (530, 535):
        return Receipt(kind=ReceiptKind.RETRY, reason=f"SMTP {code}")
    if 500 <= code < 600:
        return Receipt(kind=ReceiptKind.REJECTED, reason=f"SMTP {code}")
    return Receipt(kind=ReceiptKind.UNKNOWN, reason="an answer that is none")


def _unwilling(code: int) -> Receipt:
    """The server will not have us: nothing of the message was shown to it."""
    if 400 <= code < 600:
        return Receipt(kind=ReceiptKind.RETRY, reason=f"SMTP {code}")
    return Receipt(kind=ReceiptKind.NOT_SENT, reason="the mail server speaks no SMTP")


def _patience(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("gone")
    smtp.sock.settimeout(seconds)
