"""A first guess at what a new source is called and where it is at home, from its title and its address. Its user may say otherwise."""

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import urlsplit

LONGEST = 60
"""Characters of an id."""

_BETWEEN = re.compile(r"[^a-z0-9]+")
_LETTERS = {ord("đ"): "d", ord("Đ"): "D", ord("ø"): "o", ord("Ø"): "O", ord("ł"): "l", ord("Ł"): "L", ord("ß"): "ss", ord("æ"): "ae"}
_SITE = re.compile(r"^(?:www\d?|m|rss|feeds?|api)\.(?=.+\.)")
# Country domains in which publishers sit that belong to the country; .io, .co, .tv, .me and their like are sold to everybody.
_HOME = {
    **{name: name.upper() for name in ("bn", "id", "kh", "la", "mm", "my", "ph", "sg", "th", "tl", "vn")},
    **{name: name.upper() for name in ("au", "br", "ca", "ch", "cn", "de", "es", "fr", "hk", "in", "it", "jp", "kr", "nl", "no", "nz")},
    **{
        name: name.upper()
        for name in ("bd", "lk", "mn", "mo", "np", "pg", "pk", "pt", "qa", "ru", "sa", "se", "tr", "tw", "ua", "us", "za")
    },
    "uk": "GB",
    "eu": "EU",
}


def source_id(title: str, url: str, taken: Collection[str]) -> str:
    """An id that is not `taken`: of the title's words where they are Latin letters, else of the host's; numbered from 2 where need be."""
    word = _plain(title) or _plain(_SITE.sub("", urlsplit(url).hostname or "")) or "source"
    name, number = word, 1
    while name in taken:
        number += 1
        ending = f"-{number}"
        name = word[: LONGEST - len(ending)].rstrip("-") + ending
    return name


def country_of(url: str) -> str:
    """The country whose domain the host stands in; empty when that says nothing."""
    return _HOME.get((urlsplit(url).hostname or "").rpartition(".")[2], "")


def same_address(url: str) -> str:
    """What two spellings of one address have in common: no scheme, no `www.`, no slash at the end."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode("ascii")
    word = _BETWEEN.sub("-", bare.lower()).strip("-")
    while len(word) > LONGEST:
        word = word[:LONGEST].rpartition("-")[0] or word[:LONGEST]
    return word
