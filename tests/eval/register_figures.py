"""How well the register tells outcomes apart: labelled texts become sightings and are resolved; what was doubled, what was swallowed.

    python tests/eval/register_figures.py [ITEMS.jsonl] [--truth FILE] [--errors]

ITEMS holds labelled texts, one a line. The truth says which labelled outcomes of several texts are one (register_truth.toml).
Each figure is given for the labels as they are and for what a poorer reader would hand over: no meetings, evidence for titles.
"""

import argparse
import json
import random
import sys
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from sightings import Book, Story, book, from_labels

ITEMS = Path(__file__).with_name("register_groups.jsonl")
TRUTH = Path(__file__).with_name("register_truth.toml")
READERS = {
    "labels as they are": {"meetings": True, "titles": True},
    "without meetings": {"meetings": False, "titles": True},
    "evidence for titles": {"meetings": True, "titles": False},
    "neither": {"meetings": False, "titles": False},
}
ORDERS = 20


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


def truth(path: Path) -> dict[tuple[str, int], str]:
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", type=Path, nargs="?", default=ITEMS)
    parser.add_argument("--truth", type=Path, default=TRUTH)
    parser.add_argument("--errors", action="store_true", help="name the outcomes that were doubled or swallowed")
    args = parser.parse_args()
    items = [json.loads(line) for line in args.items.read_text(encoding="utf-8").splitlines() if line.strip()]
    items.sort(key=lambda item: item.get("published") or "")
    groups = {item["group"] for item in items if item.get("group")}
    print(f"{len(items)} texts, {len(groups)} groups")
    names = truth(args.truth)
    for label, how in READERS.items():
        stories = [from_labels(item, **how) for item in items]
        made = book(stories)
        found = figures(stories, made, names)
        same = sum(book(random.Random(seed).sample(stories, len(stories))).partition == made.partition for seed in range(ORDERS))
        print(
            f"{label:20} outcomes {found.outcomes} ({found.shared} in several texts), records {len(made.outcomes)}, "
            f"doubled {len(found.doubled)}, swallowed {len(found.swallowed)} of {found.done} done, "
            f"alerted twice {len(found.alerted_twice)}, never alerted {len(found.never_alerted)}, same in {same} of {ORDERS} orders"
        )
        if args.errors:
            for what in ("doubled", "swallowed", "alerted_twice", "never_alerted"):
                print(f"    {what}: {', '.join(getattr(found, what)) or 'none'}")


if __name__ == "__main__":
    main()
