"""The migrations: what they make, whom they refuse, and what is left when they are killed."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import killing
import postgres
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from schemas import migrations_up_to
from sqlalchemy import Connection, text
from stores import NOW, VNA, entry, poll

from core.alerts import DeliveryState
from core.articles import ArticleState
from core.errors import StoreError
from core.sources import EntryState
from store import Store, migrations, open_store
from store.engines import open_engines
from store.tables import metadata

NEXT = '''"""A further revision, for these tests."""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"


def upgrade() -> None:
    """Rebuilds the table that most others hang on."""
    with op.batch_alter_table("source") as source:
        source.add_column(sa.Column("mood", sa.Text(), nullable=False, server_default="calm"))
        source.alter_column("kind", nullable=True)  # SQLite cannot: the table is made anew
    {then}
'''

HEAD = migrations.head()


@pytest.fixture
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: postgres.Server = request.getfixturevalue("postgresql")
    yield server.create("bare")
    server.drop("bare")


on_both = pytest.mark.parametrize("bare_url", ["sqlite", "postgresql"], indirect=True)


def made_of(tx: Connection) -> set[tuple[str, ...]]:
    """All that the database says of its own schema, in its own words."""
    if tx.dialect.name == "sqlite":
        rows = tx.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version' AND sql IS NOT NULL")
        return {
            # Without quotes: SQLite puts them around the name of a table that was rebuilt.
            (kind, name, " ".join(sorted(re.sub(r'[,()"]', " ", sql).split())))
            for kind, name, sql in rows
        }
    queries = (
        "SELECT 'column', table_name, column_name, data_type, is_nullable, coalesce(character_maximum_length, 0)::text, "
        "coalesce(column_default, '') FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
    )
    found = {tuple(map(str, row)) for query in queries for row in tx.execute(text(query))}
    return {row for row in found if row[1] != "alembic_version"}


@on_both
def test_the_migrations_make_what_the_tables_say(bare_url: str) -> None:
    engines = open_engines(bare_url)
    migrations.upgrade(engines.writer, engines.where)
    with engines.writer.connect() as tx:
        assert compare_metadata(MigrationContext.configure(tx, opts={"compare_type": True}), metadata) == []
        migrated = made_of(tx)
    with engines.writer.begin() as tx:
        metadata.drop_all(tx)
        metadata.create_all(tx)
    with engines.writer.connect() as tx:
        assert migrated == made_of(tx)
    engines.close()


@on_both
def test_a_database_that_is_up_to_date_is_left_alone(bare_url: str) -> None:
    with open_store(bare_url, now=NOW) as store:
        store.sync_sources([VNA], NOW)
    with open_store(bare_url, now=NOW) as store:
        assert [source for source, _ in store.sources()] == [VNA]
        assert store.storage()["schema"] == migrations.head()


@on_both
def test_a_database_of_a_newer_version_is_refused(bare_url: str) -> None:
    with open_store(bare_url, now=NOW) as store, store._writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for migrate in (True, False):
        with pytest.raises(StoreError, match=r"revision 9999.*install the newer version") as refused:
            open_store(bare_url, now=NOW, migrate=migrate)
        assert not refused.value.transient


@on_both
def test_a_database_that_is_only_looked_at_is_neither_made_nor_changed(bare_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no database yet|run `aseanwatch db upgrade`"):
        open_store(bare_url, now=NOW, migrate=False)
    assert list(tmp_path.iterdir()) == []
    open_store(bare_url, now=NOW).close()
    with open_store(bare_url, now=NOW, migrate=False) as store:
        assert store.sources() == []


def test_the_reference_page_names_every_table_and_every_state() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "store.md").read_text(encoding="utf-8")
    tables = page.partition("## Tables")[2].partition("## States")[0]
    states = page.partition("## States")[2].partition("## Errors")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", tables, re.MULTILINE)) == {table.name for table in metadata.sorted_tables}
    listed = re.findall(r"^\| \w* ?\| `(\w+)` \|", states, re.MULTILINE)
    assert listed == [state.value for kind in (EntryState, ArticleState, DeliveryState) for state in kind]


def test_history_is_one_line() -> None:
    scripts = ScriptDirectory(str(migrations.FOLDER))
    assert scripts.get_heads() == [migrations.head()]
    assert scripts.get_bases() == ["0001"]


@on_both
def test_a_killed_migration_is_done_whole_by_the_next_start(bare_url: str) -> None:
    *killed, lived = runs(bare_url, 2)
    assert len(killed) >= 20
    for run in killed:
        assert (run["wrong"], run["schema"], run["counts"]) == ([], lived["schema"], lived["counts"])


def runs(url: str, step: int) -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, killing.__file__, "migrate", url, str(step)], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_migration_that_dies_half_way_leaves_postgresql_empty(postgresql: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found right after the kill, before anybody repairs it: DDL is part of the transaction."""
    url = postgresql.create("half")
    assert killing.killed(killing.migrate, url, 30)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    postgresql.drop("half")


def with_next(folder: Path, monkeypatch: pytest.MonkeyPatch, then: str) -> None:
    """Lets the program know of a further revision."""
    shutil.copytree(migrations.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "next.py").write_text(NEXT.format(head=HEAD, then=then))
    monkeypatch.setattr(migrations, "FOLDER", folder)


def filled(url: str) -> Store:
    store = open_store(url, now=NOW)
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("a"), entry("b")))
    return store


@on_both
def test_a_rebuilt_table_keeps_its_rows_and_what_hangs_on_them(bare_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(bare_url).close()
    with_next(tmp_path / "newer", monkeypatch, "pass")
    with open_store(bare_url, now=NOW) as store:
        assert store.storage()["schema"] == "next"
        assert store.entry_counts() == {VNA.id: 2}
        assert store.check() == []
        with store._reading() as tx:
            assert tx.scalar(text("SELECT mood FROM source")) == "calm"
        with pytest.raises(StoreError, match=r"(?i)foreign key"), store._writing() as tx:
            tx.execute(text("DELETE FROM source"))


@on_both
@pytest.mark.parametrize("then", ["op.execute('SELECT nonsense')", "raise RuntimeError('halt')"])
def test_a_migration_that_fails_changes_nothing(bare_url: str, then: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(bare_url).close()
    with monkeypatch.context() as patched:
        with_next(tmp_path / "newer", patched, then)
        with pytest.raises((StoreError, RuntimeError)):
            open_store(bare_url, now=NOW)
    with open_store(bare_url, now=NOW) as store:
        assert store.storage()["schema"] == HEAD
        assert store.entry_counts() == {VNA.id: 2}
        assert store.check() == []


def test_a_migration_that_would_orphan_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'watch.db'}"
    filled(url).close()
    with monkeypatch.context() as patched:
        with_next(tmp_path / "newer", patched, "op.execute('DELETE FROM source')")
        with pytest.raises(StoreError, match="without its source"):
            open_store(url, now=NOW)
    with open_store(url, now=NOW) as store:
        assert store.entry_counts() == {VNA.id: 2}


@on_both
def test_an_older_register_gets_its_origins_its_days_and_its_topics(bare_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A database of the first schema, with one outcome that an official page and a paper report, as that version wrote it."""
    with monkeypatch.context() as before:
        before.setattr(migrations, "FOLDER", migrations_up_to("0001", tmp_path / "first"))
        engines = open_engines(bare_url)
        migrations.upgrade(engines.writer, engines.where)
    with engines.writer.begin() as tx:
        for statement in FIRST_REGISTER:
            tx.execute(text(statement.replace("TRUE", "1") if tx.dialect.name == "sqlite" else statement))
    engines.close()
    with open_store(bare_url, now=NOW) as store:
        (outcome,) = store.outcomes(parties=["JAPAN"], topics=["trade"], since=datetime(2026, 7, 11, tzinfo=UTC))
        assert (outcome.title, outcome.origins) == ("Plan", ("Ministry", "Paper"))
        found = store.outcome("document-1")
        assert found
        assert [one.reported.origin for one in found[1]] == ["Ministry", "Paper"]
        assert store.check() == []


_REPORTED = (
    '{"article":"%s","index":0,"sighting":{"type":"document","status":"done","level":"ministerial","title":"Plan","evidence":'
    '{"span":{"field":"text","start":0,"end":4,"quote":"Plan"},"rule":"r"},"sentence":{"field":"text","start":0,"end":4,"quote":"Plan"}},'
    '"publisher":"%s","published":null,"at":"2026-07-11T09:00:00+00:00","alertable":true}'
)
_READING = '{"relevant":true,"stage":"outcome","alert":true,"language":"en","topics":[{"code":"trade","score":2.0}]}'
_OUTCOME = (
    '{"key":"document-1","type":"document","status":"done","level":"ministerial","title":"Plan","titles":["Plan"],"parties":["Japan"],'
    '"meeting":null,"first_seen":"2026-07-11T09:00:00+00:00","last_seen":"2026-07-11T09:00:00+00:00",'
    '"done_at":"2026-07-11T09:00:00+00:00","blocks":[],"facets":[]}'
)
_AT = "2026-07-11 09:00:00"
FIRST_REGISTER = [
    *(
        "INSERT INTO article (id, handle, key, url, title, text, text_hash, folded, source, publisher, tier, country, first_seen, "
        f"changed_at, extractor, flags, revision, state, due_at) VALUES ({n}, 'h{n}', 'a{n}', '', '', 'Plan', '', 'plan', '', "
        f"'{publisher}', '{tier}', '', '{_AT}', '{_AT}', '', '[]', 1, 'read', '{_AT}')"
        for n, publisher, tier in ((1, "Ministry", "official"), (2, "Paper", "press"))
    ),
    *(
        "INSERT INTO reading (id, article_id, text_hash, ruleset, current, relevant, stage, alert, language, read_at, payload) VALUES "
        f"({n}, {n}, '', 'r', TRUE, TRUE, 'outcome', TRUE, 'en', '{_AT}', '{_READING}')".replace(":", "\\:")
        for n in (1, 2)
    ),
    "INSERT INTO outcome (key, type, status, level, meeting, first_seen, last_seen, payload) VALUES "
    f"('document-1', 'document', 'done', 'ministerial', '', '{_AT}', '{_AT}', '{_OUTCOME}')".replace(":", "\\:"),
    *(
        "INSERT INTO sighting (id, reading_id, position, article_id, outcome_key, applied, why, payload) VALUES "
        f"({n}, {n}, 0, {n}, 'document-1', TRUE, '', '{_REPORTED % (f'a{n}', publisher)}')".replace(":", "\\:")
        for n, publisher in ((1, "Ministry"), (2, "Paper"))
    ),
]
"""The rows of a small register, as statements; times and texts as both databases take them."""
