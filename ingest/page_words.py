"""The words in page_words.toml, as patterns; compiled when they are first asked for, which is in the process that extracts."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def words(table: str) -> str:
    """Every wording of a table, in all languages, as one alternative of a regular expression."""
    return "|".join(f"(?:{wording})" for wordings in _tables()[table].values() for wording in wordings)


@cache
def anywhere(table: str) -> re.Pattern[str]:
    """A pattern for the words of a table, without regard to case."""
    return re.compile(words(table), re.IGNORECASE)


@cache
def _tables() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((files("ingest") / "page_words.toml").read_text(encoding="utf-8"))
