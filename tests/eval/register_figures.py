"""How well the register tells outcomes apart: labelled texts become sightings and are resolved; what was doubled, what was swallowed.

    python tests/eval/register_figures.py [ITEMS.jsonl] [--truth FILE] [--errors]

ITEMS holds labelled texts, one a line. The truth says which labelled outcomes of several texts are one (register_truth.toml).
Each figure is given for the labels as they are and for what a poorer reader would hand over: no meetings, evidence for titles.
"""

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from register_scoring import ITEMS, TRUTH, figures, labelled, truth
from sightings import book, from_labels

READERS = {
    "labels as they are": {"meetings": True, "titles": True},
    "without meetings": {"meetings": False, "titles": True},
    "evidence for titles": {"meetings": True, "titles": False},
    "neither": {"meetings": False, "titles": False},
}
ORDERS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", type=Path, nargs="?", default=ITEMS)
    parser.add_argument("--truth", type=Path, default=TRUTH)
    parser.add_argument("--errors", action="store_true", help="name the outcomes that were doubled or swallowed")
    args = parser.parse_args()
    items = labelled(args.items)
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
