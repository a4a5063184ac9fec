"""What one reading does to the register: which outcome each sighting belongs to, what became of it, and what an alert must say.

    report(article, reading, now)   the reading's sightings, each with who reported it and whether it may be told
    blocks(reports)                 where in the register their like may stand
    decide(known, reports, now)     the changes: new and changed outcomes, sightings with reasons, events, news

`decide` is a function of what it is given. A record is computed from its facets (`core.identity`), so that the same reports give
the same records in whatever order they came: partition, status, titles, parties, meeting, conflicts. Two things do depend on the
order: the key (a record keeps the one it was born with) and the seat of a report that fits two records which differ in what the
report leaves open ("a joint statement", where there are two): such a report never brings them together, it joins the better match.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from core import blocks as places
from core import identity, lives, origins, titles
from core.articles import Article
from core.codes import Level, OutcomeType, Status
from core.facets import Facet, Feature, dump, facet, leaves_open, load
from core.identity import Verdict
from core.keys import digest
from core.origins import Authority
from core.outcomes import Changes, Event, EventKind, Outcome, Reported, Resolved, Standing
from core.readings import Meeting, Reading, Sighting

_T = TypeVar("_T")

FRESH = identity.WINDOW
"""What became known as done without an alert is still told when a report comes within this time that may be told."""


# What a reading reports --------------------------------------------------------------------------------------------------


def report(article: Article, reading: Reading, now: datetime, *, history: bool = False, max_age: timedelta | None) -> tuple[Reported, ...]:
    """The sightings of a reading in their order, each with whether it may be told and, when not, why.

    It may when the article is news of it (`reading.alert`), ministers decided it, it is done or failed, the article is not read as
    history and was published within `max_age` before `now` (None: any age; an article without a date counts as fresh).
    """
    reports = []
    for index, sighting in enumerate(reading.sightings):
        quiet = _quiet(article, reading, sighting.level, sighting.status, now, history=history, max_age=max_age)
        reports.append(
            Reported(
                article=article.key,
                index=index,
                sighting=sighting,
                publisher=article.publisher,
                published=article.published,
                at=now,
                alertable=not quiet,
                tier=article.tier,
                quiet=quiet,
                language=reading.language,
                origin=_origin(reading, sighting),
                authority=origins.authority(article.tier, reading.origin, sighting),
            )
        )
    return tuple(reports)


def _origin(reading: Reading, sighting: Sighting) -> str:
    """The agency that the sentence names, or else the one whose text it is; empty when none is named."""
    credit = sighting.origin or reading.origin
    return credit.name if credit else ""


def _quiet(
    article: Article, reading: Reading, level: Level, status: Status, now: datetime, *, history: bool, max_age: timedelta | None
) -> str:
    """Why it may not be told; empty when it may."""
    if status is Status.PLANNED:
        return "it is still to come"
    if history:
        return "history: it was known before the watch began"
    if level is not Level.MINISTERIAL:
        return f"level: decided by {level}, not by ministers"
    if not reading.alert:
        return f"not news: the article is {reading.stage}, no report of a result as it happens"
    if max_age is not None and article.published is not None and now - article.published > max_age:
        return f"too old: published {(now - article.published).days} days before it was read"
    return ""


def blocks(reports: Sequence[Reported]) -> tuple[str, ...]:
    """The index terms (sorted, each once) under which outcomes are stored that these reports may belong to."""
    return tuple(sorted({term for one in reports for term in places.terms(facet(one), around=True)}))


# What it changes ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Record:
    """An outcome while it is being changed."""

    outcome: Outcome
    facets: list[Facet]
    known: bool
    """Whether it was in the register before this reading."""
    articles: set[str] = field(default_factory=set)
    """Articles of this reading that were counted."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """A record to which a report belongs, and how well."""

    record: _Record
    verdict: Verdict

    @property
    def rank(self) -> tuple[int, str]:
        return (-self.verdict.score, self.record.outcome.key)


def decide(known: Sequence[Outcome], reports: Sequence[Reported], now: datetime) -> Changes:
    """The changes that `reports` (of one reading) bring to the `known` outcomes, which share a block with them.

    Safe to give more than the candidates; the result depends on no order, neither of `known` nor of `reports`.
    """
    desk = _Desk(known, now)
    for reported, one in sorted(((r, facet(r)) for r in reports), key=_most_telling_first):
        desk.take(reported, one)
    return desk.changes()


def _most_telling_first(pair: tuple[Reported, Facet]) -> tuple[bool, int, int, str, int]:
    """What is done before what is planned, what names its subject before what does not."""
    reported, one = pair
    return (one.status is Status.PLANNED, not one.subject, -len(one.parties), dump(one), reported.index)


class _Desk:
    """Takes the reports of one reading, one after another."""

    def __init__(self, known: Sequence[Outcome], now: datetime) -> None:
        self._now = now
        self._records = {
            outcome.key: _Record(outcome, [load(line) for line in outcome.facets], known=True)
            for outcome in sorted(known, key=lambda one: one.key)
        }
        self._touched: dict[str, None] = {}
        self._resolved: list[Resolved] = []
        self._events: list[Event] = []
        self._news: dict[str, Resolved] = {}
        self._merged: list[tuple[str, str]] = []

    def changes(self) -> Changes:
        """Everything that was decided."""
        return Changes(
            outcomes=tuple(self._records[key].outcome for key in self._touched if key in self._records),
            resolved=tuple(sorted(self._resolved, key=lambda one: one.reported.index)),
            events=tuple(self._events),
            news=tuple(sorted(self._news.values(), key=lambda one: one.reported.index)),
            merged=tuple(self._merged),
        )

    def take(self, reported: Reported, one: Facet) -> None:
        """Puts one report where it belongs."""
        fits, near = self._fits(one)
        if fits:
            record, why = self._join(fits, one)
        else:
            record, why = self._begin(reported, one), f"new: {near}"
        before = record.outcome
        held = self._jumps_back(record, one)
        self._add(record, reported, one)
        resolved = Resolved(reported=reported, outcome=record.outcome.key, why=why, applied=not held)
        self._resolved.append(resolved)
        self._tell(record, before, resolved, fresh_record=not fits)

    # which record

    def _fits(self, one: Facet) -> tuple[list[_Fit], str]:
        """The records to which it belongs, best first; and what the nearest of the others lacks, in words."""
        fits, nearest = [], (-1, "nothing of its kind is known nearby")
        for record in self._records.values():
            verdict = _belongs(one, record.facets)
            if verdict.joined:
                fits.append(_Fit(record, verdict))
            elif verdict.score > nearest[0] and verdict.parted is not Feature.TYPE:
                nearest = (verdict.score, f"nearest is “{record.outcome.title}”, apart by {verdict.why}")
        return sorted(fits, key=lambda fit: fit.rank), nearest[1]

    def _join(self, fits: list[_Fit], one: Facet) -> tuple[_Record, str]:
        """The best of the records; others that turn out to be the same are merged into the oldest of them."""
        same = [fits[0]]
        for fit in fits[1:]:
            if not any(_differ(one, mine, theirs) for taken in same for mine in taken.record.facets for theirs in fit.record.facets):
                same.append(fit)
        kept = min((fit.record for fit in same), key=lambda one: (not one.known, one.outcome.first_seen, one.outcome.key))
        for fit in same:
            if fit.record is not kept:
                self._merge(fit.record, kept, fit.verdict.why)
        why = f"joined: {fits[0].verdict.why}"
        if len(same) < len(fits):
            others = ", ".join(f"“{fit.record.outcome.title}”" for fit in fits if fit not in same)
            why += f"; it would fit {others} as well, which differs in what this report leaves open"
        return kept, why

    def _merge(self, gone: _Record, kept: _Record, why: str) -> None:
        """Puts everything of one record under another."""
        first, second = kept.outcome, gone.outcome
        kept.facets = [*kept.facets, *(one for one in gone.facets if one not in kept.facets)]
        kept.articles |= gone.articles
        kept.outcome = replace(
            first,
            titles=tuple(dict.fromkeys((*first.titles, *second.titles))),
            first_seen=min(first.first_seen, second.first_seen),
            last_seen=max(first.last_seen, second.last_seen),
            done_at=_earliest(first.done_at, second.done_at),
            alerted_at=_earliest(first.alerted_at, second.alerted_at),
            overdue_at=max((at for at in (first.overdue_at, second.overdue_at) if at), default=None),
            articles=first.articles + second.articles,
            authority=_nearer(first, second.status, second.authority),
        )
        del self._records[second.key]
        self._merged = [(old, first.key if new == second.key else new) for old, new in self._merged]
        self._resolved = [replace(one, outcome=first.key) if one.outcome == second.key else one for one in self._resolved]
        told = self._news.pop(second.key, None)
        if told is not None and first.alerted_at is None:
            self._news[first.key] = replace(told, outcome=first.key)
        if gone.known:
            self._merged.append((second.key, first.key))
        self._event(EventKind.OUTCOME_MERGED, first.key, before=second.key, after=first.key, detail=why)

    def _begin(self, reported: Reported, one: Facet) -> _Record:
        """A new record, empty; its key depends on what it is about (and on the article, where a record moved on from that)."""
        sighting = reported.sighting
        key = f"{sighting.type}-{digest(dump(one))[:16]}"
        if key in self._records:
            key = f"{sighting.type}-{digest(dump(one), reported.article)[:16]}"
        outcome = Outcome(
            key=key, type=sighting.type, status=sighting.status, level=sighting.level, title=sighting.title,
            first_seen=reported.at, last_seen=reported.at, articles=0, authority=reported.authority,
        )  # fmt: skip
        record = _Record(outcome, [], known=False)
        self._records[key] = record
        return record

    # what becomes of it

    @staticmethod
    def _jumps_back(record: _Record, one: Facet) -> bool:
        """Whether it says less than what is known from an earlier day: an old preview read late is no jump back."""
        if not lives.further(record.outcome.status, one.status):
            return False
        return bool(record.facets) and one.day > min(f.day for f in record.facets if f.status is record.outcome.status)

    def _add(self, record: _Record, reported: Reported, one: Facet) -> None:
        """The record with this report in it, computed anew from all its facets."""
        old = record.outcome
        if one not in record.facets:
            record.facets.append(one)
        told = old.titles if reported.sighting.title in old.titles else (*old.titles, reported.sighting.title)
        counted = reported.article not in record.articles
        record.articles.add(reported.article)
        decided = one.status is not Status.PLANNED
        record.outcome = replace(
            old,
            titles=told,
            first_seen=min(old.first_seen, reported.at),
            last_seen=max(old.last_seen, reported.at),
            done_at=_earliest(old.done_at, reported.at if decided else None),
            articles=old.articles + counted,
            authority=_nearer(old, one.status, reported.authority),
        )
        record.outcome = _computed(record.outcome, record.facets)
        self._touched[old.key] = None

    def _tell(self, record: _Record, before: Outcome, resolved: Resolved, *, fresh_record: bool) -> None:
        """Events, and news where it is due."""
        after, reported = record.outcome, resolved.reported
        moved = fresh_record or after.status is not before.status
        if fresh_record:
            self._event(EventKind.OUTCOME_NEW, after.key, after=after.status, reported=reported, detail=resolved.why)
        elif moved:
            self._event(
                EventKind.OUTCOME_STATUS, after.key, before=before.status, after=after.status, reported=reported, detail=resolved.why
            )
        elif not resolved.applied:
            detail = f"held for review: {reported.sighting.status} after {after.status}"
            self._event(
                EventKind.OUTCOME_HELD, after.key, before=after.status, after=reported.sighting.status, reported=reported, detail=detail
            )
        elif after.articles > before.articles:
            self._event(EventKind.OUTCOME_CORROBORATED, after.key, after=after.status, reported=reported, detail=resolved.why)
        if after.standing is Standing.CONFIRMED and (fresh_record or before.standing is not Standing.CONFIRMED):
            by = f": {reported.publisher or reported.article}" if reported.authority is Authority.OFFICIAL else ""
            detail = f"an official text reports it as done{by}"
            self._event(
                EventKind.OUTCOME_CONFIRMED, after.key, before=before.standing, after=after.standing, reported=reported, detail=detail
            )
        if after.conflicts != before.conflicts:
            before_, after_ = "; ".join(before.conflicts), "; ".join(after.conflicts)
            self._event(
                EventKind.OUTCOME_CONFLICT, after.key, before=before_, after=after_, reported=reported, detail=reported.sighting.title
            )
        if resolved.applied and reported.sighting.status is not Status.PLANNED:
            self._tell_or_be_quiet(record, resolved, moved=moved)

    def _tell_or_be_quiet(self, record: _Record, resolved: Resolved, *, moved: bool) -> None:
        """An outcome is told once: when it is done, or when the first report comes that may be told, as long as that is news."""
        outcome, reported = record.outcome, resolved.reported
        if outcome.alerted_at is not None:
            quiet = "told before, at an earlier step" if moved else ""
        elif not reported.alertable:
            quiet = reported.quiet or "not news" if moved else ""
        else:
            quiet = self._stale(record, reported)
            if not quiet:
                record.outcome = replace(outcome, alerted_at=self._now)
                self._news[outcome.key] = resolved
        if quiet:
            self._event(EventKind.ALERT_SUPPRESSED, outcome.key, after=outcome.status, reported=reported, detail=quiet)

    @staticmethod
    def _stale(record: _Record, reported: Reported) -> str:
        """Why a result that nobody was told of is no news any more."""
        known = min(one.day for one in record.facets if one.status is not Status.PLANNED)
        if facet(reported).day - known <= FRESH:
            return ""
        return f"known since {known.isoformat()}: no news any more"

    def _event(
        self, kind: EventKind, subject: str, *, before: str = "", after: str = "", reported: Reported | None = None, detail: str = ""
    ) -> None:
        article = reported.article if reported else ""
        self._events.append(Event(kind=kind, subject=subject, at=self._now, before=before, after=after, article=article, detail=detail))


def _belongs(one: Facet, facets: Sequence[Facet]) -> Verdict:
    """The best verdict on a record. A facet cannot vouch for a report that another one keeps out by what the first leaves open."""
    verdicts = [identity.compare(one, other) for other in facets]
    parted = {verdict.parted for verdict in verdicts if verdict.parted is not None}
    vouching = [
        verdict
        for verdict, other in zip(verdicts, facets, strict=True)
        if verdict.joined and not any(leaves_open(other, feature) for feature in parted)
    ]
    if vouching:
        return max(vouching, key=lambda verdict: (verdict.score, verdict.why))
    nearest = max(verdicts, key=lambda verdict: (not verdict.joined, verdict.score, verdict.why), default=None)
    return replace(nearest, joined=False) if nearest else Verdict(joined=False, why="it has no facets")


def _differ(one: Facet, a: Facet, b: Facet) -> bool:
    """Whether two records differ in something on which the report that fits both is silent."""
    parted = identity.compare(a, b).parted
    return parted is not None and leaves_open(one, parted)


# A record from its facets ------------------------------------------------------------------------------------------------


def _computed(outcome: Outcome, facets: Sequence[Facet]) -> Outcome:
    """The outcome with everything that follows from its facets; the same for any order of them."""
    status = max((one.status for one in facets), key=_rank)
    told = [one for one in facets if one.status is status]
    computed = replace(
        outcome,
        type=_most((one.type for one in told), list(OutcomeType)),
        status=status,
        level=_most((one.level for one in told), list(Level)),
        title=titles.best(outcome.titles),
        parties=tuple(sorted({party for one in facets for party in one.parties})),
        meeting=_meeting(facets),
        conflicts=_conflicts(facets),
        blocks=tuple(sorted({term for one in facets for term in places.terms(one)})),
        facets=tuple(sorted({dump(one) for one in facets})),
    )
    return replace(computed, standing=_standing(computed))


def _standing(outcome: Outcome) -> Standing:
    """Confirmed when an official text reports as done what ministers decided."""
    decided = outcome.status is Status.DONE and outcome.level is Level.MINISTERIAL
    return Standing.CONFIRMED if decided and outcome.authority is Authority.OFFICIAL else Standing.REPORTED


def _nearer(outcome: Outcome, status: Status, authority: Authority) -> Authority:
    """The best authority for an outcome after one more report: of it as decided, or of its previews while it has no other."""
    ours, theirs = (one is Status.PLANNED for one in (outcome.status, status))
    if ours is not theirs:
        return authority if ours else outcome.authority
    return origins.best((outcome.authority, authority))


def _rank(status: Status) -> int:
    return sum(lives.further(status, other) for other in Status)


def _most(values: Iterable[_T], order: list[_T]) -> _T:
    """The most frequent value; of equals, the one that comes first in `order`."""
    counted = list(values)
    return max(order, key=lambda value: (counted.count(value), -order.index(value)))


def _meeting(facets: Sequence[Facet]) -> Meeting | None:
    """The meeting that is told most precisely."""
    return max((one.meeting for one in facets if one.meeting is not None), key=_precision, default=None)


def _precision(meeting: Meeting) -> tuple[int, str, int]:
    return (sum(part is not None for part in (meeting.ordinal, meeting.partner, meeting.year)), meeting.name, meeting.year or 0)


def _conflicts(facets: Sequence[Facet]) -> tuple[str, ...]:
    """What its sources disagree on, in words."""
    kinds = {one.kind for one in facets if one.kind}
    if "communique" in kinds:
        kinds.discard("statement")
    found = [f"kind: {' / '.join(sorted(kinds))}"] if len(kinds) > 1 else []
    done, failed = (sorted(one.day for one in facets if one.status is status) for status in (Status.DONE, Status.FAILED))
    if done and failed and failed[-1] > done[0]:
        found.append(f"status: done on {done[0].isoformat()}, failed on {failed[-1].isoformat()}")
    return tuple(found)


def _earliest(a: datetime | None, b: datetime | None) -> datetime | None:
    return min((one for one in (a, b) if one is not None), default=None)
