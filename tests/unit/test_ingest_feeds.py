"""Feeds as they come: well made, odd, broken, hostile, and none at all."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.errors import ParseError
from core.reasons import Reason
from core.sources import DateTrust, Entry, Feed
from ingest.feeds import parse_feed

NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "https://news.example/feed/"
STORY = "The ministers met in Vientiane and adopted a joint statement on the power grid. " * 4


def parse(body: str | bytes, content_type: str = "application/rss+xml", zone: str | None = None) -> Feed:
    data = body.encode() if isinstance(body, str) else body
    return parse_feed(data, source="s", url=URL, content_type=content_type, now=NOW, zone=ZoneInfo(zone) if zone else None)


def rss(*items: str, head: str = "") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'{head}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title>{inside}</channel></rss>'


def item(number: int, guid: str | None = None, link: str | None = None, title: str = "", text: str = "") -> str:
    named = f'<guid isPermaLink="false">{guid}</guid>' if guid else ""
    link, title = link or f"https://news.example/{number}", title or f"Title {number}"
    return f"{named}<link>{link}</link><title>{title}</title><description>{text}</description>"


def refusal(body: str | bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(body)
    return caught.value


# formats


def test_an_rss_item() -> None:
    feed = parse(
        rss(
            "<guid>https://news.example/?p=1</guid><link>/a?x=1&amp;utm_source=rss</link><title>ASEAN &amp;amp; UK</title>"
            "<pubDate>T6, 20/11/2026 - 08:00</pubDate><description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</description>"
            "<content:encoded><![CDATA[<p>The <b>whole</b> text.</p>]]></content:encoded>"
        ),
        zone="Asia/Ho_Chi_Minh",
    )

    assert (feed.format, feed.title, feed.reason, feed.truncated) == ("rss20", "News", None, False)
    assert feed.entries == (
        Entry(
            source="s",
            identity="https://news.example/?p=1",
            link="https://news.example/a?x=1&utm_source=rss",
            title="ASEAN & UK",
            summary="One.\nTwo.",
            content="<p>The <b>whole</b> text.</p>",
            published=datetime(2026, 11, 20, 1, tzinfo=UTC),
            date_trust=DateTrust.ASSUMED_ZONE,
            aliases=("path:/?p=1", "news.example/a?x=1"),
        ),
    )


def test_an_atom_entry() -> None:
    (entry,) = parse(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/en/"><title>News</title><entry><id>tag:1</id>'
        '<title type="html">&lt;i&gt;Title&lt;/i&gt;</title><link rel="self" href="x.atom"/><link href="story"/>'
        '<updated>2026-11-20T08:00:00+07:00</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p></div></content>'
        "</entry></feed>"
    ).entries

    assert (entry.identity, entry.link, entry.title) == ("tag:1", "https://news.example/en/story", "Title")
    assert (entry.summary, entry.content) == ("One", "<p>One</p>")
    assert (entry.published, entry.date_trust) == (datetime(2026, 11, 20, 1, tzinfo=UTC), DateTrust.ZONED)


def test_an_rdf_item() -> None:
    feed = parse(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="x"><title>News</title></channel><item rdf:about="https://news.example/1"><title>Title</title>'
        "<link>https://news.example/1</link><dc:date>2026-11-20T01:00:00Z</dc:date></item></rdf:RDF>"
    )

    assert feed.format == "rss10"
    assert feed.entries[0].published == datetime(2026, 11, 20, 1, tzinfo=UTC)


def test_a_json_feed() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News",
        "items": [
            {"id": 7, "url": "/7", "title": "Title", "content_html": "<p>Text</p>", "date_published": "2026-11-20T08:00:00+07:00"},
            {"id": "8", "external_url": "https://other.example/8", "content_text": "Plain", "tags": {"wrong": "type"}},
            "not an item",
        ],
    }
    feed = parse("\ufeff" + json.dumps(document), "application/json")

    assert (feed.format, feed.title) == ("json11", "News")
    assert [(entry.identity, entry.link, entry.title) for entry in feed.entries] == [
        ("7", "https://news.example/7", "Title"),
        ("8", "https://other.example/8", ""),
    ]
    assert feed.entries[1].summary == "Plain"


def test_a_json_feed_keeps_plain_text_plain_and_names_its_older_page() -> None:
    item = {"id": "1", "url": "/1", "title": "T", "summary": "Short: a < b <c>", "content_text": "Long & plain <d>"}
    document = {"version": "https://jsonfeed.org/version/1.1", "next_url": "/feed.json?page=2", "items": [item]}
    feed = parse(json.dumps(document), "application/json")

    assert (feed.entries[0].summary, feed.entries[0].content) == ("Short: a < b <c>", "Long &amp; plain &lt;d&gt;")
    assert (feed.archive, feed.ttl) == ("https://news.example/feed.json?page=2", None)
    assert parse(json.dumps(document | {"expired": True})).ttl == timedelta(days=1)
    assert refusal(json.dumps(document | {"items": ["not an item"]})).reason is Reason.MALFORMED_FEED


def test_a_gdelt_article_list() -> None:
    document = {
        "articles": [{"url": "https://news.example/a", "title": "ASEAN meets", "seendate": "20261120T010000Z", "domain": "news.example"}]
    }
    feed = parse(json.dumps(document), "application/json")

    assert feed.format == "gdelt"
    assert feed.entries[0].link == "https://news.example/a"
    assert feed.entries[0].published == datetime(2026, 11, 20, 1, tzinfo=UTC)


@pytest.mark.parametrize("body", [rss("", "<author>A. Writer</author>"), json.dumps({"version": "jsonfeed.org/version/1", "items": [{}]})])
def test_a_feed_of_empty_shells_says_what_is_wrong_with_it(body: str) -> None:
    feed = parse(body)

    assert (feed.entries, feed.reason, feed.truncated) == ((), Reason.MALFORMED_FEED, False)
    assert "items says anything" in feed.detail


def test_an_empty_feed_is_a_feed() -> None:
    assert parse(rss()).entries == ()


# what is no feed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        "<!DOCTYPE html><html><head><title>Home</title></head><body><item><title>x</title></item></body></html>",
        "Your query was too short or too long.",
        '{"error": "limit"}',
        "[1, 2]",
        '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 100_000,
        '{"version": "https://jsonfeed.org/version/1.1"}',
        '{"version": "https://jsonfeed.org/version/1.1", "items": {}}',
        '<opml version="1.0"><body><outline text="a"/></body></opml>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://news.example/1</loc></url></urlset>',
        b"\x1f\x8b\x08\x00\x00",
        b"\x00\xff" * 1000,
    ],
)
def test_what_is_no_feed_says_so(body: str | bytes) -> None:
    assert refusal(body).reason is Reason.NOT_A_FEED


def test_people_are_told_what_came_instead() -> None:
    assert "Home" in refusal("<html><head><title>Home</title></head></html>").detail
    assert "limit" in refusal('{"error": "limit"}').detail


@pytest.mark.parametrize("place", ["{path}", "file://{path}"])
def test_a_body_that_names_a_file_is_not_opened(tmp_path: Path, place: str) -> None:
    canary = tmp_path / "canary.xml"
    canary.write_text(rss(item(1)))

    assert refusal(place.format(path=canary)).reason is Reason.NOT_A_FEED


def test_an_entity_that_names_a_file_is_not_read(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("SECRET")
    head = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{canary}">]>'

    assert "SECRET" not in repr(parse(rss(item(1, text="&x;"), head=head)))


# broken feeds


def test_a_broken_feed_gives_what_can_be_saved_and_says_what_is_wrong() -> None:
    feed = parse(rss(item(1, title="A & B"), item(2)))

    assert feed.reason is Reason.MALFORMED_FEED
    assert "not well-formed" in feed.detail
    assert not feed.truncated
    assert [entry.title for entry in feed.entries] == ["A & B", "Title 2"]


def test_a_feed_that_stops_in_the_middle_is_known_by_its_missing_end() -> None:
    body = rss(item(1, text=STORY), item(2, text=STORY))
    feed = parse(body[: body.index("power grid", body.index("Title 2"))])

    assert feed.truncated
    assert feed.reason is Reason.MALFORMED_FEED
    assert [entry.title for entry in feed.entries] == ["Title 1", "Title 2"]


def test_an_item_at_which_feedparser_stumbles_costs_itself() -> None:
    body = rss(item(1), item(2) + "<textinput><title>x</title><name>y</name></textinput>", item(3))
    feed = parse(body)

    assert [entry.title for entry in feed.entries] == ["Title 1", "Title 3"]
    assert (feed.reason, feed.truncated) == (Reason.MALFORMED_FEED, False)
    assert "stumbles" in feed.detail
    assert "stumbles" in refusal(body.replace("News", "A & B")).detail


def test_a_broken_feed_with_nothing_in_it_is_refused() -> None:
    assert refusal('<rss version="2.0"><channel><title>&</title>').reason is Reason.MALFORMED_FEED


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1, text="<![CDATA[" + "<!--" * 200_000 + "]]>")),
        rss(item(1, text="&lt;!--" * 100_000)),
        rss(item(1, text="<![CDATA[" + "<a>" * 100_000 + "]]>")),
        rss(
            item(1, text="&lol9;"),
            head="<!DOCTYPE l [<!ENTITY lol 'lol'>"
            + "".join(f"<!ENTITY lol{n} '{f'&lol{n - 1 or str()};' * 10}'>" for n in range(1, 10))
            + "]>",
        ),
        rss(item(1, text="&a;" * 5000), head=f"<!DOCTYPE q [<!ENTITY a '{'a' * 50_000}'>]>"),
    ],
    ids=["comments", "escaped comments", "nesting", "billion laughs", "quadratic entity"],
)
def test_a_bomb_costs_little_and_leaves_the_entry(body: str) -> None:
    started = time.process_time()

    assert len(parse(body).entries) == 1
    assert time.process_time() - started < 2.0


def test_three_thousand_items_are_all_taken() -> None:
    assert len(parse(rss(*(item(number, f"g{number}") for number in range(3000)))).entries) == 3000


# texts, links and dates of entries


def test_no_markup_gets_through_a_title_nor_a_script_through_a_link() -> None:
    (entry,) = parse(
        rss("<guid>javascript:x</guid><link>JavaScript:alert(1)</link><title>&lt;img src=x onerror=alert(1)&gt;T\x7f&#x202e;</title>")
    ).entries

    assert (entry.title, entry.link) == ("T", None)


def test_nul_and_surrogates_cost_the_character_not_the_entry() -> None:
    (entry,) = parse(rss(item(1, title="A\x00B&#xD800;C"))).entries

    assert entry.title.startswith("AB")
    entry.title.encode()


@pytest.mark.parametrize(
    "label",
    [
        "text/xml",
        "text/xml; charset=us-ascii",
        "application/xml; charset=iso-8859-1",
        "application/rss+xml;charset=windows-1252",
        "text/html",
    ],
)
@pytest.mark.parametrize("prolog", ["", "utf-8", "iso-8859-1", "windows-1258"])
def test_vietnamese_survives_every_wrong_label(label: str, prolog: str) -> None:
    head = f'<?xml version="1.0" encoding="{prolog}"?>' if prolog else ""
    feed = parse(rss(item(1, title="Bộ trưởng Ngoại giao ký Tuyên bố"), head=head), label)

    assert feed.entries[0].title == "Bộ trưởng Ngoại giao ký Tuyên bố"


@pytest.mark.parametrize(
    ("encoding", "prolog"), [("utf-16", "utf-16"), ("utf-8-sig", "utf-8"), ("cp874", "windows-874"), ("gb18030", "gb2312")]
)
def test_other_encodings_are_read_by_their_label(encoding: str, prolog: str) -> None:
    title = {"cp874": "รัฐมนตรี", "gb18030": "部长会议"}.get(encoding, "Bộ trưởng")
    feed = parse(rss(item(1, title=title), head=f'<?xml version="1.0" encoding="{prolog}"?>').encode(encoding))

    assert feed.entries[0].title == title


# identity


def identities(*items: str) -> list[str]:
    return [entry.identity for entry in parse(rss(*items)).entries]


def new(before: Feed, after: Feed) -> list[str]:
    """Titles in `after` that none of its names had in `before`."""
    known = {name for entry in before.entries for name in entry.names}
    return [entry.title for entry in after.entries if not known.intersection(entry.names)]


def test_the_ladder_is_guid_link_text() -> None:
    guid, link, text = identities(item(1, "g1"), item(2), "<title>No name</title>")

    assert guid == "g1"
    assert link == "news.example/2"
    assert text.startswith("text:")


def test_a_constant_guid_with_a_new_item_on_top_gives_that_item_alone() -> None:
    before = parse(rss(item(2, "same"), item(1, "same")))
    after = parse(rss(item(3, "same"), item(2, "same"), item(1, "same")))

    assert len({entry.identity for entry in after.entries}) == 3
    assert new(before, after) == ["Title 3"]


def test_a_guid_that_turns_out_to_be_constant_loses_nothing() -> None:
    assert new(parse(rss(item(1, "same"))), parse(rss(item(2, "same"), item(1, "same")))) == ["Title 2"]


def test_constant_guid_and_link_are_told_apart_by_text() -> None:
    home = "https://news.example/"
    before = parse(rss(item(1, "same", home)))
    after = parse(rss(item(2, "same", home), item(1, "same", home)))

    assert [entry.title for entry in after.entries] == ["Title 2", "Title 1"]
    assert "Title 2" in new(before, after)


def test_links_to_one_page_name_nothing() -> None:
    page = "https://news.example/live"
    before = parse(rss(item(1, "g1", page)))
    after = parse(rss(item(2, "g2", page), item(1, "g1", page)))

    assert new(before, after) == ["Title 2"]


def test_guids_made_anew_are_recognised_by_link() -> None:
    assert new(parse(rss(item(1, "old-1"), item(2, "old-2"))), parse(rss(item(1, "new-1"), item(2, "new-2")))) == []


def test_a_move_to_https_and_another_host_is_recognised_by_path() -> None:
    old = parse(rss("<guid>http://old.example/2026/a</guid><title>A</title>"))
    moved = parse(rss("<guid>https://www.new.example/2026/a</guid><title>A</title>"))

    assert new(old, moved) == []


def test_guid_and_link_made_anew_are_recognised_by_a_long_text() -> None:
    old, renewed = (parse(rss(item(number, f"g{number}", title="Grid", text=STORY))) for number in (1, 2))

    assert new(old, renewed) == []


def test_two_short_notes_of_one_title_are_two() -> None:
    assert new(parse(rss(item(1, "g1", title="Daily briefing"))), parse(rss(item(2, "g2", title="Daily briefing")))) == ["Daily briefing"]


def test_a_copy_in_the_same_body_is_one_entry() -> None:
    assert identities(item(1, "g1"), item(1, "g1"), item(2, "g2")) == ["g1", "g2"]


def test_a_guid_of_any_length_is_a_name_of_bounded_length() -> None:
    first, second = identities(item(1, "x" * 5000 + "1"), item(2, "x" * 5000 + "2"))

    assert len(first) < 100
    assert first != second
