"""The first stretch of the walk: many sources asked at a time, by one thread, and what came recorded many at a time.

A poll that brings nothing costs a conditional GET and its share of one transaction; that is most of them. Bodies that are not the ones of
last time are parsed meanwhile in the parser's processes.
"""

import contextlib
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from aseanwatch.ports import Clock, Fetcher, Parser, Store, Transfers
from core import cadence, health, polling
from core.calendar import Calendar
from core.errors import FetchError, ReasonedError
from core.outcomes import Event
from core.reasons import Reason
from core.sources import Body, Feed, Poll, Polling, Response, Source
from core.texts import one_line

log = logging.getLogger(__name__)

DUE = 10_000
"""Sources looked at in one round."""
WINDOW = 256
"""Sources under way at a time: what is more waits in the database."""
BUNDLE = 32
BUNDLE_BYTES = 1_000_000
"""Bodies, and bytes of them, that are handed to the parser together: what it costs to hand one over is more than many of them cost."""
BUNDLES = 2
"""Bundles that may wait for the parser: while they do, no further source is asked."""
BATCH = 200
"""Polls recorded in one transaction at most."""
LINGER = 0.05
"""Seconds in which answers are gathered for one transaction, and bodies for the parser."""
PARSERS = 4
"""Bundles that are with the parser at a time."""
LOOK_SECONDS = 600.0
"""How often the pages of each source are looked at: whether they give text."""
REMEMBERED = 1000
"""Polls of which it is remembered how late they began."""
REST_SECONDS = 60.0
"""How long a source rests whose poll could not be recorded: it is still due, and would be asked at once again."""


class Witness(Protocol):
    """Sees each poll, to tell people."""

    def polled(self, source: Source, poll: Poll, fresh: int) -> None:
        """A source was asked; `fresh` entries were new."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a round of polls brought."""

    polls: int
    """Polls recorded."""
    fresh: int
    """New entries among them."""
    under_way: int
    """Sources that are still being asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A source that is being asked, and what was known of it then."""

    source: Source
    known: Polling
    whole: bool = False
    """Asked without validators: everything in the body is looked at again."""
    walk: "_Walk | None" = None
    """Of an older page of the feed: how far the walk through its archive has come."""

    @property
    def known_items(self) -> bytes:
        """The items that need not be read again."""
        return b"" if self.whole else self.known.known_items


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """A walk through the older pages of a feed, because something may have been missed."""

    names: frozenset[str]
    """What it has brought so far: that is not what it looks for."""
    left: int
    """Pages that it may still ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How late polls began after they were due and we were there, in seconds."""

    polls: int = 0
    median: float = 0.0
    worst: float = 0.0


_BY_ITSELF = (Reason.PARSE_TIMEOUT, Reason.PARSE_CRASH)

_New = tuple[_Asked, polling.Answer]
"""A body that is not the one of last time."""


class Polls:
    """Asks the sources that are due. One thread at a time drives it.

        round   store.sources -> store.recent_pages     every ten minutes: do their pages give text
                store.record_troubles                   if not: the trouble and its event, one transaction
                store.due_sources                       which sources to ask now
                fetcher.transfers -> transfers.start    their feeds, with the validators of last time, politely and in parallel
                transfers.done                          what came; a body that is not the one of last time:
                parser.parse_together                   its entries, in the parser's processes, some bodies at a time
                store.known_names -> polling.decide     what is new in them, when to come back; or in an older page of a feed:
                polling.archived                        what of it was missed, and which page comes next
                store.record_polls                      entries, validators, events: one transaction for all that came meanwhile

    What hangs holds up nobody: the round ends on time, and the next one takes it over.
    """

    def __init__(
        self,
        *,
        store: Store,
        fetcher: Fetcher,
        parser: Parser,
        clock: Clock,
        witness: Witness,
        calendar: Calendar,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._clock = clock
        self._witness = witness
        self._calendar = calendar
        self._surge = False
        self._monotonic = monotonic
        self._look_at = 0.0
        self._since: datetime | None = None
        self._late: deque[float] = deque(maxlen=REMEMBERED)
        self._asked: dict[str, _Asked] = {}
        self._resting: dict[str, float] = {}
        self._gathered: list[_New] = []
        self._bundles: queue.SimpleQueue[list[_New] | None] = queue.SimpleQueue()
        self._parsed: queue.SimpleQueue[tuple[_Asked, polling.Came]] = queue.SimpleQueue()
        self._parsers: list[threading.Thread] = []
        self._transfers: Transfers | None = None

    def round(self, seconds: float, fresh: Callable[[], object] = lambda: None) -> Round:
        """Asks what is due and records what comes, until nothing is under way or `seconds` are over. Calls `fresh` when entries are new."""
        until = self._monotonic() + seconds
        self._look_after()
        self._since = self._since or self._clock.now()
        self._surge = cadence.gathering(self._calendar, self._clock.now()) is not None
        waiting = deque(self._due())
        polls = entries = 0
        while True:
            while waiting and len(self._asked) < WINDOW and self._bundles.qsize() < BUNDLES:
                self._ask(*waiting.popleft())
            left = until - self._monotonic()
            if not self._asked or left <= 0:
                return Round(polls=polls, fresh=entries, under_way=len(self._asked))
            came = self._gather(left)
            polls += len(came)
            if new := self._record(came):
                entries += new
                fresh()

    def _due(self) -> list[tuple[Source, Polling]]:
        """The due sources that are not under way, each once; those that rest are left out."""
        now = self._monotonic()
        self._resting = {name: until for name, until in self._resting.items() if until > now}
        due = self._store.due_sources(self._clock.now(), DUE)
        return [pair for pair in due if pair[0].id not in self._asked and pair[0].id not in self._resting]

    @property
    def lateness(self) -> Lateness:
        """How late the last polls began, those never asked before left out."""
        late = sorted(self._late)
        return Lateness(polls=len(late), median=late[len(late) // 2], worst=late[-1]) if late else Lateness()

    def _ask(self, source: Source, known: Polling) -> None:
        now = self._clock.now()
        if known.next_poll_at is not None:
            self._late.append(max(0.0, (now - max(known.next_poll_at, self._since or now)).total_seconds()))
        asked = _Asked(source=source, known=known, whole=polling.wants_full(known, now))
        etag, modified = (None, None) if asked.whole else (known.etag, known.last_modified)
        self._start(asked, source.url, etag=etag, last_modified=modified)

    def _start(self, asked: _Asked, url: str, *, etag: str | None = None, last_modified: str | None = None) -> None:
        if self._transfers is None:
            self._transfers = self._fetcher.transfers()
        try:
            self._transfers.start(asked.source.id, url, etag=etag, last_modified=last_modified)
        except Exception as error:
            log.exception("ask %s", asked.source.id)
            self._parsed.put((asked, _internal(asked.source, error)))
        self._asked[asked.source.id] = asked

    def _gather(self, seconds: float) -> list[tuple[_Asked, polling.Came]]:
        """What settles within `seconds`; once something has, what follows at its heels."""
        settled = self._take(seconds)
        until = self._monotonic() + LINGER
        while len(settled) < min(BATCH, len(self._asked)) and (left := until - self._monotonic()) > 0:
            if not self._transfers:
                self._hand_over_gathered()
            settled += self._take(left)
        self._hand_over_gathered()
        return settled

    def _take(self, seconds: float) -> list[tuple[_Asked, polling.Came]]:
        """What has settled, by answer or by parser; waits up to `seconds` for an answer, and gathers new bodies for the parser."""
        settled: list[tuple[_Asked, polling.Came]] = []
        waits = seconds if self._parsed.empty() else 0.0
        for name, came in self._transfers.done(waits) if self._transfers is not None else ():
            asked = self._asked[name]
            if not isinstance(came, Response):
                settled.append((asked, came))
                continue
            answer = polling.Answer(response=came, feed=None, hashed=polling.body_hash(came.body))
            if asked.walk is None and polling.same_body(asked.known, answer.hashed):
                settled.append((asked, answer))
            else:
                self._gather_body(asked, answer)
        with contextlib.suppress(queue.Empty):
            while True:
                settled.append(self._parsed.get_nowait())
        return settled

    # parsing, beside the asking

    def _gather_body(self, asked: _Asked, answer: polling.Answer) -> None:
        """Keeps a body for the next bundle; one that was the parser's end the last time goes by itself."""
        if asked.known.reason in _BY_ITSELF:
            self._hand_over([(asked, answer)])
            return
        self._gathered.append((asked, answer))
        if len(self._gathered) >= BUNDLE or sum(len(new.response.body) for _, new in self._gathered) >= BUNDLE_BYTES:
            self._hand_over_gathered()

    def _hand_over_gathered(self) -> None:
        if self._gathered:
            bundle, self._gathered = self._gathered, []
            self._hand_over(bundle)

    def _hand_over(self, bundle: list[_New]) -> None:
        """Gives a bundle to the parser, and sees to it that there is somebody to take it."""
        self._bundles.put(bundle)
        if len(self._parsers) < PARSERS:
            self._parsers.append(threading.Thread(target=self._parse_all, name=f"parse-{len(self._parsers)}", daemon=True))
            self._parsers[-1].start()

    def _parse_all(self) -> None:
        while (bundle := self._bundles.get()) is not None:
            came = self._parse(bundle)
            if came is None:
                for new in bundle:
                    self._bundles.put([new])
                continue
            for (asked, _), one in zip(bundle, came, strict=True):
                self._parsed.put((asked, one))
            if self._transfers is not None:
                self._transfers.wake()

    def _parse(self, bundle: Sequence[_New]) -> list[polling.Came] | None:
        """What comes of the bodies; None when they are to be parsed one by one."""
        bodies = [Body(source=asked.source, response=answer.response, known=asked.known_items) for asked, answer in bundle]
        feeds = [self._parse_one(bodies[0])] if len(bodies) == 1 else self._parse_together(bodies)
        if feeds is None:
            return None
        return [replace(answer, feed=feed) if isinstance(feed, Feed) else feed for (_, answer), feed in zip(bundle, feeds, strict=True)]

    def _parse_together(self, bodies: Sequence[Body]) -> list[Feed | ReasonedError] | None:
        try:
            return self._parser.parse_together(bodies, self._clock.now())
        except BaseException:
            log.exception("parse %d bodies", len(bodies))
            return None

    def _parse_one(self, body: Body) -> Feed | ReasonedError:
        try:
            return self._parser.parse(body.source, body.response, self._clock.now(), body.known)
        except ReasonedError as error:
            return error
        except BaseException as error:
            log.exception("parse %s", body.source.id)
            return _internal(body.source, error)

    # recording

    def _record(self, came: Sequence[tuple[_Asked, polling.Came]]) -> int:
        """Records what came; how many entries were new. When that raises, its sources rest and are asked again as before."""
        try:
            return self._record_all(came)
        except BaseException:
            for asked, _ in came:
                if self._asked.get(asked.source.id) is asked:  # no later page of it is under way
                    del self._asked[asked.source.id]
                    self._rests(asked.source.id)
            raise

    def _record_all(self, came: Sequence[tuple[_Asked, polling.Came]]) -> int:
        """Decides and records; how many entries were new. What cannot be recorded together is recorded one by one."""
        if not came:
            return 0
        announced = {asked.source.id: names for asked, answer in came if (names := _names(answer))}
        used = self._store.known_names(announced) if announced else {}
        decided = [(asked.source, *self._decided(asked, answer, used.get(asked.source.id, set()))) for asked, answer in came]
        known = {asked.source.id: asked.known for asked, _ in came}
        try:
            counts: list[int | None] = [*self._store.record_polls([(poll, events) for _, poll, events in decided], known)]
        except Exception:
            log.exception("record %d polls", len(decided))
            counts = [self._record_one(poll, events) for _, poll, events in decided]
        for (source, poll, _), (asked, answer), fresh in zip(decided, came, counts, strict=True):
            del self._asked[source.id]
            if fresh is not None:
                self._witness.polled(source, poll, fresh)
                if not isinstance(answer, ReasonedError):
                    self._walk_on(asked, poll)
        return sum(fresh or 0 for fresh in counts)

    def _decided(self, asked: _Asked, came: polling.Came, known: set[str]) -> tuple[Poll, tuple[Event, ...]]:
        now = self._clock.now()
        if asked.walk is None:
            return polling.decide(asked.source, asked.known, came, known, now, surge=self._surge)
        return polling.archived(asked.source, asked.known, came, known - asked.walk.names, now, last=not asked.walk.left), ()

    def _walk_on(self, asked: _Asked, poll: Poll) -> None:
        """Asks for the older page of the feed that the poll leads to, if any."""
        page = poll.polling.archive
        if page is not None:
            walk = asked.walk or _Walk(names=frozenset(), left=polling.ARCHIVE_PAGES)
            names = walk.names.union(name for entry in poll.entries for name in entry.names)
            self._start(_Asked(source=asked.source, known=poll.polling, walk=_Walk(names=names, left=walk.left - 1)), page)

    def _record_one(self, poll: Poll, events: Sequence[Event]) -> int | None:
        """How many entries were new; None when it could not be recorded: the source rests, and is asked again as before."""
        try:
            return self._store.record_polls([(poll, events)])[0]
        except Exception:
            log.exception("record the poll of %s", poll.source)
            self._rests(poll.source)
            return None

    def _rests(self, name: str) -> None:
        self._resting[name] = self._monotonic() + REST_SECONDS

    def _look_after(self) -> None:
        """Finds the sources whose pages give no text any more, and tells. One that is under way has its turn the next time."""
        if self._monotonic() < self._look_at:
            return
        self._look_at = self._monotonic() + LOOK_SECONDS
        pages = self._store.recent_pages()
        for source, known in self._store.sources():
            if source.enabled and source.id in pages and source.id not in self._asked:
                troubles, events = health.looked_after(source, known, pages[source.id], self._clock.now())
                if events:
                    self._store.record_troubles(source.id, troubles, events)

    def close(self) -> None:
        """Gives up what is under way: it is still due."""
        for _ in self._parsers:
            self._bundles.put(None)
        if self._transfers is not None:
            self._transfers.close()
            self._transfers = None


def _names(came: polling.Came) -> list[str]:
    """All that the entries in an answer are called."""
    entries = came.feed.entries if isinstance(came, polling.Answer) and came.feed else ()
    return [name for entry in entries for name in entry.names]


def _internal(source: Source, error: BaseException) -> FetchError:
    return FetchError(Reason.INTERNAL, one_line(f"{type(error).__name__}: {error}", 300), subject=source.id)
