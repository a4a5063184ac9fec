"""The scorer counts as it says, and pages in full dress become the very text that was put into them, in every language."""

from pathlib import Path

import extraction_scoring as extraction
import pytest
from webpages import ARTICLE, dressed

TRUTH = "one two three four five six seven eight"


@pytest.mark.parametrize(
    ("found", "share"),
    [
        (TRUTH, (1.0, 0.0, 0.0)),
        ("", (0.0, 0.0, 1.0)),
        ("one two three four five six seven nine", (4 / 6, 1 / 6, 1 / 6)),
        (f"{TRUTH} nine", (5 / 6, 1 / 6, 0.0)),
        ("other words stand here now", (0.0, 2 / 7, 5 / 7)),
        (TRUTH.upper().replace(" ", ",\n"), (1.0, 0.0, 0.0)),
    ],
)
def test_a_page_is_compared_by_its_runs_of_four_words(found: str, share: extraction.Share) -> None:
    assert extraction.share(TRUTH, found) == pytest.approx(share)


def test_each_page_counts_alike() -> None:
    f1, precision, recall = extraction.figures([(1.0, 0.0, 0.0), (0.5, 0.5, 0.0)])

    assert (precision, recall) == (0.75, 1.0)
    assert f1 == pytest.approx(2 * 0.75 / 1.75)


def test_an_extractor_that_finds_nothing_scores_nothing() -> None:
    assert extraction.figures([(0.0, 0.0, 1.0)])[0] == 0.0


def test_pages_in_full_dress_are_read_without_it(tmp_path: Path) -> None:
    for language, paragraph in ARTICLE.items():
        paragraphs = [f"{number}. {paragraph}" for number in range(1, 8)]
        (tmp_path / f"{language}.html").write_text(dressed(paragraphs, language=language), encoding="utf-8")
        (tmp_path / f"{language}.txt").write_text("\n".join(paragraphs), encoding="utf-8")

    shares = [extraction.share(truth, extraction.settings()["ours"](html)) for _, html, truth in extraction.corpus(tmp_path)]

    assert len(shares) == len(ARTICLE)
    assert extraction.figures(shares)[0] >= 0.99
