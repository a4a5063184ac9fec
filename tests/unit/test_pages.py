"""The walk's page step: which pages are fetched, when, and what becomes of those that may not be."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import stores
from walk import Walk

from aseanwatch.pages import Visits
from core.articles import MAX_REVISIONS, replaces
from core.errors import ExtractError, FetchError
from core.reasons import Reason
from core.sources import Entry, EntryState, Response, Tier
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
    return [url for url, _ in walk.network.asked if url not in walk.network.feeds]


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


# one article, announced twice


def second_source(walk: Walk, *entries: Entry) -> None:
    """Another feed that announces the same pages."""
    other = stores.replace(stores.VNA, id="vna-2", url="https://vna.example/other")
    walk.store.sync_sources([stores.VNA, other], stores.NOW)
    walk.network.serves(other, *(stores.replace(entry, source="vna-2", identity=f"2:{entry.identity}") for entry in entries))


def keyed_by_link(walk: Walk, name: str) -> Entry:
    """An entry whose article is kept under its link, as the feed's own words would be."""
    entry = stores.replace(stores.entry(name), summary=f"The ministers adopted the {name}.")
    walk.network.page(entry, stores.story(name, key=str(entry.link), source="vna"))
    return entry


def test_an_article_that_two_feeds_announce_is_fetched_once(walk: Walk) -> None:
    entry = keyed_by_link(walk, "communique")
    walk.network.serves(stores.VNA, entry)
    second_source(walk, entry)

    walk.goes()

    assert pages_asked(walk) == [entry.link]
    assert [state for _, state in walk.store.entries()] == [EntryState.DONE] * 2
    assert len(walk.store.articles()) == len(walk.diary.readings) == 1


def test_a_feed_that_announces_it_later_has_it_fetched_again(walk: Walk) -> None:
    entry = keyed_by_link(walk, "communique")
    walk.network.serves(stores.VNA, entry)
    walk.goes()

    walk.network.page(entry, stores.story("communique", "The ministers adopted it after all.", key=str(entry.link), source="vna"))
    walk.clock.passes(timedelta(hours=2))
    second_source(walk, entry)
    walk.goes()

    assert pages_asked(walk) == [entry.link] * 2
    assert [article.revision for article in walk.store.articles()] == [2]


def test_the_same_feed_may_announce_an_edit_at_once(walk: Walk) -> None:
    entry = keyed_by_link(walk, "communique")
    walk.network.serves(stores.VNA, entry)
    walk.goes()

    walk.network.page(entry, stores.story("communique", "The ministers did not adopt it.", key=str(entry.link), source="vna"))
    walk.network.serves(stores.VNA, stores.replace(entry, identity="edited"), entry)
    walk.clock.passes(timedelta(minutes=20))
    walk.goes()

    assert [article.text for article in walk.store.articles()] == ["The ministers did not adopt it."]


def test_what_only_a_summary_stands_for_is_fetched_when_another_feed_announces_it(walk: Walk) -> None:
    entry = keyed_by_link(walk, "communique")
    article = walk.network.articles[str(entry.link)]
    walk.network.page(entry, ExtractError(Reason.NO_TEXT, subject="communique"))
    walk.network.serves(stores.VNA, entry)
    walk.goes()

    walk.network.page(entry, article)
    second_source(walk, entry)
    walk.goes()

    assert [kept.flags for kept in walk.store.articles()] == [()]


# a text that stands on many pages


NOTICE = "Our site is being renewed. Older articles will be back soon. We thank our readers for their patience in these days."


def notice(walk: Walk, *names: str) -> list[Entry]:
    """Announced articles on whose pages the same notice stands."""
    entries = announced(walk, *names)
    for entry, name in zip(entries, names, strict=True):
        walk.network.page(entry, stores.story(name, NOTICE, source="vna"))
    return entries


def test_a_notice_on_many_pages_is_no_article(walk: Walk) -> None:
    notice(walk, "one", "two", "three", "four", "five")

    walk.goes()

    assert sum(article.text == NOTICE for article in walk.store.articles()) == 2
    assert [failure.reason for failure in walk.store.failures()] == [Reason.BOILERPLATE] * 3
    assert sum(article.flags == ("from_summary",) for article in walk.store.articles()) == 3
    assert [failure.retry_at for failure in walk.store.failures()] == [None] * 3


def test_one_article_under_many_addresses_is_no_notice(walk: Walk) -> None:
    entries = announced(walk, "one", "two", "three", "four")
    for number, entry in enumerate(entries):
        walk.network.page(entry, stores.story(f"copy-{number}", NOTICE, title="Ministers meet", source="vna"))

    walk.goes()

    assert walk.store.failures() == []
    assert [article.text for article in walk.store.articles()] == [NOTICE] * 4


def test_the_same_words_of_other_publishers_are_no_notice(walk: Walk) -> None:
    entries = announced(walk, "one", "two", "three", "four")
    for number, entry in enumerate(entries):
        walk.network.page(entry, stores.story(f"copy-{number}", NOTICE, source=f"paper-{number}"))

    walk.goes()

    assert walk.store.failures() == []


# canonical links that lie


def test_pages_that_claim_one_address_are_kept_apart(walk: Walk) -> None:
    entries = announced(walk, "communique", "budget", "treaty")
    claimed = "vna.example/latest"
    texts = {"communique": "The ministers adopted it.", "budget": "A budget was passed.", "treaty": "Two states acceded."}
    titles = {"communique": "Joint communique adopted", "budget": "Money for 2027 agreed", "treaty": "Norway joins"}
    for entry, name in zip(entries, texts, strict=True):
        walk.network.page(entry, stores.story(name, texts[name], key=claimed, title=titles[name], source="vna"))

    walk.goes()

    assert {article.text for article in walk.store.articles()} == set(texts.values())
    assert sorted(article.flags for article in walk.store.articles()) == [(), ("shared_canonical",), ("shared_canonical",)]
    assert all(article.revision == 1 for article in walk.store.articles())


def test_two_addresses_of_one_article_are_one_article(walk: Walk) -> None:
    entries = announced(walk, "communique", "communique-amp")
    for entry, text in zip(entries, ("They adopted it.\nThey met.", "They adopted it.\nThey met.\nUpdated."), strict=True):
        walk.network.page(entry, stores.story("communique", text, key="vna.example/communique-1", title="Adopted", source="vna"))

    walk.goes()

    assert [article.revision for article in walk.store.articles()] == [2]


# revisions


def test_after_so_many_revisions_only_material_changes_are_kept() -> None:
    words = " ".join(f"word{number}" for number in range(100))
    known = stores.story("ticker", words, revision=MAX_REVISIONS)

    assert not replaces(known, stores.story("ticker", f"{words} 10:31"))
    assert replaces(known, stores.story("ticker", f"{words} {'corrected ' * 12}"))
    assert replaces(known, stores.story("ticker", f"{words} 10:31", title="Corrected: ticker"))
    assert replaces(stores.story("ticker", words, revision=MAX_REVISIONS - 1), stores.story("ticker", f"{words} 10:31"))


def test_a_page_with_a_clock_in_its_text_stops_making_revisions(walk: Walk) -> None:
    words = " ".join(f"word{number}" for number in range(100))
    for minute in range(60):
        walk.store.record_article(None, stores.story("ticker", f"{words} {minute}"), stores.NOW)

    [article] = walk.store.articles()
    assert article.revision == MAX_REVISIONS


# edited in place


def told(walk: Walk, tier: Tier = Tier.OFFICIAL) -> Entry:
    """An article of an official source that brought an outcome, as it is first read."""
    entry = stores.entry("communique")
    walk.network.serves(stores.VNA, entry)
    walk.network.page(entry, stores.story("communique", tier=tier, source="vna", first_seen=stores.NOW))
    walk.reader.sees["vna.example/communique"] = ("Joint Communiqué of the 59th AMM",)
    walk.goes()
    return entry


def visits(walk: Walk, until: timedelta = timedelta(days=2)) -> list[timedelta]:
    """After how long the page was fetched again."""
    found, before = [], len(pages_asked(walk))
    while walk.clock.at - stores.NOW < until:
        walk.clock.passes(timedelta(minutes=30))
        walk.goes()
        found += [walk.clock.at - stores.NOW] * (len(pages_asked(walk)) - before)
        before = len(pages_asked(walk))
    return found


def test_the_page_of_an_outcome_is_looked_at_again_for_a_day(walk: Walk) -> None:
    told(walk)

    assert visits(walk) == [timedelta(hours=hours) for hours in (1, 6, 24)]
    assert len(walk.diary.readings) == len(walk.postbox.got) == 1


def test_an_edit_that_no_feed_tells_is_read(walk: Walk) -> None:
    entry = told(walk)
    edited = stores.story("communique", "The ministers did not adopt it.", tier=Tier.OFFICIAL, source="vna", first_seen=stores.NOW)
    walk.network.page(entry, edited)
    walk.reader.sees.clear()

    walk.clock.passes(timedelta(hours=1))
    walk.goes()

    assert [article.text for article in walk.store.articles()] == ["The ministers did not adopt it."]
    assert [reading.text for reading in walk.diary.readings][-1] == "The ministers did not adopt it."
    assert visits(walk) == []  # it says nothing any more that could be corrected


@pytest.mark.parametrize("tier", [Tier.PRESS, Tier.THINK_TANK, Tier.AGGREGATOR])
def test_the_pages_of_others_are_not_looked_at_again(walk: Walk, tier: Tier) -> None:
    told(walk, tier)

    assert visits(walk) == []


def test_a_page_without_an_outcome_is_not_looked_at_again(walk: Walk) -> None:
    entry = stores.entry("communique")
    walk.network.serves(stores.VNA, entry)
    walk.network.page(entry, stores.story("communique", tier=Tier.OFFICIAL, source="vna", first_seen=stores.NOW))
    walk.goes()

    assert visits(walk) == []


def test_a_page_that_is_gone_when_looked_at_again_leaves_its_article(walk: Walk) -> None:
    entry = told(walk)
    walk.network.answers[str(entry.link)] = FetchError(Reason.GONE, subject=str(entry.link))

    assert visits(walk) == [timedelta(hours=1)]
    assert [state for _, state in walk.store.entries()] == [EntryState.DONE]
    assert [article.flags for article in walk.store.articles()] == [()]
    assert [failure.reason for failure in walk.store.failures()] == [Reason.GONE]


def test_a_server_that_is_down_when_looked_at_again_is_asked_later_and_not_for_ever(walk: Walk) -> None:
    entry = told(walk)
    walk.network.answers[str(entry.link)] = FetchError(Reason.SERVER_ERROR, subject=str(entry.link))

    after = visits(walk)

    assert after[0] == timedelta(hours=1)
    assert len(after) == 4
    assert [state for _, state in walk.store.entries()] == [EntryState.DONE]


# a feed of thousands


def test_a_flood_of_one_publisher_takes_one_hand_and_leaves_the_others_theirs(walk: Walk) -> None:
    other = stores.replace(stores.VNA, id="bernama", url="https://bernama.example/rss")
    walk.store.sync_sources([stores.VNA, other], stores.NOW)
    walk.network.serves(stores.VNA, *(stores.entry(f"page-{number}") for number in range(10_000)))
    walk.network.serves(other, stores.replace(stores.entry("a"), source="bernama", link="https://bernama.example/a"))
    walk.polls()

    due = walk.pipeline.due_pages()

    assert sorted(source.id for source, _, _ in due) == ["bernama", "vna"]
    assert walk.store.entry_counts() == {"vna": 10_000, "bernama": 1}
