"""`aseanwatch calendar`: the meetings, what each was to bring and what it brought, and an export for calendar programs."""

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from aseanwatch.agenda import Item, Progress, agenda
from aseanwatch.cli.options import Day, json_option, settings_from, settings_options
from aseanwatch.cli.output import complain, moment, table, write_json
from aseanwatch.records import Json, deadline_json, outcome_json
from core.calendar import Calendar, CalendarMeeting, Certainty, meeting_named
from core.codes import MEETING_TYPES
from core.errors import AseanwatchError
from core.readings import Meeting

_WEEKS = 4
"""Columns of the picture of a year for each month."""
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
year_option = click.option("--year", type=click.IntRange(1967, 2100), help="Meetings of this year.")
type_option = click.option(
    "--type",
    "type_",
    type=click.Choice(list(MEETING_TYPES), case_sensitive=False),
    metavar="TYPE",
    help="Meetings of this type: AMM, SUMMIT, ARF...",
)


@click.group()
def calendar() -> None:
    """List the meetings, show what each was to bring and what it brought, export them for a calendar program.

    \b
    Examples:
      aseanwatch calendar list --year 2024
      aseanwatch calendar show AMM-57
      aseanwatch calendar export > asean.ics
    """


@calendar.command("list")
@year_option
@type_option
@json_option
@settings_options
def list_(year: int | None, type_: str | None, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """List meetings in order of time, each with its days, place, chair, and how certain that is.

    What hangs under another meeting stands under it. With --year, a picture of the year follows, and who chairs ASEAN in it.

    \b
    Examples:
      aseanwatch calendar list --type SUMMIT
      aseanwatch calendar list --year 2025
      aseanwatch calendar list --json
    """
    known = _calendar(config, data_dir)
    chosen = list(_chosen(known, year, type_))
    if as_json:
        for one in chosen:
            write_json(record_json(one))
        return
    rows = [(_indented(one, chosen), one.title, _days(one), one.where, one.chair, one.certainty) for one in chosen]
    table(("meeting", "name", "days", "place", "chair", "certainty"), rows, empty="The calendar has no such meeting.")
    if year is not None and chosen:
        for line in picture(chosen, year):
            click.echo(line)
        chair = known.chair(year)
        if chair:
            theme = f", “{chair.theme}”" if chair.theme else ""
            click.echo(f"\nASEAN is chaired by {chair.country} in {year}{theme} ({chair.certainty}).")


@calendar.command()
@json_option
@settings_options
def chairs(as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """List who chairs ASEAN in which year, under which theme.

    \b
    Examples:
      aseanwatch calendar chairs
    """
    known = _calendar(config, data_dir).chairs
    if as_json:
        for one in known:
            write_json({name: getattr(one, name) or None for name in ("year", "country", "theme", "certainty", "source", "note")})
        return
    rows = [(str(one.year), one.country, one.theme, one.certainty, one.note) for one in known]
    table(("year", "chair", "theme", "certainty", "note"), rows, empty="The calendar knows of no chair.")


@calendar.command()
@click.argument("name", nargs=-1, required=True)
@json_option
@settings_options
def show(name: tuple[str, ...], as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Show a meeting: its record, what hangs under it, and its outcomes: overdue, expected, seen, failed, each with its sentence.

    NAME is a short name or the words of a text: AMM-57, "amm 57", "57th ASEAN Foreign Ministers' Meeting", "PMC Australia 2024".
    Of a meeting that the calendar does not know it shows what the register knows.

    \b
    Examples:
      aseanwatch calendar show AMM-57
      aseanwatch calendar show 44th ASEAN Summit
      aseanwatch calendar show PMC Australia 2024 --json
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    known = wiring.calendar(settings.rules.files)
    meeting = _meeting(" ".join(name), known, settings.rules.files)
    record = known.resolve(meeting)
    items: list[Item] = []
    watched = wiring.has_database(settings)
    if watched:
        with wiring.storage(settings) as store:
            items = agenda(store, known, meeting, wiring.SystemClock().now())
    if record is None and not items:
        raise AseanwatchError(
            "neither the calendar nor the register knows this meeting; `aseanwatch calendar list` has those it knows", subject=meeting.name
        )
    under = known.under(record) if record else ()
    if as_json:
        head = (
            record_json(record)
            if record
            else {"name": meeting.name, "type": meeting.type, "ordinal": meeting.ordinal, "year": meeting.year}
        )
        write_json(head | {"under": [record_json(one) for one in under], "outcomes": [_item_json(item) for item in items]})
        return
    for line in _about(record) if record else [f"{meeting.name}: not in the calendar; this is what the register knows"]:
        click.echo(line)
    for one in under:
        click.echo(f"    {one.name:<16}{_days(one):<25}{one.title} ({one.certainty})")
    for line in _agenda_lines(items) if watched else ["\nThere is no register yet; `aseanwatch run` makes it."]:
        click.echo(line)


@calendar.command()
@year_option
@type_option
@click.option("--stamp", type=Day(), help="When the export was made (DTSTAMP); now, unless you want the same bytes again.")
@settings_options
def export(year: int | None, type_: str | None, stamp: datetime | None, config: Path | None, data_dir: Path | None) -> None:
    """Write meetings as iCalendar (RFC 5545) to standard output, for any calendar program.

    Days that are not certain are marked TENTATIVE; a meeting whose days nobody knows is left out and named on standard error.
    A meeting keeps its UID, so that importing a later export corrects the days instead of doubling the meeting.

    \b
    Examples:
      aseanwatch calendar export > asean.ics
      aseanwatch calendar export --year 2026 --type SUMMIT > summits.ics
    """
    from aseanwatch import ical

    chosen = list(_chosen(_calendar(config, data_dir), year, type_))
    sys.stdout.buffer.write(ical.document(chosen, stamp or datetime.now(UTC)))
    left_out = [one.name for one in chosen if one.start is None]
    if left_out:
        complain(f"left out, since their days are not known: {', '.join(left_out)}")


# Which meetings


def _calendar(config: Path | None, data_dir: Path | None) -> Calendar:
    from aseanwatch import wiring

    return wiring.calendar(settings_from(config, data_dir).rules.files)


def _chosen(known: Calendar, year: int | None, type_: str | None) -> Iterator[CalendarMeeting]:
    """The records that meet both conditions, what hangs under a meeting behind it."""
    tops = [one for one in known.meetings if not one.parent]
    for one in (record for top in tops for record in (top, *known.under(top))):
        if (year is None or one.year == year) and (type_ is None or one.type == type_.upper()):
            yield one


def _meeting(name: str, known: Calendar, rules: Sequence[Path]) -> Meeting:
    """The meeting that is meant, numbered where the calendar can tell. Raises AseanwatchError for no meeting, or for several."""
    meeting = meeting_named(name) or _read(name, rules)
    if meeting is None:
        raise AseanwatchError("names no meeting; write AMM-57, PMC Australia 2024 or the name in full", subject=name)
    found = known.instances(meeting)
    if len(found) > 1:
        raise AseanwatchError(f"there was more than one: {', '.join(one.name for one in found)}", subject=name)
    if found:
        return found[0].meeting
    if meeting.ordinal is None and meeting.year is None:
        raise AseanwatchError(f"which one? Name its number or its year, as in AMM-57 or {meeting.type} 2024", subject=name)
    return meeting


def _read(name: str, rules: Sequence[Path]) -> Meeting | None:
    """The meeting of which the classifiers find the words to speak; a year in them is its year."""
    from aseanwatch import wiring
    from core.articles import Article

    year = _YEAR.search(name)
    published = datetime(int(year[1]), 7, 1, tzinfo=UTC) if year else None
    reading = wiring.rules_reader(rules).read(Article(key="name", url="", title="", text=f"ASEAN: {name}.", published=published))
    return next((one.meeting for one in reading.meetings), None)


# How they are told


def record_json(record: CalendarMeeting) -> Json:
    """A record of the calendar, whole; days as ISO 8601, what is not known is null."""
    days = {
        name: day.isoformat() if day else None for name, day in (("start", record.start), ("end", record.end), ("plenary", record.plenary))
    }
    return {
        "name": record.name,
        "title": record.title,
        "type": record.type,
        "ordinal": record.ordinal,
        "year": record.year,
        "partner": record.partner,
        **days,
        "place": record.place or None,
        "country": record.country or None,
        "chair": record.chair or None,
        "theme": record.theme or None,
        "certainty": record.certainty,
        "source": record.source or None,
        "note": record.note or None,
        "parent": record.parent or None,
    }


def _item_json(item: Item) -> Json:
    sighting = item.proof.reported.sighting if item.proof else None
    return {
        "progress": item.progress,
        **deadline_json(item.deadline),
        "sentence": sighting.sentence.quote if sighting else None,
        "article": item.proof.reported.article if item.proof else None,
    } | outcome_json(item.outcome)


def _about(record: CalendarMeeting) -> Iterator[str]:
    yield f"{record.name}: {record.title}" if record.ordinal else record.title
    for name, value in (
        ("days", _days(record)),
        ("plenary", record.plenary.isoformat() if record.plenary else ""),
        ("place", record.where),
        ("chair", record.chair),
        ("theme", record.theme),
        ("certainty", f"{record.certainty}{f' ({record.note})' if record.note else ''}"),
        ("source", record.source),
        ("part of", record.parent),
    ):
        if value:
            yield f"  {name:<11}{value}"


def _agenda_lines(items: Sequence[Item]) -> Iterator[str]:
    counts = {item.progress: sum(other.progress is item.progress for other in items) for item in items}
    yield "\n" + (" · ".join(f"{count} {name}" for name, count in counts.items()) or "The register knows of no outcome of it.")
    for item in items:
        one = item.outcome
        by = f", expected by {item.deadline.by.isoformat()}: {item.deadline.why}" if item.deadline else ""
        told = f"; told {moment(one.overdue_at)}" if one.overdue_at and item.progress is Progress.OVERDUE else ""
        yield f"\n  {item.progress:<9}[{one.type}, {one.level}] {one.title}{by}{told}"
        if item.proof:
            yield f"           “{item.proof.reported.sighting.sentence.quote}”"
            yield f"           {item.proof.reported.article} · {one.key}"


def picture(records: Sequence[CalendarMeeting], year: int) -> list[str]:
    """The year as lines of text: a column a week, four a month, a row for each meeting whose days are known."""
    lines = ["", " " * 18 + "".join(f"{month:<{_WEEKS}}" for month in _MONTHS)]
    for one in records:
        if one.start and one.end and not one.parent:
            first, last = _column(one.start), _column(one.end)
            mark = "█" if one.certainty is Certainty.CONFIRMED else "░"
            lines.append(f"{one.name:<18}{'·' * first}{mark * (last - first + 1)}{'·' * (12 * _WEEKS - last - 1)}")
    return lines


def _column(day: date) -> int:
    return (day.month - 1) * _WEEKS + min((day.day - 1) * _WEEKS // 31, _WEEKS - 1)


def _indented(record: CalendarMeeting, chosen: Sequence[CalendarMeeting]) -> str:
    above = any(record.parent == one.name for one in chosen)
    return f"  {record.name}" if above else record.name


def _days(record: CalendarMeeting) -> str:
    if record.start is None:
        return f"{record.year}, days not known"
    if record.end in (None, record.start):
        return record.start.isoformat()
    return f"{record.start.isoformat()} to {record.end.isoformat() if record.end else '?'}"
