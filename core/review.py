"""The review desk: what a person may say of a record, and what that does to the register.

    questions(outcome)          what about it waits for somebody to look at
    rule(case, review)          the changes that a review brings

What is said is kept as it was said, signed and dated; a record carries the sum of what was not taken back (`Outcome.reviewed`), which
goes before anything that is computed from reports, and therefore survives later reports, other rules and replays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core import origins, register
from core.codes import MEETING_TYPES, Standing, Status
from core.errors import AseanwatchError
from core.facets import dump, facet, load
from core.keys import digest
from core.outcomes import Changes, Event, EventKind, Outcome, Resolved, Reviewed, Values
from core.readings import Meeting


class Action(StrEnum):
    """What a reviewer may do."""

    CONFIRM = "confirm"
    REJECT = "reject"
    EDIT = "edit"
    APPLY = "apply"
    """A report that was held is right after all."""
    DISMISS = "dismiss"
    """What waits is no matter."""
    MERGE = "merge"
    SPLIT = "split"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One action of one reviewer. `number` is given by the store (0 before that)."""

    action: Action
    outcome: str
    by: str
    at: datetime
    reason: str = ""
    edits: Values = field(default_factory=Values)
    """Of an edit: what is to stand. Of an applied report: its status."""
    other: str = ""
    """Of a merge: the record that becomes part of `outcome`. Of a split: the record that was made."""
    articles: tuple[str, ...] = ()
    """Of a split: whose reports go to the new record."""
    undoes: int | None = None
    """Of an undo: the number of the action that is taken back."""
    settled: tuple[str, ...] = ()
    """The questions that waited at the time."""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What lies before the reviewer: the record, another one where the action concerns two, their sightings, what was said before."""

    outcome: Outcome
    other: Outcome | None = None
    """Of a merge, the other record. Of a merge or split that is taken back: the other record as it last stood."""
    sightings: tuple[Resolved, ...] = ()
    """Those that stand, of both records."""
    moved: frozenset[tuple[str, int]] = frozenset()
    """(article, index) of those that came to where they are from the other record."""
    reviews: tuple[Review, ...] = ()
    """What was said of the record, and in a merge of the other one, and not taken back; oldest first."""


class Refused(AseanwatchError):
    """The action makes no sense for this record; the message says what would."""


_MEETING = re.compile(
    rf"(?P<type>{'|'.join(sorted(map(re.escape, MEETING_TYPES), key=len, reverse=True))})(?:[ -](?P<ordinal>\d{{1,3}}))?"
    r"(?: (?P<partner>[^\W\d].*?))?(?: (?P<year>(?:19|20)\d\d))?"
)


def meeting_named(name: str) -> Meeting:
    """The meeting of that name, as `Meeting.name` writes it: AMM-57, PMC Australia 2024. Raises Refused for any other text."""
    found = _MEETING.fullmatch(" ".join(name.split()))
    if found is None:
        raise Refused("is no meeting; write AMM-57 or 'PMC Australia 2024' (docs/reference/codes.md has the types)", subject=name)
    ordinal, year = (int(found[part]) if found[part] else None for part in ("ordinal", "year"))
    return Meeting(type=found["type"], ordinal=ordinal, year=year, partner=found["partner"])


def questions(outcome: Outcome) -> tuple[str, ...]:
    """What waits for a reviewer, in words; empty when nothing does."""
    return tuple(one for one in _open(outcome) if one not in outcome.reviewed.settled)


def _open(outcome: Outcome) -> list[str]:
    found = [f"disputed: {said}"] if outcome.standing is Standing.DISPUTED and (said := register.doubt(outcome)) else []
    found += [f"conflict: {conflict}" for conflict in outcome.conflicts]
    found += [f"held: {status} reported on {day}" for status, day in _held(outcome)]
    origins_ = len(outcome.origins) or outcome.articles  # a record that is older than the count of origins has none
    unproven = outcome.status is not Status.PLANNED and origins_ <= 1 and outcome.standing is Standing.REPORTED
    return found + (["support: one origin reports it"] if unproven else [])


def _held(outcome: Outcome) -> list[tuple[Status, str]]:
    """The reports that say less than was known from an earlier day."""
    known = [load(line) for line in outcome.facets]
    furthest = register.furthest(known) if known else None
    since = min((one.day for one in known if one.status is furthest), default=date.min)
    late = {(one.status, one.day.isoformat()) for one in known if one.status is not furthest and one.day > since}
    return sorted((status, day) for status, day in late if status is not outcome.status)


def rule(case: Case, review: Review) -> tuple[Review, Changes]:
    """The review as it is to be kept, and the changes that it brings. Raises Refused when it makes no sense for this record."""
    review = replace(review, settled=tuple(_open(case.outcome)))
    match review.action:
        case Action.MERGE:
            return review, _merge(case, review)
        case Action.SPLIT:
            return _split(case, review)
        case Action.UNDO:
            return _undo(case, review)
        case Action.APPLY:
            review = replace(review, edits=Values(status=_to_apply(case.outcome)))
        case Action.EDIT if review.edits == Values():
            raise Refused("say what is to stand: --title, --type, --status, --level, --party or --meeting", subject=review.outcome)
        case Action.DISMISS if not questions(case.outcome):
            raise Refused("nothing about it waits for a reviewer", subject=review.outcome)
    return review, _said(case.outcome, [*case.reviews, review], review)


def _to_apply(outcome: Outcome) -> Status:
    held = _held(outcome)
    if not held:
        raise Refused("no report of it is held", subject=outcome.key)
    return max(held, key=lambda one: one[1])[0]


def _said(outcome: Outcome, reviews: Sequence[Review], review: Review) -> Changes:
    """The record with the sum of what was said of it."""
    changed = _recomputed(replace(outcome, reviewed=summed(reviews, outcome.reviewed.apart)))
    event = _event(review, outcome.key, before=outcome.standing, after=changed.standing)
    return Changes(outcomes=(changed,), events=(event,))


def summed(reviews: Sequence[Review], apart: tuple[str, ...] = ()) -> Reviewed:
    """What stands of these reviews, oldest first: of each thing the last word."""
    said = Reviewed(apart=apart)
    for review in reviews:
        standing = {Action.CONFIRM: Standing.CONFIRMED, Action.REJECT: Standing.REJECTED}.get(review.action, said.standing)
        edits = {one.name: _last(getattr(review.edits, one.name), getattr(said.edits, one.name)) for one in fields(Values)}
        settled = tuple(dict.fromkeys((*said.settled, *review.settled)))
        said = Reviewed(standing=standing, by=review.by, at=review.at, edits=Values(**edits), settled=settled, apart=said.apart)
    return said


def _last(new: Any, old: Any) -> Any:
    return old if new is None else new


def _recomputed(outcome: Outcome) -> Outcome:
    return register.computed(outcome, [load(line) for line in outcome.facets])


def _event(review: Review, subject: str, *, kind: EventKind = EventKind.OUTCOME_REVIEWED, before: str = "", after: str = "") -> Event:
    detail = f"{review.action} by {review.by}" + (f": {review.reason}" if review.reason else "")
    return Event(kind=kind, subject=subject, at=review.at, before=before, after=after, detail=detail)


# Two records -------------------------------------------------------------------------------------------------------------


def _merge(case: Case, review: Review) -> Changes:
    """The other record under this one."""
    kept, gone = case.outcome, case.other
    if gone is None or gone.key == kept.key:
        raise Refused("name two records that are not one already", subject=review.outcome)
    whole = register.combined(kept, gone)
    apart = tuple(key for key in whole.reviewed.apart if key not in (kept.key, *whole.merged))
    facets = [line for one in (kept, gone) if one.supported or not whole.supported for line in one.facets]
    articles = len({one.reported.article for one in case.sightings})
    whole = replace(whole, facets=tuple(facets), articles=articles, reviewed=summed([*case.reviews, review], apart))
    event = _event(review, kept.key, kind=EventKind.OUTCOME_MERGED, before=gone.key, after=kept.key)
    return Changes(outcomes=(_recomputed(whole),), events=(event,), merged=((gone.key, kept.key),))


def _split(case: Case, review: Review) -> tuple[Review, Changes]:
    """The reports of some articles as a record of their own, which is never merged with this one by itself."""
    out = [one for one in case.sightings if one.reported.article in review.articles]
    rest = [one for one in case.sightings if one.reported.article not in review.articles]
    missing = set(review.articles) - {one.reported.article for one in out}
    if missing or not out:
        raise Refused(f"no report of it that stands comes from {', '.join(sorted(missing)) or 'no article'}", subject=review.outcome)
    if not rest:
        raise Refused("all its reports come from these articles: nothing would be left of it", subject=review.outcome)
    first = out[0].reported
    key = f"{first.sighting.type}-{digest(dump(facet(first)), case.outcome.key, *sorted(review.articles))[:16]}"
    new = Outcome(
        key=key,
        type=first.sighting.type,
        status=first.sighting.status,
        level=first.sighting.level,
        title=first.sighting.title,
        first_seen=first.at,
        last_seen=first.at,
        reviewed=Reviewed(by=review.by, at=review.at, apart=(case.outcome.key,)),
    )
    apart = tuple(dict.fromkeys((*case.outcome.reviewed.apart, key)))
    left = replace(case.outcome, reviewed=summed([*case.reviews, review], apart))
    return replace(review, other=key), _parted(review, left, rest, new, out, f"split off by {review.by}")


def _parted(review: Review, left: Outcome, rest: Sequence[Resolved], new: Outcome, out: Sequence[Resolved], why: str) -> Changes:
    """Two records, each of its own sightings."""
    moved = tuple(replace(one, outcome=new.key, why=why) for one in out)
    events = (
        _event(review, left.key, kind=EventKind.OUTCOME_SPLIT, before=left.key, after=new.key),
        _event(review, new.key, kind=EventKind.OUTCOME_SPLIT, before=left.key, after=new.key),
    )
    return Changes(outcomes=(of_sightings(left, rest), of_sightings(new, moved)), resolved=moved, events=events)


def of_sightings(outcome: Outcome, sightings: Sequence[Resolved]) -> Outcome:
    """The record by these sightings alone; as it was, where there are none."""
    if not sightings:
        return _recomputed(replace(outcome, supported=False, articles=0))
    reports = [one.reported for one in sightings]
    named = dict.fromkeys(one.sighting.title for one in reports)
    decided = [one.at for one in reports if one.sighting.status is not Status.PLANNED]
    found = replace(
        outcome,
        titles=tuple(dict.fromkeys((*(title for title in outcome.titles if title in named), *named))),
        first_seen=min(one.at for one in reports),
        last_seen=max(one.at for one in reports),
        done_at=min(decided, default=None),
        articles=len({one.article for one in reports}),
        authority=origins.nearest((one.sighting.status, one.authority) for one in reports),
        supported=True,
    )
    return register.computed(found, [facet(one) for one in reports])


# Taking back -------------------------------------------------------------------------------------------------------------


def _undo(case: Case, review: Review) -> tuple[Review, Changes]:
    """The last action on the record is taken back."""
    if not case.reviews:
        raise Refused("no action on it stands that could be taken back", subject=review.outcome)
    last = case.reviews[-1]
    review = replace(review, undoes=last.number, other=last.other, articles=last.articles)
    if last.action is Action.MERGE:
        return review, _unmerged(case, review)
    if last.action is Action.SPLIT:
        return review, _unsplit(case, review, last)
    return review, _said(case.outcome, case.reviews[:-1], review)


def _unmerged(case: Case, review: Review) -> Changes:
    """The record that became part of this one stands again, with the sightings that came from it."""
    gone = case.other
    if gone is None:
        raise Refused("the record that was merged is not in the log", subject=review.outcome)
    out = [one for one in case.sightings if (one.reported.article, one.reported.index) in case.moved]
    rest = [one for one in case.sightings if one not in out]
    merged = tuple(key for key in case.outcome.merged if key not in (gone.key, *gone.merged))
    reviews = [one for one in case.reviews[:-1] if one.outcome in (case.outcome.key, *merged)]
    left = replace(case.outcome, merged=merged, reviewed=summed(reviews, case.outcome.reviewed.apart))
    return _parted(review, left, rest, gone, out, f"merge taken back by {review.by}")


def _unsplit(case: Case, review: Review, last: Review) -> Changes:
    """What was split off comes back."""
    if case.other is None:
        raise Refused("the record that was split off is part of another one by now; undo that first", subject=last.other)
    apart = tuple(key for key in case.outcome.reviewed.apart if key != case.other.key)
    left = replace(case.outcome, reviewed=replace(case.outcome.reviewed, apart=apart))
    return _merge(replace(case, outcome=left, reviews=case.reviews[:-1]), review)
