"""Choosing, naming and exporting outcomes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from stores import NOW, reading, replace, sighting, story, tell

from aseanwatch.cli import cli
from aseanwatch.cli.options import Day
from aseanwatch.cli.outcomes import safe_cell, select, support, whole_key
from core.codes import OutcomeType, Status
from core.errors import AseanwatchError
from core.readings import Topic
from store import Store, open_store


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store("sqlite://", now=NOW) as opened:
        yield opened


def _register(store: Store) -> None:
    """A communique, done; a treaty that Norway is to join."""
    tell(store, story("communique"), reading(story("communique"), "Joint Communiqué"))
    other = story("accession")
    seen = replace(sighting(other, "Norway joins the TAC", Status.PLANNED), type=OutcomeType.ACCESSION, parties=("Norway",), meeting=None)
    said = replace(reading(other), sightings=(seen,), topics=(Topic(code="treaty-of-amity", score=1.0),))
    tell(store, other, said, now=NOW + timedelta(days=3))


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        ({}, ["Norway joins the TAC", "Joint Communiqué"]),
        ({"status": ["done"]}, ["Joint Communiqué"]),
        ({"status": ["done", "planned"]}, ["Norway joins the TAC", "Joint Communiqué"]),
        ({"type_": ["accession"]}, ["Norway joins the TAC"]),
        ({"meeting": ["amm-59"]}, ["Joint Communiqué"]),
        ({"meeting": ["AMM"]}, ["Joint Communiqué"]),
        ({"meeting": ["AMM-RETREAT", "AMM-5"]}, []),
        ({"topic": ["treaty-of-amity"]}, ["Norway joins the TAC"]),
        ({"topic": ["treaty-of-amity", "trade"], "party": ["NORWAY", "Japan"]}, ["Norway joins the TAC"]),
        ({"topic": ["trade"]}, []),
        ({"party": ["Nor"]}, []),
        ({"since": datetime(2026, 7, 12, tzinfo=UTC)}, ["Norway joins the TAC"]),
        ({"until": datetime(2026, 7, 12, tzinfo=UTC)}, ["Joint Communiqué"]),
        ({"limit": 1}, ["Norway joins the TAC"]),
        ({"status": ["planned"], "type_": ["document"]}, []),
    ],
)
def test_outcomes_are_chosen_by_every_condition_newest_first(store: Store, chosen: dict[str, object], titles: list[str]) -> None:
    _register(store)

    assert [one.title for one in select(store, **chosen)] == titles  # type: ignore[arg-type]


def test_a_day_may_stand_for_its_end() -> None:
    day = CliRunner().invoke(cli, ["outcomes", "list", "--until", "tomorrow"])
    assert (day.exit_code, "is no date" in day.output) == (2, True)
    assert Day(whole=True).convert("2026-07-11", None, None) == datetime(2026, 7, 12, tzinfo=UTC)
    assert Day(whole=True).convert("2026-07-11T09:00", None, None) == Day().convert("2026-07-11T09:00", None, None)


@pytest.mark.parametrize(
    ("origins", "articles", "says"),
    [(("VNA", "AFP"), 5, "2 origins / 5 carriers"), (("VNA",), 1, "1 origin / 1 carrier"), ((), 3, "3 carriers")],
)
def test_who_stands_behind_an_outcome_is_said_in_two_numbers(store: Store, origins: tuple[str, ...], articles: int, says: str) -> None:
    _register(store)
    assert support(replace(store.outcomes()[0], origins=origins, articles=articles)) == says


def test_a_key_may_be_cut_short_while_it_is_the_only_one() -> None:
    keys = ["document-ab12", "document-cd34", "accession-ab12"]
    assert whole_key("acc", keys, "outcome") == "accession-ab12"
    with pytest.raises(AseanwatchError, match="2 outcomes have a key that begins so"):
        whole_key("document", keys, "outcome")
    with pytest.raises(AseanwatchError, match="no outcomes"):
        whole_key("funding", keys, "outcome")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_never_sees_a_formula(start: str) -> None:
    assert safe_cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_an_honest_cell_stays_as_it_is() -> None:
    assert safe_cell("ASEAN-UK = friends") == "ASEAN-UK = friends"
    assert safe_cell("") == ""
