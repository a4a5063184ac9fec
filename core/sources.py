"""Where the world comes in: sources, what we learned about them, and the entries that they announce."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.reasons import Reason


class Tier(StrEnum):
    """How near a publisher is to the deed, most authoritative first."""

    OFFICIAL = "official"
    AGENCY = "agency"
    PRESS = "press"
    THINK_TANK = "think_tank"
    AGGREGATOR = "aggregator"


class SourceKind(StrEnum):
    """In which form a source tells what is new."""

    FEED = "feed"
    """RSS, RDF, Atom or JSON Feed; a WordPress search (`?s=ASEAN&feed=rss2`) is one too."""
    SITEMAP = "sitemap"
    """A news sitemap."""
    LISTING = "listing"
    """A page with links, which `Source.selector` picks."""


class DateTrust(StrEnum):
    """How far an entry's date is to be believed."""

    ZONED = "zoned"
    ASSUMED_ZONE = "assumed_zone"
    NONE = "none"
    IMPLAUSIBLE = "implausible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the operator asked us to watch. `id` is the key; the URL may be mended without losing history."""

    id: str
    url: str
    publisher: str
    kind: SourceKind = SourceKind.FEED
    country: str = ""
    language: str = "en"
    tier: Tier = Tier.PRESS
    interval: timedelta = timedelta(minutes=15)
    enabled: bool = True
    zone: str | None = None
    """IANA zone for dates without one; None: such dates are taken as UTC and marked `assumed_zone`."""
    selector: str | None = None
    """Of a listing: the CSS selector of its links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """What we learned about a source from polling it."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_poll_at: datetime | None = None
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_full_at: datetime | None = None
    """When a body was last read whole, without validators: a server may answer 304 for ever."""
    failures: int = 0
    reason: Reason | None = None
    detail: str = ""
    known_good: bool = False
    """Whether it ever gave a feed: a source that did is never given up."""
    baseline_at: datetime | None = None
    """When its first body was recorded: what that held is history, of which nobody is alerted."""
    known_items: bytes = b""
    """The digests of the items in the last body that was recorded, 8 bytes each, in its order (`Feed.items`)."""
    arrivals: tuple[datetime, ...] = ()
    """When something new came, oldest first: the source's own rhythm."""
    troubles: tuple[str, ...] = ()
    """What the operator was told is wrong with it, and is not well yet."""
    moved_to: str | None = None
    """Where its permanent redirects lead, and since when they do so without a break."""
    moved_since: datetime | None = None
    archive: str | None = None
    """The older page of the feed that is still to be walked, because what lies between two polls may have been missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as a feed announced it. (source, identity) is the key; `aliases` are its other names within the source."""

    source: str
    identity: str
    link: str | None
    title: str
    summary: str = ""
    content: str = ""
    """Full text as HTML when the feed carries it, else empty."""
    published: datetime | None = None
    date_trust: DateTrust = DateTrust.NONE
    aliases: tuple[str, ...] = ()
    baseline: bool = False
    """It was there when the source was first read: history, of which nobody is alerted."""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it is called within its source."""
        return (self.identity, *self.aliases)


class EntryState(StrEnum):
    """How far an entry has come."""

    NEW = "new"
    WAITING = "waiting"
    """Failed, and tried again when its time comes."""
    DONE = "done"
    """Its article is stored."""
    FAILED = "failed"
    """Set aside: nothing will be tried again by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A parsed feed body. `reason` is set when it was broken but gave entries all the same."""

    format: str
    title: str = ""
    entries: tuple[Entry, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    truncated: bool = False
    """The body stopped before its end: the last entry may be half of one."""
    items: bytes = b""
    """A digest of 8 bytes for every item in the body, in its order, those that were left out of `entries` included."""
    skipped: int = 0
    """Items left out of `entries`, because the last body held them as they are."""
    ttl: timedelta | None = None
    """How long the feed itself says that it stays fresh."""
    archive: str | None = None
    """The page with older entries, where the feed names one (RFC 5005: prev-archive or next)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a server answered in full: decoded, bounded `body` in bytes; headers with lower-case names."""

    url: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    moved_to: str | None = None
    """Where it was found, when every redirect on the way was a permanent one (301, 308)."""

    @property
    def content_type(self) -> str:
        """The Content-Type header, or an empty string."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a source answered, to be parsed."""

    source: Source
    response: Response
    known: bytes = b""
    """The digests of an earlier body's items (`Feed.items`), which make no entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: nothing new since the validators that we sent."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The outcome of polling one source once, decided and ready to be recorded in one transaction."""

    source: str
    at: datetime
    polling: Polling
    entries: tuple[Entry, ...] = ()
    outcome: str = "ok"
    """ok | unchanged | failed"""
    renamed: tuple[Entry, ...] = ()
    """Entries that are known by an alias under another identity (a guid that changed): no news, but names worth remembering."""
    baseline: bool = False
    """The first that was ever recorded of the source: its entries are history."""
