"""From the bytes of a feed to its entries: the one door to feedparser. Pure, and meant to run where it can be killed (`workers`).

feedparser gets a BytesIO, because of a string or bytes it opens files and URLs; and neither of its HTML passes, because they take minutes
on a few hundred kilobytes of `<!--` and are 18 times slower than the rest on an honest feed. What we keep is stripped to text by
`markup`, and links are let through by `urls.web_url`.

Of a body that is well-formed only the items are read that the last one did not hold, and the others are cut out before feedparser sees it
(`outline`); entries come out as they would of the whole.
"""

import io
import re
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import feedparser

from core.errors import ParseError
from core.reasons import Reason
from core.sources import Entry, Feed
from core.texts import normal
from ingest.charsets import decoded
from ingest.dates import read_date
from ingest.identity import Named, bears, identities, named, traces
from ingest.jsonfeed import RawFeed, RawItem, read_json
from ingest.markup import text_of, title_of
from ingest.outline import DIGEST, Head, Outline, outline, without
from ingest.urls import web_url

# It would look for a driver of another library at every call (expat it is, whose judgement `outline` shares), and join the same base to the
# same address at every tag.
feedparser.api.PREFERRED_XML_PARSERS.clear()
feedparser.mixin.make_safe_absolute_uri = lru_cache(1024)(feedparser.mixin.make_safe_absolute_uri)

MAX_SUMMARY = 20_000
MAX_CONTENT = 500_000
"""Characters kept of one entry."""

_MAX_PAIRS = 200_000
"""Pairs of a new and an old item that are looked at for a shared name; of more, all are read."""

_HTML = re.compile(r"^\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
_END = re.compile(rb"</\s*(?:rss|feed|rdf:RDF|channel)\s*>", re.IGNORECASE)
_TAIL = 4000
_BAD_REFERENCE = re.compile(r"&#(x[0-9a-f]+|[0-9]+);?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,6}")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One item with its texts plain, its link absolute, and the names that come of them."""

    raw: RawItem
    title: str
    summary: str
    link: str | None
    names: Named


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read of a body."""

    raw: RawFeed
    items: list[_Item]
    wanted: list[bool]
    """For each item whether it is to become an entry; the others only share a name with one that is."""
    digests: bytes
    """Of all items of the body."""


def parse_feed(
    body: bytes, *, source: str, url: str, content_type: str, now: datetime, zone: tzinfo | None = None, known: bytes = b""
) -> Feed:
    """The feed in `body`, its entries in its own order, each once, links absolute (against `url`, or the site's own), texts plain and NFC.

    `zone` is that of dates without one. `known` are the digests of an earlier body's items (`Feed.items`): in a well-formed body those
    make no entries. A feed that is broken but gave entries has `reason` MALFORMED_FEED, and `truncated` set when its end is missing. Raises
    ParseError: NOT_A_FEED, or MALFORMED_FEED when nothing could be saved.
    """
    text = decoded(body, content_type, xml=True).lstrip("\ufeff \t\r\n")
    base = web_url(url) or ""
    read = _read(text, base, known)
    if read is None:
        raise ParseError(Reason.NOT_A_FEED, _instead(text), subject=source)
    raw = read.raw
    entries = _entries(read, source, now, zone)
    if raw.broken and not entries:
        raise ParseError(Reason.MALFORMED_FEED, raw.broken, subject=source)
    return Feed(
        format=raw.format,
        title=title_of(raw.title),
        entries=entries,
        reason=Reason.MALFORMED_FEED if raw.broken else None,
        detail=raw.broken,
        truncated=raw.cut,
        items=read.digests,
        skipped=len(read.digests) // DIGEST - sum(read.wanted),
        ttl=raw.ttl,
        archive=web_url(raw.older, base) if raw.older else None,
    )


def _read(text: str, base: str, known: bytes) -> _Read | None:
    """The feed in `text`, or None when it is none. Without `base` nothing is left out: the links may hang on the feed's own words."""
    if text.startswith("{"):
        return _whole(read_json(text), base)
    body = text.encode("utf-8", "replace")
    found = outline(body, base.partition("?")[0])
    if found is not None and (read := _read_new(body, found, base, known if base else b"")) is not None:
        return read
    return _whole(_read_xml(_BAD_REFERENCE.sub(_character, text).encode("utf-8", "replace"), base), base)


def _whole(raw: RawFeed | None, base: str) -> _Read | None:
    """All items, with digests of what was read of them."""
    if raw is None:
        return None
    digests = (blake2b("\0".join(astuple(item)).encode("utf-8", "replace"), digest_size=DIGEST).digest() for item in raw.items)
    return _Read(raw=raw, items=_items(raw, base), wanted=[True] * len(raw.items), digests=b"".join(digests))


def _read_new(body: bytes, found: Outline, base: str, known: bytes) -> _Read | None:
    """What is not among `known`; None when feedparser sees other items than the outline, so that the whole must be read."""
    seen = {known[place : place + DIGEST] for place in range(0, len(known), DIGEST)}
    new = [item.digest not in seen for item in found.items]
    digests = b"".join([item.digest for item in found.items])
    if found.items and not any(new):
        head = found.head
        raw = RawFeed(format=found.format, title=head.title, items=(), ttl=_ttl(head), older=_older(head))
        return _Read(raw=raw, items=[], wanted=[], digests=digests)
    some = _read_some(body, found, new, base)
    if some is None:
        return None
    items, along = _items(some, base), new
    if not all(new) and (along := _along(body, found, new, items)) != new:
        some = _read_some(body, found, along, base)
        if some is None:
            return None
        items = _items(some, base)
    wanted = [is_new for is_new, stays in zip(new, along, strict=True) if stays]
    return _Read(raw=some, items=items, wanted=wanted, digests=digests)


def _read_some(body: bytes, found: Outline, stay: list[bool], base: str) -> RawFeed | None:
    """The body without the items that do not `stay`, through feedparser; None when it finds other items, or something amiss."""
    raw = _read_xml(without(body, [item for item, stays in zip(found.items, stay, strict=True) if not stays]), base)
    return raw if raw is not None and not raw.broken and len(raw.items) == sum(stay) else None


def _along(body: bytes, found: Outline, new: list[bool], items: list[_Item]) -> list[bool]:
    """Which items must be read for the sake of the `new` ones (read as `items`): those, and what may share a name with them.

    A name counts only while one item of the body goes by it (`identity`), so that such an old item decides about the names of a new one.
    """
    everything = [True] * len(new)
    if sum(new) * (len(new) - sum(new)) > _MAX_PAIRS:
        return everything
    marks: set[tuple[bytes, ...]] = set()
    for item, place in zip(items, (place for place, is_new in zip(found.items, new, strict=True) if is_new), strict=True):
        raw = item.raw
        named_by = [name for name in (raw.guid, raw.link) if name.strip()]
        left = traces(item.names, named_by, item.title, item.summary or raw.content, written=body[place.start : place.end])
        if left is None:
            return everything
        marks.update(left)
    return [is_new or any(bears(body, item.start, item.end, left) for left in marks) for item, is_new in zip(found.items, new, strict=True)]


def _items(raw: RawFeed, base: str) -> list[_Item]:
    base = base or web_url(raw.site) or ""
    return [_item(one, base) for one in raw.items]


def _item(raw: RawItem, base: str) -> _Item:
    title, summary = title_of(raw.title), text_of(raw.summary)[:MAX_SUMMARY]
    link = web_url(raw.link, base) if raw.link.strip() else None
    names = named(guid=raw.guid, link=link, title=title, text=summary or raw.content)
    return _Item(raw=raw, title=title, summary=summary, link=link, names=names)


def _entries(read: _Read, source: str, now: datetime, zone: tzinfo | None) -> tuple[Entry, ...]:
    # An item without a word is an empty shell, or was cut off before it said anything.
    told = [(item, wanted) for item, wanted in zip(read.items, read.wanted, strict=True) if item.title or item.summary or item.link]
    called = identities([item.names for item, _ in told])
    return tuple(_entry(item, name, source, now, zone) for (item, wanted), name in zip(told, called, strict=True) if wanted and name)


def _entry(item: _Item, called: tuple[str, tuple[str, ...]], source: str, now: datetime, zone: tzinfo | None) -> Entry:
    published, trust = read_date(item.raw.published, now=now, zone=zone)
    return Entry(
        source=source,
        identity=called[0],
        link=item.link,
        title=item.title,
        summary=item.summary,
        content=normal(item.raw.content)[:MAX_CONTENT],
        published=published,
        date_trust=trust,
        aliases=called[1],
    )


def _read_xml(body: bytes, base: str) -> RawFeed | None:
    """What feedparser finds in `body` (UTF-8), or None when it finds no feed."""
    found = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": base},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.get("version"):
        return None
    error = found.get("bozo_exception") if found.get("bozo") else None
    broken = "" if error is None or isinstance(error, _HARMLESS) else _words(error)
    about = found.get("feed", {})
    head = _head(about)
    return RawFeed(
        format=found["version"],
        title=head.title,
        site=_text(about, "link"),
        items=tuple(_raw_item(entry) for entry in found.get("entries", [])),
        broken=broken,
        cut=bool(broken) and not _END.search(body[-_TAIL:]),
        ttl=_ttl(head),
        older=_older(head),
    )


def _head(about: dict[str, Any]) -> Head:
    return Head(
        title=_text(about, "title"),
        ttl=_text(about, "ttl"),
        period=_text(about, "sy_updateperiod"),
        frequency=_text(about, "sy_updatefrequency"),
        links=tuple((_text(link, "rel"), _text(link, "href")) for link in about.get("links", [])),
    )


def _ttl(head: Head) -> timedelta | None:
    """How long the feed says that it stays fresh: RSS `ttl` in minutes, or the period and frequency of the syndication module."""
    if _NUMBER.fullmatch(head.ttl.strip()):
        return timedelta(minutes=int(head.ttl)) or None
    period = _PERIODS.get(head.period.strip().lower())
    if period is None:
        return None
    frequency = int(head.frequency) if _NUMBER.fullmatch(head.frequency.strip()) else 1
    return period / frequency if frequency else None


def _older(head: Head) -> str:
    """The page with older items (RFC 5005): that of the archive, else the next one of a feed in pages."""
    links = {rel: href for rel, href in reversed(head.links) if href}
    return links.get("prev-archive") or links.get("next") or ""


def _raw_item(entry: dict[str, Any]) -> RawItem:
    return RawItem(
        guid=_text(entry, "id"),
        link=_text(entry, "feedburner_origlink") or _text(entry, "link"),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=max((_html(part) for part in entry.get("content", [])), key=len, default=""),
        published=next((date for name in ("published", "updated", "created") if (date := _text(entry, name))), ""),
    )


def _html(content: dict[str, Any]) -> str:
    """The value of a content element when it is text of any kind (Atom may carry pictures in it)."""
    kind = _text(content, "type")
    return _text(content, "value") if not kind or kind.startswith("text/") or "html" in kind else ""


def _text(entry: dict[str, Any], name: str) -> str:
    # feedparser's own `get` answers for `published` and `updated` with one another, and warns.
    value = dict.get(entry, name, "")
    return value if isinstance(value, str) else ""


def _words(error: object) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _character(reference: re.Match[str]) -> str:
    """A character reference as it was, or U+FFFD for one to no character: of those feedparser dies, and with it the whole feed."""
    digits = reference[1].lower().lstrip("x0") or "0"
    number = int(digits[:8], 16 if reference[1][0] in "xX" else 10)
    sound = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number <= 0x10FFFF
    return reference[0] if sound else "\ufffd"


def _instead(text: str) -> str:
    """What the body is, for people, since it is no feed."""
    if not text.strip():
        return "the body is empty"
    if _HTML.match(text):
        title = text.partition("<title")[2].partition(">")[2].partition("<")[0]
        return f"an HTML page: {title_of(title)[:100]}"
    return f"begins with {' '.join(text[:60].split())!r}"
