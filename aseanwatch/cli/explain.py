"""`aseanwatch explain`: why a text is read as it is, on a terminal in colours, elsewhere in brackets."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from aseanwatch.cli.options import Day, json_option, settings_from, settings_options
from aseanwatch.cli.output import complain, write_json
from aseanwatch.cli.rules import rules_option
from aseanwatch.contract import BadItem, article_from_item
from aseanwatch.explain import MARKS, Piece, explanation_json, told
from aseanwatch.explain import explain as explanation_of
from aseanwatch.settings import Settings
from classifiers import load_reader
from core.articles import Article
from core.errors import AseanwatchError
from core.sources import Entry, Response, Source
from core.texts import normal

_MARKUP = re.compile(rb"<(?:!doctype html|html|head|body|article|div|p)\b", re.IGNORECASE)
_COLOURS = {
    "act": "bold green",
    "object": "bold cyan",
    "actor": "bold magenta",
    "modality": "bold yellow",
    "time": "bold blue",
    "head": "bold",
    "yes": "green",
    "no": "red",
    "near": "yellow",
    "dim": "dim",
}


@click.command()
@click.argument("target")
@click.option("--id", "wanted", help="Of a file with several items, only this one.")
@click.option("--title", default="", help="Title of a text that comes without one.")
@click.option("--published", type=Day(), help="Date of a text that comes without one.")
@rules_option
@json_option
@settings_options
def explain(
    target: str,
    wanted: str | None,
    title: str,
    published: datetime | None,
    rules: tuple[Path, ...],
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
) -> None:
    """Show why a text is read as it is: each label with its words and weights, then the story sentence by sentence.

    TARGET is a file (plain text, an HTML page, JSON items), - for standard input, or the URL or key of a stored article.
    In a sentence that reports an outcome, its act, object, actor, modality and time are marked; beneath it stand the rules that fired,
    or what kept an outcome out. What is page furniture stands in its place with the reason.

    \b
    Examples:
      aseanwatch explain article.txt --title "ASEAN ministers meet" --published 2024-07-27
      aseanwatch explain articles.jsonl --id da001
      aseanwatch explain https://example.org/news/1 --json
    """
    settings = settings_from(config, data_dir)
    reader = load_reader(rules or settings.rules.files)
    articles = _articles(target, settings)
    chosen = [article for article in articles if wanted is None or article.key == wanted]
    if not chosen:
        raise AseanwatchError("holds no such item" if wanted else "holds no item", subject=f"{target} {wanted or ''}".strip())
    for article in chosen:
        dated = replace(article, title=article.title or title, published=article.published or published)
        explanation = explanation_of(reader, dated)
        if as_json:
            write_json(explanation_json(explanation))
        else:
            _print(told(explanation))


def _articles(target: str, settings: Settings) -> list[Article]:
    """The articles that TARGET stands for. Raises AseanwatchError when there are none."""
    if target == "-":
        return list(_from_bytes(sys.stdin.buffer.read(), "standard input"))
    path = Path(target)
    if path.is_file():
        return list(_from_bytes(path.read_bytes(), target))
    return [_stored(target, settings)]


def _from_bytes(body: bytes, where: str) -> Iterator[Article]:
    """The articles in a file, by what it looks like: JSON items, a page, or plain text."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        yield from _items(body.decode("utf-8-sig", "replace"), where)
    elif _MARKUP.search(body[:4000]):
        yield _page(body, where)
    else:
        yield Article(key=where, url="", title="", text=normal(body.decode("utf-8-sig", "replace")).strip(), extractor="file")


def _items(text: str, where: str) -> Iterator[Article]:
    """One JSON object, however it is laid out, or JSON lines; a line that is no item is told and passed over."""
    try:
        yield article_from_item(json.loads(text))
        return
    except ValueError:
        pass  # more than one line of JSON
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield article_from_item(json.loads(line))
        except (ValueError, RecursionError) as error:
            complain(f"{where}: line {number}: {error if isinstance(error, BadItem) else 'is not JSON'}")


def _page(body: bytes, where: str) -> Article:
    """The article of an HTML page, extracted as the watch does it: in a process of its own, on the clock."""
    from ingest.workers import PageExtractor

    source = Source(id="file", url=f"file:{where}", publisher="")
    entry = Entry(source="file", identity=where, link=None, title="")
    response = Response(url="https://example.org/page", status=200, body=body, headers={"content-type": "text/html"})
    with closing(PageExtractor()) as extractor:
        return replace(extractor.extract(source, entry, response, datetime.now(UTC)), key=where, url="")


def _stored(target: str, settings: Settings) -> Article:
    """The stored article of that key, or of the page at that URL."""
    from aseanwatch import wiring
    from ingest.urls import BadUrl, article_key

    if not wiring.has_database(settings):
        raise AseanwatchError("there is no such file, and no database yet", subject=target)
    keys = [target]
    if "://" in target:
        try:
            keys.append(article_key(target))
        except BadUrl as error:
            raise AseanwatchError(f"is no URL that can be looked up ({error})", subject=target) from error
    with wiring.storage(settings) as store:
        article = next((found for found in map(store.article, keys) if found is not None), None)
        reading = store.reading(article.key) if article else None
    if article is None:
        raise AseanwatchError("there is no such file, and no stored article of that key or URL", subject=target)
    if reading is not None:
        complain(f"on record: stage {reading.stage}, alert {'yes' if reading.alert else 'no'}, by rule set {reading.ruleset or 'unknown'}")
    return article


def _print(lines: Iterable[Sequence[Piece]]) -> None:
    if not sys.stdout.isatty():
        for line in lines:
            click.echo("".join(f"[{piece.style}:{piece.text}]" if piece.style in MARKS else piece.text for piece in line))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        # `Text` takes what it is given as it is: brackets in an article are no mark-up.
        console.print(Text.assemble(*((piece.text, _COLOURS.get(piece.style, "")) for piece in line)))
