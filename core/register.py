"""What one reading does to the register: which outcome each sighting belongs to, what became of it, and what an alert must say.

    report(article, reading, now)            the reading's sightings, each with who reported it and whether it may be told
    blocks(reports)                          where in the register their like may stand
    decide(known, reports, now, earlier)     the changes: new and changed outcomes, sightings with reasons, events, news, corrections

`decide` is a function of what it is given. A record is computed from the facets (`core.identity`) of the sightings that stand, so that
the same reports give the same records in whatever order they came: partition, status, titles, parties, meeting, conflicts. Two things do
depend on the order: the key (a record keeps the one it was born with) and the seat of a report that fits two records which differ in
what the report leaves open ("a joint statement", where there are two): such a report never brings them together, it joins the better match.

A reading that takes the place of an `earlier` one takes that one's sightings back first. What reviewers said (`core.review`) goes before
what is computed, and survives every reading.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import TypeVar

from core import blocks as places
from core import corrections, identity, lives, origins, titles
from core.articles import Article
from core.codes import Level, OutcomeType, Standing, Status
from core.facets import Facet, Feature, dump, facet, leaves_open, load
from core.identity import Verdict
from core.keys import digest
from core.origins import Authority
from core.outcomes import Changes, Earlier, Event, EventKind, Outcome, Reported, Resolved, Retraction, Reviewed, Values
from core.readings import Meeting, Reading, Sighting

_T = TypeVar("_T")

FRESH = identity.WINDOW
"""What became known as done without an alert is still told when a report comes within this time that may be told."""

NEVER_READ = Earlier()
"""For an article that was never read before."""


# What a reading reports --------------------------------------------------------------------------------------------------


def report(article: Article, reading: Reading, now: datetime, *, history: bool = False, max_age: timedelta | None) -> tuple[Reported, ...]:
    """The sightings of a reading in their order, each with whether it may be told and, when not, why.

    It may when the article is news of it (`reading.alert`), ministers decided it, it is done or failed, the article is not read as
    history and was published within `max_age` before `now` (None: any age; without a date, the day counts on which it was first seen).
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
                first_seen=article.first_seen,
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
    since = article.published or article.first_seen
    if max_age is not None and since is not None and now - since > max_age:
        return f"too old: {'published' if article.published else 'first seen'} {(now - since).days} days before it was read"
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
    """What reports are compared with, those among them that the article itself may be about to take back."""
    standing: list[Facet]
    """What it is computed from: the facets of the other sightings that stand, and of this reading's."""
    known: bool
    """Whether it was in the register before this reading."""
    reached: Status | None = None
    """The furthest status that it has had."""
    articles: set[str] = field(default_factory=set)
    """Articles of this reading that were counted."""
    titles: set[str] = field(default_factory=set)
    """The titles of the sightings that stand."""
    told_by: list[tuple[Status, Authority]] = field(default_factory=list)
    """Status and authority of the reports that stand; of those of other articles at least of the nearest."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """A record to which a report belongs, and how well."""

    record: _Record
    verdict: Verdict

    @property
    def rank(self) -> tuple[int, str]:
        return (-self.verdict.score, self.record.outcome.key)


def decide(known: Sequence[Outcome], reports: Sequence[Reported], now: datetime, earlier: Earlier = NEVER_READ) -> Changes:
    """The changes that `reports` (of one reading) bring to the `known` outcomes: those that share a block with them or are of `earlier`.

    Safe to give more than the candidates; the result depends on no order, neither of `known` nor of `reports`.
    """
    desk = _Desk(known, now, earlier)
    for reported, one in sorted(((r, facet(r)) for r in reports), key=_most_telling_first):
        desk.take(reported, one)
    desk.close()
    return desk.changes()


def _most_telling_first(pair: tuple[Reported, Facet]) -> tuple[bool, int, int, str, int]:
    """What is done before what is planned, what names its subject before what does not."""
    reported, one = pair
    return (one.status is Status.PLANNED, not one.subject, -len(one.parties), dump(one), reported.index)


class _Desk:
    """Takes the reports of one reading, one after another, and then takes back what the article no longer says."""

    def __init__(self, known: Sequence[Outcome], now: datetime, earlier: Earlier) -> None:
        self._now = now
        self._earlier = earlier
        self._before = {outcome.key: outcome for outcome in known}
        self._records = {outcome.key: self._opened(outcome) for outcome in sorted(known, key=lambda one: one.key)}
        self._touched: dict[str, None] = {}
        self._resolved: list[Resolved] = []
        self._events: list[Event] = []
        self._news: dict[str, Resolved] = {}
        self._merged: list[tuple[str, str]] = []
        self._corrections: list[Retraction] = []

    def _opened(self, outcome: Outcome) -> _Record:
        """A known record; what this article said of it before is compared with, but no longer stands."""
        if outcome.alerted_at is not None and outcome.told is None:  # recorded before the register kept what it told
            outcome = replace(outcome, told=outcome.status)
        facets = [load(line) for line in outcome.facets]
        mine = [one for one in self._earlier.sightings if one.outcome == outcome.key]
        if not mine:
            known = _Record(outcome, facets, [], known=True, reached=outcome.status, titles=set(outcome.titles))
            if outcome.supported:
                known.standing = list(facets)
                known.told_by = [(reported_status(outcome), outcome.authority)]
            return known
        others = [one for one in self._earlier.others if one.outcome == outcome.key]
        return _Record(
            outcome,
            facets,
            list(dict.fromkeys(facet(one.reported) for one in others)),
            known=True,
            reached=outcome.status,
            articles={one.reported.article for one in mine},
            titles={one.reported.sighting.title for one in others},
            told_by=[(one.reported.sighting.status, one.reported.authority) for one in others],
        )

    def changes(self) -> Changes:
        """Everything that was decided."""
        return Changes(
            outcomes=tuple(self._records[key].outcome for key in self._touched if key in self._records),
            resolved=tuple(sorted(self._resolved, key=lambda one: one.reported.index)),
            events=tuple(self._events),
            news=tuple(sorted(self._news.values(), key=lambda one: one.reported.index)),
            merged=tuple(self._merged),
            corrections=tuple(self._corrections),
        )

    def take(self, reported: Reported, one: Facet) -> None:
        """Puts one report where it belongs."""
        fits, near = self._fits(one)
        merged = None if fits else self._merged_before(reported, one)
        if fits:
            record, why = self._join(fits, one)
        elif merged is not None:
            record, why = merged, "joined: the record that such a report made was merged with this one"
        else:
            record, why = self._begin(reported, one), f"new: {near}"
        before = record.outcome
        held = self._jumps_back(record, one)
        self._add(record, reported, one)
        resolved = Resolved(reported=reported, outcome=record.outcome.key, why=why, applied=not held)
        self._resolved.append(resolved)
        self._tell(record, before, resolved, fresh_record=not fits and merged is None)

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
        own = self._own_seat(fits[0].record)
        if own is not None:
            return own, f"kept apart from “{fits[0].record.outcome.title}” by a reviewer"
        same = [fits[0]]
        for fit in fits[1:]:
            alike = not any(_differ(one, mine, theirs) for taken in same for mine in taken.record.facets for theirs in fit.record.facets)
            if alike and not any(_kept_apart(taken.record.outcome, fit.record.outcome) for taken in same):
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

    def _own_seat(self, best: _Record) -> _Record | None:
        """The record in which this article sat already, where a reviewer keeps that one apart from the best one."""
        sat = sorted({one.outcome for one in self._earlier.sightings} & self._records.keys())
        if best.outcome.key in sat:
            return None
        return next((self._records[key] for key in sat if _kept_apart(self._records[key].outcome, best.outcome)), None)

    def _merge(self, gone: _Record, kept: _Record, why: str) -> None:
        """Puts everything of one record under another."""
        first, second = kept.outcome, gone.outcome
        kept.facets = [*kept.facets, *(one for one in gone.facets if one not in kept.facets)]
        kept.standing = [*kept.standing, *(one for one in gone.standing if one not in kept.standing)]
        kept.articles |= gone.articles
        kept.titles |= gone.titles
        kept.told_by += gone.told_by
        kept.outcome = combined(first, second)
        self._touched[first.key] = None
        del self._records[second.key]
        self._merged = [(old, first.key if new == second.key else new) for old, new in self._merged]
        self._resolved = [replace(one, outcome=first.key) if one.outcome == second.key else one for one in self._resolved]
        told = self._news.pop(second.key, None)
        if told is not None and first.alerted_at is None:
            self._news[first.key] = replace(told, outcome=first.key)
        if gone.known:
            self._merged.append((second.key, first.key))
        self._event(EventKind.OUTCOME_MERGED, first.key, before=second.key, after=first.key, detail=why)

    def _merged_before(self, reported: Reported, one: Facet) -> _Record | None:
        """The record of which the one that this report would make became a part; none makes it a second time."""
        keys = set(_keys(reported, one))
        return next((record for _, record in sorted(self._records.items()) if keys & set(record.outcome.merged)), None)

    def _begin(self, reported: Reported, one: Facet) -> _Record:
        """A new record, empty; its key depends on what it is about (and on the article, where a record moved on from that)."""
        sighting = reported.sighting
        own, of_article = _keys(reported, one)
        key = of_article if own in self._records else own
        outcome = Outcome(
            key=key, type=sighting.type, status=sighting.status, level=sighting.level, title=sighting.title,
            first_seen=reported.at, last_seen=reported.at, articles=0,
        )  # fmt: skip
        record = _Record(outcome, [], [], known=False)
        self._records[key] = record
        return record

    # what becomes of it

    @staticmethod
    def _jumps_back(record: _Record, one: Facet) -> bool:
        """Whether it says less than what is known from an earlier day: an old preview read late is no jump back."""
        return any(lives.further(f.status, one.status) for f in record.standing) and one.day > min(
            f.day for f in record.standing if f.status is furthest(record.standing)
        )

    def _add(self, record: _Record, reported: Reported, one: Facet) -> None:
        """The record with this report in it, computed anew from all its facets."""
        old, title = record.outcome, reported.sighting.title
        known = old.titles if record.standing else ()
        for facets in (record.facets, record.standing):
            if one not in facets:
                facets.append(one)
        record.titles.add(title)
        record.told_by.append((one.status, reported.authority))
        counted = reported.article not in record.articles
        record.articles.add(reported.article)
        decided = one.status is not Status.PLANNED
        record.outcome = replace(
            old,
            titles=known if title in known else (*known, title),
            first_seen=min(old.first_seen, reported.at),
            last_seen=max(old.last_seen, reported.at) if counted else old.last_seen,
            done_at=_earliest(old.done_at, reported.at if decided else None),
            articles=old.articles + counted,
            supported=True,
            authority=origins.nearest(record.told_by),
        )
        record.outcome = computed(record.outcome, record.standing)
        self._touched[old.key] = None

    def _tell(self, record: _Record, before: Outcome, resolved: Resolved, *, fresh_record: bool) -> None:
        """Events, and news where it is due."""
        after, reported = record.outcome, resolved.reported
        moved = fresh_record or record.reached is None or lives.further(after.status, record.reached)
        came_from, record.reached = record.reached, after.status if moved else record.reached
        if fresh_record:
            self._event(EventKind.OUTCOME_NEW, after.key, after=after.status, reported=reported, detail=resolved.why)
        elif moved:
            self._event(
                EventKind.OUTCOME_STATUS, after.key, before=came_from or "", after=after.status, reported=reported, detail=resolved.why
            )
        elif not resolved.applied:
            detail = f"held for review: {reported.sighting.status} after {after.status}"
            self._event(
                EventKind.OUTCOME_HELD, after.key, before=after.status, after=reported.sighting.status, reported=reported, detail=detail
            )
        elif after.articles > before.articles:
            self._event(EventKind.OUTCOME_CORROBORATED, after.key, after=after.status, reported=reported, detail=resolved.why)
        if resolved.applied and reported.sighting.status is not Status.PLANNED:
            self._tell_or_be_quiet(record, resolved, moved=moved)

    def _tell_or_be_quiet(self, record: _Record, resolved: Resolved, *, moved: bool) -> None:
        """An outcome is told once: when it is done, or when the first report comes that may be told, as long as that is news."""
        outcome, reported = record.outcome, resolved.reported
        if ruled := _ruled_out(outcome):
            quiet = ruled
        elif outcome.alerted_at is not None:
            quiet = "told before, at an earlier step" if moved else ""
        elif not reported.alertable:
            quiet = reported.quiet or "not news" if moved else ""
        else:
            quiet = self._stale(record, reported)
            if not quiet:
                record.outcome = replace(outcome, alerted_at=self._now, told=outcome.status)
                self._news[outcome.key] = resolved
        if quiet:
            self._event(EventKind.ALERT_SUPPRESSED, outcome.key, after=outcome.status, reported=reported, detail=quiet)

    @staticmethod
    def _stale(record: _Record, reported: Reported) -> str:
        """Why a result that nobody was told of is no news any more."""
        known = min(one.day for one in record.standing if one.status is not Status.PLANNED)
        if facet(reported).day - known <= FRESH:
            return ""
        return f"known since {known.isoformat()}: no news any more"

    # what the article no longer says

    def close(self) -> None:
        """Takes back what the article said before and does not say any more, and tells how each record stands in the end."""
        gone = dict(self._merged)
        before: dict[str, list[Resolved]] = {}
        for one in self._earlier.sightings:
            before.setdefault(gone.get(one.outcome, one.outcome), []).append(one)
        for key in sorted(before.keys() & self._records.keys()):
            self._take_back(self._records[key], before[key])
        for key in self._touched:
            if key in self._records:
                self._tell_standing(self._records[key])

    def _take_back(self, record: _Record, before: Sequence[Resolved]) -> None:
        """Computes a record without what the article said of it before."""
        key = record.outcome.key
        now = [one for one in self._resolved if one.outcome == key]
        self._touched[key] = None
        known = record.outcome
        if record.standing:
            kept = tuple(title for title in known.titles if title in record.titles)
            decided = any(one.status is not Status.PLANNED for one in record.standing)
            known = replace(
                known,
                titles=kept or known.titles,
                done_at=known.done_at if decided else None,
                authority=origins.nearest(record.told_by),
            )
        record.outcome = replace(known, supported=bool(record.standing), articles=known.articles - (not now))
        record.outcome = computed(record.outcome, record.standing or record.facets)
        lost = corrections.lost(before, now)
        if lost is None:
            return
        said, says = lost.said.reported, lost.now.reported.sighting.status if lost.now else ""
        quote = said.sighting.sentence.quote
        self._event(EventKind.OUTCOME_RETRACTED, key, before=said.sighting.status, after=says, reported=said, detail=quote)
        if said.index in self._earlier.edited and self._owes_correction(record.outcome):
            self._corrections.append(lost.retraction(key))

    def _owes_correction(self, outcome: Outcome) -> bool:
        """Whether somebody was told what nothing supports any more, as of this reading; a reviewer who confirmed it stands by it."""
        before = self._before.get(outcome.key, outcome)
        told = before.alerted_at is not None and before.reviewed.standing is not Standing.CONFIRMED
        return told and corrections.unsupported(outcome) and not corrections.unsupported(before)

    def _tell_standing(self, record: _Record) -> None:
        """Events where the sources came to disagree, or the record came to be disputed or is so no more."""
        after = record.outcome
        before = self._before.get(after.key)
        reported = next((one.reported for one in reversed(self._resolved) if one.outcome == after.key), None)
        was, is_ = "; ".join(before.conflicts) if before else "", "; ".join(after.conflicts)
        if was != is_:
            detail = reported.sighting.title if reported else after.title
            self._event(EventKind.OUTCOME_CONFLICT, after.key, before=was, after=is_, reported=reported, detail=detail)
        stood = before.standing if before else Standing.REPORTED
        if after.standing is stood:
            return
        if Standing.DISPUTED in (after.standing, stood):
            kind = EventKind.OUTCOME_DISPUTED if after.standing is Standing.DISPUTED else EventKind.OUTCOME_RESTORED
            self._event(kind, after.key, before=stood, after=after.standing, reported=reported, detail=doubt(after))
        if after.standing is Standing.CONFIRMED and after.reviewed.standing is None:
            self._tell_confirmed(after, stood)

    def _tell_confirmed(self, outcome: Outcome, stood: Standing) -> None:
        """That an official text confirms it, and whose, where it is of this reading."""
        told = (one.reported for one in self._resolved if one.outcome == outcome.key)
        official = next((one for one in told if one.authority is Authority.OFFICIAL), None)
        by = f": {official.publisher or official.article}" if official else ""
        detail = f"an official text reports it as done{by}"
        self._event(EventKind.OUTCOME_CONFIRMED, outcome.key, before=stood, after=outcome.standing, reported=official, detail=detail)

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


def _keys(reported: Reported, one: Facet) -> tuple[str, str]:
    """The key of the record that a report makes, and the one that it makes where that is taken."""
    type_ = reported.sighting.type
    return f"{type_}-{digest(dump(one))[:16]}", f"{type_}-{digest(dump(one), reported.article)[:16]}"


def _kept_apart(a: Outcome, b: Outcome) -> bool:
    """Whether a reviewer's word forbids that two records are merged by themselves."""
    ours, theirs = {a.key, *a.merged}, {b.key, *b.merged}
    rulings = {a.reviewed.standing, b.reviewed.standing}
    return bool(ours & set(b.reviewed.apart) or theirs & set(a.reviewed.apart)) or rulings >= {Standing.CONFIRMED, Standing.REJECTED}


def _ruled_out(outcome: Outcome) -> str:
    """Why a reviewer's word keeps an outcome from being told; empty when none does."""
    said = outcome.reviewed
    signed = f"by {said.by} on {said.at.date().isoformat()}" if said.at else ""
    if said.standing is Standing.REJECTED:
        return f"rejected {signed}"
    return f"edited to planned {signed}" if outcome.status is Status.PLANNED else ""


# A record from its facets ------------------------------------------------------------------------------------------------


def computed(outcome: Outcome, facets: Sequence[Facet]) -> Outcome:
    """The outcome with everything that follows from its facets and from what reviewers said; the same for any order of the facets."""
    status = furthest(facets)
    told = [one for one in facets if one.status is status]
    found = replace(
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
        computed=Values(),
    )
    return with_standing(_edited(found))


def _edited(found: Outcome) -> Outcome:
    """What reviewers put in place of what was found, which is kept beside it."""
    edits = found.reviewed.edits
    if edits == Values():
        return found
    changed = {one.name: getattr(edits, one.name) for one in fields(Values) if getattr(edits, one.name) is not None}
    return replace(found, **changed, computed=Values(**{name: getattr(found, name) for name in changed}))


def with_standing(found: Outcome) -> Outcome:
    """The record with its standing: a reviewer's word goes first, then what speaks against it, then what an official text says."""
    if found.reviewed.standing is not None:
        return replace(found, standing=found.reviewed.standing)
    if doubt(found):
        return replace(found, standing=Standing.DISPUTED)
    return replace(found, standing=Standing.CONFIRMED if _official(found) else Standing.REPORTED)


def _official(outcome: Outcome) -> bool:
    """Whether an official text reports as done what ministers decided."""
    done = outcome.status is Status.DONE and reported_status(outcome) is Status.DONE
    return done and outcome.level is Level.MINISTERIAL and outcome.authority is Authority.OFFICIAL


def reported_status(outcome: Outcome) -> Status:
    """How far it has come by its reports, whatever a reviewer put in place of that."""
    return outcome.computed.status or outcome.status


def doubt(outcome: Outcome) -> str:
    """What speaks against a record, in words; empty when nothing does."""
    if corrections.unsupported(outcome):
        return f"no report that stands says that it is {outcome.told or outcome.status}"
    if outcome.reviewed.edits.status is not None:
        return ""
    return next((conflict for conflict in outcome.conflicts if conflict.startswith("status:")), "")


def combined(first: Outcome, second: Outcome) -> Outcome:
    """The record `first` with all that `second` brings, before it is computed."""
    supported = [one for one in (first, second) if one.supported]
    return replace(
        first,
        titles=tuple(dict.fromkeys((*first.titles, *second.titles))),
        first_seen=min(first.first_seen, second.first_seen),
        last_seen=max(first.last_seen, second.last_seen),
        done_at=_earliest(first.done_at, second.done_at),
        alerted_at=_earliest(first.alerted_at, second.alerted_at),
        overdue_at=max((at for at in (first.overdue_at, second.overdue_at) if at), default=None),
        told=_furthest_told(first.told, second.told),
        articles=first.articles + second.articles,
        authority=origins.nearest((reported_status(one), one.authority) for one in supported or (first, second)),
        supported=bool(supported),
        merged=tuple(dict.fromkeys((*first.merged, second.key, *second.merged))),
        reviewed=_both(first.reviewed, second.reviewed),
    )


def _both(first: Reviewed, second: Reviewed) -> Reviewed:
    """What reviewers said of two records that are one; where they differ, the later word."""
    older, newer = sorted((first, second), key=lambda one: (one.at is not None, one.at))
    edits = {one.name: getattr(newer.edits, one.name) or getattr(older.edits, one.name) for one in fields(Values)}
    return Reviewed(
        standing=newer.standing or older.standing,
        by=newer.by,
        at=newer.at,
        edits=Values(**edits),
        settled=tuple(dict.fromkeys((*older.settled, *newer.settled))),
        apart=tuple(dict.fromkeys((*older.apart, *newer.apart))),
    )


def _furthest_told(a: Status | None, b: Status | None) -> Status | None:
    return max((one for one in (a, b) if one is not None), key=lives.rank, default=None)


def furthest(facets: Sequence[Facet]) -> Status:
    """The furthest status that any of them reports."""
    return max((one.status for one in facets), key=lives.rank)


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
