"""A process that dies between any two statements: all of a step was done, or nothing of it, and the next start does it whole."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import killing
import pytest
from desk import article_saying, corrections, only, prints, says
from stores import MINUTE, NOW, VNA, cut_off, entry, poll, reading, story, tell

from core.alerts import DeliveryState, Receipt, ReceiptKind
from core.articles import Failure
from core.delivery import Step
from core.errors import StoreError
from core.reasons import Reason
from core.review import Action
from store import Store, open_store

Counts = dict[str, dict[str, int]]


def cut_at_each_statement(store: Store, work: Callable[[], object]) -> tuple[int, list[Counts]]:
    """Does `work` and breaks off before its first statement, its second, and so on until it comes to its end.

    How many times it was broken off, and what was found after each.
    """
    left: list[Counts] = []
    for at in range(200):
        if not cut_off(store, at, work):
            return at, left
        left.append(store.counts())
    raise AssertionError("no end of statements")


def scene(store: Store) -> None:
    """A source with one entry, two articles, and an alert that is owed."""
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("known")))
    store.record_article(None, story("next"), NOW)
    tell(store, story(), reading(story(), "Joint Communique"))
    for name in ("first", "second"):
        prints(store, name, "Joint Statement on trade")


def record_poll(store: Store) -> None:
    store.record_poll(poll(entry("a", aliases=["x"]), entry("b"), etag='"after"'))


def record_article(store: Store) -> None:
    store.record_article(entry("known"), story(text="The ministers changed their mind."), NOW)


def record_failure(store: Store) -> None:
    store.record_failure(entry("known"), Failure(stage="extract", subject="known", reason=Reason.GONE, at=NOW))


def record_reading(store: Store) -> None:
    said = reading(story("next"), "Joint Communique", "Plan of Action")
    tell(store, story("next"), said, targets=["chat", "mail"])


def review(store: Store) -> None:
    says(store, Action.SPLIT, only(store, "Joint Statement on trade"), articles=(story("second").key,))


def claim(store: Store) -> None:
    store.claim_delivery("me", NOW, 60)


@pytest.mark.parametrize("work", [record_poll, record_article, record_failure, record_reading, review, claim])
def test_a_step_that_breaks_off_leaves_nothing(store: Store, work: Callable[[Store], None]) -> None:
    scene(store)
    before, tags = store.counts(), [polling.etag for _, polling in store.sources()]
    broken, left = cut_at_each_statement(store, lambda: work(store))
    assert broken >= 2
    assert left == [before] * broken
    if work is not record_poll:
        assert [polling.etag for _, polling in store.sources()] == tags
    assert store.counts() != before
    assert store.check() == []


def test_a_correction_that_breaks_off_leaves_nothing(store: Store) -> None:
    prints(store, "told", "Plan of Action 2025-2029")
    store.record_article(None, article_saying("told", "done"), NOW)
    before = store.counts()
    broken, left = cut_at_each_statement(store, lambda: prints(store, "told"))
    assert broken >= 20
    assert left == [before] * broken
    assert len(corrections(store)) == 1
    assert store.check() == []


def test_a_receipt_that_breaks_off_leaves_the_doubt(store: Store) -> None:
    scene(store)
    claimed = store.claim_delivery("me", NOW, 60)
    assert claimed
    doubt, held = Receipt(kind=ReceiptKind.UNKNOWN, reason="no answer"), Step(state=DeliveryState.UNKNOWN, reason="no answer")
    broken, left = cut_at_each_statement(store, lambda: store.record_receipt(claimed[0], doubt, held, NOW))
    assert broken >= 3
    assert [counts["deliveries"]["sending"] for counts in left] == [1] * broken
    assert len(store.attempts(claimed[0].key)) == 1
    assert store.recover_leases(NOW + MINUTE) == []


def runs(name: str, url: str) -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, killing.__file__, name, url], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_killed_poll_keeps_no_validator_without_its_entries(database_url: str) -> None:
    *killed, lived = runs("record_poll", database_url)
    assert len(killed) >= 8
    assert lived["killed_at"] is None
    assert {(run["counts"]["entries"], *run["etags"]) for run in killed} == {(0, None)}
    assert (lived["counts"]["entries"], *lived["etags"]) == (3, '"after"')
    assert [run["wrong"] for run in (*killed, lived)] == [[]] * (len(killed) + 1)


def test_a_killed_reading_leaves_no_part_of_outcome_alert_and_deliveries(database_url: str) -> None:
    *killed, lived = runs("record_reading", database_url)
    assert len(killed) >= 20
    nouns = ("readings", "outcomes", "sightings", "alerts", "deliveries", "events")
    assert {tuple(run["counts"][noun] for noun in nouns) for run in killed} == {(1, 1, 1, 1, 1, 2)}
    assert tuple(lived["counts"][noun] for noun in nouns) == (2, 2, 2, 2, 3, 4)
    assert [run["wrong"] for run in (*killed, lived)] == [[]] * (len(killed) + 1)


def test_a_killed_correction_leaves_no_part_of_it_and_is_made_whole_and_once(database_url: str) -> None:
    *killed, lived = runs("take_back", database_url)
    assert len(killed) >= 20
    nouns = ("outcomes", "alerts", "deliveries", "events")
    assert {tuple(run["counts"][noun] for noun in nouns) for run in killed} == {(1, 1, 1, 2)}
    assert tuple(lived["counts"][noun] for noun in nouns) == (1, 2, 2, 5)
    assert [run["wrong"] for run in (*killed, lived)] == [[]] * (len(killed) + 1)


def test_a_full_disk_costs_nothing_that_was_stored_and_passes(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'watch.db'}", now=NOW) as store:
        store.sync_sources([VNA], NOW)
        store.record_poll(poll(entry("a"), etag='"before"'))
        with store._engines.writer.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
        flood = poll(*(entry(f"item-{number}-{'x' * 500}") for number in range(200)), etag='"after"')
        with pytest.raises(StoreError, match="full") as refused:
            store.record_poll(flood)
        assert refused.value.transient
        assert [polling.etag for _, polling in store.sources()] == ['"before"']
        assert store.entry_counts() == {VNA.id: 1}
        with store._engines.writer.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        assert store.record_poll(flood) == 200
        assert store.check() == []
