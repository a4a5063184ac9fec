"""Reprints in the store: found by their text, counted under one origin, in whatever order they come."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import desk
from copies import edited
from newsroom import seed_stories
from sqlalchemy import func, select
from stores import NOW, key_of, reading, story, tell

from core.articles import Article
from core.origins import Authority
from core.outcomes import EventKind
from core.review import Action
from store import Store, open_store
from store.copies import LISTED
from store.tables import article_copy, article_sketch

STORY, OTHER = ("\n".join(one.paragraphs) for one in seed_stories()[1:3])
TITLE = "Joint Communique"


def carrier(name: str, text: str = STORY, *, hours: int = 0, days: int = 0) -> Article:
    """An article of the paper of that name."""
    return story(name, text, publisher=name.title(), published=NOW + timedelta(hours=hours, days=days))


def telling(store: Store, *articles: Article) -> None:
    for one in articles:
        tell(store, one, reading(one, TITLE), now=max(NOW, one.published or NOW))


def carried(store: Store) -> dict[str, tuple[str, Authority]]:
    """Article -> origin and authority of its report, as the register shows them."""
    found = store.outcome(key_of(TITLE))
    assert found
    return {one.reported.publisher: (one.reported.origin, one.reported.authority) for one in found[1]}


ORIGINAL, REPRINT, EXCERPT = (
    carrier("gazette"),
    carrier("mirror", f"{STORY}\nShare this", hours=2),
    carrier("brief", STORY[: len(STORY) // 2], hours=3),
)
OWN = carrier("herald", OTHER, hours=1)


def test_a_reprint_and_an_excerpt_count_under_the_origin_of_the_first(store: Store) -> None:
    telling(store, ORIGINAL, OWN, REPRINT, EXCERPT)
    (outcome,) = store.outcomes()
    assert (outcome.origins, outcome.articles) == (("Gazette", "Herald"), 4)
    assert carried(store) == {
        "Gazette": ("Gazette", Authority.PRESS),
        "Herald": ("Herald", Authority.PRESS),
        "Mirror": ("Gazette", Authority.REPRINT),
        "Brief": ("Gazette", Authority.REPRINT),
    }
    said = [event.detail for event in store.events(subject=outcome.key) if event.kind is EventKind.OUTCOME_CORROBORATED]
    assert said == ["a new origin, Herald", "another carrier of Gazette", "another carrier of Gazette"]


def seen(articles: Sequence[Article]) -> object:
    with open_store("sqlite://", now=NOW) as store:
        telling(store, *articles)
        (outcome,) = store.outcomes()
        return outcome.origins, outcome.articles, carried(store)


def test_any_order_of_arrival_gives_the_same_origins() -> None:
    first, *others = [seen(order) for order in permutations([ORIGINAL, OWN, REPRINT, EXCERPT])]
    assert all(other == first for other in others)


def test_a_text_of_another_month_is_no_copy(store: Store) -> None:
    telling(store, ORIGINAL, carrier("almanac", days=20))
    assert store.outcomes()[0].origins == ("Gazette", "Almanac")


def test_a_text_that_was_written_anew_is_no_copy_any_more(store: Store) -> None:
    telling(store, ORIGINAL, REPRINT)
    rewritten = replace(REPRINT, text=OTHER)
    tell(store, rewritten, reading(rewritten, TITLE), now=NOW + timedelta(hours=4))
    assert store.outcomes()[0].origins == ("Gazette", "Mirror")
    with store._reading() as tx:
        assert tx.scalar(select(func.count()).select_from(article_copy)) == 0


def test_only_what_sights_an_outcome_is_kept_for_comparison(store: Store) -> None:
    idle = carrier("idle")
    tell(store, idle, reading(idle, relevant=False))
    with store._reading() as tx:
        assert tx.scalar(select(func.count()).select_from(article_sketch)) == 0


def test_a_text_that_forty_papers_carry_is_one_origin(store: Store) -> None:
    telling(store, *(carrier(f"paper {n}", hours=n) for n in range(40)))
    (outcome,) = store.outcomes()
    assert (outcome.origins, outcome.articles) == (("Paper 0",), 40)


def test_words_that_stand_on_every_page_of_a_publisher_hide_no_copy_and_make_none(store: Store) -> None:
    """More pages than are looked at under one hash carry the same footer of 60 words."""
    footer = " ".join(f"footer{n}" for n in range(60))
    pages = [carrier(f"page {n}", f"{edited(OTHER, 1.0, random.Random(n))} {footer}") for n in range(LISTED + 10)]
    telling(store, *pages, carrier("late original", f"{STORY} {footer}", hours=5), carrier("late copy", f"{footer} {STORY}", hours=6))
    (outcome,) = store.outcomes()
    assert len(outcome.origins) == len(pages) + 1
    assert carried(store)["Late Copy"] == ("Late Original", Authority.REPRINT)


def test_what_was_known_then_went_back_to_whom_was_known_then(store: Store) -> None:
    """The copy is read first; the original, published before it, comes later."""
    telling(store, REPRINT)
    first = store.outcomes()[0]
    later = NOW + timedelta(hours=9)
    tell(store, ORIGINAL, reading(ORIGINAL, TITLE), now=later)
    then, now = store.outcome(first.key, later - timedelta(hours=1)), store.outcome(first.key, later)
    assert then
    assert now
    assert (then[0].origins, [one.reported.origin for one in then[1]]) == (("Mirror",), ["Mirror"])
    assert (now[0].origins, [one.reported.origin for one in now[1]]) == (("Gazette",), ["Gazette", "Gazette"])
    assert store.sightings([first.key], later - timedelta(hours=1))[first.key] == then[1]
    assert store.check() == []


def test_records_that_a_reviewer_parts_and_joins_have_the_origins_of_their_articles(store: Store) -> None:
    desk.prints(store, "a", TITLE, article=ORIGINAL)
    desk.prints(store, "b", TITLE, article=OWN, now=NOW + timedelta(hours=1))
    desk.prints(store, "c", TITLE, article=REPRINT, now=NOW + timedelta(hours=2))
    (whole,) = store.outcomes()
    left, new = desk.says(store, Action.SPLIT, whole, articles=(OWN.key,), at=NOW + timedelta(hours=3)).outcomes
    assert (left.origins, new.origins) == (("Gazette",), ("Herald",))
    desk.says(store, Action.MERGE, left, other=new.key, at=NOW + timedelta(hours=4))
    (joined,) = store.outcomes()
    assert (joined.origins, joined.articles) == (whole.origins, 3)
    desk.says(store, Action.UNDO, joined, at=NOW + timedelta(hours=5))
    assert sorted(one.origins for one in store.outcomes()) == [("Gazette",), ("Herald",)]
    assert store.check() == []
