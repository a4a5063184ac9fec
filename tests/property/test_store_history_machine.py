"""Whatever is printed, edited, read by other rules, reviewed and broken off: the log is the register, and nobody is told twice."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from desk import article_saying, prints, says
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from stores import NOW, cut_off

from core.alerts import AlertKind
from core.codes import Level, Standing, Status
from core.history import rebuild
from core.origins import Authority
from core.outcomes import Outcome, Values
from core.review import Action, Refused, questions
from core.sources import Tier
from store import open_store

TITLES = ["Joint Communique", "communique of the meeting", "ASEAN-UK Joint Statement on trade", "Plan of Action 2025-2029"]
NAMES = st.sampled_from("abcd")
MINISTRY = "d"
"""The one whose texts are official."""
EVERY = 100_000


class Desk(RuleBasedStateMachine):
    """A newsroom, a review desk, and a process that dies now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store("sqlite://", now=NOW)
        self.now = NOW
        self.seen: list[tuple[datetime, dict[str, Outcome]]] = []
        """When the register stood how."""

    def teardown(self) -> None:
        self.store.close()

    def pick(self, place: int) -> str | None:
        keys = sorted(one.key for one in self.store.outcomes(limit=EVERY))
        return keys[place % len(keys)] if keys else None

    def unless_cut(self, at: int, work: Callable[[], object]) -> None:
        """Does it, or dies before the statement of that number (0: it does not)."""
        with suppress(Refused):
            cut_off(self.store, at - 1, work)

    @rule(
        name=NAMES,
        said=st.lists(st.sampled_from(TITLES), unique=True, max_size=3),
        status=st.sampled_from([Status.DONE, Status.DONE, Status.PLANNED, Status.FAILED]),
        rules=st.sampled_from(["rules-1", "rules-2"]),
        at=st.one_of(st.just(0), st.integers(1, 60)),
    )
    def an_article_is_printed_or_edited(self, name: str, said: list[str], status: Status, rules: str, at: int) -> None:
        self.now += timedelta(minutes=1)
        tier = Tier.OFFICIAL if name == MINISTRY else Tier.PRESS
        printed = article_saying(name, *said, str(status), tier=tier, publisher=name)
        how = {"status": status, "rules": rules, "now": self.now, "targets": ["chat", "mail"], "article": printed}
        self.unless_cut(at, lambda: prints(self.store, name, *said, **how))

    @rule(
        place=st.integers(0, 9),
        action=st.sampled_from([Action.CONFIRM, Action.REJECT, Action.DISMISS, Action.APPLY, Action.UNDO, Action.UNDO]),
        at=st.one_of(st.just(0), st.integers(1, 30)),
    )
    def somebody_says(self, place: int, action: Action, at: int) -> None:
        self.now += timedelta(minutes=1)
        if key := self.pick(place):
            self.unless_cut(at, lambda: says(self.store, action, key, at=self.now))

    @rule(
        place=st.integers(0, 9),
        edits=st.builds(
            Values,
            title=st.sampled_from([None, "As it is called"]),
            status=st.sampled_from([None, Status.DONE, Status.PLANNED]),
            level=st.sampled_from([None, Level.LEADERS]),
        ),
    )
    def somebody_edits(self, place: int, edits: Values) -> None:
        self.now += timedelta(minutes=1)
        if key := self.pick(place):
            self.unless_cut(0, lambda: says(self.store, Action.EDIT, key, at=self.now, edits=edits))

    @rule(one=st.integers(0, 9), other=st.integers(0, 9), at=st.one_of(st.just(0), st.integers(1, 30)))
    def somebody_merges(self, one: int, other: int, at: int) -> None:
        self.now += timedelta(minutes=1)
        kept, gone = self.pick(one), self.pick(other)
        if kept and gone:
            self.unless_cut(at, lambda: says(self.store, Action.MERGE, kept, at=self.now, other=gone))

    @rule(place=st.integers(0, 9), name=NAMES, at=st.one_of(st.just(0), st.integers(1, 30)))
    def somebody_splits(self, place: int, name: str, at: int) -> None:
        self.now += timedelta(minutes=1)
        if key := self.pick(place):
            self.unless_cut(at, lambda: says(self.store, Action.SPLIT, key, at=self.now, articles=(f"vna.example/{name}",)))

    @precondition(lambda self: self.now > (self.seen[-1][0] if self.seen else NOW))
    @rule()
    def somebody_looks(self) -> None:
        self.seen.append((self.now, {one.key: one for one in self.store.outcomes(limit=EVERY)}))

    @invariant()
    def the_log_is_the_register(self) -> None:
        register = {one.key: one for one in self.store.outcomes(limit=EVERY)}
        assert rebuild(self.store.events(limit=EVERY, records=True)) == register
        assert self.store.check() == []

    @invariant()
    def the_past_stays_as_it_was(self) -> None:
        for then, register in self.seen:
            assert {one.key: one for one in self.store.outcomes(limit=EVERY, as_of=then)} == register

    @invariant()
    def nobody_is_told_or_corrected_twice(self) -> None:
        alerts = [alert for alert, _ in self.store.alerts(EVERY)]
        told = Counter((item.outcome, item.status) for alert in alerts if alert.kind is AlertKind.NEWS for item in alert.news)
        assert max(told.values(), default=1) == 1
        corrected = Counter((alert.corrects, item.outcome) for alert in alerts if alert.kind is AlertKind.CORRECTION for item in alert.news)
        assert max(corrected.values(), default=1) == 1

    @invariant()
    def every_record_is_what_its_sightings_say(self) -> None:
        for outcome in self.store.outcomes(limit=EVERY):
            found = self.store.outcome(outcome.key)
            assert found
            assert self.store.outcome(outcome.key, self.now) == found
            articles = {one.reported.article for one in found[1]}
            assert (outcome.articles, outcome.supported) == (len(articles), bool(articles))
            assert sorted(outcome.origins) == sorted({one.reported.origin for one in found[1]})
            assert outcome.reviewed.standing in (None, outcome.standing)
            if outcome.standing is Standing.DISPUTED and not outcome.reviewed.settled:
                assert any(asked.startswith("disputed: ") for asked in questions(outcome))
            if outcome.supported and outcome.reviewed.standing is None and outcome.standing is not Standing.DISPUTED:
                said = {one.reported.sighting.status for one in found[1] if one.reported.authority is Authority.OFFICIAL}
                decided = {outcome.status, outcome.computed.status or Status.DONE} == {Status.DONE} and outcome.level is Level.MINISTERIAL
                confirmed = decided and Status.DONE in said
                assert (outcome.standing is Standing.CONFIRMED) == confirmed


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
