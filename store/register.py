"""The register of outcomes: a reading, what it changes, its events, the alert and the deliveries, in one transaction.

    candidates by blocks -> decide -> outcomes, reading, sightings -> alert, deliveries -> article read -> events

The decision is the caller's and pure. What the database itself guarantees, whatever is decided: one record under one key, one
sighting a place in a reading, one alert an outcome and status.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from core.alerts import Alert, make_alert
from core.articles import Article, ArticleState
from core.errors import StoreError
from core.origins import Authority, Trace
from core.outcomes import Changes, Event, EventKind, Outcome, Reported, Resolved
from core.readings import Reading
from store.articles import cleaned, mark
from store.choice import Names, chosen
from store.copies import Carriers, note_copies, with_origins
from store.database import Database, Turn, chunks, insert_new, put, take_turn
from store.events import append, of_subject
from store.outbox import owe
from store.tables import alert, alert_outcome, article, handle, outcome, outcome_block, outcome_merged, reading, reading_topic, sighting

Decide = Callable[[Sequence[Outcome]], Changes]
"""Known candidates -> changes; pure, for it is called within the transaction, and again when a record was overlooked."""


class Register(Database):
    """The part of the store that keeps outcomes."""

    def record_reading(
        self, article: Article, reading: Reading, blocks: Sequence[str], decide: Decide, targets: Sequence[str], now: datetime
    ) -> tuple[Changes, Alert | None]:
        """What was recorded, and the alert when there is one. The same text under the same rules changes nothing a second time.

        A reading of a text that has been replaced meanwhile changes nothing either: the newer text is still unread.
        Raises StoreError for an article that was never recorded; an error of `decide` passes through, and nothing is recorded.
        """
        article = cleaned(article)
        with self._writing() as tx:
            take_turn(tx, Turn.REGISTER)
            number = _readable(tx, article)
            if number is None:
                return Changes(), None
            if _read_before(tx, number, article.text_hash, reading.ruleset):
                mark(tx, article.key, ArticleState.READ)
                return Changes(), None
            changes = _merged(tx, _decided(tx, blocks, decide))
            changes, suppressed = _without_told(tx, changes, now)
            news = make_alert(article, reading, changes, now)
            if changes.resolved:
                note_copies(tx, number, article, now)
            changes = _counted(tx, changes, number, news)
            _record(tx, number, article, reading, changes, now)
            made = [] if news is None else _owe(tx, news, targets, now)
            mark(tx, article.key, ArticleState.READ)
            events = append(tx, [*changes.events, *suppressed, *made])
        return replace(changes, events=events), news

    def outcomes(
        self,
        *,
        status: Names = None,
        type: Names = None,
        meeting: Names = None,
        parties: Names = None,
        topics: Names = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = 200,
    ) -> list[Outcome]:
        """The outcomes that meet every condition, newest first: by the day on which they were done, or else last seen.

        `meeting` is a name such as AMM-57, or a type; from `since` on and before `until`.
        """
        query = chosen(status=status, type=type, meeting=meeting, parties=parties, topics=topics, since=since, until=until)
        with self._reading() as tx:
            return list(tx.scalars(query.limit(limit)))

    def outcome_keys(self, beginning: str, limit: int = 100) -> list[str]:
        """The keys that begin so."""
        query = select(outcome.c.key).where(outcome.c.key.startswith(beginning, autoescape=True)).order_by(outcome.c.key).limit(limit)
        with self._reading() as tx:
            return list(tx.scalars(query))

    def sightings(self, keys: Sequence[str]) -> dict[str, list[Resolved]]:
        """Outcome -> the sightings of the readings that stand, as `outcome` gives them."""
        with self._reading() as tx:
            return _sightings(tx, keys)

    def sighted(self, article: str) -> list[Resolved]:
        """What the article reports by the reading that stands."""
        query = select(sighting.c.outcome_key).join(reading).where(sighting.c.article_id == _row_of(article), reading.c.current)
        with self._reading() as tx:
            told = _sightings(tx, list(dict.fromkeys(tx.scalars(query))))
        return [one for several in told.values() for one in several if one.reported.article == article]

    def outcome(self, key: str) -> tuple[Outcome, list[Resolved], list[Event]] | None:
        """An outcome with the sightings of the readings that stand, and its history; None when there is none.

        The key of a record that was merged leads to the one that it is part of now.
        """
        with self._reading() as tx:
            found = next(iter((_outcomes(tx, outcome.c.key == key) or _hidden(tx, [key])).values()), None)
            return (found, _sightings(tx, [found.key])[found.key], of_subject(tx, found.key)) if found else None


def candidates(tx: Connection, blocks: Sequence[str]) -> list[Outcome]:
    """The outcomes that share a block, first seen first."""
    found: dict[str, Outcome] = {}
    for part in chunks(blocks):
        keys = select(outcome_block.c.outcome_key).where(outcome_block.c.block.in_(part))
        found.update(_outcomes(tx, outcome.c.key.in_(keys)))
    return sorted(found.values(), key=lambda known: (known.first_seen, known.key))


def _outcomes(tx: Connection, condition: Any) -> dict[str, Outcome]:
    return {row.key: row.payload for row in tx.execute(select(outcome.c.key, outcome.c.payload).where(condition))}


def _sightings(tx: Connection, keys: Sequence[str]) -> dict[str, list[Resolved]]:
    """The sightings that stand, by outcome, each with the origin and the authority that it has beside the others."""
    found: dict[str, list[Resolved]] = {key: [] for key in keys}
    query = select(sighting.c.outcome_key, sighting.c.payload, sighting.c.why, sighting.c.applied).join(reading).order_by(sighting.c.id)
    for part in chunks(keys):
        for row in tx.execute(query.where(sighting.c.outcome_key.in_(part), reading.c.current)):
            found[row.outcome_key].append(Resolved(reported=row.payload, outcome=row.outcome_key, why=row.why, applied=row.applied))
    carriers = Carriers(tx, keys)
    for key, several in found.items():
        traces = carriers.traces(key)
        found[key] = [replace(one, reported=_traced(one.reported, traces[one.reported.article])) for one in several]
    return found


def _row_of(key: str) -> Any:
    return select(article.c.id).where(article.c.handle == handle(key)).scalar_subquery()


def _traced(reported: Reported, trace: Trace) -> Reported:
    return replace(reported, origin=trace.origin, authority=Authority.REPRINT if trace.copies else reported.authority)


def _readable(tx: Connection, read: Article) -> int | None:
    """The row of the article whose stored text is the one that was read; None when it has been replaced."""
    found = tx.execute(select(article.c.id, article.c.text_hash).where(article.c.handle == handle(read.key)).with_for_update()).first()
    if found is None:
        raise StoreError("this article was never recorded", subject=read.key)
    return found.id if found.text_hash == read.text_hash else None


def _read_before(tx: Connection, number: int, text_hash: str, ruleset: str) -> bool:
    """Whether this text was read by these rules; that reading stands again, if another had taken its place."""
    same = (reading.c.article_id == number, reading.c.text_hash == text_hash, reading.c.ruleset == ruleset)
    found = tx.execute(select(reading.c.id, reading.c.current).where(*same)).first()
    if found is None:
        return False
    if not found.current:
        _retire(tx, number)
        tx.execute(update(reading).where(reading.c.id == found.id).values(current=True))
    return True


def _retire(tx: Connection, number: int) -> None:
    tx.execute(update(reading).where(reading.c.article_id == number, reading.c.current).values(current=False))


def _decided(tx: Connection, blocks: Sequence[str], decide: Decide) -> Changes:
    """The decision over all that it concerns: a record that it would make anew but that is there already is shown to it first."""
    known = candidates(tx, blocks)
    while True:
        changes = decide(known)
        shown = {candidate.key for candidate in known}
        hidden = [changed.key for changed in changes.outcomes if changed.key not in shown]
        missed = _hidden(tx, hidden) if hidden else {}
        if not missed.keys() - shown:
            return changes
        known = [*known, *(record for key, record in missed.items() if key not in shown)]


def _hidden(tx: Connection, keys: Sequence[str]) -> dict[str, Outcome]:
    """The records that stand under these keys now, those included with which they were merged."""
    kept = tx.scalars(select(outcome_merged.c.kept).where(outcome_merged.c.gone.in_(keys)))
    return _outcomes(tx, outcome.c.key.in_([*keys, *kept]))


def _merged(tx: Connection, changes: Changes) -> Changes:
    """Puts all that hangs on a record under the one that it turned out to be; the changes with the blocks that this one takes over."""
    inherited: dict[str, list[str]] = {}
    for gone, kept in changes.merged:
        blocks = list(tx.scalars(select(outcome_block.c.block).where(outcome_block.c.outcome_key == gone)))
        inherited.setdefault(kept, []).extend(blocks)
        told = select(alert_outcome.c.status).where(alert_outcome.c.outcome_key == kept)
        told_twice = delete(alert_outcome).where(alert_outcome.c.outcome_key == gone, alert_outcome.c.status.in_(told.scalar_subquery()))
        tx.execute(told_twice)
        for column in (sighting.c.outcome_key, alert_outcome.c.outcome_key, outcome_merged.c.kept):
            tx.execute(update(column.table).where(column == gone).values({column.name: kept}))
        tx.execute(delete(outcome_block).where(outcome_block.c.outcome_key == gone))
        tx.execute(delete(outcome).where(outcome.c.key == gone))
        _record_blocks(tx, kept, blocks)
        tx.execute(insert_new(tx, outcome_merged).values(gone=gone, kept=kept))
    outcomes = (replace(changed, blocks=(*changed.blocks, *inherited.get(changed.key, ()))) for changed in changes.outcomes)
    return replace(changes, outcomes=tuple(replace(changed, blocks=tuple(dict.fromkeys(changed.blocks))) for changed in outcomes))


def _without_told(tx: Connection, changes: Changes, now: datetime) -> tuple[Changes, list[Event]]:
    """The changes without news that was told before, and an event for each piece left out."""
    if not changes.news:
        return changes, []
    status = {changed.key: changed.status for changed in changes.outcomes}
    columns = (alert_outcome.c.outcome_key, alert_outcome.c.status, alert_outcome.c.alert_key)
    rows = tx.execute(select(*columns).where(alert_outcome.c.outcome_key.in_({told.outcome for told in changes.news})))
    told = {(row.outcome_key, row.status): row.alert_key for row in rows}
    fresh, suppressed = [], []
    for news in changes.news:
        before = told.get((news.outcome, status[news.outcome]))
        if before is None:
            fresh.append(news)
        else:
            reason = f"already told in alert {before}"
            article = news.reported.article
            suppressed.append(Event(kind=EventKind.ALERT_SUPPRESSED, subject=news.outcome, at=now, article=article, detail=reason))
    return replace(changes, news=tuple(fresh)), suppressed


def _counted(tx: Connection, changes: Changes, number: int, news: Alert | None) -> Changes:
    """The changes with what only the database knows: who reports each outcome, and when it was alerted.

    An article that reported an outcome before does not corroborate it by being read again.
    """
    keys = [changed.key for changed in changes.outcomes]
    carriers = Carriers(tx, keys, but=number)
    carriers.join(number, changes.resolved)
    before = set(tx.scalars(select(sighting.c.outcome_key).where(sighting.c.article_id == number).distinct()))
    alerted = dict(tx.execute(_first_alerts(keys)).all())
    if news is not None:
        alerted = {item.outcome: news.created_at for item in news.news} | alerted
    outcomes = tuple(
        replace(changed, articles=max(1, len({one.article for one in carriers.of[changed.key]})), alerted_at=alerted.get(changed.key))
        for changed in changes.outcomes
    )
    events = tuple(event for event in changes.events if event.kind is not EventKind.OUTCOME_CORROBORATED or event.subject not in before)
    counted, told = with_origins(carriers, outcomes, events)
    return replace(changes, outcomes=tuple(counted), events=tuple(told))


def _first_alerts(keys: Sequence[str]) -> Any:
    query = select(alert_outcome.c.outcome_key, func.min(alert.c.created_at)).join(alert)
    return query.where(alert_outcome.c.outcome_key.in_(keys)).group_by(alert_outcome.c.outcome_key)


def _record(tx: Connection, number: int, read: Article, said: Reading, changes: Changes, now: datetime) -> None:
    """Outcomes with their blocks, the reading in place of the one before, and its sightings."""
    put(tx, outcome, [_outcome_row(changed) for changed in changes.outcomes], outcome.c.key)
    for changed in changes.outcomes:
        stale = outcome_block.c.block.not_in(changed.blocks)
        tx.execute(delete(outcome_block).where(outcome_block.c.outcome_key == changed.key, stale))
        _record_blocks(tx, changed.key, changed.blocks)
    _retire(tx, number)
    row = {
        "article_id": number,
        "text_hash": read.text_hash,
        "ruleset": said.ruleset,
        "current": True,
        "relevant": said.relevant,
        "stage": said.stage,
        "alert": said.alert,
        "language": said.language,
        "read_at": now,
        "payload": said,
    }
    made = tx.scalar(insert(reading).values(row).returning(reading.c.id))
    if changes.resolved:
        tx.execute(insert(sighting), [_sighting_row(resolved, number, made) for resolved in changes.resolved])
        topics = [{"topic": code, "reading_id": made} for code in dict.fromkeys(topic.code for topic in said.topics)]
        if topics:
            tx.execute(insert(reading_topic), topics)


def _outcome_row(changed: Outcome) -> dict[str, Any]:
    return {
        "key": changed.key,
        "type": changed.type,
        "status": changed.status,
        "level": changed.level,
        "meeting": changed.meeting.name if changed.meeting else "",
        "first_seen": changed.first_seen,
        "last_seen": changed.last_seen,
        "payload": changed,
        "dated": changed.done_at or changed.last_seen,
        "parties": listed(changed.parties),
    }


def listed(parties: Iterable[str]) -> str:
    """Parties as the column of that name holds them, so that one is found whatever its case: |japan|united kingdom|."""
    names = "|".join(party.casefold() for party in parties)
    return f"|{names}|" if names else ""


def _sighting_row(resolved: Resolved, article: int, reading: int | None) -> dict[str, Any]:
    return {
        "reading_id": reading,
        "position": resolved.reported.index,
        "article_id": article,
        "outcome_key": resolved.outcome,
        "applied": resolved.applied,
        "why": resolved.why,
        "payload": resolved.reported,
        "origin": resolved.reported.origin,
        "authority": resolved.reported.authority,
    }


def _record_blocks(tx: Connection, key: str, blocks: Iterable[str]) -> None:
    rows = [{"block": block, "outcome_key": key} for block in dict.fromkeys(blocks)]
    if rows:
        tx.execute(insert_new(tx, outcome_block), rows)


def _owe(tx: Connection, news: Alert, targets: Sequence[str], now: datetime) -> list[Event]:
    """Records the alert, what it tells and who is owed it; the event that says so."""
    tx.execute(insert(alert).values(key=news.key, created_at=news.created_at, payload=news))
    tx.execute(insert(alert_outcome), [{"outcome_key": item.outcome, "status": item.status, "alert_key": news.key} for item in news.news])
    owe(tx, news.key, targets, now)
    titles = "; ".join(item.title for item in news.news)
    return [Event(kind=EventKind.ALERT_MADE, subject=news.key, at=now, article=news.article, detail=titles)]
