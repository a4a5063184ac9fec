"""Who reported something first-hand: origins are counted, not articles, and each report has an authority.

A reprint (a text that copies another) and a report that names an agency as its source carry on what somebody else found out: one
origin with several carriers. Which texts copy each other is found by `core.sketch`; whom a text names, by the classifiers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core import lives
from core.codes import Status
from core.readings import Credit, Sighting
from core.sources import Tier


class Authority(StrEnum):
    """How near a report is to the deed, best first."""

    OFFICIAL = "official"
    """The text is that of a ministry, a secretariat, a government."""
    SPOKESPERSON = "spokesperson"
    """A minister, a chair, a secretary-general or a spokesperson is quoted."""
    AGENCY = "agency"
    PRESS = "press"
    REPRINT = "reprint"
    """It carries on what another reported."""


_ORDER = list(Authority)


def best(authorities: Iterable[Authority]) -> Authority:
    """The one nearest to the deed; REPRINT for none at all."""
    return min(authorities, key=_ORDER.index, default=Authority.REPRINT)


def nearest(reports: Iterable[tuple[Status, Authority]]) -> Authority:
    """The best authority of an outcome's reports: of those of the furthest status that any of them reports."""
    told = list(reports)
    reached = max((status for status, _ in told), key=lives.rank, default=None)
    return best(one for status, one in told if status is reached)


def authority(tier: Tier, text: Credit | None, sighting: Sighting) -> Authority:
    """The authority of one report, by its publisher's tier, whom its text is credited to, and what its sentence says."""
    if tier is Tier.OFFICIAL:
        return Authority.OFFICIAL
    if sighting.speaker is not None:
        return Authority.SPOKESPERSON
    second_hand = sighting.origin is not None and (text is None or text.name != sighting.origin.name)
    if second_hand or tier is Tier.AGGREGATOR:
        return Authority.REPRINT
    return Authority.AGENCY if text is not None or tier is Tier.AGENCY else Authority.PRESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """An article that reports an outcome. `credited` is the agency that it names, or empty; `at` when it was published."""

    article: str
    publisher: str
    credited: str
    authority: Authority
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What one article's report goes back to."""

    origin: str
    copies: str = ""
    """The article whose text it copies; empty where it is the first of its text, or official itself."""


def trace(carriers: Sequence[Carrier], copies: Iterable[tuple[str, str]]) -> dict[str, Trace]:
    """Article -> what it goes back to. `copies` are pairs of articles whose texts are copies of each other.

    Texts that copy each other, directly or by way of a third, have one origin: the official text among them, else the agency that
    the earliest credited one names, else the publisher of the earliest. The same for any order of both arguments.
    """
    traces: dict[str, Trace] = {}
    for kin in _kinships(_one_an_article(carriers), copies):
        first = min(kin, key=_precedence)
        traces |= {one.article: _traced(one, first) for one in kin}
    return traces


def origins(carriers: Sequence[Carrier], traces: Mapping[str, Trace]) -> tuple[str, ...]:
    """The origins to which the carriers go back, each once, the one that was published first leading."""
    first: dict[str, datetime] = {}
    for one in carriers:
        name = traces[one.article].origin
        first[name] = min(first.get(name, one.at), one.at)
    return tuple(sorted(first, key=lambda name: (first[name], name)))


def _one_an_article(carriers: Sequence[Carrier]) -> dict[str, Carrier]:
    """The carriers by article: what one of its reports credits, the article credits; its authority is that of its best report."""
    listed: defaultdict[str, list[Carrier]] = defaultdict(list)
    for one in carriers:
        listed[one.article].append(one)
    return {
        article: replace(
            same[0],
            credited=min((one.credited for one in same if one.credited), default=""),
            authority=best(one.authority for one in same),
        )
        for article, same in listed.items()
    }


def _kinships(carriers: Mapping[str, Carrier], copies: Iterable[tuple[str, str]]) -> list[list[Carrier]]:
    """The carriers in groups whose texts hang together."""
    head = {article: article for article in carriers}

    def root(article: str) -> str:
        while head[article] != article:
            head[article] = article = head[head[article]]
        return article

    for a, b in copies:
        if a in head and b in head:
            head[root(a)] = root(b)
    groups: defaultdict[str, list[Carrier]] = defaultdict(list)
    for article, one in carriers.items():
        groups[root(article)].append(one)
    return list(groups.values())


def _precedence(one: Carrier) -> tuple[bool, bool, datetime, str]:
    return (one.authority is not Authority.OFFICIAL, not one.credited, one.at, one.article)


def _traced(one: Carrier, first: Carrier) -> Trace:
    official = first.authority is Authority.OFFICIAL
    origin = first.publisher if official else first.credited or first.publisher
    own = one is first or one.authority is Authority.OFFICIAL
    return Trace(origin=origin or first.article, copies="" if own else first.article)
