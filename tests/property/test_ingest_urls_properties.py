"""What is true of every URL."""

import string

from hypothesis import given
from hypothesis import strategies as st

from ingest.urls import BadUrl, masked, target, url_key, web_url

hosts = st.lists(st.text(string.ascii_letters + string.digits, min_size=1, max_size=8), min_size=2, max_size=5).map(".".join)
segments = st.text(string.ascii_letters + string.digits + "%-._~/?&=+;:@!#éđ中 \u0301", max_size=40)
urls = st.builds(lambda scheme, host, rest: f"{scheme}://{host}/{rest}", st.sampled_from(["http", "https", "HTTPS"]), hosts, segments)


@given(urls)
def test_a_key_is_its_own_key(url: str) -> None:
    key = url_key(url)

    assert url_key(f"https://{key}") == key
    assert url_key(f"http://www.{key}") == key


@given(urls, st.text(string.ascii_lowercase, min_size=1, max_size=9))
def test_a_tracker_never_changes_the_key(url: str, value: str) -> None:
    page = url.partition("#")[0].strip()

    assert url_key(page + ("&" if "?" in page else "?") + f"utm_source={value}") == url_key(page)


@given(urls, st.one_of(urls, st.text(max_size=40)))
def test_a_canonical_link_never_moves_an_article_to_another_site(url: str, canonical: str) -> None:
    host = url_key(url).partition("/")[0]

    assert url_key(url, canonical).partition("/")[0].split(".")[-1].partition(":")[0] == host.split(".")[-1].partition(":")[0]


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_link_is_an_address_that_can_be_fetched_or_nothing(link: str, base: str) -> None:
    url = web_url(link, base)

    assert url is None or target(url).url == url


@given(st.text(max_size=100))
def test_taking_apart_raises_nothing_unforeseen(text: str) -> None:
    try:
        there = target(text)
    except BadUrl:
        return
    assert there.scheme in ("http", "https")
    assert there.host.isascii()
    assert there.path.startswith("/")
    assert there.path.isascii()


@given(urls, st.text(string.ascii_letters + string.digits, min_size=12, max_size=12))
def test_a_value_in_a_query_is_never_shown(url: str, secret: str) -> None:
    page = url.partition("#")[0]

    assert f"key={secret}" not in masked(page + ("&" if "?" in page else "?") + f"key={secret}")
