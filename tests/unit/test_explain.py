"""Why a text is read as it is: each label with its words, each outcome's sentence with its parts marked, the rest with its reason."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import stores
from click.testing import CliRunner, Result
from own_rules import Own
from reading import reader

from aseanwatch.cli import cli
from aseanwatch.cli import explain as command
from aseanwatch.contract import article_from_item
from aseanwatch.explain import MARKS, Explanation, Piece, explain, explanation_json, safe, told
from classifiers import load_reader
from store import open_store

PAGE = """The 57th ASEAN Foreign Ministers' Meeting was held in Vientiane on Friday.

At the meeting, the foreign ministers adopted the ASEAN-UK Joint Statement on Connectivity.

The ministers hope to adopt a plan of action on haze next year. The cabinet of Thailand approved the draft agreement.

ASEAN - RoK Ministerial Meeting. (Photo: Cong Ly) |

Related news
Another story altogether"""
TITLE = "ASEAN foreign ministers meet in Vientiane"


def explained(text: str = PAGE, title: str = TITLE) -> Explanation:
    return explain(reader(), article_from_item({"id": "a", "title": title, "text": text, "published": "2024-07-26"}))


def lines(explanation: Explanation) -> list[str]:
    """The lines as a file gets them."""
    return [_plain(row) for row in told(explanation)]


def _plain(row: Sequence[Piece]) -> str:
    return "".join(f"[{piece.style}:{piece.text}]" if piece.style in MARKS else piece.text for piece in row)


def test_the_sentence_of_an_outcome_shows_actor_act_object_and_time() -> None:
    shown = "\n".join(lines(explained()))

    assert (
        "[time:At the meeting], the [actor:foreign ministers] [act:adopted] [object:the ASEAN-UK Joint Statement on Connectivity]." in shown
    )
    assert "document, done, by ministerial: ASEAN-UK Joint Statement on Connectivity; parties UK" in shown
    assert "by act.adopt, type.document; done (past)" in shown
    assert "The [actor:ministers] [modality:hope to] [act:adopt] [object:a plan of action on haze] [time:next year]." in shown


def test_a_near_miss_shows_what_kept_it_out() -> None:
    shown = lines(explained())

    [at] = [n for n, line in enumerate(shown) if line.startswith("  ? The cabinet of Thailand [act:approved]")]
    assert shown[at + 1].startswith("      not an outcome: decided elsewhere (cabinet)")


def test_what_is_no_part_of_the_story_stands_in_its_place_with_the_reason() -> None:
    shown = lines(explained())

    assert "  ~ ASEAN - RoK Ministerial Meeting. (Photo: Cong Ly) |  (caption)" in shown
    assert shown[-2:] == ["  ~ Related news  (links to other stories)", "  ~ Another story altogether  (links to other stories)"]


def test_every_word_of_the_page_is_shown_once_and_in_order() -> None:
    explanation = explained()

    assert " ".join(line.span.quote for line in explanation.lines).split() == f"{TITLE} {PAGE}".split()
    assert all(line.span.quote == explanation.article.text[line.span.start : line.span.end] for line in explanation.lines[1:])


def test_the_printed_weights_of_a_topic_make_its_score() -> None:
    explanation = explained("The ASEAN ministers discussed trade. " * 9 + PAGE)
    shown = explanation_json(explanation)

    [trade] = [topic for topic in shown["topics"] if topic["code"] == "trade"]
    [line] = [line for line in lines(explanation) if "“trade”" in line]
    printed = [float(part.split()[0]) for part in line.strip().split(" · ")]
    assert sum(printed) == trade["score"] > sum(one["weight"] for one in trade["evidence"])
    assert trade["threshold"] == 2


def test_relevance_stage_and_alert_have_their_reasons() -> None:
    shown = "\n".join(lines(explained()))

    assert "about ASEAN: yes  cues for " in shown
    assert "threshold" in shown
    assert "alert: yes  stage: outcome" in shown
    assert f"rule set {reader().ruleset}" in shown


def test_a_story_about_something_else_is_explained_as_well() -> None:
    shown = lines(explained("The striker scored twice in the ASEAN Cup final.", "Football"))

    assert any(line.startswith("about ASEAN: no  cues for ") for line in shown)
    assert "alert: no  stage: none" in shown


def test_an_empty_text_is_explained() -> None:
    assert any(line.startswith("about ASEAN: no") for line in lines(explained("", "")))


def test_a_rule_of_the_users_own_shows_its_words() -> None:
    own = Own('[[topic]]\ncode = "haze-plan"\nterms = { "haze" = 2, "plan" = 1 }\nthreshold = 3\n\n[[alert]]\nname = "uk"\nany = ["uk"]\n')
    article = article_from_item({"id": "a", "title": TITLE, "text": PAGE})
    shown = "\n".join(lines(explain(own.reader, article)))

    assert "topic haze-plan 3, needs 3\n    +2 “haze” · +1 “plan”" in shown
    assert "your alert uk" in shown


def test_what_would_steer_a_terminal_is_spelled_out() -> None:
    assert safe("a\x1b[31mb\x07\u202ec\r\nd\u00a0é\u200d") == "a\\u001b[31mb\\u0007\\u202ec  d\u00a0é\u200d"
    shown = "\n".join(lines(explained("The ASEAN ministers \x1b]0;evil\x07 met on Friday.", "\x9b31m ASEAN")))

    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\x9b" not in shown


def test_invisible_characters_do_not_move_the_marks() -> None:
    hidden = PAGE.replace("adopted", "ad\u200bopted").replace("Joint", "\u00adJoint")

    assert lines(explained(hidden)) == lines(explained())


def test_for_programs_every_mark_and_miss_quotes_the_text() -> None:
    explanation = explained()
    shown: dict[str, Any] = json.loads(json.dumps(explanation_json(explanation)))
    fields = {"title": explanation.article.title, "text": explanation.article.text}

    marks = [mark for line in shown["sentences"] for mark in (*line["marks"], *line["near_misses"])]
    quoted = [*shown["sentences"], *shown["furniture"], *marks]
    assert all(fields[one["field"]][one["start"] : one["end"]] == one["text"] for one in quoted)
    assert [one["why"] for one in shown["furniture"]] == ["caption", "links to other stories", "links to other stories"]
    [proof, _] = [line for line in shown["sentences"] if line["outcomes"]]
    assert {mark["name"] for mark in proof["marks"]} >= {"act", "object", "actor"}
    assert shown["classification"]["outcomes"][proof["outcomes"][0]]["type"] == "document"


# the command


@pytest.fixture(autouse=True)
def built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader by the rules that ship is built once for all scenes."""
    monkeypatch.setattr(command, "load_reader", lambda files: load_reader(files) if files else reader())


def run(*arguments: object, fed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["explain", *map(str, arguments)], input=fed)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A data folder without a database."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_a_text_file_a_page_an_item_and_standard_input_are_all_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps({"id": "a", "title": TITLE, "text": PAGE}, indent=1), encoding="utf-8")
    paragraphs = "".join(f"<p>{part}</p>" for part in PAGE.split("\n\n")[:3])
    page = f"<!doctype html><title>{TITLE}</title><article><h1>{TITLE}</h1>{paragraphs}</article>"
    (tmp_path / "a.html").write_text(page, encoding="utf-8")

    asked = (
        run(tmp_path / "a.txt", "--title", TITLE, "--published", "2024-07-26"),
        run(tmp_path / "a.json"),
        run(tmp_path / "a.html"),
        run("-", "--title", TITLE, fed=PAGE),
    )

    for done in asked:
        assert done.exit_code == 0, done.output
        assert done.output.splitlines()[0] == TITLE
        assert "[act:adopted] [object:the ASEAN-UK Joint Statement on Connectivity]" in done.output


def test_of_many_items_one_may_be_chosen_and_bad_ones_are_told(tmp_path: Path) -> None:
    items = [json.dumps({"id": name, "title": name, "text": PAGE}) for name in ("one", "two")]
    (tmp_path / "a.jsonl").write_text("\n".join([items[0], '{"id": broken', items[1]]), encoding="utf-8")

    chosen, missing = run(tmp_path / "a.jsonl", "--id", "two", "--json"), run(tmp_path / "a.jsonl", "--id", "three")

    assert json.loads(chosen.stdout)["article"]["key"] == "two"
    assert "line 2: is not JSON" in chosen.stderr
    assert missing.exit_code == 1
    assert "holds no such item" in missing.output


def test_a_page_without_an_article_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<!doctype html><html><body><p>Hi</p></body></html>", encoding="utf-8")

    done = run(tmp_path / "a.html")

    assert done.exit_code == 1
    assert "text_too_short" in done.output


def test_a_stored_article_is_found_by_key_and_by_url(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'aseanwatch.db'}", now=stores.NOW) as store:
        store.record_article(None, stores.story("one", PAGE), stores.NOW)

    by_key, by_url = run("vna.example/one", "--data-dir", tmp_path), run("https://vna.example/one?utm_source=x", "--data-dir", tmp_path)

    assert by_key.exit_code == by_url.exit_code == 0, by_key.output + by_url.output
    assert by_key.output == by_url.output
    assert "ASEAN-UK Joint Statement" in by_key.output


def test_what_cannot_be_found_is_said(tmp_path: Path, empty: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'aseanwatch.db'}", now=stores.NOW):
        pass

    assert "there is no such file, and no database yet" in run("nowhere", "--data-dir", empty).output
    done = run("https://vna.example/none", "--data-dir", tmp_path)
    assert done.exit_code == 1
    assert "no stored article of that key or URL" in done.output


def test_brackets_in_a_text_are_no_markup_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    command._print(told(explained("The ASEAN ministers adopted [red]a joint statement[/red] on :haze: and [link=x]more[/link].")))

    shown = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert "[red]a joint statement[/red] on :haze: and [link=x]more[/link]." in shown
