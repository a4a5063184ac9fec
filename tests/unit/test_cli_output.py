"""Tables, times and progress, as commands write them."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from aseanwatch.cli import output


def test_a_headline_that_looks_like_mark_up_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("title",), [("[bold red]Ministers[/] [link=http://x]meet[/link]",)], empty="none")

    assert "[bold red]Ministers[/] [link=http://x]meet[/link]" in capsys.readouterr().out


def test_no_rows_are_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("title",), [], empty="No such outcome is on record.")

    assert capsys.readouterr().out == "No such outcome is on record.\n"


def test_a_table_in_a_pipe_does_not_cut_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"word{number:03}" for number in range(60)]
    output.table(("title", "key"), [(" ".join(words), "document-1")], empty="none")

    shown = capsys.readouterr().out
    assert [word for word in words if word not in shown] == []


def test_json_is_one_line_in_its_own_letters(capsys: pytest.CaptureFixture[str]) -> None:
    output.write_json({"title": "Đối tác\nASEAN"})

    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"title": "Đối tác\nASEAN"}
    assert "Đối tác" in line


def test_times_are_shown_in_utc() -> None:
    assert output.moment(datetime(2026, 7, 11, 9, 0, tzinfo=timezone(timedelta(hours=7)))) == "2026-07-11 02:00:00Z"
    assert output.moment(datetime(2026, 7, 11, tzinfo=UTC)) == "2026-07-11 00:00:00Z"
    assert output.moment(None) == "-"


def test_progress_in_a_pipe_is_a_line_now_and_then_and_none_for_what_is_quick(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 1.0, 2.5, 2.5, 4.0, 8.0, 8.0])
    step = output._lines("replay", 4, lambda: next(times))

    for _ in range(4):
        step()

    assert capsys.readouterr().err == "replay: 2 of 4\nreplay: 4 of 4\n"
