"""OPML, the list of subscriptions that feed readers pass to one another: the one door to listparser, and a writer of our own.

Reading is meant to run where it can be killed (`workers`). listparser gets bytes, because of a text that begins like a URL it would go
and fetch; and ASCII bytes, because its HTML parser guesses at any other encoding. That parser knows no entities but HTML's, so nothing is
expanded and nothing is fetched.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import quoteattr

import listparser

from core.errors import ParseError
from core.reasons import Reason
from core.texts import normal, one_line
from ingest.charsets import decoded

MAX_BYTES = 10_000_000
MAX_FEEDS = 20_000
MAX_DEPTH = 8
"""Folders in folders; of deeper ones the outer are kept."""

_FORM = frozenset({"opml", "opml1", "opml2"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed of a list. `section` is the path of the folders in which it lies, with slashes; empty at the top."""

    url: str
    title: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """A list as it was read. `lists` are other lists that it names; nothing is fetched of them."""

    title: str = ""
    feeds: tuple[Subscription, ...] = ()
    lists: tuple[str, ...] = ()


def read_opml(body: bytes, *, name: str) -> Subscriptions:
    """The list in `body`, feeds in its order, each URL once. Raises ParseError about `name`: NOT_A_FEED for what is no OPML."""
    text = decoded(body[:MAX_BYTES], "", xml=True)
    found: Mapping[str, Any] = listparser.parse(text.encode("ascii", "xmlcharrefreplace"))
    if found["version"] not in _FORM:
        raise ParseError(Reason.NOT_A_FEED, "no OPML: it has no <opml> element", subject=name)
    feeds = [
        Subscription(url=one_line(feed["url"], 4000), title=one_line(feed["title"]), section=_section(feed.get("categories", [])))
        for feed in found["feeds"][:MAX_FEEDS]
    ]
    return Subscriptions(
        title=one_line(found["meta"].get("title", "")),
        feeds=tuple(feeds),
        lists=tuple(one_line(other["url"], 4000) for other in found["lists"]),
    )


def write_opml(feeds: Iterable[tuple[Subscription, str]], *, title: str, now: datetime) -> str:
    """An OPML 2.0 document of feeds, each with its language; sections become nested folders, in order of their first feed."""
    root: dict[object, Any] = {}
    for feed, language in feeds:
        folder = root
        for name in feed.section.split("/") if feed.section else ():
            folder = folder.setdefault((name,), {})
        folder[feed.url] = (feed, language)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', "  <head>"]
    lines += [f"    <title>{_escaped(title)}</title>", f"    <dateCreated>{format_datetime(now)}</dateCreated>", "  </head>", "  <body>"]
    return "\n".join([*lines, *_outlines(root, "    "), "  </body>", "</opml>", ""])


def _outlines(folder: Mapping[Any, Any], indent: str) -> Iterable[str]:
    for key, held in folder.items():
        if isinstance(held, dict):
            yield f"{indent}<outline text={_attribute(key[0])}>"
            yield from _outlines(held, indent + "  ")
            yield f"{indent}</outline>"
        else:
            feed, language = held
            named = f"text={_attribute(feed.title)} title={_attribute(feed.title)}"
            yield f'{indent}<outline type="rss" {named} xmlUrl={_attribute(feed.url)} language={_attribute(language)}/>'


def _attribute(text: str) -> str:
    return quoteattr(normal(text), {'"': "&quot;"})


def _escaped(text: str) -> str:
    return normal(text).replace("&", "&amp;").replace("<", "&lt;")


def _section(paths: list[list[str]]) -> str:
    """The longest of the paths under which a feed is found, the first of several."""
    parts = max(paths, key=len, default=[])
    return "/".join(name for part in parts[:MAX_DEPTH] if (name := one_line(part.replace("/", "-"), 100)))
