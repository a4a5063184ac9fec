"""The page around the story: which paragraph is prose, heading, caption, or furniture and links to other stories.

text -> lines (hard-wrapped ones joined) -> paragraphs, each with its kind and the reason for it
"""

import re

from classifiers.credits import signatures
from classifiers.rulebook import Rulebook
from classifiers.text import Kind, Paragraph

PROSE = 140
"""Characters from which a line that ends as a sentence is prose, whatever stands around it."""

_MARKS = " \t*•·▪●◦-–—|▼▶►>»#:[]()【】"
_STOP = re.compile(r"[.!?。！？…][\"'”’»)\]]{0,3}$|:$")
_DATELIKE = re.compile(
    r"\W{0,3}(?:\d{1,2}[:.]\d{2}|\d{1,2}\s?[-–]?\s?\d{0,2}\s+[A-Z][a-z]+|[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2}[/.-]\d{1,2})"
)


class Page:
    """Tells the paragraphs of a page apart by the words of `page.toml`."""

    def __init__(self, book: Rulebook) -> None:
        data = book["page"]
        self._teasers = frozenset(data["teasers"]["whole"])
        self._openers = tuple(data["teasers"]["open"])
        self._furniture = tuple(data["furniture"]["anywhere"])
        self._caption_starts = tuple(data["caption"]["starts"])
        self._caption_ends = tuple(data["caption"]["ends"])
        self._captions = tuple(data["caption"]["anywhere"])
        self._agencies = signatures(book)

    def paragraphs(self, text: str, folded: str, title: str = "") -> list[Paragraph]:
        """The paragraphs of `text` (`folded` is the same text folded), each with what it is on its page and why."""
        found: list[Paragraph] = []
        teasers = body_seen = False
        heading = title.strip().lower()
        for start, end in self._unwrapped(text, _lines(text)):
            line, low = text[start:end], folded[start:end]
            prose = self._prose(line)
            kind, why = self._kind(line, low, prose, teasers, heading)
            teasers = why == "links to other stories" or (teasers and not prose)
            body_seen = body_seen or kind is Kind.BODY
            found.append(Paragraph(start=start, end=end, kind=kind, why=why))
        if not body_seen:  # a text of headlines only: the longest lines are all the story there is
            for p in found:
                if p.kind is Kind.HEADING and p.end - p.start >= 30:
                    p.kind, p.why = Kind.BODY, ""
        last = found[-1] if found else None
        if last is not None and last.kind is Kind.HEADING and last.end - last.start > 60 and len(text) > 1500 and not teasers:
            last.kind, last.why = Kind.BODY, ""  # a text that was cut in mid-sentence
        return found

    def _kind(self, line: str, low: str, prose: bool, teasers: bool, heading: str) -> tuple[Kind, str]:
        if self._teaser(low):
            return Kind.CHROME, "links to other stories"
        if prose:
            if len(line) < 260 and _anywhere(low, self._furniture) and not any(w in low for w in ("said", "minister", "asean")):
                return Kind.CHROME, "page furniture"
            return Kind.BODY, ""
        terminal = self._terminal(line)
        bars = line.count("|")
        if teasers:
            return Kind.CHROME, "links to other stories"
        caption = len(line) < 260 and (
            low.lstrip(_MARKS).startswith(self._caption_starts)
            or low.rstrip(" |").endswith(self._caption_ends)
            or _anywhere(low, self._captions)
        )
        if bars >= 2 or (line.endswith("|") and not terminal and not caption):
            if "(photo" in low:
                return Kind.CAPTION, "caption"
            return (Kind.BODY, "") if bars == 1 and len(line) > 160 else (Kind.CHROME, "a row of links")
        if caption:
            return Kind.CAPTION, "caption"
        if len(line) < 220 and _anywhere(low, self._furniture):
            return Kind.CHROME, "page furniture"
        dated = bool(_DATELIKE.match(line))
        if not terminal and len(line) < PROSE and not (bars == 1 and dated):
            if line[:1] in "•·▪●◦-*–" and len(line) > 25:
                return Kind.BODY, ""
            if line.lower() == heading or not (
                dated or (len(line) > 40 and any(ord(c) > 0x2E80 or 0x0E00 <= ord(c) < 0x0E80 for c in line))
            ):
                return Kind.HEADING, "no sentence"
        return Kind.BODY, ""

    def _teaser(self, low: str) -> bool:
        bare = low.strip(_MARKS)
        if len(bare) <= 60 and (bare in self._teasers or bare.startswith(self._openers)):
            return True
        head, colon, _ = bare.partition(":")
        return bool(colon) and len(head) < 30 and head.strip() in self._teasers and len(low) < 2 * PROSE

    def _terminal(self, line: str) -> bool:
        """Whether a line ends as a sentence does, an agency's signature apart."""
        tail = line[-40:].rstrip()
        signed = tail.rstrip(")")
        if signed.endswith(self._agencies):
            name = next(name for name in self._agencies if signed.endswith(name))
            tail = signed[: -len(name)]
            if not tail[-1:].isalnum():
                tail = tail.rstrip(" (-–—/")
                return tail[-1:] in '.!?"”' or tail.endswith("/")
            tail = signed
        return bool(_STOP.search(tail))

    def _prose(self, line: str) -> bool:
        return len(line) >= PROSE and line.count("|") < 2 and self._terminal(line)

    def _unwrapped(self, text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Lines joined to paragraphs where a text is hard-wrapped: short even lines, most of which end in mid-sentence."""
        blocks: list[list[tuple[int, int]]] = []
        for line in lines:
            if blocks and text.count("\n", blocks[-1][-1][1], line[0]) == 1:
                blocks[-1].append(line)
            else:
                blocks.append([line])
        joined: list[tuple[int, int]] = []
        shortest = 3  # once a text has shown that it is wrapped, two lines are enough
        for block in blocks:
            breaks = len(block) - 1
            if len(block) < shortest or max(e - s for s, e in block) > 90 or sum(e - s for s, e in block[:-1]) < 45 * breaks:
                joined.extend(block)
                continue
            open_ended = sum(1 for s, e in block[:-1] if "|" not in text[s:e] and not self._terminal(text[s:e]))
            running = sum(1 for s, _ in block[1:] if not text[s].isupper())
            if running >= 0.4 * breaks and open_ended >= 0.7 * breaks:
                joined.append((block[0][0], block[-1][1]))
                shortest = 2
            else:
                joined.extend(block)
        return joined


def _lines(text: str) -> list[tuple[int, int]]:
    """(start, end) of every non-empty line, without the space around it."""
    found, at = [], 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            start = at + line.index(stripped[0])
            found.append((start, start + len(stripped)))
        at += len(line) + 1
    return found


def _anywhere(low: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words begins somewhere in a folded line."""
    for word in words:
        at = low.find(word)
        while at >= 0:
            if at == 0 or not low[at - 1].isalnum():
                return True
            at = low.find(word, at + 1)
    return False
