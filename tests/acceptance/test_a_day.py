"""A day in the life: two hundred sources with outages, migrations, reprints, floods and lies, twenty-four hours on a stepped clock.

Afterwards every article that was served is stored, each once, and every failure is on record.
"""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from press import WINDOW, Item, Press, Publisher, from_entry, town
from walk import Diary, Postbox, StandingClock, TitleReader

from aseanwatch.pipeline import Channel, Pipeline
from core.calendar import Calendar
from core.health import Trouble
from core.outcomes import EventKind
from core.reasons import Reason
from core.sources import EntryState
from store import open_store

STEP = timedelta(minutes=5)
HOURS = 24
AFTERWARDS = 26
"""Hours in which nothing more is published and what was put off is caught up with: what was gone is asked once a day."""


@pytest.mark.parametrize("seed", [53])
def test_every_article_served_is_stored_once_and_every_failure_is_on_record(tmp_path: Path, seed: int) -> None:
    clock, diary = StandingClock(), Diary()
    begins = clock.now()
    publishers = town(begins, seed)
    press = Press(publishers, begins, clock.now)
    with open_store(f"sqlite:///{tmp_path / 'day.db'}", now=begins, durable=False) as store:
        store.sync_sources([publisher.source for publisher in publishers], begins)
        pipeline = Pipeline(
            store=store,
            fetcher=press,
            parser=press,
            extractor=press,
            from_entry=from_entry,
            reader=TitleReader(),
            channels={"desk": Channel(notifier=Postbox())},
            calendar=Calendar(),
            clock=clock,
            witness=diary,
            owner="day:1",
            max_age=timedelta(days=7),
            may_fetch=lambda url: None,
        )
        while clock.now() < begins + timedelta(hours=HOURS + AFTERWARDS):
            if press.hour < HOURS:
                press.publishes()
            while pipeline.poll_due(60.0).polls:
                pass
            while pages := pipeline.due_pages():
                for page in pages:
                    pipeline.extract(*page)
            clock.passes(STEP if press.hour < HOURS else 6 * STEP)
        pipeline.close()

        entries = store.entries(limit=None)
        learned = {source.id: polling for source, polling in store.sources()}
        events = store.events(limit=100_000)
        failures = store.failures(limit=100_000)
        articles = store.counts()["articles"]

    # Every article that was served is stored, and once.
    stored = Counter((entry.source, number_of(entry.link)) for entry, _ in entries)
    assert len(press.delivered) > 3000
    assert set(stored) == press.delivered
    assert set(stored.values()) == {1}
    assert sum(articles.values()) == len(stored)

    # What was published was served, but where somebody was told that it may not have been.
    published = {(publisher.source.id, item.number) for publisher in publishers for item in publisher.items[-publisher.window :]}
    assert published <= press.delivered
    whole = {(publisher.source.id, item.number) for publisher in publishers for item in of_the_day(publisher, begins)}
    gaps = {event.subject for event in events if event.kind is EventKind.SOURCE_GAP}
    assert {source for source, _ in whole - press.delivered} <= gaps

    # The clock of the other side lied, and was found out.
    assert press.lied > 0

    # Every failure is on record: each answer that failed is a failed poll, and each outage that lasted was told and ended.
    assert Counter(source for source, outcome, _ in diary.polls if outcome == "failed") == Counter(
        {source: sum(times for (name, _), times in press.failed.items() if name == source) for source, _ in press.failed}
    )
    assert {polling.reason for polling in learned.values()} == {None}
    assert {polling.failures for polling in learned.values()} == {0}
    told = {event.subject for event in events if event.kind is EventKind.SOURCE_FAILING and event.after != Trouble.SILENT}
    recovered = {event.subject for event in events if event.kind is EventKind.SOURCE_RECOVERED}
    long = {source for source, _ in press.failed if sum(times for (name, _), times in press.failed.items() if name == source) >= 3}
    assert long <= told
    assert told <= recovered

    # Pages that failed left the feed's own words, a reason, and an end.
    pages = [failure for failure in failures if failure.stage == "extract"]
    assert {failure.reason for failure in pages} == {Reason.SERVER_ERROR, Reason.GONE}
    assert {state for _, state in entries} == {EntryState.DONE, EntryState.FAILED}
    asked = Counter(failure.subject for failure in pages if failure.reason is Reason.SERVER_ERROR)
    assert set(asked.values()) == {4}, "at once, and after ten minutes, an hour and six hours"


def number_of(link: str | None) -> int:
    return int(str(link).rpartition("/")[2])


def of_the_day(publisher: Publisher, begins: datetime) -> list[Item]:
    """What stood in its feed when the day began, and all that it published since."""
    before = sum(item.at < begins for item in publisher.items)
    return publisher.items[max(0, before - WINDOW) :]
