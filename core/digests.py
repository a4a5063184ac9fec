"""Digests: which deliveries are gathered into one message, and what that message is. Pure.

What waits for a digest whose time has come is gathered by target and digest; what waited through quiet hours and what a storm held
back go together. What has waited for six hours to be sent at once (the receiver was down, or we were) goes in one message too; one
that was made for that and could not be sent either is taken up into the next for twelve hours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.alerts import Alert, AlertKind, Delivery, DigestPart
from core.keys import derived
from core.routes import QUIET, STORM

LATE = "late"
"""The digest of what could not be sent in time."""
LATE_AFTER = timedelta(hours=6)
TAKEN_UP_FOR = timedelta(hours=12)
_WHY = {QUIET: "gathered in quiet hours", STORM: "more than one by one", LATE: "late: they could not be sent in time"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Deliveries to one target, oldest first, that go in one message; a single one goes as it is."""

    target: str
    digest: str
    members: tuple[tuple[Delivery, Alert], ...]


def rule(digest: str) -> str:
    """By which rule a digest's own delivery is owed."""
    return f"digest: {digest}"


def may_be_late(delivery: Delivery, alert: Alert, now: datetime) -> bool:
    """Whether a delivery that waits to be sent at once is to be gathered. One that may have arrived stays what it is."""
    if delivery.digest is not None or delivery.repeat or delivery.created_at is None:
        return False
    if alert.kind is AlertKind.DIGEST:
        return delivery.rule == rule(LATE) and now - delivery.created_at < TAKEN_UP_FOR
    return alert.kind is not AlertKind.OPERATOR and now - delivery.created_at >= LATE_AFTER


def gather(waiting: Iterable[tuple[Delivery, Alert]], now: datetime) -> tuple[Gathered, ...]:
    """What is to be gathered of `waiting` (in the order of their making): what waits for a digest that is due, and what is late."""
    groups: dict[tuple[str, str], list[tuple[Delivery, Alert]]] = {}
    for delivery, alert in waiting:
        if delivery.digest is not None:
            together = QUIET if delivery.digest in (QUIET, STORM) else delivery.digest
            groups.setdefault((delivery.target, together), []).append((delivery, alert))
        elif may_be_late(delivery, alert, now):
            groups.setdefault((delivery.target, LATE), []).append((delivery, alert))
    for members in groups.values():
        members.sort(key=lambda member: member[1].kind is not AlertKind.DIGEST)  # what was taken up before is older than all the rest
    found = (Gathered(target=target, digest=_name(digest, members), members=tuple(members)) for (target, digest), members in groups.items())
    return tuple(one for one in found if one.digest != LATE or len(one.members) > 1)


def _name(digest: str, members: Sequence[tuple[Delivery, Alert]]) -> str:
    """The name of a digest of quiet hours or of a storm is that of its first member."""
    return members[0][0].digest or digest


def make_digest(gathered: Gathered, now: datetime) -> Alert:
    """The message that lists all that was gathered, each alert once; what a member lists itself takes its place."""
    parts = {part.alert: part for _, alert in gathered.members for part in _parts(alert)}
    return Alert(
        key=derived("digest", gathered.target, gathered.digest, now.isoformat(), *parts),
        article="",
        url="",
        headline=f"{len(parts)} alerts, {_why(gathered.digest)}",
        publisher="",
        published=None,
        news=(),
        created_at=now,
        kind=AlertKind.DIGEST,
        parts=tuple(parts.values()),
    )


def _parts(alert: Alert) -> tuple[DigestPart, ...]:
    if alert.kind is AlertKind.DIGEST:
        return alert.parts
    return (
        DigestPart(
            alert=alert.key,
            kind=alert.kind,
            url=alert.url,
            headline=alert.headline,
            publisher=alert.publisher,
            published=alert.published,
            news=alert.news,
        ),
    )


def _why(digest: str) -> str:
    return _WHY.get(digest, f"gathered by route {digest}")
