"""The text of a PDF (communiques, joint statements): paragraphs as they were before they were set in pages. The one door to pypdf.

pypdf gives lines as they stand on the page. Here running heads, feet and page numbers go, words that were divided are joined, and lines
become paragraphs again, because the classifiers read sentences. Every page is read by itself: one that cannot be costs itself alone.
"""

import io
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pypdf

from core.errors import ExtractError
from core.reasons import Reason
from core.texts import normal, one_line
from ingest.markup import MAX_TITLE

MAX_PAGES = 300
MAX_TEXT = 500_000
"""Characters."""
SECONDS = 7.0
"""After which no further page is begun: the worker is killed after ten, and what was read until then would be lost."""

_LOOK = 1024
_MIN_LETTERS = 40
"""Letters below which a document has no text: pictures of pages have none, or a stray number."""
_MOST_STRANGE = 0.2
"""Share of characters without meaning above which the fonts are taken to name no letters."""
_EDGE = 3
"""Lines at the head and at the foot of a page that may be the same on every page."""
_SHORT = 0.7
"""Of the usual width: a shorter line ends its paragraph."""

_PAGE_NUMBER = re.compile(r"(?:page|trang|halaman|หน้า|p\.)?\s*[-–—|]*\s*\d{1,4}\s*(?:(?:/|of|dari)\s*\d{1,4})?\s*[-–—|]*", re.IGNORECASE)
_FIGURES = re.compile(r"\d+")
_MARKER = re.compile(r"(?:[•●▪■\-–*]|\(?(?:\d{1,3}|[a-z]|[ivxlc]{1,6})[.)]|\d{1,2}(?:\.\d{1,2})+\.?)\s", re.IGNORECASE)
_DIVIDED = re.compile(r"[^\W\d_]{2,}[-\u00ad\u2010]$")
_GLYPH_NAME = re.compile(r"\(cid:\d+\)|/(?:uni|gid|g|c|glyph)\d{2,6}")
_NO_TITLE = re.compile(r"^(?:microsoft \w+ -|untitled|document\d*$|\W*$)|\.(?:docx?|pdf|rtf|odt|indd|pptx?)$", re.IGNORECASE)
_UNSPACED = (("\u0e00", "\u0eff"), ("\u1000", "\u109f"), ("\u1780", "\u17ff"), ("\u3000", "\u9fff"))
_SENTENCE_END = '.!?:;。！？”"’)'


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a PDF says: `text` NFC, one paragraph a line; `title` may be empty; `created` as its maker noted it."""

    title: str
    text: str
    created: datetime | None
    cut: bool
    """Pages or characters were left out: there were too many of them, or they took too long."""


def is_pdf(body: bytes) -> bool:
    """Whether `body` is a PDF, whatever the server calls it; some put a line of their own before its head."""
    before, mark, _ = body[:_LOOK].partition(b"%PDF-")
    return bool(mark) and b"<" not in before


def read_pdf(body: bytes, *, subject: str, clock: Callable[[], float] = time.monotonic) -> Document:
    """The document in `body`. Raises ExtractError with PDF_UNREADABLE: locked, broken, or without text (pictures of pages)."""
    started = clock()
    reader = _opened(body, subject)
    pages: list[list[str]] = []
    failed, cut = 0, False
    for page in _pages(reader, subject):
        if len(pages) + failed >= MAX_PAGES or sum(map(_length, pages)) > MAX_TEXT or clock() - started > SECONDS:
            cut = True
            break
        try:
            pages.append(_lines(page.extract_text()))
        except Exception:  # noqa: BLE001 - pypdf raises whatever a broken page makes it stumble over
            failed += 1
    text = normal("\n".join(_paragraphs(_without_edges(pages))))
    if failed and not text:
        raise ExtractError(Reason.PDF_UNREADABLE, f"broken: none of {failed} pages can be read", subject=subject)
    _refuse_strange(text, subject)
    return Document(title=_title(reader, text), text=text[:MAX_TEXT], created=_created(reader), cut=cut or len(text) > MAX_TEXT)


def _opened(body: bytes, subject: str) -> pypdf.PdfReader:
    try:
        reader = pypdf.PdfReader(io.BytesIO(body), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ExtractError(Reason.PDF_UNREADABLE, "locked with a password", subject=subject)
    except ExtractError:
        raise
    except Exception as error:
        raise ExtractError(Reason.PDF_UNREADABLE, f"broken: {_words(error)}", subject=subject) from error
    return reader


def _pages(reader: pypdf.PdfReader, subject: str) -> Sequence[Any]:
    try:
        return reader.pages[: MAX_PAGES + 1]
    except Exception as error:
        raise ExtractError(Reason.PDF_UNREADABLE, f"broken: {_words(error)}", subject=subject) from error


def _words(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}", 200)


def _length(lines: list[str]) -> int:
    return sum(map(len, lines))


def _lines(text: str) -> list[str]:
    """The lines of a page, blanks within them single; an empty one stands for a gap."""
    return [" ".join(line.split()) for line in text.splitlines()]


def _refuse_strange(text: str, subject: str) -> None:
    letters = sum(map(str.isalpha, text))
    if letters < _MIN_LETTERS:
        raise ExtractError(Reason.PDF_UNREADABLE, "no text: pictures of pages, or nothing", subject=subject)
    strange = sum(unicodedata.category(character) in ("Co", "Cn") or character == "\ufffd" for character in text)
    strange += sum(len(found[0]) for found in _GLYPH_NAME.finditer(text))
    if strange > _MOST_STRANGE * len(text):
        raise ExtractError(Reason.PDF_UNREADABLE, "its fonts do not say which letters they draw", subject=subject)


def _without_edges(pages: list[list[str]]) -> list[list[str]]:
    """The pages without page numbers, and without what stands at the head or foot of most of them."""
    pages = [_trimmed(page) for page in pages]
    seen = Counter(shape for page in pages for shape in {_shape(page[place]) for place in _edges(page)})
    repeated = {shape for shape, times in seen.items() if times >= 3 and times * 2 > len(pages)}
    return [[line for place, line in enumerate(page) if place not in _edges(page) or not _is_edge(line, repeated)] for page in pages]


def _is_edge(line: str, repeated: set[str]) -> bool:
    return _shape(line) in repeated or _PAGE_NUMBER.fullmatch(line) is not None


def _trimmed(page: list[str]) -> list[str]:
    """The page without empty lines at its ends."""
    while page and not page[-1]:
        page = page[:-1]
    while page and not page[0]:
        page = page[1:]
    return page


def _edges(page: list[str]) -> set[int]:
    return {*range(min(_EDGE, len(page))), *range(max(0, len(page) - _EDGE), len(page))}


def _shape(line: str) -> str:
    """A line with its figures alike, as a running head is with the number of its page."""
    return _FIGURES.sub("0", line.casefold())


def _paragraphs(pages: list[list[str]]) -> list[str]:
    """Lines joined to paragraphs, over the ends of pages too: a page ends anywhere."""
    lines = [line for page in pages for line in page]
    widths = sorted(len(line) for line in lines if line)
    usual = widths[len(widths) * 3 // 4] if widths else 0
    paragraphs: list[str] = []
    last = ""
    for line in lines:
        if not line:
            last = ""
        elif last and not _ends(last, line, usual):
            paragraphs[-1] = _joined(paragraphs[-1], line)
            last = line
        else:
            paragraphs.append(line)
            last = line
    return paragraphs


def _ends(line: str, following: str, usual: int) -> bool:
    """Whether a paragraph ends between two lines."""
    if _MARKER.match(following):
        return True
    if following[0].islower() or _DIVIDED.search(line):
        return False
    return len(line) < _SHORT * usual or (line[-1] in _SENTENCE_END and len(line) < 0.9 * usual)


def _joined(paragraph: str, line: str) -> str:
    """A divided word in one again, unless its first half is an abbreviation (ASEAN-led); no blank where a script has none."""
    if _DIVIDED.search(paragraph) and line[0].islower():
        stem = paragraph[:-1]
        whole = not re.split(r"[^\w]", stem)[-1].isupper()
        return (stem if whole or paragraph[-1] == "\u00ad" else paragraph) + line
    return paragraph + ("" if _unspaced(paragraph[-1]) and _unspaced(line[0]) else " ") + line


def _unspaced(character: str) -> bool:
    """Thai, Lao, Burmese, Khmer, Chinese and Japanese put no blanks between words."""
    return any(first <= character <= last for first, last in _UNSPACED)


def _title(reader: pypdf.PdfReader, text: str) -> str:
    """What the document calls itself, unless that is the name of a file or of a program; else its first line that could be a headline."""
    try:
        noted = one_line(str((reader.metadata and reader.metadata.title) or ""), MAX_TITLE)
    except Exception:  # noqa: BLE001 - as for pages
        noted = ""
    if len(noted) >= 10 and not _NO_TITLE.search(noted):
        return noted
    first = next((line for line in text.split("\n")[:10] if 10 <= len(line) <= MAX_TITLE and line[-1] not in ".;:"), "")
    return one_line(first, MAX_TITLE)


def _created(reader: pypdf.PdfReader) -> datetime | None:
    try:
        moment = reader.metadata and reader.metadata.creation_date
    except Exception:  # noqa: BLE001 - as for pages
        return None
    return None if not isinstance(moment, datetime) else moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
