"""The log: lines for people, objects for programs."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from aseanwatch.logs import start_logging


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def _failing(log: logging.Logger) -> None:
    try:
        raise KeyError("surprise")
    except KeyError:
        log.exception("poll %s", "vna")


def test_a_program_gets_an_object_a_line_with_the_error_in_it() -> None:
    out = io.StringIO()
    start_logging("info", "json", out)

    _failing(logging.getLogger("scene"))

    [line] = out.getvalue().splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("error", "scene", "poll vna")
    assert "KeyError: 'surprise'" in told["error"]


def test_a_person_gets_a_line_and_the_traceback() -> None:
    out = io.StringIO()
    start_logging("info", "text", out)

    _failing(logging.getLogger("scene"))

    first, *rest = out.getvalue().splitlines()
    assert first.endswith("Z error    scene: poll vna")
    assert rest[-1] == "    KeyError: 'surprise'"


FORGED = [
    "Plan\r\n2026-11-22T00:00:00Z CRITICAL hacked",
    "Plan\n12:00:00Z critical watch: all is lost",
    "Plan \x1b[2J\x1b]0;title\x07 \x9b31m",
    "Plan\x00\x0b\x0c\x85\u2028\u2029",
    "Plan \u202egnol",
    '", "level": "critical", "message": "hacked',
]


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("title", FORGED)
def test_no_title_forges_a_line_or_moves_a_terminal(form: str, title: str) -> None:
    """Hazard 88, in a message and in an error's own text."""
    out = io.StringIO()
    start_logging("info", form, out)
    log = logging.getLogger("scene")

    log.warning("read %s", title)
    try:
        raise ValueError(title)
    except ValueError:
        log.exception("cannot read it")

    first, second, *rest = out.getvalue().removesuffix("\n").split("\n")
    assert all(line.startswith("    ") for line in rest)
    assert all(c.isprintable() or c == "\n" for c in out.getvalue())
    assert "read Plan" in first or "critical" in first
    if form == "json":
        assert [json.loads(line)["level"] for line in (first, second)] == ["warning", "error"]
        assert rest == []
    else:
        assert "Z warning  scene: read " in first


def test_what_weighs_less_than_the_level_is_left_out() -> None:
    out = io.StringIO()
    start_logging("warning", "text", out)

    logging.getLogger("scene").info("not this")
    logging.getLogger("scene").warning("but this")

    assert "not this" not in out.getvalue()
    assert "but this" in out.getvalue()
