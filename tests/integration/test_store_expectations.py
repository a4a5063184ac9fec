"""What is planned and what is overdue, on every kind of database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from desk import only, prints, says
from stores import MINUTE, NOW, cut_off, key_of, reading, story, tell

from core.codes import Status
from core.expected import Deadline
from core.outcomes import EventKind
from core.review import Action
from store import Store, open_store

TITLE = "Joint Communique"
LATE = Deadline(outcome=key_of(TITLE), by=NOW.date(), why="AMM-59 ends on 2026-07-11", article=story("preview").key)
AFTER = LATE.at + MINUTE


def foretold(store: Store, *titles: str, name: str = "preview") -> None:
    article = story(name)
    tell(store, article, reading(article, *titles, status=Status.PLANNED))


def test_planned_outcomes_come_in_pages_with_the_reports_that_stand(store: Store) -> None:
    foretold(store, TITLE, "Plan of Action", "Declaration")
    foretold(store, TITLE, name="second")
    tell(store, story("done"), reading(story("done"), "Treaty"))
    keys = sorted(key_of(title) for title in (TITLE, "Plan of Action", "Declaration"))

    first = store.planned(limit=2)
    rest = store.planned(first[-1][0].key, limit=2)

    assert [outcome.key for outcome, _ in first] == keys[:2]
    assert [outcome.key for outcome, _ in rest] == keys[2:]
    assert store.planned(keys[-1]) == []
    reports = {outcome.key: [one.article for one in said] for outcome, said in store.planned()}
    assert reports[key_of(TITLE)] == [story("preview").key, story("second").key]
    assert reports[key_of("Declaration")] == [story("preview").key]


def test_a_report_that_a_later_reading_no_longer_makes_does_not_count(store: Store) -> None:
    foretold(store, TITLE)
    article = story("preview")
    tell(store, article, reading(article, "Plan of Action", status=Status.PLANNED, ruleset="rules-2"))

    assert {outcome.title: len(said) for outcome, said in store.planned()} == {TITLE: 0, "Plan of Action": 1}


def test_record_and_event_are_marked_together_and_once(store: Store) -> None:
    foretold(store, TITLE)
    before = store.last_event()

    [told] = store.mark_overdue([LATE], AFTER)
    again = store.mark_overdue([LATE], AFTER + timedelta(days=1))

    assert (told.kind, told.subject, told.before, told.after, told.at) == (
        EventKind.OUTCOME_OVERDUE, LATE.outcome, "planned", "overdue", AFTER,
    )  # fmt: skip
    assert told.detail == "expected by 2026-07-11: AMM-59 ends on 2026-07-11; no report of it since"
    assert again == ()
    assert store.events(after=before, records=True) == [told]
    assert store.check() == []
    found = store.outcome(LATE.outcome)
    assert found is not None
    assert (found[0].status, found[0].overdue_at) == (Status.PLANNED, AFTER)


def test_what_a_reviewer_rejected_meanwhile_is_not_marked(store: Store) -> None:
    prints(store, "preview", TITLE, status=Status.PLANNED)
    late = replace(LATE, outcome=only(store, TITLE).key)
    says(store, Action.REJECT, late.outcome)
    assert store.mark_overdue([late], AFTER) == ()
    says(store, Action.UNDO, late.outcome)
    assert len(store.mark_overdue([late], AFTER)) == 1


def test_a_later_time_that_passes_too_is_marked_again(store: Store) -> None:
    foretold(store, TITLE)
    store.mark_overdue([LATE], AFTER)
    put_off = replace(LATE, by=LATE.by + timedelta(days=90))

    assert len(store.mark_overdue([put_off], put_off.at)) == 1


def test_what_has_come_meanwhile_or_is_unknown_is_left(store: Store) -> None:
    foretold(store, TITLE)
    tell(store, story("communique"), reading(story("communique"), TITLE))

    assert store.mark_overdue([LATE, replace(LATE, outcome="document-nowhere")], AFTER) == ()
    assert store.mark_overdue([], AFTER) == ()
    found = store.outcome(LATE.outcome)
    assert found is not None
    assert found[0].overdue_at is None


def test_when_it_comes_it_is_planned_no_more_and_keeps_the_mark(store: Store) -> None:
    foretold(store, TITLE)
    store.mark_overdue([LATE], AFTER)

    _, alert = tell(store, story("communique"), reading(story("communique"), TITLE), now=AFTER + MINUTE)

    assert alert is not None
    assert store.planned() == []
    found = store.outcome(LATE.outcome)
    assert found is not None
    assert (found[0].status, found[0].overdue_at) == (Status.DONE, AFTER)


def test_meetings_are_listed_by_name(store: Store) -> None:
    assert store.meetings() == []
    foretold(store, TITLE, "Plan of Action")
    assert store.meetings() == ["AMM-59"]


def test_two_that_look_at_once_tell_once(database_url: str) -> None:
    with open_store(database_url, now=NOW) as store, open_store(database_url, now=NOW) as other:
        foretold(store, TITLE)
        with ThreadPoolExecutor(2) as hands:
            told = list(hands.map(lambda one: one.mark_overdue([LATE], AFTER), (store, other)))

    assert sorted(len(events) for events in told) == [0, 1]


def test_a_process_that_dies_in_between_leaves_all_or_nothing(store: Store) -> None:
    titles = (TITLE, "Plan of Action")
    foretold(store, *titles)
    late = [replace(LATE, outcome=key_of(title)) for title in titles]
    before = store.last_event()

    for at in range(20):
        if not cut_off(store, at, lambda: store.mark_overdue(late, AFTER)):
            break
        assert store.last_event() == before
        assert {outcome.overdue_at for outcome, _ in store.planned()} == {None}

    assert at >= 5
    assert [one.kind for one in store.events(after=before)] == [EventKind.OUTCOME_OVERDUE] * 2
    assert {outcome.overdue_at for outcome, _ in store.planned()} == {AFTER}
