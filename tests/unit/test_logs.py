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
    assert rest[-1] == "KeyError: 'surprise'"


def test_what_weighs_less_than_the_level_is_left_out() -> None:
    out = io.StringIO()
    start_logging("warning", "text", out)

    logging.getLogger("scene").info("not this")
    logging.getLogger("scene").warning("but this")

    assert "not this" not in out.getvalue()
    assert "but this" in out.getvalue()
