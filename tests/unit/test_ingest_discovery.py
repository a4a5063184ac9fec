"""From a page to its feeds, without a network: what pages declare, what they link to, and in which order it is tried."""

import time

import pytest

from core.errors import FetchError, ParseError
from core.reasons import Reason
from core.sources import Feed, Response, SourceKind
from ingest.discovery import MOST_TRIED, USUAL, Candidate, discover, page_candidates, robots_candidates

HOME = "https://www.ministry.example/en/"


def addresses(page: str, url: str = HOME) -> list[str]:
    return [one.url for one in page_candidates(page, url, "ASEAN")]


def test_what_a_page_declares_comes_first_and_absolute() -> None:
    page = """
    <a href="/rss/all.xml">RSS</a>
    <LINK title='News &amp; statements' type='application/rss+xml' href=/en/feed.xml rel="alternate">
    <link rel="alternate" type="application/atom+xml" href="//feeds.ministry.example/atom">
    <link rel="alternate" type="application/feed+json" href="feed.json#top">
    <link rel="alternate" hreflang="th" href="https://www.ministry.example/th/">
    <link rel="stylesheet" href="/feed.css">
    """

    found = page_candidates(page, HOME, "ASEAN")

    assert [one.url for one in found] == [
        "https://www.ministry.example/en/feed.xml",
        "https://feeds.ministry.example/atom",
        "https://www.ministry.example/en/feed.json",
        "https://www.ministry.example/rss/all.xml",
    ]
    assert found[0] == Candidate(url="https://www.ministry.example/en/feed.xml", title="News & statements", told_by="page")


@pytest.mark.parametrize(
    ("link", "is_one"),
    [
        ("/rss", True),
        ("/feed/", True),
        ("/news/index.rss", True),
        ("/rss/politics.xml", True),
        ("/?feed=rss2", True),
        ("/feedback", False),
        ("/about/rssi.html", False),
        ("https://other.example/feed/", False),
        ("mailto:feed@ministry.example", False),
        ("javascript:rss.xml", False),
        ("/comments/feed/", False),
    ],
)
def test_a_link_counts_when_it_looks_like_a_feed_of_the_site(link: str, is_one: bool) -> None:
    assert bool(addresses(f'<p><a class="x" href="{link}">here</a></p>')) == is_one


def test_wordpress_is_known_by_its_traces_and_offers_its_search() -> None:
    declared = '<link rel="alternate" type="application/rss+xml" title="Feed" href="https://agency.example/news/feed/">'
    comments = '<link rel="alternate" type="application/rss+xml" title="Comments" href="https://agency.example/news/comments/feed/">'
    interface = '<link rel="https://api.w.org/" href="https://agency.example/news/wp-json/">'

    assert addresses(declared + comments + interface, "https://agency.example/news/") == [
        "https://agency.example/news/feed/",
        "https://agency.example/news/?s=ASEAN&feed=rss2",
    ]
    assert addresses('<script src="/wp-content/x.js"></script>', "https://agency.example/a/b") == [
        "https://agency.example/feed/",
        "https://agency.example/?s=ASEAN&feed=rss2",
    ]


def test_the_sitemaps_of_news_come_before_the_others() -> None:
    robots = "User-agent: *\nDisallow: /x\nSitemap: https://a.example/all.xml\r\n  sitemap : /news-sitemap.xml\nSitemap:\nSitemap: ftp://a.example/x\n"

    found = robots_candidates(robots, "https://a.example/")

    assert [one.url for one in found] == ["https://a.example/news-sitemap.xml", "https://a.example/all.xml"]
    assert {one.kind for one in found} == {SourceKind.SITEMAP}


@pytest.mark.parametrize(
    "piece", ["<a ", '<a href="', "<link rel=alternate ", "<!--", "<a href=x ", "sitemap:", "<a " + 'x="' * 600, "sitemap : \t"]
)
def test_no_page_takes_long(piece: str) -> None:
    began = time.perf_counter()
    page_candidates(piece * (2_000_000 // len(piece)), HOME, "ASEAN")
    robots_candidates(piece * (2_000_000 // len(piece)), HOME)

    assert time.perf_counter() - began < 5


class Site:
    """Pages by address; every request is noted."""

    def __init__(self, pages: dict[str, str], moved: dict[str, str] | None = None) -> None:
        self.pages = pages
        self.moved = moved or {}
        self.asked: list[str] = []

    def fetch(self, url: str) -> Response:
        self.asked.append(url)
        place = self.moved.get(url, url)
        if place not in self.pages:
            raise FetchError(Reason.NOT_FOUND, subject=url)
        return Response(url=place, status=200, body=self.pages[place].encode(), moved_to=self.moved.get(url))

    def parse(self, candidate: Candidate, response: Response) -> Feed:
        text = response.body.decode()
        if not text.startswith(f"<{candidate.kind}"):
            raise ParseError(Reason.NOT_A_FEED, subject=candidate.url)
        return Feed(format="rss20", title=text)


def test_a_feed_is_taken_as_it_is() -> None:
    site = Site({"https://a.example/rss": "<feed>"})
    result = discover("https://a.example/rss", site.fetch, site.parse)

    assert [one.candidate.url for one in result.found] == ["https://a.example/rss"]
    assert site.asked == ["https://a.example/rss"]


def test_a_feed_that_has_moved_for_good_is_taken_where_it_is() -> None:
    site = Site({"https://a.example/new": "<feed>"}, {"https://a.example/old": "https://a.example/new"})

    assert [one.candidate.url for one in discover("https://a.example/old", site.fetch, site.parse).found] == ["https://a.example/new"]


def test_what_the_page_declares_ends_the_search_and_what_failed_is_told() -> None:
    page = "<link rel=alternate type=application/rss+xml href=/dead><link rel=alternate type=application/rss+xml href=/live>"
    site = Site({"https://a.example/": page, "https://a.example/live": "<feed>"})
    result = discover("https://a.example/", site.fetch, site.parse)

    assert [one.candidate.url for one in result.found] == ["https://a.example/live"]
    assert result.tried == (("https://a.example/", Reason.NOT_A_FEED), ("https://a.example/dead", Reason.NOT_FOUND))
    assert site.asked == ["https://a.example/", "https://a.example/dead", "https://a.example/live"]


def test_then_robots_txt_then_the_usual_places() -> None:
    pages = {"https://a.example/x/": "<p>", "https://a.example/robots.txt": "Sitemap: /news.xml", "https://a.example/news.xml": "<sitemap>"}
    by_robots = discover("https://a.example/x/", Site(pages).fetch, Site(pages).parse)
    pages["https://a.example/news.xml"] = "<html>"
    pages["https://a.example/atom.xml"] = "<feed>"
    usual = discover("https://a.example/x/", Site(pages).fetch, Site(pages).parse)

    assert [(one.candidate.url, one.candidate.kind) for one in by_robots.found] == [("https://a.example/news.xml", SourceKind.SITEMAP)]
    assert [(one.candidate.url, one.candidate.told_by) for one in usual.found] == [("https://a.example/atom.xml", "usual")]


def test_a_site_without_feeds_sees_a_bounded_number_of_requests_each_once() -> None:
    links = "".join(f'<a href="/rss/{number}.xml">' for number in range(500))
    site = Site({"https://a.example/": links, "https://a.example/robots.txt": "\n".join(f"Sitemap: /{n}.xml" for n in range(500))})
    result = discover("https://a.example/", site.fetch, site.parse)

    assert result.found == ()
    assert len(site.asked) == len(set(site.asked)) == 2 + 2 * MOST_TRIED + len(USUAL)
    assert len(result.tried) == len(site.asked) - 1


def test_an_address_that_cannot_be_had_is_an_error() -> None:
    with pytest.raises(FetchError):
        discover("https://a.example/", Site({}).fetch, Site({}).parse)
