"""First guesses at a new source's name and home."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.naming import LONGEST, country_of, same_address, source_id


@pytest.mark.parametrize(
    ("title", "url", "name"),
    [
        ("Ministry of Foreign Affairs", "https://mfa.example/rss", "ministry-of-foreign-affairs"),
        ("Báo Điện tử Chính phủ", "https://baochinhphu.vn/rss", "bao-dien-tu-chinh-phu"),
        ("กระทรวงการต่างประเทศ", "https://www.mfa.go.th/rss", "mfa-go-th"),
        ("", "https://feeds.agency.example/x", "agency-example"),
        ("", "http://127.0.0.1:8000/", "127-0-0-1"),
        ("Kyodo", "https://k.example/", "kyodo-3"),
    ],
)
def test_an_id_comes_of_the_title_or_the_host(title: str, url: str, name: str) -> None:
    assert source_id(title, url, {"kyodo", "kyodo-2"}) == name


@given(st.text(max_size=200), st.sets(st.from_regex(r"\A[a-z]{1,3}\Z"), max_size=5))
def test_every_id_is_fit_and_free(title: str, taken: set[str]) -> None:
    name = source_id(title, "https://x.example/", taken | {source_id(title, "https://x.example/", taken)})

    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", name)
    assert name not in taken
    assert len(name) <= LONGEST


@pytest.mark.parametrize(
    ("url", "country"), [("https://a.gov.vn/x", "VN"), ("https://a.co.uk/", "GB"), ("https://a.io/", ""), ("https://a.com/", "")]
)
def test_a_country_comes_of_the_domain_where_that_means_one(url: str, country: str) -> None:
    assert country_of(url) == country


def test_two_spellings_of_an_address() -> None:
    assert same_address("http://www.a.example/feed/") == same_address("https://a.example/feed")
    assert same_address("https://a.example/feed?x=1") != same_address("https://a.example/feed")
