"""From a page to an article, and what stands in for it when the page holds none."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from publisher import Publisher

from core.articles import Article
from core.errors import ExtractError
from core.reasons import Reason
from core.sources import DateTrust, Entry, Source, Tier
from ingest.articles import article_from_entry, extract_article, extract_page

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PUBLISHED = datetime(2026, 11, 20, 1, tzinfo=UTC)
URL = "https://www.courier.com.vn/world/asean-meets?utm_source=rss"
SOURCE = Source(
    id="courier", url="https://courier.com.vn/rss", publisher="The Courier", country="VN", tier=Tier.AGENCY, zone="Asia/Ho_Chi_Minh"
)
ENTRY = Entry(
    source="courier", identity="g1", link=URL, title="Ministers adopt joint communiqué", published=PUBLISHED, date_trust=DateTrust.ZONED
)
PARAGRAPHS = [
    "The 58th ASEAN Foreign Ministers' Meeting adopted its joint communiqué on Friday after two days of talks in Kuala Lumpur.",
    "Ministers signed the instrument of extension of the treaty by which Norway accedes to it, the chair said.",
    "“We have agreed on the text,” he said. Hội nghị đã thông qua Tuyên bố chung; 各方签署了协议。",
]


def page(*paragraphs: str, head: str = "", title: str = "Ministers adopt joint communiqué") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<head><title>{title} | The Courier</title>{head}</head>"
    return f"<!DOCTYPE html><html>{head}<body><article><h1>{title}</h1>{body}</article></body></html>"


def extract(html: str, *, url: str = URL, entry: Entry = ENTRY) -> Article:
    return extract_article(html, url=url, source=SOURCE, entry=entry, now=NOW)


def refusal(html: str) -> Reason:
    with pytest.raises(ExtractError) as caught:
        extract(html)
    return caught.value.reason


def test_an_article_carries_what_source_entry_and_page_know() -> None:
    article = extract(page(*PARAGRAPHS))

    assert article == Article(
        key="courier.com.vn/world/asean-meets",
        url=URL,
        title="Ministers adopt joint communiqué",
        text="\n".join(PARAGRAPHS),
        source="courier",
        publisher="The Courier",
        tier=Tier.AGENCY,
        country="VN",
        language="en",
        published=PUBLISHED,
        first_seen=NOW,
        extractor=article.extractor,
        flags=(),
    )
    assert article.extractor.startswith("trafilatura 2.")


def test_the_dress_of_a_page_stays_outside() -> None:
    with Publisher() as site:
        story = site.adds("amm-58", title=ENTRY.title, paragraphs=PARAGRAPHS, published=PUBLISHED)
        kind, body = site.document(f"/news/{story.id}.html") or ("", b"")

    article = extract_page(body, content_type=kind, url=site.page_url(story.id), source=SOURCE, entry=ENTRY, now=NOW)

    assert article.text.split("\n") == PARAGRAPHS


def test_paragraphs_lists_and_tables_stay_lines() -> None:
    html = page(*PARAGRAPHS).replace(
        "</article>", "<ul><li>Norway accedes to the treaty</li><li>Timor-Leste joins the group</li></ul></article>"
    )

    assert "Norway accedes to the treaty" in extract(html).text.replace("- ", "").split("\n")


@pytest.mark.parametrize("shape", ["{}", "<div>{}</div>", "<!-- cached -->{}", "{}</body></html>"])
def test_a_page_without_its_outer_elements_is_read(shape: str) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)

    assert extract(shape.format(body)).text.split("\n") == PARAGRAPHS


def test_extraction_twice_is_extraction_once() -> None:
    assert {extract(page(*PARAGRAPHS)) for _ in range(5)} == {extract(page(*PARAGRAPHS))}


# title, date, key


@pytest.mark.parametrize("announced", ["Ministers adopt…", "Ministers adopt ...", ""])
def test_a_title_cut_short_is_completed_from_the_page(announced: str) -> None:
    article = extract(page(*PARAGRAPHS), entry=replace(ENTRY, title=announced))

    assert article.title == "Ministers adopt joint communiqué"
    assert article.flags == ("title_from_page",)


def test_a_whole_title_is_kept_whatever_the_page_says() -> None:
    html = page(*PARAGRAPHS, head='<meta property="og:title" content="You will not believe what they signed">')

    assert extract(html).title == ENTRY.title
    assert extract(html, entry=replace(ENTRY, title="Other words…")).title == "Other words…"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2026-11-20T08:00:00+07:00">',
        '<meta itemprop="datePublished" content="2026-11-20 08:00">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-11-20T01:00:00Z"}</script>',
        '<script type="application/ld+json">{"@graph": [{"datePublished": "20/11/2026 08:00"}]}</script>',
        '<script type="application/ld+json">{broken</script><meta name="pubdate" content="T6, 20/11/2026 - 08:00">',
    ],
)
def test_a_date_that_the_feed_lacks_is_taken_from_the_page(head: str) -> None:
    undated = replace(ENTRY, published=None, date_trust=DateTrust.NONE)

    assert extract(page(*PARAGRAPHS, head=head), entry=undated).published == PUBLISHED
    assert extract(page(*PARAGRAPHS, head=head)).published == PUBLISHED


def test_a_page_without_a_plausible_date_has_none() -> None:
    undated = replace(ENTRY, published=None, date_trust=DateTrust.NONE)
    head = '<meta property="article:published_time" content="2099-01-01T00:00:00Z">'

    assert extract(page(*PARAGRAPHS, head=head), entry=undated).published is None


def test_the_key_follows_a_plausible_canonical_link_only() -> None:
    assert extract(page(*PARAGRAPHS, head='<link rel="canonical" href="/2026/asean-meets">')).key == "courier.com.vn/2026/asean-meets"
    assert (
        extract(page(*PARAGRAPHS, head='<link rel="canonical" href="https://courier.com.vn/">')).key == "courier.com.vn/world/asean-meets"
    )
    assert extract(page(*PARAGRAPHS, head='<link rel="canonical" href="https://other.com.vn/x">')).key == "courier.com.vn/world/asean-meets"


def test_mojibake_is_flagged() -> None:
    assert "mojibake" in extract(page(*[paragraph.replace("e", "\ufffd") for paragraph in PARAGRAPHS])).flags


def test_a_page_in_a_false_charset_is_read() -> None:
    body = page(*PARAGRAPHS, head='<meta charset="iso-8859-1">').encode()
    article = extract_page(body, content_type="text/html; charset=windows-1252", url=URL, source=SOURCE, entry=ENTRY, now=NOW)

    assert PARAGRAPHS[2] in article.text


@pytest.mark.parametrize("seed", range(40))
def test_noise_is_no_article_and_a_page_with_a_little_of_it_is_one(seed: int) -> None:
    """One in twenty such bodies used to pass."""
    noise = random.Random(seed).randbytes(3000)
    with pytest.raises(ExtractError) as caught:
        extract_page(noise, content_type="text/html", url=URL, source=SOURCE, entry=ENTRY, now=NOW)
    assert caught.value.reason is Reason.NO_TEXT

    spoilt = page(*PARAGRAPHS).replace(" the ", " \x1a\ufffd ")
    assert "joint communiqué" in extract(spoilt).text


def test_text_is_nfc_without_invisible_characters() -> None:
    article = extract(
        page(
            PARAGRAPHS[0],
            "Bo\u0323\u0302 tru\u031bo\u031b\u0309ng\u200b Ngoại giao\u202e các nước ASEAN đã họp tại thủ đô và ra tuyên bố chung.",
            PARAGRAPHS[1],
        )
    )

    assert "Bộ trưởng Ngoại giao các nước" in article.text


# pages that hold no article


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", Reason.NO_TEXT),
        ("plain words", Reason.NO_TEXT),
        (
            "<html><head><title>Just a moment...</title></head><body><h1>news.example</h1><p>Verifying you are human.</p></body></html>",
            Reason.CHALLENGE,
        ),
        (page("Please wait.", head="<script src='/cdn-cgi/challenge-platform/x'></script>"), Reason.CHALLENGE),
        (page("Access to this page has been denied.", title="Access denied"), Reason.CHALLENGE),
        (page("ASEAN ministers on Friday …", "Subscribe to continue reading. Already a subscriber? Log in."), Reason.PAYWALL),
        (
            page("ASEAN ministers on Friday", head='<script type="application/ld+json">{"isAccessibleForFree": false}</script>'),
            Reason.PAYWALL,
        ),
        (
            page(
                "We use cookies on this site.",
                "Cookies help us to improve our service to you and to our partners.",
                "Please accept all cookies or manage your preferences to continue to the site.",
            ),
            Reason.COOKIE_WALL,
        ),
        (
            "<html><body><noscript>Please enable JavaScript to run this app.</noscript><div id=root></div></body></html>",
            Reason.SCRIPT_ONLY,
        ),
        (page("Ministers met."), Reason.TEXT_TOO_SHORT),
    ],
)
def test_each_page_without_an_article_has_its_reason(html: str, reason: Reason) -> None:
    assert refusal(html) is reason


def test_an_article_that_speaks_of_subscribers_and_cookies_is_an_article() -> None:
    long = [*PARAGRAPHS * 3, "Subscribe to continue reading our newsletter; we use cookies, and you may reject cookies."]

    assert "joint communiqué" in extract(page(*[f"{number}. {text}" for number, text in enumerate(long)])).text


# what stands in


def test_the_feeds_own_text_stands_in_for_the_page() -> None:
    entry = replace(ENTRY, summary="Ministers met.", content="<p>Ministers met in Kuala Lumpur.</p><p>They signed.</p>")
    article = article_from_entry(SOURCE, entry, NOW)

    assert article is not None
    assert article.text == "Ministers met in Kuala Lumpur.\nThey signed."
    assert article.flags == ("from_summary",)
    assert article.key == "courier.com.vn/world/asean-meets"


def test_the_longer_of_summary_and_content_stands_in() -> None:
    article = article_from_entry(SOURCE, replace(ENTRY, summary="Ministers met in Kuala Lumpur.", content="<p>More…</p>"), NOW)

    assert article is not None
    assert article.text == "Ministers met in Kuala Lumpur."


def test_an_entry_without_link_has_a_key_of_its_own_and_one_without_words_is_nothing() -> None:
    first = article_from_entry(SOURCE, replace(ENTRY, link=None), NOW)
    again = article_from_entry(SOURCE, replace(ENTRY, link=None), NOW)
    other = article_from_entry(SOURCE, replace(ENTRY, link=None, identity="g2"), NOW)

    assert first is not None
    assert first.key.startswith("courier:")
    assert again == first
    assert other is not None
    assert other.key != first.key
    assert article_from_entry(SOURCE, replace(ENTRY, title=""), NOW) is None


@pytest.mark.parametrize(("language", "known"), [("en", "en"), ("multi", None), ("", None), ("vi", "vi")])
def test_the_language_is_the_sources_when_it_has_one(language: str, known: str | None) -> None:
    article = article_from_entry(replace(SOURCE, language=language), ENTRY, NOW)

    assert article is not None
    assert article.language == known
