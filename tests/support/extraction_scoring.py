"""F1 of extracted texts over shingles of four words, each page counting alike; and the settings that are compared."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.charsets import decoded
from ingest.maintext import main_text, tree_of

SHINGLE = 4
# Scripts that set no blanks between words count by characters.
_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff]|\w+")

Share = tuple[float, float, float]
"""What of a page's shingles is right, too much, missing; together 1."""
Page = tuple[str, str, str]
"""Name, HTML, the text that a person took from it."""


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Every run of four words in `text`, or its words where it has fewer, with how often it occurs."""
    words = _WORD.findall(text.lower())
    return Counter(tuple(words[place : place + SHINGLE]) for place in range(max(1, len(words) - SHINGLE + 1))) if words else Counter()


def share(truth: str, found: str) -> Share:
    """How `found` compares with `truth`; (0, 0, 0) when both are empty."""
    there, here = shingles(truth), shingles(found)
    right, much, missing = ((there & here).total(), (here - there).total(), (there - here).total())
    whole = right + much + missing or 1
    return right / whole, much / whole, missing / whole


def figures(shares: list[Share]) -> tuple[float, float, float]:
    """F1, precision and recall; precision and recall are means over the pages that have one, so that long pages count no more."""
    precisions = [right / (right + much) for right, much, _ in shares if right + much]
    recalls = [right / (right + missing) for right, _, missing in shares if right + missing]
    precision = sum(precisions) / max(len(precisions), 1)
    recall = sum(recalls) / max(len(recalls), 1)
    return 2 * precision * recall / (precision + recall or 1), precision, recall


def corpus(folder: Path) -> Iterator[Page]:
    """The pages of a folder, by name."""
    truths = folder / "ground-truth.json"
    if truths.exists():
        for name, said in sorted(json.loads(truths.read_text(encoding="utf-8")).items()):
            yield name, _html(folder / "html" / f"{name}.html"), said["articleBody"]
    for file in sorted(folder.glob("*.txt")):
        yield file.stem, _html(file.with_suffix(".html")), file.read_text(encoding="utf-8")


def _html(file: Path) -> str:
    packed = file.with_name(f"{file.name}.gz")
    return decoded(gzip.decompress(packed.read_bytes()) if packed.exists() else file.read_bytes())


def _setting(**options: bool) -> Callable[[str], str]:
    from trafilatura import extract

    def setting(html: str) -> str:
        tree = tree_of(html)
        return "" if tree is None else extract(tree, include_comments=False, include_tables=True, deduplicate=False, **options) or ""

    return setting


def _ours(html: str) -> str:
    tree: Any = tree_of(html)
    return "" if tree is None else main_text(tree)


def settings() -> Mapping[str, Callable[[str], str]]:
    """What is compared: ours, and trafilatura alone in its settings."""
    return {
        "ours": _ours,
        "precise": _setting(favor_precision=True),
        "default": _setting(),
        "recall": _setting(favor_recall=True),
        "fast": _setting(fast=True),
    }
