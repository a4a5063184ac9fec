"""The text of a page, as extracted, and the items that were set aside on the way."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.keys import digest
from core.reasons import Reason
from core.sources import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The text we extracted, NFC. `key` is the canonical URL (or the file's id for seeds and imports)."""

    key: str
    url: str
    title: str
    text: str
    source: str = ""
    publisher: str = ""
    tier: Tier = Tier.PRESS
    country: str = ""
    language: str | None = None
    published: datetime | None = None
    first_seen: datetime | None = None
    extractor: str = ""
    flags: tuple[str, ...] = ()
    """What is to be known of the text, for example `from_summary` (the page could not be read), `truncated`, `baseline`."""
    revision: int = 1

    @property
    def text_hash(self) -> str:
        """Tells whether title or text changed."""
        return digest(self.title, self.text)


FROM_SUMMARY = "from_summary"
"""The flag of an article whose page could not be read, or may not be: its text is what the feed says."""
SHARED_CANONICAL = "shared_canonical"
"""The flag of an article whose page claims an address under which another article is kept."""
MAX_REVISIONS = 24
"""Revisions after which an article is kept anew for material changes only."""
MATERIAL = 0.05
"""Share of the words from which a change is material."""
FRESH = timedelta(hours=1)
"""How long an article that one feed announced counts as read just now when another one announces it."""
BASELINE = "baseline"
"""The flag of an article that was there when its source was first read: it is read as history, and alerts nobody."""


class ArticleState(StrEnum):
    """How far an article has come."""

    UNREAD = "unread"
    READ = "read"
    FAILED = "failed"
    """The classifiers could not read it."""


def replaces(known: Article, came: Article) -> bool:
    """Whether `came`, under the key of `known`, is a new revision: another text, and not a mere summary in place of a page.

    After MAX_REVISIONS only what is material: a page with a clock in its text changes whenever it is fetched.
    """
    if came.text_hash == known.text_hash or (FROM_SUMMARY in came.flags and FROM_SUMMARY not in known.flags):
        return False
    return known.revision < MAX_REVISIONS or material(known, came)


def material(known: Article, came: Article) -> bool:
    """Whether title, or one word in twenty of the text, is another."""
    if known.title.split() != came.title.split():
        return True
    before, after = Counter(known.text.split()), Counter(came.text.split())
    changed = (before - after).total() + (after - before).total()
    return changed >= MATERIAL * (before.total() + after.total())


def just_read(known: Article, source: str, now: datetime) -> bool:
    """Whether the page of `known` was read for another source so short a time ago that it need not be fetched again."""
    if known.first_seen is None or known.source == source or FROM_SUMMARY in known.flags:
        return False
    return timedelta(0) <= now - known.first_seen < FRESH


def unrelated(one: Article, other: Article) -> bool:
    """Whether two texts under one key are two articles: titles have little in common, and neither has many lines of the other."""
    titles = [set(article.title.casefold().split()) for article in (one, other)]
    if 2 * len(titles[0] & titles[1]) >= min(map(len, titles)):
        return False
    lines = [set(article.text.split("\n")) for article in (one, other)]
    return 2 * len(lines[0] & lines[1]) < min(map(len, lines))


def flags_of_revision(known: Article, came: Article) -> tuple[str, ...]:
    """The flags of `came` as a revision of `known`: what one source announced as news is no history because another one had it before."""
    return came.flags if BASELINE in known.flags else tuple(flag for flag in came.flags if flag != BASELINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An item set aside: by which stage, what it was about, why, and whether trying again can help."""

    stage: str
    subject: str
    reason: Reason
    detail: str = ""
    at: datetime
    attempt: int = 1
    retry_at: datetime | None = None
    """None: nothing will be tried again by itself."""
