"""robots.txt as servers on loopback have it: obeyed for pages, remembered for a day, and no reason to lose a communique."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from publisher import Publisher, answers, babbles, redirects, resets

from core.errors import FetchError
from core.reasons import Reason
from ingest.http import Http
from ingest.robots import LONGEST_DELAY, MAX_ORIGINS, PATIENCE, Robots

RULES = b"""
# a ministry's file
User-agent: *
Disallow: /search
Disallow: /*?print=
Allow: /search/about
Crawl-delay: 2

User-agent: greedybot
Disallow: /
"""


class Clock:
    """Stands where it is put."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def site() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def robots(site: Publisher, clock: Clock) -> Robots:
    http = Http(user_agent="aseanwatch/0.1.0", allow=[site.origin], deadline=2.0, per_host_gap=0.0)
    return Robots(http, now=clock)


def has(site: Publisher, rules: bytes, content_type: str = "text/plain") -> None:
    """The site's robots.txt from now on."""
    site.behaves("/robots.txt", answers(200, {"Content-Type": content_type}, rules))


def refusal(robots: Robots, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        robots.check(url)
    return caught.value


def test_rules_say_which_pages_may_be_fetched_and_how_fast(site: Publisher, robots: Robots) -> None:
    has(site, RULES)

    assert robots.check(site.url("/news/amm-58.html")) == 2.0
    assert robots.check(site.url("/search/about")) == 2.0
    assert refusal(robots, site.url("/search?q=asean")).reason is Reason.ROBOTS
    assert refusal(robots, site.url("/news/amm-58.html?print=1")).reason is Reason.ROBOTS


def test_rules_for_us_by_name_go_before_those_for_all(site: Publisher, robots: Robots) -> None:
    has(site, b"User-agent: *\nDisallow: /\n\nUser-agent: AseanWatch\nDisallow: /private/\n")

    assert robots.check(site.url("/news/a.html")) == 0.0
    assert refusal(robots, site.url("/private/a.html")).reason is Reason.ROBOTS


def test_one_who_wants_nobody_is_left_alone(site: Publisher, robots: Robots) -> None:
    has(site, b"User-agent: *\nDisallow: /\n")

    error = refusal(robots, site.url("/news/a.html?key=SECRET"))

    assert (error.reason, error.transient) == (Reason.ROBOTS, False)
    assert "SECRET" not in str(error)


@pytest.mark.parametrize(
    ("asked", "kept"), [("0.5", 0.5), ("30", 30.0), ("86400", LONGEST_DELAY), ("-1", 0.0), ("soon", 0.0), ("inf", 0.0)]
)
def test_no_crawl_delay_holds_an_outcome_back_for_hours(site: Publisher, robots: Robots, asked: str, kept: float) -> None:
    has(site, f"User-agent: *\nCrawl-delay: {asked}\n".encode())

    assert robots.check(site.url("/news/a.html")) == kept


def test_a_file_is_asked_for_once_a_day(site: Publisher, robots: Robots, clock: Clock) -> None:
    has(site, b"User-agent: *\nDisallow: /old/\n")
    for number in range(50):
        robots.check(site.url(f"/news/{number}.html"))
    assert len(site.asked("/robots.txt")) == 1

    has(site, b"User-agent: *\nDisallow: /news/\n")
    clock.at += timedelta(hours=23)
    robots.check(site.url("/news/a.html"))
    clock.at += timedelta(hours=2)

    assert refusal(robots, site.url("/news/a.html")).reason is Reason.ROBOTS
    assert len(site.asked("/robots.txt")) == 2


def test_a_clock_that_was_set_back_does_not_make_an_answer_last(site: Publisher, robots: Robots, clock: Clock) -> None:
    robots.check(site.url("/news/a.html"))
    clock.at -= timedelta(days=400)
    robots.check(site.url("/news/a.html"))

    assert len(site.asked("/robots.txt")) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451])
def test_a_refusal_to_show_the_file_is_no_rule(site: Publisher, robots: Robots, status: int) -> None:
    site.behaves("/robots.txt", answers(status))

    assert robots.check(site.url("/news/a.html")) == 0.0
    assert robots.check(site.url("/news/b.html")) == 0.0
    assert len(site.asked("/robots.txt")) == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<!DOCTYPE html><html><head><title>Home</title></head><body><p>Disallow: / they said</p></body></html>"),
        ("text/plain", b""),
        ("image/png", b"\x89PNG\r\n"),
        ("text/plain", bytes(range(256)) * 10),
        ("text/plain", b"Disallow: /\n"),
    ],
)
def test_what_is_no_robots_file_forbids_nothing(site: Publisher, robots: Robots, kind: str, body: bytes) -> None:
    has(site, body, kind)

    assert robots.check(site.url("/news/a.html")) == 0.0


def test_redirects_are_followed_and_a_circle_of_them_is_no_file(site: Publisher, robots: Robots, clock: Clock) -> None:
    site.behaves("/robots.txt", redirects("/static/robots.txt"))
    site.behaves("/static/robots.txt", answers(200, {"Content-Type": "text/plain"}, RULES))
    assert refusal(robots, site.url("/search")).reason is Reason.ROBOTS

    site.behaves("/robots.txt", redirects("/robots.txt"))
    clock.at += timedelta(hours=25)
    assert robots.check(site.url("/search")) == 0.0


@pytest.mark.parametrize("manner", [answers(500), answers(503), answers(429), resets, babbles])
def test_without_an_answer_a_page_waits(site: Publisher, robots: Robots, clock: Clock, manner: object) -> None:
    site.behaves("/robots.txt", manner)  # type: ignore[arg-type]

    assert refusal(robots, site.url("/news/a.html")).transient
    assert "robots.txt" in str(refusal(robots, site.url("/news/b.html")))
    assert len(site.asked("/robots.txt")) == 1

    has(site, RULES)
    clock.at += timedelta(minutes=6)
    assert robots.check(site.url("/news/a.html")) == 2.0


def test_a_pause_that_is_asked_for_is_kept(site: Publisher, robots: Robots, clock: Clock) -> None:
    site.behaves("/robots.txt", answers(503, {"Retry-After": "1800"}))
    assert refusal(robots, site.url("/news/a.html")).retry_after == 1800

    clock.at += timedelta(minutes=29)
    refusal(robots, site.url("/news/a.html"))
    assert len(site.asked("/robots.txt")) == 1

    clock.at += timedelta(minutes=2)
    refusal(robots, site.url("/news/a.html"))
    assert len(site.asked("/robots.txt")) == 2


def test_the_last_answer_stands_while_no_new_one_comes(site: Publisher, robots: Robots, clock: Clock) -> None:
    has(site, RULES)
    robots.check(site.url("/news/a.html"))
    site.behaves("/robots.txt", answers(500))

    for _ in range(5):
        clock.at += timedelta(hours=25)
        assert robots.check(site.url("/news/a.html")) == 2.0
        assert refusal(robots, site.url("/search")).reason is Reason.ROBOTS


def test_a_file_that_is_broken_for_good_hides_no_communique(site: Publisher, robots: Robots, clock: Clock) -> None:
    site.behaves("/robots.txt", answers(500))
    asked = 0
    while asked * timedelta(minutes=10) < PATIENCE:
        assert refusal(robots, site.url("/news/a.html")).reason is Reason.SERVER_ERROR
        clock.at += timedelta(minutes=10)
        asked += 1

    assert robots.check(site.url("/news/a.html")) == 0.0

    has(site, RULES)
    clock.at += timedelta(hours=25)
    assert robots.check(site.url("/news/a.html")) == 2.0


def test_a_huge_file_costs_little_and_its_first_rules_hold(site: Publisher, robots: Robots) -> None:
    has(site, b"User-agent: *\nDisallow: /search\n" + b"Disallow: /*a*a*a*a*a*a*a*b\n" * 150_000)

    assert refusal(robots, site.url("/search")).reason is Reason.ROBOTS
    assert robots.check(site.url("/" + "a" * 3000)) == 0.0


def test_origins_of_long_ago_are_forgotten(robots: Robots) -> None:
    for number in range(MAX_ORIGINS + 50):
        refusal(robots, f"http://127.0.0.2:{number + 1}/news/a.html")

    assert len(robots) == MAX_ORIGINS


def test_each_origin_has_its_own_file(site: Publisher, robots: Robots, clock: Clock) -> None:
    has(site, b"User-agent: *\nDisallow: /\n")
    with Publisher() as other:
        http = Http(user_agent="aseanwatch/0.1.0", allow=[site.origin, other.origin], deadline=2.0, per_host_gap=0.0)
        both = Robots(http, now=clock)

        assert refusal(both, site.url("/a")).reason is Reason.ROBOTS
        assert both.check(other.url("/a")) == 0.0
