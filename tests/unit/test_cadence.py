"""How long until the next poll: a source's own rhythm within the bounds of its tier, and what others ask for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.cadence import (
    BOUNDS,
    DAILY,
    KEPT,
    MAX_BACK_OFF,
    SURGE_BACK_OFF,
    SURGE_FRESHNESS,
    arrived,
    back_off,
    gathering,
    longest_gap,
    mean_gap,
    median_gap,
    pace,
    pause,
    spoken,
)
from core.calendar import Calendar, CalendarMeeting, Certainty
from core.errors import FetchError
from core.reasons import Reason
from core.sources import Polling, Source, Tier

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MINISTRY = Source(id="mfa", url="https://mfa.example/rss", publisher="MFA", tier=Tier.OFFICIAL, interval=10 * MINUTE)


def every(gap: timedelta, number: int = KEPT, until: datetime = NOW) -> Polling:
    """A source that brought something so many times, at that distance, the last time at `until`."""
    return Polling(arrivals=tuple(until - gap * back for back in reversed(range(number))))


def waits(polling: Polling, source: Source = MINISTRY, *, quiet: timedelta = timedelta(0), surge: bool = False) -> timedelta:
    return pace(source, polling, NOW + quiet, surge=surge).pause


# the rhythm


@pytest.mark.parametrize("number", [0, 1, 4])
def test_without_a_rhythm_the_interval_counts(number: int) -> None:
    assert waits(every(HOUR, number), quiet=2 * HOUR) == MINISTRY.interval


@pytest.mark.parametrize(
    ("gap", "quiet", "minutes"),
    [
        (4 * HOUR, 0 * HOUR, 5),  # something just came: more may follow
        (4 * HOUR, 1 * HOUR, 7.5),  # an eighth of the time since
        (4 * HOUR, 9 * HOUR, 10),  # a 24th of its gap
        (24 * HOUR, 4 * HOUR, 30),
        (24 * HOUR, 20 * HOUR, 60),
        (14 * 24 * HOUR, 13 * 24 * HOUR, 360),  # never slower than the tier
        (2 * MINUTE, 9 * HOUR, 5),  # never quicker
    ],
)
def test_an_official_source_is_asked_by_its_rhythm_between_five_minutes_and_six_hours(
    gap: timedelta, quiet: timedelta, minutes: float
) -> None:
    assert waits(every(gap), quiet=quiet) == minutes * MINUTE


def test_bursts_and_rests_count_together() -> None:
    """Three notes in an hour, once a week."""
    weekly = Polling(arrivals=tuple(NOW - timedelta(days=7 * week, minutes=30 * note) for week in (3, 2, 1, 0) for note in (2, 1, 0)))

    assert mean_gap(weekly, NOW) == timedelta(days=21, hours=1) / 11
    assert median_gap(weekly, NOW) == 30 * MINUTE
    assert waits(weekly) == 5 * MINUTE
    assert waits(weekly, quiet=20 * HOUR) == timedelta(days=21, hours=1) / 11 / 24


@pytest.mark.parametrize("tier", list(Tier))
def test_each_tier_keeps_its_bounds_and_a_quarter_of_the_interval(tier: Tier) -> None:
    source = replace(MINISTRY, tier=tier, interval=BOUNDS[tier].quickest * 8)
    assert waits(every(MINUTE), source) == BOUNDS[tier].quickest * 2
    assert waits(every(400 * 24 * HOUR), source, quiet=300 * 24 * HOUR) == BOUNDS[tier].slowest
    rare = replace(source, interval=DAILY)
    assert waits(every(400 * 24 * HOUR), rare, quiet=300 * 24 * HOUR) == DAILY


def test_an_interval_shorter_than_any_rhythm_is_kept_as_it_is() -> None:
    own = replace(MINISTRY, interval=timedelta(seconds=1))
    assert waits(every(24 * HOUR), own, quiet=9 * HOUR) == waits(every(24 * HOUR), own, surge=True) == timedelta(seconds=1)


def test_what_a_clock_noted_in_the_future_is_no_rhythm() -> None:
    ahead = every(HOUR, until=NOW + 400 * DAILY)
    assert median_gap(ahead, NOW) is None
    assert waits(ahead) == MINISTRY.interval
    assert arrived(ahead, NOW) == (NOW,)


def test_a_ministry_that_publishes_much_on_workdays_is_known_to_rest_on_weekends() -> None:
    polling, friday = Polling(), datetime(2026, 11, 13, 9, 0, tzinfo=UTC)
    for day in (0, 3, 4, 5, 6, 7):
        for quarter in range(12):
            at = friday + timedelta(days=day, minutes=15 * quarter)
            polling = Polling(arrivals=arrived(polling, at))

    assert len(polling.arrivals) == KEPT + 2
    assert median_gap(polling, at) == 15 * MINUTE
    assert longest_gap(polling, at) == timedelta(days=3, minutes=-15 * 11)
    much_later = at + timedelta(days=40)
    for number in range(3):
        polling = Polling(arrivals=arrived(polling, much_later + number * HOUR))
    assert longest_gap(polling, much_later + 2 * HOUR) == timedelta(days=40)


# what much that is new, a cache and a surge make of it


def test_when_half_a_body_was_new_no_more_than_a_quarter_shall_be_exchanged_before_the_next() -> None:
    often = pause(MINISTRY, every(DAILY), {}, NOW + 20 * HOUR, exchanged=timedelta(hours=2))
    assert 30 * MINUTE <= often <= 33 * MINUTE
    assert 5 * MINUTE <= pause(MINISTRY, every(DAILY), {}, NOW + 20 * HOUR, exchanged=MINUTE) <= 5.5 * MINUTE


@pytest.mark.parametrize(("ttl", "minutes"), [(None, 10), (5 * MINUTE, 10), (20 * MINUTE, 20), (7 * DAILY, 30)])
def test_what_the_feed_says_of_its_freshness_delays_by_half_an_hour_at_most(ttl: timedelta | None, minutes: int) -> None:
    assert minutes * MINUTE <= pause(MINISTRY, Polling(), {}, NOW, ttl=ttl) <= max(minutes, 11) * MINUTE


def test_while_ministers_meet_those_who_are_nearest_are_asked_every_three_minutes_and_no_cache_hides_it() -> None:
    for tier in Tier:
        source = replace(MINISTRY, tier=tier, interval=timedelta(minutes=30))
        near = tier in (Tier.OFFICIAL, Tier.AGENCY)
        assert waits(every(DAILY), source, quiet=9 * HOUR, surge=True) == (3 * MINUTE if near else 60 * MINUTE)
        cached = pause(source, Polling(), {"cache-control": "max-age=86400"}, NOW, surge=True)
        assert cached == SURGE_FRESHNESS if near else cached >= 30 * MINUTE
        assert back_off(source, 9, FetchError(Reason.DEADLINE), surge=True) == (SURGE_BACK_OFF if near else MAX_BACK_OFF)
    assert back_off(MINISTRY, 9, FetchError(Reason.RATE_LIMITED, retry_after=7200), surge=True) == 2 * HOUR


WEEK = CalendarMeeting(type="AMM", ordinal=59, year=2026, start=date(2026, 7, 23), end=date(2026, 7, 28), certainty=Certainty.CONFIRMED)
DAY = CalendarMeeting(type="AMM-RETREAT", year=2026, plenary=date(2026, 1, 29), certainty=Certainty.UNCERTAIN)


@pytest.mark.parametrize(
    ("at", "meeting"),
    [
        (datetime(2026, 7, 21, 16, 59, tzinfo=UTC), None),
        (datetime(2026, 7, 21, 17, 0, tzinfo=UTC), WEEK),  # the eve begins in Jakarta
        (datetime(2026, 7, 26, 0, 0, tzinfo=UTC), WEEK),
        (datetime(2026, 7, 29, 16, 59, tzinfo=UTC), WEEK),
        (datetime(2026, 7, 29, 17, 0, tzinfo=UTC), None),
        (datetime(2026, 1, 30, 3, 0, tzinfo=UTC), DAY),
        (datetime(2026, 3, 1, 3, 0, tzinfo=UTC), None),
    ],
)
def test_the_surge_lasts_from_the_eve_of_a_meeting_to_a_day_after_it(at: datetime, meeting: CalendarMeeting | None) -> None:
    officials = CalendarMeeting(type="SOM", year=2026, start=date(2026, 3, 1), end=date(2026, 3, 2), certainty=Certainty.CONFIRMED)
    undated = CalendarMeeting(type="AMM-SPECIAL", year=2026, certainty=Certainty.UNCERTAIN)

    assert gathering(Calendar([WEEK, DAY, officials, undated]), at) == meeting


@pytest.mark.parametrize(
    ("span", "words"),
    [(40, "40 seconds"), (60, "1 minute"), (330, "6 minutes"), (3600, "1 hour"), (86_400, "24 hours"), (3 * 86_400, "3 days")],
)
def test_a_span_is_said_in_its_greatest_unit(span: int, words: str) -> None:
    assert spoken(timedelta(seconds=span)) == words
