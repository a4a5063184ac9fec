"""`aseanwatch sources`: what is watched, how it fares, and a try of one source."""

from collections import Counter
from pathlib import Path

import click

from aseanwatch.cli.options import json_option, settings_from, settings_options
from aseanwatch.cli.output import moment, table, write_json
from aseanwatch.cli.sources_add import add
from aseanwatch.cli.sources_change import disable, enable, move, remove
from aseanwatch.cli.sources_check import check
from aseanwatch.cli.sources_opml import export, import_
from aseanwatch.records import listed_json, source_json
from core.errors import AseanwatchError
from core.sources import Entry, Feed, Polling, Source

STATUSES = ("ok", "failing", "waiting", "off")
"""ok: the last poll went well; failing: it did not; waiting: never polled; off: not watched."""


@click.group()
def sources() -> None:
    """List and test the sources that are watched, switch them on and off, add your own.

    Sources are declared in TOML files: those that come with the program, those that `[catalogue] files` in the settings names, and
    last the changes that these commands write into sources.toml in the data folder. An upgrade leaves your changes alone, and a
    watch that is running goes by them from its next tick on.

    \b
    Examples:
      aseanwatch sources list --status failing
      aseanwatch sources check
      aseanwatch sources add https://www.mfa.example/
      aseanwatch sources disable rappler --reason "we have it from ANN"
    """


for command in (add, check, enable, disable, move, remove, import_, export):
    sources.add_command(command)


@sources.command("list")
@click.option("--status", type=click.Choice(STATUSES), help="Only sources in this state.")
@json_option
@settings_options
def list_(status: str | None, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """List the sources: how the last poll went, what is wrong, when the next is due, how many entries came. Those that are off come last.

    \b
    Examples:
      aseanwatch sources list
      aseanwatch sources list --status failing --json
    """
    from aseanwatch import wiring
    from aseanwatch.fare import fare_json

    settings = settings_from(config, data_dir)
    with wiring.watched(settings) as (known, store):
        counts = store.entry_counts() if store else {}
        rows = [(source, polling, status_of(source, polling), counts.get(source.id, 0)) for source, polling in known]
    rows = sorted((row for row in rows if status in (None, row[2])), key=lambda row: row[2] == "off")
    if as_json:
        calendar, now = wiring.calendar(settings.rules.files), wiring.SystemClock().now()
        for source, polling, state, entries in rows:
            write_json(source_json(source, polling, state, entries) | fare_json(source, polling, calendar, now))
        return
    shown = [
        (
            source.id,
            source.publisher,
            state,
            polling.reason or "",
            ", ".join(polling.troubles),
            moment(polling.last_success_at),
            moment(polling.next_poll_at),
            str(entries),
        )
        for source, polling, state, entries in rows
    ]
    table(("source", "publisher", "status", "reason", "troubles", "last success", "next poll", "entries"), shown, empty="No such source.")
    totals = Counter(state for _, _, state, _ in rows)
    click.echo(", ".join(f"{totals[name]} {name}" for name in STATUSES if totals[name]))


@sources.command()
@click.argument("source")
@json_option
@settings_options
def show(source: str, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Show one source: its settings, how it fares, when it is asked next and why, its latest entries, how to switch it off or on.

    \b
    Examples:
      aseanwatch sources show vna-en
    """
    from aseanwatch import wiring
    from aseanwatch.fare import fare_json, gaps

    settings = settings_from(config, data_dir)
    with wiring.watched(settings) as (known, store):
        one, polling = _find(known, source)
        missed = gaps(store, one.id) if store else []
        entries = [entry for entry, _ in store.entries(source=one.id, limit=10)] if store else []
        count = store.entry_counts().get(one.id, 0) if store else 0
    listed = next(listing for listing in wiring.listings(settings) if listing.source.id == one.id)
    fare = fare_json(one, polling, wiring.calendar(settings.rules.files), wiring.SystemClock().now())
    record = source_json(one, polling, status_of(one, polling), count) | fare | listed_json(listed)
    record["gaps"] = [event.at.isoformat() for event in missed]
    if as_json:
        write_json(record)
        return
    for name, value in record.items():
        if value not in (None, "", []):
            click.echo(f"  {name:<20}{', '.join(map(str, value)) if isinstance(value, list) else value}")
    _list_entries(entries)
    click.echo(f"\nTo switch it {'off' if one.enabled else 'on'}: aseanwatch sources {'disable' if one.enabled else 'enable'} {one.id}")


@sources.command()
@click.argument("source")
@json_option
@settings_options
def test(source: str, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Fetch and parse a source (an id, or the URL of a feed) and show what came. Nothing is kept.

    \b
    Examples:
      aseanwatch sources test vna-en
      aseanwatch sources test https://example.org/rss
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    if "://" in source:
        one = Source(id="test", url=source, publisher="test")
    else:
        one, _ = _find([(known, Polling()) for known in wiring.catalogue(settings)], source)
    feed = wiring.try_source(settings, one)
    if as_json:
        write_json(feed_json(feed))
        return
    click.echo(f"{one.url}: {feed.format}, {feed.title or 'without a title'}, {len(feed.entries)} entries")
    if feed.reason:
        click.echo(f"The feed is broken: {feed.reason}{': ' + feed.detail if feed.detail else ''}")
    _list_entries(feed.entries[:10])


def feed_json(feed: Feed) -> dict[str, object]:
    """A feed and its entries, as `parse` and `sources test` write them."""
    return {
        "format": feed.format,
        "title": feed.title,
        "entries": [
            {
                "identity": entry.identity,
                "title": entry.title,
                "link": entry.link,
                "published": entry.published.isoformat() if entry.published else None,
                "summary": entry.summary,
            }
            for entry in feed.entries
        ],
    }


def status_of(source: Source, polling: Polling) -> str:
    """The one of STATUSES in which a source is."""
    if not source.enabled:
        return "off"
    if polling.failures:
        return "failing"
    return "ok" if polling.last_success_at else "waiting"


def _find(known: list[tuple[Source, Polling]], name: str) -> tuple[Source, Polling]:
    for source, polling in known:
        if source.id == name:
            return source, polling
    raise AseanwatchError("no such source; `aseanwatch sources list` names them", subject=name)


def _list_entries(entries: list[Entry] | tuple[Entry, ...]) -> None:
    if entries:
        rows = [(moment(entry.published)[:10], entry.title, entry.link or "-") for entry in entries]
        table(("published", "title", "link"), rows, empty="")
