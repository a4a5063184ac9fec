"""The review desk as it is called: it is signed, it says how the record stands, and it refuses with a remedy."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from desk import article_saying, only, prints
from stores import MINUTE, NOW

from aseanwatch.cli import cli
from core.codes import Status
from store import open_store

TITLE = "ASEAN-UK Joint Statement on trade"
PLAN = "ASEAN-Australia Plan of Action 2025-2029"


class Office:
    """A database with three reports of two outcomes, and a command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'aseanwatch.db'}"
        with open_store(self.url, now=NOW) as store:
            prints(store, "a", TITLE)
            prints(store, "b", TITLE, now=NOW + MINUTE)
            prints(store, "c", PLAN, status=Status.PLANNED, now=NOW + 2 * MINUTE)
            self.statement, self.plan = only(store, TITLE).key, only(store, PLAN).key

    def calls(self, *arguments: str, env: dict[str, str] | None = None) -> Result:
        return CliRunner().invoke(cli, [*arguments, "--data-dir", str(self.folder)], env={"ASEANWATCH_CONFIG": "", **(env or {})})

    def asks(self, *arguments: str) -> list[dict[str, object]]:
        said = self.calls(*arguments, "--json")
        assert said.exit_code == 0, said.output
        return [json.loads(line) for line in said.stdout.splitlines()]

    def shows(self, key: str) -> dict[str, object]:
        [shown] = self.asks("outcomes", "show", key)
        return shown


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_an_action_says_how_the_record_stands_and_how_to_take_it_back(office: Office) -> None:
    said = office.calls("review", "confirm", office.statement[:14], "--by", "N. Linh", "--reason", "text on asean.org")
    assert said.exit_code == 0, said.output
    assert f"{office.statement}  document, done, confirmed: {TITLE}" in said.output
    assert f"aseanwatch review undo {office.statement}" in said.output
    [row] = office.asks("review", "log", office.statement)
    assert (row["by"], row["action"], row["reason"], row["stands"]) == ("N. Linh", "confirm", "text on asean.org", True)
    assert office.shows(office.statement)["standing"] == "confirmed"
    assert "reviewed N. Linh" in office.calls("outcomes", "show", office.statement).output


def test_a_review_without_a_name_is_refused_and_the_setting_signs_it(office: Office) -> None:
    refused = office.calls("review", "reject", office.plan)
    assert refused.exit_code == 2
    assert "a review is signed: say --by NAME, or set review.by" in refused.output
    assert office.calls("review", "reject", office.plan, env={"ASEANWATCH_REVIEW__BY": "the desk"}).exit_code == 0
    assert [row["by"] for row in office.asks("review", "log")] == ["the desk"]
    assert [one["key"] for one in office.asks("outcomes", "list", "--standing", "rejected")] == [office.plan]


def test_an_edit_shows_what_was_computed_beside_what_stands(office: Office) -> None:
    edit = ("review", "edit", office.plan, "--status", "done", "--party", "Japan", "--party", "China", "--meeting", "AMM-58", "--by", "me")
    assert office.calls(*edit).exit_code == 0
    shown = office.shows(office.plan)
    assert (shown["status"], shown["parties"]) == ("done", ["China", "Japan"])
    assert shown["meeting"] == {"type": "AMM", "ordinal": 58, "year": None, "partner": None}
    reviewed = shown["reviewed"]
    assert isinstance(reviewed, dict)
    assert reviewed["computed"]["status"] == "planned"
    assert shown["alerted_at"] is None
    assert "computed status: planned" in office.calls("outcomes", "show", office.plan).output


def test_records_are_merged_split_and_brought_back(office: Office) -> None:
    assert office.calls("review", "merge", office.statement, office.plan, "--by", "me").exit_code == 0
    assert office.shows(office.plan)["key"] == office.statement
    assert office.calls("review", "undo", office.statement, "--by", "me").exit_code == 0
    assert office.shows(office.plan)["key"] == office.plan
    split = office.calls("review", "split", office.statement, article_saying("b").key, "--by", "me")
    assert split.exit_code == 0, split.output
    assert len(office.asks("outcomes", "list")) == 3
    assert [row["action"] for row in office.asks("review", "log")] == ["split", "undo", "merge"]
    assert "takes back 1" in office.calls("review", "log").output


def test_the_queue_says_why_each_record_waits(office: Office) -> None:
    with open_store(office.url, now=NOW) as store:
        prints(store, "b", now=NOW + 3 * MINUTE)
        prints(store, "a", now=NOW + 4 * MINUTE)
    [waiting] = office.asks("review", "queue")
    assert (waiting["key"], waiting["standing"]) == (office.statement, "disputed")
    assert waiting["questions"] == ["disputed: no report that stands says that it is done"]
    assert office.calls("review", "dismiss", office.statement, "--by", "me").exit_code == 0
    assert "Nothing waits for a reviewer." in office.calls("review", "queue").output


def test_a_correction_is_shown_with_the_alert_that_it_takes_back(office: Office) -> None:
    with open_store(office.url, now=NOW) as store:
        prints(store, "b", now=NOW + 3 * MINUTE)
        prints(store, "a", now=NOW + 4 * MINUTE)
        (correction, _), (told, _) = store.alerts()
    shown = office.calls("alerts", "show", correction.key).output
    assert f"corrects alert {told.key}" in shown
    assert f"[document, done -> reported no more] {TITLE}" in shown
    [as_json] = office.asks("alerts", "show", correction.key)
    assert (as_json["kind"], as_json["corrects"]) == ("correction", told.key)


def test_what_makes_no_sense_leaves_with_one_line(office: Office) -> None:
    refused = office.calls("review", "undo", office.plan, "--by", "me")
    assert refused.exit_code == 1
    assert refused.output.strip() == f"Error: {office.plan}: no action on it stands that could be taken back"
    assert office.calls("review", "edit", office.plan, "--meeting", "G7", "--by", "me").exit_code == 1
    assert office.calls("review", "apply", office.plan, "--by", "me").exit_code == 1
    assert office.calls("review", "confirm", "nothing", "--by", "me").exit_code == 1


def test_the_register_is_shown_and_exported_as_of_a_time(office: Office) -> None:
    before = (NOW + MINUTE / 2).isoformat()
    assert [one["articles"] for one in office.asks("outcomes", "list", "--as-of", before)] == [1]
    [shown] = office.asks("outcomes", "show", office.statement, "--as-of", before)
    sightings, events = shown["sightings"], shown["events"]
    assert isinstance(sightings, list)
    assert isinstance(events, list)
    assert [one["article"] for one in sightings] == [article_saying("a").key]
    assert [one["kind"] for one in events] == ["outcome.new"]
    exported = list(csv.DictReader(office.calls("outcomes", "export", "--as-of", before).stdout.splitlines()))
    assert [(one["standing"], one["articles"], one["origins"]) for one in exported] == [("reported", "1", "Vietnam News Agency")]
    assert office.calls("outcomes", "show", office.plan, "--as-of", before).exit_code == 1
    assert "No such outcome is on record." in office.calls("outcomes", "list", "--as-of", "2020-01-01").output


def test_the_database_is_checked_against_its_log(office: Office) -> None:
    assert "The database is sound." in office.calls("db", "check").output
