"""The iCalendar export, read back by the library: every event says what the record says."""

from datetime import UTC, date, datetime, timedelta

import icalendar

from aseanwatch.ical import document, uid
from classifiers import load_calendar
from core.calendar import CalendarMeeting, Certainty

STAMP = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def events(body: bytes) -> dict[str, icalendar.Event]:
    """UID -> event, of a document that a strict reader takes whole."""
    read = icalendar.Calendar.from_ical(body)
    assert read["VERSION"] == "2.0"
    assert read["PRODID"]
    assert not read.errors
    return {str(event["UID"]): event for event in read.walk("VEVENT")}


def test_every_meeting_whose_days_are_known_comes_back_as_it_was() -> None:
    records = load_calendar().meetings
    dated = [one for one in records if one.start and one.end]

    read = events(document(records, STAMP))

    assert read.keys() == {uid(one.name) for one in dated}
    assert len(read) == len(dated)
    for one in dated:
        event = read[uid(one.name)]
        assert one.end is not None
        assert event.errors == []
        assert event["DTSTAMP"].dt == STAMP
        assert event["DTSTART"].dt == one.start
        assert event["DTEND"].dt == one.end + timedelta(days=1)
        assert type(event["DTSTART"].dt) is date
        assert one.title in event["SUMMARY"]
        assert event["LOCATION"] == one.where
        assert event["STATUS"] == ("CONFIRMED" if one.certainty is Certainty.CONFIRMED else "TENTATIVE")
        assert [str(category) for category in event["CATEGORIES"].cats] == ["ASEAN", one.type]
        said = str(event["DESCRIPTION"]).split("\n")
        assert f"Certainty: {one.certainty}" in said
        assert (f"Source: {one.source}" in said) == bool(one.source)
        assert (f"Part of: {one.parent}" in said) == bool(one.parent)
        assert event.get("RELATED-TO") == (uid(one.parent) if one.parent else None)


def test_the_document_is_folded_and_its_text_escaped() -> None:
    odd = CalendarMeeting(
        type="AMM",
        ordinal=99,
        year=2066,
        start=date(2066, 7, 1),
        end=date(2066, 7, 3),
        place="Nha Trang; Khánh Hòa",
        country="Vietnam",
        theme="One, two; three\\four\nfive " + "và nhiều hơn nữa " * 9,
        certainty=Certainty.UNCERTAIN,
    )

    body = document([odd], STAMP)

    assert body.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert body.count(b"\n") == body.count(b"\r\n")
    [event] = events(body).values()
    assert event["LOCATION"] == "Nha Trang; Khánh Hòa, Vietnam"
    assert f"Theme: {odd.theme}" in str(event["DESCRIPTION"])


def test_the_same_calendar_gives_the_same_bytes() -> None:
    assert document(load_calendar().meetings, STAMP) == document(load_calendar().meetings, STAMP)
