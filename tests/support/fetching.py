"""The HTTP client in tests: made for a publisher on loopback, and asked in each of its two ways."""

import socket
from collections.abc import Callable

import pytest
from publisher import Publisher

from core.errors import FetchError
from core.sources import NotModified, Response
from ingest.http import Http, Transfers

DEADLINE = 0.5

Fetch = Callable[..., Response | NotModified]


def client(*sites: Publisher, **settings: object) -> Http:
    """A client that may reach the sites, under their address and as courier.test, with little patience and no politeness."""
    allow = [place for site in sites for place in (site.origin, f"courier.test:{site.port}")]
    defaults: dict[str, object] = {"allow": allow, "deadline": DEADLINE, "per_host_gap": 0.0, "resolver": finds("127.0.0.1")}
    return Http(user_agent="aseanwatch/0.1.0", **(defaults | settings))  # type: ignore[arg-type]


def finds(*addresses: str) -> Callable[..., list[tuple[object, ...]]]:
    """A resolver that knows these addresses for every name."""
    return lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


def get(http: Http, url: str, **arguments: str) -> Response | NotModified:
    """By itself, in the thread that asks."""
    return http.get(url, **arguments)  # type: ignore[arg-type]


def transfer(http: Http, url: str, **arguments: str) -> Response | NotModified:
    """As one of those that are under way in one thread."""
    with http.transfers() as transfers:
        transfers.start("it", url, **arguments)  # type: ignore[arg-type]
        [(key, came)] = all_of(transfers)
    assert key == "it"
    if isinstance(came, FetchError):
        raise came
    return came


WAYS = [get, transfer]


def all_of(transfers: Transfers) -> list[tuple[str, Response | NotModified | FetchError]]:
    """What everything that was started comes to."""
    ended = []
    while transfers:
        ended += transfers.done(10)
    return ended


def refused(fetch: Fetch, http: Http, url: str, **arguments: str) -> FetchError:
    """The error that a fetch ends in."""
    with pytest.raises(FetchError) as caught:
        fetch(http, url, **arguments)
    return caught.value
