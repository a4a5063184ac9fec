"""The pages on rules and codes say what the code says."""

import re
from pathlib import Path

import rule_pages

from classifiers.checks import __doc__ as meaning
from classifiers.custom import FIELDS, KEYS, PAIR_KEYS, WHEN_KEYS, WITHIN
from core.sources import Tier

RULES = rule_pages.RULES.read_text(encoding="utf-8")


def section(title: str) -> str:
    """What stands under a heading of the page on rules."""
    return RULES.split(f"## {title}\n", 1)[1].split("\n## ")[0]


def keys(title: str) -> set[str]:
    """The keys in the table under a heading."""
    return set(re.findall(r"^\| `(\w+)` \|", section(title), re.MULTILINE))


def test_every_key_of_the_language_is_documented_and_no_other() -> None:
    assert keys("Keys of a topic or an alert") == {"code", "name", *KEYS}
    assert keys("Keys of near, before and after") == {key.rstrip("!") for key in PAIR_KEYS}
    assert keys("Keys of when") == {*WHEN_KEYS}


def test_the_values_of_closed_sets_are_documented() -> None:
    assert all(f"`{value}`" in section("Where") for value in (*WITHIN, *FIELDS))
    assert all(f"`{tier.value}`" in section("Keys of when") for tier in Tier)


def test_the_table_of_files_and_the_page_of_codes_are_made_from_the_code() -> None:
    again = f"run python {Path(rule_pages.__file__).relative_to(Path(__file__).parents[2])}"

    assert rule_pages.with_rule_files(RULES) == RULES, again
    assert rule_pages.CODES.read_text(encoding="utf-8") == rule_pages.codes(), again


def test_the_meaning_of_examples_is_documented_for_every_kind_of_entry() -> None:
    assert meaning is not None
    kinds = re.findall(r"^    (\w+) {2,}", meaning.split("no means\n")[1], re.MULTILINE)

    assert kinds
    assert re.findall(r"^\| (\w+) \|", section("The files that ship").split("### What yes and no mean there")[1], re.MULTILINE) == [
        "entry",
        *kinds,
    ]
