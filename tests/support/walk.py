"""A pipeline over a real store in memory, with a scripted network: what each URL answers is what the test says."""

import contextlib
import queue
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import stores

from aseanwatch.pipeline import NOBODY, Channel, Pipeline
from aseanwatch.ports import Notifier, Reader
from core.alerts import Alert, Delivery, Receipt, ReceiptKind
from core.articles import Article, Failure
from core.calendar import Calendar
from core.delivery import OnUnknown
from core.errors import FetchError, ReasonedError
from core.operator import Operators
from core.outcomes import Changes, Event, Outcome
from core.readings import Reading
from core.reasons import Reason
from core.routes import Routing
from core.sources import Body, Entry, Feed, NotModified, Poll, Response, Source
from store import Ledger, Store

Answer = Response | NotModified | Exception


class StandingClock:
    """A clock that a test moves."""

    def __init__(self, at: datetime = stores.NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def passes(self, time: timedelta) -> None:
        self.at += time


@dataclass
class ScriptedNetwork:
    """Fetcher, parser and extractor in one: pages and feeds are looked up, not parsed."""

    answers: dict[str, Answer] = field(default_factory=dict)
    feeds: dict[str, Feed] = field(default_factory=dict)
    articles: dict[str, Article | Exception] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """URL and ETag of every request."""
    robots: dict[str, float | FetchError] = field(default_factory=dict)
    """Page -> what its robots.txt says of it: seconds between two fetches, or why not."""

    def may_fetch(self, page: str) -> float:
        answer = self.robots.get(page, 0.0)
        if isinstance(answer, FetchError):
            raise answer
        return answer

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> Response | NotModified:
        self.asked.append((url, etag))
        answer = self.answers.get(url, FetchError(Reason.NOT_FOUND, subject=url))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def transfers(self) -> "ScriptedTransfers":
        return ScriptedTransfers(self)

    def parse(self, source: Source, response: Response, now: datetime, known: bytes = b"") -> Feed:
        return self.feeds[response.url]

    def parse_together(self, bodies: Sequence[Body], now: datetime) -> list[Feed | ReasonedError] | None:
        """One by one."""
        feeds: list[Feed | ReasonedError] = []
        for body in bodies:
            try:
                feeds.append(self.parse(body.source, body.response, now, body.known))
            except ReasonedError as error:
                feeds.append(error)
        return feeds

    def extract(self, source: Source, entry: Entry, response: Response, now: datetime) -> Article:
        article = self.articles[response.url]
        if isinstance(article, Exception):
            raise article
        return article

    def serves(self, source: Source, *entries: Entry, etag: str = '"1"', items: bytes = b"", archive: str | None = None) -> None:
        """The source's feed holds these entries."""
        body = "\n".join(entry.identity for entry in entries).encode()
        self.answers[source.url] = Response(url=source.url, status=200, headers={"etag": etag}, body=body)
        self.feeds[source.url] = Feed(format="rss20", entries=entries, items=items, archive=archive)

    def archives(self, url: str, *entries: Entry, older: str | None = None) -> None:
        """An older page of a feed holds these entries, and names one that is older still."""
        self.answers[url] = Response(url=url, status=200, body=url.encode())
        self.feeds[url] = Feed(format="atom10", entries=entries, archive=older)

    def page(self, entry: Entry, article: Article | Exception) -> None:
        """The entry's page holds this article, or fails in the extractor."""
        assert entry.link is not None
        self.answers[entry.link] = Response(url=entry.link, status=200, body=b"<html>")
        self.articles[entry.link] = article


@dataclass
class ScriptedTransfers:
    """Many at a time: each has ended when it is asked for."""

    network: ScriptedNetwork
    ended: queue.SimpleQueue[tuple[str, Response | NotModified | FetchError] | None] = field(default_factory=queue.SimpleQueue)
    """None: somebody woke us."""

    def __len__(self) -> int:
        return self.ended.qsize()

    def start(self, key: str, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> None:
        try:
            self.ended.put((key, self.network.get(url, etag=etag, last_modified=last_modified, accept=accept)))
        except FetchError as error:
            self.ended.put((key, error))

    def done(self, seconds: float) -> list[tuple[str, Response | NotModified | FetchError]]:
        came = []
        with contextlib.suppress(queue.Empty):
            first = self.ended.get(timeout=seconds)
            came.append(first)
            while True:
                came.append(self.ended.get_nowait())
        return [one for one in came if one is not None]

    def wake(self) -> None:
        self.ended.put(None)

    def close(self) -> None:
        pass


@dataclass
class TitleReader:
    """Reads an outcome out of an article for each title that the test named for it; raises where it was told to."""

    sees: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Article key -> titles of the outcomes in it."""
    raises: dict[str, Exception] = field(default_factory=dict)
    ruleset: str = "rules-1"

    def read(self, article: Article) -> Reading:
        if article.key in self.raises:
            raise self.raises[article.key]
        return stores.reading(article, *self.sees.get(article.key, ()), ruleset=self.ruleset)


@dataclass
class Postbox:
    """A notifier that keeps what it was given and answers as it was told."""

    answers: list[Receipt | Exception] = field(default_factory=list)
    """What the next deliveries get, first one first; then accepted."""
    got: list[tuple[Delivery, Alert]] = field(default_factory=list)

    def deliver(self, delivery: Delivery, alert: Alert) -> Receipt:
        self.got.append((delivery, alert))
        answer = self.answers.pop(0) if self.answers else Receipt(kind=ReceiptKind.ACCEPTED)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Diary:
    """A witness that writes everything down."""

    polls: list[tuple[str, str, int]] = field(default_factory=list)
    """Source, outcome of the poll, how many entries were new."""
    articles: list[Article] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    readings: list[Article] = field(default_factory=list)
    receipts: list[ReceiptKind] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    missed: list[tuple[str, str]] = field(default_factory=list)
    """Title of an overdue outcome, detail of the event."""

    def polled(self, source: Source, poll: Poll, fresh: int) -> None:
        self.polls.append((source.id, poll.outcome, fresh))

    def extracted(self, source: Source, entry: Entry, article: Article) -> None:
        self.articles.append(article)

    def set_aside(self, failure: Failure) -> None:
        self.failures.append(failure)

    def read(self, article: Article, reading: Reading, changes: Changes, alert: Alert | None) -> None:
        self.readings.append(article)

    def delivered(self, delivery: Delivery, alert: Alert, receipt: Receipt) -> None:
        self.receipts.append(receipt.kind)

    def doubted(self, delivery: Delivery) -> None:
        self.doubts.append(delivery.key)

    def overdue(self, outcome: Outcome, event: Event) -> None:
        self.missed.append((outcome.title, event.detail))

    def flush(self) -> None:
        pass


def from_entry(source: Source, entry: Entry, now: datetime) -> Article | None:
    """The feed's own words, when it has any."""
    if not entry.summary:
        return None
    return Article(key=str(entry.link), url=str(entry.link), title=entry.title, text=entry.summary, flags=("from_summary",))


class Walk:
    """The pipeline and everything around it."""

    def __init__(
        self,
        store: Store,
        *,
        on_unknown: OnUnknown = OnUnknown.HOLD,
        wrap: Callable[[Store], Store] = lambda same: same,
        calendar: Calendar | None = None,
        reader: Reader | None = None,
        read_before: bool = True,
        clock: StandingClock | None = None,
        network: ScriptedNetwork | None = None,
        routing: Routing | None = None,
        operators: Operators = NOBODY,
        targets: Sequence[str] = ("desk",),
        ledger: Ledger | None = None,
        notifiers: Callable[[Callable[[], float]], Mapping[str, Notifier]] = lambda _: {},
    ) -> None:
        """`read_before`: the source was read once and held nothing, so that what it brings now is news.

        `notifiers` makes those of targets that are not to be the postbox; it is given the clock, in seconds.
        """
        self.store = wrap(store)
        self.clock = clock or StandingClock()
        self.network = network or ScriptedNetwork()
        self.reader = TitleReader()
        self.postbox = Postbox()
        self.ledger = ledger or Ledger(None)
        self.diary = Diary()
        real = notifiers(lambda: self.clock.now().timestamp())
        self.pipeline = Pipeline(
            store=self.store,
            fetcher=self.network,
            parser=self.network,
            extractor=self.network,
            from_entry=from_entry,
            reader=reader or self.reader,
            calendar=calendar or Calendar(),
            channels={name: Channel(notifier=real.get(name, self.postbox), on_unknown=on_unknown) for name in targets},
            ledger=self.ledger,
            clock=self.clock,
            witness=self.diary,
            owner="test:1",
            max_age=timedelta(days=7),
            may_fetch=self.network.may_fetch,
            routing=routing,
            operators=operators,
        )
        store.sync_sources([stores.VNA], self.clock.now())
        if read_before:
            store.record_poll(stores.baseline(self.clock.now()))

    def polls(self) -> None:
        """Every source that is due, once."""
        while self.pipeline.poll_due(10.0).polls:
            pass

    def goes(self) -> None:
        """Everything that is due, once."""
        self.polls()
        while pages := self.pipeline.due_pages():
            for source, entry, attempt in pages:
                self.pipeline.extract(source, entry, attempt)
        while self.pipeline.read_pending():
            pass
        self.pipeline.gather()
        self.pipeline.tell_operator()
        while self.pipeline.deliver_next():
            pass
