"""The mistakes that a kill loop must find, each put into a process that is about to run: the program's files are left alone.

They are what other programs do: see docs/decisions/0005-outbox.md. A kill loop that finds nothing wrong with them proves nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import update

from aseanwatch.pipeline import LEASE_SECONDS, Pipeline
from core.alerts import WAITING, Alert, Delivery, DeliveryState, Receipt, ReceiptKind
from core.delivery import Step, next_step
from core.outcomes import Event
from core.sources import Poll, Polling
from store.outbox import Outbox
from store.polls import NOTHING, Polls
from store.tables import delivery as table


def claim_after_send() -> None:
    """The delivery is looked up and sent, and claimed only when there is something to record."""

    def deliver_next(self: Any) -> bool:
        found = _due(self)
        if found is None:
            return False
        receipt = self._send(*found)
        claimed = self._store.claim_delivery(self._owner, self._clock.now(), LEASE_SECONDS)
        if claimed:
            _record(self, claimed[0], receipt)
        return True

    Pipeline.deliver_next = deliver_next  # type: ignore[method-assign]


def mark_before_send() -> None:
    """The delivery is `sent` before it is."""

    def deliver_next(self: Any) -> bool:
        claimed = self._store.claim_delivery(self._owner, self._clock.now(), LEASE_SECONDS)
        if claimed is None:
            return False
        _record(self, claimed[0], Receipt(kind=ReceiptKind.ACCEPTED))
        self._send(*claimed)
        return True

    Pipeline.deliver_next = deliver_next  # type: ignore[method-assign]


def mark_after_send() -> None:
    """The delivery is never claimed: it is sent, and then marked."""

    def deliver_next(self: Any) -> bool:
        found = _due(self)
        if found is None:
            return False
        receipt = self._send(*found)
        if receipt.kind is ReceiptKind.ACCEPTED:
            with self._store._writing() as tx:
                sent = {"state": DeliveryState.SENT, "sent_at": self._clock.now(), "next_attempt_at": None}
                tx.execute(update(table).where(table.c.key == found[0].key).values(sent))
        return bool(receipt.kind is ReceiptKind.ACCEPTED)

    Pipeline.deliver_next = deliver_next  # type: ignore[method-assign]


def doubt_is_due() -> None:
    """What a dead sender left behind is simply sent again, as if it had not been tried."""
    recover = Outbox.recover_leases

    def recovered(self: Outbox, now: Any, *, orphans: bool = False, judge: object = None) -> list[Delivery]:
        return recover(self, now, orphans=orphans, judge=lambda _delivery, _doubt: Step(state=DeliveryState.RETRY, next_attempt_at=now))

    Outbox.recover_leases = recovered  # type: ignore[method-assign,assignment]


def validators_first() -> None:
    """The source's validators are committed, and then the entries that they stand for."""
    record = Polls.record_polls

    def record_polls(self: Polls, polls: Sequence[tuple[Poll, Sequence[Event]]], _: Mapping[str, Polling] = NOTHING) -> list[int]:
        record(self, [(replace(poll, entries=(), renamed=()), ()) for poll, _ in polls])
        return record(self, polls)

    Polls.record_polls = record_polls  # type: ignore[method-assign]


MUTATIONS: dict[str, Callable[[], None]] = {
    one.__name__: one for one in (claim_after_send, mark_before_send, mark_after_send, doubt_is_due, validators_first)
}


def _due(pipeline: Any) -> tuple[Delivery, Alert] | None:
    """The oldest delivery that is due, left as it is."""
    now = pipeline._clock.now()
    for one in reversed(pipeline._store.deliveries(limit=10_000)):
        if one.state in WAITING and one.next_attempt_at <= now:
            return one, pipeline._store.alert(one.alert)[0]
    return None


def _record(pipeline: Any, delivery: Delivery, receipt: Receipt) -> None:
    now = pipeline._clock.now()
    pipeline._store.record_receipt(delivery, receipt, next_step(delivery, receipt, pipeline._on_unknown(delivery.target), now), now)
