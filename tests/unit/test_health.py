"""How a source fares: each trouble is told once, with what can be done, and once when it is over."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from answers import answered

from core.errors import FetchError, ParseError
from core.health import PAGES_LOOKED_AT, Pages, Trouble, looked_after, silent_since, site
from core.outcomes import EventKind
from core.polling import Answer, Came, decide
from core.reasons import Reason
from core.sources import Entry, Feed, NotModified, Polling, Response, Source, Tier

START = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
SOURCE = Source(id="mfa", url="https://mfa.example/rss", publisher="The Ministry", tier=Tier.OFFICIAL, interval=timedelta(minutes=10))
LOST, HTML, GONE = (
    FetchError(Reason.CONNECT_FAILED, "refused"),
    ParseError(Reason.NOT_A_FEED, "an HTML page: Welcome"),
    FetchError(Reason.GONE),
)
QUIET = NotModified(url=SOURCE.url)


def body(*numbers: int, moved_to: str | None = None, **feed: object) -> Answer:
    """A feed of items with these numbers."""
    entries = tuple(Entry(source=SOURCE.id, identity=f"g{n}", link=None, title=f"T{n}") for n in numbers)
    items = b"".join(n.to_bytes(8, "big") for n in numbers)
    response = Response(url=moved_to or SOURCE.url, status=200, body=repr(numbers).encode(), moved_to=moved_to)
    return answered(response=response, feed=replace(Feed(format="rss20", entries=entries, items=items), **feed))  # type: ignore[arg-type]


class Life:
    """A source, polled again and again."""

    def __init__(self, polling: Polling | None = None) -> None:
        self.now = START
        self.polling = polling or Polling()
        self.known: set[str] = set()
        self.fresh: list[str] = []
        """Identities of what was news."""
        if polling is None:
            self.comes(body(0))

    def comes(self, came: Came, after: timedelta = timedelta(minutes=10), source: Source = SOURCE) -> list[tuple[EventKind, str]]:
        """One poll more; the events that it brings, by kind and trouble."""
        self.now += after
        poll, self.events = decide(source, self.polling, came, self.known, self.now)
        self.polling = poll.polling
        self.known |= {entry.identity for entry in poll.entries}
        self.fresh += [] if poll.baseline else [entry.identity for entry in poll.entries]
        return [(event.kind, event.before if event.kind is EventKind.SOURCE_RECOVERED else event.after) for event in self.events]

    def told(self, story: Iterable[Came], after: timedelta = timedelta(minutes=10)) -> list[tuple[EventKind, str]]:
        return [event for came in story for event in self.comes(came, after)]

    @property
    def says(self) -> str:
        (event,) = self.events
        return event.detail


def failing(trouble: Trouble) -> tuple[EventKind, str]:
    return (EventKind.SOURCE_FAILING, trouble)


def recovered(*troubles: Trouble) -> tuple[EventKind, str]:
    return (EventKind.SOURCE_RECOVERED, ", ".join(troubles))


# what keeps it from being read


def test_a_source_that_fails_is_told_at_the_third_time_then_as_dead_after_a_day_and_once_when_it_is_back() -> None:
    life = Life()

    assert life.told([LOST, LOST]) == []
    assert life.comes(LOST) == [failing(Trouble.FAILING)]
    assert "3 times in a row" in life.says
    assert "connect_failed: refused" in life.says
    assert "aseanwatch sources test mfa" in life.says
    assert life.told([LOST] * 3, after=timedelta(hours=6)) == []
    assert life.comes(LOST, after=timedelta(hours=6)) == [failing(Trouble.DEAD)]
    assert "nothing since 2026-11-16 08:10 UTC" in life.says
    assert life.told([LOST, GONE, HTML, HTML, HTML] * 5, after=timedelta(hours=6)) == []
    assert life.comes(body(0, 1)) == [recovered(Trouble.DEAD)]
    assert "after 32 failures" in life.says
    assert life.polling.troubles == ()
    assert life.told([QUIET] * 3) == []


def test_what_is_gone_is_told_at_once_and_a_404_at_the_third() -> None:
    assert Life().told([GONE, GONE, GONE]) == [failing(Trouble.DEAD)]
    life = Life()
    assert life.told([FetchError(Reason.NOT_FOUND)] * 2) == []
    assert life.comes(FetchError(Reason.NOT_FOUND)) == [failing(Trouble.DEAD)]
    assert "once a day" in life.says


def test_a_feed_that_turned_to_html_is_told_as_that() -> None:
    life = Life()

    assert life.told([HTML, HTML]) == []
    assert life.comes(HTML) == [failing(Trouble.HTML)]
    assert "an HTML page: Welcome" in life.says
    assert life.told([QUIET, HTML, LOST, LOST]) == []  # a 304 clears no bad body
    assert life.comes(body(0)) == [recovered(Trouble.HTML)]
    assert Life().told([LOST, LOST, HTML]) == [failing(Trouble.FAILING)]


def test_one_that_was_never_read_is_told_at_once_and_stays_no_baseline() -> None:
    life = Life(Polling())

    assert life.told([HTML, LOST]) == [failing(Trouble.FAILING)]
    assert life.comes(body(1, 2)) == [recovered(Trouble.FAILING)]
    assert life.fresh == []


def test_failures_that_were_told_before_troubles_were_kept_are_not_told_again() -> None:
    life = Life(Polling(failures=5, reason=Reason.CONNECT_FAILED, known_good=True, last_success_at=START, baseline_at=START, body_hash="x"))

    assert life.told([LOST, LOST]) == []
    assert life.comes(body(1)) == [recovered(Trouble.FAILING)]


# silence


def lively(gap: timedelta, number: int = 8) -> Life:
    life = Life()
    for each in range(1, number + 1):
        assert life.comes(body(*range(each + 1)), after=gap) == []
    return life


@pytest.mark.parametrize("gap", [timedelta(minutes=20), timedelta(hours=7)])
def test_silence_is_noticed_while_every_poll_answers_304(gap: timedelta) -> None:
    life, polls = lively(gap), timedelta(hours=1)
    limit = max(3 * gap, timedelta(hours=24))

    assert life.told([QUIET] * (limit // polls), after=polls) == []
    assert life.comes(QUIET, after=polls) == [failing(Trouble.SILENT)]
    assert f"it used to every {20 if gap < polls else 7} {'minutes' if gap < polls else 'hours'}" in life.says
    assert life.told([QUIET, LOST, QUIET] * 30, after=polls) == []
    assert life.comes(body(*range(20)), after=polls) == [recovered(Trouble.SILENT)]


def test_a_source_that_was_ever_quiet_for_longer_is_not_silent_yet() -> None:
    life = lively(timedelta(hours=1))
    life.told([QUIET] * 20, after=timedelta(hours=3))  # a weekend
    assert life.told([body(*range(n)) for n in range(20, 27)], after=timedelta(hours=1)) == [recovered(Trouble.SILENT)]

    assert life.told([QUIET] * 30, after=timedelta(hours=3)) == []
    assert life.told([QUIET] * 2, after=timedelta(hours=3)) == [failing(Trouble.SILENT)]


def test_few_arrivals_make_no_silence() -> None:
    life = lively(timedelta(minutes=20), number=4)
    assert life.told([QUIET] * 400, after=timedelta(hours=6)) == []
    assert silent_since(life.polling, life.now) is None


# another address


def test_an_address_that_somebody_else_chose_is_told_as_one_word_of_a_shell() -> None:
    life, moved = Life(), body(0, 1, moved_to="https://mfa.example/feed.xml?a=$(reboot)&b=;reboot")

    life.told([moved] * 8, after=timedelta(days=1))
    assert "sources move mfa 'https://mfa.example/feed.xml?a=$(reboot)&b=;reboot'` takes it over" in life.says


def test_a_permanent_redirect_is_told_after_a_week_with_the_command_that_takes_it_over() -> None:
    life, moved = Life(), body(0, 1, moved_to="https://mfa.example/feed.xml")

    assert life.told([moved, NotModified(url=SOURCE.url, moved_to="https://mfa.example/feed.xml")] * 7, after=timedelta(hours=12)) == []
    assert life.comes(moved, after=timedelta(hours=12)) == [failing(Trouble.MOVED)]
    assert "`aseanwatch sources move mfa https://mfa.example/feed.xml` takes it over" in life.says
    assert "another domain" not in life.says
    assert life.told([moved, moved], after=timedelta(hours=12)) == []
    assert life.comes(body(0, 1)) == [recovered(Trouble.MOVED)]


def test_a_redirect_that_comes_and_goes_is_no_move() -> None:
    life, moved = Life(), body(0, 1, moved_to="https://mfa.example/feed.xml")

    assert life.told([moved, moved, body(0, 1)] * 5, after=timedelta(days=3)) == []


def test_to_another_domain_needs_the_operators_eyes() -> None:
    life, moved = Life(), body(0, 1, moved_to="https://elsewhere.example.com/feed.xml")

    assert life.told([moved] * 8, after=timedelta(days=1)) == [failing(Trouble.MOVED)]
    assert "another domain (example.com)" in life.says


def test_when_the_old_address_is_gone_its_last_redirect_is_named_at_once() -> None:
    life = Life()
    life.comes(body(0, 1, moved_to="https://mfa.example/feed.xml"))

    assert life.comes(GONE) == [failing(Trouble.DEAD)]
    assert "Its last redirect for good led to https://mfa.example/feed.xml" in life.says


def test_one_that_leads_to_another_site_and_has_lost_all_is_suspect_and_alerts_nobody_until_the_address_is_set() -> None:
    life, there = Life(), "https://casino.example.com/rss"

    assert life.comes(body(7, 8, moved_to=there)) == [failing(Trouble.SUSPECT)]
    assert "alerts nobody" in life.says
    assert life.told([body(7, 8, 9, moved_to=there), QUIET, LOST]) == []
    assert life.fresh == []
    moved = replace(SOURCE, url=there)
    assert life.comes(body(8, 9, 10), source=moved) == [recovered(Trouble.SUSPECT)]
    assert life.fresh == ["g10"]


def test_a_feed_that_has_always_been_found_elsewhere_is_not_suspect_when_it_is_exchanged() -> None:
    there = "https://feeds.example.com/rss"
    life = Life(Polling())
    life.comes(body(1, 2, moved_to=there))

    assert life.comes(body(7, 8, moved_to=there)) == [(EventKind.SOURCE_GAP, Trouble.GAP)]
    assert life.fresh == ["g7", "g8"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://mfa.gov.vn/a", "http://www.mfa.gov.vn/b", True),
        ("https://mfa.gov.vn/a", "https://moit.gov.vn/a", False),
        ("https://news.example.com", "https://example.com", True),
        ("https://example.com", "https://example.org", False),
        ("https://127.0.0.1:80/a", "https://127.0.0.1:81/a", True),
        ("https://127.0.0.1/a", "https://127.0.1.1/a", False),
        ("https://a.govt.nz/", "https://b.govt.nz", False),
    ],
)
def test_sites_are_told_apart_by_their_names(one: str, other: str, same: bool) -> None:
    assert (site(one) == site(other)) == same


# pages without text


def test_pages_without_text_are_told_once_and_once_when_they_have_text_again() -> None:
    life = Life()
    walls = Pages(texts=2, empty=8, reasons=(Reason.PAYWALL, Reason.NO_TEXT))

    troubles, (event,) = looked_after(SOURCE, life.polling, walls, life.now)
    assert (event.kind, event.after, troubles) == (EventKind.SOURCE_FAILING, "empty_text", ("empty_text",))
    assert "8 of the last 10 pages" in event.detail
    assert "paywall, no_text" in event.detail
    life.polling = replace(life.polling, troubles=troubles)
    assert looked_after(SOURCE, life.polling, walls, life.now) == (troubles, ())
    assert life.told([body(0, 1), QUIET, LOST]) == []
    assert life.polling.troubles == troubles
    assert looked_after(SOURCE, life.polling, Pages(texts=1), life.now) == (troubles, ())

    left, (over,) = looked_after(SOURCE, life.polling, Pages(texts=6, empty=4), life.now)
    assert (over.kind, over.before, left) == (EventKind.SOURCE_RECOVERED, "empty_text", ())


@pytest.mark.parametrize("pages", [Pages(), Pages(empty=4), Pages(texts=5, empty=5), Pages(texts=PAGES_LOOKED_AT)])
def test_few_pages_or_few_empty_ones_are_no_trouble(pages: Pages) -> None:
    assert looked_after(SOURCE, Polling(), pages, START) == ((), ())


def test_every_trouble_is_in_words_that_name_the_source_and_a_remedy() -> None:
    life, details = lively(timedelta(minutes=20)), []
    for story in ([QUIET] * 30, [HTML] * 3, [body(*range(9))], [GONE], [body(*range(9))], [body(90, 91)]):
        for came in story:
            life.comes(came, after=timedelta(hours=1))
            details += [event.detail for event in life.events if event.kind is not EventKind.SOURCE_RECOVERED]

    assert len(details) == 4
    assert all("The Ministry" in detail and "mfa" in detail and detail.endswith(".") for detail in details)
