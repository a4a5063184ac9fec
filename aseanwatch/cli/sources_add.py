"""`aseanwatch sources add`: from the address of a site to a source, by way of a preview."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from aseanwatch.cli.options import json_option, settings_from, settings_options
from aseanwatch.cli.output import complain, moment, table, write_json
from aseanwatch.contract import reading_json
from aseanwatch.probe import PageRead, Preview
from aseanwatch.records import iso
from core.errors import AseanwatchError
from core.sources import Source, SourceKind, Tier

if TYPE_CHECKING:
    from ingest.discovery import Discovery, Found

_SHOWN = 8
"""Items of a feed that a preview lists."""


@click.command()
@click.argument("url")
@click.option("--id", "name", help="The name of the source for ever after; made of its title when left out.")
@click.option("--publisher", help="As it stands in alerts; the title of the feed when left out.")
@click.option("--tier", type=click.Choice([tier.value for tier in Tier]), default=Tier.PRESS.value, help="How near it is to the deed.")
@click.option("--country", help="Two letters, or an institution such as ASEAN; by the domain when left out.")
@click.option("--language", help="Two or three letters; by what was read when left out.")
@click.option("--kind", type=click.Choice([kind.value for kind in SourceKind]), help="What stands at URL; found out when left out.")
@click.option("--selector", help="Of a list page: the CSS selector of its links (goes with --kind listing).")
@click.option("--interval", help="Time between polls, such as 5m or 1h; by the tier when left out.")
@click.option("--yes", is_flag=True, help="Save without asking; of several feeds the first.")
@json_option
@settings_options
@click.pass_context
def add(
    ctx: click.Context,
    url: str,
    name: str | None,
    publisher: str | None,
    tier: str,
    country: str | None,
    language: str | None,
    kind: str | None,
    selector: str | None,
    interval: str | None,
    yes: bool,
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
) -> None:
    """Find the feed of a site, show what it would bring, and watch it if you say yes.

    URL is the address of a feed or of any page of the site: feeds are looked for in what the page declares, in what WordPress offers
    (its search for ASEAN among it), in the sitemaps of robots.txt and at the usual places. Then the feed is shown with its latest
    items, and its first pages are fetched and read: what would be taken for relevant, at which stage, with which outcomes and on
    which words. Nothing is kept before you say yes. The first poll's items are history: nobody is alerted of them.

    With --json nothing is asked, and nothing saved without --yes. The exit code is 1 when nothing was found or nothing was saved.

    \b
    Examples:
      aseanwatch sources add https://www.mfa.example/
      aseanwatch sources add https://ministry.example/rss.xml --tier official --country TH --id th-mfa --yes
      aseanwatch sources add https://agency.example/news --kind listing --selector "a[href*='detail']"
    """
    from aseanwatch import wiring
    from ingest.catalogue import declared

    if (kind == SourceKind.LISTING) != (selector is not None):
        raise click.UsageError("--kind listing and --selector go together: a list page needs the CSS selector of its links")
    settings = settings_from(config, data_dir)
    listed = wiring.catalogue(settings)
    _refuse_listed(url, listed)
    with wiring.probe(settings) as probe:
        if kind is None:
            found = _chosen(probe.discover(url), url, ask=not (yes or as_json))
            url, kind, feed = found.candidate.url, found.candidate.kind.value, found.feed
            _refuse_listed(url, listed)
        else:
            _, feed = probe.feed(Source(id="probe", url=url, publisher="", kind=SourceKind(kind), selector=selector))
        given = {"publisher": publisher, "country": country, "language": language, "selector": selector, "interval": interval}
        values = _values(name, url, {**given, "tier": tier, "kind": kind}, feed.title, listed)
        seen = probe.preview(declared(values), feed, listed, wiring.reader(settings))
    if language is None:
        values["language"] = seen.source.language
    if as_json:
        write_json(preview_json(seen) | {"saved": yes})
    else:
        _show(seen)
    if as_json and not yes:
        return
    if not yes and not _agreed():
        complain("nothing was saved; with --yes it is, without asking")
        ctx.exit(1)
    with wiring.changing_sources(settings) as changes:
        changes.add({seen.source.id: {key: value for key, value in values.items() if key != "id"}})
    if not as_json:
        click.echo(f"{seen.source.id} is watched; `aseanwatch sources show {seen.source.id}` tells how it fares")


def preview_json(seen: Preview) -> dict[str, object]:
    """A preview, for programs; each page's reading in the form of the contract."""
    source = seen.source
    return {
        "id": source.id,
        "url": source.url,
        "publisher": source.publisher,
        "kind": source.kind,
        "country": source.country,
        "language": source.language,
        "tier": source.tier,
        "selector": source.selector,
        "title": seen.feed.title,
        "format": seen.feed.format,
        "broken": seen.feed.detail or seen.feed.reason if seen.feed.reason else None,
        "items": len(seen.feed.entries),
        "newest": [{"title": one.title, "link": one.link, "published": iso(one.published)} for one in seen.feed.entries[:_SHOWN]],
        "gap_seconds": seen.gap.total_seconds() if seen.gap else None,
        "pages": seen.robots or "allowed",
        "read": [_page_json(page) for page in seen.pages],
        "same_site": [one.id for one in seen.same_site],
    }


def _page_json(page: PageRead) -> dict[str, object]:
    title = page.entry.title
    read = reading_json(page.entry.link or page.entry.identity, page.reading) if page.reading else None
    return {"title": title, "reason": page.reason, "characters": page.characters, "reading": read}


def _refuse_listed(url: str, listed: Sequence[Source]) -> None:
    """Refuses an address that is watched, or could be."""
    from ingest.naming import same_address
    from ingest.urls import BadUrl, target

    try:
        wanted = same_address(target(url).url)
    except BadUrl as error:
        raise AseanwatchError(f"{error}; an address begins with https://", subject=url) from error
    for source in listed:
        if same_address(source.url) == wanted:
            remedy = "it is watched" if source.enabled else f"`aseanwatch sources enable {source.id}` switches it on"
            raise AseanwatchError(f"is listed as {source.id} already; {remedy}", subject=url)


def _agreed() -> bool:
    """Whether the user says yes; nobody at the keyboard says no."""
    try:
        return click.confirm("\nWatch it?", default=False)
    except click.Abort:
        click.echo()
        return False


def _chosen(discovery: "Discovery", url: str, *, ask: bool) -> "Found":
    """The feed that was found, the one that the user picks of several, or the first where nobody may be asked."""
    found = discovery.found
    if not found:
        tried = ", ".join(f"{address} ({reason})" for address, reason in discovery.tried)
        remedy = "give the address of a feed, or that of a list page with --kind listing --selector"
        raise AseanwatchError(f"no feed was found; {remedy}. Tried: {tried}", subject=url)
    if len(found) == 1 or not ask:
        return found[0]
    rows = [
        (str(number), one.feed.title or one.candidate.title or "-", one.feed.format, str(len(one.feed.entries)), one.candidate.url)
        for number, one in enumerate(found, 1)
    ]
    table(("", "title", "format", "items", "address"), rows, empty="")
    number = click.prompt("Which one?", type=click.IntRange(1, len(found)), default=1)
    return found[number - 1]


def _values(name: str | None, url: str, given: dict[str, str | None], title: str, listed: Sequence[Source]) -> dict[str, str | bool | None]:
    """What the new source's table is to say. Raises ConfigError, AseanwatchError."""
    from ingest.naming import country_of, source_id

    taken = {source.id for source in listed}
    if name in taken:
        raise AseanwatchError("there is a source of this id already; choose another with --id", subject=str(name))
    publisher = given["publisher"] or title or (urlsplit(url).hostname or "")
    country = given["country"] if given["country"] is not None else country_of(url)
    zone = next((source.zone for source in listed if source.zone and source.country == country), None)
    kind = None if given["kind"] == SourceKind.FEED else given["kind"]
    fields = {**given, "kind": kind, "publisher": publisher, "country": country or None, "zone": zone}
    values = {"id": name or source_id(publisher, url, taken), "url": url, **fields}
    return {key: value for key, value in values.items() if value is not None}


def _show(seen: Preview) -> None:
    source, feed = seen.source, seen.feed
    click.echo(f"{feed.title or 'without a title'}\n")
    told = {
        "id": source.id,
        "address": source.url,
        "publisher": source.publisher,
        "kind": f"{source.kind} ({feed.format})",
        "country": source.country or "unknown; --country says it",
        "language": source.language,
        "tier": source.tier,
        "items": f"{len(feed.entries)}{f', but the feed is broken: {feed.detail or feed.reason}' if feed.reason else ''}",
        "moves": _pace(seen.gap),
        "pages": "robots.txt lets them be read" if seen.robots is None else f"cannot be read ({seen.robots}); the feed's own words are",
        "same site": ", ".join(f"{one.id}{'' if one.enabled else ' (off)'}" for one in seen.same_site) or "nothing is listed yet",
    }
    for key, value in told.items():
        click.echo(f"  {key:<12}{value}")
    click.echo()
    table(("published", "title"), [(moment(one.published)[:16], one.title) for one in feed.entries[:_SHOWN]], empty="It holds no items.")
    for page in seen.pages:
        _show_page(page)


def _show_page(page: PageRead) -> None:
    """What would be read of one page, with the words on which it is."""
    reading = page.reading
    from_feed = f" (from the feed's words: {page.reason})" if page.reason else ""
    click.echo(f"{page.entry.title}{from_feed}")
    if reading is None:
        click.echo("  nothing to read")
        return
    verdict = f"relevant, {reading.stage}" if reading.relevant else "not relevant"
    click.echo(f"  {verdict}; language {reading.language}; {page.characters} characters")
    for sighting in reading.sightings:
        click.echo(f"  {sighting.type}, {sighting.status}: {sighting.title}")
        click.echo(f'    "{sighting.evidence.span.quote}"')


def _pace(gap: timedelta | None) -> str:
    """How often something new comes, in words."""
    if gap is None:
        return "its dates do not tell how often"
    minutes = gap.total_seconds() / 60
    if minutes < 90:
        return f"an item every {minutes:.0f} min"
    return f"an item every {minutes / 60:.0f} h" if minutes < 60 * 36 else f"an item every {minutes / 60 / 24:.0f} days"
