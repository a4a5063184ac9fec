"""`aseanwatch parse`: feed files, as if their bytes had just been received."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from aseanwatch.cli.options import json_option
from aseanwatch.cli.output import complain, progress, table, write_json
from aseanwatch.cli.sources import feed_json
from aseanwatch.ports import Parser
from core.errors import ParseError
from core.reasons import Reason
from core.sources import Response, Source

_MOST = 10_000_000
"""Bytes: the watch takes no larger feed either."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
def parse(paths: tuple[Path, ...], as_json: bool) -> None:
    """Parse feed files and show what they hold. No network, no database. A folder stands for every file in it.

    With --json one object a file: {"file", "ok", "reason", "format", "title", "entries"}; `ok` is false for what is no feed.

    \b
    Examples:
      aseanwatch parse feed.xml
      aseanwatch parse folder/ --json
    """
    from aseanwatch import wiring

    files = list(_files(paths))
    with closing(wiring.parser()) as parser, progress("parse", len(files)) as step:
        for file in files:
            record = _answer(parser, file)
            if as_json:
                write_json(record)
            else:
                _show(record)
            step()


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file())
        elif path.is_file():
            yield path


def _answer(parser: Parser, file: Path) -> dict[str, object]:
    """One file's answer. Whatever it holds, and even when it cannot be read, there is one."""
    source = Source(id="file", url=file.absolute().as_uri(), publisher="file")
    try:
        with file.open("rb") as opened:
            body = opened.read(_MOST + 1)
        if len(body) > _MOST:
            raise ParseError(Reason.BODY_TOO_LARGE, subject=str(file))
        feed = parser.parse(source, Response(url=source.url, status=200, body=body), datetime.now(UTC))
    except ParseError as error:
        return {"file": str(file), "ok": False, "reason": error.reason, "format": None, "title": None, "entries": []}
    except OSError as error:
        complain(f"{file}: {error.strerror}")
        return {"file": str(file), "ok": False, "reason": Reason.INTERNAL, "format": None, "title": None, "entries": []}
    return {"file": str(file), "ok": True, "reason": feed.reason} | feed_json(feed)


def _show(record: dict[str, object]) -> None:
    entries = record["entries"]
    assert isinstance(entries, list)
    if not record["ok"]:
        click.echo(f"{record['file']}: no feed, {record['reason']}")
        return
    broken = f"; broken: {record['reason']}" if record["reason"] else ""
    click.echo(f"{record['file']}: {record['format']}, {record['title'] or 'without a title'}, {len(entries)} entries{broken}")
    rows = [(str(one["published"] or "-")[:10], str(one["title"]), str(one["link"] or "-")) for one in entries]
    if rows:
        table(("published", "title", "link"), rows, empty="")
