"""Topics: the codes about which the story says something in an ASEAN context, each with the words that say it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from classifiers.lexicon import Hit, Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import Document, Kind, Sentence
from core.readings import Evidence, MeetingMention, Sighting, Span, Topic

MOST_EVIDENCE = 5


class TopicFinder:
    """Weighs the terms of every topic over a document."""

    def __init__(self, book: Rulebook) -> None:
        self.threshold = {t["code"]: float(t.get("threshold", 2)) for t in book["topics"]["topic"]}
        self.by_meeting = {meeting: t["code"] for t in book["topics"]["topic"] for meeting in t.get("meetings", ())}
        self.by_outcome = {outcome: t["code"] for t in book["topics"]["topic"] for outcome in t.get("outcomes", ())}

    def find(self, doc: Document, tagged: list[Tagged]) -> tuple[Topic, ...]:
        """The topics at or above their threshold, heaviest first. A term counts once a sentence, once a story beyond that half."""
        score: dict[str, float] = defaultdict(float)
        proof: dict[str, list[tuple[Sentence, Hit, float]]] = defaultdict(list)
        terms: dict[str, set[str]] = defaultdict(set)
        for tags in tagged:
            s = tags.sentence
            if s.kind in (Kind.CAPTION, Kind.CHROME) or (s.kind is Kind.HEADING and s.field == "text"):
                continue
            hits = tags.of("topic")
            cuts = [h for h in hits if h.entry.detail == "0"]
            counted: set[tuple[str, str]] = set()
            for h in hits:
                code = h.entry.id
                if h.entry.detail == "0" or any(c.entry.id == code and c.i <= h.i and h.j <= c.j for c in cuts):
                    continue
                word = " ".join([t.base for t in s.tokens[h.i : h.j]])
                if (code, word) in counted:
                    continue
                counted.add((code, word))
                weight = float(h.entry.detail)
                if word in terms[code]:
                    weight *= 0.5
                terms[code].add(word)
                weight *= 2 if s.field == "title" else 1
                score[code] += weight
                if len(proof[code]) < MOST_EVIDENCE:
                    proof[code].append((s, h, weight))
        found = [
            Topic(code=code, score=round(weight, 2), evidence=tuple(_evidence(doc, *one) for one in proof[code]))
            for code, weight in score.items()
            if weight >= self.threshold[code]
        ]
        return tuple(sorted(found, key=_heaviest))

    def implied(self, topics: tuple[Topic, ...], main: MeetingMention | None, sightings: Sequence[Sighting]) -> tuple[Topic, ...]:
        """`topics` with those that the story's meeting and its outcomes imply: health ministers speak of health, whatever their words."""
        proofs: dict[str, Evidence] = {}
        if main is not None and main.evidence and main.meeting.type in self.by_meeting:
            proofs[self.by_meeting[main.meeting.type]] = main.evidence[0]
        for one in sightings:
            if one.type in self.by_outcome:
                proofs.setdefault(self.by_outcome[one.type], one.evidence)
        known = {topic.code for topic in topics}
        more = [
            Topic(code=code, score=self.threshold[code], evidence=(replace(proof, rule=f"topic.{code}.implied"),))
            for code, proof in proofs.items()
            if code not in known
        ]
        return tuple(sorted((*topics, *more), key=_heaviest)) if more else topics


def _heaviest(topic: Topic) -> tuple[float, str]:
    return (-topic.score, topic.code)


def _evidence(doc: Document, s: Sentence, h: Hit, weight: float) -> Evidence:
    start, end = s.span(h.i, h.j)
    return Evidence(
        span=Span(field=s.field, start=start, end=end, quote=doc.quote(s.field, start, end)), rule=f"topic.{h.entry.id}", weight=weight
    )
