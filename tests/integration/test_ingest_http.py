"""The HTTP client against a real server on loopback that has every bad manner there is, each way that it can be asked."""

import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fetching import DEADLINE, WAYS, client, finds, get, refused
from memory import Memory
from publisher import (
    ATOM,
    RSS,
    Behaviour,
    Publisher,
    answers,
    babbles,
    bombs,
    drips_body,
    drips_headers,
    floods,
    floods_headers,
    hangs,
    hangs_mid_body,
    redirects,
    resets,
    truncates,
)

from core.errors import FetchError
from core.reasons import Reason
from core.sources import NotModified, Response
from ingest.http import MIB, Http

TLS = Path(__file__).parent.parent / "data" / "tls"


fetch = get


@pytest.fixture(autouse=True, params=WAYS)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "fetch", request.param)


@pytest.fixture
def site() -> Iterator[Publisher]:
    with Publisher() as publisher:
        publisher.adds("amm-58", title="Ministers adopt joint communiqué", paragraphs=["They did, on Friday."])
        yield publisher


def refusal(http: Http, url: str, **arguments: str) -> FetchError:
    return refused(fetch, http, url, **arguments)


# honest answers


def test_a_feed_comes_whole_with_its_validators(site: Publisher) -> None:
    answer = fetch(client(site), site.url(RSS))

    assert isinstance(answer, Response)
    assert answer.body == site.document(RSS)[1]  # type: ignore[index]
    assert answer.content_type.startswith("application/rss+xml")
    assert answer.headers["etag"]
    assert answer.headers["last-modified"]


def test_validators_are_echoed_to_the_byte_and_304_is_understood(site: Publisher) -> None:
    http = client(site)
    first = fetch(http, site.url(RSS))

    second = fetch(http, site.url(RSS), etag=first.headers["etag"], last_modified=first.headers["last-modified"])

    assert isinstance(second, NotModified)
    asked = site.requests[-1].headers
    assert asked["if-none-match"] == first.headers["etag"]
    assert asked["if-modified-since"] == first.headers["last-modified"]


def test_we_say_who_we_are_and_nothing_else(site: Publisher) -> None:
    fetch(client(site, contact="https://watch.example/about"), site.url(RSS))

    asked = site.requests[-1].headers
    assert asked["user-agent"] == "aseanwatch/0.1.0 (+https://watch.example/about)"
    assert asked["accept-encoding"] == "gzip"
    assert asked["host"] == site.origin
    assert "application/atom+xml" in asked["accept"]
    assert not {"cookie", "referer", "authorization", "if-none-match"} & set(asked)


def test_a_proxy_in_the_environment_is_not_used(site: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert isinstance(fetch(client(site), site.url(RSS)), Response)


def test_a_redirect_is_followed_with_the_validators_of_its_end(site: Publisher) -> None:
    site.behaves("/feed", redirects("/moved", 301))
    site.behaves("/moved", redirects(site.url(RSS), 308))
    http = client(site)
    first = fetch(http, site.url("/feed"))

    assert first.url == site.url(RSS)
    assert isinstance(fetch(http, site.url("/feed"), etag=first.headers["etag"]), NotModified)


def test_gzip_is_unpacked(site: Publisher) -> None:
    site.behaves("/zeros", bombs(1))

    answer = fetch(client(site), site.url("/zeros"))

    assert isinstance(answer, Response)
    assert answer.body == bytes(MIB)


# statuses


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (204, Reason.EMPTY_BODY),
        (206, Reason.UNEXPECTED_STATUS),
        (304, Reason.UNEXPECTED_STATUS),  # nothing was asked conditionally
        (401, Reason.UNAUTHORIZED),
        (403, Reason.FORBIDDEN),
        (404, Reason.NOT_FOUND),
        (410, Reason.GONE),
        (429, Reason.RATE_LIMITED),
        (451, Reason.CLIENT_ERROR),
        (500, Reason.SERVER_ERROR),
        (503, Reason.SERVER_ERROR),
    ],
)
def test_each_status_has_its_reason(site: Publisher, status: int, reason: Reason) -> None:
    site.behaves(RSS, answers(status))

    error = refusal(client(site), site.url(RSS))

    assert error.reason is reason
    assert error.retry_after is None


def test_a_request_to_wait_is_passed_on(site: Publisher) -> None:
    site.behaves(RSS, answers(429, {"Retry-After": "120"}))
    assert refusal(client(site), site.url(RSS)).retry_after == 120

    site.behaves(RSS, answers(503, {"Retry-After": "99999999"}))
    assert refusal(client(site), site.url(RSS)).retry_after == 24 * 3600


@pytest.mark.parametrize(
    "challenge",
    [
        answers(403, {"cf-mitigated": "challenge"}, b"<html><title>Just a moment...</title></html>"),
        answers(503, {}, b"<html><head><title>Just a moment...</title></head><body></body></html>"),
        answers(429, {}, b"<html><body><script src='/cdn-cgi/challenge-platform/h/b'></script></body></html>"),
    ],
)
def test_a_challenge_is_told_from_a_refusal(site: Publisher, challenge: Behaviour) -> None:
    site.behaves(RSS, challenge)

    assert refusal(client(site), site.url(RSS)).reason is Reason.CHALLENGE


def test_an_empty_body_is_no_document(site: Publisher) -> None:
    site.behaves(RSS, answers(200))

    assert refusal(client(site), site.url(RSS)).reason is Reason.EMPTY_BODY


# time


@pytest.mark.parametrize("manner", [hangs, hangs_mid_body, drips_headers, drips_body])
def test_the_deadline_holds_however_the_server_stretches_it(site: Publisher, manner: Behaviour) -> None:
    site.behaves(RSS, manner)
    started = time.monotonic()

    error = refusal(client(site), site.url(RSS))

    assert error.reason is Reason.DEADLINE
    assert time.monotonic() - started < DEADLINE + 1.0


def test_the_deadline_holds_for_a_server_that_never_shakes_hands() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        http = Http(user_agent="aseanwatch/0.1.0", allow=[f"127.0.0.1:{port}"], deadline=DEADLINE)
        started = time.monotonic()

        error = refusal(http, f"https://127.0.0.1:{port}/")

    assert error.reason is Reason.DEADLINE
    assert time.monotonic() - started < DEADLINE + 1.0


def test_the_deadline_holds_for_a_name_that_is_never_resolved(site: Publisher) -> None:
    release = threading.Event()

    def never(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        release.wait()
        return []

    error = refusal(client(site, resolver=never), site.url(RSS, host="courier.test"))
    release.set()

    assert error.reason is Reason.DEADLINE


def test_the_deadline_covers_all_hops_together(site: Publisher) -> None:
    for hop in range(4):

        def slowly(answering: object, publisher: Publisher, hop: int = hop) -> None:
            answering.waits(DEADLINE / 3)  # type: ignore[attr-defined]
            redirects(f"/{hop + 1}")(answering, publisher)  # type: ignore[arg-type]

        site.behaves(f"/{hop}", slowly)

    assert refusal(client(site), site.url("/0")).reason is Reason.DEADLINE
    assert not site.asked("/4")


def test_hung_servers_delay_no_other(site: Publisher) -> None:
    with Publisher() as bystander:
        bystander.adds("1", title="News", paragraphs=["Text."])
        site.behaves(RSS, hangs)
        http = client(site, bystander, deadline=2.0)
        stuck = [threading.Thread(target=refusal, args=(http, site.url(RSS))) for _ in range(6)]
        for thread in stuck:
            thread.start()
        started = time.monotonic()

        assert isinstance(fetch(http, bystander.url(RSS)), Response)

        assert time.monotonic() - started < 1.0
        site.__exit__()
        for thread in stuck:
            thread.join(10)


# size


def test_a_bomb_of_500_megabytes_costs_no_more_than_the_cap(site: Publisher) -> None:
    site.behaves(RSS, bombs(500))
    memory = Memory()

    error = refusal(client(site, deadline=10), site.url(RSS))

    assert error.reason is Reason.BODY_TOO_LARGE
    assert memory.more < 50 * MIB


def test_a_bomb_under_a_redirect_is_never_unpacked(site: Publisher) -> None:
    site.behaves("/feed", redirects(RSS, 302, b"\x1f\x8b this would not even unpack"))

    assert isinstance(fetch(client(site), site.url("/feed")), Response)


def test_a_body_without_end_is_cut_at_the_cap(site: Publisher) -> None:
    site.behaves("/page", floods(50))

    error = refusal(client(site, page_cap=MIB, deadline=5), site.url("/page"), accept="page")

    assert error.reason is Reason.BODY_TOO_LARGE


def test_a_body_that_announces_too_much_is_not_read(site: Publisher) -> None:
    site.behaves("/page", answers(200, {"Content-Length": str(2**31)}))

    assert refusal(client(site), site.url("/page"), accept="page").reason is Reason.BODY_TOO_LARGE


@pytest.mark.parametrize("codings", ["gzip, gzip, gzip", "br", "zstd", "gzip, br", "nonsense"])
def test_codings_that_we_did_not_offer_are_refused(site: Publisher, codings: str) -> None:
    site.behaves(RSS, bombs(1, codings))

    assert refusal(client(site), site.url(RSS)).reason is Reason.BAD_ENCODING


def test_a_body_that_is_not_in_its_coding_is_refused(site: Publisher) -> None:
    site.behaves(RSS, answers(200, {"Content-Encoding": "gzip"}, b"<rss>plain</rss>"))

    assert refusal(client(site), site.url(RSS)).reason is Reason.BAD_ENCODING


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("text/html", b"\x1f\x8b\x08\x00packed twice"),
        ("text/html", b"PK\x03\x04"),
        ("text/html", b"\x00\x00\x00\x20ftypisom"),
        ("video/mp4", b"<html>"),
    ],
)
def test_what_is_no_text_is_refused_by_its_first_bytes(site: Publisher, kind: str, start: bytes) -> None:
    site.behaves("/page", answers(200, {"Content-Type": kind}, start + bytes(5000)))

    assert refusal(client(site), site.url("/page"), accept="page").reason is Reason.WRONG_CONTENT_TYPE


# broken transport


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        (truncates, Reason.BODY_TRUNCATED),
        (resets, Reason.CONNECTION_LOST),
        (babbles, Reason.PROTOCOL_ERROR),
        (floods_headers, Reason.PROTOCOL_ERROR),
    ],
)
def test_each_way_to_break_off_has_its_reason(site: Publisher, manner: Behaviour, reason: Reason) -> None:
    site.behaves(RSS, manner)

    assert refusal(client(site), site.url(RSS)).reason is reason


def test_a_closed_port_is_a_failure_to_connect(site: Publisher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert refusal(client(site, allow=[f"127.0.0.1:{port}"]), f"http://127.0.0.1:{port}/").reason is Reason.CONNECT_FAILED


def test_a_name_that_nobody_knows(site: Publisher) -> None:
    def unknown(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert refusal(client(site, resolver=unknown), "http://nowhere.test/").reason is Reason.DNS_FAILED
    assert refusal(client(site, resolver=finds()), "http://nowhere.test/").reason is Reason.DNS_FAILED


# addresses


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "168.63.129.16", "192.0.0.8", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"],
)
def test_a_name_at_a_private_address_is_refused(address: str) -> None:
    http = Http(user_agent="aseanwatch/0.1.0", resolver=finds(address))

    assert refusal(http, "http://harmless.test/").reason is Reason.ADDRESS_REFUSED


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "0x7f.1", "①②⑦.⓪.⓪.①", "localhost", "[::1]", "127.0.0.1"]
)
def test_no_spelling_of_loopback_gets_through(site: Publisher, host: str) -> None:
    http = Http(user_agent="aseanwatch/0.1.0", deadline=2.0)

    assert refusal(http, f"http://{host}:{site.port}/rss.xml").reason in (Reason.ADDRESS_REFUSED, Reason.DNS_FAILED)
    assert not site.requests


def test_one_private_address_among_public_ones_is_enough(site: Publisher) -> None:
    http = Http(user_agent="aseanwatch/0.1.0", resolver=finds("93.184.215.14", "127.0.0.1"))

    assert refusal(http, f"http://mixed.test:{site.port}/").reason is Reason.ADDRESS_REFUSED
    assert not site.requests


def test_the_checked_address_is_the_one_connected_to(site: Publisher) -> None:
    looked_up: list[str] = []

    def rebinding(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        return finds("127.0.0.1" if len(looked_up) == 1 else "127.0.0.2")(host, port)

    http = client(site, resolver=rebinding)

    assert isinstance(fetch(http, site.url(RSS, host="courier.test")), Response)
    assert looked_up == ["courier.test"]
    assert site.requests[-1].headers["host"] == f"courier.test:{site.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.1:1/", Reason.ADDRESS_REFUSED),
        ("http://169.254.169.254/latest/meta-data/", Reason.ADDRESS_REFUSED),
        ("http://[::ffff:127.0.0.1]/", Reason.ADDRESS_REFUSED),
        ("file:///etc/passwd", Reason.REDIRECT_REFUSED),
        ("gopher://127.0.0.1:25/x", Reason.REDIRECT_REFUSED),
        ("data:text/html,hi", Reason.REDIRECT_REFUSED),
        ("http://user:secret@127.0.0.1/", Reason.REDIRECT_REFUSED),
        (r"http://169.254.169.254\@news.example/", Reason.REDIRECT_REFUSED),
    ],
)
def test_a_redirect_to_where_nobody_may_go_stops_there(site: Publisher, status: int, location: str, reason: Reason) -> None:
    site.behaves(RSS, redirects(location, status))

    error = refusal(client(site), site.url(RSS))

    assert error.reason is reason
    assert "secret" not in str(error)


def test_redirects_in_a_circle_end(site: Publisher) -> None:
    site.behaves("/a", redirects("/b"))
    site.behaves("/b", redirects("/a"))

    assert refusal(client(site), site.url("/a")).reason is Reason.TOO_MANY_REDIRECTS
    assert len(site.requests) == 6


@pytest.mark.parametrize(
    "url", ["ftp://news.example/", "news.example/rss", r"http://127.0.0.1\@news.example/", "http://u:p@news.example/", "http:///x"]
)
def test_a_url_that_is_none_is_not_asked(url: str) -> None:
    assert refusal(Http(user_agent="aseanwatch/0.1.0"), url).reason is Reason.BAD_URL


def test_keys_in_urls_are_in_no_message(site: Publisher) -> None:
    site.behaves("/feed?key=SECRET", redirects("/next?token=SECRET"))
    site.behaves("/next?token=SECRET", answers(500))

    error = refusal(client(site), site.url("/feed?key=SECRET"))

    assert "SECRET" not in str(error)
    assert "token=***" in str(error)


# TLS


def tls_site(certificate: str) -> Publisher:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / certificate)
    return Publisher(tls=context)


TRUSTED = TLS / "ca.pem"


def test_https_is_verified_by_name_at_the_checked_address() -> None:
    with tls_site("courier.pem") as site:
        http = client(site, ca_file=TRUSTED, deadline=5)

        assert isinstance(fetch(http, site.url(ATOM, host="courier.test")), Response)
        site.behaves(RSS, redirects(f"http://courier.test:{site.port}/plain"))
        assert refusal(http, site.url(RSS, host="courier.test")).reason is Reason.REDIRECT_REFUSED


@pytest.mark.parametrize(
    ("certificate", "host", "authority"),
    [
        ("expired.pem", "courier.test", TRUSTED),
        ("courier.pem", "other.test", TRUSTED),
        ("courier.pem", "courier.test", None),
    ],
    ids=["expired", "wrong name", "unknown authority"],
)
def test_a_certificate_that_proves_nothing_ends_the_talk(certificate: str, host: str, authority: Path | None) -> None:
    with tls_site(certificate) as site:
        http = client(site, ca_file=authority, allow=[f"{host}:{site.port}"], deadline=5)

        error = refusal(http, site.url(RSS, host=host))

    assert error.reason is Reason.TLS_ERROR
    assert "certificate" in error.detail
    assert not site.requests


def test_plain_http_behind_https_is_a_tls_error(site: Publisher) -> None:
    assert refusal(client(site), f"https://127.0.0.1:{site.port}/").reason in (Reason.TLS_ERROR, Reason.CONNECTION_LOST)


# politeness


def test_one_server_is_asked_by_two_at_once(site: Publisher) -> None:
    running, most = [0], [0]
    lock = threading.Lock()

    def counted(answering: object, publisher: Publisher) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        answering.waits(0.05)  # type: ignore[attr-defined]
        with lock:
            running[0] -= 1
        answers(404)(answering, publisher)  # type: ignore[arg-type]

    site.behaves("/page", counted)
    http = client(site, per_host=2, deadline=5)
    threads = [threading.Thread(target=refusal, args=(http, site.url("/page"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(site.asked("/page")) == 8
    assert most[0] == 2


def test_one_client_serves_many_threads(site: Publisher) -> None:
    http = client(site, per_host=16, deadline=5)
    bodies: list[bytes] = []
    threads = [threading.Thread(target=lambda: bodies.extend(fetch(http, site.url(RSS)).body for _ in range(10))) for _ in range(16)]  # type: ignore[union-attr]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(bodies) == 160
    assert set(bodies) == {site.document(RSS)[1]}  # type: ignore[index]
