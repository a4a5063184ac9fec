"""What becomes of a delivery after an attempt."""

import re
from datetime import timedelta

import pytest
from checkout import ROOT
from owed import AT, a_delivery

from core.alerts import DeliveryState, Receipt, ReceiptKind
from core.delivery import LONGEST_PAUSE, OnUnknown, next_step, pause


def step(kind, *, on_unknown=OnUnknown.HOLD, now=AT, retry_after=None, **delivery):
    return next_step(a_delivery(**delivery), Receipt(kind=kind, reason="why", retry_after=retry_after), on_unknown, now)


def test_accepted_is_sent_and_rejected_is_dead_with_its_reason():
    assert step(ReceiptKind.ACCEPTED).state is DeliveryState.SENT
    dead = step(ReceiptKind.REJECTED)
    assert (dead.state, dead.reason, dead.next_attempt_at) == (DeliveryState.DEAD, "why", None)


@pytest.mark.parametrize("kind", [ReceiptKind.RETRY, ReceiptKind.NOT_SENT])
def test_what_may_work_later_waits_twice_as_long_each_time_up_to_a_quarter_of_an_hour(kind):
    waits = [(step(kind, attempt=n).next_attempt_at - AT).total_seconds() for n in range(1, 15)]
    for n, seconds in enumerate(waits):
        whole = min(5 * 2**n, 900)
        assert whole / 2 <= seconds <= whole


def test_the_pause_is_the_same_for_the_same_attempt_and_differs_between_deliveries():
    pauses = {pause(a_delivery(key=str(n), attempt=6)) for n in range(50)}
    assert len(pauses) > 40
    assert pause(a_delivery(attempt=6)) == pause(a_delivery(attempt=6))
    assert pause(a_delivery(attempt=10**9)) <= LONGEST_PAUSE


def test_the_pause_that_the_receiver_asks_for_is_kept():
    assert step(ReceiptKind.RETRY, retry_after=3600.0).next_attempt_at == AT + timedelta(hours=1)
    assert step(ReceiptKind.RETRY, retry_after=0.1).next_attempt_at >= AT + timedelta(seconds=2.5)


def test_a_day_after_it_was_made_it_is_given_up():
    before = step(ReceiptKind.NOT_SENT, now=AT + timedelta(hours=23, minutes=59), attempt=100)
    after = step(ReceiptKind.NOT_SENT, now=AT + timedelta(hours=24), attempt=100)
    assert before.state is DeliveryState.RETRY
    assert (after.state, after.reason) == (DeliveryState.DEAD, "given up after 24 h: why")


def test_a_receiver_that_drops_repeats_gets_it_again_unmarked_until_it_is_given_up():
    again = step(ReceiptKind.UNKNOWN, on_unknown=OnUnknown.REPEAT)
    assert (again.state, again.repeat) == (DeliveryState.RETRY, False)
    third = step(ReceiptKind.UNKNOWN, on_unknown=OnUnknown.REPEAT, attempt=3)
    assert third.state is DeliveryState.RETRY
    late = step(ReceiptKind.UNKNOWN, on_unknown=OnUnknown.REPEAT, now=AT + timedelta(hours=24))
    assert (late.state, late.next_attempt_at) == (DeliveryState.UNKNOWN, None)


def test_a_doubt_is_held_unless_the_target_wants_it_again():
    held = step(ReceiptKind.UNKNOWN)
    assert (held.state, held.next_attempt_at, held.repeat) == (DeliveryState.UNKNOWN, None, False)

    again = step(ReceiptKind.UNKNOWN, on_unknown=OnUnknown.RESEND)
    assert (again.state, again.repeat) == (DeliveryState.RETRY, True)
    assert again.next_attempt_at > AT


def test_a_repeat_waits_while_it_is_refused_and_is_held_at_the_second_doubt():
    assert step(ReceiptKind.RETRY, on_unknown=OnUnknown.RESEND, repeat=True).state is DeliveryState.RETRY

    doubted = step(ReceiptKind.UNKNOWN, on_unknown=OnUnknown.RESEND, repeat=True)
    assert doubted.state is DeliveryState.UNKNOWN


@pytest.mark.parametrize("kind", list(ReceiptKind))
@pytest.mark.parametrize("on_unknown", list(OnUnknown))
def test_nothing_waits_without_a_time_and_nothing_settled_has_one(kind, on_unknown):
    result = step(kind, on_unknown=on_unknown)
    assert (result.state is DeliveryState.RETRY) == (result.next_attempt_at is not None)


def test_the_published_contract_names_every_state_and_every_way_to_treat_a_doubt():
    page = (ROOT / "docs" / "reference" / "delivery.md").read_text("utf-8")
    states = page.partition("## States")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", states, re.MULTILINE) == [state.value for state in DeliveryState]
    promises = page.partition("## The promises")[2].partition("\n## ")[0]
    assert {one.value for one in OnUnknown} == set(re.findall(r"\| `(\w+)`", promises)) - {"on_unknown"}
