"""The catalogue of sources: the TOML files beside this module, and those of the operator, read, checked and merged.

A file holds `[[source]]` tables, and may set `country`, `language`, `zone` or `tier` for all of them under `[defaults]`. Files are read in
order; a source whose id is known already is changed in the fields that are given, so `enabled = false` under a built-in id switches it
off. What does not fit is refused by file, line and id: docs/reference/sources.md says what fits.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import ConfigError
from core.sources import Source, SourceKind, Tier
from ingest.urls import BadUrl, target

INTERVALS = {
    Tier.OFFICIAL: timedelta(minutes=10),
    Tier.AGENCY: timedelta(minutes=10),
    Tier.PRESS: timedelta(minutes=15),
    Tier.THINK_TANK: timedelta(minutes=60),
    Tier.AGGREGATOR: timedelta(minutes=30),
}
"""How often a source is polled that does not say so itself."""
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(hours=24)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_INTERVAL = re.compile(r"(\d{1,6})([smh])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
_LANGUAGE = re.compile(r"[a-z]{2,3}|multi")
_SECTION = re.compile(r"^\s*\[\[\s*source\s*\]\]", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A source as listed: what is watched, and what an operator should know about it."""

    source: Source
    section: str = ""
    """The publisher's desk, for example `politics`."""
    access: str = ""
    """What stands between us and its pages, for example `paywall`."""
    notes: str = ""


def load_catalogue(extra: Sequence[Path] = (), *, use_builtin: bool = True) -> tuple[Source, ...]:
    """The sources of the built-in files (unless `use_builtin` is False) and of `extra`, by id. Raises ConfigError."""
    return tuple(listing.source for listing in load_listings(extra, use_builtin=use_builtin))


def load_listings(extra: Sequence[Path] = (), *, use_builtin: bool = True) -> tuple[Listing, ...]:
    """Like `load_catalogue`, with section, access and notes."""
    listed: dict[str, tuple[Listing, str]] = {}
    for file in [*(_builtin() if use_builtin else ()), *extra]:
        for item in _items(file):
            known = listed.get(item.id)
            listed[item.id] = (_listing(item, known[0] if known else None), item.place)
    _refuse_shared_urls(listed.values())
    return tuple(listing for _, (listing, _) in sorted(listed.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One `[[source]]` table, with its file's defaults."""

    id: str
    given: Mapping[str, Any]
    defaults: Mapping[str, Any]
    place: str
    """file:line (id), for messages."""


def _builtin() -> list[Traversable]:
    return sorted((file for file in files(__name__).iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


def _items(file: Path | Traversable) -> list[_Item]:
    """The tables of one file; ids are unique within it."""
    try:
        text = file.read_text("utf-8")
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not TOML: {error}", subject=str(file)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read ({type(error).__name__})", subject=str(file)) from error
    _refuse_unknown(document, {"defaults", "source"}, str(file))
    defaults, tables = document.get("defaults", {}), document.get("source", [])
    if not isinstance(defaults, dict) or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError("wants one [defaults] table and [[source]] tables", subject=str(file))
    _refuse_unknown(defaults, {"country", "language", "zone", "tier"}, f"{file} [defaults]")
    lines = [text.count("\n", 0, found.start()) + 1 for found in _SECTION.finditer(text)] + [0] * len(tables)
    items: dict[str, _Item] = {}
    for table, line in zip(tables, lines, strict=False):
        key = table.get("id")
        place = f"{file}:{line} ({key})"
        if not isinstance(key, str) or not _ID.fullmatch(key):
            raise ConfigError("id wants small letters, digits and hyphens", subject=place)
        if key in items:
            raise ConfigError(f"the same id as {items[key].place}", subject=place)
        items[key] = _Item(id=key, given=table, defaults=defaults, place=place)
    return list(items.values())


def _listing(item: _Item, known: Listing | None) -> Listing:
    """The listing that `item` makes, or changes."""
    _refuse_unknown(item.given, set(_FIELDS) | {"id", "section", "access", "notes"}, item.place)
    given = item.given if known else {**item.defaults, **item.given}
    fields = {name: _FIELDS[name](given[name], item.place) for name in _FIELDS if name in given}
    words = {name: _words(item.given[name], item.place) for name in ("section", "access", "notes") if name in item.given}
    if known:
        return replace(known, source=replace(known.source, **fields), **words)
    for name in ("url", "publisher"):
        if name not in fields:
            raise ConfigError(f"{name} is missing (no source of this id is known yet)", subject=item.place)
    fields.setdefault("interval", INTERVALS[fields.get("tier", Tier.PRESS)])
    return Listing(source=Source(id=item.id, **fields), **words)


def _refuse_unknown(table: Mapping[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ConfigError(f"unknown key {unknown[0]}; known are {', '.join(sorted(known))}", subject=place)


def _refuse_shared_urls(listed: Iterable[tuple[Listing, str]]) -> None:
    holders: dict[str, str] = {}
    for listing, place in listed:
        url = listing.source.url
        if url in holders:
            raise ConfigError(f"the same url as {holders[url]}", subject=place)
        holders[url] = place


# One reader a field: the value as TOML gave it and the place for the message -> the value as `Source` has it.


def _words(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"wants text, not {value!r}", subject=place)
    return value


def _url(value: Any, place: str) -> str:
    try:
        target(_words(value, place))
    except BadUrl as error:
        raise ConfigError(f"url {error}", subject=place) from error
    return str(value)


def _language(value: Any, place: str) -> str:
    if not _LANGUAGE.fullmatch(_words(value, place)):
        raise ConfigError(f"language wants two or three letters, or multi, not {value!r}", subject=place)
    return str(value)


def _tier(value: Any, place: str) -> Tier:
    try:
        return Tier(_words(value, place))
    except ValueError as error:
        raise ConfigError(f"tier {value!r} is none of {', '.join(Tier)}", subject=place) from error


def _interval(value: Any, place: str) -> timedelta:
    found = _INTERVAL.fullmatch(_words(value, place))
    interval = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
    if not SHORTEST <= interval <= LONGEST:
        raise ConfigError(f"interval wants a time from 1s to 24h, such as 90s, 10m or 1h, not {value!r}", subject=place)
    return interval


def _enabled(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"enabled wants true or false, not {value!r}", subject=place)
    return value


def _zone(value: Any, place: str) -> str:
    try:
        return ZoneInfo(_words(value, place)).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(f"zone {value!r} is not an IANA time zone", subject=place) from error


def _kind(value: Any, place: str) -> SourceKind:
    if value != "feed":
        raise ConfigError(f"kind {value!r} is none that can be read; feed is", subject=place)
    return SourceKind.FEED


_FIELDS: dict[str, Any] = {
    "url": _url,
    "publisher": _words,
    "kind": _kind,
    "country": _words,
    "language": _language,
    "tier": _tier,
    "interval": _interval,
    "enabled": _enabled,
    "zone": _zone,
}
