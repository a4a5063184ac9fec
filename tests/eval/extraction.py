"""How well pages become texts: F1 over shingles of four words, each page counting alike, and CPU time a page.

    .venv/bin/python tests/eval/extraction.py FOLDER

FOLDER holds pairs NAME.html (or NAME.html.gz) and NAME.txt; or, as the public article extraction benchmark has it, `ground-truth.json`
(name -> {"articleBody": ...}) beside `html/NAME.html.gz`. No pages of publishers come with the project: they are theirs. Figures that were
measured, and on what: docs/decisions/0014-text-of-a-page.md.
"""

import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from extraction_scoring import Share, corpus, figures, settings, share


def main() -> None:
    """Prints one line for each setting; pages are taken in turn, so that a busy machine slows all alike."""
    pages = list(corpus(Path(sys.argv[1])))
    shares: dict[str, list[Share]] = {name: [] for name in settings()}
    seconds: defaultdict[str, float] = defaultdict(float)
    for _, html, truth in pages:
        for name, text_of in settings().items():
            started = time.process_time()
            found = text_of(html)
            seconds[name] += time.process_time() - started
            shares[name].append(share(truth, found))
    print(f"{len(pages)} pages")
    for name, all_of in shares.items():
        f1, precision, recall = figures(all_of)
        print(f"{name:8} F1 {f1:.3f}  P {precision:.3f}  R {recall:.3f}  {1000 * seconds[name] / len(pages):.1f} ms")


if __name__ == "__main__":
    main()
