"""Many GETs at once in one thread: nothing is lost, nobody starves, servers are left in peace, what is given up leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from collections.abc import Iterator

import pycurl
import pytest
from fetching import all_of, client, finds, refused
from fetching import get as fetch
from publisher import RSS, Publisher, answers, hangs, redirects, resets, truncates

from core.errors import FetchError
from core.reasons import Reason
from core.sources import NotModified, Response
from ingest.http import MIB, Http
from ingest.http import loop as loop_module


@pytest.fixture
def site() -> Iterator[Publisher]:
    with Publisher() as publisher:
        publisher.adds("amm-58", title="Ministers adopt joint communiqué", paragraphs=["They did, on Friday."])
        yield publisher


class Counted:
    """A behaviour that notes how many are at it at once."""

    def __init__(self, seconds: float = 0.03) -> None:
        self.most = self.now = 0
        self._seconds = seconds
        self._lock = threading.Lock()

    def __call__(self, answering: object, publisher: Publisher) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        answering.waits(self._seconds)  # type: ignore[attr-defined]
        with self._lock:
            self.now -= 1
        answers(200, {}, b"<html>news</html>")(answering, publisher)  # type: ignore[arg-type]


def open_sockets() -> int:
    """How many sockets this process has."""
    number = 0
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            number += os.readlink(f"/proc/self/fd/{descriptor}").startswith("socket:")
        except OSError:
            continue
    return number


# each comes to its end


def test_each_ends_under_its_own_key_and_once(site: Publisher) -> None:
    site.behaves("/gone", answers(410))
    site.behaves("/moved", redirects(RSS, 301))
    site.behaves("/half", truncates)
    site.behaves("/lost", resets)
    first = client(site).get(site.url(RSS))
    with client(site, per_host=8).transfers() as transfers:
        for number in range(20):
            transfers.start(f"whole {number}", site.url(RSS))
            transfers.start(f"known {number}", site.url(RSS), etag=first.headers["etag"])
        for path in ("/gone", "/moved", "/half", "/lost"):
            transfers.start(path, site.url(path))
        transfers.start("no URL", "ftp://news.example/")
        assert len(transfers) == 45

        ended = all_of(transfers)

    came = dict(ended)
    assert len(ended) == len(came) == 45
    assert all(isinstance(came[f"whole {n}"], Response) and isinstance(came[f"known {n}"], NotModified) for n in range(20))
    assert came["/moved"].moved_to == site.url(RSS)  # type: ignore[union-attr]
    reasons = {key: error.reason for key, error in came.items() if isinstance(error, FetchError)}
    assert reasons == {
        "/gone": Reason.GONE,
        "/half": Reason.BODY_TRUNCATED,
        "/lost": Reason.CONNECTION_LOST,
        "no URL": Reason.BAD_URL,
    }


def test_no_more_are_under_way_than_were_allowed(site: Publisher) -> None:
    counted = Counted()
    site.behaves("/page", counted)
    with client(site, per_host=50, deadline=5).transfers(at_once=5) as transfers:
        for number in range(30):
            transfers.start(str(number), site.url("/page"), accept="page")
        all_of(transfers)

    assert len(site.asked("/page")) == 30
    assert counted.most == 5


def test_done_waits_no_longer_than_it_was_told(site: Publisher) -> None:
    site.behaves("/slow", hangs)
    with client(site, deadline=30).transfers() as transfers:
        started = time.monotonic()
        assert transfers.done(0) == []
        assert transfers.done(0.05) == []
        transfers.start("slow", site.url("/slow"))
        assert transfers.done(0) == []
        assert transfers.done(0.05) == []
        assert time.monotonic() - started < 2.0
        assert len(transfers) == 1


def test_done_called_again_and_again_without_patience_still_gets_there(site: Publisher) -> None:
    ended: list[object] = []
    with client(site, deadline=10).transfers() as transfers:
        transfers.start("feed", site.url(RSS, host="courier.test"))
        until = time.monotonic() + 10
        while not ended and time.monotonic() < until:
            ended += transfers.done(0)

    assert len(ended) == 1


def test_one_that_never_ends_keeps_no_other_from_coming_out(site: Publisher) -> None:
    site.behaves("/slow", hangs)
    with client(site, deadline=30, per_host=8).transfers() as transfers:
        transfers.start("slow", site.url("/slow"))
        started = time.monotonic()
        for number in range(20):
            transfers.start(str(number), site.url(RSS))
        ended = []
        while len(ended) < 20:
            ended += transfers.done(10)

        assert time.monotonic() - started < 5.0
        assert len(transfers) == 1


def test_fifty_hung_servers_delay_no_other(site: Publisher) -> None:
    with Publisher() as bystander:
        bystander.adds("1", title="News", paragraphs=["Text."])
        site.behaves("/slow", hangs)
        with client(site, bystander, deadline=1.0, per_host=60).transfers() as transfers:
            for number in range(50):
                transfers.start(f"slow {number}", site.url("/slow"))
            transfers.start("bystander", bystander.url(RSS))
            started = time.monotonic()
            [(key, came)] = transfers.done(10)
            assert (key, type(came)) == ("bystander", Response)
            assert time.monotonic() - started < 1.0

            assert {error.reason for _, error in all_of(transfers) if isinstance(error, FetchError)} == {Reason.DEADLINE}
            assert time.monotonic() - started < 2.0


def test_deadlines_hold_for_many_names_that_are_never_resolved(site: Publisher) -> None:
    release = threading.Event()

    def tarpit(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host != "courier.test":
            release.wait()
        return finds("127.0.0.1")(host, port)

    with client(site, resolver=tarpit).transfers() as transfers:
        for number in range(100):
            transfers.start(f"stuck {number}", f"http://tarpit-{number}.test/")
        transfers.start("feed", site.url(RSS, host="courier.test"))
        reasons = [came.reason if isinstance(came, FetchError) else None for _, came in all_of(transfers)]
    release.set()

    assert reasons.count(Reason.DEADLINE) >= 100
    assert len(reasons) == 101


# being woken


def test_another_thread_can_wake_it(site: Publisher) -> None:
    with client(site).transfers() as transfers:
        waker = threading.Timer(0.05, transfers.wake)
        waker.start()
        started = time.monotonic()
        assert transfers.done(30) == []
        assert time.monotonic() - started < 5.0
        waker.join()

        transfers.wake()
        assert transfers.done(30) == []
        assert time.monotonic() - started < 5.0
    transfers.wake()


def test_a_thousand_wakes_are_one(site: Publisher) -> None:
    with client(site).transfers() as transfers:
        thread = threading.Thread(target=lambda: [transfers.wake() for _ in range(1000)])
        thread.start()
        thread.join()
        assert transfers.done(30) == []
        started = time.monotonic()
        assert transfers.done(0.05) == []
        assert time.monotonic() - started >= 0.05


# politeness


def test_forty_feeds_of_one_server_are_two_at_once_and_a_gap_apart(site: Publisher) -> None:
    counted, gap = Counted(0.05), 0.02
    site.behaves("/page", counted)
    with client(site, per_host=2, per_host_gap=gap, deadline=5).transfers() as transfers:
        for number in range(40):
            transfers.start(str(number), site.url("/page"))
        all_of(transfers)

    starts = sorted(request.at for request in site.asked("/page"))
    assert len(starts) == 40
    assert counted.most == 2
    assert starts[-1] - starts[0] >= 39 * gap * 0.9


def test_waiting_for_ones_turn_is_not_held_against_the_server(site: Publisher) -> None:
    with client(site, per_host=1, per_host_gap=0.1, deadline=0.3).transfers() as transfers:
        for number in range(8):
            transfers.start(str(number), site.url(RSS))

        assert {type(came) for _, came in all_of(transfers)} == {Response}


def test_a_page_and_a_feed_of_one_server_are_never_fetched_at_once(site: Publisher) -> None:
    counted = Counted()
    site.behaves("/feed", counted)
    site.behaves("/page", counted)
    http = client(site, per_host=1, deadline=5)
    pages = [threading.Thread(target=lambda: [http.get(site.url("/page"), accept="page") for _ in range(5)]) for _ in range(3)]
    with http.transfers() as transfers:
        for number in range(15):
            transfers.start(str(number), site.url("/feed"))
        for page in pages:
            page.start()
        assert {type(came) for _, came in all_of(transfers)} == {Response}
        for page in pages:
            page.join(10)

    assert len(site.asked("/page")) == len(site.asked("/feed")) == 15
    assert counted.most == 1


def test_a_hundred_feeds_of_one_server_hold_up_no_page_of_it(site: Publisher) -> None:
    http = client(site, per_host=1, per_host_gap=0.02, deadline=5)
    took: list[float] = []

    def page() -> None:
        started = time.monotonic()
        http.get(site.url(RSS))
        took.append(time.monotonic() - started)

    with http.transfers() as transfers:
        for number in range(100):
            transfers.start(str(number), site.url(RSS))
        thread = threading.Thread(target=page)
        ended = transfers.done(5)
        thread.start()
        while len(ended) < 100:
            ended += transfers.done(5)
        thread.join(10)

    assert took[0] < 1.0


def test_who_does_not_call_done_holds_up_no_page(site: Publisher) -> None:
    http = client(site, per_host=1, per_host_gap=0.01, deadline=5)
    with http.transfers() as transfers:
        transfers.start("1", site.url(RSS))
        transfers.start("2", site.url(RSS))
        transfers.done(5)
        transfers.done(0)
        all_of(transfers)
        transfers.start("3", site.url(RSS))
        transfers.start("4", site.url("/other"))
        [one] = transfers.done(5)
        started = time.monotonic()

        assert isinstance(http.get(site.url(RSS)), Response)

        assert time.monotonic() - started < 3.0
        assert one[0] == "3"


# what is left behind


def test_closing_gives_back_turns_and_sockets(site: Publisher) -> None:
    site.behaves("/slow", hangs)
    http = client(site, per_host=2, deadline=30)
    before = open_sockets()
    transfers = http.transfers()
    for number in range(10):
        transfers.start(str(number), site.url("/slow"))
    while len(site.asked("/slow")) < 2:
        transfers.done(0.01)
    assert open_sockets() > before

    transfers.close()
    transfers.close()

    assert len(transfers) == 0
    assert http._turns._servers[site.origin].queue == []
    assert http._turns._servers[site.origin].running == 0
    assert open_sockets() - before <= 2  # the site's own ends, until it notices
    assert isinstance(http.get(site.url(RSS)), Response)


def test_closing_with_look_ups_under_way(site: Publisher) -> None:
    release = threading.Event()

    def tarpit(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        release.wait()
        return finds("127.0.0.1")(host, port)

    http = client(site, resolver=tarpit, deadline=30)
    with http.transfers() as transfers:
        transfers.start("stuck", site.url(RSS, host="courier.test"))
        assert transfers.done(0.05) == []
    release.set()

    assert isinstance(http.get(site.url(RSS, host="courier.test")), Response)


def test_failures_leave_no_socket_and_no_handle(site: Publisher) -> None:
    site.behaves("/half", truncates)
    site.behaves("/lost", resets)
    site.behaves("/more", answers(200, {}, b"x" * 5000))
    http = client(site, feed_cap=1000, per_host=16)
    before = open_sockets()
    with http.transfers(at_once=8) as transfers:
        for number in range(300):
            transfers.start(str(number), site.url(("/half", "/lost", "/more")[number % 3]))
        reasons = {came.reason for _, came in all_of(transfers) if isinstance(came, FetchError)}
        assert reasons == {Reason.BODY_TRUNCATED, Reason.CONNECTION_LOST, Reason.BODY_TOO_LARGE}
        assert len(transfers._idle) <= 8

    assert open_sockets() - before <= 2


def test_ten_thousand_that_wait_cost_little(site: Publisher) -> None:
    def unknown(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with client(resolver=unknown, deadline=60).transfers() as transfers:
        tracemalloc.start()
        for number in range(10_000):
            transfers.start(str(number), f"http://news-{number}.test/rss.xml", etag='"abc"')
        waiting, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert waiting < 40 * MIB

        assert sum(isinstance(came, FetchError) and came.reason is Reason.DNS_FAILED for _, came in all_of(transfers)) == 10_000


def test_a_connection_serves_again(site: Publisher) -> None:
    site.keeps_open = True
    http = client(site, per_host=1, deadline=5)
    first = http.get(site.url(RSS))
    http.get(site.url(RSS))
    assert site.connections == 1

    with http.transfers() as transfers:
        for number in range(10):
            transfers.start(str(number), site.url(RSS), etag=first.headers["etag"])
        all_of(transfers)

    assert site.connections == 2


def test_a_connection_that_the_server_closed_meanwhile_is_made_anew(site: Publisher) -> None:
    def answers_and_leaves(answering: object, publisher: Publisher) -> None:
        answers(200, {"ETag": '"1"'}, b"<rss></rss>")(answering, publisher)  # type: ignore[arg-type]
        answering.close_connection = True  # type: ignore[attr-defined]

    site.keeps_open = True
    site.behaves("/it", answers_and_leaves)
    http = client(site, deadline=5)
    with http.transfers() as transfers:
        for _ in range(5):
            assert isinstance(fetch(http, site.url("/it")), Response)
            transfers.start("it", site.url("/it"))
            [(_, came)] = all_of(transfers)
            assert isinstance(came, Response)

    assert site.connections == 10


def test_connections_that_nobody_uses_are_closed(site: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "IDLE", 0.02)
    site.keeps_open = True
    http = client(site, deadline=5)
    with http.transfers() as transfers:
        before = open_sockets()
        transfers.start("feed", site.url(RSS))
        all_of(transfers)
        transfers.done(0.1)

        assert open_sockets() - before <= 1  # the site's own end, until it notices

        transfers.start("feed", site.url(RSS))
        assert isinstance(all_of(transfers)[0][1], Response)


# threads, children, signals


def test_it_serves_one_thread_at_a_time(site: Publisher) -> None:
    site.behaves("/slow", hangs)
    with client(site, deadline=30).transfers() as transfers:
        transfers.start("slow", site.url("/slow"))
        thread = threading.Thread(target=transfers.done, args=(30,))
        thread.start()
        while not site.asked("/slow"):
            assert thread.is_alive()

        with pytest.raises(RuntimeError, match="another thread"):
            transfers.start("feed", site.url(RSS))
        with pytest.raises(RuntimeError, match="another thread"):
            transfers.done(0)

        transfers.wake()
        thread.join(5)
        assert not thread.is_alive()
        transfers.start("feed", site.url(RSS))
        assert [key for key, _ in transfers.done(5)] == ["feed"]


def test_another_thread_may_close_it(site: Publisher) -> None:
    site.behaves("/slow", hangs)
    transfers = client(site, deadline=30).transfers()
    transfers.start("slow", site.url("/slow"))
    came: list[object] = []
    thread = threading.Thread(target=lambda: came.append(transfers.done(30)))
    thread.start()
    while not site.asked("/slow"):
        assert thread.is_alive()

    transfers.close()

    thread.join(5)
    assert came == [[]]
    with pytest.raises(RuntimeError, match="closed"):
        transfers.start("feed", site.url(RSS))


def test_several_serve_at_once_each_in_its_thread(site: Publisher) -> None:
    http = client(site, per_host=16, deadline=10)
    came: list[object] = []

    def many() -> None:
        with http.transfers(at_once=8) as transfers:
            for number in range(50):
                transfers.start(str(number), site.url(RSS))
            came.extend(answer for _, answer in all_of(transfers))

    threads = [threading.Thread(target=many) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert [type(answer) for answer in came] == [Response] * 300


def test_a_forked_child_leaves_the_parents_connections_alone(site: Publisher) -> None:
    site.keeps_open = True
    http = client(site, deadline=5)
    with http.transfers() as transfers:
        transfers.start("feed", site.url(RSS, host="courier.test"))
        all_of(transfers)
        http.get(site.url(RSS, host="courier.test"))
        assert site.connections == 2

        child = os.fork()
        if child == 0:
            well = False
            try:
                well = isinstance(http.get(site.url(RSS, host="courier.test")), Response)
                try:
                    transfers.done(0)
                except RuntimeError:
                    transfers.close()
                else:
                    well = False
            finally:
                os._exit(0 if well else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert site.connections == 3

        transfers.start("feed", site.url(RSS, host="courier.test"))
        assert isinstance(all_of(transfers)[0][1], Response)
        assert isinstance(http.get(site.url(RSS, host="courier.test")), Response)
        assert site.connections == 3


@pytest.mark.parametrize("ask", ["http.get(url)", "transfers.start('it', url); transfers.done(30)"])
def test_an_interrupt_ends_the_waiting(site: Publisher, ask: str) -> None:
    site.behaves("/slow", hangs)
    program = f"""
        from ingest.http import Http
        http = Http(user_agent="aseanwatch/0.1.0", allow=[{site.origin!r}], deadline=30)
        url = {site.url("/slow")!r}
        with http.transfers() as transfers:
            try:
                {ask}
            except KeyboardInterrupt:
                print("interrupted", flush=True)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True) as process:
        while not site.asked("/slow"):
            assert process.poll() is None
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20)[0] == "interrupted\n"

    assert process.returncode == 0
    assert time.monotonic() - started < 5.0


def test_a_private_address_is_refused_among_many(site: Publisher) -> None:
    def mixed(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return finds("127.0.0.1")(host, port) if host != "mixed.test" else finds("93.184.215.14", "127.0.0.1")(host, port)

    http = client(site, resolver=mixed)
    with http.transfers() as transfers:
        transfers.start("mixed", f"http://mixed.test:{site.port}/")
        transfers.start("feed", site.url(RSS, host="courier.test"))
        came = dict(all_of(transfers))

    assert isinstance(came["feed"], Response)
    assert isinstance(came["mixed"], FetchError)
    assert came["mixed"].reason is Reason.ADDRESS_REFUSED
    assert refused(fetch, Http(user_agent="x"), site.url(RSS)).reason is Reason.ADDRESS_REFUSED


def test_a_socket_that_was_closed_without_a_word_is_forgotten() -> None:
    """What `poll` says of it would else end every step at once."""
    loop = loop_module.Loop(connections=1)
    ours, theirs = socket.socketpair()
    loop._wants(pycurl.POLL_IN, ours.fileno(), pycurl.CurlMulti(), None)
    ours.close()
    loop.step(time.monotonic() + 10.0)
    began = time.monotonic()
    loop.step(began + 0.2)
    assert time.monotonic() - began >= 0.2
    theirs.close()
    loop.close()
