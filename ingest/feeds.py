"""From the bytes of a feed to its entries: the one door to feedparser. Pure, and meant to run where it can be killed (`workers`).

feedparser gets a BytesIO, because of a string or bytes it opens files and URLs; and neither of its HTML passes, because they take minutes
on a few hundred kilobytes of `<!--` and are 18 times slower than the rest on an honest feed. What we keep is stripped to text by
`markup`, and links are let through by `urls.web_url`.
"""

import io
import re
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

import feedparser

from core.errors import ParseError
from core.reasons import Reason
from core.sources import Entry, Feed
from core.texts import normal
from ingest.charsets import decoded
from ingest.dates import read_date
from ingest.identity import identities, named
from ingest.jsonfeed import RawFeed, RawItem, read_json
from ingest.markup import text_of, title_of
from ingest.urls import web_url

MAX_SUMMARY = 20_000
MAX_CONTENT = 500_000
"""Characters kept of one entry."""

_HTML = re.compile(r"^\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
_END = re.compile(r"</\s*(?:rss|feed|rdf:RDF|channel)\s*>", re.IGNORECASE)
_TAIL = 4000
_BAD_REFERENCE = re.compile(r"&#(x[0-9a-f]+|[0-9]+);?", re.IGNORECASE)
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


def parse_feed(body: bytes, *, source: str, url: str, content_type: str, now: datetime, zone: tzinfo | None = None) -> Feed:
    """The feed in `body`, its entries in its own order, each once, links absolute (against `url`, or the site's own), texts plain and NFC.

    `zone` is that of dates without one. A feed that is broken but gave entries has `reason` MALFORMED_FEED, and `truncated` set when its
    end is missing. Raises ParseError: NOT_A_FEED, or MALFORMED_FEED when nothing could be saved.
    """
    text = _BAD_REFERENCE.sub(_character, decoded(body, content_type, xml=True).lstrip("\ufeff \t\r\n"))
    raw = read_json(text) if text.startswith("{") else _read_xml(text, url)
    if raw is None:
        raise ParseError(Reason.NOT_A_FEED, _instead(text), subject=source)
    entries = _entries(raw, source, web_url(url) or web_url(raw.site) or "", now, zone)
    if raw.broken and not entries:
        raise ParseError(Reason.MALFORMED_FEED, raw.broken, subject=source)
    return Feed(
        format=raw.format,
        title=title_of(raw.title),
        entries=entries,
        reason=Reason.MALFORMED_FEED if raw.broken else None,
        detail=raw.broken,
        truncated=raw.cut,
    )


def _entries(raw: RawFeed, source: str, base: str, now: datetime, zone: tzinfo | None) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    names = []
    for item in raw.items:
        title, summary = title_of(item.title), text_of(item.summary)[:MAX_SUMMARY]
        link = web_url(item.link, base) if item.link.strip() else None
        if not (title or summary or link):
            continue  # an empty shell, or an item cut off before it said anything
        published, trust = read_date(item.published, now=now, zone=zone)
        names.append(named(guid=item.guid, link=link, title=title, text=summary or item.content))
        entries.append(
            Entry(
                source=source,
                identity="",
                link=link,
                title=title,
                summary=summary,
                content=normal(item.content)[:MAX_CONTENT],
                published=published,
                date_trust=trust,
            )
        )
    return tuple(
        replace(entry, identity=called[0], aliases=called[1])
        for entry, called in zip(entries, identities(names), strict=True)
        if called is not None
    )


def _read_xml(text: str, url: str) -> RawFeed | None:
    """What feedparser finds, or None when it finds no feed."""
    found = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": web_url(url) or ""},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.get("version"):
        return None
    error = found.get("bozo_exception") if found.get("bozo") else None
    broken = "" if error is None or isinstance(error, _HARMLESS) else _words(error)
    items = tuple(_raw_item(entry) for entry in found.get("entries", []))
    cut = bool(broken) and not _END.search(text[-_TAIL:])
    about = found.get("feed", {})
    return RawFeed(format=found["version"], title=_text(about, "title"), site=_text(about, "link"), items=items, broken=broken, cut=cut)


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
