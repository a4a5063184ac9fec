"""Somebody is owed a message: alerts, deliveries, and what came of sending them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.articles import Article
from core.keys import derived
from core.origins import Authority
from core.outcomes import Changes, EventKind, Outcome, Reported, Resolved, Retraction
from core.readings import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """One outcome in an alert, with the sentence that proves it; in a correction, with the sentence that proved it."""

    outcome: str
    type: str
    status: str
    previous_status: str | None
    level: str
    title: str
    parties: tuple[str, ...]
    meeting: str
    sentence: str
    """The proof, quoted from the article."""
    evidence: str
    """The shortest words that carry the result, a part of `sentence`."""
    says_now: str = ""
    """Of a correction: the sentence in which the article reports it otherwise now; empty when it does not report it any more."""
    others: tuple[str, ...] = ()
    """Publishers that reported it before, most authoritative first."""
    meeting_type: str = ""
    standing: str = ""
    """Of the record in the register, when the alert was made."""


OTHERS = 5
"""Publishers that an alert names besides its own."""


class AlertKind(StrEnum):
    """What an alert is."""

    NEWS = "news"
    CORRECTION = "correction"
    """The publisher took back what an earlier alert told."""
    DIGEST = "digest"
    """Several alerts to one target, listed in one message."""
    OPERATOR = "operator"
    """About the watch itself: a source, a delivery, the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPart:
    """One alert as a digest lists it."""

    alert: str
    kind: AlertKind
    url: str
    headline: str
    publisher: str
    published: datetime | None
    news: tuple[NewsItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message about what one article made new; `key` derives from its outcomes, so a re-made row has the same key."""

    key: str
    article: str
    url: str
    headline: str
    publisher: str
    published: datetime | None
    news: tuple[NewsItem, ...]
    created_at: datetime
    kind: AlertKind = AlertKind.NEWS
    corrects: str = ""
    """Of a correction: the key of the alert that it takes back."""
    parts: tuple[DigestPart, ...] = ()
    """Of a digest: what it lists, oldest first; `news` is empty."""
    notes: tuple[str, ...] = ()
    """Of an operator's message: its lines, the remedy among them; `news` is empty."""
    tier: str = ""
    country: str = ""
    """Tier and country of the source; empty for an article of none."""
    language: str = ""
    """Of the article, as the reading found it."""
    topics: tuple[str, ...] = ()


class DeliveryState(StrEnum):
    """Where one alert to one target stands: a closed set, each state counted and shown."""

    PENDING = "pending"
    """In line; nothing was tried since it was put there."""
    SENDING = "sending"
    """Claimed: somebody is at it, or died over it."""
    SENT = "sent"
    RETRY = "retry"
    """Refused or not sent, or in doubt where the target wants it again: waits for its next attempt."""
    UNKNOWN = "unknown"
    """May or may not have arrived; held."""
    DEAD = "dead"
    """Refused for good, or given up."""
    SUPPRESSED = "suppressed"
    """Not sent, by a person or a rule that its reason names."""


WAITING = (DeliveryState.PENDING, DeliveryState.RETRY)
"""The states of a delivery that is to be attempted: these, and no others, have a `next_attempt_at`."""


class ReceiptKind(StrEnum):
    """What came of one attempt."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """Refused for good."""
    RETRY = "retry"
    """Refused for now."""
    NOT_SENT = "not_sent"
    """Certainly did not arrive: not a byte of it was sent."""
    UNKNOWN = "unknown"
    """May or may not have arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert to one target. `key` derives from both; `target` is a name, never a URL."""

    key: str
    alert: str
    target: str
    state: DeliveryState = DeliveryState.PENDING
    attempt: int = 0
    next_attempt_at: datetime | None = None
    lease_owner: str | None = None
    lease_until: datetime | None = None
    reason: str = ""
    sent_at: datetime | None = None
    created_at: datetime | None = None
    repeat: bool = False
    """An earlier attempt may have arrived: this one is marked as a possible repeat, and no third one follows."""
    rule: str = ""
    """By which rule it is owed, or dropped."""
    digest: str | None = None
    """The digest that it waits for, or went with, by name; None: it goes by itself."""
    listed_in: str | None = None
    """The key of the alert that lists it among others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to deliver that came to an end, as logged."""

    delivery: str
    number: int
    started_at: datetime
    ended_at: datetime
    kind: ReceiptKind
    reason: str = ""
    owner: str = ""
    """The worker that made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The result of one attempt to deliver. `reason` never holds a secret."""

    kind: ReceiptKind
    reason: str = ""
    retry_after: float | None = None
    """Seconds, when the receiver asked for a pause."""


def make_alert(
    article: Article, reading: Reading, changes: Changes, now: datetime, before: Mapping[str, Sequence[Reported]] | None = None
) -> Alert | None:
    """The alert that `changes.news` calls for, each outcome in it once; None when there is no news.

    `before`: outcome -> how other articles reported it until now.
    """
    known = {outcome.key: outcome for outcome in changes.outcomes}
    stood = {event.subject: event.before for event in changes.events if event.kind is EventKind.OUTCOME_STATUS}
    news: dict[str, NewsItem] = {}
    for resolved in changes.news:
        if resolved.outcome not in news:
            item = _news_item(resolved, known[resolved.outcome], stood.get(resolved.outcome), reading)
            news[resolved.outcome] = replace(item, others=reported_by((before or {}).get(resolved.outcome, ()), article.publisher))
    if not news:
        return None
    return Alert(
        key=derived("alert", article.key, *sorted(f"{item.outcome} {item.status}" for item in news.values())),
        article=article.key,
        url=article.url,
        headline=article.title,
        publisher=article.publisher,
        published=article.published,
        news=tuple(news.values()),
        created_at=now,
        tier=article.tier,
        country=article.country,
        language=reading.language,
        topics=tuple(topic.code for topic in reading.topics),
    )


def as_it_stands(alert: Alert, outcomes: Iterable[Outcome]) -> Alert:
    """`alert` with the standing that each of its outcomes has by `outcomes`."""
    standing = {outcome.key: outcome.standing for outcome in outcomes}
    return replace(alert, news=tuple(replace(item, standing=standing.get(item.outcome, item.standing)) for item in alert.news))


def reported_by(reports: Sequence[Reported], besides: str) -> tuple[str, ...]:
    """The publishers of `reports` other than `besides`, each once, the nearest to the deed first and then the earliest; five at most."""
    ranks = list(Authority)
    ranked = sorted(reports, key=lambda one: (ranks.index(one.authority), one.published or one.at, one.publisher))
    return tuple(dict.fromkeys(one.publisher for one in ranked if one.publisher not in ("", besides)))[:OTHERS]


def _news_item(resolved: Resolved, outcome: Outcome, before: str | None, reading: Reading) -> NewsItem:
    sighting = resolved.reported.sighting
    meeting = outcome.meeting or reading.primary
    return NewsItem(
        outcome=outcome.key,
        type=outcome.type,
        status=outcome.status,
        previous_status=before or None,
        level=outcome.level,
        title=outcome.title,
        parties=outcome.parties,
        meeting=meeting.name if meeting else "",
        sentence=sighting.sentence.quote,
        evidence=sighting.evidence.span.quote,
        meeting_type=meeting.type if meeting else "",
        standing=outcome.standing,
    )


def make_corrections(
    article: Article, original: Alert, retractions: Sequence[Retraction], records: Mapping[str, Outcome], now: datetime
) -> Alert:
    """What those who got `original` are owed now that `article` takes back what it told of the outcomes of `retractions`."""
    items = tuple(_correction(one, records[one.outcome], original) for one in retractions)
    return Alert(
        key=derived("correction", original.key, *sorted(item.outcome for item in items)),
        article=article.key,
        url=article.url,
        headline=article.title,
        publisher=article.publisher,
        published=article.published,
        news=items,
        created_at=now,
        kind=AlertKind.CORRECTION,
        corrects=original.key,
        tier=original.tier,
        country=original.country,
        language=original.language,
        topics=original.topics,
    )


def _correction(retraction: Retraction, outcome: Outcome, original: Alert) -> NewsItem:
    """What was said of one outcome, and what is said now."""
    sighting = retraction.said.reported.sighting
    told = next((item.status for item in original.news if item.outcome == outcome.key), sighting.status)
    return NewsItem(
        outcome=outcome.key,
        type=outcome.type,
        status=retraction.now.reported.sighting.status if retraction.now else "",
        previous_status=told,
        level=outcome.level,
        title=outcome.title,
        parties=outcome.parties,
        meeting=outcome.meeting.name if outcome.meeting else "",
        sentence=sighting.sentence.quote,
        evidence=sighting.evidence.span.quote,
        says_now=retraction.now.reported.sighting.sentence.quote if retraction.now else "",
        meeting_type=outcome.meeting.type if outcome.meeting else "",
        standing=outcome.standing,
    )


def delivery_key(alert: str, target: str) -> str:
    """The key of the delivery of `alert` (its key) to `target` (its name)."""
    return derived("delivery", alert, target)
