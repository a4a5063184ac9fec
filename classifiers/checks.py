"""The examples that stand beside the rules, run through the reader: each `yes` must be taken, each `no` must be left alone.

An example is one sentence of a story. It is read behind a neutral opening (`LEAD`), as of `DAY`, and only what is found in the example
itself counts. An example that begins with "# " is a headline and is read as the title.

    entry        yes means                                                     no means
    act          an outcome in the right mode rests on this act                none does
    object       an outcome of this type is about a thing of this entry        none is
    actor        an outcome has this actor in its sentence, at its level       none has
    veto         nothing is decided, and the reason is "decided elsewhere"     that reason is not given
    meeting      the meeting is spoken of                                      it is not
    topic        the topic is given                                            it is not
    relevance    the example alone is about ASEAN                              it is not
    against      the example alone is not about ASEAN                          it is
    commentary   the story is commentary                                       it is not
    agency       the text or the outcome's sentence is credited to it          neither is
    alert        the user's alert is raised                                    it is not

The right mode of an act is done; of acts of the family `await`, which speak of what is ahead, planned; of the family `drop`, failed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from classifiers.entries import RuleEntry, entries
from classifiers.lexicon import Tagged
from classifiers.reader import Reader
from core.articles import Article
from core.codes import Stage, Status
from core.readings import Evidence, Reading, Sighting, Span

LEAD = "Ministers of the Association of Southeast Asian Nations (ASEAN) met on Friday."
DAY = datetime(2024, 7, 26, 12, tzinfo=UTC)
"""A Friday, on which the foreign ministers met in Vientiane."""
HEADLINE = "# "

_ELSEWHERE = "decided elsewhere"
_MODES = {"await": Status.PLANNED, "drop": Status.FAILED}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one example."""

    entry: RuleEntry
    wanted: bool
    """Whether the rule must take it."""
    example: str
    held: bool
    """Whether it did what it must."""
    reason: str
    """What was found instead; empty when it held."""

    @property
    def line(self) -> int:
        """The line of the example in its file."""
        return self.entry.line_of(self.example)


@dataclass(frozen=True, slots=True)
class Shown:
    """An example as it was read."""

    article: Article
    reading: Reading
    start: int
    """Where in the text the example begins; a headline begins at the title."""
    tagged: list[Tagged]

    def inside(self, span: Span) -> bool:
        """Whether a span lies in the example."""
        return span.field == "title" or span.start >= self.start

    @property
    def sightings(self) -> list[Sighting]:
        """The outcomes that the example gives."""
        return [sighting for sighting in self.reading.sightings if self.inside(sighting.evidence.span)]

    def any_inside(self, evidence: tuple[Evidence, ...]) -> bool:
        """Whether some of the evidence lies in the example."""
        return any(self.inside(one.span) for one in evidence)


def check(reader: Reader) -> list[Verdict]:
    """The verdict on each example of the reader's rules, in the order of the files."""
    return [
        _verdict(reader, entry, wanted, example)
        for entry in entries(reader.book, reader.custom.rules)
        for wanted, example in entry.examples
    ]


def _verdict(reader: Reader, entry: RuleEntry, wanted: bool, example: str) -> Verdict:
    shown = _read(reader, example, alone=entry.kind in ("relevance", "against"))
    held = _JUDGES[entry.kind](entry, shown) is wanted
    return Verdict(entry, wanted, example, held, "" if held else _said(shown))


def _read(reader: Reader, example: str, *, alone: bool) -> Shown:
    """Reads an example behind the opening, or by itself."""
    title = example.removeprefix(HEADLINE) if example.startswith(HEADLINE) else ""
    lead = "" if alone else LEAD
    text = lead if title else "\n\n".join(part for part in (lead, example) if part)
    article = Article(key="example", url="", title=title, text=text, published=DAY)
    return Shown(article, reader.read(article), len(text) - (0 if title else len(example)), reader.tagged(article)[1])


def _act(entry: RuleEntry, shown: Shown) -> bool:
    mode = _MODES.get(entry.row["family"], Status.DONE)
    return any(entry.name in sighting.rules and sighting.status is mode for sighting in shown.sightings)


def _object(entry: RuleEntry, shown: Shown) -> bool:
    things = _hits(shown, "object", entry.row["id"])
    return any(
        sighting.type.value == entry.row["type"]
        and any(_within(thing, slot.span) for slot in sighting.slots if slot.name == "object" for thing in things)
        for sighting in shown.sightings
    )


def _actor(entry: RuleEntry, shown: Shown) -> bool:
    actors = _hits(shown, "actor", entry.row["id"])
    level = entry.row["level"]
    return any(
        level in ("context", sighting.level.value) and any(_within(actor, sighting.sentence) for actor in actors)
        for sighting in shown.sightings
    )


def _veto(entry: RuleEntry, shown: Shown) -> bool:
    decided = any(sighting.status is not Status.PLANNED for sighting in shown.sightings)
    return not decided and any(miss.veto.startswith(_ELSEWHERE) and shown.inside(miss.span) for miss in shown.reading.near_misses)


def _meeting(entry: RuleEntry, shown: Shown) -> bool:
    return any(mention.meeting.type == entry.row["code"] and shown.any_inside(mention.evidence) for mention in shown.reading.meetings)


def _topic(entry: RuleEntry, shown: Shown) -> bool:
    code = entry.own.name if entry.own else entry.row["code"]
    return any(topic.code == code and shown.any_inside(topic.evidence) for topic in shown.reading.topics)


def _agency(entry: RuleEntry, shown: Shown) -> bool:
    credits = [shown.reading.origin, *(sighting.origin for sighting in shown.sightings)]
    return any(credit is not None and credit.name == entry.row["name"] for credit in credits)


def _alert(entry: RuleEntry, shown: Shown) -> bool:
    return any(f"alert.{alert.name}" == entry.name for alert in shown.reading.user_alerts)


_JUDGES: dict[str, Callable[[RuleEntry, Shown], bool]] = {
    "act": _act,
    "object": _object,
    "actor": _actor,
    "veto": _veto,
    "meeting": _meeting,
    "topic": _topic,
    "relevance": lambda _, shown: shown.reading.relevant,
    "against": lambda _, shown: not shown.reading.relevant,
    "commentary": lambda _, shown: shown.reading.stage is Stage.COMMENTARY,
    "agency": _agency,
    "alert": _alert,
}


def _hits(shown: Shown, kind: str, rule: str) -> list[Span]:
    """Where the lexicon finds the words of a rule in the example."""
    found = []
    for tags in shown.tagged:
        s = tags.sentence
        for hit in tags.of(kind):
            start, end = s.span(hit.i, hit.j)
            span = Span(field=s.field, start=start, end=end, quote="")
            if hit.entry.id == rule and shown.inside(span):
                found.append(span)
    return found


def _within(one: Span, other: Span) -> bool:
    return one.field == other.field and other.start <= one.start and one.end <= other.end


def _said(shown: Shown) -> str:
    """What the reader made of an example, in one line."""
    reading = shown.reading
    if not reading.relevant:
        return f"not about ASEAN ({reading.notes[0]})"
    said = [f"{sighting.type} {sighting.status} by {', '.join(sighting.rules)}" for sighting in shown.sightings]
    said += [f"kept out: {miss.veto} ({miss.rule})" for miss in reading.near_misses if shown.inside(miss.span)]
    codes = [mention.meeting.type for mention in reading.meetings] + [topic.code for topic in reading.topics]
    said += [f"found {', '.join(codes)}"] if codes else []
    said += [f"stage {reading.stage}"] if reading.stage is Stage.COMMENTARY else []
    return "; ".join(said) or "nothing was found"
