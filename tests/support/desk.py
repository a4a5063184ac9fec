"""A newsroom and a review desk on a real store: articles that are edited, rules that change, reviewers who say what is right."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from stores import NOW, reading, story

from aseanwatch.pipeline import record
from core.alerts import Alert, AlertKind
from core.articles import Article
from core.codes import Status
from core.outcomes import Changes, Outcome
from core.readings import Sighting
from core.review import Action, Review, rule
from store import Store

Said = str | Sighting
"""A title that is reported as adopted, or a whole sighting."""


def article_saying(name: str, *said: Said, **fields: object) -> Article:
    """The article of that name with a text that depends on what it says."""
    text = " ".join(f"On Saturday the ministers spoke of: {one if isinstance(one, str) else repr(one)}." for one in said) or "They met."
    return story(name, text, published=NOW, **fields)


def prints(
    store: Store,
    name: str,
    *said: Said,
    now: datetime = NOW,
    rules: str = "rules-1",
    status: Status = Status.DONE,
    targets: Sequence[str] = ("desk",),
    flags: tuple[str, ...] = (),
    article: Article | None = None,
) -> tuple[Changes, Alert | None]:
    """The article of that name says this from now on, and is read by the real register."""
    printed = article or article_saying(name, *said, str(status), flags=flags)
    store.record_article(None, printed, now)
    titles = reading(printed, *(one for one in said if isinstance(one, str)), status=status, ruleset=rules)
    seen = replace(titles, alert=True, sightings=(*titles.sightings, *(one for one in said if not isinstance(one, str))))
    return record(store, printed, seen, targets, now, max_age=None)


def says(store: Store, action: Action, outcome: Outcome | str, *, at: datetime = NOW, **what: Any) -> Changes:
    """What Linh says of an outcome."""
    key = outcome if isinstance(outcome, str) else outcome.key
    _, changes = store.record_review(Review(action=action, outcome=key, by="Linh", at=at, **what), rule)
    return changes


def only(store: Store, title: str) -> Outcome:
    """The one outcome that was reported under this title."""
    [found] = [one for one in store.outcomes() if title in one.titles]
    return found


def corrections(store: Store) -> list[Alert]:
    """The corrections that were made, oldest first."""
    return [alert for alert, _ in reversed(store.alerts()) if alert.kind is AlertKind.CORRECTION]
