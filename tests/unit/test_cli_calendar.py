"""`aseanwatch calendar` and the lists of what is expected: what people and programs get."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import stores
from daemon import called
from desk import only, says

from aseanwatch.pipeline import record
from classifiers import load_calendar
from core.articles import Article
from core.codes import Level, Status
from core.expected import due
from core.readings import Meeting
from core.review import Action
from store import Store, open_store

AMM_57 = Meeting(type="AMM", ordinal=57, year=2024)
PMC_UK = Meeting(type="PMC", year=2024, partner="UK")


def ok(*arguments: str) -> str:
    done = called(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(*arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ok(*arguments, "--json").splitlines()]


def reports(store: Store, name: str, day: str, *said: tuple[str, Status, Meeting]) -> None:
    """An article of that day that reports these outcomes."""
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    article = Article(key=name, url=f"https://vna.example/{name}", title=name, text=f"The text of {name}.", published=at)
    sightings = tuple(stores.replace(stores.sighting(article, title, status), meeting=meeting) for title, status, meeting in said)
    store.record_article(None, article, at)
    record(store, article, stores.replace(stores.reading(article), sightings=sightings, alert=True), (), at, max_age=None)


@pytest.fixture
def data_dir(tmp_path: Path) -> str:
    """The data folder of a watch that knows what three articles say of AMM-57, of its week and of a meeting ahead."""
    with open_store(f"sqlite:///{tmp_path / 'aseanwatch.db'}", now=stores.NOW) as store:
        reports(
            store, "preview", "2024-07-20",
            ("57th AMM Joint Communique", Status.PLANNED, AMM_57),
            ("ASEAN Declaration on Smart Cities", Status.PLANNED, AMM_57),
        )  # fmt: skip
        reports(store, "result", "2024-07-27", ("57th AMM Joint Communique", Status.DONE, AMM_57))
        reports(store, "london", "2024-07-27", ("ASEAN-UK Joint Statement on Connectivity", Status.DONE, PMC_UK))
        reports(store, "ahead", "2024-07-29", ("ASEAN Maritime Outlook", Status.PLANNED, Meeting(type="AMM", ordinal=60, year=2027)))
        reports(store, "elsewhere", "2024-09-20", ("ASEAN Digital Masterplan", Status.DONE, Meeting(type="AEM", ordinal=56, year=2024)))
    return str(tmp_path)


# Records


def test_a_year_is_listed_with_what_hangs_under_each_meeting_and_a_picture(tmp_path: Path) -> None:
    shown = ok("calendar", "list", "--year", "2024", "--data-dir", str(tmp_path))

    rows = [line.rstrip() for line in shown.splitlines() if "Laos  " in line]
    assert [row[1:19].rstrip() for row in rows] == [
        "AMM-RETREAT 2024", "AMM-57", "  PMC 2024", "  APT-FMM-25", "  ARF-31", "  EAS-FMM-14", "SUMMIT-44", "SUMMIT-45",
    ]  # fmt: skip
    [week] = [line for line in shown.splitlines() if line.startswith("AMM-57") and "█" in line]
    assert week.removeprefix("AMM-57").strip() == "·" * 26 + "██" + "·" * 20
    assert "ASEAN is chaired by Laos in 2024, “ASEAN: Enhancing Connectivity and Resilience” (confirmed)." in shown


def test_records_are_listed_for_programs() -> None:
    records = objects("calendar", "list", "--type", "summit")

    assert [one["name"] for one in records] == [f"SUMMIT-{number}" for number in range(30, 52)]
    assert records[-1]["certainty"] == "uncertain"
    assert {one["start"][:4] for one in records if one["year"] == 2025} == {"2025"}
    assert len(objects("calendar", "list")) == 80


@pytest.mark.parametrize(
    "name",
    [
        ("AMM-57",),
        ("AMM", "57"),
        ("amm57",),
        ("57th ASEAN Foreign Ministers' Meeting",),
        ("the", "57th", "asean", "foreign", "ministers'", "meeting"),
        ("Hội nghị Bộ trưởng Ngoại giao ASEAN lần thứ 57",),
    ],
)
def test_a_meeting_is_found_under_every_name(name: tuple[str, ...], tmp_path: Path) -> None:
    [found] = objects("calendar", "show", *name, "--data-dir", str(tmp_path))

    assert (found["name"], found["start"], found["chair"]) == ("AMM-57", "2024-07-24", "Saleumxay Kommasith")
    assert sorted(one["name"] for one in found["under"]) == ["APT-FMM-25", "ARF-31", "EAS-FMM-14", "PMC 2024"]
    assert found["outcomes"] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SUMMIT 2024", "SUMMIT 2024: there was more than one: SUMMIT-44, SUMMIT-45"),
        ("weather", "weather: names no meeting; write AMM-57"),
        ("AMM", "which one? Name its number or its year, as in AMM-57 or AMM 2024"),
        ("AEM-99", "AEM-99: neither the calendar nor the register knows this meeting"),
    ],
)
def test_a_name_that_is_none_or_several_is_refused_with_a_remedy(name: str, words: str, tmp_path: Path) -> None:
    done = called("calendar", "show", name, "--data-dir", str(tmp_path))

    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr


def test_without_a_register_the_record_is_shown_all_the_same(tmp_path: Path) -> None:
    assert "There is no register yet" in ok("calendar", "show", "AMM-57", "--data-dir", str(tmp_path))


def test_chairs_are_listed_by_year() -> None:
    assert [(one["year"], one["country"]) for one in objects("calendar", "chairs")][7:9] == [(2024, "Laos"), (2025, "Malaysia")]
    assert "Inclusivity and Sustainability" in ok("calendar", "chairs")


# Outcomes


def test_a_meeting_shows_what_is_overdue_expected_and_seen_with_sentence_and_article(data_dir: str) -> None:
    [found] = objects("calendar", "show", "AMM-57", "--data-dir", data_dir)

    told = [(one["progress"], one["title"], one["article"], one["expected_by"]) for one in found["outcomes"]]
    assert told == [
        ("overdue", "ASEAN Declaration on Smart Cities", "preview", "2024-07-27"),
        ("seen", "57th AMM Joint Communique", "result", None),
        ("seen", "ASEAN-UK Joint Statement on Connectivity", "london", None),
    ]
    assert found["outcomes"][0]["sentence"] == "The text of preview."
    shown = ok("calendar", "show", "AMM-57", "--data-dir", data_dir)
    assert "1 overdue · 2 seen" in shown
    assert "overdue  [document, ministerial] ASEAN Declaration on Smart Cities, expected by 2024-07-27: AMM-57 ends on 2024-07-27" in shown
    assert "“The text of london.”" in shown


def test_a_session_shows_its_own_and_what_is_ahead_is_expected(data_dir: str) -> None:
    [session] = objects("calendar", "show", "PMC", "UK", "2024", "--data-dir", data_dir)
    assert [one["title"] for one in session["outcomes"]] == ["ASEAN-UK Joint Statement on Connectivity"]
    [ahead] = objects("calendar", "show", "AMM-60", "--data-dir", data_dir)
    assert [(one["progress"], one["expected_by"]) for one in ahead["outcomes"]] == [("expected", "2027-12-31")]


def test_a_meeting_that_the_calendar_does_not_know_shows_what_the_register_knows(data_dir: str) -> None:
    [found] = objects("calendar", "show", "AEM-56", "--data-dir", data_dir)
    assert [one["title"] for one in found["outcomes"]] == ["ASEAN Digital Masterplan"]
    assert "AEM-56: not in the calendar; this is what the register knows" in ok("calendar", "show", "AEM-56", "--data-dir", data_dir)


def test_outcomes_are_listed_by_whether_they_are_expected_or_overdue(data_dir: str) -> None:
    overdue = objects("outcomes", "list", "--overdue", "--data-dir", data_dir)
    expected = objects("outcomes", "list", "--expected", "--data-dir", data_dir)
    both = objects("outcomes", "list", "--overdue", "--expected", "--data-dir", data_dir)

    assert [(one["title"], one["expected_by"], one["expected_in"]) for one in overdue] == [
        ("ASEAN Declaration on Smart Cities", "2024-07-27", "preview")
    ]
    assert [one["title"] for one in expected] == ["ASEAN Maritime Outlook"]
    assert both == [*overdue, *expected]
    assert "AMM-57 ends on 2024-07-27" in ok("outcomes", "list", "--overdue", "--data-dir", data_dir)
    assert "Nobody waits for such an outcome." in ok("outcomes", "list", "--overdue", "--type", "funding", "--data-dir", data_dir)


def test_what_was_expected_then_is_told_by_what_was_known_then(data_dir: str) -> None:
    before, after = (
        objects("outcomes", "list", *("--expected", "--overdue"), "--as-of", day, "--data-dir", data_dir)
        for day in ("2024-07-22", "2024-08-22")
    )
    assert {one["title"]: one["progress"] for one in before} == {
        "57th AMM Joint Communique": "expected",
        "ASEAN Declaration on Smart Cities": "expected",
    }
    assert {one["title"]: one["progress"] for one in after} == {
        "ASEAN Declaration on Smart Cities": "overdue",
        "ASEAN Maritime Outlook": "expected",
    }


def test_what_a_reviewer_rejected_is_on_no_agenda_and_waited_for_by_nobody(data_dir: str) -> None:
    with open_store(f"sqlite:///{data_dir}/aseanwatch.db", now=stores.NOW) as store:
        for title in ("ASEAN Declaration on Smart Cities", "57th AMM Joint Communique"):
            says(store, Action.REJECT, only(store, title), at=stores.NOW)
    assert objects("outcomes", "list", "--overdue", "--data-dir", data_dir) == []
    [shown] = objects("calendar", "show", "AMM-57", "--data-dir", data_dir)
    assert [one["title"] for one in shown["outcomes"]] == ["ASEAN-UK Joint Statement on Connectivity"]


@pytest.mark.parametrize("name", ["AMM-57", "amm 57", "57th ASEAN Foreign Ministers' Meeting"])
def test_outcomes_are_chosen_by_a_meeting_however_it_is_spelled(name: str, data_dir: str) -> None:
    found = objects("outcomes", "list", "--meeting", name, "--data-dir", data_dir)
    assert {one["title"] for one in found} == {"57th AMM Joint Communique", "ASEAN Declaration on Smart Cities"}


def test_an_outcome_shows_by_when_it_was_expected_and_since_when_it_is_overdue(data_dir: str) -> None:
    [one] = objects("outcomes", "list", "--overdue", "--data-dir", data_dir)
    assert "expected by 2024-07-27: AMM-57 ends on 2024-07-27" in ok("outcomes", "show", one["key"], "--data-dir", data_dir)

    with open_store(f"sqlite:///{data_dir}/aseanwatch.db", now=stores.NOW) as store:
        outcome, reports = next(known for known in store.planned() if known[0].key == one["key"])
        deadline = due(outcome, reports, load_calendar())
        assert deadline is not None
        assert outcome.overdue_at is None  # it is shown as overdue though nobody was told
        store.mark_overdue([deadline], stores.NOW)
    assert f"overdue  found so on {stores.NOW:%Y-%m-%d}" in ok("outcomes", "show", one["key"], "--data-dir", data_dir)
    assert f"; told {stores.NOW:%Y-%m-%d}" in ok("calendar", "show", "AMM-57", "--data-dir", data_dir)


def test_what_officials_plan_is_no_more_than_open(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'aseanwatch.db'}", now=stores.NOW) as store:
        at = datetime(2024, 7, 20, tzinfo=UTC)
        article = stores.story("som", published=at)
        seen = stores.replace(stores.sighting(article, "Work Plan of the SOM", Status.PLANNED), meeting=AMM_57, level=Level.OFFICIALS)
        store.record_article(None, article, at)
        record(store, article, stores.replace(stores.reading(article), sightings=(seen,)), (), at + timedelta(hours=1), max_age=None)

    [found] = objects("calendar", "show", "AMM-57", "--data-dir", str(tmp_path))
    assert [one["progress"] for one in found["outcomes"]] == ["open"]


# Export


def test_the_export_is_a_calendar_that_a_calendar_library_reads() -> None:
    done = called("calendar", "export", "--year", "2026", "--stamp", "2026-01-02T03:04:05Z")

    assert done.returncode == 0
    read = icalendar.Calendar.from_ical(done.stdout)
    events = {str(event["UID"]): event for event in read.walk("VEVENT")}
    assert events.keys() == {"amm-retreat-2026@aseanwatch", "summit-48@aseanwatch", "summit-49@aseanwatch"}
    assert str(events["summit-49@aseanwatch"]["STATUS"]) == "TENTATIVE"
    assert {event["DTSTAMP"].dt for event in events.values()} == {datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)}
    assert "left out, since their days are not known: AMM-59" in done.stderr
