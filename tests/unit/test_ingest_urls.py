"""Which two URLs name one article, and which URLs are none."""

import pytest

from ingest.urls import BadUrl, masked, same_site, target, url_key, web_url

SAME = [
    # scheme, host and port
    ("http://news.example/a", "https://news.example/a"),
    ("https://www.news.example/a", "https://news.example/a"),
    ("https://m.news.example/a", "https://news.example/a"),
    ("https://amp.news.example/a", "https://news.example/a"),
    ("https://mobile.news.example/a", "https://www.news.example/a"),
    ("https://NEWS.Example/a", "https://news.example/a"),
    ("https://news.example:443/a", "http://news.example:80/a"),
    ("https://news.example./a", "https://news.example/a"),
    ("https://báo.example/a", "https://xn--bo-mia.example/a"),
    # path
    ("https://news.example", "https://news.example/"),
    ("https://news.example/a/", "https://news.example/a"),
    ("https://news.example//a", "https://news.example/a"),
    ("https://news.example/x/../a", "https://news.example/a"),
    ("https://news.example/./a", "https://news.example/a"),
    ("https://news.example/a/amp", "https://news.example/a"),
    ("https://news.example/a/amp/", "https://news.example/a"),
    ("https://news.example/amp/world/a", "https://news.example/world/a"),
    ("https://news.example/a/index.html", "https://news.example/a/"),
    ("https://news.example/%7Eminister", "https://news.example/~minister"),
    ("https://news.example/tin-t%e1%bb%a9c", "https://news.example/tin-tức"),
    ("https://news.example/tin-tức", "https://news.example/tin-tức"),
    ("https://news.example/a#comments", "https://news.example/a"),
    # query
    ("https://news.example/a?utm_source=rss&utm_medium=feed", "https://news.example/a"),
    ("https://news.example/a?id=7&fbclid=IwAR0", "https://news.example/a?id=7"),
    ("https://news.example/a?gclid=x&dclid=y&msclkid=z", "https://news.example/a"),
    ("https://news.example/a?at_medium=RSS&at_campaign=rss", "https://news.example/a"),
    ("https://news.example/a?b=2&a=1", "https://news.example/a?a=1&b=2"),
    ("https://news.example/a?ref=rss", "https://news.example/a"),
    ("https://news.example/a?source=twitter", "https://news.example/a"),
    ("https://news.example/a?outputType=amp", "https://news.example/a"),
    ("https://news.example/a?q=x%20y", "https://news.example/a?q=x+y"),
    # a publisher's habit
    ("https://en.vietnamplus.vn/asean-meets/205891.vnp", "https://en.vietnamplus.vn/asean-meets-post205891.vnp"),
    ("https://en.vietnamplus.vn/old-title/205891.vnp", "https://en.vietnamplus.vn/new-title/205891.vnp"),
    # as links stand in feeds
    (" https://news.example/a\n", "https://news.example/a"),
    ("https://news.example/a b", "https://news.example/a%20b"),
]

OTHER = [
    ("https://news.example/a", "https://news.example/b"),
    ("https://news.example/a", "https://other.example/a"),
    ("https://en.news.example/a", "https://vi.news.example/a"),
    ("https://news.example:8080/a", "https://news.example/a"),
    ("https://news.example/A", "https://news.example/a"),
    ("https://news.example/index.php?id=7", "https://news.example/index.php?id=8"),
    ("https://news.example/index.php?id=7", "https://news.example/index.php"),
    ("https://news.example/a?page=2", "https://news.example/a?page=3"),
    ("https://news.example/?p=123", "https://news.example/?p=124"),
    ("https://news.example/story?123", "https://news.example/story?124"),
    ("https://news.example/view?cid=1", "https://news.example/view?cid=2"),
    ("https://news.example/view?eid=1", "https://news.example/view?eid=2"),
    ("https://news.example/view?uid=1", "https://news.example/view?uid=2"),
    ("https://news.example/view?gallery=1", "https://news.example/view?gallery=2"),
    ("https://news.example/view?keyword=asean", "https://news.example/view?keyword=eu"),
    ("https://news.example/press.aspx?ref=1041", "https://news.example/press.aspx?ref=1042"),
    ("https://news.example/a?ref=https://x.example/", "https://other.example/a?ref=https://x.example/"),
    ("https://news.example/a%2Fb", "https://news.example/a/b"),
    ("https://news.example/a%FF", "https://news.example/a%FE"),
    ("https://news.example/#!/story/1", "https://news.example/#!/story/2"),
    ("https://amp/a", "https://m/a"),
    ("https://news.example/world/amp-hours", "https://news.example/world"),
    ("https://en.vietnamplus.vn/x/205891.vnp", "https://en.vietnamplus.vn/x/205892.vnp"),
    ("https://en.vietnamplus.vn/x/205891.vnp", "https://zh.vietnamplus.vn/x/205891.vnp"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_name_one_article(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_these_must_stay_apart(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


PAGE = "https://www.courier.com.vn/world/asean-meets?utm_source=rss"


@pytest.mark.parametrize(
    "canonical",
    [
        "https://courier.com.vn/2026/11/asean-meets",
        "https://en.courier.com.vn/asean-meets-123",
        "/2026/11/asean-meets",
        "https://courier.com.vn/?p=99",
    ],
)
def test_a_plausible_canonical_link_names_the_article(canonical: str) -> None:
    assert url_key(PAGE, canonical) != url_key(PAGE)
    assert url_key(PAGE, canonical) == url_key(
        "https://other.courier.com.vn/whatever", canonical if "://" in canonical else f"https://www.courier.com.vn{canonical}"
    )


@pytest.mark.parametrize(
    "canonical",
    [
        "https://courier.com.vn/",
        "https://courier.com.vn",
        "https://courier.com.vn/world",
        "https://courier.com.vn/world/",
        "https://partner.com.vn/asean-meets",
        "https://notcourier.com.vn/asean-meets",
        "javascript:alert(1)",
        "",
        "http://[broken",
    ],
)
def test_a_canonical_link_that_lies_is_not_believed(canonical: str) -> None:
    assert url_key(PAGE, canonical) == url_key(PAGE)


def test_a_canonical_link_that_lost_the_articles_number_is_not_believed() -> None:
    assert url_key("https://courier.com.vn/index.php?id=7", "https://courier.com.vn/index.php") == "courier.com.vn/index.php?id=7"


def test_sites_are_told_by_their_registrable_domain() -> None:
    assert same_site("en.vietnamplus.vn", "www.vietnamplus.vn")
    assert same_site("dfa.gov.ph", "www.dfa.gov.ph")
    assert not same_site("dfa.gov.ph", "pna.gov.ph")
    assert not same_site("127.0.0.1", "127.0.0.2")


def test_links_are_made_absolute_or_refused() -> None:
    assert web_url("/a?x=1#f", "https://news.example/feed/") == "https://news.example/a?x=1"
    assert web_url("../a", "https://news.example/x/feed") == "https://news.example/a"
    assert web_url("//cdn.example/a", "https://news.example/") == "https://cdn.example/a"
    assert web_url("HTTPS://news.example/tin tức|1") == "https://news.example/tin%20t%E1%BB%A9c%7C1"
    for link in (
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "mailto:a@b.example",
        "",
        "a/b",
        "http://",
        r"http://a\@b/",
    ):
        assert web_url(link) is None


@pytest.mark.parametrize(
    "url",
    [
        r"http://169.254.169.254:8888\@ok.example/",
        "http://user@news.example/",
        "http://news.example:99999/",
        "http://news.example:x/",
        "http://[::1/",
        "http://news.example/a b",
        "http://news.example/\x00",
        "https://news.example/" + "x" * 5000,
        "http://" + "x" * 300 + ".é/",
    ],
)
def test_what_parsers_disagree_about_is_no_url(url: str) -> None:
    with pytest.raises(BadUrl):
        target(url)


def test_a_url_is_taken_apart_for_fetching() -> None:
    there = target("HTTP://[2001:DB8::1]:8080/a?b=ä")

    assert (there.scheme, there.host, there.port, there.path) == ("http", "2001:db8::1", 8080, "/a?b=%C3%A4")
    assert there.authority == there.origin == "[2001:db8::1]:8080"
    assert target("https://News.Example").url == "https://news.example/"
    assert target("https://News.Example").origin == "news.example:443"


def test_shown_urls_hide_what_may_be_secret() -> None:
    assert masked("https://user:pass@news.example/feed?key=SECRET&x&y=1#z") == "https://news.example/feed?key=***&x&y=***"
    assert masked("https://news.example/feed") == "https://news.example/feed"
    assert "SECRET" not in masked("not a url?key=SECRET")
