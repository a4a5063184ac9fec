"""Receivers of alerts as they are met in the world, on 127.0.0.1: a mail server and a webhook, each of which can be told to misbehave.

with WebhookReceiver() as hook:
    hook.next_answers(500, times=2)
    ...                             # the target's URL is hook.url
    assert hook.wait_for(3)         # three requests arrived whole, two of them were answered with 500

with SmtpReceiver() as post:
    post.next_answers("451 try later")
"""

import asyncio
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

Behaviour = Callable[["_Request"], None]


class _Arrivals:
    """What arrived, in order, for a test that waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._all: list[Any] = []

    def add(self, item: Any) -> None:
        with self._changed:
            self._all.append(item)
            self._changed.notify_all()

    def all(self) -> list[Any]:
        with self._changed:
            return list(self._all)

    def wait_for(self, number: int, seconds: float) -> list[Any]:
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self._all) >= number, timeout=seconds)
            assert arrived, f"{len(self._all)} of {number} arrived within {seconds:g} s"
            return list(self._all)


# Webhook


@dataclass(frozen=True)
class Arrival:
    """One request that arrived whole, whatever it was answered."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as Apprise's JSON webhook sends it: title, message, type..."""
        return dict(json.loads(self.body))

    @property
    def delivery(self) -> str:
        """The delivery's key: the same on every attempt."""
        return self.headers.get("Idempotency-Key", "")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    receiver: "WebhookReceiver"


class _Request(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            return  # the sender died: an incomplete request is no arrival
        arrival = Arrival(self.command, self.path, dict(self.headers), body)
        self.server.receiver.meet(self, arrival)

    do_PUT = do_GET = do_POST

    def say(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def break_off(self) -> None:
        """Resets the connection: not even a FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


class WebhookReceiver:
    """An HTTP server that keeps every request; answers 200 unless it was told otherwise."""

    def __init__(self, path: str = "/hook", *, before_answer: Callable[[Arrival], None] = lambda _: None) -> None:
        """`before_answer` is called when a request has been kept and not yet answered, in the request's thread."""
        self._path = path
        self._before_answer = before_answer
        self._behaviours: deque[Behaviour] = deque()
        self._arrivals = _Arrivals()
        self._released = threading.Event()
        self._server: _Server | None = None
        self.port = 0

    def __enter__(self) -> "WebhookReceiver":
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._close()

    @property
    def url(self) -> str:
        """The target's URL as Apprise spells it."""
        return f"json://127.0.0.1:{self.port}{self._path}"

    @property
    def arrivals(self) -> list[Arrival]:
        """All requests so far."""
        return self._arrivals.all()

    def wait_for(self, number: int, seconds: float = 10.0) -> list[Arrival]:
        """Returns when `number` requests have arrived; fails after `seconds`."""
        return self._arrivals.wait_for(number, seconds)

    def next_answers(self, status: int, *, times: int = 1, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        """The next `times` requests get this answer."""
        self._behaviours.extend([lambda request: request.say(status, headers, body)] * times)

    def next_redirects(self, status: int = 302, *, to: str) -> None:
        """The next request is sent elsewhere."""
        self.next_answers(status, headers={"Location": to})

    def next_resets(self, *, times: int = 1) -> None:
        """The next `times` requests are taken whole and the connection is reset without an answer."""
        self._behaviours.extend([lambda request: request.break_off()] * times)

    def next_hangs(self, *, times: int = 1) -> None:
        """The next `times` requests are taken whole and answered with 200 after `release`, if ever."""

        def hang(request: _Request) -> None:
            if self._released.wait(60):
                request.say(200)

        self._behaviours.extend([hang] * times)

    def next_drips(self) -> None:
        """The next request is answered a header byte at a time until `release`, never wholly."""

        def drip(request: _Request) -> None:
            request.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
            while not self._released.wait(0.1):
                request.wfile.write(b"a")

        self._behaviours.append(drip)

    def release(self) -> None:
        """Lets what hangs go on."""
        self._released.set()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Nobody listens on the port for a while."""
        self._close()
        try:
            yield
        finally:
            self._open(self.port)

    def meet(self, request: _Request, arrival: Arrival) -> None:
        behave = self._behaviours.popleft() if self._behaviours else (lambda request: request.say(200))
        self._arrivals.add(arrival)
        self._before_answer(arrival)
        try:
            behave(request)
        except OSError:
            request.close_connection = True  # the sender left before it had its answer, which is what some tests are about

    def _open(self, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), _Request)
        self._server.receiver = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _close(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()


# Mail


@dataclass(frozen=True)
class Mail:
    """One message that the mail server took (or said that it did not, after it had it whole)."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    parsed: Message = field(repr=False)

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(make_header(decode_header(self.parsed["Subject"])))

    @property
    def text(self) -> str:
        """The plain-text body."""
        part = next(p for p in self.parsed.walk() if p.get_content_type() == "text/plain")
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload.decode("utf-8")

    @property
    def delivery(self) -> str:
        """The delivery's key: the same on every attempt."""
        return str(self.parsed["X-Aseanwatch-Delivery"] or "")


class _Controller(Controller):
    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # it was asked for port 0
        super()._trigger_server()


class SmtpReceiver:
    """A mail server that keeps every message; takes them all unless it was told otherwise."""

    def __init__(self, *, user: str = "", password: str = "", before_answer: Callable[[Mail], None] = lambda _: None) -> None:
        """With `user`, it offers that login and refuses any other. `before_answer`: as with the webhook."""
        self._user, self._password = user, password
        self._before_answer = before_answer
        self._answers: deque[str] = deque()
        self._recipient_answers: deque[str] = deque()
        self._arrivals = _Arrivals()
        self._controller: _Controller | None = None
        self.port = 0

    def __enter__(self) -> "SmtpReceiver":
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @property
    def url(self) -> str:
        """The target's URL as Apprise spells it: plain SMTP, from watch@example.org to desk@example.org."""
        login = f"{self._user}:{self._password}@" if self._user else ""
        return f"mailto://{login}127.0.0.1:{self.port}?mode=insecure&from=watch@example.org&to=desk@example.org"

    @property
    def arrivals(self) -> list[Mail]:
        """All messages so far."""
        return self._arrivals.all()

    def wait_for(self, number: int, seconds: float = 10.0) -> list[Mail]:
        """Returns when `number` messages have arrived; fails after `seconds`."""
        return self._arrivals.wait_for(number, seconds)

    def next_answers(self, answer: str, *, times: int = 1) -> None:
        """The next `times` messages are answered so after DATA, for example `451 try later`; `drop` and `hang` are no answer."""
        self._answers.extend([answer] * times)

    def next_recipients_get(self, answer: str, *, times: int = 1) -> None:
        """The next `times` recipients are answered so, for example `550 no such user`."""
        self._recipient_answers.extend([answer] * times)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Nobody listens on the port for a while."""
        self._close()
        try:
            yield
        finally:
            self._open(self.port)

    # What aiosmtpd calls.

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if self._recipient_answers:
            return self._recipient_answers.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.content
        assert isinstance(raw, bytes)
        mail = Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, message_from_bytes(raw))
        self._arrivals.add(mail)
        self._before_answer(mail)
        answer = self._answers.popleft() if self._answers else "250 taken"
        if answer == "hang":
            await asyncio.sleep(3600)  # cancelled when the receiver closes
        if answer == "drop":
            assert server.transport is not None
            server.transport.abort()
        return answer

    def _login(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (self._user.encode(), self._password.encode()), handled=False)

    def _open(self, port: int = 0) -> None:
        login = {"authenticator": self._login, "auth_require_tls": False} if self._user else {}
        self._controller = _Controller(self, hostname="127.0.0.1", port=port, **login)
        self._controller.start()
        self.port = self._controller.port

    def _close(self) -> None:
        assert self._controller is not None
        self._controller.stop()
