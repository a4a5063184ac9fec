"""What is true of every poll, whatever came and however often."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.errors import FetchError
from core.outcomes import EventKind
from core.polling import DAILY, MAX_BACK_OFF, MAX_FRESHNESS, Answer, Came, decide, names, wants_full
from core.reasons import Reason
from core.sources import Entry, Feed, NotModified, Polling, Response, Source

START = datetime(2026, 11, 21, tzinfo=UTC)
ENTRIES = tuple(Entry(source="s", identity=f"g{n}", link=None, title=f"T{n}", aliases=(f"a{n}",)) for n in range(4))

headers = st.fixed_dictionaries(
    {}, optional={"etag": st.text(max_size=5), "cache-control": st.integers(0, 10**9).map(lambda n: f"max-age={n}")}
)
feeds = st.builds(
    lambda entries, reason, truncated: Feed(
        format="rss20", entries=tuple(entries), reason=reason, truncated=truncated and reason is not None
    ),
    st.lists(st.sampled_from(ENTRIES), unique=True, max_size=4),
    st.sampled_from([None, Reason.MALFORMED_FEED]),
    st.booleans(),
)
responses = st.builds(
    lambda headers, body: Response(url="https://s.example/", status=200, headers=headers, body=body),
    headers,
    st.binary(min_size=1, max_size=2),
)
came: st.SearchStrategy[Came] = st.one_of(
    st.builds(lambda response, feed: Answer(response=response, feed=feed), responses, st.one_of(st.none(), feeds)),
    st.builds(lambda headers: NotModified(url="https://s.example/", headers=headers), headers),
    st.builds(
        lambda reason, wait: FetchError(reason, retry_after=wait), st.sampled_from(Reason), st.one_of(st.none(), st.floats(-1e9, 1e9))
    ),
)
sources = st.integers(1, 86_400).map(
    lambda seconds: Source(id="s", url="https://s.example/", publisher="S", interval=timedelta(seconds=seconds))
)


@given(sources, st.lists(came, min_size=1, max_size=12))
def test_a_source_is_always_asked_again_within_the_caps(source: Source, story: list[Came]) -> None:
    polling, now, told = Polling(), START, 0
    for part in story:
        poll, events = decide(source, polling, part, {"g0"}, now)
        again, same = decide(source, polling, part, {"g0"}, now)

        assert (poll, events) == (again, same)
        after = poll.polling
        assert after.next_poll_at is not None
        pause = after.next_poll_at - now
        assert timedelta(0) < pause <= DAILY
        if not isinstance(part, FetchError):
            assert pause <= max(source.interval * 1.1, MAX_FRESHNESS)
        elif part.retry_after is None and part.reason not in (Reason.GONE, Reason.NOT_FOUND):
            assert pause <= MAX_BACK_OFF
        assert (poll.outcome == "failed") == isinstance(part, FetchError)
        assert not {"g0"} & {name for entry in poll.entries for name in names(entry)}
        told += sum(1 if event.kind is EventKind.SOURCE_FAILING else -1 for event in events)
        assert told in (0, 1)
        polling, now = after, now + pause
    assert wants_full(polling, now + DAILY)


@given(st.lists(st.lists(st.sampled_from(ENTRIES), unique=True), max_size=6))
def test_over_any_row_of_feeds_each_entry_is_new_once(bodies: list[list[Entry]]) -> None:
    source, polling, known, seen = Source(id="s", url="https://s.example/", publisher="S"), Polling(), set[str](), []
    for number, entries in enumerate(bodies):
        answer = Answer(
            response=Response(url=source.url, status=200, body=b"%d" % number), feed=Feed(format="rss20", entries=tuple(entries))
        )
        poll, _ = decide(source, polling, answer, known, START + timedelta(hours=number))
        seen += poll.entries
        known |= {name for entry in poll.entries for name in names(entry)}
        polling = poll.polling

    assert len(seen) == len(set(seen))
    assert set(seen) == {entry for entries in bodies for entry in entries}
