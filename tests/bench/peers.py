"""Polls the feeds of `feedsite` in a process of its own: python peers.py ours|reader|bare ORIGIN NUMBER prints a JSON object.

It holds, for each mode of the site, the milliseconds of processor time for one feed, worker processes included: `cold` is the first poll.
"""

import asyncio
import gc
import json
import logging
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

MODES = ("unchanged", "tenth", "same")
TIMES = {"unchanged": 5, "tenth": 5}
"""How often what costs little is repeated."""
IN_FLIGHT = 32
TICKS = os.sysconf("SC_CLK_TCK")


def spent() -> float:
    """Seconds of processor time so far: ours, that of our living children, and that of those that ended."""
    times = os.times()
    total = time.process_time() + times.children_user + times.children_system
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text("ascii").split():
            after_name = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
            total += (int(after_name[11]) + int(after_name[12])) / TICKS
    return total


def measured(origin: str, number: int, poll: Callable[[], object], again: Callable[[], object] = lambda: None) -> dict[str, float]:
    """Milliseconds a feed, for each mode. `again` makes all feeds due once more, which is not measured."""
    figures = {}
    for mode in ("cold", *MODES):
        times = TIMES.get(mode, 1)
        total = 0.0
        for _ in range(times):
            with urlopen(f"{origin}/mode/{'unchanged' if mode == 'cold' else mode}") as answer:
                answer.read()
            again()
            before = spent()
            poll()
            total += spent() - before
        figures[mode] = total * 1000 / number / times
    return figures


def served(number: int) -> int:
    """Items that so many feeds have shown in the end."""
    return number * 30 + TIMES["tenth"] * (number // 10)


def ours(origin: str, number: int, folder: Path) -> dict[str, float]:
    """The pipeline's first stretch, as `run` goes it: due, asked, parsed, decided and recorded on SQLite."""
    from aseanwatch import wiring
    from aseanwatch.events_text import Narrator
    from aseanwatch.settings import load_settings

    listed = "\n".join(f'[[source]]\nid = "press-{n}"\nurl = "{origin}/feed/{n}"\npublisher = "Press {n}"\n' for n in range(number))
    (folder / "sources.toml").write_text(listed, "utf-8")
    (folder / "aseanwatch.toml").write_text(
        'data_dir = "data"\n[catalogue]\nuse_builtin = false\nfiles = ["sources.toml"]\n'
        '[fetch]\nallow = ["127.0.0.0/8"]\nper_host = 8\nper_host_gap_seconds = 0\n',
        "utf-8",
    )
    settings = load_settings(folder / "aseanwatch.toml", {})
    with wiring.build(settings, Narrator(lambda _: None), lambda _: None) as app:
        gc.freeze()  # as `run` does

        def poll() -> None:
            polled = 0
            while polled < number:
                polled += app.pipeline.poll_due(60.0).polls
            assert polled == number, polled

        def again() -> None:
            with sqlite3.connect(folder / "data" / "aseanwatch.db", timeout=60) as database:
                database.execute("UPDATE polling SET next_poll_at = NULL")

        figures = measured(origin, number, poll, again)
        entries = sum(app.store.entry_counts().values())
        assert entries == served(number), entries
        assert all(polling.reason is None for _, polling in app.store.sources())
        return figures


def reader(origin: str, number: int, folder: Path) -> dict[str, float]:
    """lemon24/reader, one worker, its own SQLite."""
    from reader import make_reader

    library = make_reader(str(folder / "reader.db"))
    for n in range(number):
        library.add_feed(f"{origin}/feed/{n}")
    figures = measured(origin, number, lambda: library.update_feeds(scheduled=False))
    entries = library.get_entry_counts().total
    assert entries == served(number), entries
    return figures


def bare(origin: str, number: int, folder: Path) -> dict[str, float]:
    """A loop of conditional GETs by aiohttp, 32 in flight, which remembers ETags and parses nothing: the limit."""
    import aiohttp

    etags: dict[int, str] = {}
    loop = asyncio.new_event_loop()

    async def poll() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as session:
            waiting = iter(range(number))

            async def take() -> None:
                for n in waiting:
                    headers = {"If-None-Match": etags[n]} if n in etags else {}
                    async with session.get(f"{origin}/feed/{n}", headers=headers) as answer:
                        await answer.read()
                        assert answer.status in (200, 304)
                        if "ETag" in answer.headers:
                            etags[n] = answer.headers["ETag"]

            await asyncio.gather(*(take() for _ in range(IN_FLIGHT)))

    return measured(origin, number, lambda: loop.run_until_complete(poll()))


PEERS = {"ours": ours, "reader": reader, "bare": bare}

if __name__ == "__main__":
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(PEERS[sys.argv[1]](sys.argv[2], int(sys.argv[3]), Path(scratch))))
