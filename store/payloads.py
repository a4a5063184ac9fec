"""Nouns of `core` to JSON and back: frozen dataclasses, enums, times, tuples and optional values, by their type hints.

A field that a later version added takes its default when an older payload is read; a field that was dropped is passed over.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from core.errors import StoreError


def dump(value: Any, *, clean: Callable[[str], str]) -> str:
    """`value` as compact JSON; each text in it goes through `clean`."""
    return json.dumps(_plain(value, clean), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def load(kind: Any, document: str) -> Any:
    """The value of type `kind` that `dump` wrote. Raises StoreError when `document` holds no such value."""
    try:
        return _reader(kind)(json.loads(document))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(f"a stored payload is no {getattr(kind, '__name__', kind)}: {error}") from error


def _plain(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item, clean) for item in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value.isoformat()}")
        return value.astimezone(UTC).isoformat()
    if is_dataclass(value):
        kind: Any = type(value)
        return {name: _plain(getattr(value, name), clean) for name in _names(kind)}
    raise TypeError(f"no payload can hold a {type(value).__name__}")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What turns the JSON of a `kind` back into one; made once per type."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _optional(_reader(next(part for part in parts if part is not NoneType)))
    if origin is tuple:
        return _many(_reader(parts[0]))
    if is_dataclass(kind):
        return _record(kind)
    if kind is datetime:
        return datetime.fromisoformat
    if kind in (str, int, float, bool) or issubclass(kind, Enum):
        return _same if kind in (str, bool) else kind
    raise TypeError(f"no payload can hold a {kind}")


def _same(value: Any) -> Any:
    return value


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _many(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: tuple(read(value) for value in values)


def _record(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = [(name, _reader(hints[name])) for name in _names(kind)]

    def read(stored: Mapping[str, Any]) -> Any:
        return kind(**{name: part(stored[name]) for name, part in readers if name in stored})

    return read
