"""Feeds in JSON: JSON Feed 1.0 and 1.1 (jsonfeed.org), and the article list of the GDELT DOC API.

Both become `RawItem`s, the same shape that `feeds` makes of XML, so that identities, dates and texts have one treatment.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """One item as the feed wrote it: strings untouched, markup and all."""

    guid: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    published: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """A feed as written. `broken` says what was wrong with it; `cut` that its end is missing."""

    format: str
    title: str
    site: str = ""
    """The site's own address, against which links are relative when nobody knows where the feed came from."""
    items: tuple[RawItem, ...]
    broken: str = ""
    cut: bool = False
    ttl: timedelta | None = None
    older: str = ""
    """The address of the page with older items, as written."""


def read_json(body: str) -> RawFeed | None:
    """The feed in `body`, or None when it is no JSON or no feed that we know. Wrong types inside it cost the field, not the feed."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    if "jsonfeed.org/version/" in _text(document, "version"):
        return _json_feed(document)
    if isinstance(document.get("articles"), list):
        return _gdelt(document)
    return None


def _json_feed(document: Mapping[str, Any]) -> RawFeed:
    items = tuple(
        RawItem(
            guid=_text(item, "id"),
            link=_text(item, "url") or _text(item, "external_url"),
            title=_text(item, "title"),
            summary=_text(item, "summary") or _text(item, "content_text"),
            content=_text(item, "content_html"),
            published=_text(item, "date_published") or _text(item, "date_modified"),
        )
        for item in _objects(document, "items")
    )
    version = _text(document, "version").rpartition("/")[2].replace(".", "")
    return RawFeed(format=f"json{version}"[:10], title=_text(document, "title"), site=_text(document, "home_page_url"), items=items)


def _gdelt(document: Mapping[str, Any]) -> RawFeed:
    items = tuple(
        RawItem(link=_text(article, "url"), title=_text(article, "title"), published=_text(article, "seendate"))
        for article in _objects(document, "articles")
    )
    return RawFeed(format="gdelt", title="", items=items)


def _objects(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = document.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
