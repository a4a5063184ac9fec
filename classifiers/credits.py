"""Whose text it is, whom a sentence names as the source of its news, and whether it quotes somebody who may speak for the deed.

    dateline     HANOI (VNA) –        KUALA LUMPUR, July 27 (Bernama) --      新华社万象7月27日电
    tag line     ... on Friday. — AFP        ... on Friday./.VNA
    credit line  Source: Xinhua
    sentence     ..., according to VNA       Kyodo reported that ...

The words are those of `agencies.toml`. Only the opening, the ends of paragraphs and the sentences of outcomes are looked at.
"""

import re
from collections.abc import Iterable, Iterator

from classifiers.lexicon import Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import SPACELESS, Document, Kind, Paragraph, Sentence
from core.articles import Article
from core.readings import Credit, Evidence, Span

RULE = "agency."
"""What the names of the rules begin with: agency.VNA."""
_OPENING = 4
"""Paragraphs in which a dateline, or a credit above the story, may stand."""
_DATELINE = 140
"""Characters of a paragraph in which its dateline ends."""
_TAIL = 48
"""Characters at the end of a paragraph in which a tag line stands."""
_SHORT = 160
"""Characters that a line with a credit has at most."""
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]")
_MARKS = "(（【:：电電讯訊"
"""Without one of these, or an agency's name before everything else, nothing at the head of a paragraph is a credit."""
_CLOSING = " \t\n)）.*"


def signatures(book: Rulebook) -> tuple[str, ...]:
    """All that stands where an agency signs its story, in the spellings that are seen, the longest first."""
    return _longest_first({*_spellings(book), *book["agencies"]["sign"]["others"]})


class Credits:
    """Finds credits and quoted speakers by the words of `agencies.toml`."""

    def __init__(self, book: Rulebook) -> None:
        data = book["agencies"]
        self._agencies = _spellings(book)
        self._names = _longest_first(self._agencies)
        self._houses = {house.casefold(): row["name"] for row in data["agency"] for house in row.get("publishers", ())}
        name = f"({_any(self._names)})"
        beside = r"[\w .]{1,30}"
        self._dateline = re.compile(
            rf"\((?:{beside}[/,;\-])?{name}(?:[/,;\-]{beside})?\)(?=\s*(?:--|[-–—:|]))|[（【]{name}[）】]"
            rf"|^{name}\s*(?:--|[-–—:|])|^{name}[^\s，。]{{0,16}}[电電讯訊]"
        )
        self._tag = re.compile(
            rf"^[\s\-–—/(（.*]*(?:[A-Za-z]{{2,12}}[/-])?{name}[{_CLOSING}]*$|[.!?。！？\"”’)/]\s*[-–—/(（]*\s*{name}[{_CLOSING}]*$"
        )
        self._credit = re.compile(rf"(?i:{_any(data['credit']['labels'])})\s*[:：]\s*{name}")
        before, after = (_any(data["attribution"][key]) for key in ("before", "after"))
        article = _any(data["attribution"]["between"])
        self._attributed = re.compile(
            rf"(?i:{before})\s*(?:(?i:{article})\s*){{0,4}}{name}|{name}\s*(?:(?i:{article})\s*){{0,2}}(?i:{after})"
        )
        titles, says, said_by = (_any(data["speaker"][key]) for key in ("titles", "says", "said_by"))
        self._saying = frozenset(word.split()[0] for key in ("says", "said_by") for word in data["speaker"][key])
        self._speaker = re.compile(rf"{titles}[^.;!?。；！？]{{0,90}}?{says}|{said_by}\s(?:[\w.'-]+\s){{0,4}}?{titles}")

    def of_text(self, doc: Document, article: Article) -> Credit | None:
        """The agency whose text it is: by its dateline, its tag line, a credit line, or because the publisher is one; None otherwise."""
        story = [p for p in doc.paragraphs if p.kind is not Kind.CAPTION]
        found = next((one for p in story[:_OPENING] for one in self._opening(doc, p)), None)
        found = found or next((one for p in reversed(story) for one in self._ending(doc, p)), None)
        if found is None and (house := self._houses.get(article.publisher.casefold())):
            return Credit(name=house)
        return found

    def of_sentence(self, doc: Document, sentence: Sentence) -> Credit | None:
        """The agency that a sentence names as the source of its news; None when there is none."""
        said = doc.quote(sentence.field, sentence.start, sentence.end)
        if not any(name in said for name in self._names):
            return None
        return self._credited(doc, sentence.field, self._attributed.search(said), sentence.start)

    def speaker(self, doc: Document, tags: Tagged) -> Span | None:
        """The words by which a sentence quotes somebody who may speak for the deed; None when it quotes nobody."""
        sentence = tags.sentence
        if doc.language not in SPACELESS and self._saying.isdisjoint(tags.words):
            return None
        found = self._speaker.search(doc.folded(sentence.field), sentence.start, sentence.end)
        if found is None:
            return None
        start, end = found.span()
        return Span(field=sentence.field, start=start, end=end, quote=doc.quote(sentence.field, start, end))

    def _opening(self, doc: Document, paragraph: Paragraph) -> Iterator[Credit]:
        head = doc.text[paragraph.start : min(paragraph.end, paragraph.start + _DATELINE)]
        marked = any(mark in head for mark in _MARKS) or head.startswith(self._names)
        if marked and any(name in head for name in self._names):
            for expression in (self._dateline, self._credit):
                if credit := self._credited(doc, "text", expression.search(head), paragraph.start):
                    yield credit

    def _ending(self, doc: Document, paragraph: Paragraph) -> Iterator[Credit]:
        start = max(paragraph.start, paragraph.end - _TAIL)
        tail = doc.text[start : paragraph.end]
        if tail.rstrip(_CLOSING).endswith(self._names) and (credit := self._credited(doc, "text", self._tag.search(tail), start)):
            yield credit
        if paragraph.end - paragraph.start > _SHORT:
            return
        line = doc.text[paragraph.start : paragraph.end]
        named = (":" in line or "：" in line) and any(name in line for name in self._names)
        if named and (credit := self._credited(doc, "text", self._credit.search(line), paragraph.start)):
            yield credit

    def _credited(self, doc: Document, field: str, found: re.Match[str] | None, offset: int) -> Credit | None:
        """What an expression found, whose groups are all names of agencies."""
        if found is None or found.lastindex is None:
            return None
        start, end = (offset + at for at in found.span())
        name = self._agencies[found[found.lastindex]]
        evidence = Evidence(span=Span(field=field, start=start, end=end, quote=doc.quote(field, start, end)), rule=RULE + name)
        return Credit(name=name, evidence=evidence)


def _spellings(book: Rulebook) -> dict[str, str]:
    """Each name of an agency as it is seen, in capitals too, and the name under which it is counted."""
    known: dict[str, str] = {}
    for row in book["agencies"]["agency"]:
        for name in row["names"]:
            known |= {name: row["name"]} | ({name.upper(): row["name"]} if len(name) > 3 else {})
    return known


def _longest_first(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def _any(words: Iterable[str]) -> str:
    """An expression for any of the words, whole ones where the script has spaces between them."""
    spaced = [re.escape(word) for word in _longest_first(words) if not _WIDE.search(word)]
    wide = [re.escape(word) for word in _longest_first(words) if _WIDE.search(word)]
    parts = [rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"] if spaced else []
    return f"(?:{'|'.join(parts + wide)})"
