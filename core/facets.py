"""What a report is about, as a facet: the few features that tell outcomes apart, with a text form in which a record keeps them."""

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from core import lives, titles, wording
from core.codes import MEETING_TYPES, Level, OutcomeType, Status
from core.outcomes import Reported
from core.readings import Meeting

FOREIGN_MINISTERS = frozenset({"AMM", "PMC", "APT-FMM", "EAS-FMM", "ARF", "SEANWFZ", "SOM", "COC"})
"""Meetings of the foreign ministers' week and their officials."""
YEARLY = {"AMM": 1967, "ARF": 1993, "EAS-FMM": 2010, "APT-FMM": 1999, "ADMM": 2006}
"""Meetings held once a year -> the year before their first: the n-th is n years later."""
_SUMMITS_SINCE = 2002
"""Two Summits a year since the 14th: this + half the number is the year (the 44th and 45th in 2024)."""
_OF_STATES = frozenset({OutcomeType.ACCESSION, OutcomeType.PARTNERSHIP, OutcomeType.MEMBERSHIP, OutcomeType.COORDINATION})
"""Types whose parties are who joins or serves; the partner of the meeting is none of them."""

_CODES = "|".join(sorted((re.escape(code) for code in MEETING_TYPES), key=len, reverse=True))
_NUMBERED = re.compile(
    rf"\b(?P<code>{_CODES})[ -]?(?P<n>\d{{1,3}})\b(?!\+)|\b(?P<nth>\d{{1,3}})(?:st|nd|rd|th) (?:ASEAN )?(?:(?P<type>{_CODES})\b|"
    r"(?P<amm>(?:ASEAN )?(?:Foreign Ministers?['’]?s?|Ministerial) Meeting)|(?P<own>meeting\b))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One report of an outcome, reduced to what tells outcomes apart. Empty parts are what the report leaves open."""

    type: OutcomeType
    status: Status
    level: Level
    act: lives.Act | None
    day: date
    """Day of publication (of reading, where the publication has none that can be trusted), UTC."""
    meeting: Meeting | None
    parties: tuple[str, ...]
    """Sorted. What a meeting with one partner brought forth concerns that partner."""
    kind: str
    group: str
    subject: frozenset[str]
    cycle: str
    grade: str
    """What is joined, granted or held (tac, strategic, chair); of a pledge, the sum."""

    @property
    def family(self) -> str:
        """Facets of different families are never one outcome; documents and agreements are near enough to be one family."""
        return "text" if self.type in (OutcomeType.DOCUMENT, OutcomeType.AGREEMENT) else self.type.value

    @property
    def year(self) -> int:
        """The year of the meeting, or of the report."""
        return (self.meeting and self.meeting.year) or self.day.year

    @property
    def partners(self) -> frozenset[str]:
        """The parties that are no members of ASEAN."""
        return frozenset(self.parties) - wording.MEMBERS

    @property
    def members(self) -> frozenset[str]:
        """The parties that are members of ASEAN."""
        return frozenset(self.parties) & wording.MEMBERS


class Feature(StrEnum):
    """What tells outcomes apart."""

    TYPE = "type"
    ACT = "step"
    LEVEL = "level"
    KIND = "kind"
    CYCLE = "cycle"
    PARTIES = "parties"
    MEETING = "meeting"
    TIME = "time"
    SUBJECT = "subject"
    GRADE = "grade"


def facet(reported: Reported) -> Facet:
    """The facet of one reported sighting."""
    sighting = reported.sighting
    day = (min(reported.published, reported.at) if reported.published else reported.first_seen or reported.at).date()
    meeting = _meeting(sighting.title, sighting.meeting)
    year = (meeting and meeting.year) or day.year
    name = _name(reported, year)
    parties = set(sighting.parties) - {"ASEAN"}
    if name.kind == "communique" and (meeting is None or meeting.type in FOREIGN_MINISTERS):
        meeting, parties = _of_the_plenary(meeting), set()
    elif meeting is not None and meeting.partner and sighting.type not in _OF_STATES:
        parties.add(meeting.partner)
    words = f"{sighting.title} | {sighting.evidence.span.quote}"
    money = titles.sum_of(words) if sighting.type is OutcomeType.FUNDING else ""
    return Facet(
        type=sighting.type,
        status=sighting.status,
        level=sighting.level,
        act=lives.act(sighting.type, sighting.phase),
        day=day,
        meeting=meeting,
        parties=tuple(sorted(parties)),
        kind=name.kind,
        group=name.group,
        subject=name.subject,
        cycle=name.cycle,
        grade=money or titles.grade(sighting.type, words),
    )


def _name(reported: Reported, year: int) -> titles.Name:
    """What the title says; where it names no subject ("a joint statement"), the evidence may. Who the partners are is no subject."""
    sighting = reported.sighting
    title, quote = sighting.title, sighting.evidence.span.quote
    partners = titles.words_of(frozenset(sighting.parties) - wording.MEMBERS)

    def named(name: titles.Name) -> titles.Name:
        return replace(name, subject=name.subject - partners)

    if sighting.type in (OutcomeType.DOCUMENT, OutcomeType.AGREEMENT):
        name = named(titles.document(title, year=year, foreign=_quoted_from_foreign(reported)))
        if name.subject or not name.kind or not _english(reported):
            return name
        more = named(titles.document(quote, year=year))
        return more if more.kind == name.kind else name
    name = named(titles.thing(title, year=year))
    return name if name.subject else named(titles.thing(quote, year=year))


def _english(reported: Reported) -> bool:
    return reported.language in ("", "en")


def _quoted_from_foreign(reported: Reported) -> bool:
    """Whether the title is in the article's own language, and that is not English (a reader may name a thing in English)."""
    if _english(reported):
        return False
    said = set(titles.fold(f"{reported.sighting.sentence.quote} {reported.sighting.evidence.span.quote}").split())
    words = titles.fold(reported.sighting.title).split()
    return 2 * sum(word in said for word in words) >= len(words) or not reported.sighting.title.isascii()


def _meeting(title: str, meeting: Meeting | None) -> Meeting | None:
    """The meeting, with the number that the title itself gives, and the year that follows from a number."""
    found = _NUMBERED.search(title)
    if found is not None:
        code = found["code"] or found["type"] or ("AMM" if found["amm"] else "")
        number = int(found["n"] or found["nth"])
        if code and (meeting is None or meeting.type != code):
            meeting = Meeting(type=code, ordinal=number)
        elif meeting is not None and meeting.ordinal is None:
            meeting = Meeting(type=meeting.type, ordinal=number, year=meeting.year, partner=meeting.partner)
    if meeting is None or meeting.ordinal is None or meeting.year is not None:
        return meeting
    return Meeting(type=meeting.type, ordinal=meeting.ordinal, year=_year_of(meeting.type, meeting.ordinal), partner=meeting.partner)


def _year_of(type_: str, ordinal: int) -> int | None:
    if type_ in YEARLY:
        return YEARLY[type_] + ordinal
    return _SUMMITS_SINCE + ordinal // 2 if type_ == "SUMMIT" and ordinal >= 14 else None


def _of_the_plenary(meeting: Meeting | None) -> Meeting:
    """The joint communique is the plenary's and has no parties, whichever meeting of that week a story is about."""
    if meeting is not None and meeting.type == "AMM":
        return meeting
    return Meeting(type="AMM", year=meeting.year if meeting else None)


def dump(one: Facet) -> str:
    """The facet as one line of text, the same for equal facets."""
    m = one.meeting
    meeting = [m.type, m.ordinal, m.year, m.partner] if m else None
    said = (one.parties, one.kind, one.group, sorted(one.subject), one.cycle, one.grade)
    values = (one.type, one.status, one.level, one.act, one.day.isoformat(), meeting, *said)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=16384)
def load(line: str) -> Facet:
    """The facet that `dump` wrote."""
    type_, status, level, act, day, m, parties, kind, group, subject, cycle, grade = json.loads(line)
    return Facet(
        type=OutcomeType(type_),
        status=Status(status),
        level=Level(level),
        act=None if act is None else lives.Act(act),
        day=date.fromisoformat(day),
        meeting=Meeting(type=m[0], ordinal=m[1], year=m[2], partner=m[3]) if m else None,
        parties=tuple(parties),
        kind=kind,
        group=group,
        subject=frozenset(subject),
        cycle=cycle,
        grade=grade,
    )


def leaves_open(one: Facet, feature: Feature) -> bool:
    """Whether the report says nothing about `feature`."""
    match feature:
        case Feature.ACT:
            return one.act is None
        case Feature.KIND:
            return not one.kind
        case Feature.CYCLE:
            return not one.cycle
        case Feature.PARTIES:
            return not one.parties
        case Feature.MEETING:
            return one.meeting is None
        case Feature.SUBJECT:
            return not one.subject
        case Feature.GRADE:
            return not one.grade
        case _:
            return False
