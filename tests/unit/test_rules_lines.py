"""A refusal names the line: the places of a TOML file's tables, keys and strings."""

import tomllib

import pytest

from classifiers.lines import Lines

SOURCE = """# a comment with [brackets] = and "quotes"
threshold = 3

[fm]
forms = ["a", "b"]  # [no header]

[[act]]
id = "first"
verbs = [
  "one [two]",
  "three = four",
  'five "six"',
  \"\"\"seven
eight\"\"\",
]
near = { a = ["inner"], words = 4 }
[act.terms]
"rice reserve" = 3
paddy = 1

[[act]]
id = "second"
yes = ["t\\u0061x, please"]

[commentary]
threshold = 1
[[commentary.cue]]
weight = 1
[[commentary.cue]]
weight = 2"""


@pytest.fixture(scope="module")
def lines() -> Lines:
    tomllib.loads(SOURCE)
    return Lines(SOURCE)


@pytest.mark.parametrize(
    ("table", "index", "key", "line"),
    [
        ("", 0, "threshold", 2),
        ("fm", 0, "", 4),
        ("fm", 0, "forms", 5),
        ("act", 0, "", 7),
        ("act", 0, "verbs", 9),
        ("act", 0, "near", 16),
        ("act", 0, "terms", 17),
        ("act", 0, "terms.rice reserve", 18),
        ("act", 1, "", 21),
        ("act", 1, "yes", 23),
        ("commentary", 0, "threshold", 26),
        ("commentary.cue", 1, "weight", 30),
    ],
)
def test_every_table_and_key_has_its_line(lines: Lines, table: str, index: int, key: str, line: int) -> None:
    assert lines.of(table, index, key) == line


@pytest.mark.parametrize(
    ("index", "text", "line"),
    [
        (0, "one [two]", 10),
        (0, "three = four", 11),
        (0, 'five "six"', 12),
        (0, "seven\neight", 13),
        (0, "inner", 16),
        (1, "tax, please", 23),
    ],
)
def test_every_string_has_its_line_however_it_is_written(lines: Lines, index: int, text: str, line: int) -> None:
    assert lines.of_string("act", index, text) == line


def test_what_is_not_there_is_placed_at_the_nearest_that_is(lines: Lines) -> None:
    assert lines.of("act", 1, "missing") == 21
    assert lines.of("act", 0, "terms.missing") == 17
    assert lines.of("nowhere", 0, "") == 1
    assert lines.of_string("act", 1, "missing", "yes") == 23
