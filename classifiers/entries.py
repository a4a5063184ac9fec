"""Every rule as an entry: what it is called, in which file and line it stands, what it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from classifiers.custom import Rule
from classifiers.rulebook import CUSTOM, Rulebook, RuleFile, rows

KINDS: dict[tuple[str, str], tuple[str, str]] = {
    ("acts", "act"): ("act", "id"),
    ("objects", "object"): ("object", "id"),
    ("actors", "actor"): ("actor", "id"),
    ("actors", "veto"): ("veto", "id"),
    ("meetings", "meeting"): ("meeting", "code"),
    ("topics", "topic"): ("topic", "code"),
    ("relevance", "cue"): ("relevance", "id"),
    ("relevance", "against.cue"): ("against", "id"),
    ("stage", "commentary.cue"): ("commentary", "where"),
    ("parties", "party"): ("party", "name"),
    ("agencies", "agency"): ("agency", "name"),
}
"""(file, table) -> the kind of rule that its entries are, and the key that names them."""


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule. `name` is what readings call it: act.adopt, meeting.AMM, topic.trade, alert.NAME."""

    kind: str
    name: str
    file: RuleFile
    table: str
    index: int
    row: Mapping[str, Any]
    own: Rule | None = None
    """The rule itself, when it is one of the user's."""

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.file.lines.of(self.table, self.index)

    @property
    def examples(self) -> list[tuple[bool, str]]:
        """(must match, sentence) of each of its examples."""
        return [(True, text) for text in self.row.get("yes", ())] + [(False, text) for text in self.row.get("no", ())]

    @property
    def phrases(self) -> dict[str, list[str]]:
        """What it looks for, by key; of a rule of the user's all phrases together."""
        if self.own:
            return {"phrases": list(self.own.phrases)}
        listed = {key: list(value) for key, value in self.row.items() if isinstance(value, list) and key not in ("yes", "no")}
        return {key: value for key, value in listed.items() if all(isinstance(one, str) for one in value) and value}

    def line_of(self, example: str) -> int:
        """The line on which an example stands."""
        return self.file.lines.of_string(self.table, self.index, example, "yes")


def entries(book: Rulebook, own: tuple[Rule, ...] = ()) -> Iterator[RuleEntry]:
    """The rules that are lists of entries, in the order of the files; `own` are those of the user (`custom.Finder.rules`)."""
    for name, file in book.files.items():
        if name.startswith((CUSTOM, "lang.")):
            continue
        for table, index, row in rows(book[name]):
            known = KINDS.get((name, table))
            if known is not None and index is not None:
                kind, key = known
                called = row[key] if kind != "commentary" else f"{row[key]}-{index + 1}"
                yield RuleEntry(kind, f"{kind}.{called}", file, table, index, row)
    names = {file: name for name, file in book.files.items()}
    for rule in own:
        row = book[names[rule.file]][rule.kind][rule.index]
        yield RuleEntry(rule.kind, f"{rule.kind}.{rule.name}", rule.file, rule.kind, rule.index, row, rule)
