"""Outcomes in the languages that are read in part: an act, a thing and a time in one sentence, by small lexicons.

What is not understood is not guessed: a sentence gives an outcome only where an act of deciding and a named kind of thing
stand together and no word of plan, wish, recall or negation stands with them.
"""

from classifiers.frames import Found, Missed, Scene
from classifiers.lexicon import Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import Document


class Finder:
    """Finds outcomes by the lexicons of `languages/`."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book

    def find(self, doc: Document, tagged: list[Tagged], scene: Scene) -> tuple[list[Found], list[Missed]]:
        """The outcomes of the story and what nearly was one."""
        return [], []

    def begun(self, doc: Document, tagged: list[Tagged]) -> tuple[bool, float]:
        """Whether the story's meeting has begun, and how much speaks against it."""
        return True, 0.0
