"""OPML as feed readers write it, as nobody should write it, and as we write it ourselves."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ParseError
from core.reasons import Reason
from ingest.opml import Subscription, Subscriptions, read_opml, write_opml

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head>{head}</head><body>{body}</body></opml>'.encode()


def read(body: bytes) -> Subscriptions:
    return read_opml(body, name="subscriptions.opml")


def test_nested_folders_become_the_section() -> None:
    body = """
    <outline text="Asia"><outline text="Agencies / wires">
      <outline type="rss" text="VNA &amp; co" xmlUrl="https://vna.example/rss?a=1&amp;b=2"/>
    </outline><outline type="rss" title="Bernama" xmlUrl="https://bernama.example/rss"/></outline>
    <outline type="rss" text="Tuổi Trẻ" xmlUrl="https://tuoitre.example/rss"/>
    """
    found = read(opml(body, "<title>Mine</title>"))

    assert found.title == "Mine"
    assert found.feeds == (
        Subscription(url="https://vna.example/rss?a=1&b=2", title="VNA & co", section="Asia/Agencies - wires"),
        Subscription(url="https://bernama.example/rss", title="Bernama", section="Asia"),
        Subscription(url="https://tuoitre.example/rss", title="Tuổi Trẻ"),
    )


def test_letters_of_other_scripts_survive_whatever_the_encoding() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><opml version="1.0"><body><outline text="สำนักข่าว" xmlUrl="https://a.example/"/></body></opml>'

    assert read(text.encode("utf-16")).feeds[0].title == "สำนักข่าว"


def test_lists_within_the_list_are_told_and_not_fetched() -> None:
    found = read(opml('<outline type="include" text="More" url="http://127.0.0.1:9/more.opml"/><outline xmlUrl="https://a.example/"/>'))

    assert found.lists == ("http://127.0.0.1:9/more.opml",)
    assert [feed.url for feed in found.feeds] == ["https://a.example/"]


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>x</body></html>", b'<rss version="2.0"></rss>', b"\x00\xff" * 100, b"https://a.example/"]
)
def test_what_is_no_list_is_refused_by_name(body: bytes) -> None:
    with pytest.raises(ParseError, match=r"subscriptions\.opml") as caught:
        read(body)
    assert caught.value.reason is Reason.NOT_A_FEED


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize("held", ['<!ENTITY x SYSTEM "file:///etc/passwd">', f'<!ENTITY l0 "lol">{LAUGHS}'])
def test_entities_are_neither_fetched_nor_expanded(held: str) -> None:
    body = f'<?xml version="1.0"?><!DOCTYPE opml [{held}]><opml version="2.0"><body><outline text="&x;&l9;" xmlUrl="https://a.example/"/></body></opml>'
    [feed] = read(body.encode()).feeds

    assert "root:" not in feed.title
    assert len(feed.title) < 100


_words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], exclude_characters="/"), min_size=1, max_size=20).filter(
    lambda text: " ".join(text.split()) == text and bool(text.strip())
)


@given(st.lists(st.tuples(_words, st.lists(_words, max_size=3)), max_size=6))
def test_what_we_write_reads_back_the_same(held: list[tuple[str, list[str]]]) -> None:
    feeds = [
        Subscription(url=f"https://a.example/{number}?x=1&y={number}", title=title, section="/".join(path))
        for number, (title, path) in enumerate(held)
    ]
    document = write_opml([(feed, "vi") for feed in feeds], title="All & <some>", now=NOW)
    found = read(document.encode())

    assert found.title == "All & <some>"
    normal = read(write_opml([(feed, "vi") for feed in found.feeds], title="x", now=NOW).encode()).feeds
    assert sorted(found.feeds, key=lambda feed: feed.url) == sorted(normal, key=lambda feed: feed.url)
    assert {feed.url: len(feed.section) for feed in found.feeds}.keys() == {feed.url for feed in feeds}
    plain = [feed for feed in feeds if (feed.title + feed.section).isascii()]
    assert [feed for feed in plain if feed not in found.feeds] == []
