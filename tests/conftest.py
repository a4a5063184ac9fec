"""The databases that tests run on: SQLite in memory and on disk, and a PostgreSQL of our own; and how far properties are searched.

A property is tried on the same examples at every run, so that a red run is the change's own; `make soak` tries others each time.
"""

from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest
from hypothesis import settings
from stores import NOW, emptied

from store import Store, open_store

TEMPLATE = "migrated"

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile("same")


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
    """The URL of a database for this test alone, which several stores may open at once."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else f"sqlite:///{tmp_path / 'watch.db'}"


@pytest.fixture(scope="session", params=["sqlite-memory", "sqlite-disk", "postgresql"])
def opened_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store on each kind of database in turn, opened once for all tests."""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgresql").create("shared", TEMPLATE))
    else:
        url = "sqlite://" if request.param == "sqlite-memory" else f"sqlite:///{tmp_path_factory.mktemp('store') / 'watch.db'}"
    with open_store(url, now=NOW) as opened:
        yield opened
    if request.param == "postgresql":  # a worker that steals tests may come back to this database and set it up anew
        request.getfixturevalue("postgresql").drop("shared")


@pytest.fixture
def store(opened_store: Store) -> Store:
    """An empty store, on each kind of database in turn."""
    return emptied(opened_store)
