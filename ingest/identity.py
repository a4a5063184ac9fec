"""Under which names an item of a feed is known, so that it is new once: guid, else link, else title and text.

Guids change with a move to https or a rebuild, are left out, or stand alike on every item. So each item has several names, and a name
counts only while a single item of the body goes by it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.keys import digest
from core.texts import one_line
from ingest.urls import lasting_parts, url_key

_MAX_GUID = 300
_ENOUGH_TEXT = 200
"""Characters of title and text from which they name an item: two notes called "Daily briefing" are two items."""

_IN_URL = re.compile(r"[\w.~=-]+")
_PHRASE = re.compile(r"\w[\w ]*\w|\w")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What one item may be called by, each empty when it has no such name."""

    guid: str
    path: str
    """The guid without scheme and host."""
    link: str
    text: str
    """Digest of title and text, always there."""
    text_tells: bool
    """Whether there is enough text for the digest to be a name by itself."""

    @property
    def ladder(self) -> tuple[str, ...]:
        """Guid, link, text: the first that there is names the item, the next ones join when it is not alone."""
        return tuple(name for name in (self.guid, self.link, self.text) if name)


def named(*, guid: str, link: str | None, title: str, text: str) -> Named:
    """The names of an item with a plain-text `title` and `text`; `link` is absolute."""
    guid = one_line(guid, 10 * _MAX_GUID)
    bare = _path(guid)
    key = url_key(link) if link else ""
    return Named(
        guid=guid if len(guid) <= _MAX_GUID else "guid:" + digest(guid),
        path=f"path:{bare}" if bare not in ("", "/") and len(bare) <= _MAX_GUID else "",
        link="" if not key.partition("/")[2] else key if len(key) <= _MAX_GUID else "link:" + digest(key),
        text="text:" + digest(title, text),
        text_tells=len(title) + len(text) >= _ENOUGH_TEXT,
    )


def _path(guid: str) -> str:
    """Path and query of a guid that is a URL, else nothing."""
    if not guid.startswith(("http://", "https://")):
        return ""
    try:
        parts = urlsplit(guid)
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}".rstrip("?")


def traces(item: Named, named_by: Sequence[str], title: str, text: str, *, written: bytes) -> list[tuple[bytes, ...]] | None:
    """What can be found in the bytes of any item that shares a name with this one: all marks of one of the tuples.

    `named_by` are its guid and link, `title` and `text` are plain, `written` are its own bytes. A mark counts only when it stands in them
    as it is, so that what is escaped throughout a feed is not taken for something else. None when a name leaves no such mark.
    """
    left = {_marks(lasting_parts(name), _IN_URL, written) for name in named_by}
    if item.text_tells or not left:
        # Without figures at the end, which may be the head of a longer number that was cut off.
        left.add(_marks([part.rstrip("0123456789…") for part in (title, text[:_ENOUGH_TEXT])], _PHRASE, written))
    return list(left) if all(left) else None


def _marks(parts: Sequence[str], run: re.Pattern[str], written: bytes) -> tuple[bytes, ...]:
    runs = {found.encode("utf-8", "replace") for part in parts for found in run.findall(part)}
    return tuple(sorted((mark for mark in runs if mark in written), key=len, reverse=True))


def bears(body: bytes, start: int, end: int, marks: tuple[bytes, ...]) -> bool:
    """Whether all `marks` stand between `start` and `end` of `body`; a number there is not found in a longer one."""
    for mark in marks:
        place = body.find(mark, start, end)
        while place >= 0 and mark[-1:].isdigit() and body[place + len(mark) : place + len(mark) + 1].isdigit():
            place = body.find(mark, place + 1, end)
        if place < 0:
            return False
    return True


def identities(items: Sequence[Named]) -> list[tuple[str, tuple[str, ...]] | None]:
    """(identity, aliases) for each item, unique within the body; None for a copy of an item that stands before it."""
    kept = list(dict.fromkeys(items))
    held = Counter(name for item in kept for name in _names(item))
    called = {
        item: (identity, tuple(name for name in _names(item) if held[name] == 1 and name != identity))
        for item, identity in zip(kept, _chosen(kept), strict=True)
    }
    return [called.pop(item, None) for item in items]


def _chosen(items: Sequence[Named]) -> list[str]:
    """One identity an item; those that would share one go a step down the ladder together."""
    depth = [1] * len(items)
    while True:
        chosen = [" ".join(item.ladder[:steps]) for item, steps in zip(items, depth, strict=True)]
        shared = Counter(chosen)
        deeper = [
            steps + 1 if shared[identity] > 1 and steps < len(item.ladder) else steps
            for item, identity, steps in zip(items, chosen, depth, strict=True)
        ]
        if deeper == depth:
            return chosen
        depth = deeper


def _names(item: Named) -> list[str]:
    names = [item.guid, item.path, item.link, item.text if item.text_tells else ""]
    return list(dict.fromkeys(name for name in names if name))
