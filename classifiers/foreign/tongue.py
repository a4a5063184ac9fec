"""How a language builds its sentences: where things and words of mode stand, and how far a word reaches."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from classifiers.lexicon import Hit
from classifiers.text import SPACELESS

DENSE = 2.4
"""How much shorter a language without spaces says the same."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """How a language builds its sentences."""

    code: str
    thing_after: bool
    mode_after: bool
    comma_breaks: bool
    era: int
    heads_last: bool = False
    """Whether the head of a name stands at its end: 自贸区3.0版谈判 are talks."""

    @property
    def spaceless(self) -> bool:
        """Whether words are not parted by spaces."""
        return self.code in SPACELESS

    def reach(self, characters: int) -> float:
        """A distance that is given for languages with spaces, in characters of this one."""
        return characters / DENSE if self.spaceless else characters


class Mode(NamedTuple):
    """How an act is asserted: done, planned, failed, or nothing of these; by which words."""

    status: str
    why: str
    hit: Hit | None = None
    explicit: bool = False


class Cover:
    """The stretches of some hits, to ask whether another lies inside one of them."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        ordered = sorted(hits, key=lambda h: h.i)
        self.starts = [h.i for h in ordered]
        self.ends = list(accumulate((h.j for h in ordered), max))

    def _end(self, before: int) -> int:
        return self.ends[before - 1] if before else -1

    def holds(self, h: Hit) -> bool:
        """Whether `h` lies inside one of them."""
        return self._end(bisect_right(self.starts, h.i)) >= h.j

    def exceeds(self, h: Hit) -> bool:
        """Whether `h` lies inside one that is longer."""
        return self._end(bisect_right(self.starts, h.i)) > h.j or self._end(bisect_left(self.starts, h.i)) >= h.j
