"""Labelled texts that report the same events: what the register makes of them, within the limits that were set for it."""

import random

import pytest
from register_scoring import Figures, figures, labelled, truth
from sightings import book, from_labels


def resolved(**reader: bool) -> Figures:
    stories = [from_labels(item, **reader) for item in labelled()]
    return figures(stories, book(stories), truth())


def test_of_labelled_outcomes_none_is_doubled_swallowed_told_twice_or_forgotten() -> None:
    found = resolved()
    assert found.outcomes == 79
    assert found.shared == 17
    assert found.doubled == found.swallowed == found.alerted_twice == found.never_alerted == ()


@pytest.mark.parametrize("reader", [{"meetings": False}, {"titles": False}, {"meetings": False, "titles": False}])
def test_a_poorer_reader_doubles_few_and_swallows_none(reader: dict[str, bool]) -> None:
    found = resolved(**reader)
    assert len(found.alerted_twice) <= 0.05 * found.done
    assert len(found.swallowed) <= 0.05 * found.done
    assert found.never_alerted == ()


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_they_give_the_same_register(seed: int) -> None:
    stories = [from_labels(item) for item in labelled()]
    shuffled = random.Random(seed).sample(stories, len(stories))
    assert book(shuffled).partition == book(stories).partition
