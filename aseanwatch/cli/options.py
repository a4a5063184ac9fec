"""The options that commands share: where the settings are, and how to answer."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from aseanwatch.settings import PREFIX, Settings, load_settings

Command = TypeVar("Command", bound=Callable[..., Any])


def settings_options(command: Command) -> Command:
    """Adds `--config` and `--data-dir`; the command gets `config` and `data_dir`."""
    command = click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Folder of the database and the lock.")(
        command
    )
    return click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings file (TOML).")(command)


def json_option(command: Command) -> Command:
    """Adds `--json`; the command gets `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")(command)


def settings_from(config: Path | None, data_dir: Path | None, **more: str) -> Settings:
    """The settings, with what the command line says on top; `more` by the names of environment variables without prefix."""
    said = {f"{PREFIX}{name}": value for name, value in more.items()}
    if data_dir is not None:
        said[f"{PREFIX}DATA_DIR"] = str(data_dir.resolve())
    return load_settings(config, os.environ | said)


class Day(click.ParamType[datetime]):
    """A date or a time: 2024-07-27, or ISO 8601; without a zone it is UTC. With `whole` a date stands for the end of that day."""

    name = "date"

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time, aware."""
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date; write 2024-07-27 or 2024-07-27T09:00+07:00", param, ctx)
        if self._whole and len(str(value)) == len("2024-07-27"):
            at += timedelta(days=1)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
