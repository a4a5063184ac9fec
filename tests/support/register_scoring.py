"""What became of labelled outcomes in the register: which were doubled, which swallowed, which told twice or never."""

import json
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sightings import Book, Story

EVAL = Path(__file__).resolve().parents[1] / "eval"
ITEMS = EVAL / "register_groups.jsonl"
TRUTH = EVAL / "register_truth.toml"


def labelled(path: Path = ITEMS) -> list[dict[str, Any]]:
    """The labelled texts of a file of JSON lines, in order of date."""
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return sorted(items, key=lambda item: item.get("published") or "")


@dataclass(frozen=True)
class Figures:
    """What became of the outcomes of the world in one register."""

    outcomes: int
    shared: int
    """Outcomes that more than one text reports."""
    doubled: tuple[str, ...]
    """Outcomes in more than one record."""
    swallowed: tuple[str, ...]
    """Done outcomes in one record with another outcome."""
    done: int
    alerted_twice: tuple[str, ...]
    never_alerted: tuple[str, ...]
    """Outcomes that some text may tell, and no alert does."""


def truth(path: Path = TRUTH) -> dict[tuple[str, int], str]:
    """(item, place) -> name of the thing, for those that several texts report."""
    same = tomllib.loads(path.read_text(encoding="utf-8"))["same"]
    return {(item, int(place)): name for name, seats in same.items() for item, place in (seat.split("#") for seat in seats)}


def figures(stories: Sequence[Story], made: Book, names: dict[tuple[str, int], str]) -> Figures:
    """The figures of a register after these stories."""
    things: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    tellable, done = set(), set()
    for told in stories:
        for one in told.reports():
            seat = (told.key, one.index)
            name = names.get(seat, f"{told.key}#{one.index}")
            things[name].append(seat)
            done |= {name} if one.sighting.status != "planned" else set()
            tellable |= {name} if one.alertable else set()
    records = {name: {made.seats[seat] for seat in seats} for name, seats in things.items()}
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for name, keys in records.items():
        for key in keys:
            owners[key].add(name)
    told_by = [key for _, key in made.alerts]
    return Figures(
        outcomes=len(things),
        shared=sum(len({item for item, _ in seats}) > 1 for seats in things.values()),
        doubled=tuple(sorted(name for name, keys in records.items() if len(keys) > 1)),
        swallowed=tuple(sorted(name for name, keys in records.items() if name in done and any(len(owners[key]) > 1 for key in keys))),
        done=len(done),
        alerted_twice=tuple(sorted(name for name, keys in records.items() if sum(key in keys for key in told_by) > 1)),
        never_alerted=tuple(sorted(name for name in tellable if not records[name] & set(told_by))),
    )
