"""Yesterday's copy of the database is put back: nothing that was told is told again, and what is new waits for a person."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from daemon import Said, called, until
from newsroom import joint_statements, settings_file
from publisher import ATOM, RSS, Publisher
from receivers import WebhookReceiver

from store import LEDGER, read_ledger


@dataclass
class Desk:
    """A site, a receiver and a watch between them, which runs a round at a time."""

    publisher: Publisher
    hook: WebhookReceiver
    settings: Path

    def __post_init__(self) -> None:
        self._news = joint_statements()

    @property
    def data(self) -> Path:
        return self.settings.parent / "data"

    def publishes(self) -> None:
        _, text = next(self._news)
        self.publisher.adds_text(f"story-{len(self.publisher.stories)}", text, published=datetime.now(UTC))

    def round(self) -> str:
        """Rounds of the watch, until both feeds were asked: they are due a second after they were asked before."""
        before = {feed: len(self.publisher.asked(feed)) for feed in (RSS, ATOM)}
        said: list[str] = []

        def asked() -> bool:
            said.append(self.does("run", "--once").stdout)
            return all(len(self.publisher.asked(feed)) > number for feed, number in before.items())

        until(asked, 30, "both feeds to be asked", say=lambda: "".join(said))
        return "".join(said)

    def does(self, *arguments: str) -> Said:
        said = called(*arguments, "--config", str(self.settings))
        assert said.returncode == 0, said
        return said

    @property
    def told(self) -> Counter[str]:
        return Counter(arrival.delivery for arrival in self.hook.arrivals)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Publisher() as publisher, WebhookReceiver() as hook:
        desk = Desk(publisher, hook, settings_file(tmp_path, publisher, {"ministry_hook": hook.url}))
        desk.round()  # what the feeds hold when they are first read is history
        yield desk


def copied(database: Path, copy: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))


def test_a_restored_database_repeats_nothing_and_holds_what_is_new(desk: Desk) -> None:
    database, backup = desk.data / "aseanwatch.db", desk.data / "backup.db"
    desk.publishes()
    desk.round()
    copied(database, backup)
    desk.publishes()
    desk.round()
    before = desk.told
    assert len(before) == 2
    assert [one.delivery for one in read_ledger(desk.data / LEDGER)] == list(before)

    shutil.copyfile(backup, database)
    desk.publishes()
    said = desk.round()

    assert "`aseanwatch alerts release`" in said
    assert desk.told == before, "what was told since the backup is not told again, and what is new is held"
    assert "the sent-ledger" in called("doctor", "--quick", "--config", str(desk.settings)).stdout
    assert desk.does("alerts", "release").stdout == "1 deliveries released; 1 more were sent before, by the sent-ledger.\n"

    desk.round()

    assert len(desk.told) == 3
    assert set(desk.told.values()) == {1}
    assert desk.does("alerts", "release").stdout == "Nothing is held.\n"


def test_what_is_held_may_be_suppressed_instead(desk: Desk) -> None:
    desk.publishes()
    desk.round()
    (desk.data / "aseanwatch.db").unlink()  # a new database beside the old ledger
    desk.round()
    desk.publishes()
    desk.round()

    assert desk.does("alerts", "release", "--suppress").stdout == "1 deliveries suppressed; 0 more were sent before, by the sent-ledger.\n"

    desk.round()
    assert len(desk.told) == 1


def test_a_ledger_that_is_gone_is_made_again_from_the_database(desk: Desk) -> None:
    desk.publishes()
    desk.round()
    ledger = desk.data / LEDGER
    before = read_ledger(ledger)
    ledger.unlink()

    desk.round()

    assert [one.delivery for one in read_ledger(ledger)] == [one.delivery for one in before]
    assert len(desk.told) == 1
