"""`aseanwatch rules`: what it prints, and with which exit code it leaves."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stores
from click.testing import CliRunner, Result

from aseanwatch.cli import cli
from store import open_store

RICE = """[[topic]]
code = "rice"
about = "Rice, wherever it grows"
terms = { "rice reserve" = 3, "rice" = 1 }
threshold = 3
yes = ["The ministers enlarged the rice reserve."]
no = ["The ministers had rice for lunch."]

[[alert]]
name = "rice-decided"
any = ["rice"]
when = { status = ["done"] }
"""


@pytest.fixture
def rice(tmp_path: Path) -> Path:
    path = tmp_path / "rice.toml"
    path.write_text(RICE, encoding="utf-8")
    return path


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder with three articles: one on a rice reserve, one on rice and another matter, one older."""
    told = {
        "reserve": "The ASEAN foreign ministers met in Manila on Saturday. They adopted the ASEAN Plan of Action on the Rice Reserve.",
        "lunch": "The ASEAN foreign ministers met in Manila on Saturday. They had rice for lunch.",
        "older": "The ASEAN foreign ministers met in Manila on Saturday. They spoke of the rice reserve.",
    }
    with open_store(f"sqlite:///{tmp_path / 'aseanwatch.db'}", now=stores.NOW) as store:
        for days, (name, text) in enumerate(told.items()):
            at = stores.NOW - timedelta(days=days * 10)
            store.record_article(None, stores.story(name, text, title="ASEAN ministers meet", published=at), at)
    return tmp_path


def rules(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["rules", *map(str, arguments)])


def test_check_prints_every_example_with_its_verdict_and_leaves_with_0(rice: Path) -> None:
    done = rules("check", "--rules", rice)

    assert done.exit_code == 0, done.output
    assert "topic.rice" in done.output
    assert "acts.toml" in done.output
    assert " 0 wrong; without examples: " in done.output


def test_check_leaves_with_1_and_tells_file_line_and_reason_of_each_failure(rice: Path) -> None:
    rice.write_text(RICE.replace("enlarged the rice reserve", "spoke of wheat"), encoding="utf-8")

    done = rules("check", "--rules", rice)

    assert done.exit_code == 1
    assert f"{rice}: line 6: topic.rice must match, and did not: “The ministers spoke of wheat.”" in done.output
    assert "nothing was found" in done.output


def test_check_for_programs_gives_an_object_an_example(rice: Path) -> None:
    done = rules("check", "--rules", rice, "--json")

    [yes, no] = [one for one in map(json.loads, done.output.splitlines()) if one["rule"] == "topic.rice"]
    assert yes == {
        "file": str(rice),
        "line": 6,
        "rule": "topic.rice",
        "wanted": True,
        "example": "The ministers enlarged the rice reserve.",
        "held": True,
        "reason": "",
    }
    assert (no["line"], no["wanted"], no["held"]) == (7, False, True)


def test_a_file_that_is_wrong_is_refused_with_2_and_its_line(rice: Path) -> None:
    rice.write_text(RICE.replace("threshold = 3", "treshold = 3"), encoding="utf-8")

    done = rules("check", "--rules", rice)

    assert done.exit_code == 2
    assert f"{rice}: line 5: `treshold` is unknown in `topic`" in done.output


def test_list_names_rules_with_their_place(rice: Path) -> None:
    done = rules("list", "topic", "--rules", rice)

    assert done.exit_code == 0
    assert "topic.south-china-sea" in done.output
    assert "rice.toml:1" in done.output
    assert "act." not in done.output
    own = json.loads(rules("list", "alert", "--rules", rice, "--json").output)
    assert (own["rule"], own["file"], own["line"], own["phrases"]) == ("alert.rice-decided", str(rice), 9, {"phrases": ["rice"]})


def test_show_tells_all_that_a_rule_says(rice: Path) -> None:
    shipped, own = rules("show", "act.adopt"), rules("show", "rice", "--rules", rice)

    assert "adopt+" in shipped.output
    assert "acts.toml:" in shipped.output
    assert "yes: “The foreign ministers adopted many documents" in shipped.output
    assert 'terms: {"rice reserve": 3, "rice": 1}' in own.output
    assert rules("show", "act.nothing").exit_code == 1


def test_dry_run_shows_what_would_match_in_stored_articles_with_the_words(rice: Path, data_dir: Path) -> None:
    done = rules("dry-run", rice, "--data-dir", data_dir)

    assert done.exit_code == 0, done.output
    assert "topic.rice  ASEAN ministers meet" in done.output
    assert "“Rice Reserve” +3 · “Rice” +1" in done.output
    assert "topic.rice: 2 of 3 articles" in done.output
    assert "alert.rice-decided: 1 of 3 articles" in done.output


def test_dry_run_looks_no_further_back_than_it_is_told(rice: Path, data_dir: Path) -> None:
    since = (stores.NOW - timedelta(days=5)).date()

    done = rules("dry-run", rice, "--data-dir", data_dir, "--since", since, "--json")

    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["rule"], one["score"]) for one in found] == [("topic.rice", 4.0), ("alert.rice-decided", found[1]["score"])]
    assert {one["article"] for one in found} == {"vna.example/reserve"}
    assert datetime.fromisoformat(found[0]["published"]) == stores.NOW.astimezone(UTC)
    assert [one["text"] for one in found[0]["evidence"]] == ["Rice Reserve", "Rice"]


def test_dry_run_writes_nothing(rice: Path, data_dir: Path) -> None:
    before = (data_dir / "aseanwatch.db").read_bytes()

    rules("dry-run", rice, "--data-dir", data_dir)

    assert (data_dir / "aseanwatch.db").read_bytes() == before


def test_dry_run_needs_rules_and_a_database(rice: Path, tmp_path: Path) -> None:
    empty = tmp_path / "none"
    empty.mkdir()
    (tmp_path / "verbs.toml").write_text('[irregular]\ngo = ["goes", "went", "gone", "going"]\n', encoding="utf-8")

    assert rules("dry-run", rice, "--data-dir", empty).exit_code == 2
    assert "holds no topic and no alert" in rules("dry-run", tmp_path / "verbs.toml", "--data-dir", empty).output


def test_the_rules_of_the_settings_are_those_that_are_checked(rice: Path, tmp_path: Path) -> None:
    settings = tmp_path / "aseanwatch.toml"
    settings.write_text('[rules]\nfiles = ["rice.toml"]\n', encoding="utf-8")

    assert "topic.rice" in rules("list", "topic", "--config", settings).output
    assert "topic.rice" not in rules("list", "topic").output
