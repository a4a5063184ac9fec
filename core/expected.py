"""Expected, not yet seen: by when what was foretold should have come, and since when it is overdue. Pure.

    report that foretells    should have come by
    names a day or a month   that day, the end of that month
    "later this year"        the end of the year; the like for weeks and months
    "when the leaders meet"  the end of the next Summit
    at a meeting to come     the end of the meeting, or of its week
    wishes, weighs, "soon"   no time: nobody waits for it

Of several reports the latest time counts, so that what was put off is not overdue. `GRACE` after it the outcome is overdue.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from core.calendar import Calendar, CalendarMeeting
from core.codes import Level, Standing, Status
from core.facets import facet
from core.outcomes import Outcome, Reported
from core.readings import Sighting, Slot

GRACE = timedelta(days=2)
"""How long after its day an outcome is waited for: texts are put out a day late, and are read when the feed has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """By which day an outcome should have come, and on whose word."""

    outcome: str
    """Its key."""
    by: date
    why: str
    """In plain words: the meeting that ends then, or the words that name the day."""
    article: str
    """Key of the article that foretells it."""
    meeting: str = ""
    """Name of the meeting that should bring it, where it is the meeting that sets the day."""

    @property
    def at(self) -> datetime:
        """When the day and the grace after it are over, UTC: from then on it is overdue."""
        return datetime.combine(self.by + timedelta(days=1), time(), UTC) + GRACE


def due(outcome: Outcome, reports: Iterable[Reported], calendar: Calendar) -> Deadline | None:
    """By when the outcome should have come, by the reports that foretell it; None when nobody waits for it.

    Nobody waits for what has come or failed, for what only officials plan, for what has neither a day nor a meeting to come, and for
    what a reviewer says is no outcome.
    """
    planned = outcome.status is Status.PLANNED and outcome.standing is not Standing.REJECTED
    if not planned or outcome.level is Level.OFFICIALS:
        return None
    found = [foretold for reported in reports for foretold in _foretold(outcome.key, reported, calendar)]
    return max(found, key=lambda one: (one.by, one.why, one.article), default=None)


def overdue(outcome: Outcome, due: Deadline, now: datetime) -> bool:
    """Whether it should have come and has not."""
    return outcome.status is Status.PLANNED and now >= due.at


def tells(outcome: Outcome, due: Deadline, now: datetime, since: datetime) -> bool:
    """Whether that it is overdue is to be told now: once for each time that it lets pass.

    What should have come before anybody waited for it (before it was known, or before `since`, when the watch began to wait) is
    shown as overdue and never told: a register that is filled from history would tell of nothing else.
    """
    known = max(outcome.first_seen, since)
    return overdue(outcome, due, now) and due.at > known and (outcome.overdue_at is None or outcome.overdue_at < due.at)


# What a report foretells -------------------------------------------------------------------------------------------------

_TENTATIVE = re.compile(
    r"\b(?:want|wish|hop(?:e|ing)|seek|sought|propos|suggest|consider|explor|study|mull|idea|possib|interest|ask|request|call|urg|discuss|"
    r"could|can\b|may\b|might|try|look|aspir|need|if\b|bid\b|prospect|option|chance|opportunit|moot|float|ey(?:e|ing)|keen|eager|willing|"
    r"welcom|support|push|effort|striv|work|appl(?:y|ied|ication)|invit|advis|recommend)",
    re.IGNORECASE,
)
"""Words of mode that wish for an act or weigh it: they hold nobody to a meeting."""
_HOPED = re.compile(r"\b(?:hope|wish)(?:s|es|d|ed|ing)?\b|\bhoping\b", re.IGNORECASE)
_MEETING_ITSELF = frozenset({"when they meet", "when it meets", "when ministers meet", "at the end of which", "when it ends"})
"""Words of time that say no more than the meeting does."""


def _foretold(outcome: str, reported: Reported, calendar: Calendar) -> Iterable[Deadline]:
    """What one report says of the time: at most one day from its words, and one from its meeting."""
    sighting = reported.sighting
    if sighting.status is not Status.PLANNED:
        return
    one = facet(reported)
    when = _slot(sighting, "time")
    words = " ".join(when.span.quote.split()) if when else ""
    named = _day_named(words.lower(), _after(sighting, when), one.day) if when else None
    if named is not None:
        yield Deadline(outcome=outcome, by=named, why=f"“{words}”, said on {one.day.isoformat()}", article=reported.article)
    elif words.lower() == "when the leaders meet":
        summit = calendar.next("SUMMIT", one.day)
        if summit is not None:
            yield _at_end_of(summit, outcome, reported)
        return
    elif when is not None and when.value == "future" and words.lower() not in _MEETING_ITSELF:
        return  # "soon", "at a later date": some other time than the meeting's
    if one.meeting is not None and not _tentative(sighting):
        held = [found for found in calendar.instances(one.meeting) if _last_day(found) >= one.day]
        if held:
            yield _at_end_of(max(held, key=_last_day), outcome, reported)


def _slot(sighting: Sighting, name: str) -> Slot | None:
    return next((slot for slot in sighting.slots if slot.name == name), None)


def _after(sighting: Sighting, slot: Slot) -> str:
    """What follows the slot in its sentence."""
    sentence = sighting.sentence
    return sentence.quote[slot.span.end - sentence.start :] if slot.span.field == sentence.field else ""


def _tentative(sighting: Sighting) -> bool:
    """Whether its words of mode, or a hope before them ("he hopes that the text will be signed"), only wish for it or weigh it."""
    mode, sentence = _slot(sighting, "modality"), sighting.sentence
    if mode is None:
        return False
    before = sentence.quote[: max(0, mode.span.start - sentence.start)] if mode.span.field == sentence.field else ""
    return _TENTATIVE.search(mode.value.partition("(")[2]) is not None or _HOPED.search(before) is not None


def _last_day(record: CalendarMeeting) -> date:
    """The meeting's last day; of one whose days nobody knows, the last day of its year."""
    return record.end or date(record.year, 12, 31)


def _at_end_of(record: CalendarMeeting, outcome: str, reported: Reported) -> Deadline:
    last = _last_day(record)
    why = f"{record.name} ends on {last.isoformat()}" if record.end else f"{record.name} is held in {record.year}"
    return Deadline(outcome=outcome, by=last, why=why, article=reported.article, meeting=record.name)


# Days in words -----------------------------------------------------------------------------------------------------------

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH_NAME = (
    "(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    "sept|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)"
)
_MONTH = re.compile(rf"\b{_MONTH_NAME}\b")
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_YEAR_NEXT = re.compile(r"[\s,.]{0,3}((?:19|20)\d\d)\b")
_NUMBER = re.compile(r"\b(?:\d{1,2}\s?[-–]\s?)?(\d{1,2})\b")
_SPAN_NEXT = re.compile(
    rf"\s*(?:(next|the|this) )?(?:(year|month|week)\b|({_MONTH_NAME}\b\.?(?: (?:19|20)\d\d\b)?|(?:19|20)\d\d\b))", re.IGNORECASE
)
"""What "by the end of" and "early next" are said of: a year, a month or a week to be counted, or one that is named."""


def _end_of_week(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _end_of_year(day: date) -> date:
    return date(day.year, 12, 31)


def _next(end: Callable[[date], date]) -> Callable[[date], date]:
    return lambda day: end(end(day) + timedelta(days=1))


_ENDS: dict[str, Callable[[date], date]] = {"week": _end_of_week, "month": _end_of_month, "year": _end_of_year}
_PHRASES: dict[str, Callable[[date], date]] = {
    **dict.fromkeys(("today", "tonight", "later today", "later in the day", "this afternoon", "this evening"), lambda day: day),
    "tomorrow": lambda day: day + timedelta(days=1),
    "in the coming days": lambda day: day + timedelta(days=7),
    "in the coming weeks": lambda day: day + timedelta(days=31),
    **{f"{words} {unit}": end for unit, end in _ENDS.items() for words in ("this", "later this", "later in the")},
    **{f"next {unit}": _next(end) for unit, end in _ENDS.items()},
}
"""Words of time -> the last day that they mean, counted from the day of the report."""
_LATELY = timedelta(days=31)
_OPEN_PHRASES = frozenset({"by the end of", "before the end of", "early next"})


def _day_named(words: str, following: str, day: date) -> date | None:
    """The last day that words of time (lower case) mean in a report of `day`; `following` is what stands behind them.

    A month or a day without a year is the next one to come.
    """
    if words in _PHRASES:
        return _PHRASES[words](day)
    if words in _OPEN_PHRASES:
        span = _SPAN_NEXT.match(following)
        if span is None:
            return None
        if span[2]:
            return _PHRASES[f"{'next' if 'next' in (span[1], words[-4:]) else 'this'} {span[2].lower()}"](day)
        return _day_named(span[3].lower(), "", day)
    year = _YEAR.search(words) or _YEAR_NEXT.match(following)
    month = _MONTH.search(words)
    if month is None:
        return date(int(year[1]), 12, 31) if year else None
    return _in_month(_MONTHS.index(month[0][:3]) + 1, _NUMBER.search(words), int(year[1]) if year else None, day)


def _in_month(month: int, number: re.Match[str] | None, year: int | None, day: date) -> date | None:
    """The day of that number, or the last day of the month; None for one that no calendar has, or that was only lately."""
    try:
        found = date(year or day.year, month, int(number[1]) if number else 1)
    except ValueError:
        return None
    last = found if number else _end_of_month(found)
    if year or last >= day:
        return last
    return None if day - last <= _LATELY else _in_month(month, number, day.year + 1, day)
