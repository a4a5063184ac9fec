"""What was told, looked at by people: deliveries with their alerts, by state, target, kind and time; and how many there are of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from core.alerts import Alert, AlertKind, Delivery, DeliveryState
from store.database import Database
from store.outbox import COLUMNS
from store.owed import as_delivery
from store.tables import alert, delivery


class Told(Database):
    """The part of the store that shows what was told."""

    def told(
        self,
        *,
        state: str | None = None,
        target: str | None = None,
        kind: str | None = None,
        since: datetime | None = None,
        limit: int = 200,
    ) -> list[tuple[Alert, Delivery]]:
        """The deliveries that meet every condition, newest first, each with its alert; `since`: made then or later."""
        query = (
            select(*COLUMNS, alert.c.payload).join(alert).where(*_which(target, kind, since)).order_by(delivery.c.id.desc()).limit(limit)
        )
        if state is not None:
            query = query.where(delivery.c.state == state)
        with self._reading() as tx:
            return [(row.payload, as_delivery(row)) for row in tx.execute(query)]

    def told_counts(self, *, target: str | None = None, kind: str | None = None, since: datetime | None = None) -> dict[str, int]:
        """How many deliveries stand in each state, every state listed."""
        query = select(delivery.c.state, func.count()).join(alert).where(*_which(target, kind, since)).group_by(delivery.c.state)
        with self._reading() as tx:
            found: dict[Any, int] = dict(tx.execute(query).all())
        return {state.value: found.get(state, 0) for state in DeliveryState}

    def alerts_made(self, since: datetime, kinds: Sequence[AlertKind] = (AlertKind.NEWS, AlertKind.CORRECTION)) -> list[Alert]:
        """The alerts of these kinds made from `since` on, in the order of their making."""
        query = select(alert.c.payload).where(alert.c.created_at >= since, alert.c.kind.in_(kinds))
        with self._reading() as tx:
            return list(tx.scalars(query.order_by(alert.c.created_at, alert.c.key)))


def _which(target: str | None, kind: str | None, since: datetime | None) -> list[ColumnElement[bool]]:
    asked = [
        (target, delivery.c.target == target),
        (kind, alert.c.kind == kind),
        (since, delivery.c.created_at >= since if since else None),
    ]
    return [condition for value, condition in asked if value is not None and condition is not None]
