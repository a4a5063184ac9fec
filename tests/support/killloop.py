"""The watch is killed again and again while articles come in and messages go out; at the end it is counted what was lost, or came twice.

    python tests/support/killloop.py --rounds 400 --seed 7 --database postgresql

Around the real daemon, on a real database: a feed server that knows what it published, and three receivers that know what arrived. Each
takes a message whole, waits up to 50 ms, and then answers. Of class A is a webhook that drops what it has already, by its key. Of class C
are a webhook without a memory, for which doubts are held, and a mail server, to which doubts are sent once more, marked. No channel is of
class B. What must hold is in docs/reference/delivery.md; the numbers of the invariants are those of `INVARIANTS`.
"""

import argparse
import contextlib
import os
import queue
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import postgres
from killable import POINTS, Killable
from newsroom import GROUND, target
from publisher import ATOM, Publisher, Story, honest
from receivers import SmtpReceiver, WebhookReceiver

from core.alerts import WAITING, Alert, Delivery, DeliveryState
from store import Store, open_store

INVARIANTS = {
    "I1": "every article that was served whole is on record and read",
    "I2": "an outcome has one alert",
    "I3": "an alert has one delivery to each target",
    "I4": "what is sent arrived, what arrived did so once; unmarked twice never, marked twice where that was asked for",
    "I5": "nothing is being sent after the end",
    "I6": "the database is sound",
    "I7": "validators stand for entries that are stored",
    "I8": "attempts are as far apart as their pauses",
    "I9": "everything is settled within a minute of the last start",
}
FIRST_PAUSE = 0.1
"""Seconds before the first repetition, instead of five."""
MOST_SECONDS = 15.0
"""A run that has not come to its point by then is killed where it is."""
WINDOW = 40
"""Articles that the feed announces; one that is not on record yet stays: what comes and goes between two polls is not promised."""
LEG = 25
"""Kills after which the watch is left alone until it has caught up: on a busy machine it would fall further and further behind."""
BEFORE = {"before:recovery": ("arrived",), "after:recovery": ("arrived",)}
"""What must have happened so that a point can be reached: a recovery has something to do after a death in the midst of sending."""
REPEATING, HOLDING, RESENDING = "remembering_hook", "blind_hook", "desk_mail"
CLASSES = {REPEATING: "A, repeat", HOLDING: "C, hold", RESENDING: "C, resend"}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is done to the watch; the same seed gives the same plan (and other moments)."""

    seed: int
    rounds: int
    points: Sequence[str] = POINTS
    at_random: float = 0.25
    """The share of rounds that are killed at any moment."""
    drops: float = 0.15
    """The share of rounds in which one receiver is not there."""
    mutation: str = ""
    grows: bool = True
    """Whether anything is published in the rounds; otherwise once, before the first."""
    patience: float = 60.0
    """Seconds in which everything is to be settled at the end."""


@dataclass
class Verdict:
    """What was found at the end."""

    kills: Counter[str] = field(default_factory=Counter)
    """By point; `any moment` for all others."""
    outcomes: int = 0
    deliveries: int = 0
    articles_lost: int = 0
    silently_lost: int = 0
    duplicates: Counter[str] = field(default_factory=Counter)
    """By class of target: messages beyond the first that somebody saw, without a mark."""
    marked: int = 0
    """Messages beyond the first that were marked as possible repeats, as their target wants them."""
    dropped: int = 0
    """Messages that the receiver of class A had already, and dropped."""
    held: Counter[str] = field(default_factory=Counter)
    """By class: deliveries in doubt at the end."""
    held_arrived: int = 0
    """Of those, how many had arrived."""
    seconds: float = 0.0
    """From the start of an undisturbed run until everything was settled; the longest."""
    broken: dict[str, str] = field(default_factory=dict)
    """Invariants that do not hold, each with an example."""

    def lines(self) -> Iterator[str]:
        """All of it, for people."""
        yield f"kills {self.kills.total()}, {len([p for p in self.kills if p in POINTS])} of {len(POINTS)} points hit"
        yield "  " + ", ".join(f"{point} {number}" for point, number in sorted(self.kills.items()))
        yield f"outcomes {self.outcomes}, deliveries due {self.deliveries}"
        yield f"articles lost {self.articles_lost}, alerts silently lost {self.silently_lost}"
        yield "duplicates " + ", ".join(f"[{name}] {self.duplicates[name]}" for name in CLASSES.values())
        yield f"repeats that the receiver dropped [A] {self.dropped}, marked repeats [C, resend] {self.marked}"
        yield (
            "held " + ", ".join(f"[{name}] {self.held[name]}" for name in CLASSES.values()) + f"; of these had arrived {self.held_arrived}"
        )
        yield f"settled {self.seconds:.1f} s after the start of an undisturbed run at the latest"
        for name, example in self.broken.items():
            yield f"BROKEN {name} ({INVARIANTS[name]}): {example}"
        if not self.broken:
            yield f"{', '.join(INVARIANTS)} hold"


class KillLoop:
    """The feed server, the receivers, the daemon between them, and who kills it."""

    def __init__(self, folder: Path, database: str, plan: Plan) -> None:
        """`database`: a URL."""
        self._plan = plan
        self._database = database
        self._moments = random.Random(plan.seed)
        self._folder = folder
        self._news = results()
        self._documents: list[str] = []
        self._pauses = random.Random(plan.seed + 1)
        self._pid = 0
        self._tried: set[str] = set()
        self._armed = threading.Event()
        self._verdict = Verdict()
        self._publisher = Publisher()
        self._repeating = WebhookReceiver(before_answer=self._met)
        self._holding = WebhookReceiver(before_answer=self._met)
        self._resending = SmtpReceiver(before_answer=self._met)
        self._killable = Killable(folder)

    def run(self) -> Verdict:
        """All rounds, undisturbed until everything is settled after each leg of them."""
        with self._publisher, self._repeating, self._holding, self._resending, self._killable:
            self._settings = self._write_settings()
            self._killable.start("run", "--once", "--config", str(self._settings))
            assert self._killable.ended(60).returncode == 0, self._killable.said  # what the feed holds at first is history
            self._publisher.behaves(ATOM, self._serve)
            self._publishes(2)
            for number, point in enumerate(self._points(), 1):
                self._round(point)
                if number % LEG == 0 or number == self._plan.rounds:
                    self._comes_to_rest()
            with self._store() as store:
                self._judge(store)
        return self._verdict

    # the rounds

    def _points(self) -> Iterator[str]:
        """Where each round is to be killed; empty: at any moment. All points in a random order, and again."""
        points = list(self._plan.points)
        due: list[str] = []
        for _ in range(self._plan.rounds):
            if self._moments.random() < self._plan.at_random:
                yield ""
                continue
            if not due:
                due = [step for point in self._moments.sample(points, len(points)) for step in (*BEFORE.get(point, ()), point)]
            yield (point := due.pop(0))
            if not self._verdict.kills[point] and point not in self._tried:
                self._tried.add(point)  # it did not come to that: once more
                due = [*BEFORE.get(point, ()), point, *due]

    def _round(self, point: str) -> None:
        if self._plan.grows:
            self._publishes(self._moments.randint(1, 2) if point else self._moments.randint(0, 2))
        away = self._moments.choice((self._repeating, self._holding, self._resending))
        dropped = away.refusing() if self._moments.random() < self._plan.drops else contextlib.nullcontext()
        moment = self._moments.uniform(0.1, 1.2)
        with dropped:
            self._start(point)
            killed = self._ends(MOST_SECONDS if point else moment)
            if not killed:
                self._kill()
                self._killable.ended(10)
        self._verdict.kills[point if killed else "any moment"] += 1

    def _start(self, point: str) -> None:
        self._armed.clear()
        ports = [self._repeating.port, self._holding.port, self._resending.port]
        arguments = ("run", "--config", str(self._settings))
        self._pid = self._killable.start(*arguments, point=point, receivers=ports, first_pause=FIRST_PAUSE, mutation=self._plan.mutation)
        if point in ("arrived", "during:fetch"):
            self._point = point
            self._armed.set()

    def _ends(self, seconds: float) -> bool:
        """Whether it was killed within `seconds`; it never ends by itself."""
        try:
            done = self._killable.ended(seconds)
        except queue.Empty:
            return False
        assert done.returncode == -signal.SIGKILL, f"the watch ended with {done.returncode}\n{done.stdout}"
        return True

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def _met(self, _: object) -> None:
        """A receiver has a message whole, and answers after a while."""
        if self._armed.is_set() and self._point == "arrived":
            self._armed.clear()
            self._kill()
        threading.Event().wait(self._pauses.uniform(0, 0.05))

    def _serve(self, answering: object, publisher: Publisher) -> None:
        if self._armed.is_set() and self._point == "during:fetch":
            self._armed.clear()
            kind, body = publisher.document(ATOM) or ("", b"")
            answering.begins(200, {"Content-Type": kind, "Content-Length": str(len(body)), "ETag": '"half"'})  # type: ignore[attr-defined]
            answering.wfile.write(body[: len(body) // 2])  # type: ignore[attr-defined]
            self._kill()
            return
        honest(answering, publisher)  # type: ignore[arg-type]

    def _publishes(self, number: int) -> None:
        for _ in range(number):
            document, text = next(self._news)
            self._publisher.adds_text(f"story-{len(self._documents)}", text, published=datetime.now(UTC))
            self._documents.append(document)
        if len(self._announced()) > 2 * WINDOW:
            with self._store() as store:
                known = {entry.link for entry, _ in store.entries(limit=100_000)}
            for story in self._publisher.stories[WINDOW:]:
                story.in_feed = self._publisher.page_url(story.id) not in known

    def _announced(self) -> list[Story]:
        return [story for story in self._publisher.stories if story.in_feed]

    # the end

    def _comes_to_rest(self) -> None:
        """One undisturbed run, until nothing is left to be done."""
        began = time.monotonic()
        self._start("")
        while not self._settled():
            if time.monotonic() - began > self._plan.patience:
                self._breaks("I9", f"after {self._plan.patience:.0f} s {self._counts()}")
                break
            threading.Event().wait(0.2)
        self._verdict.seconds = max(self._verdict.seconds, time.monotonic() - began)
        asked = len(self._publisher.asked(ATOM))
        while len(self._publisher.asked(ATOM)) < asked + 2 and time.monotonic() - began < self._plan.patience:
            threading.Event().wait(0.05)  # what validators hide from it stays hidden
        os.kill(self._pid, signal.SIGTERM)
        done = self._killable.ended(25)
        assert done.returncode == 0, f"SIGTERM: {done.returncode}\n{done.stdout}"

    def _settled(self) -> bool:
        try:
            with self._store() as store:
                counts = store.counts()
                told = {item.title for alert, _ in store.alerts(10_000) for item in alert.news}
        except Exception:  # noqa: BLE001 - busy, or not yet made
            return False
        waiting = [
            *(counts["deliveries"][state] for state in (*WAITING, "sending")),
            counts["articles"]["unread"],
            counts["entries"]["new"],
        ]
        return len(told) == len(self._documents) and not any(waiting)

    def _counts(self) -> str:
        with self._store() as store:
            return str({noun: states for noun, states in store.counts().items() if noun in ("entries", "articles", "alerts", "deliveries")})

    def _store(self) -> Store:
        return open_store(self._database, now=datetime.now(UTC), migrate=False)

    # the verdict

    def _breaks(self, invariant: str, example: object) -> None:
        self._verdict.broken.setdefault(invariant, str(example)[:300])

    def _judge(self, store: Store) -> None:
        self._judge_articles(store)
        alerts = store.alerts(100_000)
        self._judge_alerts(alerts)
        for _, deliveries in alerts:
            for one in deliveries:
                self._judge_delivery(one)
                self._judge_attempts(store, one)
        if wrong := store.check():
            self._breaks("I6", wrong)

    def _judge_articles(self, store: Store) -> None:
        pages = {self._publisher.page_url(story.id) for story in self._publisher.stories}
        lost = pages - {str(entry.link) for entry, _ in store.entries(limit=100_000)}
        self._verdict.articles_lost = len(lost)
        if lost:
            self._breaks("I1", f"{len(lost)} articles lost, such as {min(lost)}")
        if late := pages - lost - {article.url for article in store.articles(limit=100_000)}:
            self._breaks("I1", f"{len(late)} announced articles were not fetched, such as {min(late)}")
        if lost and any(polling.etag for _, polling in store.sources()):
            self._breaks("I7", "validators are stored without entries that they stand for")
        counts = store.counts()
        if unread := counts["articles"]["unread"] + counts["articles"]["failed"]:
            self._breaks("I1", f"{unread} articles were not read")

    def _judge_alerts(self, alerts: Sequence[tuple[Alert, list[Delivery]]]) -> None:
        told = Counter(item.title for alert, _ in alerts for item in alert.news)
        self._verdict.outcomes = len(self._documents)
        self._verdict.deliveries = len(self._documents) * len(CLASSES)
        missing = set(self._documents) - set(told)
        self._verdict.silently_lost += len(missing) * len(CLASSES)
        if missing or set(told) - set(self._documents) or max(told.values(), default=1) > 1:
            self._breaks("I2", f"untold {sorted(missing)[:3]}, told twice {[title for title, n in told.items() if n > 1][:3]}")
        for alert, deliveries in alerts:
            if sorted(one.target for one in deliveries) != sorted(CLASSES):
                self._breaks("I3", f"alert {alert.key} is owed to {[one.target for one in deliveries]}")

    def _judge_delivery(self, one: Delivery) -> None:
        arrived = self._arrived(one)
        if one.state is DeliveryState.SENDING:
            self._breaks("I5", one)
        if not arrived and one.state not in (DeliveryState.UNKNOWN, DeliveryState.DEAD):
            self._verdict.silently_lost += 1
            self._breaks("I4", f"{one.key} to {one.target} is {one.state} and never arrived")
        if one.state is DeliveryState.UNKNOWN:
            self._verdict.held[CLASSES[one.target]] += 1
            self._verdict.held_arrived += bool(arrived)
        if one.target == REPEATING:
            self._verdict.dropped += max(0, len(arrived) - 1)
            if one.state is not DeliveryState.SENT:
                self._breaks("I4", f"{one.key} to {one.target} is {one.state}; class A is exactly once")
            return
        unmarked = arrived.count(False)
        self._verdict.marked += arrived.count(True)
        self._verdict.duplicates[CLASSES[one.target]] += max(0, unmarked - 1)
        if unmarked > 1 or len(arrived) > 1 + (one.target == RESENDING):
            self._breaks("I4", f"{one.key} arrived {len(arrived)} times at {one.target}, {unmarked} of them unmarked")

    def _arrived(self, one: Delivery) -> list[bool]:
        """The arrivals of a delivery, each with whether it was marked as a possible repeat."""
        if one.target == RESENDING:
            return ["[repeat?]" in mail.subject for mail in self._resending.arrivals if mail.delivery == one.key]
        hook = self._repeating if one.target == REPEATING else self._holding
        return [b"[repeat?]" in arrival.body for arrival in hook.arrivals if arrival.delivery == one.key]

    def _judge_attempts(self, store: Store, one: Delivery) -> None:
        """A delivery that is tried again was left alone for at least half of its pause."""
        for before, after in pairwise(store.attempts(one.key)):
            least = timedelta(seconds=FIRST_PAUSE / 2 * 2 ** min(before.number - 1, 12)) - timedelta(milliseconds=1)
            if after.number <= before.number or after.started_at - before.ended_at < least:
                self._breaks("I8", f"{one.key} to {one.target}: attempt {after.number} began {after.started_at - before.ended_at} after")

    # the ground

    def _write_settings(self) -> Path:
        (self._folder / "sources.toml").write_text(
            f'[[source]]\nid = "courier"\nurl = "{self._publisher.url(ATOM)}"\npublisher = "{self._publisher.name}"\ninterval = "1s"\n',
            encoding="utf-8",
        )
        urls = {HOLDING: self._holding.url, REPEATING: self._repeating.url, RESENDING: self._resending.url}
        targets = "".join(target(name, url, CLASSES[name].split(", ")[1]) for name, url in urls.items())
        settings = self._folder / "aseanwatch.toml"
        settings.write_text(_SETTINGS.format(folder=self._folder, database=self._database, ground=GROUND) + targets, encoding="utf-8")
        return settings


_SETTINGS = """
data_dir = "{folder}/data"

[database]
url = "{database}"

{ground}
[schedule]
tick_seconds = 0.1

[alerts]
max_age_hours = 1000000
storm_alerts = 0
operator.targets = []
"""

_PARTNERS = (
    "Australia, Canada, China, India, Japan, New Zealand, Russia, Norway, Switzerland, Türkiye, "
    "the Republic of Korea, the United Kingdom, the United States, the European Union"
).split(", ")
_SUBJECTS = (
    "Food Security, Smart Cities, Maritime Safety, Public Health, Air Transport, Cyber Resilience, Climate Finance, Rare Diseases, "
    "Coral Reefs, Migrant Workers, Space Research, Marine Litter, Wildlife Crime, Renewable Energy, Digital Payments, Rural Roads, "
    "Disaster Relief, Vocational Training, Carbon Markets, Museum Exchange, Youth Sport, Water Management, Forest Fires, Halal Trade, "
    "Isotope Medicine, Port Logistics, Student Mobility, Postal Services, Rice Reserves, Women Entrepreneurs, Film Heritage, Drug Control, "
    "Ageing Societies, Earthquake Warning, Customs Procedures, Broadband Access, Tourism Recovery, Ocean Shipping, Animal Vaccines, "
    "Consumer Protection, Battery Recycling, Landmine Clearance, School Meals, Patent Offices, Railway Standards, Plant Breeding"
).split(", ")


def results() -> Iterator[tuple[str, str]]:
    """Made-up results, each another one: the name of the document, and the news text that reports it."""
    for subject in _SUBJECTS:
        for partner in _PARTNERS:
            pair = f"ASEAN-{partner.removeprefix('the ')}"
            document = f"{pair} Joint Statement on {subject}"
            yield (
                document,
                f"{pair} foreign ministers meet in Manila\n"
                f"The foreign ministers of ASEAN and {partner} met in Manila on Saturday.\n"
                f"At the {pair} Foreign Ministers' Meeting, the ministers adopted the {document}.\n"
                "The two sides also reviewed their cooperation over the past year and exchanged views on regional issues.",
            )


def loop(folder: Path, database: str, plan: Plan) -> Verdict:
    """Runs a plan in an empty folder, on an empty database (a URL; for an empty one: a SQLite file in the folder)."""
    (folder / "data").mkdir(mode=0o700)
    url = database or f"sqlite:///{folder / 'data' / 'watch.db'}"
    open_store(url, now=datetime.now(UTC)).close()
    return KillLoop(folder, url, plan).run()


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
        return
    with postgres.running() as server:
        yield server.create("soak")


def main() -> int:
    """The soak: prints its figures; 1 when an invariant was broken."""
    parser = argparse.ArgumentParser(description="Kills the watch again and again, and counts what was lost or came twice.")
    parser.add_argument("--rounds", type=int, default=200, help="kills (default: 200)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000), help="of the plan; printed")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--mutation", default="", help="a mistake to put in: see tests/support/mutations.py")
    given = parser.parse_args()
    broken = False
    for kind in ["sqlite", "postgresql"] if given.database == "both" else [given.database]:
        with ExitStack() as held:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="aseanwatch-soak-")))
            url = held.enter_context(_database(kind))
            print(f"{kind}: {given.rounds} rounds, seed {given.seed}{', ' + given.mutation if given.mutation else ''}", flush=True)
            verdict = loop(folder, url, Plan(seed=given.seed, rounds=given.rounds, mutation=given.mutation))
            print("\n".join(f"  {line}" for line in verdict.lines()), flush=True)
            broken = broken or bool(verdict.broken)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
