"""Outcomes in the languages that are read in part: an act, a thing and a time in one sentence, by small lexicons.

What is not understood is not guessed: a sentence gives an outcome only where an act of deciding and a named kind of thing
stand together and no word of plan, wish, recall or negation governs the act. Which word governs is a matter of place: in most
languages the nearest one in front of the act, in Japanese the nearest one behind it. Two things need no act of their own: what a list
names one by one of papers that were decided, and a communiqué by which the meeting speaks. What is kept out is remembered with its reason.

    tongue      how a language builds its sentences        dates     dates as they are written out
    sentence    place, mode, time and actor of an act      frames    what is decided, by act and thing
    finder      the walk over a document
"""

from classifiers.foreign.finder import Finder

__all__ = ["Finder"]
