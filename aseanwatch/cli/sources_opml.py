"""`aseanwatch sources import` and `export`: subscriptions as feed readers pass them to one another (OPML)."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from aseanwatch.cli.options import json_option, settings_from, settings_options
from aseanwatch.cli.output import complain, table, write_json
from core.sources import Source, SourceKind, Tier

if TYPE_CHECKING:
    from ingest.changes import Value
    from ingest.opml import Subscription


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--tier", type=click.Choice([tier.value for tier in Tier]), default=Tier.PRESS.value, help="Of all of them.")
@click.option("--country", help="Of all of them; by the domain of each when left out.")
@click.option("--language", default="en", show_default=True, help="Of all of them.")
@click.option("--off", is_flag=True, help="List them, but do not watch them yet.")
@click.option("--dry-run", is_flag=True, help="Show what would be added, and add nothing.")
@json_option
@settings_options
def import_(
    file: IO[bytes],
    tier: str,
    country: str | None,
    language: str,
    off: bool,
    dry_run: bool,
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
) -> None:
    """Add the feeds of an OPML file; `-` is standard input. Nothing is fetched.

    Folders become the section, nested ones with slashes. A feed that is listed already, or twice in the file, is named and left out.
    `aseanwatch sources check` tries the new ones.

    \b
    Examples:
      aseanwatch sources import subscriptions.opml --dry-run
      aseanwatch sources import subscriptions.opml --tier think_tank --off
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    found = wiring.subscriptions(file.read(), Path(file.name).name)
    fresh, left_out = _sorted_out(found.feeds, wiring.catalogue(settings), {"tier": tier, "country": country, "language": language})
    left_out += [(url, "a list of feeds, not a feed; import it by itself") for url in found.lists]
    if fresh and not dry_run:
        with wiring.changing_sources(settings) as changes:
            changes.add({name: values | ({"enabled": False} if off else {}) for name, values in fresh})
    if as_json:
        for name, values in fresh:
            write_json({"id": name, **values, "added": not dry_run})
        for url, reason in left_out:
            write_json({"id": None, "url": url, "added": False, "reason": reason})
        return
    rows = [(name, str(values["publisher"]), str(values.get("section", "")), str(values["url"])) for name, values in fresh]
    table(("source", "publisher", "section", "address"), rows, empty="Nothing new in it.")
    for url, reason in left_out:
        complain(f"left out: {url}: {reason}")
    click.echo(f"{len(fresh)} {'would be added' if dry_run else 'added'}, {len(left_out)} left out")


@click.command()
@click.option(
    "--opml",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default="-",
    help="Where to; - is standard output.",
)
@click.option("--all", "everything", is_flag=True, help="Those that are off, too.")
@settings_options
def export(file: Path, everything: bool, config: Path | None, data_dir: Path | None) -> None:
    """Write the feeds that are watched as OPML 2.0, for a feed reader or another installation. Sections become folders.

    Sitemaps and list pages, which no feed reader knows, are left out and named.

    \b
    Examples:
      aseanwatch sources export > sources.opml
      aseanwatch sources export --all --opml sources.opml
    """
    from aseanwatch import wiring
    from ingest.opml import Subscription, write_opml

    wanted = [listing for listing in wiring.listings(settings_from(config, data_dir)) if listing.source.enabled or everything]
    feeds = [listing for listing in wanted if listing.source.kind is SourceKind.FEED]
    document = write_opml(
        ((Subscription(url=one.source.url, title=one.source.publisher, section=one.section), one.source.language) for one in feeds),
        title="Sources of aseanwatch",
        now=datetime.now(UTC),
    )
    if str(file) == "-":
        sys.stdout.buffer.write(document.encode())
        sys.stdout.flush()
    else:
        file.write_text(document, encoding="utf-8")
        complain(f"{len(feeds)} feeds written to {file}")
    for one in wanted:
        if one.source.kind is not SourceKind.FEED:
            complain(f"left out: {one.source.id}: a {one.source.kind} is nothing for a feed reader")


def _sorted_out(
    feeds: "Sequence[Subscription]", listed: Sequence[Source], given: dict[str, str | None]
) -> "tuple[list[tuple[str, dict[str, Value]]], list[tuple[str, str]]]":
    """New source -> what its table says; and what is left out, each with why."""
    from ingest.naming import country_of, same_address, source_id
    from ingest.urls import BadUrl, target

    holders = {same_address(source.url): source.id for source in listed}
    taken = {source.id for source in listed}
    fresh: list[tuple[str, dict[str, Value]]] = []
    left_out: list[tuple[str, str]] = []
    for feed in feeds:
        try:
            url = target(feed.url).url
        except BadUrl as error:
            left_out.append((feed.url, f"url {error}"))
            continue
        if holder := holders.get(same_address(url)):
            left_out.append((url, f"is {holder} already"))
            continue
        publisher = feed.title or target(url).host
        name = source_id(publisher, url, taken)
        taken.add(name)
        holders[same_address(url)] = name
        country = given["country"] if given["country"] is not None else country_of(url)
        values = {"url": url, "publisher": publisher, **given, "country": country or None, "section": feed.section or None}
        fresh.append((name, {key: value for key, value in values.items() if value is not None}))
    return fresh, left_out
