"""Which texts are copies of each other, and therefore whose report an article carries on.

sketch of the new text -> articles that share some of its hashes, near it in time -> the texts compared exactly -> pairs

Only articles that sight an outcome are kept and sought: no other is ever asked for its origin.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, union_all

from core import origins, sketch
from core.articles import Article
from core.origins import Carrier, Trace
from core.outcomes import Event, EventKind, Outcome, Resolved
from store import history
from store.database import chunks, insert_new
from store.tables import article, article_copy, article_sketch, sighting

WINDOW = 14
"""Days between an article and a copy of it, at most."""
LISTED = 64
"""Articles that are looked at under one hash: words that every page of a publisher carries give no longer list."""
COMPARED = 12
"""Texts that one is compared with, those first that share most: one copy leads to all the others."""

Pair = tuple[str, str]


def note_copies(tx: Connection, number: int, read: Article, now: datetime) -> None:
    """Keeps the sketch of an article, row `number`, in place of that of an earlier text, and the pairs that it makes."""
    tx.execute(delete(article_sketch).where(article_sketch.c.article_id == number))
    tx.execute(delete(article_copy).where(or_(article_copy.c.article_id == number, article_copy.c.other_id == number)))
    shingles = sketch.shingles(read.text)
    hashes = sketch.sketch(shingles)
    if not hashes:
        return
    day = (read.published or read.first_seen or now).toordinal()
    near = nearby(tx, hashes, day)
    tx.execute(insert(article_sketch), [{"hash": one, "day": day, "article_id": number} for one in hashes])
    texts = tx.execute(select(article.c.id, article.c.text).where(article.c.id.in_(near))) if near else ()
    pairs = [sorted((number, other.id)) for other in texts if sketch.alike(shingles, sketch.shingles(other.text))]
    if pairs:
        tx.execute(insert_new(tx, article_copy), [{"article_id": low, "other_id": high} for low, high in pairs])


def nearby(tx: Connection, hashes: Sequence[int], day: int) -> list[int]:
    """The articles around that day whose sketches share enough of these hashes, those first that share most."""
    within = article_sketch.c.day.between(day - WINDOW, day + WINDOW)
    lists = [
        select(article_sketch.c.article_id)
        .where(article_sketch.c.hash == one, within)
        .order_by(article_sketch.c.day, article_sketch.c.article_id)
        .limit(LISTED)
        .subquery()
        for one in hashes
    ]
    shared = Counter(tx.scalars(union_all(*(select(listed) for listed in lists))))
    enough = [(-count, other) for other, count in shared.items() if count >= sketch.ENOUGH]
    return [other for _, other in sorted(enough)[:COMPARED]]


class Carriers:
    """Who carries each of some outcomes, by the sightings that stand, or stood then, and whose texts copy each other."""

    def __init__(self, tx: Connection, keys: Iterable[str], *, but: int | None = None, until: datetime | None = None) -> None:
        """`but` is the row of an article whose readings do not count; with `until` those count that stood then."""
        self.of: defaultdict[str, list[Carrier]] = defaultdict(list)
        self._rows: dict[str, int] = {}
        self._tx = tx
        told_by = (article.c.id, article.c.key, article.c.publisher, article.c.published, article.c.first_seen)
        for part in chunks(keys):
            seated = history.seated(part, until, sighting.c.origin, sighting.c.authority, *told_by)
            for row in tx.execute(seated.join(article, article.c.id == sighting.c.article_id)):
                if row.id != but:
                    self._add(row.outcome_key, row.id, Carrier(
                        article=row.key, publisher=row.publisher, credited=row.origin, authority=row.authority,
                        at=row.published or row.first_seen,
                    ))  # fmt: skip

    def _add(self, key: str, number: int, one: Carrier) -> None:
        self._rows[one.article] = number
        self.of[key].append(one)

    def join(self, number: int, resolved: Iterable[Resolved]) -> None:
        """Counts the reports of one article, row `number`, that are about to be recorded."""
        for one in resolved:
            told = one.reported
            self._add(one.outcome, number, Carrier(
                article=told.article, publisher=told.publisher, credited=told.origin, authority=told.authority,
                at=told.published or told.first_seen or told.at,
            ))  # fmt: skip

    def articles(self, key: str) -> int:
        """How many articles report the outcome."""
        return len({one.article for one in self.of[key]})

    def traces(self, key: str) -> dict[str, Trace]:
        """Article -> what its report of the outcome goes back to."""
        numbers = {self._rows[one.article]: one.article for one in self.of[key]}
        return origins.trace(self.of[key], self._copies(numbers) if len(numbers) > 1 else ())

    def _copies(self, articles: dict[int, str]) -> list[Pair]:
        pairs = []
        query = select(article_copy.c.article_id, article_copy.c.other_id)
        for start in range(0, len(articles), LISTED):
            some = list(articles)[start : start + LISTED]
            pairs += [
                (articles[low], articles[high])
                for low, high in self._tx.execute(query.where(article_copy.c.article_id.in_(some)))
                if high in articles
            ]
        return pairs


def with_origins(carriers: Carriers, outcomes: Iterable[Outcome], events: Iterable[Event]) -> tuple[list[Outcome], list[Event]]:
    """The outcomes with their origins; the events of corroboration with whether a new origin reports it, or another carrier of one."""
    known, counted = {}, []
    for outcome in outcomes:
        traces = carriers.traces(outcome.key)
        known[outcome.key] = traces
        counted.append(replace(outcome, origins=origins.origins(carriers.of[outcome.key], traces)))
    return counted, [_told(event, known.get(event.subject, {})) for event in events]


def _told(event: Event, traces: dict[str, Trace]) -> Event:
    mine = traces.get(event.article)
    if event.kind is not EventKind.OUTCOME_CORROBORATED or mine is None:
        return event
    before = {trace.origin for article, trace in traces.items() if article != event.article}
    what = f"another carrier of {mine.origin}" if mine.origin in before else f"a new origin, {mine.origin}"
    return replace(event, detail=f"{what}; {event.detail}" if event.detail else what)
