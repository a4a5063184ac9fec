"""`aseanwatch sources check`: tries many sources at once, and says how each answers."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import click

from aseanwatch.cli.options import json_option, settings_from, settings_options
from aseanwatch.cli.output import moment, progress, table, write_json
from aseanwatch.probe import Checked, KnownNames, Probe
from aseanwatch.records import iso
from core.errors import AseanwatchError
from core.sources import Source


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Those that are off, too, but for what their terms of use forbid.")
@json_option
@settings_options
@click.pass_context
def check(ctx: click.Context, ids: tuple[str, ...], everything: bool, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Try sources now, those that are on or those that are named, and show how each answers. Nothing is kept.

    As polite as the watch: one request at a time to each host, the hosts side by side. `known` says how many of the items are stored
    already: none of many, on a source that was polled before, is a feed that has changed its ways. `pages` says whether robots.txt
    lets the linked pages be read. `moved to` is where permanent redirects lead: `aseanwatch sources move` takes that over.
    The exit code is 1 when some source failed.

    \b
    Examples:
      aseanwatch sources check
      aseanwatch sources check vna-en bernama-en
      aseanwatch sources check --all --json > answers.jsonl
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    wanted = _chosen([(listing.source, listing.off) for listing in wiring.listings(settings)], ids, everything)
    with wiring.probe(settings) as probe, wiring.known_names(settings) as known, progress("check", len(wanted)) as step:
        answers = sorted(_checked(probe, wanted, known, settings.fetch.concurrency, step), key=lambda one: one.source.id)
    failed = sum(one.reason is not None for one in answers)
    if as_json:
        for one in answers:
            write_json(checked_json(one))
    else:
        table(
            ("source", "answer", "format", "items", "known", "newest", "pages", "seconds", "moved to"),
            [_row(one) for one in sorted(answers, key=lambda one: one.reason is not None)],
            empty="No source is switched on; `aseanwatch sources enable ID` switches one on.",
        )
        click.echo(f"{len(answers) - failed} answered, {failed} failed")
    ctx.exit(1 if failed else 0)


def checked_json(one: Checked) -> dict[str, object]:
    """One answer, for programs."""
    return {
        "id": one.source.id,
        "url": one.source.url,
        "ok": one.reason is None,
        "reason": one.reason,
        "detail": one.detail,
        "format": one.feed.format if one.feed else None,
        "broken": one.feed.detail or one.feed.reason if one.feed and one.feed.reason else None,
        "items": len(one.feed.entries) if one.feed else None,
        "known": one.known,
        "newest": iso(one.newest),
        "pages": one.robots or "allowed" if one.feed else None,
        "moved_to": one.moved_to,
        "seconds": round(one.seconds, 3),
    }


def _chosen(listed: Sequence[tuple[Source, str]], ids: Sequence[str], everything: bool) -> list[Source]:
    """The sources to try, of all with why they are off."""
    if not ids:
        return [source for source, off in listed if source.enabled or (everything and off != "terms")]
    known = {source.id: source for source, _ in listed}
    for name in ids:
        if name not in known:
            raise AseanwatchError("no such source; `aseanwatch sources list` names them", subject=name)
    return [known[name] for name in dict.fromkeys(ids)]


def _checked(probe: Probe, wanted: Sequence[Source], known: KnownNames | None, at_once: int, step: Callable[[], None]) -> Iterator[Checked]:
    """The answers as they come."""
    with ThreadPoolExecutor(at_once) as pool:
        for done in as_completed([pool.submit(probe.check, source, known) for source in wanted]):
            step()
            yield done.result()


def _row(one: Checked) -> tuple[str, ...]:
    feed = one.feed
    if feed is None:
        answer = f"{one.reason}: {one.detail}" if one.detail else str(one.reason)
        return (one.source.id, answer, "-", "-", "-", "-", "-", f"{one.seconds:.1f}", "-")
    return (
        one.source.id,
        f"ok, but {feed.reason}" if feed.reason else "ok",
        feed.format,
        str(len(feed.entries)),
        "-" if one.known is None else str(one.known),
        moment(one.newest)[:16],
        str(one.robots or "allowed"),
        f"{one.seconds:.1f}",
        one.moved_to or "-",
    )
