"""After a restore: what the sent-ledger knows better than the database, and the quarantine until a person has looked.

A copy of yesterday's database does not know what was told today. Deliveries that are in it are marked as sent; of those that are not,
the alerts may be made again from the feeds. Until a person releases them, alerts are made and held; messages to the operator go out.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from core.alerts import WAITING, AlertKind, DeliveryState
from core.delivery import Acknowledged, Reconciled
from core.outcomes import Event, EventKind
from store.database import Database, chunks, insert_new
from store.events import append
from store.outbox import QUARANTINE
from store.tables import alert, delivery, meta

SUBJECT = "restore"
"""Of the events that open and end a quarantine."""
BY_THE_LEDGER = "was sent before: it is in the sent-ledger"
MARGIN = timedelta(days=1)
"""How far behind its own newest delivery the database is compared with the ledger: clocks were set, senders were slow."""


class Restored(Database):
    """The part of the store that is held against the sent-ledger."""

    def acknowledged(self, limit: int) -> list[Acknowledged]:
        """The newest deliveries that were sent, the oldest of them first."""
        columns = (delivery.c.key, delivery.c.alert_key, delivery.c.target, delivery.c.sent_at)
        query = select(*columns).where(delivery.c.state == DeliveryState.SENT).order_by(delivery.c.id.desc()).limit(limit)
        with self._reading() as tx:
            rows = tx.execute(query).all()
        return [Acknowledged(delivery=row.key, alert=row.alert_key, target=row.target, at=row.sent_at) for row in reversed(rows)]

    def reconcile(self, told: Sequence[Acknowledged], now: datetime) -> Reconciled:
        """Holds the database against the ledger; to be called before anything is claimed, when no delivery is being sent.

        What the ledger says was sent is marked so. When it knows of later deliveries than the database, of which that knows nothing or
        thinks that they wait, the database is an older copy: a quarantine begins, and an event says so.
        """
        with self._writing() as tx:
            newest = tx.scalar(select(func.max(delivery.c.sent_at)))
            recent = [one for one in told if newest is None or one.at >= newest - MARGIN]
            states = _states(tx, [one.delivery for one in recent])
            wrong = [one for one in recent if states.get(one.delivery) not in (None, DeliveryState.SENT)]
            ahead = [
                one
                for one in recent
                if (newest is None or one.at > newest) and (one.delivery not in states or states[one.delivery] in WAITING)
            ]
            _mark(tx, wrong)
            if ahead and not _quarantined(tx):
                tx.execute(insert_new(tx, meta).values(key=QUARANTINE, value=now.isoformat()))
                append(tx, [_trouble(ahead, newest, now)])
            return Reconciled(marked=len(wrong), ahead=len(ahead))

    def mark_told(self, told: Sequence[Acknowledged]) -> int:
        """Marks as sent what waits here and is in the ledger; how many that were."""
        with self._writing() as tx:
            states = _states(tx, [one.delivery for one in told])
            waiting = [one for one in told if states.get(one.delivery) in WAITING]
            _mark(tx, waiting)
            return len(waiting)

    def quarantine(self) -> tuple[datetime, int] | None:
        """Since when alerts are held, and how many deliveries that concerns; None when nothing is held."""
        with self._reading() as tx:
            since = _quarantined(tx)
            if since is None:
                return None
            return datetime.fromisoformat(since), _count(tx)

    def release(self, now: datetime, suppress: str = "") -> int:
        """Ends the quarantine; how many deliveries it held. With `suppress`, a reason, these are suppressed, otherwise they go on."""
        with self._writing() as tx:
            if _quarantined(tx) is None:
                return 0
            concerned = _count(tx)
            if suppress:
                ours = select(alert.c.key).where(alert.c.kind != AlertKind.OPERATOR)
                end = {"state": DeliveryState.SUPPRESSED, "next_attempt_at": None, "reason": suppress}
                tx.execute(update(delivery).where(delivery.c.state.in_(WAITING), delivery.c.alert_key.in_(ours)).values(end))
            tx.execute(delete(meta).where(meta.c.key == QUARANTINE))
            what = f"{concerned} held deliveries {'suppressed: ' + suppress if suppress else 'released'}"
            append(tx, [Event(kind=EventKind.WATCH_RECOVERED, subject=SUBJECT, at=now, detail=what)])
            return concerned


def _states(tx: Connection, keys: Sequence[str]) -> dict[str, DeliveryState]:
    found: dict[str, DeliveryState] = {}
    for part in chunks(keys):
        found.update(tx.execute(select(delivery.c.key, delivery.c.state).where(delivery.c.key.in_(part))).all())
    return found


def _mark(tx: Connection, told: Sequence[Acknowledged]) -> None:
    sent = {"state": DeliveryState.SENT, "next_attempt_at": None, "lease_owner": None, "lease_until": None, "reason": BY_THE_LEDGER}
    for one in told:
        tx.execute(update(delivery).where(delivery.c.key == one.delivery).values(sent | {"sent_at": one.at}))


def _count(tx: Connection) -> int:
    """How many deliveries a quarantine concerns."""
    waiting = select(func.count()).select_from(delivery.join(alert)).where(delivery.c.state.in_(WAITING))
    return tx.scalar(waiting.where(alert.c.kind != AlertKind.OPERATOR)) or 0


def _quarantined(tx: Connection) -> str | None:
    return tx.scalar(select(meta.c.value).where(meta.c.key == QUARANTINE))


def _trouble(ahead: Sequence[Acknowledged], newest: datetime | None, now: datetime) -> Event:
    last = f"its last is of {newest:%Y-%m-%d %H:%M:%S} UTC" if newest else "it knows of none"
    detail = (
        f"the sent-ledger knows of {len(ahead)} messages that this database does not ({last}): "
        "an older copy was put back, or a new one made. Alerts are held until `aseanwatch alerts release`"
    )
    return Event(kind=EventKind.WATCH_TROUBLE, subject=SUBJECT, at=now, after="held", detail=detail)
