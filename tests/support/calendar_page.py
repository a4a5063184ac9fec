"""Writes the records of the calendar into docs/reference/calendar.md: `python tests/support/calendar_page.py`."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from classifiers import load_calendar
from core.calendar import Calendar, CalendarMeeting, Certainty

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "calendar.md"

FIRST = "## ASEAN Foreign Ministers' Meetings\n"


def records(calendar: Calendar) -> str:
    """The tables of the page."""
    tops = {kind: [one for one in calendar.meetings if one.type == kind] for kind in ("AMM", "AMM-RETREAT", "SUMMIT")}
    hanging = [(top.name, one) for top in tops["AMM"] for one in calendar.under(top)]
    sections = [
        _section(
            "ASEAN Foreign Ministers' Meetings",
            ("meeting", "week", "plenary", "place", "chair", "certainty", "said by", "note"),
            ((one.name, days(one), one.plenary or "?", one.where, one.chair or "?", *_sure(one)) for one in tops["AMM"]),
        ),
        _section(
            "Under them",
            ("week", "meeting", "days", "certainty", "said by", "note"),
            ((above, one.name, days(one), *_sure(one)) for above, one in hanging),
        ),
        _section(
            "Retreats",
            ("meeting", "date", "place", "certainty", "said by", "note"),
            ((one.name, days(one), one.where, *_sure(one)) for one in tops["AMM-RETREAT"]),
        ),
        _section(
            "ASEAN Summits",
            ("summit", "days", "place", "certainty", "said by", "note"),
            ((one.name, days(one), one.where, *_sure(one)) for one in tops["SUMMIT"]),
        ),
        _section(
            "Chairs",
            ("year", "chair", "theme", "certainty", "said by", "note"),
            ((one.year, one.country, one.theme, one.certainty, one.source, one.note) for one in calendar.chairs),
        ),
    ]
    return "\n".join(sections)


def with_records(page: str, calendar: Calendar) -> str:
    """The page with its tables as the calendar has them now."""
    return page.partition(FIRST)[0] + records(calendar)


def days(record: CalendarMeeting) -> str:
    """The days of a record: one, from and to, or what is not known."""
    if record.start is None or record.end is None:
        return "?"
    return record.start.isoformat() if record.start == record.end else f"{record.start} to {record.end}"


def _sure(record: CalendarMeeting) -> tuple[Certainty, str, str]:
    return (record.certainty, record.source, record.note)


def _section(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"## {title}", "", _row(columns), "|" + "---|" * len(columns), *map(_row, rows), ""]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    return "".join(f"| {cell} " if str(cell) else "| " for cell in cells) + "|"


if __name__ == "__main__":
    PAGE.write_text(with_records(PAGE.read_text(encoding="utf-8"), load_calendar()), encoding="utf-8")
