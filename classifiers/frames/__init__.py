"""Outcomes as frames: what was done, to what, by whom, in which mode and when; each with the words that prove it.

finder      the walk over a document
frame       one sentence: verb groups, things, deciders, and the checks that keep an outcome out
things      documents, agreements, bodies, measures        reports   quoted, expected, missing
joining     accession, partnership, membership             talks     negotiation, roles, money
deciding    tasks, exclusions, decisions
"""

from classifiers.frames.finder import Finder
from classifiers.frames.frame import Found, Missed, Scene

__all__ = ["Finder", "Found", "Missed", "Scene"]
