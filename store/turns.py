"""Threads of one process take turns at a connection, in the order in which they came.

A pool of one connection is not enough: the thread that gives it back and wants it again gets it before those who wait are awake.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import StoreError


class Line:
    """Lets one thread through at a time, first come, first served."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._gate = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for its turn and keeps it to the end of the block. Raises StoreError after `patience` seconds of waiting."""
        mine = threading.Event()
        with self._gate:
            self._waiting.append(mine)
            self._waiting[0].set()
        try:
            if not mine.wait(self._patience):
                raise StoreError(f"busy: no turn at the database within {self._patience:g} s", transient=True)
            yield
        finally:
            with self._gate:
                self._waiting.remove(mine)
                if self._waiting:
                    self._waiting[0].set()
