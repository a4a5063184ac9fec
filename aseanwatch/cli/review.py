"""`aseanwatch review`: what waits for somebody to look at, and what people said of the register."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from aseanwatch.cli.options import json_option, settings_from, settings_options
from aseanwatch.cli.outcomes import known_key
from aseanwatch.cli.output import moment, table, write_json
from aseanwatch.ports import Store
from aseanwatch.records import outcome_json, review_json, values_json
from core.codes import Level, OutcomeType, Status
from core.errors import ConfigError
from core.outcomes import Values
from core.review import Action, Review, meeting_named, questions, rule


def signed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options with which an action is signed, and where the database is."""
    for option in (
        settings_options,
        click.option("--reason", default="", help="Why, for those who come after."),
        click.option("--by", default="", help="Your name; by default `review.by` of the settings (ASEANWATCH_REVIEW__BY)."),
    ):
        command = option(command)
    return command


@click.group()
def review() -> None:
    """Look at what waits, and say what is right: confirm, reject, edit, merge, split, undo.

    Every action is signed, dated and kept. It goes before what is computed from reports, and survives later reports, other rules and
    replays, until it is taken back. None of them sends anything: an outcome that becomes done by a review alerts nobody by itself; the
    next report of it that may be told does.

    \b
    Examples:
      aseanwatch review queue
      aseanwatch review confirm document-5f0c --by "N. Linh"
      aseanwatch review edit document-5f0c --title "ASEAN-UK Joint Statement on Connectivity" --by "N. Linh"
      aseanwatch review undo document-5f0c --by "N. Linh"
    """


@review.command()
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most, newest first.")
@json_option
@settings_options
def queue(limit: int, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """List what waits for a reviewer, and why: reports that were held, disputes, conflicts, results that one origin alone reports.

    \b
    Examples:
      aseanwatch review queue
      aseanwatch review queue --json --limit 500
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        waiting = [(outcome, asked) for outcome in store.outcomes(limit=None) if (asked := questions(outcome))]
    # What one origin alone reports comes by the dozen, and after what is in doubt.
    waiting.sort(key=lambda one: all(asked.startswith("support: ") for asked in one[1]))
    if as_json:
        for outcome, asked in waiting[:limit]:
            write_json(outcome_json(outcome) | {"questions": list(asked)})
        return
    rows = [(outcome.key, outcome.status, outcome.standing, outcome.title, "\n".join(asked)) for outcome, asked in waiting[:limit]]
    table(("key", "status", "standing", "title", "waits because"), rows, empty="Nothing waits for a reviewer.")


@review.command()
@click.argument("key")
@signed
def confirm(key: str, **signature: Any) -> None:
    """Say that an outcome is right as it stands.

    It is `confirmed` from now on, whatever is edited or retracted later, and the questions that it raised are settled.

    \b
    Examples:
      aseanwatch review confirm document-5f0c --by "N. Linh" --reason "text on asean.org"
    """
    _act(Action.CONFIRM, key, **signature)


@review.command()
@click.argument("key")
@signed
def reject(key: str, **signature: Any) -> None:
    """Say that a record is no outcome. It stays rejected whatever reprints join it, and is never told.

    Those who were told of it before are not told of the rejection.

    \b
    Examples:
      aseanwatch review reject decision-77aa --by "N. Linh" --reason "a quotation from 2012"
    """
    _act(Action.REJECT, key, **signature)


@review.command()
@click.argument("key")
@click.option("--title", help="What it is called.")
@click.option("--type", "type_", type=click.Choice([code.value for code in OutcomeType]), help="Kind of outcome.")
@click.option("--status", type=click.Choice([code.value for code in Status]), help="How far it has come.")
@click.option("--level", type=click.Choice([code.value for code in Level]), help="Who decided.")
@click.option("--party", "parties", multiple=True, help="A party of it; may be repeated, and replaces all that were known.")
@click.option("--meeting", help="Meeting, as AMM-57 or 'PMC Australia 2024'.")
@signed
def edit(
    key: str,
    title: str | None,
    type_: str | None,
    status: str | None,
    level: str | None,
    parties: tuple[str, ...],
    meeting: str | None,
    **signature: Any,
) -> None:
    """Put other values in place of those that are computed from the reports, which are kept beside them.

    \b
    Examples:
      aseanwatch review edit document-5f0c --title "ASEAN-UK Joint Statement on Connectivity" --by "N. Linh"
      aseanwatch review edit accession-91be --status planned --party Norway --party Chile --by "N. Linh"
    """
    edits = Values(
        title=title,
        type=OutcomeType(type_) if type_ else None,
        status=Status(status) if status else None,
        level=Level(level) if level else None,
        parties=tuple(sorted(parties)) or None,
        meeting=meeting_named(meeting) if meeting else None,
    )
    _act(Action.EDIT, key, edits=edits, **signature)


@review.command()
@click.argument("key")
@signed
def apply(key: str, **signature: Any) -> None:
    """Say that a report which was held is right: the outcome has gone back, or has failed after all.

    \b
    Examples:
      aseanwatch review apply document-5f0c --by "N. Linh" --reason "the ministry confirms that it was withdrawn"
    """
    _act(Action.APPLY, key, **signature)


@review.command()
@click.argument("key")
@signed
def dismiss(key: str, **signature: Any) -> None:
    """Say that what waits about an outcome is no matter; it waits no more, until something new comes up.

    \b
    Examples:
      aseanwatch review dismiss document-5f0c --by "N. Linh" --reason "an old preview"
    """
    _act(Action.DISMISS, key, **signature)


@review.command()
@click.argument("kept")
@click.argument("gone")
@signed
def merge(kept: str, gone: str, **signature: Any) -> None:
    """Say that two records are one: everything of GONE goes to KEPT, and its key leads there.

    \b
    Examples:
      aseanwatch review merge document-5f0c document-c71e --by "N. Linh"
    """
    _act(Action.MERGE, kept, other=gone, **signature)


@review.command()
@click.argument("key")
@click.argument("articles", nargs=-1, required=True)
@signed
def split(key: str, articles: tuple[str, ...], **signature: Any) -> None:
    """Say that some articles report another outcome: what they report goes to a record of its own.

    The two are never merged by themselves; a later report goes to the better match.

    \b
    Examples:
      aseanwatch review split document-5f0c news.example/other-statement --by "N. Linh"
    """
    _act(Action.SPLIT, key, articles=articles, **signature)


@review.command()
@click.argument("key")
@signed
def undo(key: str, **signature: Any) -> None:
    """Take back the last action on an outcome that stands; once more takes back the one before.

    Of a merge, the record that was given up stands again, with the reports that came from it.

    \b
    Examples:
      aseanwatch review undo document-5f0c --by "N. Linh"
    """
    _act(Action.UNDO, key, **signature)


@review.command("log")
@click.argument("key", required=False)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most, newest first.")
@json_option
@settings_options
def log_(key: str | None, limit: int, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """List what reviewers did, newest first: of one outcome, or of all.

    \b
    Examples:
      aseanwatch review log
      aseanwatch review log document-5f0c --json
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        found = store.reviews(outcome=known_key(store, key) if key else None, limit=limit)
    if as_json:
        for said, stands in found:
            write_json(review_json(said, stands))
        return
    rows = [
        (str(said.number), moment(said.at), said.by, said.action, said.outcome, _details(said), "" if stands else "taken back")
        for said, stands in found
    ]
    table(("no", "at", "by", "action", "outcome", "details", ""), rows, empty="No reviewer has said anything yet.")


def _details(said: Review) -> str:
    edits = [f"{name}: {value}" for name, value in values_json(said.edits).items()]
    undoes = [f"takes back {said.undoes}"] if said.undoes else []
    return "; ".join(part for part in (*undoes, *edits, said.other, *said.articles, said.reason) if part)


def _act(action: Action, key: str, *, by: str, reason: str, config: Path | None, data_dir: Path | None, **what: Any) -> None:
    """Records one action and says how the record stands now."""
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    name = (by or settings.review.by).strip()
    if not name:
        raise ConfigError("a review is signed: say --by NAME, or set review.by", subject=f"review {action}")
    with wiring.storage(settings) as store:
        asked = Review(action=action, outcome=known_key(store, key), by=name, at=wiring.SystemClock().now(), reason=reason, **what)
        said, changes = store.record_review(_whole(store, asked), rule)
    for outcome in changes.outcomes:
        click.echo(f"{outcome.key}  {outcome.type}, {outcome.status}, {outcome.standing}: {outcome.title}")
    for gone, kept in changes.merged:
        click.echo(f"{gone}  is part of {kept}")
    click.echo(f"Recorded as number {said.number}, by {said.by}. `aseanwatch review undo {said.outcome}` takes it back.")


def _whole(store: Store, asked: Review) -> Review:
    return replace(asked, other=known_key(store, asked.other)) if asked.other else asked
