"""What is remembered, as tables. The migrations make them; a test compares the two.

Names from outside (identities, canonical URLs) are kept whole and found by a digest of fixed length: PostgreSQL indexes no long text.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.types import TypeEngine

from core.alerts import Alert, AlertKind, DeliveryState, ReceiptKind
from core.articles import ArticleState
from core.codes import Level, OutcomeType, Stage, Standing, Status
from core.keys import digest
from core.origins import Authority
from core.outcomes import EventKind, Outcome, Reported
from core.readings import Reading
from core.reasons import Reason
from core.review import Action, Review
from core.sources import DateTrust, EntryState, Tier
from store.columns import Coded, Digests, Instant, Noun, Words, closed, storable

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BIG: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")
"""A row number: 64 bits on both databases (SQLite numbers rows by itself only when the type is INTEGER)."""
DIGEST = String(32)


def handle(name: str) -> str:
    """The digest under which `name` (an identity, an alias, an article's key) is found."""
    return digest(storable(name))


source = Table(
    "source",
    metadata,
    Column("id", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("publisher", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("country", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("tier", Coded(Tier), nullable=False),
    Column("interval_seconds", Float, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("zone", Words),
    Column("selector", Words),
    Column("listed", Boolean, nullable=False),
    Column("added_at", Instant, nullable=False),
)
"""What the operator asked us to watch; `listed` is false once the catalogue no longer names it."""

polling = Table(
    "polling",
    metadata,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("body_hash", Words),
    Column("next_poll_at", Instant, index=True),
    Column("last_poll_at", Instant),
    Column("last_success_at", Instant),
    Column("last_full_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("reason", Coded(Reason)),
    Column("detail", Words, nullable=False),
    Column("known_good", Boolean, nullable=False),
    Column("baseline_at", Instant),
    Column("known_items", Digests, nullable=False, server_default=""),
    Column("arrivals", Noun(tuple[datetime, ...]), nullable=False, server_default="[]"),
    Column("troubles", Noun(tuple[str, ...]), nullable=False, server_default="[]"),
    Column("moved_to", Words),
    Column("moved_since", Instant),
    Column("archive", Words),
)
"""What we learned about a source; its validators stand for the entries that were stored with them."""

article = Table(
    "article",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("handle", DIGEST, nullable=False, unique=True),
    Column("key", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("text_hash", DIGEST, nullable=False),
    Column("folded", Words, nullable=False),
    Column("source", Words, nullable=False, index=True),
    Column("publisher", Words, nullable=False),
    Column("tier", Coded(Tier), nullable=False),
    Column("country", Words, nullable=False),
    Column("language", Words),
    Column("published", Instant),
    Column("first_seen", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("extractor", Words, nullable=False),
    Column("flags", Noun(tuple[str, ...]), nullable=False),
    Column("revision", Integer, nullable=False),
    *closed("state", ArticleState),
    Column("due_at", Instant, nullable=False),
    Index(None, "state", "id"),
)
"""The text as it is now; `folded` is what a search looks through, `due_at` says when an unread one is to be read."""

article_revision = Table(
    "article_revision",
    metadata,
    Column("article_id", ForeignKey("article.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("extractor", Words, nullable=False),
    Column("flags", Noun(tuple[str, ...]), nullable=False),
    Column("replaced_at", Instant, nullable=False),
    PrimaryKeyConstraint("article_id", "revision"),
)
"""The texts that an article had before."""

entry = Table(
    "entry",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("handle", DIGEST, nullable=False),
    Column("identity", Words, nullable=False),
    Column("link", Words),
    Column("title", Words, nullable=False),
    Column("summary", Words, nullable=False),
    Column("content", Words, nullable=False),
    Column("published", Instant),
    Column("date_trust", Coded(DateTrust), nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("baseline", Boolean, nullable=False, server_default=false()),
    *closed("state", EntryState),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant),
    Column("article_id", ForeignKey("article.id"), index=True),
    UniqueConstraint("source_id", "handle"),
    Index(None, "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
    Index(None, "state"),
)
"""One item as announced. `due_at` says when its page is to be fetched; nothing is to be done where it is empty."""

entry_alias = Table(
    "entry_alias",
    metadata,
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("handle", DIGEST, nullable=False),
    Column("entry_id", ForeignKey("entry.id"), nullable=False, index=True),
    PrimaryKeyConstraint("source_id", "handle"),
)
"""Every name of an entry within its source, its identity among them: an item known by any of them is not new."""

reading = Table(
    "reading",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("article_id", ForeignKey("article.id"), nullable=False),
    Column("text_hash", DIGEST, nullable=False),
    Column("ruleset", Words, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("relevant", Boolean, nullable=False),
    *closed("stage", Stage),
    Column("alert", Boolean, nullable=False),
    Column("language", Words, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("payload", Noun(Reading), nullable=False),
    UniqueConstraint("article_id", "text_hash", "ruleset"),
    Index("ix_reading_current", "article_id", unique=True, sqlite_where=text("current"), postgresql_where=text("current")),
)
"""What the classifiers said of one text under one rule set; one reading of an article is current."""

failure = Table(
    "failure",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("handle", DIGEST, nullable=False, unique=True),
    Column("stage", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("reason", Coded(Reason), nullable=False),
    Column("detail", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("retry_at", Instant),
)
"""Every failure of an item, append-only; the item's own row says how it stands now."""

outcome = Table(
    "outcome",
    metadata,
    Column("key", Words, primary_key=True),
    *closed("type", OutcomeType),
    *closed("status", Status),
    *closed("level", Level),
    Column("meeting", Words, nullable=False, index=True),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False, index=True),
    Column("payload", Noun(Outcome), nullable=False),
    Column("dated", Instant, index=True),
    Column("parties", Words, nullable=False, server_default=""),
    Column("standing", Coded(Standing), nullable=False, server_default=Standing.REPORTED),
)
"""The register: the payload is the record, the other columns are there to find it; `dated` is when it was done, or else last seen."""

outcome_block = Table(
    "outcome_block",
    metadata,
    Column("block", Words, nullable=False),
    Column("outcome_key", ForeignKey("outcome.key"), nullable=False, index=True),
    PrimaryKeyConstraint("block", "outcome_key"),
)
"""Index terms by which candidates are found."""

outcome_merged = Table(
    "outcome_merged",
    metadata,
    Column("gone", Words, primary_key=True),
    Column("kept", ForeignKey("outcome.key"), nullable=False, index=True),
)
"""Records that turned out to be another one, so that a key once given out still leads to it."""

sighting = Table(
    "sighting",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("reading_id", ForeignKey("reading.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("article_id", ForeignKey("article.id"), nullable=False, index=True),
    Column("outcome_key", ForeignKey("outcome.key"), nullable=False, index=True),
    Column("applied", Boolean, nullable=False),
    Column("why", Words, nullable=False),
    Column("payload", Noun(Reported), nullable=False),
    Column("origin", Words, nullable=False, server_default=""),
    Column("authority", Coded(Authority), nullable=False, server_default=Authority.PRESS),
    UniqueConstraint("reading_id", "position"),
)
"""One outcome as one reading reports it, with the reason for which it belongs there; `origin` is the agency that it credits itself."""

reading_topic = Table(
    "reading_topic",
    metadata,
    Column("topic", Words, nullable=False),
    Column("reading_id", ForeignKey("reading.id"), nullable=False, index=True),
    PrimaryKeyConstraint("topic", "reading_id"),
)
"""Which readings speak of a topic; of those that sight an outcome."""

article_sketch = Table(
    "article_sketch",
    metadata,
    Column("hash", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("article_id", ForeignKey("article.id"), nullable=False, index=True),
    PrimaryKeyConstraint("hash", "day", "article_id"),
)
"""The hashes by which copies of a text are found, of articles that sight an outcome; `day` counts from 1 January of the year 1."""

article_copy = Table(
    "article_copy",
    metadata,
    Column("article_id", ForeignKey("article.id"), nullable=False),
    Column("other_id", ForeignKey("article.id"), nullable=False, index=True),
    PrimaryKeyConstraint("article_id", "other_id"),
)
"""Pairs of articles whose texts are copies of each other, each pair once, the lower number first."""

seat = Table(
    "seat",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("sighting_id", ForeignKey("sighting.id"), nullable=False, index=True),
    Column("outcome_key", Words, index=True),
    Column("applied", Boolean, nullable=False),
    Column("why", Words, nullable=False),
    Column("since", Instant, nullable=False),
)
"""Under which outcome a sighting stood from when on, append-only; no outcome: its reading stood no more."""

event = Table(
    "event",
    metadata,
    Column("sequence", BIG, primary_key=True),
    Column("kind", Coded(EventKind), nullable=False),
    Column("subject", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("before", Words, nullable=False),
    Column("after", Words, nullable=False),
    Column("article", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("record", Noun(Outcome)),
    Index(None, "subject", "sequence"),
    sqlite_autoincrement=True,
)
"""Append-only. A higher sequence was committed later, so whoever reads `after` the last one that he saw misses none.

`record` is the outcome as it stood after the change of which this event is the last.
"""

alert = Table(
    "alert",
    metadata,
    Column("key", String(36), primary_key=True),
    Column("created_at", Instant, nullable=False, index=True),
    Column("kind", Coded(AlertKind), nullable=False, server_default=AlertKind.NEWS),
    Column("payload", Noun(Alert), nullable=False),
)
"""Messages owed, frozen when they were made; the kind is that of the payload."""

alert_outcome = Table(
    "alert_outcome",
    metadata,
    Column("outcome_key", ForeignKey("outcome.key"), nullable=False),
    *closed("status", Status),
    Column("alert_key", ForeignKey("alert.key"), nullable=False, index=True),
    PrimaryKeyConstraint("outcome_key", "status"),
)
"""An outcome alerts once for each status that it reaches: the primary key says so."""

alert_correction = Table(
    "alert_correction",
    metadata,
    Column("outcome_key", ForeignKey("outcome.key"), nullable=False),
    Column("alert_key", ForeignKey("alert.key"), nullable=False, index=True),
    Column("correction_key", ForeignKey("alert.key"), nullable=False, index=True),
    PrimaryKeyConstraint("outcome_key", "alert_key"),
)
"""What an alert told of an outcome is corrected once: the primary key says so."""

review = Table(
    "review",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", Words, nullable=False),
    *closed("action", Action),
    Column("outcome_key", Words, nullable=False, index=True),
    Column("undoes", ForeignKey("review.id"), unique=True),
    Column("payload", Noun(Review), nullable=False),
)
"""What reviewers did, append-only; an action is taken back once, by one that names it."""

delivery = Table(
    "delivery",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("key", String(36), nullable=False, unique=True),
    Column("alert_key", ForeignKey("alert.key"), nullable=False),
    Column("target", Words, nullable=False),
    *closed("state", DeliveryState),
    Column("attempt", Integer, nullable=False),
    Column("next_attempt_at", Instant),
    Column("lease_owner", Words),
    Column("lease_until", Instant),
    Column("claimed_at", Instant),
    Column("reason", Words, nullable=False),
    Column("repeat", Boolean, nullable=False),
    Column("sent_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("rule", Words, nullable=False, server_default=""),
    Column("digest", Words),
    Column("listed_in", String(36), index=True),
    UniqueConstraint("alert_key", "target"),
    Index(None, "state", "next_attempt_at"),
    Index(None, "target", "state", "id"),
    Index(None, "target", "created_at"),
)
"""One alert to one target; `id` is the order in which alerts were made.

What waits for a `digest` is pending until its time has come, and is claimed by nobody; `listed_in` is the alert that then lists it.
"""

attempt_log = Table(
    "attempt_log",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("delivery_key", ForeignKey("delivery.key"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("kind", Coded(ReceiptKind), nullable=False),
    Column("reason", Words, nullable=False),
    Column("owner", Words, nullable=False),
)
"""Every attempt that came to an end, append-only."""

meta = Table(
    "meta",
    metadata,
    Column("key", Words, primary_key=True),
    Column("value", Words, nullable=False),
)
"""Notes of the application about itself."""
