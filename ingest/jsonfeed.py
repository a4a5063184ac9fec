"""Feeds in JSON: JSON Feed 1.0 and 1.1 (jsonfeed.org), and the article list of the GDELT DOC API.

Both become `RawItem`s, the same shape that `feeds` makes of XML, so that identities, dates and texts have one treatment.
"""

import html
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ingest.items import RawFeed, RawItem

_EXPIRED = timedelta(days=1)
"""How seldom a feed is asked for that says of itself that it will never be written again."""


def read_json(body: str) -> RawFeed | None:
    """The feed in `body`, or None when it is no JSON or no feed that we know. Wrong types inside it cost the field, not the feed."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    if "jsonfeed.org/version/" in _text(document, "version") and isinstance(document.get("items"), list):
        return _json_feed(document)
    if isinstance(document.get("articles"), list):
        return _gdelt(document)
    return None


def _json_feed(document: Mapping[str, Any]) -> RawFeed:
    version = _text(document, "version").rpartition("/")[2].replace(".", "")
    items = tuple(_item(item) for item in _objects(document, "items"))
    return RawFeed(
        format=f"json{version}"[:10],
        title=_text(document, "title"),
        site=_text(document, "home_page_url"),
        items=items,
        broken="" if items or not document["items"] else "its items are no objects",
        ttl=_EXPIRED if document.get("expired") is True else None,
        older=_text(document, "next_url"),
    )


def _item(item: Mapping[str, Any]) -> RawItem:
    """`summary` and `content_text` are plain by definition: what looks like markup in them is to stay."""
    summary, text = (html.escape(_text(item, name), quote=False) for name in ("summary", "content_text"))
    return RawItem(
        guid=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        summary=summary or text,
        content=_text(item, "content_html") or (text if summary else ""),
        published=_text(item, "date_published") or _text(item, "date_modified"),
    )


def _gdelt(document: Mapping[str, Any]) -> RawFeed:
    items = tuple(
        RawItem(link=_text(article, "url"), title=_text(article, "title"), published=_text(article, "seendate"))
        for article in _objects(document, "articles")
    )
    return RawFeed(format="gdelt", items=items)


def _objects(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = document.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
