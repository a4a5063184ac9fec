"""The calendar of the gazetteer as records, with what a meeting takes from the one above it filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

from classifiers.rulebook import Rulebook, load
from core.calendar import Calendar, CalendarMeeting, Certainty, Chairmanship

_Row = Mapping[str, Any]


def load_calendar(extra: Sequence[Traversable] = ()) -> Calendar:
    """The calendar that ships, or the one that a file of `extra` puts in its place. Raises ConfigError, naming file and line."""
    return calendar_of(load(extra))


def calendar_of(book: Rulebook) -> Calendar:
    """The calendar of a rulebook. Raises ConfigError, naming file and line."""
    rows = book["calendar"]
    countries = {party["iso"]: party["name"] for party in book["parties"]["party"] if "iso" in party}
    meetings: dict[str, CalendarMeeting] = {}
    chairs: list[Chairmanship] = []
    for table in ("meeting", "chair"):
        for index, row in enumerate(rows.get(table, ())):
            try:
                if table == "chair":
                    chairs.append(_chairmanship(row, countries))
                else:
                    record = _meeting(row, countries)
                    meetings[record.name] = _under(record, meetings[record.parent]) if record.parent else record
            except KeyError as error:
                raise book.files["calendar"].refusal(f"{error} is no country code, or no meeting above this one", table, index) from error
            except ValueError as error:
                raise book.files["calendar"].refusal(str(error), table, index) from error
    others = [party for party in book["parties"]["party"] if party["kind"] != "member"]
    partners = {name.casefold(): party["name"] for party in others for name in (*party.get("names", ()), party["name"])}
    return Calendar(meetings.values(), chairs, partners)


def _meeting(row: _Row, countries: Mapping[str, str]) -> CalendarMeeting:
    return CalendarMeeting(
        type=row["type"],
        ordinal=row.get("ordinal"),
        year=row["year"],
        start=_day(row, "start"),
        end=_day(row, "end"),
        plenary=_day(row, "plenary"),
        place=row.get("city", ""),
        country=countries[row["country"]] if "country" in row else "",
        chair=row.get("chair", ""),
        theme=row.get("theme", ""),
        certainty=Certainty(row.get("certainty", Certainty.UNCERTAIN)),
        source=row.get("source", ""),
        note=row.get("note", ""),
        parent=row.get("week", ""),
    )


def _under(record: CalendarMeeting, above: CalendarMeeting) -> CalendarMeeting:
    """The record with days, place and chair of the meeting above it where it names none; it is no more certain than that one's forecast."""
    days = (record.start, record.end) if record.start else (above.start, above.end)
    certainty = above.certainty if above.certainty is Certainty.UNCERTAIN else record.certainty
    return replace(
        record,
        start=days[0],
        end=days[1],
        place=record.place or above.place,
        country=record.country or above.country,
        chair=record.chair or above.chair,
        theme=record.theme or above.theme,
        certainty=certainty,
    )


def _day(row: _Row, key: str) -> date | None:
    return date.fromisoformat(row[key]) if row.get(key) else None


def _chairmanship(row: _Row, countries: Mapping[str, str]) -> Chairmanship:
    return Chairmanship(
        year=row["year"],
        country=countries[row["country"]],
        theme=row.get("theme", ""),
        certainty=Certainty(row.get("certainty", Certainty.UNCERTAIN)),
        source=row.get("source", ""),
        note=row.get("note", ""),
    )
