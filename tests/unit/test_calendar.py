"""The calendar: one meeting under every spelling, what hangs under it, and files that are wrong refused by line."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from classifiers import load_calendar
from classifiers.meetings import Calendar as ReadersCalendar
from classifiers.rulebook import load
from core.calendar import Calendar, Certainty, meeting_named
from core.errors import ConfigError
from core.facets import YEARLY
from core.readings import Meeting


@cache
def calendar() -> Calendar:
    return load_calendar()


@pytest.mark.parametrize(
    "name",
    [
        "AMM-57", "AMM 57", "amm57", "  amm   57 ", "AMM 2024", "57th AMM", "57th ASEAN Foreign Ministers' Meeting",
        "the 57th ASEAN Foreign Ministers’ meeting",
    ],
)  # fmt: skip
def test_a_meeting_is_one_however_it_is_spelled(name: str) -> None:
    found = calendar().named(name)
    assert found is not None
    assert (found.name, found.title) == ("AMM-57", "57th ASEAN Foreign Ministers' Meeting")
    assert (found.start, found.end, found.plenary) == (date(2024, 7, 24), date(2024, 7, 27), date(2024, 7, 25))
    assert (found.place, found.country, found.chair) == ("Vientiane", "Laos", "Saleumxay Kommasith")
    assert found.theme == "ASEAN: Enhancing Connectivity and Resilience"


@pytest.mark.parametrize("name", ["communique", "AMM-5777", "57", "", "SUMMITS", "AMM-57 2024-07", "57th heaven"])
def test_other_words_are_no_name(name: str) -> None:
    assert meeting_named(name) is None


def test_the_foreign_ministers_meetings_from_50_to_60_are_there_with_their_weeks() -> None:
    for number in range(50, 61):
        record = calendar().named(f"AMM-{number}")
        assert record is not None
        assert record.year == 1967 + number
        under = {one.type: one for one in calendar().under(record)}
        assert under.keys() == {"PMC", "APT-FMM", "EAS-FMM", "ARF"}
        for code in ("APT-FMM", "EAS-FMM", "ARF"):
            assert under[code].ordinal == record.year - YEARLY[code]
        for one in under.values():
            assert (one.place, one.country, one.parent) == (record.place, record.country, record.name)
            assert (record.start is None) == (one.start is None)
            if record.start and record.end and one.start and one.end:
                assert record.start <= one.start <= one.end <= record.end


def test_what_nobody_is_sure_of_is_not_said_to_be_sure() -> None:
    for name in ("AMM-59", "AMM-60", "ARF-33", "SUMMIT-49"):
        found = calendar().named(name)
        assert found is not None
        assert found.certainty is Certainty.UNCERTAIN


def test_every_record_has_a_name_of_its_own_and_stands_in_order_of_time() -> None:
    records = calendar().meetings
    assert len({one.name for one in records}) == len(records) == 80
    assert [one.year for one in records] == sorted(one.year for one in records)


def test_a_session_with_one_partner_hangs_under_the_week_of_its_year() -> None:
    found = calendar().resolve(Meeting(type="PMC", year=2024, partner="Australia"))
    assert found is not None
    assert (found.name, found.parent, found.end) == ("PMC Australia 2024", "AMM-57", date(2024, 7, 27))
    assert found.certainty is Certainty.DERIVED
    assert calendar().includes(Meeting(type="AMM", ordinal=57), found.meeting)
    assert not calendar().includes(Meeting(type="AMM", ordinal=58), found.meeting)


@pytest.mark.parametrize("name", ["pmc united kingdom 2024", "PMC UK 2024", "PMC Britain 2024"])
def test_a_partner_is_one_under_each_of_its_names(name: str) -> None:
    found = calendar().named(name)
    assert found is not None
    assert found.name == "PMC UK 2024"


@pytest.mark.parametrize("name", ["PMC Atlantis 2024", "PMC Laos 2024", "AMM Japan 2024"])
def test_there_is_no_session_with_a_stranger_or_a_member_or_of_the_plenary(name: str) -> None:
    assert calendar().named(name) is None


@pytest.mark.parametrize("name", ["AMM Retreat 2024", "amm-retreat 2024", "AMM-RETREAT 2024"])
def test_a_code_is_one_with_a_hyphen_or_a_space(name: str) -> None:
    found = calendar().named(name)
    assert found is not None
    assert found.name == "AMM-RETREAT 2024"


def test_leaders_meet_their_partners_at_the_last_summit_of_the_year() -> None:
    found = calendar().resolve(Meeting(type="PARTNER-SUMMIT", year=2025, partner="Japan"))
    assert found is not None
    assert (found.title, found.parent, found.end) == ("ASEAN Summit with Japan 2025", "SUMMIT-47", date(2025, 10, 28))


def test_of_two_meetings_in_a_year_none_is_taken_for_the_other() -> None:
    spring = Meeting(type="SUMMIT", year=2025)
    assert calendar().resolve(spring) is None
    assert [one.name for one in calendar().instances(spring)] == ["SUMMIT-46", "SUMMIT-47"]
    assert not calendar().includes(Meeting(type="SUMMIT", ordinal=47), spring)
    # Those of 2024 were held back to back.
    assert calendar().includes(Meeting(type="SUMMIT", ordinal=45), Meeting(type="SUMMIT", year=2024))


def test_what_the_calendar_does_not_know_is_not_made_up() -> None:
    for meeting in (
        Meeting(type="AMM", ordinal=49),
        Meeting(type="AEM", year=2024),
        Meeting(type="AMM"),
        Meeting(type="SUMMIT", ordinal=99),
    ):
        assert calendar().resolve(meeting) is None


def test_the_next_meeting_is_the_first_that_is_not_over() -> None:
    for day, name in ((date(2025, 5, 27), "SUMMIT-46"), (date(2025, 5, 28), "SUMMIT-47"), (date(2028, 1, 1), None)):
        found = calendar().next("SUMMIT", day)
        assert (found.name if found else None) == name


def test_chairs_are_known_by_year() -> None:
    assert [chair.country for chair in calendar().chairs] == [
        "Philippines", "Singapore", "Thailand", "Vietnam", "Brunei", "Cambodia", "Indonesia", "Laos", "Malaysia", "Philippines",
        "Singapore", "Thailand",
    ]  # fmt: skip
    last = calendar().chair(2028)
    assert last is not None
    assert last.certainty is Certainty.UNCERTAIN
    assert calendar().chair(1999) is None


def test_the_reader_and_the_records_agree_on_every_year() -> None:
    readers = ReadersCalendar(load())
    assert all(readers.year(one.type, one.ordinal) == one.year for one in calendar().meetings if one.ordinal)


MEETING = '[[numbering]]\ntype = "AMM"\noffset = 1967\n\n[[meeting]]\ntype = "AMM"\nordinal = 57\nyear = 2024\n'


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('start = "24 July"', "24 July"),
        ('country = "XX"', "'XX' is no country code"),
        ('week = "AMM-99"', "'AMM-99' is no country code, or no meeting above this one"),
        ('certainty = "sure"', "sure"),
    ],
)
def test_a_calendar_that_is_wrong_is_refused_by_file_and_line(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text(f'{MEETING}{line}\n\n[[chair]]\nyear = 2024\ncountry = "LA"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_calendar([path])
    assert str(path) in str(refused.value)
    assert "line 5" in str(refused.value)
    assert words in str(refused.value)


def test_a_calendar_of_the_users_own_stands_in_place_of_the_one_that_ships(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text(f'{MEETING}end = "2024-07-31"\n\n[[chair]]\nyear = 2024\ncountry = "LA"\n', encoding="utf-8")
    own = load_calendar([path])
    assert [(one.name, one.end, one.certainty) for one in own.meetings] == [("AMM-57", date(2024, 7, 31), Certainty.UNCERTAIN)]
