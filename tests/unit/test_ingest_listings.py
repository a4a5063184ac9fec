"""List pages: the links that a selector picks, and what is said when it picks none."""

from datetime import UTC, datetime

import pytest

from core.errors import ParseError
from core.reasons import Reason
from core.sources import Feed, SourceKind
from ingest.kinds import parse_body
from ingest.listings import selector_error

URL = "https://mofa.example/press/list.aspx?page=1"
PAGE = """<!DOCTYPE html><html><head><title>Press releases</title></head><body>
<nav><a href="/">Home</a><a href="/press/list.aspx?page=1">Press</a><a href="/about">About</a></nav>
<ul class="news">
  <li><a href="detail.aspx?id=12"><img src="i.jpg" alt="Handshake"></a>
      <h3><a href="detail.aspx?id=12">Ministers &amp; partners
          sign</a></h3><time datetime="2026-11-20T08:00:00+07:00">20 Nov</time></li>
  <li><h3><a href="/press/detail.aspx?id=11&amp;utm_source=list">Statement on the grid</a></h3></li>
  <li><h3><a href="javascript:open(10)">Not an address</a></h3></li>
</ul></body></html>"""


def parse(body: str, selector: str, known: bytes = b"", url: str = URL) -> Feed:
    return parse_body(
        body.encode(),
        source="s",
        url=url,
        content_type="text/html; charset=utf-8",
        now=datetime(2026, 11, 21, tzinfo=UTC),
        known=known,
        kind=SourceKind.LISTING,
        selector=selector,
    )


def refusal(body: str, selector: str = "a") -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(body, selector)
    return caught.value


@pytest.mark.parametrize("selector", ["ul.news a", ".news li", "a[href*='detail']", ".news h3", "li img, li h3 a"])
def test_the_picked_links_are_entries_by_their_link(selector: str) -> None:
    feed = parse(PAGE, selector)

    assert (feed.format, feed.title) == ("listing", "Press releases")
    assert [(entry.link, entry.title) for entry in feed.entries] == [
        ("https://mofa.example/press/detail.aspx?id=12", "Ministers & partners sign"),
        ("https://mofa.example/press/detail.aspx?id=11&utm_source=list", "Statement on the grid"),
    ]
    assert [entry.identity for entry in feed.entries] == ["mofa.example/press/detail.aspx?id=12", "mofa.example/press/detail.aspx?id=11"]


def test_a_time_beside_the_link_is_its_date() -> None:
    assert parse(PAGE, ".news li").entries[0].published == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert parse(PAGE, ".news li").entries[1].published is None


def test_a_link_that_is_only_a_picture_is_called_as_the_picture() -> None:
    feed = parse("<a href='/1'><img alt='Signing'></a><a href='/2' title='Talks'></a>", "a")

    assert [entry.title for entry in feed.entries] == ["Signing", "Talks"]


def test_of_a_card_the_headline_is_the_title() -> None:
    card = "<div class='card'><a href='/1'>Read more</a><h3>Ministers sign</h3><p>In Vientiane</p></div>"
    whole = "<a class='card' href='/2'><h3>Grid agreed</h3><p>In Jakarta</p><span>20 Nov</span></a>"

    assert [entry.title for entry in parse(card + whole, ".card").entries] == ["Ministers sign", "Grid agreed"]


def test_links_are_relative_to_the_base_of_the_page() -> None:
    assert parse("<base href='https://cdn.example/en/'><a href='1'>One</a>", "a").entries[0].link == "https://cdn.example/en/1"


def test_the_page_itself_is_no_article() -> None:
    assert [entry.title for entry in parse(PAGE, "a").entries] == ["Home", "About", "Ministers & partners sign", "Statement on the grid"]


def test_what_the_last_page_held_makes_no_entry() -> None:
    before = parse(PAGE, ".news li")
    feed = parse(
        PAGE.replace('<ul class="news">', '<ul class="news"><li><a href="detail.aspx?id=13">Third</a></li>'), ".news li", before.items
    )

    assert [entry.title for entry in feed.entries] == ["Third"]
    assert feed.skipped == 2


def test_no_link_means_that_the_site_was_rebuilt() -> None:
    error = refusal(PAGE, ".articles a")

    assert error.reason is Reason.NOT_A_FEED
    assert "'.articles a' picks no link on the page: the site was rebuilt, or the selector is wrong" in error.detail


@pytest.mark.parametrize("body", ["", "   ", "<!-- nothing -->", "{}", "\0\0"])
def test_a_page_with_nothing_in_it_is_none(body: str) -> None:
    assert refusal(body).reason is Reason.NOT_A_FEED


def test_a_page_that_asks_for_a_person_is_called_that() -> None:
    assert refusal("<html><head><title>Just a moment...</title></head><body><p>x</p></body></html>").reason is Reason.CHALLENGE


def test_a_page_of_any_size_gives_a_bounded_list() -> None:
    assert len(parse("".join(f"<a href='/{number}'>{number}</a>" for number in range(5000)), "a").entries) == 500


def test_nesting_without_end_is_survived() -> None:
    assert [entry.title for entry in parse("<a href='/1'>One</a>" + "<div>" * 100_000 + "<a href='/2'>Two</a>", "a").entries][:1] == ["One"]


def test_a_wrong_selector_is_explained() -> None:
    assert selector_error("ul.news > li a[href*='detail']") == ""
    assert "Expected" in selector_error("a[")
    assert selector_error("a:nonsense")
    assert selector_error("(" * 10_000)
