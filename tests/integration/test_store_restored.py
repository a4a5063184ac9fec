"""A database that is an older copy: the sent-ledger marks what was sent, and holds the rest until a person releases it."""

from dataclasses import replace
from datetime import timedelta

from stores import MINUTE, NOW, reading, story, tell

from core.alerts import Alert, AlertKind, Delivery, DeliveryState, Receipt, ReceiptKind
from core.delivery import Acknowledged, Step
from core.outcomes import EventKind
from store import Store
from store.owed import owe_plainly

DAY = timedelta(days=1)


def made(store: Store, name: str) -> Delivery:
    """An alert that is owed to the desk."""
    _, alert = tell(store, story(name), reading(story(name), name))
    assert alert
    return next(one for one in store.deliveries() if one.alert == alert.key)


def operator_message(store: Store) -> str:
    message = Alert(
        key="operator-1", article="", url="", headline="", publisher="", published=None, news=(), created_at=NOW, kind=AlertKind.OPERATOR
    )
    with store._writing() as tx:
        owe_plainly(tx, message, ["desk"], "operator", NOW)
    return message.key


def sends(store: Store) -> Delivery | None:
    claimed = store.claim_delivery("me", NOW, 60)
    if claimed:
        store.record_receipt(claimed[0], Receipt(kind=ReceiptKind.ACCEPTED), Step(state=DeliveryState.SENT), NOW)
    return claimed[0] if claimed else None


def noted(delivery: Delivery, minutes: float = 0) -> Acknowledged:
    return Acknowledged(delivery=delivery.key, alert=delivery.alert, target=delivery.target, at=NOW + minutes * MINUTE)


STRANGER = Acknowledged(delivery="a delivery of today", alert="an alert of today", target="desk", at=NOW + DAY)


def test_a_database_that_agrees_with_the_ledger_is_left_alone(store: Store) -> None:
    made(store, "first")
    sent = sends(store)
    assert sent
    events = store.last_event()

    found = store.reconcile(store.acknowledged(100), NOW + DAY)

    assert (found.marked, found.ahead) == (0, 0)
    assert store.acknowledged(100) == [noted(sent)]
    assert store.quarantine() is None
    assert store.last_event() == events


def test_what_the_older_copy_thinks_is_waiting_is_marked_as_sent_and_begins_a_quarantine(store: Store) -> None:
    delivery = made(store, "first")

    found = store.reconcile([noted(delivery, 5)], NOW + DAY)

    assert (found.marked, found.ahead) == (1, 1)
    [sent] = store.deliveries()
    assert (sent.state, sent.sent_at, sent.next_attempt_at) == (DeliveryState.SENT, NOW + 5 * MINUTE, None)
    assert "ledger" in sent.reason
    assert store.quarantine() == (NOW + DAY, 0)


def test_what_a_crash_left_in_doubt_is_marked_as_sent_and_begins_none(store: Store) -> None:
    delivery = made(store, "first")
    store.claim_delivery("dead", NOW, 60)
    store.recover_leases(NOW, orphans=True)

    found = store.reconcile([noted(delivery, 1)], NOW + MINUTE)

    assert (found.marked, found.ahead) == (1, 0)
    assert [one.state for one in store.deliveries()] == [DeliveryState.SENT]
    assert store.quarantine() is None


def test_a_ledger_with_old_lines_that_the_database_has_dropped_begins_none(store: Store) -> None:
    made(store, "first")
    sends(store)
    assert store.reconcile([replace(STRANGER, at=NOW - DAY)], NOW).ahead == 0
    assert store.quarantine() is None


def test_a_new_database_beside_an_old_ledger_begins_one(store: Store) -> None:
    assert store.reconcile([STRANGER], NOW + DAY).ahead == 1
    assert store.quarantine() == (NOW + DAY, 0)


def test_in_a_quarantine_alerts_are_made_and_held_and_the_operator_is_told(store: Store) -> None:
    store.reconcile([STRANGER], NOW)
    store.reconcile([STRANGER], NOW)
    made(store, "first")
    message = operator_message(store)

    sent = sends(store)

    assert sent
    assert sent.alert == message
    assert sends(store) is None
    assert store.quarantine() == (NOW, 1)
    told = [event for event in store.events() if event.kind is EventKind.WATCH_TROUBLE]
    assert [(event.subject, event.after) for event in told] == [("restore", "held")], "once"
    assert "alerts release" in told[0].detail


def test_released_deliveries_are_due(store: Store) -> None:
    store.reconcile([STRANGER], NOW)
    delivery = made(store, "first")

    assert store.release(NOW) == 1

    assert store.quarantine() is None
    sent = sends(store)
    assert sent
    assert sent.key == delivery.key
    assert store.events()[-1].kind is EventKind.WATCH_RECOVERED
    assert store.release(NOW) == 0


def test_or_they_are_suppressed_with_the_reason(store: Store) -> None:
    store.reconcile([STRANGER], NOW)
    made(store, "first")
    message = operator_message(store)

    assert store.release(NOW, "told before") == 1

    assert {one.alert == message: (one.state, one.reason) for one in store.deliveries()} == {
        True: (DeliveryState.PENDING, ""),
        False: (DeliveryState.SUPPRESSED, "told before"),
    }


def test_what_the_ledger_knows_of_what_is_held_is_marked_before_the_release(store: Store) -> None:
    store.reconcile([STRANGER], NOW)
    again, fresh = made(store, "first"), made(store, "second")

    assert store.mark_told([noted(again), STRANGER]) == 1

    assert store.release(NOW) == 1
    sent = sends(store)
    assert sent
    assert sent.key == fresh.key
    assert sends(store) is None
