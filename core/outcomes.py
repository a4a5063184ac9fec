"""The register's nouns: an outcome in the world, how it was sighted, and what happened to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.codes import Level, OutcomeType, Standing, Status
from core.origins import Authority
from core.readings import Meeting, Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A sighting together with who reported it and when: what the register resolves."""

    article: str
    """Key of the article."""
    index: int
    """Place of the sighting within its reading, from 0."""
    sighting: Sighting
    publisher: str
    published: datetime | None
    at: datetime
    """When we read it."""
    alertable: bool
    """Whether the article is news of it (the reading's alert) and recent enough to tell anybody."""
    tier: str = "press"
    quiet: str = ""
    """Why it may not be told, in plain words; empty when it may."""
    language: str = ""
    """Language of the article, as the reading found it."""
    origin: str = ""
    """Who first reported it: the agency that is named; as the store gives it back, that of the text it copies, or the publisher."""
    authority: Authority = Authority.PRESS
    """How near this report is to the deed; as the store gives it back, a copy of another text is a reprint."""
    first_seen: datetime | None = None
    """When we first saw the article: what stands for the day of one without a date, however often it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What a record says of an outcome, as far as it is of interest; None: nothing of interest."""

    title: str | None = None
    type: OutcomeType | None = None
    status: Status | None = None
    level: Level | None = None
    parties: tuple[str, ...] | None = None
    meeting: Meeting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What reviewers have said of an outcome and not taken back; see `core.review`."""

    standing: Standing | None = None
    """Confirmed or rejected; None when nobody has said either."""
    by: str = ""
    at: datetime | None = None
    """Who reviewed it last, and when."""
    edits: Values = Values()
    """What stands in place of what the reports say."""
    settled: tuple[str, ...] = ()
    """The questions that were before the reviewers' eyes, and therefore wait no more."""
    apart: tuple[str, ...] = ()
    """Keys of the records with which it is never merged by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A ministerial result in the world, under one key however many articles report it."""

    key: str
    type: OutcomeType
    status: Status
    level: Level
    title: str
    titles: tuple[str, ...] = ()
    """All the titles under which it was reported, first one first."""
    parties: tuple[str, ...] = ()
    meeting: Meeting | None = None
    first_seen: datetime
    last_seen: datetime
    done_at: datetime | None = None
    """When we first read of it as done or failed."""
    alerted_at: datetime | None = None
    """When its alert was made; an outcome alerts once."""
    overdue_at: datetime | None = None
    """When it was last found overdue (`core.expected`); it is overdue only while it is planned."""
    articles: int = 1
    """How many articles report it."""
    conflicts: tuple[str, ...] = ()
    """What its sources disagree on, for example `kind: statement / declaration`."""
    blocks: tuple[str, ...] = ()
    """Index terms by which candidates for resolution are found; see `core.register.blocks`."""
    facets: tuple[str, ...] = ()
    """What it was reported as, each distinct wording once, in the form that `core.identity` compares; kept and given back as it is."""
    origins: tuple[str, ...] = ()
    """Who reported it independently of each other, first one first; reprints and "according to" count under whom they carry on."""
    authority: Authority = Authority.PRESS
    """The best of the reports that stand and say that it has come as far as it has."""
    standing: Standing = Standing.REPORTED
    told: Status | None = None
    """The status that the last alert told."""
    supported: bool = True
    """Whether any report of it stands; if none does, it is as the last that did had it."""
    merged: tuple[str, ...] = ()
    """Keys of the records that turned out to be this one."""
    reviewed: Reviewed = Reviewed()
    computed: Values = Values()
    """What the reports say where a reviewer said otherwise."""


class EventKind(StrEnum):
    """What may happen to the register or to a source."""

    OUTCOME_NEW = "outcome.new"
    OUTCOME_STATUS = "outcome.status"
    OUTCOME_CORROBORATED = "outcome.corroborated"
    OUTCOME_CONFLICT = "outcome.conflict"
    OUTCOME_HELD = "outcome.held"
    OUTCOME_MERGED = "outcome.merged"
    OUTCOME_OVERDUE = "outcome.overdue"
    OUTCOME_CONFIRMED = "outcome.confirmed"
    OUTCOME_SPLIT = "outcome.split"
    OUTCOME_REMOVED = "outcome.removed"
    OUTCOME_RETRACTED = "outcome.retracted"
    OUTCOME_DISPUTED = "outcome.disputed"
    OUTCOME_RESTORED = "outcome.restored"
    OUTCOME_REVIEWED = "outcome.reviewed"
    OUTCOME_UPDATED = "outcome.updated"
    ALERT_MADE = "alert.made"
    ALERT_SUPPRESSED = "alert.suppressed"
    ALERT_STORM = "alert.storm"
    SOURCE_FAILING = "source.failing"
    SOURCE_RECOVERED = "source.recovered"
    SOURCE_GAP = "source.gap"
    WATCH_TROUBLE = "watch.trouble"
    WATCH_RECOVERED = "watch.recovered"
    HISTORY_LOADED = "history.loaded"
    DELIVERY_DEAD = "delivery.dead"
    DELIVERY_UNKNOWN = "delivery.unknown"
    DELIVERY_BY_HAND = "delivery.by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; append-only. `sequence` is given by the store (0 before that)."""

    kind: EventKind
    subject: str
    """Key of the outcome, id of the source, key of the alert..."""
    at: datetime
    before: str = ""
    after: str = ""
    article: str = ""
    detail: str = ""
    """For people: what joined or parted, which rule suppressed, the sentence."""
    sequence: int = 0
    record: Outcome | None = None
    """The record as it stood then, where the event was the last of a change to it; see `core.history`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """One reported sighting and the outcome that it belongs to, with the reason in words."""

    reported: Reported
    outcome: str
    why: str
    applied: bool = True
    """False: kept but not applied (a jump back in its life)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the register holds by the reading of an article that another one now takes the place of."""

    sightings: tuple[Resolved, ...] = ()
    """Those of that reading."""
    others: tuple[Resolved, ...] = ()
    """Those of other articles that stand for the same outcomes."""
    edited: frozenset[int] = frozenset()
    """Places (`Reported.index`) of the sightings whose loss would be the publisher's doing; see `core.corrections`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """What was told and is no longer supported, because the publisher edited the text."""

    outcome: str
    said: Resolved
    """How the article reported it."""
    now: Resolved | None = None
    """How it reports it now; None when it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What one reading does to the register: recorded in one transaction, with the alert that follows."""

    outcomes: tuple[Outcome, ...] = ()
    """New and changed records, whole."""
    resolved: tuple[Resolved, ...] = ()
    events: tuple[Event, ...] = ()
    news: tuple[Resolved, ...] = ()
    """What an alert must say: outcomes that this reading made done or failed, each with its sighting."""
    merged: tuple[tuple[str, str], ...] = ()
    """(gone, kept): two records turned out to be one. Sightings, blocks and alerts of `gone` are to be put under `kept`; `gone` ends."""
    corrections: tuple[Retraction, ...] = ()
    """What those who were told are to be told now."""
