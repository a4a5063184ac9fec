"""Several workers on one store, and several stores on one database: each thing is done once, and nobody is told that it is locked."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import postgres
import pytest
from stores import MINUTE, NOW, VNA, Desk, blocks, desk, entry, key_of, poll, reading, story, tell

from core.alerts import DeliveryState, Receipt, ReceiptKind
from core.delivery import Step
from core.errors import StoreError
from core.outcomes import Changes, Earlier, Event, EventKind, Outcome
from store import Store, open_store
from store.events import append
from store.turns import Line

WORKERS = 8
T = TypeVar("T")


def together(work: Callable[[int], T], workers: int = WORKERS) -> list[T]:
    """What `work` gives to each of several threads that start at the same moment; their first error, if one has one."""
    start = threading.Barrier(workers)

    def begin(number: int) -> T:
        start.wait(10)
        return work(number)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(begin, range(workers)))


def test_whoever_came_first_is_served_first() -> None:
    line, served = Line(10), []

    def stand(number: int) -> None:
        with line.turn():
            served.append(number)

    with ThreadPoolExecutor(WORKERS) as pool, line.turn():
        for number in range(WORKERS):
            pool.submit(stand, number)
            while len(line._waiting) < number + 2:
                threading.Event().wait(0.001)
    assert served == list(range(WORKERS))


def test_whoever_waits_too_long_is_told_so_and_leaves_the_line() -> None:
    line = Line(0.01)
    with ThreadPoolExecutor(1) as pool, line.turn():
        with pytest.raises(StoreError, match="no turn at the database") as refused:
            pool.submit(line.turn().__enter__).result(10)
        assert refused.value.transient
    with line.turn():
        assert len(line._waiting) == 1


def test_each_delivery_is_claimed_once_however_many_claim(store: Store) -> None:
    targets = [f"target-{number}" for number in range(WORKERS)]
    for name in ("first", "second", "third"):
        tell(store, story(name), reading(story(name), name), targets=targets)

    def deliver(worker: int) -> list[str]:
        sent = []
        for _ in range(5000):
            if not store.deliveries(state="pending", limit=1):
                break
            if claimed := store.claim_delivery(f"worker-{worker}", NOW, 60):
                sent.append(claimed[0].key)
                assert store.record_receipt(claimed[0], Receipt(kind=ReceiptKind.ACCEPTED), Step(state=DeliveryState.SENT), NOW)
        return sent

    claims = Counter(key for sent in together(deliver) for key in sent)
    assert len(claims) == 3 * WORKERS
    assert set(claims.values()) == {1}


def test_read_modify_write_loses_nothing_and_meets_no_lock(store: Store) -> None:
    rounds = 6
    stories = {(worker, number): story(f"{worker}-{number}") for worker in range(WORKERS) for number in range(rounds)}
    for article in stories.values():
        store.record_article(None, article, NOW)

    def sign(worker: int) -> None:
        for number in range(rounds):
            article = stories[worker, number]
            said = reading(article, "Joint Communique")
            store.record_reading(article, said, blocks(said), signing(article.key, desk(article, said)), ["desk"], NOW)

    together(sign)
    [outcome] = store.outcomes()
    assert sorted(outcome.titles[1:]) == sorted(article.key for article in stories.values())
    assert outcome.articles == WORKERS * rounds
    assert len(store.alerts()) == 1


def signing(name: str, decide: Desk) -> Desk:
    """A desk that adds its name to the titles of what it found."""

    def decided(known: Sequence[Outcome], earlier: Earlier) -> Changes:
        changes = decide(known, earlier)
        return replace(changes, outcomes=tuple(replace(outcome, titles=(*outcome.titles, name)) for outcome in changes.outcomes))

    return decided


def test_two_workers_that_meet_the_same_news_tell_it_once(database_url: str) -> None:
    with open_store(database_url, now=NOW) as one, open_store(database_url, now=NOW) as other:
        for number in range(10):
            title = f"Declaration {number}"

            def tell_it(worker: int, title: str = title) -> bool:
                article = story(f"{title} by {worker}")
                return tell([one, other][worker], article, reading(article, title))[1] is not None

            assert sorted(together(tell_it, 2)) == [False, True]
        assert len(one.outcomes()) == len(one.alerts()) == 10
        assert all(outcome.articles == 2 for outcome in other.outcomes())


def test_two_workers_that_poll_the_same_source_record_each_entry_once(database_url: str) -> None:
    with open_store(database_url, now=NOW) as one, open_store(database_url, now=NOW) as other:
        one.sync_sources([VNA], NOW)
        for number in range(5):
            came = poll(*(entry(f"{number}-{item}", aliases=[f"alias-{number}-{item}"]) for item in range(20)))
            assert sum(together(lambda worker, came=came: [one, other][worker].record_poll(came), 2)) == 20
        assert one.entry_counts() == {VNA.id: 100}


def test_two_workers_that_extract_the_same_article_keep_one(database_url: str) -> None:
    with open_store(database_url, now=NOW) as one, open_store(database_url, now=NOW) as other:
        for number in range(10):
            became = together(lambda worker, number=number: [one, other][worker].record_article(None, story(str(number)), NOW), 2)
            assert sorted(became) == ["known", "new"]


def test_whoever_follows_the_events_misses_none(store: Store) -> None:
    followed: list[Event] = []
    finished: list[int] = []
    writers = 4

    def write_or_follow(worker: int) -> None:
        if worker < writers:
            try:
                for number in range(25):
                    store.append_events([Event(kind=EventKind.SOURCE_FAILING, subject=f"{worker}-{number}", at=NOW)])
            finally:
                finished.append(worker)
            return
        while True:
            over = len(finished) == writers
            came = store.events(after=followed[-1].sequence if followed else 0, limit=7)
            followed.extend(came)
            if over and not came:
                return

    together(write_or_follow, writers + 1)
    assert len(followed) == 25 * writers
    assert followed == store.events()


def test_an_event_that_is_not_committed_yet_is_overtaken_by_none(store: Store) -> None:
    appended, release, overtaken = threading.Event(), threading.Event(), threading.Event()

    def append_slowly() -> None:
        with store._writing() as tx:
            append(tx, [Event(kind=EventKind.SOURCE_FAILING, subject="slow", at=NOW)])
            appended.set()
            release.wait(10)

    def append_quickly() -> None:
        appended.wait(10)
        store.append_events([Event(kind=EventKind.SOURCE_FAILING, subject="quick", at=NOW)])
        overtaken.set()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(append_slowly), pool.submit(append_quickly)]
        assert not overtaken.wait(0.2)
        release.set()
        for one in both:
            one.result()
    assert [event.subject for event in store.events()] == ["slow", "quick"]


def test_a_reader_holds_up_no_writer_for_good(store: Store) -> None:
    store.sync_sources([VNA], NOW)

    def read_or_write(worker: int) -> None:
        for number in range(20):
            if worker % 2:
                store.counts()
            else:
                store.record_poll(poll(entry(f"{worker}-{number}"), at=NOW + number * MINUTE))

    together(read_or_write)
    assert store.entry_counts() == {VNA.id: 20 * WORKERS // 2}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_processes_may_make_the_database_at_the_same_time(kind: str, tmp_path: Path, postgresql: postgres.Server) -> None:
    url = postgresql.create("at_once") if kind == "postgresql" else f"sqlite:///{tmp_path / 'at-once.db'}"
    stores = together(lambda worker: open_store(url, now=NOW), 3)
    assert [opened.check() for opened in stores] == [[], [], []]
    for opened in stores:
        opened.close()
    if kind == "postgresql":
        postgresql.drop("at_once")


def test_the_same_outcome_of_two_titles_is_found_while_others_write(store: Store) -> None:
    """The turn is held to the commit: what a worker decides on cannot change under its hands."""
    seen: list[int] = []

    def decide_on_all(worker: int) -> None:
        article = story(str(worker))
        said = reading(article, str(worker))
        store.record_article(None, article, NOW)
        inner = desk(article, said)

        def counting(known: Sequence[Outcome], earlier: Earlier) -> Changes:
            seen.append(len(known))
            changes = inner(known, earlier)
            return replace(
                changes,
                outcomes=tuple(
                    replace(outcome, blocks=("everybody",)) for outcome in changes.outcomes if outcome.key == key_of(str(worker))
                ),
            )

        store.record_reading(article, said, ["everybody"], counting, [], NOW)

    together(decide_on_all)
    assert sorted(seen) == list(range(WORKERS))
