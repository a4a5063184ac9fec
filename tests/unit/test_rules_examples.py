"""The examples beside the rules: all hold, every kind of knowledge has some, and a wrong one is told with its line."""

import json
import re
from pathlib import Path

import pytest
from own_rules import Own
from reading import reader

from classifiers.checks import LEAD, check
from classifiers.entries import RuleEntry, entries
from core.codes import MEETING_TYPES, TOPICS

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def rules() -> dict[str, RuleEntry]:
    """Rule -> its entry, of those that ship."""
    return {entry.name: entry for entry in entries(reader().book)}


def test_every_example_of_the_rules_that_ship_holds() -> None:
    wrong = [f"{one.entry.file.where}:{one.line} {one.entry.name}: “{one.example}” {one.reason}" for one in check(reader()) if not one.held]

    assert wrong == []


def test_every_meeting_every_topic_and_every_family_of_acts_has_an_example_that_must_match(rules: dict[str, RuleEntry]) -> None:
    shown = {name for name, entry in rules.items() if any(wanted for wanted, _ in entry.examples)}
    families = {entry.row["family"] for entry in rules.values() if entry.kind == "act"}

    assert {f"meeting.{code}" for code in MEETING_TYPES} - shown == set()
    assert {f"topic.{code}" for code in TOPICS} - shown == set()
    assert families - {rules[name].row["family"] for name in shown if name.startswith("act.")} == set()


def test_every_meeting_and_topic_has_an_example_that_must_not_match(rules: dict[str, RuleEntry]) -> None:
    apart = {name for name, entry in rules.items() if any(not wanted for wanted, _ in entry.examples)}

    assert {f"meeting.{code}" for code in MEETING_TYPES} - apart == set()
    assert {name for name in rules if name.startswith("topic.")} - apart <= {"topic.korean-peninsula"}


def test_what_the_seeds_speak_of_is_shown_in_their_words_first(rules: dict[str, RuleEntry]) -> None:
    said = " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in SEEDS.glob("*.txt"))
    labels = [label["labels"] for label in json.loads((SEEDS / "labels.json").read_text(encoding="utf-8"))]
    spoken = {f"{kind}.{code}" for label in labels for kind in ("meeting", "topic") for code in label[f"{kind}s"]}

    assert {name for name in spoken if _beginning(rules[name]) not in said} == set()


def _beginning(entry: RuleEntry) -> str:
    """The first words of the first example that must match."""
    return next(example for wanted, example in entry.examples if wanted)[:40]


def test_the_opening_of_every_example_says_nothing_by_itself() -> None:
    reading = Own('[[alert]]\nname = "x"\nany = ["x"]').read("They met.")

    assert not reading.topics
    assert not reading.sightings
    assert re.search("ASEAN", LEAD)


def test_an_example_that_does_not_hold_is_told_with_file_line_and_what_was_found_instead() -> None:
    own = Own(
        """[[topic]]
code = "rice"
any = ["rice"]
yes = [
  "The ministers spoke of rice.",
  "The ministers spoke of wheat.",
]
no = ["Rice was on the menu."]

[[alert]]
name = "scraps"
any = ["plan"]
when = { status = ["failed"] }
yes = ["The ministers adopted the ASEAN Plan of Action on Rice."]
"""
    )

    verdicts = [verdict for verdict in check(own.reader) if verdict.entry.own]

    assert [(one.line, one.wanted, one.held) for one in verdicts] == [
        (5, True, True),
        (6, True, False),
        (8, False, False),
        (14, True, False),
    ]
    assert verdicts[1].reason == "nothing was found"
    assert "rice" in verdicts[2].reason
    assert "document done by act.adopt" in verdicts[3].reason


def test_a_headline_is_read_as_a_title() -> None:
    shown = 'yes = ["# ASEAN ministers speak of rice"]\nno = ["They speak of rice."]'
    own = Own(f'[[topic]]\ncode = "rice"\nfields = ["title"]\nany = ["rice"]\n{shown}')

    assert [verdict.held for verdict in check(own.reader) if verdict.entry.own] == [True, True]
