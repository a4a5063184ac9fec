"""Outcomes in the languages that are read in part: an act, a thing and a time in one sentence, by small lexicons.

What is not understood is not guessed: a sentence gives an outcome only where an act of deciding and a named kind of thing
stand together and no word of plan, wish, recall or negation governs the act. Which word governs is a matter of place: in most
languages the nearest one in front of the act, in Japanese the nearest one behind it. What is kept out is remembered with its reason.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from datetime import date
from typing import NamedTuple

from classifiers import tongues
from classifiers.frames import Found, Missed, Scene
from classifiers.grammar import longest
from classifiers.lexicon import Entry, Hit, Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import SPACELESS, Document, Kind
from classifiers.times import FRESH_DAYS

MOST_WORDS = 40
"""Words that evidence may have."""
MOST_CHARACTERS = 120
"""Characters that evidence may have in a language without spaces."""

# How far a word reaches, in characters of a language with spaces; one without spaces says the same in fewer (see `Tongue.reach`).
NEAR = {
    "done": 16, "agreed": 40, "planned": 140, "wish": 45, "view": 28, "purpose": 20, "negated": 16, "not_yet": 32, "witness": 45,
}  # fmt: skip
"""Mode -> how near to the act its word must stand to govern it."""
THING = 70
"""How far the thing may stand from its act."""
CLOSE = 40
FAR = 60
"""How far a thing of common name (a centre, a proposal, a member) may stand from its act."""
DENSE = 2.4
"""How much shorter a language without spaces says the same."""

COMMON = frozenset({"body", "fund", "endorsables", "membership", "terms"})
AWAITED = frozenset({"communique", "statement", "plan", "vision", "agreement"})
FAMILIES = {"establish": frozenset({"establish", "launch"}), "adopt": frozenset({"adopt", "decide-on"})}
JOINING = frozenset({"tac", "accession-instrument"})
CLOSED = frozenset({"neutral", "absent", "expected", "not_yet", "view", "witness"})
"""Words of mode in which an act is no act of its own."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """How a language builds its sentences."""

    code: str
    thing_after: bool
    mode_after: bool
    comma_breaks: bool
    era: int

    @property
    def spaceless(self) -> bool:
        """Whether words are not parted by spaces."""
        return self.code in SPACELESS

    def reach(self, characters: int) -> float:
        """A distance that is given for languages with spaces, in characters of this one."""
        return characters / DENSE if self.spaceless else characters


class Mode(NamedTuple):
    """How an act is asserted: done, planned, failed, or nothing of these; by which words."""

    status: str
    why: str
    hit: Hit | None = None
    explicit: bool = False


class Moment(NamedTuple):
    """A time expression at tokens i to j: recalled, fresh or future; `year` for a year alone, which may be part of a name."""

    i: int
    j: int
    sense: str
    days: int | None = None
    year: bool = False


class Finder:
    """Finds outcomes by the lexicons of `languages/`."""

    def __init__(self, book: Rulebook) -> None:
        self.takes: dict[str, set[str]] = {o["id"]: set(o["takes"]) for o in book["objects"]["object"]}
        self.tongues: dict[str, Tongue] = {}
        for code in tongues.codes(book):
            grammar = book[f"lang.{code}"]["grammar"]
            self.tongues[code] = Tongue(
                code,
                grammar["thing"] == "after",
                grammar["mode"] == "after",
                bool(grammar.get("comma_breaks")),
                grammar.get("era", 0),
            )

    def find(self, doc: Document, tagged: list[Tagged], scene: Scene) -> tuple[list[Found], list[Missed]]:
        """The outcomes of the story and what nearly was one; nothing in a language that has no file."""
        found: list[Found] = []
        missed: list[Missed] = []
        tongue = self.tongues.get(doc.language)
        if tongue is None:
            return found, missed
        paragraph, decider = -1, ""
        for tags in told(tagged):
            if tags.sentence.paragraph != paragraph:
                paragraph, decider = tags.sentence.paragraph, ""
            if tags.of("act") or tags.of("object"):
                Sentence(self, tongue, tags, replace(scene, level=decider or scene.level), found, missed).read()
            named = [h.entry.detail for h in tags.of("actor") if h.entry.id in ("ministers", "leaders", "officials")]
            decider = named[0] if named else decider
        return settled(found), missed

    def begun(self, doc: Document, tagged: list[Tagged]) -> tuple[bool, float]:
        """Whether the story's meeting has begun, and how much speaks against it: past against future wording, the opening counting most."""
        tongue = self.tongues.get(doc.language)
        past = future = 0.0
        body = [t.sentence.paragraph for t in tagged if t.sentence.kind is Kind.BODY]
        lead = body[0] if body else -1
        for tags in told(tagged) if tongue is not None else ():
            paragraph = tags.sentence.paragraph
            weight = 1.5 if tags.sentence.field == "title" else 2.0 if paragraph <= lead else 1.0 if paragraph <= lead + 2 else 0.5
            ahead = longest(
                [h for h in tags.of("stage") if h.entry.id == "ahead"] + [h for h in tags.of("mode") if h.entry.id == "planned"]
            )
            for h in ahead:
                future += weight * (1.0 if h.entry.kind == "stage" else 0.4)
            for h in tags.of("stage"):
                if h.entry.id == "begun" and not any((a.i <= h.i and h.j <= a.j) or self._governs(tongue, tags, a, h) for a in ahead):
                    past += weight
        return past >= future, future - past

    @staticmethod
    def _governs(tongue: Tongue | None, tags: Tagged, ahead: Hit, begun: Hit) -> bool:
        """Whether a word of what is ahead makes an act of meeting a thing to come."""
        tokens = tags.sentence.tokens
        first, second = (begun, ahead) if tongue is not None and tongue.mode_after else (ahead, begun)
        return first.j <= second.i and tokens[second.i].start - tokens[first.j - 1].end <= (6 if tongue and tongue.spaceless else 14)


def told(tagged: list[Tagged]) -> Iterator[Tagged]:
    """The sentences that tell the story: title and prose."""
    for tags in tagged:
        s = tags.sentence
        if s.kind is Kind.BODY or s.field == "title":
            yield tags


class Sentence:
    """The frames over one sentence."""

    def __init__(self, finder: Finder, tongue: Tongue, tags: Tagged, scene: Scene, found: list[Found], missed: list[Missed]) -> None:
        self.finder, self.tongue, self.tags, self.scene, self.found, self.missed = finder, tongue, tags, scene, found, missed
        self.tokens = tags.sentence.tokens
        self.heading = tags.sentence.field == "title"
        named = tags.of("meeting") + tags.of("actor")
        things = longest(tags.of("object"))
        self.things = [h for h in things if not _inside(h, named)]
        modes = longest(tags.of("mode"))
        acts = longest(tags.of("act"))
        self.things = [h for h in self.things if not _strictly_inside(h, [m for m in modes if m.entry.id in ("neutral", "view")])]
        self.names = self._titles()
        self.modes = [
            h
            for h in modes
            if h.entry.id != "neutral" and not _inside(h, self.things) and not _strictly_inside(h, acts) and not _inside(h, self.names)
        ]
        closed = [h for h in modes if h.entry.id in CLOSED] + self.names
        self.acts = [h for h in acts if not _inside(h, closed) and not _strictly_inside(h, things)]
        self.actors = [h for h in longest(tags.of("actor")) if not _strictly_inside(h, self.things)]
        self.parties = longest(tags.of("party"))
        self.joins = {h.j for h in tags.of("clause") if h.entry.id == "join"}
        self.bounds = self._bounds()
        self.moments = list(self._moments())
        self.used: list[Hit] = []

    def _titles(self) -> list[Hit]:
        """The names of documents that stand in title marks: 《…》."""
        marks = [n for n, t in enumerate(self.tokens) if t.low in "《》" and t.low]
        return [Hit(a, b + 1, _TITLE) for a, b in pairwise(marks) if self.tokens[a].low == "《" and self.tokens[b].low == "》"]

    # -- place ---------------------------------------------------------------------------------------------------

    def _bounds(self) -> list[int]:
        """The tokens at which a clause begins: behind a stop, before a word that opens another clause."""
        at = {0}
        at.update(n + 1 for n, t in enumerate(self.tokens) if t.low in _STOPS or (t.low == "," and self.tongue.comma_breaks))
        at.update(h.i for h in self.tags.of("clause") if h.entry.id in ("break", "relative"))
        return sorted(at)

    def clause(self, i: int) -> tuple[int, int]:
        """The clause in which token i stands."""
        n = bisect_right(self.bounds, i)
        return self.bounds[n - 1], self.bounds[n] if n < len(self.bounds) else len(self.tokens)

    def gap(self, a: Hit, b: Hit) -> int:
        """Characters between two hits; none where they touch or overlap."""
        first, second = (a, b) if a.i <= b.i else (b, a)
        return max(0, self.tokens[second.i].start - self.tokens[first.j - 1].end)

    def commas(self, i: int, j: int) -> int:
        """How many commas stand between tokens i and j."""
        return sum(t.low in _COMMAS for t in self.tokens[i:j])

    # -- mode ----------------------------------------------------------------------------------------------------

    def mode(self, act: Hit) -> Mode:
        """What governs an act."""
        if act.entry.form == "nominal":
            above = next(
                (a for a in self.acts if a.j <= act.i and a.entry.form != "nominal" and self.gap(a, act) <= self.tongue.reach(16)), None
            )
            if above is not None and above.entry.id in ("adopt", "decide", "sign"):
                return self.mode(above)  # "approved the creation of"
        nearest = sorted((h for h in self._governors(act)), key=lambda h: self.gap(h, act))
        for n, h in enumerate(nearest):
            group = h.entry.id
            if group not in NEAR or self.gap(h, act) > self.tongue.reach(NEAR[group]):
                continue
            word = self.words(h.i, h.j)
            if group in ("done", "agreed", "witness"):
                if (group == "witness") != (act.entry.form == "nominal") and group != "agreed":
                    continue
                if group == "done" and act.entry.form == "bare":
                    continue
                above = self._above(h, nearest[n + 1 :]) if group != "done" else None
                return above or Mode("done", word, h, explicit=True)
            if group == "planned":
                agreed = next((g for g in nearest[n + 1 :] if g.entry.id == "agreed" and self.gap(g, h) <= self.tongue.reach(12)), None)
                return Mode("done", self.words(agreed.i, agreed.j), agreed, explicit=True) if agreed else Mode("planned", word, h)
            if group == "view" and act.i in self.joins:
                continue
            return Mode(_STATUS[group], word, h)
        return self._bare(act)

    def _above(self, h: Hit, further: list[Hit]) -> Mode | None:
        """What governs the governor: "expected to agree", "did not agree"."""
        for g in further:
            if g.entry.id in ("planned", "wish", "negated", "not_yet") and self.gap(g, h) <= self.tongue.reach(NEAR[g.entry.id] // 2):
                return Mode(_STATUS[g.entry.id], self.words(g.i, g.j), g)
        return None

    def _bare(self, act: Hit) -> Mode:
        """An act that nothing governs."""
        form = act.entry.form
        if form == "planned":
            return Mode("planned", "future")
        if form == "done" or (form == "participle" and self.heading):
            after = self.tokens[act.j].low if act.j < len(self.tokens) else ""
            if self.tongue.mode_after and after[:1] in _PARTICLES and after[:1]:
                return Mode("unsure", "a noun")
            return Mode("done", "headline" if self.heading else "told")
        return Mode("unsure", form)

    def _governors(self, act: Hit) -> Iterator[Hit]:
        """The words of mode that can govern an act: in its clause, and over a comma as long as no new subject stands between."""
        start, end = self.clause(act.i)
        for h in self.modes:
            if self.tongue.mode_after:
                if h.i >= act.j and h.j <= end and not (self.commas(act.j, h.i) and self._subject(act.j, h.i)):
                    yield h
            elif h.i < act.i and (
                (h.i >= start and not (self.commas(h.j, act.i) and h.i - start > 4 and self._subject(h.j, act.i)))
                or (
                    self.tongue.comma_breaks
                    and h.entry.id in ("planned", "not_yet")
                    and not self._subject(start, act.i)
                    and self._joined(h, start)
                )
            ):
                yield h

    def _joined(self, h: Hit, start: int) -> bool:
        """Whether only commas part a word of an earlier clause from the clause that begins at `start`."""
        return not any(t.low in _STOPS for t in self.tokens[h.j : start])

    def _subject(self, i: int, j: int) -> bool:
        return any(i <= a.i and a.j <= j for a in self.actors)

    # -- time ----------------------------------------------------------------------------------------------------

    def _moments(self) -> Iterator[Moment]:
        for h in self.tags.of("time"):
            yield Moment(h.i, h.j, h.entry.id)
        if self.scene.published is None and self.scene.year is None:
            return
        said = [h for h in self.tags.of("time") if h.entry.id in ("recalled", "future")]
        for i, j, year, month, day in self._dates():
            if month is not None and year is None and any(0 <= i - h.j <= 1 or 0 <= h.i - j <= 1 for h in said):
                continue  # "December last year"
            sense, days = _sense(year, month, day, self.scene.published, self.scene.year)
            if sense and not (month is None and sense == "future"):
                yield Moment(i, j, sense, days, month is None)

    def _dates(self) -> Iterator[tuple[int, int, int | None, int | None, int | None]]:
        """(i, j, year, month, day) of every date that is written out."""
        tokens = self.tokens
        months = {h.i: (h.j, int(h.entry.id)) for h in longest(self.tags.of("month"))}
        behind = {h.j for h in self.tags.of("year")}
        n = 0
        while n < len(tokens):
            number = _number(tokens[n].text)
            after = tokens[n + 1].low if n + 1 < len(tokens) else ""
            if n in months:
                j, month = months[n]
                day = next((d for k in (n - 1, j) if 0 <= k < len(tokens) and (d := _number(tokens[k].text)) and d <= 31), None)
                year, j = self._year_behind(j)
                yield max(0, n - 1), j, year, month, day
                n = max(j, n + 1)
                continue
            if number is not None and after[:1] == "月" and 1 <= number <= 12:
                before = self._year(_number(tokens[n - 2].text)) if n > 1 and tokens[n - 1].low[:1] == "年" else None
                day = _number(tokens[n + 2].text) if n + 2 < len(tokens) else None
                yield n, n + 2, before, number, day if day and day <= 31 else None
                n += 3
                continue
            if number is not None and after == "/" and n + 2 < len(tokens) and number <= 31:
                month_number = _number(tokens[n + 2].text)
                if month_number and month_number <= 12 and not self.tongue.spaceless:
                    year = self._year(_number(tokens[n + 4].text)) if n + 4 < len(tokens) and tokens[n + 3].low == "/" else None
                    yield n, n + 3, year, month_number, number
                    n += 5 if year else 3
                    continue
            year = self._year(number)
            if (
                year
                and (n in behind or after[:1] == "年")
                and not (n + 1 < len(tokens) and after in ("-", "–") and _number(tokens[n + 2].text if n + 2 < len(tokens) else ""))
            ):
                following = tokens[n + 2].text if n + 2 < len(tokens) and after[:1] == "年" else ""
                if not following.isdigit():
                    yield n, n + 1, year, None, None
            n += 1

    def _year(self, number: int | None) -> int | None:
        if number is None:
            return None
        number -= self.tongue.era if number > 2400 else 0
        return number if 1945 <= number <= 2060 else None

    def _year_behind(self, j: int) -> tuple[int | None, int]:
        for k in range(j, min(j + 4, len(self.tokens))):
            year = self._year(_number(self.tokens[k].text))
            if year:
                return year, k + 1
        return None, j

    def moment(self, i: int, j: int) -> Moment | None:
        """The time that governs tokens i to j: the nearest of the clause, or the one that opens the sentence."""
        start, end = self.clause(i)
        best, cost = None, self.tongue.reach(70)
        for m in self.moments:
            inside = (start <= m.i and m.j <= end) or m.j <= i
            if not inside or any(t.low in _STOPS for t in self.tokens[m.j : i]):
                continue
            if m.year and m.i >= j and self.tongue.thing_after:
                continue  # "the agreement of 2009": part of the thing's name
            first, second = (m.j, i) if m.j <= i else (j, m.i)
            c = float(max(0, self.tokens[min(second, len(self.tokens) - 1)].start - self.tokens[max(first - 1, 0)].end))
            c += self.tongue.reach(12) * self.commas(first, second)
            c *= 0.3 if m.i <= 3 and m.j <= i else 1
            if m.j <= start:
                c += self.tongue.reach(10)
            if c < cost:
                best, cost = m, c
        return best

    # -- who -----------------------------------------------------------------------------------------------------

    def actor(self, act: Hit) -> Hit | None:
        """Who acts: the nearest actor in front of the act, in its clause or before it; behind it only where none stands in front."""
        lefts = [h for h in self.actors if h.j <= act.i and not any(t.low in _STOPS for t in self.tokens[h.j : act.i])]
        start, end = self.clause(act.i)
        if self.tongue.mode_after:
            lefts = [h for h in lefts if self._topic(h)] or lefts
        own = [h for h in lefts if h.i >= start]
        rights = [h for h in self.actors if h.i >= act.j and h.j <= end and self.gap(act, h) <= self.tongue.reach(40)]
        for group in (own, rights, lefts):
            if group:
                return min(group, key=lambda h: self.gap(h, act))
        return None

    def level(self, act: Hit) -> str:
        """Of whom a decision is: ministers, leaders, officials; of the story's meeting where the sentence does not say."""
        actor = self.actor(act)
        if actor is None or actor.entry.id == "context":
            start, _ = self.clause(act.i)
            near = [h for h in self.actors if h.entry.id in ("ministers", "leaders", "officials") and start <= h.i and h.j <= act.i]
            actor = near[-1] if near else actor
        known = {"ministers": "ministerial", "minister": "ministerial", "leaders": "leaders", "officials": "officials"}
        return known.get(actor.entry.id, self.scene.level) if actor is not None else self.scene.level

    def outsider(self, act: Hit, thing: Hit | None) -> str:
        """Why an act is not ASEAN's: a cabinet, a company, another body, or a state that acts for itself; else nothing."""
        actor = self.actor(act)
        if actor is not None and actor.entry.id == "elsewhere":
            return self.words(actor.i, actor.j)
        start, _ = self.clause(act.i)
        states = [p for p in self.parties if start <= p.i and p.j <= act.i and self._leads(p, act)]
        ours = [h for h in self.actors if h.entry.id not in ("elsewhere", "minister")]
        if states and not any(start <= h.i and h.j <= act.i for h in ours):
            last = thing.j if thing is not None else act.j
            reach = self.tongue.reach(40)
            if not any(
                h.i >= act.j and self.tokens[h.i].start - self.tokens[max(last, act.j) - 1].end <= reach
                for h in ours
                if h.entry.id == "context"
            ):
                return self.words(states[-1].i, states[-1].j)
        return ""

    def _topic(self, h: Hit) -> bool:
        """Whether a particle behind a hit marks it as what the sentence speaks of."""
        after = next((t.low for t in self.tokens[h.j : h.j + 2] if t.low != ")"), "")
        return after[:1] in _TOPIC and bool(after)

    def _leads(self, party: Hit, act: Hit) -> bool:
        """Whether a state may be the subject of an act behind it."""
        if self.tongue.mode_after:
            return self._topic(party)
        return not self.commas(party.j, act.i)

    # -- frames --------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """All frames over the sentence."""
        for act in self.acts:
            family = act.entry.id
            if family == "pledge":
                self.funding(act)
            elif family == "task":
                self.task(act)
            elif family != "decide":
                self.thing(act)
        for act in self.acts:
            if act.entry.id == "decide":
                self.decision(act)
        self.awaited()
        self.absent()

    def thing(self, act: Hit) -> None:
        """An act and the things that it takes."""
        if any(
            t.j <= act.i and self.gap(t, act) <= self.tongue.reach(12) and act.i not in self.joins and not self.commas(t.j, act.i)
            for t in self.used
        ):
            if self.tongue.thing_after and act.entry.form != "participle":
                return  # "a concept paper on establishing": part of the thing's name
        fits = FAMILIES.get(act.entry.id, {act.entry.id})
        joins = JOINING if act.entry.id in ("accede", "sign", "force") else frozenset()
        for thing in self._things(act, [h for h in self.things if self.finder.takes[h.entry.id] & fits or h.entry.id in joins]):
            kind = thing.entry.id
            if kind in JOINING:
                self.joining(act, thing)
            elif kind in ("partnership", "membership"):
                self.raised(act, thing)
            elif kind == "role":
                self.handover(act, thing)
            elif kind == "documents" and not self._counted(thing):
                continue
            else:
                self.note(thing.entry.detail, act, thing)

    def _things(self, act: Hit, fitting: list[Hit]) -> list[Hit]:
        """The things of an act: the nearest on the side where the language puts them, with those listed beside it; else on the other."""
        start, end = self.clause(act.i)
        inside = [h for h in self.things if (start <= h.i and h.j <= end and h.j > act.i) or (start <= h.i and h.j <= act.i)]
        after = [h for h in inside if (h.i >= act.i and h.j > act.j) or h.i >= act.j]
        before = [h for h in inside if h.j <= act.i or (h.i < act.i and h.j <= act.j)]
        sides = (after, before[::-1]) if self.tongue.thing_after else (before[::-1], after)
        for side in sides if not self.tongue.mode_after else sides[:1]:
            while side and side[0] not in fitting and any(_inside(side[0], [n]) and _inside(f, [n]) for n in self.names for f in fitting):
                side = side[1:]  # a word of the title that another word is the head of
            first = next(iter(side), None)
            if first is None or first not in fitting or not self._reaches(act, first):
                continue
            taken = [first]
            for h in side[1:]:
                if h not in fitting or not self._listed(taken[-1], h):
                    break
                taken.append(h)
            return taken
        return []

    def _reaches(self, act: Hit, thing: Hit) -> bool:
        """Whether act and thing belong together: near enough, with no other act, view or speech between them."""
        reach = CLOSE if thing.entry.id in COMMON else THING
        if thing.entry.id in ("body", "fund") or (thing.entry.id == "membership" and self._in_principle(act)):
            reach = FAR
        if self.tongue.mode_after and thing.j < len(self.tokens) and self.tokens[thing.j].low[:1] in _TOPIC:
            reach = 2 * THING  # the topic of the sentence, however far its verb
        if self.gap(act, thing) > self.tongue.reach(reach):
            return False
        first, second = (act, thing) if act.i <= thing.i else (thing, act)
        between = [
            h
            for h in self.acts
            if first.j <= h.i and h.j <= second.i and self.gap(act, h) > self.tongue.reach(8) and h.entry.form != "nominal"
        ]
        spoken = [h for h in self.modes if h.entry.id in ("view", "wish") and first.j <= h.i and h.j <= second.i]
        return not between and not (spoken and self.tongue.thing_after)

    def _listed(self, one: Hit, other: Hit) -> bool:
        """Whether two things are parts of one list: a comma or an "and" directly before the later one."""
        a, b = (one, other) if one.i < other.i else (other, one)
        if self.tongue.spaceless and self.gap(a, b) > 4:
            return False
        before = range(max(a.j, b.i - 3), b.i)
        if self.tongue.spaceless:
            before = range(b.i - 1, b.i)
        marked = any(self.tokens[k].low in _COMMAS for k in before) or any(k + 1 in self.joins for k in before)
        return marked and not any(a.j <= h.i and h.j <= b.i for h in self.acts + [m for m in self.modes if m.entry.id in ("view", "wish")])

    def _counted(self, thing: Hit) -> bool:
        """Whether documents are counted: "22", "eight"."""
        near = range(max(0, thing.i - 4), min(len(self.tokens), thing.j + 4))
        numbers = any(_number(self.tokens[k].text) for k in near)
        return numbers or any(h.i in near for h in self.tags.of("units") if h.entry.id == "count")

    def joining(self, act: Hit, thing: Hit) -> None:
        """A state joins the treaty."""
        parties = self._newcomers(act, thing)
        if not parties:
            self.miss(act, thing, "nobody who joins is named")
            return
        self.note("accession", act, thing, parties=parties)

    def raised(self, act: Hit, thing: Hit) -> None:
        """A partner's status, or membership, given or raised."""
        parties = self._newcomers(act, thing)
        if not parties:
            self.miss(act, thing, "no partner is named")
            return
        kind = thing.entry.detail
        if kind == "membership" and self._in_principle(act):
            kind = "decision"
        self.note(kind, act, thing, parties=parties)

    def _in_principle(self, act: Hit) -> bool:
        start, end = self.clause(act.i)
        return any(h.entry.id == "principle" and start <= h.i and h.j <= end for h in self.modes)

    def _newcomers(self, act: Hit, thing: Hit) -> list[Hit]:
        """The states outside ASEAN (and Timor-Leste) in the clause of an act, else those before it in the sentence."""
        start, end = self.clause(act.i)
        named = self.parties + [h for h in self.tags.of("home") if h.entry.id == "Timor-Leste"]
        outside = [p for p in named if p.entry.detail != "member" or p.entry.id == "Timor-Leste"]
        outside = [p for p in outside if p.entry.id not in ("UN", "DPRK")]
        own = [p for p in outside if start <= p.i < end]
        return own or [p for p in outside if p.j <= act.i and not any(t.low in _STOPS for t in self.tokens[p.j : act.i])]

    def handover(self, act: Hit, thing: Hit) -> None:
        """The chair or a coordinator's role, taken or handed over."""
        start, end = self.clause(act.i)
        self.note("coordination", act, thing, parties=[p for p in self.parties if start <= p.i < end])

    def funding(self, act: Hit) -> None:
        """Money or goods pledged or given to ASEAN."""
        start, end = self.clause(act.i)
        money = [
            h for h in self.tags.of("units") if h.entry.id == "money" and start <= h.i < end and h.i and _number(self.tokens[h.i - 1].text)
        ]
        money = [h for h in money if self.gap(act, h) <= self.tongue.reach(THING)]
        if not money or not any(h.entry.id == "context" for h in self.actors):
            return
        first = min(money, key=lambda h: self.gap(act, h))
        amount = Hit(first.i - 1, first.j, first.entry)
        donors = [p for p in self.parties if p.j <= act.i and p.i >= start]
        self.note("funding", act, amount, parties=donors, own=True)

    def task(self, act: Hit) -> None:
        """Officials, ministers or a body told to do something."""
        _, end = self.clause(act.i)
        told_ = [
            h
            for h in self.actors
            if h.entry.id in ("officials", "ministers") and act.j <= h.i < end and self.gap(act, h) <= self.tongue.reach(24)
        ]
        bodies = [h for h in self.things if h.entry.id == "body" and act.j <= h.i < end and self.gap(act, h) <= self.tongue.reach(16)]
        lefts = [h for h in self.actors if h.j <= act.i and h.entry.id in ("ministers", "leaders", "context")]
        if not (told_ or bodies) or not lefts:
            return
        last = min((told_ or bodies), key=lambda h: h.i)
        whole = Hit(act.i, self._until(last.j), act.entry)
        self.note("decision", act, whole, level=self.level(act) if not told_ or lefts[-1].entry.id != "context" else self.scene.level)

    def decision(self, act: Hit) -> None:
        """Something concrete that was decided: a meeting to be held, somebody invited or not."""
        start, end = self.clause(act.i)
        if any(f.tags is self.tags and f.status != "planned" and f.i < end and f.j > act.i for f in self.found):
            return
        side = [h for h in self.modes if h.entry.id == "concrete"]
        if self.tongue.mode_after:
            what = [h for h in side if start <= h.i and h.j <= act.i]
            whole = Hit(what[0].i, act.j, act.entry) if what else None
        else:
            what = [h for h in side if act.j <= h.i < self._until(act.j) and self.gap(act, h) <= self.tongue.reach(60)]
            what = [h for h in what if not any(m.entry.id in ("wish", "view") and act.j <= m.i < h.i for m in self.modes)]
            whole = Hit(act.i, self._until(what[0].j), act.entry) if what else None
        if whole is None:
            return
        actor = self.actor(act)
        if actor is None or actor.entry.id in ("elsewhere", "minister"):
            self.miss(act, whole, "no ASEAN actor decides")
            return
        newcomers = self._newcomers(act, whole) if self._in_principle(act) else []
        self.note("decision", act, whole, parties=newcomers)

    def _until(self, j: int) -> int:
        """Where the clause that holds token j ends, at most as far as evidence may go."""
        _, end = self.clause(max(j - 1, 0))
        most = j + (MOST_WORDS - 12)
        for k in range(j, min(end, most)):
            if self.tokens[k].low in _COMMAS or self.tokens[k].low in _STOPS or self.tokens[k].low in ("(", '"'):
                return k
        return min(end, most)

    def awaited(self) -> None:
        """A thing that is expected, without an act: "a communiqué is expected"."""
        for thing in self.things:
            if (
                thing in self.used
                or self.heading
                or not (thing.entry.id in AWAITED or (thing.entry.id == "documents" and self._counted(thing)))
            ):
                continue
            start, end = self.clause(thing.i)
            for h in self.modes:
                if h.entry.id == "expected" and start <= h.i and h.j <= end and self.gap(h, thing) <= self.tongue.reach(70):
                    if any(min(h.i, thing.i) < a.i < max(h.j, thing.j) for a in self.acts if a.entry.form != "nominal"):
                        continue
                    self.emit(thing.entry.detail, "planned", h, thing, Mode("planned", self.words(h.i, h.j), h), [])
                    break

    def absent(self) -> None:
        """A communiqué that did not come about."""
        for thing in self.things:
            if thing.entry.id != "communique" or thing in self.used:
                continue
            for h in self.modes:
                before = h.j <= thing.i if not self.tongue.mode_after else h.i >= thing.j
                if h.entry.id == "absent" and before and self.gap(h, thing) <= self.tongue.reach(8):
                    moment = self.moment(h.i, h.j)
                    if moment is not None and moment.sense == "recalled":
                        continue
                    self.emit("document", "failed", h, thing, Mode("failed", self.words(h.i, h.j), h), [])
                    break

    # -- what comes of it ----------------------------------------------------------------------------------------

    def note(self, kind: str, act: Hit, thing: Hit, *, parties: list[Hit] | None = None, level: str = "", own: bool = False) -> None:
        """An outcome, unless mode, time or actor keep it out."""
        self.used.append(thing)
        mode = self.mode(act)
        if mode.status not in ("done", "planned", "failed"):
            self.miss(act, thing, f"{mode.status} ({mode.why})")
            return
        moment = self.moment(min(act.i, thing.i), max(act.j, thing.j))
        status = mode.status
        if moment is not None and moment.sense == "recalled":
            self.miss(act, thing, f"recalled ({self.words(moment.i, moment.j)})")
            return
        if moment is not None and moment.sense == "future" and status == "done" and not mode.explicit and kind != "coordination":
            status = "planned"
        if status == "failed" and kind not in ("document", "agreement", "decision"):
            self.miss(act, thing, f"negated ({mode.why})")
            return
        alone = kind in ("accession", "partnership", "membership", "coordination", "funding") or own
        stranger = self.outsider(act, thing) if not alone else ""
        actor = self.actor(act)
        if alone and actor is not None and actor.entry.id == "elsewhere":
            stranger = self.words(actor.i, actor.j)
        if stranger:
            self.miss(act, thing, f"decided elsewhere ({stranger})")
            return
        if kind == "decision" and status == "planned":
            self.miss(act, thing, f"planned ({mode.why})")
            return
        self.emit(kind, status, act, thing, mode, parties or [], level=level, days=moment.days if moment else None)

    def emit(
        self, kind: str, status: str, act: Hit, thing: Hit, mode: Mode, parties: list[Hit], *, level: str = "", days: int | None = None
    ) -> None:
        """Notes an outcome: evidence from the first to the last of act, thing, governing word and the parties near them."""
        self.used.append(thing)
        i, j = min(act.i, thing.i), max(act.j, thing.j)
        if mode.hit is not None and self.gap(mode.hit, Hit(i, j, act.entry)) <= self.tongue.reach(40):
            i, j = min(i, mode.hit.i), max(j, mode.hit.j)
        for p in parties:
            if self.gap(p, Hit(i, j, act.entry)) <= self.tongue.reach(45):
                i, j = min(i, p.i), max(j, p.j)
        i, j = self._trimmed(i, j)
        slots = {"act": (act.i, act.j, act.entry.id), "object": (thing.i, thing.j, kind)}
        if mode.hit is not None:
            slots["modality"] = (mode.hit.i, mode.hit.j, f"{status} ({mode.why})")
        actor = self.actor(act)
        if actor is not None:
            slots["actor"] = (actor.i, actor.j, actor.entry.id)
        named = parties or [p for p in self.parties if i <= p.i and p.j <= j and p.entry.detail != "member"]
        rule = f"{self.tongue.code}.{act.entry.id if act.entry.kind == 'act' else 'expected'}"
        self.found.append(
            Found(
                kind, status, level or self.level(act), self.tags, i, j, self._name(thing), [f"act.{rule}", f"type.{kind}"], slots,
                tuple(dict.fromkeys(p.entry.id for p in named)), days=days,
            )
        )  # fmt: skip

    def miss(self, act: Hit, thing: Hit, why: str) -> None:
        """Notes what nearly was an outcome."""
        self.used.append(thing)
        self.missed.append(Missed(self.tags, min(act.i, thing.i), max(act.j, thing.j), f"frame.{self.tongue.code}.{act.entry.id}", why))

    def _name(self, thing: Hit) -> tuple[int, int]:
        """The thing with what is said of it: up to the next mark, act or word of mode."""
        stops = {h.i for h in self.acts + self.modes} | {b for b in self.bounds if b > thing.i}
        if self.tongue.spaceless:
            return thing.i, thing.j
        j = thing.j
        while j < min(len(self.tokens), thing.j + 12) and j not in stops and self.tokens[j].word:
            j += 1
        while j > thing.j and j in self.joins:
            j -= 1
        return thing.i, j

    def _trimmed(self, i: int, j: int) -> tuple[int, int]:
        """At most as long as evidence may be."""
        if self.tongue.spaceless:
            while j - i > 1 and self.tokens[j - 1].end - self.tokens[i].start > MOST_CHARACTERS:
                j -= 1
            return i, j
        words = 0
        for k in range(i, j):
            words += self.tokens[k].word
            if words > MOST_WORDS:
                return i, k
        return i, j

    def words(self, i: int, j: int) -> str:
        """Tokens i to j as they stand in the text."""
        return " ".join(t.text for t in self.tokens[i:j])


def settled(found: list[Found]) -> list[Found]:
    """One entry an outcome: repeated mentions fall together, what is done before what is planned; a headline counts where the story has nothing of the kind."""
    body = [f for f in found if f.tags.sentence.field == "text"]
    kept: list[Found] = []
    for f in sorted(body, key=lambda f: f.status == "planned"):
        if not any(_same(f, k) for k in kept):
            kept.append(f)
    order = {id(f): n for n, f in enumerate(body)}
    kept.sort(key=lambda f: order[id(f)])
    kept.extend(f for f in found if f.tags.sentence.field == "title" and not any(k.type == f.type for k in kept))
    return kept


def _same(a: Found, b: Found) -> bool:
    if a.type != b.type or (a.parties and b.parties and not set(a.parties) & set(b.parties)):
        return False
    if a.type in ("accession", "partnership", "membership", "coordination"):
        return True
    if a.status == b.status == "failed":
        return True
    if a.tags is b.tags and a.head[0] < b.head[1] and b.head[0] < a.head[1]:
        return True
    one, other = _words_of(a), _words_of(b)
    return bool(one & other) and len(one & other) >= 0.6 * min(len(one), len(other))


def _words_of(f: Found) -> set[str]:
    return {t.low for t in f.tags.sentence.tokens[f.head[0] : f.head[1]] if t.word}


def _inside(h: Hit, others: Iterable[Hit]) -> bool:
    return any(o.i <= h.i and h.j <= o.j for o in others)


def _strictly_inside(h: Hit, others: Iterable[Hit]) -> bool:
    return any(o.i <= h.i and h.j <= o.j and o.j - o.i > h.j - h.i for o in others)


def _number(text: str) -> int | None:
    digits = text.replace(".", "").replace(",", "")
    return int(digits) if digits.isdigit() and len(digits) < 12 else None


def _sense(year: int | None, month: int | None, day: int | None, published: date | None, story: int | None) -> tuple[str, int | None]:
    """Whether a date is of the story's meeting, before or after it; and how many days lie between, where both are known."""
    if month is None or published is None:
        now = story or (published.year if published else None)
        return ("recalled" if year and now and year < now else "future" if year and now and year > now else ""), None
    if day is None:
        distance = ((year or published.year) - published.year) * 12 + month - published.month
        if year is None and distance > 6:
            distance -= 12
        elif year is None and distance < -8:
            distance += 12
        early = distance == -1 and published.day <= 7
        return "fresh" if distance == 0 or early else "recalled" if distance < 0 else "future", None
    near = (year,) if year else (published.year - 1, published.year, published.year + 1)
    try:
        days = min(((date(y, month, day) - published).days for y in near), key=abs)
    except ValueError:
        return "", None
    return "recalled" if days < -FRESH_DAYS else "future" if days > 0 else "fresh", days


_TITLE = Entry("title", "title")
_STATUS = {"wish": "wish", "view": "view", "purpose": "purpose", "negated": "failed", "not_yet": "planned"}
_STOPS = frozenset(".!?;。！？；")
_COMMAS = frozenset(",、،")
_PARTICLES = frozenset("のをにはがもとや")
_TOPIC = frozenset("はがも")
