"""What the store can say of itself: how much of what it holds, where it stands, whether it is sound; and notes for its owner."""

import sqlite3
import stat
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Table, case, func, select

from core.alerts import DeliveryState
from core.articles import ArticleState
from core.codes import Status
from core.sources import EntryState
from store.database import Database, put
from store.engines import setting
from store.history import faults
from store.migrations import head, revision
from store.tables import alert, article, delivery, entry, event, failure, meta, outcome, polling, reading, review, sighting, source

SYNCHRONOUS_FULL = 2


class Reports(Database):
    """The part of the store that answers for it."""

    def remember(self, key: str, value: str) -> None:
        """Keeps a note under `key`, in place of an earlier one."""
        with self._writing() as tx:
            put(tx, meta, [{"key": key, "value": value}], meta.c.key)

    def remembered(self, key: str) -> str | None:
        """The note kept under `key`."""
        with self._reading() as tx:
            return tx.scalar(select(meta.c.value).where(meta.c.key == key))

    def counts(self) -> dict[str, dict[str, int]]:
        """What is stored, by noun and state; every row is counted once, every state is listed."""
        with self._reading() as tx:
            return {
                "sources": _sources(tx),
                "entries": _by_state(tx, entry.c.state, EntryState),
                "articles": _by_state(tx, article.c.state, ArticleState),
                "readings": _by_truth(tx, reading.c.relevant, "relevant", "other", reading.c.current),
                "outcomes": _by_state(tx, outcome.c.status, Status),
                "sightings": _by_truth(tx, sighting.c.applied, "applied", "held"),
                "reviews": _all(tx, review),
                "alerts": _all(tx, alert),
                "deliveries": _by_state(tx, delivery.c.state, DeliveryState),
                "events": _all(tx, event),
                "failures": _all(tx, failure),
            }

    def storage(self) -> dict[str, str | int]:
        """Where and how it is stored: kind, where, version, journal, schema, bytes. No secrets."""
        with self._reading() as tx:
            if tx.dialect.name == "postgresql":
                size, version = tx.execute(
                    select(func.pg_database_size(func.current_database()), func.current_setting("server_version"))
                ).one()
                journal = "wal"
            else:
                size, version = setting(tx, "page_count") * setting(tx, "page_size"), sqlite3.sqlite_version
                journal = str(setting(tx, "journal_mode"))
            return {
                "kind": tx.dialect.name,
                "where": self._engines.where,
                "version": version,
                "journal": journal,
                "schema": revision(tx) or "",
                "bytes": size,
            }

    def check(self) -> list[str]:
        """What is wrong with the database, in words; empty when it is sound. Reads every page of a SQLite file, and all of the log."""
        wrong = []
        with self._reading() as tx:
            if (found := revision(tx)) != head():
                wrong.append(f"the schema is at {found}, this version needs {head()}")
            wrong += _postgres_faults(tx) if tx.dialect.name == "postgresql" else _sqlite_faults(tx)
            wrong += faults(tx)
        with self._writing() as tx:
            if tx.dialect.name == "sqlite" and setting(tx, "synchronous") != SYNCHRONOUS_FULL:
                wrong.append("commits are not forced to the disk")
        if self._engines.path and (mode := stat.S_IMODE(self._engines.path.stat().st_mode)) & 0o077:
            wrong.append(f"other users can reach the file (mode {mode:o}); chmod 600 {self._engines.path}")
        return wrong


def _sqlite_faults(tx: Connection) -> list[str]:
    damage = [str(row[0]) for row in tx.exec_driver_sql("PRAGMA quick_check(20)") if row[0] != "ok"]
    orphans = [f"row {row[1]} of {row[0]} has lost its {row[2]}" for row in tx.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20)]
    return damage + orphans


def _postgres_faults(tx: Connection) -> list[str]:
    encoding = tx.scalar(select(func.current_setting("server_encoding")))
    return [] if encoding == "UTF8" else [f"the database is in {encoding}; it must be in UTF8"]


def _by_state(tx: Connection, column: Column[StrEnum], states: type[StrEnum]) -> dict[str, int]:
    found = dict(tx.execute(select(column, func.count()).group_by(column)).all())
    return {state.value: found.get(state, 0) for state in states}


def _by_truth(tx: Connection, column: Column[bool], yes: str, no: str, among: Any = None) -> dict[str, int]:
    query = select(column, func.count()).group_by(column)
    found: dict[bool, int] = dict(tx.execute(query if among is None else query.where(among)).all())
    return {yes: found.get(True, 0), no: found.get(False, 0)}


def _all(tx: Connection, table: Table) -> dict[str, int]:
    return {"all": tx.scalar(select(func.count()).select_from(table)) or 0}


def _sources(tx: Connection) -> dict[str, int]:
    state = case(
        (~source.c.listed, "dropped"),
        (~source.c.enabled, "disabled"),
        (polling.c.last_poll_at.is_(None), "new"),
        (polling.c.failures > 0, "failing"),
        else_="ok",
    ).label("state")
    found: dict[str, int] = dict(tx.execute(select(state, func.count()).join_from(source, polling).group_by(state)).all())
    return {name: found.get(name, 0) for name in ("ok", "failing", "new", "disabled", "dropped")}
