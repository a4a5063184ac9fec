"""A database of the first schema is brought forward with its register: log, seats and records as if they had been kept all along."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import postgres
import pytest
from schemas import migrations_up_to
from sqlalchemy import MetaData, Table, insert, text
from sqlalchemy.engine import Connection
from stores import AMM, NOW, key_of, reading, sighting, story

from aseanwatch.pipeline import record
from core import facets
from core.codes import Standing, Status
from core.history import rebuild
from core.keys import digest
from core.outcomes import Outcome, Reported
from store import migrations, open_store
from store.engines import open_engines
from store.payloads import dump

HOUR = timedelta(hours=1)
LATER = {"overdue_at", "origins", "authority", "standing", "told", "supported", "merged", "reviewed", "computed"}
"""Fields of an outcome that the first version did not know."""


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of the first schema with a register: an article that was read twice, by two rule sets, and one outcome."""
    server: postgres.Server | None = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    url = server.create("old") if server else f"sqlite:///{tmp_path / 'old.db'}"
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "FOLDER", migrations_up_to("0001", tmp_path / "first"))
        engines = open_engines(url)
        migrations.upgrade(engines.writer, engines.where)
        with engines.writer.begin() as tx:
            fill(tx)
        engines.close()
    yield url
    if server:
        server.drop("old")


def fill(tx: Connection) -> None:
    """What the first version had written, column by column."""
    schema = MetaData()
    schema.reflect(tx)

    def put(table: str, **row: Any) -> None:
        into: Table = schema.tables[table]
        tx.execute(insert(into).values(row))

    article = story("a", published=NOW)
    reported = Reported(
        article=article.key, index=0, sighting=sighting(article, "Joint Communique"), publisher="", published=NOW, at=NOW, alertable=True
    )
    outcome = Outcome(
        key=key_of("Joint Communique"),
        type=reported.sighting.type,
        status=Status.DONE,
        level=reported.sighting.level,
        title="Joint Communique",
        titles=("Joint Communique",),
        meeting=AMM,
        first_seen=NOW,
        last_seen=NOW,
        done_at=NOW,
        alerted_at=NOW,
        blocks=("title",),
        facets=(facets.dump(facets.facet(reported)),),
    )
    texts = {"url": article.url, "title": article.title, "text": article.text, "text_hash": article.text_hash, "folded": "", "source": ""}
    more = {"publisher": "", "tier": "press", "country": "", "extractor": "", "flags": "[]", "revision": 1, "state": "read", "due_at": NOW}
    put("article", handle=digest(article.key), key=article.key, first_seen=NOW, changed_at=NOW, published=NOW, **texts, **more)
    known = {name: value for name, value in json.loads(dump(outcome, clean=str)).items() if name not in LATER}
    seen = {"key": outcome.key, "type": "document", "status": "done", "level": "ministerial", "meeting": "AMM-59"}
    put("outcome", first_seen=NOW, last_seen=NOW, payload=json.dumps(known), **seen)
    put("outcome_block", block="title", outcome_key=outcome.key)
    for number in (1, 2):
        said = reading(article, "Joint Communique", ruleset=f"rules-{number}")
        how = {"relevant": True, "stage": "outcome", "alert": True, "language": "en", "payload": dump(said, clean=str)}
        read_at = NOW + (number - 1) * HOUR
        hashes = {"text_hash": article.text_hash, "ruleset": said.ruleset}
        put("reading", article_id=1, current=number == 2, read_at=read_at, **hashes, **how)
        seat = {"reading_id": number, "position": 0, "article_id": 1, "outcome_key": outcome.key}
        put("sighting", applied=True, why="new", payload=dump(reported, clean=str), **seat)
    for kind in ("outcome.new", "outcome.corroborated"):
        put("event", kind=kind, subject=outcome.key, at=NOW, before="", after="done", article=article.key, detail="")
    told = {"outcome": outcome.key, "type": "document", "status": "done", "previous_status": None, "level": "ministerial"}
    item = told | {"title": outcome.title, "parties": [], "meeting": "AMM-59", "sentence": article.text, "evidence": article.text[:12]}
    made = {"key": "alert-1", "article": article.key, "url": article.url, "headline": "", "publisher": "", "published": None}
    put("alert", key="alert-1", created_at=NOW, payload=json.dumps(made | {"news": [item], "created_at": NOW.isoformat()}))
    put("alert_outcome", outcome_key=outcome.key, status="done", alert_key="alert-1")
    put("delivery", key="d-1", alert_key="alert-1", target="desk", state="sent", attempt=1, reason="", repeat=False, created_at=NOW)


def test_the_register_of_an_old_database_comes_along_with_a_log_and_seats(old_url: str) -> None:
    with open_store(old_url, now=NOW) as store:
        [outcome] = store.outcomes()
        assert (outcome.standing, outcome.supported, outcome.told) == (Standing.REPORTED, True, None)
        assert rebuild(store.events(records=True)) == {outcome.key: outcome}
        assert store.check() == []
        for then in (NOW, NOW + HOUR):
            found = store.outcome(outcome.key, then)
            assert found
            assert (found[0], len(found[1])) == (outcome, 1), "of two readings one stood at a time"
        assert store.outcome(outcome.key, NOW - HOUR) is None


def test_what_an_official_text_had_confirmed_is_chosen_as_such(old_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A database of the second schema, whose records had a standing and no column for it."""
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "FOLDER", migrations_up_to("0002", tmp_path / "second"))
        engines = open_engines(old_url)
        migrations.upgrade(engines.writer, engines.where)
        with engines.writer.begin() as tx:
            record_ = json.loads(tx.execute(text("SELECT payload FROM outcome")).scalar_one()) | {"standing": "confirmed"}
            tx.execute(text("UPDATE outcome SET payload = :payload"), {"payload": json.dumps(record_, separators=(",", ":"))})
        engines.close()
    with open_store(old_url, now=NOW) as store:
        assert store.outcomes(standing="reported") == []
        assert store.outcomes(standing="confirmed") == store.outcomes(standing="confirmed", as_of=NOW) == store.outcomes()
        assert [one.origins for one in store.outcomes()] == [(story("a").key,)]
        assert store.check() == []


def test_what_was_told_before_is_corrected_after(old_url: str) -> None:
    with open_store(old_url, now=NOW) as store:
        [outcome] = store.outcomes()
        edited = story("a", "They met.", published=NOW)
        store.record_article(None, edited, NOW + 2 * HOUR)
        record(store, edited, reading(edited, ruleset="rules-2"), [], NOW + 2 * HOUR, max_age=None)
        [(correction, deliveries), _] = store.alerts()
        assert (correction.corrects, [item.outcome for item in correction.news]) == ("alert-1", [outcome.key])
        assert [delivery.target for delivery in deliveries] == ["desk"]
        assert store.check() == []
