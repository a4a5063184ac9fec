"""The seed articles as a news site publishes them, and the settings of a watch that follows that site."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from daemon import until
from publisher import ATOM, RSS, Publisher

GROUND = """\
[fetch]
allow = ["127.0.0.1/32"]
per_host_gap_seconds = 0
deadline_seconds = 5

[catalogue]
use_builtin = false
files = ["sources.toml"]

[history]
load_seeds = false
"""
"""Of the settings of a watch in a test: it may ask this machine, and knows no sources and no history but those it is given."""

# The seed texts came without their headlines; these say no more than the texts do.
_HEADLINES = {
    "seed000": "Deputy FM talks agenda for 53rd ASEAN Foreign Ministers' Meeting",
    "seed001": "Foreign Minister answers press on results of AMM 53",
    "seed002": "ASEAN foreign ministers meet partners in Vientiane",
    "seed003": "Vietnam attends ASEAN foreign ministers' meetings with RoK, Japan",
    "seed004": "Deputy Foreign Minister on results of AMM 57",
}


def target(name: str, url: str, on_unknown: str) -> str:
    """A target of alerts, as settings have it."""
    return f'\n[alerts.targets.{name}]\nurl = "{url}"\nper_minute = 600\non_unknown = "{on_unknown}"\n'


@dataclass(frozen=True)
class SeedStory:
    """One seed article: its headline, its paragraphs, and what a careful reader found in it."""

    id: str
    headline: str
    paragraphs: tuple[str, ...]
    published: datetime
    labels: Mapping[str, Any]

    @property
    def proofs(self) -> list[str]:
        """The words that prove each result an alert must tell: done (or failed), by ministers."""
        told = [one for one in self.labels["outcomes"] if one["status"] in ("done", "failed") and one["level"] == "ministerial"]
        return [one["evidence"] for one in told if not one.get("optional")]


def seed_stories() -> list[SeedStory]:
    """The five seeds, as numbered."""
    folder = files("seeds")
    stories = []
    for label in json.loads((folder / "labels.json").read_text(encoding="utf-8")):
        text = (folder / label["file"]).read_text(encoding="utf-8")
        day = datetime.fromisoformat(label["published"]).replace(hour=9, tzinfo=UTC)
        paragraphs = tuple(line.strip() for line in text.splitlines() if line.strip())
        stories.append(SeedStory(label["id"], _HEADLINES[label["id"]], paragraphs, day, label["labels"]))
    return stories


def publish(publisher: Publisher, story: SeedStory) -> None:
    """Puts the story on the site and into its feeds."""
    publisher.adds(story.id, title=story.headline, paragraphs=story.paragraphs, published=story.published)


def opens(publisher: Publisher, say: Callable[[], str] = str) -> None:
    """Waits until a running watch has recorded both feeds once: what they hold by then is history, and what comes now is news."""
    for feed in (RSS, ATOM):
        until(lambda feed=feed: len(publisher.asked(feed)) >= 2, 30, f"a second poll of {feed}", say=say)


PLAINLY = "storm_alerts = 0\noperator.targets = []"
"""Each alert by itself, however many come, and nothing about the watch itself."""


def settings_file(
    folder: Path, publisher: Publisher, targets: Mapping[str, str], *, tick_seconds: float = 0.1, alerts: str = PLAINLY
) -> Path:
    """The settings of a watch that follows the publisher's RSS and Atom feeds, alerts `targets` (name -> URL) and knows no history.

    `alerts`: more lines of that section.

    Articles may be of any age: the seeds are years old. Every doubt is held, so that it can be counted.
    """
    (folder / "sources.toml").write_text(
        f"""
[[source]]
id = "courier-rss"
url = "{publisher.url(RSS)}"
publisher = "{publisher.name}"
interval = "1s"

[[source]]
id = "courier-atom"
url = "{publisher.url(ATOM)}"
publisher = "{publisher.name}"
interval = "1s"
""",
        encoding="utf-8",
    )
    told = "".join(target(name, url, "hold") for name, url in targets.items())
    settings = folder / "aseanwatch.toml"
    settings.write_text(
        f"""
data_dir = "{folder / "data"}"

{GROUND}
[schedule]
tick_seconds = {tick_seconds}

[alerts]
max_age_hours = 1000000
{alerts}
{told}""",
        encoding="utf-8",
    )
    return settings


_PARTNERS = (
    "Australia",
    "Canada",
    "China",
    "India",
    "Japan",
    "New Zealand",
    "Russia",
    "the Republic of Korea",
    "the United Kingdom",
    "the United States",
    "the European Union",
)
_SUBJECTS = ("Food Security", "Smart Cities", "Maritime Safety", "Public Health")


def joint_statements() -> Iterator[tuple[str, str]]:
    """Made-up results, each another one: the name of the document, and the news text that reports it."""
    for subject in _SUBJECTS:
        for partner in _PARTNERS:
            pair = f"ASEAN-{partner.removeprefix('the ')}"
            document = f"{pair} Joint Statement on {subject}"
            yield (
                document,
                f"{pair} foreign ministers meet in Manila\n"
                f"The foreign ministers of ASEAN and {partner} met in Manila on Saturday.\n"
                f"At the {pair} Foreign Ministers' Meeting, the ministers adopted the {document}.\n"
                "The two sides also reviewed their cooperation over the past year and exchanged views on regional issues.",
            )
