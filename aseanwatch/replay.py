"""Articles played through the whole pipeline in a scratch database, with the clock at each article's own date; nothing is sent."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.resources.abc import Traversable
from pathlib import Path

from aseanwatch.contract import article_from_item, span_json
from aseanwatch.pipeline import Taken, take
from aseanwatch.ports import Reader, Store
from aseanwatch.records import Json, iso, outcome_json, sighting_json
from core import expected
from core.alerts import NewsItem
from core.articles import Article
from core.calendar import Calendar
from core.errors import ConfigError
from core.expected import Deadline
from core.outcomes import Changes, EventKind, Outcome, Resolved
from core.texts import one_line

TARGET = "replay"
"""The target for which alerts are made; nobody delivers to it."""
PROMISED = frozenset({"alert", "outcome", "summary"})
"""The kinds of records that programs are promised; the others are for people."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """What is to be played, in order of date; `failures` counts what could not be taken for an article."""

    articles: tuple[Article, ...]
    failures: int


def load(paths: Sequence[Path], complain: Callable[[str], None]) -> Items:
    """The articles at `paths` (folders with a labels.json, files of JSON lines), in order of date, undated ones last.

    An id that comes again is a later revision of that article; an article without one is named after its place. A line that is no
    article is told through `complain`, with file and line number, and counted. Raises ConfigError for a wrong folder.
    """
    articles: list[Article] = []
    failures = 0
    for path in paths:
        for where, item in folder_items(path) if path.is_dir() else _line_items(path):
            try:
                article = article_from_item(json.loads(item) if isinstance(item, str) else item)
            except (ValueError, RecursionError) as error:
                complain(f"{where}: {error}")
                failures += 1
                continue
            articles.append(replace(article, key=article.key or where))
    ordered = sorted(articles, key=lambda one: (one.published is None, one.published or _LONG_AGO))
    return Items(articles=tuple(ordered), failures=failures)


def folder_items(folder: Traversable) -> Iterator[tuple[str, dict[str, object]]]:
    """Each article of a folder that has a labels.json (file, id, published), as a JSON item, with the place it came from."""
    labels = folder / "labels.json"
    if not labels.is_file():
        raise ConfigError("has no labels.json, which says for each article its file, id and date", subject=str(folder))
    for label in json.loads(labels.read_text(encoding="utf-8")):
        text = (folder / label["file"]).read_text(encoding="utf-8")
        yield f"{folder}/{label['file']}", {"id": label["id"], "title": "", "text": text, "published": label["published"]}


def _line_items(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, text in enumerate(lines, 1):
            if text.strip():
                yield f"{path}:{number}", text


@dataclass
class _Tally:
    """What was counted on the way."""

    relevant: int = 0
    alerts: int = 0
    failures: int = 0
    sighted: dict[str, list[Resolved]] = field(default_factory=dict)
    """Outcome -> its sightings so far."""


def play(items: Items, store: Store, reader: Reader, step: Callable[[], None], calendar: Calendar | None = None) -> Iterator[Json]:
    """The records of the contract: an `alert` for each outcome that would be alerted, then each `outcome`, then the `summary`.

    With a `calendar` also an `overdue`, among the alerts, for what was foretold and had not come when the clock passed its time.
    `step` is called after each article. Articles without a date are played where the clock then stands.
    """
    first = items.articles[0].published if items.articles else None
    now = first or _LONG_AGO
    tally = _Tally(failures=items.failures)
    awaited = _Awaited(store, calendar or Calendar(), since=now)
    for article in items.articles:
        now = article.published or now
        yield from awaited.passed(now)
        store.record_article(None, article, now)
        taken = take(store, reader, article, [TARGET], now, max_age=None)
        yield from _alerts(taken, article, now, tally)
        awaited.changed(taken.changes, tally.sighted)
        step()
    outcomes = store.outcomes(limit=None)
    for outcome in sorted(outcomes, key=lambda one: (one.first_seen, one.key)):
        found = store.outcome(outcome.key)
        yield {"kind": "outcome"} | outcome_json(outcome) | {"sightings": [sighting_json(one) for one in (found[1] if found else [])]}
    yield {
        "kind": "summary",
        "articles": len(items.articles),
        "relevant": tally.relevant,
        "outcomes": len(outcomes),
        "alerts": tally.alerts,
        "failures": tally.failures,
    }


def _alerts(taken: Taken, article: Article, now: datetime, tally: _Tally) -> Iterator[Json]:
    tally.relevant += taken.reading.relevant
    records = {outcome.key: outcome for outcome in taken.changes.outcomes}
    sighted = {resolved.outcome: resolved for resolved in taken.changes.news}
    for item in taken.alert.news if taken.alert else ():
        tally.alerts += 1
        yield _alert(item, records[item.outcome], sighted[item.outcome], taken, article, now, tally)
    for resolved in taken.changes.resolved:
        tally.sighted.setdefault(resolved.outcome, []).append(resolved)


def _alert(item: NewsItem, outcome: Outcome, resolved: Resolved, taken: Taken, article: Article, now: datetime, tally: _Tally) -> Json:
    kinds = (EventKind.OUTCOME_NEW, EventKind.OUTCOME_STATUS)
    event = next((one.kind for one in taken.changes.events if one.subject == item.outcome and one.kind in kinds), EventKind.OUTCOME_STATUS)
    told = outcome_json(outcome)
    earlier = [one.reported.article for one in tally.sighted.get(item.outcome, ())]
    return {
        "kind": "alert",
        "at": iso(now),
        "event": event,
        "outcome": {name: told[name] for name in ("key", "type", "status")}
        | {"previous_status": item.previous_status}
        | {name: told[name] for name in ("level", "title", "parties", "meeting")},
        "evidence": span_json(resolved.reported.sighting.evidence.span),
        "sentence": item.sentence,
        "article": article.key,
        "corroborates": list(dict.fromkeys(earlier)),
    }


class _Awaited:
    """What was foretold, by the time at which it will be overdue; asks the store only when such a time has passed."""

    def __init__(self, store: Store, calendar: Calendar, since: datetime) -> None:
        self._store, self._calendar, self._since = store, calendar, since
        self._waiting: dict[str, tuple[Outcome, Deadline]] = {}

    def changed(self, changes: Changes, sighted: Mapping[str, Sequence[Resolved]]) -> None:
        """Takes over what an article changed; `sighted` are the sightings of each outcome so far."""
        for gone, _ in changes.merged:
            self._waiting.pop(gone, None)
        for outcome in changes.outcomes:
            deadline = expected.due(outcome, (one.reported for one in sighted.get(outcome.key, ())), self._calendar)
            if deadline is None:
                self._waiting.pop(outcome.key, None)
            else:
                self._waiting[outcome.key] = (outcome, deadline)

    def passed(self, now: datetime) -> Iterator[Json]:
        """Marks what is overdue by `now`, each at the time when it became so."""
        late = [(one, deadline) for one, deadline in self._waiting.values() if expected.tells(one, deadline, now, self._since)]
        for outcome, deadline in sorted(late, key=lambda one: (one[1].at, one[0].key)):
            del self._waiting[outcome.key]
            for event in self._store.mark_overdue([deadline], deadline.at):
                yield {
                    "kind": "overdue",
                    "at": iso(event.at),
                    "outcome": outcome_json(outcome),
                    "detail": event.detail,
                    "article": event.article,
                }


def timeline(record: Json) -> list[str]:
    """A record as lines for people."""
    if record["kind"] == "overdue":
        missing = record["outcome"]
        assert isinstance(missing, dict)
        return [
            f"overdue  {str(record['at'])[:10]}  {record['article']}: [{missing['type']}] {missing['title']}",
            f"         {record['detail']}",
        ]
    if record["kind"] == "summary":
        return [" · ".join(f"{name} {value}" for name, value in record.items() if name != "kind")]
    if record["kind"] == "outcome":
        sightings = record["sightings"]
        assert isinstance(sightings, list)
        reported = ", ".join(f"{one['article']} ({one['status']})" for one in sightings)
        return [
            f"outcome  {record['key']}  {record['type']}, {record['status']}: {record['title']}",
            f"         reported by {reported}",
        ]
    outcome = record["outcome"]
    assert isinstance(outcome, dict)
    turn = f"{outcome['previous_status']} -> {outcome['status']}" if outcome["previous_status"] else outcome["status"]
    head = f"alert    {str(record['at'])[:10]}  {record['article']}: [{outcome['type']}, {turn}] {outcome['title']}"
    return [head, f"         “{one_line(str(record['sentence']), 300)}”"]
