"""The documents are true: every link leads somewhere, every file, name, setting, target and command in them exists."""

import importlib
import re
import tomllib
from pathlib import Path

import click
import pytest
from checkout import ROOT, project, texts
from click.testing import CliRunner
from pages import Page, aseanwatch_calls, page, pages

from aseanwatch.cli import COMMANDS, cli
from aseanwatch.settings import PREFIX, describe, load_settings
from classifiers.reader import FULL, PARTIAL
from core import alerts, articles, outcomes, readings, sources
from ingest.catalogue import load_catalogue

EVERY = pytest.mark.parametrize("one", pages(), ids=lambda one: one.name)
SETTINGS = {known.name for known in describe()}
SECTIONS = {name.split(".")[0] for name in SETTINGS}


@EVERY
def test_every_link_leads_to_a_file(one: Page) -> None:
    local = [link.split("#")[0] for link in one.links if not re.match(r"https?://|mailto:|#", link)]

    assert [link for link in local if not (one.path.parent / link).exists()] == []


@EVERY
def test_every_file_that_is_named_exists(one: Page) -> None:
    named = [
        name for name in one.inline if re.fullmatch(r"(?:core|ingest|classifiers|store|aseanwatch|seeds|tests|docs|deploy)/[\w./-]*", name)
    ]

    assert [name for name in named if not (ROOT / name).exists()] == []


@EVERY
def test_every_name_of_the_code_exists(one: Page) -> None:
    named = [name for name in one.inline if re.fullmatch(r"(?:core|ingest|classifiers|store|aseanwatch)(?:\.\w+)+", name)]

    assert [name for name in named if not _found(name) and not re.search(r"\.(db|toml|service)\b", name)] == []


def _found(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            here: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            here = getattr(here, part, None)
        return here is not None
    return False


@EVERY
def test_every_setting_exists(one: Page) -> None:
    """As `fetch.contact`, with or without its value, and as a variable."""
    named = [
        found[1] for text in one.inline if (found := re.match(r"([a-z_]+\.[a-z_.]+)(?= =|$)", text)) and found[1].split(".")[0] in SECTIONS
    ]
    variables = re.findall(rf"\b{PREFIX}([A-Z0-9_]+[A-Z0-9])\b", one.text)

    assert [name for name in named if not _setting(name)] == []
    assert [
        name for name in variables if name not in ("CONFIG", "SECRETS_DIR", "NAME") and not _setting(name.lower().replace("__", "."))
    ] == []


def _setting(name: str) -> bool:
    known = SETTINGS | {f"alerts.targets.{name}" for name in ("NAME",)} | {f"{name.rpartition('.')[0]}" for name in SETTINGS}
    return re.sub(r"^(alerts\.targets)\.\w+", r"\1.NAME", name) in known


@EVERY
def test_every_command_exists(one: Page) -> None:
    calls = [call for line in (*one.shell_lines, *one.inline) for call in aseanwatch_calls(line)]

    assert [problem for call in calls if (problem := _problem(call))] == []


def _problem(call: list[str]) -> str:
    """What is wrong with the arguments of a call; empty when nothing is."""
    command: click.Command = cli
    context = click.Context(cli)
    for word in call:
        options = {name for parameter in command.params if isinstance(parameter, click.Option) for name in parameter.opts}
        if word.startswith("-") and word.split("=")[0] not in options | {"-", "-h", "--help"}:
            return f"{' '.join(call)}: no option {word}"
        if isinstance(command, click.Group) and not word.startswith("-"):
            found = command.get_command(context, word)
            if found is None:
                return f"{' '.join(call)}: no command {word}"
            command = found
    return ""


@EVERY
def test_every_make_target_exists(one: Page) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = [found[1] for text in (*one.shell_lines, *one.inline) if (found := re.match(r"make ([a-z]+)", text))]

    assert set(named) <= targets


@EVERY
def test_every_toml_is_taken(one: Page, tmp_path: Path) -> None:
    """Settings by the settings, sources by the catalogue, topics and alerts by `rules check`, with their examples."""
    for number, block in enumerate(one.blocks("toml")):
        parsed = tomllib.loads(block)
        file = tmp_path / f"{number}.toml"
        file.write_text(block, encoding="utf-8")
        if "source" in parsed:
            load_catalogue([file])
        elif {"topic", "alert"} & set(parsed):
            checked = CliRunner().invoke(cli, ["rules", "check", "--rules", str(file)])
            assert checked.exit_code == 0, checked.output
        elif set(parsed) <= SECTIONS:
            for path in re.findall(r'url_file = "([^"]+)"', block):
                secret = tmp_path / path
                secret.parent.mkdir(exist_ok=True)
                secret.write_text("json://127.0.0.1/", encoding="utf-8")
            load_settings(file, {})


# Single pages


def test_the_index_lists_every_page() -> None:
    listed = {(ROOT / "docs" / link).resolve() for link in page("docs/README.md").links}
    there = {one.path for one in pages() if one.path.is_relative_to(ROOT / "docs")} - {ROOT / "docs" / "README.md"}

    assert there - listed == set()


def test_decisions_are_numbered_in_order_and_say_what_and_why() -> None:
    decisions = [one for one in pages() if one.path.parent == ROOT / "docs" / "decisions"]

    numbers = [one.path.name[:4] for one in decisions]
    assert numbers == sorted(set(numbers))
    assert all(number.isdigit() for number in numbers)
    for one in decisions:
        assert one.text.startswith(f"# {one.path.name[:4]} "), one.name
        assert "**Decided.**" in one.text, one.name


def test_the_glossary_has_every_noun() -> None:
    nouns = [
        sources.Source, sources.Polling, sources.Entry, articles.Article, articles.Failure, readings.Span, readings.Evidence,
        readings.Reading, readings.Sighting, readings.Meeting, outcomes.Outcome, outcomes.Event, alerts.Alert, alerts.Delivery,
        alerts.Receipt,
    ]  # fmt: skip

    assert {f"{noun.__module__}.{noun.__name__}" for noun in nouns} <= set(page("docs/glossary.md").inline)


def test_the_changelog_speaks_of_this_version_in_the_agreed_form() -> None:
    text = page("CHANGELOG.md").text
    project_table = project()["project"]
    assert isinstance(project_table, dict)

    assert re.findall(r"^## (.+)$", text, re.MULTILINE)[0] == "[Unreleased]"
    assert f"## [{project_table['version']}]" in text
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_readme_lists_every_command_with_its_sentence() -> None:
    rows = re.findall(r"^\| `aseanwatch (\w+)` \| (.+?) \|$", page("README.md").text, re.MULTILINE)

    assert {name: says.lower() for name, says in rows} == {name: says.lower().rstrip(".") for name, says in COMMANDS.items()}


def test_the_readme_names_the_languages_that_are_read() -> None:
    names = {
        "en": "English", "vi": "Vietnamese", "id": "Indonesian", "ms": "Malay", "th": "Thai", "zh": "Chinese", "ja": "Japanese",
        "fr": "French", "tl": "Filipino", "de": "German", "es": "Spanish",
    }  # fmt: skip
    (promise,) = re.findall(r"\*\*Every language\.\*\*(.+?)\n-", page("README.md").text, re.DOTALL)
    full, part = promise.split("in full;")

    assert [names[code] for code in FULL if names[code] not in full] == []
    assert {code for code, name in names.items() if name in part} == set(PARTIAL)


def test_the_readme_counts_the_sources_rightly() -> None:
    known = load_catalogue()
    on = [source for source in known if source.enabled]
    countries = {source.country for source in on if source.country}

    assert f"{len(on)} of {len(known)} sources switched on, from {len(countries)} countries" in page("README.md").text


def test_every_page_that_the_code_names_exists() -> None:
    named = {(path, name) for path, text in texts() if path.endswith((".py", ".toml")) for name in re.findall(r"\bdocs/[\w/-]+\.md", text)}

    assert sorted((path, name) for path, name in named if not (ROOT / name).exists()) == []
