"""The queries of every minute find their rows by an index, however many rows there are."""

from collections.abc import Callable
from typing import Any

import pytest
from desk import only, prints, says
from sqlalchemy import event, text
from stores import MINUTE, NOW, VNA, entry, poll, reading, story, tell

from core.alerts import DeliveryState, Receipt, ReceiptKind
from core.delivery import Step
from core.review import Action
from store import Store
from store.register import candidates
from store.tables import metadata

SMALL = {"source", "polling", "meta"}
LARGE = [table.name for table in metadata.sorted_tables if table.name not in SMALL] + ["other"]
"""Tables that grow with time; "other" is what the claim calls the deliveries that it compares with."""


def scene(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("known")))
    for name in ("first", "second", "third"):
        tell(store, story(name), reading(story(name), name, "Joint Communique"))


def look_for_candidates(store: Store) -> None:
    with store._reading() as tx:
        assert len(candidates(tx, ["title:Joint Communique", "title:first", "title:none"])) == 2


def read_an_article(store: Store) -> None:
    tell(store, story("fourth"), reading(story("fourth"), "Joint Communique", "fourth"))


def edit_an_article(store: Store) -> None:
    prints(store, "fourth", "Joint Communique", "fourth")
    prints(store, "fourth", "fourth")


def review_an_outcome(store: Store) -> None:
    prints(store, "a", "Joint Statement on trade")
    prints(store, "b", "Joint Statement on trade")
    says(store, Action.CONFIRM, only(store, "Joint Statement on trade"))
    says(store, Action.SPLIT, only(store, "Joint Statement on trade"), articles=(story("b").key,))
    says(store, Action.UNDO, only_key(store))


def only_key(store: Store) -> str:
    return store.reviews()[0][0].outcome


def send(store: Store) -> None:
    claimed = store.claim_delivery("me", NOW, 60)
    assert claimed
    store.record_receipt(claimed[0], Receipt(kind=ReceiptKind.ACCEPTED), Step(state=DeliveryState.SENT), NOW)


EVERY_MINUTE: list[Callable[[Store], object]] = [
    look_for_candidates,
    read_an_article,
    send,
    lambda store: store.recover_leases(NOW + MINUTE),
    lambda store: store.known_names({VNA.id: ["known", "new"]}),
    lambda store: store.record_poll(poll(entry("known"), entry("new"))),
    lambda store: store.pending_entries(NOW),
    lambda store: store.record_article(entry("known"), story("known"), NOW),
    lambda store: store.unread_articles(now=NOW),
    lambda store: store.events(after=3),
    lambda store: store.outcome("no such key"),
    edit_an_article,
    review_an_outcome,
    lambda store: store.outcome(only(store, "first").key, NOW),
    lambda store: store.sightings([only(store, "first").key], NOW),
    lambda store: store.outcomes(limit=20),
    lambda store: store.article("no such key"),
]


def statements(store: Store, work: Callable[[Store], object]) -> list[tuple[str, Any]]:
    """What `work` asks of the database, with its parameters."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, _context: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.append((statement, parameters[0] if many else parameters))

    engines = {store._engines.writer, store._engines.reader}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    work(store)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return asked


@pytest.mark.parametrize("work", EVERY_MINUTE)
def test_what_is_asked_every_minute_reads_no_table_from_end_to_end(store: Store, work: Callable[[Store], object]) -> None:
    scene(store)
    asked = [(statement, parameters) for statement, parameters in statements(store, work) if "advisory" not in statement]
    assert asked
    with store._writing() as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(text("SET LOCAL enable_seqscan = off"))  # a few rows are read faster without an index
        for statement, parameters in asked:
            explain = "EXPLAIN" if tx.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
            plan = [str(row[-1]) for row in tx.exec_driver_sql(f"{explain} {statement}", parameters)]
            whole = [step for step in plan if any(step.strip(" ->").startswith(scan) for scan in scans())]
            assert not whole, (statement, plan)


def scans() -> list[str]:
    """How the databases say that they read a large table from end to end."""
    return [f"Seq Scan on {table} " for table in LARGE]
