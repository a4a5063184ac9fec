"""Writes what the code itself says of rules and codes into docs/reference: `python tests/support/rule_pages.py`."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from classifiers.rulebook import SHAPES
from core.codes import MEETING_TYPES, TOPICS, LangSupport, Level, OutcomeType, Stage, Status

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
RULES = REFERENCE / "rules.md"
CODES = REFERENCE / "codes.md"
HEAD = "| file | entries | keys |\n|---|---|---|\n"

_CODES = """# Codes

The closed sets of `core.codes`, as readings, the register and every command use them. Rules may add topics of their own
([rules](rules.md)); nothing may add to the other sets. This page is made from the code (`python tests/support/rule_pages.py`).
"""
_MEANINGS: dict[type[StrEnum], dict[str, str]] = {
    Stage: {
        "outcome": "news of a result: ministers, leaders or officials have done something that can be named",
        "preview": "looks ahead to a meeting that has not begun, or to a result that has not come",
        "ongoing": "a meeting or a visit is under way or over, views were exchanged, and no result is reported",
        "commentary": "somebody explains, judges, argues or looks back",
        "none": "another subject",
    },
    OutcomeType: {
        "document": "a text of ASEAN's own, from communique to work plan, adopted or put out",
        "agreement": "a treaty, protocol or memorandum that binds its parties, signed or in force",
        "accession": "one more state comes under a treaty",
        "partnership": "a country or body becomes a partner of ASEAN, or a closer one",
        "membership": "a country becomes a member or an observer",
        "mechanism": "something that will work on: a fund, a centre, a body, an envoy",
        "funding": "money or goods that somebody promises or hands over",
        "negotiation": "a step of talks: opened, a text or a deadline agreed, brought to an end",
        "coordination": "who chairs, or speaks for ASEAN with a partner, changes",
        "decision": "whatever else was decided and can be named",
    },
    Status: {
        "planned": "still ahead: on the calendar, meant, asked for or being weighed",
        "done": "it was there when the story was written",
        "failed": "it was looked for, and did not come about",
    },
    Level: {
        "ministerial": "ministers, or ASEAN through its ministers",
        "leaders": "presidents, prime ministers and sultans",
        "officials": "those who prepare it: senior officials, ambassadors, working groups",
    },
    LangSupport: {
        "full": "every label is given",
        "partial": "names and a small lexicon are known: plain cases only",
        "none": "not understood: nothing is guessed",
    },
}


def rule_files() -> str:
    """The table of the files that ship, their entries and keys."""
    return HEAD + "".join(f"| {name} | {_entry(table)} | {_keys(keys)} |\n" for name, table, keys in _shapes())


def codes() -> str:
    """The page of codes, whole."""
    sets = [
        _table("Stages", "what a story as a whole is", _enum(Stage)),
        _table("Types of outcomes", "what kind of result it is", _enum(OutcomeType)),
        _table("Statuses", "how far it has come, as one article reports it", _enum(Status)),
        _table("Levels", "who decided", _enum(Level)),
        _table("Meetings", "which occurrence of which body", MEETING_TYPES.items()),
        _table("Topics", "about which the story says something", TOPICS.items()),
        _table("Language support", "how well the text's language is understood", _enum(LangSupport)),
    ]
    return "\n".join([_CODES, *sets])


def _shapes() -> Iterable[tuple[str, str, Iterable[str]]]:
    for name, shape in SHAPES.items():
        file = "`languages/*.toml`" if name == "language" else f"`{name}.toml`"
        for table, keys in shape.items():
            yield file, table, keys


def _entry(table: str) -> str:
    return f"`[{table}]`" if table else "at the top"


def _keys(keys: Iterable[str]) -> str:
    named = [f"`{key.rstrip('!')}`" for key in keys if key != "*"]
    return ", ".join([*named, "others"] if named and "*" in keys else named) or "any"


def _enum(codes: type[StrEnum]) -> list[tuple[str, str]]:
    return [(code.value, _MEANINGS[codes][code.value]) for code in codes]


def _table(title: str, about: str, rows: Iterable[tuple[str, str]]) -> str:
    return f"## {title}: {about}\n\n| code | means |\n|---|---|\n" + "".join(f"| `{code}` | {means} |\n" for code, means in rows)


def with_rule_files(page: str) -> str:
    """The page of rules with its table of files as the code has it now."""
    before, _, rest = page.partition(HEAD)
    _, gap, after = rest.partition("\n\n")
    return before + rule_files().rstrip("\n") + gap + after


if __name__ == "__main__":
    RULES.write_text(with_rule_files(RULES.read_text(encoding="utf-8")), encoding="utf-8")
    CODES.write_text(codes(), encoding="utf-8")
