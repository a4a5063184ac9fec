"""Outcomes as frames: what was done, to what, by whom, in which mode and when; each with the words that prove it.

A frame is an act of the lexicon in its verb group, the thing that it takes, and the checks that can keep it out: the mode
(planned, wished, negated), the time (recalled), the actor (a cabinet, a company, another body). What is kept out is
remembered as a near miss with its reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import date

from classifiers import times
from classifiers.grammar import (
    BE,
    BREAKERS,
    DETERMINERS,
    HAVE,
    PARTNERS,
    PREPOSITIONS,
    Grammar,
    Mode,
    Verb,
    in_name,
    longest,
    noun_phrase_end,
    noun_phrase_start,
)
from classifiers.lexicon import Hit, Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import Document, Kind, Token

MOST_WORDS = 40
"""Words that evidence may have, by the guidelines."""


@dataclass(slots=True)
class Found:
    """An outcome in one sentence: token range of its evidence, and the frame that says why."""

    type: str
    status: str
    level: str
    tags: Tagged
    i: int
    j: int
    head: tuple[int, int]
    """Token range of the thing itself (its noun phrase)."""
    rules: list[str]
    slots: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    parties: tuple[str, ...] = ()
    phase: str = ""
    strength: float = 1.0
    days: int | None = None
    """Days from the story's date, where the sentence dates the act."""


@dataclass(slots=True)
class Missed:
    """What nearly became an outcome, and what kept it out."""

    tags: Tagged
    i: int
    j: int
    rule: str
    veto: str


@dataclass(slots=True)
class Act:
    """One act of a sentence: its place, and per family its rule, forms and flags."""

    i: int
    j: int
    family: str
    rule: str
    forms: frozenset[str]
    nominal: bool
    complete: bool
    weak: bool
    phase: str


@dataclass(frozen=True, slots=True)
class Past:
    """A look back in a paragraph: its words, and whether the sentence at hand goes on with it."""

    paragraph: int
    words: str
    goes_on: bool


_BACKWARD = frozenset(["that", "it", "they", "we", "there", "these", "those", "this", "its", "also", "then", "he", "she", "another"])
"""First words of a sentence that goes on with what was said before."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the story around a sentence is: its date, its year, the level of its meeting."""

    published: date | None
    year: int | None
    level: str
    asean: bool = True


_ALL = frozenset({"adopt", "issue", "sign", "establish", "launch", "negotiate", "grant", "admit"})

VAGUE = frozenset(
    ["continue", "strengthen", "enhance", "promote", "deepen", "work", "cooperate", "maintain", "intensify", "expand", "boost", "support", "further", "step", "foster", "advance", "ensure", "uphold", "respect", "remain", "keep", "accelerate", "improve", "consider", "explore", "discuss", "look", "share", "exchange", "coordinate", "collaborate", "pursue", "seek", "consolidate", "broaden", "facilitate", "encourage", "join", "address", "tackle", "make", "take", "give", "do", "have", "be", "get", "stay", "stand", "engage", "implement", "help", "build", "bring", "fight", "combat", "realise", "realize", "reinforce", "redouble", "speed", "prioritise", "prioritize", "increase", "develop", "focus", "push", "refrain", "exercise", "avoid", "resolve", "settle", "respond", "move", "leverage", "tap", "strive", "safeguard", "protect", "preserve", "cope", "closely", "jointly", "actively", "mutually", "disagree", "differ", "talk", "speak", "hear", "let", "narrow", "elevate", "raise", "lift", "try", "monitor", "observe", "honour", "honor", "carry", "pay", "attach", "study", "reflect", "deal", "use", "see", "mobilise", "mobilize"]
)  # fmt: skip
"""Verbs that after "agreed to" decide nothing that can be named."""

MONEY = frozenset(
    [
        "million",
        "billion",
        "mln",
        "bn",
        "m",
        "crore",
        "trillion",
        "doses",
        "tonnes",
        "tons",
        "ventilators",
        "masks",
        "kits",
        "vessels",
        "vehicles",
        "scholarships",
    ]
)
_MONEY_WORDS = MONEY | {"$", "€", "£", "¥", "us$", "usd", "eur", "yen", "won"}
_SOURCES = frozenset(["said", "says", "told", "according", "announced", "statement", "spokesperson", "spokesman"])
_STATES = frozenset(["states", "countries", "nations", "parties", "signatories", "newcomers", "governments", "members"])


class Finder:
    """Finds the outcomes of a document by the frames of the rulebook."""

    def __init__(self, book: Rulebook) -> None:
        self.grammar = Grammar(book)
        self.takes: dict[str, set[str]] = {o["id"]: set(o["takes"]) for o in book["objects"]["object"]}
        self.kind: dict[str, str] = {o["id"]: o["type"] for o in book["objects"]["object"]}
        self.specific: dict[str, bool] = {o["id"]: bool(o.get("specific")) for o in book["objects"]["object"]}
        self.levels: dict[str, str] = {a["id"]: a["level"] for a in book["actors"]["actor"]}
        times.learn_months(book["time"]["months"])

    # -- the walk over a document ------------------------------------------------

    def find(self, doc: Document, tagged: list[Tagged], scene: Scene) -> tuple[list[Found], list[Missed]]:
        """The outcomes of the story and what nearly was one."""
        found: list[Found] = []
        missed: list[Missed] = []
        past: Past | None = None
        tac = any(h.entry.id == "tac" for tags in tagged for h in tags.of("object"))
        for tags in tagged:
            if tags.sentence.kind in (Kind.CAPTION, Kind.CHROME) or (tags.sentence.kind is Kind.HEADING and tags.sentence.field != "title"):
                continue
            mine: list[Found] = []
            whens = times.expressions(tags, scene.published, scene.year)
            self._sentence(tags, scene, whens, tac, mine, missed)
            past = self._carried(tags, whens, past)
            if past is not None and past.goes_on:
                for f in [f for f in mine if f.status != "planned"]:
                    missed.append(Missed(f.tags, f.i, f.j, f.rules[0], f"recalled (still {past.words})"))
                mine = [f for f in mine if f.status == "planned"]
            found.extend(self._apart(mine))
        return self._settle(found), missed

    @staticmethod
    def _carried(tags: Tagged, whens: list[times.When], past: Past | None) -> Past | None:
        """A look back that goes on: the sentences after "In 2016 the leaders met in Sochi" speak of that meeting until a new time is named."""
        s = tags.sentence
        if s.field == "title" or not s.tokens:
            return None
        if any(w.sense == "fresh" for w in whens):
            return None
        opening = next(
            (
                w
                for w in whens
                if w.sense == "recalled"
                and (w.i < 5 or any(t.low in ("summit", "meeting", "session", "conference") for t in s.tokens[max(0, w.i - 9) : w.i]))
            ),
            None,
        )
        if past is not None and past.paragraph == s.paragraph:
            first = next((t.low for t in s.tokens if t.word), "")
            if s.tokens[0].text in "\"“'" or first in _BACKWARD:
                return Past(past.paragraph, past.words, True)
        return Past(s.paragraph, opening.words, False) if opening is not None else None

    def _sentence(self, tags: Tagged, scene: Scene, whens: list[times.When], tac: bool, out: list[Found], missed: list[Missed]) -> None:
        if not tags.of("act") and not tags.of("object"):
            return
        acts = self._acts(tags)
        frame = Frame(self, tags, scene, acts, whens, tac, out, missed)
        frame.accession()
        frame.partnership()
        frame.membership()
        frame.negotiation()
        frame.coordination()
        frame.funding()
        frame.things()
        frame.exemplified()
        frame.failures()
        frame.quoted_documents()
        frame.awaited()
        frame.tasks()
        frame.exclusions()
        frame.decisions()

    def _acts(self, tags: Tagged) -> list[Act]:
        forms: dict[tuple[int, int, str, str], set[str]] = defaultdict(set)
        detail: dict[tuple[int, int, str, str], str] = {}
        hits = tags.of("act")
        named: dict[int, bool] = {}
        for h in hits:
            if h.i not in named:
                named[h.i] = in_name(tags.sentence, h.i)
            if named[h.i] and h.j - h.i < 4:
                continue
            family = h.entry.detail.split("|")[0]
            key = (h.i, h.j, family, h.entry.id)
            forms[key].add(h.entry.form)
            detail[key] = h.entry.detail
        acts = []
        for (i, j, family, rule), fs in forms.items():
            if fs <= {"base", "third"} and self._noun(tags, i, j):
                continue
            flags = detail[(i, j, family, rule)].split("|")
            acts.append(
                Act(
                    i,
                    j,
                    family,
                    rule,
                    frozenset(f for f in fs if f),
                    "nominal" in fs,
                    "c" in flags[1],
                    "w" in flags[1],
                    flags[2] if len(flags) > 2 else "",
                )
            )
        acts.sort(key=lambda a: (a.i, -(a.j - a.i)))
        return acts

    def _noun(self, tags: Tagged, i: int, j: int) -> bool:
        """Whether "issues", "plans", "reports", "support" is a noun here: behind an article or adjective, or before a mark or preposition."""
        tokens = tags.sentence.tokens
        before = tokens[i - 1] if i else None
        after = tokens[j] if j < len(tokens) else None
        if j - i == 1 and (
            after is None
            or after.text in ",.;:)"
            or after.low in PREPOSITIONS
            or after.low in BE
            or after.low in HAVE
            or after.low in ("and", "or")
        ):
            return not (before is not None and (before.low == "to" or before.low in self.grammar.future))
        return before is not None and (
            before.low in DETERMINERS or (before.low in PREPOSITIONS and before.low != "to") or before.low in _BEFORE_NOUNS
        )

    @staticmethod
    def _apart(found: list[Found]) -> list[Found]:
        """Of frames that claim the same words of a sentence, the first (the more special) one."""
        kept: list[Found] = []
        for f in found:
            if not any(k.head[0] < f.head[1] and f.head[0] < k.head[1] for k in kept):
                kept.append(f)
        return kept

    def _settle(self, found: list[Found]) -> list[Found]:
        """One entry an outcome: repeated mentions fall together; a headline counts only where the story has nothing of the kind."""
        body = [f for f in found if f.tags.sentence.field == "text"]
        kept: list[Found] = []
        for f in sorted(body, key=lambda f: (f.status != "done", -f.strength)):
            if not any(self._same(f, k) for k in kept):
                kept.append(f)
        order = {id(f): n for n, f in enumerate(body)}
        kept.sort(key=lambda f: order[id(f)])
        for f in found:
            if f.tags.sentence.field == "title" and not any(k.type == f.type for k in kept) and f.strength >= 1:
                kept.append(f)
        return kept

    def _same(self, a: Found, b: Found) -> bool:
        if a.type != b.type:
            return False
        if a.type == "accession":
            return not a.parties or not b.parties or bool(set(a.parties) & set(b.parties))
        if a.type in ("partnership", "membership"):
            return not a.parties or not b.parties or set(a.parties) == set(b.parties) or bool(set(a.parties) & set(b.parties))
        wa, wb = self._words(a), self._words(b)
        if a.parties and b.parties and not set(a.parties) & set(b.parties):
            return False
        shared = wa & wb
        small = min(len(wa), len(wb))
        if small == 0:
            return True
        if a.type in ("document", "agreement") and a.head != b.head:
            generic = {
                "communique",
                "communiqué",
                "joint",
                "statement",
                "meeting",
                "asean",
                "foreign",
                "ministers",
                "final",
                "press",
                "chair",
                "outcome",
                "document",
                "text",
                "the",
                "paper",
            }
            if wa <= generic or wb <= generic:
                heads = {"communique", "communiqué", "statement", "declaration", "remarks"}
                return bool((wa & heads) & (wb & heads)) or bool(
                    {"communique", "communiqué"} & (wa | wb) and "statement" in (wa | wb) and len(wa | wb) < 5
                )
        return len(shared) >= 0.6 * small and len(shared) > 0

    @staticmethod
    def _words(f: Found) -> set[str]:
        skip = DETERMINERS | PREPOSITIONS | {"and", "new", "its", "agreed", "joint", "asean"}
        tokens = f.tags.sentence.tokens[f.head[0] : f.head[1]]
        words = {t.base for t in tokens if t.word and t.low not in skip}
        return words or {t.base for t in tokens if t.word}


class Frame:
    """The frames over one sentence."""

    def __init__(
        self,
        finder: Finder,
        tags: Tagged,
        scene: Scene,
        acts: list[Act],
        whens: list[times.When],
        tac: bool,
        out: list[Found],
        missed: list[Missed],
    ) -> None:
        self.finder, self.tags, self.scene, self.acts, self.whens, self.tac, self.out, self.missed = (
            finder,
            tags,
            scene,
            acts,
            whens,
            tac,
            out,
            missed,
        )
        self.tokens: list[Token] = tags.sentence.tokens
        self.heading = tags.sentence.field == "title"
        self.grammar = finder.grammar
        self.verbs = {a.i for a in acts if not a.nominal}
        self.objects = longest([h for h in tags.of("object")])
        self.parties = [h for h in tags.of("party") if not self._no_party(h)]
        self._verb_cache: dict[tuple[int, int], Verb] = {}

    # -- shared pieces -------------------------------------------------------------

    def _no_party(self, h: Hit) -> bool:
        """US in "US$30 million" and China in "South China Sea" are no parties."""
        after = self.tokens[h.j].low if h.j < len(self.tokens) else ""
        return after in ("$", "sea", "seas", "dollar", "dollars") or (h.i > 0 and self.tokens[h.i - 1].low == "south" and h.entry.id == "China")

    def low(self, i: int) -> str:
        return self.tokens[i].low if 0 <= i < len(self.tokens) else ""

    def verb(self, act: Act) -> Verb:
        """The verb group of an act."""
        key = (act.i, act.j)
        if key not in self._verb_cache or act.nominal:
            if act.nominal:
                return self.grammar.nominal_mode(self.tags, act.i, act.j, self.heading)
            self._verb_cache[key] = self.grammar.verb(self.tags, act.i, act.forms, heading=self.heading)
        return self._verb_cache[key]

    def of(self, *families: str) -> Iterable[Act]:
        """The acts of these families."""
        return [a for a in self.acts if a.family in families]

    def party_names(self, i: int, j: int, *, members: bool = True) -> tuple[str, ...]:
        """Short names of the states and bodies named in tokens i to j, in order."""
        names: dict[str, None] = {}
        for h in self.parties:
            if i <= h.i and h.j <= j and (members or h.entry.detail != "member"):
                names[h.entry.id] = None
        for t in self.tokens[i:j]:
            if ("-" in t.low and t.low.split("-")[0] in ("asean", "us", "eu")) or t.low.endswith("-asean"):
                for part in t.low.split("-"):
                    name = PARTNERS.get(part)
                    if name:
                        names[name] = None
        return tuple(names)

    def level(self, i: int, j: int, passive: bool) -> str:
        """Who decided: the nearest actor on the left (or after "by"), else the story's meeting."""
        best, cost = "", 99
        text = " ".join(t.low for t in self.tokens)
        if "on behalf of the leaders" in text or "on behalf of leaders" in text:
            return "leaders"
        actors = [h for h in self.tags.of("actor") if h.entry.detail != "context"]
        for h in actors:
            if passive and h.j <= i:
                continue  # the subject of a passive does not decide; "by …" or the story's meeting does
            if h.entry.detail == "officials" and any(o.entry.detail == "ministerial" and abs(o.i - h.i) <= 4 for o in actors):
                continue  # "ministers and senior officials"
            if h.j <= i:
                c = i - h.j
                if any(self.tokens[k].text in ";:" for k in range(h.j, i)):
                    c += 20
                if h.i and self.low(h.i - 1) in ("for", "to", "by", "with") and not passive:
                    c += 8
            elif h.i >= j and self.low(h.i - 1) in ("by", "the") and "by" in (self.low(h.i - 1), self.low(h.i - 2), self.low(h.i - 3)):
                c = h.i - j
            else:
                continue
            if c < cost:
                best, cost = h.entry.detail, c
        summit = any(h.entry.id in ("SUMMIT", "PARTNER-SUMMIT") for h in self.tags.of("meeting"))
        if best and cost <= 16:
            return best
        return "leaders" if summit and self.scene.level != "ministerial" else self.scene.level

    def foreign_actor(self, verb: Verb, act: Act) -> str:
        """Why the act is not ASEAN's: the word for a cabinet, company, other body that is its subject; or an empty string."""
        start = self.grammar.clause_start(self.tokens, verb.start)
        veto = [h for h in self.tags.of("veto") if start <= h.i and h.j <= verb.start]
        ours = [h for h in self.tags.of("actor") if start <= h.i and h.j <= verb.start]
        for h in self.tags.of("veto"):
            if h.i >= act.j and "by" in (self.low(h.i - 1), self.low(h.i - 2)) and h.i - act.j < 10:
                return " ".join(t.text for t in self.tokens[h.i : h.j])
        if verb.passive or act.complete or act.nominal:
            veto = [h for h in veto if h.entry.id == "other-body"]
        if not veto:
            return ""
        last = veto[-1]
        if any(self.low(k) in _SOURCES for k in range(last.j, min(last.j + 3, verb.start))):
            return ""
        nearer = [h for h in ours if h.i >= last.i]
        if nearer or any(self.low(k).startswith(("asean", "minister")) for k in range(last.i, verb.start)):
            return ""
        return " ".join(t.text for t in self.tokens[last.i : last.j])

    def pair(self, verb: Verb, act: Act) -> str:
        """Two states as the subject, without ASEAN or its ministers: a bilateral accord, which is no outcome of ASEAN."""
        if verb.passive or act.nominal or act.complete:
            return ""
        start = max(self.grammar.clause_start(self.tokens, verb.start), verb.start - 10)
        states = [h for h in self.parties if start <= h.i and h.j <= verb.start]
        ours = any(self.low(k).startswith(("asean", "minist", "leader")) or self.low(k) in ("bloc", "grouping", "they", "ten", "sides", "members", "representatives") for k in range(start, verb.start))
        if len({h.entry.id for h in states}) >= 2 and not ours and not any(h.entry.id in ("tac", "accession-instrument") for h in self.objects):
            return " and ".join(dict.fromkeys(h.entry.id for h in states))
        return ""

    def status(self, verb: Verb, act: Act, i: int, j: int, rule: str, *, failable: bool = True) -> str | None:
        """done, planned or failed; None when mode, time or actor keep the act out (then a near miss is noted)."""

        def miss(why: str) -> str | None:
            self.missed.append(Missed(self.tags, i, j, rule, why))
            return None

        if verb.mode is Mode.UNSURE:
            return miss(f"no finite assertion ({verb.why})")
        if verb.mode in (Mode.WISH, Mode.RECALLED):
            return miss(f"{verb.mode} ({verb.why})")
        when = times.nearest(self.whens, self.tokens, min(verb.start, act.i), act.j)
        if when is not None and when.sense == "recalled":
            return miss(f"recalled ({when.words})")
        foreign = self.foreign_actor(verb, act) or (self.pair(verb, act) if act.family in ("sign", "adopt", "issue") else "")
        if foreign:
            return miss(f"decided elsewhere ({foreign})")
        if verb.mode is Mode.FAILED:
            if failable:
                return "failed"
            return miss(f"negated ({verb.why})")
        return "done" if verb.mode is Mode.DONE else "planned"

    def emit(
        self,
        type_: str,
        status: str,
        act: Act,
        verb: Verb,
        i: int,
        j: int,
        head: tuple[int, int],
        *,
        level: str = "",
        parties: tuple[str, ...] = (),
        strength: float = 1.0,
    ) -> None:
        """Notes an outcome whose evidence is tokens i to j."""
        i, j = self.trim(i, j)
        slots = {
            "act": (act.i, act.j, act.rule),
            "object": (*head, type_),
            "modality": (min(verb.start, act.i), act.i, f"{verb.mode} ({verb.why})"),
        }
        when = times.nearest(self.whens, self.tokens, min(verb.start, act.i), act.j)
        if when is not None:
            slots["time"] = (when.i, when.j, when.sense)
        self.out.append(
            Found(
                type_,
                status,
                level or self.level(act.i, act.j, verb.passive),
                self.tags,
                i,
                j,
                head,
                [f"act.{act.rule}", f"type.{type_}"],
                slots,
                parties or self.party_names(i, j, members=False),
                act.phase,
                strength,
                when.days if when is not None else None,
            )
        )

    def trim(self, i: int, j: int) -> tuple[int, int]:
        """At most MOST_WORDS words, no marks at the ends."""
        while j - i > 1 and not self.tokens[j - 1].word and self.tokens[j - 1].text not in ')%"”':
            j -= 1
        while i < j - 1 and not self.tokens[i].word and self.tokens[i].text not in '$"“(':
            i += 1
        words = 0
        for k in range(i, j):
            words += self.tokens[k].word
            if words > MOST_WORDS:
                return i, k
        return i, j

    def right_object(self, j: int, fits: Set[str], reach: int = 18) -> Hit | None:
        """The first object on the right of token j, within the clause, that one of the families takes."""
        if j < len(self.tokens) and self.tokens[j].text == ",":
            return None
        for h in self.objects:
            if h.i < j or h.i - j > reach:
                continue
            if self._broken(j, h.i):
                return None
            if self.finder.takes[h.entry.id] & fits:
                return h
        return None

    def _broken(self, a: int, b: int) -> bool:
        for k in range(a, b):
            t = self.tokens[k]
            if (
                t.text in ";:.!?"
                or (t.low in BREAKERS and t.low not in ("as", "and/or"))
                or t.low in ("will", "would", "said", "says")
                or (t.low in BE and k > a)
                or t.low in HAVE
            ):
                return True
        return False

    def left_objects(self, start: int, fits: Set[str], reach: int = 30) -> list[Hit]:
        """The objects on the left of a verb group, within its clause, that one of the families takes."""
        found: list[Hit] = []
        for h in reversed(self.objects):
            if h.j > start or start - h.j > reach:
                continue
            if self._barred(h.j, start):
                break
            if self.finder.takes[h.entry.id] & fits:
                found.append(h)
        return found[::-1]

    def _barred(self, a: int, b: int) -> bool:
        """Whether another clause lies between a subject that ends at a and its verb at b."""
        k = a
        while k < b:
            t = self.tokens[k]
            if t.text in ";:!?":
                return True
            if t.low in ("which", "who", "that") and k > a:
                # a relative clause between commas may stand between subject and verb
                close = next((m for m in range(k + 1, b) if self.tokens[m].text == ","), None)
                if close is None:
                    return True
                k = close
            elif t.low in self.grammar.future or t.low in ("said", "says", "told", "but", "while", "when", "after", "although") or self._finite_at(k, b):
                return True
            k += 1
        return False

    def _finite_at(self, k: int, end: int) -> bool:
        """Whether a finite verb stands at token k: an act behind an auxiliary or a pronoun, not a participle behind its noun."""
        before = self.low(k - 1)
        return k in self.verbs and self.tokens[k].text[:1].islower() and k + 1 < end and (before in BE or before in HAVE or before in _SUBJECTS)

    # -- documents, agreements, bodies -----------------------------------------------

    def things(self) -> None:
        """Documents adopted or issued, agreements signed, bodies and funds set up, measures approved."""
        for act in self.of("adopt", "issue", "sign", "force", "establish"):
            fits = {act.family}
            if act.family == "establish":
                fits = {"establish", "launch"}
            elif act.family == "adopt":
                fits = {"adopt", "decide-on"}
            verb = self._adopted_to(act) or self.verb(act)
            inverted = self._inverted(act)
            if inverted is not None:
                self._objects(
                    Act(act.i, inverted, act.family, act.rule, act.forms, False, False, act.weak, act.phase),
                    Verb(act.i, Mode.DONE, "past", True),
                    fits,
                )
            elif act.complete or (verb.passive and not act.nominal):
                self._subject(act, verb, fits)
            elif act.nominal:
                self._objects(act, verb, fits, near=6)
            elif (not self._objects(act, verb, fits) and "pp" in act.forms and act.family != "establish") or (
                "pp" in act.forms and act.family == "establish" and not any(o.tags is self.tags for o in self.out)
            ):
                self._participle(act, verb, fits)

    def _adopted_to(self, act: Act) -> Verb | None:
        """ "adopted documents … on the establishment of a fund": what the adopted documents do is done with them."""
        if act.family != "establish":
            return None
        for other in self.of("adopt"):
            if other.i < act.i and not other.nominal and any(other.j <= h.i < act.i and h.entry.id == "documents" for h in self.objects):
                verb = self.verb(other)
                if verb.mode is Mode.DONE and any(self.low(k) in ("documents", "document") for k in range(max(other.j, act.i - 12), act.i)):
                    return Verb(act.i, Mode.DONE, f"{self.low(other.i)} documents", finite=False)
        return None

    def _inverted(self, act: Act) -> int | None:
        """ "Also launched at the event was the council": the token after the verb to be, when the participle opens the sentence."""
        if (
            "pp" not in act.forms
            or act.i > 2
            or act.nominal
            or not all(self.low(k) in ("also", "newly", "jointly", "among") for k in range(act.i))
        ):
            return None
        return next((k + 1 for k in range(act.j, min(act.j + 10, len(self.tokens))) if self.low(k) in ("was", "were", "is", "are")), None)

    def _accepts(self, h: Hit, i: int, j: int, family: str) -> bool:
        """Whether the thing is one that can be named: a bare "plan" or "measures" says nothing."""
        words = [t for t in self.tokens[i:j] if t.word and t.low not in DETERMINERS]
        named = any(t.text[:1].isupper() for t in words[1:]) or (len(words) > 1 and words[0].text[:1].isupper() and i > 0)
        if h.entry.id == "documents":
            return any(t.text.isdigit() or t.low in _COUNTS for t in self.tokens[i:j])
        if h.entry.id in ("body", "fund"):
            return len(words) >= 2
        if h.entry.id == "endorsables":
            return len(words) >= 2 or self.low(i) in ("our", "its", "their")
        if self.finder.specific[h.entry.id]:
            return True
        return named or len(words) >= 3

    def _objects(self, act: Act, verb: Verb, fits: set[str], near: int = 18) -> bool:
        """The things on the right of an active verb or a noun of act; False when there is none."""
        h = self.right_object(act.j, fits, near)
        if h is None:
            return False
        items = self._items(act.j, h, fits)
        if not items:
            return False
        first = True
        for i, j, hit in items:
            rule = f"act.{act.rule}+object.{hit.entry.id}"
            kind = self.finder.kind[hit.entry.id]
            status = self.status(verb, act, i, j, rule, failable=kind in ("document", "agreement"))
            if status is None:
                return True
            if act.family == "establish" and kind == "mechanism" and status == "failed":
                continue
            if not self._accepts(hit, i, j, act.family):
                self.missed.append(Missed(self.tags, i, j, rule, "not a thing that can be named"))
                continue
            if (
                status == "done"
                and verb.infinitive
                and verb.why in ("agreed", "agree", "agrees", "consented", "decided", "agreeing")
                and kind in ("document", "agreement")
                and act.family != "adopt"
                and self._later(j)
            ):
                kind = "decision"
            begin = min(act.i, verb.start) if first else i
            self.emit(kind, status, act, verb, begin, j, (i, j))
            first = False
        return True

    def _later(self, j: int) -> bool:
        """Whether the rest of the sentence puts the thing off: "at the 22nd Summit later this year", "next year"."""
        return any(w.sense == "future" for w in self.whens) or any(
            h.entry.id in ("SUMMIT", "PARTNER-SUMMIT") and h.i >= j - 6 for h in self.tags.of("meeting")
        )

    def _items(self, start: int, h: Hit, fits: set[str]) -> list[tuple[int, int, Hit]]:
        """(start, end, hit) of each thing in a list that begins with object `h`."""
        tokens = self.tokens
        items: list[tuple[int, int, Hit]] = []
        i = noun_phrase_start(tokens, h.i, start)
        j = noun_phrase_end(tokens, h.j, self.verbs)
        j = self._cut_list(h.j, j)
        items.append((i, j, h))
        k = j
        while k < len(tokens):
            m = self._separator(k)
            if m is None:
                break
            nxt = next(
                (o for o in self.objects if m <= o.i <= m + 12 and self.finder.takes[o.entry.id] & (fits | {"adopt", "sign", "issue"})),
                None,
            )
            if nxt is None or self._broken(m, nxt.i) or any(v in self.verbs and tokens[v].text[:1].islower() for v in range(m, nxt.i)):
                break
            if any(tokens[x].text in ",;" for x in range(m, nxt.i)):
                break
            i2 = noun_phrase_start(tokens, nxt.i, m)
            if i2 > m + 1 and not all(tokens[x].low in DETERMINERS or not tokens[x].word for x in range(m, i2)):
                break
            j2 = self._cut_list(nxt.j, noun_phrase_end(tokens, nxt.j, self.verbs))
            items.append((i2, j2, nxt))
            k = j2
        if h.entry.id == "documents" and len(items) > 1:
            items = items[1:]
        elif h.entry.id == "documents" and len(items) == 1:
            named = [o for o in self.objects if j < o.i <= j + 14 and o.entry.id != "documents"]
            if named and any(self.low(x) in ("including", "namely", "such", "like", "comprising", "among") for x in range(j, named[0].i)):
                return self._items(named[0].i, named[0], fits)
        return items

    def _cut_list(self, j: int, end: int) -> int:
        """Ends a noun phrase before "such as", "including" or a conjunction that opens another thing."""
        tokens = self.tokens
        for k in range(j, end):
            w = tokens[k].low
            if w in ("such", "including", "namely", "comprising", "along", "alongside"):
                return k
            if (
                w in ("and", "as")
                and k + 1 < end
                and (tokens[k + 1].low in DETERMINERS or tokens[k + 1].low in ("well", "asean-china"))
                and any(k < o.i <= k + 9 for o in self.objects)
            ):
                return k
        return end

    def _separator(self, k: int) -> int | None:
        """The token after a list separator at k (", ", "; and ", "as well as", "such as"), or None."""
        tokens = self.tokens
        m = k
        while m < len(tokens) and (
            tokens[m].text in ",;:–—-"
            or tokens[m].low in ("and", "as", "well", "such", "including", "along", "with", "alongside", "namely", "plus", "also", "or")
        ):
            m += 1
        return m if m > k and m < len(tokens) else None

    def _subject(self, act: Act, verb: Verb, fits: set[str]) -> None:
        """The things that are the subject of a passive or of a resultative idiom."""
        allowed = fits | (
            {"adopt", "issue", "sign", "establish", "launch", "decide-on"} if act.complete and act.family in ("adopt", "issue") else set()
        )
        if act.family == "force":
            allowed = {"sign", "adopt", "force"}
        start = min(verb.start, act.i)
        hits = self.left_objects(start, allowed)
        if not hits and start > 1 and self.low(start - 1) in ("that", "which"):
            hits = self.left_objects(start - 1, allowed)
        if not hits:
            return
        first = hits[0]
        kind = self.finder.kind[first.entry.id]
        groups = [first]
        for h in hits[1:]:
            if (
                any(self.low(x) in ("and", "plus") for x in range(groups[-1].j, h.i))
                and self.finder.kind[h.entry.id] == kind
                and self.low(noun_phrase_start(self.tokens, h.i, groups[-1].j)) in DETERMINERS
                and not self._broken(groups[-1].j, h.i)
            ):
                groups.append(h)
        for n, h in enumerate(groups):
            i = noun_phrase_start(self.tokens, h.i)
            kind = self.finder.kind[h.entry.id]
            rule = f"act.{act.rule}+object.{h.entry.id}"
            end = act.j if n == len(groups) - 1 else noun_phrase_end(self.tokens, h.j, self.verbs)
            if act.complete and act.rule == "issue" and kind not in ("document",):
                continue
            status = self.status(verb, act, i, end, rule, failable=kind in ("document", "agreement"))
            negated = self.low(i) == "no" and status == "done"
            if status is None:
                return
            if negated:
                status = "failed"
            head_end = noun_phrase_end(self.tokens, h.j, self.verbs | {verb.start}, limit=max(1, start - h.j) if start > h.j else 1)
            if not self._accepts(h, i, max(head_end, h.j), act.family):
                self.missed.append(Missed(self.tags, i, end, rule, "not a thing that can be named"))
                continue
            self.emit(kind, status, act, verb, i, end, (i, max(head_end, h.j)))

    def _participle(self, act: Act, verb: Verb, fits: set[str]) -> None:
        """ "the statement issued after the talks", "40 documents adopted": a participle behind its noun."""
        hits = [
            h
            for h in self.objects
            if h.j <= act.i and act.i - h.j <= 12 and self.finder.takes[h.entry.id] & fits and not self._barred(h.j, act.i)
        ]
        if not hits or verb.infinitive:
            return
        h = hits[0] if act.i - hits[0].j <= 12 else hits[-1]
        i = noun_phrase_start(self.tokens, h.i)
        rule = f"act.{act.rule}+object.{h.entry.id}"
        mode = self.grammar.main_mode(self.tokens, i) if self.low(act.i - 1) not in (",",) else verb.mode
        if verb.mode is Mode.DONE and mode is Mode.PLANNED:
            verb = Verb(verb.start, Mode.PLANNED, "a participle under a future verb", finite=False)
        kind = self.finder.kind[h.entry.id]
        status = self.status(verb, act, i, act.j, rule, failable=kind in ("document", "agreement"))
        if status is None:
            return
        if self.low(i) == "no":
            status = "failed"
        head = (i, max(h.j, noun_phrase_end(self.tokens, h.j, self.verbs, limit=max(1, act.i - h.j))))
        if kind == "mechanism" or not self._accepts(h, *head, act.family):
            self.missed.append(Missed(self.tags, i, act.j, rule, "a participle without a thing that can be named"))
            return
        listed = next(
            (
                o
                for o in self.objects
                if act.j <= o.i <= act.j + 6 and self.low(act.j) == "," and self.low(act.j + 1) in ("including", "among")
            ),
            None,
        )
        if h.entry.id == "documents" and listed is not None:
            end = noun_phrase_end(self.tokens, listed.j, self.verbs, limit=8)
            self.emit(
                self.finder.kind[listed.entry.id],
                status,
                act,
                verb,
                i,
                end,
                (noun_phrase_start(self.tokens, listed.i, act.j + 2), max(listed.j, end)),
            )
            return
        self.emit(kind, status, act, verb, i, act.j, head)

    def exemplified(self) -> None:
        """ "Many documents have been put forward, such as the Declaration on …": named documents as examples of what was done."""
        head = next((h for h in self.objects if h.entry.id == "documents"), None)
        if head is None or (self.out and any(o.tags is self.tags and o.type in ("document", "agreement") for o in self.out)):
            return
        such = next((k for k in range(head.j, len(self.tokens) - 1) if self.low(k) == "such" and self.low(k + 1) == "as"), None)
        perfect = next((k for k in range(head.j, min(such or 0, head.j + 6)) if self.low(k) in ("been", "were", "was")), None)
        if such is None or perfect is None or any(self.low(k) in self.grammar.future for k in range(such)):
            return
        named = [
            o
            for o in self.objects
            if o.i > such
            and self.tokens[o.i].text[:1].isupper()
            and (o.entry.id in ("communique", "statement", "plan", "agreement") or self.low(o.i) in ("declaration", "statement"))
        ]
        verb = Verb(perfect, Mode.DONE, " ".join(t.low for t in self.tokens[perfect : perfect + 2]), True)
        act = Act(perfect, perfect + 2, "adopt", "exemplified", frozenset({"pp"}), False, False, True, "")
        for o in named:
            i, j = noun_phrase_start(self.tokens, o.i, such + 2), noun_phrase_end(self.tokens, o.j, self.verbs, limit=14)
            if self.status(verb, act, i, j, "frame.exemplified", failable=False) == "done":
                self.emit(self.finder.kind[o.entry.id], "done", act, verb, i, j, (i, j), strength=0.8)

    def failures(self) -> None:
        """A result that was looked for and did not come: "no joint communique", "the declaration was scrapped"."""
        for h in self.objects:
            if self.finder.kind[h.entry.id] not in ("document", "agreement") or h.entry.id not in ("communique", "statement", "agreement"):
                continue
            i = noun_phrase_start(self.tokens, h.i)
            before = self.low(i - 1)
            lacking = (
                self.low(i) == "no"
                or before in ("without", "no")
                or (
                    before in ("issuing", "producing", "adopting", "releasing", "a", "signing", "agreeing")
                    and self.low(i - 2) in ("without", "not")
                )
            )
            if lacking and h.entry.id == "communique" and not any(o.tags is self.tags and o.head[0] <= h.i < o.head[1] for o in self.out):
                act = Act(i, h.j, "issue", "absent", frozenset(), False, False, False, "")
                verb = Verb(max(0, i - 1), Mode.FAILED, "no")
                status = self.status(verb, act, i, h.j, "frame.failure")
                if status:
                    self.emit("document", "failed", act, verb, max(0, i - 1), h.j, (i, h.j), strength=0.9)
        for act in self.of("drop"):
            verb = self.verb(act)
            put_off = next(
                (
                    k
                    for k in range(act.j, min(act.j + 6, len(self.tokens)))
                    if self.low(k) in ("admission", "entry", "accession", "signing", "decision", "meeting", "summit", "ceremony", "vote")
                ),
                None,
            )
            if (
                put_off is not None
                and verb.mode is Mode.DONE
                and not self._broken(act.j, put_off)
                and not act.complete
                and self._ours(verb, act)
            ):
                end = self._clause_end(put_off)
                if self.status(verb, act, act.i, end, "frame.put-off", failable=False) == "done":
                    self.emit("decision", "done", act, verb, min(act.i, verb.start), end, (act.i, end))
                continue
            hits = (
                self.left_objects(min(verb.start, act.i), _ALL)
                if act.complete or verb.passive
                else [h for h in [self.right_object(act.j, _ALL, 8)] if h is not None]
            )
            if not hits and "pp" in act.forms:
                hits = [h for h in self.objects if 0 <= act.i - h.j <= 2]
            if (
                not hits
                or self.finder.kind[hits[0].entry.id] not in ("document", "agreement")
                or verb.mode is not Mode.DONE
                or hits[0].entry.id not in ("communique", "statement", "agreement", "terms", "vision")
            ):
                continue
            h = hits[0]
            i, j = min(noun_phrase_start(self.tokens, h.i), act.i), max(act.j, h.j)
            if self.status(verb, act, i, j, "frame.failure") == "done":
                self.emit(
                    self.finder.kind[h.entry.id],
                    "failed",
                    act,
                    Verb(verb.start, Mode.FAILED, self.low(act.i)),
                    i,
                    j,
                    (noun_phrase_start(self.tokens, h.i), h.j),
                )

    def awaited(self) -> None:
        """Things that are ahead without an act of deciding: "a communique is expected", "a statement is in preparation"."""
        for act in self.of("await"):
            if act.complete:
                hits = self.left_objects(act.i, _ALL) or self.left_objects(max(0, act.i - 1), _ALL)
                h = hits[0] if hits else None
            else:
                h = self.right_object(act.j, _ALL, 10)
            if (
                h is None
                or h.entry.id in ("role", "endorsables", "accession-instrument", "tac", "documents")
                or (
                    h.entry.id in ("body", "fund", "talks", "membership", "partnership")
                    and not act.complete
                    and self.low(act.i)[:5] not in ("propo", "sugge", "mulle", "mull")
                )
            ):
                continue
            verb = self.verb(act) if not act.complete else Verb(act.i, Mode.PLANNED, "expected")
            if verb.mode in (Mode.FAILED, Mode.WISH) or (verb.mode is Mode.UNSURE):
                continue
            i = noun_phrase_start(self.tokens, h.i)
            j = noun_phrase_end(self.tokens, h.j, self.verbs) if h.i > act.i else act.j
            if not self._accepts(h, i, max(h.j, j if h.i > act.i else h.j), "await") or (
                h.entry.id in ("body", "fund")
                and not any(t.text[:1].isupper() or t.low in ("new", "regional", "asean") for t in self.tokens[i : h.j])
            ):
                continue
            planned = Verb(verb.start, Mode.PLANNED, " ".join(t.low for t in self.tokens[act.i : act.j]))
            status = self.status(planned, act, min(i, act.i), j, f"act.await+object.{h.entry.id}")
            if status == "planned":
                self.emit(self.finder.kind[h.entry.id], "planned", act, planned, min(i, act.i), max(j, act.j), (i, h.j), strength=0.5)

    def quoted_documents(self) -> None:
        """A communique or joint statement that speaks: "said in a joint statement", "according to the communique", "the statement said"."""
        for h in self.objects:
            if h.entry.id not in ("communique",) and not (h.entry.id == "statement" and self.low(h.i) in ("statement", "declaration")):
                continue
            i = noun_phrase_start(self.tokens, h.i)
            before, two = self.low(i - 1), self.low(i - 2)
            speaking = (before == "to" and two == "according") or (
                before == "in"
                and any(
                    self.low(k)
                    in (
                        "said",
                        "say",
                        "says",
                        "told",
                        "reaffirmed",
                        "expressed",
                        "urged",
                        "called",
                        "condemned",
                        "voiced",
                        "reiterated",
                        "welcomed",
                        "pledged",
                        "agreed",
                        "warned",
                        "declared",
                        "announced",
                        "stressed",
                        "denounced",
                    )
                    for k in range(max(0, i - 26), i - 1)
                )
            )
            after = self.low(h.j)
            if after == ",":  # "the joint communique, out a day late, says"
                close = next((k for k in range(h.j + 1, min(h.j + 9, len(self.tokens))) if self.tokens[k].text == ","), None)
                after = self.low(close + 1) if close is not None else ""
            if (
                before in BE
                and h.entry.id == "communique"
                and any(
                    self.low(k) in ("document", "documents", "outcome", "result", "text", "highlight", "paper")
                    for k in range(max(0, i - 9), i - 1)
                )
            ):
                speaking = True  # "The most important document is the Joint Communique"
            speaking = speaking or after in ("said", "says", "read", "reads", "added", "noted", "stated", "condemned", "urged", "called")
            if not speaking:
                continue
            if h.entry.id == "statement" and not any(
                a.entry.id in ("ministers", "leaders") or (a.entry.detail == "context" and self.low(a.i) in ("asean", "bloc", "grouping"))
                for a in self.tags.of("actor")
            ):
                continue
            act = Act(h.i, h.j, "issue", "quoted", frozenset({"past"}), False, False, False, "")
            verb = Verb(i, Mode.DONE, "quoted")
            end = noun_phrase_end(self.tokens, h.j, self.verbs, limit=14)
            if any(v.entry.id in ("national", "company", "other-body") for v in self.tags.of("veto")) and not any(
                a.entry.id in ("ministers", "leaders") for a in self.tags.of("actor")
            ):
                continue
            status = self.status(verb, act, i, end, f"quoted+object.{h.entry.id}", failable=False)
            if status == "done":
                self.emit("document", "done", act, verb, i, end, (i, end), strength=0.8)

    # -- accession, partnership, membership ------------------------------------------------

    def accession(self) -> None:
        """A state joins a treaty."""
        treaty = next((h for h in self.objects if h.entry.id == "tac"), None)
        instrument = next((h for h in self.objects if h.entry.id == "accession-instrument"), None)
        if treaty is None and not (self.tac and (instrument or any(a.rule == "accede" and a.nominal for a in self.acts))):
            return
        states = [h for h in self.parties if h.entry.detail != "member" or h.entry.id == "Timor-Leste"]
        counted = any(
            t.low in _STATES
            and n
            and (self.tokens[n - 1].low in _COUNTS or self.tokens[n - 1].text.isdigit() or self.tokens[n - 1].low in ("other", "more"))
            for n, t in enumerate(self.tokens)
        )
        for act in self.of("accede", "sign", "force", "adopt"):
            if act.rule == "welcome-in" or (
                act.family == "adopt"
                and not instrument
                and not any(self.low(k) in ("accession", "admission") for k in range(act.j, min(act.j + 6, len(self.tokens))))
            ):
                continue
            if act.family == "sign" and not (instrument or treaty):
                continue
            if act.family == "accede" and act.complete and act.rule == "accede" and not (treaty and abs(treaty.i - act.j) < 8):
                continue
            if (
                any(
                    self.low(k) in ("application", "applications", "request", "requests", "bid", "apply", "interest", "proposal")
                    for k in range(max(0, act.i - 8), min(act.j + 3, len(self.tokens)))
                )
                and act.family != "sign"
            ):
                self.missed.append(Missed(self.tags, act.i, act.j, "frame.accession", "an application, not an accession"))
                if not (self.verb(act).mode is Mode.PLANNED or act.nominal or True):
                    continue
                self._application(act, states)
                continue
            near = [h for h in states if abs(h.i - act.i) < 45]
            if not near and not counted:
                continue
            if any(self.low(k) in ("anniversary", "commemorating", "since") for k in range(max(0, act.i - 12), act.i)):
                self.missed.append(Missed(self.tags, act.i, act.j, "frame.accession", "an anniversary"))
                continue
            verb = self.verb(act)
            if act.nominal and verb.mode is Mode.UNSURE and verb.why in ("nominal", "welcomed", "noted", "welcome", "hailed"):
                verb = Verb(verb.start, self.grammar.main_mode(self.tokens, act.i), verb.why, finite=False)
            i = min([act.i, verb.start, *(h.i for h in near)])
            j = max(
                [
                    act.j,
                    *(h.j for h in near if h.i < act.j + 30),
                    *([treaty.j] if treaty and treaty.i - act.j < 25 else []),
                    *([instrument.j] if instrument and instrument.i - act.j < 12 else []),
                ]
            )
            status = self.status(verb, act, i, j, "frame.accession", failable=False)
            if status is None:
                continue
            self.emit("accession", status, act, verb, i, j, (i, j), parties=self.party_names(i, j, members=False), strength=2)
            return

    def _application(self, act: Act, states: list[Hit]) -> None:
        """An application to a treaty that is approved or weighed: a decision of the ministers, or still planned."""
        if any(a.family == "adopt" and self.verb(a).mode is Mode.DONE for a in self.acts) or any(a.family == "task" for a in self.acts):
            return
        if (
            any(
                self.low(k)
                in (
                    "consideration",
                    "considered",
                    "considering",
                    "study",
                    "examined",
                    "assess",
                    "review",
                    "pending",
                    "wish",
                    "wishes",
                    "interested",
                )
                for k in range(len(self.tokens))
            )
            and states
        ):
            i, j = min(h.i for h in states), max([act.j, *(h.j for h in states)])
            self.emit(
                "accession",
                "planned",
                act,
                Verb(act.i, Mode.PLANNED, "an application"),
                min(i, act.i),
                j,
                (min(i, act.i), j),
                parties=self.party_names(0, len(self.tokens), members=False),
            )

    def partnership(self) -> None:
        """A partner's status granted or raised."""
        for h in self.objects:
            if h.entry.id != "partnership":
                continue
            words = [t.low for t in self.tokens[h.i : h.j]]
            relation = bool({"partnership", "csp", "relations"} & set(words))
            for act in self.of("grant"):
                if self._grants(act, h, words, relation) and self._partnered(act, h, relation):
                    break
            else:
                self._partnership_wish(h, relation)

    def _grants(self, act: Act, h: Hit, words: list[str], relation: bool) -> bool:
        """Whether the act makes a partner of somebody, or raises a partnership: by the act's kind and the words between."""
        gap = h.i - act.j if h.i >= act.j else act.i - h.j
        if gap > 16 or (h.i >= act.j and self._broken(act.j, h.i)):
            return False
        between = {self.low(k) for k in range(min(act.j, h.j), max(act.i, h.i))}
        status = bool({"status", "rank", "level"} & (between | set(words) | {self.low(h.j), self.low(h.j + 1)}))
        linked = bool({"as", "to", "into", "a", "an"} & between) and h.i >= act.j
        if act.nominal:
            return True
        if act.rule == "grant":
            return status or linked or relation
        if act.rule == "raise":
            return bool({"to", "into"} & between) or status or (h.j <= act.i and relation)
        if act.rule == "become":
            return not relation and (h.i >= act.j)
        if act.rule == "welcome-as":
            return status or bool({"as", "become"} & between)
        return relation and h.i >= act.j and "of" not in between

    def _partnered(self, act: Act, h: Hit, relation: bool) -> bool:
        """Emits the partnership that an act makes; False when mode, time or a missing partner keep it out."""
        verb = self.verb(act)
        if verb.mode is Mode.UNSURE and act.nominal:
            return False
        i, j = min(act.i, h.i, verb.start), max(act.j, h.j)
        near = [p for p in self.parties if p.entry.detail != "member" and i - 8 <= p.i <= j + 8 and not (p.i > j and self._broken(j, p.i))]
        if near:
            j = max(j, *(p.j for p in near if p.i <= j + 8))
            i = min(i, *(p.i for p in near))
        status = self.status(verb, act, i, j, "frame.partnership", failable=False)
        if status is None:
            return False
        if not near and not self.party_names(i, j, members=False) and not relation:
            self.missed.append(Missed(self.tags, i, j, "frame.partnership", "no partner is named"))
            return False
        self.emit(
            "partnership",
            status,
            act,
            verb,
            i,
            j,
            (min(act.i, h.i), max(act.j, h.j)),
            parties=self.party_names(i, j, members=False),
            strength=1.5,
        )
        return True

    def _partnership_wish(self, h: Hit, relation: bool) -> None:
        """A status that is asked for, proposed or under consideration."""
        start = max(0, h.i - 14)
        if any(a.family == "adopt" and a.i < h.i and self.verb(a).mode is Mode.DONE for a in self.acts):
            return  # an application that is approved is a decision
        for k in range(h.i - 1, start - 1, -1):
            w = self.low(k)
            if self.tokens[k].text in ";:":
                return
            if w in (
                "proposed",
                "proposal",
                "propose",
                "interested",
                "want",
                "wants",
                "wanted",
                "apply",
                "applied",
                "application",
                "bid",
                "requested",
                "request",
                "seek",
                "seeks",
                "seeking",
                "sought",
                "considering",
                "recommended",
                "wishes",
                "wish",
                "keen",
                "aspires",
            ):
                near = [p for p in self.parties if p.entry.detail != "member" and start - 6 <= p.i <= h.j + 8]
                if not near:
                    return
                i = min(k, *(p.i for p in near if p.i >= start - 6))
                act = Act(k, k + 1, "grant", "asked", frozenset(), False, False, True, "requested")
                verb = Verb(k, Mode.PLANNED, w)
                when = times.nearest(self.whens, self.tokens, k, k + 1)
                if when is None or when.sense != "recalled":
                    self.emit("partnership", "planned", act, verb, i, h.j, (i, h.j), parties=tuple(dict.fromkeys(p.entry.id for p in near)))
                return

    def membership(self) -> None:
        """A state admitted to ASEAN, or made an observer."""
        for h in self.objects:
            if h.entry.id != "membership":
                continue
            words = " ".join(t.low for t in self.tokens[h.i : h.j])
            bare = words in ("membership", "member state", "observer", "full membership")
            for act in self.of("admit"):
                gap = h.i - act.j if h.i >= act.j else act.i - h.j
                if gap > 14 or (h.i >= act.j and self._broken(act.j, h.i)):
                    continue
                if bare and not any(
                    self.low(k) in ("as", "status", "granted", "grants", "of") for k in range(min(act.i, h.i), max(act.j, h.j))
                ):
                    continue
                if words.endswith("member state") and not any(self.low(k) in ("as", "new", "newest") for k in range(act.i, h.i)):
                    continue
                verb = self.verb(act)
                near = [p for p in self.parties if abs(p.i - act.i) < 20]
                if not near and not self.heading and self.low(act.i - 1) not in ("it", "country", "nation", "dili"):
                    if not any(self.low(k) in ("country", "nation", "dili", "it", "timor-leste") for k in range(max(0, act.i - 8), h.i)):
                        continue
                i, j = min([act.i, h.i, verb.start, *(p.i for p in near if p.i < act.i and act.i - p.i < 8)]), max(act.j, h.j)
                status = self.status(verb, act, i, j, "frame.membership", failable=False)
                if status is None:
                    continue
                kind = "membership"
                if any(self.low(k) == "principle" for k in range(max(0, act.i - 10), min(h.j + 4, len(self.tokens)))) and status == "done":
                    kind = "decision"
                self.emit(
                    kind,
                    status,
                    act,
                    verb,
                    i,
                    j,
                    (min(act.i, h.i), max(act.j, h.j)),
                    parties=tuple(dict.fromkeys(p.entry.id for p in near)) or ("Timor-Leste",),
                    strength=1.5,
                )
                break

    # -- negotiation, coordination, funding ---------------------------------------------------

    def negotiation(self) -> None:
        """Talks launched or concluded, a text or a deadline agreed."""
        for act in self.of("negotiate"):
            verb = self.verb(act)
            if act.rule == "text-agreed":
                i, j = min(verb.start, act.i), noun_phrase_end(self.tokens, act.j, self.verbs, limit=12)
                if any(h.i <= act.i < h.j for h in self.tags.of("party")):
                    continue
                status = self.status(verb, act, i, j, "frame.negotiation", failable=False)
                if status and any(
                    self.low(k)
                    in ("coc", "code", "agreement", "convention", "negotiations", "talks", "negotiating", "draft", "upgrade", "rcep")
                    for k in range(len(self.tokens))
                ):
                    self.emit("negotiation", status, act, verb, i, j, (act.i, j))
                continue
            hits = [h for h in self.objects if h.entry.id == "talks"]
            if not hits:
                continue
            if act.complete or verb.passive:
                lefts = [h for h in hits if h.j <= act.i and not self._barred(h.j, min(verb.start, act.i))]
                h = lefts[-1] if lefts else None
            else:
                h = next((h for h in hits if act.j <= h.i <= act.j + 8 and not self._broken(act.j, h.i)), None)
            if h is None:
                continue
            bare = self.low(h.i) in ("talks", "negotiations", "negotiation") and h.j - h.i == 1
            span = self.tokens[noun_phrase_start(self.tokens, h.i) : noun_phrase_end(self.tokens, h.j, self.verbs)]
            if self.low(h.i) in ("review", "upgrade", "upgrading", "round", "reading") and not any(
                t.low in ("agreement", "fta", "aitiga", "atiga", "acfta", "coc", "code", "negotiations", "talks", "area", "draft")
                for t in span
            ):
                continue
            if bare and not any(
                t.low
                in (
                    "trade",
                    "fta",
                    "ftas",
                    "code",
                    "coc",
                    "agreement",
                    "rcep",
                    "upgrade",
                    "treaty",
                    "convention",
                    "framework",
                    "upgrading",
                    "pact",
                    "substantive",
                    "text",
                    "digital",
                    "digital-economy",
                    "defa",
                    "accord",
                    "establishment",
                )
                for t in self.tokens
            ):
                continue
            i = min(act.i, h.i, verb.start)
            j = max(act.j, noun_phrase_end(self.tokens, h.j, self.verbs, limit=24)) if h.i > act.i else act.j
            if verb.infinitive and verb.mode is Mode.DONE and verb.why.startswith(("agree", "decid", "resol", "consent")):
                pass  # agreed to complete the talks: itself the result
            status = self.status(verb, act, i, j, "frame.negotiation", failable=False)
            if status:
                self.emit(
                    "negotiation",
                    status,
                    act,
                    verb,
                    i if h.i > act.i else noun_phrase_start(self.tokens, h.i),
                    j,
                    (min(act.i, h.i), max(act.j, h.j)),
                )

    def coordination(self) -> None:
        """The chair or a country coordinator's role, taken or handed over."""
        for act in self.of("handover"):
            verb = self.verb(act)
            hits = [h for h in self.objects if h.entry.id == "role"]
            if not hits:
                continue
            if verb.passive or act.complete:
                h = next((h for h in reversed(hits) if h.j <= act.i and act.i - h.j <= 10), None)
            else:
                h = next((h for h in hits if act.j <= h.i <= act.j + 9 and not self._broken(act.j, h.i)), None)
            if h is None:
                continue
            word = self.low(act.i)
            if (
                word.startswith(("becom", "becam", "serv", "tak", "took", "receiv"))
                and self.low(h.i) in ("chair", "co-chair")
                and not any(t.low in ("asean", "rotating", "asean's", "admm", "bloc") for t in self.tokens[max(0, act.i - 6) : h.j + 6])
            ):
                continue
            if word.startswith(("serv",)):
                continue
            i, j = min(act.i, h.i, verb.start), max(act.j, noun_phrase_end(self.tokens, h.j, self.verbs, limit=14))
            subject = [p for p in self.parties if i - 6 <= p.i < i]
            if subject and not verb.infinitive:
                i = subject[0].i
            status = self.status(verb, act, i, j, "frame.coordination", failable=False)
            if status:
                self.emit(
                    "coordination",
                    status,
                    act,
                    verb,
                    i,
                    j,
                    (min(act.i, h.i), max(act.j, h.j)),
                    parties=self.party_names(max(0, i - 4), min(len(self.tokens), j + 8)),
                    strength=1.2,
                )

    def funding(self) -> None:
        """Money or goods pledged or given."""
        if not self.tags.words & _MONEY_WORDS:
            return
        money = [k for k, t in enumerate(self.tokens) if self._amount(k, t)]
        if not money:
            return
        for act in self.of("pledge"):
            verb = self.verb(act)
            near = [m for m in money if (0 <= m - act.j <= 9 and not self._broken(act.j, m)) or (verb.passive and 0 < act.i - m <= 14)]
            if not near:
                continue
            if not any(
                t.low.startswith("asean")
                or t.low in ("region", "bloc", "fund", "centre", "center", "grouping", "myanmar", "members", "southeast")
                for t in self.tokens
            ):
                continue
            i, j = min(act.i, verb.start, near[0] - 1), noun_phrase_end(self.tokens, max(act.j, near[0] + 1), self.verbs, limit=18)
            status = self.status(verb, act, i, j, "frame.funding", failable=False)
            if status:
                self.emit("funding", status, act, verb, i, j, (near[0], max(near[0] + 1, j)))
                return
        for m in money:
            tail = [self.low(k) for k in range(m + 1, min(m + 5, len(self.tokens)))]
            if (
                "support" in tail
                or "assistance" in tail
                or "aid" in tail
                or "contribution" in tail
                or "grant" in tail
                or "donation" in tail
            ) and any(t.low.startswith("asean") for t in self.tokens):
                j = noun_phrase_end(self.tokens, m + 2, self.verbs, limit=12)
                act = Act(m, m + 1, "pledge", "given", frozenset(), False, False, True, "")
                i = max(0, m - 5)
                status = self.status(
                    Verb(m, self.grammar.main_mode(self.tokens, m), "given", finite=False), act, i, j, "frame.funding", failable=False
                )
                if status:
                    self.emit("funding", status, act, Verb(m, Mode.DONE, "given", finite=False), i, j, (m, j))
                return

    def _amount(self, k: int, t: Token) -> bool:
        if t.low in MONEY and k and (self.tokens[k - 1].text[:1].isdigit() or self.low(k - 1) in _COUNTS):
            return True
        return t.text in "$€£¥" or (
            t.low in ("us$", "usd", "eur", "yen", "won") and (self.tokens[k + 1].text[:1].isdigit() if k + 1 < len(self.tokens) else False)
        )

    # -- decisions -------------------------------------------------------------------------------

    def tasks(self) -> None:
        """Officials, the Secretariat or a council told to do something."""
        for act in self.of("task"):
            verb = self.verb(act)
            after = [self.low(k) for k in range(act.j, min(act.j + 14, len(self.tokens)))]
            if not {"to", "with", "of"} & set(after):
                continue
            receivers = (
                "officials",
                "secretariat",
                "som",
                "council",
                "acc",
                "secretary-general",
                "group",
                "committee",
                "envoy",
                "experts",
                "ministers",
                "sectoral",
                "bodies",
                "force",
                "cpr",
                "seom",
                "representatives",
                "commission",
            )
            before = [self.low(k) for k in range(max(0, verb.start - 14), verb.start)]
            if verb.passive or (act.rule == "task" and self.low(act.i) in ("be", "was", "were", "been")):
                if not any(w in receivers for w in before):
                    continue
                i = max(0, verb.start - 1 - next((n for n, w in enumerate(reversed(before)) if w in receivers), 0))
                i = noun_phrase_start(self.tokens, i)
            else:
                if not any(w in receivers for w in after[: after.index("to") if "to" in after else None]):
                    continue
                if self.low(act.i) in ("asked", "ask", "asks", "requested", "request") and not any(
                    h.entry.id in ("ministers", "leaders", "meeting") and h.j <= verb.start for h in self.tags.of("actor")
                ):
                    continue
                i = min(act.i, verb.start)
            j = self._clause_end(act.j)
            status = self.status(verb, act, i, j, "frame.task", failable=False)
            if status == "done":
                self.emit("decision", status, act, verb, i, j, (act.i, j))

    def exclusions(self) -> None:
        """Somebody kept out, an invitation withheld."""
        for act in self.of("exclude"):
            verb = self.verb(act)
            targets = [self.low(k) for k in range(max(0, act.i - 10), min(act.j + 12, len(self.tokens)))]
            if not any(
                w in ("myanmar", "junta", "general", "generals", "military", "invitation", "min", "naypyitaw", "non-political", "regime")
                for w in targets
            ):
                continue
            if not any(
                h.entry.id in ("ministers", "leaders", "meeting", "chair") and h.j <= verb.start + 12 for h in self.tags.of("actor")
            ):
                continue
            i, j = min(act.i, verb.start), self._clause_end(act.j)
            status = self.status(verb, act, i, j, "frame.exclude", failable=False)
            if status == "done":
                self.emit("decision", status, act, verb, i, j, (act.i, j))

    def decisions(self) -> None:
        """Any other concrete decision: "decided to hold…", "agreed that … will meet annually"."""
        for act in self.of("decide", "schedule"):
            verb = self.verb(act)
            if verb.infinitive and verb.mode is Mode.DONE and verb.start < act.i:
                continue
            if act.family == "schedule":
                j = self._clause_end(act.j)
                status = self.status(verb, act, act.i, j, "frame.decision", failable=False)
                if status == "done" and self._ours(verb, act):
                    self.emit("decision", "done", act, verb, min(act.i, verb.start), j, (act.i, j))
                continue
            if "nominal" in act.forms or act.nominal:
                continue
            nxt = act.j
            while nxt < len(self.tokens) and (
                self.grammar._adverb(self.tokens[nxt])
                or self.low(nxt) in ("in", "principle", "by", "consensus", "not", "as", "well", "among", "themselves")
            ):
                nxt += 1
            word = self.low(nxt)
            if word == "to":
                target = nxt + 1
                while target < len(self.tokens) and self.grammar._adverb(self.tokens[target]):
                    target += 1
                if self.low(target) in VAGUE and "principle" not in [self.low(k) for k in range(act.j, nxt)]:
                    self.missed.append(
                        Missed(
                            self.tags,
                            act.i,
                            min(target + 1, len(self.tokens)),
                            "frame.decision",
                            f"nothing that can be named ({self.low(target)})",
                        )
                    )
                    continue
                if any(o.tags is self.tags and o.i <= target < o.j for o in self.out):
                    continue
                doing = next(
                    (
                        a
                        for a in self.acts
                        if a.i == target and a.family in ("adopt", "issue", "sign") and a.rule in ("adopt", "issue", "sign")
                    ),
                    None,
                )
                if doing is not None:
                    later = any(w.sense == "future" and w.i > target for w in self.whens)
                    made = "decision" if later else "document"
                    end = self._clause_end(target)
                    status = self.status(verb, act, act.i, end, "frame.decision", failable=False)
                    if status == "done" and self._ours(verb, act):
                        self.emit(made, "done", act, verb, min(act.i, verb.start), end, (act.i, end))
                    continue
            elif word == "that":
                clause = [self.low(k) for k in range(nxt, min(nxt + 22, len(self.tokens)))]
                if not any(w in ("will", "would", "shall", "be", "should") for w in clause):
                    continue
                if not any(w in _CONCRETE for w in clause):
                    self.missed.append(Missed(self.tags, act.i, nxt, "frame.decision", "a view, not a decision"))
                    continue
            elif (
                word == "on"
                and self.low(nxt + 1) in ("the", "a")
                and any(
                    self.low(k)
                    in (
                        "organisation",
                        "organization",
                        "holding",
                        "hosting",
                        "establishment",
                        "creation",
                        "date",
                        "venue",
                        "theme",
                        "convening",
                        "extension",
                        "appointment",
                    )
                    for k in range(nxt, min(nxt + 5, len(self.tokens)))
                )
            ):
                pass
            elif self._trailing(act, verb, nxt):
                continue
            else:
                continue
            j = self._clause_end(nxt)
            status = self.status(verb, act, act.i, j, "frame.decision", failable=False)
            if status != "done":
                continue
            if not self._ours(verb, act):
                self.missed.append(Missed(self.tags, act.i, j, "frame.decision", "no ASEAN actor decides"))
                continue
            self.emit("decision", "done", act, verb, min(act.i, verb.start), j, (act.i, j))

    def _trailing(self, act: Act, verb: Verb, nxt: int) -> bool:
        """ "The body is to meet annually, the ministers decided": the decision stands before the verb. Emits it; True when it is one."""
        comma = next((k for k in range(min(verb.start, act.i) - 1, max(-1, act.i - 8), -1) if self.tokens[k].text in ',-"”'), None)
        if comma is None or comma < 5 or verb.mode is not Mode.DONE or "ing" in act.forms:
            return False
        subject = {self.low(k) for k in range(comma + 1, act.i)}
        if not subject & {
            "ministers",
            "they",
            "it",
            "leaders",
            "meeting",
            "council",
            "ten",
            "sides",
            "asean",
            "members",
            "participants",
            "delegates",
            "we",
        }:
            return False
        if not any(
            self.low(k) in self.grammar.future or (self.low(k) == "to" and self.low(k - 1) in BE) for k in range(max(0, comma - 34), comma)
        ):
            return False
        start = max(0, comma - 34)
        status = self.status(Verb(act.i, Mode.DONE, "past"), act, comma, act.j, "frame.decision", failable=False)
        if status == "done":
            self.emit("decision", "done", act, verb, start, act.j, (start, comma))
        return True

    def _ours(self, verb: Verb, act: Act) -> bool:
        """Whether ministers, leaders, officials or ASEAN are the subject."""
        start = self.grammar.clause_start(self.tokens, verb.start)
        if any(h.j <= verb.start + 1 and h.i >= start - 8 for h in self.tags.of("actor")):
            return True
        return (
            any(t.low.startswith("asean") for t in self.tokens[max(0, verb.start - 14) : verb.start])
            or (self.low(verb.start) in BE or self.low(verb.start - 1) == "it")
            or act.i <= 2
        )

    def _clause_end(self, k: int) -> int:
        end = min(len(self.tokens), k + 34)
        for m in range(k, end):
            t = self.tokens[m]
            if (
                t.text in ";:."
                or (
                    t.text == ","
                    and m > k + 5
                    and self.low(m + 1)
                    in ("and", "but", "while", "which", "who", "said", "after", "he", "she", "adding", "saying", "according", "the")
                )
                or (m > k + 2 and t.low in ("said", "which", "while", "whereas"))
            ):
                return m
        return end


_SUBJECTS = frozenset({"they", "it", "he", "she", "we", "ministers", "leaders", "asean", "sides", "members", "officials", "also"})
_BEFORE_NOUNS = frozenset(
    [
        "regional",
        "international",
        "other",
        "many",
        "such",
        "these",
        "those",
        "several",
        "various",
        "key",
        "common",
        "major",
        "important",
        "joint",
        "new",
        "strong",
        "full",
        "security",
        "trade",
        "further",
        "continued",
        "bilateral",
        "global",
        "financial",
    ]
)
_COUNTS = frozenset(
    [
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "dozen",
        "dozens",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "hundred",
        "several",
    ]
)
_CONCRETE = frozenset(
    [
        "held",
        "hold",
        "meet",
        "annually",
        "every",
        "invited",
        "invite",
        "established",
        "set",
        "admitted",
        "appointed",
        "host",
        "hosted",
        "convened",
        "extended",
        "allowed",
        "represented",
        "barred",
        "join",
        "joined",
        "chaired",
        "rotate",
        "reviewed",
        "launched",
        "suspended",
        "start",
        "begin",
        "finish",
        "signed",
        "submitted",
        "merged",
        "renamed",
        "doubled",
    ]
)
