"""The text of a page, as extracted, and the items that were set aside on the way."""

from dataclasses import dataclass
from datetime import datetime
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


BASELINE = "baseline"
"""The flag of an article that was there when its source was first read: it is read as history, and alerts nobody."""


class ArticleState(StrEnum):
    """How far an article has come."""

    UNREAD = "unread"
    READ = "read"
    FAILED = "failed"
    """The classifiers could not read it."""


def replaces(known: Article, came: Article) -> bool:
    """Whether `came`, under the key of `known`, is a new revision: another text, and not a mere summary in place of a page."""
    poorer = "from_summary" in came.flags and "from_summary" not in known.flags
    return came.text_hash != known.text_hash and not poorer


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
