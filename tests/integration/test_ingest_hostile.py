"""Answers made to break a client, and names made to lead it astray: each has its reason, and none costs more than it may."""

import gzip
import os
import random
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from itertools import count

import pytest
from fetching import DEADLINE, WAYS, Fetch, all_of, client, finds, refused
from publisher import RSS, Behaviour, Publisher, answers, bombs, drips_body, drips_headers, hangs, redirects, says

from core.errors import ConfigError, FetchError
from core.reasons import Reason
from core.sources import Response
from ingest.http import MIB, Http, handles

PRIVATE = [
    "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "3fff::1", "5f00::1",
    "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip

PAGE = b"<html><body><p>Ministers met.</p></body></html>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture(params=WAYS)
def fetch(request: pytest.FixtureRequest) -> Fetch:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def site() -> Iterator[Publisher]:
    with Publisher() as publisher:
        publisher.adds("amm-58", title="Ministers adopt joint communiqué", paragraphs=["They did, on Friday."])
        yield publisher


def reason(fetch: Fetch, site: Publisher, behaviour: Behaviour, **settings: object) -> Reason:
    """The reason for which this behaviour fails."""
    site.behaves("/it", behaviour)
    return refused(fetch, client(site, **settings), site.url("/it")).reason


def body(fetch: Fetch, site: Publisher, behaviour: Behaviour) -> bytes:
    """The body that this behaviour gives."""
    site.behaves("/it", behaviour)
    came = fetch(client(site, deadline=5), site.url("/it"))
    assert isinstance(came, Response)
    return came.body


# heads


def test_a_hundred_headers_are_taken_and_one_more_is_not(fetch: Fetch, site: Publisher) -> None:
    def head(number: int) -> Behaviour:
        return says(HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(number - 2)) + b"Content-Length: 47\r\n\r\n" + PAGE)

    assert body(fetch, site, head(100)) == PAGE
    assert reason(fetch, site, head(101)) is Reason.PROTOCOL_ERROR


def test_a_header_of_64_kib_is_taken_and_a_longer_one_is_not(fetch: Fetch, site: Publisher) -> None:
    def head(size: int) -> Behaviour:
        return says(HEAD + b"X-Long: " + b"y" * (size - 10) + b"\r\n\r\n" + PAGE)

    assert body(fetch, site, head(64 * 1024)) == PAGE
    assert reason(fetch, site, head(64 * 1024 + 1)) is Reason.PROTOCOL_ERROR
    assert reason(fetch, site, head(20 * MIB)) is Reason.PROTOCOL_ERROR


def test_hints_and_trailers_without_end_are_headers_too(fetch: Fetch, site: Publisher) -> None:
    trailers = b"".join(b"X-%d: y\r\n" % n for n in range(500))

    assert reason(fetch, site, says(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 200)) is Reason.PROTOCOL_ERROR
    assert (
        reason(fetch, site, says(HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nnews\r\n0\r\n" + trailers + b"\r\n"))
        is Reason.PROTOCOL_ERROR
    )


def test_hints_before_the_answer_are_passed_over(fetch: Fetch, site: Publisher) -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLocation: http://127.0.0.1:1/\r\nContent-Encoding: br\r\n\r\n"

    assert body(fetch, site, says(hint + HEAD + b"Content-Length: 47\r\n\r\n" + PAGE)) == PAGE


@pytest.mark.parametrize(
    "raw", [b"HTTP/1.1 2xx OK\r\n\r\nnews", b"HTTP/1.1\r\n\r\nnews", b"<rss></rss>", b"\r\n\r\n", b"HTTP/9.9 200 OK\r\n\r\nx"]
)
def test_what_is_no_http_is_a_protocol_error(fetch: Fetch, site: Publisher, raw: bytes) -> None:
    assert reason(fetch, site, says(raw)) is Reason.PROTOCOL_ERROR


def test_no_answer_at_all_is_a_lost_connection(fetch: Fetch, site: Publisher) -> None:
    assert reason(fetch, site, says(b"")) is Reason.CONNECTION_LOST


# bodies


def test_a_bomb_costs_the_cap_and_one_piece(fetch: Fetch, site: Publisher) -> None:
    """10 GB in 10 MB: of our own memory, the body twice at most, because it grows."""
    site.behaves("/it", bombs(10_000))
    http = client(site, deadline=20)
    tracemalloc.start()

    error = refused(fetch, http, site.url("/it"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert error.reason is Reason.BODY_TOO_LARGE
    assert peak < 20 * MIB


def test_a_bomb_in_a_bomb_is_cut_too(fetch: Fetch, site: Publisher) -> None:
    inner = gzip.compress(bytes(50 * MIB), mtime=0)
    packed = answers(200, {"Content-Encoding": "gzip, gzip"}, gzip.compress(inner, mtime=0))

    assert reason(fetch, site, packed, deadline=5) is Reason.BODY_TOO_LARGE


@pytest.mark.parametrize(
    ("codings", "packed"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("x-gzip", gzip.compress(PAGE, mtime=0)),
        ("GZIP", gzip.compress(PAGE, mtime=0)),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE, mtime=0), mtime=0)),
        ("deflate, gzip", gzip.compress(zlib.compress(PAGE), mtime=0)),
        ("identity", PAGE),
        ("gzip", gzip.compress(PAGE[:20], mtime=0) + gzip.compress(PAGE[20:], mtime=0)),
        ("gzip", gzip.compress(PAGE, mtime=0) + bytes(512)),
        ("gzip", gzip.compress(PAGE, mtime=0) + b"padding"),
    ],
)
def test_what_is_packed_honestly_is_unpacked(fetch: Fetch, site: Publisher, codings: str, packed: bytes) -> None:
    assert body(fetch, site, answers(200, {"Content-Encoding": codings}, packed)) == PAGE


def test_ten_thousand_empty_streams_are_no_body(fetch: Fetch, site: Publisher) -> None:
    empty = gzip.compress(b"", mtime=0)

    assert reason(fetch, site, answers(200, {"Content-Encoding": "gzip"}, empty * 10_000)) is Reason.BAD_ENCODING


def test_a_packed_transfer_is_refused(fetch: Fetch, site: Publisher) -> None:
    assert reason(fetch, site, says(HEAD + b"Transfer-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE, mtime=0))) is Reason.BAD_ENCODING


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Length: 100\r\n\r\n" + PAGE,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2f\r\n" + PAGE,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2f\r\n" + PAGE + b"\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2f\r\n" + PAGE + b"\r\nnonsense\r\n",
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE, mtime=0)[:-1],
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE, mtime=0)[:20],
        HEAD + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(gzip.compress(PAGE, mtime=0)[:-9], mtime=0),
    ],
    ids=["length", "in a chunk", "between chunks", "no chunk", "gzip's last byte", "half of gzip", "the inner gzip"],
)
def test_half_a_body_is_no_body(fetch: Fetch, site: Publisher, raw: bytes) -> None:
    assert reason(fetch, site, says(raw)) is Reason.BODY_TRUNCATED


def test_the_body_of_a_redirect_is_not_even_read(fetch: Fetch, site: Publisher) -> None:
    def endless(answering: object, publisher: Publisher) -> None:
        answering.begins(302, {"Location": RSS, "Content-Encoding": "gzip"})  # type: ignore[attr-defined]
        answering.waits()  # type: ignore[attr-defined]

    site.behaves("/it", endless)

    assert isinstance(fetch(client(site), site.url("/it")), Response)


def test_a_pdf_is_a_page_and_no_feed(fetch: Fetch, site: Publisher) -> None:
    for path, kind, document in (
        ("/a", "application/pdf", b"%PDF-1.7 communique"),
        ("/b", "text/html", b"%PDF-1.7 communique"),
        ("/c", "application/octet-stream", b"%PDF-"),
    ):
        site.behaves(path, answers(200, {"Content-Type": kind}, document))
        came = fetch(client(site), site.url(path), accept="page")
        assert isinstance(came, Response)
        assert came.body == document
        assert refused(fetch, client(site), site.url(path), accept="feed").reason is Reason.WRONG_CONTENT_TYPE


def test_a_packed_file_is_taken_for_a_sitemap_that_is_called_so_and_for_nothing_else(fetch: Fetch, site: Publisher) -> None:
    packed = gzip.compress(b"<urlset/>", mtime=0)
    for path, kind in (("/sitemap.xml.gz", "application/x-gzip"), ("/news.gz", "text/xml"), ("/sitemap.xml", "application/gzip")):
        site.behaves(path, answers(200, {"Content-Type": kind}, packed))
    came = [fetch(client(site), site.url(path)) for path in ("/sitemap.xml.gz", "/news.gz")]

    assert [one.body for one in came if isinstance(one, Response)] == [packed, packed]
    assert refused(fetch, client(site), site.url("/sitemap.xml"), accept="feed").reason is Reason.WRONG_CONTENT_TYPE
    assert refused(fetch, client(site), site.url("/sitemap.xml.gz"), accept="page").reason is Reason.WRONG_CONTENT_TYPE


def test_first_bytes_count_however_few_come_at_once(fetch: Fetch, site: Publisher) -> None:
    def by_threes(answering: object, publisher: Publisher) -> None:
        answering.begins(200, {"Content-Type": "text/html"})  # type: ignore[attr-defined]
        for part in (b"\x00\x00\x00", b"\x20ft", b"ypi", b"som\x00\x00\x02\x00"):
            answering.wfile.write(part)  # type: ignore[attr-defined]
            answering.waits(0.01)  # type: ignore[attr-defined]
        answering.waits()  # type: ignore[attr-defined]

    assert reason(fetch, site, by_threes) is Reason.WRONG_CONTENT_TYPE


@pytest.mark.parametrize("manner", [hangs, drips_body])
def test_an_error_page_that_never_ends_is_the_error_it_says(fetch: Fetch, site: Publisher, manner: Behaviour) -> None:
    def behave(answering: object, publisher: Publisher) -> None:
        answering.begins(403, {"Content-Type": "text/html"})  # type: ignore[attr-defined]
        answering.waits()  # type: ignore[attr-defined]

    assert reason(fetch, site, behave) is Reason.FORBIDDEN


# time


def test_fifty_slow_feeds_delay_nobody_else(fetch: Fetch, site: Publisher) -> None:
    slow = [Publisher() for _ in range(3)]
    for one in slow:
        one.__enter__()
        one.behaves("/slow", random.choice([hangs, drips_headers, drips_body]))
    http = client(site, *slow, deadline=2.0, per_host=20)
    stuck = [threading.Thread(target=refused, args=(fetch, http, slow[n % 3].url("/slow"))) for n in range(50)]
    for thread in stuck:
        thread.start()
    started = time.monotonic()

    assert isinstance(fetch(http, site.url(RSS)), Response)
    assert time.monotonic() - started < 2.0

    for one in slow:
        one.__exit__()
    for thread in stuck:
        thread.join(10)


def test_a_server_that_takes_a_connection_and_no_more_is_one_that_cannot_be_connected_to(
    fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handles, "_CONNECT_PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        http = client(allow=[f"127.0.0.1:{port}"], deadline=10)

        assert refused(fetch, http, f"https://127.0.0.1:{port}/").reason is Reason.CONNECT_TIMEOUT


def test_names_that_are_never_resolved_delay_no_other(fetch: Fetch, site: Publisher) -> None:
    release = threading.Event()

    def tarpit(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host != "courier.test":
            release.wait()
        return finds("127.0.0.1")(host, port)

    http = client(site, resolver=tarpit, deadline=1.0)
    stuck = [threading.Thread(target=refused, args=(fetch, http, f"http://tarpit-{n}.test/")) for n in range(20)]
    for thread in stuck:
        thread.start()
    started = time.monotonic()

    assert isinstance(fetch(http, site.url(RSS, host="courier.test")), Response)
    assert time.monotonic() - started < DEADLINE

    release.set()
    for thread in stuck:
        thread.join(10)


# addresses


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_reached_by_name(fetch: Fetch, address: str) -> None:
    http = Http(user_agent="aseanwatch/0.1.0", resolver=finds(address))

    assert refused(fetch, http, "http://harmless.test/").reason is Reason.ADDRESS_REFUSED
    assert refused(fetch, http, "https://harmless.test/").reason is Reason.ADDRESS_REFUSED


def test_a_name_that_changes_its_address_never_leads_inside(fetch: Fetch, site: Publisher) -> None:
    """127.0.0.2 stands for the public address, because it is allowed and nobody is there: each of 1,000 tries looks the name up anew."""
    turn = count()

    def rebinding(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return finds("127.0.0.2" if next(turn) % 2 == 0 else "127.0.0.1")(host, port)

    http = client(resolver=rebinding, allow=["127.0.0.2/32"])
    reasons = [refused(fetch, http, f"http://harmless.test:{site.port}/").reason for _ in range(1000)]

    assert reasons == [Reason.CONNECT_FAILED, Reason.ADDRESS_REFUSED] * 500
    assert site.connections == 0


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1"])
def test_a_number_that_libcurl_reads_as_loopback_is_not_connected_to(fetch: Fetch, site: Publisher, spelling: str) -> None:
    """The name is checked as the resolver finds it, and libcurl never asks for it: what counts is the socket that is opened."""
    http = client(resolver=finds("127.0.0.2"), allow=["127.0.0.2/32"])

    assert refused(fetch, http, f"http://{spelling}:{site.port}/").reason is Reason.ADDRESS_REFUSED
    assert site.connections == 0


@pytest.mark.parametrize("host", ["-harmless.test", "+harmless.test", "*", "a,b", "harmless.test%00", "a b", "h$", "[::1"])
def test_a_name_that_no_host_has_is_not_looked_up(fetch: Fetch, host: str) -> None:
    asked: list[str] = []

    def resolver(name: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(name)
        return []

    assert refused(fetch, client(resolver=resolver), f"http://{host}:80/").reason is Reason.BAD_URL
    assert asked == []


def test_a_checked_address_is_used_for_a_minute_and_looked_up_anew_when_nobody_is_there(fetch: Fetch, site: Publisher) -> None:
    asked: list[str] = []

    def resolver(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return finds("127.0.0.1")(host, port)

    http = client(site, resolver=resolver)
    for _ in range(3):
        fetch(http, site.url(RSS, host="courier.test"))
    assert asked == ["courier.test"]

    site.__exit__()
    for _ in range(2):
        assert refused(fetch, http, site.url(RSS, host="courier.test")).reason is Reason.CONNECT_FAILED
    assert asked == ["courier.test", "courier.test"]


def test_a_server_that_moved_is_found_at_its_new_address(site: Publisher) -> None:
    where = iter(["127.0.0.2", "127.0.0.1"])
    http = client(site, resolver=lambda host, port, **_: finds(next(where))(host, port))
    with http.transfers() as transfers:
        reasons = []
        for _ in range(2):
            transfers.start("it", site.url(RSS, host="courier.test"))
            [(_, came)] = all_of(transfers)
            reasons.append(came.reason if isinstance(came, FetchError) else None)

    assert reasons == [Reason.CONNECT_FAILED, None]


def test_a_resolver_that_breaks_is_our_own_failure_and_the_next_look_up_works(fetch: Fetch, site: Publisher) -> None:
    asked: list[str] = []

    def breaks_first(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        if len(asked) <= 80:
            raise RuntimeError("broken")
        return finds("127.0.0.1")(host, port)

    http = client(site, resolver=breaks_first)
    for _ in range(80):
        assert refused(fetch, http, site.url(RSS, host="courier.test")).reason is Reason.INTERNAL

    assert isinstance(fetch(http, site.url(RSS, host="courier.test")), Response)


def test_all_addresses_of_a_name_are_tried(fetch: Fetch, site: Publisher) -> None:
    http = client(site, resolver=finds("127.0.0.3", "127.0.0.2", "127.0.0.1"))

    assert isinstance(fetch(http, site.url(RSS, host="courier.test")), Response)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_no_proxy_of_the_environment_sees_anything(fetch: Fetch, site: Publisher, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with Publisher() as proxy:
        monkeypatch.setenv(name, proxy.url("/"))

        assert isinstance(fetch(client(site), site.url(RSS)), Response)
        assert refused(fetch, client(site), f"https://127.0.0.1:{site.port}/").reason is not None
        assert proxy.connections == 0


def test_passwords_of_the_environment_stay_there(fetch: Fetch, site: Publisher, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password SECRET\ndefault login me password SECRET\n")  # type: ignore[operator]
    monkeypatch.setenv("HOME", str(tmp_path))

    fetch(client(site), site.url(RSS))

    assert "authorization" not in site.requests[-1].headers


# what we send


@pytest.mark.parametrize("validator", ['"a"\r\nX-Evil: 1', '"a"\nX-Evil: 1', '"a\r"', '"\x00"', '"ž"'])
def test_a_validator_that_breaks_out_of_its_line_is_not_sent(fetch: Fetch, site: Publisher, validator: str) -> None:
    assert isinstance(fetch(client(site), site.url(RSS), etag=validator, last_modified=validator), Response)
    assert not {"x-evil", "if-none-match", "if-modified-since"} & set(site.requests[-1].headers)


def test_a_contact_with_a_line_break_is_a_mistake_of_the_operator() -> None:
    with pytest.raises(ConfigError, match="line break"):
        Http(user_agent="aseanwatch/0.1.0", contact="me\r\nX-Evil: 1")


def test_no_cookie_is_kept(fetch: Fetch, site: Publisher) -> None:
    site.behaves("/feed", answers(302, {"Location": RSS, "Set-Cookie": "id=1; Path=/"}))
    http = client(site)

    for _ in range(2):
        fetch(http, site.url("/feed"))

    assert not any({"cookie", "referer"} & set(request.headers) for request in site.requests)


# where it was found


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [((), False), ((301,), True), ((308, 301), True), ((302,), False), ((301, 302), False), ((307, 308), False), ((303,), False)],
)
def test_only_permanent_redirects_move_a_source(fetch: Fetch, site: Publisher, statuses: tuple[int, ...], moved: bool) -> None:
    for hop, status in enumerate(statuses):
        site.behaves(f"/{hop}", redirects(f"/{hop + 1}" if hop + 1 < len(statuses) else RSS, status))
    url = site.url("/0") if statuses else site.url(RSS)
    http = client(site)

    whole = fetch(http, url)
    again = fetch(http, url, etag=whole.headers["etag"])

    assert whole.moved_to == again.moved_to == (site.url(RSS) if moved else None)


def test_a_redirect_beyond_the_fifth_is_not_followed(fetch: Fetch, site: Publisher) -> None:
    for hop in range(5):
        site.behaves(f"/{hop}", redirects(f"/{hop + 1}"))
    site.behaves("/5", answers(200, {}, PAGE))
    assert isinstance(fetch(client(site), site.url("/0")), Response)

    site.behaves("/5", redirects("/6"))
    assert refused(fetch, client(site), site.url("/0")).reason is Reason.TOO_MANY_REDIRECTS
    assert not site.asked("/6")


def test_sockets_are_closed_to_children(fetch: Fetch, site: Publisher) -> None:
    site.keeps_open = True

    def inherited() -> set[str]:
        found = set()
        for number in os.listdir("/proc/self/fd"):
            try:
                if os.get_inheritable(int(number)):
                    found.add(os.readlink(f"/proc/self/fd/{number}"))
            except OSError:
                continue
        return found

    before = inherited()
    http = client(site)
    fetch(http, site.url(RSS))

    assert {name for name in inherited() - before if name.startswith("socket:")} == set()


def test_failures_are_errors_of_ours_with_their_cause(fetch: Fetch, site: Publisher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    error = refused(fetch, client(allow=[f"127.0.0.1:{port}"]), f"http://127.0.0.1:{port}/")

    assert isinstance(error, FetchError)
    assert error.__cause__ is not None
