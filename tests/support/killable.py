"""Runs the command line again and again, each time in a process that kills itself at one point, as SIGKILL does.

    with Killable(folder) as killable:
        assert killable.run("before:claim", "run", "--once", ...).returncode == -9

A point is `WHEN:WHAT`. WHEN is
    at      in the midst of a transaction, right after the statement that does WHAT
    before  right before that transaction is committed
    after   right after it was
    never   it lives to its end
WHAT is one of CHANGES, or `send`: `before:send` and `after:send` lie around the notifier's work.

The program itself knows nothing of this: statements and commits are watched from outside. Each run is a fork of one process that has
imported everything and read the rules, which is half of what a start costs.
"""

import importlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from daemon import Said, clean_environment
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from aseanwatch import wiring
from aseanwatch.alerts.sending import Sender
from aseanwatch.cli import main

CHANGES = {
    "entry": r"INSERT INTO entry\b",
    "article": r"INSERT INTO article\b",
    "reading": r"INSERT INTO reading\b",
    "outcome": r"INSERT INTO outcome\b",
    "alert": r"INSERT INTO alert\b",
    "delivery": r"INSERT INTO delivery\b",
    "claim": r"UPDATE delivery SET .*\bclaimed_at=",
    "receipt": r"INSERT INTO attempt_log\b",
    "recovery": r"INSERT INTO attempt_log\b",
}
"""What changes in the database -> the statement that does it."""


PRELOADED = ("aseanwatch.cli.run", "aseanwatch.pipeline", "aseanwatch.history", "ingest.articles", "ingest.http", "ingest.workers", "store")


class Killable:
    """The process that is forked; it starts when it is first needed."""

    def __init__(self, folder: Path) -> None:
        """`folder` keeps what the runs say."""
        self._output = folder / "killable.log"
        self._output.touch()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Killable":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.communicate()

    def run(self, point: str, *arguments: str) -> Said:
        """Runs `aseanwatch ARGUMENTS` until it ends or is killed at `point`."""
        if self._process is None:
            command = [sys.executable, __file__, str(self._output)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment())
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([point, *arguments]) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return Said(code, self._output.read_text(encoding="utf-8"), "")


def serve(output: str) -> None:
    """Forks for every line on standard input, and answers with the exit code; what the fork says goes to the file `output`."""
    for module in PRELOADED:
        importlib.import_module(module)
    rules = wiring.rules_reader(())
    wiring.rules_reader = lambda _: rules
    for line in sys.stdin:
        point, *arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            said = os.open(output, os.O_WRONLY | os.O_TRUNC)
            for stream in (1, 2):
                os.dup2(said, stream)
            dies_at(point)
            sys.argv = ["aseanwatch", *arguments]
            main()
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def dies_at(point: str) -> None:
    """Sets the point at which this process kills itself."""
    when, _, what = point.partition(":")
    if when == "never":
        return
    if what == "send":
        around_sending(when)
    else:
        around_a_change(when, what)


def die() -> None:
    """As `kill -9` does it."""
    os.kill(os.getpid(), signal.SIGKILL)


def around_sending(when: str) -> None:
    """Sets the point before or after the notifier's work."""
    deliver = Sender.deliver

    def watched(self: Sender, *arguments: Any) -> Any:
        if when == "before":
            die()
        receipt = deliver(self, *arguments)
        if when == "after":
            die()
        return receipt

    Sender.deliver = watched  # type: ignore[method-assign]


def around_a_change(when: str, what: str) -> None:
    """Sets the point at, before or after a change in the database."""
    pattern = re.compile(CHANGES[what], re.DOTALL)
    changed: set[object] = set()
    commit = DefaultDialect.do_commit

    def executed(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        # A statement that gives rows back counts none as changed.
        if pattern.match(statement) and (cursor.rowcount > 0 or "RETURNING" in statement):
            if when == "at":
                die()
            changed.add(connection.connection.dbapi_connection)

    def committed(self: DefaultDialect, dbapi_connection: Any) -> None:
        ours = getattr(dbapi_connection, "dbapi_connection", dbapi_connection) in changed
        changed.discard(getattr(dbapi_connection, "dbapi_connection", dbapi_connection))
        if ours and when == "before":
            die()
        commit(self, dbapi_connection)
        if ours and when == "after":
            die()

    event.listen(Engine, "after_cursor_execute", executed)
    DefaultDialect.do_commit = committed  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    serve(sys.argv[1])
