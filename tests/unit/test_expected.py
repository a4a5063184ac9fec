"""By when what was foretold should have come, and when that it has not is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from sightings import sighting, story, when

from classifiers import load_calendar
from core.calendar import Calendar
from core.codes import Level, Status
from core.expected import Deadline, due, overdue, tells
from core.outcomes import Outcome, Reported
from core.readings import Meeting, Slot, Span

AMM_57 = Meeting(type="AMM", ordinal=57, year=2024)


@cache
def calendar() -> Calendar:
    return load_calendar()


def report(
    day: str,
    sentence: str,
    *,
    time: str = "",
    sense: str = "future",
    mode: str = "planned (will)",
    meeting: Meeting | None = AMM_57,
    status: str = "planned",
    level: str = "ministerial",
) -> Reported:
    """An article of that day with that sentence, in which `time` are the words of time that the reader found."""
    seen = sighting("Joint Statement on Smart Cities", status=status, level=level, meeting=meeting, evidence=sentence)
    slots = [Slot(name="modality", value=mode, span=Span(field="text", start=0, end=4, quote=sentence[:4]))]
    if time:
        at = sentence.index(time)
        slots.append(Slot(name="time", value=sense, span=Span(field="text", start=at, end=at + len(time), quote=time)))
    [reported] = story(f"story of {day}", day, replace(seen, slots=tuple(slots))).reports()
    return reported


def outcome(**known: object) -> Outcome:
    """A planned outcome, first seen on 20 July 2024."""
    told = sighting("Joint Statement on Smart Cities", status="planned")
    at = when("2024-07-20")
    made = Outcome(key="document-1", type=told.type, status=told.status, level=told.level, title=told.title, first_seen=at, last_seen=at)
    return replace(made, **known)  # type: ignore[arg-type]


def by(*reports: Reported, **known: object) -> str | None:
    """The day by which it should have come."""
    found = due(outcome(**known), reports, calendar())
    return found.by.isoformat() if found else None


@pytest.mark.parametrize(
    ("meeting", "day"),
    [
        (AMM_57, "2024-07-27"),
        (Meeting(type="AMM", year=2024), "2024-07-27"),
        (Meeting(type="PMC", year=2024, partner="Australia"), "2024-07-27"),
        (Meeting(type="ARF", ordinal=31, year=2024), "2024-07-27"),
        (Meeting(type="SUMMIT", ordinal=45, year=2024), "2024-10-11"),
        (Meeting(type="SUMMIT", year=2025), "2025-10-28"),
        (Meeting(type="PARTNER-SUMMIT", year=2024, partner="South Korea"), "2024-10-11"),
        (Meeting(type="AMM", ordinal=60, year=2027), "2027-12-31"),
        (Meeting(type="AEM", year=2024), None),
        (Meeting(type="AMM", ordinal=56, year=2023), None),
        (None, None),
    ],
)
def test_a_meeting_to_come_should_bring_it_by_the_end_of_its_week(meeting: Meeting | None, day: str | None) -> None:
    assert by(report("2024-07-20", "They will adopt it.", meeting=meeting)) == day


@pytest.mark.parametrize(
    ("words", "following", "day"),
    [
        ("September 12", "", "2024-09-12"),
        ("September 12", ", 2025", "2025-09-12"),
        ("12 September", " this time", "2024-09-12"),
        ("October 8-11", "", "2024-10-11"),
        ("October", " in Vientiane", "2024-10-31"),
        ("February", "", "2025-02-28"),
        ("2026", "", "2026-12-31"),
        ("later this year", "", "2024-12-31"),
        ("next year", "", "2025-12-31"),
        ("next month", "", "2024-08-31"),
        ("later this week", "", "2024-07-21"),
        ("next week", "", "2024-07-28"),
        ("tomorrow", "", "2024-07-21"),
        ("by the end of", " the year", "2024-12-31"),
        ("by the end of", " next month", "2024-08-31"),
        ("before the end of", " October 2025", "2025-10-31"),
        ("by the end of", " the decade", None),
        ("early next", " year", "2025-12-31"),
        ("when the leaders meet", "", "2024-10-11"),
        ("soon", "", None),
        ("at a later date", "", None),
        ("July 2", "", None),
        ("February 30", "", None),
    ],
)
def test_words_of_time_name_the_last_day(words: str, following: str, day: str | None) -> None:
    assert by(report("2024-07-20", f"They will adopt it {words}{following}.", time=words, meeting=None)) == day


@pytest.mark.parametrize("words", ["when they meet", "when it ends"])
def test_words_that_mean_the_meeting_leave_it_to_the_meeting(words: str) -> None:
    assert by(report("2024-07-20", f"They will adopt it {words}.", time=words)) == "2024-07-27"


def test_words_that_put_it_off_are_not_the_meetings() -> None:
    assert by(report("2024-07-20", "They will adopt it in due course.", time="in due course")) is None
    assert by(report("2024-07-25", "They will adopt it when the leaders meet.", time="when the leaders meet")) == "2024-10-11"
    assert by(report("2024-07-25", "They will adopt it in October.", time="October")) == "2024-10-31"


def test_a_day_within_the_week_has_until_the_end_of_the_week() -> None:
    assert by(report("2024-07-20", "They will adopt it on July 25.", time="July 25")) == "2024-07-27"


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        ("planned (proposed)", "The UK proposed becoming a partner."),
        ("planned (is still under consideration)", "It is still under consideration."),
        ("planned (could)", "They could adopt it."),
        ("planned (wish to)", "Many wish to join."),
    ],
)
def test_nobody_waits_for_a_wish(mode: str, sentence: str) -> None:
    assert by(report("2024-07-20", sentence, mode=mode)) is None


def test_nobody_waits_for_what_is_only_hoped() -> None:
    hoped = report("2024-07-20", "He hopes that the deal will be signed.")
    mode = replace(hoped.sighting.slots[0], span=Span(field="text", start=23, end=27, quote="will"))
    assert by(replace(hoped, sighting=replace(hoped.sighting, slots=(mode,)))) is None


def test_nobody_waits_for_what_officials_plan_or_what_has_come() -> None:
    told = report("2024-07-20", "They will adopt it.")
    assert by(told, level=Level.OFFICIALS) is None
    assert by(told, level=Level.LEADERS) == "2024-07-27"
    assert by(told, status=Status.DONE) is None
    assert by(told, status=Status.FAILED) is None
    assert by(report("2024-07-20", "They adopted it.", status="done")) is None


def test_a_report_from_after_the_meeting_does_not_wait_for_it() -> None:
    assert by(report("2024-07-27", "They will adopt it.")) == "2024-07-27"
    assert by(report("2024-07-28", "They will adopt it.")) is None


def test_of_several_reports_the_latest_day_counts_whatever_their_order() -> None:
    early, late = report("2024-07-20", "They will adopt it."), report("2024-07-26", "They will adopt it in October.", time="October")
    assert by(early, late) == by(late, early) == "2024-10-31"
    found = due(outcome(), [early, late], calendar())
    assert found is not None
    assert (found.article, found.why) == ("story of 2024-07-26", "“October”, said on 2024-07-26")


# Overdue

WEEK_ENDS = Deadline(outcome="document-1", by=date(2024, 7, 27), why="AMM-57 ends on 2024-07-27", article="a")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AFTER = datetime(2024, 7, 30, tzinfo=UTC)


def test_it_is_overdue_when_two_days_after_its_day_have_passed() -> None:
    assert WEEK_ENDS.at == AFTER
    assert not overdue(outcome(), WEEK_ENDS, AFTER - timedelta(seconds=1))
    assert overdue(outcome(), WEEK_ENDS, AFTER)
    assert not overdue(outcome(status=Status.DONE), WEEK_ENDS, AFTER)


def test_it_is_told_once_for_each_time_that_it_lets_pass() -> None:
    assert tells(outcome(), WEEK_ENDS, AFTER, LONG_AGO)
    told = outcome(overdue_at=AFTER)
    assert not tells(told, WEEK_ENDS, AFTER + timedelta(days=90), LONG_AGO)
    put_off = replace(WEEK_ENDS, by=date(2024, 10, 31))
    assert not tells(told, put_off, AFTER + timedelta(days=30), LONG_AGO)
    assert tells(told, put_off, put_off.at, LONG_AGO)


def test_what_was_late_before_anybody_waited_is_not_told() -> None:
    assert not tells(outcome(first_seen=AFTER), WEEK_ENDS, AFTER + timedelta(days=1), LONG_AGO)
    assert not tells(outcome(), WEEK_ENDS, AFTER + timedelta(days=1), since=AFTER)
    assert tells(outcome(), WEEK_ENDS, AFTER + timedelta(days=1), since=AFTER - timedelta(seconds=1))
