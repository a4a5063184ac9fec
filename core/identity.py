"""When two reports are of one outcome: what joins or parts two facets, in words.

The comparison looks at two facets and nothing else, so that it gives the same answer whatever came first. A feature that a
report leaves open (no subject named, no meeting, no partner) neither joins nor parts; `core.register` sees to it that such a
report never brings two records together that differ in that very feature.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from core import wording
from core.codes import Status
from core.facets import FOREIGN_MINISTERS, YEARLY, Facet, Feature
from core.readings import Meeting

WINDOW = timedelta(days=21)
"""Reports of one meeting-week come within this time of each other."""
SHORT_WINDOW = timedelta(days=4)
"""The same for reports that name neither a partner nor both their meeting."""
CEREMONY = timedelta(days=7)
"""Within this time "six states acceded" and the six named ones are one ceremony."""

_SUMMIT_WEEK = frozenset({"SUMMIT", "PARTNER-SUMMIT", "AMM-SPECIAL", "AMM-RETREAT", "ACC", "COUNCIL"})
_ANY_FIELD = frozenset({"BILATERAL", "OFFICIALS", "FORUM"})
_MANY_DOCUMENTS = FOREIGN_MINISTERS | _SUMMIT_WEEK | _ANY_FIELD
_EQUAL = 100
"""Score of two facets without any difference; more than any sum of features."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What two facets have in common. `parted` names the feature that keeps them apart, None when nothing does."""

    joined: bool
    why: str
    """In plain words: what joined them, or what parted them, or what was too little."""
    parted: Feature | None = None
    score: int = 0
    """How much joins them; tells the better of two candidates."""


class _Parted(Exception):
    """Two facets differ in `feature`."""

    def __init__(self, feature: Feature, why: str) -> None:
        super().__init__(why)
        self.feature = feature
        self.why = why


@dataclass(slots=True)
class _Case:
    """What was found to speak for one outcome."""

    reasons: list[str]
    score: int = 0

    def add(self, reason: str, score: int) -> None:
        self.reasons.append(reason)
        self.score += score


def compare(a: Facet, b: Facet) -> Verdict:
    """Whether two reports are of one outcome, and why; the same whichever comes first."""
    if a == b:
        return Verdict(joined=True, why="the same in every respect", score=_EQUAL)
    case = _Case([])
    try:
        if a.family != b.family:
            raise _Parted(Feature.TYPE, f"{a.type} / {b.type}")
        if a.act is not None and b.act is not None and a.act != b.act:
            raise _Parted(Feature.ACT, f"another step: {a.act or 'the deed'} / {b.act or 'the deed'}")
        enough = _COMPARE.get(a.family, _works)(a, b, case)
    except _Parted as parted:
        return Verdict(joined=False, why=f"{parted.feature}: {parted.why}", parted=parted.feature, score=case.score)
    if enough:
        return Verdict(joined=True, why=", ".join(case.reasons), score=case.score)
    return Verdict(joined=False, why=f"too little in common ({', '.join(case.reasons) or 'nothing'})", score=case.score)


def _works(a: Facet, b: Facet, case: _Case) -> bool:
    """Things that are known by what they are about: documents, mechanisms, pledges, talks, decisions."""
    if a.level is not b.level:
        raise _Parted(Feature.LEVEL, f"{a.level} / {b.level}")
    if a.group and b.group and a.group != b.group:
        raise _Parted(Feature.KIND, f"{a.kind} / {b.kind}")
    if a.cycle and b.cycle and a.cycle != b.cycle:
        raise _Parted(Feature.CYCLE, f"{a.cycle} / {b.cycle}")
    if a.grade and b.grade and a.grade != b.grade:
        raise _Parted(Feature.GRADE, f"{a.grade} / {b.grade}")
    _same_parties(a, b, case)
    named = bool(a.subject and b.subject) and "count" not in (a.group, b.group)
    _same_time(a, b, case, named=named)
    if a.kind and b.kind:
        case.add(f"{a.kind}" if a.kind == b.kind else f"{a.kind} and {b.kind} of one kind", 2 if a.kind == b.kind else 1)
    if a.cycle and a.cycle == b.cycle:
        case.add(f"cycle {a.cycle}", 2)
    if named:
        return _same_subject(a, b, case)
    if a.grade and a.grade == b.grade and a.partners and a.partners == b.partners:
        case.add(f"the sum of {a.grade}", 2)
        return True
    return a.family == "text" and _same_unnamed(a, b, case)


def _same_parties(a: Facet, b: Facet, case: _Case) -> None:
    """Partners are the same or left open by one; members part where both name members alone (of documents they say nothing)."""
    if a.partners and b.partners:
        if a.partners != b.partners:
            raise _Parted(Feature.PARTIES, f"{_list(a.partners)} / {_list(b.partners)}")
        case.add(f"with {_list(a.partners)}", 3)
    elif a.family != "text" and not a.partners and not b.partners and a.members and b.members:
        if not a.members & b.members:
            raise _Parted(Feature.PARTIES, f"{_list(a.members)} / {_list(b.members)}")
        case.add(f"of {_list(a.members & b.members)}", 2)


def _same_time(a: Facet, b: Facet, case: _Case, *, named: bool) -> None:
    """One meeting, or reports near each other; a thing named beforehand and done later in the same year is one, too."""
    if _same_meeting(a, b, case):
        return
    gap = abs(a.day - b.day)
    if not named and not (a.partners and a.partners == b.partners) and (a.meeting is None or b.meeting is None):
        window = SHORT_WINDOW
    else:
        window = WINDOW
    if gap <= window:
        case.add(f"reported {gap.days} day{'s' if gap.days > 1 else ''} apart" if gap.days else "reported on one day", 1)
        return
    if named and a.year == b.year and _foretold(a, b):
        case.add(f"foretold for {a.year}", 1)
        return
    raise _Parted(Feature.TIME, f"{gap.days} days apart")


def _same_meeting(a: Facet, b: Facet, case: _Case) -> bool:
    """True when it is certain that both speak of one meeting; parted when they cannot."""
    m, n = a.meeting, b.meeting
    if m is None or n is None:
        return False
    if m.year and n.year and m.year != n.year:
        raise _Parted(Feature.MEETING, f"{m.name} ({m.year}) / {n.name} ({n.year})")
    if _field(m) and _field(n) and _field(m) != _field(n):
        raise _Parted(Feature.MEETING, f"{m.name} / {n.name}")
    if m.type != n.type or (m.partner and n.partner and m.partner != n.partner):
        return False
    if m.ordinal and n.ordinal:
        if m.ordinal != n.ordinal and not (m.type == "SUMMIT" and abs(m.ordinal - n.ordinal) == 1):
            raise _Parted(Feature.MEETING, f"{m.name} / {n.name}")
        if m.ordinal != n.ordinal:
            return False
    elif not (m.type in YEARLY and m.year and m.year == n.year):
        return False
    case.add(f"both at {m.name if m.ordinal else n.name}", 3)
    return True


def _field(meeting: Meeting) -> str:
    """Foreign ministers and leaders are one field, each sectoral body is another; empty for meetings of any field."""
    if meeting.type in _ANY_FIELD:
        return ""
    return "foreign" if meeting.type in _MANY_DOCUMENTS else meeting.type


def _foretold(a: Facet, b: Facet) -> bool:
    """Whether one report foretells what the other says, or both foretell it."""
    if a.status is Status.PLANNED and b.status is Status.PLANNED:
        return True
    if Status.PLANNED not in (a.status, b.status):
        return False
    plan, deed = (a, b) if a.status is Status.PLANNED else (b, a)
    return plan.day <= deed.day


def _same_subject(a: Facet, b: Facet, case: _Case) -> bool:
    """More than half of what the shorter one names is named by the other: "nuclear safety" is not "maritime safety", whoever the partner.

    Where the parties speak for it, too, weak words do not count. A mechanism's noun counts as a word of its name ("response fund").
    """
    shared = a.subject & b.subject
    if not shared:
        raise _Parted(Feature.SUBJECT, f"{_list(a.subject)} / {_list(b.subject)}")
    case.add(f"both on {_list(shared)}", 2 + len(shared))
    if not shared - wording.WEAK:
        return a.subject == b.subject
    noun = a.family == "mechanism" and a.kind == b.kind != ""
    weak = wording.WEAK if a.parties and a.parties == b.parties else frozenset()
    return 2 * (len(shared - weak) + noun) > min(len(a.subject - weak), len(b.subject - weak)) + noun


def _same_unnamed(a: Facet, b: Facet, case: _Case) -> bool:
    """At least one says no more than "a joint statement": one with that partner, or the one that such a meeting issues."""
    if "count" in (a.group, b.group) and a.subject and b.subject and a.subject != b.subject:
        raise _Parted(Feature.SUBJECT, f"{_list(a.subject)} / {_list(b.subject)} documents")
    if a.kind and b.kind and a.kind != b.kind and a.group != "utterance":
        return False
    if a.partners and a.partners == b.partners:
        return True
    if a.partners or b.partners or not (a.kind and b.kind):
        return False
    if a.subject != b.subject and (a.group != "utterance" or "communique" in (a.kind, b.kind) or not _both_issue_one(a, b)):
        return False
    if a.meeting is None or b.meeting is None:
        return a.meeting is b.meeting or not (a.subject or b.subject)
    return a.meeting.type == b.meeting.type


def _both_issue_one(a: Facet, b: Facet) -> bool:
    return all(one.meeting is not None and issues_one(one.meeting) for one in (a, b))


def issues_one(meeting: Meeting) -> bool:
    """Whether such a meeting issues one statement: a sectoral one does; of others an unnamed statement is not taken for a named one."""
    return meeting.type not in _MANY_DOCUMENTS


def _states(a: Facet, b: Facet, case: _Case) -> bool:
    """Accessions, partnerships, memberships: known by the state, not by the words.

    What was planned for several states is the record of a deed only if all of them did it: who is still to come stays planned.
    """
    if a.grade and b.grade and a.grade != b.grade:
        raise _Parted(Feature.GRADE, f"{a.grade} / {b.grade}")
    case.add(a.grade or b.grade or "partnership", 1)
    gap = abs(a.day - b.day)
    ours, theirs = frozenset(a.parties), frozenset(b.parties)
    if not ours or not theirs:
        return _same_ceremony(a, b, case)
    if not ours & theirs:
        raise _Parted(Feature.PARTIES, f"{_list(ours)} / {_list(theirs)}")
    case.add(_list(ours & theirs), 3)
    if bool(a.grade) != bool(b.grade) and gap > WINDOW:
        return False
    plans = [one for one in (a, b) if one.status is Status.PLANNED]
    if len(plans) == 2:
        return ours == theirs
    if plans:
        plan, deed = (a, b) if a is plans[0] else (b, a)
        return set(plan.parties) <= set(deed.parties) and plan.day <= deed.day + WINDOW
    if a.status is not b.status:
        return gap <= WINDOW
    return ours <= theirs or theirs <= ours or gap <= WINDOW


def _same_ceremony(a: Facet, b: Facet, case: _Case) -> bool:
    """ "Six states acceded" and the named ones: at one meeting, in one week, both planned or both done."""
    if a.status is not b.status or a.meeting is None or b.meeting is None or a.meeting.type != b.meeting.type:
        return False
    if abs(a.day - b.day) > CEREMONY:
        raise _Parted(Feature.TIME, f"{abs(a.day - b.day).days} days apart")
    case.add(f"both at {a.meeting.name}", 1)
    return True


def _roles(a: Facet, b: Facet, case: _Case) -> bool:
    """A chair or a coordinator: known by the role, the partner, who takes it, and the term."""
    if a.grade and b.grade and a.grade != b.grade:
        raise _Parted(Feature.GRADE, f"{a.grade} / {b.grade}")
    case.add(a.grade or b.grade or "role", 1)
    if a.cycle and b.cycle and a.cycle != b.cycle:
        raise _Parted(Feature.CYCLE, f"{a.cycle} / {b.cycle}")
    for which, ours, theirs in (("with", a.partners, b.partners), ("of", a.members, b.members)):
        if ours and theirs:
            if not ours & theirs:
                raise _Parted(Feature.PARTIES, f"{_list(ours)} / {_list(theirs)}")
            case.add(f"{which} {_list(ours & theirs)}", 2)
    _same_time(a, b, case, named=True)
    return bool(set(a.parties) & set(b.parties))


_COMPARE: dict[str, Callable[[Facet, Facet, _Case], bool]] = {
    "accession": _states,
    "partnership": _states,
    "membership": _states,
    "coordination": _roles,
}


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
