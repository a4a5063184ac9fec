"""The calendar as iCalendar (RFC 5545), for the calendar program of whoever follows the meetings."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import icalendar

from core.calendar import CalendarMeeting, Certainty

_PRODUCT = "-//aseanwatch//ASEAN meetings//EN"


def document(records: Iterable[CalendarMeeting], stamp: datetime) -> bytes:
    """The records whose days are known, as one iCalendar document in UTF-8; `stamp` is when it was made (DTSTAMP).

    A meeting keeps its UID from one export to the next, so that a calendar program takes a later one for a correction.
    """
    whole = icalendar.Calendar()
    whole.add("prodid", _PRODUCT)
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", "PUBLISH")
    for record in records:
        if record.start is not None:
            whole.add_component(_event(record, record.start, stamp))
    return bytes(whole.to_ical())


def uid(name: str) -> str:
    """The lasting identity of the meeting of that name."""
    return f"{name.lower().replace(' ', '-')}@aseanwatch"


def _event(record: CalendarMeeting, start: date, stamp: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", uid(record.name))
    event.add("dtstamp", stamp)
    event.add("dtstart", start)
    event.add("dtend", (record.end or start) + timedelta(days=1))  # the first day after it
    event.add("summary", summary(record))
    if record.where:
        event.add("location", record.where)
    event.add("description", description(record))
    event.add("status", "CONFIRMED" if record.certainty is Certainty.CONFIRMED else "TENTATIVE")
    event.add("categories", ["ASEAN", record.type])
    event.add("transp", "TRANSPARENT")
    if record.parent:
        event.add("related-to", uid(record.parent))
    return event


def summary(record: CalendarMeeting) -> str:
    """One line: the short name and the one for people."""
    return f"{record.name}: {record.title}" if record.ordinal else record.title


def description(record: CalendarMeeting) -> str:
    """What is known of it and how well, one thing a line."""
    known = {
        "Part of": record.parent,
        "Plenary": record.plenary.isoformat() if record.plenary else "",
        "Chair": record.chair,
        "Theme": record.theme,
        "Certainty": record.certainty.value,
        "Source": record.source,
        "Note": record.note,
    }
    return "\n".join(f"{name}: {value}" for name, value in known.items() if value)
