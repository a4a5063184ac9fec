"""How long until a source is asked again: by its own rhythm, within bounds that hide no outcome. Pure.

    what is known of the source                        pause
    an interval shorter than its tier's quickest       the interval: who sets that means it
    ministers meet, and its tier is that of the deed   the tier's surge
    fewer than five arrivals                           the interval
    its arrivals                                       an eighth of the time since the last one, a 24th of their mean gap at most
    much of the last body was new                      no longer than in which a quarter of the body is exchanged

Arrivals are times at which we saw something new, never dates that a feed gives.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from core.calendar import Calendar, CalendarMeeting
from core.errors import ReasonedError
from core.keys import digest
from core.reasons import Reason
from core.sources import Polling, Source, Tier

DAILY = timedelta(hours=24)
"""The longest pause between two polls, whatever a server asks for, and between two polls without validators."""
MAX_BACK_OFF = timedelta(hours=6)
MAX_FRESHNESS = timedelta(minutes=30)
"""The longest that a server's max-age or a feed's ttl delays a poll: politeness must not delay a ministerial outcome."""
SURGE_FRESHNESS = timedelta(minutes=10)
SURGE_BACK_OFF = timedelta(minutes=30)
"""The same two for those who are nearest to the deed, while ministers meet."""
FAILING_AT = 3
"""Failures in a row at which a single 404 is no deployment any more, and a source that was good once is failing."""
KEPT = 20
"""Arrivals from which the rhythm is told."""
ENOUGH = 5
"""Arrivals from which on there is a rhythm to speak of."""

_JITTER = 0.1
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=\"?(\d{1,9})", re.IGNORECASE)
_UNCACHED = re.compile(r"no-cache|no-store", re.IGNORECASE)
_ASEAN_TIME = timedelta(hours=7)
_EVE = timedelta(days=1)
_MEMORY = timedelta(days=21)
"""How long the longest gap is remembered beyond the last arrivals: a weekend of every week lies in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Between which pauses a tier's rhythm moves; `surge` is the pause while ministers meet."""

    quickest: timedelta
    slowest: timedelta
    surge: timedelta | None = None


BOUNDS = {
    Tier.OFFICIAL: Bounds(quickest=timedelta(minutes=5), slowest=timedelta(hours=6), surge=timedelta(minutes=3)),
    Tier.AGENCY: Bounds(quickest=timedelta(minutes=5), slowest=timedelta(hours=6), surge=timedelta(minutes=3)),
    Tier.PRESS: Bounds(quickest=timedelta(minutes=10), slowest=timedelta(hours=6)),
    Tier.THINK_TANK: Bounds(quickest=timedelta(minutes=30), slowest=timedelta(hours=12)),
    Tier.AGGREGATOR: Bounds(quickest=timedelta(minutes=15), slowest=timedelta(hours=6)),
}

WITHOUT_MINISTERS = frozenset({"SOM", "COC", "OFFICIALS", "AIPA", "FORUM"})
"""Meetings of the calendar that no minister attends: nothing is asked more often for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long to wait, and why, in words."""

    pause: timedelta
    why: str


def pace(source: Source, polling: Polling, now: datetime, *, surge: bool = False) -> Pace:
    """The pause that the source's own rhythm asks for, before jitter and before what its server asks for."""
    bounds, interval = BOUNDS[source.tier], source.interval
    if interval < bounds.quickest:
        return Pace(pause=interval, why="its interval, which is shorter than any rhythm")
    if surge and bounds.surge is not None:
        return Pace(pause=bounds.surge, why="ministers meet, or met yesterday, or will tomorrow")
    gap = mean_gap(polling, now)
    if gap is None:
        return Pace(pause=interval, why=f"its interval, until something new came {ENOUGH} times")
    quickest, slowest = max(bounds.quickest, interval / 4), max(bounds.slowest, interval)
    since = now - _past(polling, now)[-1]
    wish = min(gap / 24, since / 8)
    return Pace(pause=min(max(wish, quickest), slowest), why=f"its rhythm: something new comes every {spoken(gap)} on the whole")


def pause(
    source: Source,
    polling: Polling,
    headers: dict[str, str],
    now: datetime,
    *,
    surge: bool = False,
    ttl: timedelta | None = None,
    exchanged: timedelta | None = None,
) -> timedelta:
    """How long to wait after an answer, a day at most, with up to a tenth more so that sources do not march in step.

    `ttl` is what the feed itself asks for, `exchanged` the time in which its whole body is exchanged, where that can be told.
    """
    wish = pace(source, polling, now, surge=surge).pause
    if exchanged is not None:
        wish = min(wish, max(exchanged / 4, min(BOUNDS[source.tier].quickest, source.interval)))
    share = int(digest(source.id, now.isoformat())[:8], 16) / 0xFFFFFFFF
    longest = SURGE_FRESHNESS if surge and BOUNDS[source.tier].surge else MAX_FRESHNESS
    fresh = min(max(_freshness(headers), ttl or timedelta(0)), longest)
    return min(max(wish * (1 + _JITTER * share), fresh), DAILY)


def back_off(source: Source, failures: int, error: ReasonedError, *, surge: bool = False) -> timedelta:
    """Twice as long after each failure, never earlier than asked, up to 6 hours, or half an hour for who is nearest while ministers meet.

    What is gone is asked daily; a single 404 may be a deployment.
    """
    if is_gone(error.reason, failures):
        return DAILY
    doublings: int = 2 ** min(failures - 1, 12)
    longest = SURGE_BACK_OFF if surge and BOUNDS[source.tier].surge else MAX_BACK_OFF
    return max(min(source.interval * doublings, longest), asked_pause(error))


def is_gone(reason: Reason | None, failures: int) -> bool:
    """Whether there is nothing at the address any more."""
    return reason is Reason.GONE or (reason is Reason.NOT_FOUND and failures >= FAILING_AT)


def asked_pause(error: ReasonedError) -> timedelta:
    """What the other side asked for, at most a day."""
    return min(timedelta(seconds=max(error.retry_after or 0, 0)), DAILY)


# The rhythm ---------------------------------------------------------------------------------------------------------------


def arrived(polling: Polling, now: datetime) -> tuple[datetime, ...]:
    """The last arrivals with one at `now` and, once they are many, before them the two ends of the longest gap of the last weeks.

    A ministry that publishes a dozen notes on each workday would else have forgotten by Friday that weekends are quiet.
    """
    past = _past(polling, now)
    latest = past[-KEPT:]
    if len(latest) < KEPT:
        return (*latest, now)
    pairs = [pair for pair in ((latest[0], latest[1]), _remembered(past)) if pair and now - pair[1] <= _MEMORY]
    return (*max(pairs, key=_length, default=latest[:2]), *latest[1:], now)


def median_gap(polling: Polling, now: datetime) -> timedelta | None:
    """The time that usually passes between two arrivals; None as long as there are too few."""
    latest = _past(polling, now)[-KEPT:]
    if len(latest) < ENOUGH:
        return None
    return timedelta(seconds=median((later - earlier).total_seconds() for earlier, later in pairwise(latest)))


def mean_gap(polling: Polling, now: datetime) -> timedelta | None:
    """How often something new comes on the whole, bursts and rests together; None as long as there are too few arrivals."""
    latest = _past(polling, now)[-KEPT:]
    return None if len(latest) < ENOUGH else (latest[-1] - latest[0]) / (len(latest) - 1)


def longest_gap(polling: Polling, now: datetime) -> timedelta:
    """The longest time that has passed between two arrivals, as far as we remember."""
    past = _past(polling, now)
    pairs = [*pairwise(past[-KEPT:]), *filter(None, [_remembered(past)])]
    return max(map(_length, pairs), default=timedelta(0))


def _past(polling: Polling, now: datetime) -> tuple[datetime, ...]:
    """Without what a clock noted that has been set back since."""
    return tuple(at for at in polling.arrivals if at <= now)


def _remembered(past: tuple[datetime, ...]) -> tuple[datetime, datetime] | None:
    """The ends of a long gap that lies before the last arrivals."""
    return (past[0], past[1]) if len(past) == KEPT + 2 else None


def _length(pair: tuple[datetime, ...]) -> timedelta:
    return pair[1] - pair[0]


def spoken(span: timedelta) -> str:
    """`span` as people say it, in its greatest unit: 5 minutes, 3 hours, 2 days."""
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if span.total_seconds() >= 2 * seconds or (span.total_seconds() >= seconds and unit != "day"):
            return _counted(round(span.total_seconds() / seconds), unit)
    return _counted(round(span.total_seconds()), "second")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


# The calendar -------------------------------------------------------------------------------------------------------------


def gathering(calendar: Calendar, now: datetime) -> CalendarMeeting | None:
    """A meeting of ministers that is held today, was yesterday or will be tomorrow (days of Jakarta); None when there is none."""
    today = (now + _ASEAN_TIME).date()
    for meeting in calendar.meetings:
        start, end = meeting.start or meeting.plenary, meeting.end or meeting.plenary or meeting.start
        if start and end and meeting.type not in WITHOUT_MINISTERS and start - _EVE <= today <= end + _EVE:
            return meeting
    return None


def _freshness(headers: dict[str, str]) -> timedelta:
    control = headers.get("cache-control", "")
    found = _MAX_AGE.search(control)
    if found is None or _UNCACHED.search(control):
        return timedelta(0)
    return timedelta(seconds=int(found[1]))
