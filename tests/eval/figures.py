"""How well the labelled texts are read: `make eval`, or python tests/eval/figures.py [--set NAME] [--json | --floors].

Whole and by halves (a rule made for one half shows on the other), by language, stage against stage, and by type of outcome.
Figures only: no text is shown. `--floors` prints what floors.toml may hold now.
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from labelled import SETS, Item, digest, figures, half, items, match, readings

SHORT = {
    "alert": "alert.f1",
    "relevant": "relevant.f1",
    "stage": "stage.accuracy",
    "meetings": "meetings.f1",
    "primary": "primary_accuracy",
    "topics": "topics.f1",
    "done": "outcomes_done_found.f1",
    "typed": "outcomes_all_typed.f1",
}
"""Column -> figure."""
STAGES = ("outcome", "preview", "ongoing", "commentary", "none")


def groups(name: str) -> Iterator[tuple[str, list[Item]]]:
    """The parts of a set that are looked at by themselves."""
    whole = list(items(name))
    yield "all", whole
    for side in "ab":
        yield f"half {side}", [one for one in whole if half(one) == side]
    languages = Counter(one.get("lang", "en") for one in whole)
    for language, _ in languages.most_common():
        yield language, [one for one in whole if one.get("lang", "en") == language]


def confusion(name: str) -> dict[str, Counter[str]]:
    """Stage by the label -> stages as read."""
    read: dict[str, Counter[str]] = {stage: Counter() for stage in STAGES}
    for one in items(name):
        read[one["labels"]["stage"]][readings(name)[one["id"]]["stage"]] += 1
    return read


def by_type(name: str) -> dict[str, Counter[str]]:
    """Type of outcome -> how many were found with type and status, missed, and found where there is none."""
    counts: dict[str, Counter[str]] = {}
    for one in items(name):
        want, got = one["labels"]["outcomes"], readings(name)[one["id"]]["outcomes"]
        pairs, missed, extra = match(one, want, got, lambda g, p: g["type"] == p["type"] and g["status"] == p["status"])
        for what, found in (("found", [g for g, _ in pairs]), ("missed", missed), ("false", extra)):
            for outcome in found:
                counts.setdefault(outcome["type"], Counter())[what] += 1
    return dict(sorted(counts.items()))


def everything(name: str) -> dict[str, Any]:
    """All of it, for programs."""
    return {
        "items": len(items(name)),
        "figures": figures(items(name), readings(name)),
        "parts": {part: {"items": len(some), **_short(some, readings(name))} for part, some in groups(name) if some},
        "stages": {stage: dict(read) for stage, read in confusion(name).items()},
        "types": {kind: dict(counts) for kind, counts in by_type(name).items()},
    }


def _short(some: Sequence[Item], predicted: Mapping[str, Item]) -> dict[str, float]:
    reached = figures(some, predicted)
    return {column: reached[figure] for column, figure in SHORT.items()}


def show(name: str) -> None:
    """The figures of a set as tables."""
    told = everything(name)
    print(f"\n{name}: {told['items']} texts\n\n{'part':10}{'texts':>6}" + "".join(f"{column:>10}" for column in SHORT))
    for part, row in told["parts"].items():
        print(f"{part:10}{row['items']:>6}" + "".join(f"{row[column]:>10.3f}" for column in SHORT))
    print(f"\n{'stage':12}" + "".join(f"{stage:>12}" for stage in STAGES) + "    (columns: as read)")
    for stage, row in told["stages"].items():
        print(f"{stage:12}" + "".join(f"{row.get(other, 0) or '.':>12}" for other in STAGES))
    print(f"\n{'outcomes':14}{'found':>8}{'missed':>8}{'false':>8}    (type and status right)")
    for kind, row in told["types"].items():
        print(f"{kind:14}" + "".join(f"{row.get(what, 0):>8}" for what in ("found", "missed", "false")))


def print_floors(name: str, margin: float = 0.0) -> None:
    """The section of floors.toml for what is reached now, rounded down, less `margin`."""
    print(f'[{name}]\ndigest = "{digest(name)}"\nitems = {len(items(name))}\n\n[{name}.floors]')
    for figure, value in figures(items(name), readings(name)).items():
        print(f'"{figure}" = {max(0.0, math.floor((value - margin) * 1000) / 1000):.3f}')
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=SETS, action="append", help="only this set; may be repeated")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--floors", action="store_true", help="print floors.toml for what is reached now")
    parser.add_argument("--margin", type=float, default=0.0, help="with --floors: leave so much room below")
    args = parser.parse_args()
    chosen = args.set or list(SETS)
    if args.json:
        print(json.dumps({name: everything(name) for name in chosen}))
    for name in () if args.json else chosen:
        if args.floors:
            print_floors(name, args.margin)
        else:
            show(name)


if __name__ == "__main__":
    main()
