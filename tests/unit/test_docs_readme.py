"""What the README and the quickstart tell a reader to type works, from a fresh installation on."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from checkout import ROOT
from daemon import CONSOLE_SCRIPT, clean_environment
from pages import aseanwatch_calls, page

LONG = (["run"], ["alerts", "test"], ["sources", "test"])
"""Calls that start the watch, or go out into the world: they have tests of their own."""

_NOBODY = """
[[source]]
id = "nobody-{name}"
url = "http://127.0.0.1:9/{name}"
publisher = "Nobody"
country = "{name}"
"""


def _lines() -> list[str]:
    """The shell lines that call the command and end by themselves, each once."""
    lines = [line for name in ("README.md", "docs/quickstart.md") for line in page(name).shell_lines]
    return list(dict.fromkeys(line for line in lines if any(_short(call) for call in aseanwatch_calls(line))))


def _short(call: list[str]) -> bool:
    return not any(call[: len(start)] == start for start in LONG)


@dataclass(frozen=True)
class Installation:
    """An installation after its first start, with two sources that may not be asked."""

    environment: dict[str, str]
    said: str
    """What the first start printed."""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder: Path = tmp_path_factory.mktemp("fresh")
    nobody = folder / "nobody.toml"
    nobody.write_text("".join(_NOBODY.format(name=name) for name in ("la", "th")), encoding="utf-8")
    environment = clean_environment() | {
        "PATH": f"{CONSOLE_SCRIPT.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "ASEANWATCH_DATA_DIR": str(folder / "data"),
        "ASEANWATCH_CATALOGUE__FILES": str(nobody),
    }
    started = subprocess.run(
        [CONSOLE_SCRIPT, "run", "--once"],
        env=environment | {"ASEANWATCH_CATALOGUE__USE_BUILTIN": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    return Installation(environment, started.stdout)


def test_there_is_something_to_try() -> None:
    assert len(_lines()) >= 8


@pytest.mark.parametrize("line", _lines())
def test_a_line_works_as_it_stands(line: str, fresh: Installation) -> None:
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, env=fresh.environment, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_first_lines_are_those_of_the_readme(fresh: Installation) -> None:
    """Numbers, paths and the hash of the rules apart."""
    shown = next(block for block in page("README.md").blocks("text") if block.startswith("aseanwatch "))

    said = _without_figures(fresh.said)
    assert [line for line in _without_figures(shown) if line not in said] == []


def _without_figures(text: str) -> list[str]:
    return [re.sub(r"\b[0-9a-f]{12}\b|~?/\S+|[\d.]+", "*", line) for line in text.strip().splitlines()]
