"""What a change of the rules would bring, take away and alter in the stored register; and that it is only read."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import stores
from click.testing import CliRunner, Result
from desk import only, says
from stores import NOW, story

from aseanwatch.cli import cli
from aseanwatch.comparison import Side, compare, told
from aseanwatch.pipeline import record, take
from aseanwatch.replay import load
from aseanwatch.settings import load_settings
from aseanwatch.wiring import changed_reader
from classifiers import load_reader, rulebook
from core.articles import Article
from core.codes import OutcomeType, Status
from core.readings import Evidence, Reading, Sighting, Span
from core.review import Action
from store import Store, open_store

COMMUNIQUE, PLAN, WEATHER = (
    story(name, text, published=NOW + timedelta(hours=hours))
    for hours, (name, text) in enumerate(
        {
            "communique": "The ASEAN foreign ministers adopted the AMM-59 Joint Communique on Saturday.",
            "plan": "Ministers adopted the ASEAN Plan of Action on Haze. They are to sign a protocol on fisheries.",
            "weather": "Rain fell on Manila.",
        }.items()
    )
)


@dataclass
class Phrases:
    """Reads an outcome where it knows the words."""

    ruleset: str
    knows: dict[str, tuple[OutcomeType, Status]] = field(default_factory=dict)

    def read(self, article: Article) -> Reading:
        seen = tuple(_sighting(article.text, words, *what) for words, what in self.knows.items() if words in article.text)
        return replace(stores.reading(article, ruleset=self.ruleset), sightings=seen, alert=bool(seen))


def _sighting(text: str, words: str, type_: OutcomeType, status: Status) -> Sighting:
    at = text.index(words)
    start = text.rfind(". ", 0, at) + 2 if ". " in text[:at] else 0
    end = text.index(".", at) + 1
    evidence = Evidence(span=Span(field="text", start=at, end=at + len(words), quote=words), rule="by-hand")
    sentence = Span(field="text", start=start, end=end, quote=text[start:end])
    return replace(
        stores.sighting(story(), words), type=type_, status=status, title=words, meeting=None, evidence=evidence, sentence=sentence
    )


DONE, PLANNED = (OutcomeType.DOCUMENT, Status.DONE), (OutcomeType.AGREEMENT, Status.PLANNED)
TURNED = {"type": ["document", "agreement"], "status": ["done", "planned"]}
OLD = Phrases("old", {"AMM-59 Joint Communique": DONE, "protocol on fisheries": PLANNED})
NEW = Phrases("new", {"AMM-59 Joint Communique": PLANNED, "Plan of Action on Haze": DONE})


@pytest.fixture
def desk() -> Iterator[tuple[Store, Store, Store]]:
    with ExitStack() as held:
        stored, before, after = (held.enter_context(open_store("sqlite://", now=NOW)) for _ in range(3))
        for article in (COMMUNIQUE, PLAN, WEATHER):
            stored.record_article(None, article, NOW)
            record(stored, article, OLD.read(article), (), NOW, max_age=None)
        yield stored, before, after


def differences(desk: tuple[Store, Store, Store], old: Phrases = OLD, new: Phrases = NEW) -> list[dict[str, Any]]:
    stored, before, after = desk
    keys = stored.article_keys(NOW)
    return list(compare(stored, Side(reader=old, store=before), Side(reader=new, store=after), keys, lambda: None))


def test_new_lost_and_changed_outcomes_are_told_with_their_sentences(desk: tuple[Store, Store, Store]) -> None:
    new, lost, changed, summary = differences(desk)

    assert (new["kind"], new["outcome"]["title"], new["alert"]) == ("new", "Plan of Action on Haze", [False, True])
    assert new["sightings"][0]["sentence"] == "Ministers adopted the ASEAN Plan of Action on Haze."
    assert (lost["kind"], lost["outcome"]["title"], lost["alert"]) == ("lost", "protocol on fisheries", [False, False])
    assert lost["sightings"][0]["article"] == PLAN.key
    assert (changed["kind"], changed["changes"], changed["alert"]) == ("changed", TURNED, [True, False])
    assert summary == {
        "kind": "summary", "articles": 3, "rulesets": ["old", "new"], "outcomes": [2, 2], "new": 1, "lost": 1, "changed": 1,
        "alerts": [1, 1], "alerts_new": 1, "alerts_missing": 1,
    }  # fmt: skip


def test_the_same_readings_make_no_difference(desk: tuple[Store, Store, Store]) -> None:
    (summary,) = differences(desk, OLD, Phrases("other", OLD.knows))
    assert (summary["outcomes"], summary["new"], summary["lost"], summary["changed"]) == ([2, 2], 0, 0, 0)


def test_what_is_stored_is_only_read(desk: tuple[Store, Store, Store]) -> None:
    before = desk[0].counts(), desk[0].last_event(), desk[0].outcomes()
    differences(desk)
    assert (desk[0].counts(), desk[0].last_event(), desk[0].outcomes()) == before


def test_an_outcome_that_was_rejected_by_hand_is_marked(desk: tuple[Store, Store, Store]) -> None:
    says(desk[0], Action.REJECT, only(desk[0], "protocol on fisheries"))
    assert {one["outcome"]["title"]: one["rejected"] for one in differences(desk)[:-1]} == {
        "Plan of Action on Haze": False,
        "protocol on fisheries": True,
        "AMM-59 Joint Communique": False,
    }


def test_only_articles_since_that_day_are_played(desk: tuple[Store, Store, Store]) -> None:
    assert desk[0].article_keys(NOW + timedelta(minutes=30)) == [PLAN.key, WEATHER.key]


def test_a_difference_is_a_few_lines_for_people(desk: tuple[Store, Store, Store]) -> None:
    lines = [line for one in differences(desk) for line in told(one)]
    assert lines[0] == "new      [document, done] Plan of Action on Haze  (would alert)"
    assert "“Ministers adopted the ASEAN Plan of Action on Haze.”" in lines[1]
    assert "         status: done -> planned" in lines
    assert lines[-1] == ("3 articles · outcomes 2 -> 2: 1 new, 1 lost, 1 changed · alerts 1 -> 1: 1 new, 1 missing · rule sets old -> new")


# The command


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose database holds the seed articles, read."""
    reader = load_reader()
    with open_store(f"sqlite:///{tmp_path / 'data' / 'aseanwatch.db'}", now=NOW) as stored:
        for one in load([Path(str(files("seeds")))], pytest.fail).articles:
            stored.record_article(None, one, NOW)
            take(stored, reader, one, (), NOW, max_age=None)
    return tmp_path / "data"


def replayed(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["replay", "--data-dir", str(data), *arguments])


def test_a_changed_copy_of_the_whole_rule_set_is_tried_on_what_is_stored(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(str(files("classifiers") / "rules"), copy / "rules")
    objects = copy / "rules" / "objects.toml"
    text = objects.read_text(encoding="utf-8")
    objects.write_text(text.replace('type = "mechanism"', 'type = "decision"'), encoding="utf-8")

    done = replayed(data, "--rules", str(copy), "--since", "2020-01-01", "--json")

    assert done.exit_code == 0, done.output
    *changed, summary = map(json.loads, done.stdout.splitlines())
    assert summary["articles"] == 5
    assert changed
    assert {tuple(one["changes"]["type"]) for one in changed if one["kind"] == "changed"} == {("mechanism", "decision")}
    assert all(one["sightings"][0]["sentence"] for one in changed)
    assert summary["rulesets"][1] == rulebook.load([copy]).digest == rulebook.load([copy / "rules"]).digest


def test_a_file_that_adds_a_topic_changes_no_outcome(data: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[topic]]\ncode = "rice"\nabout = "rice"\nterms = { "rice" = 1 }\nthreshold = 1\n', encoding="utf-8")

    done = replayed(data, "--rules", str(own), "--since", "2024-01-01")

    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("2 articles · outcomes ")
    assert "0 new, 0 lost, 0 changed" in done.stdout


def test_a_users_file_is_replaced_by_the_one_of_its_name(tmp_path: Path) -> None:
    for folder, terms in (("old", "rice"), ("new", "fish")):
        (tmp_path / folder).mkdir()
        own = f'[[topic]]\ncode = "food"\nabout = "food"\nterms = {{ "{terms}" = 1 }}\nthreshold = 1\n'
        (tmp_path / folder / "own.toml").write_text(own, encoding="utf-8")
    (tmp_path / "aseanwatch.toml").write_text('[rules]\nfiles = ["old/own.toml"]\n', encoding="utf-8")
    settings = load_settings(tmp_path / "aseanwatch.toml", {})

    changed = changed_reader(settings, [tmp_path / "new"])

    assert changed.ruleset == rulebook.load([tmp_path / "new"]).digest


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "PATH"),
        (["--since", "2024-01-01"], "--rules and --since"),
        (["--rules", "RULES"], "--rules and --since"),
        (["RULES", "--since", "2024-01-01"], "--since is about the stored articles"),
        (["--rules", "RULES", "--since", "2024-01-01"], "these are the rules in use already"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = replayed(tmp_path, *(str(files("classifiers") / "rules") if word == "RULES" else word for word in arguments))

    assert done.exit_code == 2
    assert says in done.output
