"""The seeds' labels resolved: the register that a careful reader would draw up, in any order of arrival."""

import json
from functools import cache
from importlib.resources import files
from itertools import permutations

from sightings import Book, Story, book, from_labels

from core.outcomes import EventKind, Outcome


@cache
def seeds() -> tuple[Story, ...]:
    return tuple(from_labels(item) for item in json.loads((files("seeds") / "labels.json").read_text(encoding="utf-8")))


@cache
def register_of_the_seeds() -> Book:
    return book(seeds())


def titled(words: str) -> Outcome:
    """The one record with these words in a title."""
    (found,) = [one for one in register_of_the_seeds().outcomes.values() if any(words in title for title in one.titles)]
    return found


def test_nothing_is_told_of_the_preview_and_each_result_once() -> None:
    told = [article for article, _ in register_of_the_seeds().alerts]
    assert {article: told.count(article) for article in told} == {"seed001": 5, "seed002": 5, "seed003": 5}
    assert len(set(register_of_the_seeds().alerts)) == len(told)


def test_the_communique_goes_from_planned_to_done() -> None:
    communique = titled("AMM-53 Joint Communique")
    assert communique.status == "done"
    changes = register_of_the_seeds().log[1]
    assert [(e.before, e.after) for e in changes.events if e.subject == communique.key and e.kind is EventKind.OUTCOME_STATUS] == [
        ("planned", "done")
    ]


def test_the_connectivity_document_is_one_record_with_two_titles() -> None:
    record = titled("ASEAN-UK Joint Statement on Strengthening Connectivity")
    assert record.titles[1:] == ("ASEAN-UK Foreign Ministers' Declaration on enhancing connectivity",)
    assert record.conflicts == ("kind: declaration / statement",)
    assert record.parties == ("UK",)


def test_the_bid_of_the_united_kingdom_is_one_record_over_two_articles() -> None:
    record = titled("UK full dialogue partnership")
    assert record.status == "planned"
    assert record.articles == 2


def test_all_else_is_a_record_of_its_own() -> None:
    made = register_of_the_seeds()
    assert len(made.seats) == 29
    assert len(made.outcomes) == 26


def test_any_order_gives_the_same_register() -> None:
    made = register_of_the_seeds()
    for order in permutations(seeds()):
        other = book(order)
        assert other.partition == made.partition
        for seat, key in made.seats.items():
            ours, theirs = made.outcomes[key], other.outcomes[other.seats[seat]]
            assert (ours.status, set(ours.titles), ours.title, ours.facets) == (
                theirs.status,
                set(theirs.titles),
                theirs.title,
                theirs.facets,
            )
