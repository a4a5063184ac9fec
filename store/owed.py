"""Who is owed an alert: one row a delivery, with the rule by which it is owed and the digest that it waits for."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from core.alerts import Alert, AlertKind, Delivery, DeliveryState, delivery_key
from core.outcomes import Event, EventKind
from core.routes import STORM, Guard, Owed, Routing, Traffic, about_storm, corrected_with, decide
from store.tables import alert, delivery

BY_ROUTES = (AlertKind.NEWS, AlertKind.CORRECTION)
"""What the guard against storms counts: digests are made of these, and operators' messages are not of its kind."""


def put_alert(tx: Connection, made: Alert) -> None:
    """Records an alert; nobody is owed it yet."""
    tx.execute(insert(alert).values(key=made.key, created_at=made.created_at, kind=made.kind, payload=made))


def owe(tx: Connection, made: Alert, routing: Routing, now: datetime) -> list[Event]:
    """A delivery of `made`, which is on record, to each target that is owed it; what the operator should hear of that."""
    return _owe(tx, made, decide(made, routing, now, _traffic(tx, routing, now)), routing.guard, now)


def owe_correction(tx: Connection, made: Alert, routing: Routing, now: datetime) -> list[Event]:
    """The same of a correction, for those who were owed the alert that it corrects; what waits for a digest is corrected there."""
    columns = (delivery.c.target, delivery.c.digest, delivery.c.next_attempt_at, delivery.c.state)
    rows = tx.execute(select(*columns).where(delivery.c.alert_key == made.corrects).order_by(delivery.c.id)).all()
    waiting = [(row.target, row.digest, row.next_attempt_at) for row in rows if row.state is DeliveryState.PENDING]
    told = [row.target for row in rows]
    owed = [corrected_with(waiting, one) for one in decide(made, routing, now, _traffic(tx, routing, now), only=told)]
    gone = [name for name in told if name not in routing.targets]
    owed += [Owed(target=name, not_before=now, rule="follows what it corrects") for name in gone]
    return _owe(tx, made, owed, routing.guard, now)


def owe_plainly(tx: Connection, made: Alert, targets: Sequence[str], rule: str, not_before: datetime) -> None:
    """Records `made` and a delivery of it to each of these, whatever the routes say."""
    put_alert(tx, made)
    _put(tx, made.key, [Owed(target=name, not_before=not_before, rule=rule) for name in targets], made.created_at)


def as_delivery(row: Any) -> Delivery:
    """The delivery in a row that has all its columns."""
    return Delivery(**{field.name: getattr(row, field.name) for field in fields(Delivery)})


def _owe(tx: Connection, made: Alert, owed: Sequence[Owed], guard: Guard | None, now: datetime) -> list[Event]:
    _put(tx, made.key, owed, now)
    storms = [one for one in owed if one.storm and guard]
    return [Event(kind=EventKind.ALERT_STORM, subject=one.target, at=now, detail=about_storm(one, guard)) for one in storms if guard]


def _put(tx: Connection, key: str, owed: Sequence[Owed], now: datetime) -> None:
    rows = [
        {
            "key": delivery_key(key, one.target),
            "alert_key": key,
            "target": one.target,
            "state": DeliveryState.SUPPRESSED if one.dropped else DeliveryState.PENDING,
            "attempt": 0,
            "next_attempt_at": None if one.dropped else one.not_before,
            "reason": one.rule if one.dropped else "",
            "repeat": False,
            "created_at": now,
            "rule": one.rule,
            "digest": one.digest,
        }
        for one in owed
    ]
    if rows:
        tx.execute(insert(delivery), rows)


def _traffic(tx: Connection, routing: Routing, now: datetime) -> dict[str, Traffic]:
    """What went to each target within the guard's window, and until when a storm is gathered."""
    if routing.guard is None:
        return {}
    since = now - routing.guard.window
    lately = (delivery.c.target.in_(routing.targets), delivery.c.created_at > since, delivery.c.created_at <= now)
    sent = (delivery.c.digest.is_(None), delivery.c.state != DeliveryState.SUPPRESSED)
    query = select(delivery.c.target, func.count()).join(alert).where(*lately, *sent, alert.c.kind.in_(BY_ROUTES))
    alerts: dict[str, int] = dict(tx.execute(query.group_by(delivery.c.target)).all())
    open_ = select(delivery.c.target, func.max(delivery.c.next_attempt_at)).where(
        delivery.c.target.in_(routing.targets),
        delivery.c.state == DeliveryState.PENDING,
        delivery.c.digest == STORM,
        delivery.c.next_attempt_at > now,
    )
    storms: dict[str, datetime] = dict(tx.execute(open_.group_by(delivery.c.target)).all())
    return {name: Traffic(alerts=alerts.get(name, 0), storm_until=storms.get(name)) for name in routing.targets}
