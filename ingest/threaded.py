"""Many fetches at a time, each in a thread."""

import contextlib
import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from core.errors import FetchError
from core.sources import NotModified, Response

Ended = tuple[str, Response | NotModified | FetchError]


class Threaded:
    """Fetches begun by `start` and handed out by `done`."""

    def __init__(self, get: Callable[..., Response | NotModified]) -> None:
        self._get = get
        self._pool = ThreadPoolExecutor(16, "fetch")
        self._ended: queue.SimpleQueue[Ended | None] = queue.SimpleQueue()

    def start(self, key: str, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> None:
        """Begins a GET."""

        def fetch() -> None:
            try:
                self._ended.put((key, self._get(url, etag=etag, last_modified=last_modified, accept=accept)))
            except FetchError as error:
                self._ended.put((key, error))

        self._pool.submit(fetch)

    def done(self, seconds: float) -> list[Ended]:
        """What has ended; waits up to `seconds` for something."""
        came: list[Ended | None] = []
        with contextlib.suppress(queue.Empty):
            came.append(self._ended.get(timeout=seconds))
            while True:
                came.append(self._ended.get_nowait())
        return [one for one in came if one is not None]

    def wake(self) -> None:
        """Lets `done` return."""
        self._ended.put(None)

    def close(self) -> None:
        """Gives up what has not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)
