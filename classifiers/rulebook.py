"""Rules and gazetteer as data: loaded from TOML, checked, and hashed.

A file that is wrong is refused as a whole with its name, line and reason; nothing in it is silently ignored.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from core.errors import ConfigError

_STR = (str,)
_NUM = (int, float)

# file -> table -> key -> types of its value; a table in brackets [[...]] is a list of such tables. "!" marks a required key.
SHAPES: dict[str, dict[str, dict[str, tuple[type, ...]]]] = {
    "acts": {
        "[act]": {"id!": _STR, "family!": _STR, "verbs": (list,), "nominal": (list,), "complete": (list,), "weak": (bool,), "phase": _STR, "yes": (list,), "no": (list,)}
    },
    "objects": {
        "[object]": {"id!": _STR, "type!": _STR, "heads!": (list,), "takes!": (list,), "specific": (bool,), "named": (bool,), "counted": (bool,)}
    },
    "actors": {
        "[actor]": {"id!": _STR, "level!": _STR, "words!": (list,)},
        "[veto]": {"id!": _STR, "words!": (list,), "unless_near": (list,)},
    },
    "modality": {
        "auxiliary": {"planned!": (list,)},
        "governor": {"planned!": (list,), "wish!": (list,), "done!": (list,), "failed!": (list,)},
        "negation": {"words!": (list,), "phrases!": (list,)},
        "condition": {"words!": (list,)},
        "nominal": {"done!": (list,), "planned!": (list,), "recalled!": (list,)},
    },
    "time": {
        "recalled": {"phrases!": (list,), "words!": (list,)},
        "fresh": {"phrases!": (list,)},
        "future": {"phrases!": (list,)},
        "months": {"*": (int,)},
    },
    "meetings": {
        "fm": {"forms!": (list,)},
        "[meeting]": {"code!": _STR, "names!": (list,), "acronyms": (list,), "ordinal_acronyms": (list,), "direct": (bool,), "loose": (list,), "partnered": (list,), "not": (list,), "local": (list,)},
        "cues": {"occurrence!": (list,), "institution!": (list,)},
    },
    "topics": {
        "[topic]": {"code!": _STR, "strong": (list,), "terms": (list,), "cased": (list,), "local": (list,), "not": (list,), "threshold": _NUM, "needs_talk": (bool,), "about": _STR}
    },
    "verbs": {"irregular": {"*": (list,)}},
    "parties": {"[party]": {"name!": _STR, "iso": _STR, "kind!": _STR, "names": (list,), "home": (list,), "local": (list,)}},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rule files, by name, as plain tables; `digest` is the hash that a reading records."""

    tables: Mapping[str, Any]
    digest: str

    def __getitem__(self, name: str) -> Any:
        return self.tables[name]


def _line(source: str, table: str, index: int, key: str = "") -> int:
    """The line (from 1) on which the index-th table of this name, or a key of it, stands."""
    header = f"[[{table}]]" if index >= 0 else f"[{table}]"
    seen = -1 if index >= 0 else -2
    start = 0
    for n, line in enumerate(source.splitlines(), 1):
        if line.strip().startswith(header):
            seen += 1
            if seen == max(index, -1):
                start = n
                if not key:
                    return n
        elif start and line.lstrip().startswith("["):
            break
        elif start and key and line.split("=")[0].strip() == key:
            return n
    return start or 1


def _check(name: str, source: str, data: Mapping[str, Any], where: str) -> None:
    shape = SHAPES.get(name)
    if shape is None:
        return
    for table, value in data.items():
        listed = f"[{table}]" in shape
        keys = shape.get(f"[{table}]") or shape.get(table)
        if keys is None:
            raise ConfigError(
                f"line {_line(source, table, -1)}: no table is called `{table}` here; known: {', '.join(k.strip('[]') for k in shape)}",
                subject=where,
            )
        for n, row in enumerate(value if listed else [value]):
            at = n if listed else -1
            if not isinstance(row, dict):
                raise ConfigError(f"line {_line(source, table, at)}: `{table}` must be a table", subject=where)
            required = {k[:-1] for k in keys if k.endswith("!")}
            for key in required - row.keys():
                raise ConfigError(f"line {_line(source, table, at)}: `{table}` has no `{key}`", subject=where)
            for key, v in row.items():
                types = keys.get(key) or keys.get(key + "!") or keys.get("*")
                line = _line(source, table, at, key)
                if types is None:
                    raise ConfigError(
                        f"line {line}: `{key}` is unknown in `{table}`; known: {', '.join(k.rstrip('!') for k in keys)}", subject=where
                    )
                if not isinstance(v, types) or (isinstance(v, list) and not all(isinstance(x, str) and x.strip() for x in v)):
                    raise ConfigError(
                        f"line {line}: `{key}` must be {'a list of words' if list in types else types[0].__name__}", subject=where
                    )


def load(folders: Sequence[Traversable] = ()) -> Rulebook:
    """The rulebook that ships, with the files of `folders` in place of those of the same name. Raises ConfigError."""
    home = files("classifiers")
    tables: dict[str, Any] = {}
    hashed = hashlib.blake2b(digest_size=8)
    for folder in (home / "rules", home / "gazetteer", home / "languages", *folders):
        for path in sorted(folder.iterdir(), key=lambda p: p.name):
            if not path.name.endswith(".toml"):
                continue
            source = path.read_text(encoding="utf-8")
            try:
                data = tomllib.loads(source)
            except tomllib.TOMLDecodeError as error:
                raise ConfigError(str(error), subject=str(path)) from error
            name = path.name.removesuffix(".toml")
            if folder.name == "languages":
                name = f"lang.{name}"
            _check(name, source, data, str(path))
            tables[name] = data
            hashed.update(name.encode() + b"\0" + source.encode() + b"\0")
    return Rulebook(tables, hashed.hexdigest())
