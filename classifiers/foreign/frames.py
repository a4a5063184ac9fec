"""What is decided: the frames over one sentence, each an act and the thing that it takes, and what keeps them out."""

from collections.abc import Mapping

from classifiers.foreign.dates import number
from classifiers.foreign.sentence import COMMAS, STOPS, Sentence
from classifiers.foreign.tongue import Mode, Tongue
from classifiers.frames import Found, Missed, Scene
from classifiers.lexicon import Hit, Tagged

MOST_WORDS = 40
"""Words that evidence may have."""
MOST_CHARACTERS = 120
"""Characters that evidence may have in a language without spaces."""
THING = 70
"""How far, in characters, the thing may stand from its act."""
CLOSE = 40
"""How far one of common name (a proposal, a member)."""
FAR = 60
"""How far a body or a fund: "appointed Mr X of Y as special envoy"."""

COMMON = frozenset({"endorsables", "membership", "terms"})
AWAITED = frozenset({"communique", "statement", "plan", "vision", "agreement"})
"""Things that may be expected without an act."""
FAMILIES = {"establish": frozenset({"establish", "launch"}), "adopt": frozenset({"adopt", "decide-on"})}
JOINING = frozenset({"tac", "accession-instrument"})
BARE = frozenset({"decide", "task", "pledge"})
"""Families of acts that need no thing by name."""


class Frames(Sentence):
    """The frames over one sentence; what they give is noted in `found` and `missed`."""

    def __init__(self, takes: Mapping[str, set[str]], tongue: Tongue, tags: Tagged, scene: Scene) -> None:
        super().__init__(tongue, tags, scene)
        self.takes = takes
        self.found: list[Found] = []
        self.missed: list[Missed] = []
        self.used: list[Hit] = []

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
        self.attributed()

    def thing(self, act: Hit) -> None:
        """An act and the things that it takes."""
        if self._in_a_name(act):
            return
        fits = FAMILIES.get(act.entry.id, {act.entry.id})
        joins = JOINING if act.entry.id in ("accede", "sign", "force") else frozenset()
        for thing in self._things(act, [h for h in self.things if self.takes[h.entry.id] & fits or h.entry.id in joins]):
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

    def _in_a_name(self, act: Hit) -> bool:
        """Whether an act is part of a thing's name: "a concept paper on establishing a network"."""
        if not self.tongue.thing_after or act.entry.form == "participle" or act.i in self.joins:
            return False
        reach = self.tongue.reach(12)
        return any(t.j <= act.i and self.gap(t, act) <= reach and not self.commas(t.j, act.i) for t in self.used)

    def _things(self, act: Hit, fitting: list[Hit]) -> list[Hit]:
        """The things of an act: the nearest on the side where the language puts them, with those listed beside it; else on the other."""
        start, end = self.clause(act.i)
        inside = [h for h in self.things if (start <= h.i and h.j <= end and h.j > act.i) or (start <= h.i and h.j <= act.i)]
        after = [h for h in inside if (h.i >= act.i and h.j > act.j) or h.i >= act.j]
        before = [h for h in inside if h.j <= act.i or (h.i < act.i and h.j <= act.j)]
        sides = (after, before[::-1]) if self.tongue.thing_after else (before[::-1], after)
        for side in sides if not self.tongue.mode_after else sides[:1]:
            while side and side[0] not in fitting and any(n.i < side[0].i < n.j and n.i < f.i < n.j for n in self.names for f in fitting):
                side = side[1:]  # a word of the title that another word is the head of
            while self.tongue.heads_last and self.tongue.thing_after and len(side) > 1 and self._runs_on(side[0], side[1]):
                side = side[1:]
            first = next(iter(side), None)
            if self.tongue.thing_after and first is not None and first.j <= act.i and self.commas(first.j, act.i) % 2:
                continue  # the subject of another clause
            if first is None or first not in fitting or not self._reaches(act, first):
                continue
            taken = [first]
            for h in side[1:]:
                if h not in fitting or not self._listed(taken[-1], h):
                    break
                taken.append(h)
            return taken
        return []

    def _runs_on(self, one: Hit, other: Hit) -> bool:
        """Whether two things are words of one name, the later one its head."""
        if self.gap(one, other) > 6 or self.commas(one.j, other.i) or any(one.j <= k <= other.i for k in self.joins):
            return False
        return not any(one.j <= h.i and h.j <= other.i for h in self.acts + self.modes)

    def _reaches(self, act: Hit, thing: Hit) -> bool:
        """Whether act and thing belong together: near enough, with no other act, view or speech between them."""
        reach = CLOSE if thing.entry.id in COMMON else THING
        if thing.entry.id in ("body", "fund") or (thing.entry.id == "membership" and self._in_principle(act)):
            reach = FAR
        if self.tongue.mode_after and self.is_topic(thing):
            reach = 2 * THING  # the topic of the sentence, however far its verb
        if self.gap(act, thing) > self.tongue.reach(reach):
            return False
        first, second = (act, thing) if act.i <= thing.i else (thing, act)
        if thing.j <= act.i and self.tongue.thing_after:
            viewed = [h for h in self.modes if h.entry.id == "view" and h.j <= thing.i and self.gap(h, thing) <= self.tongue.reach(10)]
            moment = self.moment(act.i, act.j) if viewed else None
            if viewed and (moment is None or moment.sense != "fresh"):
                return False  # "carried out the plan adopted in ..."
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
        marked = any(self.tokens[k].low in COMMAS for k in before) or any(k + 1 in self.joins for k in before)
        return marked and not any(a.j <= h.i and h.j <= b.i for h in self.acts + [m for m in self.modes if m.entry.id in ("view", "wish")])

    def _counted(self, thing: Hit) -> bool:
        """Whether documents are counted: "22", "eight"."""
        near = range(max(0, thing.i - 4), min(len(self.tokens), thing.j + 4))
        numbers = any(number(self.tokens[k].text) for k in near)
        return numbers or any(h.i in near for h in self.tags.of("units") if h.entry.id == "count")

    def joining(self, act: Hit, thing: Hit) -> None:
        """A state joins the treaty."""
        parties = self._newcomers(act, thing)
        if not parties:
            self.miss(act, thing, "nobody who joins is named")
            return
        ministers = any(h.entry.id == "ministers" for h in self.actors)
        self.note("accession", act, thing, parties=parties, level="ministerial" if ministers else "")

    def raised(self, act: Hit, thing: Hit) -> None:
        """A partner's status, or membership, given or raised."""
        parties = self._newcomers(act, thing)
        if not parties:
            self.miss(act, thing, "no partner is named")
            return
        kind = thing.entry.detail
        start, end = self.clause(act.i)
        ours = any(h.entry.id != "elsewhere" and start <= h.i < end for h in self.actors)
        if kind == "partnership" and not ours and any(p.entry.detail == "member" and start <= p.i < act.i for p in self.parties):
            self.miss(act, thing, "a partnership of one member")
            return
        if kind == "membership" and self._in_principle(act):
            kind = "decision"
        self.note(kind, act, thing, parties=parties)

    def _in_principle(self, act: Hit) -> bool:
        start, end = self.clause(act.i)
        return any(
            h.entry.id == "principle" and start <= h.i and h.j <= end and self.gap(h, act) <= self.tongue.reach(45) for h in self.modes
        )

    def _newcomers(self, act: Hit, thing: Hit) -> list[Hit]:
        """The states outside ASEAN (and Timor-Leste) in the clause of an act, else those before it in the sentence."""
        start, end = self.clause(act.i)
        named = self.parties + [h for h in self.tags.of("home") if h.entry.id == "Timor-Leste"]
        outside = [p for p in named if p.entry.detail != "member" or p.entry.id == "Timor-Leste"]
        outside = [p for p in outside if p.entry.id not in ("UN", "DPRK")]
        own = [p for p in outside if start <= p.i < end]
        return own or [p for p in outside if p.j <= act.i and not self.stopped(p.j, act.i)]

    def handover(self, act: Hit, thing: Hit) -> None:
        """The chair or a coordinator's role, taken or handed over."""
        start, end = self.clause(act.i)
        self.note("coordination", act, thing, parties=[p for p in self.parties if start <= p.i < end])

    def funding(self, act: Hit) -> None:
        """Money or goods pledged or given to ASEAN."""
        start, end = self.clause(act.i)
        money = [
            h for h in self.tags.of("units") if h.entry.id == "money" and start <= h.i < end and h.i and number(self.tokens[h.i - 1].text)
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
        if actor is None or actor.entry.id in ("elsewhere", "minister", "leader"):
            self.miss(act, whole, "no ASEAN actor decides")
            return
        newcomers = self._newcomers(act, whole) if self._in_principle(act) else []
        self.note("decision", act, whole, parties=newcomers)

    def _until(self, j: int) -> int:
        """Where the clause that holds token j ends, at most as far as evidence may go."""
        _, end = self.clause(max(j - 1, 0))
        most = j + (MOST_WORDS - 12)
        for k in range(j, min(end, most)):
            if self.tokens[k].low in COMMAS or self.tokens[k].low in STOPS or self.tokens[k].low in ("(", '"'):
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

    def attributed(self) -> None:
        """A thing with a relative clause: "a communiqué that was released after the meeting" tells of a result, if it is of the day."""
        for h in self.tags.of("clause"):
            if h.entry.id != "relative":
                continue
            thing = next((t for t in self.things if 0 <= h.i - t.j <= 1 and t not in self.used), None)
            act = next((a for a in self.acts if 0 <= a.i - h.j <= 3 and a.entry.form in ("done", "participle")), None)
            if thing is None or act is None or not self.takes[thing.entry.id] & FAMILIES.get(act.entry.id, {act.entry.id}):
                continue
            moment = self.moment(act.i, act.j)
            if moment is not None and moment.sense == "fresh":
                self.note(thing.entry.detail, act, thing)

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
        if self._draft(thing):
            self.miss(act, thing, "a draft")
            return
        mode = self.mode(act, thing)
        if mode.status not in ("done", "planned", "failed"):
            self.miss(act, thing, f"{mode.status} ({mode.why})")
            return
        moment = self.moment(min(act.i, thing.i), max(act.j, thing.j), named=thing.i >= act.i)
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

    def _draft(self, thing: Hit) -> bool:
        return any(h.entry.id == "draft" and (0 <= thing.i - h.j <= 1 or 0 <= h.i - thing.j <= 1) for h in self.modes)

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
            start = self.tags.sentence.starts[i]
            while j - i > 1 and self.tags.sentence.span(i, j)[1] - start > MOST_CHARACTERS:
                j -= 1
            return i, j
        words = 0
        for k in range(i, j):
            words += self.tokens[k].word
            if words > MOST_WORDS:
                return i, k
        return i, j
