"""What one poll of a source means: which entries are new, what to remember, when to come back, and whom to tell. Pure.

    came                              outcome     remembered                                   next poll
    Answer, whole feed                ok          validators, body hash, success               interval, or max-age up to 30 min
    Answer, broken feed with entries  ok          body hash, the reason; no validators         interval
    Answer, body as last time         unchanged   validators, success                          interval, or max-age up to 30 min
    NotModified                       unchanged   success; a bad body stays on record          interval, or max-age up to 30 min
    ReasonedError                     failed      reason, one failure more; nothing else       back-off up to 6 h, Retry-After up to 24 h

A source is never given up: one that is gone (410, or 404 three times) is asked daily. Validators stand only for a body that was read whole.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.errors import ReasonedError
from core.keys import digest
from core.outcomes import Event, EventKind
from core.reasons import Reason
from core.sources import Entry, Feed, NotModified, Poll, Polling, Response, Source
from core.texts import one_line

MAX_BACK_OFF = timedelta(hours=6)
DAILY = timedelta(hours=24)
"""The longest pause between two polls, whatever a server asks for, and between two polls without validators."""
MAX_FRESHNESS = timedelta(minutes=30)
"""The longest that a server's max-age delays a poll: politeness must not delay a ministerial outcome."""
FAILING_AT = 3
"""Failures in a row at which a source that was good once is reported as failing; one that never was is reported at its first."""
PAGE_PAUSES = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""When a page that failed for now is asked for again; after that it is set aside."""

_JITTER = 0.1
_MAX_VALIDATOR = 1000
_DETAIL = 300
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=\"?(\d{1,9})", re.IGNORECASE)
_UNCACHED = re.compile(r"no-cache|no-store", re.IGNORECASE)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A body that came in full. `feed` is None when it is the body of last time (`same_body`) and was not parsed again."""

    response: Response
    feed: Feed | None


Came = Answer | NotModified | ReasonedError
"""What came of asking."""


def wants_full(polling: Polling, now: datetime) -> bool:
    """Whether to ask without validators: the last body was bad, or none was read for a day (a server may answer 304 for ever)."""
    if polling.reason in _ABOUT_THE_BODY or polling.last_full_at is None:
        return True
    return not timedelta(0) <= now - polling.last_full_at < DAILY


def same_body(polling: Polling, response: Response) -> bool:
    """Whether `response` holds the very body that was last read without complaint, so that it need not be parsed."""
    return polling.reason not in _ABOUT_THE_BODY and polling.body_hash == body_hash(response.body)


def body_hash(body: bytes) -> str:
    """32 hex digits that tell bodies apart."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def names(entry: Entry) -> tuple[str, ...]:
    """Everything that `entry` is called within its source."""
    return (entry.identity, *entry.aliases)


def decide(source: Source, polling: Polling, came: Came, known: Collection[str], now: datetime) -> tuple[Poll, tuple[Event, ...]]:
    """The poll to record, and the events that it brings; the same arguments give the same answer.

    `known` are those names (`names`) of the feed's entries that the source has used before.
    """
    match came:
        case Answer(feed=Feed() as feed):
            poll = _read(source, polling, came.response, feed, known, now)
        case Answer():
            poll = _unchanged(source, _with_validators(_succeeded(polling, now), came.response, now), came.response.headers, now)
        case NotModified():
            bad = polling.reason in _ABOUT_THE_BODY
            after = replace(polling, last_poll_at=now) if bad else _succeeded(polling, now)
            poll = _unchanged(source, after, came.headers, now)
        case ReasonedError():
            poll = _failed(source, polling, came, now)
    return poll, _events(source, polling, poll)


def page_retry(error: ReasonedError, attempt: int, now: datetime) -> datetime | None:
    """When to ask again for a page whose `attempt`-th request (from 1) failed; None when it is to be set aside."""
    if not error.transient or attempt > len(PAGE_PAUSES):
        return None
    return now + max(PAGE_PAUSES[attempt - 1], _asked_pause(error))


def _read(source: Source, polling: Polling, response: Response, feed: Feed, known: Collection[str], now: datetime) -> Poll:
    """A parsed feed, whole or broken."""
    hashed = body_hash(response.body)
    # Half an entry waits until the body is whole, or comes a second time as it is.
    entries = feed.entries[:-1] if feed.truncated and hashed != polling.body_hash else feed.entries
    after = _succeeded(polling, now)
    if feed.reason is None:
        after = _with_validators(after, response, now)
    else:
        after = replace(after, body_hash=hashed, reason=feed.reason, detail=one_line(feed.detail, _DETAIL))
    return Poll(
        source=source.id,
        at=now,
        polling=replace(after, next_poll_at=now + _pause(source, response.headers, now)),
        entries=tuple(entry for entry in entries if not any(name in known for name in names(entry))),
        renamed=tuple(entry for entry in entries if entry.identity not in known and any(name in known for name in entry.aliases)),
    )


def _unchanged(source: Source, after: Polling, headers: dict[str, str], now: datetime) -> Poll:
    after = replace(after, next_poll_at=now + _pause(source, headers, now))
    return Poll(source=source.id, at=now, polling=after, outcome="unchanged")


def _failed(source: Source, polling: Polling, error: ReasonedError, now: datetime) -> Poll:
    failures = polling.failures + 1
    pause = max(_back_off(source, failures, error.reason), _asked_pause(error))
    after = replace(
        polling,
        last_poll_at=now,
        next_poll_at=now + pause,
        failures=failures,
        reason=error.reason,
        detail=one_line(error.detail, _DETAIL),
    )
    return Poll(source=source.id, at=now, polling=after, outcome="failed")


def _succeeded(polling: Polling, now: datetime) -> Polling:
    return replace(polling, last_poll_at=now, last_success_at=now, failures=0, reason=None, detail="", known_good=True)


def _with_validators(polling: Polling, response: Response, now: datetime) -> Polling:
    return replace(
        polling,
        etag=_validator(response, "etag"),
        last_modified=_validator(response, "last-modified"),
        body_hash=body_hash(response.body),
        last_full_at=now,
    )


def _validator(response: Response, name: str) -> str | None:
    """The header as it came, to be echoed to the byte; None when it is missing or too long to be honest."""
    value = response.headers.get(name, "")
    return value if 0 < len(value) <= _MAX_VALIDATOR else None


def _pause(source: Source, headers: dict[str, str], now: datetime) -> timedelta:
    """The source's interval and up to a tenth more, so that sources do not march in step; or what the answer stays fresh, if longer."""
    share = int(digest(source.id, now.isoformat())[:8], 16) / 0xFFFFFFFF
    return min(max(source.interval * (1 + _JITTER * share), _freshness(headers)), DAILY)


def _freshness(headers: dict[str, str]) -> timedelta:
    control = headers.get("cache-control", "")
    found = _MAX_AGE.search(control)
    if found is None or _UNCACHED.search(control):
        return timedelta(0)
    return min(timedelta(seconds=int(found[1])), MAX_FRESHNESS)


def _back_off(source: Source, failures: int, reason: Reason) -> timedelta:
    """Twice as long after each failure, up to 6 hours; daily for what is gone (a single 404 may be a deployment)."""
    if reason is Reason.GONE or (reason is Reason.NOT_FOUND and failures >= FAILING_AT):
        return DAILY
    doublings: int = 2 ** min(failures - 1, 12)
    return min(source.interval * doublings, MAX_BACK_OFF)


def _asked_pause(error: ReasonedError) -> timedelta:
    """What the other side asked for, at most a day."""
    return min(timedelta(seconds=max(error.retry_after or 0, 0)), DAILY)


def _events(source: Source, before: Polling, poll: Poll) -> tuple[Event, ...]:
    """SOURCE_FAILING once in a row of failures, SOURCE_RECOVERED once after it."""
    after = poll.polling
    if poll.outcome == "failed" and after.failures == (FAILING_AT if before.known_good else 1) and after.reason is not None:
        was = "good" if before.known_good else "never read"
        detail = after.detail
        return (Event(kind=EventKind.SOURCE_FAILING, subject=source.id, at=poll.at, before=was, after=after.reason, detail=detail),)
    announced = before.failures >= (FAILING_AT if before.known_good else 1)
    if announced and after.failures == 0:
        return (Event(kind=EventKind.SOURCE_RECOVERED, subject=source.id, at=poll.at, before=before.reason or "", after="good"),)
    return ()
