"""Articles played in order of date through the whole pipeline, and the seeds read as history."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stores
from stores import NOW
from walk import StandingClock

from aseanwatch.history import load_history
from aseanwatch.replay import Items, load, play, timeline
from core.articles import Article
from core.calendar import Calendar, CalendarMeeting, Certainty
from core.codes import Status
from core.errors import ConfigError
from core.outcomes import EventKind
from core.readings import Reading
from store import Store, open_store


@dataclass
class Oracle:
    """Reads the same outcome out of every text that names it: `adopted X` is done, `to adopt X` planned."""

    ruleset: str = "rules-1"

    def read(self, article: Article) -> Reading:
        for words, status in (("to adopt ", Status.PLANNED), ("adopted ", Status.DONE)):
            if words in article.text:
                return stores.reading(article, article.text.partition(words)[2].split(".")[0], status=status)
        return stores.reading(article, relevant=False)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store("sqlite://", now=NOW) as opened:
        yield opened


def _lines(folder: Path, *items: object) -> Path:
    path = folder / "articles.jsonl"
    path.write_text("\n".join(item if isinstance(item, str) else json.dumps(item) for item in items), encoding="utf-8")
    return path


def _item(id: str, day: str | None, text: str) -> dict[str, object]:
    return {"id": id, "title": "ASEAN ministers", "text": text, "published": day}


PREVIEW = _item("a", "2026-07-10", "They are to adopt the AMM-59 Joint Communiqué. Tomorrow.")
RESULT = _item("b", "2026-07-11", "They adopted the AMM-59 Joint Communiqué. Today.")
REPRINT = _item("c", "2026-07-12", "They adopted the AMM-59 Joint Communiqué. Yesterday.")
WEATHER = _item("d", None, "Rain.")


def _played(store: Store, items: Items) -> list[dict[str, Any]]:
    return list(play(items, store, Oracle(), lambda: None))


def test_an_outcome_is_alerted_once_when_it_is_done_however_its_articles_are_listed(tmp_path: Path, store: Store) -> None:
    path = _lines(tmp_path, REPRINT, WEATHER, RESULT, PREVIEW)

    records = _played(store, load([path], pytest.fail))

    alert, outcome, summary = records
    assert (alert["kind"], alert["article"], alert["event"], alert["at"][:10]) == ("alert", "b", "outcome.status", "2026-07-11")
    assert (alert["outcome"]["status"], alert["outcome"]["previous_status"]) == ("done", "planned")
    assert alert["corroborates"] == ["a"]
    evidence = alert["evidence"]
    assert RESULT["text"][evidence["start"] : evidence["end"]] == evidence["text"]  # type: ignore[index]
    assert outcome["kind"] == "outcome"
    assert [(one["article"], one["status"]) for one in outcome["sightings"]] == [("a", "planned"), ("b", "done"), ("c", "done")]
    assert summary == {"kind": "summary", "articles": 4, "relevant": 3, "outcomes": 1, "alerts": 1, "failures": 0}


def test_a_line_that_is_no_article_is_told_and_counted_and_the_others_are_played(tmp_path: Path, store: Store) -> None:
    told: list[str] = []
    path = _lines(tmp_path, "{broken", RESULT, ["no object"])

    records = _played(store, load([path], told.append))

    assert [line.split(": ")[0] for line in told] == [f"{path}:1", f"{path}:3"]
    assert (records[-1]["articles"], records[-1]["failures"]) == (1, 2)


def test_articles_without_an_id_are_named_after_their_place(tmp_path: Path) -> None:
    path = _lines(tmp_path, {"text": "They adopted it."}, {"text": "They adopted that."})

    assert [article.key for article in load([path], pytest.fail).articles] == [f"{path}:1", f"{path}:2"]


def test_an_id_that_comes_again_is_a_later_revision(tmp_path: Path, store: Store) -> None:
    path = _lines(tmp_path, PREVIEW, PREVIEW | {"published": "2026-07-11", "text": "They adopted the AMM-59 Joint Communiqué. Today."})

    records = _played(store, load([path], pytest.fail))

    assert [record["kind"] for record in records] == ["alert", "outcome", "summary"]
    assert store.articles()[0].revision == 2


def test_a_folder_needs_its_labels(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("They adopted it.")
    with pytest.raises(ConfigError, match=r"labels\.json"):
        load([tmp_path], pytest.fail)


def test_a_timeline_is_for_people(tmp_path: Path, store: Store) -> None:
    records = _played(store, load([_lines(tmp_path, PREVIEW, RESULT)], pytest.fail))

    told = [line for record in records for line in timeline(record)]

    assert told[0] == "alert    2026-07-11  b: [document, planned -> done] the AMM-59 Joint Communiqué"
    assert told[1].endswith("“They adopted the AMM-59 Joint Communiqué. Today.”")
    assert told[-1] == "articles 2 · relevant 2 · outcomes 1 · alerts 1 · failures 0"


def test_what_was_overdue_when_the_clock_passed_it_stands_among_the_alerts(tmp_path: Path, store: Store) -> None:
    late = RESULT | {"published": "2026-07-20"}
    week = CalendarMeeting(type="AMM", ordinal=59, year=2026, start=NOW.date(), end=NOW.date(), certainty=Certainty.CONFIRMED)

    overdue, alert, outcome, summary = play(
        load([_lines(tmp_path, PREVIEW, WEATHER, late)], pytest.fail), store, Oracle(), lambda: None, Calendar([week])
    )

    assert (overdue["kind"], overdue["at"], overdue["article"]) == ("overdue", "2026-07-14T00:00:00+00:00", "a")
    assert timeline(overdue) == [
        "overdue  2026-07-14  a: [document] the AMM-59 Joint Communiqué",
        "         expected by 2026-07-11: AMM-59 ends on 2026-07-11; no report of it since",
    ]
    assert (alert["kind"], outcome["overdue_at"], summary["alerts"]) == ("alert", overdue["at"], 1)


# History


class SeedReader(Oracle):
    """Reads one outcome out of every seed, named after the seed."""

    def read(self, article: Article) -> Reading:
        return stores.reading(article, f"Result of {article.key}")


def test_the_first_start_reads_the_seeds_and_alerts_nobody(store: Store) -> None:
    assert load_history(store, SeedReader(), StandingClock()) == 5

    counts = store.counts()
    assert counts["outcomes"]["done"] == 5
    assert sum(counts["deliveries"].values()) == sum(counts["alerts"].values()) == 0
    assert [event.kind for event in store.events(subject="seeds")] == [EventKind.HISTORY_LOADED]


def test_history_is_read_once(store: Store) -> None:
    load_history(store, SeedReader(), StandingClock())

    assert load_history(store, SeedReader(), StandingClock()) == 0
    assert len(store.events(subject="seeds")) == 1


def test_a_first_start_that_died_half_way_is_completed(store: Store) -> None:
    class Dies(SeedReader):
        def read(self, article: Article) -> Reading:
            if article.key == "seed003":
                raise KeyboardInterrupt
            return super().read(article)

    with pytest.raises(KeyboardInterrupt):
        load_history(store, Dies(), StandingClock())

    assert load_history(store, SeedReader(), StandingClock()) == 5
    assert store.counts()["outcomes"]["done"] == 5


def test_a_register_in_use_gets_no_history(store: Store) -> None:
    stores.tell(store, stores.story(), stores.reading(stores.story(), "Joint Communiqué"))

    assert load_history(store, SeedReader(), StandingClock()) == 0


def test_history_stands_at_its_own_dates(store: Store) -> None:
    load_history(store, SeedReader(), StandingClock())

    seen = sorted(outcome.first_seen for outcome in store.outcomes())
    assert seen[0].date() == datetime(2020, 9, 8, tzinfo=UTC).date()
    assert seen[-1].date() == datetime(2024, 7, 28, tzinfo=UTC).date()
