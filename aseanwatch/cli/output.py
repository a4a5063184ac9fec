"""How commands write: JSON lines for programs, tables for people, progress on standard error."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import click

_WIDE = 200
"""Columns of a table that goes to a file or a pipe, where nobody folds lines."""
_LINE_EVERY = 5.0
"""Seconds between two plain progress lines."""
_PATIENCE = 2.0
"""Seconds that may pass without a word."""


def write_json(record: object) -> None:
    """Writes `record` as one line of JSON on standard output; escaped where its encoding lacks a letter."""
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(record)
    click.echo(line)


def complain(message: str) -> None:
    """Writes `message` as one line on standard error."""
    click.echo(message, err=True)


def moment(at: datetime | None) -> str:
    """`at` to the second in UTC for people, or a dash."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ") if at else "-"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Prints `rows` under `columns`; `empty` is the sentence that stands for no rows.

    Cells are plain text: what looks like mark-up of the table library in a headline is shown as it is.
    """
    if not rows:
        click.echo(empty)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    console = Console(file=sys.stdout) if sys.stdout.isatty() else Console(file=sys.stdout, width=_WIDE)
    console.print(grid)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[], None]]:
    """Gives a function to be called once for each of `total` items done; None when nobody knows how many there will be.

    On a terminal that the results do not go to a bar, elsewhere a plain line every few seconds; nothing for what is over in two seconds.
    """
    if sys.stderr.isatty() and not sys.stdout.isatty():
        with _bar(what, total) as step:
            yield step
    else:
        yield _lines(what, total, time.monotonic)


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import Progress

    # It would send what we write to standard output to its own console, that is to standard error.
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def _lines(what: str, total: int | None, clock: Callable[[], float]) -> Callable[[], None]:
    done, due = 0, clock() + _PATIENCE

    def step() -> None:
        nonlocal done, due
        done += 1
        if clock() >= due:
            due = clock() + _LINE_EVERY
            complain(f"{what}: {done}" if total is None else f"{what}: {done} of {total}")

    return step
