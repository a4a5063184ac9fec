"""The checkout as a stranger gets it: which files belong to it, and what its code imports."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("core", "ingest", "classifiers", "store", "aseanwatch", "seeds")
"""The top-level packages."""

_TEXT = {".py", ".toml", ".md", ".txt", ".json", ".jsonl", ".lock", ".example", ".service", ".yaml", ".yml", ".svg", ""}


@cache
def files() -> tuple[Path, ...]:
    """Every file of the checkout that git keeps, or would keep at the next commit."""
    told = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(sorted({path for name in told.stdout.split("\0") if name and (path := ROOT / name).is_file()}))


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """(path from the root, content) of every text file."""
    readable = (path for path in files() if path.suffix in _TEXT)
    return tuple((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8", errors="replace")) for path in readable)


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """(path from the root, syntax tree) of every module of the rooms."""
    return tuple((path, ast.parse(text)) for path, text in texts() if path.endswith(".py") and path.split("/")[0] in ROOMS)


def imports(tree: ast.Module) -> Iterator[str]:
    """The top-level packages that a module imports from outside of the rooms and the standard library, wherever in it."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            top = name.split(".")[0]
            if top not in ROOMS and top not in sys.stdlib_module_names:
                yield top


@cache
def project() -> dict[str, object]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def distribution(requirement: str) -> str:
    """The name in a requirement, in the spelling in which names are compared."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()
