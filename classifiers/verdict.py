"""What the story is as a whole: relevant or not, its stage, whether it is worth an alert; each with its reason in words."""

from dataclasses import dataclass

from classifiers.frames import Found
from classifiers.lexicon import Hit, Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import Document, Kind
from core.codes import Stage
from core.readings import Evidence, Span


@dataclass(slots=True)
class Relevance:
    """The sum of the cues for and against, and the cues that carried it."""

    relevant: bool
    score: float
    evidence: tuple[Evidence, ...]
    why: str


class Style:
    """How a story is written: as one who weighs and judges, or as one who reports."""

    def __init__(self, book: Rulebook) -> None:
        style = book["stage"]["style"]
        self.least, self.most = float(style["least"]), float(style["most"])
        self.judging, self.attributing = frozenset(style["judging"]), frozenset(style["attributing"])
        self.spoken = tuple(style["spoken"])

    def score(self, doc: Document, tagged: list[Tagged]) -> float:
        """What the style adds to the cues of commentary; nothing for a record of what somebody said."""
        if doc.language != "en" or any(word in doc.title_fold for word in self.spoken):
            return 0.0
        words = judging = attributing = quotes = 0
        for tags in tagged:
            if tags.sentence.field == "title" or tags.sentence.kind is not Kind.BODY:
                continue
            if '"' not in tags.words:  # nobody is quoted, so that every word is the story's own
                words += sum(t.word for t in tags.sentence.tokens)
                judging += sum(map(self.judging.__contains__, tags.lows))
                attributing += sum(map(self.attributing.__contains__, tags.lows))
                continue
            within = False
            for t in tags.sentence.tokens:
                if not t.word:
                    opens = t.text in '"“”'
                    quotes += opens and not within
                    within ^= opens
                elif not within:
                    words += 1
                    judging += t.low in self.judging
                    attributing += t.low in self.attributing
        if words < SHORTEST:
            return 0.0
        balance = (judging - 2.0 * attributing - 0.5 * quotes) * 100 / words
        return min(balance, self.most) if balance >= self.least else 0.0


SHORTEST = 80
"""Words from which a text has a style of its own."""


class Judge:
    """Weighs relevance and stage by the rulebook's cues."""

    def __init__(self, book: Rulebook) -> None:
        self.threshold = float(book["relevance"]["threshold"])
        begun = book["stage"]["begun"]
        self.past, self.future, self.bounds = frozenset(begun["past"]), frozenset(begun["future"]), frozenset(begun["bounds"])
        self.author = tuple(begun["author"])
        self.timely = self.past | self.future | self.bounds | {"under", "underway", "would", "to"}
        self.commentary = float(book["stage"]["commentary"]["threshold"])
        self.style = Style(book)

    def relevance(self, doc: Document, tagged: list[Tagged], meetings: set[str]) -> Relevance:
        """Whether the story is about ASEAN as an institution or diplomacy in its framework."""
        plus = minus = sport = 0.0
        asean_sentences = sentences = 0
        evidence: list[Evidence] = []
        body = [t.sentence.paragraph for t in tagged if t.sentence.kind is Kind.BODY]
        lead = body[0] if body else -1
        early = strong = decided = led = weighty = entitled = False
        games: set[str] = set()
        for tags in tagged:
            s = tags.sentence
            if s.kind in (Kind.CHROME, Kind.CAPTION) or (s.kind is Kind.HEADING and s.field == "text"):
                continue
            factor = 2.0 if s.field == "title" else 1.5 if s.paragraph <= lead + 1 else 0.8
            sentences += 1
            best: tuple[float, Hit] | None = None
            seen: set[str] = set()
            for h in tags.of("relevance"):
                weight = float(h.entry.detail)
                if weight > 0:
                    if best is None or weight > best[0]:
                        best = (weight, h)
                    continue
                word = " ".join(t.low for t in s.tokens[h.i : h.j])
                if word not in seen:
                    seen.add(word)
                    lost = -weight * (factor if s.field == "title" or s.paragraph <= lead + 1 else 0.5)
                    if h.entry.id in ("sport", "game", "notice"):
                        sport += lost
                        games.add(word)
                    else:
                        minus += lost
            deciders = any(
                h.entry.detail in ("ministerial", "leaders") or (h.entry.id == "officials" and h.j - h.i > 1) for h in tags.of("actor")
            )
            if best is not None and best[0] < 2.5 and deciders:
                best = (2.5, best[1])  # ministers, leaders or officials in one sentence with ASEAN
            if (
                best is None
                and meetings
                and any(_in_full(h) and h.entry.id not in ("BILATERAL", "FORUM", "OFFICIALS", "COC") for h in tags.of("meeting"))
            ):
                best = (2.0, tags.of("meeting")[0])
            if best is not None and best[0] >= 2.5 and tags.of("act") and any(_in_full(h) for h in tags.of("meeting")):
                decided = True  # a meeting of the bloc that does something is news, however late it comes
            entitled = entitled or (s.field == "title" and best is not None)
            weighty = weighty or (entitled and deciders and s.field == "text" and s.paragraph <= lead + 1)
            led = led or (best is not None and best[0] >= 2.5 and deciders and (s.field == "title" or s.paragraph <= lead))
            if s.field == "title" and best is None:
                minus += 3.0 * any(h.entry.id == "other-body" for h in tags.of("relevance"))
            if best is not None:
                asean_sentences += 1
                weighty = weighty or best[0] >= 2.0
                early = early or s.field == "title" or s.paragraph <= lead + 1
                strong = strong or (best[0] >= 2.5 and (s.field == "title" or s.paragraph <= lead + 1))
                plus += best[0] * factor
                if len(evidence) < 5:
                    h = best[1]
                    start, end = s.span(h.i, h.j)
                    evidence.append(
                        Evidence(
                            span=Span(field=s.field, start=start, end=end, quote=doc.quote(s.field, start, end)),
                            rule=f"relevance.{h.entry.id}",
                            weight=round(best[0] * factor, 2),
                        )
                    )
        plus += 2.0 * len(meetings)
        share = asean_sentences / max(1, sentences)
        if strong:
            minus *= 0.35  # a story that opens with ASEAN's bodies or deciders may speak of courts, clubs and companies too
        if len(games) > 1 or sport >= 4:  # one "match" or "team" says nothing
            minus += sport  # a championship or a closed road is never diplomacy, whoever opens it
        score = plus - minus
        named = bool(meetings) and plus >= 1.5 * self.threshold  # whose opening says "Asian defence talks" and whose body says which
        relevant = (
            score >= self.threshold and plus >= self.threshold and (early or decided or named) and (share >= 0.08 or led or bool(meetings))
        )
        relevant = relevant and (weighty or bool(meetings) or share >= 0.5)  # a market that is called ASEAN is no diplomacy
        why = (
            f"cues for {plus:.1f}, against {minus:.1f}, threshold {self.threshold:.1f}; ASEAN in {asean_sentences} of {sentences} sentences"
        )
        if not (early or decided or named):
            why += "; not in title or opening"
        return Relevance(relevant, score, tuple(evidence), why)

    def commentary_score(self, doc: Document, tagged: list[Tagged]) -> float:
        """How much the text speaks as analysis, opinion or explainer."""
        score = 0.0
        title_words = doc.title_fold
        for tags in tagged:
            for h in tags.of("commentary"):
                where, weight = h.entry.id, float(h.entry.detail)
                in_title = tags.sentence.field == "title"
                if where == "title":
                    if not in_title:
                        continue
                    word = " ".join(t.low for t in tags.sentence.tokens[h.i : h.j])
                    if (
                        word
                        in (
                            "why",
                            "how",
                            "what is",
                            "what a",
                            "can asean",
                            "will asean",
                            "does asean",
                            "has asean",
                            "will southeast",
                            "should",
                            "must",
                            "needs a",
                            "is it time",
                        )
                        and h.i > 2
                        and "?" not in title_words
                    ):
                        continue
                    if word in ("should", "must") and "?" not in title_words:
                        weight *= 0.5
                elif where == "text" and in_title:
                    continue
                score += weight
        if doc.title.rstrip().endswith("?"):
            score += 1.0
        for p in doc.paragraphs:  # notes on the author stand in furniture too
            if p.kind is not Kind.BODY:
                line = doc.text_fold[p.start : p.end]
                if len(line) < 240 and (
                    any(c in line for c in self.author)
                    or (
                        line.lstrip("*|- ").startswith(("editorial", "commentary", "opinion", "op-ed", "analysis"))
                        and len(line) < 50
                        and not any(c.isdigit() for c in line)
                    )
                ):
                    score += 3.0
        return score

    def stage(self, relevant: bool, commentary: float, style: float, found: list[Found], begun: bool, ahead: float) -> tuple[Stage, str]:
        """The stage and why."""
        if not relevant:
            return Stage.NONE, "not about ASEAN meetings or diplomacy"
        fresh = [f for f in found if f.status in ("done", "failed") and f.strength >= 1]
        if commentary >= self.commentary + ((1.0 if style else 2.0) if fresh else 0.0):
            return Stage.COMMENTARY, f"speaks as commentary ({commentary:.1f})"
        done = [f for f in found if f.status in ("done", "failed")]
        if done and not begun and all(f.level == "officials" for f in done):
            return Stage.PREVIEW, "officials prepared what is still to come"
        if done:
            return Stage.OUTCOME, f"reports {len(done)} result(s)"
        if not begun:
            return Stage.PREVIEW, f"its meeting or result is still to come ({ahead:.1f})"
        return Stage.ONGOING, "reports a meeting or positions, nothing decided"

    def begun(self, tagged: list[Tagged], found: list[Found]) -> tuple[bool, float]:
        """Whether the story's meeting has begun or ended: past against future wording, the opening counting most."""
        past = future = 0.0
        body = [t.sentence.paragraph for t in tagged if t.sentence.kind is Kind.BODY]
        lead = body[0] if body else -1
        for tags in tagged:
            s = tags.sentence
            if s.kind in (Kind.CHROME, Kind.CAPTION) or (s.kind is Kind.HEADING and s.field == "text"):
                continue
            weight = 2.0 if s.paragraph <= lead else 1.0 if s.paragraph <= lead + 2 else 0.5
            if s.field == "title":
                weight = 1.5
            words = tags.lows
            for n, w in enumerate(words):
                if w not in self.timely:
                    continue
                if w in self.bounds and any(
                    h.i - 8 <= n <= h.j + 8 and h.entry.id not in ("FORUM", "BILATERAL") for h in tags.of("meeting")
                ):
                    past += 2.5 * weight
                if (w in self.past and not any(x in ("will", "would", "to", "be", "is", "are") for x in words[max(0, n - 3) : n])) or (
                    w in ("under", "underway") and (w == "underway" or words[n + 1 : n + 2] == ["way"])
                ):
                    past += weight
                elif w == "would":
                    future += 0.5 * weight
                elif w in self.future:
                    future += weight
                elif w == "to" and s.field == "title":
                    future += 1.2
                elif w == "to" and n and words[n - 1] in ("is", "are", "set", "due", "scheduled", "expected", "slated", "ready"):
                    future += weight
        return past >= future, future - past


def _in_full(h: Hit) -> bool:
    """Whether a meeting is named by more than an acronym, a number or a word that may mean something else."""
    return h.entry.detail not in ("acronym", "ordinal", "loose")
