"""The register's nouns: an outcome in the world, how it was sighted, and what happened to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.codes import Level, OutcomeType, Status
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


class Standing(StrEnum):
    """How far a record is to be believed."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    """An official text reports it as done."""
    DISPUTED = "disputed"
    REJECTED = "rejected"


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
    """The best of the reports of it as decided; of the previews, as long as there are no others."""
    standing: Standing = Standing.REPORTED


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
    ALERT_MADE = "alert.made"
    ALERT_SUPPRESSED = "alert.suppressed"
    SOURCE_FAILING = "source.failing"
    SOURCE_RECOVERED = "source.recovered"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """One reported sighting and the outcome that it belongs to, with the reason in words."""

    reported: Reported
    outcome: str
    why: str
    applied: bool = True
    """False: kept but not applied (a jump back in its life)."""


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
