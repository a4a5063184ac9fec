"""What keeps the house in order: one owner for each room, nothing of this or any workplace in the files, locks that lock."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from checkout import ROOMS, ROOT, distribution, files, modules, project, texts

LOCKS = ("requirements.lock", "requirements-dev.lock")
FLOORS = {"urllib3": (2, 6, 3), "lxml": (6, 1, 0), "trafilatura": (2, 3), "apprise": (2, 2)}
"""Below these, a page or a feed can exhaust the machine or read its files, or a redirected alert counts as delivered."""


def test_each_room_has_one_owner() -> None:
    """Another distribution that ships a package of the same name would overwrite ours without a word."""
    owners = packages_distributions()

    assert {room: set(owners[room]) for room in ROOMS} == {room: {"aseanwatch"} for room in ROOMS}


def test_the_top_level_holds_what_the_documents_say() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in files()}

    assert top == {
        *ROOMS, "tests", "deploy", "docs", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "pyproject.toml",
        *LOCKS, ".ci", ".editorconfig", ".gitignore", ".pre-commit-config.yaml",
    }  # fmt: skip


def test_no_module_is_called_utils() -> None:
    vague = {"utils", "util", "helpers", "common", "misc"}

    assert [str(path) for path in files() if path.stem in vague or path.parent.name in vague] == []


def test_test_folders_are_no_packages_and_their_modules_have_names_of_their_own() -> None:
    tests = [path for path in files() if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"]
    names = [path.name for path in tests]

    assert "__init__.py" not in names
    assert sorted(names) == sorted(set(names))


def test_every_module_says_what_it_is_for() -> None:
    assert [path for path, tree in modules() if ast.get_docstring(tree) is None and tree.body] == []


# Nothing of a workplace


def _registries() -> set[str]:
    """Hosts of package registries: the well-known ones, in parts, and those that this machine's clients are set to."""
    known = {"py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "yarn" + "pkg.com", "crates" + ".io"}
    clients = [[sys.executable, "-m", "pip", "config", "list"]]
    if npm := shutil.which("npm"):
        clients.append([npm, "config", "get", "registry"])
    told = [subprocess.run(client, capture_output=True, text=True, timeout=60, check=False).stdout for client in clients]
    told += [value for name, value in os.environ.items() if name.upper().startswith(("PIP_", "UV_", "NPM_CONFIG_"))]
    return known | {host for text in told for host in re.findall(r"https?://(?:[^/@\s'\"]*@)?([^/:\s'\"]+)", text)}


def test_no_file_names_a_package_registry() -> None:
    hosts = _registries()

    assert [(path, host) for path, text in texts() for host in hosts if host in text.lower()] == []


def test_no_file_names_a_folder_of_this_machine() -> None:
    """Neither the checkout's own path nor, where it lies in a folder that no other machine has, that folder."""
    ordinary = {"bin", "etc", "home", "media", "mnt", "opt", "root", "run", "srv", "tmp", "usr", "var", "Users"}
    first = ROOT.parts[1]
    ours = re.compile(rf"(?<![\w./-])(?:{re.escape(str(ROOT))}\b{'' if first in ordinary else f'|/{re.escape(first)}/[a-z.]'})")

    assert [path for path, text in texts() if ours.search(text)] == []


def test_nothing_needs_a_folder_beside_the_checkout() -> None:
    beside = "../" + "shared"

    assert [path for path, text in texts() if beside in text and not path.endswith(".md")] == []


# Data is data


def test_no_data_is_run_as_code() -> None:
    """No pickle of ours, no eval, no YAML: rules, settings and what comes from outside are read by parsers that only parse."""
    modules_refused = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml"}
    calls_refused = {"eval", "exec", "compile", "__import__"}
    found = []
    for path, tree in modules():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls_refused:
                names = [node.func.id]
            refused = modules_refused | calls_refused
            found += [f"{path}:{node.lineno} {name}" for name in names if name.split(".")[0] in refused]  # type: ignore[attr-defined]

    assert found == []


# Locks


def _locked(name: str) -> dict[str, tuple[str, int]]:
    """Distribution -> its version and the number of its hashes."""
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
    pinned = [re.match(r"(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[^\s;\\]+)", block) for block in blocks]
    assert all(pinned), [block.splitlines()[0] for block, pin in zip(blocks, pinned, strict=True) if pin is None]
    return {
        distribution(pin["name"]): (pin["version"], len(re.findall(r"--hash=sha256:[0-9a-f]{64}", block)))
        for block, pin in zip(blocks, pinned, strict=True)
        if pin
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_file_is_known_by_its_hash_and_by_no_address(lock: str) -> None:
    assert [name for name, (_, hashes) in _locked(lock).items() if not hashes] == []
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")
    assert "--index-url" not in (ROOT / lock).read_text(encoding="utf-8")


def test_both_locks_agree_and_hold_every_dependency() -> None:
    run, dev = (_locked(lock) for lock in LOCKS)
    table = json.loads(json.dumps(project()))

    assert {name: dev.get(name) for name in run} == run
    assert {distribution(need) for need in table["project"]["dependencies"]} <= set(run)
    assert {distribution(need) for group in table["dependency-groups"].values() for need in group} <= set(dev)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_libraries_with_known_holes_stand_above_them(name: str, floor: tuple[int, ...]) -> None:
    assert _numbers(_locked("requirements.lock")[name][0]) >= floor
    assert _numbers(version(name)) >= floor


def test_the_license_is_apache_2_in_full() -> None:
    text = Path(ROOT / "LICENSE").read_text(encoding="utf-8")

    assert "Version 2.0, January 2004" in text
    assert "9. Accepting Warranty or Additional Liability." in text
    assert "END OF TERMS AND CONDITIONS" in text
