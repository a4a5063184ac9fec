"""Origins: sketches and copies of texts, whom a sighting credits; and what outcomes are chosen by: day, parties, topics.

Revision 0002, after the first schema.
"""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROWS = 1000
"""Rows that are taken over at a time."""


def upgrade() -> None:
    """Adds the tables and columns, and fills in what older rows already say."""
    op.create_table(
        "reading_topic",
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("reading_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name="fk_reading_topic_reading_id_reading"),
        sa.PrimaryKeyConstraint("topic", "reading_id", name="pk_reading_topic"),
    )
    op.create_index("ix_reading_topic_reading_id", "reading_topic", ["reading_id"])
    op.create_table(
        "article_sketch",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_sketch_article_id_article"),
        sa.PrimaryKeyConstraint("hash", "day", "article_id", name="pk_article_sketch"),
    )
    op.create_index("ix_article_sketch_article_id", "article_sketch", ["article_id"])
    op.create_table(
        "article_copy",
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("other_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_copy_article_id_article"),
        sa.ForeignKeyConstraint(["other_id"], ["article.id"], name="fk_article_copy_other_id_article"),
        sa.PrimaryKeyConstraint("article_id", "other_id", name="pk_article_copy"),
    )
    op.create_index("ix_article_copy_other_id", "article_copy", ["other_id"])
    op.add_column("sighting", sa.Column("origin", TEXT, nullable=False, server_default=""))
    op.add_column("sighting", sa.Column("authority", sa.String(32), nullable=False, server_default="press"))
    op.add_column("outcome", sa.Column("dated", TIME))
    op.add_column("outcome", sa.Column("parties", TEXT, nullable=False, server_default=""))
    op.create_index("ix_outcome_dated", "outcome", ["dated"])
    _fill(op.get_bind())


sighting = sa.table("sighting", *map(sa.column, ("reading_id", "article_id", "outcome_key", "authority")))
article = sa.table("article", *map(sa.column, ("id", "tier", "publisher", "key", "first_seen")))
outcome = sa.table("outcome", sa.column("key"), sa.column("dated", TIME), sa.column("parties"), sa.column("payload"))
reading = sa.table("reading", *map(sa.column, ("id", "payload")))
topic = sa.table("reading_topic", *map(sa.column, ("topic", "reading_id")))


def _fill(tx: sa.Connection) -> None:
    of_tier = sa.select(sighting.c.article_id).join(article, article.c.id == sighting.c.article_id)
    for tier in ("official", "agency"):
        known = sighting.c.article_id.in_(of_tier.where(article.c.tier == tier))
        tx.execute(sa.update(sighting).where(known).values(authority=tier))
    for key in tx.scalars(sa.select(outcome.c.key).order_by(outcome.c.key)).all():
        _fill_outcome(tx, key)
    sighted = sa.select(sighting.c.reading_id).distinct()
    numbers = tx.scalars(sa.select(reading.c.id).where(reading.c.id.in_(sighted))).all()
    for start in range(0, len(numbers), ROWS):
        found = tx.execute(sa.select(reading.c.id, reading.c.payload).where(reading.c.id.in_(numbers[start : start + ROWS])))
        rows = [
            {"topic": code, "reading_id": one.id}
            for one in found
            for code in sorted({said["code"] for said in json.loads(one.payload)["topics"]})
        ]
        if rows:
            tx.execute(sa.insert(topic), rows)


def _fill_outcome(tx: sa.Connection, key: str) -> None:
    """Its day and parties from the record; its origins are the publishers of its articles, as far as anybody can tell now."""
    record: dict[str, Any] = json.loads(tx.scalar(sa.select(outcome.c.payload).where(outcome.c.key == key)) or "{}")
    articles = sa.select(article.c.publisher, article.c.key).join(sighting, sighting.c.article_id == article.c.id)
    told = tx.execute(articles.where(sighting.c.outcome_key == key).order_by(article.c.first_seen, article.c.id))
    record["origins"] = list(dict.fromkeys(one.publisher or one.key for one in told))
    tx.execute(
        sa.update(outcome)
        .where(outcome.c.key == key)
        .values(
            dated=datetime.fromisoformat(record["done_at"] or record["last_seen"]).astimezone(UTC),
            parties="".join(f"|{party.casefold()}" for party in record["parties"]) + "|" * bool(record["parties"]),
            payload=json.dumps(record, ensure_ascii=False, separators=(",", ":")),
        )
    )
