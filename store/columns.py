"""How our values stand in columns, the same on SQLite and PostgreSQL: aware UTC times, storable text, closed sets, whole nouns."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, DateTime, Dialect, String, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.errors import StoreError
from core.texts import normal
from store.payloads import dump, load


def storable(text: str) -> str:
    """`text` as both databases take it: untouched, unless it holds a NUL or an unpaired surrogate, which `normal` removes.

    PostgreSQL refuses such a character with the whole transaction; SQLite cuts at the one and raises at the other.
    """
    if "\0" not in text and (text.isascii() or _encodes(text)):
        return text
    return normal(text)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Stamp(sqlite.DATETIME):
    """SQLite's own form of a time, written by `isoformat`: each poll writes three of them."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:
        """What makes 2026-11-21 08:00:00.000000 of a time."""
        return lambda value: None if value is None else value.replace(tzinfo=None).isoformat(" ", "microseconds")


class Instant(TypeDecorator[datetime]):
    """An aware time, stored as UTC and read back as UTC. A time without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """How the dialect keeps it."""
        if dialect.name == "sqlite":
            return _Stamp()  # type: ignore[no-untyped-call]
        return super().load_dialect_impl(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC; SQLite keeps it without a zone, in a form that sorts."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside, cleaned as `storable` says."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text, storable."""
        return None if value is None else storable(value)


class Digests(TypeDecorator[bytes]):
    """Bytes, as hexadecimal text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> str | None:
        """The digits."""
        return None if value is None else value.hex()

    def process_result_value(self, value: str | None, dialect: Dialect) -> bytes | None:
        """The bytes."""
        return None if value is None else bytes.fromhex(value)


class Coded(TypeDecorator[StrEnum]):
    """A member of a closed set, by its code."""

    impl = String
    cache_ok = True

    def __init__(self, codes: type[StrEnum]) -> None:
        super().__init__(32)
        self.codes = codes
        self._members = {code.value: code for code in codes}

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        """The code; anything outside the set is refused."""
        return None if value is None else self.codes(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """The member. Raises StoreError for a value that a newer version, or another hand, put there."""
        if value is None:
            return None
        member = self._members.get(value)
        if member is None:
            raise StoreError(f"holds {value!r}, which is no {self.codes.__name__}")
        return member


class Noun(TypeDecorator[Any]):
    """A whole noun of `core` (or a tuple of texts) as JSON."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The noun as JSON, storable."""
        return None if value is None else dump(value, clean=storable)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The noun."""
        if value == "[]":
            return ()
        return None if value is None else load(self.kind, value)


def closed(name: str, codes: type[StrEnum]) -> tuple[Column[StrEnum], CheckConstraint]:
    """A column over a closed set that may grow only by a migration: the database refuses anything else."""
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return Column(name, Coded(codes), nullable=False), CheckConstraint(f"{name} IN ({listed})", name=name)
