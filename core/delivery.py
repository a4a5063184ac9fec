"""What happens to a delivery after an attempt: sent, tried again later, held or given up. Pure.

receipt    -> state
accepted   -> sent
rejected   -> dead
retry      -> retry after a pause (the receiver's own, where it named one); dead a day after it was made
not_sent   -> the same
unknown    -> unknown (held); or, where the target says `resend`, retry, once and marked as a repeat;
              or, where it says `repeat`, retry, as often as it takes, for the receiver drops what it has

docs/reference/delivery.md is the contract that this keeps.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.alerts import Delivery, DeliveryState, Receipt, ReceiptKind
from core.keys import digest

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=24)


class OnUnknown(StrEnum):
    """What a target wants done when nobody knows whether a message arrived."""

    HOLD = "hold"
    """Never twice: it is kept as `unknown` and shown."""
    RESEND = "resend"
    """Never lost: it is sent once more, marked as a possible repeat; a second doubt is held."""
    REPEAT = "repeat"
    """Exactly once, by a receiver that drops what it has: it is sent again with the same key, unmarked, until it is known to be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a delivery stands after an attempt; `next_attempt_at` is set exactly when `state` is retry."""

    state: DeliveryState
    next_attempt_at: datetime | None = None
    reason: str = ""
    """Why, in words without secrets; empty for a delivery that was sent and acknowledged."""
    repeat: bool = False
    """What is sent from here on may be a second copy and must say so; the mark (`Delivery.repeat`) is never taken off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A message that its receiver has acknowledged, as the sent-ledger keeps it: keys of delivery and alert, name of the target."""

    delivery: str
    alert: str
    target: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What came of holding a database against the sent-ledger."""

    marked: int
    """Deliveries that the ledger knew to be sent and the database did not."""
    ahead: int
    """Messages of which an older copy of a database knows nothing; more than none: alerts are held."""


def next_step(delivery: Delivery, receipt: Receipt, on_unknown: OnUnknown, now: datetime, give_up_after: timedelta = GIVE_UP_AFTER) -> Step:
    """What becomes of `delivery` after the attempt (number `delivery.attempt`, from 1) that gave `receipt`.

    `give_up_after` counts from the delivery's making.
    """
    match receipt.kind:
        case ReceiptKind.ACCEPTED:
            return Step(state=DeliveryState.SENT)
        case ReceiptKind.REJECTED:
            return Step(state=DeliveryState.DEAD, reason=receipt.reason)
        case ReceiptKind.UNKNOWN:
            return _after_doubt(delivery, receipt, on_unknown, now, give_up_after)
        case ReceiptKind.RETRY | ReceiptKind.NOT_SENT:
            return _after_refusal(delivery, receipt, now, give_up_after)


def _after_doubt(delivery: Delivery, receipt: Receipt, on_unknown: OnUnknown, now: datetime, give_up_after: timedelta) -> Step:
    again = now + pause(delivery)
    if on_unknown is OnUnknown.RESEND and not delivery.repeat:
        return Step(state=DeliveryState.RETRY, next_attempt_at=again, reason=receipt.reason, repeat=True)
    if on_unknown is OnUnknown.REPEAT and not _too_old(delivery, now, give_up_after):
        return Step(state=DeliveryState.RETRY, next_attempt_at=again, reason=receipt.reason)
    return Step(state=DeliveryState.UNKNOWN, reason=receipt.reason)


def _after_refusal(delivery: Delivery, receipt: Receipt, now: datetime, give_up_after: timedelta) -> Step:
    if _too_old(delivery, now, give_up_after):
        hours = give_up_after.total_seconds() / 3600
        return Step(state=DeliveryState.DEAD, reason=f"given up after {hours:g} h: {receipt.reason}")
    at = now + max(pause(delivery), timedelta(seconds=receipt.retry_after or 0))
    return Step(state=DeliveryState.RETRY, next_attempt_at=at, reason=receipt.reason)


def _too_old(delivery: Delivery, now: datetime, give_up_after: timedelta) -> bool:
    return delivery.created_at is not None and now - delivery.created_at >= give_up_after


def pause(delivery: Delivery) -> timedelta:
    """How long to wait after attempt `delivery.attempt`: 5 s doubled each time, up to 15 min, less up to half of it.

    The jitter comes from the delivery's key and the attempt, so that deliveries spread and a test knows the figure.
    """
    doublings = min(max(delivery.attempt - 1, 0), 16)
    whole = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    share = int(digest(delivery.key, str(delivery.attempt))[:8], 16) / 0xFFFFFFFF
    return whole * (1 - share / 2)
