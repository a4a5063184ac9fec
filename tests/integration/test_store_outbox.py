"""Deliveries: claimed before a byte is sent, in order, once; and what becomes of those whose sender died."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from stores import MINUTE, NOW, reading, story, tell

from core.alerts import Delivery, DeliveryState, Receipt, ReceiptKind
from core.delivery import Step
from core.outcomes import EventKind
from store import Store

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
ACCEPTED = Receipt(kind=ReceiptKind.ACCEPTED)
SENT = Step(state=DeliveryState.SENT)
REFUSED = Receipt(kind=ReceiptKind.RETRY, reason="429")


def owe(store: Store, *titles: str, targets: Sequence[str] = ("desk",), now: datetime = NOW) -> None:
    """One alert a title, made one after the other."""
    for title in titles:
        _, alert = tell(store, story(title), reading(story(title), title), targets=targets, now=now)
        assert alert


def claim(store: Store, now: datetime = NOW, owner: str = "me") -> Delivery:
    claimed = store.claim_delivery(owner, now, 60)
    assert claimed, "something is due"
    return claimed[0]


def later(at: datetime, *, repeat: bool = False) -> Step:
    return Step(state=DeliveryState.RETRY, next_attempt_at=at, reason="429", repeat=repeat)


def told(store: Store, delivery: Delivery) -> str:
    found = store.alert(delivery.alert)
    assert found
    return found[0].news[0].title


def states(store: Store) -> list[DeliveryState]:
    return [delivery.state for delivery in store.deliveries()]


def test_a_claimed_delivery_is_leased_and_nobody_elses(store: Store) -> None:
    owe(store, "Communique")
    claimed = store.claim_delivery("worker-1", NOW, 60)
    assert claimed
    delivery, alert = claimed
    assert (delivery.state, delivery.attempt, delivery.lease_owner) == (DeliveryState.SENDING, 1, "worker-1")
    assert (delivery.lease_until, delivery.next_attempt_at, delivery.created_at) == (NOW + MINUTE, None, NOW)
    assert alert.news[0].title == "Communique"
    assert store.deliveries(state="sending") == [delivery]
    assert store.claim_delivery("worker-2", NOW, 60) is None


def test_what_was_accepted_is_sent_and_never_claimed_again(store: Store) -> None:
    owe(store, "Communique")
    delivery = claim(store)
    assert store.record_receipt(delivery, ACCEPTED, SENT, NOW + SECOND)
    [sent] = store.deliveries()
    assert (sent.state, sent.sent_at, sent.lease_owner, sent.lease_until) == (DeliveryState.SENT, NOW + SECOND, None, None)
    [attempt] = store.attempts(sent.key)
    assert (attempt.number, attempt.started_at, attempt.ended_at, attempt.kind, attempt.owner) == (
        1,
        NOW,
        NOW + SECOND,
        ReceiptKind.ACCEPTED,
        "me",
    )
    assert store.claim_delivery("me", NOW + DAY, 60) is None
    assert not store.record_receipt(delivery, ACCEPTED, SENT, NOW + SECOND), "a receipt is recorded once"
    assert len(store.attempts(sent.key)) == 1


def test_what_was_put_off_comes_when_its_time_has_come(store: Store) -> None:
    owe(store, "Communique")
    store.record_receipt(claim(store), REFUSED, later(NOW + 5 * MINUTE), NOW)
    assert store.claim_delivery("me", NOW + 4 * MINUTE, 60) is None
    again = claim(store, NOW + 5 * MINUTE)
    assert (again.attempt, again.reason) == (2, "429")


def test_what_was_refused_for_good_is_dead_and_said_so(store: Store) -> None:
    owe(store, "Communique")
    delivery = claim(store)
    refusal = Step(state=DeliveryState.DEAD, reason="HTTP 404")
    store.record_receipt(delivery, Receipt(kind=ReceiptKind.REJECTED, reason="HTTP 404"), refusal, NOW)
    assert states(store) == [DeliveryState.DEAD]
    event = store.events()[-1]
    assert (event.kind, event.subject, event.before, event.after, event.detail) == (
        EventKind.DELIVERY_DEAD,
        delivery.key,
        "sending",
        "dead",
        "desk: HTTP 404",
    )


def test_what_is_in_doubt_is_held_and_said_so(store: Store) -> None:
    owe(store, "Communique")
    doubt = Receipt(kind=ReceiptKind.UNKNOWN, reason="no answer")
    store.record_receipt(claim(store), doubt, Step(state=DeliveryState.UNKNOWN, reason="no answer"), NOW)
    assert states(store) == [DeliveryState.UNKNOWN]
    assert store.events()[-1].kind is EventKind.DELIVERY_UNKNOWN
    assert store.claim_delivery("me", NOW + DAY, 60) is None


def test_a_doubt_that_the_target_wants_repeated_is_repeated_and_marked(store: Store) -> None:
    owe(store, "Communique")
    doubt = Receipt(kind=ReceiptKind.UNKNOWN, reason="no answer")
    store.record_receipt(claim(store), doubt, later(NOW + MINUTE, repeat=True), NOW)
    assert claim(store, NOW + MINUTE).repeat


@pytest.mark.parametrize("end", [DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.UNKNOWN])
def test_the_mark_of_a_repeat_is_never_taken_off(store: Store, end: DeliveryState) -> None:
    owe(store, "Communique")
    doubt = Receipt(kind=ReceiptKind.UNKNOWN, reason="no answer")
    store.record_receipt(claim(store), doubt, later(NOW, repeat=True), NOW)
    store.record_receipt(claim(store), REFUSED, later(NOW), NOW)
    store.record_receipt(claim(store), REFUSED, Step(state=end, reason="as scripted"), NOW)
    [delivery] = store.deliveries()
    assert (delivery.state, delivery.repeat) == (end, True)


def test_nothing_waits_for_longer_than_a_day_or_without_a_time(store: Store) -> None:
    owe(store, "Communique")
    store.record_receipt(claim(store), REFUSED, later(NOW + 400 * DAY), NOW)
    delivery = claim(store, NOW + DAY)
    store.record_receipt(delivery, REFUSED, Step(state=DeliveryState.RETRY), NOW + DAY)
    assert claim(store, NOW + DAY).attempt == 3


def test_a_clock_that_is_set_back_holds_nothing_up(store: Store) -> None:
    ahead = NOW.replace(year=2036)
    owe(store, "Communique", now=ahead)
    delivery = claim(store)
    assert store.recover_leases(NOW) == []
    store.record_receipt(delivery, REFUSED, later(NOW), NOW)
    store.claim_delivery("dead", ahead, 60)
    assert [found.state for found in store.recover_leases(NOW)] == [DeliveryState.UNKNOWN]


# order


def test_one_target_gets_its_alerts_in_order_and_one_at_a_time(store: Store) -> None:
    owe(store, "first", "second")
    delivery = claim(store)
    assert told(store, delivery) == "first"
    assert store.claim_delivery("other", NOW, 60) is None, "the second waits for the first"
    store.record_receipt(delivery, ACCEPTED, SENT, NOW)
    assert told(store, claim(store)) == "second"


def test_a_target_that_hangs_holds_up_no_other(store: Store) -> None:
    owe(store, "first", "second", targets=["chat", "mail"])
    assert [claim(store).target for _ in range(2)] == ["chat", "mail"]
    assert store.claim_delivery("me", NOW, 60) is None
    mail = store.deliveries(target="mail", state="sending")[0]
    store.record_receipt(mail, ACCEPTED, SENT, NOW)
    assert claim(store).target == "mail"


def test_one_that_is_put_off_lets_later_ones_pass_after_a_minute(store: Store) -> None:
    owe(store, "first", "second")
    store.record_receipt(claim(store), REFUSED, later(NOW + 10 * MINUTE), NOW)
    assert store.claim_delivery("me", NOW + 59 * SECOND, 60) is None, "the order is kept for a minute"
    second = claim(store, NOW + 61 * SECOND)
    assert told(store, second) == "second"
    store.record_receipt(second, ACCEPTED, SENT, NOW + 62 * SECOND)
    assert told(store, claim(store, NOW + 10 * MINUTE)) == "first"


# death of a sender


def test_a_sender_that_dies_leaves_a_doubt_and_never_a_second_message(store: Store) -> None:
    owe(store, "Communique")
    claim(store, owner="dead")
    assert store.recover_leases(NOW + 59 * SECOND) == [], "a live sender is never overtaken"
    [found] = store.recover_leases(NOW + 60 * SECOND)
    assert (found.state, found.attempt, found.lease_owner) == (DeliveryState.UNKNOWN, 1, None)
    assert found.reason
    assert store.recover_leases(NOW + 60 * SECOND) == []
    assert store.claim_delivery("me", NOW + DAY, 60) is None
    [attempt] = store.attempts(found.key)
    assert (attempt.kind, attempt.owner) == (ReceiptKind.UNKNOWN, "dead")
    assert store.events()[-1].kind is EventKind.DELIVERY_UNKNOWN


def test_a_watch_that_is_alone_waits_for_no_lease(store: Store) -> None:
    owe(store, "Communique", targets=["chat", "mail"])
    claim(store, owner="dead")
    assert store.recover_leases(NOW) == []
    [found] = store.recover_leases(NOW, orphans=True)
    assert (found.target, found.state) == ("chat", DeliveryState.UNKNOWN)


def test_a_doubt_is_judged_by_what_the_target_wants(store: Store) -> None:
    owe(store, "Communique")
    claim(store, owner="dead")
    judged: list[Delivery] = []

    def resend(delivery: Delivery, receipt: Receipt) -> Step:
        judged.append(delivery)
        assert receipt.kind is ReceiptKind.UNKNOWN
        return later(NOW + 2 * MINUTE, repeat=True)

    [found] = store.recover_leases(NOW + MINUTE, judge=resend)
    assert [(delivery.target, delivery.attempt, delivery.created_at) for delivery in judged] == [("desk", 1, NOW)]
    assert (found.state, found.next_attempt_at, found.repeat) == (DeliveryState.RETRY, NOW + 2 * MINUTE, True)
    assert claim(store, NOW + 2 * MINUTE).repeat


@pytest.mark.parametrize("late", [ACCEPTED, REFUSED])
def test_whoever_lost_the_lease_changes_nothing_while_another_is_at_it(store: Store, late: Receipt) -> None:
    owe(store, "Communique")
    first = claim(store, owner="slow")
    store.recover_leases(NOW + MINUTE, judge=lambda _delivery, _doubt: later(NOW + MINUTE, repeat=True))
    second = claim(store, NOW + MINUTE, owner="next")
    before, log = store.deliveries(), store.attempts(first.key)

    assert not store.record_receipt(first, late, SENT, NOW + MINUTE)

    assert (store.deliveries(), store.attempts(first.key)) == (before, log), "not a row"
    assert store.record_receipt(second, ACCEPTED, SENT, NOW + MINUTE)


def test_a_sender_that_was_only_slow_may_still_say_that_it_arrived(store: Store) -> None:
    owe(store, "Communique")
    delivery = claim(store, owner="slow")
    store.recover_leases(NOW + MINUTE)
    assert not store.record_receipt(delivery, REFUSED, later(NOW + MINUTE), NOW + MINUTE), "its lease is lost"
    assert states(store) == [DeliveryState.UNKNOWN]
    assert store.record_receipt(delivery, ACCEPTED, SENT, NOW + 2 * MINUTE)
    assert states(store) == [DeliveryState.SENT]
    assert [attempt.kind for attempt in store.attempts(delivery.key)] == [ReceiptKind.UNKNOWN, ReceiptKind.ACCEPTED]


def test_whoever_lost_the_lease_says_nothing_for_its_successor(store: Store) -> None:
    owe(store, "Communique")
    first = claim(store, owner="first")
    store.recover_leases(NOW + MINUTE)
    assert store.retry_delivery(first.key, NOW + MINUTE)
    second = claim(store, NOW + MINUTE, owner="second")
    assert not store.record_receipt(first, ACCEPTED, SENT, NOW + MINUTE)
    assert not store.record_receipt(replace(second, lease_owner="first"), ACCEPTED, SENT, NOW + MINUTE)
    assert store.record_receipt(second, ACCEPTED, SENT, NOW + MINUTE)


# by hand


def test_a_dead_delivery_is_tried_again_under_the_same_key(store: Store) -> None:
    owe(store, "Communique")
    dead = claim(store)
    store.record_receipt(dead, Receipt(kind=ReceiptKind.REJECTED), Step(state=DeliveryState.DEAD, reason="gone"), NOW)
    assert store.retry_delivery(dead.key, NOW + DAY)
    again = claim(store, NOW + DAY)
    assert (again.key, again.attempt, again.repeat) == (dead.key, 2, False)
    assert not store.retry_delivery(dead.key, NOW + DAY), "it is under way"
    assert not store.retry_delivery("no such delivery", NOW)
    event = store.events(subject=dead.key)[-1]
    assert (event.kind, event.before, event.after) == (EventKind.DELIVERY_BY_HAND, "dead", "pending")


def test_a_doubtful_delivery_that_is_tried_again_is_marked(store: Store) -> None:
    owe(store, "Communique")
    doubtful = claim(store)
    store.recover_leases(NOW + MINUTE)
    assert store.retry_delivery(doubtful.key, NOW + MINUTE)
    assert claim(store, NOW + MINUTE).repeat


def test_a_delivery_is_dismissed_with_a_reason_but_not_once_it_is_sent(store: Store) -> None:
    owe(store, "first", "second")
    first = claim(store)
    assert not store.dismiss_delivery(first.key, NOW, "old news"), "it is under way"
    store.record_receipt(first, ACCEPTED, SENT, NOW)
    assert not store.dismiss_delivery(first.key, NOW, "old news")
    second = store.deliveries(state="pending")[0]
    assert store.dismiss_delivery(second.key, NOW, "old news")
    assert store.claim_delivery("me", NOW + DAY, 60) is None
    [dismissed] = store.deliveries(state="suppressed")
    assert (dismissed.key, dismissed.reason) == (second.key, "old news")
    assert store.retry_delivery(second.key, NOW)
    assert claim(store).key == second.key


@pytest.mark.parametrize("seconds", [0, -1, 3601, float("inf")])
def test_a_lease_of_no_sensible_length_is_refused(store: Store, seconds: float) -> None:
    with pytest.raises(ValueError, match="a lease of"):
        store.claim_delivery("me", NOW, seconds)
