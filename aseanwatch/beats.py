"""Beats and crons: the scheduler that ticks, and when a digest goes. The door to APScheduler."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

Beaten = Literal["error", "missed", "skipped"]
Heard = Callable[[str, Beaten, BaseException | None], None]
"""Called with the name of a job and what became of it when it should have beaten; the error that it raised."""

_SOON = datetime(2026, 1, 1, tzinfo=UTC)


class Cron:
    """Minute, hour, day, month and weekday, in a time zone.

    An hour that the clock skips is made up for when it has passed; in one that comes twice it fires once, unless it fires every hour.
    """

    def __init__(self, expression: str, zone: tzinfo) -> None:
        """Raises ValueError, in words, for what is no such expression, never comes, or names weekdays by number."""
        fields = expression.split()
        if len(fields) != 5:
            raise ValueError("five fields are wanted, minute hour day month weekday, such as `0 7 * * mon-fri`")
        if any(letter.isdigit() for letter in fields[4].partition("/")[0]):
            raise ValueError("write weekdays by name, such as mon-fri: crons do not agree on the day with which they begin to count")
        try:
            self._trigger = CronTrigger.from_crontab(expression, timezone=zone)
        except ValueError as error:
            raise ValueError(f"no cron expression: {error}") from error
        self._zone = zone
        self._hourly = fields[1].startswith("*")
        if self._trigger.get_next_fire_time(None, _SOON) is None:
            raise ValueError("this day never comes")

    def next(self, now: datetime) -> datetime:
        """The next time that is later than `now`, in UTC."""
        at = now
        while True:
            at = (at + timedelta(microseconds=1)).astimezone(UTC)
            fires: datetime = self._trigger.get_next_fire_time(None, at)
            wall = fires.astimezone(self._zone)
            if not wall.fold or self._hourly:
                return fires.astimezone(UTC)
            at = fires


class Pulse(BaseTrigger):  # type: ignore[misc]
    """Fires now, and then so many seconds after each time it fired.

    APScheduler's interval trigger lists every beat that a clock set ten years ahead has jumped over, until memory ends.
    """

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next beat, never in the past."""
        return now if previous_fire_time is None else now + self._pause


def scheduler(heard: Heard) -> Any:
    """A scheduler in memory, on UTC, with a pool for fetching, one for alerts and one for the rest; not started yet."""
    # Its lines would say at each tick that a job ran; what matters of them comes to us as events.
    logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    made = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"fetch": ThreadPoolExecutor(2), "alerts": ThreadPoolExecutor(1), "default": ThreadPoolExecutor(3)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=UTC,
        daemon=True,
    )

    def hear(event: Any) -> None:
        error = event.exception if event.code == EVENT_JOB_ERROR else None
        heard(event.job_id, "error" if error else "missed" if event.code == EVENT_JOB_MISSED else "skipped", error)

    made.add_listener(hear, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    return made
