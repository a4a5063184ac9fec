"""`aseanwatch parse`: files of feeds and sitemaps, or of pages and PDFs, as if their bytes had just been received."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import click

from aseanwatch.cli.options import json_option
from aseanwatch.cli.output import complain, progress, table, write_json
from aseanwatch.cli.sources import feed_json
from core.errors import ParseError, ReasonedError
from core.reasons import Reason
from core.sources import Entry, Response, Source

_MOST = 10_000_000
"""Bytes: the watch takes no larger feed either."""
_NO_FEED: dict[str, object] = {"format": None, "title": None, "entries": []}
_NO_ARTICLE: dict[str, object] = {"title": None, "published": None, "flags": [], "text": ""}

Record = dict[str, object]
Read = Callable[[Source, Response], Record]
"""What a body holds, as a record. Raises ReasonedError."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--pages", is_flag=True, help="The files are pages of articles, or PDFs.")
@json_option
def parse(paths: tuple[Path, ...], pages: bool, as_json: bool) -> None:
    """Parse feeds and sitemaps, or pages and PDFs, and show what they hold. No network, no database. A folder: every file in it.

    With --json one object a file: {"file", "ok", "reason", "format", "title", "entries"}, or with --pages {"file", "ok", "reason", "title",
    "published", "flags", "text"}; `ok` is false for what is no feed, or holds no article.

    \b
    Examples:
      aseanwatch parse feed.xml
      aseanwatch parse folder/ --json
      aseanwatch parse --pages page.html
    """
    show = _show_page if pages else _show_feed
    files = list(_files(paths))
    with closing(_Pages() if pages else _Feeds()) as reader, progress("parse", len(files)) as step:
        for file in files:
            record = _answer(file, reader.read, _NO_ARTICLE if pages else _NO_FEED)
            if as_json:
                write_json(record)
            else:
                show(record)
            step()


class _Feeds:
    """Reads feeds."""

    def __init__(self) -> None:
        from aseanwatch import wiring

        self._parser = wiring.parser()

    def read(self, source: Source, response: Response) -> Record:
        feed = self._parser.parse(source, response, datetime.now(UTC))
        return {"reason": feed.reason} | feed_json(feed)

    def close(self) -> None:
        self._parser.close()


class _Pages:
    """Reads pages of articles."""

    def __init__(self) -> None:
        from aseanwatch import wiring

        self._extractor = wiring.extractor()

    def read(self, source: Source, response: Response) -> Record:
        entry = Entry(source=source.id, identity=source.url, link=None, title="")
        article = self._extractor.extract(source, entry, response, datetime.now(UTC))
        published = article.published.isoformat() if article.published else None
        return {"reason": None, "title": article.title, "published": published, "flags": list(article.flags), "text": article.text}

    def close(self) -> None:
        self._extractor.close()


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file())
        elif path.is_file():
            yield path


def _answer(file: Path, read: Read, nothing: Record) -> Record:
    """One file's answer. Whatever it holds, and even when it cannot be read, there is one."""
    source = Source(id="file", url="https://file.invalid/" + quote(file.name), publisher="file")
    try:
        with file.open("rb") as opened:
            body = opened.read(_MOST + 1)
        if len(body) > _MOST:
            raise ParseError(Reason.BODY_TOO_LARGE, subject=str(file))
        return {"file": str(file), "ok": True} | read(source, Response(url=source.url, status=200, body=body))
    except ReasonedError as error:
        return {"file": str(file), "ok": False, "reason": error.reason} | nothing
    except OSError as error:
        complain(f"{file}: {error.strerror}")
        return {"file": str(file), "ok": False, "reason": Reason.INTERNAL} | nothing


def _show_page(record: Record) -> None:
    if not record["ok"]:
        click.echo(f"{record['file']}: no article, {record['reason']}")
        return
    flags = record["flags"]
    assert isinstance(flags, list)
    published = str(record["published"] or "no date")[:10]
    click.echo("; ".join([f"{record['file']}: {record['title'] or 'without a title'}", published, *flags]))
    click.echo(f"{record['text']}\n")


def _show_feed(record: Record) -> None:
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
