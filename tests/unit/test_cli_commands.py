"""Every command explains itself by example, and the reference page says what the commands say."""

import subprocess
import sys
from collections.abc import Iterator

import click
import commands_page
import pytest
from click.testing import CliRunner

from aseanwatch import cli as command_line
from aseanwatch.cli import COMMANDS, cli, refusal
from core.errors import AlreadyRunning, AseanwatchError, ConfigError, ParseError
from core.reasons import Reason


def _all(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for part in command.list_commands(context):
            found = command.get_command(context, part)
            assert found is not None
            yield from _all(found, f"{name} {part}")


EVERY = dict(_all(cli, "aseanwatch"))


@pytest.mark.parametrize("name", EVERY)
def test_help_teaches_by_example_and_explains_every_option(name: str) -> None:
    shown = CliRunner().invoke(cli, [*name.split()[1:], "--help"])

    assert shown.exit_code == 0, shown.output
    assert f"{name.split()[0]} {' '.join(name.split()[1:])}".strip() in shown.output
    assert "Examples:" in shown.output
    for option in EVERY[name].params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.name}"


def test_the_reference_page_is_what_the_commands_say() -> None:
    assert commands_page.PAGE.read_text(encoding="utf-8") == commands_page.page(), "run python tests/support/commands_page.py"


def test_the_table_of_commands_says_what_each_command_says_first() -> None:
    for name, sentence in COMMANDS.items():
        whole = EVERY[f"aseanwatch {name}"].help or ""
        assert whole.strip(), name
        assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], ("sqlalchemy", "apprise", "apscheduler", "trafilatura", "feedparser", "rich", "pydantic", "classifiers")),
        (["classify", "--help"], ("sqlalchemy", "apprise", "apscheduler", "trafilatura", "feedparser")),
    ],
)
def test_help_loads_nothing_heavy(arguments: list[str], heavy: tuple[str, ...]) -> None:
    program = f"import sys; from aseanwatch.cli import cli; cli({arguments!r}, standalone_mode=False); print(*sys.modules, file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr.split()

    assert [name for name in heavy if name in loaded] == []


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ConfigError("unknown setting; did you mean fetch.contact?", subject="fetch.contct"), 2, "fetch.contct: unknown setting"),
        (AlreadyRunning("process 7 on here is already watching here; stop it first", subject="/data", pid=7), 2, "process 7"),
        (AseanwatchError("no such outcome", subject="abc"), 1, "abc: no such outcome"),
        (ParseError(Reason.NOT_A_FEED, "an HTML page", subject="feed.xml"), 1, "feed.xml: not_a_feed: an HTML page"),
        (PermissionError(13, "Permission denied", "/root/x"), 2, "/root/x: Permission denied"),
        (ZeroDivisionError("division by zero"), 1, "internal error: ZeroDivisionError: division by zero"),
    ],
)
def test_an_error_is_one_line_with_subject_and_exit_code(error: Exception, code: int, words: str) -> None:
    said = refusal(error)

    assert said is not None
    assert said.exit_code == code
    assert words in said.format_message()
    assert "\n" not in said.format_message()


def test_a_reader_who_leaves_early_is_no_error() -> None:
    assert refusal(BrokenPipeError(32, "Broken pipe")) is None


def test_debug_shows_where_an_error_arose(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command("doctor")
    def broken() -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(command_line.Commands, "get_command", lambda *_: broken)

    assert isinstance(CliRunner().invoke(cli, ["--debug", "doctor"]).exception, ZeroDivisionError)
    plain = CliRunner().invoke(cli, ["doctor"])
    assert plain.exit_code == 1
    assert "Traceback" not in plain.output
