"""Where each table, key and string of a TOML file stands, so that a refusal can name the line.

`tomllib` keeps no places. This is one pass over a source that `tomllib` has already accepted: it tells strings, comments and
brackets apart and nothing more.
"""

import re
import tomllib
from collections import defaultdict

_PIECE = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}'  # strings: of several lines, of one line; basic and literal
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*|\n|[\[\]{}=,]|[^\s\"'#\[\]{}=,]+|\s"
)


class Lines:
    """The places of one source. Lines count from 1."""

    def __init__(self, source: str) -> None:
        self._keys: dict[tuple[str, int, str], int] = {}
        self._strings: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
        self._tables: dict[str, int] = {}
        self._scan(source)

    def of(self, table: str, index: int = 0, key: str = "") -> int:
        """The line of the index-th table of that name (0 for one that is no list), or of a key in it; the nearest there is.

        A key may be dotted: `a.b` is b within a.
        """
        while key and (table, index, key) not in self._keys:
            key = key.rpartition(".")[0]
        return self._keys.get((table, index, key)) or self._keys.get((table, 0, "")) or 1

    def of_string(self, table: str, index: int, text: str, key: str = "") -> int:
        """The line on which the string `text` stands in the index-th table of that name; that of `key` when it is not found."""
        for line, literal in self._strings[(table, index)]:
            special = "\\" in literal or literal[:3] in ('"""', "'''")
            if literal[1:-1] == text or (special and _value(literal) == text):
                return line
        return self.of(table, index, key)

    def _scan(self, source: str) -> None:
        line, depth = 1, 0
        table, index, sub = "", 0, ""
        words: list[str] = []  # the statement so far, at the top level
        header = in_value = False
        for piece in _PIECE.findall(source):
            if piece == "\n" and depth == 0:
                if header:
                    table, index, sub = self._header("".join(words), line)
                words, header, in_value = [], False, False
            elif not words and piece == "[" and depth == 0 and not in_value:
                header = True
                words.append(piece)
            elif header:
                if piece[0] not in "#" and not piece.isspace():
                    words.append(piece)
            elif piece == "=" and depth == 0 and not in_value:
                key = ".".join(part for part in (sub, _bare("".join(words))) if part)
                self._keys.setdefault((table, index, key), line)
                in_value = True
            elif in_value:
                depth += (piece in "[{") - (piece in "]}")
                if piece[0] in "\"'":
                    self._strings[(table, index)].append((line, piece))
            elif not piece.isspace() and piece[0] != "#":
                words.append(piece)
                if piece[0] in "\"'":
                    self._strings[(table, index)].append((line, piece))
            line += piece.count("\n")
        if header:
            self._header("".join(words), line)

    def _header(self, text: str, line: int) -> tuple[str, int, str]:
        """Notes a header; gives the list or table it opens, the index in that list, and the path below it."""
        path = ".".join(_bare(part) for part in text.strip("[]").split("."))
        if text.startswith("[["):
            index = self._tables.get(path, -1) + 1
            self._tables[path] = index
            self._keys[(path, index, "")] = line
            return path, index, ""
        above = path
        while "." in above:
            above, _, _ = above.rpartition(".")
            if above in self._tables:
                sub = path[len(above) + 1 :]
                self._keys[(above, self._tables[above], sub)] = line
                return above, self._tables[above], sub
        self._keys[(path, 0, "")] = line
        return path, 0, ""


def _bare(key: str) -> str:
    return key.strip().strip("\"'")


def _value(literal: str) -> str:
    return str(tomllib.loads(f"x = {literal}")["x"])
