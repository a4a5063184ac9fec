"""The wheel works away from the checkout: the console script, the rules, the catalogue, the migrations and the seeds are in it."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from checkout import ROOMS, ROOT, files
from daemon import clean_environment

Called = Callable[..., subprocess.CompletedProcess[str]]

_FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>Ministers meet</title><link>https://news.example/1</link></item></channel></rss>"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what belongs to it: building leaves its traces where it builds."""
    copy = tmp_path_factory.mktemp("source")
    for path in files():
        name = path.relative_to(ROOT)
        if name.parts[0] in (*ROOMS, "pyproject.toml", "README.md", "LICENSE"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy / name)
    _done([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(copy / "dist"), str(copy)], cwd=copy)
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def call(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Called:
    """Calls the command of an environment that has the wheel and our libraries, but not the checkout, from a folder elsewhere."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home / "venv", with_pip=False)
    python = home / "venv" / "bin" / "python"
    _done([sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)], cwd=home)
    # A folder that is named in a .pth file is searched, but its own .pth files, among them that of the checkout, are not read.
    site = Path(_done([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], cwd=home).stdout.strip())
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "libraries.pth").write_text("\n".join(libraries), encoding="utf-8")

    def called(*arguments: str, input_text: str | None = None) -> subprocess.CompletedProcess[str]:
        return _done([str(home / "venv" / "bin" / "aseanwatch"), *arguments], cwd=home, input_text=input_text)

    return called


def _done(command: list[str], *, cwd: Path, input_text: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in clean_environment().items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, input=input_text, env=environment | {"PATH": os.defpath}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def test_the_wheel_holds_the_rooms_and_their_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    ours = {path.relative_to(ROOT).as_posix() for path in files() if path.relative_to(ROOT).parts[0] in ROOMS and path.suffix != ".md"}

    assert {name for name in names if ".dist-info/" not in name} == ours
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_command_says_its_version(call: Called) -> None:
    assert call("--version").stdout.startswith("aseanwatch ")


def test_it_classifies_by_the_rules_in_the_wheel(call: Called) -> None:
    item = {"id": "one", "text": "VIENTIANE - ASEAN foreign ministers adopted a joint communique on Saturday.", "published": "2024-07-27"}

    reading = json.loads(call("classify", input_text=json.dumps(item)).stdout)

    assert reading["relevant"]
    assert reading["ruleset"]


def test_it_knows_the_catalogue_and_parses_in_a_process_of_its_own(call: Called, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(_FEED, encoding="utf-8")

    sources = call("sources", "list", "--json", "--data-dir", str(tmp_path / "none")).stdout.splitlines()
    parsed = json.loads(call("parse", str(tmp_path / "feed.xml"), "--json").stdout)

    assert len(sources) > 100
    assert [entry["title"] for entry in parsed["entries"]] == ["Ministers meet"]


def test_its_first_start_makes_the_tables_and_reads_the_seeds(call: Called, tmp_path: Path) -> None:
    settings = tmp_path / "aseanwatch.toml"
    settings.write_text('data_dir = "data"\ncatalogue = { use_builtin = false }\n', encoding="utf-8")

    said = call("run", "--once", "--config", str(settings)).stdout
    outcomes = [json.loads(line) for line in call("outcomes", "list", "--json", "--config", str(settings)).stdout.splitlines()]

    assert "5 seed articles read" in said
    assert outcomes
