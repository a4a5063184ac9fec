"""The side effects that the pipeline needs, as Protocols: Fetcher, Parser, Extractor, Store, Notifier, Clock.

Rooms satisfy them by shape; only `wiring` knows which object stands behind which port.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from core.alerts import Alert, Attempt, Delivery, Receipt
from core.articles import Article, Failure
from core.delivery import Acknowledged, Reconciled, Step
from core.errors import FetchError, ReasonedError
from core.expected import Deadline
from core.health import Pages
from core.operator import Line, Note, Told
from core.outcomes import Changes, Earlier, Event, Outcome, Reported, Resolved
from core.readings import Reading
from core.review import Case, Review
from core.routes import Routing
from core.sources import Body, Entry, EntryState, Feed, NotModified, Poll, Polling, Response, Source


class Clock(Protocol):
    """Tells the time; a test's clock stands where it is put."""

    def now(self) -> datetime:
        """The current time, aware, UTC."""
        ...


class Transfers(Protocol):
    """Many fetches at a time, driven by one thread."""

    def __len__(self) -> int:
        """How many were started and have not come out of `done`."""
        ...

    def start(self, key: str, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> None:
        """Begins a GET, as soon as its server may be asked again."""
        ...

    def done(self, seconds: float) -> Sequence[tuple[str, Response | NotModified | FetchError]]:
        """What has ended, each with its key and once; waits up to `seconds` for something to end.

        Nothing moves between two calls, and meanwhile the deadlines run.
        """
        ...

    def wake(self) -> None:
        """Lets `done` return now; from any thread."""
        ...

    def close(self) -> None:
        """Gives up what is under way."""
        ...


class Fetcher(Protocol):
    """Fetches over HTTP, politely and guarded."""

    def transfers(self) -> Transfers:
        """Many at a time."""
        ...

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> Response | NotModified:
        """The whole answer to a GET; `accept` is `feed` or `page` (size cap and Accept header; a page may be a PDF). Raises FetchError."""
        ...


class Parser(Protocol):
    """Parses feed bodies in a process of its own."""

    def parse(self, source: Source, response: Response, now: datetime, known: bytes = b"") -> Feed:
        """The feed's entries, without items whose digests are among `known` (`Polling.known_items`). Raises ParseError."""
        ...

    def parse_together(self, bodies: Sequence[Body], now: datetime) -> list[Feed | ReasonedError] | None:
        """The feed of each body, or why there is none; None when they cannot be parsed together, and each is to be by itself."""
        ...


class Extractor(Protocol):
    """Makes an article of a page in a process of its own."""

    def extract(self, source: Source, entry: Entry, response: Response, now: datetime) -> Article:
        """The page's article. Raises ExtractError."""
        ...


class Reader(Protocol):
    """Reads an article: the classifiers, pure."""

    @property
    def ruleset(self) -> str:
        """Hash of the rules in use."""
        ...

    def read(self, article: Article) -> Reading:
        """All that can be said of the article."""
        ...


Names = str | Sequence[str] | None
"""One name, or several of which any will do; None: whatever it is."""
Decide = Callable[[Sequence[Outcome], Earlier], Changes]
"""Known candidates, what an earlier reading said -> changes: the pure decision that the store runs inside its transaction."""

Rule = Callable[[Case, Review], tuple[Review, Changes]]
"""What lies before a reviewer, what he says -> the review as it is kept, and its changes: `core.review.rule`."""


class Store(Protocol):
    """What is remembered. Each method is one transaction and safe to repeat."""

    # sources
    def sync_sources(self, sources: Sequence[Source], now: datetime) -> None:
        """Takes over the catalogue; what it no longer lists is kept but not watched, and a changed URL forgets its validators."""
        ...

    def due_sources(self, now: datetime, limit: int = 1000) -> list[tuple[Source, Polling]]: ...
    def sources(self) -> list[tuple[Source, Polling]]: ...
    def known_names(self, announced: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
        """Of the names (identities and aliases) that each source announced, those under which it has announced an entry before."""
        ...

    def record_polls(self, polls: Sequence[tuple[Poll, Sequence[Event]]], known: Mapping[str, Polling] = ...) -> list[int]:
        """Of each poll: entries, then the polling with its validators, then events; how many entries were new.

        All in one transaction; 0 for a source that is gone. `known` is what was on record of the sources before: only what has changed
        since need be written.
        """
        ...

    def record_troubles(self, source: str, troubles: Sequence[str], events: Sequence[Event]) -> None:
        """What is wrong with a source, found between two polls, and the events that tell it."""
        ...

    # entries and articles
    def recent_pages(self) -> dict[str, Pages]:
        """Source -> what came of the last pages of which nothing more is to come."""
        ...

    def pending_entries(self, now: datetime, limit: int = 100, *, per_source: int | None = None) -> list[tuple[Source, Entry, int]]:
        """Entries without an article whose time has come, longest waiting first, each with the number of failed attempts so far.

        With `per_source` at most so many of each source.
        """
        ...

    def record_article(self, entry: Entry | None, article: Article, now: datetime) -> str:
        """`new`, `revised` (text changed: an earlier text is kept, the article is unread again) or `known`."""
        ...

    def revisit(self, article: str, at: datetime) -> None:
        """Makes the page of an article due again at `at`, by the first entry that announced it; nothing when no entry did."""
        ...

    def same_text(self, article: Article) -> int:
        """How many of the last articles of its source have the very text of `article`, under another key and another title."""
        ...

    def record_failure(self, entry: Entry, failure: Failure) -> None:
        """Logs it; the entry waits until `failure.retry_at`, or is set aside when that is None."""
        ...

    def entries(
        self, *, source: str | None = None, state: EntryState | None = None, limit: int = 200
    ) -> list[tuple[Entry, EntryState]]: ...
    def entry_counts(self) -> dict[str, int]:
        """Source -> how many entries it has announced."""
        ...

    def unread_articles(self, limit: int = 100, *, now: datetime | None = None) -> list[Article]:
        """Articles that wait for the classifiers, oldest first; with `now`, without those that were put off until later."""
        ...

    def record_read_failure(self, article: str, failure: Failure) -> None:
        """Logs it; the article is put off until `failure.retry_at`, or set aside until its text or the rules change."""
        ...

    def reopen_articles(self, ruleset: str) -> int:
        """Makes every article unread that was not read by this rule set (`classify --again`); how many."""
        ...

    def article(self, key: str) -> Article | None: ...
    def article_keys(self, since: datetime) -> list[str]:
        """The articles published (or, undated, first seen) from `since` on, in order of that time."""
        ...

    def articles(
        self, *, words: str = "", source: str | None = None, relevant: bool | None = None, stage: str | None = None, limit: int = 100
    ) -> list[Article]:
        """Newest first; each of `words` must occur in title or text, whatever its case and accents."""
        ...

    def reading(self, article: str) -> Reading | None: ...
    def failures(self, *, stage: str | None = None, subject: str | None = None, limit: int = 200) -> list[Failure]: ...

    # register and outbox
    def record_reading(
        self, article: Article, reading: Reading, blocks: Sequence[str], decide: Decide, routing: Routing | Sequence[str], now: datetime
    ) -> tuple[Changes, Alert | None]:
        """Loads the candidates by `blocks`, decides and records all of it: what was written, and the alert when there is one.

        Who is owed it goes by `routing`, or it is owed to all these targets.
        """
        ...

    def outcomes(
        self,
        *,
        status: Names = None,
        type: Names = None,
        standing: Names = None,
        meeting: Names = None,
        parties: Names = None,
        topics: Names = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = 200,
        as_of: datetime | None = None,
    ) -> list[Outcome]:
        """The outcomes that meet every condition, newest first; `meeting` is a name or a type; from `since` on and before `until`.

        With `as_of` the register as it stood then.
        """
        ...

    def outcome_keys(self, beginning: str, limit: int = 100, as_of: datetime | None = None) -> list[str]: ...
    def sightings(self, keys: Sequence[str], as_of: datetime | None = None) -> dict[str, list[Resolved]]:
        """Outcome -> the sightings of the readings that stand, or stood then."""
        ...

    def sighted(self, article: str) -> list[Resolved]:
        """What the article reports by the reading that stands."""
        ...

    def outcome(self, key: str, as_of: datetime | None = None) -> tuple[Outcome, list[Resolved], list[Event]] | None:
        """An outcome with the sightings of the readings that stand, and its history; with `as_of` as it was known then."""
        ...

    def record_review(self, asked: Review, rule: Rule) -> tuple[Review, Changes]:
        """The review as recorded, and what it changed; nobody is alerted. Raises StoreError for an outcome that is not in the register."""
        ...

    def reviews(self, *, outcome: str | None = None, limit: int = 200) -> list[tuple[Review, bool]]:
        """What reviewers did, newest first, each with whether it stands."""
        ...

    def planned(self, after: str = "", limit: int = 500) -> list[tuple[Outcome, list[Reported]]]:
        """Planned outcomes with a key above `after`, by key, each with its reports by the readings that stand."""
        ...

    def meetings(self) -> list[str]:
        """The names of all meetings that brought an outcome, or are to bring one, sorted."""
        ...

    def mark_overdue(self, late: Sequence[Deadline], at: datetime) -> tuple[Event, ...]:
        """Notes that these are overdue, each record with its event; the events. One that has come, or is marked already, is left."""
        ...

    def alerts(self, limit: int = 100) -> list[tuple[Alert, list[Delivery]]]: ...
    def alert(self, key: str) -> tuple[Alert, list[Delivery]] | None: ...
    def deliveries(self, *, state: str | None = None, target: str | None = None, limit: int = 200) -> list[Delivery]: ...
    def attempts(self, delivery: str) -> list[Attempt]: ...
    def waits(self, since: datetime, limit: int = 200) -> dict[str, timedelta]:
        """Alert -> how long it was from its article's coming in to the first attempt at any target; of the newest made from `since` on."""
        ...

    def claim_delivery(self, owner: str, now: datetime, lease_seconds: float) -> tuple[Delivery, Alert] | None:
        """The next delivery that is due, now `sending` and leased to `owner`: committed before a byte is sent."""
        ...

    def record_receipt(self, delivery: Delivery, receipt: Receipt, step: Step, now: datetime) -> bool:
        """Takes over `step` (state, next attempt, reason, repeat) from `core.delivery.next_step`; False when the lease was lost."""
        ...

    def recover_leases(
        self, now: datetime, *, orphans: bool = False, judge: Callable[[Delivery, Receipt], Step] | None = None
    ) -> list[Delivery]:
        """Deliveries whose sender died: nobody knows whether they arrived, so they are `unknown` now, or what `judge` makes of the doubt.

        With `orphans` whatever is being sent counts: for a watch that is alone here and has not claimed anything yet.
        """
        ...

    def retry_delivery(self, key: str, now: datetime) -> bool:
        """Puts a dead, unknown or suppressed delivery back in line; one that may have arrived is marked `repeat`. False: none such."""
        ...

    def dismiss_delivery(self, key: str, now: datetime, reason: str) -> bool:
        """Suppresses a delivery that is not under way and was not sent. False: none such."""
        ...

    def told(
        self,
        *,
        state: str | None = None,
        target: str | None = None,
        kind: str | None = None,
        since: datetime | None = None,
        limit: int = 200,
    ) -> list[tuple[Alert, Delivery]]:
        """The deliveries that meet every condition, newest first, each with its alert."""
        ...

    def told_counts(self, *, target: str | None = None, kind: str | None = None, since: datetime | None = None) -> dict[str, int]:
        """How many deliveries stand in each state, every state listed."""
        ...

    def alerts_made(self, since: datetime) -> list[Alert]:
        """News and corrections alerted from `since` on, in the order of their making."""
        ...

    def assemble_digests(self, now: datetime) -> list[Alert]:
        """Gathers what waits for a digest that is due, and what is late; the messages made."""
        ...

    def tell_operator(self, line: Line, compose: Callable[[Sequence[Told]], Sequence[Note]], now: datetime) -> list[Note]:
        """What `compose` makes of the events of `line` that were not told yet, owed and told for good."""
        ...

    # held against the sent-ledger
    def acknowledged(self, limit: int) -> list[Acknowledged]:
        """The newest deliveries that were sent, the oldest of them first."""
        ...

    def reconcile(self, told: Sequence[Acknowledged], now: datetime) -> Reconciled:
        """Marks what the ledger says was sent; begins a quarantine when the ledger is ahead of the database. Before anything is claimed."""
        ...

    def mark_told(self, told: Sequence[Acknowledged]) -> int:
        """Marks as sent what waits here and is in the ledger; how many that were."""
        ...

    def quarantine(self) -> tuple[datetime, int] | None:
        """Since when alerts are held, and how many deliveries that concerns; None when nothing is held."""
        ...

    def release(self, now: datetime, suppress: str = "") -> int:
        """Ends the quarantine; how many deliveries it held. With `suppress`, a reason, these are suppressed, otherwise they are due."""
        ...

    # events, notes, state
    def append_events(self, events: Sequence[Event]) -> tuple[Event, ...]: ...
    def events(self, after: int = 0, limit: int = 500, *, subject: str | None = None, records: bool = False) -> list[Event]:
        """Events with a sequence above `after`, oldest first; with `records` they carry the records of outcomes as they then stood."""
        ...

    def last_event(self) -> int:
        """The highest sequence so far, 0 before the first."""
        ...

    def remember(self, key: str, value: str) -> None: ...
    def remembered(self, key: str) -> str | None: ...
    def counts(self) -> dict[str, dict[str, int]]:
        """What is stored, by noun and state; every row is counted once, every state is listed."""
        ...

    def storage(self) -> dict[str, str | int]:
        """Where and how it is stored: kind, where, version, journal, schema, bytes. No secrets."""
        ...

    def check(self) -> list[str]:
        """What is wrong with the database, in words; empty when it is sound."""
        ...

    def close(self) -> None: ...


class Notifier(Protocol):
    """Delivers one alert to one target."""

    def deliver(self, delivery: Delivery, alert: Alert) -> Receipt:
        """What came of it; never raises for a target that refuses, hangs or is gone."""
        ...


class Ledger(Protocol):
    """The acknowledged deliveries, kept apart from the database, so that a copy that is put back repeats nothing."""

    def __contains__(self, delivery: str) -> bool: ...

    def all(self) -> list[Acknowledged]:
        """Every delivery on record, the oldest first."""
        ...

    def add(self, told: Iterable[Acknowledged]) -> None:
        """Records what is not on record yet, on the disk when it returns. Raises StoreError when it cannot be written."""
        ...
