"""The lives of outcomes, and the page that shows them."""

from pathlib import Path

import pytest

from core import lives
from core.codes import OutcomeType, Status
from core.lives import Act

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "register.md"


@pytest.mark.parametrize("type_", OutcomeType)
def test_each_type_has_a_life_that_can_be_planned_done_and_failed(type_: OutcomeType) -> None:
    life = lives.LIVES[type_]
    assert {phase.status for phase in life} == set(Status)
    assert len({phase.name for phase in life}) == len(life)
    assert [phase.rank for phase in life] == sorted(phase.rank for phase in life)


def test_an_approved_application_is_another_act_than_the_accession() -> None:
    assert lives.act(OutcomeType.ACCESSION, "approved") is Act.APPROVAL
    assert lives.act(OutcomeType.ACCESSION, "signed") is lives.act(OutcomeType.ACCESSION, "in_force") is Act.MAIN
    assert lives.act(OutcomeType.ACCESSION, "") is Act.MAIN


def test_where_a_type_has_several_acts_silence_leaves_them_open() -> None:
    assert lives.act(OutcomeType.NEGOTIATION, "") is None
    assert lives.act(OutcomeType.NEGOTIATION, "concluded") is Act.CONCLUSION
    assert lives.act(OutcomeType.AGREEMENT, "drafted") is None


def test_an_unknown_phase_is_as_good_as_none() -> None:
    assert lives.phase(OutcomeType.DOCUMENT, "sung") is None
    assert lives.act(OutcomeType.DOCUMENT, "sung") is Act.MAIN


def test_a_life_goes_from_planned_over_failed_to_done() -> None:
    assert lives.further(Status.DONE, Status.FAILED)
    assert lives.further(Status.FAILED, Status.PLANNED)
    assert not lives.further(Status.DONE, Status.DONE)


def test_the_page_shows_every_phase() -> None:
    rows = dict(line.strip("| \n").split(" | ", 1) for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `"))
    for type_, life in lives.LIVES.items():
        shown = [name for cell in rows[f"`{type_}`"].split(" | ") for step in cell.split(" → ") for name in step.split(", ")]
        assert [name.strip("*") for name in shown if name.strip()] == [phase.name for phase in life]
