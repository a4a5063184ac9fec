"""What becomes of the register when an article says something else than it did."""

from dataclasses import replace

import pytest
from sightings import AMM_57, Book, Story, book, sighting, story, when

from core import corrections
from core.codes import Standing, Status
from core.outcomes import EventKind

COMMUNIQUE = "AMM-57 Joint Communique"
TITLES = ("Joint Statement with China on the digital economy", "Declaration with the UK on connectivity")

result = story("result", "2024-07-27", sighting(COMMUNIQUE, meeting=AMM_57))
echo = story("echo", "2024-07-28", sighting("joint communique", meeting=AMM_57))


def now_says(told: Story, *sightings: object) -> Story:
    """The story after an edit."""
    return replace(told, reading=replace(told.reading, sightings=sightings))


silent = now_says(result)
failed = now_says(result, sighting(COMMUNIQUE, status="failed", meeting=AMM_57))
planned = now_says(result, sighting(COMMUNIQUE, status="planned", meeting=AMM_57))


def kinds(made: Book) -> list[str]:
    return [event.kind for event in made.log[-1].events]


def test_a_sentence_that_is_gone_disputes_the_outcome_and_owes_one_correction() -> None:
    made = book([result])
    changes = made.reads(silent, edited=True, now=when("2024-07-28"))
    [outcome] = changes.outcomes
    assert (outcome.standing, outcome.supported, outcome.status, outcome.articles) == (Standing.DISPUTED, False, Status.DONE, 0)
    assert outcome.facets, "it is as the last report that stood had it"
    assert kinds(made) == ["outcome.retracted", "outcome.disputed"]
    assert made.happened(EventKind.OUTCOME_RETRACTED) == [COMMUNIQUE]
    [owed] = changes.corrections
    assert (owed.outcome, owed.said.reported.sighting.title, owed.now) == (outcome.key, COMMUNIQUE, None)


@pytest.mark.parametrize(("edit", "status"), [(failed, Status.FAILED), (planned, Status.PLANNED)])
def test_a_sentence_that_turned_carries_the_record_and_the_correction_with_it(edit: Story, status: Status) -> None:
    made = book([result])
    changes = made.reads(edit, edited=True, now=when("2024-07-28"))
    [outcome] = changes.outcomes
    assert (outcome.status, outcome.standing, outcome.told) == (status, Standing.DISPUTED, Status.DONE)
    assert (outcome.done_at is None) is (status is Status.PLANNED)
    [owed] = changes.corrections
    assert owed.now
    assert owed.now.reported.sighting.status is status
    assert EventKind.OUTCOME_STATUS not in kinds(made), "a step back is no step in its life"
    assert EventKind.OUTCOME_HELD not in kinds(made), "what the article itself takes back cannot hold it up"


def test_what_others_still_report_is_retracted_by_one_and_disputed_by_nobody() -> None:
    made = book([result, echo])
    changes = made.reads(silent, edited=True, now=when("2024-07-29"))
    assert kinds(made) == ["outcome.retracted"]
    assert changes.corrections == ()
    [outcome] = changes.outcomes
    assert (outcome.standing, outcome.status, outcome.articles, outcome.titles) == (
        Standing.REPORTED,
        Status.DONE,
        1,
        ("joint communique",),
    )
    last = made.reads(now_says(echo), edited=True, now=when("2024-07-30"))
    assert [one.outcome for one in last.corrections] == [outcome.key], "the last one that supported it is gone"


def test_other_rules_change_the_register_and_tell_nobody() -> None:
    made = book([result])
    changes = made.reads(silent, now=when("2024-07-28"))
    assert changes.outcomes[0].standing is Standing.DISPUTED
    assert changes.corrections == ()


def test_what_was_never_told_needs_no_correction() -> None:
    made = book([result], history=True)
    assert made.reads(silent, edited=True, now=when("2024-07-28")).corrections == ()


def test_a_planned_outcome_that_is_retracted_is_disputed_for_it_has_no_report() -> None:
    made = book([planned])
    changes = made.reads(silent, edited=True, now=when("2024-07-28"))
    assert changes.outcomes[0].standing is Standing.DISPUTED
    assert changes.corrections == ()


def test_support_that_comes_back_restores_the_outcome_and_tells_nobody_twice() -> None:
    made = book([result])
    made.reads(silent, edited=True, now=when("2024-07-28"))
    changes = made.reads(result, edited=True, now=when("2024-07-28"))
    assert kinds(made) == ["outcome.corroborated", "outcome.restored"]
    assert changes.outcomes[0].standing is Standing.REPORTED
    assert len(made.alerts) == 1
    again = book([result])
    again.reads(silent, edited=True, now=when("2024-07-28"))
    again.reads(echo)
    assert [event.kind for event in again.log[-1].events] == ["outcome.corroborated", "outcome.restored"]


def test_an_edit_that_leaves_the_outcome_in_other_words_changes_its_title_alone() -> None:
    made = book([result])
    reworded = now_says(result, sighting("joint communique of the 57th AMM", meeting=AMM_57))
    changes = made.reads(reworded, edited=True, now=when("2024-07-28"))
    assert changes.corrections == ()
    assert changes.outcomes[0].titles == ("joint communique of the 57th AMM",)
    assert kinds(made) == []


def test_a_report_that_now_is_of_another_outcome_is_retracted_here_and_new_there() -> None:
    first = story("a", "2024-07-27", sighting(TITLES[0], parties=["China"]))
    made = book([first])
    changes = made.reads(now_says(first, sighting(TITLES[1], parties=["UK"])), edited=True, now=when("2024-07-28"))
    assert kinds(made) == ["outcome.new", "outcome.retracted", "outcome.disputed"]
    assert len(changes.corrections) == 1
    assert len(changes.news) == 1


def test_the_register_after_an_edit_is_the_one_of_the_edited_article() -> None:
    edited, other = book([result, echo]), book([failed, echo])
    edited.reads(failed, edited=True, now=when("2024-07-29"))
    [ours], [theirs] = edited.outcomes.values(), other.outcomes.values()
    assert (ours.facets, ours.status, set(ours.titles), ours.conflicts) == (
        theirs.facets,
        theirs.status,
        set(theirs.titles),
        theirs.conflicts,
    )


def test_a_reading_without_a_date_keeps_the_day_on_which_the_article_was_first_seen() -> None:
    undated = story("undated", None, sighting("statement on trade", parties=["UK"]))
    seen = replace(undated, article=replace(undated.article, first_seen=when("2024-07-27")))
    made = Book()
    made.reads(seen, now=when("2024-07-27"))
    made.reads(seen, now=when("2025-03-01"))
    assert len(made.outcomes) == 1
    assert len(made.alerts) == 1


# whose doing it is


def test_an_edit_is_the_publishers_when_the_text_is_as_whole_as_before() -> None:
    sightings = book([result]).log[0].resolved
    before = replace(result.article, text=f"On Saturday: {COMMUNIQUE}.")
    after = replace(before, text="The ministers met.")
    assert corrections.edited(before, after, sightings, same_rules=True) == {0}
    assert corrections.edited(before, after, sightings, same_rules=False) == {0}
    assert corrections.edited(None, after, sightings, same_rules=True) == frozenset()
    assert corrections.edited(before, before, sightings, same_rules=False) == frozenset()


def test_it_is_ours_when_the_text_came_another_way_or_other_rules_read_the_same_sentence() -> None:
    sightings = book([result]).log[0].resolved
    before = replace(result.article, text=f"On Saturday: {COMMUNIQUE}.")
    summary = replace(before, text="In short.", flags=("from_summary",))
    assert corrections.edited(summary, before, sightings, same_rules=True) == frozenset()
    assert corrections.edited(before, summary, sightings, same_rules=True) == frozenset()
    longer = replace(before, text=f"{before.text} More was said.")
    assert corrections.edited(before, longer, sightings, same_rules=False) == frozenset()
    assert corrections.edited(before, longer, sightings, same_rules=True) == {0}
