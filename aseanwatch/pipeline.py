"""The walk from a source to an alert: the only place where one stage follows another."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from aseanwatch import pages, polls
from aseanwatch.pages import FromEntry, MayFetch, Pages
from aseanwatch.polls import Lateness, Polls, Round
from aseanwatch.ports import Clock, Extractor, Fetcher, Ledger, Notifier, Parser, Reader, Store
from core import expected, operator, register
from core.alerts import Alert, Delivery, DeliveryState, Receipt, ReceiptKind, delivery_key
from core.articles import BASELINE, Article, Failure
from core.calendar import Calendar
from core.delivery import GIVE_UP_AFTER, Acknowledged, OnUnknown, Step, next_step
from core.errors import AlreadyRunning, StoreError
from core.expected import Deadline
from core.keys import derived
from core.operator import Operators, Told
from core.outcomes import Changes, Earlier, Event, Outcome
from core.readings import Reading
from core.reasons import Reason
from core.routes import Routing, everyone
from core.sources import Entry, Source
from core.texts import one_line

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0
"""Longer than a notifier may take (40 s): a sender that lives is never overtaken."""
BATCH = 50
"""Articles read at one call."""
RECORD_PAUSE = timedelta(minutes=10)
"""When an article is read again whose reading could not be recorded."""
LEDGER_CHECKED = 50_000
"""How many of the newest deliveries are looked up in the ledger at the start."""
SENT_BEFORE = "was sent before: it is in the sent-ledger"
HEARTBEAT = "heartbeat"
"""Under this name the store remembers when the watch was last alive."""
LATENESS = "lateness"
"""Under this name the store remembers how late the last polls began: `aseanwatch.polls.Lateness` as JSON."""
WAITING_SINCE = "waiting_since"
"""Under this name the store remembers when the watch first looked for what is overdue."""


NOBODY = Operators()


class Witness(polls.Witness, pages.Witness, Protocol):
    """Sees what the pipeline does, to tell people; nothing hangs on it."""

    def read(self, article: Article, reading: Reading, changes: Changes, alert: Alert | None) -> None:
        """An article was read and the register changed."""
        ...

    def delivered(self, delivery: Delivery, alert: Alert, receipt: Receipt) -> None:
        """An attempt to deliver ended."""
        ...

    def doubted(self, delivery: Delivery) -> None:
        """A dead process was in the midst of this delivery."""
        ...

    def overdue(self, outcome: Outcome, event: Event) -> None:
        """An outcome that was foretold has not come."""
        ...

    def flush(self) -> None:
        """A moment has passed: what was gathered may be told."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """How a target is reached, and what to do when nobody knows whether it was."""

    notifier: Notifier
    on_unknown: OnUnknown = OnUnknown.HOLD


class Pipeline:
    """The walk, in one direction. Whoever drives it asks what is due and calls the stage; the state lies in the store.

        poll_due      polls.round                                            which sources to ask now, what came, what is new in it
        due_pages     pages.due                                              which pages to fetch now
        extract       pages.extract                                          the page, where we are let, and the article in it
        read_pending  store.unread_articles                                  for each of them, read:
        read          reader.read -> register.report                         what the article says, and may it be told
                      register.blocks -> register.decide                     which outcomes it may concern, and what it changes
                      store.record_reading                                   reading, register, alert, deliveries: one transaction
                      store.record_read_failure                              instead, when it cannot be read
                      pages.look_again                                       for edits, when it brought an outcome
        deliver_next  store.claim_delivery -> notifier.deliver               claimed before a byte is sent, unless the ledger has it
                      ledger.add                                             what was acknowledged is noted outside the database first
                      next_step -> store.record_receipt                      sent, later, held or given up
        take_over     next_step -> store.recover_leases                      at the start: what a dead process was sending is in doubt
                      ledger.all -> store.reconcile                          is the database an older copy than the ledger?
                      store.acknowledged -> ledger.add                       what the ledger lacks
        recover       next_step -> store.recover_leases                      the same for leases that ran out
        gather        store.assemble_digests                                 what waits for a digest whose time has come
        tell_operator store.tell_operator                                    what happened to sources, deliveries and the watch itself
        tell_directly  notifier.deliver                                      the same when the database cannot be written
        look_for_overdue  store.unread_articles -> store.remembered          not while articles wait that may bring it
                      store.remember                                         the first time: since when we wait
                      store.planned -> expected.due -> expected.tells        what was foretold, by when, and is that over
                      store.mark_overdue                                     marks and events: one transaction
        heartbeat     store.remember                                         we are alive

    Every stage is safe to repeat. An item that fails leaves a failure on record and the rest goes on.
    """

    def __init__(
        self,
        *,
        store: Store,
        fetcher: Fetcher,
        parser: Parser,
        extractor: Extractor,
        from_entry: FromEntry,
        reader: Reader,
        channels: Mapping[str, Channel],
        ledger: Ledger,
        calendar: Calendar,
        clock: Clock,
        witness: Witness,
        owner: str,
        max_age: timedelta,
        give_up_after: timedelta = GIVE_UP_AFTER,
        alone: Callable[[], bool] = lambda: True,
        may_fetch: MayFetch = lambda page: 0.0,
        routing: Routing | None = None,
        operators: Operators = NOBODY,
    ) -> None:
        """Without a `routing` everything goes to every channel at once; without `operators` the log alone tells of the watch itself."""
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._extractor = extractor
        self._from_entry = from_entry
        self._reader = reader
        self._channels = channels
        self._ledger = ledger
        self._calendar = calendar
        self._clock = clock
        self._witness = witness
        self._owner = owner
        self._max_age = max_age
        self._give_up_after = give_up_after
        self._alone = alone
        self._routing = routing or everyone(list(channels))
        self._operators = operators
        self._pages = Pages(
            store=store, fetcher=fetcher, extractor=extractor, from_entry=from_entry, clock=clock, witness=witness, may_fetch=may_fetch
        )
        self._polls = Polls(store=store, fetcher=fetcher, parser=parser, clock=clock, witness=witness, calendar=calendar)
        self._told_late = Lateness()

    # poll

    def poll_due(self, seconds: float, fresh: Callable[[], object] = lambda: None) -> Round:
        """Asks the sources that are due and records what comes, until none is under way or `seconds` are over.

        Calls `fresh` when there are news.
        """
        return self._polls.round(seconds, fresh)

    # extract

    def due_pages(self) -> Sequence[tuple[Source, Entry, int]]:
        """Entries whose page is to be fetched now, each with the number of attempts so far; one of each server."""
        return self._pages.due()

    def extract(self, source: Source, entry: Entry, attempt: int) -> None:
        """Fetches one page and records its article. When that fails, the feed's own words are the article until the page can be had."""
        self._pages.extract(source, entry, attempt)

    # read

    def read_pending(self) -> int:
        """Reads a batch of the articles that wait; how many it took (0: none waits)."""
        articles = self._store.unread_articles(BATCH, now=self._clock.now())
        for article in articles:
            self.read(article)
        return len(articles)

    def read(self, article: Article) -> None:
        """Reads one article into the register, and owes the alert that follows."""
        try:
            reading = self._reader.read(article)
        except Exception as error:
            log.exception("read %s", article.key)
            self._not_read(article, Reason.READ_FAILED, error, None)
            return
        try:
            changes, alert = record(self._store, article, reading, self._routing, self._clock.now(), max_age=self._max_age)
        except Exception as error:
            log.exception("record the reading of %s", article.key)
            self._not_read(article, Reason.INTERNAL, error, RECORD_PAUSE)
        else:
            self._pages.look_again(article, reading)
            self._witness.read(article, reading, changes, alert)

    def _not_read(self, article: Article, reason: Reason, error: Exception, pause: timedelta | None) -> None:
        now = self._clock.now()
        again = now + pause if pause else None
        failure = Failure(stage="read", subject=article.key, reason=reason, detail=_words(error), at=now, retry_at=again)
        self._store.record_read_failure(article.key, failure)
        self._witness.set_aside(failure)

    # deliver

    def deliver_next(self) -> bool:
        """Claims, sends and records one due delivery; False when none is due."""
        claimed = self._store.claim_delivery(self._owner, self._clock.now(), LEASE_SECONDS)
        if claimed is None:
            return False
        delivery, alert = claimed
        receipt = self._receipt(delivery, alert)
        now = self._clock.now()
        step = next_step(delivery, receipt, self._on_unknown(delivery.target), now, self._give_up_after)
        if not self._store.record_receipt(delivery, receipt, step, now):
            log.warning("the lease of delivery %s to %s was lost before its receipt (%s)", delivery.key, delivery.target, receipt.kind)
        self._witness.delivered(delivery, alert, receipt)
        return True

    def _receipt(self, delivery: Delivery, alert: Alert) -> Receipt:
        """What came of this attempt. A message that is in the ledger is not sent again; one that is acknowledged is in it from then on."""
        if delivery.key in self._ledger:
            return Receipt(kind=ReceiptKind.ACCEPTED, reason=SENT_BEFORE)
        receipt = self._send(delivery, alert)
        if receipt.kind is ReceiptKind.ACCEPTED:
            self._note([Acknowledged(delivery=delivery.key, alert=delivery.alert, target=delivery.target, at=self._clock.now())])
        return receipt

    def _note(self, told: Sequence[Acknowledged]) -> None:
        """Into the ledger. One that cannot be written stops nothing: the database knows it, and the next write or start mends it."""
        try:
            self._ledger.add(told)
        except StoreError as error:
            log.error("%s", error)

    def _send(self, delivery: Delivery, alert: Alert) -> Receipt:
        channel = self._channels.get(delivery.target)
        if channel is None:
            return Receipt(kind=ReceiptKind.NOT_SENT, reason="no such target in the settings any more")
        try:
            return channel.notifier.deliver(delivery, alert)
        except Exception as error:  # noqa: BLE001 - the one boundary of this delivery
            log.error("deliver to %s: %s", delivery.target, type(error).__name__)  # its text may hold the target's URL
            return Receipt(kind=ReceiptKind.UNKNOWN, reason=f"the notifier failed ({type(error).__name__})")

    def _on_unknown(self, target: str) -> OnUnknown:
        return self._channels[target].on_unknown if target in self._channels else OnUnknown.HOLD

    def take_over(self) -> None:
        """To be called before anything else by a watch that is alone on its database: whatever is being sent there belongs to the dead.

        Database and sent-ledger are held against each other: a database that is an older copy repeats nothing, and alerts are held
        until a person has looked.
        """
        self._recover(orphans=True)
        found = self._store.reconcile(self._ledger.all(), self._clock.now())
        if found.marked or found.ahead:
            log.warning("by the sent-ledger %d deliveries were sent before, and %d are not in this database", found.marked, found.ahead)
        self._note(self._store.acknowledged(LEDGER_CHECKED))

    def recover(self) -> None:
        """Sees to the deliveries whose sender died: nobody knows whether they arrived."""
        self._recover(orphans=False)

    def _recover(self, *, orphans: bool) -> None:
        now = self._clock.now()

        def judge(delivery: Delivery, doubt: Receipt) -> Step:
            if delivery.key in self._ledger:
                return Step(state=DeliveryState.SENT, reason=SENT_BEFORE)
            return next_step(delivery, doubt, self._on_unknown(delivery.target), now, self._give_up_after)

        for delivery in self._store.recover_leases(now, orphans=orphans, judge=judge):
            if delivery.state is not DeliveryState.SENT:
                self._witness.doubted(delivery)

    # digests, and what the operator is told

    def gather(self) -> None:
        """Makes one message of what waited for it, for each digest whose time has come."""
        for digest in self._store.assemble_digests(self._clock.now()):
            log.info("digest %s lists %d alerts", digest.key, len(digest.parts))

    def tell_operator(self) -> None:
        """Owes the operator what happened to sources, deliveries and the watch itself since he was last told."""
        now = self._clock.now()
        for line in operator.LINES:
            for note in self._store.tell_operator(line, lambda told: operator.notes(told, self._operators, now), now):
                log.info("the operator is told: %s", note.alert.headline)

    def tell_directly(self, events: Sequence[Event]) -> None:
        """Sends the operator what happened to the watch, without a claim or a record: for when the database cannot be written."""
        now = self._clock.now()
        for note in operator.notes([Told(event=event) for event in events], self._operators, now):
            key = derived("direct", *(f"{event.kind} {event.subject} {event.at.isoformat()}" for event in events))
            alert = replace(note.alert, key=key)  # events that are not on record have no number yet
            for target in note.targets:
                delivery = Delivery(key=delivery_key(key, target), alert=key, target=target, attempt=1, created_at=now)
                receipt = self._send(delivery, alert)
                log.warning("the operator is told directly, to %s: %s %s", target, receipt.kind, receipt.reason)

    # what should have come

    def look_for_overdue(self) -> None:
        """Marks what was foretold and has not come in time, and tells of each once. Waits while there are articles to be read."""
        now = self._clock.now()
        if self._store.unread_articles(1, now=now):
            return
        since = self._waiting_since(now)
        late = {
            due.outcome: (outcome, due) for outcome, due in waiting(self._store, self._calendar) if expected.tells(outcome, due, now, since)
        }
        for event in self._store.mark_overdue([due for _, due in late.values()], now):
            self._witness.overdue(late[event.subject][0], event)

    def _waiting_since(self, now: datetime) -> datetime:
        """When the watch first looked: what should have come before that is no news, whoever filled the register."""
        known = self._store.remembered(WAITING_SINCE)
        if known is None:
            self._store.remember(WAITING_SINCE, now.isoformat())
        return datetime.fromisoformat(known) if known else now

    def close(self) -> None:
        """Gives up the polls that are under way."""
        self._polls.close()

    def heartbeat(self) -> None:
        """Notes that we are alive. Raises AlreadyRunning when the lock on the database was taken from us: it is time to go."""
        if not self._alone():
            raise AlreadyRunning("the lock on the database is lost; another instance may have taken it", subject="heartbeat")
        self._store.remember(HEARTBEAT, self._clock.now().isoformat())
        late = self._polls.lateness
        if late != self._told_late:
            self._store.remember(LATENESS, json.dumps(asdict(late)))
            self._told_late = late
        self._witness.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one article."""

    reading: Reading
    changes: Changes
    alert: Alert | None


def take(
    store: Store,
    reader: Reader,
    article: Article,
    targets: Routing | Sequence[str],
    now: datetime,
    *,
    max_age: timedelta | None,
    history: bool = False,
) -> Taken:
    """Reads `article`, which is stored, and records the reading: the walk's last pure stage, for history and replay."""
    reading = reader.read(article)
    changes, alert = record(store, article, reading, targets, now, max_age=max_age, history=history)
    return Taken(reading=reading, changes=changes, alert=alert)


def record(
    store: Store,
    article: Article,
    reading: Reading,
    targets: Routing | Sequence[str],
    now: datetime,
    *,
    max_age: timedelta | None,
    history: bool = False,
) -> tuple[Changes, Alert | None]:
    """Resolves `reading` against the register and records it whole, with the alert that follows; its deliveries go by the
    routing, or to all targets.

    `max_age` (None: any): an article published longer ago is no news. `history`: nobody is alerted, and neither of an article that was
    there when its source was first read.
    """
    reports = register.report(article, reading, now, history=history or BASELINE in article.flags, max_age=max_age)

    def decide(known: Sequence[Outcome], earlier: Earlier) -> Changes:
        return register.decide(known, reports, now, earlier)

    return store.record_reading(article, reading, register.blocks(reports), decide, targets, now)


def waiting(store: Store, calendar: Calendar) -> Iterator[tuple[Outcome, Deadline]]:
    """The outcomes for which somebody waits, by key, each with the time by which it should have come."""
    last = ""
    while page := store.planned(last):
        for outcome, reports in page:
            found = expected.due(outcome, reports, calendar)
            if found is not None:
                yield outcome, found
        last = page[-1][0].key


def _words(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}", 300)
