"""The register's memory on both databases: corrections, the past as it was known, reviews, and a log that tells all of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from desk import article_saying, corrections, only, prints, says
from sqlalchemy import text
from stores import MINUTE, NOW, sighting

from core.alerts import AlertKind
from core.codes import OutcomeType, Standing, Status
from core.errors import StoreError
from core.history import rebuild
from core.outcomes import EventKind, Outcome, Values
from core.review import Action, Refused
from store import Store

DAY = timedelta(days=1)
COMMUNIQUE = "Joint Communique"
PLAN = "ASEAN-Australia Plan of Action 2025-2029"


def log_is_the_register(store: Store) -> None:
    assert rebuild(store.events(limit=100_000, records=True)) == {one.key: one for one in store.outcomes(limit=100_000)}
    assert store.check() == []


def accession(store: Store, name: str, *states: str, minutes: int = 0) -> Outcome:
    """The record to which a report goes that these states acceded."""
    named = sighting(article_saying(name, *states), f"Accession of {' and '.join(states)}")
    seen = replace(named, type=OutcomeType.ACCESSION, parties=states, meeting=None)
    changes, _ = prints(store, name, seen, article=article_saying(name, *states), now=NOW + minutes * MINUTE)
    return changes.outcomes[-1]


# the log


def test_every_change_of_a_record_stands_in_the_log_with_the_record(store: Store) -> None:
    changes, _ = prints(store, "a", COMMUNIQUE)
    prints(store, "b", COMMUNIQUE, PLAN, now=NOW + MINUTE)
    prints(store, "a", PLAN, now=NOW + 2 * MINUTE, rules="rules-2")
    assert changes.events[0].record == changes.outcomes[0]
    assert all(event.record is None for event in store.events()), "who follows the log need not carry the records along"
    log_is_the_register(store)


def test_a_record_that_is_not_what_the_log_says_is_found(store: Store) -> None:
    prints(store, "a", COMMUNIQUE, PLAN)
    key = only(store, PLAN).key
    with store._writing() as tx:
        tx.execute(text("UPDATE event SET record = NULL WHERE kind = 'outcome.new' AND subject = :key"), {"key": key})
    assert store.check() == [f"outcome {key} is not as the log of events says"]


def test_reading_again_what_is_known_adds_nothing_to_the_log(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    before = store.last_event()
    prints(store, "a", COMMUNIQUE, rules="rules-2", now=NOW + DAY)
    prints(store, "a", COMMUNIQUE, rules="rules-1", now=NOW + 2 * DAY)
    assert store.last_event() == before
    log_is_the_register(store)


def test_what_other_rules_find_again_is_no_second_record_and_tells_nobody(store: Store) -> None:
    same = article_saying("a", COMMUNIQUE, PLAN)
    prints(store, "a", COMMUNIQUE, PLAN, article=same)
    changes, alert = prints(store, "a", COMMUNIQUE, article=same, rules="rules-2", now=NOW + DAY)
    assert [event.kind for event in changes.events] == [EventKind.OUTCOME_RETRACTED, EventKind.OUTCOME_DISPUTED]
    assert alert is None
    assert corrections(store) == []
    changes, alert = prints(store, "a", COMMUNIQUE, PLAN, article=same, rules="rules-1", now=NOW + 2 * DAY)
    assert [event.kind for event in changes.events] == [EventKind.OUTCOME_RESTORED]
    assert alert is None
    log_is_the_register(store)


# corrections


def test_an_article_that_takes_it_back_owes_one_correction_to_those_who_were_told(store: Store) -> None:
    _, told = prints(store, "a", COMMUNIQUE, PLAN, targets=["chat", "mail"])
    assert told
    prints(store, "a", "Chairman's Statement", now=NOW + MINUTE, targets=["another"])
    [correction] = corrections(store)
    assert (correction.corrects, correction.article, correction.url) == (told.key, told.article, told.url)
    assert {item.outcome for item in correction.news} == {item.outcome for item in told.news}, "both in one message"
    assert [item.sentence for item in correction.news] == [item.sentence for item in told.news]
    assert {item.says_now for item in correction.news} == {""}
    found = store.alert(correction.key)
    assert found
    assert found[0].kind is AlertKind.CORRECTION
    assert [delivery.target for delivery in found[1]] == ["chat", "mail"]
    assert only(store, PLAN).standing is Standing.DISPUTED
    log_is_the_register(store)


def test_a_text_that_goes_back_and_forth_is_corrected_once(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    for number in range(1, 9):
        said = (COMMUNIQUE,) if number % 2 == 0 else ()
        prints(store, "a", *said, now=NOW + number * MINUTE)
    assert len(corrections(store)) == 1
    assert len(store.alerts()) == 2
    assert only(store, COMMUNIQUE).standing is Standing.REPORTED
    log_is_the_register(store)


def test_a_correction_says_how_it_is_reported_now(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    prints(store, "a", COMMUNIQUE, status=Status.FAILED, now=NOW + MINUTE)
    [correction] = corrections(store)
    [item] = correction.news
    assert (item.previous_status, item.status) == ("done", "failed")
    assert "failed" in item.says_now
    assert only(store, COMMUNIQUE).status is Status.FAILED


def test_the_page_in_place_of_the_feeds_summary_corrects_nothing(store: Store) -> None:
    prints(store, "a", COMMUNIQUE, flags=("from_summary",))
    prints(store, "a", now=NOW + MINUTE)
    assert corrections(store) == []
    assert only(store, COMMUNIQUE).standing is Standing.DISPUTED


def test_no_correction_where_another_article_still_says_so(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    prints(store, "b", COMMUNIQUE, now=NOW + MINUTE)
    prints(store, "a", now=NOW + 2 * MINUTE)
    assert corrections(store) == []
    prints(store, "b", now=NOW + 3 * MINUTE)
    assert [one.article for one in corrections(store)] == [article_saying("b").key]


def test_the_database_itself_refuses_a_second_correction(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    prints(store, "a", now=NOW + MINUTE)
    with pytest.raises(StoreError, match=r"(?i)constraint"), store._writing() as tx:
        tx.execute(text("INSERT INTO alert_correction (outcome_key, alert_key, correction_key) SELECT * FROM alert_correction"))


# as of


def test_the_past_is_as_it_was_known(store: Store) -> None:
    prints(store, "a", COMMUNIQUE, status=Status.PLANNED)
    prints(store, "b", COMMUNIQUE, now=NOW + DAY)
    prints(store, "b", now=NOW + 2 * DAY)
    key = only(store, COMMUNIQUE).key
    assert store.outcome(key, NOW - MINUTE) is None
    assert store.outcomes(as_of=NOW - MINUTE) == []
    stood = []
    for days in (0, 1, 2):
        found = store.outcome(key, NOW + days * DAY)
        assert found
        outcome, sightings, events = found
        assert store.outcomes(as_of=NOW + days * DAY) == [outcome]
        assert all(event.at <= NOW + days * DAY for event in events)
        stood.append((outcome.status, outcome.standing, outcome.alerted_at, [one.reported.article[-1] for one in sightings]))
    assert stood == [
        (Status.PLANNED, Standing.REPORTED, None, ["a"]),
        (Status.DONE, Standing.REPORTED, NOW + DAY, ["a", "b"]),
        (Status.PLANNED, Standing.DISPUTED, NOW + DAY, ["a"]),
    ]
    assert store.outcomes(as_of=NOW, status="done") == []
    assert len(store.outcomes(as_of=NOW + DAY, status="done", type="document", meeting="AMM-59")) == 1


def test_records_that_were_merged_later_stood_apart(store: Store) -> None:
    one, two = accession(store, "one", "Hungary"), accession(store, "two", "Chile", minutes=1)
    accession(store, "pair", "Chile", "Hungary", minutes=2)
    assert [outcome.key for outcome in store.outcomes()] == [one.key]
    assert {outcome.key for outcome in store.outcomes(as_of=NOW + MINUTE)} == {one.key, two.key}
    then, now = store.outcome(two.key, NOW + MINUTE), store.outcome(two.key, NOW + 2 * MINUTE)
    assert then
    assert now
    assert (then[0].key, [seen.reported.sighting.parties for seen in then[1]]) == (two.key, [("Chile",)])
    assert (now[0].key, len(now[1])) == (one.key, 3), "the key leads to what it had become part of by then"
    assert {event.subject for event in now[2]} == {one.key, two.key}, "the history is that of both"
    log_is_the_register(store)


def test_topics_are_those_of_the_readings_of_then(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    key = only(store, COMMUNIQUE).key
    assert store.outcomes(topics="trade") == store.outcomes(topics="trade", as_of=NOW) == []
    with store._writing() as tx:
        tx.execute(text("INSERT INTO reading_topic (topic, reading_id) SELECT 'trade', id FROM reading"))
    prints(store, "a", COMMUNIQUE, PLAN, rules="rules-2", now=NOW + DAY)
    assert store.outcomes(topics="trade") == store.outcomes(topics="trade", as_of=NOW + DAY) == []
    assert [one.key for one in store.outcomes(topics=["myanmar", "trade"], as_of=NOW)] == [key]


# reviews


def test_a_review_is_kept_with_its_number_and_whether_it_stands(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    key = only(store, COMMUNIQUE).key
    changes = says(store, Action.CONFIRM, key, reason="text on asean.org")
    assert [event.detail for event in changes.events] == ["confirm by Linh: text on asean.org"]
    assert only(store, COMMUNIQUE).standing is Standing.CONFIRMED
    says(store, Action.UNDO, key, at=NOW + MINUTE)
    assert only(store, COMMUNIQUE).standing is Standing.REPORTED
    [(undo, _), (confirm, stands)] = store.reviews(outcome=key)
    assert (undo.undoes, confirm.reason, stands) == (confirm.number, "text on asean.org", False)
    with pytest.raises(Refused):
        says(store, Action.UNDO, key)
    with pytest.raises(StoreError, match="no such outcome"):
        says(store, Action.CONFIRM, "document-none")
    log_is_the_register(store)


def test_reviews_survive_reading_everything_under_other_rules(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    prints(store, "b", COMMUNIQUE, now=NOW + MINUTE)
    prints(store, "c", PLAN)
    edits = Values(title="The Communique", status=Status.PLANNED)
    says(store, Action.EDIT, only(store, COMMUNIQUE), edits=edits)
    says(store, Action.REJECT, only(store, PLAN))
    says(store, Action.SPLIT, only(store, COMMUNIQUE), articles=(article_saying("b").key,))
    before = {one.key: (one.reviewed, one.title, one.status, one.standing) for one in store.outcomes()}
    assert len(before) == 3
    assert store.reopen_articles("rules-2") == 3
    for name, title in (("c", PLAN), ("b", COMMUNIQUE), ("a", COMMUNIQUE)):
        _, alert = prints(store, name, title, rules="rules-2", now=NOW + DAY)
        assert (alert is None) is (name != "b"), "what was split off had been told to nobody"
    assert {one.key: (one.reviewed, one.title, one.status, one.standing) for one in store.outcomes()} == before
    log_is_the_register(store)


def test_a_rejected_outcome_is_never_told(store: Store) -> None:
    prints(store, "a", COMMUNIQUE, status=Status.PLANNED)
    says(store, Action.REJECT, only(store, COMMUNIQUE))
    changes, alert = prints(store, "b", COMMUNIQUE, now=NOW + DAY)
    assert alert is None
    assert [event.detail for event in changes.events if event.kind is EventKind.ALERT_SUPPRESSED] == ["rejected by Linh on 2026-07-11"]
    assert only(store, COMMUNIQUE).standing is Standing.REJECTED


def test_a_merge_by_hand_is_taken_back_with_its_sightings_and_alerts(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    prints(store, "b", PLAN, now=NOW + MINUTE)
    one, two = only(store, COMMUNIQUE), only(store, PLAN)
    before = {outcome.key: outcome for outcome in store.outcomes()}
    says(store, Action.MERGE, one, other=two.key, at=NOW + DAY)
    assert [outcome.key for outcome in store.outcomes()] == [one.key]
    prints(store, "c", COMMUNIQUE, now=NOW + 2 * DAY)
    log_is_the_register(store)
    says(store, Action.UNDO, one, at=NOW + 3 * DAY)
    log_is_the_register(store)
    after = {outcome.key: outcome for outcome in store.outcomes()}
    assert after.keys() == before.keys()
    assert (after[two.key], after[one.key].articles) == (before[two.key], 2)
    assert after[one.key].titles == before[one.key].titles
    assert [(outcome.alerted_at, outcome.told) for outcome in after.values()] == [
        (before[key].alerted_at, before[key].told) for key in after
    ]
    found = store.outcome(two.key)
    assert found
    assert [seen.reported.article for seen in found[1]] == [article_saying("b").key]
    then = store.outcome(two.key, NOW + 2 * DAY)
    assert then
    assert then[0].key == one.key, "the past is not taken back"
    _, alert = prints(store, "d", PLAN, now=NOW + 4 * DAY)
    assert alert is None, "what was told stays told"


def test_what_was_split_off_was_told_when_its_article_told_it(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    prints(store, "b", COMMUNIQUE, now=NOW + MINUTE)
    changes = says(store, Action.SPLIT, only(store, COMMUNIQUE), articles=(article_saying("a").key,), at=NOW + DAY)
    assert [outcome.alerted_at for outcome in changes.outcomes] == [NOW, NOW]
    says(store, Action.UNDO, changes.outcomes[0], at=NOW + DAY)
    assert only(store, COMMUNIQUE).articles == 2
    changes = says(store, Action.SPLIT, only(store, COMMUNIQUE), articles=(article_saying("b").key,), at=NOW + 2 * DAY)
    assert [outcome.alerted_at for outcome in changes.outcomes] == [NOW, None]
    log_is_the_register(store)


def test_an_action_is_taken_back_once(store: Store) -> None:
    prints(store, "a", COMMUNIQUE)
    says(store, Action.CONFIRM, only(store, COMMUNIQUE))
    says(store, Action.UNDO, only(store, COMMUNIQUE))
    copied = "at, by, action, outcome_key, undoes, payload"
    again = f"INSERT INTO review ({copied}) SELECT {copied} FROM review WHERE undoes IS NOT NULL"
    with pytest.raises(StoreError, match=r"(?i)unique|constraint"), store._writing() as tx:
        tx.execute(text(again))
