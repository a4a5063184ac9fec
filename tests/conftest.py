"""The databases that tests run on: SQLite in memory and on disk, and a PostgreSQL of our own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import postgres
import pytest
from stores import NOW

from store import Store, open_store

TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Server]:
    """A PostgreSQL server with an empty, migrated database to copy."""
    with postgres.running() as server:
        open_store(server.create(TEMPLATE), now=NOW).close()
        yield server


@pytest.fixture
def postgres_url(postgresql: postgres.Server) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database for this test alone."""
    yield postgresql.create("scene", TEMPLATE)
    postgresql.drop("scene")


@pytest.fixture(params=["sqlite-disk", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that several stores may open at once."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else f"sqlite:///{tmp_path / 'watch.db'}"


@pytest.fixture(params=["sqlite-memory", "sqlite-disk", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, on each kind of database in turn."""
    urls: dict[str, Callable[[], str]] = {
        "sqlite-memory": lambda: "sqlite://",
        "sqlite-disk": lambda: f"sqlite:///{tmp_path / 'watch.db'}",
        "postgresql": lambda: str(request.getfixturevalue("postgres_url")),
    }
    with open_store(urls[request.param](), now=NOW) as opened:
        yield opened
