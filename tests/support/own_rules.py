"""Rules of a user's own, as a test writes them: a rulebook with one file more, and a reader by it."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from aseanwatch.contract import article_from_item
from classifiers import Reader
from classifiers.custom import Rule
from classifiers.rulebook import CUSTOM, Rulebook, RuleFile, load
from core.readings import Reading
from core.sources import Tier

WHERE = "mine.toml"
LEAD = "The foreign ministers of ASEAN met in Vientiane on Friday."


@lru_cache(maxsize=1)
def shipped() -> Rulebook:
    """The rules that ship."""
    return load()


def book(source: str) -> Rulebook:
    """The rules that ship, and a file `mine.toml` of that content."""
    home = shipped()
    name = CUSTOM + WHERE
    tables: Mapping[str, object] = {**home.tables, name: tomllib.loads(source)}
    return Rulebook(tables, home.digest, {**home.files, name: RuleFile(WHERE, source)})


class Own:
    """A reader with rules of the user's own; `topics` and `alerts` say which of them hold for a story."""

    def __init__(self, source: str) -> None:
        self.reader = Reader(book(source))
        self.rules: tuple[Rule, ...] = self.reader.custom.rules

    def read(self, story: str, title: str = "", tier: Tier = Tier.PRESS, published: str = "2024-07-26") -> Reading:
        """The reading of a story that begins with the ministers' meeting."""
        article = article_from_item({"id": "a", "title": title, "text": f"{LEAD}\n\n{story}", "published": published})
        return self.reader.read(replace(article, tier=tier))

    def holds(self, name: str, story: str, title: str = "", tier: Tier = Tier.PRESS) -> bool:
        """Whether the rule of that name holds for the story."""
        reading = self.read(story, title, tier)
        return name in {topic.code for topic in reading.topics} | {alert.name for alert in reading.user_alerts}

    def words(self, name: str, story: str, title: str = "") -> list[tuple[str, float]]:
        """The words that made the rule hold, with their weights; empty when it does not."""
        reading = self.read(story, title)
        found = [topic.evidence for topic in reading.topics if topic.code == name]
        found += [alert.evidence for alert in reading.user_alerts if alert.name == name]
        return [(one.span.quote, one.weight) for evidence in found for one in evidence]
