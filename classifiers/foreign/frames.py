"""What is decided: the frames over one sentence, each an act and the thing that it takes, and what keeps them out."""

from collections.abc import Iterator, Mapping

from classifiers.foreign.dates import number
from classifiers.foreign.sentence import COMMAS, STOPS, Sentence
from classifiers.foreign.tongue import Mode, Tongue
from classifiers.frames import Found, Missed, Scene
from classifiers.frames.frame import MOST_WORDS, cropped
from classifiers.grammar import longest
from classifiers.lexicon import Hit, Tagged
from classifiers.text import Token

MOST_CHARACTERS = 120
"""Characters that evidence may have in a language without spaces."""
THING = 70
"""How far, in characters, the thing may stand from its act."""
CLOSE = 40
"""How far one of common name (a proposal, a member)."""
FAR = 60
"""How far a body or a fund: "appointed Mr X of Y as special envoy"."""

NAME = 8
"""Words of a thing's name behind its head that evidence holds."""

COMMON = frozenset({"endorsables", "membership", "terms"})
AWAITED = frozenset({"communique", "statement", "plan", "vision", "agreement"})
"""Things that may be expected without an act."""
FAMILIES = {"establish": frozenset({"establish", "launch"}), "adopt": frozenset({"adopt", "decide-on"})}
SPOKEN = frozenset({"communique", "statement"})
JOINING = frozenset({"tac", "accession-instrument"})
BARE = frozenset({"decide", "task", "pledge"})
"""Families of acts that need no thing by name."""
PAPERS = frozenset({"communique", "statement", "plan", "terms", "vision", "documents", "agreement"})
"""Things on paper, which lists name one by one."""
_BULLETS = frozenset("-–—•·*▪●○■□◆◇・")
_ITEM_MARKS = frozenset({".", ")", "、", "．", "）", "/"})
_QUOTES = frozenset("\"'“”«»‘’「『《")
OURS = frozenset({"ministers", "leaders", "officials", "context"})
"""Actors of ASEAN."""


class Frames(Sentence):
    """The frames over one sentence; what they give is noted in `found` and `missed`."""

    def __init__(self, takes: Mapping[str, set[str]], tongue: Tongue, tags: Tagged, scene: Scene, told: Found | None = None) -> None:
        """`told` is the result on papers that the sentence before this one ended with: what this one lists may be those papers."""
        super().__init__(tongue, tags, scene)
        self.takes, self.told = takes, told
        self.found: list[Found] = []
        self.missed: list[Missed] = []
        self.used: list[Hit] = []
        self.clauses: list[tuple[int, int]] = []
        """Clauses within the name of a thing, whose acts are no acts of the sentence."""
        self.enumerated = told is not None and not self.heading and item_mark(self.tokens) is not None
        """Whether the sentence is one item of a list of papers."""

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
        self.listed()
        self.numbered()
        self.awaited()
        self.absent()
        self.attributed()
        self.spoken()

    def thing(self, act: Hit) -> None:
        """An act and the things that it takes."""
        if self._in_a_name(act) or any(i <= act.i < j for i, j in self.clauses):
            return
        fits = FAMILIES.get(act.entry.id, {act.entry.id})
        joins = JOINING if act.entry.id in ("accede", "sign", "force") else frozenset()
        for thing in self._things(act, [h for h in self.things if self.takes[h.entry.id] & fits or h.entry.id in joins]):
            kind = thing.entry.id
            if act.j < thing.i and self._modified(thing):
                self.clauses.append((act.j, thing.i))
            if kind in JOINING:
                self.joining(act, thing)
            elif kind in ("partnership", "membership"):
                self.raised(act, thing)
            elif kind == "role":
                self.handover(act, thing)
            elif kind == "documents" and not self._counted(thing) and not self._told_of(thing):
                continue
            else:
                self.note(thing.entry.detail, act, thing)

    def _in_a_name(self, act: Hit) -> bool:
        """Whether an act is part of a thing's name: "a concept paper on establishing a network"."""
        if not self.tongue.thing_after or act.entry.form == "participle" or act.i in self.joins:
            return False
        reach = self.tongue.reach(12)
        return any(
            t.j <= act.i and self.gap(t, act) <= reach and not self.commas(t.j, act.i) and not self.stopped(t.j, act.i) for t in self.used
        )

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
                if not self._begins_item(h):
                    continue  # a word of the name of what is listed
                if h not in fitting or not self._listed(taken[-1], h):
                    break
                taken.append(h)
            return taken
        return []

    def _modified(self, thing: Hit) -> bool:
        """Whether a head that stands last bears a clause: 纪念…的联合声明."""
        return self.tongue.heads_last and self.tongue.thing_after and thing.i > 0 and self.tokens[thing.i - 1].low.endswith("的")

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
        if self.gap(act, thing) > self.tongue.reach(reach) or self._others(act, thing):
            return False
        first, second = (act, thing) if act.i <= thing.i else (thing, act)
        if first is act and self._modified(thing):
            return True  # what stands between says which statement it is
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

    def _others(self, act: Hit, thing: Hit) -> bool:
        """Whether a thing behind a comma belongs to the act that follows it: "brought to the ministers, and a statement will be issued"."""
        if not self.tongue.thing_after or thing.i < act.j or not self.commas(act.j, thing.i) % 2:
            return False
        own = next((a for a in self.acts if a.i >= thing.j and a.entry.form != "nominal"), None)
        return own is not None and self.gap(thing, own) <= self.tongue.reach(24) and not self.commas(thing.j, own.i)

    def _listed(self, one: Hit, other: Hit) -> bool:
        """Whether two things are parts of one list: a comma or an "and" directly before the later one."""
        a, b = (one, other) if one.i < other.i else (other, one)
        if self.tongue.spaceless and self.gap(a, b) > 4:
            return False
        marked = self._marks(b.i - 1 if self.tongue.spaceless else max(a.j, b.i - 3), b.i)
        return marked and not any(a.j <= h.i and h.j <= b.i for h in self.acts + [m for m in self.modes if m.entry.id in ("view", "wish")])

    def _counted(self, thing: Hit) -> bool:
        """Whether documents are counted: "22", "eight"."""
        near = range(max(0, thing.i - 4), min(len(self.tokens), thing.j + 4))
        numbers = any(number(self.tokens[k].text) for k in near)
        return numbers or any(h.i in near for h in self.tags.of("units") if h.entry.id == "count")

    def _told_of(self, thing: Hit) -> bool:
        """Whether it is said what a document is about: "a paper on", a title in quotation marks."""
        if self._modified(thing):
            return True
        about = any(h.entry.id == "about" and 0 <= h.i - thing.j <= 3 for h in self.tags.of("clause"))
        return about or any(t.low in _QUOTES for t in self.tokens[thing.j : thing.j + 3])

    def joining(self, act: Hit, thing: Hit) -> None:
        """A state joins the treaty."""
        parties = self._newcomers(act, thing)
        if not parties and not self._states_counted(act):
            self.miss(act, thing, "nobody who joins is named")
            return
        ministers = any(h.entry.id == "ministers" for h in self.actors)
        self.note("accession", act, thing, parties=parties, level="ministerial" if ministers else "")

    def _states_counted(self, act: Hit) -> bool:
        """Whether states are counted beside an act: "six countries"."""
        start, end = self.clause(act.i)
        counted = [h for h in self.tags.of("units") if h.entry.id == "states" and start <= h.i < end]
        return any(h.i and number(self.tokens[h.i - 1].text) for h in counted)

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
        if self._in_principle(act):
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
        if not money or not any(h.entry.id in OURS for h in self.actors):
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
            opens = self._complement(act)
            what = [h for h in side if act.j <= h.i < self._until(opens) and self.gap(act, h) <= self.tongue.reach(60)]
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

    def _complement(self, act: Hit) -> int:
        """Where what is decided begins: behind the act, a comma or a "that" after it passed over."""
        if act.j + 1 < len(self.tokens) and (self.tokens[act.j].low in COMMAS or act.j in self.bounds):
            return act.j + 2
        return act.j

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
                if (
                    h.entry.id == "expected"
                    and not self._given(thing)
                    and start <= h.i
                    and h.j <= end
                    and self.gap(h, thing) <= self.tongue.reach(70)
                ):
                    if self.commas(min(h.j, thing.j), max(h.i, thing.i)) % 2:
                        continue
                    if any(min(h.i, thing.i) < a.i < max(h.j, thing.j) for a in self.acts if a.entry.form != "nominal"):
                        continue
                    self.emit(thing.entry.detail, "planned", h, thing, Mode("planned", self.words(h.i, h.j), h), [])
                    break

    def attributed(self) -> None:
        """A thing with a relative clause: "a communiqué that was released after the meeting" tells of a result, if it is of the day."""
        for thing, act in self._relatives():
            if thing in self.used or not self.takes[thing.entry.id] & FAMILIES.get(act.entry.id, {act.entry.id}):
                continue
            moment = self.moment(act.i, act.j)
            fresh = moment is not None and moment.sense == "fresh" and (thing.entry.id in SPOKEN or self._by_meeting(act))
            issued = moment is None and thing.entry.id == "communique" and act.entry.id == "issue" and self._by_meeting(act)
            if fresh or issued:
                self.note(thing.entry.detail, act, thing)

    def _relatives(self) -> Iterator[tuple[Hit, Hit]]:
        """Things with the act of their relative clause: behind them, in Japanese in front of them."""
        if self.tongue.mode_after:
            for thing in self.things:
                act = next((a for a in reversed(self.acts) if a.j <= thing.i and not self.commas(a.j, thing.i)), None)
                if act is not None and self.gap(act, thing) <= 4 and self.mode(act).explicit:
                    yield thing, act
            return
        for h in self.tags.of("clause"):
            if h.entry.id == "relative":
                thing_ = next((t for t in self.things if 0 <= h.i - t.j <= 1), None)
                act = next((a for a in self.acts if 0 <= a.i - h.j <= 3 and a.entry.form in ("done", "participle")), None)
                if thing_ is not None and act is not None:
                    yield thing_, act

    def _by_meeting(self, act: Hit) -> bool:
        """Whether the meeting, or who sits in it, follows an act as its doer or its occasion."""
        reach = self.tongue.reach(40)
        near = [h for h in self.actors + longest(self.tags.of("meeting")) if h.i >= act.j and self.gap(act, h) <= reach]
        return any(h.entry.kind == "meeting" or h.entry.id in OURS for h in near)

    def spoken(self) -> None:
        """A communiqué by which the meeting speaks: "in a joint statement, the ministers stressed"."""
        within = {h.j for h in self.tags.of("clause") if h.entry.id == "within"}
        for thing in self.things:
            if thing.entry.id != "communique" or thing in self.used or not within & set(range(thing.i - 2, thing.i + 1)):
                continue
            speaker = next((a for a in self.actors if a.i >= thing.j and not self.stopped(thing.j, a.i)), None)
            says = [h for h in self.modes if h.i >= thing.j and h.entry.id in ("view", "wish") and not self.stopped(thing.j, h.i)]
            moment = self.moment(thing.i, thing.j)
            if speaker is None or speaker.entry.id not in ("ministers", "leaders", "context") or not says or self._draft(thing):
                continue
            if self.commas(thing.j, speaker.i) > 1 or (moment is not None and moment.sense != "fresh"):
                continue
            self.emit("document", "done", thing, thing, Mode("done", "spoken"), [])

    def listed(self) -> None:
        """What a list names one by one: "signed three accords, among them a protocol and", "the documents include"."""
        for word in self.tags.of("clause"):
            if word.entry.id != "list":
                continue
            whole = next((f for f in reversed(self.found) if f.j <= word.i + 1 and not self.stopped(f.j, word.i)), None)
            if whole is None and self._again(word):
                whole = self.told
            if whole is None or whole.type not in ("document", "agreement", "decision"):
                continue
            last: Hit | None = None
            for thing in self.things:
                if thing.i < word.j or thing in self.used or thing.entry.id not in PAPERS or self.stopped(word.j, thing.i):
                    continue
                if last is None and self.gap(word, thing) > self.tongue.reach(THING):
                    break
                if last is None or (self._begins_item(thing) and self._marks(last.j - 1, thing.i)):
                    self.item(thing, whole)
                    last = thing

    def numbered(self) -> None:
        """An item of a list of the papers that were decided: the paper that it opens with."""
        whole = self.told
        if whole is None or not self.enumerated or self.found:
            return
        thing = next((t for t in self.things if t.entry.id in PAPERS and not self.commas(0, t.i)), None)
        if thing is not None and thing not in self.used:
            start = item_mark(self.tokens) or 0
            end = next((n for n in self.comma_places + self.stops if n > thing.j), len(self.tokens))
            stretch = Hit(start, end, thing.entry)
            self.emit(thing.entry.detail, whole.status, stretch, thing, Mode(whole.status, "listed"), [], level=whole.level)

    def _again(self, word: Hit) -> bool:
        """Whether a list takes up the papers of the sentence before: "the accords cover"."""
        start, _ = self.clause(word.i)
        return self.told is not None and any(start <= t.i and t.j <= word.i and t.entry.id in PAPERS for t in self.things)

    def _begins_item(self, thing: Hit) -> bool:
        """Whether a comma or an "and" stands before a thing or the few words of its name in front of it."""
        return self._marks(max(0, thing.i - 3), thing.i)

    def _marks(self, i: int, j: int) -> bool:
        """Whether a comma, an "and" or, in Thai, a space stands between tokens i and j."""
        return any(self.tokens[k].low in COMMAS or k + 1 in self.joins or self._parted(k + 1) for k in range(i, j))

    def _parted(self, k: int) -> bool:
        """Whether a space parts token k from the one before it, in a script that writes spaces between phrases only."""
        if not self.tongue.spaceless or self.tongue.heads_last or not 0 < k < len(self.tokens):
            return False
        return self.tags.sentence.gap(k - 1, k) > 0

    def item(self, thing: Hit, whole: Found) -> None:
        """One of several papers that were decided together."""
        i, j = self._name(thing)
        if not self.tongue.thing_after or self.tongue.heads_last:
            i = self._item_start(thing.i)
        stretch = Hit(i, j, thing.entry)
        self.emit(thing.entry.detail, whole.status, stretch, thing, Mode(whole.status, "listed"), [], level=whole.level)

    def _item_start(self, i: int) -> int:
        """Where the words before a head that stands last begin: behind the nearest mark or "and"."""
        while i and self.tokens[i - 1].low not in COMMAS and self.tokens[i - 1].low not in STOPS and i not in self.joins:
            i -= 1
        return i

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
        mode = self.mode(act, thing)
        if self._draft(thing) and mode.status != "planned":
            self.miss(act, thing, "a draft")
            return
        moment = self.moment(min(act.i, thing.i), max(act.j, thing.j), named=thing.i >= act.i)
        if mode.status == "wish" and thing.entry.id in AWAITED and moment is not None and moment.sense == "future":
            mode = Mode("planned", mode.why, mode.hit)  # "work for the signing by the end of this year"
        if mode.status not in ("done", "planned", "failed"):
            self.miss(act, thing, f"{mode.status} ({mode.why})")
            return
        status = mode.status
        if moment is not None and moment.sense == "recalled":
            self.miss(act, thing, f"recalled ({self.words(moment.i, moment.j)})")
            return
        if kind == "mechanism" and status == "done" and self._given(thing) and (moment is None or moment.sense != "fresh"):
            self.miss(act, thing, "spoken of as known")
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

    def _given(self, thing: Hit) -> bool:
        """Whether a thing is spoken of as known: "that team was set up after"."""
        return any(h.entry.id == "given" and 0 <= h.i - thing.j <= 2 for h in self.tags.of("clause"))

    def _draft(self, thing: Hit) -> bool:
        return any(h.entry.id == "draft" and (0 <= thing.i - h.j <= 1 or 0 <= h.i - thing.j <= 1) for h in self.modes)

    def emit(
        self, kind: str, status: str, act: Hit, thing: Hit, mode: Mode, parties: list[Hit], *, level: str = "", days: int | None = None
    ) -> None:
        """Notes an outcome: evidence from the first to the last of act, thing, governing word and the parties near them."""
        self.used.append(thing)
        name = self._name(thing)
        i, j = min(act.i, name[0]), max(act.j, thing.j)
        if mode.hit is not None and self.gap(mode.hit, Hit(i, j, act.entry)) <= self.tongue.reach(40):
            i, j = min(i, mode.hit.i), max(j, mode.hit.j)
        for p in parties:
            if self.gap(p, Hit(i, j, act.entry)) <= self.tongue.reach(45):
                i, j = min(i, p.i), max(j, p.j)
        if not self.tongue.heads_last and thing.j >= j:
            j = max(j, min(name[1], thing.j + NAME))
        i, j = self._trimmed(i, j)
        slots = {"act": (act.i, act.j, act.entry.id), "object": (thing.i, thing.j, kind)}
        if mode.hit is not None:
            slots["modality"] = (mode.hit.i, mode.hit.j, f"{status} ({mode.why})")
        actor = self.actor(act)
        if actor is not None:
            slots["actor"] = (actor.i, actor.j, actor.entry.id)
        named = parties or [p for p in self.parties if i <= p.i and p.j <= j and p.entry.detail != "member"]
        rule = f"{self.tongue.code}.{act.entry.id if act.entry.kind == 'act' else 'expected' if status == 'planned' else 'told'}"
        self.found.append(
            Found(
                kind, status, level or self.level(act), self.tags, i, j, name, [f"act.{rule}", f"type.{kind}"], slots,
                tuple(dict.fromkeys(p.entry.id for p in named)), days=days,
            )
        )  # fmt: skip

    def miss(self, act: Hit, thing: Hit, why: str) -> None:
        """Notes what nearly was an outcome."""
        self.used.append(thing)
        self.missed.append(Missed(self.tags, min(act.i, thing.i), max(act.j, thing.j), f"frame.{self.tongue.code}.{act.entry.id}", why))

    def _name(self, thing: Hit) -> tuple[int, int]:
        """The thing with what is said of it: up to the next mark, act or word of mode."""
        about = {n for h in self.tags.of("clause") if h.entry.id == "about" for n in range(h.i, h.j)}
        stops = ({h.i for h in self.acts + self.modes} | {b for b in self.bounds if b > thing.i}) - about
        stops |= {t.i - 1 for t in self.things if t.i > thing.j and t.i in self.joins}
        j = thing.j
        if thing.entry.id == "documents":
            counted = next((k for k in (thing.i - 1, thing.i - 2) if k >= 0 and number(self.tokens[k].text)), None)
            if counted is not None:
                return counted, j  # "42 văn kiện": so many, and no name
        if self.tongue.spaceless:
            while self.tongue.thing_after and not self.tongue.heads_last and self._runs_into(j, stops):
                j += 1
            return thing.i, j
        while j < min(len(self.tokens), thing.j + 12) and j not in stops and self.tokens[j].word:
            j += 1
        while j > thing.j and j in self.joins:
            j -= 1
        return thing.i, j

    def _runs_into(self, j: int, stops: set[int]) -> bool:
        """Whether token j goes on the word before it without a space, in a script that parts only phrases by spaces."""
        return j < len(self.tokens) and j not in stops and self.tokens[j].word and not self.tags.sentence.gap(j - 1, j)

    def _trimmed(self, i: int, j: int) -> tuple[int, int]:
        """At most as long as evidence may be."""
        if self.tongue.spaceless:
            start = self.tags.sentence.starts[i]
            while j - i > 1 and self.tags.sentence.span(i, j)[1] - start > MOST_CHARACTERS:
                j -= 1
            return i, j
        return i, cropped(self.tokens, i, j)


def item_mark(tokens: list[Token]) -> int | None:
    """Where the words of an item of a list begin, behind "1.", "(2)", a dash or a bullet; None for what is no item."""
    first = 1 if tokens and tokens[0].low == "(" else 0
    if first + 1 >= len(tokens):
        return None
    if tokens[first].low in _BULLETS:
        return first + 1
    numbered = number(tokens[first].text) is not None and tokens[first + 1].low in _ITEM_MARKS
    return first + 2 if numbered and first + 2 < len(tokens) else None
