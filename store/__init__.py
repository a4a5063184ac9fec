"""What we remember: sources, entries, articles, readings, the register of outcomes, the outbox and the log of events.

The one door to SQLAlchemy and Alembic. `open_store` gives an object that fits the application's Store port; each of its methods
is one transaction and safe to repeat. `only_instance` keeps a second watch away.
"""

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import select

from core.errors import StoreError
from store.articles import Articles
from store.database import insert_new, naming
from store.digests import Digests
from store.engines import open_engines
from store.events import Events
from store.expectations import Expectations
from store.ledger import NAME as LEDGER
from store.ledger import Ledger, read_ledger
from store.locks import holder, only_instance
from store.migrations import head, require_known, revision, upgrade
from store.outbox import Outbox
from store.polls import Polls
from store.register import Register
from store.reports import Reports
from store.restored import Restored
from store.reviews import Reviews
from store.tables import meta
from store.told import Told

__all__ = ["LEDGER", "Ledger", "Store", "holder", "only_instance", "open_store", "read_ledger"]

CREATED = "created_at"
"""The note that says since when a database has been ours."""


class Store(Polls, Articles, Register, Expectations, Reviews, Outbox, Restored, Digests, Told, Events, Reports):
    """All that is remembered, in one object. May be used from several threads; `close` it, or use it in a `with`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_store(url: str, *, now: datetime, migrate: bool = True, durable: bool = True) -> Store:
    """The store behind `url`: `sqlite:////path/file.db`, `sqlite://` (in memory) or `postgresql://user@host/name`.

    With `migrate` a missing database file is made and the schema is brought up to date; without, both must be there.
    A SQLite file that need not outlive a crash of the machine is written more quickly when it is not `durable`.
    Raises ConfigError for a URL that is none of these; StoreError when the database refuses, is damaged, or belongs to a newer version.
    """
    engines = open_engines(url, create=migrate, durable=durable)
    store = Store(engines)
    try:
        with naming(engines):
            if migrate:
                upgrade(engines.writer, engines.where)
                with engines.writer.begin() as tx:
                    if tx.scalar(select(meta.c.value).where(meta.c.key == CREATED)) is None:
                        tx.execute(insert_new(tx, meta).values(key=CREATED, value=now.astimezone(UTC).isoformat()))
            else:
                with engines.reader.connect() as tx:
                    _require_current(revision(tx), engines.where)
    except BaseException:
        store.close()
        raise
    return store


def _require_current(found: str | None, where: str) -> None:
    require_known(found, where)
    if found != head():
        raise StoreError(
            f"the database is at revision {found or 'none'}, this version needs {head()}: run `aseanwatch db upgrade`", subject=where
        )
