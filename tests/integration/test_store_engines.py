"""How a database is opened: which URLs, how safely, and what an error may say."""

import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import postgres
import pytest
from sqlalchemy import text
from stores import NOW, VNA, entry, poll

from core.errors import ConfigError, StoreError
from store import Store, engines, open_store
from store.engines import open_engines, parsed, wal_is_safe

PASSWORD = "s3cret/p@ss"
QUOTED = "s3cret%2Fp%40ss"


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 7, 17), False),
        ((3, 40, 1), False),
        ((3, 43, 9), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 44, 9), True),
        ((3, 45, 0), False),
        ((3, 45, 6), False),
        ((3, 49, 2), False),
        ((3, 50, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_is_used_only_where_it_loses_nothing(version: tuple[int, int, int], safe: bool) -> None:
    assert wal_is_safe(version) is safe


@pytest.mark.parametrize(
    ("url", "driver", "where"),
    [
        ("sqlite://", "sqlite", "sqlite in memory"),
        ("sqlite:///:memory:", "sqlite", "sqlite in memory"),
        ("sqlite:////var/lib/watch.db", "sqlite", "/var/lib/watch.db"),
        ("postgresql://desk:pw@db.example/news", "postgresql+psycopg", "postgresql://db.example:5432/news"),
        ("postgres://desk:pw@db.example:6543/news?sslmode=require", "postgresql+psycopg", "postgresql://db.example:6543/news"),
        ("postgresql+psycopg:///news", "postgresql+psycopg", "postgresql://localhost:5432/news"),
    ],
)
def test_a_url_names_its_database_without_its_user(url: str, driver: str, where: str) -> None:
    assert parsed(url).drivername == driver
    assert engines.named(parsed(url)) == where


@pytest.mark.parametrize(
    "url",
    [
        "",
        "watch.db",
        f"mysql://desk:{QUOTED}@db.example/news",
        f"postgresql+asyncpg://desk:{QUOTED}@db.example/news",
        f"postgresql://desk:{QUOTED}@db.example:port/news",
        f"sqlite://desk:{QUOTED}@host/watch.db",
        "sqlite:///watch.db?mode=ro",
    ],
)
def test_another_url_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        open_store(url, now=NOW)
    assert "database: " in str(refused.value)
    assert QUOTED not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_sqlite_file_and_its_folder_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "watch.db"
    before = os.umask(0)
    try:
        with open_store(f"sqlite:///{path}", now=NOW) as store, store._writing():
            modes = {left.name: stat.S_IMODE(left.stat().st_mode) for left in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes["watch.db"] == 0o600
    assert set(modes.values()) == {0o600}, "the journal has the mode of its file"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "watch.db"
    path.touch()
    path.chmod(0o644)
    with open_store(f"sqlite:///{path}", now=NOW) as store:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)
        [fault] = store.check()
        assert "mode 640" in fault


def test_every_connection_to_sqlite_is_as_safe_as_it_can_be(tmp_path: Path) -> None:
    opened = open_engines(f"sqlite:///{tmp_path / 'watch.db'}")
    for _ in range(2):
        with opened.writer.connect() as connection:
            found = {name: engines.setting(connection, name) for name in ("synchronous", "foreign_keys", "busy_timeout", "journal_mode")}
            assert found == {"synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000, "journal_mode": found["journal_mode"]}
            assert found["journal_mode"] == ("wal" if wal_is_safe(sqlite3.sqlite_version_info) else "delete")
        opened.writer.dispose()
    with opened.reader.connect() as connection, pytest.raises(Exception, match="readonly"):
        connection.execute(text("CREATE TABLE t (x)"))
    opened.close()


def test_a_writing_transaction_has_the_lock_before_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "watch.db"
    with open_store(f"sqlite:///{path}", now=NOW) as store, store._writing() as tx:
        tx.execute(text("SELECT count(*) FROM source"))
        other = sqlite3.connect(path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_database_in_wal_is_taken_back_by_a_build_that_could_lose_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'watch.db'}"
    for safe, journal in ((True, "wal"), (False, "delete"), (True, "wal")):
        monkeypatch.setattr(engines, "wal_is_safe", lambda version, safe=safe: safe)
        with open_store(url, now=NOW) as store:
            store.sync_sources([VNA], NOW)
            store.record_poll(poll(entry("a")))
            assert store.storage()["journal"] == journal
            assert store.check() == []
            assert store.entry_counts() == {VNA.id: 1}


def test_reader_of_postgresql_cannot_write(postgres_url: str) -> None:
    opened = open_engines(postgres_url)
    with opened.reader.connect() as connection, pytest.raises(Exception, match="read-only transaction"):
        connection.execute(text("CREATE TABLE t (x int)"))
    with opened.writer.begin() as connection:
        connection.execute(text("CREATE TABLE t (x int)"))
    opened.close()


def unreachable(server: postgres.Server) -> str:
    return f"postgresql://desk:{QUOTED}@127.0.0.1:1/news"


def refusing(server: postgres.Server) -> str:
    return f"postgresql://desk:{QUOTED}@127.0.0.1:{server.port}/postgres"


def missing(server: postgres.Server) -> str:
    return f"postgresql://aseanwatch@127.0.0.1:{server.port}/nowhere?password={QUOTED}"


@pytest.mark.parametrize("url", [unreachable, refusing, missing])
def test_no_error_shows_a_password(postgresql: postgres.Server, url: Callable[[postgres.Server], str]) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(url(postgresql), now=NOW)
    said: BaseException | None = refused.value
    assert "127.0.0.1" in str(said)
    while said is not None:
        assert PASSWORD not in f"{said!s} {said!r}"
        assert QUOTED not in f"{said!s} {said!r}"
        said = said.__cause__ or said.__context__


def test_no_representation_shows_a_password() -> None:
    opened = open_engines(f"postgresql://desk:{QUOTED}@db.example/news?password={QUOTED}")
    for shown in (opened, opened.writer, opened.reader.url, opened.where, opened.hidden(f"login as desk with {PASSWORD} failed")):
        assert PASSWORD not in repr(shown)
        assert QUOTED not in repr(shown)
    with Store(opened) as store:
        assert repr(store) == "<Store postgresql://db.example:5432/news>"


def test_a_server_that_is_away_may_come_back(postgresql: postgres.Server) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(unreachable(postgresql), now=NOW)
    assert refused.value.transient


def test_a_store_goes_on_after_its_connections_were_cut(postgresql: postgres.Server, postgres_url: str) -> None:
    with open_store(postgres_url, now=NOW) as store:
        store.sync_sources([VNA], NOW)
        postgresql.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'scene'")
        assert [source for source, _ in store.sources()] == [VNA]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "watch.db"
    path.write_bytes(b"not a database at all " * 400)
    with pytest.raises(StoreError, match="not a database") as refused:
        open_store(f"sqlite:///{path}", now=NOW)
    assert str(path) in str(refused.value)
    assert not refused.value.transient


def test_damage_is_found_and_never_silent(tmp_path: Path) -> None:
    path = tmp_path / "watch.db"
    url = f"sqlite:///{path}"
    with open_store(url, now=NOW) as store:
        store.sync_sources([VNA], NOW)
        store.record_poll(poll(*(entry(f"item-{number}") for number in range(500))))
        assert store.check() == []
        with store._reading() as tx:
            root = tx.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'ix_entry_state'").scalar_one()
            page = tx.exec_driver_sql("PRAGMA page_size").scalar_one()
    content = bytearray(path.read_bytes())
    content[(root - 1) * page : root * page] = b"\xff" * page
    path.write_bytes(content)
    with open_store(url, now=NOW) as store:
        assert store.check() != []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened") as refused:
        open_store(f"sqlite:///{tmp_path / 'file' / 'watch.db'}", now=NOW)
    assert str(tmp_path) in str(refused.value)
