"""A watch in a process of its own, that does nothing but hold the lock on its database."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from store import only_instance


def hold(url: str, line: Connection) -> None:
    """Holds the lock until it is told to end."""
    with only_instance(url):
        line.send("held")
        line.recv()


@contextmanager
def another_watch(url: str) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process that holds the lock by now, and the line on which it is told to end."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=hold, args=(url, theirs), daemon=True)
    process.start()
    theirs.close()
    assert ours.recv() == "held"
    yield process, ours
    ours.close()
    process.join(10)
    assert process.exitcode is not None
