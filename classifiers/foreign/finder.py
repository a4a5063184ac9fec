"""The walk over a document: frames over every sentence, and what is left when repeated mentions fall together."""

from collections.abc import Iterator
from dataclasses import replace

from classifiers import tongues
from classifiers.foreign.frames import BARE, Frames, item_mark
from classifiers.foreign.tongue import Tongue
from classifiers.frames import Found, Missed, Scene
from classifiers.grammar import longest
from classifiers.lexicon import Hit, Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import Document, Kind

REMEMBERED = 3
"""Sentences for which papers that were decided are remembered, for a list that takes them up."""
PAPER_TYPES = frozenset({"document", "agreement", "decision"})


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
                bool(grammar.get("heads_last")),
            )

    def find(self, doc: Document, tagged: list[Tagged], scene: Scene) -> tuple[list[Found], list[Missed]]:
        """The outcomes of the story and what nearly was one; nothing in a language that has no file."""
        found: list[Found] = []
        missed: list[Missed] = []
        tongue = self.tongues.get(doc.language)
        if tongue is None:
            return found, missed
        paragraph, decider = -1, ""
        papers: Found | None = None
        age = 0
        for tags in told(tagged, items=True):
            if tags.sentence.kind is Kind.HEADING and tags.sentence.field == "text" and (papers is None or age >= REMEMBERED):
                continue
            if tags.sentence.paragraph != paragraph:
                paragraph, decider = tags.sentence.paragraph, ""
            age += 1
            if tags.of("object") or any(h.entry.id in BARE for h in tags.of("act")):
                earlier = papers if age <= REMEMBERED else None
                frames = Frames(self.takes, tongue, tags, replace(scene, level=decider or scene.level), earlier)
                frames.read()
                found.extend(frames.found)
                missed.extend(frames.missed)
                told_here = [f for f in frames.found if f.type in PAPER_TYPES]
                if told_here:
                    papers, age = (earlier if frames.enumerated else told_here[-1]), 0
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
            ahead = longest([h for h in tags.of("stage") if h.entry.id == "ahead"])
            future += weight * len(ahead)
            places = {(h.i, h.j) for h in ahead}
            planned = [h for h in longest(tags.of("mode")) if h.entry.id == "planned" and (h.i, h.j) not in places]
            future += 0.4 * weight * len(planned)
            ahead += planned
            for h in tags.of("stage"):
                if h.entry.id == "begun" and not any((a.i <= h.i and h.j <= a.j) or self._governs(tongue, tags, a, h) for a in ahead):
                    past += weight
        return past >= future, future - past

    @staticmethod
    def _governs(tongue: Tongue | None, tags: Tagged, ahead: Hit, begun: Hit) -> bool:
        """Whether a word of what is ahead makes an act of meeting a thing to come."""
        first, second = (begun, ahead) if tongue is not None and tongue.mode_after else (ahead, begun)
        return first.j <= second.i and tags.sentence.gap(first.j - 1, second.i) <= (6 if tongue and tongue.spaceless else 14)


def told(tagged: list[Tagged], *, items: bool = False) -> Iterator[Tagged]:
    """The sentences that tell the story: title and prose; with `items` also short lines that begin as items of a list do."""
    for tags in tagged:
        s = tags.sentence
        if s.kind is Kind.BODY or s.field == "title" or (items and s.kind is Kind.HEADING and item_mark(s.tokens) is not None):
            yield tags


def settled(found: list[Found]) -> list[Found]:
    """One entry an outcome: repeated mentions fall together; a headline counts where the story has nothing of the kind."""
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
    if _numbers(one) and _numbers(other) and _numbers(one) != _numbers(other):
        return False  # the statement on the 20th anniversary is not the one on the 30th
    return bool(one & other) and len(one & other) >= 0.6 * min(len(one), len(other))


def _words_of(f: Found) -> set[str]:
    return {t.low for t in f.tags.sentence.tokens[f.head[0] : f.head[1]] if t.word}


def _numbers(words: set[str]) -> set[str]:
    return {digits for word in words if (digits := "".join(filter(str.isdigit, word)))}
