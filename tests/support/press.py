"""Two hundred publishers and a day of their lives: feeds as bytes, honest and not, on a clock that a test moves.

Every source publishes at a rhythm of its own; what befalls it in the course of the day stands in `troubles` with its hours. What we are
served whole is noted here (`delivered`), and so is every answer that was a failure (`failed`): a test can compare both with the store.
"""

import contextlib
import hashlib
import queue
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from core.articles import Article
from core.errors import FetchError
from core.reasons import Reason
from core.sources import Entry, Feed, NotModified, Response, Source, Tier
from ingest.feeds import parse_feed

WINDOW = 30
"""Items that a feed holds."""
REFUSALS = {
    "dns": Reason.DNS_FAILED,
    "hangs": Reason.DEADLINE,
    "broken": Reason.SERVER_ERROR,
    "refuses": Reason.FORBIDDEN,
    "too many": Reason.RATE_LIMITED,
    "cut": Reason.BODY_TRUNCATED,
    "gone": Reason.NOT_FOUND,
}
"""Trouble -> how it looks from our side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article of a publisher; `number` tells it apart for good, whatever it is called."""

    number: int
    title: str
    at: datetime


@dataclass
class Publisher:
    """A source and its day."""

    source: Source
    every: timedelta
    """How often it publishes."""
    troubles: list[tuple[str, float, float]] = field(default_factory=list)
    """What befalls it, from which hour to which."""
    validators: bool = True
    items: list[Item] = field(default_factory=list)
    window: int = WINDOW
    next_at: datetime | None = None

    def befalls(self, hour: float) -> str:
        """The trouble of this hour, or nothing."""
        return next((trouble for trouble, begin, end in self.troubles if begin <= hour < end), "")

    def link(self, item: Item, hour: float) -> str:
        """Where an item lies; after a move to https all of them lie elsewhere."""
        scheme = "https" if any(trouble == "moves to https" and hour >= begin for trouble, begin, _ in self.troubles) else "http"
        return f"{scheme}://{self.source.id}.example/news/{item.number}"

    def guid(self, item: Item, hour: float) -> str:
        """What the feed calls it: rebuilt systems call everything anew, some call everything the same."""
        if any(trouble == "rebuilt" and hour >= begin for trouble, begin, _ in self.troubles):
            return hashlib.sha256(f"{self.source.id}-{item.number}".encode()).hexdigest()[:12]
        if any(trouble == "one guid for all" for trouble, _, _ in self.troubles):
            return f"https://{self.source.id}.example/"
        return self.link(item, hour) if item.number % 2 else f"{self.source.id}-{item.number}"

    def feed(self, hour: float) -> bytes:
        """The newest items as RSS; reordered where it sorts by whim."""
        shown = self.items[-self.window :][::-1]
        if self.befalls(hour) == "shuffles":
            random.Random(int(hour * 60)).shuffle(shown)
        items = "".join(
            f"<item><title>{item.title}</title><link>{self.link(item, hour)}</link><guid isPermaLink='false'>{self.guid(item, hour)}</guid>"
            f"<pubDate>{format_datetime(item.at)}</pubDate><description>{item.title}, says {self.source.publisher}.</description></item>"
            for item in shown
        )
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{self.source.publisher}</title>{items}</channel></rss>".encode()


class Press:
    """Fetcher, parser and extractor over all publishers; satisfies the pipeline's ports."""

    def __init__(self, publishers: list[Publisher], begins: datetime, now: Callable[[], datetime]) -> None:
        self.publishers = {publisher.source.url: publisher for publisher in publishers}
        self.begins = begins
        self.now = now
        self.delivered: set[tuple[str, int]] = set()
        """Source and number of every item in a body that was given whole."""
        self.failed: Counter[tuple[str, Reason]] = Counter()
        self.waiting: queue.SimpleQueue[tuple[str, str, str | None] | None] = queue.SimpleQueue()
        """What is asked; None: somebody woke us."""
        self.lied = 0
        """How often a server said "unchanged" of a feed that had changed."""

    @property
    def hour(self) -> float:
        return (self.now() - self.begins) / timedelta(hours=1)

    def publishes(self) -> None:
        """What has become due to be published by now."""
        for publisher in self.publishers.values():
            while publisher.next_at is not None and publisher.next_at <= self.now():
                self._adds(publisher, publisher.next_at)
                publisher.next_at += publisher.every
        for publisher in self.publishers.values():
            for trouble, begin, _ in publisher.troubles:
                if trouble == "flood" and begin <= self.hour and publisher.window == WINDOW:
                    publisher.window = 420
                    for _ in range(400):
                        self._adds(publisher, self.now())

    def _adds(self, publisher: Publisher, at: datetime) -> None:
        number = len(publisher.items) + 1
        title = f"{publisher.source.publisher} reports matter {number}"
        if any(trouble == "reprints" for trouble, _, _ in publisher.troubles):
            title = f"Agency reports matter {number}"  # what others print, too, under a link of their own
        publisher.items.append(Item(number=number, title=title, at=at))

    # Fetcher

    def transfers(self) -> "Press":
        return self

    def start(self, key: str, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> None:
        self.waiting.put((key, url, etag))

    def done(self, seconds: float) -> list[tuple[str, Response | NotModified | FetchError]]:
        asked = []
        with contextlib.suppress(queue.Empty):
            asked.append(self.waiting.get(timeout=seconds))
            while True:
                asked.append(self.waiting.get_nowait())
        return [(one[0], self._answer(*one[1:])) for one in asked if one is not None]

    def wake(self) -> None:
        self.waiting.put(None)

    def close(self) -> None:
        pass

    def _answer(self, url: str, etag: str | None) -> Response | NotModified | FetchError:
        publisher = self.publishers[url]
        trouble = publisher.befalls(self.hour)
        if reason := REFUSALS.get(trouble):
            self.failed[publisher.source.id, reason] += 1
            return FetchError(reason, trouble, subject=url, retry_after=3600.0 if trouble == "too many" else None)
        if trouble == "html":
            self.failed[publisher.source.id, Reason.NOT_A_FEED] += 1
            return Response(
                url=url, status=200, headers={"content-type": "text/html"}, body=b"<!doctype html><html><title>Maintenance</title>"
            )
        body = publisher.feed(self.hour)
        tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if trouble == "lies" and etag:
            self.lied += etag != tag
            return NotModified(url=url)
        if publisher.validators and etag == tag:
            return NotModified(url=url)
        self.delivered |= {(publisher.source.id, item.number) for item in publisher.items[-publisher.window :]}
        headers = {"etag": tag} if publisher.validators else {}
        return Response(url=url, status=200, headers=headers | {"content-type": "application/rss+xml"}, body=body)

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> Response | NotModified:
        """A page: in one case of fifty it fails, for a while or for good."""
        chance = int(hashlib.sha256(url.encode()).hexdigest()[:4], 16) % 100
        if chance == 0:
            raise FetchError(Reason.SERVER_ERROR, "502", subject=url)
        if chance == 1:
            raise FetchError(Reason.GONE, "410", subject=url)
        return Response(url=url, status=200, headers={"content-type": "text/html"}, body=b"<html>")

    # Parser and extractor

    def parse(self, source: Source, response: Response, now: datetime, known: bytes = b"") -> Feed:
        return parse_feed(
            response.body, source=source.id, url=response.url, content_type=response.headers.get("content-type", ""), now=now, known=known
        )

    def extract(self, source: Source, entry: Entry, response: Response, now: datetime) -> Article:
        return Article(key=_place(response.url), url=response.url, title=entry.title, text=entry.summary, source=source.id)


def _place(url: str) -> str:
    return url.partition("://")[2]


def from_entry(source: Source, entry: Entry, now: datetime) -> Article | None:
    """The feed's own words."""
    link = str(entry.link)
    return Article(key=_place(link), url=link, title=entry.title, text=entry.summary, source=source.id, flags=("from_summary",))


def town(begins: datetime, seed: int) -> list[Publisher]:
    """Two hundred publishers; what befalls whom is drawn from `seed`, in fixed shares."""
    dice = random.Random(seed)
    made = [_publisher(number, begins, dice) for number in range(200)]
    for publisher, troubles in zip(made, _troubles(dice), strict=False):
        publisher.troubles = troubles
    return made


def _publisher(number: int, begins: datetime, dice: random.Random) -> Publisher:
    name = f"press-{number:03}"
    tier = dice.choice([Tier.OFFICIAL, Tier.AGENCY, Tier.PRESS, Tier.PRESS, Tier.THINK_TANK])
    source = Source(id=name, url=f"https://{name}.example/rss", publisher=f"Press {number}", tier=tier, interval=timedelta(minutes=15))
    every = timedelta(minutes=dice.choice([20, 45, 90, 180, 400, 900]))
    publisher = Publisher(source=source, every=every, validators=dice.random() < 0.7)
    for back in range(dice.randint(1, 40), 0, -1):
        publisher.items.append(
            Item(number=len(publisher.items) + 1, title=f"Press {number} looks back, part {back}", at=begins - back * every)
        )
    publisher.next_at = begins + every * dice.random()
    return publisher


def _troubles(dice: random.Random) -> Iterator[list[tuple[str, float, float]]]:
    """What befalls one after another: outages, migrations, floods and lies; the rest have a quiet day."""
    for trouble in (*REFUSALS, "html"):
        for _ in range(8):
            begin = dice.uniform(2, 14)
            yield [(trouble, begin, begin + dice.choice([0.2, 1.0, 3.0, 5.0]))]
    for trouble, times in (("moves to https", 8), ("rebuilt", 8), ("one guid for all", 8), ("shuffles", 8), ("reprints", 8), ("flood", 2)):
        for _ in range(times):
            yield [(trouble, dice.uniform(2, 16), 99.0)]
    for _ in range(8):
        begin = dice.uniform(2, 6)
        yield [("lies", begin, begin + 15)]
    for _ in range(8):  # an outage, and then another system
        yield [("dns", 5.0, 8.0), ("html", 8.0, 9.0), ("rebuilt", 9.0, 99.0), ("moves to https", 9.0, 99.0)]
