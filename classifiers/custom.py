"""Topics and alerts of the user's own: weighed terms, groups, nearness and conditions, over the document as the reader tagged it.

A rule holds where one place of the story (the whole text, a paragraph, a sentence: `within`) has all that the rule asks for, and the
reading meets its conditions (`when`). Its phrases stand in the reader's one automaton; everything here is linear in the hits.
docs/reference/rules.md teaches the language by example.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any, Literal, NamedTuple

from classifiers.lexicon import Tagged
from classifiers.rulebook import CUSTOM, EXAMPLES, NUM, STR, Fit, Rulebook, RuleFile, check_pattern, check_row, one_of
from classifiers.text import Document, Kind
from core.articles import Article
from core.codes import MEETING_TYPES, TOPICS, Level, OutcomeType, Stage, Status
from core.readings import Evidence, Reading, Sighting, Span, Topic, UserAlert
from core.sources import Tier

FIELDS = ("title", "lead", "text")
"""Where a rule may look: the title, the first paragraph of the story, the story."""
WITHIN = ("text", "paragraph", "sentence")
NEGATION_REACH = 12
"""Words behind a negation that it denies, as long as its clause goes on."""
MOST_WORDS = 200
"""The widest gap that nearness may have."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_TURNS = frozenset({"but", "which", "who", "whose", "while", "whereas", "although", "though", "however"})
_GROUPS = ("all", "any", "none")
_PAIRS = ("near", "before", "after")

Place = Literal["title", "lead", "text"]


def _texts(codes: Iterable[str] | None = None, what: str = "text") -> Fit:
    """A list of texts, each one of `codes` where these are given."""
    known = None if codes is None else tuple(codes)

    def holds(value: Any) -> bool:
        return (
            isinstance(value, list)
            and bool(value)
            and all(isinstance(one, str) and one and (known is None or one in known) for one in value)
        )

    return Fit(f"a list of {what}" + (f": {', '.join(known)}" if known else ""), holds)


_LIST = Fit("a list of phrases and groups", lambda value: isinstance(value, list) and bool(value))
_TABLE = Fit('a table such as { "rice reserve" = 3 }', lambda value: isinstance(value, dict) and bool(value))
_PAIR = Fit(
    "a table { a = [...], b = [...], words = N }, or a list of such tables", lambda value: isinstance(value, dict | list) and bool(value)
)

KEYS: dict[str, Fit] = {
    "about": STR,
    "terms": _TABLE,
    "threshold": NUM,
    "all": _LIST,
    "any": _LIST,
    "none": _LIST,
    "near": _PAIR,
    "before": _PAIR,
    "after": _PAIR,
    "within": one_of(WITHIN, "a place"),
    "fields": _texts(FIELDS, "fields"),
    "negated": one_of(("skip", "count"), "what becomes of denied words"),
    "when": _TABLE,
    "yes": EXAMPLES,
    "no": EXAMPLES,
}
"""What a rule of the user's may say, besides its name (`code` of a topic, `name` of an alert)."""

PAIR_KEYS: dict[str, Fit] = {
    "a!": _texts(what="phrases"),
    "b!": _texts(what="phrases"),
    "words": Fit(
        f"a whole number from 0 to {MOST_WORDS}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_WORDS,
    ),
}
"""What `near`, `before` and `after` say."""

WHEN_KEYS: dict[str, Fit] = {
    "meeting": _texts(MEETING_TYPES, "meeting types"),
    "primary": _texts(MEETING_TYPES, "meeting types"),
    "topic": _texts(what="topics"),
    "outcome": _texts([code.value for code in OutcomeType], "outcome types"),
    "status": _texts([code.value for code in Status], "statuses"),
    "level": _texts([code.value for code in Level], "levels"),
    "party": _texts(what="parties"),
    "stage": _texts([code.value for code in Stage], "stages"),
    "lang": _texts(what="languages, such as en or vi"),
    "tier": _texts([code.value for code in Tier], "tiers"),
}
"""The conditions on the reading; each is met by any one of its values, and all must be met."""

_OF_OUTCOMES = ("outcome", "status", "level", "party")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sets of phrases, one of each side to stand `words` words apart at most (None: anywhere in the place)."""

    kind: str
    a: tuple[str, ...]
    b: tuple[str, ...]
    words: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases and pairs of which all, any or none must be there."""

    kind: str
    parts: tuple["Part", ...]


Part = str | Pair | Group


@dataclass(frozen=True)
class Rule:
    """One topic or alert of the user's."""

    kind: str
    """topic or alert."""
    name: str
    about: str
    terms: Mapping[str, float]
    threshold: float
    groups: tuple[Group, ...]
    pairs: tuple[Pair, ...]
    within: str
    fields: frozenset[str]
    denied: bool
    """Whether words in a negated clause count."""
    when: Mapping[str, tuple[str, ...]]
    file: RuleFile
    index: int

    @cached_property
    def parts(self) -> tuple["Part", ...]:
        """All that it asks of a place, besides its weighed terms."""
        return (*self.groups, *self.pairs)

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """The phrases of which one at least must be there; empty for a rule of conditions alone."""
        found = [term for term, weight in self.terms.items() if weight > 0]
        for part in self.parts:
            found.extend(_phrases(part, wanted=True))
        return tuple(dict.fromkeys(found))

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """All phrases that it speaks of."""
        found = list(self.terms)
        for part in self.parts:
            found.extend(_phrases(part))
        return tuple(dict.fromkeys(found))


class At(NamedTuple):
    """A phrase where it stands: sentence and tokens, and counted in words of the story."""

    phrase: str
    sentence: int
    i: int
    j: int
    start: int
    end: int
    place: Place
    paragraph: int
    denied: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds, with its score and the words that made it hold."""

    rule: Rule
    score: float
    evidence: tuple[Evidence, ...]


Unit = Mapping[str, Sequence[At]]
"""What stands in one place of the story, by phrase, in order."""


@dataclass(frozen=True, slots=True)
class _Story:
    """A tagged document, seen by the rules."""

    doc: Document
    tagged: Sequence[Tagged]
    places: Mapping[str, Sequence[At]]


class Finder:
    """Finds the user's topics and alerts."""

    def __init__(self, book: Rulebook) -> None:
        """Raises ConfigError, naming file and line, for a rule that is wrong."""
        self._negations = frozenset(book["modality"]["negation"]["words"])
        self.rules = tuple(_compiled(book))
        self.phrases = tuple(dict.fromkeys(phrase for rule in self.rules for phrase in rule.phrases))
        """What the automaton must look for."""
        self._always = [n for n, rule in enumerate(self.rules) if not rule.wanted]
        self._asking: dict[str, list[int]] = defaultdict(list)
        for n, rule in enumerate(self.rules):
            for phrase in rule.wanted:
                self._asking[phrase].append(n)

    def added(self, reading: Reading, doc: Document, tagged: Sequence[Tagged], article: Article) -> Reading:
        """`reading` with the user's topics among its topics, and the alerts that it raises, each also as the flag `alert:NAME`."""
        if not self.rules:
            return reading
        matches = self.find(reading, doc, tagged, article)
        topics = [Topic(code=m.rule.name, score=round(m.score, 2), evidence=m.evidence) for m in matches if m.rule.kind == "topic"]
        alerts = tuple(UserAlert(name=m.rule.name, about=m.rule.about, evidence=m.evidence) for m in matches if m.rule.kind == "alert")
        return replace(
            reading,
            topics=tuple(sorted((*reading.topics, *topics), key=lambda topic: (-topic.score, topic.code))),
            flags=tuple(sorted({*reading.flags, *(f"alert:{alert.name}" for alert in alerts)})),
            user_alerts=alerts,
        )

    def find(self, reading: Reading, doc: Document, tagged: Sequence[Tagged], article: Article) -> list[Match]:
        """The rules that hold, in the order of the files."""
        story = _Story(doc, tagged, self._places(tagged))
        said = reading
        found = []
        asking = {n for phrase in story.places for n in self._asking.get(phrase, ())}
        for rule in (self.rules[n] for n in sorted({*self._always, *asking})):
            if not reading.relevant and "none" not in rule.when.get("stage", ()):
                continue  # a story that is not about ASEAN has no topics, unless the rule asks for just that
            match = _match(rule, said, story, article)
            if match is not None:
                found.append(match)
                if rule.kind == "topic":  # a later rule may ask for an earlier topic
                    said = replace(said, topics=(*said.topics, Topic(code=rule.name, score=match.score)))
        return found

    def _places(self, tagged: Sequence[Tagged]) -> dict[str, list[At]]:
        """Where each phrase stands in the story, in order; captions and the furniture of the page are no part of it."""
        found: dict[str, list[At]] = defaultdict(list)
        words = 0
        lead = next((t.sentence.paragraph for t in tagged if t.sentence.kind is Kind.BODY), -1)
        for n, tags in enumerate(tagged):
            s = tags.sentence
            if s.field == "text" and s.kind is not Kind.BODY:
                continue
            hits = tags.of("custom")
            if hits:
                counts = [*accumulate((token.word for token in s.tokens), initial=words)]
                denied = _denied(tags, self._negations)
                place: Place = "title" if s.field == "title" else "lead" if s.paragraph == lead else "text"
                for h in hits:
                    found[h.entry.id].append(At(h.entry.id, n, h.i, h.j, counts[h.i], counts[h.j], place, s.paragraph, denied[h.i]))
            words += sum(token.word for token in s.tokens)
        return found


def _denied(tags: Tagged, negations: frozenset[str]) -> list[bool]:
    """For each token of a sentence whether a negation before it, in its clause, denies it."""
    behind = {hit.j for hit in tags.of("negation")}
    denied, reach, until_comma = [], 0, False
    for k, token in enumerate(tags.sentence.tokens):
        if token.text in ";:.!?" or token.low in _TURNS or (until_comma and token.text == ","):
            reach = 0
        if k in behind:
            reach, until_comma = NEGATION_REACH, False
        denied.append(reach > 0)
        if token.low in negations or token.low.endswith("n't"):
            reach, until_comma = NEGATION_REACH, token.low == "without"
        elif token.word and reach:
            reach -= 1
    return denied


# -- does a rule hold ------------------------------------------------------------------------------------------------------


def _match(rule: Rule, reading: Reading, story: _Story, article: Article) -> Match | None:
    sightings = _conditions(rule, reading, article)
    if sightings is None:
        return None
    proof = tuple(sighting.evidence for sighting in sightings)
    best: tuple[float, list[tuple[At, float]]] | None = None
    for unit in _units(rule, story):
        held = _holds(rule, unit)
        if held is not None and (best is None or held[0] > best[0]):
            best = held
    if best is None:
        return None
    score, ats = best
    return Match(rule, score, (*(_evidence(rule, at, weight, story) for at, weight in ats), *proof))


def _conditions(rule: Rule, reading: Reading, article: Article) -> Sequence[Sighting] | None:
    """The sightings that meet the rule's conditions, empty when it has none on outcomes; None when a condition is not met."""
    when = rule.when
    primary = reading.primary
    said: dict[str, set[str]] = {
        "meeting": {mention.meeting.type for mention in reading.meetings},
        "primary": {primary.type} if primary else set(),
        "topic": {topic.code for topic in reading.topics},
        "stage": {reading.stage.value},
        "lang": {reading.language},
        "tier": {article.tier.value},
    }
    if not all(said[key] & {*wanted} for key, wanted in when.items() if key in said):
        return None
    if not any(key in when for key in _OF_OUTCOMES):
        return ()
    return [sighting for sighting in reading.sightings if _sighted(sighting, when)] or None


def _sighted(sighting: Sighting, when: Mapping[str, tuple[str, ...]]) -> bool:
    said = {
        "outcome": {sighting.type.value},
        "status": {sighting.status.value},
        "level": {sighting.level.value},
        "party": {*sighting.parties},
    }
    return all(said[key] & {*when[key]} for key in _OF_OUTCOMES if key in when)


def _units(rule: Rule, story: _Story) -> Iterator[Unit]:
    """The places in which the rule may hold: those that have a phrase it wants; the whole story when it wants none."""
    units: dict[object, dict[str, list[At]]] = defaultdict(lambda: defaultdict(list))
    for phrase in rule.phrases:
        for at in story.places.get(phrase, ()):
            if (at.place in rule.fields or (at.place == "lead" and "text" in rule.fields)) and (rule.denied or not at.denied):
                units[_unit(rule.within, at)][phrase].append(at)
    wanted = rule.wanted
    if not wanted:
        yield units[None]
        return
    for unit in units.values():
        if any(phrase in unit for phrase in wanted):
            yield unit


def _unit(within: str, at: At) -> object:
    match within:
        case "sentence":
            return at.sentence
        case "paragraph":
            return at.paragraph
    return None


def _holds(rule: Rule, unit: Unit) -> tuple[float, list[tuple[At, float]]] | None:
    """The score and the weighed words of a rule that holds in a unit. A term counts once, however often it stands there."""
    proof: list[tuple[At, float]] = [(unit[term][0], weight) for term, weight in rule.terms.items() if unit.get(term)]
    score = sum(weight for _, weight in proof)
    if rule.terms and score < rule.threshold:
        return None
    for part in rule.parts:
        found = _found(part, unit)
        if found is None:
            return None
        proof.extend((at, 0.0 if rule.terms else 1.0) for at in found if all(at is not known for known, _ in proof))
    return (score if rule.terms else float(len(proof))), proof


def _found(part: Part, unit: Unit) -> list[At] | None:
    """The words that satisfy a part, None when nothing does; what must not be there is satisfied by nothing at all."""
    if isinstance(part, str):
        return [unit[part][0]] if unit.get(part) else None
    if isinstance(part, Pair):
        return _nearest(part, unit)
    inner = [_found(one, unit) for one in part.parts]
    match part.kind:
        case "none":
            return [] if all(one is None for one in inner) else None
        case "any":
            return next((one for one in inner if one is not None), None)
    return None if any(one is None for one in inner) else [at for one in inner for at in one or ()]


def _nearest(pair: Pair, unit: Unit) -> list[At] | None:
    """The two places of a pair that are nearest each other, near enough and in the order it asks for."""
    first = [at for phrase in pair.a for at in unit.get(phrase, ())]
    second = [at for phrase in pair.b for at in unit.get(phrase, ())]
    ways = []
    if pair.kind in ("near", "before"):
        ways.append(_following(first, second))
    if pair.kind in ("near", "after"):
        ways.append(_following(second, first))
    gaps = [way for way in ways if way is not None and (pair.words is None or way[0] <= pair.words)]
    return [*min(gaps, key=lambda way: way[0])[1]] if gaps else None


def _following(firsts: list[At], thens: list[At]) -> tuple[int, tuple[At, At]] | None:
    """The smallest gap in words between one of `firsts` and one of `thens` that stands behind it."""
    best: tuple[int, tuple[At, At]] | None = None
    ended = sorted(firsts, key=lambda at: at.end)
    n = -1
    for then in sorted(thens, key=lambda at: at.start):
        while n + 1 < len(ended) and ended[n + 1].end <= then.start:
            n += 1
        # Nothing is near across title and text.
        if n >= 0 and (ended[n].place == "title") == (then.place == "title") and (best is None or then.start - ended[n].end < best[0]):
            best = then.start - ended[n].end, (ended[n], then)
    return best


def _evidence(rule: Rule, at: At, weight: float, story: _Story) -> Evidence:
    s = story.tagged[at.sentence].sentence
    start, end = s.span(at.i, at.j)
    span = Span(field=s.field, start=start, end=end, quote=story.doc.quote(s.field, start, end))
    return Evidence(span=span, rule=f"{rule.kind}.{rule.name}", weight=weight)


# -- from TOML -------------------------------------------------------------------------------------------------------------


def _compiled(book: Rulebook) -> Iterator[Rule]:
    """The rules of all the user's files. Raises ConfigError, naming file and line."""
    parties = {name: party["name"] for party in book["parties"]["party"] for name in (party["name"], *party.get("names", ()))}
    topics = {topic["code"] for topic in book["topics"]["topic"]} | {*TOPICS}
    taken: set[tuple[str, str]] = set()
    for name, file in book.files.items():
        if not name.startswith(CUSTOM):
            continue
        data = book[name]
        for table in data:
            if table not in ("topic", "alert"):
                raise file.refusal(_strange(table, book), table, 0, "" if isinstance(data[table], dict | list) else table)
        if not data:
            raise file.refusal("holds no [[topic]] and no [[alert]]")
        for kind, named in (("topic", "code"), ("alert", "name")):
            entries = data.get(kind, [])
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise file.refusal(f"`{kind}` must be a list of tables, each written [[{kind}]]", kind)
            for index, entry in enumerate(entries):
                rule = _Compiler(file, kind, index, topics, parties).rule(entry, named)
                if (kind, rule.name) in taken or (kind == "topic" and rule.name in topics):
                    raise file.refusal(f"`{rule.name}` is taken; call this {kind} something else", kind, index, named)
                taken.add((kind, rule.name))
                yield rule
                if kind == "topic":
                    topics = topics | {rule.name}


def _strange(table: str, book: Rulebook) -> str:
    home = next(
        (name for name, data in book.tables.items() if not name.startswith(CUSTOM) and isinstance(data, dict) and table in data), ""
    )
    hint = f"; to change the built-in ones, give a whole {home}.toml" if home else ""
    return f"`{table}` is unknown in a file of your own: it holds [[topic]] and [[alert]]{hint}"


class _Compiler:
    """One entry of a file, made a rule."""

    def __init__(self, file: RuleFile, kind: str, index: int, topics: set[str], parties: Mapping[str, str]) -> None:
        self._file, self._kind, self._index, self._topics, self._parties = file, kind, index, topics, parties

    def rule(self, entry: Mapping[str, Any], named: str) -> Rule:
        check_row({f"{named}!": STR, **KEYS}, entry, self._file, self._kind, self._index)
        if not _NAME.fullmatch(entry[named]):
            raise self._refusal(f"`{named}` must be lower-case letters, digits and hyphens, at most 40: found `{entry[named]}`", named)
        terms = self._terms(entry.get("terms", {}))
        if "threshold" in entry and not terms:
            raise self._refusal("`threshold` needs `terms` to be weighed", "threshold")
        rule = Rule(
            kind=self._kind,
            name=entry[named],
            about=entry.get("about", ""),
            terms=terms,
            threshold=float(entry.get("threshold", 1)),
            groups=tuple(Group(kind, self._parts(entry[kind], kind)) for kind in _GROUPS if kind in entry),
            pairs=tuple(pair for kind in _PAIRS for pair in self._pairs(entry.get(kind, []), kind)),
            within=entry.get("within", "text"),
            fields=frozenset(entry.get("fields", ("title", "text"))),
            denied=entry.get("negated", "skip") == "count",
            when=self._when(entry.get("when", {})),
            file=self._file,
            index=self._index,
        )
        self._sensible(rule)
        return rule

    def _sensible(self, rule: Rule) -> None:
        """Refuses what can never hold, or always does."""
        if not rule.wanted and (rule.kind == "topic" or not rule.when):
            says = "any words to look for" if rule.kind == "topic" else "any words or conditions (`when`)"
            raise self._refusal(f"`{rule.name}` does not name {says}: give terms, all, any, near, before or after")
        most = sum(weight for weight in rule.terms.values() if weight > 0)
        if rule.terms and most < rule.threshold:
            raise self._refusal(f"the terms weigh {most:g} together and can never reach the threshold {rule.threshold:g}", "threshold")
        if not rule.wanted and rule.within != "text":
            raise self._refusal("`within` needs words to look for", "within")

    def _refusal(self, message: str, key: str = "", text: str = "") -> Exception:
        return self._file.refusal(message, self._kind, self._index, key, text)

    def _phrase(self, value: Any, key: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._refusal(f"`{key}` holds {value!r}, which is no phrase", key)
        check_pattern(value, self._file, self._kind, self._index, key)
        return value

    def _terms(self, table: Mapping[str, Any]) -> dict[str, float]:
        for term, weight in table.items():
            if not NUM.holds(weight) or not weight:
                raise self._refusal(f"the weight of `{term}` must be a number other than 0", f"terms.{term}", term)
            self._phrase(term, "terms")
        return {term: float(weight) for term, weight in table.items()}

    def _parts(self, values: Sequence[Any], key: str, depth: int = 0) -> tuple[Part, ...]:
        return tuple(self._part(value, key, depth) for value in values)

    def _part(self, value: Any, key: str, depth: int) -> Part:
        if not isinstance(value, dict):
            return self._phrase(value, key)
        if len(value) != 1 or next(iter(value)) not in (*_GROUPS, *_PAIRS):
            raise self._refusal(
                f"a group in `{key}` is one of {', '.join((*_GROUPS, *_PAIRS))}: found {', '.join(value) or 'an empty one'}", key
            )
        kind, inner = next(iter(value.items()))
        if kind in _PAIRS:
            pairs = self._pairs(inner, kind, key)
            if len(pairs) != 1:
                raise self._refusal(f"`{kind}` in a group is one table", key)
            return pairs[0]
        if depth:
            raise self._refusal(f"`{kind}` stands in a group within a group: one level is all there is", key)
        if not isinstance(inner, list) or not inner:
            raise self._refusal(f"`{kind}` in a group must be {_LIST.says}", key)
        return Group(kind, self._parts(inner, key, depth + 1))

    def _pairs(self, values: Any, kind: str, key: str = "") -> list[Pair]:
        pairs = []
        for value in values if isinstance(values, list) else [values]:
            if not isinstance(value, dict):
                raise self._refusal(f"`{kind}` must be {_PAIR.says}", key or kind)
            for name in sorted({"a", "b"} - value.keys()):
                raise self._refusal(f"`{kind}` has no `{name}`", key or kind)
            for name, said in value.items():
                fit = PAIR_KEYS.get(name) or PAIR_KEYS.get(f"{name}!")
                if fit is None:
                    raise self._refusal(f"`{name}` is unknown in `{kind}`; known: a, b, words", key or kind)
                if not fit.holds(said):
                    raise self._refusal(f"`{name}` in `{kind}` must be {fit.says}", key or kind)
            sides = [tuple(self._phrase(phrase, key or kind) for phrase in value[side]) for side in ("a", "b")]
            if kind == "near" and "words" not in value:
                raise self._refusal("`near` must say within how many `words`", key or kind)
            pairs.append(Pair(kind, sides[0], sides[1], value.get("words")))
        return pairs

    def _when(self, table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        for key, value in table.items():
            place = f"when.{key}"
            if key not in WHEN_KEYS:
                raise self._refusal(f"`{key}` is no condition; known: {', '.join(WHEN_KEYS)}", place)
            if not WHEN_KEYS[key].holds(value):
                raise self._refusal(f"`{key}` in `when` must be {WHEN_KEYS[key].says}", place)
            for one in value:
                if key == "topic" and one not in self._topics:
                    raise self._refusal(
                        f"no topic is called `{one}`; a topic of your own must stand before the rule that asks for it", place, one
                    )
                if key == "party" and one not in self._parties:
                    raise self._refusal(f"no party is called `{one}`; `aseanwatch rules list party` names them", place, one)
        when = {key: tuple(value) for key, value in table.items()}
        if "party" in when:
            when["party"] = tuple(self._parties[name] for name in when["party"])
        return when


def _phrases(part: Part, *, wanted: bool = False) -> Iterator[str]:
    """The phrases of a part; with `wanted` only those that must, or may, be there for it to hold."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Pair):
        yield from (*part.a, *part.b)
    elif not (wanted and part.kind == "none"):
        for one in part.parts:
            yield from _phrases(one, wanted=wanted)
