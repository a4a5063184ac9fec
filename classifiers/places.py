"""Characters that show nothing: taken out before reading, and put back into the place of every span afterwards."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from core.readings import Span
from core.texts import INVISIBLE

_T = TypeVar("_T")
Back = list[int]
"""For each character of the visible text its offset in the original."""


def visible(text: str) -> tuple[str, Back | None]:
    """`text` without invisible characters, and for each character left its place in `text`; None when nothing was taken out."""
    if not any(c in INVISIBLE for c in map(ord, set(text))):
        return text, None
    kept = [(n, c) for n, c in enumerate(text) if ord(c) not in INVISIBLE]
    return "".join(c for _, c in kept), [n for n, _ in kept]


def relocated(value: _T, originals: Mapping[str, tuple[str, Back | None]]) -> _T:
    """`value` (a frozen dataclass, a tuple or a plain value) with every Span in it moved to its place in the original fields."""
    if isinstance(value, Span):
        text, back = originals[value.field]
        if back is None:
            return value
        start, end = back[value.start], back[value.end - 1] + 1
        return Span(field=value.field, start=start, end=end, quote=text[start:end])
    if isinstance(value, tuple):
        return tuple(relocated(v, originals) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed: dict[str, Any] = {}
        for name in (f.name for f in fields(value)):
            old = getattr(value, name)
            new = relocated(old, originals)
            if new is not old:
                changed[name] = new
        return replace(value, **changed) if changed else value  # type: ignore[type-var]
    return value
