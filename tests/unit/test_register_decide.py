"""What becomes of an outcome as reports come in: its life, its events, who is told and who is not."""

from datetime import timedelta

import pytest
from sightings import AMM_57, Book, book, sighting, story, when

from core import register
from core.codes import Status
from core.outcomes import EventKind

COMMUNIQUE = "AMM-57 Joint Communique"


preview = story("preview", "2024-07-22", sighting(COMMUNIQUE, status="planned", meeting=AMM_57), stage="preview", alert=False)
result = story("result", "2024-07-27", sighting(COMMUNIQUE, meeting=AMM_57))
echo = story("echo", "2024-07-28", sighting("joint communique", meeting=AMM_57))


def kinds(made: Book) -> list[list[str]]:
    return [[event.kind for event in changes.events] for changes in made.log]


def test_planned_then_done_then_reported_again() -> None:
    made = book([preview, result, echo])
    assert kinds(made) == [["outcome.new"], ["outcome.status"], ["outcome.corroborated"]]
    status = made.log[1].events[0]
    assert (status.before, status.after, status.article) == ("planned", "done", "result")
    assert [one.reported.article for changes in made.log for one in changes.news] == ["result"]
    record = made.of(result)
    assert (record.articles, record.done_at, record.alerted_at) == (3, when("2024-07-27"), when("2024-07-27"))


def test_the_sighting_that_is_told_carries_its_sentence() -> None:
    (news,) = book([result]).log[0].news
    assert news.reported.sighting.sentence.quote == COMMUNIQUE
    assert news.why.startswith("new: ")


def test_a_later_report_that_it_is_still_to_come_is_kept_and_held() -> None:
    late = story("late", "2024-07-29", sighting(COMMUNIQUE, status="planned", meeting=AMM_57))
    made = book([result, late])
    (resolved,) = made.log[1].resolved
    assert not resolved.applied
    assert made.of(late).status is Status.DONE
    assert made.happened(EventKind.OUTCOME_HELD) == ["held for review: planned after done"]


def test_a_preview_that_is_read_after_the_result_is_no_jump_back() -> None:
    made = book([result, preview])
    assert made.log[1].resolved[0].applied
    assert kinds(made)[1] == ["outcome.corroborated"]


def test_a_document_that_was_not_issued_is_told_as_failed() -> None:
    failed = story("failed", "2024-07-27", sighting("no joint communique", status="failed", meeting=AMM_57))
    made = book([preview, failed])
    assert made.of(failed).status is Status.FAILED
    assert [article for article, _ in made.alerts] == ["failed"]


def test_done_after_failed_is_a_transition_but_no_second_alert() -> None:
    failed = story("failed", "2024-07-26", sighting(COMMUNIQUE, status="failed", meeting=AMM_57))
    made = book([failed, result])
    assert made.of(result).status is Status.DONE
    assert len(made.alerts) == 1
    assert made.happened(EventKind.ALERT_SUPPRESSED) == ["told before, at an earlier step"]


def test_failed_after_done_is_held_and_shown_as_a_conflict() -> None:
    failed = story("failed", "2024-07-29", sighting(COMMUNIQUE, status="failed", meeting=AMM_57))
    made = book([result, failed])
    assert made.of(failed).status is Status.DONE
    assert made.of(failed).conflicts == ("status: done on 2024-07-27, failed on 2024-07-29",)
    assert made.of(failed).standing == "disputed"
    assert kinds(made)[1] == ["outcome.held", "outcome.conflict", "outcome.disputed"]


def test_two_sightings_of_one_outcome_in_one_article_count_once() -> None:
    double = story("double", "2024-07-27", sighting("joint communique", meeting=AMM_57), sighting(COMMUNIQUE, meeting=AMM_57))
    made = book([double])
    assert made.of(double).articles == 1
    assert len(made.log[0].news) == 1
    assert len(made.log[0].resolved) == 2


def test_news_keeps_the_order_of_the_article() -> None:
    both = story(
        "both",
        "2024-07-27",
        sighting("Plan of Action 2025-2029", parties=["Australia"]),
        sighting("Joint Statement on trade", parties=["UK"]),
    )
    assert [one.reported.index for one in book([both]).log[0].news] == [0, 1]


def test_the_same_reports_again_change_no_status_and_tell_nobody() -> None:
    made = book([preview, result])
    records = {key: (one.status, one.titles, one.facets) for key, one in made.outcomes.items()}
    assert made.reads(result).news == ()
    assert {key: (one.status, one.titles, one.facets) for key, one in made.outcomes.items()} == records


def test_the_key_is_the_same_whenever_it_is_made() -> None:
    assert set(book([result]).outcomes) == set(book([result]).outcomes)
    assert next(iter(book([result]).outcomes)).startswith("document-")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("level: decided by leaders", story("x", "2024-07-27", sighting(COMMUNIQUE, level="leaders", meeting=AMM_57))),
        ("not news: the article is commentary", story("x", "2024-07-27", sighting(COMMUNIQUE), stage="commentary", alert=False)),
    ],
)
def test_what_may_not_be_told_says_why(reason: str, told: object) -> None:
    made = book([told])  # type: ignore[list-item]
    assert made.alerts == []
    (why,) = made.happened(EventKind.ALERT_SUPPRESSED)
    assert why.startswith(reason)


def test_history_tells_nobody() -> None:
    made = book([result], history=True)
    assert made.alerts == []
    assert made.happened(EventKind.ALERT_SUPPRESSED) == ["history: it was known before the watch began"]


def test_old_news_tells_nobody() -> None:
    made = Book()
    made.reads(result, now=when("2024-08-27"), max_age=timedelta(days=7))
    assert made.happened(EventKind.ALERT_SUPPRESSED) == ["too old: published 31 days before it was read"]


def test_an_article_without_a_date_counts_as_fresh() -> None:
    undated = story("undated", None, sighting(COMMUNIQUE, meeting=AMM_57))
    reports = register.report(undated.article, undated.reading, when("2024-07-27"), max_age=timedelta(days=7))
    assert reports[0].alertable


def test_a_commentary_that_came_first_does_not_keep_the_news_from_being_told() -> None:
    opinion = story("opinion", "2024-07-27", sighting(COMMUNIQUE, meeting=AMM_57), stage="commentary", alert=False)
    made = book([opinion, echo])
    assert [article for article, _ in made.alerts] == ["echo"]


def test_what_was_known_long_ago_is_no_news_when_it_is_reported_again() -> None:
    joined = sighting("Cuba joined the TAC", type="accession", parties=["Cuba"])
    old, new = story("old", "2020-11-10", joined), story("new", "2024-07-27", joined)
    made = Book()
    made.reads(old, history=True)
    made.reads(new)
    assert made.alerts == []
    assert made.happened(EventKind.ALERT_SUPPRESSED)[-1] == "known since 2020-11-10: no news any more"


def test_a_report_says_in_what_place_it_stood_and_why_it_is_quiet() -> None:
    planned, done = sighting("plan of action", status="planned", parties=["UK"]), sighting("joint statement", parties=["UK"])
    told = story("a", "2024-07-27", planned, done)
    reports = told.reports()
    assert [one.index for one in reports] == [0, 1]
    assert [one.alertable for one in reports] == [False, True]
    assert [one.quiet for one in reports] == ["it is still to come", ""]


def test_candidates_that_are_none_are_left_alone() -> None:
    other = book([story("x", "2024-07-27", sighting("review of the five-point consensus", type="decision"))])
    changes = register.decide(list(other.outcomes.values()), result.reports(), when("2024-07-27"))
    assert [outcome.title for outcome in changes.outcomes] == [COMMUNIQUE]
