"""Names to addresses that may be connected to: looked up once, checked all of them, and remembered for a minute.

A look-up cannot be interrupted, only left behind: it runs in a thread of its own, and a name that takes ever so long holds up nobody but
those who asked for it. There are at most `_MOST` such threads; they are made when needed and go when idle.
"""

import ipaddress
import logging
import math
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from core.errors import FetchError
from core.reasons import Reason
from ingest.addresses import Address, AllowList
from ingest.urls import Target, masked

log = logging.getLogger(__name__)

Resolver = Callable[..., Sequence[tuple[Any, ...]]]
"""`socket.getaddrinfo`, or something that answers like it."""

REMEMBERED = 60.0
"""Seconds for which checked addresses are used again."""
UNREACHED = frozenset({Reason.CONNECT_FAILED, Reason.CONNECT_TIMEOUT})
"""With these, what was remembered may be out of date."""

_MOST = 64
_IDLE = 10.0
_STUCK = 60.0
"""Seconds after which a look-up is no longer believed to end, and another one is begun."""
_MAX_ADDRESSES = 4
_FORGET_ABOVE = 1024
_NAME = re.compile(r"[a-z0-9_][a-z0-9._-]{0,252}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an origin is: the addresses that were checked, and the line that tells libcurl so (none for an address in the URL itself)."""

    addresses: frozenset[Address]
    port: int
    pin: tuple[str, ...]


Answered = Callable[[Spot | FetchError], object]


@dataclass(slots=True)
class _Asked:
    """A look-up that is waiting in line or under way, and who waits for it."""

    since: float
    waiting: list[tuple[Target, Answered]]


class Names:
    """Looks up and checks the hosts of targets. One object serves all threads."""

    def __init__(self, resolver: Resolver, allowed: AllowList, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._resolver = resolver
        self._allowed = allowed
        self._monotonic = monotonic
        self._spots: dict[str, tuple[float, Spot]] = {}
        self._changed = threading.Condition()
        self._asked: dict[str, _Asked] = {}
        self._jobs: deque[Target] = deque()
        self._threads = 0
        self._idle = 0

    def find(self, here: Target, patience: float) -> Spot:
        """The spot of `here`, waited for at most `patience` seconds. Raises FetchError."""
        answers: SimpleQueue[Spot | FetchError] = SimpleQueue()
        found = self.ask(here, answers.put)
        if found is None:
            try:
                found = answers.get(timeout=max(patience, 0))
            except Empty:
                self.withdraw(here, answers.put)
                found = self.late(here)
        if isinstance(found, FetchError):
            raise found
        return found

    def ask(self, here: Target, answered: Answered) -> Spot | FetchError | None:
        """The spot at once when it is known or needs no look-up; else None, and `answered` is called with it from another thread."""
        known = self._spots.get(here.origin)
        if known is not None and known[0] > self._monotonic():
            return known[1]
        try:
            spot = self._checked(here, [ipaddress.ip_address(here.host)], pinned=False)
        except FetchError as error:
            return error
        except ValueError:
            pass
        else:
            with self._changed:
                self._remember(here.origin, spot)
            return spot
        if not _NAME.fullmatch(here.host):
            return FetchError(Reason.BAD_URL, "no name of a host", subject=masked(here.url))
        with self._changed:
            now = self._monotonic()
            asked = self._asked.setdefault(here.origin, _Asked(-math.inf, []))
            asked.waiting.append((here, answered))
            if now - asked.since >= _STUCK:
                asked.since = now
                self._jobs.append(here)
                self._staff()
        return None

    def withdraw(self, here: Target, answered: Answered) -> None:
        """`answered` is not to be called any more."""
        with self._changed:
            if asked := self._asked.get(here.origin):
                asked.waiting = [one for one in asked.waiting if one != (here, answered)]

    def forget(self, here: Target) -> None:
        """Looks the host up anew next time: nobody could be reached where it was."""
        self._spots.pop(here.origin, None)

    @staticmethod
    def late(here: Target) -> FetchError:
        """The error for a name that was not resolved in time."""
        return FetchError(Reason.DEADLINE, "the name was not resolved in time", subject=masked(here.url))

    # the threads

    def _staff(self) -> None:
        """Somebody for the job that was added."""
        if self._idle >= len(self._jobs):
            self._changed.notify()
        elif self._threads < _MOST:
            self._threads += 1
            threading.Thread(target=self._works, name="dns", daemon=True).start()

    def _works(self) -> None:
        while (here := self._job()) is not None:
            try:
                found: Spot | FetchError = self._looked_up(here)
            except FetchError as error:
                found = error
            except Exception as error:
                log.exception("look up %s", here.host)
                found = FetchError(Reason.INTERNAL, type(error).__name__, subject=masked(here.url))
            with self._changed:
                asked = self._asked.pop(here.origin, None)
                if isinstance(found, Spot):
                    self._remember(here.origin, found)
            for asker, answered in asked.waiting if asked else ():
                answered(found if isinstance(found, Spot) else FetchError(found.reason, found.detail, subject=masked(asker.url)))

    def _job(self) -> Target | None:
        """The next name to look up; None when none came for a while, and the thread may go."""
        with self._changed:
            if not self._jobs:
                self._idle += 1
                self._changed.wait_for(lambda: self._jobs, timeout=_IDLE)
                self._idle -= 1
            if self._jobs:
                return self._jobs.popleft()
            self._threads -= 1
            return None

    def _remember(self, origin: str, spot: Spot) -> None:
        now = self._monotonic()
        if len(self._spots) > _FORGET_ABOVE:
            self._spots = {name: known for name, known in self._spots.items() if known[0] > now}
        self._spots[origin] = (now + REMEMBERED, spot)

    def _looked_up(self, here: Target) -> Spot:
        try:
            found = self._resolver(here.host, here.port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found))
        except (OSError, UnicodeError, ValueError) as error:
            raise FetchError(Reason.DNS_FAILED, str(error), subject=masked(here.url)) from error
        if not addresses:
            raise FetchError(Reason.DNS_FAILED, "the name has no address", subject=masked(here.url))
        return self._checked(here, addresses, pinned=True)

    def _checked(self, here: Target, addresses: Sequence[Address], *, pinned: bool) -> Spot:
        """The spot, when every address is fit to connect to."""
        if refused := self._allowed.refused(here.origin, addresses):
            raise FetchError(Reason.ADDRESS_REFUSED, f"{here.host} is at {refused[0]}, not a public address", subject=masked(here.url))
        used = addresses[:_MAX_ADDRESSES]
        spelled = ",".join(f"[{address}]" if address.version == 6 else str(address) for address in used)
        # + lets the pin expire in libcurl's own memory, which would grow for ever otherwise
        pin = (f"+{here.host}:{here.port}:{spelled}",) if pinned else ()
        return Spot(addresses=frozenset(used), port=here.port, pin=pin)
