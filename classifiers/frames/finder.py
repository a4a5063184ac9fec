"""Outcomes of a document: every frame over every sentence, and what is left when repeated mentions fall together."""

from collections import defaultdict
from dataclasses import dataclass

from classifiers import times
from classifiers.english import BE, DETERMINERS, HAVE, PREPOSITIONS
from classifiers.frames import deciding, joining, reports, talks, things
from classifiers.frames.frame import Act, Found, Frame, Lexis, Missed, Scene
from classifiers.grammar import in_name
from classifiers.lexicon import Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import Document, Kind

MOST_COMPARED = 60
"""Outcomes with which another one is compared; a text that reports more is a register, and the cost must stay linear in its length."""


LONGEST_ITEM = 400
"""Characters between the bullet of an item and a sentence in it."""


_OPENERS = frozenset({"the", "a", "an", "its", "their", "our", "his", "her", "this", "these", "newly"})
"""Words behind which a participle describes the noun that follows."""

_BARE = frozenset({"accord", "accords", "agreement", "agreements", "pact", "pacts", "deal", "deals", "treaty", "arrangements"})
"""What an agreement is called when it is not named."""


@dataclass(frozen=True, slots=True)
class Past:
    """A look back in a paragraph: its words, and whether the sentence at hand goes on with it."""

    paragraph: int
    words: str
    goes_on: bool


class Finder:
    """Finds the outcomes of a document by the frames of the rulebook."""

    def __init__(self, book: Rulebook) -> None:
        self.lexis = Lexis(book)

    def find(self, doc: Document, tagged: list[Tagged], scene: Scene) -> tuple[list[Found], list[Missed]]:
        """The outcomes of the story and what nearly was one."""
        found: list[Found] = []
        missed: list[Missed] = []
        past: Past | None = None
        tac = any(h.entry.id == "tac" for tags in tagged for h in tags.of("object"))
        listing: reports.Listing | None = None
        for tags in tagged:
            listed = listing is not None and self._item(doc, tags)
            if listing is not None and not listed and tags.sentence.paragraph > listing.paragraph:
                listing = None
            if tags.sentence.kind in (Kind.CAPTION, Kind.CHROME) or (
                tags.sentence.kind is Kind.HEADING and tags.sentence.field != "title" and not listed
            ):
                continue
            mine: list[Found] = []
            whens = times.expressions(tags, scene.published, scene.year)
            frame = self._sentence(tags, doc.title if tags.sentence.field == "title" else doc.text, scene, whens, tac, mine, missed)
            if frame is not None and listed and listing is not None:
                reports.item(frame, listing)
            elif frame is not None:
                listing = reports.listing(frame) or listing
                if found:
                    reports.among(frame, found[-1])
            past = self._carried(tags, whens, past)
            if past is not None and past.goes_on:
                for f in [f for f in mine if f.status != "planned"]:
                    missed.append(Missed(f.tags, f.i, f.j, f.rules[0], f"recalled (still {past.words})"))
                mine = [f for f in mine if f.status == "planned"]
            found.extend(self._apart(mine))
        return self._settle(found), missed

    @staticmethod
    def _item(doc: Document, tags: Tagged) -> bool:
        """Whether a sentence is an item of a list: a line that opens with a bullet or a number."""
        s = tags.sentence
        if s.field != "text":
            return False
        start = doc.text.rfind("\n", max(0, s.start - LONGEST_ITEM), s.start) + 1
        line = doc.text[start : s.start + 4].lstrip()
        return (
            start > 0
            and bool(line)
            and (line[0] in "•·◦▪*-–—" or (line[0].isdigit() and (line[1:2] in (".", ")") or line[2:3] in (".", ")"))))
        )

    def _carried(self, tags: Tagged, whens: list[times.When], past: Past | None) -> Past | None:
        """A look back that goes on: what follows "In 2016 the leaders met" speaks of that meeting until a new time is named."""
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
            if s.tokens[0].text in "\"“'" or first in self.lexis.words.backward:
                return Past(past.paragraph, past.words, True)
        return Past(s.paragraph, opening.words, False) if opening is not None else None

    def _sentence(
        self, tags: Tagged, source: str, scene: Scene, whens: list[times.When], tac: bool, out: list[Found], missed: list[Missed]
    ) -> Frame | None:
        if not tags.of("act") and not tags.of("object") and not tags.words & {"decision", "henceforth"}:
            return None
        acts = self._acts(tags)
        frame = Frame(self.lexis, tags, source, scene, acts, whens, tac, out, missed)
        joining.accession(frame)
        joining.partnership(frame)
        joining.membership(frame)
        talks.negotiation(frame)
        talks.coordination(frame)
        talks.funding(frame)
        things.things(frame)
        things.launched(frame)
        reports.exemplified(frame)
        reports.titled(frame)
        reports.failures(frame)
        reports.quoted_documents(frame)
        reports.awaited(frame)
        deciding.tasks(frame)
        deciding.exclusions(frame)
        deciding.decisions(frame)
        deciding.henceforth(frame)
        deciding.taken(frame)
        reports.prospects(frame)
        return frame

    def _acts(self, tags: Tagged) -> list[Act]:
        forms: dict[tuple[int, int, str, str], set[str]] = defaultdict(set)
        hits = tags.of("act")
        named: dict[int, bool] = {}
        for h in hits:
            if h.i not in named:
                named[h.i] = in_name(tags.sentence, h.i)
            if named[h.i] and h.j - h.i < 4:
                continue
            forms[h.i, h.j, h.entry.detail, h.entry.id].add(h.entry.form)
        acts = []
        for (i, j, detail, rule), fs in forms.items():
            if fs <= {"base", "third"} and self._noun(tags, i, j):
                continue
            if fs <= {"past", "pp"} and j - i == 1 and i and tags.sentence.tokens[i - 1].low in _OPENERS and self._modifies(tags, j):
                continue  # "the renewed mandate"
            family, *flags = detail.split("|")
            acts.append(
                Act(
                    i,
                    j,
                    family,
                    rule,
                    frozenset(f for f in fs if f),
                    "nominal" in fs,
                    "c" in flags[0],
                    "w" in flags[0],
                    flags[1] if len(flags) > 1 else "",
                )
            )
        acts.sort(key=lambda a: (a.i, -(a.j - a.i)))
        return acts

    def _noun(self, tags: Tagged, i: int, j: int) -> bool:
        """Whether "issues", "plans", "reports" is a noun here: behind an article or adjective, before a mark or preposition."""
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
            return not (before is not None and (before.low == "to" or before.low in self.lexis.grammar.future))
        return before is not None and (
            before.low in DETERMINERS or (before.low in PREPOSITIONS and before.low != "to") or before.low in self.lexis.words.before_nouns
        )

    @staticmethod
    def _modifies(tags: Tagged, j: int) -> bool:
        """Whether a noun stands behind a participle: "the revised plan", not "the adopted by"."""
        tokens = tags.sentence.tokens
        return j < len(tokens) and tokens[j].word and tokens[j].low not in PREPOSITIONS

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
            if not any(self._same(f, k) for k in kept[-MOST_COMPARED:]):
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
        if a.type == "agreement" and (wa <= _BARE or wb <= _BARE):
            return True  # "accords inked", and then which
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
