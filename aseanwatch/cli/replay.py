"""`aseanwatch replay`: articles through the whole pipeline in a scratch database."""

from pathlib import Path

import click

from aseanwatch.cli.options import json_option
from aseanwatch.cli.output import complain, progress, write_json


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
@click.option(
    "--rules", multiple=True, type=click.Path(exists=True, path_type=Path), help="More rules: a file or a folder; may be repeated."
)
@click.pass_context
def replay(ctx: click.Context, paths: tuple[Path, ...], as_json: bool, rules: tuple[Path, ...]) -> None:
    """Play articles through the whole pipeline (store, register, alerts) in a scratch database. Nothing is sent.

    PATH is a folder of .txt articles with its labels.json, or a file of JSON lines: {"id", "title", "text", "published", ...}.
    They are played in order of `published`, with the clock standing at each article's own date.

    What was foretold and had not come in time stands between the alerts as overdue.

    With --json: an "alert" line for each outcome that would be alerted, then an "outcome" line for each in the register, then a "summary".

    \b
    Examples:
      aseanwatch replay articles.jsonl
      aseanwatch replay seeds/ --json > replay.jsonl
    """
    from aseanwatch import wiring
    from aseanwatch.replay import PROMISED, load, play, timeline

    items = load(paths, complain)
    with wiring.scratch() as store, progress("replay", len(items.articles)) as step:
        played = play(items, store, wiring.rules_reader(rules), step, wiring.calendar(rules))
        for record in played:
            if as_json and record["kind"] in PROMISED:
                write_json(record)
            elif not as_json:
                for text in timeline(record):
                    click.echo(text)
    ctx.exit(1 if items.failures else 0)
