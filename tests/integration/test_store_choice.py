"""Choosing outcomes: the same on both databases, and whatever is asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from desk import only, says
from stores import NOW, reading, sighting, story, tell

from aseanwatch.pipeline import record
from core.codes import OutcomeType, Standing, Status
from core.readings import Meeting, Topic
from core.review import Action
from store import Store

DAY = timedelta(days=1)
PMC_JAPAN = Meeting(type="PMC", year=2026, partner="Japan")
TOLD = {
    "communique": ("Joint Communique", OutcomeType.DOCUMENT, Status.DONE, (), Meeting(type="AMM", ordinal=59), ("centrality",)),
    "retreat": ("Retreat Statement", OutcomeType.DOCUMENT, Status.DONE, (), Meeting(type="AMM-RETREAT", year=2026), ("trade",)),
    "session": ("Plan_100%", OutcomeType.DOCUMENT, Status.PLANNED, ("Japan",), PMC_JAPAN, ("trade", "energy")),
    "joining": ("Türkiye joins", OutcomeType.ACCESSION, Status.DONE, ("Türkiye", "New Zealand"), None, ()),
}  # fmt: skip


CHOICES: list[tuple[dict[str, object], list[str]]] = [
    ({}, ["joining", "session", "retreat", "communique"]),
    ({"meeting": "amm"}, ["communique"]),
    ({"meeting": ["AMM-59", "pmc japan 2026"]}, ["session", "communique"]),
    ({"meeting": "PMC"}, ["session"]),
    ({"meeting": "AMM-5"}, []),
    ({"parties": ["TÜRKIYE"]}, ["joining"]),
    ({"parties": ["japan", "new zealand"]}, ["joining", "session"]),
    ({"parties": "%"}, []),
    ({"parties": "zealand"}, []),
    ({"topics": ["trade"]}, ["session", "retreat"]),
    ({"topics": ["trade", "centrality"], "status": ["done"]}, ["retreat", "communique"]),
    ({"type": ["accession", "funding"]}, ["joining"]),
    ({"since": NOW + DAY, "until": NOW + 3 * DAY}, ["session", "retreat"]),
    ({"standing": "rejected"}, ["session"]),
    ({"standing": ["reported", "disputed"], "meeting": ["AMM", "PMC"]}, ["communique"]),
    ({"limit": 1}, ["joining"]),
]


@pytest.fixture
def filled(store: Store) -> Store:
    for days, (name, (title, type_, status, parties, meeting, topics)) in enumerate(TOLD.items()):
        article = story(name)
        seen = replace(sighting(article, title, status), type=type_, parties=parties, meeting=meeting)
        said = replace(reading(article, title), sightings=(seen,), topics=tuple(Topic(code=code, score=1.0) for code in topics))
        store.record_article(None, article, NOW + days * DAY)
        record(store, article, said, (), NOW + days * DAY, max_age=None)
    says(store, Action.REJECT, only(store, "Plan_100%"), at=NOW + 4 * DAY)
    return store


@pytest.mark.parametrize(("wanted", "names"), CHOICES)
def test_every_condition_is_met_newest_first(filled: Store, wanted: dict[str, object], names: list[str]) -> None:
    assert [one.title for one in filled.outcomes(**wanted)] == [TOLD[name][0] for name in names]  # type: ignore[arg-type]


@pytest.mark.parametrize(("wanted", "names"), CHOICES)
def test_every_condition_is_met_by_the_records_of_then(filled: Store, wanted: dict[str, object], names: list[str]) -> None:
    later = NOW + 9 * DAY
    for outcome in filled.outcomes():
        says(filled, Action.CONFIRM if outcome.standing is Standing.REJECTED else Action.REJECT, outcome, at=later)
    tell(filled, story("later"), reading(story("later"), "Later"), now=later)
    found = filled.outcomes(**wanted, as_of=later - DAY)  # type: ignore[arg-type]
    assert [one.title for one in found] == [TOLD[name][0] for name in names]


def test_a_topic_is_that_of_the_reading_that_stands(filled: Store) -> None:
    article = story("retreat")
    seen = replace(sighting(article, "Retreat Statement"), meeting=TOLD["retreat"][4])
    again = replace(reading(article, "Retreat Statement", ruleset="rules-2"), sightings=(seen,), topics=(Topic(code="digital", score=1.0),))
    record(filled, article, again, (), NOW + 5 * DAY, max_age=None)
    assert [one.title for one in filled.outcomes(topics="trade")] == ["Plan_100%"]
    assert [one.title for one in filled.outcomes(topics="digital")] == ["Retreat Statement"]


def test_keys_are_found_by_their_beginning_and_nothing_else(filled: Store) -> None:
    whole = only(filled, "Joint Communique").key
    assert filled.outcome_keys(whole[:14]) == [whole]
    assert filled.outcome_keys("%") == filled.outcome_keys("_") == []
    assert filled.outcome_keys(whole[:14], as_of=NOW) == [whole]
    assert filled.outcome_keys("", as_of=NOW - DAY) == filled.outcome_keys("%", as_of=NOW) == []
    assert len(filled.outcome_keys("", limit=2)) == 2


def test_sightings_come_by_outcome_and_by_article(filled: Store) -> None:
    keys = [one.key for one in filled.outcomes()]
    several = filled.sightings(keys)
    assert [several[key] for key in keys] == [found[1] for key in keys if (found := filled.outcome(key))]
    assert [one.outcome for one in filled.sighted(story("session").key)] == [only(filled, "Plan_100%").key]
    assert filled.sighted("no such article") == []


def test_articles_are_listed_by_the_time_of_their_publication(filled: Store) -> None:
    assert filled.article_keys(NOW + 2 * DAY) == [story("session").key, story("joining").key]
    filled.record_article(None, story("older", published=NOW - DAY), NOW + 9 * DAY)
    assert filled.article_keys(NOW - 2 * DAY)[0] == story("older").key
