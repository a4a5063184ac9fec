"""The stored articles under two rule sets: which outcomes a change of the rules would bring, take away or alter. Nothing is sent.

Both registers are made anew in scratch databases, article by article at its own date, and then laid beside each other. An outcome of
the one is an outcome of the other when they rest on the same words of the same articles.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aseanwatch.pipeline import record
from aseanwatch.ports import Reader, Store
from aseanwatch.records import Json, iso
from core.articles import Article
from core.codes import Standing
from core.outcomes import Outcome, Resolved
from core.texts import one_line

TARGET = "replay"
"""The target for which alerts are made; nobody delivers to it."""
_BATCH = 200
"""Outcomes whose sightings are fetched together."""

Place = tuple[str, str, int]
"""Article, field and beginning of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One rule set and the scratch database that it fills."""

    reader: Reader
    store: Store


@dataclass(frozen=True, slots=True)
class _Seen:
    """An outcome of one side: what may differ, and the words on which it rests."""

    key: str
    told: Mapping[str, object]
    alerted: bool
    words: frozenset[tuple[Place, str, int, int]]
    """Place, type, beginning and end of each evidence."""

    @property
    def places(self) -> set[Place]:
        return {place for place, *_ in self.words}

    @property
    def articles(self) -> list[str]:
        return sorted({article for article, _, _ in self.places})


def compare(stored: Store, before: Side, after: Side, articles: Sequence[str], step: Callable[[], None]) -> Iterator[Json]:
    """A record for each `new`, `lost` and `changed` outcome, then the `summary`.

    `articles` are keys in order of date; `stored` is only read. `step` is called after each article.
    """
    played = 0
    for key in articles:
        article = stored.article(key)
        if article is not None:
            played += 1
            for side in (before, after):
                _play(article, side)
        step()
    ours, theirs = _register(before.store), _register(after.store)
    pairs = _paired(ours, theirs)
    differences = [*_differences(ours, theirs, pairs)]
    for kind, old, new in differences:
        yield _record(kind, old, new, stored, before.store, after.store)
    kinds = [kind for kind, *_ in differences]
    yield {
        "kind": "summary",
        "articles": played,
        "rulesets": [before.reader.ruleset, after.reader.ruleset],
        "outcomes": [len(ours), len(theirs)],
        "new": kinds.count("new"),
        "lost": kinds.count("lost"),
        "changed": kinds.count("changed"),
        "alerts": [sum(one.alerted for one in side.values()) for side in (ours, theirs)],
        "alerts_new": sum(new is not None and new.alerted and not (old and old.alerted) for _, old, new in differences),
        "alerts_missing": sum(old is not None and old.alerted and not (new and new.alerted) for _, old, new in differences),
    }


def _play(article: Article, side: Side) -> None:
    """Reads the article into the side's register; one that reports nothing leaves nothing there."""
    reading = side.reader.read(article)
    at = article.published or article.first_seen
    if reading.sightings and at is not None:
        side.store.record_article(None, article, at)
        record(side.store, article, reading, [TARGET], at, max_age=None)


def _register(store: Store) -> dict[str, _Seen]:
    outcomes = store.outcomes(limit=None)
    seen: dict[str, _Seen] = {}
    for start in range(0, len(outcomes), _BATCH):
        some = outcomes[start : start + _BATCH]
        sightings = store.sightings([one.key for one in some])
        seen |= {one.key: _seen(one, sightings[one.key]) for one in some}
    return seen


def _seen(outcome: Outcome, sightings: Sequence[Resolved]) -> _Seen:
    words = set()
    for one in sightings:
        evidence, sentence = one.reported.sighting.evidence.span, one.reported.sighting.sentence
        words.add(((one.reported.article, sentence.field, sentence.start), str(one.reported.sighting.type), evidence.start, evidence.end))
    told = {
        "type": str(outcome.type),
        "status": str(outcome.status),
        "level": str(outcome.level),
        "title": outcome.title,
        "parties": list(outcome.parties),
        "meeting": outcome.meeting.name if outcome.meeting else "",
    }
    return _Seen(outcome.key, told, outcome.alerted_at is not None, frozenset(words))


def _paired(ours: Mapping[str, _Seen], theirs: Mapping[str, _Seen]) -> dict[str, str]:
    """Ours -> theirs, where both rest on the same sentences: those first that share most."""
    at: defaultdict[Place, set[str]] = defaultdict(set)
    for other in theirs.values():
        for place in other.places:
            at[place].add(other.key)
    ranked = [
        (_unlike(one, theirs[other]), one.key, other)
        for one in ours.values()
        for other in {key for place in one.places for key in at.get(place, ())}
    ]
    pairs: dict[str, str] = {}
    taken = set()
    for _, our_key, their_key in sorted(ranked):
        if our_key not in pairs and their_key not in taken:
            pairs[our_key] = their_key
            taken.add(their_key)
    return pairs


def _unlike(one: _Seen, other: _Seen) -> tuple[int, int, int]:
    """The less, the more they share: evidence, sentences with the same type, sentences."""
    typed = {(place, type_) for place, type_, *_ in one.words} & {(place, type_) for place, type_, *_ in other.words}
    return -len(one.words & other.words), -len(typed), -len(one.places & other.places)


def _differences(
    ours: Mapping[str, _Seen], theirs: Mapping[str, _Seen], pairs: Mapping[str, str]
) -> Iterator[tuple[str, _Seen | None, _Seen | None]]:
    met = set(pairs.values())
    yield from (("new", None, new) for key, new in theirs.items() if key not in met)
    yield from (("lost", old, None) for key, old in ours.items() if key not in pairs)
    for key, other in pairs.items():
        old, new = ours[key], theirs[other]
        if old.told != new.told or old.alerted != new.alerted or old.articles != new.articles:
            yield "changed", old, new


def _record(kind: str, old: _Seen | None, new: _Seen | None, stored: Store, before: Store, after: Store) -> Json:
    shown = new or old
    assert shown is not None
    changes: dict[str, object] = {}
    if old and new:
        changes = {name: [old.told[name], new.told[name]] for name in new.told if old.told[name] != new.told[name]}
        if old.articles != new.articles:
            changes["articles"] = [old.articles, new.articles]
    return {
        "kind": kind,
        "outcome": {"key": shown.key, **shown.told},
        "changes": changes,
        "alert": [bool(old and old.alerted), bool(new and new.alerted)],
        "rejected": _rejected(stored, shown),
        "sightings": _proof(stored, after if new else before, shown.key),
    }


def _proof(stored: Store, scratch: Store, key: str) -> list[Json]:
    """Each article that reports it, with the sentence."""
    proof: list[Json] = []
    for one in scratch.sightings([key])[key]:
        reported = one.reported
        article = stored.article(reported.article)
        proof.append(
            {
                "article": reported.article,
                "headline": article.title if article else "",
                "publisher": reported.publisher,
                "published": iso(reported.published),
                "status": str(reported.sighting.status),
                "sentence": reported.sighting.sentence.quote,
                "evidence": reported.sighting.evidence.span.quote,
            }
        )
    return proof


def _rejected(stored: Store, shown: _Seen) -> bool:
    """Whether the record to which the register joined one of these sentences was rejected by hand."""
    for article in shown.articles:
        for one in stored.sighted(article):
            sentence = one.reported.sighting.sentence
            if (article, sentence.field, sentence.start) in shown.places:
                found = stored.outcome(one.outcome)
                if found and found[0].standing is Standing.REJECTED:
                    return True
    return False


def told(difference: Json) -> list[str]:
    """A record as lines for people."""
    if difference["kind"] == "summary":
        return _sum(difference)
    outcome, sightings, alert, changes = (difference[name] for name in ("outcome", "sightings", "alert", "changes"))
    assert isinstance(outcome, dict)
    assert isinstance(sightings, list)
    assert isinstance(alert, list)
    assert isinstance(changes, dict)
    notes = [_ALERTS[alert[0], alert[1]]] if alert[0] != alert[1] else []
    notes += ["rejected by the review desk"] if difference["rejected"] else []
    head = f"{difference['kind']:<8} [{outcome['type']}, {outcome['status']}] {outcome['title']}"
    lines = [head + (f"  ({'; '.join(notes)})" if notes else "")]
    lines += [f"         {name}: {_plain(values[0])} -> {_plain(values[1])}" for name, values in changes.items()]
    for one in sightings:
        day = str(one["published"] or "-")[:10]
        lines.append(f"         {day}  {one['publisher'] or one['article']}: “{one_line(str(one['sentence']), 300)}”  {one['article']}")
    return lines


_ALERTS = {(False, True): "would alert", (True, False): "would not alert any more"}


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value or "none")


def _sum(summary: Json) -> list[str]:
    outcomes, alerts, rulesets = summary["outcomes"], summary["alerts"], summary["rulesets"]
    assert isinstance(outcomes, list)
    assert isinstance(alerts, list)
    assert isinstance(rulesets, list)
    return [
        f"{summary['articles']} articles · outcomes {outcomes[0]} -> {outcomes[1]}: "
        f"{summary['new']} new, {summary['lost']} lost, {summary['changed']} changed · alerts {alerts[0]} -> {alerts[1]}: "
        f"{summary['alerts_new']} new, {summary['alerts_missing']} missing · rule sets {rulesets[0]} -> {rulesets[1]}"
    ]
