"""The watch is killed a hundred times, on both databases, at every published point and at any moment: what is promised holds.

And the loop is worth its time: with each of the classical mistakes in the program, an invariant breaks.
"""

import random
import re
from pathlib import Path

import pytest
from checkout import ROOT
from killable import POINTS
from killloop import Plan, loop
from mutations import MUTATIONS

ROUNDS = 50
CAUGHT = {
    "claim_after_send": ("after:send", "duplicates"),
    "mark_before_send": ("before:send", "silently_lost"),
    "mark_after_send": ("after:send", "duplicates"),
    "doubt_is_due": ("arrived", "duplicates"),
    "validators_first": ("at:entry", "articles_lost"),
}
"""Mistake -> the point at which it shows, and what is counted then: with the program as it is, the loop above counts none of it there."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database; none for a file of the loop's own."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""


def test_killed_fifty_times_nothing_is_lost_and_nothing_comes_twice(database: str, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")  # the plan comes back with `make soak ARGS="--seed ..."`

    verdict = loop(tmp_path, database, Plan(seed=seed, rounds=ROUNDS))

    said = "\n".join(verdict.lines())
    print(said)
    assert verdict.broken == {}, said
    assert verdict.kills.total() == ROUNDS
    assert set(POINTS) <= set(verdict.kills), said
    assert (verdict.articles_lost, verdict.silently_lost, verdict.duplicates.total()) == (0, 0, 0)


@pytest.mark.parametrize("mutation", [*MUTATIONS])
def test_the_loop_finds_the_mistakes_that_others_make(mutation: str, tmp_path: Path) -> None:
    point, counted = CAUGHT[mutation]

    plan = Plan(seed=1, rounds=1, points=[point], at_random=0, drops=0, grows=False, patience=5, mutation=mutation)
    verdict = loop(tmp_path, "", plan)

    said = "\n".join(verdict.lines())
    assert verdict.kills[point] >= 1, said
    assert verdict.broken, said
    found = getattr(verdict, counted)
    assert (found if isinstance(found, int) else found.total()) >= 1, said


def test_the_contract_names_the_points_of_the_loop() -> None:
    page = (ROOT / "docs" / "reference" / "delivery.md").read_text("utf-8")
    assert tuple(re.findall(r"^\| `(\w+:\w+|\w+)` \|", page.partition("## Crash points")[2], re.MULTILINE)) == POINTS
