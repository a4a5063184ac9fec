"""From a page to an article. Pure, and meant to run where it can be killed (`workers`); the watch itself only needs `article_from_entry`.

Whether the page is one at all `walls` says, what of it is text `maintext`. Paragraphs stay lines: the classifiers read sentence and
paragraph from them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from core.articles import Article
from core.errors import ExtractError
from core.keys import derived
from core.reasons import Reason
from core.sources import Entry, Source
from core.texts import one_line, size
from ingest.charsets import decoded, is_spoilt, is_zawgyi
from ingest.dates import read_date
from ingest.maintext import EXTRACTOR, main_text, tree_of
from ingest.markup import MAX_TITLE, text_of, title_of
from ingest.urls import article_key, masked, web_url
from ingest.walls import MIN_TEXT, elsewhere, is_not_free, wall

MAX_TEXT = 500_000

_UNDETERMINED = frozenset({"", "-", "multi"})
_NO_CHARACTER = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_NOISE = 0.05
"""More of these than so many of the characters: an archive or a picture that calls itself a page."""
_LOOK = 10_000
"""Characters in which they are looked for."""
_CUT_TITLE = re.compile(r"\s*(?:\.{3}|…)\s*$")
_PUBLISHED = (
    "//meta[@property='article:published_time' or @itemprop='datePublished' or @name='pubdate' or @name='publishdate' or @name='date' "
    "or @name='dc.date' or @name='DC.date.issued' or @property='og:published_time']/@content"
)


def extract_page(body: bytes, *, content_type: str, url: str, source: Source, entry: Entry, now: datetime) -> Article:
    """`extract_article` of a page in bytes, as a server sent it with `content_type`."""
    return extract_article(decoded(body, content_type), url=url, source=source, entry=entry, now=now)


def extract_article(html: str, *, url: str, source: Source, entry: Entry, now: datetime) -> Article:
    """The article on the page `html`, found at `url` (after redirects), announced by `entry` of `source`.

    Title and date are the entry's unless it has none (or a title cut short). Raises ExtractError: what `walls` found in its place, NO_TEXT
    or TEXT_TOO_SHORT; `article_from_entry` is what can be had then.
    """
    if entry.link is not None and (reason := elsewhere(entry.link, url)) is not None:
        raise ExtractError(reason, f"redirected to {masked(url)[:100]}", subject=entry.identity)
    if _is_noise(html[:_LOOK]):
        raise ExtractError(Reason.NO_TEXT, "its bytes are not those of a text", subject=entry.identity)
    tree = tree_of(html)
    if tree is None:
        raise ExtractError(wall(html, "") or Reason.NO_TEXT, "no HTML tree", subject=entry.identity)
    page = _Page(tree, url)
    text = _without_title(main_text(tree), {page.title, entry.title})
    if (reason := wall(html, text, entry.title)) is not None:
        raise ExtractError(reason, page.title[:100], subject=entry.identity)
    if size(text) < MIN_TEXT:
        raise ExtractError(Reason.TEXT_TOO_SHORT if text else Reason.NO_TEXT, f"{len(text)} characters", subject=entry.identity)
    flags = [name for name, holds in _quality(html, text) if holds]
    title, from_page = _title(entry.title, page)
    if from_page:
        flags.append("title_from_page")
    article = _article(source, entry, now)
    return replace(
        article,
        key=article_key(url, page.canonical),
        url=url,
        title=title,
        text=text[:MAX_TEXT],
        published=article.published or page.published(now, _zone(source)),
        extractor=EXTRACTOR,
        flags=tuple(flags),
    )


def _is_noise(html: str) -> bool:
    """Whether too many of the characters are none that anybody writes. What could not be decoded is another matter (`is_spoilt`), and a NUL
    is none: UTF-16 that passes for Latin is full of them."""
    return len(_NO_CHARACTER.findall(html)) > _NOISE * len(html)


def article_from_entry(source: Source, entry: Entry, now: datetime) -> Article | None:
    """The article as the feed itself gave it (content, else summary), flagged `from_summary`; None when the entry says nothing at all."""
    content = text_of(entry.content)
    text = content if len(content) >= len(entry.summary) else entry.summary
    if not (text or entry.title):
        return None
    article = _article(source, entry, now)
    return replace(article, text=text[:MAX_TEXT], extractor="feed", flags=("from_summary",))


def _article(source: Source, entry: Entry, now: datetime) -> Article:
    """What source and entry alone say of the article."""
    return Article(
        key=article_key(entry.link) if entry.link else f"{source.id}:{derived(source.id, entry.identity)}",
        url=entry.link or "",
        title=entry.title,
        text="",
        source=source.id,
        publisher=source.publisher,
        tier=source.tier,
        country=source.country,
        language=None if source.language in _UNDETERMINED or "/" in source.language else source.language,
        published=entry.published,
        first_seen=now,
    )


def _quality(html: str, text: str) -> Iterator[tuple[str, bool]]:
    """Each quality flag that a page's text may bear, and whether it does."""
    yield "truncated", len(text) > MAX_TEXT
    yield "mojibake", is_spoilt(text)
    yield "zawgyi", is_zawgyi(text)
    yield "paywalled", is_not_free(html)


def _without_title(text: str, titles: set[str]) -> str:
    """`text` without a first line that only repeats the title: it would be read, and found as evidence, twice."""
    first, _, rest = text.partition("\n")
    return rest if first in titles else text


def _title(announced: str, page: "_Page") -> tuple[str, bool]:
    """The title, and whether it is the page's: the entry's own unless it is missing or an ellipsis stands for its end."""
    if not announced:
        return page.title, bool(page.title)
    stem = _CUT_TITLE.sub("", announced)
    if stem != announced and page.title.casefold().startswith(stem.casefold()):
        return page.title, True
    return announced, False


def _zone(source: Source) -> tzinfo | None:
    return ZoneInfo(source.zone) if source.zone else None


class _Page:
    """What a page says of itself in its head."""

    def __init__(self, tree: Any, url: str) -> None:
        self._tree = tree
        self._url = url

    @property
    def title(self) -> str:
        """og:title, else the first h1, else the title element."""
        candidates = [
            *self._tree.xpath("//meta[@property='og:title']/@content")[:1],
            *(element.text_content() for element in self._tree.xpath("//h1")[:1]),
            *(element.text_content() for element in self._tree.xpath("//head/title")[:1]),
        ]
        return next((title for text in candidates if (title := one_line(title_of(str(text)), MAX_TITLE))), "")

    @property
    def canonical(self) -> str | None:
        """The link that the page calls its own, absolute, believed by nobody yet."""
        links = self._tree.xpath("//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href")
        return web_url(str(links[0]), self._url) if links else None

    def published(self, now: datetime, zone: tzinfo | None) -> datetime | None:
        """The first plausible date among JSON-LD, meta elements and `time` elements."""
        for text in self._dates():
            moment, _ = read_date(text, now=now, zone=zone)
            if moment is not None:
                return moment
        return None

    def _dates(self) -> Iterator[str]:
        for block in self._tree.xpath("//script[@type='application/ld+json']/text()")[:10]:
            yield from _dates_in_json(str(block))
        for text in self._tree.xpath(_PUBLISHED)[:5]:
            yield str(text)
        for text in self._tree.xpath("//time/@datetime")[:1]:
            yield str(text)


def _dates_in_json(block: str) -> Iterator[str]:
    try:
        data = json.loads(block)
    except (ValueError, RecursionError):
        return
    things = data if isinstance(data, list) else data.get("@graph", [data]) if isinstance(data, dict) else []
    for thing in things if isinstance(things, list) else []:
        if isinstance(thing, dict) and isinstance(date := thing.get("datePublished"), str):
            yield date
