"""`aseanwatch classify`: JSON lines in, one classification a line out; no database, no network."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

from aseanwatch.cli.output import complain, progress, write_json
from aseanwatch.contract import BadItem, article_from_item, reading_json
from classifiers import Reader, load_reader


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option(
    "--rules", multiple=True, type=click.Path(exists=True, path_type=Path), help="More rules: a file or a folder; may be repeated."
)
@click.pass_context
def classify(ctx: click.Context, file: IO[bytes], rules: tuple[Path, ...]) -> None:
    """Say of each text which meetings, topics and outcomes it reports, and whether it is worth an alert. No database, no network.

    FILE holds one JSON item a line: {"id", "title", "text", "published", "url", "lang"}; what is missing counts as empty.
    One classification a line goes to standard output, in the same order; docs/reference/contract.md has its fields.
    A line that is no item is told on standard error with its number, the others are answered all the same, and the exit code is 1.

    \b
    Examples:
      aseanwatch classify articles.jsonl > readings.jsonl
      echo '{"id": 1, "text": "ASEAN foreign ministers adopted a joint communique."}' | aseanwatch classify
      aseanwatch classify --rules my-topics.toml articles.jsonl
    """
    reader = load_reader(rules)
    if file.isatty():
        complain("reading JSON lines from the keyboard; Ctrl-D ends")
    bad = 0
    with progress("classify", None) as step:
        for number, line in _lines(file):
            try:
                write_json(_answer(reader, line, number))
            except BadItem as error:
                complain(f"line {number}: {error}")
                bad += 1
            step()
    if bad:
        complain(f"{bad} line{'s' if bad > 1 else ''} could not be read")
        ctx.exit(1)


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, numbered from 1; a byte order mark at the front is no part of the first."""
    for number, line in enumerate(file, 1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield number, line


def _answer(reader: Reader, line: bytes, number: int) -> dict[str, Any]:
    """The classification of the item on a line. Raises BadItem."""
    try:
        item = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadItem(f"is not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        raise BadItem(f"is not JSON: {error.msg} (column {error.colno})") from error
    except (ValueError, RecursionError) as error:
        raise BadItem(f"is JSON that no item needs: {error}") from error
    article = article_from_item(item)
    if item.get("published") and article.published is None:
        complain(f'line {number}: "published" is no ISO 8601 time ({item["published"][:40]!r}); read as a text without a date')
    try:
        reading = reader.read(article)
    except Exception as error:  # the one boundary of this item
        raise BadItem(f"could not be read ({type(error).__name__}: {error})") from error
    given = item.get("id")
    return reading_json("" if given is None else given, reading)
