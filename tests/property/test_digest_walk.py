"""Days of news through routes, quiet hours, storms, outages and crashes: each target is told of each piece of news once."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import cut_off, emptied, reading, story, tell

from aseanwatch.beats import Cron
from core.alerts import AlertKind, DeliveryState, Receipt, ReceiptKind
from core.delivery import OnUnknown, next_step
from core.routes import Ask, Guard, Quiet, Recipient, Route, Routing
from store import Store, open_store

START = datetime(2026, 3, 28, 6, 0, tzinfo=UTC)
"""A day before the clock goes forward in Europe."""
BERLIN = ZoneInfo("Europe/Berlin")
ROUTING = Routing(
    recipients=(
        Recipient(name="chat", quiet=Quiet(start=time(22), end=time(2, 30), zone=BERLIN)),
        Recipient(name="mail"),
    ),
    routes=(
        Route(name="urgent", targets=("chat", "mail"), asks={Ask.COUNTRY: frozenset({"mm"})}, critical=True),
        Route(name="daily", targets=("mail",), digest=Cron("30 2 * * *", BERLIN).next),
        Route(name="rest", targets=("chat",)),
    ),
    guard=Guard(alerts=3, window=timedelta(minutes=10)),
)
ACCEPTED, REFUSED = Receipt(kind=ReceiptKind.ACCEPTED), Receipt(kind=ReceiptKind.NOT_SENT, reason="refused")

steps = st.lists(
    st.one_of(
        st.tuples(st.just("news"), st.sampled_from(["VN", "MM"])),
        st.tuples(st.just("wait"), st.sampled_from([1, 11, 60, 400, 900])),
        st.tuples(st.just("down"), st.booleans()),
        st.tuples(st.just("crash"), st.integers(0, 12)),
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def memory() -> Iterator[Store]:
    with open_store("sqlite://", now=START) as store:
        yield store


class Days:
    """A watch on a clock that stands still between steps, and two receivers that may be down."""

    def __init__(self, store: Store) -> None:
        self.store = emptied(store)
        self.now = START
        self.down = False
        self.made: list[str] = []
        self.told: dict[str, Counter[str]] = {"chat": Counter(), "mail": Counter()}

    def news(self, country: str) -> None:
        name = f"result-{len(self.made)}"
        article = story(name, country=country)
        _, alert = tell(self.store, article, reading(article, name), targets=ROUTING, now=self.now)
        assert alert
        self.made.append(name)

    def passes(self, minutes: int) -> None:
        step = 10 if minutes < 120 else 30
        for _ in range(0, minutes, step):
            self.now += timedelta(minutes=min(step, minutes))
            self.store.assemble_digests(self.now)
            self.sends()

    def sends(self) -> None:
        while claimed := self.store.claim_delivery("me", self.now, 60):
            delivery, alert = claimed
            receipt = REFUSED if self.down else ACCEPTED
            step = next_step(delivery, receipt, OnUnknown.HOLD, self.now, timedelta(days=30))
            assert self.store.record_receipt(delivery, receipt, step, self.now)
            if not self.down:
                parts = alert.parts if alert.kind is AlertKind.DIGEST else (alert,)
                self.told[delivery.target].update(item.title for part in parts for item in part.news)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_each_target_is_told_of_everything_once(memory: Store, walk: list[tuple[str, object]]) -> None:
    days = Days(memory)
    for what, how in walk:
        if what == "news":
            days.news(str(how))
        elif what == "wait":
            days.passes(int(str(how)))
        elif what == "down":
            days.down = bool(how)
        else:
            cut_off(days.store, int(str(how)), lambda: days.store.assemble_digests(days.now))

    days.down = False
    days.passes(60 * 30)

    assert days.told == {target: Counter(dict.fromkeys(days.made, 1)) for target in ("chat", "mail")}
    counts = days.store.told_counts()
    assert {name for name, number in counts.items() if number} <= {DeliveryState.SENT, DeliveryState.SUPPRESSED}
    for _, delivery in days.store.told(state="suppressed", limit=1000):
        assert delivery.listed_in
        found = days.store.alert(delivery.listed_in)
        assert found
        assert delivery.alert in [part.alert for part in found[0].parts] or found[0].kind is AlertKind.DIGEST
