"""The reader: an article in, a reading out; pure, linear in the length of the text, the same for the same rules.

text -> sentences -> tags -> meetings, topics, outcomes -> relevance, stage, alert
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib.resources.abc import Traversable

from classifiers import custom, foreign, language, translation
from classifiers.credits import Credits
from classifiers.frames import Finder, Found, Missed, Scene
from classifiers.lexicon import Lexicon, Tagged
from classifiers.meetings import LEADERS, OFFICIALS, MeetingFinder, Seen, primary
from classifiers.page import Page
from classifiers.places import relocated, visible
from classifiers.rulebook import Rulebook, load
from classifiers.text import Document, Kind, document
from classifiers.times import story_year
from classifiers.topics import TopicFinder
from classifiers.verdict import Judge
from core.articles import Article
from core.codes import LangSupport, Level, OutcomeType, Stage, Status
from core.readings import Evidence, Meeting, NearMiss, Reading, Sighting, Slot, Span

LONGEST = 200_000
"""Characters that are read of one text; a longer one is read up to here and flagged `truncated`."""

FULL = ("en",)
PARTIAL = ("vi", "id", "ms", "th", "zh", "ja", "fr", "tl")


class Reader:
    """Reads articles by one rulebook."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.ruleset = book.digest
        self.custom = custom.Finder(book)
        self._lexicon = Lexicon(book, self.custom.phrases)
        self._page = Page(book)
        self._credits = Credits(book)
        self._meetings = MeetingFinder(book)
        self._topics = TopicFinder(book)
        self._outcomes = Finder(book)
        self._foreign = foreign.Finder(book)
        self._judge = Judge(book)

    def read(self, article: Article) -> Reading:
        """All that can be said of the article; never raises for any text. Spans quote the article's own fields."""
        title, title_back = visible(article.title)
        text, text_back = visible(article.text[:LONGEST])
        shown = replace(article, title=title, text=text)
        doc, tagged = self.tagged(shown)
        reading = self.custom.added(self._read(shown, doc, tagged, len(article.text) > LONGEST), doc, tagged, shown)
        if title_back is None and text_back is None:
            return reading
        fields = {"title": (article.title, title_back), "text": (article.text, text_back)}
        return relocated(reading, fields)

    def tagged(self, article: Article) -> tuple[Document, list[Tagged]]:
        """The article taken apart, and what the lexicon finds in each of its sentences."""
        doc = document(article.title, article.text, self._page.paragraphs, language.detect(article.title, article.text))
        return doc, self._lexicon.tag(doc)

    def _read(self, article: Article, doc: Document, tagged: list[Tagged], truncated: bool) -> Reading:
        lang = doc.language
        support = LangSupport.FULL if lang in FULL else LangSupport.PARTIAL if lang in PARTIAL else LangSupport.NONE
        flags = (
            set(doc.flags)
            | ({"truncated"} if truncated else set())
            | ({"machine_translated"} if len(translation.signs(doc.text, doc.text_fold)) >= translation.ENOUGH else set())
        )
        published = article.published.date() if article.published else None
        year = story_year(doc.sentences, published)
        asean = any(h.entry.id in ("asean", "asean-body", "region") for t in tagged for h in t.of("relevance"))
        seen = self._meetings.find(doc, tagged, year, asean, published)
        self._before_summit(seen, doc, published)
        relevance = self._judge.relevance(doc, tagged, {m.code for m in seen})
        if not relevance.relevant:
            return Reading(
                relevant=False,
                stage=Stage.NONE,
                alert=False,
                language=lang,
                lang_support=support,
                why_relevant=relevance.evidence,
                flags=tuple(sorted(flags)),
                notes=(relevance.why,),
                ruleset=self.ruleset,
            )
        deciders = self._deciders(tagged)
        main = primary(seen, {}, deciders)
        by_officials = deciders == "officials" and any(h.entry.id == "officials" for h in tagged[0].of("actor"))
        level = "officials" if by_officials else self._level(main) if main is not None else deciders or "ministerial"
        scene = Scene(published=published, year=year, level=level)
        finder = self._outcomes if support is LangSupport.FULL else self._foreign
        found, missed = finder.find(doc, tagged, scene)
        main = primary(seen, self._near(doc, seen, found), deciders)
        style = self._judge.style.score(doc, tagged)
        commentary = self._judge.commentary_score(doc, tagged) + style
        begun, ahead = self._judge.begun(tagged, found) if support is LangSupport.FULL else self._foreign.begun(doc, tagged)
        if not begun and ahead >= 2:
            found = [f for f in found if f.status == "planned" or not self._earlier(f)]
            if support is LangSupport.FULL and not any(f.status != "planned" and self._prominent(f, doc) for f in found):
                found = [f for f in found if f.status == "planned"]
        stage, why = self._judge.stage(True, commentary, style, found, begun, ahead)
        if stage is Stage.COMMENTARY:
            found = []
        mentions = self._meetings.mentions(seen, year, main)
        head = next((m.meeting for m in mentions if m.primary), None)
        sightings = tuple(self._sighting(doc, f, head) for f in found)
        alert = stage is Stage.OUTCOME and any(s.status is not Status.PLANNED and s.level is Level.MINISTERIAL for s in sightings)
        return Reading(
            relevant=True,
            stage=stage,
            alert=alert,
            language=lang,
            lang_support=support,
            meetings=tuple(mentions),
            topics=self._topics.implied(self._topics.find(doc, tagged), next((m for m in mentions if m.primary), None), sightings),
            sightings=sightings,
            why_relevant=relevance.evidence,
            near_misses=tuple(self._near_miss(doc, m) for m in missed),
            flags=tuple(sorted(flags)),
            notes=(
                relevance.why,
                f"stage: {why}",
                f"alert: {'a result of ministers is news' if alert else 'no result of ministers as news'}",
            ),
            ruleset=self.ruleset,
            origin=self._credits.of_text(doc, article) if sightings else None,
        )

    # -- pieces -----------------------------------------------------------------

    @staticmethod
    def _earlier(f: Found) -> bool:
        """In a story of what is to come: whether a result bears a date before the story's day."""
        return f.days is not None and f.days <= -2

    @staticmethod
    def _prominent(f: Found, doc: Document) -> bool:
        """In a story of what is to come: whether a result stands in front, is dated now, or has ministers or leaders for its subject."""
        s = f.tags.sentence
        lead = next((n for n, p in enumerate(doc.paragraphs) if p.kind is Kind.BODY), 0)
        told = "results of" in doc.title_fold or "outcome of" in doc.title_fold
        if told or s.field == "title" or s.paragraph <= lead + 1 or (f.days is not None and f.days > -2):
            return True
        when = f.slots.get("time")
        if when is not None and when[2] == "fresh":
            return True
        return any(h.entry.detail in ("ministerial", "leaders") and h.j <= f.slots["act"][0] for h in f.tags.of("actor"))

    @staticmethod
    def _level(code: str | None) -> str:
        return "leaders" if code in LEADERS else "officials" if code in OFFICIALS else "ministerial"

    @staticmethod
    def _deciders(tagged: list[Tagged]) -> str:
        """The level of a story that names no meeting: of whom its title and opening speak most."""
        counts = {"ministerial": 0, "leaders": 0, "officials": 0}
        for tags in tagged[:8]:
            for h in tags.of("actor"):
                if any(m.i < h.j and h.i < m.j and tags.sentence.tokens[h.i].low.isascii() for m in tags.of("meeting")):
                    continue  # the ministers in the name of their meeting
                if h.entry.detail in counts and not tags.sentence.tokens[h.j - 1].base.startswith("summit"):
                    counts[h.entry.detail] += 1
        return max(counts, key=lambda k: counts[k]) if any(counts.values()) else ""

    def _before_summit(self, seen: list[Seen], doc: Document, published: date | None) -> None:
        """The un-numbered meeting of the foreign ministers just before a Summit is a special one."""
        by = {m.code: m for m in seen}
        amm, summit = by.get("AMM"), by.get("SUMMIT")
        if amm is None or summit is None or amm.ordinals or "AMM-SPECIAL" in by or not summit.current:
            return
        low = doc.text_fold
        if (
            (published is not None and published.year >= 2017 and self._meetings.calendar.week(published) is None)
            or any(
                c in low or c in doc.title_fold
                for c in (
                    "eve of the",
                    "ahead of the",
                    "prior to the",
                    "preparation for the",
                    "preparations for the",
                    "before the summit",
                    "summits open",
                    "summit opens",
                    "menjelang",
                    "hari ini",
                )
            )
            or "summit" in doc.title_fold
        ):
            amm.code = "AMM-SPECIAL"

    @staticmethod
    def _near(doc: Document, seen: list[Seen], found: list[Found]) -> dict[str, float]:
        """Weight for the meetings in whose sentences or paragraphs results stand."""
        near: dict[str, float] = defaultdict(float)
        named = [
            (m, {field: sorted(e.span.start for e in m.evidence if e.span.field == field) for field in ("title", "text")}) for m in seen
        ]
        for f in found:
            if f.status == "planned":
                continue
            for m, places in named:
                if f.level == "leaders" and m.code not in LEADERS:
                    continue  # leaders who task ministers do not make the ministers' meeting that of the story
                if m.code == "PMC" and f.parties:
                    near[m.code] += 0.7  # what is done with a partner is done at the meeting with the partner
                s = f.tags.sentence
                n = bisect_left(places[s.field], s.start)
                if n < len(places[s.field]) and places[s.field][n] < s.end:
                    near[m.code] += 1.2
        return near

    def _sighting(self, doc: Document, f: Found, head: Meeting | None) -> Sighting:
        s = f.tags.sentence

        def span(i: int, j: int) -> Span:
            start, end = s.span(i, j)
            return Span(field=s.field, start=start, end=end, quote=doc.quote(s.field, start, end))

        slots = tuple(
            Slot(name=name, value=value, span=span(i, max(j, i + 1))) for name, (i, j, value) in f.slots.items() if 0 <= i < len(s.tokens)
        )
        title = _title(f.name or doc.quote(s.field, *s.span(*f.head)))
        return Sighting(
            type=OutcomeType(f.type),
            status=Status(f.status),
            level=Level(f.level) if f.level in ("ministerial", "leaders", "officials") else Level.MINISTERIAL,
            title=title,
            parties=f.parties,
            meeting=_of_others(head, f.parties),
            evidence=Evidence(span=span(f.i, f.j), rule=f.rules[0], weight=f.strength),
            sentence=Span(field=s.field, start=s.start, end=s.end, quote=doc.quote(s.field, s.start, s.end)),
            rules=tuple(f.rules),
            slots=slots,
            phase=f.phase,
            origin=self._credits.of_sentence(doc, s),
            speaker=self._credits.speaker(doc, f.tags),
        )

    @staticmethod
    def _near_miss(doc: Document, m: Missed) -> NearMiss:
        s = m.tags.sentence
        start, end = s.span(m.i, max(m.i + 1, min(m.j, len(s.tokens))))
        return NearMiss(
            what="outcome", span=Span(field=s.field, start=start, end=end, quote=doc.quote(s.field, start, end)), rule=m.rule, veto=m.veto
        )


_ARTICLES = frozenset("the a an these this those that its their our his her".split())


def _title(words: str) -> str:
    """A short name: one line, without an article before it or a weekday behind it."""
    listed = words.split()
    while len(listed) > 1 and listed[0].lower() in _ARTICLES:
        listed = listed[1:]
    while len(listed) > 2 and listed[-2].lower() == "on" and listed[-1].lower().rstrip(".,").endswith("day"):
        listed = listed[:-2]
    return " ".join(listed)[:200]


def _of_others(head: Meeting | None, parties: tuple[str, ...]) -> Meeting | None:
    """The story's meeting as that of a result with these parties: what is done with the UK was not done at the session with the RoK."""
    if head is None or head.partner is None or not parties or head.partner in parties:
        return head
    return replace(head, partner=None)


def load_reader(extra: Sequence[Traversable] = ()) -> Reader:
    """A reader by the rules that ship, with the rule files of `extra` folders in place of those of the same name. Raises ConfigError."""
    return Reader(load(extra))
