"""The page step: an announced link becomes an article, and when that fails, the feed's own words do."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from aseanwatch.ports import Clock, Extractor, Fetcher, Store
from core import articles, polling, revisits
from core.articles import BASELINE, SHARED_CANONICAL, Article, Failure
from core.errors import ExtractError, FetchError, ReasonedError
from core.readings import Reading
from core.reasons import Reason
from core.sources import Entry, NotModified, Source
from core.texts import one_line

log = logging.getLogger(__name__)

LISTED = 200
"""Pages listed at one call, one of each source."""
NOTICES = 2
"""Articles of a source with the very text of a new one, and titles of their own, from which that text is a notice."""

Due = TypeVar("Due")
FromEntry = Callable[[Source, Entry, datetime], Article | None]
"""The article as the feed itself gave it; None when the entry says nothing at all."""
MayFetch = Callable[[str], float]
"""Seconds that a page's publisher wants between two fetches; raises FetchError when it does not want the page fetched (robots.txt)."""


class Witness(Protocol):
    """Sees what becomes of pages."""

    def extracted(self, source: Source, entry: Entry, article: Article) -> None:
        """An entry became an article."""
        ...

    def set_aside(self, failure: Failure) -> None:
        """An item failed."""
        ...


class Visits:
    """Which servers are being visited: a slow one, or one with hundreds of new pages, gets one hand, and the others get theirs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hosts: Counter[str] = Counter()
        self._resting: dict[str, tuple[datetime, datetime]] = {}

    @contextmanager
    def to(self, url: str) -> Iterator[None]:
        """The time of one visit."""
        host = _host(url)
        with self._lock:
            self._hosts[host] += 1
        try:
            yield
        finally:
            with self._lock:
                self._hosts[host] -= 1

    def rest(self, url: str, seconds: float, now: datetime) -> None:
        """No other visit before `seconds` are over."""
        if seconds:
            with self._lock:
                self._resting[_host(url)] = (now, now + timedelta(seconds=seconds))

    def one_each(self, due: Sequence[Due], url: Callable[[Due], str], now: datetime) -> list[Due]:
        """The first of `due` for each server that nobody visits and that does not rest."""
        with self._lock:
            # From both sides: a clock that is set back makes no rest longer.
            self._resting = {host: (since, until) for host, (since, until) in self._resting.items() if since <= now < until}
            taken = {host for host, visitors in self._hosts.items() if visitors} | set(self._resting)
        chosen = []
        for item in due:
            host = _host(url(item))
            if host not in taken:
                taken.add(host)
                chosen.append(item)
        return chosen


class Pages:
    """From entries to articles. Whoever drives it asks what is due; the same entry is never at work twice at once.

        due           store.pending_entries                                  which pages to fetch now, one of each server
        extract       store.article                                          under from_entry's name: did another feed bring it just now?
                      fetcher.get -> extractor.extract                       the page, where we are let, and the article in it
                      store.same_text                                        is it a notice that stands on many pages?
                      store.record_article -> store.reading                  the article, what it said before; or the feed's own words,
                      store.record_failure                                   with the reason, and when to try again
        look_again    store.revisit                                          when an article that brought an outcome is fetched again

    An item that fails leaves a failure on record and the rest goes on.
    """

    def __init__(
        self,
        *,
        store: Store,
        fetcher: Fetcher,
        extractor: Extractor,
        from_entry: FromEntry,
        clock: Clock,
        witness: Witness,
        may_fetch: MayFetch,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._extractor = extractor
        self._from_entry = from_entry
        self._clock = clock
        self._witness = witness
        self._may_fetch = may_fetch
        self._visits = Visits()

    def due(self) -> Sequence[tuple[Source, Entry, int]]:
        """Entries whose page is to be fetched now, each with the number of attempts so far."""
        now = self._clock.now()
        pending = self._store.pending_entries(now, LISTED, per_source=1)
        return self._visits.one_each(pending, lambda due: due[1].link or due[1].identity, now)

    def extract(self, source: Source, entry: Entry, attempt: int) -> None:
        """Fetches one page and records its article, or the feed's own words until the page can be had."""
        instead = None
        try:
            instead = self._from_entry(source, entry, self._clock.now())
            article = self._brought_before(source, instead) or self._page(source, entry, instead)
            became = self._store.record_article(entry, article, self._clock.now())
        except ReasonedError as error:
            self._failed(source, entry, instead, attempt, error)
        except Exception as error:
            log.exception("extract %s", entry.link or entry.identity)
            self._failed(source, entry, instead, attempt, ExtractError(Reason.INTERNAL, _words(error)))
        else:
            if became != "known":
                self._witness.extracted(source, entry, article)
            elif (kept := self._store.article(article.key)) is not None:
                self.look_again(kept, self._store.reading(article.key))

    def look_again(self, article: Article, reading: Reading | None) -> None:
        """Sees to it that the page is fetched again for edits, if `reading` makes that worth while."""
        at = revisits.next_visit(article, reading, self._clock.now())
        if at is not None:
            self._store.revisit(article.key, at)

    def _brought_before(self, source: Source, instead: Article | None) -> Article | None:
        """The article, when another source's feed announced it too and its page was read just now."""
        known = self._store.article(instead.key) if instead is not None else None
        return known if known is not None and articles.just_read(known, source.id, self._clock.now()) else None

    def _page(self, source: Source, entry: Entry, instead: Article | None) -> Article:
        if entry.link is None:
            raise ExtractError(Reason.NO_LINK, subject=entry.identity)
        with self._visits.to(entry.link):
            self._visits.rest(entry.link, self._may_fetch(entry.link), self._clock.now())
            response = self._fetcher.get(entry.link, accept="page")
            if response.url != entry.link:  # where its redirects lead is a page of somebody else's robots.txt
                self._may_fetch(response.url)
        if isinstance(response, NotModified):
            raise FetchError(Reason.UNEXPECTED_STATUS, "304 without a condition", subject=entry.link)
        article = self._extractor.extract(source, entry, response, self._clock.now())
        if self._store.same_text(article) >= NOTICES:
            raise ExtractError(Reason.BOILERPLATE, "the text of other articles too", subject=entry.link)
        return _marked(entry, self._under_its_own_name(article, instead))

    def _under_its_own_name(self, article: Article, instead: Article | None) -> Article:
        """The article; under its link's key when the one that its page claims is another article's, as bad templates claim."""
        if instead is None or instead.key == article.key:
            return article
        known = self._store.article(article.key)
        if known is None or not articles.unrelated(known, article):
            return article
        return replace(article, key=instead.key, flags=(*article.flags, SHARED_CANONICAL))

    def _failed(self, source: Source, entry: Entry, instead: Article | None, attempt: int, error: ReasonedError) -> None:
        now = self._clock.now()
        if instead is not None:  # first, and without closing the entry: a process that dies in between only asks again
            instead = _marked(entry, instead)
            became = self._store.record_article(None, instead, now)
            if became != "known":
                self._witness.extracted(source, entry, instead)
        failure = Failure(
            stage="extract",
            subject=entry.link or entry.identity,
            reason=error.reason,
            detail=one_line(error.detail, 300),
            at=now,
            attempt=attempt + 1,
            retry_at=polling.page_retry(error, attempt + 1, now),
        )
        self._store.record_failure(entry, failure)
        self._witness.set_aside(failure)


def _marked(entry: Entry, article: Article) -> Article:
    """The article, marked as history when its entry is."""
    return replace(article, flags=(*article.flags, BASELINE)) if entry.baseline else article


def _host(url: str) -> str:
    """Host and port of `url`; the text itself when it is none."""
    try:
        return urlsplit(url).netloc.lower() or url
    except ValueError:
        return url


def _words(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}", 300)
