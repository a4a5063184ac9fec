"""Which language a text is in: py3langid over the languages that the sources write; short texts by their script and ASEAN words."""

import re
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


ENOUGH = 700
"""Characters that tell a language from the others."""

_BEYOND_LATIN = re.compile("[\u0300-\U0010ffff]")
_SCRIPTS = {
    "th": re.compile("[\u0e01-\u0e4e]+"),
    "ja": re.compile("[\u3041-\u30ff]+"),
    "zh": re.compile("[\u4e00-\u9fff]+"),
    "vi": re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]+", re.IGNORECASE),
}


def _by_script(sample: str) -> str:
    """The language that alone is written in such letters; Chinese only where hardly a kana stands among the characters."""
    letters = {code: sum(map(len, letter.findall(sample))) for code, letter in _SCRIPTS.items()}
    if letters["th"] > 0.2 * len(sample):
        return "th"
    if letters["zh"] + letters["ja"] > 0.2 * len(sample):
        return "ja" if letters["ja"] > 0.05 * (letters["zh"] + letters["ja"]) else "zh"
    return "vi" if letters["vi"] > 0.05 * len(sample) else ""


def detect(title: str, text: str) -> str:
    """ISO 639-1 code of the language (tl for Filipino)."""
    sample = f"{title} {text[:1500]}"
    low = sample.lower()
    if sample.isascii() or len(_BEYOND_LATIN.findall(sample)) < len(sample) * 0.05:
        words = low.split()
        english = sum(map(_ENGLISH.__contains__, words))
        if words and english >= 0.18 * len(words):
            return "en"
    script = "" if sample.isascii() else _by_script(sample)
    if script:
        return script
    code = str(_model().classify(sample[:ENOUGH])[0])
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
