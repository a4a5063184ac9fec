"""From items as a source wrote them to entries: one treatment of texts, links, dates and names for every kind of source."""

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta, tzinfo
from hashlib import blake2b

from core.errors import ParseError
from core.reasons import Reason
from core.sources import Entry, Feed
from core.texts import normal
from ingest.dates import read_date
from ingest.identity import Named, identities, named
from ingest.markup import text_of, title_of
from ingest.urls import web_url

DIGEST = 8
"""Bytes of one item's digest."""
MAX_SUMMARY = 20_000
MAX_CONTENT = 500_000
"""Characters kept of one entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """One item as the source wrote it: strings untouched, markup and all."""

    guid: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    published: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """A source's body as written. `broken` says what was wrong with it; `cut` that its end is missing."""

    format: str
    title: str = ""
    site: str = ""
    """The site's own address, against which links are relative when nobody knows where the body came from."""
    items: tuple[RawItem, ...]
    broken: str = ""
    cut: bool = False
    ttl: timedelta | None = None
    older: str = ""
    """The address of the page with older items, as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item with its texts plain, its link absolute, and the names that come of them."""

    raw: RawItem
    title: str
    summary: str
    link: str | None
    names: Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read of a body."""

    raw: RawFeed
    items: list[Item]
    wanted: list[bool]
    """For each item whether it is to become an entry; the others only decide about its names."""
    digests: bytes
    """Of all items of the body."""


def known_digests(known: bytes) -> frozenset[bytes]:
    """The digests of which `known` is made, one after the other."""
    return frozenset(known[place : place + DIGEST] for place in range(0, len(known), DIGEST))


def read_all(raw: RawFeed, base: str, known: bytes = b"") -> Read:
    """All items, with digests of what was read of them; wanted are those not among `known`, and all of a body that was broken."""
    digests = [_digest(item) for item in raw.items]
    seen = frozenset[bytes]() if raw.broken else known_digests(known)
    return Read(raw=raw, items=plain(raw, base), wanted=[digest not in seen for digest in digests], digests=b"".join(digests))


def _digest(item: RawItem) -> bytes:
    return blake2b("\0".join(astuple(item)).encode("utf-8", "replace"), digest_size=DIGEST).digest()


def plain(raw: RawFeed, base: str) -> list[Item]:
    """The items of `raw` with plain texts and links absolute against `base`, else the site's own address."""
    base = base or web_url(raw.site) or ""
    return [_plain(item, base) for item in raw.items]


def _plain(raw: RawItem, base: str) -> Item:
    title, summary = title_of(raw.title), text_of(raw.summary)[:MAX_SUMMARY]
    link = web_url(raw.link, base) if raw.link.strip() else None
    names = named(guid=raw.guid, link=link, title=title, text=summary or raw.content)
    return Item(raw=raw, title=title, summary=summary, link=link, names=names)


def feed_of(read: Read, source: str, base: str, now: datetime, zone: tzinfo | None) -> Feed:
    """The feed that was read; its `reason` is MALFORMED_FEED, too, when none of its items says anything.

    Raises ParseError with MALFORMED_FEED when it was broken and nothing of it could be saved.
    """
    raw = read.raw
    # An item without a word is an empty shell, or was cut off before it said anything.
    told = [(item, wanted) for item, wanted in zip(read.items, read.wanted, strict=True) if item.title or item.summary or item.link]
    called = identities([item.names for item, _ in told])
    entries = tuple(_entry(item, name, source, now, zone) for (item, wanted), name in zip(told, called, strict=True) if wanted and name)
    shells = bool(read.items) and not told and len(read.items) * DIGEST == len(read.digests)
    broken = raw.broken or (f"none of its {len(read.items)} items says anything" if shells else "")
    if raw.broken and not entries:
        raise ParseError(Reason.MALFORMED_FEED, broken, subject=source)
    return Feed(
        format=raw.format,
        title=title_of(raw.title),
        entries=entries,
        reason=Reason.MALFORMED_FEED if broken else None,
        detail=broken,
        truncated=raw.cut,
        items=read.digests,
        skipped=len(read.digests) // DIGEST - sum(read.wanted),
        ttl=raw.ttl,
        archive=web_url(raw.older, base) if raw.older else None,
    )


def _entry(item: Item, called: tuple[str, tuple[str, ...]], source: str, now: datetime, zone: tzinfo | None) -> Entry:
    published, trust = read_date(item.raw.published, now=now, zone=zone)
    return Entry(
        source=source,
        identity=called[0],
        link=item.link,
        title=item.title,
        summary=item.summary,
        content=normal(item.raw.content)[:MAX_CONTENT],
        published=published,
        date_trust=trust,
        aliases=called[1],
    )
