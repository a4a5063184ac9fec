"""The machine that delivers, in a real daemon: it stops when it is told to, is not held up by what hangs, and tells of a full disk."""

import contextlib
import json
import resource
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from daemon import Daemon, called, until
from newsroom import PLAINLY, joint_statements, opens, settings_file
from publisher import Publisher
from receivers import WebhookReceiver

from core.alerts import DeliveryState
from core.outcomes import Event, EventKind
from store import Store, open_store

HANGING = 20
IMPATIENCE = """
from aseanwatch import polls, schedule, troubles
from aseanwatch.cli import main
troubles.PATIENCE_SECONDS = troubles.QUIET_SECONDS = polls.REST_SECONDS = 1
schedule.Watch.__init__.__kwdefaults__["recover_seconds"] = 1
main()
"""
"""The watch, with a second of patience for a database that cannot be written, where it has a minute."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


def publish(publisher: Publisher, number: int) -> None:
    for name, (_, text) in zip(range(number), joint_statements(), strict=False):
        publisher.adds_text(f"story-{name}", text, published=datetime.now(UTC))


def stored(settings: Path) -> Store:
    return open_store(f"sqlite:///{settings.parent / 'data' / 'aseanwatch.db'}", now=datetime.now(UTC), migrate=False)


def test_sigterm_finishes_what_is_being_sent_and_leaves_the_rest_for_later(publisher: Publisher, tmp_path: Path) -> None:
    answering: list[Callable[[], bool]] = []

    def waits(_: object) -> None:
        if answering:
            until(answering[0], 10, "the signal")

    with WebhookReceiver(before_answer=waits) as hook:
        settings = settings_file(tmp_path, publisher, {"hook": hook.url})
        with Daemon("--config", str(settings)) as daemon:
            daemon.wait_for("started")
            opens(publisher, daemon.told)
            answering.append(lambda: daemon.says("stopping"))
            publish(publisher, 3)
            hook.wait_for(1, 30)
            assert daemon.terminate(20) == 0, daemon.told()
        with stored(settings) as store:
            states = Counter(one.state for one in store.deliveries())
        assert len(hook.arrivals) == states[DeliveryState.SENT] == 1
        assert states[DeliveryState.SENDING] == states[DeliveryState.UNKNOWN] == 0

        with Daemon("--config", str(settings)) as daemon:
            daemon.wait_for("started")
            hook.wait_for(3, 30)
            assert daemon.terminate() == 0, daemon.told()
        assert set(Counter(one.delivery for one in hook.arrivals).values()) == {1}


@contextlib.contextmanager
def silent_servers(number: int) -> Iterator[list[str]]:
    """Addresses, each on a host of its own, that take a connection and never say a word."""
    with ExitStack() as held:
        addresses = []
        for host in range(number):
            server = held.enter_context(socket.create_server((f"127.0.2.{host + 1}", 0)))
            addresses.append(f"http://127.0.2.{host + 1}:{server.getsockname()[1]}/rss.xml")
        yield addresses


def test_twenty_sources_that_hang_do_not_delay_the_news_of_another(publisher: Publisher, tmp_path: Path) -> None:
    with WebhookReceiver() as hook, silent_servers(HANGING) as addresses:
        settings = settings_file(tmp_path, publisher, {"hook": hook.url})
        settings.write_text(settings.read_text().replace("127.0.0.1/32", "127.0.0.0/8"))
        sources = tmp_path / "sources.toml"
        silent = '\n[[source]]\nid = "silent-{n}"\nurl = "{url}"\npublisher = "Silent {n}"\ninterval = "1s"\n'
        hanging = "".join(silent.format(n=number, url=url) for number, url in enumerate(addresses))
        sources.write_text(hanging + sources.read_text())
        with Daemon("--config", str(settings)) as daemon:
            daemon.wait_for("started")
            opens(publisher, daemon.told)
            publish(publisher, 1)
            hook.wait_for(1, 30)
            assert daemon.terminate() == 0, daemon.told()
    said = called("alerts", "list", "--json", "--config", str(settings)).stdout
    waited = [json.loads(line)["seconds_to_first_attempt"] for line in said.splitlines()]
    assert len(waited) == 1
    assert 0 <= waited[0] < 15, "the promise is a minute, on a machine with nothing else to do"
    assert "95 in 100 were tried within" in called("doctor", "--quick", "--config", str(settings)).stdout


def test_a_disk_that_takes_nothing_is_told_past_the_database_and_loses_no_alert(publisher: Publisher, tmp_path: Path) -> None:
    with WebhookReceiver() as hook, WebhookReceiver() as ops:
        alerts = PLAINLY.replace("operator.targets = []", 'operator.targets = ["ops"]\nroutes = [{name = "news", targets = ["hook"]}]')
        settings = settings_file(tmp_path, publisher, {"hook": hook.url, "ops": ops.url}, alerts=alerts)
        with Daemon("--config", str(settings), launcher=(sys.executable, "-c", IMPATIENCE)) as daemon:
            daemon.wait_for("started")
            opens(publisher, daemon.told)
            _, most = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
            publish(publisher, 1)

            told = ops.wait_for(1, 40)[0]

            assert "trouble of the watch" in told.json["title"], told.json
            assert hook.arrivals == []
            resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (most, most))
            hook.wait_for(1, 60)
            until(lambda: any(one.kind is EventKind.WATCH_RECOVERED for one in events(settings)), 30, "the end of it", say=daemon.told)
            assert daemon.terminate() == 0, daemon.told()
    with stored(settings) as store:
        assert store.check() == []
    assert EventKind.WATCH_TROUBLE in {one.kind for one in events(settings)}
    assert set(Counter(one.delivery for one in hook.arrivals).values()) == {1}


def events(settings: Path) -> list[Event]:
    with stored(settings) as store:
        return list(store.events(limit=10_000))
