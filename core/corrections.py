"""What becomes of the register's claims when an article says something else than it did: which are retracted, and by whom.

A publisher edits an article in place, or other rules read the same text. Either way the earlier sightings count no more; only what
the publisher took back is owed to those who were told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core import lives
from core.articles import Article
from core.codes import Status
from core.outcomes import Outcome, Resolved, Retraction

_LESS = frozenset({"from_summary", "truncated"})
"""Flags of a text that is not the whole article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """One outcome that an article reported, and now reports as less or not at all."""

    said: Resolved
    """The furthest that it said of it."""
    now: Resolved | None

    def retraction(self, outcome: str) -> Retraction:
        """What those who were told are to hear of it."""
        return Retraction(outcome=outcome, said=self.said, now=self.now)


def edited(before: Article | None, now: Article, sightings: Iterable[Resolved], *, same_rules: bool) -> frozenset[int]:
    """The places of those sightings, made of the text `before`, whose loss is the publisher's doing; `before` None: the text is the same.

    It is not when we only came by the text in another way (a feed's summary, then the page), and not when other rules read a text in which
    the sentence still stands.
    """
    if before is None or before.text_hash == now.text_hash or _LESS & set(before.flags) != _LESS & set(now.flags):
        return frozenset()
    whole = f"{now.title}\n{now.text}"
    return frozenset(one.reported.index for one in sightings if same_rules or one.reported.sighting.sentence.quote.strip() not in whole)


def lost(before: Sequence[Resolved], now: Sequence[Resolved]) -> Lost | None:
    """What an article took back of one outcome, by all its sightings of it before and now; None when it says as much as before."""
    said, says = _furthest(before), _furthest(now)
    if said is None or (says is not None and not lives.further(_status(said), _status(says))):
        return None
    return Lost(said=said, now=says)


def unsupported(outcome: Outcome) -> bool:
    """Whether nothing that stands, no report and no reviewer's edit, says as much as the record or its alert did."""
    if outcome.reviewed.edits.status is not None:
        return False
    return not outcome.supported or (outcome.told is not None and lives.further(outcome.told, outcome.status))


def _furthest(sightings: Sequence[Resolved]) -> Resolved | None:
    best = None
    for one in sightings:
        if best is None or lives.further(_status(one), _status(best)):
            best = one
    return best


def _status(resolved: Resolved) -> Status:
    return resolved.reported.sighting.status
