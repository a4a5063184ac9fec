"""The calendar: meetings as records, what hangs under them, and who chairs ASEAN in which year."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from core.codes import MEETING_TYPES
from core.readings import Meeting

_SPACED = {re.sub("-", " ", code): code for code in MEETING_TYPES}
_CODES = "|".join(code.replace(" ", "[ -]") for code in sorted(_SPACED, key=len, reverse=True))
_NAME = re.compile(
    rf"(?P<code>{_CODES})(?:[ -]?(?P<ordinal>\d{{1,3}}))?(?P<partner>(?: [^\d\W][\w.'-]*)*?)(?: (?P<year>\d{{4}}))?", re.IGNORECASE
)


class Certainty(StrEnum):
    """How far a record of the calendar can be relied on."""

    CONFIRMED = "confirmed"
    """A page or file says it."""
    DERIVED = "derived"
    """A rule gives it."""
    UNCERTAIN = "uncertain"
    """General knowledge, conflicting, or a forecast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMeeting:
    """One meeting as the calendar knows it; unknown parts are None or empty, days are whole days where it is held."""

    type: str
    year: int
    ordinal: int | None = None
    partner: str | None = None
    start: date | None = None
    end: date | None = None
    """The last day, of the whole week where one meeting follows another."""
    plenary: date | None = None
    place: str = ""
    country: str = ""
    """Short English name."""
    chair: str = ""
    """Who presides: the host's foreign minister."""
    theme: str = ""
    certainty: Certainty
    source: str = ""
    note: str = ""
    parent: str = ""
    """Name of the meeting under which it hangs."""

    @property
    def meeting(self) -> Meeting:
        """The meeting as readings and the register name it."""
        return Meeting(type=self.type, ordinal=self.ordinal, year=self.year, partner=self.partner)

    @property
    def name(self) -> str:
        """A short name: AMM-57, PMC Australia 2024, AMM-RETREAT 2024."""
        return self.meeting.name

    @property
    def title(self) -> str:
        """A name for people: 57th ASEAN Foreign Ministers' Meeting."""
        what = _TITLES.get(self.type, MEETING_TYPES[self.type])
        if self.ordinal:
            return f"{ordinal_word(self.ordinal)} {what}"
        return f"{what} with {self.partner or 'partners'} {self.year}" if self.type in _WITH_PARTNERS else f"{what} {self.year}"

    @property
    def where(self) -> str:
        """Place and country, each once: Vientiane, Laos."""
        return ", ".join(dict.fromkeys(part for part in (self.place, self.country) if part))

    @property
    def when(self) -> tuple[int, date, str]:
        """Sorts records by time; those of a year whose days nobody knows come after the others of that year."""
        return (self.year, self.start or date(self.year, 12, 31), self.name)


_TITLES = {
    "AMM": "ASEAN Foreign Ministers' Meeting",
    "AMM-RETREAT": "ASEAN Foreign Ministers' Retreat",
    "PMC": "ASEAN Post Ministerial Conference",
    "APT-FMM": "ASEAN Plus Three Foreign Ministers' Meeting",
    "EAS-FMM": "East Asia Summit Foreign Ministers' Meeting",
    "PARTNER-SUMMIT": "ASEAN Summit",
}
_NTH = re.compile(r"(?:the )?(?P<ordinal>\d{1,3})(?:st|nd|rd|th) (?P<what>.+)", re.IGNORECASE)


def _plain(name: str) -> str:
    """A name without case and apostrophes, which everybody sets differently."""
    return re.sub("['’‘]", "", name).casefold()


_CALLED = {_plain(said): code for code, full in MEETING_TYPES.items() for said in (code, full, _TITLES.get(code, full))}
"""What a type of meeting is called -> its code."""
_WITH_PARTNERS = frozenset({"PMC", "PARTNER-SUMMIT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chairmanship:
    """Which member chairs ASEAN in a year."""

    year: int
    country: str
    """Short English name."""
    theme: str = ""
    certainty: Certainty
    source: str = ""
    note: str = ""


class Calendar:
    """The records, in order of time, and the questions that can be asked of them."""

    def __init__(
        self,
        meetings: Iterable[CalendarMeeting] = (),
        chairs: Iterable[Chairmanship] = (),
        partners: Mapping[str, str] | None = None,
    ) -> None:
        """`partners`: what a partner may be called, folded by `str.casefold` -> its short English name."""
        self.meetings = tuple(sorted(meetings, key=lambda one: one.when))
        self.chairs = tuple(sorted(chairs, key=lambda one: one.year))
        self._partners = partners or {}
        self._by_number = {(one.type, one.ordinal): one for one in self.meetings if one.ordinal}
        self._by_year: dict[tuple[str, int], list[CalendarMeeting]] = {}
        for one in self.meetings:
            self._by_year.setdefault((one.type, one.year), []).append(one)

    def resolve(self, meeting: Meeting) -> CalendarMeeting | None:
        """The record of a meeting: by its number, or as the only one of its type that year; None when it may be several, or none."""
        found = self.instances(meeting)
        return found[0] if len(found) == 1 else None

    def instances(self, meeting: Meeting) -> tuple[CalendarMeeting, ...]:
        """The records that `meeting` may be, in order of time: one for a number, all of its type that year for a year.

        A session with one partner is a record of its own, derived from the sessions of that year; there is none with a stranger.
        """
        if meeting.ordinal is not None:
            found = self._by_number.get((meeting.type, meeting.ordinal))
            return (found,) if found else ()
        if meeting.year is None:
            return ()
        held = tuple(self._by_year.get((meeting.type, meeting.year), ())) or self._with_partners(meeting.type, meeting.year)
        if meeting.partner is None:
            return held
        partner = self._partners.get(meeting.partner.casefold())
        if partner is None or meeting.type not in _WITH_PARTNERS:
            return ()
        return tuple(replace(one, partner=partner, certainty=_derived(one.certainty)) for one in held)

    def _with_partners(self, type_: str, year: int) -> tuple[CalendarMeeting, ...]:
        """The leaders meet their partners at the last Summit of the year."""
        summits = self._by_year.get(("SUMMIT", year), ())
        if type_ != "PARTNER-SUMMIT" or not summits:
            return ()
        last = summits[-1]
        return (replace(last, type=type_, ordinal=None, certainty=_derived(last.certainty), note="", parent=last.name),)

    def named(self, name: str) -> CalendarMeeting | None:
        """The record of that name."""
        meeting = meeting_named(name)
        return self.resolve(meeting) if meeting else None

    def under(self, record: CalendarMeeting) -> tuple[CalendarMeeting, ...]:
        """What hangs under a record, in order of time."""
        return tuple(one for one in self.meetings if one.parent == record.name)

    def includes(self, above: Meeting, meeting: Meeting) -> bool:
        """Whether `meeting` is `above`, a session of it with one partner, or hangs under it.

        One without a number that was held twice that year belongs to neither, unless both were held on the same days.
        """
        record, found = self.resolve(above), self.instances(meeting)
        if record is None or len({one.start for one in found}) != 1:
            return above.name == meeting.name
        return any(record.name in (one.name, one.parent, replace(one, partner=None).name) for one in found)

    def next(self, type_: str, day: date) -> CalendarMeeting | None:
        """The first meeting of a type that is not over on `day`, of those whose days are known."""
        return next((one for one in self.meetings if one.type == type_ and one.end and one.end >= day), None)

    def chair(self, year: int) -> Chairmanship | None:
        """Who chairs ASEAN in that year."""
        return next((one for one in self.chairs if one.year == year), None)


def meeting_named(name: str) -> Meeting | None:
    """The meeting of a name, whatever its case; None for other words.

    A short name: AMM-57, amm 57, AMM57, PMC Australia 2024, SUMMIT 2025; or a number with it or the full name: 57th AMM, the 57th ASEAN
    Foreign Ministers' Meeting.
    """
    words = " ".join(name.split())
    nth = _NTH.fullmatch(words)
    if nth is not None:
        code = _CALLED.get(_plain(nth["what"]))
        return Meeting(type=code, ordinal=int(nth["ordinal"])) if code else None
    found = _NAME.fullmatch(words)
    if found is None:
        return None
    ordinal, year, partner = found["ordinal"], found["year"], (found["partner"] or "").strip()
    return Meeting(
        type=_SPACED[found["code"].upper().replace("-", " ")],
        ordinal=int(ordinal) if ordinal else None,
        year=int(year) if year else None,
        partner=partner or None,
    )


def ordinal_word(number: int) -> str:
    """1st, 2nd, 13th, 57th."""
    last = 0 if number % 100 in (11, 12, 13) else number % 10
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def _derived(certainty: Certainty) -> Certainty:
    """What a rule makes of a fact is no better than derived."""
    return Certainty.DERIVED if certainty is Certainty.CONFIRMED else certainty
