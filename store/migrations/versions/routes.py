"""Routes and digests: by which rule a delivery is owed, the digest that it waits for, the alert that lists it; what an alert is.

Revision 0005, after sources_and_health. What was owed before was owed to everybody, at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TEXT = sa.Text()
CORRECTIONS = "UPDATE alert SET kind = 'correction' WHERE key IN (SELECT correction_key FROM alert_correction)"


def upgrade() -> None:
    """Adds the columns; the kinds of alerts are found again."""
    op.add_column("delivery", sa.Column("rule", TEXT, nullable=False, server_default=""))
    op.add_column("delivery", sa.Column("digest", TEXT))
    op.add_column("delivery", sa.Column("listed_in", sa.String(36)))
    op.create_index("ix_delivery_listed_in", "delivery", ["listed_in"])
    op.create_index("ix_delivery_target_created_at", "delivery", ["target", "created_at"])
    op.add_column("alert", sa.Column("kind", sa.String(32), nullable=False, server_default="news"))
    op.execute(CORRECTIONS)
