"""`aseanwatch outcomes`: the register, as table, JSON or CSV."""

import csv
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from aseanwatch.cli.options import Day, json_option, settings_from, settings_options
from aseanwatch.cli.output import moment, table, write_json
from aseanwatch.events_text import event_text
from aseanwatch.ports import Store
from aseanwatch.records import event_json, outcome_json, sighting_json, values_json
from core.codes import OutcomeType, Standing, Status
from core.errors import AseanwatchError
from core.outcomes import Outcome, Resolved
from core.review import questions

_ALL = 1_000_000
"""As good as no limit."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CSV = (
    "key",
    "status",
    "type",
    "level",
    "title",
    "parties",
    "meeting",
    "done_at",
    "first_seen",
    "last_seen",
    "articles",
    "sentence",
    "article",
    "standing",
)


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--as-of`; the command gets `as_of`."""
    return click.option("--as-of", type=Day(), help="As it was known then: 2024-07-27T09:00+07:00.")(command)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options by which outcomes are chosen."""
    for option in (
        click.option("--since", type=Day(), help="Done, or else last reported, on or after this day."),
        click.option("--topic", help="Reported by an article on this topic, for example south-china-sea."),
        click.option("--meeting", help="Meeting type or instance: AMM, AMM-57, PMC."),
        click.option("--party", help="A party of it, for example Japan."),
        click.option("--type", "type_", type=click.Choice([code.value for code in OutcomeType]), help="Kind of outcome."),
        click.option("--standing", type=click.Choice([code.value for code in Standing]), help="How far it may be relied on."),
        click.option("--status", type=click.Choice([code.value for code in Status]), help="How far it has come."),
    ):
        command = option(command)
    return command


@click.group()
def outcomes() -> None:
    """List, show and export what ministers decided.

    \b
    Examples:
      aseanwatch outcomes list --status done --since 2024-07-01
      aseanwatch outcomes show document-5f0c       one outcome, by the beginning of its key
      aseanwatch outcomes export > outcomes.csv
    """


@outcomes.command("list")
@filters
@as_of_option
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most, newest first.")
@json_option
@settings_options
def list_(limit: int, as_of: datetime | None, as_json: bool, config: Path | None, data_dir: Path | None, **chosen: Any) -> None:
    """List outcomes, newest first.

    \b
    Examples:
      aseanwatch outcomes list
      aseanwatch outcomes list --type accession --party Norway
      aseanwatch outcomes list --meeting AMM-57 --topic trade --json
      aseanwatch outcomes list --standing disputed
      aseanwatch outcomes list --as-of 2024-07-27T09:00+07:00
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        found = select(store, as_of=as_of, **chosen)[:limit]
        if as_json:
            for outcome in found:
                write_json(outcome_json(outcome))
            return
        rows = [
            (
                one.key,
                one.status,
                one.standing,
                one.type,
                one.title,
                ", ".join(one.parties),
                _meeting(one),
                moment(_when(one))[:10],
                str(one.articles),
            )
            for one in found
        ]
        empty = "No such outcome is on record."
        table(("key", "status", "standing", "type", "title", "parties", "meeting", "date", "articles"), rows, empty=empty)


@outcomes.command()
@click.argument("key")
@as_of_option
@json_option
@settings_options
def show(key: str, as_of: datetime | None, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Show one outcome: every article that reports it with its sentence, what reviewers said, and its history.

    KEY may be cut short as long as it is the only one that begins so. The key of a record that was merged leads to the one that it is
    part of. With --as-of: the record, the reports and the history as they were known then.

    \b
    Examples:
      aseanwatch outcomes show document-5f0c
      aseanwatch outcomes show document-5f0c --json
      aseanwatch outcomes show document-5f0c --as-of 2024-07-27T09:00+07:00
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        found = store.outcome(key, as_of) or store.outcome(known_key(store, key, as_of), as_of)
    if found is None:
        raise AseanwatchError("no such outcome", subject=key)
    outcome, sightings, events = found
    if as_json:
        sighted = [sighting_json(one) for one in sightings]
        write_json(outcome_json(outcome) | {"sightings": sighted, "events": [event_json(event) for event in events]})
        return
    click.echo(f"{outcome.title}\n  {outcome.type}, {outcome.status}, {outcome.level}, {outcome.standing}; key {outcome.key}")
    for name, value in (
        ("parties", ", ".join(outcome.parties)),
        ("meeting", _meeting(outcome)),
        ("also as", "; ".join(title for title in outcome.titles if title != outcome.title)),
        ("conflict", "; ".join(outcome.conflicts)),
        ("waits", "; ".join(questions(outcome))),
        ("reviewed", f"{outcome.reviewed.by}, {moment(outcome.reviewed.at)}" if outcome.reviewed.at else ""),
        ("computed", ", ".join(f"{name}: {value}" for name, value in values_json(outcome.computed).items())),
        ("apart", ", ".join(outcome.reviewed.apart)),
        ("done", moment(outcome.done_at) if outcome.done_at else ""),
        ("alerted", moment(outcome.alerted_at) if outcome.alerted_at else "no"),
    ):
        if value:
            click.echo(f"  {name:<9}{value}")
    for one in sightings:
        held = "" if one.applied else " (kept, not applied)"
        origin = f"{one.reported.publisher} {moment(one.reported.published)[:10]}".strip()
        click.echo(f"\n  {origin} · {one.reported.sighting.status}{held} · {one.reported.article}")
        click.echo(f"    “{one.reported.sighting.sentence.quote}”\n    {one.why}")
    click.echo("")
    for event in events:
        click.echo(f"  {moment(event.at)}  {event_text(event)}")


@outcomes.command()
@filters
@as_of_option
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True, help="How to write it.")
@settings_options
def export(form: str, as_of: datetime | None, config: Path | None, data_dir: Path | None, **chosen: Any) -> None:
    """Write all chosen outcomes with their proof, as CSV or JSON lines, to standard output.

    In CSV, a cell that a spreadsheet would take for a formula begins with an apostrophe.

    \b
    Examples:
      aseanwatch outcomes export > outcomes.csv
      aseanwatch outcomes export --format json --since 2024-01-01
      aseanwatch outcomes export --as-of 2024-07-27T09:00+07:00 > briefing.csv
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        rows = csv.writer(sys.stdout)
        if form == "csv":
            rows.writerow(_CSV)
        for outcome in select(store, as_of=as_of, **chosen):
            found = store.outcome(outcome.key, as_of)
            sightings = found[1] if found else []
            if form == "json":
                write_json(outcome_json(outcome) | {"sightings": [sighting_json(one) for one in sightings]})
            else:
                rows.writerow([safe_cell(cell) for cell in _csv_row(outcome, sightings)])


def select(
    store: Store,
    *,
    status: str | None = None,
    standing: str | None = None,
    type_: str | None = None,
    party: str | None = None,
    meeting: str | None = None,
    topic: str | None = None,
    since: datetime | None = None,
    as_of: datetime | None = None,
) -> list[Outcome]:
    """The outcomes that meet every condition, newest first; with `as_of` as they stood then."""
    found = store.outcomes(status=status, type=type_, limit=_ALL, as_of=as_of)
    if standing:
        found = [one for one in found if one.standing == standing]
    if party:
        found = [one for one in found if party.casefold() in (name.casefold() for name in one.parties)]
    if meeting:
        found = [one for one in found if one.meeting and meeting.casefold() in (one.meeting.type.casefold(), one.meeting.name.casefold())]
    if since:
        found = [one for one in found if _when(one) >= since]
    if topic:
        found = [one for one in found if topic in store.topics(one.key, as_of)]
    return sorted(found, key=_when, reverse=True)


def known_key(store: Store, beginning: str, as_of: datetime | None = None) -> str:
    """The key in the register that begins so. Raises AseanwatchError when there is none, or more than one."""
    return whole_key(beginning, [outcome.key for outcome in store.outcomes(limit=_ALL, as_of=as_of)], "outcome")


def whole_key(beginning: str, keys: Sequence[str], noun: str) -> str:
    """The one of `keys` that begins so. Raises AseanwatchError when there is none, or more than one."""
    fitting = [key for key in keys if key.startswith(beginning)]
    if beginning in fitting:
        return beginning
    if len(fitting) != 1:
        raise AseanwatchError(f"{len(fitting) or 'no'} {noun}s have a key that begins so", subject=beginning)
    return fitting[0]


def safe_cell(text: str) -> str:
    """`text` as a spreadsheet may have it: what would be taken for a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _when(outcome: Outcome) -> datetime:
    return outcome.done_at or outcome.last_seen


def _meeting(outcome: Outcome) -> str:
    return outcome.meeting.name if outcome.meeting else ""


def _csv_row(outcome: Outcome, sightings: Sequence[Resolved]) -> list[str]:
    proof = next((one for one in sightings if one.applied and one.reported.sighting.status is outcome.status), None)
    dates = [at.isoformat() if at else "" for at in (outcome.done_at, outcome.first_seen, outcome.last_seen)]
    sentence = proof.reported.sighting.sentence.quote if proof else ""
    article = proof.reported.article if proof else ""
    named = [outcome.key, outcome.status, outcome.type, outcome.level, outcome.title, "; ".join(outcome.parties), _meeting(outcome)]
    return [*named, *dates, str(outcome.articles), sentence, article, outcome.standing]
