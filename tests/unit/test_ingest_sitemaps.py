"""News sitemaps: what is taken of them, and what they are told apart from."""

import gzip
from datetime import UTC, datetime

import pytest

from core.errors import ParseError
from core.reasons import Reason
from core.sources import DateTrust, Feed, SourceKind
from ingest.kinds import parse_body

URL = "https://news.example/sitemap-news.xml"
NAMES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def parse(body: str | bytes, known: bytes = b"", kind: SourceKind = SourceKind.SITEMAP) -> Feed:
    data = body.encode() if isinstance(body, str) else body
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return parse_body(data, source="s", url=URL, content_type="application/xml", now=now, known=known, kind=kind)


def news(number: int, title: str = "", more: str = "") -> str:
    told = (
        "<news:news><news:publication><news:name>News</news:name><news:language>en</news:language></news:publication>"
        f"<news:publication_date>2026-11-20T08:0{number}:00+07:00</news:publication_date>"
        f"<news:title>{title or f'Title {number}'}</news:title></news:news>"
    )
    return f"<url><loc>https://news.example/{number}</loc>{more}{told}</url>"


def sitemap(*urls: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by a plug-in -->') -> str:
    return f"{head}<urlset {NAMES}>{''.join(urls)}</urlset>"


def refusal(body: str | bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(body)
    return caught.value


def test_a_news_sitemap_gives_title_link_and_date() -> None:
    picture = "<image:image><image:loc>https://news.example/i.jpg</image:loc><image:title>A picture</image:title></image:image>"
    feed = parse(sitemap(news(1, "ASEAN &amp;amp; UK sign", more=picture), news(2)))

    assert (feed.format, feed.reason) == ("news_sitemap", None)
    assert [(entry.identity, entry.title) for entry in feed.entries] == [
        ("news.example/1", "ASEAN & UK sign"),
        ("news.example/2", "Title 2"),
    ]
    assert feed.entries[0].link == "https://news.example/1"
    assert (feed.entries[0].published, feed.entries[0].date_trust) == (datetime(2026, 11, 20, 1, 1, tzinfo=UTC), DateTrust.ZONED)


def test_a_plain_sitemap_gives_links_with_the_time_of_their_last_change() -> None:
    feed = parse(
        sitemap("<url><loc> https://news.example/a </loc><lastmod>2026-11-20</lastmod></url>", "<url><lastmod>2026-11-20</lastmod></url>")
    )

    assert feed.format == "sitemap"
    assert [(entry.link, entry.title, entry.published) for entry in feed.entries] == [
        ("https://news.example/a", "", datetime(2026, 11, 20, tzinfo=UTC))
    ]


def test_what_the_last_body_held_makes_no_entry() -> None:
    feed = parse(sitemap(news(3), news(2), news(1)), parse(sitemap(news(2), news(1))).items)

    assert [entry.title for entry in feed.entries] == ["Title 3"]
    assert (feed.skipped, len(feed.items)) == (2, 24)


def test_a_sitemap_is_known_by_its_root_where_a_feed_was_expected() -> None:
    assert parse(sitemap(news(1)), kind=SourceKind.FEED).format == "news_sitemap"
    assert parse("\ufeff" + sitemap(news(1), head="<!-- <urlset> -->"), kind=SourceKind.FEED).format == "news_sitemap"


def test_a_packed_sitemap_is_unpacked_whatever_it_is_called() -> None:
    assert len(parse(gzip.compress(sitemap(news(1)).encode(), mtime=0)).entries) == 1


def test_an_index_says_which_address_to_give() -> None:
    index = (
        f"<sitemapindex {NAMES}><sitemap><loc>https://news.example/pages.xml</loc></sitemap>"
        "<sitemap><loc>https://news.example/news-sitemap.xml</loc></sitemap></sitemapindex>"
    )
    error = refusal(index)

    assert error.reason is Reason.NOT_A_FEED
    assert "give the address of the news sitemap in it, for example https://news.example/news-sitemap.xml" in error.detail


def test_an_address_with_bare_ampersands_costs_nothing_but_a_remark() -> None:
    feed = parse(sitemap(news(1), "<url><loc>https://news.example/story?id=2&lang=en</loc></url>", news(3)))

    assert [entry.link for entry in feed.entries] == [
        "https://news.example/1",
        "https://news.example/story?id=2&lang=en",
        "https://news.example/3",
    ]
    assert (feed.reason, feed.truncated) == (Reason.MALFORMED_FEED, False)


def test_what_came_before_the_end_of_a_cut_body_is_kept() -> None:
    body = sitemap(news(1), news(2))
    feed = parse(body[: body.index("Title 2")], parse(sitemap(news(1))).items)

    assert [entry.title for entry in feed.entries] == ["Title 1"]
    assert (feed.reason, feed.truncated) == (Reason.MALFORMED_FEED, True)


@pytest.mark.parametrize(
    "body",
    [b"", "<html><head><title>Home</title></head></html>", '<rss version="2.0"><channel/></rss>', "https://news.example/1\n", "{}"],
)
def test_what_is_no_sitemap_says_so(body: str | bytes) -> None:
    assert refusal(body).reason is Reason.NOT_A_FEED


def test_bombs_are_refused() -> None:
    entities = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    laughs = f"<!DOCTYPE u [<!ENTITY l0 'lol'>{entities}]>"

    assert refusal(sitemap("<url><loc>&l9;</loc></url>", head=laughs)).reason is Reason.NOT_A_FEED
    assert refusal(gzip.compress(b" " * 50_000_000, mtime=0)).reason is Reason.BODY_TOO_LARGE
    assert refusal(b"\x1f\x8b\x08\x00 no gzip").reason is Reason.BAD_ENCODING


def test_at_most_fifty_thousand_addresses_are_read() -> None:
    feed = parse(sitemap(*(f"<url><loc>https://news.example/{number}</loc></url>" for number in range(50_010))))

    assert len(feed.entries) == 50_000
    assert feed.reason is None
