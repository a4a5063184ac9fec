"""The main text of a page: the one door to trafilatura. Two of its extractors are asked, and what one of them alone says is doubted.

    precise   the cascade with `favor_precision`: the best single setting (docs/decisions/0014), now and then too short
    readable  its port of Readability, a quarter as dear: whole where the other stops early, often without lists and first paragraphs

What the precise one has behind the last line that both have is dropped: lists of other news. When it has much less than the readable one
finds prose around the same words, the readable one is believed. Lines that `furniture` knows go in any case.

trafilatura gets a tree that we parsed from text we decoded (of bytes it would unpack archives), and its duplicate test stays off, which
remembers pages from call to call. It is loaded with the first page, in the worker.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from importlib.metadata import version
from typing import Any

from core.texts import normal, size
from ingest.furniture import is_furniture, plain
from ingest.markup import text_of

EXTRACTOR = f"trafilatura {version('trafilatura')}, precise and readable"

_LINES = re.compile(r"\s*\n\s*")
_BLOCK = re.compile(r"<(?:p|div|article|br)\b", re.IGNORECASE)
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|odt|rtf)(?:[?#]|$)|/(?:uploads|download)s?/", re.IGNORECASE)
"""Addresses of documents: their names are what an official page is about."""
_AGREED = 0.6
"""Share of the precise text that the other must have too; below it they speak of different parts of the page, and nothing is dropped."""
_SHORT = 0.7
"""Share of the readable prose below which the precise text is taken for a part of the article."""
_SAME_PAGE = 0.5
"""Share of the precise text that must stand in the readable one, and of prose in that, before it is believed instead."""
_PROSE = 60
"""Size of the plain line from which it is prose (a sentence), and no title, menu or caption."""


def tree_of(html: str) -> Any:
    """The page as an lxml tree; None when there is none in it. A page that lacks its outer elements, or lost them, is one all the same."""
    from trafilatura.utils import load_html

    tree = load_html(html)
    if tree is None and _BLOCK.search(html):
        tree = load_html(f"<html><body>{html}</body></html>")
    return tree


def main_text(tree: Any) -> str:
    """The article's text, NFC, one paragraph a line; empty when none is found. Takes some links out of `tree`, their words stay."""
    _free_documents(tree)
    links = {plain(link.text_content()) for link in tree.iter("a")} - {""}
    precise = [line for line in _precise(tree) if not is_furniture(line, links)]
    readable = [line for line in _readable(tree) if not is_furniture(line, links)]
    return "\n".join(_agreed(precise, readable))


def _free_documents(tree: Any) -> None:
    """Makes plain words of links to documents, and of a list of links that a colon opens: "The ministers adopted:", and then what.

    To an extractor every list of links is a menu; on a ministry's page it is the news.
    """
    for link in tree.xpath("//a[@href]"):
        if _DOCUMENT.search(link.get("href")):
            link.drop_tag()
    for listing in list(tree.iter("ul", "ol")):
        before, around = listing.getprevious(), listing.getparent()
        opening = (before.text_content() if before is not None else around.text or "" if around is not None else "").strip()
        if opening.endswith((":", "：")) and not is_furniture(opening, ()):
            for link in list(listing.iter("a")):
                link.drop_tag()


def _agreed(precise: Sequence[str], readable: Sequence[str]) -> Sequence[str]:
    """The lines to be believed."""
    other = "".join(map(plain, readable))
    shared = [plain(line) in other for line in precise]
    have = _length(precise)
    common = _length([line for line, both in zip(precise, shared, strict=True) if both])
    prose = _length([line for line in readable if size(plain(line)) >= _PROSE])
    if have < _SHORT * prose and common >= _SAME_PAGE * have and prose >= _SAME_PAGE * _length(readable):
        return readable
    if not common or common < _AGREED * have:
        return precise
    first, behind = shared.index(True), len(shared) - shared[::-1].index(True)
    # What stands before the first agreed line may be the lead that the other missed; behind the last one it is mostly lists of other news.
    return [*(line for line in precise[:first] if size(plain(line)) >= _PROSE), *precise[first:behind]]


def _length(lines: Sequence[str]) -> int:
    return sum(size(plain(line)) for line in lines)


def _precise(tree: Any) -> list[str]:
    from trafilatura import extract

    found = extract(tree, favor_precision=True, include_comments=False, include_tables=True, deduplicate=False, with_metadata=False)
    return _LINES.sub("\n", normal(found)).strip().split("\n") if found else []


def _readable(tree: Any) -> list[str]:
    from trafilatura.readability_lxml import Document

    try:
        found: str = Document(deepcopy(tree)).summary()
    except (ValueError, TypeError, AttributeError, IndexError, AssertionError):
        return []  # a tree that it cannot turn over; the other one's word counts alone
    return [line for line in text_of(found).split("\n") if line]
