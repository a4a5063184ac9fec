"""Copies of a text as papers make them: edited, cut, with something of the page behind it; and whether the sketch finds them."""

import random

from core import sketch

TAIL = "Sign up for our newsletter and get the top stories of the day in your inbox, follow us on every channel and download the app today"
"""25 words of a page."""


def edited(text: str, share: float, dice: random.Random) -> str:
    """The text with that share of its words replaced, dropped or followed by another of its words."""
    words = text.split()
    out: list[str] = []
    for word in words:
        change = dice.choice(("replace", "replace", "drop", "insert")) if dice.random() < share else ""
        out += {"": [word], "replace": [dice.choice(words)], "drop": [], "insert": [word, dice.choice(words)]}[change]
    return " ".join(out)


def opening(text: str, share: float) -> str:
    """The first part of a text, by words."""
    words = text.split()
    return " ".join(words[: int(len(words) * share)])


def found(text: str, copy: str) -> bool:
    """Whether a copy is both found by its sketch and confirmed by its text."""
    a, b = sketch.shingles(text), sketch.shingles(copy)
    return len(set(sketch.sketch(a)) & set(sketch.sketch(b))) >= sketch.ENOUGH and sketch.alike(a, b)
