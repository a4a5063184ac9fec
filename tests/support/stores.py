"""Nouns for scenes on a store, and a register desk that is simple enough to foretell: one outcome a title."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import event, text

from core.alerts import Alert
from core.articles import Article
from core.codes import Level, OutcomeType, Stage, Status
from core.keys import derived
from core.outcomes import Changes, Earlier, Event, EventKind, Outcome, Reported, Resolved
from core.readings import Evidence, Meeting, MeetingMention, Reading, Sighting, Span
from core.routes import Routing
from core.sources import DateTrust, Entry, Poll, Polling, Source
from store import Store
from store.tables import metadata

NOW = datetime(2026, 7, 11, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AMM = Meeting(type="AMM", ordinal=59, year=2026)
VNA = Source(id="vna", url="https://vna.example/rss", publisher="Vietnam News Agency", country="VN")


class Cut(Exception):
    """The process, as it were, ends here."""


def cut_off(store: Store, at: int, work: Callable[[], object]) -> bool:
    """Does `work`, breaking off before its statement number `at` (from 0; -1: never); whether it came to that."""
    executed = count()

    def cut(*_: object) -> None:
        if next(executed) == at:
            raise Cut

    engine = store._engines.writer
    event.listen(engine, "before_cursor_execute", cut)
    try:
        work()
    except Cut:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", cut)
    return False


def entry(name: str, *, source: str = VNA.id, aliases: Sequence[str] = ()) -> Entry:
    """An entry that the feed names `name`."""
    link = f"https://vna.example/{name}"
    return Entry(
        source=source, identity=name, link=link, title=f"About {name}", published=NOW, date_trust=DateTrust.ZONED, aliases=tuple(aliases)
    )


def poll(*entries: Entry, at: datetime = NOW, source: str = VNA.id, etag: str | None = '"1"') -> Poll:
    """A poll that brought these entries and this validator."""
    polling = Polling(etag=etag, next_poll_at=at + 15 * MINUTE, last_poll_at=at, last_success_at=at, last_full_at=at, known_good=True)
    return Poll(source=source, at=at, polling=polling, entries=entries)


def baseline(at: datetime = NOW, source: str = VNA.id) -> Poll:
    """The first poll of a source, which held nothing yet: from now on all is news. It is due again at once."""
    return Poll(source=source, at=at, polling=Polling(body_hash="0" * 32, baseline_at=at))


def story(name: str = "communique", text: str = "", **fields: object) -> Article:
    """An article about `name`."""
    told = text or f"The ministers adopted the {name} in Manila on Saturday."
    article = Article(
        key=f"vna.example/{name}", url=f"https://vna.example/{name}", title=f"ASEAN: {name}", text=told, publisher=VNA.publisher
    )
    return replace(article, **fields)  # type: ignore[arg-type]


def sighting(article: Article, title: str, status: Status = Status.DONE) -> Sighting:
    """The first sentence of `article` as the proof that `title` was adopted."""
    whole = Span(field="text", start=0, end=len(article.text), quote=article.text)
    evidence = Evidence(span=replace(whole, end=12, quote=article.text[:12]), rule="document.adopted")
    return Sighting(
        type=OutcomeType.DOCUMENT, status=status, level=Level.MINISTERIAL, title=title, meeting=AMM, evidence=evidence, sentence=whole
    )


def reading(article: Article, *titles: str, status: Status = Status.DONE, ruleset: str = "rules-1", relevant: bool = True) -> Reading:
    """A reading of `article` that sights an outcome under each title."""
    return Reading(
        relevant=relevant,
        stage=Stage.OUTCOME if titles else Stage.NONE,
        alert=bool(titles),
        language="en",
        meetings=(MeetingMention(meeting=AMM, primary=True),),
        sightings=tuple(sighting(article, title, status) for title in titles),
        ruleset=ruleset,
    )


def key_of(title: str) -> str:
    """The key that the desk gives to the outcome of that title."""
    return derived("outcome", title)


Desk = Callable[[Sequence[Outcome], Earlier], Changes]


def desk(article: Article, said: Reading, now: datetime = NOW) -> Desk:
    """Decides by the title alone: a title that is unknown is a new outcome, and news when it is done."""

    def decide(known: Sequence[Outcome], earlier: Earlier) -> Changes:
        register = {outcome.title: outcome for outcome in known}
        resolved, events, news = [], [], []
        for index, seen in enumerate(said.sightings):
            reported = Reported(
                article=article.key,
                index=index,
                sighting=seen,
                publisher=article.publisher,
                published=article.published,
                at=now,
                alertable=said.alert,
            )
            before = register.get(seen.title)
            after = _outcome(seen, before, now)
            register[seen.title] = after
            resolved.append(Resolved(reported=reported, outcome=after.key, why="same title" if before else "new title"))
            events.append(_event(before, after, article, now))
            if after.status is not Status.PLANNED and (before is None or before.status is not after.status):
                news.append(resolved[-1])
        changed = {outcome.outcome for outcome in resolved}
        kept = tuple(outcome for outcome in register.values() if outcome.key in changed)
        return Changes(outcomes=kept, resolved=tuple(resolved), events=tuple(events), news=tuple(news) if said.alert else ())

    return decide


def _outcome(seen: Sighting, before: Outcome | None, now: datetime) -> Outcome:
    if before is None:
        return Outcome(
            key=key_of(seen.title),
            type=seen.type,
            status=seen.status,
            level=seen.level,
            title=seen.title,
            titles=(seen.title,),
            parties=seen.parties,
            meeting=seen.meeting,
            first_seen=now,
            last_seen=now,
            done_at=None if seen.status is Status.PLANNED else now,
            blocks=(f"title:{seen.title}",),
        )
    status = before.status if seen.status is Status.PLANNED else seen.status
    return replace(before, status=status, last_seen=max(before.last_seen, now))


def _event(before: Outcome | None, after: Outcome, article: Article, now: datetime) -> Event:
    if before is None:
        return Event(kind=EventKind.OUTCOME_NEW, subject=after.key, at=now, after=after.status, article=article.key)
    if before.status is after.status:
        return Event(kind=EventKind.OUTCOME_CORROBORATED, subject=after.key, at=now, article=article.key)
    return Event(kind=EventKind.OUTCOME_STATUS, subject=after.key, at=now, before=before.status, after=after.status, article=article.key)


def blocks(said: Reading) -> list[str]:
    """Where the desk looks for what it may know already."""
    return [f"title:{seen.title}" for seen in said.sightings]


def tell(
    store: Store, article: Article, said: Reading, *, targets: Routing | Sequence[str] = ("desk",), now: datetime = NOW
) -> tuple[Changes, Alert | None]:
    """Records the article and what was read in it; the changes and the alert."""
    store.record_article(None, article, now)
    return store.record_reading(article, said, blocks(said), desk(article, said, now), targets, now)


def emptied(store: Store) -> Store:
    """The store, with nothing in it."""
    with store._writing() as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(text(f"TRUNCATE {', '.join(table.name for table in metadata.sorted_tables)}"))
        else:
            for table in reversed(metadata.sorted_tables):
                tx.execute(table.delete())
    return store
