"""The life of an outcome, declared by type: its phases in legal order, the status each one means, and the decisive acts.

Phases of one act are steps of one outcome. Another act of the same life is an outcome of its own, with its own alert:
that ministers approve an application and that the state signs, months later, are two pieces of news.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.codes import OutcomeType, Status


class Act(StrEnum):
    """The decisive step that a phase belongs to, where a type has more than one."""

    MAIN = ""
    """The type's own: adopted, joined, granted, set up..."""
    APPROVAL = "approval"
    """Agreed to in principle; the deed itself is still to come."""
    OPENING = "opening"
    ROUND = "round"
    CONCLUSION = "conclusion"
    FORCE = "force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One step of a life. `rank` orders the steps: those of one rank stand beside each other, none follows from the other."""

    name: str
    rank: int
    status: Status
    act: Act = Act.MAIN


def _life(*steps: tuple[str, Status] | tuple[str, Status, Act]) -> tuple[Phase, ...]:
    """Phases in legal order; the names in one step, divided by `|`, are alternatives."""
    return tuple(
        Phase(name=name, rank=rank, status=status, act=act[0] if act else Act.MAIN)
        for rank, (names, status, *act) in enumerate(steps)
        for name in names.split("|")
    )


_PLANNED, _DONE, _FAILED = Status.PLANNED, Status.DONE, Status.FAILED

LIVES: dict[OutcomeType, tuple[Phase, ...]] = {
    OutcomeType.DOCUMENT: _life(
        ("mooted", _PLANNED),
        ("drafted|expected", _PLANNED),
        ("adopted|issued|noted|signed", _DONE),
        ("superseded|withdrawn|not_issued", _FAILED),
    ),
    OutcomeType.AGREEMENT: _life(
        ("mooted", _PLANNED),
        ("drafted|expected", _PLANNED),
        ("concluded", _DONE, Act.CONCLUSION),
        ("signed", _DONE),
        ("in_force", _DONE, Act.FORCE),
        ("superseded|withdrawn|not_signed", _FAILED),
    ),
    OutcomeType.ACCESSION: _life(
        ("interest|application|considered", _PLANNED),
        ("approved", _DONE, Act.APPROVAL),
        ("signed", _DONE),
        ("in_force", _DONE),
        ("rejected|withdrawn", _FAILED),
    ),
    OutcomeType.PARTNERSHIP: _life(
        ("requested|considered", _PLANNED),
        ("approved", _DONE, Act.APPROVAL),
        ("granted", _DONE),
        ("launched", _DONE),
        ("rejected|withdrawn", _FAILED),
    ),
    OutcomeType.MEMBERSHIP: _life(
        ("application|considered", _PLANNED),
        ("approved", _DONE, Act.APPROVAL),
        ("admitted", _DONE),
        ("rejected|withdrawn", _FAILED),
    ),
    OutcomeType.MECHANISM: _life(
        ("proposed", _PLANNED),
        ("established|launched", _DONE),
        ("operational", _DONE),
        ("dissolved|rejected", _FAILED),
    ),
    OutcomeType.FUNDING: _life(("promised", _PLANNED), ("pledged", _DONE), ("delivered", _DONE), ("withdrawn", _FAILED)),
    OutcomeType.NEGOTIATION: _life(
        ("proposed", _PLANNED),
        ("opened", _DONE, Act.OPENING),
        ("round", _DONE, Act.ROUND),
        ("concluded", _DONE, Act.CONCLUSION),
        ("suspended", _FAILED),
    ),
    OutcomeType.COORDINATION: _life(("announced", _PLANNED), ("handed_over", _DONE), ("declined", _FAILED)),
    OutcomeType.DECISION: _life(("proposed", _PLANNED), ("taken", _DONE), ("carried_out", _DONE), ("rejected|reversed", _FAILED)),
}
"""Outcome type -> its phases in legal order."""

_BY_NAME = {(type_, phase.name): phase for type_, phases in LIVES.items() for phase in phases}
_RANK = {Status.PLANNED: 0, Status.FAILED: 1, Status.DONE: 2}


def phase(type_: OutcomeType, name: str) -> Phase | None:
    """The phase called `name` in the life of `type_`; None when that life has no such phase."""
    return _BY_NAME.get((type_, name))


def act(type_: OutcomeType, phase_name: str) -> Act | None:
    """The decisive act that a report in this phase speaks of. None: the words leave it open, and the type has several.

    An accession, a partnership or a membership is taken for the deed itself unless the words say approval.
    """
    known = phase(type_, phase_name)
    if known is not None and known.status is not Status.PLANNED:
        return known.act
    return None if type_ in (OutcomeType.NEGOTIATION, OutcomeType.AGREEMENT) else Act.MAIN


def rank(status: Status) -> int:
    """How far on in a life a status is, from 0."""
    return _RANK[status]


def further(status: Status, than: Status) -> bool:
    """Whether `status` is further on in a life: planned, then failed, then done (what failed at first may still be done)."""
    return _RANK[status] > _RANK[than]
