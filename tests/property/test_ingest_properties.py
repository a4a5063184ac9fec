"""What is true of every feed body, page, date and fragment, however odd."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from core.errors import ParseError
from core.sources import DateTrust
from ingest.charsets import decoded
from ingest.dates import EARLIEST, LATEST_AHEAD, read_date
from ingest.feeds import parse_feed
from ingest.identity import identities, named
from ingest.markup import MAX_TITLE, text_of, title_of

NOW = datetime(2026, 11, 21, tzinfo=UTC)
WRAPPED = (
    "{}",
    '<rss version="2.0"><channel><item><title>{}</title><description>{}</description></item></channel></rss>',
    '{{"articles": [{}]}}',
)


@given(st.sampled_from(WRAPPED), st.text(max_size=60))
def test_every_body_is_a_feed_or_a_reason(wrap: str, text: str) -> None:
    body = wrap.format(text, text) if wrap.count("{}") == 2 else wrap.format(text)
    try:
        feed = parse_feed(body.encode("utf-8", "surrogatepass"), source="s", url="https://news.example/", content_type="", now=NOW)
    except ParseError:
        return
    assert len({entry.identity for entry in feed.entries}) == len(feed.entries)
    for entry in feed.entries:
        assert entry.identity
        assert entry.identity not in entry.aliases
        assert "\x00" not in entry.title + entry.summary + entry.content
        (entry.title + entry.summary + entry.content + entry.identity).encode()


@given(st.binary(max_size=200), st.sampled_from(["", "text/html; charset=utf-16", "text/html; charset=euc-jp", "charset=idna"]))
def test_every_page_decodes(body: bytes, label: str) -> None:
    assert isinstance(decoded(body, label), str)


@given(st.text(max_size=60), st.integers(-12, 14))
def test_a_date_is_plausible_or_none(text: str, hours: int) -> None:
    moment, trust = read_date(text, now=NOW, zone=timezone(timedelta(hours=hours)))

    assert (moment is None) == (trust in (DateTrust.NONE, DateTrust.IMPLAUSIBLE))
    assert moment is None or EARLIEST <= moment <= NOW + LATEST_AHEAD


@given(st.datetimes(datetime(1995, 1, 2), datetime(2026, 11, 20)).map(lambda local: local.replace(microsecond=0)), st.integers(-12, 14))
def test_every_written_moment_is_read_as_it_was_meant(local: datetime, hours: int) -> None:
    moment = local.replace(tzinfo=timezone(timedelta(hours=hours)))
    written = [
        moment.isoformat(),
        moment.strftime("%a, %d %b %Y %H:%M:%S %z"),
        moment.strftime("%d/%m/%Y %H:%M:%S") + f" GMT{hours:+d}",
        str(int(moment.timestamp())),
    ]

    for text in written:
        found, trust = read_date(text, now=NOW)
        assert (found, trust) == (moment, DateTrust.ZONED), text


@given(st.text("<>&;!-/ab p'\"=#x1\u0301\u200b\x00", max_size=80))
def test_plain_text_holds_nothing_invisible_and_is_stable(markup: str) -> None:
    text = text_of(markup)

    assert not set(text) & set("\x00\u200b\r")
    assert text == text.strip()
    assert len(title_of(markup)) <= MAX_TITLE
    assert "\n" not in title_of(markup)


@given(st.one_of(st.text(max_size=30), st.text("[]:/?#x.", max_size=20).map("http://".__add__)))
def test_every_guid_is_a_name_of_bounded_length(guid: str) -> None:
    ladder = named(guid=guid * 40, link=None, title="T", text="").ladder

    assert all(0 < len(name) <= 310 for name in ladder)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "g", "g1", "http://a.example/x"]),
            st.sampled_from([None, "https://a.example/x", "https://a.example/y"]),
            st.sampled_from("TU"),
        ),
        max_size=6,
    )
)
def test_names_are_never_shared_within_a_body(items: list[tuple[str, str | None, str]]) -> None:
    given_names = [named(guid=guid, link=link, title=title, text="x" * 300) for guid, link, title in items]
    called = [names for names in identities(given_names) if names is not None]
    every = [name for identity, aliases in called for name in (identity, *aliases)]

    assert len(called) == len(set(given_names))
    assert len(every) == len(set(every))
