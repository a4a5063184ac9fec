"""Turns at one server."""

import threading
import time

from ingest.politeness import Turns

GAP = 0.02


def test_two_starts_are_a_gap_apart_and_another_server_is_not_held_up() -> None:
    turns = Turns(at_once=1, gap=GAP)
    started = time.monotonic()
    for _ in range(6):
        with turns.turn("news.example:443"):
            pass
    assert time.monotonic() - started >= 5 * GAP

    with turns.turn("news.example:443"):
        turn = turns.turn("other.example:443")
        turn.__enter__()
        turn.__exit__(None, None, None)


def test_who_finds_the_server_busy_waits_for_its_turn() -> None:
    turns = Turns(at_once=1, gap=0)
    inside, order = threading.Event(), []

    def second() -> None:
        inside.wait()
        with turns.turn("news.example:443"):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with turns.turn("news.example:443"):
        inside.set()
        thread.join(0.05)
        order.append("first")
    thread.join(5)

    assert order == ["first", "second"]


def test_a_turn_is_given_back_when_its_work_fails() -> None:
    turns = Turns(at_once=1, gap=0)
    for _ in range(3):
        try:
            with turns.turn("news.example:443"):
                raise OSError
        except OSError:
            pass

    with turns.turn("news.example:443"):
        pass


def test_servers_of_long_ago_are_forgotten() -> None:
    turns = Turns(at_once=1, gap=0)
    for number in range(2000):
        with turns.turn(f"news{number}.example:443"):
            pass

    assert len(turns) < 1000
