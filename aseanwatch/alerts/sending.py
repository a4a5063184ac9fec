"""What carries a message to one target, whatever the channel: a place in the target's pace, one attempt on a clock, one true receipt.

An attempt has two parts. Until `Attempt.begin` nothing that could arrive has left the house: whatever fails there is `not_sent`.
From then on a failure leaves a doubt, unless the receiver itself said what came of it.
"""

import re
import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aseanwatch.alerts.pace import Pace
from aseanwatch.alerts.targets import Target
from aseanwatch.alerts.templates import Templates
from core.alerts import Alert, Delivery, Receipt, ReceiptKind

SEND_SECONDS = 40.0
"""Longest time for one delivery, connecting included; the lease that a delivery is claimed for must be longer."""
CONNECT_SECONDS = 10.0


class TooLate(Exception):
    """The time for this attempt is over: nothing may be sent any more."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One sending thread and the one who waits for it: whoever gives up first decides."""

    deadline: float
    """By the monotonic clock."""
    receipt: Receipt | None = None
    lines: list[str] = field(default_factory=list)
    _state: str = "connecting"
    _break_off: Callable[[], object] = lambda: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def begun(self) -> bool:
        """Whether something that could arrive has left the house."""
        return self._state == "sending"

    def left(self, most: float = float("inf")) -> float:
        """Seconds until the deadline, `most` at most. Raises TooLate."""
        seconds = min(self.deadline - time.monotonic(), most)
        if seconds <= 0:
            raise TooLate
        return seconds

    def holds(self, break_off: Callable[[], object]) -> None:
        """What ends the connection when the time is over, so that no thread waits on. Raises TooLate when it is."""
        with self._lock:
            self._break_off = break_off
            if self._state != "closed":
                return
        break_off()
        raise TooLate

    def begin(self) -> None:
        """Called before the first byte that could arrive. Raises TooLate when it may not be sent any more."""
        with self._lock:
            if self._state == "closed":
                raise TooLate
            self._state = "sending"

    def close(self, late: str) -> Receipt:
        """What came of it; when nothing did until now, `late` says so and the connection is ended."""
        with self._lock:
            state, self._state = self._state, "closed"
            receipt = self.receipt
        if receipt is not None:
            return receipt
        with suppress(Exception):
            self._break_off()
        return Receipt(kind=ReceiptKind.UNKNOWN if state == "sending" else ReceiptKind.NOT_SENT, reason=late)


class Sender(ABC):
    """Delivers to one target; satisfies `ports.Notifier`. Threads may share it."""

    def __init__(
        self,
        target: Target,
        templates: Templates,
        *,
        send_seconds: float = SEND_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        """`trust` makes what certificates are checked by."""
        self._target = target
        self._templates = templates
        self._send_seconds = send_seconds
        self._monotonic = monotonic
        self._trust = trust
        self._pace = Pace(target.per_minute)

    def deliver(self, delivery: Delivery, alert: Alert) -> Receipt:
        """Sends once, within 40 s; never raises for a target that refuses, hangs or is gone."""
        wait = self._pace.wait(delivery.key, self._monotonic())
        if wait > 0:
            turn = f"waits its turn: {self._target.per_minute} messages a minute"
            return Receipt(kind=ReceiptKind.NOT_SENT, reason=turn, retry_after=wait)
        attempt = Attempt(deadline=time.monotonic() + self._send_seconds)
        sender = threading.Thread(target=self._try, args=(attempt, delivery, alert), name=f"send-{self._target.name}", daemon=True)
        sender.start()
        sender.join(self._send_seconds)
        return attempt.close(f"no answer within {self._send_seconds:g} s")

    def _try(self, attempt: Attempt, delivery: Delivery, alert: Alert) -> None:
        try:
            attempt.receipt = self._carry(attempt, delivery, alert)
        except TooLate:
            return
        except Exception as error:  # noqa: BLE001 - whatever it was, it ends here; its text may hold a secret
            if attempt.begun:
                attempt.receipt = Receipt(kind=ReceiptKind.UNKNOWN, reason=f"no complete answer ({plain(error)})")
            else:
                attempt.receipt = Receipt(kind=ReceiptKind.NOT_SENT, reason=f"cannot connect: {plain(error)}")

    @abstractmethod
    def _carry(self, attempt: Attempt, delivery: Delivery, alert: Alert) -> Receipt:
        """Makes the message, connects, calls `attempt.begin`, sends; may raise whatever it likes."""

    def _tls(self, *, verify: bool) -> ssl.SSLContext:
        context = self._trust()
        if not verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def plain(error: BaseException) -> str:
    """What went wrong, in words that hold no secret: never the error's own text."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the certificate was refused"
    if isinstance(error, ssl.SSLError):
        return "no TLS, or none that both speak"
    if isinstance(error, TimeoutError):
        return "timed out"
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


def known_as(name: object, url: str) -> str:
    """The receiver's own name for a message, for the log of attempts; nothing when it is odd or might be a secret of ours."""
    text = str(name)
    odd = not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text)
    return "" if odd or text in url else f"accepted as {text}"
