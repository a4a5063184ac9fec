"""How the sources fare, as people and programs are told."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from aseanwatch.fare import fare_json, gaps, late, queue, why_then
from aseanwatch.pipeline import LATENESS
from aseanwatch.polls import Lateness
from core.calendar import Calendar, CalendarMeeting, Certainty
from core.outcomes import Event, EventKind
from core.reasons import Reason
from core.sources import Poll, Polling, Source, Tier
from store import open_store

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOURCE = Source(id="mfa", url="https://mfa.example/rss", publisher="MFA", tier=Tier.OFFICIAL, interval=10 * MINUTE)
MEETING = CalendarMeeting(type="AMM", ordinal=60, year=2026, start=date(2026, 3, 2), certainty=Certainty.CONFIRMED)
SINCE = tuple(NOW - timedelta(hours=hours) for hours in range(36, 0, -4))


def polled(pause: timedelta, **fields: object) -> Polling:
    return replace(Polling(last_poll_at=NOW, next_poll_at=NOW + pause), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("polling", "calendar", "why"),
    [
        (Polling(), Calendar(), "it was never asked at this address"),
        (polled(10.5 * MINUTE), Calendar(), "its interval, until something new came 5 times"),
        (polled(10.5 * MINUTE, arrivals=SINCE), Calendar(), "its rhythm: something new comes every 4 hours on the whole"),
        (polled(30 * MINUTE, arrivals=SINCE), Calendar(), "its server or feed says that it stays fresh so long"),
        (polled(5 * MINUTE, arrivals=SINCE), Calendar(), "much of its last body was new"),
        (polled(3.1 * MINUTE, arrivals=SINCE), Calendar([MEETING]), "ministers meet, or met yesterday, or will tomorrow"),
        (polled(40 * MINUTE, failures=3), Calendar(), "it failed 3 times: twice the pause after each failure"),
        (polled(timedelta(days=1), failures=3, reason=Reason.GONE), Calendar(), "it failed 3 times: daily, or as it asked"),
    ],
)
def test_why_the_next_poll_is_when_it_is(polling: Polling, calendar: Calendar, why: str) -> None:
    assert why_then(SOURCE, polling, calendar, NOW) == why


def test_one_that_is_off_waits_for_nobody() -> None:
    off = replace(SOURCE, enabled=False)
    assert why_then(off, polled(MINUTE), Calendar(), NOW) == "it is off"
    assert late(off, polled(-MINUTE), NOW) == timedelta(0)


def test_the_record_of_a_source_is_json() -> None:
    polling = polled(-2 * MINUTE, arrivals=SINCE, troubles=("moved",), moved_to="https://mfa.example/feed", baseline_at=NOW)

    record = json.loads(json.dumps(fare_json(SOURCE, polling, Calendar(), NOW)))

    assert record == {
        "troubles": ["moved"],
        "baseline_at": NOW.isoformat(),
        "last_arrival_at": (NOW - timedelta(hours=4)).isoformat(),
        "median_gap_seconds": 14400.0,
        "mean_gap_seconds": 14400.0,
        "next_poll_why": "much of its last body was new",
        "late_seconds": 120.0,
        "moved_to": "https://mfa.example/feed",
        "archive": None,
    }


def test_how_the_polls_keep_up_and_what_was_missed() -> None:
    with open_store("sqlite://", now=NOW) as store:
        sources = [replace(SOURCE, id=name, url=f"https://{name}.example/") for name in ("early", "late", "later")]
        store.sync_sources(sources, NOW)
        assert queue(store, store.sources(), NOW).began == Lateness()
        for minutes, source in zip((5, -1, -7), sources, strict=True):
            store.record_poll(Poll(source=source.id, at=NOW, polling=polled(minutes * MINUTE)))
        store.remember(LATENESS, '{"polls": 9, "median": 0.5, "worst": 2.0}')
        store.append_events([Event(kind=kind, subject="late", at=NOW) for kind in (EventKind.SOURCE_GAP, EventKind.SOURCE_FAILING)])

        line = queue(store, store.sources(), NOW)
        missed = gaps(store, "late")

    assert (line.due, line.longest, line.source) == (2, 7 * MINUTE, "later")
    assert line.began == Lateness(polls=9, median=0.5, worst=2.0)
    assert [event.kind for event in missed] == [EventKind.SOURCE_GAP]
