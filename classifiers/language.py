"""Which language a text is in: py3langid over the languages that the sources write; short texts by their script and ASEAN words."""

from functools import lru_cache
from typing import Any

LANGUAGES = (
    "en",
    "vi",
    "id",
    "ms",
    "th",
    "zh",
    "ja",
    "fr",
    "tl",
    "de",
    "es",
    "pt",
    "ko",
    "lo",
    "km",
    "my",
    "ru",
    "it",
    "nl",
    "ar",
    "hi",
    "tr",
)
_MALAY = (
    "mesyuarat",
    "berkata",
    "antarabangsa",
    "kerana",
    "sidang kemuncak",
    "ialah",
    "bahawa",
    "menteri luar",
    "kuala lumpur",
    "perkara",
    "beliau",
)
_INDONESIAN = (
    "pertemuan",
    "mengatakan",
    "internasional",
    "karena",
    "adalah",
    "bahwa",
    "menlu",
    "kata dia",
    "ujarnya",
    "negara-negara",
    "menteri luar negeri",
    "ktt",
)


@lru_cache(maxsize=1)
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def detect(title: str, text: str) -> str:
    """ISO 639-1 code of the language (tl for Filipino)."""
    sample = f"{title} {text[:1500]}"
    low = sample.lower()
    if sample.isascii() or sum(map("\u02ff".__lt__, sample)) < len(sample) * 0.05:
        words = low.split()
        english = sum(map(_ENGLISH.__contains__, words))
        if words and english >= 0.18 * len(words):
            return "en"
    code = str(_model().classify(sample)[0])
    if code in ("id", "ms"):
        malay, indonesian = sum(w in low for w in _MALAY), sum(w in low for w in _INDONESIAN)
        if malay != indonesian:
            return "ms" if malay > indonesian else "id"
    return code


_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "for",
        "on",
        "that",
        "with",
        "at",
        "by",
        "is",
        "was",
        "as",
        "from",
        "its",
        "said",
        "has",
        "are",
        "have",
        "will",
        "be",
        "an",
        "it",
        "which",
        "this",
        "their",
        "after",
        "not",
        "were",
        "would",
        "but",
        "had",
        "who",
        "been",
        "he",
        "they",
        "more",
        "also",
        "when",
        "or",
    ]
)
