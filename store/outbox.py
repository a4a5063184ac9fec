"""The outbox: one row a delivery, claimed before a byte is sent, and what came of it.

    pending -> sending -> sent | dead | unknown | retry -> sending again        every arrow is one committed transaction

A row that is `sending` when its lease runs out is in doubt: its sender died, and nobody knows whether the message arrived. It is
held, unless its target would rather have it twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from core.alerts import WAITING, Alert, AlertKind, Attempt, Delivery, DeliveryState, Receipt, ReceiptKind
from core.delivery import Step
from core.outcomes import Event, EventKind
from store.database import LONGEST_WAIT, Database, chunks, come
from store.events import append
from store.tables import alert, article, attempt_log, delivery, handle, meta

LONGEST_LEASE = timedelta(hours=1)
YIELD_AFTER = timedelta(seconds=60)
"""How long a delivery that is being put off holds up later ones to the same target."""
ABANDONED = "the sender stopped before it could tell what came of it"
QUARANTINE = "quarantine"
"""Under this name stands since when alerts are held: see `store.restored`. Messages to the operator are not."""

RELEASABLE = (DeliveryState.DEAD, DeliveryState.UNKNOWN, DeliveryState.SUPPRESSED)
DISMISSIBLE = (*WAITING, DeliveryState.DEAD, DeliveryState.UNKNOWN)
EVENTS = {DeliveryState.DEAD: EventKind.DELIVERY_DEAD, DeliveryState.UNKNOWN: EventKind.DELIVERY_UNKNOWN}

Judge = Callable[[Delivery, Receipt], Step]
"""What a receipt means for a delivery: `core.delivery.next_step`, with what the caller knows of the target."""

COLUMNS = [delivery.c.alert_key.label("alert") if field.name == "alert" else delivery.c[field.name] for field in fields(Delivery)]


class Outbox(Database):
    """The part of the store that owes messages."""

    def claim_delivery(self, owner: str, now: datetime, lease_seconds: float) -> tuple[Delivery, Alert] | None:
        """The next delivery that is due, now `sending` and leased to `owner`; None when none is.

        To one target they go one at a time and in the order of their alerts; one that is being put off lets later ones pass after a minute.
        In a quarantine only messages to the operator are given out.
        """
        if not 0 < lease_seconds <= LONGEST_LEASE.total_seconds():
            raise ValueError(f"a lease of {lease_seconds} s")
        with self._writing() as tx:
            held = tx.scalar(select(meta.c.key).where(meta.c.key == QUARANTINE)) is not None
            heads = select(delivery.c.id).where(_claimable(now, held=held)).order_by(delivery.c.id).limit(1)
            number = tx.scalar(heads.with_for_update(skip_locked=True))
            if number is None:
                return None
            claim = {"state": DeliveryState.SENDING, "attempt": delivery.c.attempt + 1, "claimed_at": now}
            claim |= {"lease_owner": owner, "lease_until": now + timedelta(seconds=lease_seconds), "next_attempt_at": None}
            taken = update(delivery).where(delivery.c.id == number, delivery.c.state.in_(WAITING)).values(claim)
            if tx.execute(taken).rowcount != 1:
                return None
            row = tx.execute(select(*COLUMNS, alert.c.payload).join(alert).where(delivery.c.id == number)).one()
            return _delivery(row), row.payload

    def record_receipt(self, delivery: Delivery, receipt: Receipt, step: Step, now: datetime) -> bool:
        """Logs the attempt and takes over `step`; False when the lease was lost.

        A message that was accepted after its lease had run out, while its delivery is in doubt, was sent all the same.
        """
        with self._writing() as tx:
            row = _locked(tx, delivery.key)
            if row is None or row.attempt != delivery.attempt:
                return False
            held = row.state is DeliveryState.SENDING and row.lease_owner == delivery.lease_owner
            late = row.state is DeliveryState.UNKNOWN and receipt.kind is ReceiptKind.ACCEPTED
            if not (held or late):
                return False
            _log(tx, row, receipt, delivery.lease_owner or "", now)
            append(tx, _settle(tx, row, step, now))
            return True

    def recover_leases(self, now: datetime, *, orphans: bool = False, judge: Judge | None = None) -> list[Delivery]:
        """Deliveries whose sender died: nobody knows whether they arrived, so they are `unknown` now, or what `judge` makes of the doubt.

        With `orphans` whatever is being sent counts: for a watch that is alone here and has not claimed anything yet.
        """
        query = select(delivery).where(delivery.c.state == DeliveryState.SENDING).order_by(delivery.c.id)
        if not orphans:
            query = query.where(or_(delivery.c.lease_until <= now, delivery.c.lease_until > now + LONGEST_LEASE))
        doubt = Receipt(kind=ReceiptKind.UNKNOWN, reason=ABANDONED)
        with self._writing() as tx:
            events: list[Event] = []
            rows = tx.execute(query.with_for_update(skip_locked=True)).all()
            for row in rows:
                step = judge(_delivery_of(tx, row.key), doubt) if judge else Step(state=DeliveryState.UNKNOWN, reason=ABANDONED)
                _log(tx, row, doubt, row.lease_owner or "", now)
                events += _settle(tx, row, step, now)
            append(tx, events)
            return [_delivery(found) for found in tx.execute(select(*COLUMNS).where(delivery.c.id.in_([row.id for row in rows])))]

    def retry_delivery(self, key: str, now: datetime) -> bool:
        """Puts a dead, unknown or suppressed delivery back in line; one that may have arrived is marked `repeat`. False: none such."""
        return self._by_hand(key, RELEASABLE, now, DeliveryState.PENDING, "")

    def dismiss_delivery(self, key: str, now: datetime, reason: str) -> bool:
        """Suppresses a delivery that is not under way and was not sent. False: none such."""
        return self._by_hand(key, DISMISSIBLE, now, DeliveryState.SUPPRESSED, reason)

    def _by_hand(self, key: str, of: Sequence[DeliveryState], now: datetime, to: DeliveryState, reason: str) -> bool:
        with self._writing() as tx:
            row = _locked(tx, key)
            if row is None or row.state not in of:
                return False
            doubted = row.state is DeliveryState.UNKNOWN
            _settle(tx, row, Step(state=to, next_attempt_at=now, reason=reason, repeat=doubted), now)
            if to is DeliveryState.PENDING:
                tx.execute(update(delivery).where(delivery.c.id == row.id).values(digest=None))  # it goes by itself now
            detail = f"{row.target}: {reason}" if reason else row.target
            kind = EventKind.DELIVERY_BY_HAND
            append(tx, [Event(kind=kind, subject=key, at=now, before=row.state, after=to, detail=detail)])
            return True

    def deliveries(self, *, state: str | None = None, target: str | None = None, limit: int = 200) -> list[Delivery]:
        """Deliveries, newest first."""
        query = select(*COLUMNS).order_by(delivery.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(delivery.c.state == state)
        if target is not None:
            query = query.where(delivery.c.target == target)
        with self._reading() as tx:
            return [_delivery(row) for row in tx.execute(query)]

    def attempts(self, delivery: str) -> list[Attempt]:
        """The attempts at one delivery that came to an end, in order."""
        columns = [
            attempt_log.c.delivery_key.label("delivery") if field.name == "delivery" else attempt_log.c[field.name]
            for field in fields(Attempt)
        ]
        query = select(*columns).where(attempt_log.c.delivery_key == delivery).order_by(attempt_log.c.id)
        with self._reading() as tx:
            return [Attempt(**row._mapping) for row in tx.execute(query)]

    def waits(self, since: datetime, limit: int = 200) -> dict[str, timedelta]:
        """Alert -> how long it was from its article's coming in to the first attempt at any target; of the newest made from `since` on.

        Alerts on news only: digests and what is told of the watch itself have waited on purpose.
        """
        first = func.min(attempt_log.c.started_at).label("first")
        begun = select(alert.c.key, alert.c.payload, first).join(delivery, delivery.c.alert_key == alert.c.key)
        begun = begun.join(attempt_log, attempt_log.c.delivery_key == delivery.c.key)
        newest = begun.where(alert.c.created_at >= since, alert.c.kind == AlertKind.NEWS).group_by(alert.c.key, alert.c.payload)
        with self._reading() as tx:
            rows = tx.execute(newest.order_by(first.desc()).limit(limit)).all()
            handles = {row.key: handle(row.payload.article) for row in rows}
            seen: dict[str, datetime] = {}
            for part in chunks(handles.values()):
                seen.update(tx.execute(select(article.c.handle, article.c.first_seen).where(article.c.handle.in_(part))).all())
        return {row.key: row.first - seen[handles[row.key]] for row in rows if handles[row.key] in seen}

    def alerts(self, limit: int = 100) -> list[tuple[Alert, list[Delivery]]]:
        """Alerts with their deliveries, newest first."""
        query = select(alert.c.payload).order_by(alert.c.created_at.desc(), alert.c.key).limit(limit)
        with self._reading() as tx:
            return [(made, _deliveries_of(tx, made.key)) for made in tx.scalars(query).all()]

    def alert(self, key: str) -> tuple[Alert, list[Delivery]] | None:
        """One alert with its deliveries."""
        with self._reading() as tx:
            made = tx.scalar(select(alert.c.payload).where(alert.c.key == key))
            return (made, _deliveries_of(tx, key)) if made else None


def _claimable(now: datetime, *, held: bool) -> ColumnElement[bool]:
    """At the head of its target's line and due, with nothing under way to that target.

    In line stands what is due, and for a minute what was put off: it keeps its place so long. While alerts are `held`, only messages
    to the operator stand in line.
    """
    waiting = and_(delivery.c.state.in_(WAITING), delivery.c.digest.is_(None))
    due = come(delivery.c.next_attempt_at, now)
    in_line = and_(waiting, or_(due, delivery.c.created_at > now - YIELD_AFTER))
    if held:
        in_line = and_(in_line, delivery.c.alert_key.in_(select(alert.c.key).where(alert.c.kind == AlertKind.OPERATOR)))
    under_way = select(delivery.c.target).where(delivery.c.state == DeliveryState.SENDING)
    heads = select(func.min(delivery.c.id)).where(in_line, delivery.c.target.not_in(under_way)).group_by(delivery.c.target)
    return and_(delivery.c.id.in_(heads), waiting, due)


def _locked(tx: Connection, key: str) -> Row[Any] | None:
    return tx.execute(select(delivery).where(delivery.c.key == key).with_for_update()).first()


def _settle(tx: Connection, row: Row[Any], step: Step, now: datetime) -> list[Event]:
    """Takes over where a delivery stands now, its mark as a possible repeat for good; the event that a person should hear of."""
    waits = step.state in WAITING
    stands = {
        "state": step.state,
        "next_attempt_at": min(step.next_attempt_at or now, now + LONGEST_WAIT) if waits else None,
        "lease_owner": None,
        "lease_until": None,
        "reason": step.reason,
        "repeat": row.repeat or step.repeat,
        "sent_at": now if step.state is DeliveryState.SENT else None,
    }
    tx.execute(update(delivery).where(delivery.c.id == row.id).values(stands))
    kind = EVENTS.get(step.state)
    detail = f"{row.target}: {step.reason}"
    return [Event(kind=kind, subject=row.key, at=now, before=row.state, after=step.state, detail=detail)] if kind else []


def _log(tx: Connection, row: Row[Any], receipt: Receipt, owner: str, now: datetime) -> None:
    ended = {"ended_at": now, "kind": receipt.kind, "reason": receipt.reason, "owner": owner}
    tx.execute(insert(attempt_log).values(delivery_key=row.key, number=row.attempt, started_at=row.claimed_at, **ended))


def _deliveries_of(tx: Connection, alert: str) -> list[Delivery]:
    return [_delivery(row) for row in tx.execute(select(*COLUMNS).where(delivery.c.alert_key == alert).order_by(delivery.c.id))]


def _delivery_of(tx: Connection, key: str) -> Delivery:
    return _delivery(tx.execute(select(*COLUMNS).where(delivery.c.key == key)).one())


def _delivery(row: Any) -> Delivery:
    return Delivery(**{field.name: getattr(row, field.name) for field in fields(Delivery)})
