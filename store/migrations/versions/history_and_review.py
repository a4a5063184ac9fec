"""History and review: records in the log, seats of sightings, corrections, reviews, and the standing of records.

Revision 0003, after origins. What was on record before has its last event carry it, and each sighting the seat that it had.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ACTIONS = ("confirm", "reject", "edit", "apply", "dismiss", "merge", "split", "undo")

CONFIRMED = """
UPDATE outcome SET standing = 'confirmed' WHERE payload LIKE '%"standing":"confirmed"%'
"""
RECORDS = """
UPDATE event SET record = (SELECT payload FROM outcome WHERE outcome.key = event.subject)
WHERE sequence IN (SELECT max(sequence) FROM event JOIN outcome ON outcome.key = event.subject GROUP BY event.subject)
"""
RECORDS_WITHOUT_EVENT = """
INSERT INTO event (kind, subject, at, before, after, article, detail, record)
SELECT 'outcome.updated', key, last_seen, '', status, '', '', payload FROM outcome
WHERE key NOT IN (SELECT subject FROM event) ORDER BY first_seen, key
"""
SEATS = """
INSERT INTO seat (sighting_id, outcome_key, applied, why, since)
SELECT sighting.id, sighting.outcome_key, sighting.applied, sighting.why, reading.read_at
FROM sighting JOIN reading ON reading.id = sighting.reading_id ORDER BY sighting.id
"""
SEATS_GIVEN_UP = """
INSERT INTO seat (sighting_id, outcome_key, applied, why, since)
SELECT sighting.id, NULL, sighting.applied, sighting.why, coalesce((
    SELECT min(later.read_at) FROM reading AS later WHERE later.article_id = reading.article_id AND later.id > reading.id
), reading.read_at)
FROM sighting JOIN reading ON reading.id = sighting.reading_id WHERE NOT reading.current ORDER BY sighting.id
"""


def upgrade() -> None:
    """Adds what the log lacked, and fills it with what is known."""
    op.add_column("outcome", sa.Column("standing", sa.String(32), nullable=False, server_default="reported"))
    op.add_column("event", sa.Column("record", TEXT))
    op.drop_index("ix_event_subject", "event")
    op.create_index("ix_event_subject_sequence", "event", ["subject", "sequence"])
    op.create_table(
        "seat",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sighting_id", BIG, nullable=False),
        sa.Column("outcome_key", TEXT),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_seat_sighting_id_sighting"),
        sa.PrimaryKeyConstraint("id", name="pk_seat"),
    )
    op.create_index("ix_seat_sighting_id", "seat", ["sighting_id"])
    op.create_index("ix_seat_outcome_key", "seat", ["outcome_key"])
    op.create_table(
        "alert_correction",
        sa.Column("outcome_key", TEXT, nullable=False),
        sa.Column("alert_key", sa.String(36), nullable=False),
        sa.Column("correction_key", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["outcome_key"], ["outcome.key"], name="fk_alert_correction_outcome_key_outcome"),
        sa.ForeignKeyConstraint(["alert_key"], ["alert.key"], name="fk_alert_correction_alert_key_alert"),
        sa.ForeignKeyConstraint(["correction_key"], ["alert.key"], name="fk_alert_correction_correction_key_alert"),
        sa.PrimaryKeyConstraint("outcome_key", "alert_key", name="pk_alert_correction"),
    )
    op.create_index("ix_alert_correction_alert_key", "alert_correction", ["alert_key"])
    op.create_index("ix_alert_correction_correction_key", "alert_correction", ["correction_key"])
    op.create_table(
        "review",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("outcome_key", TEXT, nullable=False),
        sa.Column("undoes", BIG),
        sa.Column("payload", TEXT, nullable=False),
        sa.CheckConstraint(f"action IN ({', '.join(repr(action) for action in ACTIONS)})", name=op.f("ck_review_action")),
        sa.ForeignKeyConstraint(["undoes"], ["review.id"], name="fk_review_undoes_review"),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.UniqueConstraint("undoes", name="uq_review_undoes"),
    )
    op.create_index("ix_review_outcome_key", "review", ["outcome_key"])
    for filled in (CONFIRMED, RECORDS, RECORDS_WITHOUT_EVENT, SEATS, SEATS_GIVEN_UP):
        op.execute(filled)
