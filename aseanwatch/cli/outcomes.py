"""`aseanwatch outcomes`: the register, as table, JSON or CSV."""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from aseanwatch.agenda import Progress, awaited
from aseanwatch.cli.options import Day, json_option, settings_from, settings_options
from aseanwatch.cli.output import moment, table, write_json
from aseanwatch.events_text import event_text
from aseanwatch.ports import Store
from aseanwatch.records import deadline_json, event_json, outcome_json, sighting_json, values_json
from core.calendar import meeting_named
from core.codes import OutcomeType, Standing, Status
from core.errors import AseanwatchError
from core.expected import Deadline, due
from core.origins import Authority
from core.outcomes import Outcome, Resolved
from core.review import questions

_T = TypeVar("_T")
_BATCH = 500
"""Outcomes whose sightings are fetched together."""
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
    "origins",
    "authority",
    "standing",
    "sentence",
    "article",
)


def _short_names(ctx: click.Context, option: click.Parameter, said: tuple[str, ...]) -> tuple[str, ...]:
    """The short names of meetings that were spelled in another way; other words as they are."""
    return tuple(meeting.name if (meeting := meeting_named(words)) else words for words in said)


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--as-of`; the command gets `as_of`."""
    return click.option("--as-of", type=Day(), help="As it was known then: 2024-07-27T09:00+07:00.")(command)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options by which outcomes are chosen."""
    for option in (
        click.option("--until", type=Day(whole=True), help="Done, or else last reported, on or before this day."),
        click.option("--since", type=Day(), help="Done, or else last reported, on or after this day."),
        click.option("--topic", multiple=True, help="Reported by an article on this topic, for example south-china-sea."),
        click.option("--meeting", multiple=True, callback=_short_names, help="Meeting type or instance: AMM, AMM-57, PMC."),
        click.option("--party", multiple=True, help="A party of it, for example Japan."),
        click.option("--type", "type_", multiple=True, type=click.Choice([code.value for code in OutcomeType]), help="Kind of outcome."),
        click.option(
            "--standing", multiple=True, type=click.Choice([code.value for code in Standing]), help="How far it may be relied on."
        ),
        click.option("--status", multiple=True, type=click.Choice([code.value for code in Status]), help="How far it has come."),
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
@click.option("--overdue", is_flag=True, help="Planned ones that should have come by now, soonest first.")
@click.option("--expected", is_flag=True, help="Planned ones that should come by a day or a meeting ahead, soonest first.")
@json_option
@settings_options
def list_(
    limit: int,
    as_of: datetime | None,
    overdue: bool,
    expected: bool,
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
    **chosen: Any,
) -> None:
    """List outcomes, newest first.

    A filter that is given more than once takes any of its values; different filters must all be met.
    "2 origins / 5 carriers": five articles report it, and they go back to two who found it out.

    \b
    Examples:
      aseanwatch outcomes list
      aseanwatch outcomes list --status done --status failed --since 2024-07-21 --until 2024-07-27
      aseanwatch outcomes list --type accession --party Norway
      aseanwatch outcomes list --meeting AMM-57 --topic trade --json
      aseanwatch outcomes list --overdue           what was foretold and has not come
      aseanwatch outcomes list --standing disputed
      aseanwatch outcomes list --as-of 2024-07-27T09:00+07:00
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    with wiring.storage(settings) as store:
        if overdue or expected:
            wanted = {Progress.OVERDUE: overdue, Progress.EXPECTED: expected}
            calendar, now = wiring.calendar(settings.rules.files), as_of or wiring.SystemClock().now()
            waiting = awaited(store, calendar, select(store, as_of=as_of, **chosen), now, as_of)
            _list_awaited([one for one in waiting if wanted[one[2]]], limit, as_json)
            return
        found = select(store, limit=limit, as_of=as_of, **chosen)
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
                support(one),
            )
            for one in found
        ]
        empty = "No such outcome is on record."
        table(("key", "status", "standing", "type", "title", "parties", "meeting", "date", "reported by"), rows, empty=empty)


def _list_awaited(found: Sequence[tuple[Outcome, Deadline, Progress]], limit: int, as_json: bool) -> None:
    """Lists outcomes for which somebody waits, by the day on which they should have come."""
    soonest = sorted(found, key=lambda one: (one[1].by, one[0].key))[:limit]
    if as_json:
        for outcome, deadline, progress in soonest:
            write_json(outcome_json(outcome) | {"progress": progress} | deadline_json(deadline))
        return
    rows = [(one.key, progress, deadline.by.isoformat(), deadline.why, one.type, one.title) for one, deadline, progress in soonest]
    table(("key", "progress", "by", "why", "type", "title"), rows, empty="Nobody waits for such an outcome.")


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

    settings = settings_from(config, data_dir)
    with wiring.storage(settings) as store:
        found = store.outcome(key, as_of) or store.outcome(known_key(store, key, as_of), as_of)
    if found is None:
        raise AseanwatchError("no such outcome", subject=key)
    outcome, sightings, events = found
    deadline = due(outcome, (one.reported for one in sightings), wiring.calendar(settings.rules.files))
    if as_json:
        sighted = [sighting_json(one) for one in sightings]
        write_json(
            outcome_json(outcome) | deadline_json(deadline) | {"sightings": sighted, "events": [event_json(event) for event in events]}
        )
        return
    click.echo(f"{outcome.title}\n  {outcome.type}, {outcome.status}, {outcome.level}; key {outcome.key}")
    for name, value in (
        ("parties", ", ".join(outcome.parties)),
        ("meeting", _meeting(outcome)),
        ("standing", f"{outcome.standing}; nearest report: {outcome.authority}"),
        ("reported", f"{support(outcome)}: {', '.join(outcome.origins)}" if outcome.origins else ""),
        ("also as", "; ".join(title for title in outcome.titles if title != outcome.title)),
        ("conflict", "; ".join(outcome.conflicts)),
        ("expected", f"by {deadline.by.isoformat()}: {deadline.why}" if deadline else ""),
        ("overdue", f"found so on {moment(outcome.overdue_at)}" if outcome.overdue_at else ""),
        ("waits", "; ".join(questions(outcome))),
        ("reviewed", f"{outcome.reviewed.by}, {moment(outcome.reviewed.at)}" if outcome.reviewed.at else ""),
        ("computed", ", ".join(f"{name}: {value}" for name, value in values_json(outcome.computed).items())),
        ("apart", ", ".join(outcome.reviewed.apart)),
        ("done", moment(outcome.done_at) if outcome.done_at else ""),
        ("alerted", moment(outcome.alerted_at) if outcome.alerted_at else "no"),
    ):
        if value:
            click.echo(f"  {name:<9}{value}")
    for one in nearest_first(sightings):
        held = "" if one.applied else " (kept, not applied)"
        told_by = f"{one.reported.publisher} {moment(one.reported.published)[:10]}".strip()
        via = "" if one.reported.origin in ("", one.reported.publisher, one.reported.article) else f" from {one.reported.origin}"
        click.echo(f"\n  {told_by} · {one.reported.authority}{via} · {one.reported.sighting.status}{held} · {one.reported.article}")
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
        for some in batched(select(store, as_of=as_of, **chosen), _BATCH):
            sightings = store.sightings([outcome.key for outcome in some], as_of)
            for outcome in some:
                if form == "json":
                    write_json(outcome_json(outcome) | {"sightings": [sighting_json(one) for one in sightings[outcome.key]]})
                else:
                    rows.writerow([safe_cell(cell) for cell in _csv_row(outcome, sightings[outcome.key])])


def select(
    store: Store,
    *,
    status: Sequence[str] = (),
    type_: Sequence[str] = (),
    standing: Sequence[str] = (),
    party: Sequence[str] = (),
    meeting: Sequence[str] = (),
    topic: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
    as_of: datetime | None = None,
) -> list[Outcome]:
    """The outcomes that meet every condition, newest first; of several values of one condition any will do; with `as_of` as of then."""
    return store.outcomes(
        status=status,
        type=type_,
        standing=standing,
        parties=party,
        meeting=meeting,
        topics=topic,
        since=since,
        until=until,
        limit=limit,
        as_of=as_of,
    )


def batched(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """The items in runs of `size`, the last one shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def nearest_first(sightings: Sequence[Resolved]) -> list[Resolved]:
    """The sightings in the order of their authority, official ones first."""
    return sorted(sightings, key=lambda one: list(Authority).index(one.reported.authority))


def support(outcome: Outcome) -> str:
    """Who stands behind it: 2 origins / 5 carriers; of an older record that knows no origins the number of its articles."""
    if not outcome.origins:
        return f"{outcome.articles} carrier{'s' * (outcome.articles != 1)}"
    origins = len(outcome.origins)
    return f"{origins} origin{'s' * (origins != 1)} / {outcome.articles} carrier{'s' * (outcome.articles != 1)}"


def known_key(store: Store, beginning: str, as_of: datetime | None = None) -> str:
    """The key in the register that begins so. Raises AseanwatchError when there is none, or more than one."""
    return whole_key(beginning, store.outcome_keys(beginning, as_of=as_of), "outcome")


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
    proof = next((one for one in nearest_first(sightings) if one.applied and one.reported.sighting.status is outcome.status), None)
    dates = [at.isoformat() if at else "" for at in (outcome.done_at, outcome.first_seen, outcome.last_seen)]
    sentence = proof.reported.sighting.sentence.quote if proof else ""
    article = proof.reported.article if proof else ""
    named = [outcome.key, outcome.status, outcome.type, outcome.level, outcome.title, "; ".join(outcome.parties), _meeting(outcome)]
    reported = [str(outcome.articles), "; ".join(outcome.origins), outcome.authority, outcome.standing]
    return [*named, *dates, *reported, sentence, article]
