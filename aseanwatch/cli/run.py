"""`aseanwatch run`: the watch itself."""

import gc
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from aseanwatch.cli.options import settings_from, settings_options
from aseanwatch.events_text import Narrator, line
from core.errors import AlreadyRunning

if TYPE_CHECKING:
    from aseanwatch.pipeline import Pipeline
    from aseanwatch.schedule import Happening
    from aseanwatch.troubles import Troubles
    from aseanwatch.wiring import App

Due = TypeVar("Due")
_TOLD = ("started", "error", "stalled", "abandoned", "stopping", "stopped")
"""Happenings of the driver that a person is told."""
_AGAIN = 60.0
"""Seconds before the same one is told again."""
log = logging.getLogger(__name__)


@click.command()
@click.option("--once", is_flag=True, help="One full round (poll what is due, read it, deliver), then exit.")
@click.option("--no-history", is_flag=True, help="Do not read the seed articles into an empty register.")
@settings_options
@click.pass_context
def run(ctx: click.Context, once: bool, no_history: bool, config: Path | None, data_dir: Path | None) -> None:
    """Start the watch: poll the sources, read what is new, keep the register, send the alerts.

    It says where everything is, then prints each event as it happens. Ctrl-C or SIGTERM ends it within 20 seconds; what it was at
    is taken up again at the next start. Exit 2 when another instance watches on the same database.

    \b
    Examples:
      aseanwatch run
      aseanwatch run --config /etc/aseanwatch.toml
      aseanwatch run --data-dir ./try --once
    """
    from aseanwatch import wiring
    from aseanwatch.logs import start_logging

    settings = settings_from(config, data_dir)
    start_logging(settings.log.level, settings.log.format)
    speaker = Speaker()
    narrator = Narrator(speaker.event, patience=2 * settings.schedule.tick_seconds)
    with wiring.build(settings, narrator, speaker.write) as app:
        for text in introduction(app):
            speaker.write(text)
        app.pipeline.take_over()
        if quarantine := app.store.quarantine():
            speaker.write(
                f"  held       {quarantine[1]} deliveries until `aseanwatch alerts release`; the database is older than the sent-ledger"
            )
        if settings.history.load_seeds and not no_history:
            _load_history(app, speaker)
        code = _round(app, narrator, speaker) if once else _watch(app, narrator, speaker)
        ctx.exit(code)


class Speaker:
    """Prints lines from several threads, whole."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard = True

    def write(self, text: str) -> None:
        """Prints `text` as it is. Raises OSError or ValueError when standard output is gone."""
        with self._lock:
            click.echo(text)
            sys.stdout.flush()

    def event(self, line: str) -> None:
        """Prints a line with the time before it; a watch whose terminal is gone still watches."""
        try:
            self.write(f"{datetime.now(UTC):%H:%M:%S}Z {line}")
        except (OSError, ValueError):
            if self._heard:
                log.warning("standard output is gone; events are still recorded")
            self._heard = False


def introduction(app: "App") -> Iterator[str]:
    """Where everything is, for whoever started the watch."""
    settings = app.settings
    storage = app.store.storage()
    watched = [source for source in app.sources if source.enabled]
    countries = {source.country for source in watched if source.country}
    from_where = f", from {len(countries)} countries" if countries else ""
    yield f"aseanwatch {version('aseanwatch')}"
    yield f"  data       {storage['where']} ({storage['kind']})"
    yield f"  settings   {settings.file or 'defaults and environment; no file'}"
    yield f"  log        standard error, {settings.log.level} and up, as {settings.log.format}"
    yield f"  targets    {', '.join(app.targets) or 'none: every configured target is disabled'}"
    if app.routing.routes:
        yield f"  routes     {', '.join(route.name for route in app.routing.routes)}"
    yield f"  catalogue  {len(watched)} of {len(app.sources)} sources switched on{from_where}"
    yield f"  rules      rule set {app.reader.ruleset[:12]}"


def _load_history(app: "App", speaker: Speaker) -> None:
    from aseanwatch.history import load_history

    articles = load_history(app.store, app.reader, app.clock)
    if articles:
        outcomes = sum(app.store.counts()["outcomes"].values())
        speaker.write(f"  history    {articles} seed articles read, {outcomes} outcomes on record, nobody alerted")


def _watch(app: "App", narrator: Narrator, speaker: Speaker) -> int:
    from aseanwatch import wiring
    from aseanwatch.schedule import Watch

    told: dict[tuple[str, str, str], float] = {}

    troubles = wiring.troubles(app)

    def tell(happening: "Happening") -> None:
        troubles.happened(happening.kind, happening.job, happening.detail)
        if happening.kind == "error" and app.lock.lost():
            watch.stop()
        if happening.kind not in _TOLD:
            return
        what = (happening.kind, happening.job, happening.detail)
        if time.monotonic() - told.get(what, -_AGAIN) >= _AGAIN:  # what goes wrong at every beat is told once a minute
            told[what] = time.monotonic()
            speaker.event(line(happening.kind, ": ".join(part for part in (happening.job, happening.detail) if part)))

    settings = app.settings
    gc.freeze()  # what stands now stays: looking through it for garbage costs as much as asking a thousand feeds, again and again
    watch = Watch(
        app.pipeline,
        tick_seconds=settings.schedule.tick_seconds,
        fetch_workers=settings.fetch.concurrency,
        alert_workers=settings.alerts.workers,
        shutdown_seconds=settings.schedule.shutdown_seconds,
        on_event=tell,
    )
    over = threading.Event()
    threading.Thread(target=_look_again, args=(troubles, over, settings.schedule.tick_seconds), name="troubles", daemon=True).start()
    try:
        code = watch.run_forever()
    finally:
        over.set()
    narrator.flush(at_once=True)
    if app.lock.lost():
        raise AlreadyRunning("the lock is lost, another instance may have taken it; stopped", subject=str(app.store.storage()["where"]))
    return code


def _look_again(troubles: "Troubles", over: threading.Event, seconds: float) -> None:
    """In a thread of its own: a beat that hangs, or a database that does, must not hide that it does."""
    while not over.wait(seconds):
        try:
            troubles.look()
        except Exception:
            log.exception("troubles")


def _round(app: "App", narrator: Narrator, speaker: Speaker) -> int:
    """Everything that is due, once, stage after stage; 0."""
    walk = app.pipeline
    articles = messages = 0
    with ThreadPoolExecutor(app.settings.fetch.concurrency) as pool:
        polls = _poll_all(walk)
        pages = _all(pool, walk.due_pages, lambda due: walk.extract(*due), key=lambda due: (due[1].source, due[1].identity))
    while taken := walk.read_pending():
        articles += taken
    walk.gather()
    walk.tell_operator()
    while walk.deliver_next():
        messages += 1
    walk.look_for_overdue()
    narrator.flush(at_once=True)
    speaker.event(line("round", f"{polls} sources polled, {pages} pages fetched, {articles} articles read, {messages} messages tried"))
    return 0


def _poll_all(walk: "Pipeline") -> int:
    """Asks everything that is due, each source once; how many there were."""
    polls = 0
    while True:
        brought = walk.poll_due(60.0)
        polls += brought.polls
        if not brought.under_way:
            return polls


def _all(pool: ThreadPoolExecutor, due: Callable[[], Sequence[Due]], work: Callable[[Due], None], key: Callable[[Due], object]) -> int:
    """Works off what is due, and what becomes due behind it, each item once; how many there were."""
    done: set[object] = set()
    while batch := [item for item in due() if key(item) not in done]:
        list(pool.map(work, batch))
        done.update(map(key, batch))
    return len(done)
