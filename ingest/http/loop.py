"""libcurl's multi handle and the sockets that it waits for, together with an alarm that other threads may ring.

libcurl says which sockets it wants to hear of and when it wants to be called in any case; `poll` waits for all of them, so that there may
be more than 1,024 open files, and none of them costs a call into Python before something happens on it.
"""

import contextlib
import math
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable

import pycurl

from ingest.http.handles import IDLE, Handle

News = Callable[[], object]
Landed = tuple[Handle, int, str]
"""A handle that is at its end, with libcurl's code and words."""

_WANTED = {
    pycurl.POLL_NONE: 0,
    pycurl.POLL_REMOVE: 0,
    pycurl.POLL_IN: select.POLLIN,
    pycurl.POLL_OUT: select.POLLOUT,
    pycurl.POLL_INOUT: select.POLLIN | select.POLLOUT,
}


class Loop:
    """Drives handles to their end. For one thread at a time, but for `tell`. `connections` are kept open at most for later handles."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._handles: dict[pycurl.Curl, Handle] = {}
        self._driver = 0
        """The thread that made the last step."""
        self._news: deque[News] = deque()
        self._rung = False
        self._ears, self._alarm = socket.socketpair()
        self._ears.setblocking(False)
        self._alarm.setblocking(False)
        self._sockets = select.poll()
        self._sockets.register(self._ears, select.POLLIN)
        self._timer: float | None = None
        """When libcurl wants to be called though nothing happened."""
        self._used_at: float | None = None
        """When the last handle landed, after which connections may still be open."""
        self._multi = self._new_multi()

    def add(self, handle: Handle) -> None:
        """Takes a prepared handle under way."""
        self._handles[handle.curl] = handle
        self._multi.add_handle(handle.curl)

    def remove(self, handle: Handle) -> None:
        """Takes it back, wherever it is."""
        del self._handles[handle.curl]
        self._multi.remove_handle(handle.curl)
        self._used_at = time.monotonic()

    def tell(self, news: News) -> None:
        """Has `news` called by the present step, or the next. For every thread; after `close` nothing comes of it."""
        self._news.append(news)
        if threading.get_ident() != self._driver and not self._rung:
            self._rung = True
            with contextlib.suppress(OSError):  # closed, or so many bytes lie there that it hears us anyway
                self._alarm.send(b"!")

    def step(self, until: float) -> list[Landed]:
        """Waits until then (monotonic) for something to happen, and returns the handles that are at their end through it."""
        self._driver = threading.get_ident()
        ears = self._ears.fileno()
        for fd, happened in self._sockets.poll(math.ceil(self._patience(until) * 1000)):
            if fd == ears:
                self._ears.recv(4096)
            elif happened & select.POLLNVAL:  # closed without a word: it would be told at every step
                self._forgets(fd)
            else:
                self._multi.socket_action(fd, _what_happened(happened))
        if self._timer is not None and self._timer <= time.monotonic():
            self._timer = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._rung = False  # before the news are heard, lest one comes in unheard between
        while self._news:
            self._news.popleft()()
        self._closes_idle()
        return self._landed()

    def close(self) -> None:
        """Closes all connections. Handles that are under way are to be removed before."""
        self._multi.close()
        self._ears.close()
        self._alarm.close()

    def _patience(self, until: float) -> float:
        """Seconds for which nothing needs to be done by itself."""
        if self._news:
            return 0.0
        if self._timer is not None:
            until = min(until, self._timer)
        if self._used_at is not None and not self._handles:
            until = min(until, self._used_at + IDLE)
        return max(until - time.monotonic(), 0.0)

    def _landed(self) -> list[Landed]:
        landed: list[Landed] = []
        more = bool(self._handles)
        while more:
            more, well, ill = self._multi.info_read()
            landed += [(self._handles[curl], pycurl.E_OK, "") for curl in well]
            landed += [(self._handles[curl], code, words) for curl, code, words in ill]
        return landed

    def _closes_idle(self) -> None:
        """Closes connections that nobody has used for a while. While others are in use, libcurl sees to that."""
        if not self._handles and self._used_at is not None and self._used_at + IDLE <= time.monotonic():
            self._multi.close()
            self._multi, self._used_at, self._timer = self._new_multi(), None, None

    def _new_multi(self) -> pycurl.CurlMulti:
        multi = pycurl.CurlMulti()
        multi.setopt(pycurl.M_SOCKETFUNCTION, self._wants)
        multi.setopt(pycurl.M_TIMERFUNCTION, self._wants_to_be_called)
        multi.setopt(pycurl.M_MAXCONNECTS, self._connections)
        return multi

    def _wants(self, what: int, fd: int, multi: pycurl.CurlMulti, data: object) -> None:
        """libcurl wants to hear what happens on a socket, or no more of it."""
        if wanted := _WANTED[what]:
            self._sockets.register(fd, wanted)
        else:
            self._forgets(fd)

    def _forgets(self, fd: int) -> None:
        with contextlib.suppress(KeyError):
            self._sockets.unregister(fd)

    def _wants_to_be_called(self, milliseconds: int) -> None:
        self._timer = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000


def _what_happened(event: int) -> int:
    """An event of `poll` in libcurl's words; of what is wrong with a socket it hears whichever way it wanted to go."""
    reading = pycurl.CSELECT_IN if event & ~select.POLLOUT else 0
    writing = pycurl.CSELECT_OUT if event & ~select.POLLIN else 0
    return reading | writing
