"""Any course of claims, receipts, deaths, retries and clock steps keeps the promises of the outbox."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from stores import NOW, reading, story, tell

from core.alerts import WAITING, Delivery, DeliveryState, Receipt, ReceiptKind
from core.delivery import OnUnknown, next_step
from core.outcomes import EventKind
from store import open_store

LEASE = 60
BLIND = (OnUnknown.HOLD, OnUnknown.RESEND)
"""What a receiver that does not know repeats may ask for."""
TARGETS = ("chat", "mail")
SETTLED = tuple(state for state in DeliveryState if state not in (*WAITING, DeliveryState.SENDING))


class OutboxMachine(RuleBasedStateMachine):
    """What reached the receivers is counted apart from what the store believes."""

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store("sqlite://", now=NOW)
        self.now = NOW
        self.alerts = 0
        self.arrived: dict[str, int] = {}
        self.retried: set[str] = set()
        self.claimed: dict[str, int] = {}

    def teardown(self) -> None:
        self.store.close()

    @rule()
    def alert(self) -> None:
        """Something happens in the world."""
        self.alerts += 1
        name = f"story {self.alerts}"
        assert tell(self.store, story(name), reading(story(name), name), targets=TARGETS, now=self.now)[1]

    @rule(target=claims, owner=st.sampled_from("ab"))
    def claim(self, owner: str) -> Delivery | None:
        """A worker takes a delivery."""
        claimed = self.store.claim_delivery(owner, self.now, LEASE)
        if claimed is None:
            return None
        delivery = claimed[0]
        self.claimed[delivery.key] = self.claimed.get(delivery.key, 0) + 1
        assert delivery.attempt == self.claimed[delivery.key]
        return delivery

    @rule(
        delivery=consumes(claims),
        kind=st.sampled_from(ReceiptKind),
        on_unknown=st.sampled_from(BLIND),
        seconds=st.integers(0, 90),
    )
    def send(self, delivery: Delivery | None, kind: ReceiptKind, on_unknown: OnUnknown, seconds: int) -> None:
        """The worker sends, and says what came of it; perhaps too late."""
        if delivery is None:
            return
        if kind in (ReceiptKind.ACCEPTED, ReceiptKind.UNKNOWN):
            self.arrived[delivery.key] = self.arrived.get(delivery.key, 0) + 1
        self.now += timedelta(seconds=seconds)
        receipt = Receipt(kind=kind, reason="as scripted")
        self.store.record_receipt(delivery, receipt, next_step(delivery, receipt, on_unknown, self.now), self.now)

    @rule(delivery=consumes(claims), arrived=st.booleans())
    def die(self, delivery: Delivery | None, arrived: bool) -> None:
        """The worker dies, before or after its message arrived."""
        if delivery and arrived:
            self.arrived[delivery.key] = self.arrived.get(delivery.key, 0) + 1

    @rule()
    def recover(self) -> None:
        """The minute's look at what dead workers left."""
        for found in self.store.recover_leases(self.now):
            assert found.state is DeliveryState.UNKNOWN

    @rule(minutes=st.sampled_from([1, 20, 60 * 25, -30]))
    def pass_time(self, minutes: int) -> None:
        """The clock goes on, or is set back."""
        self.now += timedelta(minutes=minutes)

    @rule(index=st.integers(0, 5))
    def retry_by_hand(self, index: int) -> None:
        """The operator wants one tried again."""
        known = self.store.deliveries()
        if index < len(known) and self.store.retry_delivery(known[index].key, self.now):
            self.retried.add(known[index].key)
            assert known[index].state in SETTLED
            assert known[index].state is not DeliveryState.SENT

    @invariant()
    def promises(self) -> None:
        """What must be true at any moment."""
        deliveries = self.store.deliveries()
        assert len(deliveries) == self.alerts * len(TARGETS)
        for delivery in deliveries:
            self.promise(delivery)
        for target in TARGETS:
            assert len([one for one in deliveries if one.target == target and one.state is DeliveryState.SENDING]) <= 1
        doubts = [event.subject for event in self.store.events() if event.kind is EventKind.DELIVERY_UNKNOWN]
        assert {one.key for one in deliveries if one.state is DeliveryState.UNKNOWN} <= set(doubts)

    def promise(self, delivery: Delivery) -> None:
        """What must be true of one delivery."""
        waiting, sending = delivery.state in WAITING, delivery.state is DeliveryState.SENDING
        assert (delivery.next_attempt_at is not None) is waiting
        assert (delivery.lease_until is not None) is (delivery.lease_owner is not None) is sending
        assert (delivery.sent_at is not None) is (delivery.state is DeliveryState.SENT)
        assert delivery.attempt == self.claimed.get(delivery.key, 0)
        assert len({attempt.number for attempt in self.store.attempts(delivery.key)}) == delivery.attempt - sending
        if delivery.key not in self.retried:
            assert self.arrived.get(delivery.key, 0) <= 1 + delivery.repeat, "never twice by us, unless it is marked"
        if delivery.key not in self.retried:
            assert (delivery.state is DeliveryState.RETRY) is (waiting and delivery.attempt > 0), "who waits after an attempt is `retry`"


OutboxMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestOutbox = OutboxMachine.TestCase
