"""Runs a scene on a store again and again, in a process that is killed (SIGKILL) at one statement later each time.

    python killing.py SCENE URL [STEP]

Writes one JSON line a run: at which statement it was killed (null: it lived to the end), and what the database holds then, as
another process finds it. Each run starts where the one before left the database, the migration from an empty one.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import psycopg
from desk import prints
from sqlalchemy import Engine, event, inspect
from stores import MINUTE, NOW, VNA, entry, poll, reading, story, tell

from store import open_store


def migrate(url: str) -> None:
    """Makes an empty database ready."""
    open_store(url, now=NOW).close()


def record_poll(url: str) -> None:
    """Records a poll that brought three entries."""
    with open_store(url, now=NOW) as store:
        store.record_poll(poll(entry("a", aliases=["x"]), entry("b"), entry("c"), etag='"after"'))


def record_reading(url: str) -> None:
    """Records a reading that makes an outcome, an alert and two deliveries."""
    with open_store(url, now=NOW) as store:
        tell(store, story(), reading(story(), "Joint Communique"), targets=["chat", "mail"])


def take_back(url: str) -> None:
    """An article takes back what it was alerted for."""
    with open_store(url, now=NOW) as store:
        prints(store, "told", now=NOW + MINUTE)


def prepare(url: str) -> None:
    """What the scenes find: one source, one article that was not read, and one that was told."""
    with open_store(url, now=NOW) as store:
        store.sync_sources([VNA], NOW)
        store.record_article(None, story(), NOW)
        prints(store, "told", "Plan of Action 2025-2029")


def killed(scene: Callable[[str], None], url: str, at: int) -> bool:
    """Whether the scene, in a process of its own, was killed before its statement number `at` (from 0; commits count)."""
    child = os.fork()
    if child == 0:
        executed = count()

        def die(*_: object) -> None:
            if next(executed) == at:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", die)
        event.listen(Engine, "commit", die)
        scene(url)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"the scene failed at {at}")
    return False


def found(url: str) -> dict[str, object]:
    """What the database holds, what is wrong with it, and of what it is made."""
    with open_store(url, now=NOW) as store:
        etags = [polling.etag for _, polling in store.sources()]
        counts = {noun: sum(states.values()) for noun, states in store.counts().items()}
        schema = sorted(inspect(store._engines.writer).get_table_names())
        return {"counts": counts, "etags": etags, "wrong": store.check(), "schema": schema}


def emptied(url: str) -> None:
    """Takes away all that a migration made."""
    if url.startswith("sqlite"):
        for left in Path(url.removeprefix("sqlite:///")).parent.glob("*.db*"):
            left.unlink()
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def main(name: str, url: str, step: int) -> None:
    scene = {"migrate": migrate, "record_poll": record_poll, "record_reading": record_reading, "take_back": take_back}[name]
    if scene is not migrate:
        prepare(url)
    at, died = 0, True
    while died:
        if scene is migrate:
            emptied(url)
        died = killed(scene, url, at)
        print(json.dumps({"killed_at": at if died else None, **found(url)}), flush=True)
        at += step


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
