"""Receivers of alerts as they are met in the world, on 127.0.0.1: mail servers, webhooks and chats, each of which can be told to misbehave.

with WebhookReceiver() as hook:
    hook.next_answers(500, times=2)
    ...                             # the target's URL is hook.url
    assert hook.wait_for(3)         # three requests arrived whole, two of them were answered with 500

with SmtpReceiver() as post:
    post.next_answers("451 try later")

with OddMailServer(RCPT=b"450 later") as odd:   # line by line, where a proper mail server would not do it
    ...

with ChatReceiver("mmost") as chat:
    ...                             # chat.url; chat.posts are the messages, by the API that Apprise speaks
"""

import asyncio
import json
import socket
import ssl
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
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

Behaviour = Callable[["_Request"], None]
T = TypeVar("T")

_TLS = Path(__file__).parents[1] / "data" / "tls"
AUTHORITY = _TLS / "authority.pem"
"""Who signed the receivers' certificate: for localhost, Slack, Telegram and Discord."""


def server_tls() -> ssl.SSLContext:
    """TLS as the receivers speak it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_TLS / "receivers.pem")
    return context


def trust() -> ssl.SSLContext:
    """What a client checks the receivers' certificate by."""
    return ssl.create_default_context(cafile=str(AUTHORITY))


class _Receiver(Generic[T]):
    """A server on a port of its own that keeps what arrives, in order, for a test that waits."""

    def __init__(self, before_answer: Callable[[T], None] = lambda _: None, port: int = 0) -> None:
        self._before_answer = before_answer
        self.port = port
        self._changed = threading.Condition()
        self._all: list[T] = []
        self._released = threading.Event()

    def __enter__(self) -> Self:
        self._open(self.port)
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._close()

    @property
    def arrivals(self) -> list[T]:
        """All that arrived so far."""
        with self._changed:
            return list(self._all)

    def wait_for(self, number: int, seconds: float = 10.0) -> list[T]:
        """Returns when `number` have arrived; fails after `seconds`."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self._all) >= number, timeout=seconds)
            assert arrived, f"{len(self._all)} of {number} arrived within {seconds:g} s"
            return list(self._all)

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

    def _keep(self, item: T) -> None:
        with self._changed:
            self._all.append(item)
            self._changed.notify_all()
        self._before_answer(item)

    def _open(self, port: int = 0) -> None:
        raise NotImplementedError

    def _close(self) -> None:
        raise NotImplementedError


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
        """The body of a webhook: title, message, type..."""
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

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off, or will not have our certificate, is what some tests are about."""


class _Request(BaseHTTPRequestHandler):
    server: _Server

    def setup(self) -> None:
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

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


class WebhookReceiver(_Receiver[Arrival]):
    """An HTTP server that keeps every request; answers 200 unless it was told otherwise."""

    def __init__(
        self, path: str = "/hook", *, tls: bool = False, port: int = 0, before_answer: Callable[[Arrival], None] = lambda _: None
    ) -> None:
        """`before_answer` is called when a request has been kept and not yet answered, in the request's thread; `port` 0: any."""
        super().__init__(before_answer, port)
        self._path = path
        self._tls = server_tls() if tls else None
        self._behaviours: deque[Behaviour] = deque()
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """The target's URL as Apprise spells it."""
        return f"{'jsons://localhost' if self._tls else 'json://127.0.0.1'}:{self.port}{self._path}"

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

    def next_says(self, raw: bytes) -> None:
        """The next request gets these bytes and the end of the connection."""

        def say(request: _Request) -> None:
            request.wfile.write(raw)
            request.close_connection = True

        self._behaviours.append(say)

    def meet(self, request: _Request, arrival: Arrival) -> None:
        behave = self._behaviour(arrival)
        self._keep(arrival)
        try:
            behave(request)
        except OSError:
            request.close_connection = True  # the sender left before it had its answer, which is what some tests are about

    def _behaviour(self, _arrival: Arrival) -> Behaviour:
        return self._behaviours.popleft() if self._behaviours else (lambda request: request.say(200))

    def _open(self, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), _Request)
        if self._tls:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._server.receiver = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _close(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()


# Chats, by the API that Apprise speaks to each


@dataclass(frozen=True)
class _Api:
    """One chat service: where its messages go, what they are called there, what it answers."""

    url: str
    """The target's URL; `{place}` stands for host and port."""
    path: str
    """What the path of a message begins with."""
    text: Callable[[dict[str, Any]], str]
    """The message in a request's body."""
    ok: bytes = b""
    refusal: tuple[int, bytes] = (400, b"")
    """How it refuses for good."""
    busy: tuple[int, bytes] = (429, b"")
    host: str = "127.0.0.1"
    status: int = 200


def _titled(title: str, body: str) -> Callable[[dict[str, Any]], str]:
    return lambda said: f"{said.get(title, '')}\n{said[body]}"


def _attached(said: dict[str, Any]) -> str:
    (attachment,) = said["attachments"]
    return f"{attachment['title']}\n{attachment['text']}"


_BOT = "123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi"
CHATS: dict[str, _Api] = {
    "mmost": _Api("mmost://{place}/3ccdd113474722377935511fc85d3dd4", "/hooks/", lambda said: said["text"], b"ok", (400, b'{"id":"x"}')),
    "rocket": _Api(
        "rocket://watch:token@{place}/#asean?mode=token",
        "/api/v1/chat.postMessage",
        lambda said: said["text"],
        b'{"success":true,"channel":"asean"}',
        (400, b'{"success":false,"error":"error-not-allowed"}'),
    ),
    "gotify": _Api(
        "gotify://{place}/AZERTYUIOPQSDFG",
        "/message",
        _titled("title", "message"),
        b'{"id":7,"appid":1}',
        (401, b'{"error":"Unauthorized","errorCode":401}'),
    ),
    "ntfy": _Api(
        "ntfy://{place}/asean",
        "/",
        _titled("title", "message"),
        b'{"id":"sPs71M8A2T","event":"message"}',
        (403, b'{"code":40301,"http":403,"error":"forbidden"}'),
        (429, b'{"code":42901,"http":429}'),
    ),
    "nctalk": _Api(
        "nctalk://watch:word@{place}/room1234",
        "/ocs/v2.php/apps/spreed/api/v1/chat/room1234",
        lambda said: said["message"],
        b'{"ocs":{"meta":{"status":"ok","statuscode":201},"data":{"id":5}}}',
        (403, b'{"ocs":{"meta":{"status":"failure","statuscode":403}}}'),
        status=201,
    ),
    "matrix": _Api(
        "matrix://watch:word@{place}/!room1234:localhost",
        "/_matrix/client/v3/rooms/",
        lambda said: said["body"],
        b'{"event_id":"$1"}',
        (403, b'{"errcode":"M_FORBIDDEN","error":"no"}'),
        (429, b'{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500}'),
    ),
    "slack": _Api(
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#asean",
        "/services/",
        _attached,
        b"ok",
        (403, b"invalid_token"),
        host="hooks.slack.com",
    ),
    "slack bot": _Api(
        "slack://xoxb-1234-1234-abc124/#asean",
        "/api/chat.postMessage",
        _attached,
        b'{"ok":true,"channel":"C1","ts":"1.2","message":{"text":"x"}}',
        (200, b'{"ok":false,"error":"channel_not_found"}'),
        host="slack.com",
    ),
    "tgram": _Api(
        f"tgram://{_BOT}/-1001234567890",
        f"/bot{_BOT}/sendMessage",
        lambda said: said["text"],
        b'{"ok":true,"result":{"message_id":5}}',
        (400, b'{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}'),
        (429, b'{"ok":false,"error_code":429,"parameters":{"retry_after":7}}'),
        host="api.telegram.org",
    ),
    "discord": _Api(
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "/api/webhooks/",
        lambda said: said["content"],
        b"",
        (404, b'{"message":"Unknown Webhook","code":10015}'),
        (429, b'{"message":"You are being rate limited.","retry_after":1.5,"global":false}'),
        host="discord.com",
        status=204,
    ),
}
"""Chat -> its API. Those with a host of their own are met at that host's name, over TLS."""

_LOGINS = {
    "/_matrix/client/v3/login": b'{"access_token":"t0k3n","home_server":"localhost","user_id":"@watch:localhost","device_id":"D"}',
    "/_matrix/client/v3/join": b'{"room_id":"!room1234:localhost"}',
    "/_matrix/client/versions": b'{"versions":["v1.1"]}',
}


class ChatReceiver(WebhookReceiver):
    """A chat service: takes messages by its own API, and answers as it does."""

    def __init__(self, name: str, *, port: int = 0, before_answer: Callable[[Arrival], None] = lambda _: None) -> None:
        self.api = CHATS[name]
        super().__init__(tls=self.hosted, port=port, before_answer=before_answer)

    @property
    def hosted(self) -> bool:
        """Whether the service lives at one host in the world."""
        return self.api.host != "127.0.0.1"

    @property
    def url(self) -> str:
        """The target's URL as Apprise spells it."""
        return self.api.url.format(place=f"127.0.0.1:{self.port}")

    @property
    def posts(self) -> list[str]:
        """The messages that were posted, whatever they were answered."""
        return [self.api.text(one.json) for one in self.arrivals if self._is_post(one)]

    def next_refuses(self) -> None:
        """The next message is refused for good."""
        status, body = self.api.refusal
        self.next_answers(status, body=body)

    def next_is_busy(self, *, times: int = 1) -> None:
        """The next `times` messages are refused for now."""
        status, body = self.api.busy
        self.next_answers(status, body=body, times=times)

    def found_by(self, name_server: Callable[..., Any]) -> Callable[..., Any]:
        """`socket.getaddrinfo` that leads the service's host here and everybody else to where `name_server` does."""

        def getaddrinfo(host: Any, port: Any, *more: Any, **options: Any) -> Any:
            if host == self.api.host:
                return name_server("127.0.0.1", self.port, *more, **options)
            return name_server(host, port, *more, **options)

        return getaddrinfo

    def _is_post(self, arrival: Arrival) -> bool:
        return arrival.method in ("POST", "PUT") and arrival.path.startswith(self.api.path) and "/join" not in arrival.path

    def _behaviour(self, arrival: Arrival) -> Behaviour:
        if not self._is_post(arrival):
            answer = next((body for path, body in _LOGINS.items() if arrival.path.startswith(path)), b"{}")
            return lambda request: request.say(200, body=answer)
        if self._behaviours:
            return self._behaviours.popleft()
        return lambda request: request.say(self.api.status, {"Content-Type": "application/json"}, self.api.ok)


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
        return self._part("text/plain")

    @property
    def html(self) -> str:
        """The HTML body."""
        return self._part("text/html")

    @property
    def delivery(self) -> str:
        """The delivery's key: the same on every attempt."""
        return str(self.parsed["X-Aseanwatch-Delivery"] or "")

    def _part(self, kind: str) -> str:
        part = next(p for p in self.parsed.walk() if p.get_content_type() == kind)
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload.decode("utf-8").replace("\r\n", "\n")


class _Controller(Controller):
    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # it was asked for port 0
        if self.ssl_context is None:
            super()._trigger_server()
            return
        with trust().wrap_socket(socket.create_connection(("127.0.0.1", self.port)), server_hostname="localhost") as probe:
            probe.recv(100)


class SmtpReceiver(_Receiver[Mail]):
    """A mail server that keeps every message; takes them all unless it was told otherwise."""

    def __init__(
        self,
        *,
        user: str = "",
        password: str = "",
        tls: str = "",
        port: int = 0,
        before_answer: Callable[[Mail], None] = lambda _: None,
    ) -> None:
        """With `user`, it offers that login and refuses any other; `tls` is `starttls` (and nothing before it) or `ssl`."""
        super().__init__(before_answer, port)
        self._user, self._password, self._tls = user, password, tls
        self._answers: deque[str] = deque()
        self._recipient_answers: deque[str] = deque()
        self._controller: _Controller | None = None

    @property
    def url(self) -> str:
        """The target's URL as Apprise spells it, from watch@example.org to desk@example.org; plain SMTP without `tls`."""
        login = f"{self._user}:{self._password}@" if self._user else ""
        where = f"mailtos://{login}localhost" if self._tls else f"mailto://{login}127.0.0.1"
        return f"{where}:{self.port}?mode={self._tls or 'insecure'}&from=watch@example.org&to=desk@example.org"

    def next_answers(self, answer: str, *, times: int = 1) -> None:
        """The next `times` messages are answered so after DATA, for example `451 try later`; `drop` and `hang` are no answer."""
        self._answers.extend([answer] * times)

    def next_recipients_get(self, answer: str, *, times: int = 1) -> None:
        """The next `times` recipients are answered so, for example `550 no such user`."""
        self._recipient_answers.extend([answer] * times)

    # What aiosmtpd calls.

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if self._recipient_answers:
            return self._recipient_answers.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.content
        assert isinstance(raw, bytes)
        self._keep(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, message_from_bytes(raw)))
        answer = self._answers.popleft() if self._answers else "250 taken"
        if answer == "hang":
            for _ in range(36_000):  # cancelled when the receiver closes
                if self._released.is_set():
                    return "250 taken at last"
                await asyncio.sleep(0.1)
        if answer == "drop":
            assert server.transport is not None
            server.transport.abort()
        return answer

    def _login(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (self._user.encode(), self._password.encode()), handled=False)

    def _open(self, port: int = 0) -> None:
        how: dict[str, Any] = {"authenticator": self._login, "auth_require_tls": False} if self._user else {}
        if self._tls == "starttls":
            how |= {"tls_context": server_tls(), "require_starttls": True}
        if self._tls == "ssl":
            how |= {"ssl_context": server_tls()}
        self._controller = _Controller(self, hostname="127.0.0.1", port=port, **how)
        self._controller.start()
        self.port = self._controller.port

    def _close(self) -> None:
        assert self._controller is not None
        self._controller.stop()


DROP, HANG = b"drop", b"hang"


class OddMailServer(_Receiver[bytes]):
    """A mail server by hand: what it says to each verb is up to the test; `arrivals` are messages that came whole, dot and all.

    Verbs are GREETING, EHLO, HELO, STARTTLS, MAIL, RCPT, DATA, BODY (while the message is coming, before its dot) and DOT; an answer is
    a line, DROP (the connection ends) or HANG (nothing, until the receiver closes).
    """

    def __init__(self, **answers: bytes) -> None:
        super().__init__()
        ordinary = {"GREETING": b"220 odd", "EHLO": b"250 odd", "HELO": b"250 odd", "MAIL": b"250 ok", "RCPT": b"250 ok"}
        self._says = {**ordinary, "DATA": b"354 go on", "DOT": b"250 taken", "QUIT": b"221 bye", "BODY": b"", **answers}
        self._listener: socket.socket | None = None

    @property
    def url(self) -> str:
        """The target's URL as Apprise spells it."""
        return f"mailto://127.0.0.1:{self.port}?mode=insecure&from=watch@example.org&to=desk@example.org"

    def _open(self, port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def _close(self) -> None:
        assert self._listener is not None
        self._listener.close()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            try:
                going_on = self._answer(connection, "GREETING")
                while going_on and (line := lines.readline()):
                    verb = line.split(b" ")[0].strip().upper().decode("ascii", "replace")
                    going_on = self._answer(connection, verb)
                    if verb == "DATA" and going_on and self._says["DATA"].startswith(b"354"):
                        going_on = self._take(connection, lines)
            except OSError:
                return  # the sender left

    def _take(self, connection: socket.socket, lines: Any) -> bool:
        if self._says["BODY"]:
            lines.readline()
            return self._answer(connection, "BODY")
        message = []
        while (line := lines.readline()) and line != b".\r\n":
            message.append(line)
        if not line:
            return False
        self._keep(b"".join(message))
        return self._answer(connection, "DOT")

    def _answer(self, connection: socket.socket, verb: str) -> bool:
        """Whether the conversation goes on."""
        said = self._says.get(verb, b"502 no such thing")
        if said == HANG:
            self._released.wait(60)
        if said in (DROP, HANG):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        connection.sendall(said + b"\r\n")
        return True
