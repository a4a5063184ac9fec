"""The schema's history: brings a database to what `store.tables` says, all in one transaction or not at all.

Alembic enters here. A process that dies half-way leaves the schema it found; the next start runs the migrations again.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from core.errors import StoreError
from store.database import Turn, take_turn

FOLDER = Path(__file__).parent
_ALEMBIC = threading.Lock()
"""Alembic keeps the migration that it runs in a global: one at a time in a process, whatever the database."""


def head() -> str:
    """The revision that this version of the program needs."""
    return str(_scripts().get_current_head())


def revision(tx: Connection) -> str | None:
    """The revision that the database is at; None for one without tables of ours."""
    return MigrationContext.configure(tx).get_current_revision()


def upgrade(writer: Engine, where: str) -> None:
    """Brings the database to `head`. Raises StoreError for one that a newer version of the program has migrated."""
    with _ALEMBIC, _transaction(writer, where) as tx:
        take_turn(tx, Turn.SCHEMA)
        found = revision(tx)
        if found == head():
            return
        require_known(found, where)
        config = _config()
        config.attributes["connection"] = tx
        command.upgrade(config, "head")


def require_known(found: str | None, where: str) -> None:
    """Raises StoreError when `found` is a revision that this version does not know."""
    if found is not None and found not in {script.revision for script in _scripts().walk_revisions()}:
        raise StoreError(
            f"the database is at revision {found}, but this version knows nothing beyond {head()}: "
            "install the newer version again, or restore a backup",
            subject=where,
        )


@contextmanager
def _transaction(writer: Engine, where: str) -> Iterator[Connection]:
    """A transaction in which SQLite lets a table be rebuilt: without foreign keys meanwhile, and with all of them whole at the end."""
    with writer.connect() as connection:
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            with connection.begin():
                yield connection
            return
        driver.execute("PRAGMA foreign_keys=OFF")  # has no effect within a transaction
        try:
            with connection.begin():
                yield connection
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise StoreError(f"a migration would leave a row of {broken[0]} without its {broken[2]}", subject=where)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
