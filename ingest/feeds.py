"""From the bytes of a feed to its entries: the one door to feedparser. Pure, and meant to run where it can be killed (`workers`).

feedparser gets a BytesIO, because of a string or bytes it opens files and URLs; and neither of its HTML passes, because they take minutes
on a few hundred kilobytes of `<!--` and are 18 times slower than the rest on an honest feed. What we keep is stripped to text by
`markup`, and links are let through by `urls.web_url`.

Of a body that is well-formed only the items are read that the last one did not hold, and the others are cut out before feedparser sees it
(`outline`); entries come out as they would of the whole.
"""

import io
import re
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

import feedparser

from core.errors import ParseError
from core.reasons import Reason
from core.sources import Feed
from ingest.charsets import decoded
from ingest.identity import bears, traces
from ingest.items import Item, RawFeed, RawItem, Read, feed_of, known_digests, plain, read_all
from ingest.jsonfeed import read_json
from ingest.markup import title_of
from ingest.outline import Head, Outline, outline, without
from ingest.urls import web_url

# It would look for a driver of another library at every call (expat it is, whose judgement `outline` shares), and join the same base to the
# same address at every tag.
feedparser.api.PREFERRED_XML_PARSERS.clear()
feedparser.mixin.make_safe_absolute_uri = lru_cache(1024)(feedparser.mixin.make_safe_absolute_uri)

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
    # Without an address nothing is left out: the links may hang on the feed's own words.
    read = _read(text, base, known if base else b"")
    if read is None:
        raise ParseError(Reason.NOT_A_FEED, _instead(text), subject=source)
    return feed_of(read, source, base, now, zone)


def _read(text: str, base: str, known: bytes) -> Read | None:
    """The feed in `text`, or None when it is none."""
    if text.startswith("{"):
        document = read_json(text)
        return None if document is None else read_all(document, base, known)
    body = text.encode("utf-8", "replace")
    found = outline(body, base.partition("?")[0])
    if found is not None and (read := _read_new(body, found, base, known_digests(known))) is not None:
        return read
    raw = _read_xml(_BAD_REFERENCE.sub(_character, text).encode("utf-8", "replace"), base)
    if found is not None and raw is not None and raw.broken and not raw.items:
        raw = _read_singly(body, found, base, raw.broken)
    return None if raw is None else read_all(raw, base)


def _read_new(body: bytes, found: Outline, base: str, known: frozenset[bytes]) -> Read | None:
    """What is not among `known`; None when feedparser sees other items than the outline, so that the whole must be read."""
    new = [item.digest not in known for item in found.items]
    digests = b"".join([item.digest for item in found.items])
    if found.items and not any(new):
        head = found.head
        raw = RawFeed(format=found.format, title=head.title, items=(), ttl=_ttl(head), older=_older(head))
        return Read(raw=raw, items=[], wanted=[], digests=digests)
    some = _read_some(body, found, new, base)
    if some is None:
        return None
    items, along = plain(some, base), new
    if not all(new) and (along := _along(body, found, new, items)) != new:
        some = _read_some(body, found, along, base)
        if some is None:
            return None
        items = plain(some, base)
    wanted = [is_new for is_new, stays in zip(new, along, strict=True) if stays]
    return Read(raw=some, items=items, wanted=wanted, digests=digests)


def _read_some(body: bytes, found: Outline, stay: list[bool], base: str) -> RawFeed | None:
    """The body without the items that do not `stay`, through feedparser; None when it finds other items, or something amiss.

    Where items are left out, so are the feed's words about itself: the outline has what is wanted of them.
    """
    left_out = [item for item, stays in zip(found.items, stay, strict=True) if not stays]
    raw = _read_xml(without(body, [found.before, *left_out] if left_out else []), base)
    if raw is None or raw.broken or len(raw.items) != sum(stay):
        return None
    return replace(raw, title=found.head.title, ttl=_ttl(found.head), older=_older(found.head)) if left_out else raw


def _read_singly(body: bytes, found: Outline, base: str, broken: str) -> RawFeed:
    """Each item by itself, because one of them is more than feedparser can bear: it is left out, and the others are saved."""
    alone = (_read_xml(without(body, [other for other in found.items if other is not item]), base) for item in found.items)
    items = tuple(item for one in alone if one is not None for item in one.items)
    return RawFeed(format=found.format, title=found.head.title, items=items, broken=broken)


def _along(body: bytes, found: Outline, new: list[bool], items: list[Item]) -> list[bool]:
    """Which items must be read for the sake of the `new` ones (read as `items`): those, and what may share a name with them.

    A name counts only while one item of the body goes by it (`identity`), so that such an old item decides about the names of a new one.
    """
    everything = [True] * len(new)
    if sum(new) * (len(new) - sum(new)) > _MAX_PAIRS:
        return everything
    others = without(body, [place for place, is_new in zip(found.items, new, strict=True) if is_new])
    marks: set[tuple[bytes, ...]] = set()
    for item, place in zip(items, (place for place, is_new in zip(found.items, new, strict=True) if is_new), strict=True):
        raw = item.raw
        named_by = [name for name in (raw.guid, raw.link) if name.strip()]
        left = traces(item.names, named_by, item.title, item.summary or raw.content, written=body[place.start : place.end])
        if left is None:
            return everything
        marks.update(left_by for left_by in left if all(mark in others for mark in left_by))
    if not marks:
        return new
    return [
        is_new or any(bears(body, item.start, item.end, left_by) for left_by in marks)
        for item, is_new in zip(found.items, new, strict=True)
    ]


def _read_xml(body: bytes, base: str) -> RawFeed | None:
    """What feedparser finds in `body` (UTF-8), or None when it finds no feed. What it cannot bear is a broken feed without items."""
    try:
        found = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": base},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001 - it stumbles in its handlers over what nobody foresaw, and then gives nothing at all
        return RawFeed(format="", items=(), broken=f"feedparser stumbles over it: {_words(error)}")
    if not found.get("version"):
        return None
    fault = found.get("bozo_exception") if found.get("bozo") else None
    broken = "" if fault is None or isinstance(fault, _HARMLESS) else _words(fault)
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
