"""What one poll of a source means: which entries are new, what to remember, when to come back, and whom to tell. Pure.

    came                              outcome     remembered                                       next poll
    Answer, whole feed                ok          validators, body hash, items, success            `core.cadence.pause`
    Answer, broken feed with entries  ok          body hash, the reason; no validators, no items   the same
    Answer, body as last time         unchanged   validators, success                              the same
    NotModified                       unchanged   success; a bad body stays on record              the same
    ReasonedError                     failed      reason, one failure more; nothing else           `core.cadence.back_off`

A source is never given up: one that is gone (410, or 404 three times) is asked daily. Validators and items stand only for a body that was
read whole. The first body that is recorded of a source is its baseline: history, of which nobody is alerted. A body that has nothing of
the one before may hide a gap: the feed's archive pages are walked then (`archived`), where it names any.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from core import health
from core.cadence import DAILY, arrived, asked_pause, back_off, pause
from core.errors import ReasonedError
from core.health import Trouble, site
from core.outcomes import Event
from core.reasons import Reason
from core.sources import Entry, Feed, NotModified, Poll, Polling, Response, Source
from core.texts import one_line

PAGE_PAUSES = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""When a page that failed for now is asked for again; after that it is set aside."""
ARCHIVE_PAGES = 10
"""So many older pages of a feed are walked at a time."""

_DIGEST = 8
"""Bytes of an item's digest."""
_MAX_VALIDATOR = 1000
_DETAIL = 300

# What was wrong with a body, as opposed to the way to it: only another body can clear it, a 304 says nothing about it.
_ABOUT_THE_BODY = frozenset(
    {
        Reason.BODY_TOO_LARGE,
        Reason.BODY_TRUNCATED,
        Reason.BAD_ENCODING,
        Reason.WRONG_CONTENT_TYPE,
        Reason.EMPTY_BODY,
        Reason.NOT_A_FEED,
        Reason.MALFORMED_FEED,
        Reason.PARSE_TIMEOUT,
        Reason.PARSE_CRASH,
    }
)

# What may be better in a while, although the source itself has just been read.
_ABOUT_THE_WAY = frozenset(
    {
        Reason.DNS_FAILED,
        Reason.CONNECT_FAILED,
        Reason.CONNECT_TIMEOUT,
        Reason.CONNECTION_LOST,
        Reason.DEADLINE,
        Reason.RATE_LIMITED,
        Reason.SERVER_ERROR,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A body that came in full. `feed` is None when it is the body of last time (`same_body`) and was not parsed again."""

    response: Response
    feed: Feed | None
    hashed: str
    """`body_hash` of the body."""


Came = Answer | NotModified | ReasonedError
"""What came of asking."""

Learned = dict[str, Any]
"""Fields of a `Polling`, and what they are from now on."""


def wants_full(polling: Polling, now: datetime) -> bool:
    """Whether to ask without validators: the last body was bad, or none was read for a day (a server may answer 304 for ever)."""
    if polling.reason in _ABOUT_THE_BODY or polling.last_full_at is None:
        return True
    return not timedelta(0) <= now - polling.last_full_at < DAILY


def same_body(polling: Polling, hashed: str) -> bool:
    """Whether a body with this hash is the very one that was last read without complaint, so that it need not be parsed."""
    return polling.reason not in _ABOUT_THE_BODY and polling.body_hash == hashed


def body_hash(body: bytes) -> str:
    """32 hex digits that tell bodies apart."""
    return hashlib.sha256(body).hexdigest()[:32]


def decide(
    source: Source, polling: Polling, came: Came, known: Collection[str], now: datetime, *, surge: bool = False
) -> tuple[Poll, tuple[Event, ...]]:
    """The poll to record, and the events that it brings; the same arguments give the same answer.

    `known` are those names (`Entry.names`) of the feed's entries that the source has used before. `surge`: ministers meet these days.
    """
    match came:
        case Answer(feed=Feed() as feed):
            poll = _read(source, polling, came, feed, known, now, surge=surge)
        case Answer():
            learned = _success(now) | _validators(came) | {"last_full_at": now}
            poll = _unchanged(source, polling, came.response, learned, now, surge=surge)
        case NotModified():
            learned = {"last_poll_at": now} if polling.reason in _ABOUT_THE_BODY else _success(now)
            poll = _unchanged(source, polling, came, learned, now, surge=surge)
        case ReasonedError():
            poll = _failed(source, polling, came, now, surge=surge)
    return health.told(source, polling, poll)


def archived(source: Source, polling: Polling, came: Came, known: Collection[str], now: datetime, *, last: bool = False) -> Poll:
    """What an older page of the feed (`polling.archive`) brings, and in `Poll.polling.archive` the page to be walked next, if any.

    `known` are the names of its entries that the source had before this walk began. The walk ends at a page that holds one of them: what
    stands behind the last such entry is older than all that we know, and no news. It ends, too, at the `last` page that may be asked for.
    A page that fails for now stays to be walked after the next poll, and is no failure of the source.
    """
    if not isinstance(came, Answer) or came.feed is None:
        again = isinstance(came, ReasonedError) and came.reason in _ABOUT_THE_WAY
        return Poll(source=source.id, at=now, polling=polling if again else replace(polling, archive=None), outcome="unchanged")
    found = came.feed.entries
    oldest = max((place for place, entry in enumerate(found) if is_known(entry, known)), default=None)
    entries = found if oldest is None else found[: oldest + 1]
    following = came.feed.archive if came.feed.archive != polling.archive and _same_site(source, came.feed.archive) else None
    return Poll(
        source=source.id,
        at=now,
        polling=replace(polling, archive=None if last or oldest is not None else following),
        entries=_new(entries, known),
        renamed=_renamed(entries, known),
        baseline=Trouble.SUSPECT in polling.troubles,
    )


def page_retry(error: ReasonedError, attempt: int, now: datetime) -> datetime | None:
    """When to ask again for a page whose `attempt`-th request (from 1) failed; None when it is to be set aside."""
    if not error.transient or attempt > len(PAGE_PAUSES):
        return None
    return now + max(PAGE_PAUSES[attempt - 1], asked_pause(error))


def _read(source: Source, polling: Polling, came: Answer, feed: Feed, known: Collection[str], now: datetime, *, surge: bool) -> Poll:
    """A parsed feed, whole or broken."""
    response, hashed = came.response, came.hashed
    # Half an entry waits until the body is whole, or comes a second time as it is.
    entries = feed.entries[:-1] if feed.truncated and hashed != polling.body_hash else feed.entries
    overlaps = feed.skipped > 0 or any(is_known(entry, known) for entry in entries) or _share_items(polling.known_items, feed.items)
    suspect = _is_suspect(source, polling, response, overlaps)
    # Another address was set, and what lies there is another feed.
    elsewhere = polling.body_hash is None and not overlaps
    first = polling.baseline_at is None or elsewhere
    fresh = _new(entries, known)
    troubles = _noted(polling.troubles, Trouble.SUSPECT, suspect)
    learned = _success(now) | _followed(polling, response, now)
    if feed.reason is None:
        # An emptied feed says nothing of what it held: what it holds next is compared with what it held before.
        learned |= _validators(came) | {"known_items": feed.items or polling.known_items}
        gap = not first and not suspect and not overlaps and bool(polling.known_items and feed.items)
        troubles = _noted(troubles, Trouble.GAP, gap)
        if gap:
            learned["archive"] = feed.archive if _same_site(source, feed.archive) else None
        if not feed.skipped:
            learned["last_full_at"] = now
    else:
        learned |= {"body_hash": hashed, "reason": feed.reason, "detail": one_line(feed.detail, _DETAIL)}
    if first and (not feed.truncated or polling.known_good):
        learned["baseline_at"] = now
    if fresh and not first:
        learned["arrivals"] = arrived(polling, now)
    after = replace(polling, **learned, troubles=troubles)
    exchanged = None if first else _exchanged(polling, feed, fresh, now)
    wait = pause(source, after, response.headers, now, surge=surge, ttl=feed.ttl, exchanged=exchanged)
    after = replace(after, next_poll_at=now + wait)
    return Poll(source=source.id, at=now, polling=after, entries=fresh, renamed=_renamed(entries, known), baseline=first or suspect)


def _unchanged(source: Source, polling: Polling, came: Response | NotModified, learned: Learned, now: datetime, *, surge: bool) -> Poll:
    wait = pause(source, polling, came.headers, now, surge=surge)
    after = replace(polling, **learned, **_followed(polling, came, now), next_poll_at=now + wait)
    return Poll(source=source.id, at=now, polling=after, outcome="unchanged")


def _failed(source: Source, polling: Polling, error: ReasonedError, now: datetime, *, surge: bool) -> Poll:
    failures = polling.failures + 1
    after = replace(
        polling,
        last_poll_at=now,
        next_poll_at=now + back_off(source, failures, error, surge=surge),
        failures=failures,
        reason=error.reason,
        detail=one_line(error.detail, _DETAIL),
    )
    return Poll(source=source.id, at=now, polling=after, outcome="failed")


def _success(now: datetime) -> Learned:
    return {"last_poll_at": now, "last_success_at": now, "failures": 0, "reason": None, "detail": "", "known_good": True}


def _validators(came: Answer) -> Learned:
    response = came.response
    return {
        "etag": _validator(response, "etag"),
        "last_modified": _validator(response, "last-modified"),
        "body_hash": came.hashed,
    }


def _validator(response: Response, name: str) -> str | None:
    """The header as it came, to be echoed to the byte; None when it is missing or too long to be honest."""
    value = response.headers.get(name, "")
    return value if 0 < len(value) <= _MAX_VALIDATOR else None


def _followed(polling: Polling, came: Response | NotModified, now: datetime) -> Learned:
    """Notes where permanent redirects lead, and since when they lead there."""
    if came.moved_to == polling.moved_to:
        return {}
    return {"moved_to": came.moved_to, "moved_since": now if came.moved_to else None}


def _is_suspect(source: Source, before: Polling, response: Response, overlaps: bool) -> bool:
    """Whether the source may have another owner: it began to redirect to another site for good when it lost all that it held.

    It stays so until the operator sets the new address, or the redirect ends.
    """
    if response.moved_to is None or site(response.moved_to) == site(source.url):
        return False
    if Trouble.SUSPECT in before.troubles:
        return True
    led_there = before.moved_to is not None and site(before.moved_to) == site(response.moved_to)
    return bool(before.known_items) and not overlaps and not led_there


def _same_site(source: Source, url: str | None) -> bool:
    return url is not None and site(url) == site(source.url)


def _share_items(some: bytes, others: bytes) -> bool:
    return bool(_digests(some) & _digests(others))


def _digests(items: bytes) -> frozenset[bytes]:
    return frozenset(items[place : place + _DIGEST] for place in range(0, len(items), _DIGEST))


def is_known(entry: Entry, known: Collection[str]) -> bool:
    """Whether any name of `entry` is among `known`."""
    return any(name in known for name in entry.names)


def _new(entries: Sequence[Entry], known: Collection[str]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if not is_known(entry, known))


def _renamed(entries: Sequence[Entry], known: Collection[str]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.identity not in known and any(name in known for name in entry.aliases))


def _exchanged(before: Polling, feed: Feed, fresh: Sequence[Entry], now: datetime) -> timedelta | None:
    """In what time the whole body is exchanged, going by what was new in it since it was last read; None when nothing was."""
    if not fresh or before.last_success_at is None or before.last_success_at >= now:
        return None
    total = max(len(feed.items) // _DIGEST, len(feed.entries) + feed.skipped)
    return (now - before.last_success_at) * total / len(fresh)


def _noted(troubles: tuple[str, ...], trouble: Trouble, stands: bool) -> tuple[str, ...]:
    """`troubles` with or without one of them."""
    if stands == (trouble in troubles):
        return troubles
    return (*troubles, trouble.value) if stands else tuple(name for name in troubles if name != trouble)
