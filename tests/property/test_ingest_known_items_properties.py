"""Only new items are read at full cost, and come out as they would of the whole body."""

from datetime import UTC, datetime

import pytest
from awkward_feeds import FLAVOURS, feed
from hypothesis import given
from hypothesis import strategies as st

from core.sources import Feed
from ingest.feeds import parse_feed

DIGEST = 8
STORIES = 8


def parse(body: bytes, known: bytes = b"") -> Feed:
    return parse_feed(
        body,
        source="s",
        url="https://news.example/feed/x?key=1",
        content_type="application/xml",
        now=datetime(2026, 11, 21, tzinfo=UTC),
        known=known,
    )


def digests(feed: Feed) -> list[bytes]:
    return [feed.items[place : place + DIGEST] for place in range(0, len(feed.items), DIGEST)]


def names(feed: Feed) -> list[str]:
    return [entry.identity for entry in feed.entries]


@pytest.mark.parametrize("flavour", FLAVOURS)
@given(
    seed=st.integers(0, 100_000),
    stories=st.lists(st.integers(0, 99), unique=True, max_size=STORIES),
    new=st.sets(st.integers(0, STORIES - 1)),
)
def test_what_is_read_of_the_new_items_is_what_the_whole_says_of_them(flavour: str, seed: int, stories: list[int], new: set[int]) -> None:
    body = feed(flavour, seed, stories)
    whole = parse(body)
    known = [digest for place, digest in enumerate(digests(whole)) if place not in new]

    pruned = parse(body, b"".join(known))

    assert whole.reason is None or not whole.entries  # of a feed whose items say nothing at all
    assert pruned.items == whole.items
    assert len(digests(whole)) == len(stories)
    assert pruned.skipped == len(known)
    assert (pruned.format, pruned.title, pruned.ttl, pruned.archive) == (whole.format, whole.title, whole.ttl, whole.archive)
    assert set(pruned.entries) <= set(whole.entries)
    # An item is left out for its digest, or because it is a copy of one that stands before it: nothing else makes the difference.
    left_out = [entry for entry in whole.entries if entry not in pruned.entries]
    assert len(left_out) <= len(known)
    assert len(pruned.entries) + len(known) >= len(whole.entries)


@pytest.mark.parametrize("flavour", FLAVOURS)
@given(seed=st.integers(0, 100_000), stories=st.lists(st.integers(0, 99), unique=True, min_size=2, max_size=STORIES))
def test_of_a_feed_that_grew_at_the_top_the_new_items_are_read_and_no_others(flavour: str, seed: int, stories: list[int]) -> None:
    before, after = parse(feed(flavour, seed, stories[1:])), parse(feed(flavour, seed, stories))

    grown = parse(feed(flavour, seed, stories), before.items)

    assert digests(after)[1:] == digests(before)
    assert grown.skipped == len(stories) - 1
    assert grown.entries == after.entries[:1] or not grown.entries


@pytest.mark.parametrize("flavour", FLAVOURS)
@given(seed=st.integers(0, 100_000), cut=st.integers(1, 400), flip=st.integers(0, 5_000))
def test_a_damaged_feed_is_read_whole(flavour: str, seed: int, cut: int, flip: int) -> None:
    body = feed(flavour, seed, [1, 2, 3])
    known = parse(body).items
    for damaged in (body[:-cut], body[: flip % len(body)] + b"<" + body[flip % len(body) :]):
        whole, again = _try(damaged, b""), _try(damaged, known)
        if whole is not None and whole.reason is not None:
            assert again == whole
            assert len(digests(whole)) >= len(whole.entries)


def _try(body: bytes, known: bytes) -> Feed | None:
    from core.errors import ParseError

    try:
        return parse(body, known)
    except ParseError:
        return None
