"""Digests and operators' messages: each made in one transaction with what it lists, or with the place in the log up to which it tells.

Whoever dies before the commit has made none; whoever comes after the commit finds nothing left to gather.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from core.alerts import WAITING, Alert, AlertKind, Delivery, DeliveryState, ReceiptKind, delivery_key
from core.digests import LATE_AFTER, Gathered, gather, make_digest, rule
from core.operator import Line, Note, Told
from core.outcomes import Event
from store.database import CLOCK_SET_BACK, Database, chunks, put
from store.events import COLUMNS as EVENT_COLUMNS
from store.outbox import COLUMNS
from store.owed import as_delivery, owe_plainly
from store.tables import alert, attempt_log, delivery, event, meta

EVENTS_AT_ONCE = 500


class Digests(Database):
    """The part of the store that gathers."""

    def assemble_digests(self, now: datetime) -> list[Alert]:
        """Gathers what waits for a digest that is due, and what is late; the messages made. A single delivery is let go as it is."""
        with self._reading() as tx:
            if tx.scalar(select(delivery.c.id).where(_ripe(now)).limit(1)) is None:
                return []
        made = []
        with self._writing() as tx:
            query = select(*COLUMNS, alert.c.payload).join(alert).where(_ripe(now)).order_by(delivery.c.id)
            rows = tx.execute(query.with_for_update(skip_locked=True, of=delivery)).all()
            waiting = [(as_delivery(row), row.payload) for row in rows]
            doubted = _doubted(tx, [one.key for one, _ in waiting])
            for gathered in gather((one for one in waiting if one[0].key not in doubted), now):
                if len(gathered.members) == 1:
                    _let_go(tx, gathered.members[0][0], now)
                else:
                    made.append(_gather(tx, gathered, now))
        return made

    def tell_operator(self, line: Line, compose: Callable[[Sequence[Told]], Sequence[Note]], now: datetime) -> list[Note]:
        """What `compose` makes of the events of `line` that were not told yet, owed and told for good; [] while they are being gathered.

        The first time nothing is told: what happened before is known.
        """
        with self._reading() as tx:
            last = tx.scalar(select(func.max(event.c.sequence))) or 0
            if tx.scalar(select(meta.c.value).where(meta.c.key == line.name)) == str(last):
                return []
        with self._writing() as tx:
            known = tx.scalar(select(meta.c.value).where(meta.c.key == line.name).with_for_update())
            if known is None:
                put(tx, meta, [{"key": line.name, "value": str(last)}], meta.c.key)
                return []
            new = and_(event.c.sequence > int(known), event.c.sequence <= last)
            wanted = select(*EVENT_COLUMNS).where(new, event.c.kind.in_(line.kinds)).order_by(event.c.sequence).limit(EVENTS_AT_ONCE)
            events = [Event(**row._mapping) for row in tx.execute(wanted)]
            if events and now - line.gather < min(one.at for one in events) <= now:
                return []
            if len(events) == EVENTS_AT_ONCE:
                last = events[-1].sequence
            notes = list(compose(_told(tx, events)))
            for note in notes:
                owe_plainly(tx, note.alert, note.targets, "operator", now)
            put(tx, meta, [{"key": line.name, "value": str(last)}], meta.c.key)
            return notes


def _ripe(now: datetime) -> Any:
    """Waits for a digest whose time has come (or was set by a clock that has since been set back), or waits too long to be sent at once."""
    waits = delivery.c.state.in_(WAITING)
    set_back = delivery.c.created_at > now + CLOCK_SET_BACK
    due = and_(delivery.c.digest.is_not(None), or_(delivery.c.next_attempt_at <= now, set_back))
    old = and_(delivery.c.digest.is_(None), or_(delivery.c.created_at <= now - LATE_AFTER, delivery.c.rule == rule("late")))
    return and_(waits, or_(due, old))


def _doubted(tx: Connection, keys: Sequence[str]) -> set[str]:
    """Those of these deliveries that may have arrived: they stay what they are, whatever their target wants done about it."""
    query = select(attempt_log.c.delivery_key).where(attempt_log.c.kind == ReceiptKind.UNKNOWN)
    return {key for part in chunks(keys) for key in tx.scalars(query.where(attempt_log.c.delivery_key.in_(part)))}


def _let_go(tx: Connection, one: Delivery, now: datetime) -> None:
    """It waited for company in vain."""
    tx.execute(update(delivery).where(delivery.c.key == one.key).values(digest=None, next_attempt_at=now))


def _gather(tx: Connection, gathered: Gathered, now: datetime) -> Alert:
    """Records the digest and what it lists, in place of what its members were owed."""
    made = make_digest(gathered, now)
    members = [one for one, _ in gathered.members]
    goes = min((one.next_attempt_at for one in members if one.digest is None and one.next_attempt_at), default=now)
    owe_plainly(tx, made, [gathered.target], rule(gathered.digest), max(goes, now))
    listed = {"state": DeliveryState.SUPPRESSED, "reason": f"in digest {made.key}", "listed_in": made.key, "next_attempt_at": None}
    here = delivery.c.target == gathered.target
    tx.execute(update(delivery).where(delivery.c.key.in_([one.key for one in members])).values(listed))
    taken_up = [one.key for _, one in gathered.members if one.kind is AlertKind.DIGEST]
    if taken_up:
        again = {"listed_in": made.key, "reason": f"in digest {made.key}"}
        tx.execute(update(delivery).where(here, delivery.c.listed_in.in_(taken_up)).values(again))
        since = min(one.created_at for one, listing in gathered.members if listing.kind is AlertKind.DIGEST and one.created_at)
        tx.execute(update(delivery).where(delivery.c.key == delivery_key(made.key, gathered.target)).values(created_at=since))
    return made


def _told(tx: Connection, events: Sequence[Event]) -> list[Told]:
    """The events, each with the delivery that it is about."""
    subjects = {one.subject for one in events}
    rows = tx.execute(select(*COLUMNS, alert.c.payload).join(alert).where(delivery.c.key.in_(subjects))).all()
    about = {row.key: (as_delivery(row), row.payload) for row in rows}
    nothing = (None, None)
    return [Told(event=one, delivery=about.get(one.subject, nothing)[0], alert=about.get(one.subject, nothing)[1]) for one in events]
