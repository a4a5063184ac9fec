"""What a new installation starts with: the seed articles, read into an empty register as history; nobody is alerted."""

from importlib.resources import files

from aseanwatch.contract import article_from_item
from aseanwatch.pipeline import take
from aseanwatch.ports import Clock, Reader, Store
from aseanwatch.replay import folder_items
from core.outcomes import Event, EventKind

SEEDS = "seeds"
"""The package that holds the articles; also the subject of the event."""


def load_history(store: Store, reader: Reader, clock: Clock) -> int:
    """Reads the seeds into the register, in order of their dates, and records HISTORY_LOADED; how many articles were read.

    0 when that was done before, or when the register holds anything else: history is for a fresh start. A start that was
    killed half-way is completed by the next one.
    """
    articles = [article_from_item(item) for _, item in folder_items(files(SEEDS))]
    if store.events(subject=SEEDS, limit=1) or _used(store, {article.key for article in articles}):
        return 0
    for article in sorted(articles, key=lambda one: (one.published is None, one.published or clock.now())):
        now = article.published or clock.now()
        store.record_article(None, article, now)
        take(store, reader, article, (), now, max_age=None, history=True)
    store.append_events([Event(kind=EventKind.HISTORY_LOADED, subject=SEEDS, at=clock.now(), after=f"{len(articles)} articles")])
    return len(articles)


def _used(store: Store, seeds: set[str]) -> bool:
    others = (article.key for article in store.articles(limit=len(seeds) + 1))
    return any(key not in seeds for key in others)
