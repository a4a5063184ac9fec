"""Machine translation told by its slips: numbers and dates of such a text are never taken from it alone.

Signs, each counted once: impossible ordinals ("3th"), "Monday" and "Tuesday" as secondly and thirdly behind a "First",
a month cut off from its year by a stop, sentences broken in their middle, an ordinal that trades places with the number
of a format ("3th ASEAN+25").
"""

import re
from itertools import pairwise

from classifiers.english import MONTHS

ENOUGH = 2
"""How many different signs make a text machine-translated."""

# Quick questions first, which nearly every text answers with no.
_SLIP = re.compile(r"[123](?:th|(?<=1)[123](?:st|nd|rd))")
_ORDINAL = re.compile(r"\b(?:\d*[02-9])?(?:1th|2th|3th)\b|\b\d*1[123](?:st|nd|rd)\b")
_SWAPPED = re.compile(r"\b\dth asean\+\d\d\b")
_CUT_DATE = re.compile(r"\. (?<=[a-z]\. )(?:19|20)\d\d\b")  # the stop first: a search for a letter would try all of them
_FIRST = re.compile(r"(?:^|\n)\s{0,3}first(?:ly)?\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?:^|\n)\s{0,3}(?:monday|tuesday|wednesday), (?:with|in|to|on|the|[a-z]+ing)\b", re.IGNORECASE)


def signs(text: str, folded: str) -> tuple[str, ...]:
    """The signs of machine translation that `text` shows (`folded` is the same text, folded)."""
    found = []
    if _SLIP.search(folded) and _ORDINAL.search(folded):
        found.append("impossible ordinal")
    if "th asean+" in folded and _SWAPPED.search(folded):
        found.append("ordinal and format swapped")
    if any(folded[max(0, m.start() - 9) : m.start()].rsplit(" ", 1)[-1] in MONTHS for m in _CUT_DATE.finditer(folded)):
        found.append("date cut by a stop")
    if (
        sum(1 for before, after in pairwise(text.split(". ")) if after[:2].islower() and before[-3:].isalpha() and before[-3:].islower())
        >= 2
    ):
        found.append("sentences broken in their middle")
    if "first" in folded and _FIRST.search(text) and _WEEKDAY.search(text):
        found.append("weekdays for secondly and thirdly")
    return tuple(found)
