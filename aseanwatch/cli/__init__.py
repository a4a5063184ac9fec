"""The command line: one module a command, loaded only when it is called, so that `--help` and `classify` stay quick.

Exit codes: 0 all went well; 1 some input was bad, or the check found something; 2 usage, configuration, or another instance is running.
A database that is only away for now leaves with 1, so that a supervisor starts the watch again.
An error is one line on standard error that names its subject and the remedy; `--debug` adds the traceback.
"""

import errno
import importlib
import sys
from importlib.metadata import version

import click

from core.errors import AlreadyRunning, AseanwatchError, ConfigError, StoreError

COMMANDS = {
    "run": "Start the watch.",
    "replay": "Play articles through the whole pipeline in a scratch database.",
    "classify": "Say what each text reports: meetings, topics, stage and outcomes.",
    "parse": "Parse feed files and show what they hold.",
    "explain": "Show why a text is read as it is, sentence by sentence.",
    "rules": "Check the rules, or list them.",
    "sources": "List and test the sources that are watched, switch them, add your own.",
    "outcomes": "List, show and export what ministers decided.",
    "calendar": "List the meetings, show what each was to bring and brought, export them as iCalendar.",
    "review": "Look at what waits, and say what is right: confirm, reject, edit, merge, split, undo.",
    "alerts": "List, show, retry and test alerts.",
    "db": "Upgrade, describe and check the database.",
    "doctor": "Check that everything the watch needs is in order.",
}
"""Command -> its one-line help; the command of that name lives in the module of that name."""


class BadInput(click.ClickException):
    """An error that leaves with 1."""

    exit_code = 1


class Unusable(click.ClickException):
    """An error that leaves with 2: a person must mend something first."""

    exit_code = 2


def refusal(error: Exception) -> click.ClickException | None:
    """What to say of `error` and with which exit code to leave; None when it is click's own business."""
    if isinstance(error, ConfigError | AlreadyRunning) or (isinstance(error, StoreError) and not error.transient):
        return Unusable(str(error))
    if isinstance(error, AseanwatchError):
        return BadInput(str(error))
    if isinstance(error, OSError):
        if error.errno == errno.EPIPE:
            return None
        where = f"{error.filename}: " if error.filename else ""
        return Unusable(f"{where}{error.strerror or error}")
    if isinstance(error, click.ClickException | click.exceptions.Exit | click.Abort):
        return None
    return BadInput(f"internal error: {type(error).__name__}: {error} (aseanwatch --debug ... shows where)")


class Commands(click.Group):
    """The top of the command line; knows every command by name and loads the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which a user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"aseanwatch.cli.{cmd_name}"), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"aseanwatch.cli.{cmd_name} exports no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands from the table above, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command; the one boundary of the process, where every error becomes one line."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            said = None if ctx.params.get("debug") else refusal(error)
            if said is None:
                raise
            raise said from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(version("aseanwatch"), prog_name="aseanwatch", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Watches the news for what ASEAN ministers have decided, and tells you once, with the proof.

    \b
    Examples:
      aseanwatch run                      start the watch; Ctrl-C ends it
      aseanwatch outcomes list            what ministers decided, as far as we know
      aseanwatch explain article.txt      why a text is read as it is
      aseanwatch doctor                   is everything in order?

    Exit codes: 0 all went well; 1 some input was bad or a check found something; 2 usage, configuration, or another instance runs.
    """


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter still shows the line
    cli()
