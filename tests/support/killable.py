"""Runs the command line, and kills its own process at one point, as SIGKILL does: `python killable.py POINT NUMBER run ...`.

A point is `WHEN:WHAT`; NUMBER says at which time it comes round (1: the first). WHEN is
    at      in the midst of a transaction, right after the statement that does WHAT
    before  right before that transaction is committed
    after   right after it was
WHAT is one of CHANGES, or `send`: `before:send` and `after:send` lie around the notifier's work.

The program itself knows nothing of this: statements and commits are watched from outside.
"""

import os
import re
import signal
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from aseanwatch.alerts.notify import AppriseNotifier
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


class Countdown:
    """Kills the process when a point comes round for the last time that was asked for."""

    def __init__(self, number: int) -> None:
        self._left = number

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def around_sending(when: str, reached: Callable[[], None]) -> None:
    """Sets the point before or after the notifier's work."""
    deliver = AppriseNotifier.deliver

    def watched(self: AppriseNotifier, *arguments: Any) -> Any:
        if when == "before":
            reached()
        receipt = deliver(self, *arguments)
        if when == "after":
            reached()
        return receipt

    AppriseNotifier.deliver = watched  # type: ignore[method-assign]


def around_a_change(when: str, what: str, reached: Callable[[], None]) -> None:
    """Sets the point at, before or after a change in the database."""
    pattern = re.compile(CHANGES[what], re.DOTALL)
    changed: set[object] = set()
    commit = DefaultDialect.do_commit

    def executed(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        # A statement that gives rows back counts none as changed.
        if pattern.match(statement) and (cursor.rowcount > 0 or "RETURNING" in statement):
            if when == "at":
                reached()
            changed.add(connection.connection.dbapi_connection)

    def committed(self: DefaultDialect, dbapi_connection: Any) -> None:
        ours = getattr(dbapi_connection, "dbapi_connection", dbapi_connection) in changed
        changed.discard(getattr(dbapi_connection, "dbapi_connection", dbapi_connection))
        if ours and when == "before":
            reached()
        commit(self, dbapi_connection)
        if ours and when == "after":
            reached()

    event.listen(Engine, "after_cursor_execute", executed)
    DefaultDialect.do_commit = committed  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    when, _, what = sys.argv.pop(1).partition(":")
    countdown = Countdown(int(sys.argv.pop(1)))
    if what == "send":
        around_sending(when, countdown)
    else:
        around_a_change(when, what, countdown)
    main()
