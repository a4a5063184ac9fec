"""The watch looks for what should have come: one event, nothing twice, and no flood on a first day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import stores
from walk import Walk

from aseanwatch.pipeline import WAITING_SINCE, record, waiting
from core.calendar import Calendar, CalendarMeeting, Certainty
from core.codes import Status
from core.outcomes import EventKind
from store import Store, open_store

WEEK = CalendarMeeting(type="AMM", ordinal=59, year=2026, start=date(2026, 7, 10), end=date(2026, 7, 14), certainty=Certainty.CONFIRMED)
OVER = datetime(2026, 7, 17, tzinfo=UTC)
TITLE = "Joint Communiqué of the 59th AMM"


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store("sqlite://", now=stores.NOW) as opened:
        yield opened


@pytest.fixture
def walk(store: Store) -> Walk:
    return Walk(store, calendar=Calendar([WEEK]))


def foretell(walk: Walk, name: str = "preview", *titles: str, at: datetime | None = None) -> None:
    """An article, read at the clock's time, foretells these outcomes of AMM-59."""
    article = stores.story(name, published=at or walk.clock.now())
    said = stores.reading(article, *(titles or (TITLE,)), status=Status.PLANNED)
    stores.tell(walk.store, article, said, now=walk.clock.now())  # type: ignore[arg-type]


def told(walk: Walk) -> list[str]:
    return [event.subject for event in walk.store.events(limit=10_000) if event.kind is EventKind.OUTCOME_OVERDUE]


def test_what_does_not_come_is_told_once_when_its_time_has_passed(walk: Walk) -> None:
    walk.pipeline.look_for_overdue()
    foretell(walk)
    for _ in range(12):
        walk.clock.passes(timedelta(hours=12))
        walk.pipeline.look_for_overdue()

    assert told(walk) == [stores.key_of(TITLE)]
    [(title, detail)] = walk.diary.missed
    assert title == TITLE
    assert detail == "expected by 2026-07-14: AMM-59 ends on 2026-07-14; no report of it since"
    [(outcome, _)] = walk.store.planned()
    assert outcome.overdue_at == OVER + timedelta(hours=9)  # the first look after it
    assert walk.postbox.got == []


def test_what_comes_in_time_is_never_overdue(walk: Walk) -> None:
    walk.pipeline.look_for_overdue()
    foretell(walk)
    walk.clock.passes(timedelta(days=2))
    stores.tell(walk.store, stores.story("communique"), stores.reading(stores.story("communique"), TITLE), now=walk.clock.now())  # type: ignore[arg-type]
    walk.clock.at = OVER + timedelta(days=9)

    walk.pipeline.look_for_overdue()

    assert told(walk) == []


def test_a_register_filled_from_history_raises_no_flood(walk: Walk) -> None:
    walk.clock.at = datetime(2026, 7, 9, tzinfo=UTC)
    foretell(walk, "preview", TITLE, "Plan of Action")
    walk.clock.at = OVER + timedelta(days=100)

    walk.pipeline.look_for_overdue()  # the first time that this watch looks

    assert told(walk) == []
    assert walk.store.remembered(WAITING_SINCE) == walk.clock.now().isoformat()
    assert len(list(waiting(walk.store, Calendar([WEEK])))) == 2


def test_an_old_preview_that_is_read_late_is_not_told(walk: Walk) -> None:
    walk.pipeline.look_for_overdue()
    walk.clock.at = OVER + timedelta(days=1)
    foretell(walk, at=datetime(2026, 7, 9, tzinfo=UTC))

    walk.pipeline.look_for_overdue()

    assert told(walk) == []


def test_a_watch_that_was_away_tells_when_it_is_back(walk: Walk) -> None:
    walk.pipeline.look_for_overdue()
    foretell(walk)
    walk.clock.at = OVER + timedelta(days=30)

    walk.pipeline.look_for_overdue()

    assert told(walk) == [stores.key_of(TITLE)]


def test_it_waits_while_articles_are_to_be_read_that_may_bring_it(walk: Walk) -> None:
    walk.pipeline.look_for_overdue()
    preview = stores.story("preview", published=walk.clock.now())
    walk.store.record_article(None, preview, walk.clock.now())
    record(walk.store, preview, stores.reading(preview, TITLE, status=Status.PLANNED), (), walk.clock.now(), max_age=None)
    walk.clock.at = OVER
    result = stores.story("communique", published=OVER - timedelta(hours=1))
    walk.store.record_article(None, result, walk.clock.now())
    walk.reader.sees[result.key] = (TITLE,)

    walk.pipeline.look_for_overdue()
    assert told(walk) == []
    walk.goes()
    walk.pipeline.look_for_overdue()

    assert told(walk) == []
    assert len(walk.postbox.got) == 1


def test_many_are_found_page_by_page(walk: Walk) -> None:
    walk.pipeline.look_for_overdue()
    titles = [f"Statement {number}" for number in range(1200)]
    foretell(walk, "preview", *titles)
    walk.clock.at = OVER

    walk.pipeline.look_for_overdue()

    assert sorted(told(walk)) == sorted(map(stores.key_of, titles))
