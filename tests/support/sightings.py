"""Sightings written by hand or taken from gold labels, and a register in memory that they reach one article after another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core import history, register
from core.articles import Article
from core.codes import Level, OutcomeType, Stage, Status
from core.outcomes import Changes, Earlier, Event, EventKind, Outcome, Reported, Resolved
from core.readings import Evidence, Meeting, MeetingMention, Reading, Sighting, Span

AMM_57 = Meeting(type="AMM", ordinal=57, year=2024)
PMC_2024 = Meeting(type="PMC", year=2024)


def when(day: str) -> datetime:
    """Noon UTC of that day (or the very time, when one is given)."""
    at = datetime.fromisoformat(day)
    return at.replace(hour=at.hour or 12, tzinfo=at.tzinfo or UTC)


def sighting(
    title: str,
    *,
    type: str = "document",
    status: str = "done",
    level: str = "ministerial",
    parties: Sequence[str] = (),
    meeting: Meeting | None = None,
    evidence: str = "",
    phase: str = "",
) -> Sighting:
    """One outcome as an article reports it; the evidence is the title itself when none is given."""
    quote = evidence or title
    span = Span(field="text", start=0, end=len(quote), quote=quote)
    return Sighting(
        type=OutcomeType(type),
        status=Status(status),
        level=Level(level),
        title=title,
        parties=tuple(parties),
        meeting=meeting,
        evidence=Evidence(span=span, rule="by-hand"),
        sentence=span,
        phase=phase,
    )


@dataclass(frozen=True)
class Story:
    """An article with what was read in it."""

    article: Article
    reading: Reading

    @property
    def key(self) -> str:
        return self.article.key

    def reports(self, **how: Any) -> tuple[Reported, ...]:
        """Its reports, read at the time of publication (or `now`), at any age unless `max_age` is given."""
        now = how.pop("now", None) or self.article.published or when("2024-01-01")
        return register.report(self.article, self.reading, now, **{"max_age": None} | how)


def story(
    key: str,
    day: str | None,
    *sightings: Sighting,
    stage: str = "outcome",
    alert: bool = True,
    language: str = "en",
    meeting: Meeting | None = None,
) -> Story:
    """An article of that day (None: undated) that reports the sightings; it is an alert unless it is said not to be."""
    article = Article(
        key=key, url=f"https://news.example/{key}", title=key, text="", publisher="Example News", published=when(day) if day else None
    )
    meetings = (MeetingMention(meeting=meeting, primary=True),) if meeting else ()
    reading = Reading(relevant=True, stage=Stage(stage), alert=alert, language=language, meetings=meetings, sightings=sightings)
    return Story(article, reading)


@dataclass
class Book:
    """The register in memory: finds candidates by their blocks alone and does what `Changes` says."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    seats: dict[tuple[str, int], str] = field(default_factory=dict)
    """(article, index) -> outcome."""
    stands: dict[str, list[Resolved]] = field(default_factory=dict)
    """Article -> the sightings of its reading that stands."""
    log: list[Changes] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    """The log, with the records as they stood."""
    _shelf: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def reads(self, told: Story, *, edited: bool = False, **how: Any) -> Changes:
        """What one story changes; with `edited` the publisher has changed what it said when it was read before."""
        return self.takes(told.reports(**how), how.get("now"), article=told.key, edited=edited)

    def takes(self, reports: Sequence[Reported], now: datetime | None = None, *, article: str = "", edited: bool = False) -> Changes:
        """What these reports, of one article, change."""
        article = article or (reports[0].article if reports else "")
        earlier = self._earlier(article, edited)
        found = {key for term in register.blocks(reports) for key in self._shelf[term]} | {one.outcome for one in earlier.sightings}
        now = now or max((one.at for one in reports), default=when("2024-01-01"))
        changes = register.decide([self.outcomes[key] for key in sorted(found)], reports, now, earlier)
        while missed := self._overlooked(changes, found):
            found |= missed
            changes = register.decide([self.outcomes[key] for key in sorted(found)], reports, now, earlier)
        self._moves(changes)
        self.seats = {seat: key for seat, key in self.seats.items() if seat[0] != article}
        self.seats |= {(one.reported.article, one.reported.index): one.outcome for one in changes.resolved}
        self.stands[article] = list(changes.resolved)
        self.log.append(changes)
        self.events += history.logged(changes.events, changes.outcomes, changes.merged, now)
        return changes

    def reviews(self, changes: Changes, now: datetime) -> None:
        """Does what a review changes."""
        self._moves(changes)
        moved = {(one.reported.article, one.reported.index): one for one in changes.resolved}
        self.seats |= {seat: one.outcome for seat, one in moved.items()}
        self.stands = {
            article: [moved.get((article, one.reported.index), one) for one in standing] for article, standing in self.stands.items()
        }
        self.events += history.logged(changes.events, changes.outcomes, changes.merged, now)

    def sightings(self, key: str) -> list[Resolved]:
        """The sightings of an outcome that stand."""
        return [one for standing in self.stands.values() for one in standing if one.outcome == key]

    def _earlier(self, article: str, edited: bool) -> Earlier:
        mine = self.stands.get(article, [])
        others = [one for key in {one.outcome for one in mine} for one in self.sightings(key) if one.reported.article != article]
        return Earlier(
            sightings=tuple(mine), others=tuple(others), edited=frozenset(one.reported.index for one in mine) if edited else frozenset()
        )

    def _overlooked(self, changes: Changes, shown: set[str]) -> set[str]:
        """The records that stand where one would be made anew: under its key, or as the one of which it became a part."""
        fresh = {one.key for one in changes.outcomes} - shown
        return {key for key, one in self.outcomes.items() if fresh & {key, *one.merged}} - shown if fresh else set()

    def _moves(self, changes: Changes) -> None:
        for gone, kept in changes.merged:
            self._drop(gone)
            self.seats = {seat: kept if key == gone else key for seat, key in self.seats.items()}
            self.stands = {
                article: [replace(one, outcome=kept) if one.outcome == gone else one for one in standing]
                for article, standing in self.stands.items()
            }
        for outcome in changes.outcomes:
            for term in self.outcomes[outcome.key].blocks if outcome.key in self.outcomes else ():
                self._shelf[term].discard(outcome.key)
            self.outcomes[outcome.key] = outcome
            for term in outcome.blocks:
                self._shelf[term].add(outcome.key)

    def _drop(self, key: str) -> None:
        for term in self.outcomes.pop(key).blocks:
            self._shelf[term].discard(key)

    def of(self, told: Story, index: int = 0) -> Outcome:
        """The outcome to which a sighting of the story belongs."""
        return self.outcomes[self.seats[told.key, index]]

    @property
    def partition(self) -> frozenset[frozenset[tuple[str, int]]]:
        """Which sightings are of one outcome."""
        groups: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
        for seat, key in self.seats.items():
            groups[key].add(seat)
        return frozenset(map(frozenset, groups.values()))

    @property
    def alerts(self) -> list[tuple[str, str]]:
        """(article, outcome) of everything that was news, in order."""
        return [(one.reported.article, one.outcome) for changes in self.log for one in changes.news]

    def happened(self, kind: EventKind) -> list[str]:
        """The details of the events of that kind, in order."""
        return [event.detail for changes in self.log for event in changes.events if event.kind is kind]


def book(stories: Iterable[Story], **how: Any) -> Book:
    """The register after these stories, in this order."""
    made = Book()
    for told in stories:
        made.reads(told, **how)
    return made


def from_labels(item: Mapping[str, Any], *, meetings: bool = True, titles: bool = True) -> Story:
    """A labelled text as a story. Without `meetings` no sighting knows its meeting; without `titles` each is called by its evidence."""
    labels = item["labels"]
    published = item.get("published")
    primary = _primary(labels, published) if meetings else None
    sightings = [
        sighting(
            one["title"] if titles else one["evidence"],
            type=one["type"],
            status=one["status"],
            level=one["level"],
            parties=one["parties"],
            meeting=primary,
            evidence=one["evidence"],
        )
        for one in labels["outcomes"]
    ]
    return story(
        item["id"], published, *sightings, stage=labels["stage"], alert=labels["alert"], language=item.get("lang") or "en", meeting=primary
    )


def _primary(labels: Mapping[str, Any], published: str | None) -> Meeting | None:
    """The meeting whose work the text reports, as far as its labels tell."""
    type_, instance = labels["primary"], labels.get("instance")
    if type_ is None:
        return None
    year = int(published[:4]) if published else None
    if type_ == "AMM" and instance:
        return Meeting(type=type_, ordinal=int(instance.split("-")[1]), year=year)
    return Meeting(type=type_, year=year)


def later(day: str, days: float) -> str:
    """The day that many days after."""
    return (when(day) + timedelta(days=days)).isoformat()
