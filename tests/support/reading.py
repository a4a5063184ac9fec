"""Reading a sentence as the end of a report from a ministers' meeting: what the tests of the reader say in one line."""

from functools import lru_cache

from aseanwatch.contract import article_from_item
from classifiers import Reader, load_reader
from core.readings import Reading

MEETING = "The ASEAN foreign ministers met in Vientiane on July 26 for the 57th ASEAN Foreign Ministers' Meeting (AMM-57)."


@lru_cache(maxsize=1)
def reader() -> Reader:
    """The reader by the rules that ship, built once."""
    return load_reader()


def read(text: str, title: str = "", published: str = "2024-07-27") -> Reading:
    """The reading of a whole text."""
    return reader().read(article_from_item({"id": "a", "title": title, "text": text, "published": published}))


def results(sentence: str) -> set[tuple[str, str]]:
    """(type, status) of the outcomes of `sentence`, told after the meeting's lead."""
    return {(s.type.value, s.status.value) for s in read(f"{MEETING}\n\n{sentence}").sightings}
