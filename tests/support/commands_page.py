"""Writes docs/reference/commands.md from the commands themselves: `python tests/support/commands_page.py`."""

from collections.abc import Iterator
from pathlib import Path

import click

from aseanwatch.cli import cli

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"

_HEAD = """# Commands

This page is made from the commands themselves (`python tests/support/commands_page.py`); a test compares the two.

Exit codes, for every command: 0 all went well; 1 some input was bad, or a check found something; 2 usage, configuration, the database,
or another instance is running. An error is one line on standard error, which names its subject and the remedy.
Where a program reads, `--json` writes one JSON object a line; its form is that of the contract (`classify`, `replay`, `parse`) or the
fields that the command shows.
"""


def page() -> str:
    """The whole page: each command's help, as the terminal shows it."""
    sections = [f"## `{name}`\n\n```text\n{text}\n```\n" for name, text in _helps(cli, "aseanwatch")]
    return "\n".join([_HEAD, *sections])


def _helps(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    context = click.Context(command, info_name=name, parent=parent, **{**command.context_settings, "terminal_width": 110})
    whole = f"{parent.command_path} {name}" if parent else name
    yield whole, command.get_help(context).rstrip()
    if isinstance(command, click.Group):
        for part in command.list_commands(context):
            found = command.get_command(context, part)
            assert found is not None, part
            yield from _helps(found, part, context)


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
