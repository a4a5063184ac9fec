"""Sources and health: kinds of source, what a source's last body held, its rhythm, its troubles, and which entries are its baseline.

Revision 0004, after history_and_review. A source that was read before has had its baseline.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds the columns; nothing that was announced before is taken for a baseline."""
    op.add_column("source", sa.Column("selector", TEXT))
    op.add_column("polling", sa.Column("baseline_at", TIME))
    op.add_column("polling", sa.Column("known_items", TEXT, nullable=False, server_default=""))
    op.add_column("polling", sa.Column("arrivals", TEXT, nullable=False, server_default="[]"))
    op.add_column("polling", sa.Column("troubles", TEXT, nullable=False, server_default="[]"))
    op.add_column("polling", sa.Column("moved_to", TEXT))
    op.add_column("polling", sa.Column("moved_since", TIME))
    op.add_column("polling", sa.Column("archive", TEXT))
    op.add_column("entry", sa.Column("baseline", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE polling SET baseline_at = last_success_at WHERE known_good")
