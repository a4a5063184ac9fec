"""Whether one text is a copy of another: sketches by which its like is found among many, and exact measures to make sure.

A text is cut into shingles: every run of three words, or of some characters where a script writes no spaces. Two texts resemble
each other as far as they share them. The sketch of a text is its smallest shingle hashes (bottom-k, Broder 1997): of two texts that
share half of their shingles, the sketches share about half of their hashes, so that a look-up of a few hashes finds what is alike.
An edited copy keeps part of its shingles, an excerpt keeps all of its own; unrelated texts on one subject share next to none.
"""

import hashlib
import re
import unicodedata
from collections.abc import Set
from heapq import nsmallest

K = 24
"""Hashes in a sketch."""
ENOUGH = 2
"""Hashes that two sketches must share for the texts to be worth comparing."""
RESEMBLANCE = 0.2
"""From here on two texts are copies of one: shared shingles to all shingles of both."""
CONTAINMENT = 0.4
"""From here on one text is an excerpt of the other: shared shingles to those of the shorter."""
SHORTEST = 12
"""Shingles that a text must have to be compared at all: a headline is nobody's copy."""
LONGEST = 100_000
"""Characters of a text that are looked at."""

_SIZE = 3
"""Words in a shingle."""
_CJK = "\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_PIECE = re.compile(rf"[{_CJK}]+|[{_UNSPACED}]+|[^\W_{_CJK}{_UNSPACED}]+")
_FIRST_OF_UNSPACED = "\u0e00"
_STEPS = {True: 3, False: 8}
"""Characters that stand for a word: few in Chinese and Japanese (True), more in Thai, Lao, Khmer and Burmese."""
_TOP = (1 << 63) - 1
"""Hashes fit a signed integer of 64 bits."""


def shingles(text: str) -> frozenset[str]:
    """The shingles of `text`, whatever its case, marks and line breaks; empty for a text of fewer than three words."""
    words = _words(unicodedata.normalize("NFC", text[:LONGEST]).casefold())
    return frozenset(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def _words(text: str) -> list[str]:
    """Words; where a script writes no spaces, overlapping pieces of some characters."""
    found: list[str] = _PIECE.findall(text)
    if text.isascii():
        return found
    words: list[str] = []
    for piece in found:
        if piece[0] < _FIRST_OF_UNSPACED:
            words.append(piece)
            continue
        step = _STEPS[piece[0] > "\u3000"]
        words.extend(piece[at : at + step] for at in range(max(1, len(piece) - step + 1)))
    return words


def sketch(of: Set[str]) -> tuple[int, ...]:
    """The `K` smallest hashes of some shingles, ascending, each from 0 to 2**63 - 1; empty when there are too few to compare."""
    return tuple(nsmallest(K, {_hash(one) for one in of})) if len(of) >= SHORTEST else ()


def _hash(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=8).digest(), "big") & _TOP


def resemblance(a: Set[str], b: Set[str]) -> float:
    """Shared shingles to all shingles of both, from 0 to 1 (Jaccard)."""
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared) if shared else 0.0


def containment(a: Set[str], b: Set[str]) -> float:
    """Shared shingles to those of the text that has fewer, from 0 to 1: an excerpt is contained whole."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def alike(a: Set[str], b: Set[str]) -> bool:
    """Whether two texts, given by their shingles, are copies of one, or one is an excerpt of the other."""
    if min(len(a), len(b)) < SHORTEST:
        return False
    return resemblance(a, b) >= RESEMBLANCE or containment(a, b) >= CONTAINMENT
