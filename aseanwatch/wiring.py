"""Which object stands behind which port: the only module that knows. Everything heavy is imported where it is needed."""

import logging
import os
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from aseanwatch.ports import Clock, Ledger, Notifier, Reader, Store
from aseanwatch.settings import Settings
from core.alerts import Alert, AlertKind, Delivery, Receipt
from core.calendar import Calendar
from core.delivery import Acknowledged, OnUnknown
from core.errors import ConfigError, ParseError, StoreError
from core.keys import derived
from core.operator import Operators
from core.routes import Routing
from core.sources import Feed, NotModified, Polling, Source

if TYPE_CHECKING:
    from ssl import SSLContext

    from aseanwatch.alerts.targets import Target
    from aseanwatch.alerts.templates import Templates
    from aseanwatch.pipeline import Channel, Pipeline, Witness
    from aseanwatch.probe import KnownNames, Probe
    from aseanwatch.troubles import Troubles
    from ingest.catalogue import Listing
    from ingest.changes import Changes
    from ingest.http import Http
    from ingest.opml import Subscriptions
    from ingest.workers import FeedParser, PageExtractor

Say = Callable[[str], object]
log = logging.getLogger(__name__)


class Lock(Protocol):
    """The lock that makes us the only watch on a database."""

    def lost(self) -> bool:
        """Whether it was taken from us."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current time, UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The watch, wired: what `run` needs."""

    settings: Settings
    store: Store
    reader: Reader
    pipeline: "Pipeline"
    sources: tuple[Source, ...]
    targets: tuple[str, ...]
    routing: Routing
    clock: Clock
    lock: Lock


@contextmanager
def build(settings: Settings, witness: "Witness", say: Say, *, clock: Clock | None = None) -> Iterator[App]:
    """The whole watch on its database, alone there. `say` prints the alerts when no target is configured.

    Raises ConfigError for settings, sources, rules or targets that are wrong; AlreadyRunning when another instance watches; StoreError.
    At the end worker processes, database and lock are given back.
    """
    from aseanwatch.pipeline import Pipeline
    from ingest.articles import article_from_entry
    from ingest.robots import Robots

    clock = clock or SystemClock()
    targets, sources, rules = channels(settings, say), catalogue(settings), reader(settings)
    routed, told_of_us = routing(settings), operators(settings)
    with ExitStack() as held:
        lock = held.enter_context(sole_instance(settings))
        store = held.enter_context(storage(settings, create=True))
        store.sync_sources(sources, clock.now())
        http = _http(settings)
        pipeline = Pipeline(
            store=store,
            fetcher=http,
            parser=held.enter_context(closing(parser())),
            extractor=held.enter_context(closing(extractor())),
            from_entry=article_from_entry,
            reader=rules,
            channels=targets,
            ledger=ledger(settings),
            calendar=calendar(settings.rules.files),
            clock=clock,
            witness=witness,
            owner=f"{socket.gethostname()}:{os.getpid()}",
            max_age=timedelta(hours=settings.alerts.max_age_hours),
            give_up_after=timedelta(hours=settings.alerts.give_up_hours),
            alone=lambda: not lock.lost(),
            may_fetch=Robots(http, now=clock.now).check,
            routing=routed,
            operators=told_of_us,
        )
        held.callback(pipeline.close)
        yield App(
            lock=lock,
            settings=settings,
            store=store,
            reader=rules,
            pipeline=pipeline,
            sources=tuple(sources),
            targets=tuple(targets),
            routing=routed,
            clock=clock,
        )


def sole_instance(settings: Settings) -> AbstractContextManager[Lock]:
    """Holds the lock on the database. Raises AlreadyRunning, with the holder's pid where it is known."""
    from store import only_instance

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return only_instance(settings.database_url())


def holder(settings: Settings) -> str | None:
    """Who watches on the database, as pid@host; None when nobody does."""
    from store import holder

    return holder(settings.database_url())


def has_database(settings: Settings) -> bool:
    """Whether there is a database to look at; of a server it is assumed."""
    return settings.database.url is not None or (settings.data_dir / "aseanwatch.db").exists()


def storage(settings: Settings, *, create: bool = False) -> AbstractContextManager[Store]:
    """The database; with `create` it is made and brought up to date, without both must be there (ConfigError, StoreError)."""
    from store import open_store

    if create:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not has_database(settings):
        raise ConfigError("no database yet; `aseanwatch run` makes it", subject=str(settings.data_dir))
    return cast("AbstractContextManager[Store]", open_store(settings.database_url(), now=SystemClock().now(), migrate=create))


def ledger(settings: Settings) -> Ledger:
    """The sent-ledger in the data folder, wherever the database is. Raises StoreError."""
    from store import LEDGER
    from store import Ledger as SentLedger

    return SentLedger(settings.data_dir / LEDGER)


def told(settings: Settings) -> list[Acknowledged]:
    """What the sent-ledger of a running watch holds. Raises StoreError."""
    from store import LEDGER, read_ledger

    return read_ledger(settings.data_dir / LEDGER)


def scratch(file: Path | None = None) -> AbstractContextManager[Store]:
    """An empty database: in memory, or in a new file that need not last."""
    from store import open_store

    url = f"sqlite:///{file.absolute()}" if file else "sqlite://"
    return cast("AbstractContextManager[Store]", open_store(url, now=SystemClock().now(), durable=False))


@contextmanager
def watched(settings: Settings) -> Iterator[tuple[list[tuple[Source, Polling]], Store | None]]:
    """The sources by the settings, with what we learned about them, and the database; None before the first start."""
    known = catalogue(settings)
    if not has_database(settings):
        yield [(source, Polling()) for source in known], None
        return
    with storage(settings) as store:
        learned = {source.id: polling for source, polling in store.sources()}
        yield [(source, learned.get(source.id, Polling())) for source in known], store


def catalogue(settings: Settings) -> list[Source]:
    """The sources by the settings, with what the user changed by command. Raises ConfigError, naming file and source."""
    return [listing.source for listing in listings(settings)]


def listings(settings: Settings, own: Path | None = None, *, warn: Say | None = None) -> "tuple[Listing, ...]":
    """The same with what is known of each for people.

    `own` stands in for the file of the user's changes. `warn` is told, instead of the log, what an upgrade did to these changes.
    """
    from ingest.catalogue import load_listings

    files = [file for file in settings.catalogue.files if file != changes_file(settings)]
    use_builtin = settings.catalogue.use_builtin
    return load_listings(files, use_builtin=use_builtin, own=own or changes_file(settings), warn=warn or log.warning)


def listings_without_changes(settings: Settings) -> "tuple[Listing, ...]":
    """The sources as the program and the settings bring them, whatever the user changed by command."""
    from ingest.catalogue import load_listings

    files = [file for file in settings.catalogue.files if file != changes_file(settings)]
    return load_listings(files, use_builtin=settings.catalogue.use_builtin)


def changed_sources(settings: Settings) -> set[str]:
    """The sources of which the user's changes say something. Raises ConfigError."""
    from ingest.changes import Changes

    file = changes_file(settings)
    return Changes(file.read_text("utf-8"), file).ids() if file.exists() else set()


def changes_file(settings: Settings) -> Path:
    """Where the user's changes to the catalogue stand."""
    from ingest.changes import NAME

    return settings.data_dir / NAME


@contextmanager
def changing_sources(settings: Settings) -> "Iterator[Changes]":
    """The user's changes, to be changed; at the end they are checked, written, and told to the database if there is one.

    The database is what a running watch goes by: it watches by the changed catalogue from its next tick on. Where the database does not
    let itself be written now, that is said, and the next start takes the change over. Raises ConfigError, OSError; nothing is changed then.
    """
    from ingest.changes import changing

    with changing(changes_file(settings), check=lambda draft: listings(settings, draft)) as changes:
        yield changes
    if not has_database(settings):
        return
    try:
        with storage(settings) as store:
            store.sync_sources(catalogue(settings), SystemClock().now())
    except StoreError as error:
        log.warning("the change is written, and the next start of the watch takes it over: %s", error)


def subscriptions(body: bytes, name: str) -> "Subscriptions":
    """The feeds of an OPML file, read where it can do no harm. Raises ParseError about `name`."""
    from core.reasons import Reason
    from ingest.opml import Subscriptions
    from ingest.workers import Workers

    with closing(Workers("opml", fault=ParseError, timeout=Reason.PARSE_TIMEOUT, crash=Reason.PARSE_CRASH, processes=1)) as workers:
        return workers.run(Subscriptions, name, body=body, name=name)


@contextmanager
def probe(settings: Settings) -> "Iterator[Probe]":
    """What it takes to look at sources without watching them: the same fetching, parsing and extracting, and no database."""
    from aseanwatch.probe import Probe
    from ingest.articles import article_from_entry
    from ingest.robots import Robots

    http = _http(settings)
    with closing(parser()) as feeds, closing(extractor()) as pages:
        yield Probe(
            fetcher=http, parser=feeds, extractor=pages, from_entry=article_from_entry, may_fetch=Robots(http).check, clock=SystemClock()
        )


@contextmanager
def known_names(settings: Settings) -> "Iterator[KnownNames | None]":
    """Asks the database which names of entries it knows; None before the first start."""
    if not has_database(settings):
        yield None
        return
    with storage(settings) as store:
        yield store.known_names


def reader(settings: Settings) -> Reader:
    """The classifiers by the settings. Raises ConfigError, naming file and rule."""
    return rules_reader(settings.rules.files)


def rules_reader(extra: Sequence[Path]) -> Reader:
    """The classifiers with rule files of the user's own."""
    from classifiers import load_reader

    return cast(Reader, load_reader(extra))


def calendar(extra: Sequence[Path] = ()) -> Calendar:
    """The meetings by the gazetteer, or by a calendar file of the user's own. Raises ConfigError, naming file and line."""
    from classifiers.calendar import load_calendar

    return load_calendar(extra)


def changed_reader(settings: Settings, changed: Sequence[Path]) -> Reader:
    """The classifiers by the settings with `changed` files and folders on top, each file in place of the one of its name."""
    brought = {file.name for path in changed for file in ([path] if path.is_file() else path.rglob("*.toml"))}
    return rules_reader([*(path for path in settings.rules.files if path.name not in brought), *changed])


def parser() -> "FeedParser":
    """Parses feeds in processes of its own; to be closed."""
    from ingest.workers import FeedParser

    return FeedParser()


def extractor() -> "PageExtractor":
    """Makes articles of pages and PDFs in processes of its own; to be closed."""
    from ingest.workers import PageExtractor

    return PageExtractor()


def _http(settings: Settings) -> "Http":
    from ingest.http import Http

    fetch = settings.fetch
    return Http(
        user_agent=f"aseanwatch/{version('aseanwatch')}",
        contact=fetch.contact,
        allow=fetch.allow,
        deadline=fetch.deadline_seconds,
        feed_cap=fetch.feed_cap_bytes,
        page_cap=fetch.page_cap_bytes,
        per_host=fetch.per_host,
        per_host_gap=fetch.per_host_gap_seconds,
    )


def channels(settings: Settings, say: Say) -> "Mapping[str, Channel]":
    """Target -> how it is reached; the console when none is configured. Raises ConfigError for a target that cannot be."""
    from aseanwatch.alerts.console import NAME, ConsoleNotifier
    from aseanwatch.pipeline import Channel

    words = templates(settings)
    if not settings.alerts.targets:
        return {NAME: Channel(notifier=ConsoleNotifier(say, words), on_unknown=OnUnknown.RESEND)}
    wanted = [target(settings, name) for name, one in settings.alerts.targets.items() if one.enabled]
    return {one.name: Channel(notifier=_notifier(one, words), on_unknown=one.doubt) for one in wanted}


def routing(settings: Settings, *, proven: bool = True) -> Routing:
    """Who gets what. Raises ConfigError for a wrong route, and, where it is to be `proven`, when some news would reach nobody."""
    from aseanwatch.alerts.console import NAME
    from aseanwatch.routing import routing

    return routing(settings.alerts, NAME, proven=proven)


def routes_on_trial(settings: Settings, file: Path | None) -> tuple[str, Routing]:
    """Who would get what by the routes in `file`, or by the settings; and what a start would complain of, if it would.

    Raises ConfigError for a route that cannot be.
    """
    from aseanwatch.settings import read_routes

    if file is not None:
        settings = settings.model_copy(update={"alerts": settings.alerts.model_copy(update={"routes": read_routes(file)})})
    made = routing(settings, proven=False)
    try:
        routing(settings)
    except ConfigError as error:
        return str(error), made
    return "", made


def operators(settings: Settings) -> Operators:
    """Who is told of the watch itself. Raises ConfigError for a target that is not configured."""
    from aseanwatch.alerts.console import NAME
    from aseanwatch.routing import operators

    return operators(settings.alerts, NAME)


def templates(settings: Settings) -> "Templates":
    """The templates of messages, each tried on a sample of every kind of alert. Raises ConfigError, naming file and line."""
    from aseanwatch.alerts.messages import checked

    return checked(settings.alerts.templates)


def target(settings: Settings, name: str) -> "Target":
    """The target of this name, as configured."""
    from aseanwatch.alerts.targets import Target

    known = settings.alerts.targets[name]
    url = known.url.get_secret_value() if known.url else ""
    return Target(name=name, url=url, on_unknown=known.on_unknown, per_minute=known.per_minute)


def _notifier(one: "Target", words: "Templates") -> Notifier:
    from aseanwatch.alerts.notify import notifier

    return notifier(one, words, trust=_certificates)


def _certificates() -> "SSLContext":
    """What mail servers and webhooks are checked by: the same as publishers are."""
    from ssl import create_default_context

    from ingest.http.handles import Trust

    believed = Trust.of(None)
    return create_default_context(cafile=believed.file, capath=believed.folder)


def troubles(app: App) -> "Troubles":
    """Who watches over the watch itself."""
    from aseanwatch.troubles import Troubles

    return Troubles(
        append=app.store.append_events,
        past_the_database=app.pipeline.tell_directly,
        free=lambda: shutil.disk_usage(app.settings.data_dir).free,
        least_free=app.settings.schedule.least_free_mb * 1_000_000,
        clock=app.clock,
    )


def try_target(settings: Settings, name: str) -> Receipt:
    """Sends one message, which says that it is a test, to a target. Raises ConfigError for one that is not configured."""
    if name not in settings.alerts.targets:
        known = ", ".join(sorted(settings.alerts.targets)) or "none"
        raise ConfigError(f"no such target; configured: {known}", subject=name)
    now = SystemClock().now()
    alert = Alert(
        key=derived("test", name, now.isoformat()),
        article="test",
        url="",
        headline="A test of aseanwatch: this target works, and no minister decided anything",
        publisher="aseanwatch",
        published=now,
        news=(),
        created_at=now,
        kind=AlertKind.OPERATOR,
        notes=("Sent by `aseanwatch alerts test`. Alerts will look like those that `aseanwatch alerts render` shows.",),
    )
    delivery = Delivery(key=derived("delivery", alert.key, name), alert=alert.key, target=name, attempt=1, created_at=now)
    return _notifier(target(settings, name), templates(settings)).deliver(delivery, alert)


def try_source(settings: Settings, source: Source) -> Feed:
    """Fetches and parses a source; nothing is kept. Raises FetchError, ParseError."""
    response = _http(settings).get(source.url)
    if isinstance(response, NotModified):
        raise ConfigError("answered 304 though nothing was asked conditionally", subject=source.url)
    with closing(parser()) as feeds:
        return feeds.parse(source, response, SystemClock().now())
