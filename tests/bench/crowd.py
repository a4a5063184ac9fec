"""A register of any size, as decades of meetings would have filled it: rows straight into the tables of a SQLite file.

One year is like another, whatever the size: `YEARLY` outcomes of meetings with their parties, of all types, each reported by one to
hundreds of articles within days, a few for months; articles that report two or three of them; copies; words that every page of a
publisher carries. A larger register is a longer one.
"""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from aseanwatch import pipeline
from core import blocks, register
from core.articles import Article
from core.codes import TOPICS, Level, OutcomeType, Stage, Status
from core.facets import dump as dump_facet
from core.facets import facet
from core.keys import digest
from core.origins import Authority
from core.outcomes import Outcome, Reported
from core.readings import Evidence, Meeting, MeetingMention, Reading, Sighting, Span
from core.sketch import K, shingles, sketch
from store import Store, open_store
from store.copies import nearby
from store.payloads import dump
from store.register import candidates, listed
from store.tables import handle

YEARLY = 2500
"""Outcomes of a year; a reader of the whole region's press sees about ten reports of each."""
REPORTS = 10
TODAY = datetime(2026, 7, 27, 12, tzinfo=UTC)

_MEETINGS = "AMM PMC PMC PMC PMC ARF EAS-FMM APT-FMM SUMMIT PARTNER-SUMMIT AEM AEM AFMGM ADMM ADMM AMMTC AHMM ATM AMEM AMAF AMME".split()
_PARTNERS = (*"China Japan RoK India Australia Russia Canada UK EU US Norway Switzerland Turkiye Pakistan Chile".split(), "New Zealand")
_KINDS = [
    "Joint Statement",
    "Declaration",
    "Plan of Action",
    "Framework",
    "Work Plan",
    "Guidelines",
    "Roadmap",
    "Memorandum of Understanding",
]
_SUBJECTS = (
    "connectivity haze mine fisheries rice vaccine tourism heritage customs aviation shipping cyber drone satellite quantum seafarer "
    "nurse teacher sport youth film library museum archive dengue malaria rabies tuberculosis nutrition poultry mango coffee cocoa "
    "rubber timber mangrove coral plastic sewage river dam flood typhoon quake tsunami volcano wildfire peat carbon hydrogen solar "
    "wind geothermal nuclear coal gas battery grid semiconductor steel cement textile garment footwear toy furniture pharma cosmetics "
    "halal insurance bond payment remittance tax audit patent trademark copyright competition consumer procurement startup incubator "
    "freight rail bridge tunnel port airport bus bicycle trafficking piracy smuggling terrorism scam narcotic extradition prison "
    "passport visa border refugee migrant labour domestic disability ageing childhood gender indigenous rural urban housing water "
    "sanitation toilet soil seed fertiliser pesticide irrigation drought famine stockpile warehouse laboratory observatory telescope "
    "genome robot sensor cable broadband spectrum postal radio television newspaper disinformation literacy scholarship exchange "
    "translation dictionary cuisine textile batik orchestra"
).split()
_TYPES = {
    OutcomeType.DOCUMENT: 55,
    OutcomeType.AGREEMENT: 10,
    OutcomeType.DECISION: 14,
    OutcomeType.MECHANISM: 8,
    OutcomeType.FUNDING: 6,
    OutcomeType.NEGOTIATION: 5,
    OutcomeType.COORDINATION: 1,
    OutcomeType.PARTNERSHIP: 0.2,
    OutcomeType.ACCESSION: 0.15,
    OutcomeType.MEMBERSHIP: 0.05,
}
_PUBLISHERS = [f"Paper {n}" for n in range(150)]
_STATES = [f"State {n}" for n in range(60)]
_TEXT = " ".join(f"word{n}" for n in range(150))
_BATCH = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A result of the synthetic world and the day on which it was done."""

    sighting: Sighting
    day: datetime
    reports: int


def deeds(sightings: int, seed: int = 1) -> Iterator[Deed]:
    """The latest results of the world, latest first, until they have so many reports."""
    dice, told, number = random.Random(seed), 0, 0
    while told < sightings:
        day = TODAY - timedelta(days=365 * number / YEARLY)
        one = Deed(sighting=_sighting(dice, day), day=day, reports=min(_reports(dice), sightings - told))
        yield one
        told += one.reports
        number += 1


def _reports(dice: random.Random) -> int:
    """Most are in a few papers, some in hundreds; `REPORTS` on average."""
    return min(400, max(1, round(dice.paretovariate(1.2) * REPORTS * 0.24)))


def _sighting(dice: random.Random, day: datetime) -> Sighting:
    type_ = dice.choices(list(_TYPES), list(_TYPES.values()))[0]
    at = dice.choice(_MEETINGS)
    partner = dice.choice(_PARTNERS) if at in ("PMC", "PARTNER-SUMMIT") or dice.random() < 0.3 else None
    parties = (dice.choice(_STATES),) if type_ in (OutcomeType.ACCESSION, OutcomeType.MEMBERSHIP) else (partner,) if partner else ()
    about = " ".join(dice.sample(_SUBJECTS, dice.choice((1, 2, 2, 3))))
    title = f"{dice.choice(_KINDS)} on {about}" if type_ in (OutcomeType.DOCUMENT, OutcomeType.AGREEMENT) else f"{about} {type_}"
    sentence = f"The ministers adopted the {title} at their meeting, and directed officials to put it into effect before the next one."
    span = Span(field="text", start=0, end=len(sentence), quote=sentence)
    evidence = Span(field="text", start=0, end=21 + len(title), quote=sentence[: 21 + len(title)])
    return Sighting(
        type=type_,
        status=Status.PLANNED if dice.random() < 0.2 else Status.DONE,
        level=Level.LEADERS if "SUMMIT" in at else Level.MINISTERIAL,
        title=title,
        parties=parties,
        meeting=Meeting(type=at, year=day.year, partner=partner if at == "PMC" else None),
        evidence=Evidence(span=evidence, rule="act.adopt"),
        sentence=span,
        rules=("act.adopt", "object.document"),
    )


def report(deed: Deed, article: str, publisher: str, at: datetime) -> Reported:
    """One report of a result."""
    return Reported(
        article=article, index=0, sighting=deed.sighting, publisher=publisher, published=at, at=at, alertable=True, language="en"
    )


def item(deed: Deed, number: int) -> tuple[Article, Reading]:
    """A new article that reports a result, a day later, and its reading."""
    key = f"bench.example/{number}"
    dice = random.Random(number)
    text = f"{deed.sighting.sentence.quote} " + " ".join(dice.choice(_SUBJECTS) + str(dice.randrange(999)) for _ in range(200))
    article = Article(
        key=key,
        url=f"https://{key}",
        title=deed.sighting.title,
        text=text,
        publisher=f"Bench {number}",
        published=deed.day + timedelta(hours=20),
    )
    meeting = deed.sighting.meeting
    mentions = (MeetingMention(meeting=meeting, primary=True),) if meeting else ()
    reading = Reading(
        relevant=True, stage=Stage.OUTCOME, alert=True, language="en", meetings=mentions, sightings=(deed.sighting,), ruleset="bench"
    )
    return article, reading


def fill(file: Path, sightings: int) -> Counter[str]:
    """Makes the database `file` with a register of so many sightings; how many rows of each table it has."""
    open_store(f"sqlite:///{file}", now=TODAY).close()
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-400000; BEGIN")
    filling = _Filling(connection)
    for deed in deeds(sightings):
        filling.take(deed)
    filling.flush()
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return filling.counts


def boilerplate() -> dict[str, int]:
    """Publisher -> the hash of the words that stand on every page of it."""
    dice = random.Random(3)
    return {publisher: dice.getrandbits(56) for publisher in _PUBLISHERS}


class _Filling:
    """Turns results into rows, and writes these by the thousand."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[tuple[object, ...]]] = {}
        self._dice = random.Random(2)
        self._articles = 0
        self._recent: list[tuple[int, str, datetime]] = []
        """Articles of these days, which may report one more result."""
        self._boilerplate = boilerplate()
        self.counts: Counter[str] = Counter()

    def take(self, deed: Deed) -> None:
        """One result with all its reports."""
        days = [deed.day + timedelta(hours=self._dice.expovariate(1 / (2000 if deed.reports > 200 else 20))) for _ in range(deed.reports)]
        articles = [self._article(at) for at in days]
        reports = [report(deed, key, publisher, at) for (_, key, publisher), at in zip(articles, days, strict=True)]
        facets = {dump_facet(one): one for one in map(facet, reports)}
        terms = sorted({term for one in facets.values() for term in blocks.terms(one)})
        key = f"{deed.sighting.type}-{digest(min(facets), str(self.counts['outcome']))[:16]}"
        record = Outcome(
            key=key, type=deed.sighting.type, status=deed.sighting.status, level=deed.sighting.level, title=deed.sighting.title,
            titles=(deed.sighting.title,), parties=deed.sighting.parties, meeting=deed.sighting.meeting, first_seen=min(days),
            last_seen=max(days), done_at=min(days), alerted_at=min(days), articles=len(days), blocks=tuple(terms),
            facets=tuple(sorted(facets)), origins=tuple({one.publisher: None for one in reports}), authority=Authority.PRESS,
        )  # fmt: skip
        meeting = record.meeting.name if record.meeting else ""
        first, last = _time(record.first_seen), _time(record.last_seen)
        row = (key, record.type, record.status, record.level, meeting, first, last, _noun(record), first, listed(record.parties))
        self._add("outcome", *row, record.standing)
        for term in terms:
            self._add("outcome_block", term, key)
        said = _noun(reports[0])
        for (number, article, _), at in zip(articles, days, strict=True):
            self.counts["sighting"] += 1
            place = self.counts["sighting"]  # its row; as its position any number that no other sighting of the reading has
            self._add("sighting", place, number, place, number, key, 1, "joined: both on one thing", said, "", "press", counted=False)
            self._add("seat", place, place, key, 1, "joined: both on one thing", _time(at))
            stood = _noun(record) if at == days[-1] else None
            self._add(
                "event", None, "outcome.corroborated", key, _time(at), "", record.status, article, "another carrier of a paper", stood
            )

    def _article(self, at: datetime) -> tuple[int, str, str]:
        """Row, key and publisher of an article of that time; one in two reports something else as well."""
        if self._recent and self._dice.random() < 0.5:
            number, publisher, _ = self._dice.choice(self._recent)
            return number, f"old.example/{number}", publisher
        self._articles += 1
        number, publisher = self._articles, self._dice.choice(_PUBLISHERS)
        key, moment = f"old.example/{number}", _time(at)
        # fmt: off
        self._add(
            "article", number, handle(key), key, f"https://{key}", "Ministers meet", _TEXT, digest(key), "", "bench", publisher, "press",
            "", "en", moment, moment, moment, "bench", "[]", 1, "read", moment,
        )
        # fmt: on
        self._add("reading", number, number, digest(key), "old", 1, 1, "outcome", 1, "en", moment, '{"relevant":true}' + " " * 1500)
        for topic in self._dice.sample(list(TOPICS), 2):
            self._add("reading_topic", topic, number)
        hashes = {self._boilerplate[publisher], *(self._dice.getrandbits(58) for _ in range(K - 1))}
        for one in hashes:
            self._add("article_sketch", one, at.toordinal(), number)
        self._recent = [*self._recent[-50:], (number, publisher, at)]
        return number, key, publisher

    def _add(self, table: str, *row: object, counted: bool = True) -> None:
        rows = self._rows.setdefault(table, [])
        rows.append(row)
        self.counts[table] += counted
        if len(rows) >= _BATCH:
            self._write(table, rows)

    def _write(self, table: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            self._connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            rows.clear()

    def flush(self) -> None:
        """Writes what is left."""
        for table, rows in self._rows.items():
            self._write(table, rows)


def _noun(value: object) -> str:
    return dump(value, clean=str)


def _time(at: datetime) -> str:
    """As SQLAlchemy writes a time into SQLite."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def latest(number: int) -> Sequence[Deed]:
    """Results of the last weeks: one half of them known to every register, the other to none."""
    known = [deed for deed, _ in zip(deeds(10_000), range(200), strict=False)]
    unknown = [replace(deed, day=TODAY - timedelta(days=n % 20)) for n, deed in zip(range(200), deeds(10_000, seed=99), strict=False)]
    dice = random.Random(5)
    return dice.choices(known, k=number - number // 2) + dice.choices(unknown, k=number // 2)


class Crowded:
    """A register of so many sightings, and how long it takes to resolve one more; the file is made when it is first asked."""

    def __init__(self, file: Path, sightings: int) -> None:
        self._file = file
        self._sightings = sightings
        self._reports = 0

    def find(self, number: int) -> float:
        """Median seconds to find the candidates for one sighting and to decide."""
        return median(self._measured(number, self._found))

    def record(self, number: int) -> float:
        """Median seconds of processor time to resolve one sighting whole: find, decide, look for copies, record, count."""
        return median(self._measured(number, self._recorded))

    def look_up(self, number: int) -> float:
        """Median seconds to look for the copies of one text, whose publisher has words that stand on every page of it."""
        return median(self._measured(number, self._looked_up))

    def _measured(self, number: int, measure: Callable[[Store, Article, Reading], float]) -> Iterator[float]:
        if not self._file.exists():
            fill(self._file, self._sightings)
        with open_store(f"sqlite:///{self._file}", now=TODAY, durable=False) as store:
            for deed in latest(number):
                self._reports += 1
                article, reading = item(deed, self._reports)
                store.record_article(None, article, TODAY)
                register.blocks(register.report(article, reading, TODAY, max_age=None))  # its words are known, whoever is asked first
                yield measure(store, article, reading)

    @staticmethod
    def _found(store: Store, article: Article, reading: Reading) -> float:
        started = time.perf_counter()
        reports = register.report(article, reading, TODAY, max_age=None)
        with store._reading() as tx:
            known = candidates(tx, register.blocks(reports))
        register.decide(known, reports, TODAY)
        return time.perf_counter() - started

    @staticmethod
    def _looked_up(store: Store, article: Article, reading: Reading) -> float:
        hashes = [*sketch(shingles(article.text))[1:], *boilerplate().values()][:K]
        started = time.perf_counter()
        with store._reading() as tx:
            nearby(tx, hashes, TODAY.toordinal() - 20)
        return time.perf_counter() - started

    @staticmethod
    def _recorded(store: Store, article: Article, reading: Reading) -> float:
        started = time.process_time()
        pipeline.record(store, article, reading, ["desk"], TODAY, max_age=None)
        return time.process_time() - started
