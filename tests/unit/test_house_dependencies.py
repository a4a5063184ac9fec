"""docs/decisions/0002-dependencies.md against pyproject.toml and against what the code imports: one door each."""

import json
import re
from collections import defaultdict
from importlib.metadata import packages_distributions

from checkout import ROOT, distribution, imports, modules, project

PAGE = (ROOT / "docs/decisions/0002-dependencies.md").read_text(encoding="utf-8")
NEEDS = json.loads(json.dumps(project()))


def _section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def _doors() -> dict[str, str]:
    """Distribution -> the module or package that imports it, or `none`."""
    rows = re.findall(r"^\| `([^`]+)` \| (?:`([^`]+)`|(none)) \|", _section("What runs"), re.MULTILINE)
    return {distribution(name): door or none for name, door, none in rows}


def _imported() -> dict[str, set[str]]:
    """Distribution -> the modules of ours that import it."""
    owners = packages_distributions()
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, tree in modules():
        for package in imports(tree):
            found[distribution(owners[package][0])].add(path)
    return dict(found)


def test_the_page_lists_what_the_project_asks_for() -> None:
    assert set(_doors()) == {distribution(need) for need in NEEDS["project"]["dependencies"]}


def test_the_page_lists_what_building_and_testing_ask_for() -> None:
    rows = re.findall(r"^\| (`.+?) \|", _section("What building, testing and checking need"), re.MULTILINE)
    listed = {distribution(name) for row in rows for name in re.findall(r"`([^`]+)`", row)}

    assert listed == {distribution(need) for group in NEEDS["dependency-groups"].values() for need in group}


def test_what_is_imported_is_asked_for() -> None:
    """A library that only comes along with another may be gone with the other's next version."""
    assert set(_imported()) - set(_doors()) == set()


def test_each_comes_in_through_its_door() -> None:
    doors, elsewhere = _doors(), []
    for name, importers in _imported().items():
        door = doors.get(name, "")
        elsewhere += [f"{name} in {path}" for path in importers if path != door and not path.startswith(f"{door}/")]

    assert elsewhere == []


def test_every_door_is_used() -> None:
    imported = _imported()

    assert [name for name, door in _doors().items() if (door == "none") == (name in imported)] == []
