"""Rules and gazetteer as data: loaded from TOML, checked, and hashed.

A file that is wrong is refused as a whole with its name, line and reason; nothing in it is silently ignored.
"""

import hashlib
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from classifiers.lines import Lines
from classifiers.patterns import PatternError, size
from core.codes import MEETING_TYPES, Level, OutcomeType
from core.errors import ConfigError

LARGEST = 2_000_000
"""Bytes that one rule file may have."""
LONGEST = 1000
"""Characters that one pattern or word may have."""

CUSTOM = "custom."
"""What the names of the user's own files begin with."""


class Fit(NamedTuple):
    """What a value must be: in words, and the test of it. For `patterns` each item is read as a pattern, too."""

    says: str
    holds: Callable[[Any], bool]
    patterns: bool = False


def _words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and word.strip() and len(word) <= LONGEST for word in value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6


def one_of(codes: Sequence[str], what: str) -> Fit:
    """One of a closed set of codes."""
    return Fit(f"{what}: {', '.join(codes)}", lambda value: isinstance(value, str) and value in codes)


STR = Fit("text", lambda value: isinstance(value, str) and bool(value.strip()))
ANY = Fit("text", lambda value: isinstance(value, str))
NUM = Fit("a number", _number)
INT = Fit("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool))
FLAG = Fit("true or false", lambda value: isinstance(value, bool))


def some_of(codes: Sequence[str], what: str) -> Fit:
    """A list of which each entry must be one of `codes`."""
    return Fit(f"a list of {what} ({', '.join(codes)})", lambda value: _words(value) and all(one in codes for one in value))


WORDS = Fit(f"a list of words, none of them empty or longer than {LONGEST} characters", _words)
PATTERNS = Fit(f"a list of patterns, none of them empty or longer than {LONGEST} characters", _words, patterns=True)
EXAMPLES = Fit("a list of sentences", lambda value: isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value))

_TYPE = one_of([code.value for code in OutcomeType], "an outcome type")
_LEVEL = one_of([*(code.value for code in Level), "context"], "a level")
_MEETING = one_of(list(MEETING_TYPES), "a meeting type")
_MEETINGS = some_of(list(MEETING_TYPES), "meeting types")
_OUTCOMES = some_of([code.value for code in OutcomeType], "types of outcomes")
_SIDE = one_of(["before", "after"], "a side")

MODES = (
    "done", "agreed", "planned", "wish", "view", "negated", "not_yet", "purpose", "whether", "witness", "absent",
    "expected", "principle", "concrete",
    "draft", "neutral",
)  # fmt: skip
"""What the small words of a language say of an act (classifiers/tongues.py)."""

# Keys that every entry of a rule file may carry: sentences that the rule must take, and sentences that it must leave alone.
_SHOWN = {"yes": EXAMPLES, "no": EXAMPLES}

# file -> table -> key -> what its value must be. A table in brackets is a list of such tables, "" holds the keys before the first
# table, "*" stands for any key, and "!" marks a key that must be there.
SHAPES: dict[str, dict[str, dict[str, Fit]]] = {
    "acts": {
        "[act]": {
            "id!": STR,
            "family!": STR,
            "verbs": PATTERNS,
            "nominal": PATTERNS,
            "complete": PATTERNS,
            "weak": FLAG,
            "phase": STR,
            **_SHOWN,
        },
    },
    "objects": {
        "[object]": {
            "id!": STR,
            "type!": _TYPE,
            "heads!": PATTERNS,
            "takes!": WORDS,
            "specific": FLAG,
            "named": FLAG,
            "counted": FLAG,
            **_SHOWN,
        },
    },
    "actors": {
        "[actor]": {"id!": STR, "level!": _LEVEL, "words!": PATTERNS, **_SHOWN},
        "[veto]": {"id!": STR, "words!": PATTERNS, "unless_near": WORDS, **_SHOWN},
    },
    "modality": {
        "auxiliary": {"planned!": WORDS},
        "governor": {"planned!": WORDS, "wish!": WORDS, "done!": WORDS, "failed!": WORDS},
        "negation": {"words!": WORDS, "phrases!": PATTERNS},
        "condition": {"words!": WORDS},
        "prospect": {"things!": PATTERNS, "states!": PATTERNS},
        "nominal": {"done!": WORDS, "failed!": WORDS, "planned!": WORDS, "recalled!": WORDS},
    },
    "time": {
        "recalled": {"phrases!": PATTERNS, "words!": PATTERNS},
        "fresh": {"phrases!": PATTERNS},
        "future": {"phrases!": PATTERNS},
        "months": {"*": INT},
    },
    "meetings": {
        "fm": {"forms!": WORDS},
        "[meeting]": {
            "code!": _MEETING,
            "names!": PATTERNS,
            "acronyms": PATTERNS,
            "ordinal_acronyms": PATTERNS,
            "direct": FLAG,
            "loose": PATTERNS,
            "partnered": PATTERNS,
            "not": WORDS,
            "local": WORDS,
            **_SHOWN,
        },
        "cues": {"occurrence!": WORDS, "institution!": WORDS, "gathered!": WORDS},
        "sectors": {"*": STR},
    },
    "topics": {
        "[topic]": {
            "code!": STR,
            "strong": WORDS,
            "terms": WORDS,
            "cased": PATTERNS,
            "local": WORDS,
            "not": WORDS,
            "threshold": NUM,
            "needs_talk": FLAG,
            "meetings": _MEETINGS,
            "outcomes": _OUTCOMES,
            "about": STR,
            **_SHOWN,
        },
    },
    "relevance": {
        "": {"threshold!": NUM},
        "[cue]": {"id!": STR, "weight!": NUM, "names!": WORDS, **_SHOWN},
        "[against.cue]": {"id!": STR, "weight!": NUM, "names!": WORDS, **_SHOWN},
    },
    "stage": {
        "commentary": {"threshold!": NUM},
        "style": {"least!": NUM, "most!": NUM, "judging!": WORDS, "attributing!": WORDS, "spoken!": WORDS},
        "begun": {"past!": WORDS, "future!": WORDS, "bounds!": WORDS, "author!": WORDS},
        "[commentary.cue]": {"weight!": NUM, "where!": one_of(["any", "title", "text"], "a place"), "names!": WORDS, **_SHOWN},
    },
    "verbs": {"irregular": {"*": WORDS}},
    "frames": {"words": {"*": WORDS}},
    "page": {
        "teasers": {"whole!": WORDS, "open!": WORDS},
        "furniture": {"anywhere!": WORDS},
        "caption": {"starts!": WORDS, "ends!": WORDS, "anywhere!": WORDS},
    },
    "agencies": {
        "[agency]": {"name!": STR, "names!": WORDS, "publishers": WORDS, **_SHOWN},
        "sign": {"others!": WORDS},
        "credit": {"labels!": WORDS},
        "attribution": {"before!": WORDS, "between!": WORDS, "after!": WORDS},
        "speaker": {"titles!": WORDS, "says!": WORDS, "said_by!": WORDS},
    },
    "language": {
        "grammar": {"thing!": _SIDE, "mode!": _SIDE, "false_friends": WORDS, "era": INT, "comma_breaks": FLAG, "heads_last": FLAG},
        "[act]": {"family": STR, "done": PATTERNS, "participle": PATTERNS, "bare": PATTERNS, "planned": PATTERNS, "nominal": PATTERNS},
        "things": {"*": PATTERNS},
        "units": {"money": PATTERNS, "count": PATTERNS, "states": PATTERNS},
        "mode": dict.fromkeys(MODES, PATTERNS),
        "clause": dict.fromkeys(("break", "relative", "join", "list", "about", "within", "given"), PATTERNS),
        "actor": dict.fromkeys(("ministers", "minister", "leaders", "leader", "officials", "context", "elsewhere"), PATTERNS),
        "time": {"recalled!": PATTERNS, "fresh!": PATTERNS, "future!": PATTERNS, "year": PATTERNS, "months!": WORDS},
        "stage": {"begun!": PATTERNS, "ahead!": PATTERNS},
        "commentary": {"title!": PATTERNS, "any!": PATTERNS, "text!": PATTERNS},
        "relevance": dict.fromkeys(("body!", "asean!", "sport", "markets", "local", "notice", "other-body", "bilateral"), PATTERNS),
        "meeting": {"occurrence!": PATTERNS, "institution!": PATTERNS, "framework": PATTERNS},
        "meetings": {"*": PATTERNS},
        "plain": {"*": PATTERNS},
        "topics": {"*": PATTERNS},
        "not": {"*": PATTERNS},
        "parties": {"*": PATTERNS},
    },
    "parties": {"[party]": {"name!": STR, "iso": STR, "kind!": STR, "names": PATTERNS, "home": PATTERNS, "local": WORDS}},
    "calendar": {
        "[numbering]": {"type!": _MEETING, "offset!": INT},
        "[meeting]": {"type!": _MEETING, "year!": INT, "ordinal": INT, "*": ANY},
        "[chair]": {"year": INT, "*": ANY},
    },
    "tac": {"[party]": {"party!": STR, "*": ANY}, "[pending]": {"party": STR, "*": ANY}},
}

_NAMES = {"acts": "id", "objects": "id", "actors": "id", "meetings": "code", "topics": "code", "parties": "name", "agencies": "name"}
"""By which key the entries of a file are told apart."""


@dataclass(frozen=True)
class RuleFile:
    """One rule file as it stands on disk."""

    where: str
    source: str

    @cached_property
    def lines(self) -> Lines:
        """The places in it, looked for when something is wrong or a place is asked for."""
        return Lines(self.source)

    def refusal(self, message: str, table: str = "", index: int = 0, key: str = "", text: str = "") -> ConfigError:
        """The error that says what is wrong in this file, and on which line: that of `text` in a table, of its key, or of the table."""
        line = self.lines.of_string(table, index, text, key) if text else self.lines.of(table, index, key)
        return ConfigError(f"line {line}: {message}", subject=self.where)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rule files, by name, as plain tables; `digest` is the hash that a reading records."""

    tables: Mapping[str, Any]
    digest: str
    files: Mapping[str, RuleFile] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.tables[name]


def load(extra: Sequence[Traversable] = ()) -> Rulebook:
    """The rulebook that ships, with what `extra` (files and folders) brings. Raises ConfigError.

    A file of the same name as one that ships stands in its place (in a folder `languages`, for a language); any other is a file
    of the user's own topics and alerts (`classifiers.custom`). What is in a folder and ends in neither is left alone.
    """
    home = files("classifiers")
    found: dict[str, RuleFile] = {}
    for folder in (home / "rules", home / "gazetteer"):
        found |= {_stem(path): _file(path) for path in _inside(folder)}
    found |= {f"lang.{_stem(path)}": _file(path) for path in _inside(home / "languages")}
    for path in extra:
        found |= _brought(path, set(found))
    tables = {name: _parsed(name, file) for name, file in found.items()}
    hashed = hashlib.blake2b(digest_size=8)
    for name in sorted(found):
        said = name if not name.startswith(CUSTOM) else CUSTOM
        hashed.update(said.encode() + b"\0" + found[name].source.encode() + b"\0")
    return Rulebook(tables, hashed.hexdigest(), found)


def _brought(path: Traversable, known: set[str]) -> dict[str, RuleFile]:
    """The files that a user's file or folder brings, by name."""
    if path.is_file():
        return {_stem(path) if _stem(path) in known else CUSTOM + str(path): _file(path)}
    if not path.is_dir():
        raise ConfigError("there is no such rule file or folder", subject=str(path))
    brought: dict[str, RuleFile] = {}
    for folder in (path, path / "rules", path / "gazetteer"):
        for one in _inside(folder) if folder.is_dir() else ():
            brought |= _brought(one, known)
    if (path / "languages").is_dir():
        brought |= {f"lang.{_stem(one)}": _file(one) for one in _inside(path / "languages")}
    if not brought:
        raise ConfigError("holds no rule file (*.toml)", subject=str(path))
    return brought


def _inside(folder: Traversable) -> list[Traversable]:
    return sorted((path for path in folder.iterdir() if path.name.endswith(".toml") and path.is_file()), key=lambda path: path.name)


def _stem(path: Traversable) -> str:
    return path.name.removesuffix(".toml")


def _file(path: Traversable) -> RuleFile:
    try:
        body = path.read_bytes()
        source = unicodedata.normalize("NFC", body.decode("utf-8")).replace("\r\n", "\n")  # the texts are NFC, too
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror or type(error).__name__})", subject=str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"is not UTF-8 (line {body[: error.start].count(10) + 1})", subject=str(path)) from error
    if len(body) > LARGEST:
        raise ConfigError(f"has {len(body)} bytes; the largest rule file that is read has {LARGEST}", subject=str(path))
    return RuleFile(str(path), source.removeprefix("\ufeff"))


def _parsed(name: str, file: RuleFile) -> Any:
    """The tables of a file, checked against its shape."""
    try:
        data = tomllib.loads(file.source)
    except tomllib.TOMLDecodeError as error:
        said = str(error).replace("at end of document", f"at the end, line {file.source.count(chr(10)) + 1}")
        raise ConfigError(f"is not TOML: {said}", subject=file.where) from error
    except RecursionError as error:
        raise ConfigError("is not TOML that a rule file needs: nested too deeply", subject=file.where) from error
    shape = SHAPES.get("language" if name.startswith("lang.") else name)
    if shape is not None:
        _check(shape, data, file, _NAMES.get(name, ""))
        if not name.startswith("lang."):  # a language may be known in part
            _whole(shape, data, file)
    return data


def _check(shape: Mapping[str, Mapping[str, Fit]], data: Mapping[str, Any], file: RuleFile, named: str) -> None:
    taken: set[tuple[str, str]] = set()
    for table, index, row in rows(data):
        listed = f"[{table}]" if index is not None else table
        if listed not in shape:
            raise _strange(table, index, row, shape, file)
        check_row(shape[listed], row, file, table, index or 0)
        name = (table, str(row.get(named)))
        if named in row and name in taken:
            raise file.refusal(f"a second `{table}` is called `{row[named]}`", table, index or 0, named)
        taken.add(name)


def _whole(shape: Mapping[str, Mapping[str, Fit]], data: Mapping[str, Any], file: RuleFile) -> None:
    """Refuses a file that lacks one of its tables."""
    for table, keys in shape.items():
        if any(key.endswith("!") for key in keys) and not _holds(data, table):
            raise file.refusal(
                f"there is no [{table}] here: a file of this name stands in the place of the one that ships, and must be whole; "
                "call it something else to add topics and alerts of your own"
            )


def _strange(table: str, index: int | None, row: Mapping[str, Any], shape: Mapping[str, Any], file: RuleFile) -> ConfigError:
    """The refusal of a table that is unknown, or is a list where it must be none, or the other way round."""
    if not table:
        key = next(iter(row))
        return file.refusal(f"`{key}` stands before the first table, where nothing belongs", key=key)
    if table in shape or f"[{table}]" in shape:
        form = f"one table, written [{table}]" if table in shape else f"a list of tables, each written [[{table}]]"
        return file.refusal(f"`{table}` must be {form}", table, index or 0)
    known = ", ".join(known.strip("[]") for known in shape if known)
    return file.refusal(f"no table is called `{table}` here; known: {known}", table, index or 0)


def check_row(keys: Mapping[str, Fit], row: Mapping[str, Any], file: RuleFile, table: str, index: int) -> None:
    """Checks the keys and values of one table. Raises ConfigError with file and line."""
    for key in sorted({key[:-1] for key in keys if key.endswith("!")} - row.keys()):
        raise file.refusal(f"`{table}` has no `{key}`", table, index)
    for key, value in row.items():
        fit = keys.get(key) or keys.get(key + "!") or keys.get("*")
        if fit is None:
            known = ", ".join(known.rstrip("!") for known in keys)
            raise file.refusal(f"`{key}` is unknown in `{table}`; known: {known}", table, index, key)
        if not fit.holds(value):
            raise file.refusal(f"`{key}` must be {fit.says}", table, index, key)
        if fit.patterns:
            for pattern in value:
                check_pattern(pattern, file, table, index, key)


def check_pattern(pattern: str, file: RuleFile, table: str, index: int, key: str) -> None:
    """Raises ConfigError with file and line when `pattern` cannot be read, matches nothing, or stands for too many phrases."""
    try:
        size(pattern)
    except PatternError as error:
        raise file.refusal(f"pattern `{pattern}`: {error}", table, index, key, pattern) from error


def rows(data: Mapping[str, Any]) -> Iterator[tuple[str, int | None, Mapping[str, Any]]]:
    """(table, index, row) of every table in a file, with an index for those in lists; keys before the first table have the table ""."""
    loose = {key: value for key, value in data.items() if not isinstance(value, dict) and not _listed(value)}
    if loose:
        yield "", None, loose
    for table, value in data.items():
        if _listed(value):
            yield from ((table, index, row) for index, row in enumerate(value))
        elif isinstance(value, dict):
            below = {key: one for key, one in value.items() if _listed(one)}
            if len(below) < len(value) or not value:
                yield table, None, {key: one for key, one in value.items() if key not in below}
            for key, listed in below.items():
                yield from ((f"{table}.{key}", index, row) for index, row in enumerate(listed))


def _listed(value: Any) -> bool:
    """Whether a value is a list of tables."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _holds(data: Mapping[str, Any], table: str) -> bool:
    """Whether a file has a table, named as in SHAPES."""
    if not table:
        return bool(data)
    above, _, key = table.strip("[]").rpartition(".")
    place = data.get(above, {}) if above else data
    return isinstance(place, dict) and bool(place.get(key))
