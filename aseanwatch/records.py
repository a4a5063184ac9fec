"""The register's nouns as JSON objects: what `replay`, `outcomes` and `alerts` write for programs."""

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING

from aseanwatch.contract import meeting_json, span_json
from core.alerts import Alert, AlertKind, Attempt, Delivery
from core.expected import Deadline
from core.outcomes import Event, Outcome, Resolved, Values
from core.review import Review
from core.sources import Polling, Source

if TYPE_CHECKING:
    from ingest.catalogue import Listing

Json = dict[str, object]


def iso(at: datetime | None) -> str | None:
    """`at` as ISO 8601 with offset, or None."""
    return at.isoformat() if at else None


def outcome_json(outcome: Outcome) -> Json:
    """The register's record, without its index terms."""
    return {
        "key": outcome.key,
        "type": outcome.type,
        "status": outcome.status,
        "level": outcome.level,
        "title": outcome.title,
        "titles": list(outcome.titles),
        "parties": list(outcome.parties),
        "meeting": meeting_json(outcome.meeting),
        "first_seen": iso(outcome.first_seen),
        "last_seen": iso(outcome.last_seen),
        "done_at": iso(outcome.done_at),
        "alerted_at": iso(outcome.alerted_at),
        "overdue_at": iso(outcome.overdue_at),
        "articles": outcome.articles,
        "conflicts": list(outcome.conflicts),
        "origins": list(outcome.origins),
        "authority": outcome.authority,
        "standing": outcome.standing,
        "reviewed": reviewed_json(outcome),
    }


def reviewed_json(outcome: Outcome) -> Json | None:
    """Who reviewed an outcome last and when, and what the reports say where a reviewer said otherwise; None when nobody did."""
    said = outcome.reviewed
    if said.at is None:
        return None
    return {"by": said.by, "at": iso(said.at), "apart": list(said.apart), "computed": values_json(outcome.computed)}


def values_json(values: Values) -> Json:
    """What is said by these values, without what they leave open."""
    found = {one.name: getattr(values, one.name) for one in fields(Values) if getattr(values, one.name) is not None}
    return found | ({"meeting": meeting_json(values.meeting)} if values.meeting else {})


def review_json(review: Review, stands: bool) -> Json:
    """One action of a reviewer, and whether it stands."""
    return {
        "number": review.number,
        "at": iso(review.at),
        "by": review.by,
        "action": review.action,
        "outcome": review.outcome,
        "other": review.other,
        "articles": list(review.articles),
        "edits": values_json(review.edits),
        "reason": review.reason,
        "undoes": review.undoes,
        "stands": stands,
    }


def deadline_json(deadline: Deadline | None) -> Json:
    """By which day an outcome should come and on whose word; null for one for which nobody waits."""
    if deadline is None:
        return {"expected_by": None, "expected_why": None, "expected_in": None}
    return {"expected_by": deadline.by.isoformat(), "expected_why": deadline.why, "expected_in": deadline.article}


def sighting_json(resolved: Resolved) -> Json:
    """One article's report of an outcome, with its proof and why it was joined to the outcome."""
    reported = resolved.reported
    sighting = reported.sighting
    credit = sighting.origin.evidence if sighting.origin else None
    return {
        "article": reported.article,
        "publisher": reported.publisher,
        "published": iso(reported.published),
        "origin": reported.origin,
        "authority": reported.authority,
        "status": sighting.status,
        "title": sighting.title,
        "evidence": span_json(sighting.evidence.span),
        "sentence": span_json(sighting.sentence),
        "credit": span_json(credit.span) if credit else None,
        "speaker": span_json(sighting.speaker) if sighting.speaker else None,
        "why": resolved.why,
        "applied": resolved.applied,
    }


def event_json(event: Event) -> Json:
    """An event, whole."""
    return {
        "sequence": event.sequence,
        "kind": event.kind,
        "subject": event.subject,
        "at": iso(event.at),
        "before": event.before,
        "after": event.after,
        "article": event.article,
        "detail": event.detail,
    }


def headline(alert: Alert) -> str:
    """One line for people: the article's headline, or what is new where it has none."""
    mark = "[correction] " if alert.kind is AlertKind.CORRECTION else ""
    return mark + (alert.headline or "; ".join(item.title for item in alert.news))


def alert_json(alert: Alert) -> Json:
    """An alert: what it says, and about which article."""
    return {
        "key": alert.key,
        "kind": alert.kind,
        "tier": alert.tier,
        "country": alert.country,
        "language": alert.language,
        "topics": list(alert.topics),
        "parts": [part.alert for part in alert.parts],
        "notes": list(alert.notes),
        "corrects": alert.corrects,
        "article": alert.article,
        "url": alert.url,
        "headline": alert.headline,
        "publisher": alert.publisher,
        "published": iso(alert.published),
        "created_at": iso(alert.created_at),
        "news": [
            {
                "outcome": item.outcome,
                "type": item.type,
                "status": item.status,
                "previous_status": item.previous_status,
                "level": item.level,
                "title": item.title,
                "parties": list(item.parties),
                "meeting": item.meeting,
                "standing": item.standing,
                "sentence": item.sentence,
                "evidence": item.evidence,
                "says_now": item.says_now,
            }
            for item in alert.news
        ],
    }


def delivery_json(delivery: Delivery, attempts: list[Attempt]) -> Json:
    """A delivery and every attempt at it."""
    return {
        "key": delivery.key,
        "alert": delivery.alert,
        "target": delivery.target,
        "state": delivery.state,
        "attempt": delivery.attempt,
        "next_attempt_at": iso(delivery.next_attempt_at),
        "sent_at": iso(delivery.sent_at),
        "reason": delivery.reason,
        "repeat": delivery.repeat,
        "rule": delivery.rule,
        "digest": delivery.digest,
        "listed_in": delivery.listed_in,
        "attempts": [
            {"started_at": iso(one.started_at), "ended_at": iso(one.ended_at), "kind": one.kind, "reason": one.reason} for one in attempts
        ],
    }


def source_json(source: Source, polling: Polling, status: str, entries: int) -> Json:
    """A source and what we learned about it."""
    return {
        "id": source.id,
        "url": source.url,
        "publisher": source.publisher,
        "kind": source.kind,
        "country": source.country,
        "language": source.language,
        "tier": source.tier,
        "interval_seconds": source.interval.total_seconds(),
        "enabled": source.enabled,
        "status": status,
        "reason": polling.reason,
        "detail": polling.detail,
        "failures": polling.failures,
        "last_poll_at": iso(polling.last_poll_at),
        "last_success_at": iso(polling.last_success_at),
        "next_poll_at": iso(polling.next_poll_at),
        "entries": entries,
    }


def listed_json(listing: "Listing") -> Json:
    """What the catalogue says of a source for people."""
    from ingest.catalogue import OFF

    return {
        "section": listing.section,
        "access": listing.access,
        "terms": listing.terms,
        "notes": listing.notes,
        "off_because": OFF.get(listing.off, listing.off),
    }
