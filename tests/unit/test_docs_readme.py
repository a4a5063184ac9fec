"""What the README and the quickstart tell a reader to type works, from a fresh installation on."""

import os
import subprocess
from pathlib import Path

import pytest
from checkout import ROOT
from daemon import CONSOLE_SCRIPT, clean_environment
from pages import aseanwatch_calls, page

LONG = (["run"], ["alerts", "test"], ["sources", "test"])
"""Calls that start the watch, or go out into the world: they have tests of their own."""


def _lines() -> list[str]:
    """The shell lines that call the command and end by themselves, each once."""
    lines = [line for name in ("README.md", "docs/quickstart.md") for line in page(name).shell_lines]
    return list(dict.fromkeys(line for line in lines if any(_short(call) for call in aseanwatch_calls(line))))


def _short(call: list[str]) -> bool:
    return not any(call[: len(start)] == start for start in LONG)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An installation after its first start, with no source to ask."""
    folder: Path = tmp_path_factory.mktemp("fresh")
    nobody = folder / "nobody.toml"
    nobody.write_text(
        '[[source]]\nid = "nobody"\nurl = "https://nobody.invalid/rss"\npublisher = "Nobody"\nenabled = false\n', encoding="utf-8"
    )
    environment = clean_environment() | {
        "PATH": f"{CONSOLE_SCRIPT.parent}{os.pathsep}{os.environ['PATH']}",
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
    return environment


def test_there_is_something_to_try() -> None:
    assert len(_lines()) >= 8


@pytest.mark.parametrize("line", _lines())
def test_a_line_works_as_it_stands(line: str, fresh: dict[str, str]) -> None:
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, env=fresh, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
