"""A source polled over real HTTP, parsed in its process, decided upon: what bad manners cost, and what they never cost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from publisher import (
    ATOM,
    JSON,
    RSS,
    Behaviour,
    Publisher,
    answers,
    bombs,
    changing_guids,
    drips_body,
    hangs,
    hangs_mid_body,
    mislabelled,
    redirects,
    resets,
    truncates,
    truncates_silently,
)

from core.errors import FetchError, ReasonedError
from core.outcomes import Event
from core.polling import Answer, Came, body_hash, decide, same_body, wants_full
from core.reasons import Reason
from core.sources import NotModified, Poll, Polling, Source
from ingest.articles import article_from_entry
from ingest.http import Http
from ingest.workers import FeedParser, PageExtractor

STORIES = [
    (
        "Ministers adopt joint communiqué",
        "The 58th ASEAN Foreign Ministers' Meeting adopted its joint communiqué on Friday, the chair said.",
    ),
    ("Norway accedes to treaty", "Norway acceded to the Treaty of Amity and Cooperation at a ceremony attended by all foreign ministers."),
    ("Bộ trưởng Ngoại giao ký Tuyên bố", "Các Bộ trưởng Ngoại giao ASEAN và Trung Quốc đã ký Tuyên bố chung về hợp tác tại Viêng Chăn."),
]


@dataclass
class Watcher:
    """The polling half of a pipeline, with a memory of its own."""

    http: Http
    parser: FeedParser
    now: datetime = datetime(2026, 11, 21, tzinfo=UTC)
    polling: dict[str, Polling] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def poll(self, source: Source) -> Poll:
        """Polls once, half an hour after the last time, and records."""
        self.now += timedelta(minutes=30)
        known, before = self.known.setdefault(source.id, set()), self.polling.get(source.id, Polling())
        poll, events = decide(source, before, self._ask(source, before), known, self.now)
        known.update(name for entry in (*poll.entries, *poll.renamed) for name in entry.names)
        self.polling[source.id] = poll.polling
        self.events += events
        return poll

    def titles(self, source: Source) -> list[str]:
        """The titles that one more poll brings."""
        return [entry.title for entry in self.poll(source).entries]

    def _ask(self, source: Source, before: Polling) -> Came:
        etag, modified = (None, None) if wants_full(before, self.now) else (before.etag, before.last_modified)
        try:
            response = self.http.get(source.url, etag=etag, last_modified=modified)
            if isinstance(response, NotModified):
                return response
            hashed = body_hash(response.body)
            feed = None if same_body(before, hashed) else self.parser.parse(source, response, self.now)
            return Answer(response=response, feed=feed, hashed=hashed)
        except ReasonedError as error:
            return error


@pytest.fixture(scope="module")
def parser() -> Iterator[FeedParser]:
    made = FeedParser(processes=1)
    yield made
    made.close()


@pytest.fixture(scope="module")
def extractor() -> Iterator[PageExtractor]:
    made = PageExtractor(processes=1)
    yield made
    made.close()


@pytest.fixture
def site() -> Iterator[Publisher]:
    with Publisher() as publisher:
        for number, (title, text) in enumerate(STORIES):
            publisher.adds(f"s{number}", title=title, paragraphs=[text, text[::-1], f"{text} That was said twice."], summary=text)
        yield publisher


@pytest.fixture
def bystander() -> Iterator[Publisher]:
    with Publisher(name="The Bystander") as publisher:
        publisher.adds("b1", title="Calm", paragraphs=["Nothing happened."])
        yield publisher


@pytest.fixture
def watcher(site: Publisher, bystander: Publisher, parser: FeedParser) -> Watcher:
    http = Http(user_agent="aseanwatch/0.1.0", allow=[site.origin, bystander.origin], deadline=2.0, per_host_gap=0)
    return Watcher(http=http, parser=parser)


def source(site: Publisher, path: str = RSS, name: str = "courier") -> Source:
    return Source(id=name, url=site.url(path), publisher=site.name)


@pytest.mark.parametrize("path", [RSS, ATOM, JSON])
def test_each_story_is_new_once_and_an_unchanged_feed_costs_a_304(site: Publisher, watcher: Watcher, path: str) -> None:
    courier = source(site, path)

    assert watcher.titles(courier) == [title for title, _ in reversed(STORIES)]
    assert watcher.poll(courier).outcome == "unchanged"
    assert site.requests[-1].status == [304]

    site.adds("s9", title="Timor-Leste joins", paragraphs=["It did."])
    assert watcher.titles(courier) == ["Timor-Leste joins"]


def test_a_feed_without_validators_is_not_parsed_again(site: Publisher, watcher: Watcher) -> None:
    site.behaves(RSS, mislabelled("application/rss+xml"))
    watcher.poll(source(site))

    assert watcher.poll(source(site)).outcome == "unchanged"
    assert site.requests[-1].status == [200]


def test_guids_that_change_make_no_news(site: Publisher, watcher: Watcher) -> None:
    watcher.poll(source(site))
    for _ in range(3):
        changing_guids(site)
        poll = watcher.poll(source(site))
        assert (poll.entries, len(poll.renamed)) == ((), 3)


def test_a_server_that_always_says_304_is_asked_whole_within_a_day(site: Publisher, watcher: Watcher) -> None:
    watcher.poll(source(site))
    site.adds("s9", title="Timor-Leste joins", paragraphs=["It did."])

    def lies(answering: object, publisher: Publisher) -> None:
        if answering.headers.get("If-None-Match"):  # type: ignore[attr-defined]
            answers(304)(answering, publisher)  # type: ignore[arg-type]
        else:
            mislabelled("application/rss+xml")(answering, publisher)  # type: ignore[arg-type]

    site.behaves(RSS, lies)
    found = [watcher.titles(source(site)) for _ in range(49)]

    assert [titles for titles in found if titles] == [["Timor-Leste joins"]]


MANNERS = [
    (answers(410), Reason.GONE),
    (answers(404), Reason.NOT_FOUND),
    (answers(429, {"Retry-After": "7200"}), Reason.RATE_LIMITED),
    (answers(500), Reason.SERVER_ERROR),
    (answers(403, {"cf-mitigated": "challenge"}), Reason.CHALLENGE),
    (answers(200, {}, b"<!DOCTYPE html><html><head><title>We moved</title></head></html>"), Reason.NOT_A_FEED),
    (answers(200), Reason.EMPTY_BODY),
    (bombs(500), Reason.BODY_TOO_LARGE),
    (redirects("http://127.0.0.1:1/"), Reason.ADDRESS_REFUSED),
    (redirects("http://169.254.169.254/latest/"), Reason.ADDRESS_REFUSED),
    (redirects("file:///etc/passwd"), Reason.REDIRECT_REFUSED),
    (hangs, Reason.DEADLINE),
    (hangs_mid_body, Reason.DEADLINE),
    (drips_body, Reason.DEADLINE),
    (truncates, Reason.BODY_TRUNCATED),
    (resets, Reason.CONNECTION_LOST),
]


@pytest.mark.parametrize(("manner", "reason"), MANNERS, ids=[f"{number}-{reason}" for number, (_, reason) in enumerate(MANNERS)])
def test_a_bad_manner_is_put_on_record_and_costs_nothing_but_time(
    site: Publisher, bystander: Publisher, watcher: Watcher, manner: Behaviour, reason: Reason
) -> None:
    courier, other = source(site), source(bystander, name="bystander")
    watcher.poll(courier)
    good = watcher.polling["courier"]
    site.adds("s9", title="Timor-Leste joins", paragraphs=["It did."])
    site.behaves(RSS, manner)

    failed = watcher.poll(courier)

    assert (failed.outcome, failed.polling.reason, failed.polling.failures) == ("failed", reason, 1)
    assert (failed.polling.etag, failed.polling.last_modified, failed.polling.body_hash) == (good.etag, good.last_modified, good.body_hash)
    assert failed.polling.next_poll_at is not None
    if reason is Reason.RATE_LIMITED:
        assert failed.polling.next_poll_at == watcher.now + timedelta(hours=2)
    assert watcher.titles(other) == ["Calm"]

    watcher.poll(courier)
    watcher.poll(courier)
    site.behaves_well(RSS)
    assert watcher.titles(courier) == ["Timor-Leste joins"]
    assert watcher.polling["courier"].reason is None
    assert [event.kind.value for event in watcher.events] == ["source.failing", "source.recovered"]


def test_a_feed_that_breaks_off_unannounced_loses_nothing_and_moves_no_validator(site: Publisher, watcher: Watcher) -> None:
    site.behaves(RSS, truncates_silently, times=1)

    cut = watcher.poll(source(site))
    whole = watcher.poll(source(site))

    assert cut.polling.reason is Reason.MALFORMED_FEED
    assert (cut.polling.etag, cut.polling.body_hash is None) == (None, False)
    assert cut.entries
    assert {entry.title for entry in (*cut.entries, *whole.entries)} == {title for title, _ in STORIES}
    assert all(entry.summary in dict(STORIES).values() for entry in (*cut.entries, *whole.entries))
    assert whole.polling.reason is None


@pytest.mark.parametrize(
    ("label", "encoding"), [("text/xml; charset=iso-8859-1", None), ("text/html", None), ("application/rss+xml; charset=utf-8", "utf-16")]
)
def test_a_wrong_charset_spoils_no_title(site: Publisher, watcher: Watcher, label: str, encoding: str | None) -> None:
    site.behaves(RSS, mislabelled(label, encoding))

    assert watcher.titles(source(site)) == [title for title, _ in reversed(STORIES)]


def test_a_page_is_fetched_and_its_article_taken_out_of_the_dress(site: Publisher, watcher: Watcher, extractor: PageExtractor) -> None:
    entry = watcher.poll(source(site)).entries[0]
    assert entry.link is not None
    site.behaves("/news/s2.html", mislabelled("text/html; charset=iso-8859-1"))

    response = watcher.http.get(entry.link, accept="page")
    assert not isinstance(response, NotModified)
    article = extractor.extract(source(site), entry, response, watcher.now)

    title, text = STORIES[2]
    assert (article.title, article.text.split("\n")[0]) == (title, text)
    assert "Most read" not in article.text
    assert article.key == f"127.0.0.1:{site.port}/news/s2.html"


def test_a_hanging_page_leaves_the_feeds_own_words(site: Publisher, watcher: Watcher) -> None:
    entry = watcher.poll(source(site)).entries[0]
    assert entry.link is not None
    site.behaves("/news/s2.html", hangs)

    with pytest.raises(FetchError) as caught:
        watcher.http.get(entry.link, accept="page")
    article = article_from_entry(source(site), entry, watcher.now)

    assert caught.value.reason is Reason.DEADLINE
    assert article is not None
    assert article.text == STORIES[2][1]
    assert article.flags == ("from_summary",)
