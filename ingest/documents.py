"""What stands behind the link of an entry, whatever form it has: a page, or a PDF. Both become an article."""

from dataclasses import replace
from datetime import datetime

from core.articles import Article
from core.errors import ExtractError
from core.reasons import Reason
from core.sources import Entry, Source
from ingest.articles import article_from_entry, extract_page
from ingest.dates import EARLIEST, LATEST_AHEAD
from ingest.pdf import is_pdf, read_pdf
from ingest.urls import url_key
from ingest.walls import MIN_TEXT


def extract_document(body: bytes, *, content_type: str, url: str, source: Source, entry: Entry, now: datetime) -> Article:
    """The article in `body`, as a server sent it from `url`. Raises ExtractError: what `extract_page` raises, or PDF_UNREADABLE."""
    if is_pdf(body):
        return _from_pdf(body, url, source, entry, now)
    return extract_page(body, content_type=content_type, url=url, source=source, entry=entry, now=now)


def _from_pdf(body: bytes, url: str, source: Source, entry: Entry, now: datetime) -> Article:
    """Title and date are the entry's unless it has none."""
    document = read_pdf(body, subject=entry.identity)
    if len(document.text) < MIN_TEXT:
        raise ExtractError(Reason.TEXT_TOO_SHORT, f"{len(document.text)} characters", subject=entry.identity)
    announced = replace(entry, title=entry.title or document.title or document.text[:80])
    article = article_from_entry(source, announced, now)
    assert article is not None, "an entry with a title makes an article"
    created = document.created
    plausible = created is not None and EARLIEST <= created <= now + LATEST_AHEAD
    flags = [name for name, holds in (("truncated", document.cut), ("title_from_page", not entry.title)) if holds]
    return replace(
        article,
        key=url_key(url),
        url=url,
        text=document.text.removeprefix(f"{article.title}\n"),  # else it would be read, and found as evidence, twice
        published=article.published or (created if plausible else None),
        extractor="pdf",
        flags=tuple(flags),
    )
