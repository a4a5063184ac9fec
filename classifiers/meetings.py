"""Meetings: which ones a story speaks of, resolved to an instance where text and calendar allow, and which is its own.

An ordinal is believed only where it fits the calendar (AMM-n is the year 1967+n; ARF, EAS and APT foreign ministers have
their own offsets). One that does not fit is kept as a flag, never as another meeting.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from classifiers import times
from classifiers.english import MONTH_NAMES, MONTHS
from classifiers.gazetteer import partners
from classifiers.grammar import longest
from classifiers.lexicon import Entry, Hit, Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import Document, Kind, Sentence
from core.readings import Evidence, Meeting, MeetingMention, Span

_ORDINAL = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)$")
_NUMBERED = re.compile(r"^[a-z+/ -]+?[- ]?(\d{1,2})$")
_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_LOCAL_ORDINAL = re.compile(r"(?:lần thứ|ke-|ครั้งที่|第|ika-)\s?([0-9๐-๙]{1,2}|[一二三四五六七八九十]{1,3})|([0-9]{1,2})(?:e|ème)\s")
_HAN = {c: n for n, c in enumerate("一二三四五六七八九", 1)}
LEADERS = frozenset({"SUMMIT", "PARTNER-SUMMIT"})
OFFICIALS = frozenset({"SOM", "COC", "OFFICIALS", "AIPA"})
_PLAIN_WORDS = frozenset({"counterpart", "officials", "summit", "summits", "summit's", "sidelines", "sideline", "margins", "retreat"})

_HOSTS = frozenset({"five", "six", "seven", "nine", "ten", "eleven", "10", "11"})
"""The members of ASEAN by their number, through the years."""

_OURS = frozenset({"asean", "southeast", "south-east", "10-member", "11-member", "ten", "10", "grouping", "bloc"})
"""Whose colleagues the ministers are."""

_CONFER = frozenset(
    "met meet meets meeting meetings confer confers conferred sit sits sat talks session sessions see sees saw joined join".split()
)
"""How a partner's minister comes together with ASEAN's."""

_GATHER = frozenset({"meet", "met", "gather", "gathered", "meeting", "convene", "together"})
"""How leaders come together where no summit is named."""

_MEMBERS = frozenset({"participating", "countries", "members", "process", "mechanism"})
"""Words behind the name of a meeting that make a standing body of it: "East Asia Summit countries"."""

_TURN = frozenset(
    (
        "meet met meets meeting meetings talks join joined joining session sessions agenda shifts turn follow followed arrive arrives today"
    ).split()
)
"""Words by which a story turns to those who come next."""
_MEETING_WORDS = frozenset({"meeting", "meetings", "ministerial", "gathering", "session"})


def ordinal_of(word: str) -> int | None:
    """The number of an ordinal word or numeral: 57th, fifty-seventh, twelfth."""
    if word[0].isdigit():
        m = _ORDINAL.match(word)
        return int(m.group(1)) if m else None
    if not word.endswith(("th", "st", "nd", "rd")):
        return None
    if word in _WORDS:
        return _WORDS.index(word) + 1
    tens, _, unit = word.partition("-")
    if tens in _TENS and unit in _WORDS[:9]:
        return _TENS[tens] + _WORDS.index(unit) + 1
    return None


def _local_number(digits: str) -> int:
    """The number of 57, ๕๗ or 五十七."""
    if digits.isdecimal():
        return int(digits)
    tens, ten, units = digits.rpartition("十")
    return (_HAN.get(tens, 1) * 10 if ten else 0) + _HAN.get(units, 0)


@dataclass(slots=True)
class Seen:
    """All mentions of one meeting type."""

    code: str
    weight: float = 0.0
    evidence: list[Evidence] = field(default_factory=list)
    ordinals: list[int] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    first: int = 10**9
    current: bool = False


class Calendar:
    """What the gazetteer knows of numbers and years."""

    def __init__(self, book: Rulebook) -> None:
        data = book["calendar"]
        self.offset = {n["type"]: n["offset"] for n in data["numbering"]}
        self.known = {(m["type"], m["ordinal"]): m["year"] for m in data["meeting"] if "ordinal" in m}
        self.dated = {(m["type"], m.get("ordinal"), m["year"]): (m.get("start"), m.get("end")) for m in data["meeting"]}

    def year(self, code: str, ordinal: int) -> int | None:
        """The year of the n-th meeting of a type, where it can be known."""
        if (code, ordinal) in self.known:
            return int(self.known[(code, ordinal)])
        if code in self.offset:
            return int(self.offset[code]) + ordinal
        return None

    def week(self, day: date) -> int | None:
        """The number of the AMM whose week, with three days before and two after it, holds the day."""
        for (code, ordinal, _), (start, end) in self.dated.items():
            if (
                code == "AMM"
                and start
                and end
                and timedelta(-3) <= day - date.fromisoformat(start)
                and day - date.fromisoformat(end) <= timedelta(2)
            ):
                return int(ordinal)
        return None

    def ordinal(self, code: str, year: int) -> int | None:
        """The number that a type's meeting of that year bears."""
        return year - self.offset[code] if code in self.offset and year - self.offset[code] > 0 else None


class MeetingFinder:
    """Finds the meetings of a document."""

    def __init__(self, book: Rulebook) -> None:
        self.calendar = Calendar(book)
        self.partners = partners(book)
        cues = book["meetings"]["cues"]
        self.occurrence, self.gathered = frozenset(cues["occurrence"]), frozenset(cues["gathered"])
        self.institution = tuple(cues["institution"])
        self.sectors: dict[str, str] = book["meetings"]["sectors"]

    def find(self, doc: Document, tagged: list[Tagged], year: int | None, asean: bool, published: date | None = None) -> list[Seen]:
        """The meeting types of which the story speaks, heaviest first."""
        seen: dict[str, Seen] = {}
        body = [t for t in tagged if t.sentence.kind is Kind.BODY]
        lead = body[0].sentence.paragraph if body else -1
        fm_week = any(h.entry.id in ("AMM", "PMC", "ARF") for t in tagged for h in t.of("meeting")) or any(self._fm(t) for t in tagged)
        for n, tags in enumerate(tagged):
            s = tags.sentence
            if s.kind in (Kind.CAPTION, Kind.CHROME) or (s.kind is Kind.HEADING and s.field == "text" and n > 3):
                continue
            place = self._place(s, lead)
            whens = None
            counted: set[str] = set()
            for code, hit in self._hits(tags, doc, asean, fm_week, published):
                m = seen.setdefault(code, Seen(code))
                weight = 0.0 if code in counted else place  # "the Meeting (AMM-57)" names it once
                counted.add(code)
                if any(c.entry.id == "framework" and 0 <= hit.i - c.j <= 2 for c in tags.of("cue")):
                    weight *= 0.4  # what happens at its margin has a meeting of its own
                whens = times.expressions(tags, published, year) if whens is None else whens
                recalled = any(w.sense == "recalled" and (w.j <= hit.i or w.i - hit.j <= 8) for w in whens)
                ordinals = self._ordinals(tags, hit, doc)
                partners = self._partners(tags, hit)
                fresh = not recalled
                for o in ordinals:
                    known = self.calendar.year(code, o)
                    if known is not None and year is not None and abs(known - year) > 1 and code in self.calendar.offset:
                        fresh = False
                if not fresh:
                    weight *= 0.3
                elif ordinals and weight:
                    weight += 0.7
                m.weight += weight
                m.current = m.current or fresh
                m.first = min(m.first, n)
                m.ordinals.extend(o for o in ordinals if fresh)
                m.partners.extend(partners)
                start, end = s.span(hit.i, hit.j)
                m.evidence.append(
                    Evidence(
                        span=Span(field=s.field, start=start, end=end, quote=doc.quote(s.field, start, end)),
                        rule=f"meeting.{code}",
                        weight=weight,
                    )
                )
        if year is not None and asean and not any(m.code in ("AMM", "AMM-RETREAT", "AMM-SPECIAL") and m.ordinals for m in seen.values()):
            self._unnamed(doc, tagged, year, lead, seen)
        if asean:
            self._with_partner(doc, tagged, lead, seen)
            self._leaders_meet(doc, tagged, seen)
            self._sectors(doc, tagged, lead, seen)
            self._retreat(doc, tagged, lead, seen)
            self._foreign_ministers(doc, tagged, published, lead, seen)
            self._dialogue_partners(doc, tagged, lead, seen, fm_week)
            self._partners_join(doc, tagged, lead, seen, year, published)
            self._sort_out(seen)
        return sorted(seen.values(), key=lambda m: (-m.weight, m.first))

    @staticmethod
    def _place(s: Sentence, lead: int) -> float:
        """How much a mention weighs by where it stands: title, opening, or further down."""
        if s.field == "title":
            return 3.0
        if s.kind is Kind.HEADING:
            return 0.5
        return 2.0 if s.paragraph == lead else 1.0 if s.paragraph <= lead + 2 else 0.5

    def _note(self, seen: dict[str, Seen], code: str, weight: float, tags: Tagged, doc: Document, i: int, j: int, rule: str) -> None:
        s = tags.sentence
        m = seen.setdefault(code, Seen(code))
        m.weight, m.current = m.weight + weight, True
        start, end = s.span(i, j)
        m.evidence.append(
            Evidence(span=Span(field=s.field, start=start, end=end, quote=doc.quote(s.field, start, end)), rule=rule, weight=weight)
        )

    def _with_partner(self, doc: Document, tagged: list[Tagged], lead: int, seen: dict[str, Seen]) -> None:
        """ASEAN's ministers with one partner, in other words: "the ten met the US Secretary of State", "ASEAN-India sessions"."""
        if "PMC" in seen:
            return
        for tags in tagged:
            s = tags.sentence
            if s.kind not in (Kind.BODY, Kind.HEADING) or s.paragraph > lead + 2 or (s.kind is Kind.HEADING and s.field != "title"):
                continue
            words = {t.low for t in s.tokens}
            fm = self._fm(tags) or bool(words & {"ministers", "minister", "counterparts", "ministerial"}) or {"secretary", "state"} <= words
            leaders = any(h.entry.id == "leaders" for h in tags.of("actor"))
            if leaders or not fm:
                continue
            for i, t in enumerate(s.tokens):
                pair = t.low.split("-")
                if (
                    len(pair) == 2
                    and "asean" in pair
                    and (pair[0] in self.partners or pair[1] in self.partners)
                    and words & {"meeting", "meetings", "session", "sessions", "talks", "ministerial", "conference"}
                ):
                    self._note(seen, "PMC", self._place(s, lead), tags, doc, i, i + 1, "meeting.PMC.pair")
                    seen["PMC"].partners.append(self.partners.get(pair[0]) or self.partners[pair[1]])
                    return
            partner = next((p for p in tags.of("party") if p.entry.detail in ("partner", "body")), None)
            if partner is None and "state" in words and "secretary" in words:
                at = next(n for n, t in enumerate(s.tokens) if t.low == "secretary")
                partner = Hit(at, at + 1, Entry("party", "United States", "", "partner"))
            ours = any(h.entry.id in ("asean", "asean-body", "region") for h in tags.of("relevance")) or {"ten", "ministers"} <= words
            if (
                partner is not None
                and ours
                and words
                & {"met", "meets", "meet", "sides", "talks", "talked", "counterparts", "co-chaired", "co-chairs", "urged", "presses"}
                and (words & {"asean", "ten", "eleven", "bloc"})
            ):
                self._note(seen, "PMC", self._place(s, lead), tags, doc, partner.i, partner.j, "meeting.PMC.partner")
                seen["PMC"].partners.append(partner.entry.id)
                return

    def _leaders_meet(self, doc: Document, tagged: list[Tagged], seen: dict[str, Seen]) -> None:
        """A gathering of the leaders without the word summit: "the leaders meet in September", "heads of government met in Bangkok"."""
        if seen.keys() >= LEADERS:
            return
        for tags in tagged:
            s = tags.sentence
            if s.kind not in (Kind.BODY, Kind.HEADING):
                continue
            for h in tags.of("actor"):
                if h.entry.id != "leaders" or s.tokens[h.j - 1].base.startswith("summit"):
                    continue
                after = [t.low for t in s.tokens[h.j : h.j + 7]]
                placed = any(t.low in MONTHS or t.low in ("week", "month", "today", "here") for t in s.tokens[h.j : h.j + 12])
                if not placed or not any(w in _GATHER for w in after):
                    continue
                partnered = any(p.entry.detail != "member" and h.j <= p.i < h.j + 6 for p in tags.of("party"))
                code = "PARTNER-SUMMIT" if partnered else "SUMMIT"
                if code not in seen:
                    self._note(seen, code, 0.6, tags, doc, h.i, h.j, f"meeting.{code}.leaders")
                return

    def _sectors(self, doc: Document, tagged: list[Tagged], lead: int, seen: dict[str, Seen]) -> None:
        """A gathering of sectoral ministers that the story does not name: "the Ten's transport ministers at their 16th get-together"."""
        for tags in tagged:
            s = tags.sentence
            if "regular" in tags.words or not (s.field == "title" or (s.kind is Kind.BODY and s.paragraph <= lead + 1)):
                continue  # "a seat at regular meetings" is none of them
            if not any(h.entry.id in ("asean", "asean-body", "region") for h in tags.of("relevance")) and not any(
                h.entry.id in ("asean", "asean-body", "region") for t in tagged[:3] for h in t.of("relevance")
            ):
                continue
            for i, t in enumerate(s.tokens):
                if t.base not in ("ministers", "chiefs", "ministerial") or i == 0:
                    continue
                near = [x.low for x in s.tokens[max(0, i - 5) : i]] + [x.low for x in s.tokens[i + 1 : i + 8] if t.low == "ministers"]
                listed = near[: len(s.tokens[max(0, i - 5) : i])] if "responsible" not in near else near
                codes = dict.fromkeys(self.sectors[w] for w in listed if w in self.sectors)
                gathered = (
                    any(x.low in self.occurrence for x in s.tokens) or s.field == "title" or any(0 < a.i - i <= 5 for a in tags.of("act"))
                )
                for code in codes if gathered else ():
                    if code not in seen or seen[code].evidence[0].rule.endswith(".sector"):
                        self._note(seen, code, self._place(s, lead) * 0.7, tags, doc, i - 1, i + 1, f"meeting.{code}.sector")

    def _retreat(self, doc: Document, tagged: list[Tagged], lead: int, seen: dict[str, Seen]) -> None:
        """ "the retreat" of a story on foreign ministers: their yearly retreat, unless another sector's ministers hold it."""
        if "AMM-RETREAT" in seen or not any(self._fm(t) for t in tagged[:8]):
            return
        deep = lead + (0 if "AMM" in seen else 3)  # beside the AMM only what title or opening call a retreat
        for tags in tagged:
            s = tags.sentence
            if s.field != "title" and (s.kind is not Kind.BODY or s.paragraph > deep):
                continue
            i = next((n for n, t in enumerate(s.tokens) if t.low == "retreat" and n and not s.tokens[n - 1].low.endswith("ed")), None)
            if i is None or any(t.base in self.sectors for t in s.tokens) or (s.tokens[i - 1].low in ("to", "will", "must", "troops")):
                continue
            self._note(seen, "AMM-RETREAT", self._place(s, lead) + 1.0, tags, doc, i, i + 1, "meeting.AMM-RETREAT.plain")
            return

    def _foreign_ministers(self, doc: Document, tagged: list[Tagged], published: date | None, lead: int, seen: dict[str, Seen]) -> None:
        """A gathering of ASEAN's foreign ministers without a name: the AMM when the calendar has one that week, else a special meeting."""
        if any(c in seen for c in ("AMM", "AMM-RETREAT", "AMM-SPECIAL")):
            return
        opens = any(  # whether title or opening speak of ASEAN
            h.entry.id in ("asean", "asean-body", "region")
            for t in tagged
            if t.sentence.field == "title" or t.sentence.paragraph <= lead + 1
            for h in t.of("relevance")
        )
        for tags in tagged:
            s = tags.sentence
            if not (s.field == "title" or (s.kind is Kind.BODY and s.paragraph <= lead + 3)):
                continue
            if any(v.entry.id == "other-body" for t in (tags, tagged[0]) for v in t.of("veto")):
                continue  # the foreign ministers of the Quad
            if any(h.entry.id not in ("AMM",) for h in tags.of("meeting")) and s.field != "title":
                continue
            at = next(
                (
                    n
                    for n, t in enumerate(s.tokens)
                    if t.base in ("ministers", "diplomats") and n and s.tokens[n - 1].low in ("foreign", "top", "affairs", "asean")
                ),
                None,
            )
            special = next(
                (
                    n
                    for n, t in enumerate(s.tokens)
                    if t.low in ("special", "emergency", "extraordinary", "urgent")
                    and n + 1 < len(s.tokens)
                    and s.tokens[n + 1].low in ("meeting", "session", "talks", "gathering", "consultation")
                ),
                None,
            )
            ours = any(h.entry.id in ("asean", "asean-body", "region") for h in tags.of("relevance"))
            if special is not None and s.tokens[special + 2 : special + 3] and s.tokens[special + 2].low == "with":
                special = None  # a special meeting with a partner is one of the two sides
            if (
                special is not None
                and (at is not None or any(self._fm(t) for t in tagged))
                and not any(h.entry.id in ("ACC", "PMC", "SOM", "SUMMIT") and h.i - 3 <= special <= h.j + 3 for h in tags.of("meeting"))
            ):
                self._note(seen, "AMM-SPECIAL", 2.0, tags, doc, special, special + 2, "meeting.AMM-SPECIAL.plain")
                return
            met = any(t.low in self.gathered for t in s.tokens)
            lasting = any(t.low in ("annual", "yearly", "two-day", "three-day", "week-long") for t in s.tokens)
            ours = ours or (met and lasting and opens and s.paragraph <= lead + 1)  # "a three-day conference of foreign ministers"
            yearly = any(t.low in ("annual", "yearly") for t in s.tokens)
            if at is None or not ours or not (met or lasting) or "ACC" in seen or ("PMC" in seen and not yearly):
                continue
            number = self.calendar.week(published) if published is not None else None
            early = published is not None and (published.year < 1976 or (published.year < 2017 and published.month in (6, 7, 8)))
            if number is None and not yearly and not early and "SUMMIT" in seen and seen["SUMMIT"].current:
                self._note(seen, "AMM-SPECIAL", 1.5, tags, doc, at - 1, at + 1, "meeting.AMM-SPECIAL.summit")
                return
            if number is not None or yearly or early:
                self._note(seen, "AMM", 1.5, tags, doc, at - 1, at + 1, "meeting.AMM.week")
                if number is not None:
                    seen["AMM"].ordinals.append(number)
                return

    def _dialogue_partners(self, doc: Document, tagged: list[Tagged], lead: int, seen: dict[str, Seen], fm_week: bool) -> None:
        """ "Today the agenda shifts to dialogue partners": the sessions with the partners in the week of the foreign ministers."""
        if "PMC" in seen or not fm_week or not {"AMM", "ARF", "EAS-FMM", "APT-FMM"} & seen.keys():
            return
        for tags in tagged:
            s = tags.sentence
            if s.kind is not Kind.BODY or not tags.words & {"partners", "counterparts"} or not tags.words & _TURN:
                continue
            at = next(
                (
                    n
                    for n, t in enumerate(s.tokens)
                    if t.base in ("partners", "counterparts") and n and (t.base == "counterparts" or s.tokens[n - 1].low == "dialogue")
                ),
                None,
            )
            partnered = any(p.entry.detail in ("partner", "body") for p in tags.of("party"))
            if at is not None and not {t.low for t in s.tokens[max(0, at - 7) : at]} & _TURN:
                continue
            if at is None or (s.tokens[at].base == "counterparts" and not partnered):
                continue
            self._note(seen, "PMC", self._place(s, lead) * 0.5, tags, doc, at, at + 1, "meeting.PMC.partners")
            return

    def _partners_join(
        self, doc: Document, tagged: list[Tagged], lead: int, seen: dict[str, Seen], year: int | None, published: date | None
    ) -> None:
        """A partner at the table of the foreign ministers: "the six confer with Japan", "ASEAN and China adopted guidelines"."""
        if "PMC" in seen or not ({"AMM", "ARF", "EAS-FMM", "AMM-RETREAT", "APT-FMM"} & seen.keys() or any(self._fm(t) for t in tagged[:8])):
            return
        for tags in tagged:
            s = tags.sentence
            if s.kind is not Kind.BODY or any(h.entry.id == "leaders" for h in tags.of("actor")):
                continue
            partners = self._present(tags)
            at = self._met(tags, partners) or self._jointly(tags, partners)
            if at is None:
                continue
            when = times.nearest(times.expressions(tags, published, year), s.tokens, at.i, at.j)
            if when is not None and when.sense == "recalled":
                continue
            self._note(seen, "PMC", self._place(s, lead), tags, doc, at.i, at.j, "meeting.PMC.joined")
            seen["PMC"].partners.append(at.entry.id)
            return

    def _present(self, tags: Tagged) -> list[Hit]:
        """The partners of a sentence, by name or as the adjective of their ministers ("Chinese Foreign Minister Wang Yi")."""
        named = [p for p in tags.of("party") if p.entry.detail in ("partner", "body") and p.entry.id != "ASEAN"]
        return named or [
            Hit(n, n + 1, Entry("party", self.partners[t.low], "", "partner"))
            for n, t in enumerate(tags.sentence.tokens)
            if t.low in self.partners and t.text[:1].isupper()
        ]

    @staticmethod
    def _met(tags: Tagged, partners: list[Hit]) -> Hit | None:
        """The partner that meets the ministers: "the six confer with Japan", "Wang Yi met the ten", "talks with his ASEAN counterparts"."""
        tokens = tags.sentence.tokens
        for n, t in enumerate(tokens):
            ours = (t.low in _HOSTS and n and tokens[n - 1].low in ("the", "all")) or (
                t.base in ("counterparts", "colleagues") and any(x.low in _OURS for x in tokens[max(0, n - 3) : n + 6])
            )
            verb = next((k for k in range(max(0, n - 9), min(n + 5, len(tokens))) if tokens[k].low in _CONFER), None) if ours else None
            if verb is not None:
                near = [p for p in partners if min(abs(p.i - verb), abs(p.j - verb)) <= 14 and p.i != n]
                if near:
                    return near[0]
        return None

    @staticmethod
    def _jointly(tags: Tagged, partners: list[Hit]) -> Hit | None:
        """The partner that acts together with ASEAN: "ASEAN and China adopted guidelines", "the ministers of ASEAN and China noted"."""
        tokens = tags.sentence.tokens
        for p in partners:
            low = [tokens[k].low if 0 <= k < len(tokens) else "" for k in range(p.i - 2, p.j + 6)]
            before, after = low[:2], low[2 + p.j - p.i :]
            first = before == ["asean", "and"]
            second = after[0] == "and" and (after[1] == "asean" or (after[1] == "its" and "southeast" in after[2:4]))
            if not (first or second):
                continue
            end = p.j if first else p.j + 2
            decided = any(
                end <= a.i <= end + 6 and not a.entry.detail.startswith("pledge") and all(t.low != "to" for t in tokens[end : a.i])
                for a in tags.of("act")
            )
            if decided and tags.words.isdisjoint(("summit", "trade", "economic", "defence", "defense")):
                return p
        return None

    @staticmethod
    def _sort_out(seen: dict[str, Seen]) -> None:
        """Names that several bodies share go to the one of the story: officials of another sector are not those of foreign ministries."""
        foreign = {"AMM", "AMM-RETREAT", "AMM-SPECIAL", "PMC", "APT-FMM", "EAS-FMM", "ARF", "ACC", "SEANWFZ", "SUMMIT", "COC"}
        som = seen.get("SOM")
        sectoral = seen.keys() - foreign - {"SOM", "OFFICIALS", "BILATERAL", "FORUM", "PARTNER-SUMMIT", "COUNCIL", "AIPA"}
        if som is not None and sectoral and not seen.keys() & foreign and "OFFICIALS" not in seen:
            som.code = "OFFICIALS"
            seen["OFFICIALS"] = seen.pop("SOM")
        summit, pmc = seen.get("SUMMIT"), seen.get("PMC")
        if (
            summit is not None
            and pmc is not None
            and "PARTNER-SUMMIT" not in seen
            and len(set(pmc.partners)) == 1
            and not seen.keys() & {"AMM", "AMM-SPECIAL", "ACC", "AMM-RETREAT"}
            and not summit.ordinals
            and all(" " not in e.span.quote for e in summit.evidence)
        ):
            summit.code = "PARTNER-SUMMIT"  # "a second summit of the leaders" after a meeting with one partner
            seen["PARTNER-SUMMIT"] = seen.pop("SUMMIT")

    def _unnamed(self, doc: Document, tagged: list[Tagged], year: int, lead: int, seen: dict[str, Seen]) -> None:
        """ "their 58th meeting", "the fifty-eighth ministerial meeting": the number that the calendar gives to this year's AMM."""
        number = self.calendar.ordinal("AMM", year)
        for n, tags in enumerate(tagged):
            s = tags.sentence
            if not tags.words & _MEETING_WORDS or not (s.field == "title" or s.kind is Kind.BODY):
                continue
            for i, t in enumerate(s.tokens):
                if (
                    ordinal_of(t.low) == number
                    and any(x.low in ("meeting", "meetings", "ministerial", "gathering", "session") for x in s.tokens[i + 1 : i + 4])
                    and not any(h.i <= i + 3 and i <= h.j for h in tags.of("meeting"))
                ):
                    m = seen.setdefault("AMM", Seen("AMM"))
                    m.weight += 3.0 if s.field == "title" else 2.0 if s.paragraph == lead else 1.0
                    m.current, m.first = True, min(m.first, n)
                    m.ordinals.append(number or 0)
                    start, end = s.span(i, i + 2)
                    m.evidence.append(
                        Evidence(
                            span=Span(field=s.field, start=start, end=end, quote=doc.quote(s.field, start, end)),
                            rule="meeting.AMM.number",
                            weight=1.0,
                        )
                    )

    @staticmethod
    def _fm(tags: Tagged) -> bool:
        return bool(tags.words & {"foreign", "affairs"}) and any(
            t.base in ("minister", "ministers", "ministerial", "fms") and n and tags.sentence.tokens[n - 1].low in ("foreign", "affairs")
            for n, t in enumerate(tags.sentence.tokens)
        )

    def _hits(self, tags: Tagged, doc: Document, asean: bool, fm_week: bool, published: date | None) -> list[tuple[str, Hit]]:
        tokens = tags.sentence.tokens
        months = [MONTH_NAMES.index(t.low) + 1 for t in tokens if t.low in MONTHS and t.text[:1].isupper()]
        elsewhen = published is not None and bool(months) and published.month not in months
        if not tags.of("meeting"):
            return self._plain(tags, [], fm_week) if asean else []
        banned = [(h.i, h.j) for h in tags.of("meeting-not")]
        hits = self._apart(
            [h for h in longest(tags.of("meeting")) if not any(a < h.j and h.i < b for a, b in banned) and not self._office(tags, h)]
        )
        out: list[tuple[str, Hit]] = []
        leaders = any(h.entry.id == "leaders" and not tokens[h.j - 1].base.startswith("summit") for h in tags.of("actor"))
        ministers = self._fm(tags) or any(h.entry.id in ("AMM", "PMC", "ARF") for h in hits)
        for h in hits:
            flag, code = h.entry.detail, h.entry.id
            numbered = bool(self._ordinals(tags, h, doc))
            if flag == "acronym" and not (asean or (numbered and code == "AMM")):
                continue
            if flag == "ordinal" and not (numbered and asean):
                continue
            if flag != "local" and self._institution(tags, h) and not numbered:
                continue
            if flag == "local" and not numbered and any(c.entry.id == "institution" and -2 <= h.i - c.j <= 12 for c in tags.of("cue")):
                continue
            if code == "AMM" and any(o.entry.id in ("AMM-RETREAT", "AMM-SPECIAL") and (o.i, o.j) == (h.i, h.j) for o in hits):
                continue
            if flag == "loose":
                if not fm_week or leaders or (elsewhen and tokens[h.i].low in ("east", "eas")) or not (ministers or self._cue(tags, h)):
                    continue
            elif (
                flag not in ("direct", "local", "partnered")
                and not numbered
                and not self._cue(tags, h)
                and not (code == "ARF" and fm_week and self._forum(tags, h))
            ):
                continue
            if code == "PARTNER-SUMMIT" and any(o.entry.id == "EAS-FMM" and o.i <= h.i and h.j <= o.j for o in hits):
                if fm_week and not leaders and not elsewhen and (ministers or self._cue(tags, h)):
                    continue
                if tokens[h.i].low in ("east", "eas") and fm_week and not leaders and not elsewhen:
                    continue
            out.append((code, h))
        if asean:
            out += self._plain(tags, tags.of("meeting"), fm_week)
        return [
            (c, h)
            for c, h in out
            if not (c == "EAS-FMM" and h.entry.detail == "loose" and any(c2 == "PARTNER-SUMMIT" and h2.i == h.i for c2, h2 in out))
        ]

    @staticmethod
    def _office(tags: Tagged, h: Hit) -> bool:
        """Whether the name is part of somebody's office: "head of the ASEAN SOM delegation", "SOM leader"."""
        if h.entry.id not in ("SOM", "OFFICIALS", "COC"):
            return False
        tokens = tags.sentence.tokens
        around = {t.low for t in tokens[max(0, h.i - 6) : h.i]} | {t.low for t in tokens[h.j : h.j + 5]}
        return bool(around & {"head", "heads", "headed", "leader", "chief", "delegation"}) and not around & {
            "met",
            "held",
            "meeting",
            "convened",
            "gathered",
            "session",
            "chaired",
        }

    @staticmethod
    def _apart(hits: list[Hit]) -> list[Hit]:
        """Of names that overlap, the longer; names of the same words stay side by side."""
        kept: list[Hit] = []
        for h in sorted(hits, key=lambda h: h.i - h.j):
            if not any(
                k.i < h.j and h.i < k.j and (k.i, k.j) != (h.i, h.j) and not (h.entry.detail == "loose" or k.entry.detail == "loose")
                for k in kept
            ):
                kept.append(h)
        return sorted(kept, key=lambda h: h.i)

    def _plain(self, tags: Tagged, taken: list[Hit], fm_week: bool) -> list[tuple[str, Hit]]:
        """Summits and side meetings that bear no name of their own: "the 46th Summit", "their October summit", "met on the sidelines"."""
        tokens = tags.sentence.tokens
        out: list[tuple[str, Hit]] = []
        if not tags.words & _PLAIN_WORDS:
            return out
        for i, t in enumerate(tokens):
            if t.base in ("summit", "summits") and not any(h.i <= i < h.j for h in taken):
                before = [x.low for x in tokens[max(0, i - 4) : i]]
                after = [x.low for x in tokens[i + 1 : i + 4]]
                partner = next((p for p in tags.of("party") if i < p.i <= i + 4 and p.entry.detail != "member"), None)
                if any(x in ("regular", "intervals", "regularly", "every") for x in after):
                    continue
                if any(x in ("g7", "g20", "apec", "quad", "brics", "nato", "un", "eas", "asia", "business", "climate") for x in before):
                    continue
                if (
                    any(ordinal_of(x) for x in before)
                    or any(x in MONTHS for x in before + after)
                    or any(x in ("their", "leaders'", "leaders", "asean's", "bloc's", "next", "ministers'", "these") for x in before[-2:])
                    or any(w.entry.id == "leaders" for w in tags.of("actor") if w.j - w.i == 1 and tokens[w.i].low == "leaders")
                ):
                    two_sides = before[-1:] in (["their"], ["own"]) and any(
                        p.entry.detail in ("partner", "body") and 0 < i - p.i <= 16 for p in tags.of("party")
                    )  # "the bloc and the Gulf states agreed at their summit"
                    code = "PARTNER-SUMMIT" if (partner and "with" in after) or two_sides else "SUMMIT"
                    out.append((code, Hit(i, i + 1, Entry("meeting", code, "", "plain"))))
            elif t.low == "officials" and i and tokens[i - 1].low == "senior":
                met = {x.low for x in tokens[i + 1 : i + 8]} & {"gathered", "met", "convened", "held"}
                if met and "," in {x.text for x in tokens[i + 1 : i + 3]}:
                    out.append(("SOM", Hit(i - 1, i + 1, Entry("meeting", "SOM", "", "plain"))))  # "the senior officials, who met before"
            elif t.low == "counterpart" and any(x.low in ("his", "her", "the") for x in tokens[max(0, i - 4) : i]):
                spoken = any(x.low in ("met", "meeting", "meetings", "talks", "meet") for x in tokens[max(0, i - 9) : i])
                if spoken and not any(x.low == "counterparts" for x in tokens):
                    out.append(("BILATERAL", Hit(i, i + 1, Entry("meeting", "BILATERAL", "", "plain"))))
            elif (
                t.low in ("sidelines", "sideline", "margins")
                and any(
                    x.low in ("met", "meet", "meets", "talks", "bilateral", "bilaterals", "counterpart", "counterparts", "colleagues")
                    for x in tokens[max(0, i - 16) : i] + tokens[i + 4 : i + 12]
                )
                and not any(x.low.startswith("sign") for x in tokens[max(0, i - 12) : i])
            ):
                out.append(("BILATERAL", Hit(i, i + 1, Entry("meeting", "BILATERAL", "", "plain"))))
        return out

    def _cue(self, tags: Tagged, h: Hit) -> bool:
        tokens = tags.sentence.tokens
        if h.i > 1 and tokens[h.i - 1].low == "the" and tokens[h.i - 2].low in ("at", "during"):
            return not (h.i > 2 and tokens[h.i - 3].low in ("seat", "place", "membership", "observer", "chair"))
        if any(
            tokens[k].text[:1].isupper() and tokens[k].low in MONTHS
            for k in range(h.j, min(h.j + (14 if h.entry.detail == "acronym" else 4), len(tokens)))
        ):
            return True  # "the summit in November"
        if any(c.entry.id == "occurrence" and h.i - 8 <= c.i <= h.j + 8 for c in tags.of("cue")):
            return True
        return any(t.low in self.occurrence for t in tokens[max(0, h.i - 16) : h.i] + tokens[h.i : min(len(tokens), h.j + 10)])

    @staticmethod
    def _forum(tags: Tagged, h: Hit) -> bool:
        """Whether the forum is spoken of as a gathering: in a title, with its ministers, or missed by one."""
        around = {t.base for t in tags.sentence.tokens[max(0, h.i - 8) : h.j + 6]}
        return tags.sentence.field == "title" or bool(around & {"miss", "skip", "members", "delegates", "security"})

    def _institution(self, tags: Tagged, h: Hit) -> bool:
        tokens = tags.sentence.tokens
        before = [t.low for t in tokens[max(0, h.i - 9) : h.i]]
        if before[-2:] in (["join", "the"], ["joining", "the"]) or (h.j < len(tokens) and tokens[h.j].low in _MEMBERS):
            return True
        text = " ".join(before)
        return any(c in text for c in self.institution)

    def _ordinals(self, tags: Tagged, h: Hit, doc: Document) -> list[int]:
        tokens = tags.sentence.tokens
        found = []
        for k in range(h.i - 1, max(-1, h.i - 7), -1):
            t = tokens[k]
            o = ordinal_of(t.low)
            if o is not None:
                found.append(o)
            elif t.low not in (
                "asean",
                "annual",
                "and",
                "the",
                "foreign",
                "ministers'",
                "-",
                "meeting",
                "of",
                "special",
                "sub-regional",
                "(",
            ):
                break
        if not found:
            for k in range(h.i, min(h.j + 2, len(tokens))):
                m = _NUMBERED.match(tokens[k].low) if k < h.j and "+" not in tokens[k].low else None
                if m and 1 <= int(m.group(1)) <= 80:
                    found.append(int(m.group(1)))
                elif k >= h.j and tokens[k].text.isdigit() and len(tokens[k].text) <= 2 and h.entry.detail == "acronym":
                    found.append(int(tokens[k].text))
                elif k >= h.j:
                    break
        if not found:
            s = tags.sentence
            if h.entry.detail in ("local", "acronym"):
                start, end = s.span(h.i, h.j)
                around = doc.folded(s.field)[max(s.start, start - 14) : min(s.end, end + 22)]
                m2 = _LOCAL_ORDINAL.search(around)
                if m2:
                    found.append(_local_number(m2.group(1) or m2.group(2)))
        return [o for o in found if 0 < o < 90]

    def _partners(self, tags: Tagged, h: Hit) -> list[str]:
        if h.entry.id not in ("PMC", "PARTNER-SUMMIT", "SOM", "AEM", "FORUM"):
            return []
        lo, hi = h.i, min(len(tags.sentence.tokens), h.j)
        names = [p.entry.id for p in tags.of("party") if lo <= p.i < hi and p.entry.detail != "member"]
        for t in tags.sentence.tokens[lo:hi]:
            for part in t.low.replace("+", "-").split("-"):
                if "asean" in t.low and part in self.partners:
                    names.append(self.partners[part])
        return names

    # -- instances ------------------------------------------------------------------

    def mentions(self, seen: list[Seen], year: int | None, primary: str | None) -> list[MeetingMention]:
        """One mention a type, resolved to its instance, the primary one marked."""
        out = []
        for m in seen:
            ordinal = max(set(m.ordinals), key=m.ordinals.count) if m.ordinals else None
            when = year if m.current else None
            flags = set(m.flags)
            if ordinal is not None:
                known = self.calendar.year(m.code, ordinal)
                if known is not None:
                    if year is not None and abs(known - year) > 1 and m.current:
                        flags.add("contradicts_calendar")
                        ordinal = None
                    else:
                        when = known
            partner = m.partners[0] if len(set(m.partners)) == 1 and m.code in ("PMC", "PARTNER-SUMMIT", "SOM") else None
            out.append(
                MeetingMention(
                    meeting=Meeting(type=m.code, ordinal=ordinal, year=when, partner=partner),
                    primary=m.code == primary,
                    evidence=tuple(m.evidence[:5]),
                    flags=tuple(sorted(flags)),
                )
            )
        return out


_SHARE = {"BILATERAL": 0.35, "FORUM": 0.6, "OFFICIALS": 0.6, "SOM": 0.6, "COC": 0.6, "COUNCIL": 0.95}
"""What the weight of a type counts beside those of ministers and leaders, of whose work it is mostly a part."""


def primary(seen: list[Seen], outcomes_near: dict[str, float], deciders: str = "") -> str | None:
    """The type whose work the story reports: by where and how often it is named, and where the results stand.

    `deciders` is the level of which the story speaks most: where ministers act, the Summit is what they prepare.
    """
    scores: dict[str, float] = defaultdict(float)
    current = any(m.current for m in seen)
    for m in seen:
        factor = _SHARE.get(m.code, 1.0)
        if (
            m.code in LEADERS
            and deciders == "ministerial"
            and any(o.code not in LEADERS | OFFICIALS | {"BILATERAL", "FORUM"} for o in seen)
        ):
            factor = 0.45
        if deciders == "officials" and any(o.code in OFFICIALS for o in seen):
            factor = 1.2 if m.code in OFFICIALS else 0.5  # officials who prepare a meeting of ministers do their own work
        scores[m.code] = (m.weight + outcomes_near.get(m.code, 0.0)) * factor * (1.0 if m.current or not current else 0.2)
    if not scores:
        return None
    best = max(scores, key=lambda c: scores[c])
    return best if scores[best] >= 0.1 and best != "BILATERAL" else None
