"""What strangers write into a feed, on its whole way into a mail: no element, no attribute and no address but ours comes out of it."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from owed import PLAN, a_delivery, an_alert

from aseanwatch.alerts import messages
from core.sources import Entry
from ingest.feeds import parse_feed

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FIELDS = ("title", "description", "author", "category", "guid", "link", "comments", "source", "pubDate")
_DOES = "alert(1)"
_EVENTS = (
    "onerror",
    "onload",
    "onclick",
    "onmouseover",
    "onfocus autofocus",
    "ontoggle open",
    "onbegin",
    "onanimationstart",
    "OnErRoR",
    "onpointerenter",
)
_ELEMENTS = (
    "img src=x",
    "svg",
    "body",
    "details",
    "input",
    "video src=x",
    "audio src=x",
    "marquee",
    "x-x",
    "math",
    "object data=x",
    "embed src=x",
)
_SCHEMES = (
    "javascript:",
    "JaVaScRiPt:",
    "java\tscript:",
    " javascript:",
    "&#106;avascript:",
    "vbscript:",
    "data:text/html,",
    "\x01javascript:",
)
MARKS = [
    *(f"<{element} {event}={_DOES}>" for element in _ELEMENTS for event in _EVENTS),
    *(f"<{element}/{event}={_DOES}" for element in _ELEMENTS for event in _EVENTS),
    *(f'<a href="{scheme}{_DOES}">x</a>' for scheme in _SCHEMES),
    *(f"<iframe src='{scheme}{_DOES}'>" for scheme in _SCHEMES),
    *(f"<form action={scheme}{_DOES}><button>" for scheme in _SCHEMES),
    f"<script>{_DOES}</script>", f"<scr<script>ipt>{_DOES}</scr</script>ipt>", "<SCRIPT SRC=//evil.example/>",
    f"<script\x00>{_DOES}</script>",
    f"--><script>{_DOES}</script>", f"]]><script>{_DOES}</script>", f"</title><script>{_DOES}</script>", f"'\"><script>{_DOES}</script>",
    f"<!--><img src=x onerror={_DOES}>-->", f"<![CDATA[<script>{_DOES}</script>]]>", "<style>@import '//evil.example'</style>",
    "<link rel=stylesheet href=//evil.example>", "<base href=//evil.example/>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    f"<template><script>{_DOES}</script></template>", f"<noscript><p title='</noscript><img src=x onerror={_DOES}>'>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={_DOES}&gt;'>",
    f"＜script＞{_DOES}＜/script＞",
]  # fmt: skip
OURS = {"html", "head", "meta", "title", "body", "div", "p", "br", "a", "code"}
WRITES: dict[str, Callable[[str], str]] = {
    "as text": html.escape,
    "escaped twice": lambda mark: html.escape(html.escape(mark)),
    "as it is": lambda mark: f"<![CDATA[{mark.replace(']]>', ']]]]><![CDATA[>')}]]>",
}


class Seen(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def entry_of(mark: str, write: Callable[[str], str]) -> Entry:
    fields = "".join(f"<{name}>Signed {write(mark)}</{name}>" if name != "link" else f"<link>{write(mark)}</link>" for name in FIELDS)
    body = f'<rss version="2.0"><channel><title>N</title><item>{fields}</item></channel></rss>'.replace("\x00", "").replace("\x01", "")
    (entry,) = parse_feed(body.encode(), source="vna", url="https://vna.example/rss", content_type="application/rss+xml", now=NOW).entries
    return entry


@pytest.mark.parametrize("way", WRITES)
def test_no_mark_of_strangers_is_an_element_of_a_mail(way: str) -> None:
    templates = messages.checked()
    assert len(MARKS) > 200
    for mark in MARKS:
        entry = entry_of(mark, WRITES[way])
        assert entry.link is None or re.match(r"https?://", entry.link), mark
        alert = an_alert(
            replace(PLAN, title=entry.title, sentence=entry.summary, meeting=entry.summary, parties=(entry.title,)),
            headline=entry.title,
            publisher=entry.summary,
            url=entry.link or f"javascript:{entry.identity}",
        )
        seen = Seen(messages.mail(alert, a_delivery(), templates).html)
        assert seen.elements <= OURS, mark
        assert not [name for name in seen.attributes if name.startswith("on")], mark
        assert all(link.startswith(("http://", "https://")) for link in seen.links), mark
