"""Where the items of a well-formed XML feed stand in its bytes: what it takes to read only those that are new.

By expat, because feedparser's strict parser stands on it too: what is well-formed here is well-formed there, and an item that is cut out of
the bytes leaves the others to the letter as they were. What is out of the ordinary has no outline and is read whole (decision 0013).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple
from xml.parsers import expat

from ingest.items import DIGEST

_ATOM = "http://www.w3.org/2005/atom"
_RDF = {"rss10": "http://purl.org/rss/1.0/", "rss090": "http://my.netscape.com/rdf/simple/0.9/"}
# The namespaces whose elements are the feed's own words, as feedparser takes them.
_PLAIN = frozenset(
    {
        "",
        _ATOM,
        *_RDF.values(),
        "http://purl.org/atom/ns#",
        "http://backend.userland.com/rss",
        "http://backend.userland.com/rss2",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://purl.org/rss/1.0/modules/rss091#",
    }
)
_FORMATS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094", "0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_ITEMS = frozenset({"item", "entry"})
_TOLD = frozenset({"title", "ttl", "updateperiod", "updatefrequency"})
_DEEPEST = 3
"""Of an item: rss, channel, item."""


class Stretch(NamedTuple):
    """Bytes of a body: where they begin, and where they end."""

    start: int
    end: int


class Item(NamedTuple):
    """One item: where its bytes begin and end, and its digest."""

    start: int
    end: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a feed says of itself, as written."""

    title: str = ""
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    links: tuple[tuple[str, str], ...] = ()
    """(rel, href)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed's format (in feedparser's words), head, and items in the order of the body."""

    format: str
    head: Head
    items: tuple[Item, ...]
    before: Stretch
    """The elements that stand before the first item, and beside it: the feed's words about itself."""


class _Unusual(Exception):
    """The document is no feed, or one that only feedparser should judge."""


def outline(body: bytes, context: str) -> Outline | None:
    """The outline of a feed in UTF-8; None when it is not well-formed, declares a document type, or has items in odd places.

    `context` goes into every digest: what else decides about the items' meaning, such as the address of the feed.
    """
    reader = _Reader(body, context)
    try:
        reader.parser.Parse(body, True)
    except (expat.ExpatError, _Unusual):
        return None
    return reader.outline()


def without(body: bytes, stretches: Sequence[Stretch | Item]) -> bytes:
    """`body` without these bytes (which are in its order)."""
    kept, place = [], 0
    for stretch in stretches:
        kept.append(body[place : stretch.start])
        place = stretch.end
    return b"".join([*kept, body[place:]])


class _Reader:
    """The walk through one document; expat calls it. Within an item it waits for the end and for nothing else: that makes it quick."""

    def __init__(self, body: bytes, context: str) -> None:
        self._body = body
        self._above: list[str] = []
        """The names of the open elements outside of items."""
        self._prefixes: list[str] = []
        self._surroundings = [context]
        """What stands around an item and may change its meaning: the start tags above it with the namespaces that they declare."""
        self._around = blake2b(digest_size=DIGEST)
        self._around_at = 0
        """The depth of the items for which `_around` is the digest of their surroundings; 0: there may be others now."""
        self._firsts: dict[int, int] = {}
        """Depth -> where the first element there begins, below the present parent."""
        self._before = Stretch(0, 0)
        self._items: list[Item] = []
        self._start = 0
        self._item = ""
        self._format = ""
        self._told: dict[str, str] = {}
        self._links: list[tuple[str, str]] = []
        self._text: list[str] = []
        self._telling = 0
        """The depth of the element whose text is gathered; 0 when none is."""
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._starts
        self.parser.EndElementHandler = self._ends
        self.parser.StartNamespaceDeclHandler = self._declares
        self.parser.StartDoctypeDeclHandler = self._refuses

    def outline(self) -> Outline:
        told = self._told
        head = Head(
            title=told.get("title", ""),
            ttl=told.get("ttl", ""),
            period=told.get("updateperiod", ""),
            frequency=told.get("updatefrequency", ""),
            links=tuple(self._links),
        )
        return Outline(format=self._format, head=head, items=tuple(self._items), before=self._before)

    def _refuses(self, *_: object) -> None:
        raise _Unusual

    def _declares(self, prefix: str | None, uri: str | None) -> None:
        self._prefixes.append(f"{prefix}={uri}")

    def _starts(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.lower().rpartition(" ")
        above = self._above
        above.append(name)
        self._firsts.setdefault(len(above), self.parser.CurrentByteIndex)
        self._firsts.pop(len(above) + 1, None)
        if local in _ITEMS:
            self._starts_item(space, name)
            return
        if len(above) < _DEEPEST:
            self._surround(local, attributes)
        if len(above) == 1:
            self._format = _format(space, local, attributes, self._prefixes)
        self._prefixes.clear()
        if local == "link":
            found = {key.lower(): value for key, value in attributes.items()}
            self._links.append((found.get("rel", "").lower(), found.get("href", "")))
        elif local in _TOLD and not self._telling:
            self._telling = len(above)
            self._text = []
            self.parser.CharacterDataHandler = self._text.append

    def _surround(self, local: str, attributes: dict[str, str]) -> None:
        """Remembers a start tag that may have items below it."""
        self._around_at = 0
        del self._surroundings[len(self._above) :]
        self._surroundings.append("\n".join([local, *(f"{name}={value}" for name, value in attributes.items()), *self._prefixes]))

    def _starts_item(self, space: str, name: str) -> None:
        if not 1 < len(self._above) <= _DEEPEST or space not in _PLAIN:
            raise _Unusual
        parser = self.parser
        depth = len(self._above)
        if depth != self._around_at:
            around = "\0".join(self._surroundings[:depth])
            self._around, self._around_at = blake2b(around.encode("utf-8", "replace"), digest_size=DIGEST), depth
        self._item = name
        self._start = parser.CurrentByteIndex
        if not self._items:
            self._before = Stretch(self._firsts[depth], self._start)
        self._prefixes.clear()
        parser.StartElementHandler = None
        parser.StartNamespaceDeclHandler = None
        parser.EndElementHandler = self._ends_within

    def _ends_within(self, name: str) -> None:
        if name != self._item:
            return
        parser, start = self.parser, self._start
        last = parser.CurrentByteIndex
        if last == start:
            raise _Unusual  # <item/>: where it ends is not known
        end = self._body.index(b">", last) + 1
        digest = self._around.copy()
        digest.update(self._body[start:end])
        self._items.append(Item(start, end, digest.digest()))
        self._above.pop()
        parser.StartElementHandler = self._starts
        parser.StartNamespaceDeclHandler = self._declares
        parser.EndElementHandler = self._ends

    def _ends(self, name: str) -> None:
        if self._above[-1] != name:
            raise _Unusual  # an item within an item ended, and was taken for the outer one
        if self._telling == len(self._above):
            self._tells()
        self._above.pop()

    def _tells(self) -> None:
        """Keeps what the feed says of itself; a picture within it may have a title, too."""
        self.parser.CharacterDataHandler = None
        self._telling = 0
        *_, parent, local = (name.lower().rpartition(" ")[2] for name in ["", *self._above])
        if parent in ("channel", "feed"):
            self._told[local] = "".join(self._text)


def _format(space: str, local: str, attributes: dict[str, str], prefixes: list[str]) -> str:
    """The format that a root element tells."""
    version = next((value for name, value in attributes.items() if name.lower() == "version"), "")
    declared = {prefix.partition("=")[2].lower() for prefix in prefixes}
    if local == "rss":
        return _FORMATS.get(version, "rss20" if version.startswith("2.") else "rss")
    if local == "feed" and space in _PLAIN:
        return "atom10" if _ATOM in declared else _FORMATS.get(version, "atom")
    if local == "rdf" and (named := next((name for name, uri in _RDF.items() if uri in declared), "")):
        return named
    raise _Unusual
