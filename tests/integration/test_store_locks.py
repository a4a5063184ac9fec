"""One watch at a time: the second one is told who is there, and a dead one holds nothing."""

import os
import signal
import socket
import stat
from pathlib import Path

import postgres
import pytest
from stores import NOW
from watching import another_watch

from core.errors import AlreadyRunning, ConfigError, StoreError
from store import holder, only_instance, open_store


def test_a_second_watch_is_told_who_the_first_one_is(database_url: str) -> None:
    with another_watch(database_url) as (first, line):
        with pytest.raises(AlreadyRunning, match=f"process {first.pid} on {socket.gethostname()}") as refused, only_instance(database_url):
            pass
        assert refused.value.pid == first.pid
        assert refused.value.subject
        assert holder(database_url) == f"{first.pid}@{socket.gethostname()}"
        line.send("end")
        first.join(10)
        assert holder(database_url) is None
        with only_instance(database_url) as held:
            assert not held.lost()


def test_a_watch_that_was_killed_holds_nothing(database_url: str) -> None:
    with another_watch(database_url) as (first, _):
        assert first.pid
        os.kill(first.pid, signal.SIGKILL)
        first.join(10)
        with only_instance(database_url) as held:
            assert not held.lost()
            assert holder(database_url) == f"{os.getpid()}@{socket.gethostname()}"


def test_the_lock_does_not_keep_others_from_the_store(database_url: str) -> None:
    with another_watch(database_url) as (_, line), open_store(database_url, now=NOW) as store:
        assert store.check() == []
        line.send("end")


def test_to_ask_who_is_there_makes_no_file(tmp_path: Path) -> None:
    assert holder(f"sqlite:///{tmp_path / 'watch.db'}") is None
    assert list(tmp_path.iterdir()) == []


def test_the_lock_lies_beside_the_database_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "watch.db"
    with only_instance(f"sqlite:///{path}") as held:
        lock = path.with_name("watch.db.lock")
        assert lock.read_text() == f"{os.getpid()}@{socket.gethostname()}\n"
        assert stat.S_IMODE(lock.stat().st_mode) == 0o600
        assert not held.lost()
        lock.unlink()
        assert held.lost(), "somebody took the file away: another watch may start"
        lock.touch()
        assert held.lost()


def test_a_database_in_memory_is_nobody_elses() -> None:
    with only_instance("sqlite://") as held, only_instance("sqlite://"):
        assert not held.lost()
    assert holder("sqlite://") is None


def test_a_lock_in_a_server_is_lost_with_its_session(postgresql: postgres.Server, postgres_url: str) -> None:
    with only_instance(postgres_url) as held:
        assert not held.lost()
        postgresql.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'aseanwatch %'")
        assert held.lost()
        assert held.lost(), "it does not come back by itself"
        with only_instance(postgres_url) as next_one:
            assert not next_one.lost()


def test_databases_of_one_server_do_not_lock_each_other(postgresql: postgres.Server, postgres_url: str) -> None:
    with only_instance(postgres_url), only_instance(postgresql.url("postgres")) as held:
        assert not held.lost()


@pytest.mark.parametrize(
    ("url", "error"), [("postgresql://desk:s3cret@127.0.0.1:1/news", StoreError), ("mysql://desk:s3cret@host/news", ConfigError)]
)
def test_no_lock_on_what_cannot_be_reached(url: str, error: type[Exception]) -> None:
    for ask in (lambda: holder(url), lambda: only_instance(url).__enter__()):
        with pytest.raises(error) as refused:
            ask()
        assert "s3cret" not in str(refused.value)
