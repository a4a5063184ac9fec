"""A day in the life: 200 sources over 24 hours, with outages, migrations, reprints, floods and lies, on a clock that is stepped.

Afterwards every article that was served is stored, each once, every failure is on record, and each result was told once.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from walk import StandingClock, Walk
from world import Manner, Site, World, breaks_off, is_a_page, is_honest, is_out, lies, moved, rebuilds, shuffles

from core.outcomes import EventKind
from core.reasons import Reason
from core.sources import EntryState, Source, Tier
from store import Store, open_store

DAWN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)
DAY, NIGHT = timedelta(hours=24), timedelta(hours=26)
"""What was published in the day is seen at the latest when the next day has passed: that is when a server's lie is found out."""
HELD, PUBLISHED = 10, 4
"""Stories that a site has at dawn, and that it publishes during the day."""

MANNERS: list[tuple[str, int, Manner]] = [
    ("honest", 116, is_honest),
    ("lost", 8, is_out(Reason.CONNECT_FAILED, 6, 10)),
    ("overloaded", 8, is_out(Reason.SERVER_ERROR, 2, 20)),
    ("gone", 2, is_out(Reason.GONE, 5, 18)),
    ("page", 6, is_a_page(8, 14)),
    ("liar", 10, lies),
    ("rebuilt", 10, rebuilds(12)),
    ("broken", 8, breaks_off()),
    ("shuffled", 6, shuffles),
    ("moved", 6, moved),
    ("flood", 6, is_honest),
    ("rushed", 4, is_honest),
    ("reprint", 10, is_honest),
]
"""Name, how many sites there are of it, and what they do."""


class Day:
    """The sites, the watch, and all that happens to them."""

    def __init__(self, store: Store) -> None:
        clock = StandingClock(DAWN)
        sites = [_site(name, number, manner) for name, count, manner in MANNERS for number in range(count)]
        self.world, self.chance = World(clock, sites), random.Random(5)
        self.walk = Walk(store, read_before=False, clock=clock, network=self.world)
        self.sites = {site.source.id: site for site in sites}
        self.plan: list[tuple[timedelta, Site, list[str]]] = []
        for site in sites:
            self.world.publishes(site, *(f"old-{number}" for number in range(HELD)))
            self._plan(site)
        store.sync_sources([site.source for site in sites], DAWN)

    def _plan(self, site: Site) -> None:
        kind = site.source.id.rpartition("-")[0]
        for number in range(PUBLISHED):
            at = timedelta(minutes=self.chance.randrange(30, 24 * 60 - 30))
            self.plan.append((at, site, [f"new-{number}"]))
        if kind == "flood":
            self.plan.append((timedelta(hours=11), site, [f"flood-{number}" for number in range(300)]))
        if kind == "rushed":
            self.plan.append((timedelta(hours=15), site, [f"rush-{number}" for number in range(70)]))
        if kind == "reprint":
            site.texts[site.page("statement")] = "The ministers adopted the Joint Statement in Manila."
            self.plan.append((timedelta(minutes=self.chance.randrange(600, 900)), site, ["statement"]))

    def passes(self) -> None:
        """The day, and the night in which nothing is published."""
        left = sorted(self.plan, key=lambda one: (one[0], one[1].source.id), reverse=True)
        while self.walk.clock.now() < DAWN + DAY + NIGHT:
            while left and DAWN + left[-1][0] <= self.walk.clock.now():
                _, site, names = left.pop()
                self.world.publishes(site, *names)
            self.walk.goes()
            self.walk.clock.passes(STEP if self.walk.clock.now() < DAWN + DAY else 4 * STEP)
        assert not left

    def events(self, kind: EventKind) -> dict[str, list[str]]:
        """Source -> its events of that kind, by what they say."""
        found: dict[str, list[str]] = {}
        for event in self.walk.store.events(limit=100_000):
            if event.kind is kind:
                found.setdefault(event.subject, []).append(event.after if kind is not EventKind.SOURCE_RECOVERED else event.before)
        return found


def _site(name: str, number: int, manner: Manner) -> Site:
    key = f"{name}-{number}"
    tier = (Tier.OFFICIAL, Tier.AGENCY, Tier.PRESS)[number % 3]
    source = Source(
        id=key,
        url=f"https://{key}.example/feed",
        publisher=f"Publisher {key}",
        tier=tier,
        interval=timedelta(minutes=(10, 10, 15)[number % 3]),
    )
    return Site(source=source, manner=manner, window=400 if name == "flood" else 20, validators=name != "shuffled")


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    with open_store("sqlite://", now=DAWN) as store:
        found = Day(store)
        for site in found.sites.values():
            if site.texts:
                found.walk.reader.sees[site.page("statement")] = ("Joint Statement",)
        found.passes()
        yield found


def test_there_are_two_hundred(day: Day) -> None:
    assert len(day.sites) == 200


def test_every_article_that_was_served_is_stored_once(day: Day) -> None:
    served = Counter(site.page(name) for site in day.sites.values() for name in site.stories)
    stored = Counter(article.key for article in day.walk.store.articles(limit=100_000))
    entries = Counter(entry.link for entry, state in day.walk.store.entries(limit=100_000) if state is EntryState.DONE)

    assert stored == served
    assert entries == served
    assert max(served.values()) == 1


def test_what_was_there_at_dawn_is_history_and_nothing_else(day: Day) -> None:
    """A site that was told apart only by its own fault at dawn is none of them: all of them could be read then."""
    history = Counter(entry.source for entry, _ in day.walk.store.entries(limit=100_000) if entry.baseline)

    assert history == dict.fromkeys(day.sites, HELD)


def test_every_failure_is_on_record(day: Day) -> None:
    failed = Counter(source for source, outcome, _ in day.walk.diary.polls if outcome == "failed")
    broken = {name: count for name, count in failed.items() if not name.startswith("page-")}

    assert broken == dict(day.world.refused)
    assert all(failed[name] >= 3 for name in day.sites if name.startswith("page-"))
    assert {polling.reason for _, polling in day.walk.store.sources()} <= {None, Reason.MALFORMED_FEED}


def test_each_trouble_is_told_once_and_once_when_it_is_over(day: Day) -> None:
    told, over = day.events(EventKind.SOURCE_FAILING), day.events(EventKind.SOURCE_RECOVERED)

    for name in day.sites:
        kind = name.rpartition("-")[0]
        expected = {"lost": ["failing"], "overloaded": ["failing"], "gone": ["dead"], "page": ["html"]}.get(kind, [])
        # In the night nothing is published, and those that brought something five times are missed.
        assert [trouble for trouble in told.get(name, []) if trouble != "silent"] == expected, name
        assert over.get(name, []) == expected, name
    silent = {name.rpartition("-")[0] for name, troubles in told.items() if "silent" in troubles}
    assert silent == {"flood", "rushed", "reprint"}


def test_where_more_came_than_a_feed_holds_a_gap_was_told(day: Day) -> None:
    gaps = set(day.events(EventKind.SOURCE_GAP))

    assert gaps >= {f"rushed-{number}" for number in range(4)}
    assert all(name.startswith(("rushed-", "broken-")) for name in gaps)


def test_ten_reprints_of_one_result_are_one_message(day: Day) -> None:
    [(_, alert)] = day.walk.postbox.got

    assert [item.title for item in alert.news] == ["Joint Statement"]


def test_no_source_was_asked_more_often_than_is_polite(day: Day) -> None:
    polls = Counter(source for source, _, _ in day.walk.diary.polls)
    most = (DAY + NIGHT) / timedelta(minutes=5)

    assert all(24 <= count <= most for name, count in polls.items() if not name.startswith(("gone-", "overloaded-")))
