"""The documents as a test sees them: their links, their code, and the commands in it."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checkout import ROOT, files

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CONTINUED = re.compile(r"\\\n\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One Markdown file."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """Its path from the root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return _LINK.findall(_FENCE.sub("", self.text))

    def blocks(self, *languages: str) -> list[str]:
        """Its fenced blocks in these languages."""
        return [text for language, text in _FENCE.findall(self.text) if language in languages]

    @property
    def inline(self) -> list[str]:
        """What stands between single backticks."""
        return _INLINE.findall(_FENCE.sub("", self.text))

    @property
    def shell_lines(self) -> list[str]:
        """Every command line of its shell blocks."""
        lines = [line for block in self.blocks("sh") for line in _CONTINUED.sub(" ", block).splitlines()]
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@cache
def pages() -> tuple[Page, ...]:
    """Every Markdown file of the checkout."""
    return tuple(Page(path=path, text=path.read_text(encoding="utf-8")) for path in files() if path.suffix == ".md")


def page(name: str) -> Page:
    """The page at a path from the root."""
    return next(one for one in pages() if one.name == name)


def aseanwatch_calls(line: str) -> Iterator[list[str]]:
    """The arguments of each call of `aseanwatch` on a shell line, comments left out."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # an apostrophe in what is no shell line
        return
    call: list[str] | None = None
    begins = True
    for word in words:
        if word in ("|", "&&", "||", ";", "&") or word.startswith((">", "2>", "<")):
            if call is not None:
                yield call
            call, begins = None, True
        elif call is not None:
            call.append(word.rstrip(";"))
        elif begins and (word == "aseanwatch" or word.endswith("/bin/aseanwatch")):
            call = []
        elif word not in ("sudo", "env", "timeout") and not re.fullmatch(r"[A-Z_]+=.*|\d+", word):
            begins = False
    if call is not None:
        yield call
