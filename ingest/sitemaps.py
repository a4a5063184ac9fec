"""News sitemaps (sitemaps.org, with Google's news extension): the addresses of a site's articles, with title and date where they are given.

Read by expat, piece by piece: what came before a mistake is kept, as with feeds.
"""

import re
import zlib
from typing import NoReturn
from urllib.parse import urlsplit
from xml.parsers import expat

from core.errors import ParseError
from core.reasons import Reason
from ingest.items import RawFeed, RawItem

MAX_URLS = 50_000
"""Of one sitemap, as the protocol has it; what is more is not read."""
MAX_UNPACKED = 20_000_000
"""Bytes of a packed sitemap."""

_ROOTS = frozenset({"urlset", "sitemapindex"})
_ROOT = re.compile(r"<(?:[\w.-]{1,50}:)?([\w.-]{1,50})")
_LOOK = 4000
_TAIL = 200
# What is taken from where: pictures and videos in the same entry have a loc and a title of their own.
_TOLD = frozenset({("url", "loc"), ("url", "lastmod"), ("sitemap", "loc"), ("news", "title"), ("news", "publication_date")})
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,10};)")
_FOREIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MARKS = "\ufeff\xef\xbb\xbf"  # a byte order mark, decoded or not
_GZIP = b"\x1f\x8b"


def unpacked(body: bytes, source: str) -> bytes:
    """`body`, unpacked when it is a gzip file (publishers name them sitemap.xml.gz). Raises ParseError: BAD_ENCODING, BODY_TOO_LARGE."""
    if not body.startswith(_GZIP):
        return body
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        text = unpacker.decompress(body, MAX_UNPACKED)
    except zlib.error as error:
        raise ParseError(Reason.BAD_ENCODING, f"a gzip file that cannot be unpacked: {error}", subject=source) from error
    if not (text or unpacker.eof):
        raise ParseError(Reason.BAD_ENCODING, "a gzip file that ends before it says anything", subject=source)
    if unpacker.unconsumed_tail:
        raise ParseError(Reason.BODY_TOO_LARGE, f"more than {MAX_UNPACKED} bytes when unpacked", subject=source)
    return text


def is_sitemap(text: str) -> bool:
    """Whether the root element is a sitemap's or that of an index of sitemaps."""
    root = _ROOT.match(text, _after_prolog(text[:_LOOK]))
    return root is not None and root[1].lower() in _ROOTS


def _after_prolog(text: str) -> int:
    """Where the root element begins, behind declarations and comments."""
    place = 0
    while True:
        while place < len(text) and (text[place].isspace() or text[place] in _MARKS):
            place += 1
        ends = next((end for start, end in (("<?", "?>"), ("<!--", "-->")) if text.startswith(start, place)), None)
        if ends is None:
            return place
        found = text.find(ends, place)
        if found < 0:
            return place
        place = found + len(ends)


def read_sitemap(text: str, source: str) -> RawFeed:
    """The sitemap in `text`, one item a URL. Raises ParseError with NOT_A_FEED for an index, and names a sitemap in it that would do."""
    if not is_sitemap(text):
        raise ParseError(Reason.NOT_A_FEED, f"no sitemap; begins with {' '.join(text[:60].split())!r}", subject=source)
    reader = _Reader()
    broken = reader.read(text)
    if broken and (mended := _FOREIGN.sub("", _BARE_AMPERSAND.sub("&amp;", text))) != text:
        reader = _Reader()  # the commonest mistake: an address with parameters, written as it is
        broken = reader.read(mended) or broken
    if reader.is_index:
        _point_into(reader.locations, source)
    return RawFeed(
        format="news_sitemap" if reader.tells_news else "sitemap",
        items=tuple(reader.items),
        broken=broken,
        cut=bool(broken) and "urlset" not in text[-_TAIL:],
    )


def _point_into(locations: list[str], source: str) -> NoReturn:
    named = [location for location in locations if "news" in urlsplit(location).path.lower()] or locations
    example = f", for example {named[0][:200]}" if named else ""
    raise ParseError(Reason.NOT_A_FEED, f"an index of sitemaps: give the address of the news sitemap in it{example}", subject=source)


class _Enough(Exception):
    """As many URLs as a sitemap may hold."""


class _Refused(Exception):
    """A document type: no sitemap has one, and bombs are made of them."""


class _Reader:
    """The walk through one sitemap; expat calls it."""

    def __init__(self) -> None:
        self.items: list[RawItem] = []
        self.is_index = False
        self.tells_news = False
        self.locations: list[str] = []
        """Of an index: the sitemaps that it lists."""
        self._above: list[str] = []
        self._told: dict[str, str] = {}
        self._text: list[str] = []

    def read(self, text: str) -> str:
        """Reads as far as it goes; what was wrong, or nothing."""
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._starts
        parser.EndElementHandler = self._ends
        parser.CharacterDataHandler = lambda text: self._text.append(text)
        parser.StartDoctypeDeclHandler = self._refuses
        try:
            parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            return str(error)
        except _Refused:
            return "declares a document type"
        except _Enough:
            pass
        return ""

    def _refuses(self, *_: object) -> None:
        raise _Refused

    def _starts(self, name: str, _: dict[str, str]) -> None:
        local = name.rpartition(" ")[2].lower()
        self._above.append(local)
        self._text.clear()
        if local == "sitemapindex":
            self.is_index = True
        elif local in ("url", "sitemap"):
            self._told.clear()
        elif local == "news":
            self.tells_news = True

    def _ends(self, _: str) -> None:
        local = self._above.pop()
        parent = self._above[-1] if self._above else ""
        if (parent, local) in _TOLD:
            self._told.setdefault(local, "".join(self._text).strip())
        elif local == "sitemap":
            self.locations.append(self._told.get("loc", ""))
        elif local == "url":
            self._ends_url()
        self._text.clear()

    def _ends_url(self) -> None:
        if len(self.items) >= MAX_URLS:
            raise _Enough
        told = self._told
        published = told.get("publication_date") or told.get("lastmod", "")
        if told.get("loc"):
            self.items.append(RawItem(link=told["loc"], title=told.get("title", ""), published=published))
