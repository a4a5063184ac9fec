"""`aseanwatch replay`: articles through the whole pipeline in scratch databases; or the stored ones under changed rules."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from aseanwatch.cli.options import Day, json_option, settings_from, settings_options
from aseanwatch.cli.output import complain, progress, write_json
from aseanwatch.records import Json
from core.errors import ConfigError


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@json_option
@click.option("--rules", multiple=True, type=click.Path(exists=True, path_type=Path), help="Rules: a file or a folder; may be repeated.")
@click.option("--since", type=Day(), help="Without PATH: the stored articles published (or first seen) on or after this day.")
@settings_options
@click.pass_context
def replay(
    ctx: click.Context,
    paths: tuple[Path, ...],
    as_json: bool,
    rules: tuple[Path, ...],
    since: datetime | None,
    config: Path | None,
    data_dir: Path | None,
) -> None:
    """Play articles through the whole pipeline (store, register, alerts) in a scratch database. Nothing is sent.

    PATH is a folder of .txt articles with its labels.json, or a file of JSON lines: {"id", "title", "text", "published", ...}.
    They are played in order of `published`, with the clock standing at each article's own date, by the rules that come with the
    program and those of --rules. With --json: an "alert" line for each outcome that would be alerted, then an "outcome" line for
    each in the register, then a "summary".

    What was foretold and had not come in time stands between the alerts as overdue; programs are not told.

    Without PATH, --rules and --since try a change of the rules on what is stored: the articles since that day are played twice, by
    the rules in use (those of the settings) and with --rules on top, and the outcomes that differ are shown with their sentences:
    new, lost, changed, and whether they would alert. --rules may be one file, a folder, or a changed copy of a whole rule set: each
    file stands in the place of the one of its name, any other is added. The database is only read. With --json a "new", "lost" or
    "changed" line for each outcome that differs, then a "summary".

    \b
    Examples:
      aseanwatch replay articles.jsonl
      aseanwatch replay seeds/ --json > replay.jsonl
      aseanwatch replay --rules my-rules/ --since 2024-07-01
    """
    if paths and since is not None:
        raise click.UsageError("--since is about the stored articles: leave out PATH, or leave out --since")
    if paths:
        ctx.exit(_play(paths, rules, as_json))
    if not rules or since is None:
        raise click.UsageError("say which articles to play (PATH), or which changed rules to try on the stored ones (--rules and --since)")
    _compare(config, data_dir, rules, since, as_json)


def _play(paths: tuple[Path, ...], rules: tuple[Path, ...], as_json: bool) -> int:
    """The exit code: 1 when some line was no article."""
    from aseanwatch import wiring
    from aseanwatch.replay import PROMISED, load, play, timeline

    items = load(paths, complain)
    with wiring.scratch() as store, progress("replay", len(items.articles)) as step:
        for record in play(items, store, wiring.rules_reader(rules), step, wiring.calendar(rules)):
            if not as_json or record["kind"] in PROMISED:
                _write(record, timeline(record), as_json)
    return 1 if items.failures else 0


def _compare(config: Path | None, data_dir: Path | None, rules: tuple[Path, ...], since: datetime, as_json: bool) -> None:
    from aseanwatch import wiring
    from aseanwatch.comparison import Side, compare, told

    settings = settings_from(config, data_dir)
    in_use, changed = wiring.reader(settings), wiring.changed_reader(settings, rules)
    if in_use.ruleset == changed.ruleset:
        raise ConfigError("these are the rules in use already; change a copy of them", subject=", ".join(map(str, rules)))
    with (
        TemporaryDirectory(prefix="aseanwatch-") as folder,
        wiring.storage(settings) as stored,
        wiring.scratch(Path(folder) / "before.db") as before,
        wiring.scratch(Path(folder) / "after.db") as after,
    ):
        keys = stored.article_keys(since)
        with progress("replay", len(keys)) as step:
            for record in compare(stored, Side(reader=in_use, store=before), Side(reader=changed, store=after), keys, step):
                _write(record, told(record), as_json)


def _write(record: Json, lines: Iterable[str], as_json: bool) -> None:
    if as_json:
        write_json(record)
        return
    for text in lines:
        click.echo(text)
