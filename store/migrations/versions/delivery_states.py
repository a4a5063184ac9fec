"""Deliveries that were refused and wait for their next attempt have a state of their own.

Revision 0006, after routes.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

STATES = ("pending", "sending", "sent", "retry", "unknown", "dead", "suppressed")


def upgrade() -> None:
    """What was tried before and waits is `retry` from now on."""
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_constraint(op.f("ck_delivery_state"), type_="check")
        listed = ", ".join(f"'{state}'" for state in STATES)
        delivery.create_check_constraint(op.f("ck_delivery_state"), f"state IN ({listed})")
    op.execute("UPDATE delivery SET state = 'retry' WHERE state = 'pending' AND attempt > 0")
