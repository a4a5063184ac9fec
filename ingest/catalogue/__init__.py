"""The catalogue of sources: the TOML files beside this module, and those of the operator, read, checked and merged.

A file holds `[[source]]` tables, and may set `country`, `language`, `zone` or `tier` for all of them under `[defaults]`. Files are read in
order; a source whose id is known already is changed in the fields that are given, so `enabled = false` under a built-in id switches it
off. What does not fit is refused by file, line and id: docs/reference/sources.md says what fits.

Last comes the file that our commands write (`own`, see `ingest/changes.py`). It must survive an upgrade: where a source that it changes was
renamed or is no longer listed, or where the program now brings a source that its user had added, that is told, and nothing is refused.
"""

import logging
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import ConfigError
from core.sources import Source, SourceKind, Tier
from ingest.listings import selector_error
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
_NOTED = ("section", "access", "terms", "notes", "off")

Warn = Callable[[str], object]
"""Is told, by name, what an upgrade did to a user's change."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A source as listed: what is watched, and what an operator should know about it."""

    source: Source
    section: str = ""
    """The publisher's desk, for example `politics`."""
    access: str = ""
    """What stands between us and its pages, for example `paywall`."""
    terms: str = ""
    """What its terms of use forbid or ask, where they bind, in our words."""
    notes: str = ""
    off: str = ""
    """Why it is off, where it is: of a built-in one a word of `OFF`, otherwise whatever its user said."""
    was: tuple[str, ...] = ()
    """Ids under which it was listed before: what a user said of those still holds."""


OFF = {
    "terms": "its terms of use forbid reading by programs, or our kind of use",
    "unconfirmed": "nobody is known to have read it of late, or its address is a guess",
    "archive": "it publishes nothing new",
    "language": "nothing can be read in its language yet",
    "overlap": "another source of the same publisher, which is on, brings what matters of it",
    "scope": "a general stream, or one of home affairs, in which ministers of ASEAN are rare",
}
"""Why a built-in source may be off; one of which nothing of this holds is on."""


def load_catalogue(
    extra: Sequence[Path] = (), *, use_builtin: bool = True, own: Path | None = None, warn: Warn = log.warning
) -> tuple[Source, ...]:
    """The sources of the built-in files (unless `use_builtin` is False), of `extra` and of `own`, by id. Raises ConfigError."""
    return tuple(listing.source for listing in load_listings(extra, use_builtin=use_builtin, own=own, warn=warn))


def load_listings(
    extra: Sequence[Path] = (), *, use_builtin: bool = True, own: Path | None = None, warn: Warn = log.warning
) -> tuple[Listing, ...]:
    """Like `load_catalogue`, with section, access, terms, notes, and why a source is off. `own` need not exist."""
    listed: dict[str, _Listed] = {}
    for file in [*(_builtin() if use_builtin else ()), *extra, *((own,) if own and own.exists() else ())]:
        former = {name: key for key, one in listed.items() for name in one.listing.was}
        for item in _items(file):
            key = item.id if item.id in listed else former.get(item.id, item.id)
            known = listed.get(key)
            if known is None and not item.given.keys() & {"url", "publisher"}:
                forget = f"; `aseanwatch sources remove {key}` forgets it" if file is own else ""
                warn(f"{item.place}: no such source is listed any more; what is said of it is kept, and changes nothing{forget}")
                continue
            if key != item.id:
                warn(f"{item.place}: this source is called {key} now; what is said of it holds for {key}")
            listing = _listing(item, known.listing if known else None)
            own_url = (file is own and "url" in item.given) or (known is not None and known.own)
            listed[key] = _Listed(listing=listing, place=item.place, own=own_url)
    kept = _with_urls_of_their_own(listed, warn)
    return tuple(kept[key].listing for key in sorted(kept))


def declared(table: Mapping[str, Any]) -> Source:
    """The source that one `[[source]]` table declares by itself. Raises ConfigError about its id."""
    key = table.get("id")
    if not isinstance(key, str) or not _ID.fullmatch(key):
        raise ConfigError("id wants small letters, digits and hyphens", subject=str(key))
    return _listing(_Item(id=key, given=table, defaults={}, place=key), None).source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    listing: Listing
    place: str
    """Where it was declared, or changed last."""
    own: bool
    """Whether its url comes from the file that our commands write."""


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
    _refuse_unknown(item.given, {*_FIELDS, *_NOTED, "id", "was"}, item.place)
    given = item.given if known else {**item.defaults, **item.given}
    fields = {name: _FIELDS[name](given[name], item.place) for name in _FIELDS if name in given}
    words: dict[str, Any] = {name: _words(item.given[name], item.place) for name in _NOTED if name in item.given}
    if fields.get("enabled"):
        words["off"] = ""
    if known:
        return replace(known, source=_sound(replace(known.source, **fields), item.place), **words)
    for name in ("url", "publisher"):
        if name not in fields:
            raise ConfigError(f"{name} is missing (no source of this id is known yet)", subject=item.place)
    fields.setdefault("interval", INTERVALS[fields.get("tier", Tier.PRESS)])
    source = _sound(Source(id=item.id, **fields), item.place)
    return Listing(source=source, was=_names(item.given.get("was", []), item.place), **words)


def _sound(source: Source, place: str) -> Source:
    """`source`, when its kind and its selector fit each other."""
    if (source.kind is SourceKind.LISTING) != (source.selector is not None):
        raise ConfigError("kind listing wants a selector, a CSS selector of its links, and no other kind has one", subject=place)
    return source


def _refuse_unknown(table: Mapping[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ConfigError(f"unknown key {unknown[0]}; known are {', '.join(sorted(known))}", subject=place)


def _with_urls_of_their_own(listed: Mapping[str, _Listed], warn: Warn) -> dict[str, _Listed]:
    """`listed`, no two with one URL: a user's own addition stands in for what the program brings; any other pair is refused."""
    kept: dict[str, _Listed] = {}
    holders: dict[str, str] = {}
    for key, one in sorted(listed.items(), key=lambda pair: not pair[1].own):
        holder = kept.get(holders.get(one.listing.source.url, ""))
        if holder is None:
            kept[key] = one
            holders[one.listing.source.url] = key
        elif holder.own and not one.own:
            warn(f"{holder.place}: {key} is now listed with the same url; yours is watched, {key} is left out")
        else:
            raise ConfigError(f"the same url as {holder.place}", subject=one.place)
    return kept


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
    try:
        return SourceKind(_words(value, place))
    except ValueError as error:
        raise ConfigError(f"kind {value!r} is none of {', '.join(SourceKind)}", subject=place) from error


def _selector(value: Any, place: str) -> str:
    wrong = selector_error(_words(value, place)) if str(value).strip() else "empty"
    if wrong:
        raise ConfigError(f"selector wants a CSS selector, such as a[href*='detail'] ({wrong})", subject=place)
    return str(value)


def _names(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and _ID.fullmatch(name) for name in value):
        raise ConfigError(f"was wants a list of former ids, not {value!r}", subject=place)
    return tuple(value)


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
    "selector": _selector,
}
