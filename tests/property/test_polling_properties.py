"""What is true of every poll, whatever came and however often."""

from datetime import UTC, datetime, timedelta

from answers import answered
from hypothesis import given
from hypothesis import strategies as st

from core.cadence import BOUNDS, DAILY, KEPT, MAX_BACK_OFF, MAX_FRESHNESS
from core.errors import FetchError
from core.health import REACH, Trouble
from core.outcomes import EventKind
from core.polling import Came, decide, wants_full
from core.reasons import Reason
from core.sources import Entry, Feed, NotModified, Polling, Response, Source, Tier

START = datetime(2026, 11, 21, tzinfo=UTC)
ENTRIES = tuple(Entry(source="s", identity=f"g{n}", link=None, title=f"T{n}", aliases=(f"a{n}",)) for n in range(4))


def items(entries: list[Entry]) -> bytes:
    return b"".join(ENTRIES.index(entry).to_bytes(8, "big") for entry in entries)


headers = st.fixed_dictionaries(
    {}, optional={"etag": st.text(max_size=5), "cache-control": st.integers(0, 10**9).map(lambda n: f"max-age={n}")}
)
feeds = st.builds(
    lambda entries, reason, truncated, ttl: Feed(
        format="rss20", entries=tuple(entries), reason=reason, truncated=truncated and reason is not None, items=items(entries), ttl=ttl
    ),
    st.lists(st.sampled_from(ENTRIES), unique=True, max_size=4),
    st.sampled_from([None, Reason.MALFORMED_FEED]),
    st.booleans(),
    st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=400))),
)
redirects = st.sampled_from([None, None, "https://s.example/2", "https://other.example/"])
responses = st.builds(
    lambda headers, body, moved_to: Response(
        url=moved_to or "https://s.example/", status=200, headers=headers, body=body, moved_to=moved_to
    ),
    headers,
    st.binary(min_size=1, max_size=2),
    redirects,
)
came: st.SearchStrategy[Came] = st.one_of(
    st.builds(lambda response, feed: answered(response=response, feed=feed), responses, st.one_of(st.none(), feeds)),
    st.builds(lambda headers, moved_to: NotModified(url="https://s.example/", headers=headers, moved_to=moved_to), headers, redirects),
    st.builds(
        lambda reason, wait: FetchError(reason, retry_after=wait), st.sampled_from(Reason), st.one_of(st.none(), st.floats(-1e9, 1e9))
    ),
)
sources = st.builds(
    lambda seconds, tier: Source(id="s", url="https://s.example/", publisher="S", interval=timedelta(seconds=seconds), tier=tier),
    st.integers(1, 86_400),
    st.sampled_from(Tier),
)
pauses = st.timedeltas(timedelta(0), timedelta(days=9))
stories = st.lists(st.tuples(came, pauses, st.booleans()), min_size=1, max_size=30)


@given(sources, stories)
def test_a_source_is_always_asked_again_within_the_caps(source: Source, story: list[tuple[Came, timedelta, bool]]) -> None:
    polling, now = Polling(), START
    for part, later, surge in story:
        poll, events = decide(source, polling, part, {"g0"}, now, surge=surge)
        again, same = decide(source, polling, part, {"g0"}, now, surge=surge)

        assert (poll, events) == (again, same)
        after = poll.polling
        assert after.next_poll_at is not None
        pause = after.next_poll_at - now
        assert timedelta(0) < pause <= DAILY
        if not isinstance(part, FetchError):
            assert min(source.interval, BOUNDS[source.tier].surge or BOUNDS[source.tier].quickest) <= pause
            assert pause <= max(source.interval * 1.1, BOUNDS[source.tier].slowest * 1.1, MAX_FRESHNESS)
        elif part.retry_after is None and part.reason not in (Reason.GONE, Reason.NOT_FOUND):
            assert pause <= MAX_BACK_OFF
        assert (poll.outcome == "failed") == isinstance(part, FetchError)
        assert not {"g0"} & {name for entry in poll.entries for name in entry.names}
        assert len(after.arrivals) <= KEPT + 2
        assert list(after.arrivals) == sorted(after.arrivals)
        polling, now = after, now + later
    assert wants_full(polling, now + DAILY)


@given(sources, stories)
def test_a_trouble_is_told_when_it_comes_and_when_it_goes_and_never_in_between(
    source: Source, story: list[tuple[Came, timedelta, bool]]
) -> None:
    polling, now, stands = Polling(), START, set[str]()
    for part, later, _ in story:
        poll, events = decide(source, polling, part, {"g0"}, now)

        for event in events:
            assert event.detail.endswith((".", "…"))
            if event.kind is EventKind.SOURCE_RECOVERED:
                over = set(event.before.split(", "))
                assert over <= stands
                stands -= over
            else:
                assert event.after not in stands
                stands = {name for name in stands if not (name in REACH and event.after in REACH)} | {event.after}
        stands = {name for name in stands if name != Trouble.GAP or name in poll.polling.troubles}
        assert stands == set(poll.polling.troubles)
        assert len(poll.polling.troubles) == len(stands)
        assert len(stands.intersection(REACH)) <= (1 if poll.polling.failures else 0)
        polling, now = poll.polling, now + later


@given(st.lists(st.lists(st.sampled_from(ENTRIES), unique=True), max_size=6))
def test_over_any_row_of_feeds_each_entry_is_new_once(bodies: list[list[Entry]]) -> None:
    source, polling, known, seen = Source(id="s", url="https://s.example/", publisher="S"), Polling(), set[str](), []
    for number, entries in enumerate(bodies):
        answer = answered(
            response=Response(url=source.url, status=200, body=b"%d" % number), feed=Feed(format="rss20", entries=tuple(entries))
        )
        poll, _ = decide(source, polling, answer, known, START + timedelta(hours=number))
        seen += poll.entries
        known |= {name for entry in poll.entries for name in entry.names}
        polling = poll.polling

    assert len(seen) == len(set(seen))
    assert set(seen) == {entry for entries in bodies for entry in entries}
