"""One sentence: its acts, things and actors, and what governs an act: mode, time, decider."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from classifiers.foreign.dates import Moment, moments
from classifiers.foreign.tongue import Cover, Mode, Tongue
from classifiers.frames import Scene
from classifiers.grammar import longest
from classifiers.lexicon import Entry, Hit, Tagged

# How far a word reaches, in characters of a language with spaces; one without spaces says the same in fewer (see `Tongue.reach`).
NEAR = {
    "done": 16, "agreed": 40, "planned": 140, "wish": 45, "view": 28, "purpose": 20, "negated": 16, "not_yet": 32, "witness": 45,
    "whether": 60,
}  # fmt: skip
"""Mode -> how near to the act its word must stand to govern it."""
MOST_ACTS = 24
"""Acts of one sentence that are read; more than these stand in lists and noise only."""
CLOSED = frozenset({"neutral", "absent", "expected", "not_yet", "view", "witness"})
"""Words of mode in which an act is no act of its own."""
STOPS = frozenset(".!?;。！？；")
COMMAS = frozenset(",、،")

_OBJECT_MARKS = frozenset("将將")
_TITLE = Entry("title", "title")
_STATUS = {
    "planned": "planned",
    "wish": "wish",
    "view": "view",
    "purpose": "purpose",
    "negated": "failed",
    "not_yet": "planned",
    "whether": "view",
}
_PARTICLES = frozenset("のをにはがもとや")
_TOPIC = frozenset("はがも")


class Sentence:
    """One sentence, its acts, things, actors and words of mode, and what governs what."""

    def __init__(self, tongue: Tongue, tags: Tagged, scene: Scene) -> None:
        self.tongue, self.tags, self.scene = tongue, tags, scene
        self.tokens = tags.sentence.tokens
        self.heading = tags.sentence.field == "title"
        modes = longest(tags.of("mode"))
        acts = longest(tags.of("act"))
        named = Cover(tags.of("meeting") + tags.of("actor"))
        said = Cover(h for h in modes if h.entry.id in ("neutral", "view", "principle"))
        self.things = [h for h in longest(tags.of("object")) if not named.holds(h) and not said.exceeds(h)]
        things, self.names = Cover(self.things), self._titles()
        names, doing = Cover(self.names), Cover(acts)
        closed = Cover([h for h in modes if h.entry.id in CLOSED] + self.names)
        self.modes = [h for h in modes if h.entry.id != "neutral" and not (things.holds(h) or doing.exceeds(h) or names.holds(h))]
        self.acts = [h for h in acts if not closed.holds(h) and not things.exceeds(h)]
        del self.acts[MOST_ACTS:]
        states = Cover(tags.of("party"))
        self.actors = [h for h in longest(tags.of("actor")) if not (things.exceeds(h) or states.exceeds(h))]
        margins = {h.j for h in tags.of("cue") if h.entry.id == "framework"}
        self.actors = [h for h in self.actors if h.i not in margins]
        self.parties = longest(tags.of("party"))
        self.joins = {h.j for h in tags.of("clause") if h.entry.id == "join"}
        self.stops = [n for n, t in enumerate(self.tokens) if t.low in STOPS]
        self.comma_places = [n for n, t in enumerate(self.tokens) if t.low in COMMAS]
        whole = Cover(self.things + acts + longest(tags.of("meeting")))
        self.bounds = self._bounds(whole)

    def _titles(self) -> list[Hit]:
        """The names of documents that stand in title marks: 《…》."""
        marks = [n for n, t in enumerate(self.tokens) if t.low in "《》" and t.low]
        return [Hit(a, b + 1, _TITLE) for a, b in pairwise(marks) if self.tokens[a].low == "《" and self.tokens[b].low == "》"]

    # -- place ---------------------------------------------------------------------------------------------------

    def _bounds(self, whole: Cover) -> list[int]:
        """The tokens at which a clause begins: behind a stop, before a word that opens another clause."""
        at = {0}
        at.update(n + 1 for n, t in enumerate(self.tokens) if t.low in STOPS or (t.low == "," and self.tongue.comma_breaks))
        at.update(h.i for h in self.tags.of("clause") if h.entry.id in ("break", "relative") and not whole.exceeds(h))
        return sorted(at)

    def clause(self, i: int) -> tuple[int, int]:
        """The clause in which token i stands."""
        n = bisect_right(self.bounds, i)
        return self.bounds[n - 1], self.bounds[n] if n < len(self.bounds) else len(self.tokens)

    def gap(self, a: Hit, b: Hit) -> int:
        """Characters between two hits; none where they touch or overlap."""
        first, second = (a, b) if a.i <= b.i else (b, a)
        return max(0, self.tags.sentence.gap(first.j - 1, second.i))

    def commas(self, i: int, j: int) -> int:
        """How many commas stand between tokens i and j."""
        return max(0, bisect_left(self.comma_places, j) - bisect_left(self.comma_places, i))

    def stopped(self, i: int, j: int) -> bool:
        """Whether a sentence ends between tokens i and j."""
        return bisect_left(self.stops, j) > bisect_left(self.stops, i)

    def words(self, i: int, j: int) -> str:
        """Tokens i to j as they stand in the text."""
        return " ".join(t.text for t in self.tokens[i:j])

    # -- mode ----------------------------------------------------------------------------------------------------

    def mode(self, act: Hit, thing: Hit | None = None) -> Mode:
        """What governs an act that takes a thing."""
        if act.entry.form == "participle" and (act.i in self.joins or (act.i and self.tokens[act.i - 1].low in COMMAS)):
            start, _ = self.clause(act.i)
            first = next((a for a in reversed(self.acts) if start <= a.i and a.j < act.i and a.entry.form == "participle"), None)
            if first is not None:
                return self.mode(first)  # "have approved a plan and launched talks"
        if act.entry.form == "nominal":
            above = self._above_nominal(act, thing)
            if above is not None:
                return self.mode(above)
        nearest = sorted((h for h in self._governors(act)), key=lambda h: self.gap(h, act))
        for n, h in enumerate(nearest):
            group = h.entry.id
            if act.entry.form == "planned" and group in ("done", "agreed", "witness"):
                continue  # what has been put before the leaders is still to be adopted by them
            if group not in NEAR or self.gap(h, act) > self.tongue.reach(NEAR[group]):
                continue
            word = self.words(h.i, h.j)
            if group in ("done", "agreed", "witness"):
                if (group == "witness") != (act.entry.form == "nominal") and group != "agreed":
                    continue
                if group == "done" and act.entry.form == "bare":
                    continue
                higher = self._above(h, nearest[n + 1 :]) if group != "done" else None
                return higher or Mode("done", word, h, explicit=True)
            if group == "planned" and thing is not None and h.j <= thing.i < act.i and word in _OBJECT_MARKS:
                continue  # here the word marks the object: 将 … 移交给
            if group == "planned" and any(g.entry.id == "whether" for g in nearest):
                return Mode("view", word, h)
            if group == "planned":
                far = self.tongue.reach(36 if any(g.entry.id == "principle" for g in nearest) else 12)
                agreed = next((g for g in nearest[n + 1 :] if g.entry.id == "agreed" and self.gap(g, h) <= far), None)
                return Mode("done", self.words(agreed.i, agreed.j), agreed, explicit=True) if agreed else Mode("planned", word, h)
            if group == "view" and act.i in self.joins:
                continue
            return Mode(_STATUS[group], word, h)
        return self._bare(act)

    def _above_nominal(self, act: Hit, thing: Hit | None) -> Hit | None:
        """The act that takes a nominal one: "approved the creation of", "a paper, and the creation of", "its creation was agreed"."""
        verbs = [a for a in self.acts if a.entry.form != "nominal" and a.entry.id in ("adopt", "decide", "sign")]
        start, end = self.clause(act.i)
        near = next((a for a in verbs if a.j <= act.i and self.gap(a, act) <= self.tongue.reach(16)), None)
        if near is not None:
            return near
        marked = any(k in self.joins or self.tokens[k - 1].low in COMMAS for k in range(max(1, act.i - 1), act.i + 1))
        if marked and not self.tongue.mode_after:
            first = next((a for a in reversed(verbs) if start <= a.i and a.j <= act.i), None)
            if first is not None and not any(first.j <= h.i < act.i and h.entry.id != "context" for h in self.actors):
                return first
        last = thing if thing is not None and thing.i >= act.j else act
        return next(
            (a for a in verbs if last.j <= a.i < end and self.gap(last, a) <= self.tongue.reach(60) and not self.commas(last.j, a.i)), None
        )

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
        if form == "nominal" and not self.tongue.mode_after:
            _, end = self.clause(act.i)
            ahead = [h for h in self.modes if h.entry.id == "planned" and act.j <= h.i < end and not self.commas(act.j, h.i)]
            if ahead and self.gap(act, ahead[0]) <= self.tongue.reach(80):
                return Mode("planned", self.words(ahead[0].i, ahead[0].j), ahead[0])
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
                    (self.tongue.comma_breaks or self.tokens[start - 1].low in ";；")
                    and h.entry.id in ("planned", "not_yet")
                    and not self._subject(start, act.i)
                    and self._joined(h, start)
                )
            ):
                yield h

    def _joined(self, h: Hit, start: int) -> bool:
        """Whether only commas, or the semicolons of a chain of results, part a word of an earlier clause from the one at `start`."""
        return not any(self.tokens[n].low not in ";；" for n in self.stops[bisect_left(self.stops, h.j) : bisect_left(self.stops, start)])

    def _subject(self, i: int, j: int) -> bool:
        return any(i <= a.i and a.j <= j for a in self.actors)

    # -- time --------------------------------------------------------------------------------------------------

    @cached_property
    def moments(self) -> list[Moment]:
        """The time expressions of the sentence."""
        return moments(self.tags, self.tongue.era, self.scene.published, self.scene.year)

    def moment(self, i: int, j: int, *, named: bool = False) -> Moment | None:
        """The time that governs tokens i to j: the nearest of the clause, or the one that opens the sentence.

        `named` says that a name ends at j, to which a year behind it belongs.
        """
        start, end = self.clause(i)
        best, cost = None, self.tongue.reach(70)
        for m in self.moments:
            inside = (start <= m.i and m.j <= end) or m.j <= i
            if not inside or self.stopped(m.j, i):
                continue
            if m.year and m.i >= j and named:
                continue  # "the agreement of 2009": part of the thing's name
            first, second = (m.j, i) if m.j <= i else (j, m.i)
            c = float(max(0, self.tags.sentence.gap(max(first - 1, 0), min(second, len(self.tokens) - 1))))
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
        lefts = [h for h in self.actors if h.j <= act.i and not self.stopped(h.j, act.i)]
        start, end = self.clause(act.i)
        if self.tongue.mode_after:
            lefts = [h for h in lefts if self.is_topic(h)] or lefts
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
        known = {
            "ministers": "ministerial",
            "minister": "ministerial",
            "leaders": "leaders",
            "leader": "leaders",
            "officials": "officials",
        }
        return known.get(actor.entry.id, self.scene.level) if actor is not None else self.scene.level

    def outsider(self, act: Hit, thing: Hit | None) -> str:
        """Why an act is not ASEAN's: a cabinet, a company, another body, or a state that acts for itself; else nothing."""
        actor = self.actor(act)
        if actor is not None and actor.entry.id == "elsewhere":
            return self.words(actor.i, actor.j)
        start, _ = self.clause(act.i)
        states = [p for p in self.parties if start <= p.i and p.j <= act.i and self._leads(p, act)]
        ours = [h for h in self.actors if h.entry.id not in ("elsewhere", "minister", "leader")]
        if states and not any(start <= h.i and h.j <= act.i for h in ours):
            last = thing.j if thing is not None else act.j
            reach = self.tongue.reach(40)
            if not any(
                h.i >= act.j and self.tags.sentence.gap(max(last, act.j) - 1, h.i) <= reach for h in ours if h.entry.id == "context"
            ):
                return self.words(states[-1].i, states[-1].j)
        return ""

    def is_topic(self, h: Hit) -> bool:
        """Whether a particle behind a hit marks it as what the sentence speaks of."""
        after = next((t.low for t in self.tokens[h.j : h.j + 2] if t.low != ")"), "")
        return after[:1] in _TOPIC and bool(after)

    def _leads(self, party: Hit, act: Hit) -> bool:
        """Whether a state may be the subject of an act behind it."""
        if self.tongue.mode_after:
            return self.is_topic(party)
        return not self.commas(party.j, act.i)
