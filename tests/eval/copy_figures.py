"""How well copies of a text are found and told from others: python tests/eval/copy_figures.py.

Every labelled text of 100 words or more is copied three times in each way; every pair of labelled texts is compared.
"""

import random
import sys
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from copies import TAIL, edited, found, opening
from labelled import items

from core import sketch

TIMES = 3
EDITS = (0.03, 0.08, 0.2, 0.3)
CUTS = (0.5, 0.33, 0.25, 0.2)


def main() -> None:
    dice = random.Random(1)
    texts = [str(item["text"]) for name in ("dev", "seeds") for item in items(name)]
    long = [text for text in texts if len(text.split()) >= 100]
    ways = {f"{share:.0%} of the words edited": [edited(text, share, dice) for text in long * TIMES] for share in EDITS}
    ways |= {f"{share:.0%} edited, with a tail": [f"{edited(text, share, dice)} {TAIL}" for text in long * TIMES] for share in EDITS}
    ways |= {f"the first {share:.0%}": [opening(text, share) for text in long * TIMES] for share in CUTS}
    ways |= {f"the first {share:.0%}, 8% edited": [edited(opening(text, share), 0.08, dice) for text in long * TIMES] for share in CUTS}
    for way, copies in ways.items():
        right = sum(found(text, copy) for text, copy in zip(long * TIMES, copies, strict=True))
        print(f"{way:28} found {right / len(copies):.3f} of {len(copies)}")
    pairs = list(combinations(map(sketch.shingles, texts), 2))
    taken = sum(sketch.alike(a, b) for a, b in pairs)
    print(f"{len(pairs)} pairs of different texts: {taken} taken for copies")
    for measure in (sketch.resemblance, sketch.containment):
        print(f"    most alike by {measure.__name__}: {max(measure(a, b) for a, b in pairs):.2f}")


if __name__ == "__main__":
    main()
