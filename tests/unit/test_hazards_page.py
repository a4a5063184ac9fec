"""The pages of hazards are true: every row has its tests, and every test that is named exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from checkout import ROOT
from pages import Page, pages

HAZARDS = [one for one in pages() if one.path.name.endswith("hazards.md")]
ROWS = {
    "docs/reference/hazards.md": [*range(1, 40), *range(55, 61)],
    "docs/reference/delivery-hazards.md": [*range(61, 76), *range(87, 91)],
}
"""The hazards that a page answers, by number."""


@cache
def functions(path: Path) -> frozenset[str]:
    """The tests in a file; none when there is no such file."""
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def named(text: str) -> list[tuple[str, str]]:
    """The tests that a text names, each as file and function (a class or parameters may stand between or behind)."""
    return re.findall(r"(tests/[\w/]+\.py)::(?:\w+::)?(\w+)", text)


def rows(page: Page) -> list[list[str]]:
    """The cells of every row of its tables, heads and rules left out."""
    found = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in page.text.splitlines() if line.startswith("|")]
    return [cells for cells in found if cells[0] not in ("", "habit") and set(cells[0]) != {"-"}]


@pytest.mark.parametrize("page", HAZARDS, ids=lambda page: page.name)
def test_every_test_that_is_named_exists(page: Page) -> None:
    missing = [f"{file}::{name}" for file, name in named(page.text) if name not in functions(ROOT / file)]

    assert missing == []
    assert named(page.text)


def test_every_row_is_there_once_and_names_a_test() -> None:
    for page in HAZARDS:
        if page.name in ROWS:
            assert [int(cells[0]) for cells in rows(page) if cells[0].isdigit()] == ROWS[page.name]
            assert [cells[0] for cells in rows(page) if not named(cells[-1])] == []
    assert set(ROWS) <= {page.name for page in HAZARDS}


def test_a_test_that_is_not_there_is_found_out() -> None:
    assert named("see `tests/unit/test_a.py::test_b` and `tests/unit/test_c.py::TestD::test_e`") == [
        ("tests/unit/test_a.py", "test_b"), ("tests/unit/test_c.py", "test_e"),
    ]  # fmt: skip
    assert functions(ROOT / "tests/unit/test_nowhere.py") == frozenset()
    assert "test_every_test_that_is_named_exists" in functions(Path(__file__))
