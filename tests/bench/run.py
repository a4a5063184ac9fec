"""How fast, as ratios in one run: `make bench`, or python tests/bench/run.py [NAME...] [--rounds N] [--json].

Each figure stands beside something that a reader knows, measured in the same round on the same input, because machines differ and
ratios travel. Processor time where the work is ours alone, wall time where disks and processes wait for each other; the unit says which.
"""

import argparse
import itertools
import json
import logging
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from crowd import Crowded
from heavy import page
from labelled import items
from newsroom import seed_stories
from publisher import RSS, Publisher
from stores import baseline
from trafilatura import extract

from aseanwatch import pipeline, wiring
from aseanwatch.events_text import Narrator
from aseanwatch.settings import load_settings
from classifiers import Reader, load_reader
from core.articles import Article
from core.sources import Entry, Response, Source
from ingest.workers import PageExtractor
from store import open_store
from store.engines import wal_is_safe

NOW = datetime(2024, 7, 27, 12, tzinfo=UTC)
FEW = 10_000
"""Sightings in the register with which a large one is compared."""
RESOLVED = 150
"""Sightings that are resolved in one round."""
WARM = 4
"""Articles that are fetched before the clock starts."""
SOURCE = Source(id="courier", url="http://127.0.0.1/rss.xml", publisher="The Courier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One figure: what is measured, against what, and in which unit; `once` gives a pair of figures for one round."""

    name: str
    what: str
    against: str
    unit: str
    once: Callable[[], tuple[float, float]]
    more_is_better: bool = False


def articles(number: int, *, characters: int = 3000) -> list[Article]:
    """Texts of about so many characters, all different: paragraphs of the seeds in an order of their own each."""
    stories, made = seed_stories(), []
    for n in range(number):
        story, dice = stories[n % len(stories)], random.Random(n)
        pool = [text for text in story.paragraphs if len(text) > 60]
        dice.shuffle(pool)
        text, size = [], 0
        for paragraph in pool:
            if size >= characters:
                break
            text.append(paragraph[: characters - size + 100])
            size += len(text[-1])
        key = f"courier.example/{n}"
        made.append(
            Article(
                key=key,
                url=f"https://{key}",
                title=f"{story.headline} ({n})",
                text="\n".join(text),
                publisher="The Courier",
                published=story.published,
            )
        )
    return made


def timed(clock: Callable[[], float], work: Callable[[], object]) -> float:
    """Seconds that `work` took by `clock`."""
    started = clock()
    work()
    return clock() - started


def unrelated(number: int) -> list[Article]:
    """So many texts of about 3 kB that are not about ASEAN: the labelled ones, two or three in a row."""
    others = [item for item in items("dev") if not item["labels"]["relevant"] and item["lang"] == "en"]
    made = []
    for n in range(number):
        some = random.Random(n).sample(others, 3)
        text = "\n".join(item["text"] for item in some)[:3000]
        made.append(Article(key=f"courier.example/other/{n}", url="", title=some[0]["title"], text=text, published=NOW))
    return made


def reading(reader: Reader, some: Sequence[Article], extracted_by: Callable[[str], object]) -> Callable[[], tuple[float, float]]:
    """Milliseconds of processor time to read one of the articles, and to extract it from its page."""
    pages = [page(one.title, [line for line in one.text.splitlines() if line]) for one in some]
    for one, html in zip(some, pages, strict=True):  # tables that are filled when first used
        reader.read(one)
        extracted_by(html)

    def once() -> tuple[float, float]:
        read = timed(time.process_time, lambda: [reader.read(one) for one in some])
        extracted = timed(time.process_time, lambda: [extracted_by(html) for html in pages])
        return read / len(some) * 1000, extracted / len(pages) * 1000

    return once


def building() -> Callable[[], tuple[float, float]]:
    """Milliseconds of processor time to load, check and compile all rules, and to parse the same TOML files."""
    home = files("classifiers")
    texts = [
        file.read_text(encoding="utf-8")
        for room in ("rules", "gazetteer", "languages")
        for file in (home / room).iterdir()
        if file.name.endswith(".toml")
    ]

    def once() -> tuple[float, float]:
        return timed(time.process_time, load_reader) * 1000, timed(
            time.process_time, lambda: [tomllib.loads(text) for text in texts]
        ) * 1000

    return once


def recording() -> Callable[[], tuple[float, float]]:
    """Readings recorded a second (register, events, alert and delivery with each), and bare commits a second, both on disk."""
    reader, some = load_reader(), articles(100)
    readings = [reader.read(one) for one in some]

    def once() -> tuple[float, float]:
        with tempfile.TemporaryDirectory() as folder:
            with open_store(f"sqlite:///{folder}/watch.db", now=NOW) as store:
                for one in some:
                    store.record_article(None, one, NOW)
                pairs = list(zip(some, readings, strict=True))
                ours = timed(
                    time.perf_counter, lambda: [pipeline.record(store, one, said, ["desk"], NOW, max_age=None) for one, said in pairs]
                )
            bare = timed(time.perf_counter, lambda: _bare_commits(Path(folder) / "bare.db", len(some)))
        return len(some) / ours, len(some) / bare

    return once


def _bare_commits(file: Path, number: int) -> None:
    with sqlite3.connect(file, isolation_level=None) as connection:
        connection.execute(f"PRAGMA journal_mode={'WAL' if wal_is_safe(sqlite3.sqlite_version_info) else 'DELETE'}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE row (text)")
        for _ in range(number):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO row VALUES (?)", ("x" * 3000,))
            connection.execute("COMMIT")
    connection.close()


class Contest:
    """Polling a site of so many feeds: ours, the `reader` package, and a bare loop of conditional GETs; each in a process of its own."""

    def __init__(self, feeds: int) -> None:
        self._feeds = feeds
        self._rounds: list[dict[str, dict[str, float]]] = []

    def figures(self, peer: str, mode: str) -> Callable[[], tuple[float, float]]:
        """Our milliseconds of processor time for a feed, and the peer's, round by round; a round is run when it is first asked for."""
        rounds = itertools.count()

        def once() -> tuple[float, float]:
            number = next(rounds)
            if number == len(self._rounds):
                self._rounds.append(self._round())
            found = self._rounds[number]
            return found["ours"][mode], found[peer][mode]

        return once

    def _round(self) -> dict[str, dict[str, float]]:
        here = Path(__file__).parent
        command = [sys.executable, str(here / "feedsite.py"), str(self._feeds)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as site:
            assert site.stdout is not None
            origin = site.stdout.readline().strip()
            told = {
                peer: subprocess.check_output([sys.executable, str(here / "peers.py"), peer, origin, str(self._feeds)], text=True)
                for peer in ("bare", "ours", "reader")
            }
            site.communicate()
        return {peer: json.loads(answer) for peer, answer in told.items()}


def contests(feeds: int) -> Iterator[Bench]:
    """The figures of polling so many feeds of 30 items."""
    contest = Contest(feeds)
    reader, bare = "the reader package", "a bare loop of conditional GETs (aiohttp, 32 in flight)"
    for mode, what, peer, against in (
        ("unchanged", "answered by 304, state recorded", "bare", bare),
        ("unchanged", "answered by 304, state recorded", "reader", reader),
        ("same", "the same body sent again", "reader", reader),
        ("tenth", "a new item in every tenth, 304 from the others", "reader", reader),
    ):
        name = f"polls-{feeds}-{mode}-{peer}"
        yield Bench(name=name, what=f"poll {feeds:,} feeds: {what}", against=against, unit="ms cpu", once=contest.figures(peer, mode))


def walking(origin: str, number: int) -> Callable[[], tuple[float, float]]:
    """Articles a second from page to register and console, and by extraction alone, each in two processes."""
    pages = [page(one.title, one.text.splitlines()).encode() for one in articles(number)]
    extractor = PageExtractor()

    def extraction(of: Sequence[bytes]) -> None:
        def one(n: int, body: bytes) -> None:
            url = f"https://courier.example/{n}"
            entry = Entry(source=SOURCE.id, identity=url, link=url, title="")
            response = Response(url=url, status=200, headers={"content-type": "text/html; charset=utf-8"}, body=body)
            extractor.extract(SOURCE, entry, response, NOW)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(one, range(len(of)), of))

    def once() -> tuple[float, float]:
        extraction(pages[:WARM])  # the processes are up
        alone = timed(time.perf_counter, lambda: extraction(pages))
        with tempfile.TemporaryDirectory() as folder:
            whole = _walk(Path(folder), origin, number)
        return number / whole, number / alone

    return once


def _walk(folder: Path, origin: str, number: int) -> float:
    """Seconds for `number` articles from page to console, on a new database, as `aseanwatch run --once` goes it."""
    (folder / "sources.toml").write_text(
        f'[[source]]\nid = "courier"\nurl = "{origin}{RSS}"\npublisher = "The Courier"\n', encoding="utf-8"
    )
    (folder / "aseanwatch.toml").write_text(
        'data_dir = "data"\n[catalogue]\nuse_builtin = false\nfiles = ["sources.toml"]\n'
        '[fetch]\nallow = ["127.0.0.0/8"]\nper_host = 8\nper_host_gap_seconds = 0\n[alerts]\nmax_age_hours = 1000000\n',
        encoding="utf-8",
    )
    settings = load_settings(folder / "aseanwatch.toml", {})
    with wiring.build(settings, Narrator(lambda _: None), lambda _: None) as app, ThreadPoolExecutor(settings.fetch.concurrency) as pool:
        app.store.record_poll(baseline(datetime.now(UTC), "courier"))  # what it holds is news
        while app.pipeline.poll_due(60.0).under_way:
            pass
        list(pool.map(lambda one: app.pipeline.extract(*one), app.pipeline.due_pages()[:WARM]))  # the processes are up
        started = time.perf_counter()
        while due := app.pipeline.due_pages():
            list(pool.map(lambda one: app.pipeline.extract(*one), due))
        while app.pipeline.read_pending():
            pass
        while app.pipeline.deliver_next():
            pass
        took = time.perf_counter() - started
        stored = app.store.counts()["articles"]
    assert sum(stored.values()) == stored["read"] == number + WARM, stored
    return took


@contextmanager
def site(number: int) -> Iterator[str]:
    """The origin of a news site with so many articles, in a process of its own, so that its work is not counted as ours."""
    server = subprocess.Popen([sys.executable, __file__, "--serve", str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.communicate("")


def serve(number: int) -> None:
    """Publishes the articles in their heavy pages until standard input closes."""
    with Publisher(name="The Courier") as publisher:
        for one in articles(number):
            story = publisher.adds(one.key.rpartition("/")[2], title=one.title, body_html="", published=one.published, summary=one.title)
            body = page(one.title, one.text.splitlines()).encode()
            publisher.behaves(f"/news/{story.id}.html", _served(body))
        print(publisher.url("").rstrip("/"), flush=True)
        sys.stdin.read()


def _served(body: bytes) -> Callable[..., None]:
    return lambda answering, _: answering.answers(200, {"Content-Type": "text/html; charset=utf-8"}, body)


def resolving(many: Crowded, few: Crowded, measure: Callable[[Crowded, int], float]) -> Callable[[], tuple[float, float]]:
    """Milliseconds for one sighting in a register of many and in one of few."""
    return lambda: (measure(many, RESOLVED) * 1000, measure(few, RESOLVED) * 1000)


def benches(origin: str, number: int, sightings: int, folder: Path) -> Iterator[Bench]:
    """All figures; `folder` is where large databases may stand meanwhile."""
    reader, ours, others = load_reader(), articles(40), unrelated(40)
    default: Callable[[str], object] = extract
    fast = partial(extract, fast=True, include_comments=False)
    for name, what, some, mode, extractor in (
        ("read", "read an article of 3 kB on ASEAN", ours, "default", default),
        ("read-fast", "the same", ours, "fast, without comments, as we use it", fast),
        ("pass", "read one that is about something else", others, "default", default),
        ("pass-fast", "the same", others, "fast, without comments, as we use it", fast),
    ):
        against = f"trafilatura's extraction ({mode}) from its page of 115 kB"
        yield Bench(name=name, what=what, against=against, unit="ms cpu", once=reading(reader, some, extractor))
    yield Bench(name="rules", what="load, check and compile all rules", against="parsing the same TOML", unit="ms cpu", once=building())
    yield Bench(
        name="record",
        what="readings recorded, register and outbox with them",
        against="bare commits of 3 kB",
        unit="1/s",
        once=recording(),
        more_is_better=True,
    )
    for feeds in (200, 2_000):
        yield from contests(feeds)
    yield Bench(
        name="walk",
        what="articles fetched, extracted, read, recorded and told, SQLite on disk",
        against="extraction alone, in as many processes",
        unit="1/s",
        once=walking(origin, number),
        more_is_better=True,
    )
    many, few = Crowded(folder / "many.db", sightings), Crowded(folder / "few.db", FEW)
    yield Bench(
        name="find",
        what=f"find and decide which outcome a sighting is, among {sightings:,} sightings",
        against=f"among {FEW:,}",
        unit="ms",
        once=resolving(many, few, Crowded.find),
    )
    yield Bench(
        name="copies",
        what=f"look for copies of a text, among {sightings // 2:,} articles",
        against=f"among {FEW // 2:,}",
        unit="ms",
        once=resolving(many, few, Crowded.look_up),
    )
    yield Bench(
        name="resolve",
        what=f"resolve and record a sighting, among {sightings:,}",
        against=f"among {FEW:,}",
        unit="ms cpu",
        once=resolving(many, few, Crowded.record),
    )


def measured(bench: Bench, rounds: int) -> dict[str, object]:
    """Smallest, median and largest figure of ours, of theirs and of their ratio, over the rounds."""
    pairs = [bench.once() for _ in range(rounds)]

    def spread(values: Sequence[float]) -> dict[str, float]:
        return {"min": min(values), "median": statistics.median(values), "max": max(values)}

    return {
        "name": bench.name,
        "what": bench.what,
        "against": bench.against,
        "unit": bench.unit,
        "ours": spread([ours for ours, _ in pairs]),
        "theirs": spread([theirs for _, theirs in pairs]),
        "ratio": spread([ours / theirs for ours, theirs in pairs]),
        "better": "more" if bench.more_is_better else "less",
    }


def line(told: dict[str, object]) -> str:
    """A result as two lines for people."""

    def figures(name: str) -> str:
        spread = told[name]
        assert isinstance(spread, dict)
        return " / ".join(f"{spread[part]:.3g}" for part in ("min", "median", "max"))

    found = f"{figures('ours'):>22} {told['unit']:7} against {figures('theirs'):>22}   ratio {figures('ratio')}"
    return f"{told['name']:10} {told['what']}\n{'':10}against {told['against']}\n{'':10}{found} ({told['better']} is better)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="read, read-fast, pass, pass-fast, rules, record, polls-200, polls-2000, walk, find, copies, resolve; all by default",
    )
    parser.add_argument("--rounds", type=int, default=5, help="rounds; the table shows min / median / max over them")
    parser.add_argument("--articles", type=int, default=60, help="articles of the site")
    parser.add_argument("--sightings", type=int, default=1_000_000, help="in the large register; a million takes two minutes and 5 GB")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    logging.disable(logging.WARNING)
    if args.serve:
        serve(args.serve)
        return
    with site(args.articles + WARM) as origin, tempfile.TemporaryDirectory() as folder:
        for bench in benches(origin, args.articles, args.sightings, Path(folder)):
            if any(f"{bench.name}-".startswith(f"{name}-") for name in args.names or [bench.name]):
                told = measured(bench, 1 if "2000" in bench.name else args.rounds)
                print(json.dumps(told) if args.json else line(told), flush=True)


if __name__ == "__main__":
    main()
