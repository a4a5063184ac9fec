"""`aseanwatch alerts preview`: what the last days would have sent, by the settings or by a changed route file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aseanwatch.cli.options import json_option, settings_from, settings_options
from aseanwatch.cli.output import complain, moment, progress, table, write_json
from aseanwatch.records import headline

if TYPE_CHECKING:
    from aseanwatch.ports import Store
    from aseanwatch.preview import Message, Preview
    from aseanwatch.settings import Settings
    from core.alerts import Alert

DAYS = 30
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--days", type=click.IntRange(1, 36_500), help=f"How many days back; {DAYS} unless said otherwise, all with `--history`.")
@click.option("--routes", type=_FILE, help="File of `[[routes]]` in place of those of the settings.")
@click.option("--history", is_flag=True, help="Read the stored articles again, each on its own day, as if all of it had been news.")
@json_option
@settings_options
def preview(days: int | None, routes: Path | None, history: bool, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Show what the last days would have sent: by the settings, or by a changed route file. Nothing is sent.

    The alerts on record are decided on anew, each at its own time: digests at theirs, quiet hours and storms as they would have been.
    A new installation has none; with `--history` the articles that it starts with are taken for news.

    \b
    Examples:
      aseanwatch alerts preview
      aseanwatch alerts preview --days 90 --routes my-routes.toml
      aseanwatch alerts preview --history
    """
    from aseanwatch import wiring
    from aseanwatch.preview import play, records

    settings = settings_from(config, data_dir)
    complaint, routing = wiring.routes_on_trial(settings, routes)
    if complaint:
        complain(f"With these routes the watch would not start: {complaint}")
    since = wiring.SystemClock().now() - timedelta(days=days or DAYS) if days or not history else None
    with wiring.storage(settings) as store:
        alerts = _alerts(store, settings, since, history)
    found = play(alerts, routing)
    if as_json:
        for record in records(found):
            write_json(record)
        return
    asked = "alerts that the stored articles would have made," if history else "alerts on record"
    by = f"the routes {', '.join(route.name for route in routing.routes)}" if routing.routes else "no routes (everything to everybody)"
    click.echo(f"{len(alerts)} {asked} {f'since {moment(since)[:10]}' if since else 'whenever they were published'}, by {by}:")
    if alerts:
        _show(found)
    else:
        click.echo(
            "Nothing would have been sent." + ("" if history else " What was read as history alerts nobody: --history takes it for news.")
        )


def _alerts(store: "Store", settings: "Settings", since: datetime | None, history: bool) -> "list[Alert]":
    from aseanwatch import wiring
    from aseanwatch.preview import as_if_news, on_record

    if not history:
        return on_record(store, since or _LONG_AGO)
    keys = store.article_keys(since or _LONG_AGO)
    with wiring.scratch() as scratch, progress("articles", len(keys)) as step:
        return list(as_if_news(store, keys, scratch, wiring.reader(settings), step))


def _show(found: "Preview") -> None:
    from aseanwatch.preview import per_day

    counts = per_day(found)
    targets = sorted({target for _, target in counts})
    days = sorted({day for day, _ in counts})
    totals = ("all", *(str(sum(counts.get((day, name), 0) for day in days)) for name in targets))
    rows = [(day, *(str(counts.get((day, name), 0)) for name in targets)) for day in days]
    table(("messages on", *targets), [*rows, totals] if rows else [], empty="No message would have been sent.")
    if found.messages:
        lines = [(moment(one.at), one.target, _what(one), _rules(one)) for one in found.messages]
        table(("at", "target", "message", "rule"), lines, empty="")
    for alert, owed in found.dropped:
        click.echo(f"dropped   {moment(alert.created_at)}  {owed.target}: {headline(alert)} ({owed.rule})")
    for alert in found.untaken:
        click.echo(f"reaches nobody by these routes   {moment(alert.created_at)}  {headline(alert)}")


def _what(message: "Message") -> str:
    if not message.digest:
        return headline(message.told[0][0])
    listed = "\n".join(f"- {headline(alert)}" for alert, _ in message.told)
    return f"digest of {len(message.told)} ({message.digest}):\n{listed}"


def _rules(message: "Message") -> str:
    return "\n".join(dict.fromkeys(rule for _, rule in message.told))
