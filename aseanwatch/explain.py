"""Why an article is read as it is: each label with the words and weights behind it, then the page sentence by sentence.

`explain` takes the article apart once more beside its reading; `told` tells it in pieces of styled text, so that a terminal may colour
them and a file may bracket them; `explanation_json` is the same for programs.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from aseanwatch.contract import meeting_json, reading_json, span_json
from classifiers import Reader
from classifiers.lexicon import Hit, Tagged
from classifiers.reader import LONGEST
from classifiers.text import Kind, Sentence
from core.articles import Article
from core.readings import Evidence, NearMiss, Reading, Sighting, Span, Topic
from core.texts import INVISIBLE

MARKS = ("object", "actor", "time", "modality", "act")
"""The parts of an outcome's frame; where two share words, the later one here is shown."""

_LEXICON = {"actor": "actor", "act": "act", "object": "object", "time": "time", "negation": "modality"}
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a frame: its name (one of MARKS), what it was taken for, and where it stands."""

    name: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of the story, or one paragraph that is no part of it."""

    span: Span
    why: str = ""
    """Why it is not read: caption, links to other stories... Empty for the story."""
    sightings: tuple[int, ...] = ()
    """Which of the reading's outcomes it proves, by their place from 0."""
    misses: tuple[NearMiss, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """An article, its reading, and the page piece by piece, title first. Spans are those of `article`, which hides nothing."""

    article: Article
    reading: Reading
    lines: tuple[Told, ...]
    thresholds: Mapping[str, float]
    """Topic -> the score at which it is given."""


def explain(reader: Reader, article: Article) -> Explanation:
    """The explanation of `article` by the rules of `reader`."""
    shown = replace(article, title=article.title.translate(INVISIBLE), text=article.text.translate(INVISIBLE))
    reading = reader.read(shown)
    doc, tagged = reader.tagged(replace(shown, text=shown.text[:LONGEST]))
    lines = [_sentence(shown, tags, reading) for tags in tagged if tags.sentence.field == "title" or tags.sentence.kind is Kind.BODY]
    for paragraph in doc.paragraphs:
        if paragraph.kind is not Kind.BODY:
            lines.append(Told(_span(shown, "text", paragraph.start, paragraph.end), paragraph.why or paragraph.kind.value))
    lines.sort(key=lambda line: (line.span.field != "title", line.span.start))
    thresholds = {topic["code"]: float(topic.get("threshold", 2)) for topic in reader.book["topics"]["topic"]}
    own = {rule.name: rule.threshold for rule in reader.custom.rules if rule.kind == "topic"}
    return Explanation(shown, reading, tuple(lines), thresholds | own)


def _span(article: Article, field: str, start: int, end: int) -> Span:
    return Span(field=field, start=start, end=end, quote=(article.title if field == "title" else article.text)[start:end])


def _sentence(article: Article, tags: Tagged, reading: Reading) -> Told:
    s = tags.sentence
    proven = tuple(n for n, sighting in enumerate(reading.sightings) if _inside(sighting.evidence.span, s))
    misses = tuple(miss for miss in reading.near_misses if _inside(miss.span, s))
    marks = [mark for n in proven for mark in _frame(article, tags, reading.sightings[n])]
    if misses and not marks:
        marks = [_mark(article, s, hit) for kind in _LEXICON for hit in tags.of(kind)]
    return Told(_span(article, s.field, s.start, s.end), sightings=proven, misses=misses, marks=tuple(dict.fromkeys(marks)))


def _inside(span: Span, sentence: Sentence) -> bool:
    return span.field == sentence.field and sentence.start <= span.start < sentence.end


def _frame(article: Article, tags: Tagged, sighting: Sighting) -> Iterator[Mark]:
    """The parts of the frame that made a sighting; of several actors the one that stands nearest before the act."""
    act = next((slot.span.start for slot in sighting.slots if slot.name == "act"), sighting.evidence.span.start)
    yield from (Mark(slot.name, slot.value, slot.span) for slot in sighting.slots if slot.name in MARKS)
    if any(slot.name == "actor" for slot in sighting.slots):
        return
    actors = [_mark(article, tags.sentence, hit) for hit in tags.of("actor") if tags.sentence.span(hit.i, hit.j)[1] <= act]
    if actors:
        nearest = max(mark.span.end for mark in actors)
        yield max((mark for mark in actors if mark.span.end == nearest), key=lambda mark: mark.span.end - mark.span.start)


def _mark(article: Article, sentence: Sentence, hit: Hit) -> Mark:
    start, end = sentence.span(hit.i, hit.j)
    return Mark(_LEXICON[hit.entry.kind], hit.entry.id, _span(article, sentence.field, start, end))


# -- in words ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text and what it is: one of MARKS, `head`, `yes`, `no`, `near`, `dim`, or nothing in particular."""

    text: str
    style: str = ""


def told(explanation: Explanation) -> Iterator[Sequence[Piece]]:
    """The explanation as lines for people, each a row of pieces; control characters are spelled out."""
    article, reading = explanation.article, explanation.reading
    yield [Piece(safe(article.title or article.key or "(without a title)"), "head")]
    published = article.published.date().isoformat() if article.published else "undated"
    understood = (
        "" if reading.lang_support == "full" else f", understood {'in part' if reading.lang_support == 'partial' else 'not at all'}"
    )
    yield [
        Piece(
            f"{safe(article.url or article.key)}  {published}  language {reading.language}{understood}  rule set {reading.ruleset}", "dim"
        )
    ]
    yield []
    yield from _verdicts(reading)
    yield from _labels(explanation)
    yield []
    yield [Piece("Sentence by sentence", "head")]
    for line in explanation.lines:
        yield from _line(line, reading)


def _verdicts(reading: Reading) -> Iterator[Sequence[Piece]]:
    yield [Piece("about ASEAN: "), _yes(reading.relevant), Piece(f"  {safe(reading.notes[0]) if reading.notes else ''}")]
    for cue in reading.why_relevant:
        yield [Piece(f"{_INDENT}{cue.weight:+g} “{safe(cue.span.quote)}” {cue.rule}")]
    yield [Piece("alert: "), _yes(reading.alert), Piece(f"  stage: {reading.stage}")]
    for note in reading.notes[1:]:
        yield [Piece(f"{_INDENT}{safe(note)}")]
    if reading.flags:
        yield [Piece(f"flags: {', '.join(safe(flag) for flag in reading.flags)}")]


def _labels(explanation: Explanation) -> Iterator[Sequence[Piece]]:
    reading = explanation.reading
    for mention in reading.meetings:
        flags = f" ({', '.join(mention.flags)})" if mention.flags else ""
        yield [Piece("meeting "), Piece(mention.meeting.name, "head"), Piece(f"{', the story’s own' if mention.primary else ''}{flags}")]
        yield [Piece(_INDENT + _words(mention.evidence))]
    for topic in reading.topics:
        threshold = explanation.thresholds.get(topic.code)
        needed = f", needs {threshold:g}" if threshold is not None else ""
        yield [Piece("topic "), Piece(topic.code, "head"), Piece(f" {topic.score:g}{needed}")]
        yield [Piece(_INDENT + _words(topic.evidence) + _rest(topic))]
    for alert in reading.user_alerts:
        yield [Piece("your alert "), Piece(alert.name, "head"), Piece(f"  {safe(alert.about)}")]
        yield [Piece(_INDENT + _words(alert.evidence))]


def _line(line: Told, reading: Reading) -> Iterator[Sequence[Piece]]:
    if line.why:
        yield [Piece(f"  ~ {safe(line.span.quote)}", "dim"), Piece(f"  ({safe(line.why)})", "dim")]
        return
    sign = "* " if line.sightings else "? " if line.misses else "  "
    yield [Piece(f"  {sign}", "yes" if line.sightings else "near" if line.misses else ""), *_painted(line)]
    for n in line.sightings:
        yield from _sighted(reading.sightings[n])
    for miss in line.misses:
        yield [Piece(f"{_INDENT}  not an outcome: {safe(miss.veto)}", "near"), Piece(f"  “{safe(miss.span.quote)}” {miss.rule}")]


def _sighted(sighting: Sighting) -> Iterator[Sequence[Piece]]:
    parties = f"; parties {', '.join(sighting.parties)}" if sighting.parties else ""
    meeting = f"; at {sighting.meeting.name}" if sighting.meeting else ""
    phase = f", {sighting.phase}" if sighting.phase else ""
    yield [
        Piece(f"{_INDENT}  {sighting.type}, {sighting.status}{phase}, by {sighting.level}", "yes"),
        Piece(f": {safe(sighting.title)}{parties}{meeting}"),
    ]
    modality = [slot.value for slot in sighting.slots if slot.name in ("modality", "time")]
    yield [Piece(f"{_INDENT}  by {', '.join(sighting.rules)}" + (f"; {'; '.join(safe(value) for value in modality)}" if modality else ""))]


def _painted(line: Told) -> Iterator[Piece]:
    """The sentence, its marks as pieces; each character shows the last of MARKS that covers it."""
    start, text = line.span.start, line.span.quote
    coats = [""] * len(text)
    for mark in sorted(line.marks, key=lambda mark: MARKS.index(mark.name)):
        for at in range(max(0, mark.span.start - start), min(len(text), mark.span.end - start)):
            coats[at] = mark.name
    for coat, run in groupby(zip(text, coats, strict=True), key=lambda pair: pair[1]):
        said = "".join(letter for letter, _ in run)
        inner = said.strip() if coat else said
        if coat and inner:
            before, _, after = said.partition(inner)
            yield from (Piece(safe(before)), Piece(safe(inner), coat), Piece(safe(after)))
        else:
            yield Piece(safe(said))


def _words(evidence: Sequence[Evidence]) -> str:
    return " · ".join(f"{one.weight:+g} “{safe(one.span.quote)}”" for one in evidence)


def _rest(topic: Topic) -> str:
    """What further mentions add to the score beyond the words that are kept."""
    rest = round(topic.score - sum(one.weight for one in topic.evidence), 2)
    return f" · {rest:+g} further mentions" if rest else ""


def _yes(holds: bool) -> Piece:
    return Piece("yes", "yes") if holds else Piece("no", "no")


def safe(text: str) -> str:
    """`text` for a terminal: line ends and tabs as spaces, what controls the terminal or hides spelled out."""
    return "".join(" " if c in "\n\t\r" else f"\\u{ord(c):04x}" if _controls(c) else c for c in text)


def _controls(letter: str) -> bool:
    """Whether a character moves the cursor, turns the writing round or shows nothing; joiners, which some scripts need, do not."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in "\u200c\u200d"


# -- for programs --------------------------------------------------------------------------------------------------------------


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """The explanation as one JSON object; docs/reference/contract.md has its fields."""
    article, reading = explanation.article, explanation.reading
    return {
        "article": {
            "key": article.key,
            "url": article.url,
            "title": article.title,
            "published": article.published.isoformat() if article.published else None,
        },
        "classification": reading_json(article.key, reading),
        "relevance": {
            "relevant": reading.relevant,
            "why": reading.notes[0] if reading.notes else "",
            "cues": _weighed(reading.why_relevant),
        },
        "meetings": [
            {**(meeting_json(one.meeting) or {}), "primary": one.primary, "flags": list(one.flags), "evidence": _weighed(one.evidence)}
            for one in reading.meetings
        ],
        "topics": [
            {"code": one.code, "score": one.score, "threshold": explanation.thresholds.get(one.code), "evidence": _weighed(one.evidence)}
            for one in reading.topics
        ],
        "notes": list(reading.notes[1:]),
        "flags": list(reading.flags),
        "sentences": [_told_json(line) for line in explanation.lines if not line.why],
        "furniture": [span_json(line.span) | {"why": line.why} for line in explanation.lines if line.why],
        "ruleset": reading.ruleset,
    }


def _weighed(evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [span_json(one.span) | {"rule": one.rule, "weight": one.weight} for one in evidence]


def _told_json(line: Told) -> dict[str, Any]:
    return span_json(line.span) | {
        "outcomes": list(line.sightings),
        "marks": [span_json(mark.span) | {"name": mark.name, "value": mark.value} for mark in line.marks],
        "near_misses": [span_json(miss.span) | {"rule": miss.rule, "veto": miss.veto} for miss in line.misses],
    }
