"""The reference pages say what the code does."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from core.cadence import BOUNDS
from core.health import Trouble
from core.reasons import Reason
from core.sources import Source, Tier
from ingest.catalogue import INTERVALS, OFF, load_catalogue

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
REASONS, SOURCES = ((REFERENCE / name).read_text("utf-8") for name in ("reasons.md", "sources.md"))


def rows(page: str, columns: int) -> list[list[str]]:
    """The table rows of a page that have so many columns and begin with a name."""
    cells = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in page.splitlines() if line.startswith("| `")]
    return [[row[0].strip("`"), *row[1:]] for row in cells if len(row) == columns]


def test_every_reason_is_explained_once_with_its_hope() -> None:
    told = {row[0]: row[1] for row in rows(REASONS, 4)}

    assert len(rows(REASONS, 4)) == len(told)
    assert told == {reason.value: "yes" if reason.transient else "no" for reason in Reason}


def _spoken(pause: str) -> timedelta | None:
    number, _, unit = pause.partition(" ")
    return timedelta(**{{"min": "minutes", "h": "hours"}[unit]: int(number)}) if number.isdigit() else None


def test_every_tier_is_listed_with_its_paces() -> None:
    told = {name: [_spoken(pause) for pause in paces] for name, *paces in rows(SOURCES, 5)}

    assert told == {tier.value: [INTERVALS[tier], bounds.quickest, bounds.slowest, bounds.surge] for tier, bounds in BOUNDS.items()}
    assert set(told) == set(Tier)


def test_every_trouble_is_listed_with_its_remedy() -> None:
    section = SOURCES.partition("## Troubles")[2].partition("\n## ")[0]
    assert [row[0] for row in rows(section, 3)] == ["failing", "html", "dead", "silent", "empty_text", "moved", "suspect", "gap"]
    assert {row[0] for row in rows(section, 3)} == set(Trouble)


def test_every_reason_to_be_off_is_listed() -> None:
    assert dict(rows(SOURCES, 2)[-len(OFF) :]) == {name: f"{says[0].upper()}{says[1:]}." for name, says in OFF.items()}


def test_every_file_of_the_catalogue_is_listed_with_its_counts() -> None:
    listed = {row[0]: (int(row[1]), int(row[2])) for row in rows(SOURCES, 3) if row[0].endswith(".toml")}
    sources = load_catalogue()

    assert sum(count for count, _ in listed.values()) == len(sources)
    assert sum(on for _, on in listed.values()) == sum(source.enabled for source in sources)
    files = Counter(path.name for path in (Path(__file__).parents[2] / "ingest" / "catalogue").glob("*.toml"))
    assert set(listed) == set(files)


def test_the_example_is_a_catalogue_and_its_keys_are_all_there_are(tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", SOURCES, re.DOTALL)[1]
    file = tmp_path / "my-sources.toml"
    file.write_text(example, encoding="utf-8")
    found = {source.id: source for source in load_catalogue([file])}

    assert found["my-ministry"].zone == "Asia/Ho_Chi_Minh"
    assert not found["rappler"].enabled


@pytest.mark.parametrize("name", list(Source.__dataclass_fields__))
def test_every_field_of_a_source_is_a_key_of_the_page(name: str) -> None:
    assert name in {row[0] for row in rows(SOURCES, 3)}
