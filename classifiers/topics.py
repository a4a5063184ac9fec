"""Topics: the codes about which the story says something in an ASEAN context, each with the words that say it."""

from collections import defaultdict

from classifiers.lexicon import Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import Document, Kind
from core.readings import Evidence, Span, Topic

MOST_EVIDENCE = 5


class TopicFinder:
    """Weighs the terms of every topic over a document."""

    def __init__(self, book: Rulebook) -> None:
        self.threshold = {t["code"]: float(t.get("threshold", 2)) for t in book["topics"]["topic"]}

    def find(self, doc: Document, tagged: list[Tagged]) -> tuple[Topic, ...]:
        """The topics at or above their threshold, heaviest first. A term counts once a sentence, once a story beyond that half."""
        score: dict[str, float] = defaultdict(float)
        evidence: dict[str, list[Evidence]] = defaultdict(list)
        terms: dict[str, set[str]] = defaultdict(set)
        for tags in tagged:
            s = tags.sentence
            if s.kind in (Kind.CAPTION, Kind.CHROME) or (s.kind is Kind.HEADING and s.field == "text"):
                continue
            hits = tags.of("topic")
            cut: dict[str, list[tuple[int, int]]] = defaultdict(list)
            for h in hits:
                if h.entry.detail == "0":
                    cut[h.entry.id].append((h.i, h.j))
            counted: set[tuple[str, str]] = set()
            for h in hits:
                weight = float(h.entry.detail)
                if not weight or any(a <= h.i and h.j <= b for a, b in cut[h.entry.id]):
                    continue
                word = " ".join(t.base for t in s.tokens[h.i : h.j])
                if (h.entry.id, word) in counted:
                    continue
                counted.add((h.entry.id, word))
                if word in terms[h.entry.id]:
                    weight *= 0.5
                terms[h.entry.id].add(word)
                weight *= 2 if s.field == "title" else 1
                score[h.entry.id] += weight
                start, end = s.span(h.i, h.j)
                if len(evidence[h.entry.id]) < MOST_EVIDENCE:
                    evidence[h.entry.id].append(
                        Evidence(
                            span=Span(field=s.field, start=start, end=end, quote=doc.quote(s.field, start, end)),
                            rule=f"topic.{h.entry.id}",
                            weight=weight,
                        )
                    )
        found = [Topic(code=c, score=round(v, 2), evidence=tuple(evidence[c])) for c, v in score.items() if v >= self.threshold[c]]
        return tuple(sorted(found, key=lambda t: (-t.score, t.code)))
