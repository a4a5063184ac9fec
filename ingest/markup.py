"""HTML to plain text in linear time: for titles and summaries, where no tree is needed and none should be trusted.

Tree builders and the usual regular expressions have inputs that cost them minutes (`<!--` twenty thousand times, a tag with 40,000
attributes). This scanner walks the text once, and remembers when a closing mark is not to be found.
"""

import html
import re

from core.texts import normal, one_line

MAX_TITLE = 500

_TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_BLOCK = re.compile(
    r"address|article|aside|blockquote|br|caption|d[dlt]|div|fig(?:caption|ure)|footer|h[1-6r]|header|li|main|nav|[ou]l|p|pre|section|"
    r"table|tbody|t[dhr]|thead",
    re.ASCII,
)
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "svg", "head"})
_BLANKS = re.compile(r"[ \t\f\v\u00a0]+")
_LINES = re.compile(r"\s*\n\s*")


def text_of(markup: str) -> str:
    """The text of an HTML fragment, NFC, one line a block (paragraph, cell, list item), without scripts and empty lines."""
    text = normal(html.unescape(_without_tags(markup)))
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def title_of(markup: str) -> str:
    """A title as plain text on one line, at most 500 characters: publishers escape titles once or twice, and leave tags in them."""
    for _ in range(2):
        plain = html.unescape(_without_tags(markup))
        if plain == markup:
            break
        markup = plain
    return one_line(_without_tags(markup), MAX_TITLE)


def _without_tags(markup: str) -> str:
    """`markup` with a line end for every block tag and nothing for any other; character references stay."""
    if "<" not in markup:
        return markup
    kept: list[str] = []
    missing: set[str] = set()
    place = 0
    while (opening := markup.find("<", place)) >= 0:
        kept.append(markup[place:opening])
        place = _after(markup, opening, kept, missing)
    kept.append(markup[place:])
    return "".join(kept)


def _after(markup: str, opening: int, kept: list[str], missing: set[str]) -> int:
    """Where the text goes on after the `<` at `opening`; what stands for the tag is added to `kept`."""
    if markup.startswith("<!--", opening):
        return _behind(markup, "-->", opening + 4, missing)
    if markup.startswith("<![CDATA[", opening):
        return opening + 9
    if markup.startswith(("<!", "<?"), opening):
        return _behind(markup, ">", opening + 2, missing)
    name = _TAG_NAME.match(markup, opening + 1)
    if name is None:
        kept.append("<")  # a bare sign: "growth < 3 %"
        return opening + 1
    tag = name[1].lower()
    if _BLOCK.fullmatch(tag):
        kept.append("\n")
    end = _behind(markup, ">", name.end(), missing)
    if tag in _SILENT and markup[opening + 1] != "/":
        return _behind(markup, f"</{tag}", end, missing)
    return end


def _behind(markup: str, mark: str, start: int, missing: set[str]) -> int:
    """The place behind the next `mark`; behind `start` when there is none, which is found out once and remembered."""
    if mark in missing:
        return start
    found = markup.find(mark, start)
    if found < 0:
        missing.add(mark)
        return start
    return found + len(mark) if mark[:2] != "</" else found
