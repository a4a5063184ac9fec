"""Corrections: who was told what is no longer supported, and is owed one message that says so.

Once for each outcome and alert, whatever is decided and however often a text goes back and forth: a primary key says so.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from core.alerts import Alert, make_corrections
from core.articles import Article
from core.outcomes import Changes, Event, EventKind
from core.routes import Routing
from store.owed import owe_correction, put_alert
from store.tables import alert, alert_correction, alert_outcome


def correct(tx: Connection, read: Article, changes: Changes, routing: Routing, now: datetime) -> list[Event]:
    """Records the corrections that `changes` call for, each owed to the targets of the alert that it corrects; the events that say so."""
    events = []
    records = {one.key: one for one in changes.outcomes}
    uncorrected = _uncorrected(tx, [one.outcome for one in changes.corrections])
    for original, keys in uncorrected.items():
        made = make_corrections(read, _alert(tx, original), [one for one in changes.corrections if one.outcome in keys], records, now)
        put_alert(tx, made)
        rows = [{"outcome_key": key, "alert_key": original, "correction_key": made.key} for key in keys]
        tx.execute(insert(alert_correction), rows)
        titles = "; ".join(item.title for item in made.news)
        events.append(Event(kind=EventKind.ALERT_MADE, subject=made.key, at=now, article=read.key, detail=f"correction: {titles}"))
        events += owe_correction(tx, made, routing, now)
    return events


def _uncorrected(tx: Connection, keys: Sequence[str]) -> dict[str, list[str]]:
    """Alert -> the outcomes among `keys` that it told and that no correction has taken back; alerts in the order of their making."""
    told = select(alert_outcome.c.alert_key, alert_outcome.c.outcome_key).join(alert).where(alert_outcome.c.outcome_key.in_(keys))
    done = select(alert_correction.c.alert_key).where(
        alert_correction.c.alert_key == alert_outcome.c.alert_key, alert_correction.c.outcome_key == alert_outcome.c.outcome_key
    )
    found: dict[str, list[str]] = {}
    rows = tx.execute(told.where(~done.exists()).order_by(alert.c.created_at, alert.c.key, alert_outcome.c.outcome_key)) if keys else ()
    for row in rows:
        if row.outcome_key not in found.setdefault(row.alert_key, []):
            found[row.alert_key].append(row.outcome_key)
    return found


def _alert(tx: Connection, key: str) -> Alert:
    made: Alert = tx.scalars(select(alert.c.payload).where(alert.c.key == key)).one()
    return made
