"""Turns at one server: at most so many requests at once, and a pause between the starts of two, however many threads ask."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_FORGET_ABOVE = 512
"""Servers remembered before those that nobody waits for are forgotten."""


@dataclass(slots=True)
class _Server:
    wanted: int = 0
    """Callers that have a turn or wait for one."""
    running: int = 0
    free_at: float = 0.0


class Turns:
    """Hands out turns by server (host:port). Waiting for a turn blocks the caller; no other server's turns are held up by it."""

    def __init__(self, *, at_once: int, gap: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._at_once = at_once
        self._gap = gap
        self._monotonic = monotonic
        self._servers: dict[str, _Server] = {}
        self._changed = threading.Condition()

    def __len__(self) -> int:
        """How many servers are remembered."""
        return len(self._servers)

    @contextmanager
    def turn(self, origin: str) -> Iterator[None]:
        """Waits until `origin` may be asked again, and keeps the place until the block ends."""
        with self._changed:
            self._forget_idle()
            server = self._servers.setdefault(origin, _Server())
            server.wanted += 1
            while (wait := self._wait(server)) != 0:
                self._changed.wait(wait)
            server.running += 1
            server.free_at = self._monotonic() + self._gap
        try:
            yield
        finally:
            with self._changed:
                server.running -= 1
                server.wanted -= 1
                self._changed.notify_all()

    def _wait(self, server: _Server) -> float | None:
        """Seconds until a turn is free: 0 for now, None when somebody must finish first."""
        if server.running >= self._at_once:
            return None
        return max(server.free_at - self._monotonic(), 0)

    def _forget_idle(self) -> None:
        if len(self._servers) > _FORGET_ABOVE:
            now = self._monotonic()
            self._servers = {name: s for name, s in self._servers.items() if s.wanted or s.free_at > now}
