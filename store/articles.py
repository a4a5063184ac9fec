"""Entries on their way to become articles, the articles with their earlier texts, and the items that were set aside."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, insert, select, update

from core.articles import Article, ArticleState, Failure, flags_of_revision, replaces
from core.errors import StoreError
from core.health import PAGES_LOOKED_AT, Pages
from core.keys import digest
from core.readings import Reading
from core.reasons import Reason
from core.sources import Entry, EntryState, Source
from store import tables
from store.columns import storable
from store.database import LONGEST_WAIT, Database, chunks, come, insert_new
from store.polls import SOURCE_COLUMNS, source_of
from store.tables import article, article_revision, entry, failure, handle, reading, source

ARTICLE_COLUMNS = [article.c[field.name] for field in fields(Article)]
ENTRY_COLUMNS = [entry.c[name] for name in ("identity", "link", "title", "summary", "content", "published", "date_trust", "baseline")]
REVISED = ("title", "text", "text_hash", "folded", "language", "extractor", "flags", "changed_at", "state", "due_at")
LATEST_ENTRIES = 20_000
"""Entries among which the recent pages of all sources are looked for; a source that has fewer among them is not judged."""
NOTICED_AMONG = 200
"""Articles of a source among which a text that stands on many pages is looked for."""
FAILURE_COLUMNS = [failure.c[field.name] for field in fields(Failure)]


class Articles(Database):
    """The part of the store that keeps texts."""

    def pending_entries(self, now: datetime, limit: int = 100, *, per_source: int | None = None) -> list[tuple[Source, Entry, int]]:
        """Entries without an article whose time has come, longest waiting first, each with the number of failed attempts so far.

        With `per_source` at most so many of each source: one that announced hundreds does not push the others off the list.
        """
        due = and_(entry.c.due_at.is_not(None), come(entry.c.due_at, now))
        query = _entries().where(source.c.listed, source.c.enabled, due).order_by(entry.c.due_at, entry.c.id).limit(limit)
        if per_source is not None:
            place = func.row_number().over(partition_by=entry.c.source_id, order_by=(entry.c.due_at, entry.c.id)).label("place")
            line = select(entry.c.id, place).where(due).subquery()
            query = query.join(line, line.c.id == entry.c.id).where(line.c.place <= per_source)
        with self._reading() as tx:
            return [(source_of(row), _entry(row), row._mapping[entry.c.attempts]) for row in tx.execute(query)]

    def entries(self, *, source: str | None = None, state: EntryState | None = None, limit: int = 200) -> list[tuple[Entry, EntryState]]:
        """Entries and how far they have come, newest first. Their aliases are not given back: they only serve to recognise."""
        query = _entries().order_by(entry.c.id.desc()).limit(limit)
        if source is not None:
            query = query.where(entry.c.source_id == source)
        if state is not None:
            query = query.where(entry.c.state == state)
        with self._reading() as tx:
            return [(_entry(row), row._mapping[entry.c.state]) for row in tx.execute(query)]

    def record_article(self, entry: Entry | None, article: Article, now: datetime) -> str:
        """`new`, `revised` (text changed: an earlier text is kept, the article is unread again) or `known`.

        Raises StoreError for an entry that no poll announced.
        """
        came = cleaned(article)
        with self._writing() as tx:
            number, became = _keep(tx, came, now)
            if entry is not None:
                _finish(tx, entry, number)
        return became

    def revisit(self, article: str, at: datetime) -> None:
        """Makes the page of an article due again at `at`, by the first entry that announced it; nothing when no entry did."""
        number = select(tables.article.c.id).where(tables.article.c.handle == handle(article)).scalar_subquery()
        first = select(func.min(entry.c.id)).where(entry.c.article_id == number, entry.c.state == EntryState.DONE).scalar_subquery()
        with self._writing() as tx:
            tx.execute(update(entry).where(entry.c.id == first).values(due_at=at))

    def same_text(self, article: Article) -> int:
        """How many of the last 200 articles of its source have the very text of `article`, under another key and another title."""
        came = cleaned(article)
        columns = tables.article.c
        recent = (
            select(columns.handle, columns.title, columns.text)
            .where(columns.source == came.source)
            .order_by(columns.id.desc())
            .limit(NOTICED_AMONG)
            .subquery()
        )
        same = and_(recent.c.text == came.text, recent.c.title != came.title, recent.c.handle != handle(came.key))
        with self._reading() as tx:
            return tx.scalar(select(func.count()).select_from(recent).where(same)) or 0

    def record_failure(self, entry: Entry, failure: Failure) -> None:
        """Logs it; the entry waits until `failure.retry_at` (a day at most), or is set aside when that is None."""
        with self._writing() as tx:
            _log(tx, failure)
            _postpone(tx, entry, failure)

    def entry_counts(self) -> dict[str, int]:
        """Source -> how many entries it has announced."""
        query = select(entry.c.source_id, func.count()).group_by(entry.c.source_id)
        with self._reading() as tx:
            return dict(tx.execute(query).all())

    def recent_pages(self) -> dict[str, Pages]:
        """Source -> what came of its last pages of which nothing more is to come, among the last entries of all sources."""
        closed = entry.c.state.in_([EntryState.DONE, EntryState.FAILED])
        query = select(entry.c.source_id, entry.c.state, entry.c.link).where(closed).order_by(entry.c.id.desc()).limit(LATEST_ENTRIES)
        empty: dict[str, list[str]] = defaultdict(list)
        total: Counter[str] = Counter()
        with self._reading() as tx:
            for source_id, state, link in tx.execute(query):
                if total[source_id] < PAGES_LOOKED_AT:
                    total[source_id] += 1
                    if state is EntryState.FAILED:
                        empty[source_id].append(link or "")
            pages = {key: Pages(texts=number - len(empty[key]), empty=len(empty[key])) for key, number in total.items()}
            why = _reasons(tx, {link: key for key, links in empty.items() if pages[key].without_text for link in links})
        return {key: replace(found, reasons=why.get(key, ())) for key, found in pages.items()}

    def unread_articles(self, limit: int = 100, *, now: datetime | None = None) -> list[Article]:
        """Articles that wait for the classifiers, oldest first; with `now`, without those that were put off until later."""
        query = select(*ARTICLE_COLUMNS).where(article.c.state == ArticleState.UNREAD).order_by(article.c.id).limit(limit)
        if now is not None:
            query = query.where(come(article.c.due_at, now))
        with self._reading() as tx:
            return [_article(row) for row in tx.execute(query)]

    def record_read_failure(self, article: str, failure: Failure) -> None:
        """Logs it; the article is put off until `failure.retry_at` (a day at most), or set aside until its text or the rules change."""
        due = _again(failure)
        with self._writing() as tx:
            _log(tx, failure)
            mark(tx, article, ArticleState.UNREAD if due else ArticleState.FAILED, due)

    def reopen_articles(self, ruleset: str) -> int:
        """Makes every article unread that was not read by this rule set; how many."""
        done = exists().where(reading.c.article_id == article.c.id, reading.c.current, reading.c.ruleset == ruleset)
        with self._writing() as tx:
            stale = update(article).where(article.c.state != ArticleState.UNREAD, ~done)
            return tx.execute(stale.values(state=ArticleState.UNREAD)).rowcount

    def article(self, key: str) -> Article | None:
        """The article as it is now."""
        with self._reading() as tx:
            row = tx.execute(select(*ARTICLE_COLUMNS).where(article.c.handle == handle(key))).first()
        return _article(row) if row else None

    def article_keys(self, since: datetime) -> list[str]:
        """The articles published (or, undated, first seen) from `since` on, in order of that time."""
        at = func.coalesce(article.c.published, article.c.first_seen)
        with self._reading() as tx:
            return list(tx.scalars(select(article.c.key).where(at >= since).order_by(at, article.c.id)))

    def earlier_texts(self, key: str) -> list[Article]:
        """The article as it was before each revision, oldest first."""
        now = self.article(key)
        if now is None or now.revision == 1:
            return []
        columns = [article_revision.c[name] for name in ("revision", "title", "text", "extractor", "flags")]
        query = select(*columns).join(article).where(article.c.handle == handle(key)).order_by(article_revision.c.revision)
        with self._reading() as tx:
            return [replace(now, **row._mapping) for row in tx.execute(query)]

    def articles(
        self, *, words: str = "", source: str | None = None, relevant: bool | None = None, stage: str | None = None, limit: int = 100
    ) -> list[Article]:
        """Newest first; each of `words` must occur in title or text, whatever its case and accents. Looks through every text."""
        query = select(*ARTICLE_COLUMNS).order_by(article.c.id.desc()).limit(limit)
        for word in folded(words).split():
            query = query.where(article.c.folded.contains(word, autoescape=True))
        if source is not None:
            query = query.where(article.c.source == source)
        if relevant is not None or stage is not None:
            query = query.join(reading, and_(reading.c.article_id == article.c.id, reading.c.current))
        if relevant is not None:
            query = query.where(reading.c.relevant == relevant)
        if stage is not None:
            query = query.where(reading.c.stage == stage)
        with self._reading() as tx:
            return [_article(row) for row in tx.execute(query)]

    def reading(self, article: str) -> Reading | None:
        """What the classifiers last said of the article; None when they have said nothing yet."""
        query = select(reading.c.payload).join(tables.article).where(tables.article.c.handle == handle(article), reading.c.current)
        with self._reading() as tx:
            said: Reading | None = tx.scalar(query)
        return said

    def failures(self, *, stage: str | None = None, subject: str | None = None, limit: int = 200) -> list[Failure]:
        """What was set aside and why, newest first."""
        query = select(*FAILURE_COLUMNS).order_by(failure.c.id.desc()).limit(limit)
        if stage is not None:
            query = query.where(failure.c.stage == stage)
        if subject is not None:
            query = query.where(failure.c.subject == storable(subject))
        with self._reading() as tx:
            return [Failure(**row._mapping) for row in tx.execute(query)]


def text_of(tx: Connection, number: int, text_hash: str, now: Article) -> Article | None:
    """The article `now` as it was when its text had that hash; None when no such text is kept."""
    columns = [article_revision.c[name] for name in ("revision", "title", "text", "extractor", "flags")]
    query = select(*columns).where(article_revision.c.article_id == number).order_by(article_revision.c.revision.desc())
    earlier = (replace(now, **row._mapping) for row in tx.execute(query))
    return next((one for one in earlier if one.text_hash == text_hash), None)


def cleaned(article: Article) -> Article:
    """The article with title and text as they are stored, so that its hash is that of the stored text."""
    return replace(article, title=storable(article.title), text=storable(article.text))


def folded(text: str) -> str:
    """`text` without case, accents and hyphens, for searching: AMM-53 is found as amm 53, Đông as dong. The same on both databases."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_FOLD)


# Combining marks of Latin and Greek go; those of Thai, Khmer and the like are letters and stay.
_FOLD: dict[int, str | None] = dict.fromkeys(range(0x300, 0x370)) | {ord("đ"): "d", ord("ð"): "d"} | dict.fromkeys(map(ord, "-‐‑‒–—/"), " ")


def mark(tx: Connection, key: str, state: ArticleState, due: datetime | None = None) -> None:
    """Notes how far an article has come and, where it is to be read later, when."""
    stands: dict[str, Any] = {"state": state} | ({"due_at": due} if due else {})
    tx.execute(update(article).where(article.c.handle == handle(key)).values(stands))


def _again(why: Failure) -> datetime | None:
    return min(why.retry_at, why.at + LONGEST_WAIT) if why.retry_at else None


def _entries() -> Select[Any]:
    # What `source_of` needs comes first in the join, so that a source that was dropped still names its entries.
    return select(*SOURCE_COLUMNS, source.c.interval_seconds, entry.c.source_id, *ENTRY_COLUMNS, entry.c.attempts, entry.c.state).join_from(
        entry, source
    )


def _entry(row: Row[Any]) -> Entry:
    return Entry(source=row._mapping[entry.c.source_id], **{column.name: row._mapping[column] for column in ENTRY_COLUMNS})


def _article(row: Row[Any]) -> Article:
    return Article(**row._mapping)


def _keep(tx: Connection, came: Article, now: datetime) -> tuple[int, str]:
    """Row number and what became of the article: inserted, revised, or left as it was."""
    row = {field.name: getattr(came, field.name) for field in fields(Article)} | {
        "handle": handle(came.key),
        "text_hash": came.text_hash,
        "folded": folded(f"{came.title}\n{came.text}"),
        "first_seen": came.first_seen or now,
        "changed_at": now,
        "revision": 1,
        "state": ArticleState.UNREAD,
        "due_at": now,
    }
    if made := tx.scalar(insert_new(tx, article).values(row).returning(article.c.id)):
        return made, "new"
    found = tx.execute(select(article.c.id, *ARTICLE_COLUMNS).where(article.c.handle == row["handle"]).with_for_update()).one()
    known = Article(**{column.name: found._mapping[column] for column in ARTICLE_COLUMNS})
    if not replaces(known, came):
        return found.id, "known"
    earlier = {name: getattr(known, name) for name in ("revision", "title", "text", "extractor", "flags")}
    tx.execute(insert(article_revision).values(article_id=found.id, replaced_at=now, **earlier))
    stays = {"published": came.published or known.published, "flags": flags_of_revision(known, came), "revision": known.revision + 1}
    changed = {name: row[name] for name in REVISED} | stays
    tx.execute(update(article).where(article.c.id == found.id).values(changed))
    return found.id, "revised"


def _finish(tx: Connection, done: Entry, number: int) -> None:
    """The entry has its article; the page that the feed carried along is not needed any more."""
    found = update(entry).where(entry.c.source_id == done.source, entry.c.handle == handle(done.identity))
    if not tx.execute(found.values(state=EntryState.DONE, due_at=None, attempts=0, article_id=number, content="")).rowcount:
        raise StoreError(f"no such entry: {done.identity}", subject=done.source)


def _postpone(tx: Connection, failed: Entry, why: Failure) -> None:
    """The entry waits or is set aside; one that is finished stays so, and is only visited again later, or no more."""
    due = _again(why)
    state = EntryState.WAITING if due else EntryState.FAILED
    found = update(entry).where(entry.c.source_id == failed.source, entry.c.handle == handle(failed.identity))
    tx.execute(found.where(entry.c.state == EntryState.DONE, entry.c.due_at.is_not(None)).values(due_at=due, attempts=why.attempt))
    tx.execute(found.where(entry.c.state != EntryState.DONE).values(state=state, due_at=due, attempts=why.attempt))


def _reasons(tx: Connection, links: Mapping[str, str]) -> dict[str, tuple[Reason, ...]]:
    """Source -> why its pages failed, the most frequent reason first; `links` says whose pages they are."""
    found: dict[str, Counter[Reason]] = defaultdict(Counter)
    for part in chunks(links):
        query = select(failure.c.subject, failure.c.reason).where(failure.c.stage == "extract", failure.c.subject.in_(part))
        for subject, reason in tx.execute(query):
            found[links[subject]][reason] += 1
    return {key: tuple(reason for reason, _ in reasons.most_common()) for key, reasons in found.items()}


def _log(tx: Connection, why: Failure) -> None:
    """Appends a failure; one that was logged already is the same one, told again."""
    row = {field.name: getattr(why, field.name) for field in fields(Failure)}
    tx.execute(insert_new(tx, failure).values(handle=digest(*map(str, row.values())), **row))
