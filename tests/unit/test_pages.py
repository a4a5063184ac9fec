"""The walk's page step: which pages are fetched, when, and what becomes of those that may not be."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import stores
from walk import Walk

from aseanwatch.pipeline import Visits
from core.errors import FetchError
from core.reasons import Reason
from core.sources import Entry, EntryState, Response
from store import open_store


@pytest.fixture
def walk() -> Iterator[Walk]:
    with open_store("sqlite://", now=stores.NOW) as store:
        yield Walk(store)


def announced(walk: Walk, *names: str) -> list[Entry]:
    """Entries with a summary and a page, in the feed of VNA."""
    entries = [stores.replace(stores.entry(name), summary=f"The ministers adopted the {name}.") for name in names]
    walk.network.serves(stores.VNA, *entries)
    for entry, name in zip(entries, names, strict=True):
        walk.network.page(entry, stores.story(name))
    return entries


def pages_asked(walk: Walk) -> list[str]:
    """The pages that were fetched."""
    return [url for url, _ in walk.network.asked if url != stores.VNA.url]


# robots.txt


def test_a_page_that_robots_may_not_fetch_is_read_from_the_feed(walk: Walk) -> None:
    [entry] = announced(walk, "communique")
    walk.network.robots[str(entry.link)] = FetchError(Reason.ROBOTS, subject=str(entry.link))

    walk.goes()

    assert pages_asked(walk) == []
    assert [(failure.reason, failure.retry_at) for failure in walk.store.failures()] == [(Reason.ROBOTS, None)]
    assert [article.flags for article in walk.store.articles()] == [("from_summary",)]
    assert [state for _, state in walk.store.entries()] == [EntryState.FAILED]


def test_a_feed_is_not_subject_to_robots(walk: Walk) -> None:
    announced(walk, "communique")
    walk.network.robots[stores.VNA.url] = FetchError(Reason.ROBOTS, subject=stores.VNA.url)

    walk.goes()

    assert [article.flags for article in walk.store.articles()] == [()]


def test_a_robots_file_that_does_not_answer_delays_the_page_and_loses_nothing(walk: Walk) -> None:
    [entry] = announced(walk, "communique")
    walk.network.robots[str(entry.link)] = FetchError(Reason.SERVER_ERROR, "robots.txt: HTTP 500", subject=str(entry.link))

    walk.goes()
    assert pages_asked(walk) == []
    assert [article.flags for article in walk.store.articles()] == [("from_summary",)]

    del walk.network.robots[str(entry.link)]
    walk.clock.passes(timedelta(minutes=11))
    walk.goes()

    assert pages_asked(walk) == [entry.link]
    assert [state for _, state in walk.store.entries()] == [EntryState.DONE]


def test_the_place_to_which_a_page_redirects_has_a_say_too(walk: Walk) -> None:
    [entry] = announced(walk, "communique")
    walk.network.answers[str(entry.link)] = Response(url="https://partner.example/a", status=200, body=b"<html>")
    walk.network.robots["https://partner.example/a"] = FetchError(Reason.ROBOTS, subject="https://partner.example/a")

    walk.goes()

    assert [failure.reason for failure in walk.store.failures()] == [Reason.ROBOTS]


def test_between_two_pages_a_publisher_has_the_pause_that_it_asks_for(walk: Walk) -> None:
    entries = announced(walk, "one", "two", "three")
    for entry in entries:
        walk.network.robots[str(entry.link)] = 10.0

    walk.goes()
    assert len(pages_asked(walk)) == 1

    walk.clock.passes(timedelta(seconds=9))
    walk.goes()
    assert len(pages_asked(walk)) == 1

    walk.clock.passes(timedelta(seconds=1))
    walk.goes()
    assert len(pages_asked(walk)) == 2


def test_a_clock_that_is_set_back_makes_no_pause_longer() -> None:
    visits = Visits()
    visits.rest("https://vna.example/a", 10.0, stores.NOW)

    assert visits.one_each(["https://vna.example/b"], str, stores.NOW + timedelta(seconds=9)) == []
    assert visits.one_each(["https://vna.example/b"], str, stores.NOW - timedelta(days=1)) == ["https://vna.example/b"]
