"""`aseanwatch classify`: every line is answered, whatever the others hold, and nothing heavy is loaded for it."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from reading import reader

from aseanwatch.cli import classify as command
from aseanwatch.cli import cli, output
from aseanwatch.contract import BadItem, article_from_item, moment
from classifiers import load_reader
from core.readings import Reading


@pytest.fixture(autouse=True)
def built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader by the rules that ship is built once for all scenes; a busy machine does not make the command tell how far it is."""
    monkeypatch.setattr(command, "load_reader", lambda files: load_reader(files) if files else reader())
    monkeypatch.setattr(output, "_PATIENCE", 3600.0)


STORY = {"title": "ASEAN ministers meet", "text": "The ASEAN foreign ministers adopted a joint communique in Vientiane on Friday."}


def classify(*lines: bytes | str | dict[str, Any], arguments: tuple[str, ...] = ()) -> Result:
    """Feeds lines to the command: bytes and text as they are, objects as JSON."""
    fed = [line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode() for line in lines]
    return CliRunner().invoke(cli, ["classify", *arguments], input=b"\n".join(fed) + b"\n")


def answers(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_bad_lines_are_told_by_number_and_the_others_are_answered_in_order() -> None:
    done = classify(
        {"id": "first", **STORY},
        "no json",
        "",
        '["a", "list"]',
        b'{"id": "\xff"}',
        {"id": "x", "text": ["words"]},
        "[" * 100_000,
        '{"id": "far", "text": "' + "9" * 10_000 + '"}',
        "9" * 10_000,
        {"id": "last", **STORY},
    )

    assert done.exit_code == 1
    assert [one["id"] for one in answers(done)] == ["first", "far", "last"]
    told = done.stderr.splitlines()
    assert [line.split(":")[0] for line in told[:-1]] == ["line 2", "line 4", "line 5", "line 6", "line 7", "line 9"]
    assert told[0] == "line 2: is not JSON: Expecting value (column 1)"
    assert told[1] == "line 4: expected an object, found a list"
    assert told[2] == "line 5: is not UTF-8 (byte 9)"
    assert told[3] == 'line 6: "text" must be text, found a list'
    assert told[-1] == "6 lines could not be read"


def test_what_is_missing_or_null_is_as_good_as_empty() -> None:
    done = classify({}, {"id": None, "title": None, "text": None, "published": None, "url": None, "lang": None}, {"id": 7})

    assert done.exit_code == 0
    assert [one["id"] for one in answers(done)] == ["", "", 7]
    assert not any(one["relevant"] for one in answers(done))


def test_an_id_comes_back_as_it_went_in() -> None:
    names = ["e\u0301", "\u200b", "日本", "\ud800", 0, 10**30, '"quoted"\n']

    assert [one["id"] for one in answers(classify(*({"id": name} for name in names)))] == names


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    done = classify(b"\xef\xbb\xbf" + json.dumps({"id": "a", **STORY}).encode() + b"\r", json.dumps({"id": "b", **STORY}).encode() + b"\r")

    assert [one["id"] for one in answers(done)] == ["a", "b"]
    assert answers(done)[0]["alert"]


def test_evidence_quotes_the_field_as_it_was_given_in_nfc() -> None:
    text = "VIE\u0323\u0302T NAM\r\n\r\nThe ASEAN foreign ministers of Viê\u0323t Nam and others adopted a\u200b joint communi\u00adque."

    [answer] = answers(classify({"id": "a", "text": text}))

    given = unicodedata.normalize("NFC", text)
    evidence = answer["outcomes"][0]["evidence"]
    assert evidence["text"] == given[evidence["start"] : evidence["end"]]


def test_a_date_that_is_none_is_told_and_the_text_is_read_as_undated() -> None:
    done = classify({"id": "a", "published": "yesterday", **STORY}, {"id": "b", "published": "2024-07-26", **STORY})

    assert done.exit_code == 0
    assert len(answers(done)) == 2
    assert done.stderr.splitlines() == ["line 1: \"published\" is no ISO 8601 time ('yesterday'); read as a text without a date"]


def test_a_reader_that_fails_on_one_text_costs_that_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fragile:
        def __init__(self) -> None:
            self._reader = reader()

        def read(self, article: Any) -> Reading:
            if article.key == "bad":
                raise ZeroDivisionError("division by zero")
            return self._reader.read(article)

    monkeypatch.setattr(command, "load_reader", lambda _: Fragile())

    done = classify({"id": "a"}, {"id": "bad"}, {"id": "b"})

    assert done.exit_code == 1
    assert [one["id"] for one in answers(done)] == ["a", "b"]
    assert "line 2: could not be read (ZeroDivisionError: division by zero)" in done.stderr


def test_rules_of_the_users_own_may_be_added(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[alert]]\nname = "communique"\nany = ["communique"]\n', encoding="utf-8")

    [answer] = answers(classify({"id": "a", **STORY}, arguments=("--rules", str(tmp_path), "-")))

    assert [(alert["name"], alert["evidence"][0]["text"]) for alert in answer["user_alerts"]] == [("communique", "communique")]
    assert "alert:communique" in answer["flags"]


def test_a_rule_file_that_is_wrong_stops_it_before_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[[alert]]\n", encoding="utf-8")

    done = classify({"id": "a"}, arguments=("--rules", str(tmp_path)))

    assert (done.exit_code, done.stdout) == (2, "")
    assert "mine.toml: line 1: `alert` has no `name`" in done.stderr


def test_nothing_heavy_is_loaded() -> None:
    heavy = ("sqlalchemy", "apprise", "trafilatura", "feedparser", "urllib3", "apscheduler", "pydantic", "rich")
    program = (
        'import sys, io; sys.stdin = io.TextIOWrapper(io.BytesIO(b\'{"id": 1, "text": "ASEAN ministers met in Manila on Friday."}\'))\n'
        "from aseanwatch.cli import cli\n"
        "cli(['classify'], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr.split()

    assert [name for name in heavy if name in loaded] == []


def test_an_encoding_that_lacks_letters_still_gets_json() -> None:
    item = json.dumps({"id": "日本", **STORY})
    done = subprocess.run(
        [sys.executable, "-c", "from aseanwatch.cli import main; main()", "classify"],
        input=item.encode(),
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "ascii"},
    )

    assert json.loads(done.stdout.decode("ascii"))["id"] == "日本"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2024-07-26", "2024-07-26T12:00:00+00:00"),
        ("2024-07-26T09:30:00+07:00", "2024-07-26T02:30:00+00:00"),
        ("2024-07-26T09:30:00Z", "2024-07-26T09:30:00+00:00"),
        ("2024-07-26 09:30", "2024-07-26T09:30:00+00:00"),
        ("0001-01-01T00:00:00+23:00", None),
        ("26/07/2024", None),
        ("", None),
    ],
)
def test_times_are_iso_8601(value: str, found: str | None) -> None:
    at = moment(value)

    assert (at.isoformat() if at else None) == found


@pytest.mark.parametrize(
    "item", [None, True, 7, "text", ["x"], {"id": 1.5}, {"id": True}, {"title": 7}, {"published": 20240726}, {"lang": {}}]
)
def test_what_is_no_item_is_refused(item: Any) -> None:
    with pytest.raises(BadItem):
        article_from_item(item)
