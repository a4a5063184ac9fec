"""GETs that wait for their turn."""

from ingest.http.asks import Asker
from ingest.http.waiting import Flight, Waiting
from ingest.politeness import Turns

ASKER = Asker(user_agent="aseanwatch", contact="", deadline=30, feed_cap=1000, page_cap=1000)


def flight(url: str) -> Flight:
    return Flight(key=url, ask=ASKER.ask(url, None, None, "feed"))


def keys(waiting: Waiting) -> list[str]:
    """Those that have their turn now."""
    found = []
    while (one := waiting.next()) is not None:
        found.append(one.key)
    return found


def test_each_server_has_its_turn_before_one_has_its_second() -> None:
    waiting = Waiting(Turns(at_once=9, gap=0), lambda news: news(), lambda: True)
    for url in ("http://a.test/1", "http://a.test/2", "http://a.test/3", "http://b.test/1", "http://c.test/1"):
        waiting.add(flight(url))
    waiting.add(flight("http://b.test/0"), first=True)

    assert keys(waiting) == [
        "http://a.test/1",
        "http://b.test/0",
        "http://c.test/1",
        "http://a.test/2",
        "http://b.test/1",
        "http://a.test/3",
    ]


def test_without_room_it_stands_in_nobodys_way() -> None:
    turns, room = Turns(at_once=1, gap=0), [True]
    waiting = Waiting(turns, lambda news: news(), lambda: room[0])
    other = turns.queue("a.test:80", lambda: None)
    assert turns.take(other) == 0
    waiting.add(flight("http://a.test/1"))
    assert keys(waiting) == []
    behind = turns.queue("a.test:80", lambda: None)

    room[0] = False
    turns.leave(other)

    assert turns.take(behind) == 0
    turns.leave(behind)
    room[0] = True
    assert keys(waiting) == ["http://a.test/1"]


def test_one_place_a_server_is_all_that_it_holds() -> None:
    turns = Turns(at_once=1, gap=0)
    waiting = Waiting(turns, lambda news: news(), lambda: True)
    for number in range(100):
        waiting.add(flight(f"http://a.test/{number}"))
    assert keys(waiting) == ["http://a.test/0"]

    behind = turns.queue("a.test:80", lambda: None)
    waiting.clear()

    assert turns.take(behind) > 0  # the one that began has its turn still
    assert len(turns._servers["a.test:80"].queue) == 1
