"""What a source sent, by the kind of the source: feed, news sitemap, list page. All become the same entries."""

from datetime import datetime, tzinfo

from core.sources import Feed, SourceKind
from ingest.charsets import decoded
from ingest.feeds import parse_feed
from ingest.items import RawFeed, feed_of, read_all
from ingest.listings import read_listing
from ingest.sitemaps import is_sitemap, read_sitemap, unpacked
from ingest.urls import web_url

_LOOK = 4000
"""Bytes in which the root element is looked for."""


def parse_body(
    body: bytes,
    *,
    source: str,
    url: str,
    content_type: str,
    now: datetime,
    zone: tzinfo | None = None,
    known: bytes = b"",
    kind: SourceKind = SourceKind.FEED,
    selector: str | None = None,
) -> Feed:
    """The entries in `body`; `known` are the digests of an earlier body's items (`Feed.items`), which make none.

    A sitemap is read as one wherever a feed is expected: its root element says what it is. Raises ParseError: NOT_A_FEED, MALFORMED_FEED,
    and of packed bodies BAD_ENCODING and BODY_TOO_LARGE.
    """
    body = unpacked(body, source)
    if kind is SourceKind.LISTING:
        raw = read_listing(decoded(body, content_type), selector or "a[href]", url, source)
        return _told(raw, source, url, now, zone, known)
    if kind is SourceKind.SITEMAP or is_sitemap(body[:_LOOK].decode("latin-1")):
        return _told(read_sitemap(decoded(body, content_type, xml=True), source), source, url, now, zone, known)
    return parse_feed(body, source=source, url=url, content_type=content_type, now=now, zone=zone, known=known)


def _told(raw: RawFeed, source: str, url: str, now: datetime, zone: tzinfo | None, known: bytes) -> Feed:
    base = web_url(url) or ""
    return feed_of(read_all(raw, base, known), source, base, now, zone)
