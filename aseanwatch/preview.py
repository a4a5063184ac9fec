"""What some routes would have sent: alerts played through the decision that the watch makes, on a clock of their own; nothing is sent.

Digests go at their times, quiet hours and storms are gathered as they would have been. Outages are not played.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aseanwatch.pipeline import take
from aseanwatch.ports import Reader, Store
from aseanwatch.records import Json, headline, iso
from core.alerts import Alert, AlertKind
from core.articles import BASELINE
from core.coverage import meeting_type
from core.routes import NO_ROUTE, QUIET, STORM, Owed, Routing, Traffic, corrected_with, decide

LONGEST_NIGHT = timedelta(hours=26)
"""A storm may be told after the quiet hours that follow it."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that a target would have got, with what it tells and the rule of each piece."""

    target: str
    at: datetime
    digest: str
    """The digest that it is; empty for an alert by itself."""
    told: tuple[tuple[Alert, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would have been sent, in order of time, and what not."""

    messages: tuple[Message, ...]
    dropped: tuple[tuple[Alert, Owed], ...]
    """What a route keeps from a target."""
    untaken: tuple[Alert, ...]
    """What no route takes: with such routes no watch starts."""


def play(alerts: Iterable[Alert], routing: Routing) -> Preview:
    """What `alerts`, in the order of their making, would have become."""
    owed: list[tuple[Alert, Owed]] = []
    for alert in alerts:
        owed += [(alert, one) for one in _decided(alert, routing, owed)]
    return Preview(
        messages=tuple(sorted(_messages(owed), key=lambda one: (one.at, one.target))),
        dropped=tuple((alert, one) for alert, one in owed if one.dropped),
        untaken=tuple({alert.key: alert for alert, one in owed if one.rule.startswith(NO_ROUTE)}.values()),
    )


def _decided(alert: Alert, routing: Routing, owed: Sequence[tuple[Alert, Owed]]) -> Iterator[Owed]:
    now = alert.created_at
    recent = {name: _traffic(name, routing, owed, now) for name in routing.targets}
    if alert.kind is not AlertKind.CORRECTION:
        yield from decide(alert, routing, now, recent)
        return
    before = [one for told, one in owed if told.key == alert.corrects]
    waiting = [(one.target, one.digest, one.not_before) for one in before if one.not_before > now]
    for one in decide(alert, routing, now, recent, only=[one.target for one in before] or routing.targets):
        yield corrected_with(waiting, one)


def _traffic(target: str, routing: Routing, owed: Sequence[tuple[Alert, Owed]], now: datetime) -> Traffic:
    if routing.guard is None:
        return Traffic()
    alerts, until = 0, None
    for alert, one in reversed(owed):
        if alert.created_at < now - routing.guard.window - LONGEST_NIGHT:
            break
        if one.target != target or one.dropped:
            continue
        if one.digest == STORM and one.not_before > now:
            until = max(until or one.not_before, one.not_before)
        if one.digest is None and alert.created_at > now - routing.guard.window:
            alerts += 1
    return Traffic(alerts=alerts, storm_until=until)


def _messages(owed: Sequence[tuple[Alert, Owed]]) -> Iterator[Message]:
    groups: dict[tuple[str, str, datetime], list[tuple[Alert, Owed]]] = {}
    for alert, one in owed:
        if one.digest is not None:
            together = QUIET if one.digest in (QUIET, STORM) else one.digest
            groups.setdefault((one.target, together, one.not_before), []).append((alert, one))
        elif not one.dropped:
            yield Message(target=one.target, at=one.not_before, digest="", told=((alert, one.rule),))
    for (target, _, at), members in groups.items():
        digest = members[0][1].digest or ""
        yield Message(
            target=target, at=at, digest=digest if len(members) > 1 else "", told=tuple((alert, one.rule) for alert, one in members)
        )


def on_record(store: Store, since: datetime) -> list[Alert]:
    """The alerts made from `since` on, in order; those of an older version are completed by what is known of their articles."""
    return [_completed(store, alert) for alert in store.alerts_made(since)]


def _completed(store: Store, alert: Alert) -> Alert:
    if alert.tier:
        return alert
    article, reading = store.article(alert.article), store.reading(alert.article)
    items = []
    for item in alert.news:
        found = store.outcome(item.outcome)
        items.append(replace(item, meeting_type=meeting_type(item.meeting), standing=found[0].standing if found else ""))
    return replace(
        alert,
        news=tuple(items),
        tier=article.tier if article else "",
        country=article.country if article else "",
        language=reading.language if reading else "",
        topics=tuple(topic.code for topic in reading.topics) if reading else (),
    )


def as_if_news(store: Store, keys: Sequence[str], scratch: Store, reader: Reader, step: Callable[[], None]) -> Iterator[Alert]:
    """The alerts that these stored articles would have made, had each been read on its own day; only `scratch` is written to."""
    now = _LONG_AGO
    for key in keys:
        article = store.article(key)
        if article is not None:
            now = article.published or article.first_seen or now
            as_news = replace(article, flags=tuple(flag for flag in article.flags if flag != BASELINE))
            scratch.record_article(None, as_news, now)
            taken = take(scratch, reader, as_news, (), now, max_age=None)
            if taken.alert:
                yield taken.alert
        step()


def records(preview: Preview) -> Iterator[Json]:
    """The preview for programs: a `message` each, what is `dropped`, what no route takes, and the `summary`."""
    for one in preview.messages:
        told = [{"alert": alert.key, "headline": headline(alert), "kind": alert.kind, "rule": rule} for alert, rule in one.told]
        yield {"kind": "message", "at": iso(one.at), "target": one.target, "digest": one.digest, "alerts": told}
    for alert, owed in preview.dropped:
        yield {
            "kind": "dropped",
            "at": iso(alert.created_at),
            "target": owed.target,
            "alert": alert.key,
            "headline": headline(alert),
            "rule": owed.rule,
        }
    for alert in preview.untaken:
        yield {"kind": "untaken", "at": iso(alert.created_at), "alert": alert.key, "headline": headline(alert)}
    yield {
        "kind": "summary",
        "messages": len(preview.messages),
        "alerts": len({alert.key for one in preview.messages for alert, _ in one.told}),
        "dropped": len(preview.dropped),
        "untaken": len(preview.untaken),
        "days": {f"{day} {target}": number for (day, target), number in per_day(preview).items()},
    }


def per_day(preview: Preview) -> dict[tuple[str, str], int]:
    """How many messages each target would have got on each day (UTC), in order."""
    counts: dict[tuple[str, str], int] = {}
    for one in preview.messages:
        key = (f"{one.at.astimezone(UTC):%Y-%m-%d}", one.target)
        counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items()))
