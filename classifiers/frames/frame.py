"""One sentence as a frame is put together over it: its acts and things, and the checks that can keep an outcome out.

Shared by the frames of this room: where the verb group of an act stands and in which mode, which thing it takes, who
decides, and what keeps it out (mode, time, actor). What is kept out is remembered as a near miss with its reason.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import date

from classifiers import times
from classifiers.english import BE, BREAKERS, DETERMINERS, HAVE, PREPOSITIONS
from classifiers.gazetteer import partners
from classifiers.grammar import Grammar, Mode, Verb, longest
from classifiers.lexicon import Hit, Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import Token

MOST_WORDS = 40
"""Words that evidence may have, by the guidelines."""

REACH = 16
"""Tokens between an actor and the act that it decides."""

_NOT_MEANT = frozenset("planned expected foreseen envisaged scheduled anticipated due rule usually customary custom tradition will".split())
"""Words by which the lack of a document is nothing new."""

_HABIT = frozenset({"custom", "customary", "usual", "rule", "tradition", "practice"})
"""Words of an opening phrase that tells a habit."""

_PRONOUNS = frozenset({"it", "them", "him", "her", "us", "me"})
"""Objects that name nothing."""

_BESIDE = frozenset("at in inside near outside from with alongside to for".split())
"""Prepositions of a place or a companion."""

EVERYTHING = frozenset({"adopt", "issue", "sign", "establish", "launch", "negotiate", "grant", "admit"})
"""Families of acts that take any thing at all: for things that are ahead, absent or dropped."""


def cropped(tokens: list[Token], i: int, j: int) -> int:
    """Where evidence of tokens i to j ends: at j, or where it has MOST_WORDS words."""
    words = 0
    for k in range(i, j):
        words += tokens[k].word
        if words > MOST_WORDS:
            return k
    return j


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
    name: str = ""
    """The thing in a few words, where the noun phrase is no name."""
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
class Scene:
    """What the story around a sentence is: its date, its year, the level of its meeting."""

    published: date | None
    year: int | None
    level: str
    asean: bool = True


class Words:
    """The small words of `frames.toml`, as sets."""

    def __init__(self, book: Rulebook) -> None:
        words = {name: frozenset(listed) for name, listed in book["frames"]["words"].items()}
        self.vague, self.empty, self.wished, self.concrete, self.counts, self.states = (
            words["vague"],
            words["empty"],
            words["wished"],
            words["concrete"],
            words["counts"],
            words["states"],
        )
        self.sources, self.subjects, self.backward, self.before_nouns = (
            words["sources"],
            words["subjects"],
            words["backward"],
            words["before_nouns"],
        )
        self.amounts, self.currencies = words["amounts"], words["currencies"]
        self.money = self.amounts | self.currencies


class Lexis:
    """What the frames ask of the rulebook: grammar, small words, and which thing is taken by which family of acts."""

    def __init__(self, book: Rulebook) -> None:
        self.grammar = Grammar(book)
        self.words = Words(book)
        self.takes: dict[str, set[str]] = {o["id"]: set(o["takes"]) for o in book["objects"]["object"]}
        self.kind: dict[str, str] = {o["id"]: o["type"] for o in book["objects"]["object"]}
        self.specific: dict[str, bool] = {o["id"]: bool(o.get("specific")) for o in book["objects"]["object"]}
        self.partners = partners(book)
        times.learn_months(book["time"]["months"])


class Frame:
    """One sentence, its acts, things, parties and times."""

    def __init__(
        self,
        lexis: Lexis,
        tags: Tagged,
        source: str,
        scene: Scene,
        acts: list[Act],
        whens: list[times.When],
        tac: bool,
        out: list[Found],
        missed: list[Missed],
    ) -> None:
        self.lexis, self.tags, self.scene, self.acts = lexis, tags, scene, acts
        self.whens, self.tac, self.out, self.missed = whens, tac, out, missed
        self.words = lexis.words
        self.source = source
        self.tokens: list[Token] = tags.sentence.tokens
        self.heading = tags.sentence.field == "title"
        self.grammar = lexis.grammar
        self.verbs = {a.i for a in acts if not a.nominal}
        self.families = {a.family for a in acts}
        self.objects = longest(tags.of("object"))
        self.parties = [h for h in tags.of("party") if not self._no_party(h)]
        self._verb_cache: dict[tuple[int, int], Verb] = {}

    def _no_party(self, h: Hit) -> bool:
        """US in "US$30 million" and China in "South China Sea" are no parties."""
        after = self.tokens[h.j].low if h.j < len(self.tokens) else ""
        return after in ("$", "sea", "seas", "dollar", "dollars") or (
            h.i > 0 and self.tokens[h.i - 1].low == "south" and h.entry.id == "China"
        )

    def text(self, i: int, j: int) -> str:
        """The words of tokens i to j as they stand."""
        return self.source[slice(*self.tags.sentence.span(i, j))] if i < j else ""

    def low(self, i: int) -> str:
        """The folded word at token i; empty beyond the sentence."""
        return self.tokens[i].low if 0 <= i < len(self.tokens) else ""

    def none(self, i: int) -> bool:
        """Whether the noun phrase that starts at token i is denied: "no statement", but not "no fewer than 30 documents"."""
        return self.low(i) == "no" and self.low(i + 1) not in ("fewer", "less")

    def unmeant(self, j: int) -> bool:
        """Whether nobody had meant it to come: "no statement is planned", "as is the custom at retreats, no communique came out"."""
        if self.low(0) == "as" and any(self.low(k) in _HABIT for k in range(1, min(j, 7))):
            return True
        return bool({self.low(k) for k in range(j, min(j + 12, len(self.tokens)))} & _NOT_MEANT)

    def no_such(self, i: int) -> bool:
        """Whether the noun phrase that starts at token i is one that nobody had looked for: "no such declaration"."""
        return "such" in (self.low(i), self.low(i + 1)) and "no" in (self.low(i - 1), self.low(i))

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
        return () if self.families.isdisjoint(families) else [a for a in self.acts if a.family in families]

    def party_names(self, i: int, j: int, *, members: bool = True) -> tuple[str, ...]:
        """Short names of the states and bodies named in tokens i to j, in order."""
        names: dict[str, None] = {}
        for h in self.parties:
            if i <= h.i and h.j <= j and (members or h.entry.detail != "member"):
                names[h.entry.id] = None
        for t in self.tokens[i:j]:
            if ("-" in t.low and t.low.split("-")[0] in ("asean", "us", "eu")) or t.low.endswith("-asean"):
                for part in t.low.split("-"):
                    name = self.lexis.partners.get(part)
                    if name:
                        names[name] = None
        return tuple(names)

    def level(self, i: int, j: int, passive: bool) -> str:
        """Who decided: the nearest actor on the left (or after "by"), else the story's meeting."""
        best, cost = "", 99
        text = " ".join(t.low for t in self.tokens)
        if "on behalf of the leaders" in text or "on behalf of leaders" in text:
            return "leaders"
        near = (i - 2 * REACH, j + 2 * REACH)  # what is further away cannot be near enough, and there may be hundreds
        actors = [h for h in self.tags.of("actor") if h.entry.detail != "context" and near[0] <= h.j and h.i <= near[1]]
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
            elif (
                passive
                and h.i >= j
                and self.low(h.i - 1) in ("by", "the")
                and "by" in (self.low(h.i - 1), self.low(h.i - 2), self.low(h.i - 3))
            ):
                c = h.i - j
            else:
                continue
            if c < cost:
                best, cost = h.entry.detail, c
        summit = any(h.entry.id in ("SUMMIT", "PARTNER-SUMMIT") for h in self.tags.of("meeting"))
        if best and cost <= REACH:
            return best
        return "leaders" if summit and self.scene.level != "ministerial" else self.scene.level

    def foreign_actor(self, verb: Verb, act: Act) -> str:
        """Why the act is not ASEAN's: the word for a cabinet, company, other body that is its subject; or an empty string."""
        start = self.grammar.clause_start(self.tokens, verb.start)
        veto = [h for h in self.tags.of("veto") if start <= h.i and h.j <= verb.start and not self._aside(h)]
        ours = [h for h in self.tags.of("actor") if start <= h.i and h.j <= verb.start]
        for h in self.tags.of("veto"):
            if h.i >= act.j and "by" in (self.low(h.i - 1), self.low(h.i - 2)) and h.i - act.j < 10:
                return " ".join(t.text for t in self.tokens[h.i : h.j])
        if act.family == "sign" and not act.nominal:
            for h in self.tags.of("veto"):
                if h.i >= act.j and "with" in (self.low(h.i - 1), self.low(h.i - 2)) and h.entry.id != "national" and h.i - act.j < 8:
                    return " ".join(t.text for t in self.tokens[h.i : h.j])  # "signed an agreement with a bank"
        if verb.passive or act.complete or act.nominal:
            veto = [h for h in veto if h.entry.id == "other-body"]
        if not veto:
            return ""
        last = veto[-1]
        if any(self.low(k) in self.words.sources for k in range(last.j, min(last.j + 3, verb.start))):
            return ""
        nearer = [h for h in ours if h.i >= last.j + 2]  # the leaders of "the BRICS leaders" are not ours
        if nearer or any(self.low(k).startswith(("asean", "minister")) for k in range(last.j, verb.start)):
            return ""
        return " ".join(t.text for t in self.tokens[last.i : last.j])

    def _aside(self, h: Hit) -> bool:
        """Whether a word stands in a phrase beside the subject: "at the Foreign Ministry", "of the committee"."""
        k = h.i - 1
        for _ in range(3):  # "in the main hall of the Foreign Ministry"
            while k > 0 and (self.low(k) in DETERMINERS or (self.tokens[k].text[:1].isupper() and self.tokens[k].word)):
                k -= 1
            if self.low(k) != "of":
                break
            k -= 1
            while k > 0 and self.tokens[k].word and self.low(k) not in DETERMINERS and self.low(k) not in _BESIDE:
                k -= 1
        return self.low(k) in _BESIDE

    def pair(self, verb: Verb, act: Act) -> str:
        """Two states as the subject, without ASEAN or its ministers: a bilateral accord, which is no outcome of ASEAN."""
        if verb.passive or act.nominal or act.complete:
            return ""
        start = max(self.grammar.clause_start(self.tokens, verb.start), verb.start - 10)
        other = next((h for h in self.parties if h.i >= act.j and "with" in (self.low(h.i - 1), self.low(h.i - 2))), None)
        lone = {self.low(k) for k in range(start, verb.start)}
        if (
            other is not None
            and act.family == "sign"
            and lone <= {"it", "he", "she", "also", "has", "had", "have", ",", "and", "later", "then"}
            and lone
            and not self.tags.of("relevance")
        ):
            return f"it and {other.entry.id}"
        if act.family == "sign" and {"colleague", "counterpart"} & {self.low(k) for k in range(start, verb.start)}:
            return "two ministers"  # "Wang Yi and his Thai colleague signed a protocol"
        states = [h for h in self.parties if start <= h.i and h.j <= verb.start]
        ours = any(
            self.low(k).startswith(("asean", "minist", "leader"))
            or self.low(k) in ("bloc", "grouping", "they", "ten", "sides", "members", "representatives")
            for k in range(start, verb.start)
        )
        if (
            len({h.entry.id for h in states}) >= 2
            and not ours
            and not any(h.entry.id in ("tac", "accession-instrument") for h in self.objects)
        ):
            return " and ".join(dict.fromkeys(h.entry.id for h in states))
        return ""

    def alone(self, verb: Verb, act: Act) -> str:
        """One state as the subject of an approval that only all can give: "Laos has put its name to a proposal"; or an empty string."""
        if verb.passive or act.complete or act.nominal or verb.infinitive:
            return ""
        start = self.grammar.clause_start(self.tokens, verb.start)
        states = [h for h in self.parties if start <= h.i and h.j <= verb.start and verb.start - h.j <= 8]
        ours = any(h.j <= verb.start and h.i >= start for h in self.tags.of("actor")) or any(
            self.low(k).startswith("asean") for k in range(start, verb.start)
        )
        return states[0].entry.id if len(states) == 1 and not ours and not self._possessor(states[0]) else ""

    def _possessor(self, h: Hit) -> bool:
        """Whether a state only owns or describes the subject: "Laos' chair", "the Lao minister"."""
        return self.low(h.j - 1).endswith(("'s", "'")) or (self.low(h.j).isalpha() and self.low(h.j) not in self.words.subjects | HAVE | BE)

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
        if self._long_after(min(verb.start, act.i)):
            return miss("recalled (the time since it is told)")
        if self.low(act.j) == "then" and not act.nominal and verb.mode is Mode.DONE:
            return miss("recalled (then)")
        foreign = "" if act.family in ("pledge", "accede") else self.foreign_actor(verb, act)
        foreign = foreign or (self.pair(verb, act) if act.family in ("sign", "adopt", "issue") else "")
        foreign = foreign or (self.alone(verb, act) if act.family == "adopt" else "")
        if foreign:
            return miss(f"decided elsewhere ({foreign})")
        if verb.mode is Mode.FAILED:
            if failable and not self.low(act.i).startswith("ratif"):
                return "failed"
            return miss(f"negated ({verb.why})")
        return "done" if verb.mode is Mode.DONE else "planned"

    def _long_after(self, start: int) -> bool:
        """Whether the act stands in a clause from which time is counted: "nearly a year after the ministers conferred the status"."""
        for k in range(start - 1, max(0, start - 9), -1):
            if self.tokens[k].text in ",;:":
                return False
            if self.low(k) in ("after", "since"):
                return self.low(k - 1).startswith(("year", "month", "week", "decade", "day"))
        return False

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
        name: str = "",
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
                level or self.level(act.i, act.j, verb.passive or act.complete),
                self.tags,
                i,
                j,
                head,
                [f"act.{act.rule}", f"type.{type_}"],
                slots,
                parties or self.party_names(i, j, members=False),
                act.phase,
                strength,
                name,
                when.days if when is not None else None,
            )
        )

    def trim(self, i: int, j: int) -> tuple[int, int]:
        """At most MOST_WORDS words, no marks at the ends."""
        while j - i > 1 and not self.tokens[j - 1].word and self.tokens[j - 1].text not in ')%"”':
            j -= 1
        while i < j - 1 and not self.tokens[i].word and self.tokens[i].text not in '$"“(':
            i += 1
        return i, cropped(self.tokens, i, j)

    def right_object(self, j: int, fits: Set[str], reach: int = 18) -> Hit | None:
        """The first object on the right of token j, within the clause, that one of the families takes."""
        if j < len(self.tokens) and (self.tokens[j].text == "," or self.tokens[j].low in _PRONOUNS):
            return None
        for h in self.objects:
            if h.i < j or h.i - j > reach:
                continue
            if self.broken(j, h.i):
                return None
            if self.lexis.takes[h.entry.id] & fits:
                return h
        return None

    def broken(self, a: int, b: int) -> bool:
        """Whether a clause ends between tokens a and b."""
        for k in range(a, b):
            t = self.tokens[k]
            if (
                t.text in ";:.!?"
                or (t.low in BREAKERS and t.low not in ("as", "and/or"))
                or t.low in ("will", "would", "said", "says")
                or (t.low in BE and k > a)
                or t.low in HAVE
                or (t.low == "and" and self._verb_behind(k + 1))
                or (t.text == "," and self._subject_behind(k + 1))
            ):
                return True
        return False

    def _subject_behind(self, k: int) -> bool:
        """Whether a clause of its own opens behind a comma: "In their communiqué, issued at noon, the ministers agreed …"."""
        k += self.low(k) in ("the", "both")
        return self.low(k) in ("ministers", "leaders", "sides", "they", "he", "she", "we") and self.low(k + 1) not in ("and", "of", ",")

    def _verb_behind(self, k: int) -> bool:
        """Whether a verb in the past opens the second half of a pair of clauses: "…, and looked forward to"."""
        while self.low(k) and self.grammar.adverb(self.tokens[k]):
            k += 1
        after = self.low(k + 1)
        return self.low(k).endswith("ed") and (after in DETERMINERS or after in PREPOSITIONS or after == "forward")

    def parted(self, a: int, b: int) -> bool:
        """Whether a new clause or a second thought lies between tokens a and b."""
        return any(self.tokens[k].text in ";:" or self.low(k) in ("but", "while", "although", "because", "said") for k in range(a, b))

    def left_objects(self, start: int, fits: Set[str], reach: int = 30) -> list[Hit]:
        """The objects on the left of a verb group, within its clause, that one of the families takes."""
        found: list[Hit] = []
        for h in reversed(self.objects):
            if h.j > start or start - h.j > reach:
                continue
            if self.barred(h.j, start):
                break
            if self.lexis.takes[h.entry.id] & fits:
                found.append(h)
        return found[::-1]

    def barred(self, a: int, b: int) -> bool:
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
            elif (
                t.low in self.grammar.future
                or t.low in ("said", "says", "told", "but", "while", "when", "after", "although")
                or self._finite_at(k, b)
            ):
                return True
            k += 1
        return False

    def _finite_at(self, k: int, end: int) -> bool:
        """Whether a finite verb stands at token k: an act behind an auxiliary or a pronoun, not a participle behind its noun."""
        before = self.low(k - 1)
        return (
            k in self.verbs
            and self.tokens[k].text[:1].islower()
            and k + 1 < end
            and (before in BE or before in HAVE or before in self.words.subjects)
        )

    def accepts(self, h: Hit, i: int, j: int) -> bool:
        """Whether the thing is one that can be named: a bare "plan" or "measures" says nothing."""
        words = [t for t in self.tokens[i:j] if t.word and t.low not in DETERMINERS]
        named = any(t.text[:1].isupper() for t in words[1:]) or (len(words) > 1 and words[0].text[:1].isupper() and i > 0)
        if self.low(h.i) == "framework" and self.low(i - 1) in ("within", "in", "under") and h.j - h.i == 1:
            return False  # "within the framework of the meeting"
        if h.entry.id == "documents":
            return any(t.text.isdigit() or t.low in self.words.counts for t in self.tokens[i:j])
        if h.entry.id in ("body", "fund"):
            return len(words) >= 2
        if h.entry.id == "endorsables":
            if self.low(i - 1) == "of" and self.low(i - 2) in ("set", "package", "series", "list", "number", "raft", "range"):
                return True  # "a set of recommendations"
            telling = [t for t in words if t.low not in self.words.before_nouns]
            return len(telling) >= 2 or self.low(i) in ("our", "its", "their", "the", "this")
        if h.entry.id == "terms" and len(words) >= 2:
            return True
        if self.lexis.specific[h.entry.id]:
            return True
        return named or len(words) >= 3

    def ours(self, verb: Verb, act: Act) -> bool:
        """Whether ministers, leaders, officials or ASEAN are the subject."""
        start = self.grammar.clause_start(self.tokens, verb.start)
        if any(h.j <= verb.start + 1 and h.i >= start - 8 for h in self.tags.of("actor")):
            return True
        return (
            any(t.low.startswith("asean") for t in self.tokens[max(0, verb.start - 14) : verb.start])
            or (self.low(verb.start) in BE or self.low(verb.start - 1) == "it")
            or act.i <= 2
        )

    def clause_end(self, k: int) -> int:
        """Where the clause that reaches token k ends, at most 34 tokens on."""
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
