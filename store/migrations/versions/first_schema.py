"""The first schema: sources, entries, articles, readings, the register, the outbox and the log.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
CODE = sa.String(32)
KEY = sa.String(36)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def one_of(table: str, column: str, *codes: str) -> sa.CheckConstraint:
    """The database refuses any other value in this column."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def upgrade() -> None:
    """Makes every table."""
    op.create_table(
        "alert",
        sa.Column("key", KEY, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_alert"),
    )
    op.create_index("ix_alert_created_at", "alert", ["created_at"])
    op.create_table(
        "article",
        sa.Column("id", BIG, nullable=False),
        sa.Column("handle", CODE, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("text_hash", CODE, nullable=False),
        sa.Column("folded", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("publisher", TEXT, nullable=False),
        sa.Column("tier", CODE, nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("language", TEXT),
        sa.Column("published", TIME),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("extractor", TEXT, nullable=False),
        sa.Column("flags", TEXT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        one_of("article", "state", "unread", "read", "failed"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("handle", name="uq_article_handle"),
    )
    op.create_index("ix_article_source", "article", ["source"])
    op.create_index("ix_article_state_id", "article", ["state", "id"])
    op.create_table(
        "event",
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("before", TEXT, nullable=False),
        sa.Column("after", TEXT, nullable=False),
        sa.Column("article", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_subject", "event", ["subject"])
    op.create_table(
        "failure",
        sa.Column("id", BIG, nullable=False),
        sa.Column("handle", CODE, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("retry_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_failure"),
        sa.UniqueConstraint("handle", name="uq_failure_handle"),
    )
    op.create_table(
        "meta",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "outcome",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("type", CODE, nullable=False),
        sa.Column("status", CODE, nullable=False),
        sa.Column("level", CODE, nullable=False),
        sa.Column("meeting", TEXT, nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("last_seen", TIME, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        one_of("outcome", "level", "ministerial", "leaders", "officials"),
        one_of("outcome", "status", "planned", "done", "failed"),
        one_of(
            "outcome",
            "type",
            "document",
            "agreement",
            "accession",
            "partnership",
            "membership",
            "mechanism",
            "funding",
            "negotiation",
            "coordination",
            "decision",
        ),
        sa.PrimaryKeyConstraint("key", name="pk_outcome"),
    )
    op.create_index("ix_outcome_last_seen", "outcome", ["last_seen"])
    op.create_index("ix_outcome_meeting", "outcome", ["meeting"])
    op.create_table(
        "source",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("publisher", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("tier", CODE, nullable=False),
        sa.Column("interval_seconds", sa.Float(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("zone", TEXT),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
    )
    op.create_table(
        "alert_outcome",
        sa.Column("outcome_key", TEXT, nullable=False),
        sa.Column("status", CODE, nullable=False),
        sa.Column("alert_key", KEY, nullable=False),
        one_of("alert_outcome", "status", "planned", "done", "failed"),
        sa.ForeignKeyConstraint(["alert_key"], ["alert.key"], name="fk_alert_outcome_alert_key_alert"),
        sa.ForeignKeyConstraint(["outcome_key"], ["outcome.key"], name="fk_alert_outcome_outcome_key_outcome"),
        sa.PrimaryKeyConstraint("outcome_key", "status", name="pk_alert_outcome"),
    )
    op.create_index("ix_alert_outcome_alert_key", "alert_outcome", ["alert_key"])
    op.create_table(
        "article_revision",
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("extractor", TEXT, nullable=False),
        sa.Column("flags", TEXT, nullable=False),
        sa.Column("replaced_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_revision_article_id_article"),
        sa.PrimaryKeyConstraint("article_id", "revision", name="pk_article_revision"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("alert_key", KEY, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", TIME),
        sa.Column("lease_owner", TEXT),
        sa.Column("lease_until", TIME),
        sa.Column("claimed_at", TIME),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("repeat", sa.Boolean(), nullable=False),
        sa.Column("sent_at", TIME),
        sa.Column("created_at", TIME, nullable=False),
        one_of("delivery", "state", "pending", "sending", "sent", "dead", "unknown", "suppressed"),
        sa.ForeignKeyConstraint(["alert_key"], ["alert.key"], name="fk_delivery_alert_key_alert"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("alert_key", "target", name="uq_delivery_alert_key_target"),
        sa.UniqueConstraint("key", name="uq_delivery_key"),
    )
    op.create_index("ix_delivery_state_next_attempt_at", "delivery", ["state", "next_attempt_at"])
    op.create_index("ix_delivery_target_state_id", "delivery", ["target", "state", "id"])
    op.create_table(
        "entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("handle", CODE, nullable=False),
        sa.Column("identity", TEXT, nullable=False),
        sa.Column("link", TEXT),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("published", TIME),
        sa.Column("date_trust", CODE, nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("article_id", BIG),
        one_of("entry", "state", "new", "waiting", "done", "failed"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_entry_article_id_article"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_entry_source_id_source"),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("source_id", "handle", name="uq_entry_source_id_handle"),
    )
    op.create_index("ix_entry_article_id", "entry", ["article_id"])
    op.create_index(
        "ix_entry_due_at", "entry", ["due_at"], sqlite_where=sa.text("due_at IS NOT NULL"), postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index("ix_entry_state", "entry", ["state"])
    op.create_table(
        "outcome_block",
        sa.Column("block", TEXT, nullable=False),
        sa.Column("outcome_key", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["outcome_key"], ["outcome.key"], name="fk_outcome_block_outcome_key_outcome"),
        sa.PrimaryKeyConstraint("block", "outcome_key", name="pk_outcome_block"),
    )
    op.create_index("ix_outcome_block_outcome_key", "outcome_block", ["outcome_key"])
    op.create_table(
        "outcome_merged",
        sa.Column("gone", TEXT, nullable=False),
        sa.Column("kept", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["kept"], ["outcome.key"], name="fk_outcome_merged_kept_outcome"),
        sa.PrimaryKeyConstraint("gone", name="pk_outcome_merged"),
    )
    op.create_index("ix_outcome_merged_kept", "outcome_merged", ["kept"])
    op.create_table(
        "polling",
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("etag", TEXT),
        sa.Column("last_modified", TEXT),
        sa.Column("body_hash", TEXT),
        sa.Column("next_poll_at", TIME),
        sa.Column("last_poll_at", TIME),
        sa.Column("last_success_at", TIME),
        sa.Column("last_full_at", TIME),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", CODE),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("known_good", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_polling_source_id_source"),
        sa.PrimaryKeyConstraint("source_id", name="pk_polling"),
    )
    op.create_index("ix_polling_next_poll_at", "polling", ["next_poll_at"])
    op.create_table(
        "reading",
        sa.Column("id", BIG, nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("text_hash", CODE, nullable=False),
        sa.Column("ruleset", TEXT, nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("stage", CODE, nullable=False),
        sa.Column("alert", sa.Boolean(), nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("read_at", TIME, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        one_of("reading", "stage", "outcome", "preview", "ongoing", "commentary", "none"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_reading_article_id_article"),
        sa.PrimaryKeyConstraint("id", name="pk_reading"),
        sa.UniqueConstraint("article_id", "text_hash", "ruleset", name="uq_reading_article_id_text_hash_ruleset"),
    )
    op.create_index(
        "ix_reading_current", "reading", ["article_id"], unique=True, sqlite_where=sa.text("current"), postgresql_where=sa.text("current")
    )
    op.create_table(
        "attempt_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("delivery_key", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["delivery_key"], ["delivery.key"], name="fk_attempt_log_delivery_key_delivery"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt_log"),
    )
    op.create_index("ix_attempt_log_delivery_key", "attempt_log", ["delivery_key"])
    op.create_table(
        "entry_alias",
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("handle", CODE, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_entry_alias_entry_id_entry"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_entry_alias_source_id_source"),
        sa.PrimaryKeyConstraint("source_id", "handle", name="pk_entry_alias"),
    )
    op.create_index("ix_entry_alias_entry_id", "entry_alias", ["entry_id"])
    op.create_table(
        "sighting",
        sa.Column("id", BIG, nullable=False),
        sa.Column("reading_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("outcome_key", TEXT, nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_sighting_article_id_article"),
        sa.ForeignKeyConstraint(["outcome_key"], ["outcome.key"], name="fk_sighting_outcome_key_outcome"),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name="fk_sighting_reading_id_reading"),
        sa.PrimaryKeyConstraint("id", name="pk_sighting"),
        sa.UniqueConstraint("reading_id", "position", name="uq_sighting_reading_id_position"),
    )
    op.create_index("ix_sighting_article_id", "sighting", ["article_id"])
    op.create_index("ix_sighting_outcome_key", "sighting", ["outcome_key"])
