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


class Clock:
    """Stands where it is put."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def nothing() -> None:
    """Is told, and does not care."""


def test_turns_are_given_in_the_order_in_which_they_were_asked_for() -> None:
    clock, told = Clock(), []
    turns = Turns(at_once=1, gap=10.0, monotonic=clock)
    places = [turns.queue("news.example:443", lambda name=name: told.append(name)) for name in "abc"]

    assert turns.take(places[0]) == 0
    assert turns.take(places[1]) > 0
    turns.leave(places[0])
    assert turns.take(places[1]) == 10.0
    clock.now += 10.0
    assert turns.take(places[2]) > 0
    assert turns.take(places[1]) == 0
    turns.leave(places[1])
    clock.now += 10.0
    assert turns.take(places[2]) == 0
    turns.leave(places[2])
    assert told[:2] == ["b", "c"]


def test_who_looks_away_is_passed_over() -> None:
    clock = Clock()
    turns = Turns(at_once=1, gap=0.0, monotonic=clock)
    first, second = (turns.queue("news.example:443", nothing) for _ in range(2))

    wait = turns.take(second)
    assert wait > 0
    clock.now += wait
    assert turns.take(second) == 0
    assert turns.take(first) > 0
    turns.leave(second)
    assert turns.take(first) == 0


def test_who_leaves_the_queue_calls_the_next() -> None:
    told: list[str] = []
    turns = Turns(at_once=1, gap=0.0, monotonic=Clock())
    first = turns.queue("news.example:443", nothing)
    second = turns.queue("news.example:443", lambda: told.append("second"))

    turns.leave(first)

    assert told == ["second"]
    assert turns.take(second) == 0


def test_a_place_at_another_server_is_free() -> None:
    turns = Turns(at_once=1, gap=10.0, monotonic=Clock())

    assert turns.take(turns.queue("news.example:443", nothing)) == 0
    assert turns.take(turns.queue("other.example:443", nothing)) == 0
