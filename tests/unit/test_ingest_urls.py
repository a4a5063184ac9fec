"""Which two URLs name one article, and which URLs are none."""

import pytest

from ingest.urls import BadUrl, article_key, lasting_parts, masked, same_site, target, url_key, web_url

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
    ("https://vnexpress.net/ngoai-truong-asean-hop-4987654.html", "https://vnexpress.net/hop-ngoai-truong-asean-4987654.html"),
    ("https://en.nhandan.vn/asean-meets-post145678.html", "https://en.nhandan.vn/asean-ministers-meet-post145678.html"),
    ("https://vietnamnews.vn/politics-laws/1234567/asean-meets.html", "https://vietnamnews.vn/asean/1234567/ministers-meet.html"),
    ("https://en.antaranews.com/news/345678/asean-meets", "https://en.antaranews.com/news/345678/asean-ministers-meet"),
    ("https://www.bangkokpost.com/world/3123456/asean-meets", "https://www.bangkokpost.com/thailand/politics/3123456/ministers-meet"),
    ("https://www.channelnewsasia.com/asia/asean-meets-5123456", "https://www.channelnewsasia.com/world/ministers-meet-5123456"),
    ("https://www.nst.com.my/news/nation/2026/11/1234567/asean-meets", "https://www.nst.com.my/world/2026/11/1234567/ministers-meet"),
    ("https://www.khmertimeskh.com/501234567/asean-meets/", "https://www.khmertimeskh.com/501234567/ministers-meet/"),
    ("https://www.scmp.com/week-asia/article/3312345/asean-meets", "https://www.scmp.com/news/article/3312345/ministers-meet?module=top"),
    ("https://en.yna.co.kr/view/AEN20261120001000315?section=news", "https://en.yna.co.kr/view/AEN20261120001000315"),
    ("https://www.dw.com/en/asean-meets/a-71234567", "https://www.dw.com/en/asean-ministers-meet/a-71234567"),
    # AMP in its other guises, mobile and print
    ("https://news-example.cdn.ampproject.org/c/s/news.example/a", "https://news.example/a"),
    ("https://www-news-example.cdn.ampproject.org/v/s/www.news.example/a/amp?amp_js_v=0.1&usqp=mq331", "https://news.example/a"),
    ("https://cdn.ampproject.org/c/news.example/a", "https://news.example/a"),
    ("https://www.google.com/amp/s/www.news.example/a/amp/", "https://news.example/a"),
    ("https://news.example/a?amp=1", "https://news.example/a"),
    ("https://news.example/a?amp", "https://news.example/a"),
    ("https://news.example/a?output=amp", "https://news.example/a"),
    ("https://news.example/a?view=amp&id=7", "https://news.example/a?id=7"),
    ("https://news.example/asean-ministers-adopt-plan.amp.html", "https://news.example/asean-ministers-adopt-plan.html"),
    ("https://news.example/asean-20261120.amp", "https://news.example/asean-20261120"),
    ("https://news.example/amp/asean-20261120.htm", "https://news.example/asean-20261120.htm"),
    ("https://news.example/world/amp/asean-20261120", "https://news.example/world/asean-20261120"),
    ("https://wap.news.example/a", "https://news.example/a"),
    ("https://en.m.news.example/a", "https://en.news.example/a"),
    ("https://m.en.news.example/a", "https://en.news.example/a"),
    ("https://news.example/a?print=1", "https://news.example/a"),
    ("https://news.example/a?tmpl=component&print=1&layout=default", "https://news.example/a?layout=default"),
    ("https://news.example/asean-20261120/print", "https://news.example/asean-20261120"),
    ("https://news.example/a/comment-page-3#comment-99", "https://news.example/a"),
    ("https://news.example/a?replytocom=99", "https://news.example/a"),
    ("https://news.example/a?share=facebook&nb=1", "https://news.example/a"),
    # what leads to it
    ("https://www.google.com/url?rct=j&url=https://news.example/a%3Fid%3D7&ct=ga", "https://news.example/a?id=7"),
    ("http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fnews.example%2fa&c=1", "https://news.example/a"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fa%3Ffbclid%3Dx&h=AT0", "https://news.example/a"),
    ("https://news.google.com/rss/articles/CBMiFmh0dHBzOi8vbmV3cy5leGFtcGxlL2HSAQA?oc=5", "https://news.example/a"),
    # sessions, caches, more trackers
    ("https://news.example/a;jsessionid=0A1B2C3D?id=7", "https://news.example/a?id=7"),
    ("https://news.example/(S(lit3py55t21z5v55vlm25s55))/a.aspx?id=7", "https://news.example/a.aspx?id=7"),
    ("https://news.example/a?PHPSESSID=3f2a9c0b1d", "https://news.example/a"),
    ("https://news.example/view.php?id=7&sid=0123456789abcdef0123456789abcdef", "https://news.example/view.php?id=7"),
    ("https://news.example/a?id=7&cHash=8f14e45fceea167a5a36dedd4bea2543&no_cache=1", "https://news.example/a?id=7"),
    ("https://news.example/a?guccounter=1&guce_referrer=x&guce_referrer_sig=y", "https://news.example/a"),
    ("https://news.example/a?zarsrc=30&gidzl=x", "https://news.example/a"),
    ("https://news.example/a?ref_src=twsrc%5Etfw&s=20&__twitter_impression=true", "https://news.example/a?s=20"),
    ("https://news.example/a?WT.mc_id=rss&cmpid=feed&ocid=socialflow", "https://news.example/a"),
    ("https://news.example/a/index.php", "https://news.example/a/"),
    ("https://news.example/press/default.aspx?id=7", "https://news.example/press/?id=7"),
    ("https://xn--fiqs8s.example/a", "https://中国.example/a"),
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
    # languages and editions
    ("https://news.example/en/a", "https://news.example/vi/a"),
    ("https://news.example/a?lang=en", "https://news.example/a?lang=vi"),
    ("https://news.example/a?hl=en", "https://news.example/a?hl=th"),
    ("https://e.vnexpress.net/news/a-4987654.html", "https://vnexpress.net/a-4987654.html"),
    ("https://en.antaranews.com/news/345678/a", "https://www.antaranews.com/berita/345678/a"),
    ("https://www.antaranews.com/berita/345678/a", "https://www.antaranews.com/foto/345678/a"),
    ("https://asean.mission.example/a", "https://asean.example/a"),
    ("https://th.news.example/a", "https://m.news.example/a"),
    # numbers that look like dress, and dress that looks like numbers
    ("https://news.example/view?type=1", "https://news.example/view?type=2"),
    ("https://news.example/index.php?mod=news&id=5", "https://news.example/index.php?mod=page&id=5"),
    ("https://news.example/index.php?view=article&id=5", "https://news.example/index.php?view=category&id=5"),
    ("https://news.example/index.php?option=com_content&id=5", "https://news.example/index.php?option=com_k2&id=5"),
    ("https://news.example/index.php?do=news&id=5", "https://news.example/index.php?do=show&id=5"),
    ("https://news.example/index.php/a", "https://news.example/index.php/b"),
    ("https://news.example/news.php?id=2345", "https://news.example/news.php?id=23456"),
    ("https://news.example/press/default.aspx?id=7", "https://news.example/press/default.aspx?id=8"),
    ("https://news.example/a?s=asean", "https://news.example/a?s=eu"),
    ("https://news.example/view?sid=17", "https://news.example/view?sid=18"),
    ("https://news.example/view?nid=17", "https://news.example/view?nid=18"),
    ("https://news.example/view?aid=17&utm_source=x", "https://news.example/view?aid=18&utm_source=x"),
    ("https://news.example/view?storyid=17", "https://news.example/view?storyid=18"),
    ("https://news.example/view?source=17", "https://news.example/view?source=18"),
    ("https://news.example/view?from=2026-11-20", "https://news.example/view?from=2026-11-21"),
    ("https://news.example/view.asp?no=17", "https://news.example/view.asp?no=18"),
    ("https://news.example/?node=17", "https://news.example/?node=18"),
    ("https://news.example/a?date=20261120", "https://news.example/a?date=20261121"),
    ("https://news.example/a?v=1", "https://news.example/a?v=2"),
    ("https://news.example/a?t=1", "https://news.example/a?t=2"),
    ("https://news.example/search?q=asean", "https://news.example/search?q=summit"),
    ("https://news.example/page4e_001234.html", "https://news.example/page4e_001235.html"),
    ("https://news.example/2026-11/20/c_139531234.htm", "https://news.example/2026-11/20/c_139531235.htm"),
    ("https://news.example/ID-1;lang=en", "https://news.example/ID-1;lang=vi"),
    # AMP, print and mobile as words
    ("https://news.example/guitars/amp", "https://news.example/guitars/bass"),
    ("https://news.example/amp/marshall", "https://news.example/marshall"),
    ("https://news.example/print/asean-20261120", "https://news.example/asean-20261120"),
    ("https://news.example/a/print", "https://news.example/a"),
    ("https://news.example/amplify-voices", "https://news.example/lify-voices"),
    ("https://mobile-news.example/a", "https://news.example/a"),
    ("https://magazine.example/a", "https://agazine.example/a"),
    ("https://amp.example/a", "https://example.example/a"),
    ("https://news.example/m/a", "https://news.example/a"),
    ("https://news.example/asean.amphitheatre.html", "https://news.example/asean.html"),
    # parts of an article, and what lies above it
    ("https://news.example/a/2", "https://news.example/a/3"),
    ("https://news.example/a/2", "https://news.example/a"),
    ("https://news.example/a?page=2", "https://news.example/a"),
    ("https://news.example/world/", "https://news.example/world/a"),
    ("https://news.example/a.html", "https://news.example/a.htm"),
    ("https://news.example/a.html", "https://news.example/a"),
    ("https://news.example/2026/11/20/asean", "https://news.example/2026/11/21/asean"),
    ("https://news.example/joint-communique-58th-amm", "https://news.example/joint-communique-59th-amm"),
    ("https://news.example/joint-communique-of-the-58th-amm.pdf", "https://news.example/joint-communique-of-the-58th-amm"),
    ("https://vnexpress.net/a-4987654.html", "https://vnexpress.net/a-4987655.html"),
    ("https://www.bangkokpost.com/world/3123456/a", "https://www.bangkokpost.com/world/3123457/a"),
    ("https://www.nst.com.my/news/2026/11/1234567/a", "https://www.nst.com.my/news/2026/11/1234568/a"),
    # what stands between
    ("https://www.google.com/url?url=https://news.example/a", "https://www.google.com/url?url=https://news.example/b"),
    ("https://news.google.com/rss/articles/CBMiFmh0dHBzOi8v", "https://news.google.com/rss/articles/CBMiFmh0dHBzOi9v"),
    (
        "https://news.google.com/rss/articles/CBMiWkFVX3lxTE0xMjM0NTY3ODkw",
        "https://news.google.com/rss/articles/CBMiWkFVX3lxTE0xMjM0NTY3ODkx",
    ),
    ("https://news.example/share?url=https://news.example/a", "https://news.example/share?url=https://news.example/b"),
    ("https://news.example/c/s/other.example/a", "https://other.example/a"),
    ("https://feeds.feedburner.com/~r/news/~3/x1/", "https://feeds.feedburner.com/~r/news/~3/x2/"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_name_one_article(one: str, other: str) -> None:
    assert article_key(one) == article_key(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_these_must_stay_apart(one: str, other: str) -> None:
    assert article_key(one) != article_key(other)


def _in_one_feed(one: str, other: str) -> bool:
    """Whether a feed takes both for one link, and both are written in the same letters."""
    plain = one.isascii() and other.isascii() and "%" not in one + other and one == one.strip()
    return plain and url_key(one) == url_key(other) and "/a" in one


@pytest.mark.parametrize(("one", "other"), [pair for pair in SAME if _in_one_feed(*pair)])
def test_what_lasts_of_an_address_stands_in_its_other_spellings(one: str, other: str) -> None:
    assert [part for part in lasting_parts(one) if part not in other] == []
    assert [part for part in lasting_parts(other) if part not in one] == []


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


def test_a_wordpress_search_is_shown_with_what_is_searched_and_fetched_as_it_is() -> None:
    search = "https://news.example/?s=ASEAN+summit&feed=rss2"

    assert masked(search + "&key=SECRET") == search + "&key=***"
    assert target(search).url == search
