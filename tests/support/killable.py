"""Runs the command line again and again, each time in a process that kills itself at one point, as SIGKILL does.

    with Killable(folder) as killable:
        assert killable.run("before:claim", "run", "--once", ...).returncode == -9

A point is `WHEN:WHAT`; docs/reference/delivery.md lists them, and says what must hold after each. Two of them lie outside of the process
and are the servers' to bring about: `during:fetch` (the body is half sent) and `arrived` (a receiver has a message whole and has not
answered).

The program itself knows nothing of this: statements, commits and sockets are watched from outside. Each run is a fork of one process that
has imported everything and read the rules, which is half of what a start costs.
"""

import ctypes
import importlib
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import mutations
from daemon import Said, clean_environment
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from aseanwatch import wiring
from aseanwatch.cli import main
from aseanwatch.pipeline import Pipeline
from aseanwatch.polls import Polls
from core import delivery
from store.ledger import Ledger
from store.outbox import Outbox

CHANGES = {
    "entry": r"INSERT INTO entry\b",
    "validators": r"UPDATE polling SET ",
    "article": r"INSERT INTO article\b",
    "reading": r"INSERT INTO reading\b",
    "outcome": r"INSERT INTO outcome\b",
    "alert": r"INSERT INTO alert\b",
    "delivery": r"INSERT INTO delivery\b",
    "claim": r"UPDATE delivery SET .*\bclaimed_at=",
    "receipt": r"INSERT INTO attempt_log\b",
    "recovery": r"INSERT INTO attempt_log\b",
}
"""What changes in the database -> the statement that does it. `validators` counts when entries came with them, `recovery` in a recovery."""

POINTS = (
    "before:fetch",
    "during:fetch",
    "after:fetch",
    "at:entry",
    "at:validators",
    "after:entry",
    "at:article",
    "after:article",
    "at:outcome",
    "at:alert",
    "at:delivery",
    "after:delivery",
    "at:claim",
    "after:claim",
    "before:send",
    "during:send",
    "arrived",
    "after:send",
    "after:ledger",
    "before:receipt",
    "after:receipt",
    "before:recovery",
    "after:recovery",
)
"""The published crash points, along the way of an article."""
PRELOADED = ("aseanwatch.cli.run", "aseanwatch.pipeline", "aseanwatch.history", "ingest.articles", "ingest.http", "ingest.workers", "store")
PR_SET_PDEATHSIG = 1
A_MESSAGE = 150
"""Bytes of one write to a receiver from which on it is no mere command of the protocol."""


class Killable:
    """The process that is forked; it starts when it is first needed."""

    def __init__(self, folder: Path) -> None:
        """`folder` keeps what the runs say."""
        self._output = folder / "killable.log"
        self._output.touch()
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> "Killable":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            assert self._process.stdin
            self._process.stdin.close()
            self._process.wait()

    def run(self, point: str, *arguments: str) -> Said:
        """Runs `aseanwatch ARGUMENTS` until it ends or is killed at `point`."""
        self.start(*arguments, point=point)
        return self.ended(60)

    def start(
        self, *arguments: str, point: str = "", receivers: Sequence[int] = (), first_pause: float | None = None, mutation: str = ""
    ) -> int:
        """Starts `aseanwatch ARGUMENTS`; its process id. `receivers` are the ports that a message goes to; `mutation`: see there.

        `first_pause`: seconds before the first repetition of a delivery, instead of what the program has.
        """
        order = {"point": point, "receivers": list(receivers), "first_pause": first_pause, "mutation": mutation, "arguments": arguments}
        if self._process is None:
            command = [sys.executable, __file__, str(self._output)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment())
            threading.Thread(target=self._listen, daemon=True).start()
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._lines.get(timeout=60))

    def ended(self, seconds: float) -> Said:
        """Its exit code and what it said. Raises queue.Empty when it lives on."""
        return Said(int(self._lines.get(timeout=seconds)), self.said, "")

    @property
    def said(self) -> str:
        """What the run has said so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def _listen(self) -> None:
        assert self._process
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)


def serve(output: str) -> None:
    """Forks for every line on standard input; answers with the process id, then with the exit code. What the fork says goes to `output`."""
    for module in PRELOADED:
        importlib.import_module(module)
    rules = wiring.rules_reader(())
    wiring.rules_reader = lambda _: rules
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            dies_with_its_parent()
            said = os.open(output, os.O_WRONLY | os.O_TRUNC)
            for stream in (1, 2):
                os.dup2(said, stream)
            if order["first_pause"] is not None:
                delivery.FIRST_PAUSE = timedelta(seconds=order["first_pause"])
            if order["mutation"]:
                mutations.MUTATIONS[order["mutation"]]()
            dies_at(order["point"], order["receivers"])
            sys.argv = ["aseanwatch", *order["arguments"]]
            main()
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def dies_with_its_parent() -> None:
    """So that a loop that is broken off leaves no watch behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def dies_at(point: str, receivers: Sequence[int]) -> None:
    """Sets the point at which this process kills itself; none for one that another process brings about."""
    when, _, what = point.partition(":")
    if point == "during:send":
        in_the_midst_of_sending(receivers)
    elif what == "send":
        around(Pipeline, "_send", when)
    elif what == "fetch" and when != "during":
        around(Polls, "_ask" if when == "before" else "_parse", "before")
    elif what == "ledger":
        after_a_line_in_the_ledger()
    elif what in CHANGES:
        around_a_change(when, what)


def die() -> None:
    """As `kill -9` does it."""
    os.kill(os.getpid(), signal.SIGKILL)


def around(owner: type, name: str, when: str) -> None:
    """Sets the point before or after a method."""
    method: Callable[..., Any] = getattr(owner, name)

    def watched(*arguments: Any, **named: Any) -> Any:
        if when == "before":
            die()
        result = method(*arguments, **named)
        if when == "after":
            die()
        return result

    setattr(owner, name, watched)


def after_a_line_in_the_ledger() -> None:
    """Sets the point after a delivery was noted in the ledger, and before anything else is."""
    add = Ledger.add

    def watched(self: Ledger, told: Sequence[Any]) -> None:
        fresh = [one for one in told if one.delivery not in self]
        add(self, told)
        if fresh:
            die()

    Ledger.add = watched  # type: ignore[method-assign,assignment]


def in_the_midst_of_sending(receivers: Sequence[int]) -> None:
    """Sets the point where half of a message is written to one of these ports."""
    sendall = socket.socket.sendall

    def halved(self: socket.socket, data: Any, *flags: int) -> None:
        if len(data) >= A_MESSAGE and self.getpeername()[1] in receivers:
            sendall(self, bytes(data)[: len(data) // 2])
            die()
        sendall(self, data, *flags)

    socket.socket.sendall = halved  # type: ignore[method-assign,assignment]


def around_a_change(when: str, what: str) -> None:
    """Sets the point at, before or after a change in the database."""
    pattern = re.compile(CHANGES[what], re.DOTALL)
    changed: set[object] = set()
    with_entries: set[object] = set()
    recovering = threading.local()
    commit, recover = DefaultDialect.do_commit, Outbox.recover_leases

    def recovered(*arguments: Any, **named: Any) -> Any:
        recovering.now = True
        try:
            return recover(*arguments, **named)
        finally:
            recovering.now = False

    def counts(connection: object, statement: str) -> bool:
        if re.match(CHANGES["entry"], statement):
            with_entries.add(connection)
        if what == "validators" and connection not in with_entries:
            return False
        return pattern.match(statement) is not None and getattr(recovering, "now", False) is (what == "recovery")

    def executed(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        # A statement that gives rows back counts none as changed.
        inner = connection.connection.dbapi_connection
        if counts(inner, statement) and (cursor.rowcount > 0 or "RETURNING" in statement):
            if when == "at":
                die()
            changed.add(inner)

    def committed(self: DefaultDialect, dbapi_connection: Any) -> None:
        inner = getattr(dbapi_connection, "dbapi_connection", dbapi_connection)
        ours = inner in changed
        changed.discard(inner)
        with_entries.discard(inner)
        if ours and when == "before":
            die()
        commit(self, dbapi_connection)
        if ours and when == "after":
            die()

    Outbox.recover_leases = recovered  # type: ignore[method-assign]
    event.listen(Engine, "after_cursor_execute", executed)
    DefaultDialect.do_commit = committed  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    serve(sys.argv[1])
