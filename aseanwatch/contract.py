"""The JSON that the command line promises to other programs: items in, classifications out (docs/reference/contract.md)."""

import unicodedata
from datetime import UTC, date, datetime
from typing import Any

from core.articles import Article
from core.readings import Evidence, Meeting, Reading, Span

_KINDS = {str: "text", int: "a number", float: "a number", bool: "true or false", list: "a list", dict: "an object", type(None): "null"}


class BadItem(ValueError):
    """A line that is no item; the message says what is wrong with it."""


def moment(value: str) -> datetime | None:
    """An ISO 8601 date or time as aware UTC; a date stands for its noon; None for anything else."""
    try:
        if len(value) <= 10:
            return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC).replace(hour=12)
        parsed = datetime.fromisoformat(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _composed(value: object) -> str:
    """NFC and nothing else: the offsets of the answer are offsets into the item's own field, so composed."""
    return unicodedata.normalize("NFC", str(value).encode("utf-8", "replace").decode("utf-8"))


def article_from_item(obj: Any) -> Article:
    """The article of an item {"id", "title", "text", "published"?, "url"?, "lang"?}; a missing or null field is as good as empty.

    `published` that is no ISO 8601 time is as good as unknown. Raises BadItem.
    """
    if not isinstance(obj, dict):
        raise BadItem(f"expected an object, found {_KINDS.get(type(obj), 'something else')}")
    for key in ("id", "title", "text", "published", "url", "lang"):
        value = obj.get(key)
        if value is not None and not isinstance(value, str) and not (key == "id" and type(value) is int):
            raise BadItem(f'"{key}" must be text, found {_KINDS.get(type(value), "something else")}')
    published = obj.get("published")
    return Article(
        key=_composed("" if obj.get("id") is None else obj["id"]),
        url=obj.get("url") or "",
        title=_composed(obj.get("title") or ""),
        text=_composed(obj.get("text") or ""),
        published=moment(published) if published else None,
        language=obj.get("lang") or None,
        extractor="item",
    )


def span_json(span: Span) -> dict[str, Any]:
    """EVIDENCE: {"field", "start", "end", "text"}."""
    return {"field": span.field, "start": span.start, "end": span.end, "text": span.quote}


def meeting_json(meeting: Meeting | None) -> dict[str, Any] | None:
    """{"type", "ordinal", "year", "partner"} or None."""
    if meeting is None:
        return None
    return {"type": meeting.type, "ordinal": meeting.ordinal, "year": meeting.year, "partner": meeting.partner}


def reading_json(item_id: str | int, reading: Reading) -> dict[str, Any]:
    """The classification of one item, in the form and order that the contract names."""

    def spans(evidence: tuple[Evidence, ...]) -> list[dict[str, Any]]:
        return [span_json(e.span) for e in evidence]

    return {
        "id": item_id,
        "relevant": reading.relevant,
        "lang": reading.language,
        "lang_support": reading.lang_support.value,
        "stage": reading.stage.value,
        "alert": reading.alert,
        "meetings": [{**(meeting_json(m.meeting) or {}), "primary": m.primary, "evidence": spans(m.evidence)} for m in reading.meetings],
        "topics": [{"code": t.code, "score": t.score, "evidence": spans(t.evidence)} for t in reading.topics],
        "outcomes": [
            {
                "type": s.type.value,
                "status": s.status.value,
                "level": s.level.value,
                "title": s.title,
                "parties": list(s.parties),
                "meeting": meeting_json(s.meeting),
                "evidence": span_json(s.evidence.span),
                "rules": list(s.rules),
            }
            for s in reading.sightings
        ],
        "flags": list(reading.flags),
        "user_alerts": [{"name": a.name, "about": a.about, "evidence": spans(a.evidence)} for a in reading.user_alerts],
        "ruleset": reading.ruleset,
    }
