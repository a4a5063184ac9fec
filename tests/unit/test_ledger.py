"""The sent-ledger: whole lines that outlive crashes, a full disk and time."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.delivery import Acknowledged
from core.errors import StoreError
from store import Ledger, read_ledger
from store import ledger as module

AT = datetime(2026, 7, 11, 9, tzinfo=UTC)


def told(number: int) -> Acknowledged:
    return Acknowledged(delivery=f"delivery-{number}", alert=f"alert-{number}", target="desk_mail", at=AT + timedelta(seconds=number))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sent.ledger"


def test_what_was_added_is_known_to_the_next_process_in_order_and_to_nobody_else(path: Path) -> None:
    Ledger(path).add([told(2), told(1)])

    ledger = Ledger(path)

    assert ledger.all() == read_ledger(path) == [told(1), told(2)]
    assert "delivery-1" in ledger
    assert "delivery-3" not in ledger
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_delivery_has_one_line_however_often_it_is_added(path: Path) -> None:
    ledger = Ledger(path)
    ledger.add([told(1)])
    ledger.add([told(1), told(1), told(2)])
    assert path.read_text().count("\n") == 2


def test_it_is_on_the_disk_before_add_returns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(module.os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    Ledger(path).add([told(1)])
    assert synced == [path.stat().st_size]


@pytest.mark.parametrize("cut", range(1, 55, 7))
def test_a_line_that_a_crash_tore_costs_that_line_and_no_other(path: Path, cut: int) -> None:
    Ledger(path).add([told(1), told(2)])
    with path.open("rb+") as file:
        file.truncate(path.stat().st_size - cut)

    Ledger(path).add([told(3)])

    found = Ledger(path).all()
    assert {told(1), told(3)} <= set(found)
    assert len(found) <= 3


@pytest.mark.parametrize(
    "rubbish", ["\n\n", "nonsense\n", "a b c d\n", "2026-07-11T09:00:00 no zone here\n", "\0\0\0\n", "\udcff \ufffd\n"]
)
def test_lines_that_are_none_of_ours_are_passed_over(path: Path, rubbish: str) -> None:
    Ledger(path).add([told(1)])
    with path.open("ab") as file:
        file.write(rubbish.encode("utf-8", "surrogateescape"))
    Ledger(path).add([told(2)])
    assert Ledger(path).all() == [told(1), told(2)]


def test_a_full_disk_is_told_and_what_it_refused_comes_with_the_next_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(path)
    ledger.add([told(1)])
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        if write(descriptor, bytes(data)[: len(data) // 2]):
            raise OSError(28, "No space left on device")
        return 0

    with monkeypatch.context() as full:
        full.setattr(module.os, "write", half)
        with pytest.raises(StoreError, match="No space left on device") as refused:
            ledger.add([told(2)])
    assert refused.value.transient
    assert "delivery-2" in ledger, "it is not sent again by this process"

    ledger.add([told(3)])

    assert Ledger(path).all() == [told(1), told(2), told(3)]


def test_it_is_bounded_and_keeps_the_newest(path: Path) -> None:
    ledger = Ledger(path, limit=10)
    for number in range(100):
        ledger.add([told(number)])
        assert path.read_text().count("\n") <= 20
    assert Ledger(path).all()[-10:] == [told(number) for number in range(90, 100)]
    assert [one.name for one in path.parent.iterdir()] == ["sent.ledger"]


def test_a_file_that_grew_too_long_is_cut_when_it_is_opened(path: Path) -> None:
    Ledger(path).add([told(number) for number in range(30)])
    assert Ledger(path, limit=10).all() == Ledger(path).all() == [told(number) for number in range(20, 30)]


def test_without_a_file_it_lasts_as_long_as_the_process(path: Path) -> None:
    ledger = Ledger(None)
    ledger.add([told(1)])
    assert "delivery-1" in ledger
    assert read_ledger(path) == []


def test_a_folder_in_its_place_is_an_error_that_names_it(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreError, match=r"sent\.ledger"):
        Ledger(path)
