"""What the last body of a feed held is not read again: digests, what they hang on, and what is read all the same."""

import json
from datetime import UTC, datetime, timedelta

import pytest

import ingest.feeds
from core.sources import Feed
from ingest.feeds import parse_feed

URL = "https://news.example/feed/"
LONG = "The ministers met in Vientiane and adopted a joint statement on the power grid. " * 4


def parse(body: str, known: bytes = b"", url: str = URL) -> Feed:
    return parse_feed(
        body.encode(), source="s", url=url, content_type="application/xml", now=datetime(2026, 11, 21, tzinfo=UTC), known=known
    )


def rss(*items: str, root: str = "", head: str = "") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"{root}><channel><title>News</title>{head}{inside}</channel></rss>'


def item(number: int, guid: str | None = None, link: str | None = None, title: str | None = None, text: str = "") -> str:
    named = f'<guid isPermaLink="false">{guid or f"g{number}"}</guid>'
    link = f"https://news.example/{number}" if link is None else link
    return f"{named}<link>{link}</link><title>{title or f'Title {number}'}</title><description>{text}</description>"


def digests(feed: Feed) -> list[bytes]:
    return [feed.items[place : place + 8] for place in range(0, len(feed.items), 8)]


def titles(feed: Feed) -> list[str]:
    return [entry.title for entry in feed.entries]


def test_every_item_has_a_digest_in_the_order_of_the_body() -> None:
    one, two = digests(parse(rss(item(1), item(2))))

    assert digests(parse(rss(item(2), item(3), item(1))))[::2] == [two, one]


def test_only_what_the_last_body_did_not_hold_becomes_an_entry() -> None:
    feed = parse(rss(item(3), item(2), item(1)), parse(rss(item(2), item(1))).items)

    assert titles(feed) == ["Title 3"]
    assert feed.skipped == 2
    assert len(digests(feed)) == 3


def test_an_empty_shell_on_top_of_known_items_is_no_complaint() -> None:
    feed = parse(rss("", item(1)), parse(rss(item(1))).items)

    assert (feed.entries, feed.reason, feed.skipped) == ((), None, 1)


def test_an_item_that_was_edited_is_read_again() -> None:
    feed = parse(rss(item(2), item(1, text="Corrected.")), parse(rss(item(2), item(1))).items)

    assert titles(feed) == ["Title 1"]


def test_a_body_of_known_items_never_reaches_feedparser(monkeypatch: pytest.MonkeyPatch) -> None:
    body = rss(item(1), item(2), head="<ttl>30</ttl>")
    before = parse(body)
    monkeypatch.setattr(ingest.feeds.feedparser, "parse", None)

    feed = parse(body, before.items)

    assert (feed.entries, feed.skipped, feed.items) == ((), 2, before.items)
    assert (feed.format, feed.title, feed.ttl) == (before.format, before.title, before.ttl) == ("rss20", "News", timedelta(minutes=30))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rss(item(1, link="a")), rss(item(1, link="a"), root=' xml:base="https://other.example/"')),
        (rss(item(1)), rss(item(1), root=' xmlns:x="https://x.example/"')),
    ],
    ids=["base", "namespace"],
)
def test_the_same_bytes_in_other_surroundings_are_another_item(before: str, after: str) -> None:
    assert digests(parse(before)) != digests(parse(after))
    assert parse(after, parse(before).items).skipped == 0


def test_the_same_bytes_from_another_address_are_another_item() -> None:
    body = rss(item(1, link="a"))

    assert digests(parse(body)) != digests(parse(body, url="https://other.example/feed/"))
    assert digests(parse(body)) == digests(parse(body, url=URL + "?session=2"))


def test_what_a_feed_says_of_itself_changes_no_digest() -> None:
    assert digests(parse(rss(item(1), head="<lastBuildDate>1</lastBuildDate>"))) == digests(parse(rss(item(1))))


# names hang on the whole body, that of what is left out included


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (item(1, guid="same"), item(2, guid="same")),
        (item(1, link="https://news.example/live"), item(2, link="http://www.news.example/live/?utm_source=rss")),
        (item(1, link="https://news.example/?id=5"), item(2, link="https://news.example/index.html?utm_medium=x&amp;id=5")),
        (item(1, guid="https://old.example/2026/a?p=1"), item(2, guid="https://news.example/2026/a?p=1")),
        (item(1, title="Grid &amp; energy", text=LONG), item(2, title="Grid &amp; energy", text=LONG)),
        (item(1, guid="x", title="B"), item(1, guid="x", title="B") + "<pubDate>20 Nov 2026</pubDate>"),
        (item(1, guid="&#97;bc"), item(2, guid="&#97;bc")),
        (item(1, title="G<![CDATA[<b>ri</b>]]>d", text=LONG), item(2, title="G<![CDATA[<b>ri</b>]]>d", text=LONG)),
    ],
    ids=["guid", "link", "query", "path", "text", "copy", "escaped guid", "marked title"],
)
def test_a_name_that_a_known_item_bears_too_names_the_new_one_no_better_than_in_the_whole(old: str, new: str) -> None:
    body = rss(new, item(9), old)
    known = parse(rss(item(9), old)).items

    assert parse(body, known).entries == tuple(entry for entry in parse(body).entries if entry.title not in ("Title 9",))[:1]


def test_a_constant_guid_with_a_new_item_on_top_gives_that_item_alone() -> None:
    feed = parse(rss(item(3, "same"), item(2, "same"), item(1, "same")), parse(rss(item(2, "same"), item(1, "same"))).items)

    assert titles(feed) == ["Title 3"]
    assert feed.entries[0].identity == "same news.example/3"


def test_numbers_that_begin_alike_are_two_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the new item is read, although its number stands at the head of the others'."""
    read: list[bytes] = []
    real = ingest.feeds.feedparser.parse
    old = [item(number, guid=f"https://news.example/?p={number}") for number in range(100, 110)]
    new = item(10, guid="https://news.example/?p=10")
    known = parse(rss(*old)).items
    monkeypatch.setattr(ingest.feeds.feedparser, "parse", lambda stream, **rest: read.append(stream.read()) or real(read[-1], **rest))

    assert titles(parse(rss(new, *old), known)) == ["Title 10"]
    assert len(read) == 1
    assert read[0].count(b"<item>") == 1


# what is read whole


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1), item(2, title="A & B")),
        "<!DOCTYPE rss [<!ENTITY a 'x'>]>" + rss(item(1), item(2)),
        rss(item(1), f"{item(2)}<item>{item(3)}</item>"),
        rss(item(1), item(2)).replace("</channel>", "<item/></channel>"),
    ],
    ids=["malformed", "document type", "an item in an item", "an empty item"],
)
def test_what_is_out_of_the_ordinary_is_read_whole(body: str) -> None:
    whole = parse(body)

    assert parse(body, whole.items + parse(rss(item(1), item(2))).items) == whole
    assert whole.skipped == 0
    assert len(digests(whole)) >= 2
    assert len(whole.entries) >= 2


def test_an_item_in_the_text_of_another_is_text() -> None:
    text = "<![CDATA[<item><title>Not one</title></item>]]>"
    feed = parse(rss(item(2), item(1, text=text)), parse(rss(item(1, text=text))).items)

    assert (titles(feed), feed.skipped) == (["Title 2"], 1)


def test_json_items_have_digests_too() -> None:
    def body(*numbers: int) -> str:
        items = [{"id": str(number), "url": f"/{number}", "title": f"Title {number}"} for number in numbers]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items})

    before, after = parse(body(1, 2)), parse(body(3, 1, 2))

    assert digests(after)[1:] == digests(before)
    assert titles(parse(body(3, 1, 2), before.items)) == ["Title 3"]
    assert parse(body(3, 1, 2), before.items).entries == after.entries[:1]


# what a feed says of itself


@pytest.mark.parametrize(
    ("head", "ttl"),
    [
        ("<ttl>45</ttl>", timedelta(minutes=45)),
        ("<ttl> 5 </ttl>", timedelta(minutes=5)),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", timedelta(minutes=30)),
        ("<sy:updatePeriod> daily </sy:updatePeriod>", timedelta(days=1)),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<sy:updatePeriod>now and then</sy:updatePeriod>", None),
    ],
)
def test_how_long_a_feed_stays_fresh(head: str, ttl: timedelta | None) -> None:
    body = rss(item(1), head=head, root=' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"')

    assert [parse(body).ttl, parse(body, parse(body).items).ttl, parse(body.replace("News", "A & B")).ttl] == [ttl] * 3


def test_where_older_items_are() -> None:
    def archive(*links: tuple[str, str]) -> list[str | None]:
        lines = "".join(f'<a:link rel="{rel}" href="{href}"/>' for rel, href in links)
        body = rss(item(1), head=lines, root=' xmlns:a="http://www.w3.org/2005/Atom"')
        return [parse(body).archive, parse(body, parse(body).items).archive]

    assert archive(("self", "/feed"), ("next", "?page=2")) == [URL + "?page=2"] * 2
    assert archive(("next", "?page=2"), ("prev-archive", "/feed/2026/10")) == ["https://news.example/feed/2026/10"] * 2
    assert archive(("self", "/feed")) == [None, None]
    assert archive(("next", "javascript:x")) == [None, None]
