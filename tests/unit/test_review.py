"""What reviewers say of the register goes before what is computed, and stays until it is taken back."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sightings import AMM_57, Book, Story, book, sighting, story, when

from core.codes import Level, OutcomeType, Standing, Status
from core.history import rebuild
from core.origins import Authority
from core.outcomes import EventKind, Outcome, Values
from core.readings import Meeting
from core.review import Action, Case, Refused, Review, meeting_named, questions, rule
from core.sources import Tier

COMMUNIQUE = "AMM-57 Joint Communique"
DAY = timedelta(days=1)

result = story("result", "2024-07-27", sighting(COMMUNIQUE, meeting=AMM_57))
echo = story("echo", "2024-07-28", sighting("joint communique", meeting=AMM_57))
late_preview = story("late", "2024-07-29", sighting(COMMUNIQUE, status="planned", meeting=AMM_57))
failed_later = story("failed", "2024-07-29", sighting(COMMUNIQUE, status="failed", meeting=AMM_57))
uk = story("uk", "2024-07-27", sighting("Joint Statement on connectivity", parties=["UK"]))
uk_other = story("uk-other", "2024-07-28", sighting("Declaration on enhancing connectivity", parties=["UK"]))
china = story("china", "2024-07-27", sighting("Joint Statement on mines", parties=["China"]))


@dataclass
class ReviewedBook(Book):
    """A register in memory whose reviewer is called Linh."""

    said: list[Review] = field(default_factory=list)
    standing: list[Review] = field(default_factory=list)
    """What was said and not taken back."""

    def says(self, action: Action, outcome: Outcome | str, **what: Any) -> Outcome:
        """What an action makes of the outcome that it names."""
        key = outcome if isinstance(outcome, str) else outcome.key
        at = when("2024-08-01") + DAY * len(self.said)
        asked = Review(action=action, outcome=key, by="Linh", at=at, **what)
        case = Case(
            outcome=self.outcomes[key],
            other=self.outcomes.get(asked.other),
            sightings=(*self.sightings(key), *self.sightings(asked.other)),
            reviews=tuple(one for one in self.standing if one.outcome in (key, *self.outcomes[key].merged)),
        )
        said, changes = rule(case, asked)
        said = replace(said, number=len(self.said) + 1)
        self.said.append(said)
        self.standing = [one for one in self.standing if one.number != said.undoes] + ([] if action is Action.UNDO else [said])
        self.reviews(changes, at)
        return self.outcomes[key]


def reviewed(*stories: Story) -> ReviewedBook:
    """The register after these stories, before a review."""
    made = ReviewedBook()
    for told in stories:
        made.reads(told)
    return made


# what waits


def test_what_one_origin_reports_waits_until_another_does() -> None:
    made = book([result])
    assert questions(made.of(result)) == ("support: one origin reports it",)
    made.reads(echo)
    assert questions(made.of(result)) == ()
    assert questions(replace(made.of(result), origins=("VNA",))) == ("support: one origin reports it",), "the other is a reprint"


def test_a_report_that_is_held_waits() -> None:
    made = book([result, echo, late_preview])
    assert questions(made.of(result)) == ("held: planned reported on 2024-07-29",)


def test_done_and_failed_wait_as_dispute_conflict_and_held_report() -> None:
    asked = questions(book([result, echo, failed_later]).of(result))
    assert [one.partition(":")[0] for one in asked] == ["disputed", "conflict", "held"]


def test_a_planned_outcome_does_not_wait() -> None:
    assert questions(book([story("p", "2024-07-01", sighting(COMMUNIQUE, status="planned"))]).outcomes.popitem()[1]) == ()


def test_what_was_before_the_reviewers_eyes_waits_no_more_and_what_is_new_does() -> None:
    made = reviewed(result, echo, late_preview)
    assert questions(made.says(Action.DISMISS, made.of(result))) == ()
    made.reads(story("later", "2024-07-30", sighting(COMMUNIQUE, status="planned", meeting=AMM_57)))
    assert questions(made.of(result)) == ("held: planned reported on 2024-07-30",)


# what is said


def test_a_confirmed_outcome_stays_confirmed_whatever_is_retracted() -> None:
    made = reviewed(result)
    made.says(Action.CONFIRM, made.of(result))
    gone = replace(result, reading=replace(result.reading, sightings=()))
    changes = made.reads(gone, edited=True, now=when("2024-08-02"))
    [outcome] = made.outcomes.values()
    assert outcome.standing is Standing.CONFIRMED
    assert changes.corrections == ()


def test_a_reviewer_goes_before_an_official_text() -> None:
    ministry = replace(echo, article=replace(echo.article, tier=Tier.OFFICIAL))
    made = reviewed(result, ministry)
    assert made.of(result).standing is Standing.CONFIRMED
    made.says(Action.REJECT, made.of(result))
    assert made.of(result).standing is Standing.REJECTED
    made.reads(replace(ministry, article=replace(ministry.article, key="another")))
    assert made.of(result).standing is Standing.REJECTED
    made.says(Action.UNDO, made.of(result))
    assert made.of(result).standing is Standing.CONFIRMED
    made.says(Action.EDIT, made.of(result), edits=Values(status=Status.PLANNED))
    assert made.of(result).standing is Standing.REPORTED, "the official text says that it is done, the reviewer that it is to come"


def test_an_official_preview_does_not_confirm_what_a_reviewer_says_is_done() -> None:
    preview = replace(late_preview, article=replace(late_preview.article, tier=Tier.OFFICIAL))
    made = reviewed(preview)
    made.says(Action.EDIT, made.of(preview), edits=Values(status=Status.DONE))
    assert (made.of(preview).standing, made.of(preview).authority) == (Standing.REPORTED, Authority.OFFICIAL)


def test_two_records_that_were_split_have_each_its_own_authority() -> None:
    ministry = replace(echo, article=replace(echo.article, tier=Tier.OFFICIAL))
    made = reviewed(result, ministry)
    made.says(Action.SPLIT, made.of(result), articles=(ministry.key,))
    assert [made.of(told).authority for told in (result, ministry)] == [Authority.PRESS, Authority.OFFICIAL]
    made.says(Action.MERGE, made.of(result), other=made.of(ministry).key)
    assert made.of(result).authority is Authority.OFFICIAL


def test_a_rejected_outcome_stays_rejected_when_the_next_reprint_comes_and_is_told_to_nobody() -> None:
    made = reviewed()
    made.reads(result, history=True)
    made.says(Action.REJECT, made.of(result))
    made.reads(echo)
    assert made.of(echo).key == made.of(result).key
    assert made.of(echo).standing is Standing.REJECTED
    assert made.alerts == []
    assert made.happened(EventKind.ALERT_SUPPRESSED)[-1] == "rejected by Linh on 2024-08-01"


def test_a_rejected_outcome_is_not_brought_back_by_a_merge() -> None:
    one = story("one", "2024-07-27", sighting("Hungary signs the TAC", type="accession", parties=["Hungary"]))
    two = story("two", "2024-07-27", sighting("Chile signs the TAC", type="accession", parties=["Chile"]))
    pair = story("pair", "2024-07-28", sighting("Hungary and Chile sign the TAC", type="accession", parties=["Chile", "Hungary"]))
    made = reviewed(one, two)
    made.says(Action.REJECT, made.of(two))
    made.reads(pair)
    assert made.of(one) == made.of(two) == made.of(pair)
    assert made.of(pair).standing is Standing.REJECTED
    made = reviewed(one, two)
    made.says(Action.CONFIRM, made.of(one))
    made.says(Action.REJECT, made.of(two))
    made.reads(pair)
    assert made.of(one).key != made.of(two).key, "what one says is and the other is not is never one by itself"


def test_an_edit_survives_every_later_report_and_what_is_computed_is_kept_beside_it() -> None:
    made = reviewed(result)
    edits = Values(
        title="Communiqué",
        type=OutcomeType.DECISION,
        status=Status.FAILED,
        level=Level.LEADERS,
        parties=("Japan",),
        meeting=Meeting(type="PMC", year=2024),
    )
    made.says(Action.EDIT, made.of(result), edits=edits)
    made.reads(echo)
    made.reads(result, now=when("2024-08-05"))
    [outcome] = made.outcomes.values()
    plain = book([result, echo]).of(result)
    assert (
        Values(
            title=outcome.title,
            type=outcome.type,
            status=outcome.status,
            level=outcome.level,
            parties=outcome.parties,
            meeting=outcome.meeting,
        )
        == edits
    )
    assert (outcome.computed.title, outcome.computed.status, outcome.computed.parties) == (plain.title, Status.DONE, ())
    assert outcome.facets == plain.facets, "later reports find it by what was reported"


def test_a_second_edit_adds_to_the_first_and_undo_takes_back_the_last() -> None:
    made = reviewed(result)
    made.says(Action.EDIT, made.of(result), edits=Values(title="One", status=Status.FAILED))
    made.says(Action.EDIT, made.of(result), edits=Values(title="Two"))
    assert (made.of(result).title, made.of(result).status) == ("Two", Status.FAILED)
    made.says(Action.UNDO, made.of(result))
    assert (made.of(result).title, made.of(result).status) == ("One", Status.FAILED)
    made.says(Action.UNDO, made.of(result))
    assert (made.of(result).title, made.of(result).status, made.of(result).computed) == (COMMUNIQUE, Status.DONE, Values())
    with pytest.raises(Refused, match="could be taken back"):
        made.says(Action.UNDO, made.of(result))


def test_what_a_reviewer_says_is_done_alerts_nobody_but_the_next_report_that_may_be_told_does() -> None:
    plan = story("plan", "2024-07-20", sighting(COMMUNIQUE, status="planned", meeting=AMM_57))
    made = reviewed(plan)
    made.says(Action.EDIT, made.of(plan), edits=Values(status=Status.DONE))
    assert made.of(plan).alerted_at is None
    made.reads(result)
    assert [article for article, _ in made.alerts] == ["result"]


def test_what_a_reviewer_says_is_still_planned_is_not_told_as_done() -> None:
    plan = story("plan", "2024-07-20", sighting(COMMUNIQUE, status="planned", meeting=AMM_57))
    made = reviewed(plan)
    made.says(Action.EDIT, made.of(plan), edits=Values(status=Status.PLANNED))
    made.reads(result)
    assert made.alerts == []
    assert made.happened(EventKind.ALERT_SUPPRESSED) == ["edited to planned by Linh on 2024-08-01"]


def test_a_held_report_is_applied_when_a_reviewer_says_so() -> None:
    made = reviewed(result, echo, failed_later)
    outcome = made.says(Action.APPLY, made.of(result))
    assert (outcome.status, outcome.computed.status, outcome.standing) == (Status.FAILED, Status.DONE, Standing.REPORTED)
    assert questions(outcome) == ()


# two records


def test_a_merge_by_hand_is_one_record_and_stays_one() -> None:
    made = reviewed(uk, china)
    kept = made.says(Action.MERGE, made.of(uk), other=made.of(china).key)
    assert list(made.outcomes) == [kept.key]
    assert kept.parties == ("China", "UK")
    assert kept.articles == 2
    made.reads(replace(china, article=replace(china.article, key="china-again")))
    assert list(made.outcomes) == [kept.key]


def test_what_was_split_off_is_not_merged_again_by_itself_and_reports_go_to_the_better_match() -> None:
    made = reviewed(uk, uk_other)
    left = made.says(Action.SPLIT, made.of(uk), articles=("uk-other",))
    new = made.of(uk_other)
    assert new.key != left.key == made.of(uk).key
    assert (left.titles, new.titles) == (("Joint Statement on connectivity",), ("Declaration on enhancing connectivity",))
    made.reads(story("third", "2024-07-29", sighting("Declaration on enhancing connectivity", parties=["UK"])))
    assert len(made.outcomes) == 2
    assert made.seats["third", 0] == new.key


def test_a_split_survives_other_rules() -> None:
    made = reviewed(uk, uk_other)
    left = made.says(Action.SPLIT, made.of(uk), articles=("uk-other",)).key
    new = made.of(uk_other).key
    for told in (uk_other, uk):  # they see the same words in both now
        seen = replace(told, reading=replace(told.reading, sightings=(sighting("Joint Statement on connectivity", parties=["UK"]),)))
        made.reads(seen, now=when("2024-08-10"))
    assert (made.seats["uk", 0], made.seats["uk-other", 0]) == (left, new)


def test_records_that_a_reviewer_parted_stay_apart_under_other_keys() -> None:
    made = reviewed(uk, uk_other, china)
    made.says(Action.SPLIT, made.of(uk), articles=("uk-other",))
    parted = made.of(uk_other)
    kept = made.says(Action.MERGE, made.of(china), other=parted.key)
    made.reads(story("third", "2024-07-29", sighting("Joint Statement on connectivity", parties=["UK"])))
    assert set(made.outcomes) == {made.of(uk).key, kept.key}


def test_a_split_that_is_taken_back_is_one_record_again() -> None:
    made = reviewed(uk, uk_other)
    before = made.of(uk)
    made.says(Action.SPLIT, made.of(uk), articles=("uk-other",))
    split = made.said[-1]
    both = (*made.sightings(before.key), *made.sightings(made.of(uk_other).key))
    asked = Review(action=Action.UNDO, outcome=before.key, by="Linh", at=when("2024-08-09"))
    _, changes = rule(Case(outcome=made.of(uk), other=made.of(uk_other), sightings=both, reviews=(split,)), asked)
    made.reviews(changes, when("2024-08-09"))
    [after] = made.outcomes.values()
    assert (after.key, after.facets, after.titles, after.articles) == (before.key, before.facets, before.titles, 2)
    assert after.reviewed.apart == ()


@pytest.mark.parametrize(
    ("action", "what", "said"),
    [
        (Action.EDIT, {}, "say what is to stand"),
        (Action.APPLY, {}, "no report of it is held"),
        (Action.UNDO, {}, "no action on it stands"),
        (Action.SPLIT, {"articles": ("nobody",)}, "comes from nobody"),
        (Action.SPLIT, {"articles": ("result", "echo")}, "nothing would be left"),
        (Action.DISMISS, {}, "nothing about it waits"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_remedy(action: Action, what: dict[str, Any], said: str) -> None:
    made = reviewed(result, echo)
    with pytest.raises(Refused, match=said):
        made.says(action, made.of(result), **what)


def test_a_record_cannot_be_merged_with_itself() -> None:
    made = reviewed(result)
    with pytest.raises(Refused, match="two records"):
        made.says(Action.MERGE, made.of(result), other=made.of(result).key)


@pytest.mark.parametrize(
    "meeting",
    [
        Meeting(type="AMM", ordinal=57),
        Meeting(type="PMC", partner="New Zealand", year=2024),
        Meeting(type="APT-FMM"),
        Meeting(type="AMM", year=2020),
    ],
)
def test_a_meeting_is_known_by_its_name(meeting: Meeting) -> None:
    assert meeting_named(meeting.name) == meeting


@pytest.mark.parametrize("name", ["", "AMM57", "G7-50", "AMM-57 2024 x 9!"])
def test_what_is_no_meeting_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="is no meeting"):
        meeting_named(name)


def test_the_log_tells_all_of_it() -> None:
    made = reviewed(uk, uk_other, china, result)
    made.says(Action.SPLIT, made.of(uk), articles=("uk-other",))
    made.says(Action.MERGE, made.of(china), other=made.of(uk_other).key)
    made.says(Action.REJECT, made.of(result))
    assert rebuild(made.events) == made.outcomes


def test_a_merge_stands_when_the_report_goes_and_comes_back() -> None:
    made = reviewed(uk, china)
    kept = made.says(Action.MERGE, made.of(uk), other=made.of(china).key)
    made.reads(replace(china, reading=replace(china.reading, sightings=())), edited=True, now=when("2024-08-10"))
    made.reads(china, edited=True, now=when("2024-08-11"))
    assert list(made.outcomes) == [kept.key]
    assert len(made.alerts) == 2
