"""The labelled texts, what the reader makes of them, and the figures of eval/score.py; no text of them is ever printed."""

import hashlib
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from aseanwatch.contract import article_from_item, reading_json
from classifiers import load_reader

ROOT = Path(__file__).parents[2]
EVAL = ROOT / "tests" / "eval"
FLOORS = EVAL / "floors.toml"

sys.path.insert(0, str(EVAL))

from score import match, score  # noqa: E402

__all__ = ["FLOORS", "SETS", "digest", "figures", "floors", "half", "items", "match", "readings", "score"]

Item = dict[str, Any]

_SEEDS = ROOT / "seeds"
SETS: dict[str, Sequence[Path]] = {
    "dev": (EVAL / "dev.jsonl",),
    "seeds": (_SEEDS / "labels.json", *sorted(_SEEDS.glob("*.txt"))),
}
"""Set of labelled texts -> the files it is made of."""


@cache
def items(name: str) -> tuple[Item, ...]:
    """The labelled texts of a set, in its order."""
    if name == "seeds":
        labels = json.loads((_SEEDS / "labels.json").read_text(encoding="utf-8"))
        return tuple(one | {"title": "", "text": (_SEEDS / one["file"]).read_text(encoding="utf-8")} for one in labels)
    (file,) = SETS[name]
    return tuple(json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())


def digest(name: str) -> str:
    """SHA-256 over the files of a set: figures of other texts are other figures."""
    summed = hashlib.sha256()
    for file in SETS[name]:
        summed.update(hashlib.sha256(file.read_bytes()).digest())
    return summed.hexdigest()


@cache
def readings(name: str) -> Mapping[str, Item]:
    """Item id -> its classification, as `aseanwatch classify` writes it."""
    reader = load_reader()
    return {one["id"]: reading_json(one["id"], reader.read(article_from_item(one))) for one in items(name)}


def half(item: Item) -> str:
    """`a` or `b`: stories of one group (versions of one event) fall into the same half."""
    name = item.get("group") or item["id"]
    return "ab"[int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2]


def figures(some: Sequence[Item], predicted: Mapping[str, Item]) -> dict[str, float]:
    """Every figure of the scorer that has a floor, by a dotted name: `alert.f1`, `stage.preview`, `primary_accuracy`."""
    result, _ = score({one["id"]: one for one in some}, predicted)
    flat: dict[str, float] = {}
    for name, value in result.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{part}": float(figure) for part, figure in value.items() if part not in ("tp", "fp", "fn")}
        elif name != "items":
            flat[name] = float(value)
    return flat


def floors() -> dict[str, Any]:
    """floors.toml: set -> its digest, the number of its items, and the floors."""
    return tomllib.loads(FLOORS.read_text(encoding="utf-8"))
