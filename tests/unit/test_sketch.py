"""Copies of a text are found and told from what is merely on the same subject."""

import random
from itertools import combinations

import pytest
from copies import TAIL, edited, found
from labelled import items
from newsroom import seed_stories

from core import sketch

STORIES = ["\n".join(story.paragraphs) for story in seed_stories()]


@pytest.mark.parametrize("share", [0.0, 0.03, 0.08, 0.2])
@pytest.mark.parametrize("tail", ["", TAIL])
def test_an_edited_copy_is_found(share: float, tail: str) -> None:
    dice = random.Random(7)
    assert [found(text, f"{edited(text, share, dice)} {tail}") for text in STORIES for _ in range(10)] == [True] * 10 * len(STORIES)


def test_half_of_an_article_is_an_excerpt_of_it() -> None:
    assert all(found(text, text[: len(text) // 2]) for text in STORIES)


def test_no_two_texts_of_the_labelled_ones_are_copies() -> None:
    """They are of the same weeks, meetings and outcomes, and each was written by itself."""
    cut = [sketch.shingles(text) for text in (*(item["text"] for item in items("dev")), *STORIES)]
    assert [pair for pair in combinations(range(len(cut)), 2) if sketch.alike(cut[pair[0]], cut[pair[1]])] == []


@pytest.mark.parametrize("lang", ["zh", "ja", "th"])
def test_a_script_without_spaces_is_cut_by_characters(lang: str) -> None:
    dice = random.Random(3)
    texts = [item["text"] for item in items("dev") if item["lang"] == lang]
    assert texts
    for text in texts:
        typos = "".join(dice.choice(text) if dice.random() < 0.05 else character for character in text)
        assert found(text, typos)
        assert found(text, text[: len(text) // 2])


def test_case_marks_and_line_breaks_say_nothing() -> None:
    text = STORIES[0]
    assert sketch.resemblance(sketch.shingles(text), sketch.shingles(text.upper().replace(" ", "\n"))) == 1


@pytest.mark.parametrize("text", ["", "Joint communique", "The ministers adopted the plan of action in Manila on Saturday."])
def test_what_is_short_is_nobodys_copy(text: str) -> None:
    cut = sketch.shingles(text)
    assert sketch.sketch(cut) == ()
    assert not sketch.alike(cut, cut)
    assert sketch.resemblance(cut, frozenset()) == sketch.containment(cut, frozenset()) == 0
