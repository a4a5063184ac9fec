"""How the sources fare, for people and programs: rhythm, next poll and why, troubles, gaps, and how late polls begin."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aseanwatch.pipeline import LATENESS
from aseanwatch.polls import Lateness
from aseanwatch.ports import Store
from core import cadence
from core.calendar import Calendar
from core.outcomes import Event, EventKind
from core.sources import Polling, Source

Json = dict[str, object]

GAPS = 5
"""Possible gaps that are shown of one source."""


def fare_json(source: Source, polling: Polling, calendar: Calendar, now: datetime) -> Json:
    """What polling made of a source, for `sources list` and `show`; times in ISO 8601, pauses in seconds."""
    usual, whole = cadence.median_gap(polling, now), cadence.mean_gap(polling, now)
    return {
        "troubles": list(polling.troubles),
        "baseline_at": _iso(polling.baseline_at),
        "last_arrival_at": _iso(max((at for at in polling.arrivals if at <= now), default=None)),
        "median_gap_seconds": usual.total_seconds() if usual else None,
        "mean_gap_seconds": whole.total_seconds() if whole else None,
        "next_poll_why": why_then(source, polling, calendar, now),
        "late_seconds": late(source, polling, now).total_seconds(),
        "moved_to": polling.moved_to,
        "archive": polling.archive,
    }


def why_then(source: Source, polling: Polling, calendar: Calendar, now: datetime) -> str:
    """Why the next poll is when it is, in words."""
    if not source.enabled:
        return "it is off"
    if polling.next_poll_at is None or polling.last_poll_at is None:
        return "it was never asked at this address"
    pause, at = polling.next_poll_at - polling.last_poll_at, polling.last_poll_at
    if polling.failures:
        longer = "twice the pause after each failure" if pause <= cadence.MAX_BACK_OFF else "daily, or as it asked"
        return f"it failed {polling.failures} times: {longer}"
    pace = cadence.pace(source, polling, at, surge=cadence.gathering(calendar, at) is not None)
    if pause > pace.pause * 1.11:
        return "its server or feed says that it stays fresh so long"
    if pause < pace.pause:
        return "much of its last body was new"
    return pace.why


def late(source: Source, polling: Polling, now: datetime) -> timedelta:
    """How long a source has been due; nothing when it is off or not due."""
    if not source.enabled or polling.next_poll_at is None:
        return timedelta(0)
    return max(timedelta(0), now - polling.next_poll_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How the polls keep up."""

    began: Lateness
    """How late the last ones began."""
    due: int
    """Sources that are due now."""
    longest: timedelta
    """For how long the one that waits longest has been due."""
    source: str
    """Its id."""


def queue(store: Store, known: Iterable[tuple[Source, Polling]], now: datetime) -> Queue:
    """How the polls keep up, as far as the database knows."""
    said = store.remembered(LATENESS)
    waiting = sorted(((late(source, polling, now), source.id) for source, polling in known), reverse=True)
    longest, name = waiting[0] if waiting else (timedelta(0), "")
    return Queue(
        began=Lateness(**json.loads(said)) if said else Lateness(),
        due=sum(wait > timedelta(0) for wait, _ in waiting),
        longest=longest,
        source=name,
    )


def gaps(store: Store, source: str) -> list[Event]:
    """The last possible gaps of a source, newest first."""
    events = store.events(subject=source, limit=100_000)
    return [event for event in reversed(events) if event.kind is EventKind.SOURCE_GAP][:GAPS]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
