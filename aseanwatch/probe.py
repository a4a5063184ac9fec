"""A look at a source before it is watched, and a check of one that is: fetched, parsed and read as the watch would, and nothing is kept."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aseanwatch.ports import Clock, Extractor, Fetcher, Parser, Reader
from core.articles import Article
from core.errors import ExtractError, FetchError, ReasonedError
from core.polling import is_known
from core.readings import Reading
from core.reasons import Reason
from core.sources import Entry, Feed, NotModified, Response, Source

if TYPE_CHECKING:
    from ingest.discovery import Candidate, Discovery

PAGES = 3
"""Pages that a preview reads."""
MayFetch = Callable[[str], object]
"""Asks robots.txt. Raises FetchError: ROBOTS where a page may not be fetched."""
FromEntry = Callable[[Source, Entry, datetime], Article | None]
KnownNames = Callable[[Mapping[str, Sequence[str]]], Mapping[str, Collection[str]]]
"""Source -> names of entries, and those of them that are stored: `ports.Store.known_names`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """What would be read of one item: of its page, or of what the feed says of it where the page gives nothing, for `reason`."""

    entry: Entry
    reading: Reading | None
    reason: Reason | None = None
    characters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What there is to know of a source before it is watched."""

    source: Source
    """As it would be saved, with the language that its items are in."""
    feed: Feed
    robots: Reason | None
    """Why its pages could not be fetched now; None when they may."""
    gap: timedelta | None
    """The median time between two of its items; None where their dates do not tell."""
    pages: tuple[PageRead, ...]
    same_site: tuple[Source, ...]
    """What is listed of that site already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How one source answered."""

    source: Source
    reason: Reason | None = None
    """Why it failed; None when it gave a feed."""
    detail: str = ""
    feed: Feed | None = None
    known: int | None = None
    """How many of its items are stored already; None where there is no database."""
    robots: Reason | None = None
    moved_to: str | None = None
    seconds: float = 0.0

    @property
    def newest(self) -> datetime | None:
        """The date of its newest item."""
        return max((entry.published for entry in self.feed.entries if entry.published), default=None) if self.feed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a look takes: the watch's own means, without its memory."""

    fetcher: Fetcher
    parser: Parser
    extractor: Extractor
    from_entry: FromEntry
    may_fetch: MayFetch
    clock: Clock

    def discover(self, url: str) -> "Discovery":
        """The feeds of the site of `url`. Raises FetchError when it cannot be had."""
        from ingest.discovery import discover

        def parsed(candidate: "Candidate", response: Response) -> Feed:
            return self._parsed(Source(id="probe", url=candidate.url, publisher="", kind=candidate.kind), response)

        return discover(url, lambda address: self._fetched(address, "feed"), parsed)

    def feed(self, source: Source) -> tuple[Response, Feed]:
        """What `source` gives now, whole. Raises FetchError, ParseError."""
        response = self._fetched(source.url, "page" if source.selector else "feed")
        return response, self._parsed(source, response)

    def preview(self, source: Source, feed: Feed, listed: Iterable[Source], reader: Reader, *, pages: int = PAGES) -> Preview:
        """`feed`, which `source` gave, looked at closely: its first pages are fetched and read by `reader`."""
        from ingest.urls import same_site

        host = urlsplit(source.url).hostname or ""
        read = tuple(self._read(source, entry, reader) for entry in feed.entries[:pages])
        return Preview(
            source=replace(source, language=_language(source, feed, read, reader)),
            feed=feed,
            robots=self._robots(feed),
            gap=median_gap(feed.entries),
            pages=read,
            same_site=tuple(one for one in listed if one.id != source.id and same_site(urlsplit(one.url).hostname or "", host)),
        )

    def check(self, source: Source, known: KnownNames | None) -> Checked:
        """How `source` answers. `known`: those of names (of a source's entries) that are stored. Raises nothing that is its own fault."""
        began = time.monotonic()
        try:
            response, feed = self.feed(source)
        except ReasonedError as error:
            return Checked(source=source, reason=error.reason, detail=error.detail, seconds=time.monotonic() - began)
        seconds = time.monotonic() - began
        announced = [name for one in feed.entries for name in one.names]
        stored = None if known is None else _overlap(feed, known({source.id: announced})[source.id])
        return Checked(source=source, feed=feed, known=stored, robots=self._robots(feed), moved_to=response.moved_to, seconds=seconds)

    def _fetched(self, url: str, accept: str) -> Response:
        answer = self.fetcher.get(url, accept=accept)
        if isinstance(answer, NotModified):
            raise FetchError(Reason.UNEXPECTED_STATUS, "HTTP 304, though nothing was asked conditionally", subject=url)
        return answer

    def _parsed(self, source: Source, response: Response) -> Feed:
        return self.parser.parse(source, response, self.clock.now())

    def _robots(self, feed: Feed) -> Reason | None:
        """Why the first page that the feed links to could not be fetched now."""
        link = next((entry.link for entry in feed.entries if entry.link), None)
        return None if link is None else self._forbidden(link)

    def _forbidden(self, link: str) -> Reason | None:
        try:
            self.may_fetch(link)
        except FetchError as error:
            return error.reason
        return None

    def _read(self, source: Source, entry: Entry, reader: Reader) -> PageRead:
        article, reason = self._article(replace(source, language="multi"), entry)
        if article is None:
            return PageRead(entry=entry, reading=None, reason=reason)
        return PageRead(entry=entry, reading=reader.read(article), reason=reason, characters=len(article.text))

    def _article(self, source: Source, entry: Entry) -> tuple[Article | None, Reason | None]:
        """The item's page, or what the feed says of it and why not the page."""
        now = self.clock.now()
        if entry.link is None:
            return self.from_entry(source, entry, now), Reason.NO_LINK
        try:
            self.may_fetch(entry.link)
            return self.extractor.extract(source, entry, self._fetched(entry.link, "page"), now), None
        except (FetchError, ExtractError) as error:
            return self.from_entry(source, entry, now), error.reason


def median_gap(entries: Sequence[Entry]) -> timedelta | None:
    """The median time between two entries with dates; None with fewer than three of them, or when all are of one moment."""
    dates = sorted(entry.published for entry in entries if entry.published is not None)
    if len(dates) < 3:
        return None
    gap = median((later - earlier).total_seconds() for earlier, later in pairwise(dates))
    return timedelta(seconds=gap) if gap > 0 else None


def _language(source: Source, feed: Feed, read: Sequence[PageRead], reader: Reader) -> str:
    """The language of most pages that were read, else of the titles; the source's own where nothing tells."""
    heard = Counter(page.reading.language for page in read if page.reading is not None and page.reading.language)
    if heard:
        return heard.most_common(1)[0][0]
    titles = "\n".join(entry.title for entry in feed.entries[:30])
    said = reader.read(Article(key="titles", url="", title="", text=titles)).language if titles.strip() else ""
    return said or source.language


def _overlap(feed: Feed, known: Collection[str]) -> int:
    return sum(is_known(entry, known) for entry in feed.entries)
