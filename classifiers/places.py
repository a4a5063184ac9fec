"""Characters that show nothing: taken out before reading, and put back into the place of every span afterwards."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from core.readings import Reading, Span
from core.texts import INVISIBLE

_INVISIBLE = re.compile("[" + "".join(map(chr, INVISIBLE)) + "]")
Back = list[int]
"""For each character of the visible text its offset in the original."""


def visible(text: str) -> tuple[str, Back | None]:
    """`text` without invisible characters, and for each character left its place in `text`; None when nothing was taken out."""
    if _INVISIBLE.search(text) is None:
        return text, None
    kept = [(n, c) for n, c in enumerate(text) if ord(c) not in INVISIBLE]
    return "".join(c for _, c in kept), [n for n, _ in kept]


def relocated(reading: Reading, originals: Mapping[str, tuple[str, Back | None]]) -> Reading:
    """`reading` with every span in it moved to its place in the original fields."""
    moved: Reading = _moved(reading, originals)
    return moved


def _moved(value: Any, originals: Mapping[str, tuple[str, Back | None]]) -> Any:
    if isinstance(value, Span):
        text, back = originals[value.field]
        if back is None:
            return value
        start, end = back[value.start], back[value.end - 1] + 1
        return Span(field=value.field, start=start, end=end, quote=text[start:end])
    if isinstance(value, tuple):
        return tuple(_moved(v, originals) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _moved(getattr(value, f.name), originals) for f in fields(value)})
    return value
