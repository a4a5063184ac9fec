"""The review desk's part of the store: what reviewers did, and what it changes, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Exists, delete, insert, or_, select, update

from core.alerts import Alert
from core.codes import Status
from core.errors import StoreError
from core.history import logged
from core.outcomes import Changes, Outcome, Resolved
from core.register import with_standing
from core.review import Action, Case, Review
from store import history
from store.copies import Carriers, with_origins
from store.database import Database, Turn, insert_new, take_turn
from store.events import append
from store.register import merged, sightings_of, told_of, with_told, write_outcomes
from store.tables import alert, alert_correction, alert_outcome, article, handle, outcome, outcome_merged, reading, review, sighting

Rule = Callable[[Case, Review], tuple[Review, Changes]]
"""What a review brings: `core.review.rule`; pure, for it is called within the transaction."""


class Reviews(Database):
    """The part of the store that keeps what people said."""

    def record_review(self, asked: Review, rule: Rule) -> tuple[Review, Changes]:
        """The review as recorded, with its number, and what it changed. Nobody is alerted.

        Raises StoreError for an outcome that is not in the register; what `rule` raises passes through, and nothing is recorded.
        """
        with self._writing() as tx:
            take_turn(tx, Turn.REGISTER)
            case = _case(tx, asked)
            said, changes = rule(case, asked)
            changes = merged(tx, changes, said.at)
            write_outcomes(tx, changes.outcomes)
            _move(tx, changes.resolved, said.at)
            _part_alerts(tx, changes.outcomes, said)
            told = with_told(changes.outcomes, told_of(tx, changes.outcomes))
            counted, _ = with_origins(Carriers(tx, [one.key for one in told]), told, ())
            outcomes = tuple(with_standing(one) for one in counted)
            write_outcomes(tx, outcomes)
            row = {"at": said.at, "by": said.by, "action": said.action, "outcome_key": said.outcome, "undoes": said.undoes}
            number = tx.scalar(insert(review).values(row | {"payload": said}).returning(review.c.id)) or 0
            events = append(tx, logged(changes.events, outcomes, changes.merged, said.at))
        return replace(said, number=number), replace(changes, outcomes=outcomes, events=events)

    def reviews(self, *, outcome: str | None = None, limit: int = 200) -> list[tuple[Review, bool]]:
        """What reviewers did, newest first, each with whether it stands (was not taken back)."""
        query = select(review.c.payload, review.c.id, _taken_back().label("taken_back")).order_by(review.c.id.desc()).limit(limit)
        if outcome is not None:
            query = query.where(review.c.outcome_key == outcome)
        with self._reading() as tx:
            return [(replace(row.payload, number=row.id), not row.taken_back) for row in tx.execute(query)]


def _taken_back() -> Exists:
    undo = review.alias("undo")
    return select(undo.c.id).where(undo.c.undoes == review.c.id).exists()


def _case(tx: Connection, asked: Review) -> Case:
    """What the register holds of the records that a review concerns."""
    record = _record(tx, asked.outcome)
    reviews = _standing(tx, [record.key, *record.merged])
    if asked.action is Action.MERGE:
        other = _record(tx, asked.other)
        both = _standing(tx, [record.key, *record.merged, other.key, *other.merged])
        return Case(outcome=record, other=other, sightings=tuple(sightings_of(tx, [record.key, other.key])), reviews=both)
    if asked.action is Action.UNDO and reviews and reviews[-1].action is Action.MERGE:
        gone = reviews[-1].other
        moved = history.came_from(tx, gone, record.key)
        return Case(
            outcome=record,
            other=history.last_record(tx, gone),
            sightings=tuple(sightings_of(tx, [record.key])),
            moved=frozenset(moved),
            reviews=reviews,
        )
    if asked.action is Action.UNDO and reviews and reviews[-1].action is Action.SPLIT:
        made = tx.scalar(select(outcome.c.payload).where(outcome.c.key == reviews[-1].other))
        return Case(outcome=record, other=made, sightings=tuple(sightings_of(tx, [record.key, reviews[-1].other])), reviews=reviews)
    return Case(outcome=record, sightings=tuple(sightings_of(tx, [record.key])), reviews=reviews)


def _record(tx: Connection, key: str) -> Outcome:
    found: Outcome | None = tx.scalar(select(outcome.c.payload).where(outcome.c.key == key))
    if found is None:
        raise StoreError("no such outcome in the register", subject=key)
    return found


def _standing(tx: Connection, keys: Sequence[str]) -> tuple[Review, ...]:
    """What was said of these outcomes and not taken back, oldest first."""
    query = select(review.c.payload, review.c.id).where(review.c.outcome_key.in_(keys), review.c.action != Action.UNDO, ~_taken_back())
    return tuple(replace(row.payload, number=row.id) for row in tx.execute(query.order_by(review.c.id)))


def _move(tx: Connection, moved: Sequence[Resolved], now: datetime) -> None:
    """Puts sightings that stand under other outcomes."""
    for one in moved:
        found = select(sighting.c.id).join_from(sighting, reading).join(article, article.c.id == reading.c.article_id)
        here = (article.c.handle == handle(one.reported.article), sighting.c.position == one.reported.index, reading.c.current)
        number = tx.scalars(found.where(*here)).one()
        tx.execute(update(sighting).where(sighting.c.id == number).values(outcome_key=one.outcome, why=one.why))
        history.take_seats(tx, [number], now, outcome_key=one.outcome)


def _part_alerts(tx: Connection, outcomes: Sequence[Outcome], said: Review) -> None:
    """Where one record became two, each has the alerts that told of it: by their words, or by the article that proved them.

    Nobody is told twice for that: the record that stays keeps what told of it, even where its proof went to the other.
    """
    new = next((one for one in outcomes if one.key == said.other and one.key != said.outcome), None)
    if new is None:
        return
    tx.execute(delete(outcome_merged).where(outcome_merged.c.gone == new.key))
    for made in _alerts_of(tx, said.outcome, new):
        told = {item.outcome: Status(item.status) for item in made.news}
        proven = said.action is Action.SPLIT and made.article in said.articles
        status = told.get(new.key) or (next(iter(told.values())) if proven else None)
        if status is None:
            continue
        tx.execute(insert_new(tx, alert_outcome).values(outcome_key=new.key, status=status, alert_key=made.key))
        here = (alert_correction.c.outcome_key == said.outcome, alert_correction.c.alert_key == made.key)
        for key in tx.scalars(select(alert_correction.c.correction_key).where(*here)).all():
            tx.execute(insert(alert_correction).values(outcome_key=new.key, alert_key=made.key, correction_key=key))
        if new.key in told and said.outcome not in told:
            tx.execute(delete(alert_correction).where(*here))
            tx.execute(delete(alert_outcome).where(alert_outcome.c.outcome_key == said.outcome, alert_outcome.c.alert_key == made.key))


def _alerts_of(tx: Connection, key: str, new: Outcome) -> list[Alert]:
    """The alerts that told of either record; of two that told the same, a merge leaves only the older one's."""
    here = select(alert_outcome.c.alert_key).where(alert_outcome.c.outcome_key == key)
    query = select(alert.c.payload).where(or_(alert.c.key.in_(here), alert.c.created_at == new.alerted_at))
    return list(tx.scalars(query.order_by(alert.c.created_at, alert.c.key)))
