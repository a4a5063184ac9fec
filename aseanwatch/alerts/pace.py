"""The pace of one target: a storm is spread over time instead of being dropped or throttled by the receiver."""

import threading


class Pace:
    """Gives each message a place in time, so many a minute after a first handful at once. Threads may share it."""

    def __init__(self, per_minute: int) -> None:
        self._gap = 60.0 / per_minute
        self._burst = self._gap * (per_minute // 2)
        self._next = float("-inf")
        self._places: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, key: str, now: float) -> float:
        """Seconds until the message `key` may go (0: now). Who must wait keeps the place it was told. `now` is monotonic."""
        with self._lock:
            place = self._places.pop(key, None)
            if place is None:
                place = max(self._next, now - self._burst)
                self._next = place + self._gap
            if place <= now:
                return 0.0
            self._places[key] = place
            return place - now
