"""The page of the calendar says what the calendar says."""

import calendar_page

from classifiers import load_calendar


def test_the_page_is_what_the_calendar_says() -> None:
    page = calendar_page.PAGE.read_text(encoding="utf-8")
    assert calendar_page.with_records(page, load_calendar()) == page, "run tests/support/calendar_page.py"


def test_every_record_stands_on_the_page() -> None:
    text = calendar_page.PAGE.read_text(encoding="utf-8")
    assert [one.name for one in load_calendar().meetings if f"| {one.name} |" not in text] == []
