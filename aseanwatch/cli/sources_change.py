"""`aseanwatch sources enable`, `disable`, `move` and `remove`: what a user changes of sources that are listed."""

from collections.abc import Collection
from pathlib import Path

import click

from aseanwatch.cli.options import settings_from, settings_options
from core.errors import AseanwatchError


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@settings_options
def enable(ids: tuple[str, ...], config: Path | None, data_dir: Path | None) -> None:
    """Switch sources on. A watch that is running polls them at its next tick.

    What a publisher's terms of use ask or forbid is said; to keep to them is then up to you.

    \b
    Examples:
      aseanwatch sources enable vna-zh nhandan-vi
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    known = {listing.source.id: listing for listing in wiring.listings(settings)}
    _require(ids, known)
    with wiring.changing_sources(settings) as changes:
        for name in ids:
            changes.change(name, {"enabled": True, "off": None})
    for name in ids:
        terms = known[name].terms
        click.echo(f"{name} is on{'' if not terms else f'; its terms of use: {terms}'}")


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", help="Why; `sources show` tells it to whoever asks later.")
@settings_options
def disable(ids: tuple[str, ...], reason: str | None, config: Path | None, data_dir: Path | None) -> None:
    """Switch sources off. What they brought stays; a watch that is running polls them no more.

    \b
    Examples:
      aseanwatch sources disable rappler
      aseanwatch sources disable cna-asia st-asia --reason "covered by ANN"
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    _require(ids, {source.id: source for source in wiring.catalogue(settings)})
    with wiring.changing_sources(settings) as changes:
        for name in ids:
            changes.change(name, {"enabled": False, "off": reason})
    for name in ids:
        click.echo(f"{name} is off{f': {reason}' if reason else ''}")


@click.command()
@click.argument("source", metavar="ID")
@click.argument("url")
@settings_options
def move(source: str, url: str, config: Path | None, data_dir: Path | None) -> None:
    """Give a source another address, as after a permanent redirect. It keeps its history: what is known stays known.

    Try the address first: `aseanwatch sources test URL`.

    \b
    Examples:
      aseanwatch sources move tuoitre-news https://news.tuoitre.vn/rss/politics.rss
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    known = {one.id: one for one in wiring.catalogue(settings)}
    _require([source], known)
    for other in known.values():
        if other.url == url and other.id != source:
            raise AseanwatchError(f"{other.id} has this address already; switch {source} off instead", subject=url)
    with wiring.changing_sources(settings) as changes:
        changes.change(source, {"url": url})
    click.echo(f"{source} is at {url} now; it was at {known[source].url}")


@click.command()
@click.argument("source", metavar="ID")
@settings_options
def remove(source: str, config: Path | None, data_dir: Path | None) -> None:
    """Take out a source that you added. What it brought stays on record. One that you did not add can only be switched off.

    Of a source that an upgrade dropped it forgets what you said of it.

    \b
    Examples:
      aseanwatch sources remove my-ministry
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    if source in {listing.source.id for listing in wiring.listings_without_changes(settings)}:
        remedy = f"switch it off with `aseanwatch sources disable {source}`"
        raise AseanwatchError(f"comes with the program or a file that your settings name; {remedy}", subject=source)
    _require([source], wiring.changed_sources(settings))
    with wiring.changing_sources(settings) as changes:
        changes.remove(source)
    click.echo(f"{source} is no longer listed")


def _require(ids: tuple[str, ...] | list[str], known: Collection[str]) -> None:
    """Refuses the first of `ids` that is not `known`."""
    for name in ids:
        if name not in known:
            raise AseanwatchError("no such source; `aseanwatch sources list` names them", subject=name)
