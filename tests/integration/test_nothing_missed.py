"""Sources over real HTTP, parsed in their process, kept in a store: whatever a feed does, each story is new once and nothing is missed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import stores
from publisher import ATOM, RSS, Publisher, answers, changing_guids, redirects, truncates_silently
from walk import Diary, StandingClock

from aseanwatch.polls import Polls
from core.calendar import Calendar
from core.outcomes import EventKind
from core.sources import Polling, Source
from ingest.http import Http
from ingest.workers import FeedParser
from store import Store, open_store


@pytest.fixture(scope="module")
def parser() -> Iterator[FeedParser]:
    made = FeedParser(processes=1, seconds=60.0)  # a busy machine is no slow parser
    yield made
    made.close()


class Life:
    """A site, and a watch that asks it every seven hours."""

    def __init__(self, site: Publisher, store: Store, parser: FeedParser, *, also: str = "") -> None:
        """`also`: another server that may be asked."""
        self.site, self.store = site, store
        self.clock = StandingClock(datetime(2026, 11, 21, tzinfo=UTC))
        self.diary = Diary()
        http = Http(user_agent="aseanwatch/0.1.0", allow=[site.origin, *filter(None, [also])], deadline=30.0, per_host_gap=0)
        self.polls = Polls(store=store, fetcher=http, parser=parser, clock=self.clock, witness=self.diary, calendar=Calendar())

    def watches(self, path: str) -> None:
        self.store.sync_sources([stores.replace(stores.VNA, url=self.site.url(path))], self.clock.now())
        self.comes()

    def comes(self, after: timedelta = timedelta(hours=7)) -> list[str]:
        """One poll, and the older pages that it leads to; the links of what was news, by the last part of their path."""
        seen = {entry.identity for entry, _ in self.store.entries(limit=100_000)}
        self.clock.passes(after)
        while self.polls.round(90.0).polls:
            pass
        fresh = [entry for entry, _ in self.store.entries(limit=100_000) if entry.identity not in seen and not entry.baseline]
        return sorted((entry.link or "").rpartition("/")[2].removesuffix(".html") for entry in fresh)

    def publishes(self, *names: str, guid: str | None = None, words: str = "") -> None:
        for name in names:
            self.site.adds(name, title=f"About {name} {words}".strip(), paragraphs=[f"It is about {name}."], guid=guid)

    @property
    def told(self) -> list[str]:
        return [event.kind for event in self.store.events()]

    @property
    def learned(self) -> tuple[Source, Polling]:
        [pair] = self.store.sources()
        return pair


@pytest.fixture
def life(parser: FeedParser) -> Iterator[Life]:
    with Publisher() as site, open_store("sqlite://", now=stores.NOW) as store:
        made = Life(site, store, parser)
        yield made
        made.polls.close()


def numbered(*numbers: int) -> list[str]:
    return [f"s{number:05}" for number in numbers]


@pytest.mark.parametrize("path", [RSS, ATOM])
def test_a_feed_of_420_items_is_taken_whole_whichever_of_them_are_new(life: Life, path: str) -> None:
    life.publishes(*numbered(*range(20)))
    life.watches(path)
    life.publishes(*numbered(*range(20, 440)))
    life.site.stories.sort(key=lambda story: story.id[::-1])

    assert life.comes() == numbered(*range(20, 440))
    assert life.comes() == []
    assert life.told == []


def test_a_feed_of_ten_thousand_items_is_stored_whole_and_one_more_is_one_more(life: Life) -> None:
    life.publishes(*numbered(*range(10_000)))
    life.watches(RSS)
    assert len(life.store.entries(limit=20_000)) == 10_000
    life.publishes("latest")

    assert life.comes() == ["latest"]


@pytest.mark.parametrize("path", [RSS, ATOM])
def test_300_articles_under_new_guids_are_no_news_and_the_one_that_is_new_among_them_is(life: Life, path: str) -> None:
    life.publishes(*numbered(*range(300)))
    life.watches(path)
    for round_ in range(3):
        changing_guids(life.site)
        assert life.comes() == []
        life.publishes(f"new-{round_}")
        changing_guids(life.site)
        assert life.comes() == [f"new-{round_}"]
    assert life.told == []


def test_from_http_to_https_and_to_another_host_name_nothing_is_new(life: Life) -> None:
    life.publishes(*numbered(*range(30)))
    for story in life.site.stories:
        story.guid = f"http://old.courier.example/news/{story.id}"
    life.watches(RSS)
    for story in life.site.stories:
        story.guid = f"https://www.courier.example/news/{story.id}"

    assert life.comes() == []
    life.publishes("latest", guid="https://www.courier.example/news/latest")
    assert life.comes() == ["latest"]


@pytest.mark.parametrize("path", [RSS, ATOM])
def test_one_guid_for_all_items_and_one_more_in_front_is_one_that_is_new(life: Life, path: str) -> None:
    life.publishes(*numbered(*range(10)), guid="https://courier.example/")
    life.watches(path)
    for number in range(10, 14):
        life.publishes(*numbered(number), guid="https://courier.example/")
        assert life.comes() == numbered(number)
    life.site.stories.reverse()
    assert life.comes() == []


def test_a_body_that_breaks_off_is_no_step_and_loses_nothing(life: Life) -> None:
    life.publishes(*numbered(*range(20)))
    life.watches(RSS)
    _, before = life.learned
    life.publishes(*numbered(*range(20, 25)))
    life.site.behaves(RSS, truncates_silently, times=2)

    found = life.comes()
    _, cut = life.learned
    found += life.comes()
    assert (cut.etag, cut.last_modified, cut.known_items) == (before.etag, before.last_modified, before.known_items)
    assert sorted(found + life.comes()) == numbered(*range(20, 25))
    assert life.told == []


def test_what_came_and_went_between_two_polls_is_read_in_the_archive(life: Life) -> None:
    life.site.page_size = 10
    life.publishes(*numbered(*range(15)))
    life.watches(ATOM)
    life.publishes(*numbered(*range(15, 58)))

    assert life.comes() == numbered(*range(15, 58))
    assert life.told == [EventKind.SOURCE_GAP]
    assert [request.path for request in life.site.requests] == [ATOM, ATOM, *(f"{ATOM}?page={page}" for page in range(2, 6))]
    assert life.comes() == []
    life.publishes("latest")
    assert life.comes() == ["latest"]
    assert life.told == [EventKind.SOURCE_GAP]


def test_without_an_archive_the_gap_is_told_and_what_is_there_is_taken(life: Life) -> None:
    life.site.page_size = 10
    life.publishes(*numbered(*range(15)))
    life.watches(RSS)
    life.publishes(*numbered(*range(15, 58)))

    assert life.comes() == numbered(*range(48, 58))
    [gap] = life.store.events()
    assert (gap.kind, gap.at) == (EventKind.SOURCE_GAP, life.clock.now())
    assert "names no archive" in gap.detail


def test_an_item_that_is_edited_at_every_fetch_is_new_once(life: Life) -> None:
    life.publishes(*numbered(*range(5)))
    life.watches(RSS)
    life.publishes("live", words="0")
    assert life.comes() == ["live"]
    for edit in range(1, 30):
        life.site.stories[0].title = f"About live {edit}"
        assert life.comes() == []


def test_no_date_decides_what_is_new(life: Life) -> None:
    life.publishes(*numbered(*range(5)))
    life.watches(RSS)
    dates = [datetime(1995, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC), life.clock.now() - timedelta(days=400), None]
    for number, published in enumerate(dates):
        life.site.adds(f"dated-{number}", title=f"Dated {number}", paragraphs=["It is."], published=published)

    assert life.comes() == [f"dated-{number}" for number in range(4)]


def test_a_feed_that_was_turned_into_a_page_and_back_has_lost_nothing(life: Life) -> None:
    life.publishes(*numbered(*range(5)))
    life.watches(RSS)
    life.site.behaves(RSS, answers(200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html><title>Welcome</title></html>"), times=4)
    life.publishes(*numbered(5))
    assert [life.comes(timedelta(hours=3)) for _ in range(4)] == [[], [], [], []]
    [html] = life.store.events()
    assert (html.kind, html.after) == (EventKind.SOURCE_FAILING, "html")

    assert life.comes() == numbered(5)
    assert life.told[1:] == [EventKind.SOURCE_RECOVERED]


def test_a_source_that_another_address_was_set_for_goes_on_or_begins_anew(life: Life) -> None:
    life.publishes(*numbered(*range(5)))
    life.watches(RSS)
    life.publishes(*numbered(5))
    life.watches(ATOM)
    assert {entry.identity: entry.baseline for entry, _ in life.store.entries() if "5" in entry.identity} != {}
    assert [entry.baseline for entry, _ in life.store.entries() if (entry.link or "").endswith("s00005.html")] == [False]

    with Publisher(name="Another") as other:
        other.adds("theirs", title="Theirs", paragraphs=["It is theirs."])
        life.polls.close()
        there = Life(other, life.store, life.polls._parser)  # type: ignore[arg-type]
        there.clock.at = life.clock.at
        there.watches(RSS)
        assert [entry.baseline for entry, _ in life.store.entries() if (entry.link or "").endswith("theirs.html")] == [True]
        there.publishes("more")
        assert there.comes() == ["more"]
        there.polls.close()
    assert EventKind.SOURCE_GAP not in life.told


def test_a_site_that_moved_for_good_is_told_after_a_week_and_its_news_go_on(life: Life) -> None:
    life.publishes(*numbered(*range(5)))
    life.watches(RSS)
    life.site.behaves(RSS, redirects(life.site.url(ATOM), 301))
    life.publishes("moved")

    assert life.comes() == ["moved"]
    assert [life.comes(timedelta(days=1)) for _ in range(8)] == [[]] * 8
    [moved] = life.store.events()
    assert (moved.kind, moved.after) == (EventKind.SOURCE_FAILING, "moved")
    assert f"`aseanwatch sources move vna {life.site.url(ATOM)}`" in moved.detail
    assert life.learned[0].url == life.site.url(RSS), "nothing is changed by itself"

    life.watches(ATOM)
    assert life.told[1:] == [EventKind.SOURCE_RECOVERED]


def test_one_that_leads_to_a_stranger_alerts_nobody_until_the_operator_has_looked(life: Life) -> None:
    life.publishes(*numbered(*range(5)))
    life.watches(RSS)
    with Publisher(name="Stranger") as stranger:
        there = stranger.url(RSS, host="localhost")
        stranger.adds("casino", title="Casino", paragraphs=["Win."])
        life.polls.close()
        led = Life(life.site, life.store, life.polls._parser, also=f"localhost:{stranger.port}")  # type: ignore[arg-type]
        led.clock.at = life.clock.at
        life.site.behaves(RSS, redirects(there, 301))
        assert led.comes() == []
        stranger.adds("casino-2", title="Casino again", paragraphs=["Win again."])
        assert led.comes() == []
        led.polls.close()
        [suspect] = life.store.events()
        assert (suspect.after, "localhost" in suspect.detail) == ("suspect", True)
        history = [(entry.link or "").rpartition("/")[2] for entry, _ in life.store.entries() if entry.baseline]
        assert history[:2] == ["casino-2.html", "casino.html"]

        own = Life(stranger, life.store, life.polls._parser, also=f"localhost:{stranger.port}")  # type: ignore[arg-type]
        own.clock.at = led.clock.at
        life.store.sync_sources([stores.replace(stores.VNA, url=there)], own.clock.now())
        stranger.adds("casino-3", title="Casino for ever", paragraphs=["Win for ever."])
        assert own.comes() == ["casino-3"]
        assert own.told[1:] == [EventKind.SOURCE_RECOVERED]
        own.polls.close()
