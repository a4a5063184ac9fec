"""What its user changed of the catalogue by command: `sources.toml` in the data folder, the last file that the catalogue reads.

The file is the user's: they may edit it, and what they wrote into it stays. A change touches the lines of the key that it sets and no
other. Each change is checked by reading the result back; where a file is written in a way that lines do not tell (a value over several
lines, tables in one line), it is written anew, without its comments.

It is replaced as a whole, so that a reader sees the old file or the new one, and two commands at once change it one after the other.
"""

import contextlib
import fcntl
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import ConfigError

NAME = "sources.toml"
INTRODUCTION = """\
# What `aseanwatch sources` added and switched. Read last, after the built-in sources and [catalogue] files; yours to edit.
"""

_SOURCE = re.compile(r"\s*\[\[\s*source\s*\]\]\s*(?:#.*)?")
_TABLE = re.compile(r"\s*\[")
_COMMENT = re.compile(r"\s*(?:#.*)?")

Value = str | bool | None
"""What a key is set to; None takes it out."""
Check = Callable[[Path], object]
"""Looks at the file as it is going to be. Raises what is wrong with it."""


class _NotByLines(Exception):
    """The file is sound, but its lines do not show where things stand."""


class Changes:
    """The file as it is being changed: `text`, and the three things that can be done to it."""

    def __init__(self, text: str, file: Path) -> None:
        self.text = text
        self._file = file

    def ids(self) -> set[str]:
        """The sources of which it says something. Raises ConfigError when it is not TOML."""
        return {str(table.get("id")) for table in self._document().get("source", [])}

    def change(self, source: str, values: Mapping[str, Value]) -> None:
        """Sets keys of `source`; a source of which nothing is said yet is added at the end."""
        document = self._document()
        tables = document.setdefault("source", [])
        known = next((one for one in tables if one.get("id") == source), None)
        table = {"id": source} if known is None else known
        if known is None:
            tables.append(table)
        table.update({key: value for key, value in values.items() if value is not None})
        for key in [key for key, value in values.items() if value is None]:
            table.pop(key, None)
        lines = self.text.split("\n")  # and at nothing else that Python takes for the end of a line
        self._settle(document, lambda: _with_block(lines, table) if known is None else _with_keys(lines, source, values))

    def add(self, sources: Mapping[str, Mapping[str, Value]]) -> None:
        """Adds new sources at the end, in their order; whatever was said of their ids before goes."""
        for left in sorted(self.ids() & sources.keys()):
            self.remove(left)
        document = self._document()
        tables = [{"id": name, **{key: value for key, value in values.items() if value is not None}} for name, values in sources.items()]
        document.setdefault("source", []).extend(tables)
        lines = self.text.rstrip("\n").split("\n")
        self._settle(document, lambda: lines + [line for table in tables for line in ("", *_block(table))])

    def remove(self, source: str) -> bool:
        """Takes out all that is said of `source`; whether there was anything."""
        document = self._document()
        tables = document.get("source", [])
        kept = [table for table in tables if table.get("id") != source]
        if len(kept) == len(tables):
            return False
        document["source"] = kept
        if not kept:
            del document["source"]
        lines = self.text.split("\n")
        self._settle(document, lambda: _without_block(lines, source))
        return True

    def _document(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"is not TOML: {error}", subject=str(self._file)) from error

    def _settle(self, wanted: dict[str, Any], by_lines: Callable[[], list[str]]) -> None:
        try:
            text = "\n".join(by_lines()).strip("\n") + "\n"
            if tomllib.loads(text) == wanted:
                self.text = text
                return
        except (_NotByLines, tomllib.TOMLDecodeError):
            pass
        self.text = _written(wanted)


@contextmanager
def changing(file: Path, check: Check = lambda _: None) -> Iterator[Changes]:
    """`file` to be changed, by us alone; at the end of the block it is checked and replaced, unless an error left the block.

    Its folder is made where it is missing. Only its owner may read it; written by root it belongs to whom the folder belongs. Raises
    ConfigError, OSError, and what `check` raises.
    """
    file = file.resolve()  # a link stays one
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        before = _read(file)
        changes = Changes(before, file)
        yield changes
        if changes.text != before:
            _replace(file, changes.text, check)
            os.fsync(folder)
    finally:
        os.close(folder)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        return INTRODUCTION
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read ({type(error).__name__})", subject=str(file)) from error


def _replace(file: Path, text: str, check: Check) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as writing:
            writing.write(text)
            writing.flush()
            if os.geteuid() == 0:  # the watch may run as another user, whose folder it is
                folder = file.parent.stat()
                os.fchown(writing.fileno(), folder.st_uid, folder.st_gid)
            os.fsync(writing.fileno())
        check(draft)
        os.replace(draft, file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


# By lines


def _blocks(lines: list[str]) -> dict[str, tuple[int, int]]:
    """Source -> its lines, from the one with `[[source]]` to behind the last one that is not blank and no comment."""
    found: dict[str, tuple[int, int]] = {}
    starts = [number for number, line in enumerate(lines) if _SOURCE.fullmatch(line)]
    for start in starts:
        end = next((number for number in range(start + 1, len(lines)) if _TABLE.match(lines[number])), len(lines))
        while _COMMENT.fullmatch(lines[end - 1]):
            end -= 1
        try:
            [table] = tomllib.loads("\n".join(lines[start:end]))["source"]
        except tomllib.TOMLDecodeError as error:
            raise _NotByLines from error
        found[str(table.get("id"))] = (start, end)
    return found


def _with_block(lines: list[str], table: Mapping[str, Any]) -> list[str]:
    return [*"\n".join(lines).rstrip("\n").split("\n"), "", *_block(table)]


def _without_block(lines: list[str], source: str) -> list[str]:
    start, end = _place(lines, source)
    while end < len(lines) and start and not lines[start - 1].strip() and not lines[end].strip():
        end += 1
    return lines[:start] + lines[end:]


def _with_keys(lines: list[str], source: str, values: Mapping[str, Value]) -> list[str]:
    start, end = _place(lines, source)
    block = lines[start:end]
    for key, value in values.items():
        place = next((number for number, line in enumerate(block) if re.match(rf"\s*{re.escape(key)}\s*=", line)), None)
        if place is None:
            block += [_line(key, value)] if value is not None else []
        elif value is None:
            del block[place]
        else:
            block[place] = f"{_line(key, value)}{_remark(block[place])}"
    return lines[:start] + block + lines[end:]


def _place(lines: list[str], source: str) -> tuple[int, int]:
    blocks = _blocks(lines)
    if source not in blocks:
        raise _NotByLines
    return blocks[source]


def _remark(line: str) -> str:
    """The comment at the end of a line that sets a key, with two blanks before it."""
    for sign in re.finditer("#", line):
        try:
            tomllib.loads(line[: sign.start()])
        except tomllib.TOMLDecodeError:
            continue  # a sign within the value
        return f"  {line[sign.start() :].rstrip()}"
    return ""


# Written anew


def _written(document: Mapping[str, Any]) -> str:
    parts = [INTRODUCTION.rstrip("\n")]
    if document.get("defaults"):
        parts += ["", "[defaults]", *(_line(key, value) for key, value in document["defaults"].items())]
    for table in document.get("source", []):
        parts += ["", *_block(table)]
    return "\n".join(parts) + "\n"


def _block(table: Mapping[str, Any]) -> list[str]:
    return ["[[source]]", *(_line(key, value) for key, value in table.items())]


def _line(key: str, value: Any) -> str:
    return f"{key} = {_value(value)}"


def _value(value: Any) -> str:
    """`value`, a text, a truth or a list of texts, as TOML writes it. JSON writes them alike, but for the character 7F."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
