"""Lines that stand around an article and not in it: share bars, "read also", follow-us, notices on cookies and comments, sign-up forms.

An extractor leaves some of them standing, and in the mouth of a classifier "Read also: ministers sign treaty" is a result. Two marks give
them away: the whole line is a link of the page, or it begins with words of `page_words.toml`. Neither makes prose disappear: a sentence
that merely mentions cookies is kept, because the words must open the line, and a long line is kept whatever it opens with.
"""

import re
from collections.abc import Collection
from functools import cache

from ingest.page_words import words

LONGEST = 240
"""Characters; a longer line is prose, whatever it begins with."""
LONGEST_LINK = 160
"""Characters; a longer line is prose, even when all of it is a link."""

_ENDS = r"\s*(?:[:：>»›|\-–—…]|$)"
_PLAIN = re.compile(r"[\W_]+")


def plain(line: str) -> str:
    """`line` without case, blanks and punctuation: what two extractors agree on."""
    return _PLAIN.sub("", line.casefold())


def is_furniture(line: str, links: Collection[str]) -> bool:
    """Whether `line` stands around the article; `links` are the texts of the page's links, each `plain`."""
    if len(line) <= LONGEST_LINK and plain(line) in links:
        return True
    return len(line) <= LONGEST and _furniture().match(line) is not None


@cache
def _furniture() -> re.Pattern[str]:
    whole, away, opening = words("bars"), words("see_also"), "|".join((words("follow"), words("notices")))
    return re.compile(rf"[\W_]*(?:(?:{whole})[\W_]*$|(?:{away}){_ENDS}|(?:{opening}))", re.IGNORECASE)
