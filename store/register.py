"""The register of outcomes: a reading, what it changes, its events, the alert and the deliveries, in one transaction.

    candidates by blocks -> decide -> outcomes, reading, sightings -> alert, corrections, deliveries -> article read -> events

The decision is the caller's and pure. What the database itself guarantees, whatever is decided: one record under one key, one
sighting a place in a reading, one alert an outcome and status, one correction an outcome and alert.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from core.alerts import Alert, as_it_stands, make_alert
from core.articles import Article, ArticleState
from core.codes import Status
from core.corrections import edited
from core.errors import StoreError
from core.history import logged
from core.origins import Authority, Trace
from core.outcomes import Changes, Earlier, Event, EventKind, Outcome, Reported, Resolved
from core.readings import Reading
from core.routes import Routing, everyone
from store import history
from store.articles import cleaned, mark, text_of
from store.choice import Choice, Names, dated, several
from store.copies import Carriers, note_copies, with_origins
from store.corrections import correct
from store.database import Database, Turn, chunks, insert_new, put, take_turn
from store.events import append, of_subjects
from store.owed import owe, put_alert
from store.tables import (
    alert,
    alert_correction,
    alert_outcome,
    article,
    handle,
    outcome,
    outcome_block,
    outcome_merged,
    reading,
    reading_topic,
    seat,
    sighting,
)

Decide = Callable[[Sequence[Outcome], Earlier], Changes]
"""Known candidates, what an earlier reading of the article said -> changes; pure, for it is called within the transaction, and again when
a record was overlooked."""

Told = dict[str, list[tuple[datetime, Status]]]
"""Outcome -> when it was alerted, and in which status."""


class Register(Database):
    """The part of the store that keeps outcomes."""

    def record_reading(
        self, article: Article, reading: Reading, blocks: Sequence[str], decide: Decide, routing: Routing | Sequence[str], now: datetime
    ) -> tuple[Changes, Alert | None]:
        """What was recorded, and the alert when there is news; who is owed it goes by `routing`, or it is owed to all these targets.

        The same text under the same rules changes nothing a second time.

        It takes the place of an earlier reading of the article; who is owed a correction for that is recorded with it.

        A reading of a text that has been replaced meanwhile changes nothing either: the newer text is still unread.
        Raises StoreError for an article that was never recorded; an error of `decide` passes through, and nothing is recorded.
        """
        article = cleaned(article)
        routing = routing if isinstance(routing, Routing) else everyone(routing)
        with self._writing() as tx:
            take_turn(tx, Turn.REGISTER)
            number = _readable(tx, article)
            if number is None:
                return Changes(), None
            stands = _standing_reading(tx, number)
            if stands is not None and (stands.text_hash, stands.ruleset) == (article.text_hash, reading.ruleset):
                mark(tx, article.key, ArticleState.READ)
                return Changes(), None
            changes = merged(tx, _decided(tx, blocks, decide, _earlier(tx, stands, article, reading)), now)
            changes, suppressed = _without_told(tx, changes, now)
            news = make_alert(article, reading, changes, now, _reported_before(tx, article, changes))
            if changes.resolved:
                note_copies(tx, number, article, now)
            changes = _counted(tx, changes, number, news)
            news = as_it_stands(news, changes.outcomes) if news else None
            changes = _changed(tx, changes)
            write_outcomes(tx, changes.outcomes)
            _record(tx, number, article, reading, changes, now)
            made = [] if news is None else _owe(tx, news, routing, now)
            made += correct(tx, article, changes, routing, now)
            mark(tx, article.key, ArticleState.READ)
            events = append(tx, logged([*changes.events, *suppressed, *made], changes.outcomes, changes.merged, now))
        return replace(changes, events=events), news

    def outcomes(
        self,
        *,
        status: Names = None,
        type: Names = None,
        standing: Names = None,
        meeting: Names = None,
        parties: Names = None,
        topics: Names = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = 200,
        as_of: datetime | None = None,
    ) -> list[Outcome]:
        """The outcomes that meet every condition, newest first: by the day on which they were done, or else last seen.

        `meeting` is a name such as AMM-57, or a type; from `since` on and before `until`. With `as_of` the register as it stood then.
        """
        choice = Choice(
            status=status, type=type, standing=standing, meeting=meeting, parties=parties, topics=topics, since=since, until=until
        )
        with self._reading() as tx:
            if as_of is None:
                return list(tx.scalars(choice.query().limit(limit)))
            return _of_then(tx, choice, as_of)[:limit]

    def outcome_keys(self, beginning: str, limit: int = 100, as_of: datetime | None = None) -> list[str]:
        """The keys that begin so; with `as_of` those of the register as it stood then."""
        query = select(outcome.c.key).where(outcome.c.key.startswith(beginning, autoescape=True)).order_by(outcome.c.key).limit(limit)
        with self._reading() as tx:
            return list(tx.scalars(query)) if as_of is None else history.keys(tx, beginning, as_of, limit)

    def sightings(self, keys: Sequence[str], as_of: datetime | None = None) -> dict[str, list[Resolved]]:
        """Outcome -> the sightings of the readings that stand, or stood then, as `outcome` gives them."""
        with self._reading() as tx:
            return _traced_sightings(tx, keys, as_of)

    def sighted(self, article: str) -> list[Resolved]:
        """What the article reports by the reading that stands."""
        query = select(sighting.c.outcome_key).join(reading).where(sighting.c.article_id == _row_of(article), reading.c.current)
        with self._reading() as tx:
            told = _traced_sightings(tx, list(dict.fromkeys(tx.scalars(query))))
        return [one for several in told.values() for one in several if one.reported.article == article]

    def outcome(self, key: str, as_of: datetime | None = None) -> tuple[Outcome, list[Resolved], list[Event]] | None:
        """An outcome with the sightings of the readings that stand, and its history; None when there is none.

        With `as_of` all of it as it was known then. The key of a record that was merged leads to the one that it is part of; the history
        is that of all that became part of it.
        """
        with self._reading() as tx:
            if as_of is not None:
                found = history.record(tx, key, as_of)
            else:
                found = next(iter((_outcomes(tx, outcome.c.key == key) or _hidden(tx, [key])).values()), None)
            if found is None:
                return None
            sightings = _traced_sightings(tx, [found.key], as_of)[found.key]
            return found, sightings, of_subjects(tx, [found.key, *found.merged], as_of)


def candidates(tx: Connection, blocks: Sequence[str]) -> list[Outcome]:
    """The outcomes that share a block, first seen first."""
    found: dict[str, Outcome] = {}
    for part in chunks(blocks):
        keys = select(outcome_block.c.outcome_key).where(outcome_block.c.block.in_(part))
        found.update(_outcomes(tx, outcome.c.key.in_(keys)))
    return sorted(found.values(), key=lambda known: (known.first_seen, known.key))


def _outcomes(tx: Connection, condition: Any) -> dict[str, Outcome]:
    return {row.key: row.payload for row in tx.execute(select(outcome.c.key, outcome.c.payload).where(condition))}


def _of_then(tx: Connection, choice: Choice, until: datetime) -> list[Outcome]:
    """The records that met every condition then, newest first."""
    found = {key: one for key, one in history.records(tx, until).items() if choice.fits(one)}
    if codes := several(choice.topics):
        spoken: set[str] = set()
        for part in chunks(found):
            seated = history.seated(part, until).join(reading_topic, reading_topic.c.reading_id == reading.c.id)
            spoken.update(row.outcome_key for row in tx.execute(seated.where(reading_topic.c.topic.in_(codes))))
        found = {key: one for key, one in found.items() if key in spoken}
    return sorted(found.values(), key=lambda one: (-dated(one).timestamp(), one.key))


def sightings_of(tx: Connection, keys: Sequence[str], until: datetime | None = None) -> list[Resolved]:
    """The sightings of these outcomes that stand, or stood then, as they were recorded, in the order in which they came."""
    return [_resolved(row) for part in chunks(keys) for row in tx.execute(history.seated(part, until, sighting.c.payload))]


def _resolved(row: Any) -> Resolved:
    return Resolved(reported=row.payload, outcome=row.outcome_key, why=row.why, applied=row.applied)


def _traced_sightings(tx: Connection, keys: Sequence[str], until: datetime | None = None) -> dict[str, list[Resolved]]:
    """The sightings by outcome, each with the origin and the authority that it has beside the others."""
    found: dict[str, list[Resolved]] = {key: [] for key in keys}
    for one in sightings_of(tx, keys, until):
        found[one.outcome].append(one)
    carriers = Carriers(tx, keys, until=until)
    for key, listed_ in found.items():
        traces = carriers.traces(key)
        found[key] = [replace(one, reported=_traced(one.reported, traces[one.reported.article])) for one in listed_]
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


def _standing_reading(tx: Connection, number: int) -> Any:
    """Number, text hash and rule set of the reading of the article that stands; None when there is none."""
    columns = (reading.c.id, reading.c.article_id, reading.c.text_hash, reading.c.ruleset)
    return tx.execute(select(*columns).where(reading.c.article_id == number, reading.c.current)).first()


def _earlier(tx: Connection, stands: Any, read: Article, said: Reading) -> Earlier:
    """What the reading that stands says, and what others say of the same outcomes."""
    if stands is None:
        return Earlier()
    columns = (sighting.c.payload, sighting.c.outcome_key, sighting.c.why, sighting.c.applied)
    rows = tx.execute(select(*columns).where(sighting.c.reading_id == stands.id).order_by(sighting.c.position))
    mine = tuple(_resolved(row) for row in rows)
    others = (one for one in sightings_of(tx, sorted({one.outcome for one in mine})) if one.reported.article != read.key)
    before = None if stands.text_hash == read.text_hash else text_of(tx, stands.article_id, stands.text_hash, read)
    return Earlier(sightings=mine, others=tuple(others), edited=edited(before, read, mine, same_rules=stands.ruleset == said.ruleset))


def _reported_before(tx: Connection, read: Article, changes: Changes) -> dict[str, list[Reported]]:
    """How other articles reported the outcomes that are news, under the keys of records merged into them too."""
    kept = {one.outcome: one.outcome for one in changes.news}
    kept |= {gone: into for gone, into in changes.merged if into in kept}
    found: dict[str, list[Reported]] = {}
    for one in sightings_of(tx, sorted(kept)) if kept else ():
        if one.reported.article != read.key:
            found.setdefault(kept[one.outcome], []).append(one.reported)
    return found


def _decided(tx: Connection, blocks: Sequence[str], decide: Decide, earlier: Earlier) -> Changes:
    """The decision over all that it concerns: a record that it would make anew but that is there already is shown to it first."""
    known = candidates(tx, blocks)
    known += _outcomes(tx, outcome.c.key.in_({one.outcome for one in earlier.sightings} - {one.key for one in known})).values()
    while True:
        changes = decide(known, earlier)
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


def merged(tx: Connection, changes: Changes, now: datetime) -> Changes:
    """Puts all that hangs on a record under the one that it turned out to be; the changes with the blocks that this one takes over."""
    inherited: dict[str, list[str]] = {}
    for gone, kept in changes.merged:
        blocks = list(tx.scalars(select(outcome_block.c.block).where(outcome_block.c.outcome_key == gone)))
        inherited.setdefault(kept, []).extend(blocks)
        history.take_seats(tx, history.standing(tx, sighting.c.outcome_key == gone), now, outcome_key=kept)
        for once in (alert_outcome.c.status, alert_correction.c.alert_key):
            there = select(once).where(once.table.c.outcome_key == kept).scalar_subquery()
            tx.execute(delete(once.table).where(once.table.c.outcome_key == gone, once.in_(there)))
        for column in (sighting.c.outcome_key, alert_outcome.c.outcome_key, alert_correction.c.outcome_key, outcome_merged.c.kept):
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
    told = told_of(tx, changes.outcomes)
    if news is not None:
        told |= {item.outcome: [*told.get(item.outcome, []), (news.created_at, Status(item.status))] for item in news.news}
    outcomes = with_told((replace(changed, articles=carriers.articles(changed.key)) for changed in changes.outcomes), told)
    events = tuple(event for event in changes.events if event.kind is not EventKind.OUTCOME_CORROBORATED or event.subject not in before)
    found, said = with_origins(carriers, outcomes, events)
    return replace(changes, outcomes=tuple(found), events=tuple(said))


def told_of(tx: Connection, outcomes: Iterable[Outcome]) -> Told:
    """What was told of these outcomes."""
    columns = (alert_outcome.c.outcome_key, alert.c.created_at, alert_outcome.c.status)
    query = select(*columns).join_from(alert_outcome, alert).where(alert_outcome.c.outcome_key.in_([one.key for one in outcomes]))
    found: Told = {}
    for row in tx.execute(query):
        found.setdefault(row.outcome_key, []).append((row.created_at, row.status))
    return found


def with_told(outcomes: Iterable[Outcome], told: Told) -> tuple[Outcome, ...]:
    """The outcomes with what the database knows of their alerts: when the first was made, and what the last one told."""
    return tuple(
        replace(
            one,
            alerted_at=min((at for at, _ in told.get(one.key, ())), default=None),
            told=max(told.get(one.key, ()), default=(None, None))[1],
        )
        for one in outcomes
    )


def _changed(tx: Connection, changes: Changes) -> Changes:
    """The changes without the records that are as they were."""
    known = _outcomes(tx, outcome.c.key.in_([one.key for one in changes.outcomes]))
    return replace(changes, outcomes=tuple(one for one in changes.outcomes if one != known.get(one.key)))


def write_outcomes(tx: Connection, outcomes: Sequence[Outcome]) -> None:
    """Records new and changed records with the terms under which they are found."""
    put(tx, outcome, [_outcome_row(one) for one in outcomes], outcome.c.key)
    for one in outcomes:
        stale = outcome_block.c.block.not_in(one.blocks)
        tx.execute(delete(outcome_block).where(outcome_block.c.outcome_key == one.key, stale))
        _record_blocks(tx, one.key, one.blocks)


def _record(tx: Connection, number: int, read: Article, said: Reading, changes: Changes, now: datetime) -> None:
    """The reading in place of the one before, and its sightings in their seats."""
    history.take_seats(tx, history.standing(tx, reading.c.article_id == number), now)
    tx.execute(update(reading).where(reading.c.article_id == number, reading.c.current).values(current=False))
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
    same = (reading.c.article_id == number, reading.c.text_hash == read.text_hash, reading.c.ruleset == said.ruleset)
    made = tx.scalar(update(reading).where(*same).values(current=True).returning(reading.c.id))
    if made is None:
        made = tx.scalar(insert(reading).values(row).returning(reading.c.id))
    if changes.resolved:
        numbers = _put_sightings(tx, [_sighting_row(resolved, number, made) for resolved in changes.resolved])
        seats = zip(changes.resolved, numbers, strict=True)
        tx.execute(insert(seat), [_seat_row(resolved, row_number, now) for resolved, row_number in seats])
        topics = [{"topic": code, "reading_id": made} for code in dict.fromkeys(topic.code for topic in said.topics)]
        if topics:
            tx.execute(insert_new(tx, reading_topic), topics)


def _put_sightings(tx: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """The row numbers of the sightings of one reading; those that it had when it stood before are the same ones."""
    here = sighting.c.reading_id == rows[0]["reading_id"]
    known = {row.position: row.id for row in tx.execute(select(sighting.c.position, sighting.c.id).where(here))}
    for row in rows:
        if row["position"] in known:
            tx.execute(update(sighting).where(here, sighting.c.position == row["position"]).values(row))
    fresh = [row for row in rows if row["position"] not in known]
    if fresh:
        numbers = tx.scalars(insert(sighting).returning(sighting.c.id, sort_by_parameter_order=True), fresh)
        known |= {row["position"]: number for row, number in zip(fresh, numbers, strict=True)}
    return [known[row["position"]] for row in rows]


def _seat_row(resolved: Resolved, number: int, now: datetime) -> dict[str, Any]:
    return {"sighting_id": number, "outcome_key": resolved.outcome, "applied": resolved.applied, "why": resolved.why, "since": now}


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
        "standing": changed.standing,
        "dated": dated(changed),
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


def _owe(tx: Connection, news: Alert, routing: Routing, now: datetime) -> list[Event]:
    """Records the alert, what it tells and who is owed it; the events that say so."""
    put_alert(tx, news)
    tx.execute(insert(alert_outcome), [{"outcome_key": item.outcome, "status": item.status, "alert_key": news.key} for item in news.news])
    titles = "; ".join(item.title for item in news.news)
    return [Event(kind=EventKind.ALERT_MADE, subject=news.key, at=now, article=news.article, detail=titles), *owe(tx, news, routing, now)]
