"""What one poll means: new entries, validators, the next poll, and whom to tell."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from answers import answered

from core.cadence import DAILY
from core.errors import ExtractError, FetchError, ParseError, ReasonedError
from core.outcomes import Event, EventKind
from core.polling import Answer, Came, archived, body_hash, decide, page_retry, same_body, wants_full
from core.reasons import Reason
from core.sources import Entry, Feed, NotModified, Poll, Polling, Response, Source

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SOURCE = Source(id="vna", url="https://vna.example/rss", publisher="VNA", interval=timedelta(minutes=10))
FIRST, SECOND = (
    Entry(source="vna", identity=f"g{n}", link=f"https://vna.example/{n}", title=f"T{n}", aliases=(f"vna.example/{n}",)) for n in (1, 2)
)
FEED = Feed(format="rss20", entries=(SECOND, FIRST))
RESPONSE = Response(url=SOURCE.url, status=200, headers={"etag": '"e1"', "last-modified": "Sat, 21 Nov 2026 07:00:00 GMT"}, body=b"<rss/>")
UNCHANGED = NotModified(url=SOURCE.url)
GOOD = Polling(
    etag='"e0"',
    last_modified="before",
    body_hash="0" * 32,
    next_poll_at=NOW,
    last_poll_at=NOW - timedelta(minutes=10),
    last_success_at=NOW - timedelta(minutes=10),
    last_full_at=NOW - timedelta(hours=1),
    known_good=True,
    baseline_at=NOW - timedelta(days=9),
)


def polled(came: Came, polling: Polling = GOOD, known: Collection[str] = (), now: datetime = NOW) -> Poll:
    return decide(SOURCE, polling, came, known, now)[0]


def events(came: Came, polling: Polling) -> tuple[Event, ...]:
    return decide(SOURCE, polling, came, (), NOW)[1]


def answer(feed: Feed | None = FEED, **headers: str) -> Answer:
    return answered(
        response=replace(RESPONSE, headers=RESPONSE.headers | {name.replace("_", "-"): value for name, value in headers.items()}), feed=feed
    )


def pause(came: Came, polling: Polling = GOOD) -> timedelta:
    at = polled(came, polling).polling.next_poll_at
    assert at is not None
    return at - NOW


# what is new


def test_a_whole_feed_gives_its_new_entries_and_its_validators() -> None:
    poll = polled(answer(), known={"g1"})

    assert (poll.outcome, poll.entries, poll.renamed) == ("ok", (SECOND,), ())
    after = poll.polling
    assert (after.etag, after.last_modified) == ('"e1"', "Sat, 21 Nov 2026 07:00:00 GMT")
    assert after.body_hash == body_hash(b"<rss/>")
    assert after.last_poll_at == after.last_success_at == after.last_full_at == NOW
    assert (after.failures, after.reason, after.known_good) == (0, None, True)


def test_an_entry_known_by_an_alias_is_no_news_but_its_new_name_is_worth_keeping() -> None:
    poll = polled(answer(), known={"vna.example/1", "g2"})

    assert poll.entries == ()
    assert poll.renamed == (FIRST,)


def test_validators_that_are_gone_are_forgotten() -> None:
    poll = polled(answered(response=replace(RESPONSE, headers={}), feed=FEED))

    assert (poll.polling.etag, poll.polling.last_modified) == (None, None)


def test_a_validator_of_absurd_length_is_not_kept() -> None:
    assert polled(answer(etag="x" * 5000)).polling.etag is None


def test_the_body_of_last_time_changes_nothing_but_the_validators() -> None:
    known = replace(GOOD, body_hash=body_hash(RESPONSE.body))

    assert same_body(known, body_hash(RESPONSE.body))
    poll = polled(answer(None), known)
    assert (poll.outcome, poll.entries, poll.polling.etag, poll.polling.last_full_at) == ("unchanged", (), '"e1"', NOW)


# the first body, and what may be missed between two


def items(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(8, "big") for number in numbers)


def holding(*numbers: int, **feed: object) -> Answer:
    """A whole body with entries g1, g2, ... and their digests."""
    entries = tuple(Entry(source="vna", identity=f"g{n}", link=f"https://vna.example/{n}", title=f"T{n}") for n in numbers)
    whole = replace(Feed(format="rss20", entries=entries, items=items(*numbers)), **feed)  # type: ignore[arg-type]
    return answered(response=replace(RESPONSE, body=repr(numbers).encode()), feed=whole)


@pytest.mark.parametrize("first", [holding(), holding(1, 2), holding(1, 2, reason=Reason.MALFORMED_FEED, detail="line 3")])
def test_the_first_body_is_history_be_it_empty_or_broken_and_the_next_is_news(first: Answer) -> None:
    poll = polled(first, Polling())
    assert poll.baseline
    assert poll.polling.baseline_at == NOW
    assert poll.polling.arrivals == ()

    later = polled(holding(1, 2, 3), poll.polling, known={entry.identity for entry in poll.entries})
    assert not later.baseline
    assert later.entries[-1].identity == "g3"
    assert later.polling.arrivals == (NOW,)


def test_when_the_first_body_broke_off_so_is_the_second() -> None:
    cut = holding(1, 2, 3, reason=Reason.MALFORMED_FEED, truncated=True)
    first = polled(cut, Polling())
    assert ([entry.identity for entry in first.entries], first.baseline, first.polling.baseline_at) == (["g1", "g2"], True, None)

    for second in (cut, holding(1, 2, 3, 4)):
        poll = polled(second, first.polling, known={"g1", "g2"})
        assert (poll.baseline, poll.polling.baseline_at) == (True, NOW)


def test_no_failure_and_no_304_is_a_baseline() -> None:
    for came in (FetchError(Reason.DEADLINE), UNCHANGED):
        assert polled(came, Polling()).polling.baseline_at is None


def test_another_feed_at_another_address_begins_anew_and_the_same_feed_there_goes_on() -> None:
    moved = replace(GOOD, body_hash=None, etag=None, last_modified=None, known_items=items(1, 2))

    assert polled(holding(8, 9), moved).baseline
    same = polled(holding(2, 3), moved, known={"g2"})
    assert (same.baseline, [entry.identity for entry in same.entries]) == (False, ["g3"])


def test_items_are_kept_with_the_validators_and_never_of_a_broken_body() -> None:
    whole = polled(holding(1, 2), GOOD).polling
    assert whole.known_items == items(1, 2)
    for came in (
        holding(2, 3, reason=Reason.MALFORMED_FEED),
        holding(2, 3, reason=Reason.MALFORMED_FEED, truncated=True),
        UNCHANGED,
        FetchError(Reason.BODY_TRUNCATED),
    ):
        assert polled(came, whole).polling.known_items == items(1, 2)


def test_a_body_of_which_items_were_left_out_was_not_read_whole() -> None:
    whole = replace(GOOD, known_items=items(1, 2))
    in_part = polled(holding(3, skipped=2, items=items(3, 2, 1)), whole).polling
    assert in_part.last_full_at == GOOD.last_full_at
    assert polled(holding(3, 2, 1), whole, known={"g1", "g2"}).polling.last_full_at == NOW


def gaps(came: Came, polling: Polling, known: Collection[str] = ()) -> list[str]:
    return [event.kind for event in decide(SOURCE, polling, came, known, NOW)[1]]


def test_a_body_with_nothing_of_the_one_before_is_a_possible_gap_told_once_in_a_row() -> None:
    held = replace(GOOD, baseline_at=NOW, known_items=items(1, 2, 3))

    (gap,) = decide(SOURCE, held, holding(7, 8), (), NOW)[1]
    assert (gap.kind, gap.subject, gap.after) == (EventKind.SOURCE_GAP, "vna", "gap")
    after = polled(holding(7, 8), held).polling
    assert [entry.identity for entry in polled(holding(7, 8), held).entries] == ["g7", "g8"]
    assert gaps(UNCHANGED, after) == []
    assert gaps(holding(11, 12), after) == []
    closed = polled(holding(8, 9), after, known={"g8"})
    assert (closed.polling.troubles, gaps(holding(8, 9), after, {"g8"})) == ((), [])
    assert gaps(holding(21, 22), closed.polling) == [EventKind.SOURCE_GAP]


@pytest.mark.parametrize(
    ("came", "known"),
    [
        (holding(3, 4), ()),  # one digest of last time
        (holding(7, skipped=1, items=items(7, 3)), ()),
        (holding(7, 8), {"g8"}),  # another wording of a known item
        (holding(), ()),  # emptied
        (holding(7, 8, reason=Reason.MALFORMED_FEED), ()),  # wait for the whole
    ],
)
def test_what_overlaps_or_says_nothing_is_no_gap(came: Answer, known: Collection[str]) -> None:
    assert gaps(came, replace(GOOD, baseline_at=NOW, known_items=items(1, 2, 3)), known) == []


def test_a_feed_that_is_emptied_and_filled_anew_is_compared_with_what_it_held() -> None:
    held = replace(GOOD, known_items=items(1, 2, 3))
    emptied = polled(holding(), held).polling
    assert gaps(holding(7, 8), emptied) == [EventKind.SOURCE_GAP]
    assert gaps(holding(3, 4), emptied) == []


def test_what_was_never_held_can_have_no_gap() -> None:
    assert gaps(holding(7, 8), replace(GOOD, baseline_at=NOW, known_items=b"")) == []
    assert gaps(holding(7, 8), Polling()) == []


PAGE_2, PAGE_3 = "https://vna.example/rss?page=2", "https://www.vna.example/rss?page=3"


def test_behind_a_gap_the_archive_is_walked_until_it_meets_what_is_known() -> None:
    held = replace(GOOD, baseline_at=NOW, known_items=items(1, 2, 3))
    gap = polled(holding(9, 8, archive=PAGE_2), held).polling
    assert gap.archive == PAGE_2
    assert polled(holding(9, 8, archive="https://elsewhere.example.org/"), held).polling.archive is None

    second = archived(SOURCE, gap, holding(7, 6, archive=PAGE_3), (), NOW)
    assert ([entry.identity for entry in second.entries], second.polling.archive) == (["g7", "g6"], PAGE_3)
    third = archived(SOURCE, second.polling, holding(5, 3, 4, 2, 0, archive=PAGE_2), {"g3", "g2"}, NOW)
    assert ([entry.identity for entry in third.entries], third.polling.archive) == (["g5", "g4"], None)  # 0 is older than all we know
    assert not third.baseline
    assert replace(third.polling, archive=gap.archive) == gap


def test_an_archive_that_names_itself_or_nothing_ends_the_walk() -> None:
    walking = replace(GOOD, archive=PAGE_2)
    for following in (PAGE_2, None, "https://elsewhere.example.org/3"):
        assert archived(SOURCE, walking, holding(7, archive=following), (), NOW).polling.archive is None
    assert archived(SOURCE, walking, holding(7, archive=PAGE_3), (), NOW, last=True).polling.archive is None
    assert archived(SOURCE, walking, UNCHANGED, (), NOW).polling.archive is None
    assert archived(SOURCE, walking, FetchError(Reason.GONE), (), NOW).polling.archive is None
    assert archived(SOURCE, walking, FetchError(Reason.DEADLINE), (), NOW).polling == walking


def test_ten_thousand_items_are_taken_whole() -> None:
    numbers = range(10_000)
    assert len(polled(holding(*numbers), replace(GOOD, baseline_at=NOW)).entries) == 10_000
    again = polled(holding(*numbers), replace(GOOD, baseline_at=NOW), known={f"g{n}" for n in numbers if n != 5_000})
    assert [entry.identity for entry in again.entries] == ["g5000"]


# broken bodies


def test_a_broken_feed_gives_its_entries_but_never_moves_the_validators() -> None:
    poll = polled(answer(replace(FEED, reason=Reason.MALFORMED_FEED, detail="line 3")))

    assert poll.entries == (SECOND, FIRST)
    assert poll.outcome == "ok"
    after = poll.polling
    assert (after.etag, after.last_modified, after.last_full_at) == (GOOD.etag, GOOD.last_modified, GOOD.last_full_at)
    assert (after.reason, after.detail, after.failures) == (Reason.MALFORMED_FEED, "line 3", 0)
    assert wants_full(after, NOW)
    assert not same_body(after, body_hash(RESPONSE.body))


def test_the_last_entry_of_a_truncated_feed_waits_until_it_comes_whole_or_again() -> None:
    cut = answer(replace(FEED, reason=Reason.MALFORMED_FEED, truncated=True))
    first = polled(cut)
    assert first.entries == (SECOND,)

    assert polled(answer(), first.polling, known={"g2"}).entries == (FIRST,)
    assert polled(cut, first.polling, known={"g2"}).entries == (FIRST,)


@pytest.mark.parametrize("reason", list(Reason))
def test_no_failure_moves_validators_or_passes_for_success(reason: Reason) -> None:
    poll = polled(FetchError(reason, "why"))

    assert poll.outcome == "failed"
    after = poll.polling
    assert (after.etag, after.last_modified, after.body_hash, after.last_full_at) == (
        GOOD.etag,
        GOOD.last_modified,
        GOOD.body_hash,
        GOOD.last_full_at,
    )
    assert (after.reason, after.detail, after.failures, after.last_success_at) == (reason, "why", 1, GOOD.last_success_at)
    assert after.known_good


def test_304_clears_a_failure_on_the_way_but_not_one_of_the_body() -> None:
    lost = polled(UNCHANGED, replace(GOOD, failures=2, reason=Reason.CONNECT_TIMEOUT, detail="x")).polling
    assert (lost.failures, lost.reason, lost.detail, lost.last_success_at) == (0, None, "", NOW)

    html = polled(UNCHANGED, replace(GOOD, failures=2, reason=Reason.NOT_A_FEED, detail="HTML")).polling
    assert (html.failures, html.reason, html.detail, html.last_success_at) == (2, Reason.NOT_A_FEED, "HTML", GOOD.last_success_at)
    assert wants_full(html, NOW)


# asking whole


def test_a_body_is_read_whole_once_a_day_however_often_304_comes() -> None:
    polling, full = GOOD, 0
    for hour in range(72):
        now = NOW + timedelta(hours=hour)
        whole = wants_full(polling, now)
        full += whole
        polling = polled(answer() if whole else UNCHANGED, polling, now=now).polling
    assert full == 3


def test_what_was_never_read_or_read_in_the_future_is_asked_whole() -> None:
    assert wants_full(Polling(), NOW)
    assert wants_full(replace(GOOD, last_full_at=NOW + timedelta(days=400)), NOW)
    assert not wants_full(GOOD, NOW)
    assert not wants_full(replace(GOOD, reason=Reason.DEADLINE, failures=1), NOW)


# when to come back


def test_a_good_source_is_asked_after_its_interval_and_a_little() -> None:
    assert timedelta(minutes=10) <= pause(answer()) <= timedelta(minutes=11)
    assert timedelta(minutes=10) <= pause(UNCHANGED) <= timedelta(minutes=11)


def test_sources_do_not_march_in_step() -> None:
    times = {decide(replace(SOURCE, id=f"s{n}"), GOOD, answer(), (), NOW)[0].polling.next_poll_at for n in range(20)}

    assert len(times) == 20


@pytest.mark.parametrize(
    ("control", "minutes"),
    [
        ("max-age=1200", 20),
        ("public, max-age=86400", 30),
        ('max-age="1500"', 25),
        ("no-cache, max-age=86400", 10),
        ("s-maxage=86400", 10),
        ("max-age=60", 10),
        ("nonsense", 10),
    ],
)
def test_max_age_delays_by_half_an_hour_at_most(control: str, minutes: int) -> None:
    assert timedelta(minutes=minutes) <= pause(answer(cache_control=control)) <= timedelta(minutes=max(minutes, 11))
    assert (
        timedelta(minutes=minutes)
        <= pause(NotModified(url=SOURCE.url, headers={"cache-control": control}))
        <= timedelta(minutes=max(minutes, 11))
    )


def test_failures_double_the_pause_up_to_six_hours_and_never_end() -> None:
    polling, pauses = GOOD, []
    for _ in range(200):
        polling = polled(FetchError(Reason.CONNECT_FAILED), polling).polling
        assert polling.next_poll_at is not None
        pauses.append((polling.next_poll_at - NOW) / timedelta(minutes=1))

    assert pauses[:7] == [10, 20, 40, 80, 160, 320, 360]
    assert set(pauses[7:]) == {360}


def test_a_request_to_wait_is_obeyed_for_a_day_at_most() -> None:
    def asks(seconds: float) -> ReasonedError:
        return FetchError(Reason.RATE_LIMITED, retry_after=seconds)

    assert pause(asks(7200)) == timedelta(hours=2)
    assert pause(asks(1)) == timedelta(minutes=10)
    assert pause(asks(-5)) == timedelta(minutes=10)
    assert pause(asks(99_999_999)) == DAILY


def test_retry_after_with_an_answer_asks_for_nothing() -> None:
    assert pause(answer(retry_after="7200")) <= timedelta(minutes=11)


def test_what_is_gone_is_asked_daily_and_a_single_404_soon() -> None:
    assert pause(FetchError(Reason.GONE)) == DAILY
    assert pause(FetchError(Reason.NOT_FOUND)) == timedelta(minutes=10)
    assert pause(FetchError(Reason.NOT_FOUND), replace(GOOD, failures=2)) == DAILY


# whom to tell


def test_a_good_source_is_reported_at_its_third_failure_and_once() -> None:
    polling, told = GOOD, []
    for _ in range(6):
        told.append(events(FetchError(Reason.DEADLINE, "slow"), polling))
        polling = polled(FetchError(Reason.DEADLINE, "slow"), polling).polling

    assert [len(each) for each in told] == [0, 0, 1, 0, 0, 0]
    (event,) = told[2]
    assert (event.kind, event.subject, event.at, event.before, event.after) == (EventKind.SOURCE_FAILING, "vna", NOW, "good", "failing")
    assert "3 times in a row" in event.detail
    assert "deadline: slow" in event.detail


def test_a_source_that_was_never_good_is_reported_at_once_and_once() -> None:
    (event,) = events(ParseError(Reason.NOT_A_FEED, "HTML"), Polling())
    after = polled(ParseError(Reason.NOT_A_FEED, "HTML"), Polling()).polling

    assert (event.kind, event.before, event.after) == (EventKind.SOURCE_FAILING, "never read", "failing")
    assert "not_a_feed: HTML" in event.detail
    assert not after.known_good
    assert events(ParseError(Reason.NOT_A_FEED, "HTML"), after) == ()


@pytest.mark.parametrize(
    ("before", "count"),
    [
        (replace(GOOD, failures=3, reason=Reason.DEADLINE), 1),
        (replace(GOOD, failures=9, reason=Reason.DEADLINE), 1),
        (replace(GOOD, failures=2, reason=Reason.DEADLINE), 0),  # nobody had been told
        (Polling(failures=1, reason=Reason.DNS_FAILED), 1),
        (Polling(), 0),
        (GOOD, 0),
    ],
)
def test_recovery_is_reported_to_those_who_were_told_of_the_failure(before: Polling, count: int) -> None:
    told = events(answer(), before)

    assert [event.kind for event in told] == [EventKind.SOURCE_RECOVERED] * count


# pages


def test_a_page_is_asked_again_three_times_when_that_may_help() -> None:
    slow = FetchError(Reason.DEADLINE)

    assert [page_retry(slow, attempt, NOW) for attempt in (1, 2, 3, 4)] == [
        NOW + timedelta(minutes=10),
        NOW + timedelta(hours=1),
        NOW + timedelta(hours=6),
        None,
    ]
    assert page_retry(ExtractError(Reason.PAYWALL), 1, NOW) is None
    assert page_retry(FetchError(Reason.RATE_LIMITED, retry_after=3600), 1, NOW) == NOW + timedelta(hours=1)
