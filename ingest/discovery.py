"""From any address of a site to its feeds: what the address itself is, what its page declares, what robots.txt names, what is usual.

Each step is taken only when the one before found nothing, and each address is asked once, so that a site sees a dozen requests at most.
The page is looked through by patterns that cannot run long on any input; nothing is believed before it was fetched and parsed.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from core.errors import FetchError, ParseError
from core.reasons import Reason
from core.sources import Feed, Response, SourceKind
from ingest.charsets import decoded
from ingest.markup import title_of
from ingest.urls import same_site, web_url

MOST_TRIED = 8
"""Addresses tried in one step."""
MOST_READ = 2_000_000
"""Characters of a page that are looked through."""
USUAL = ("/feed/", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json", "/rss/news.xml")
"""Where feeds are when nobody says where they are, most usual first."""

_TAG = re.compile(r"<(link|a|meta)\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,30})\s{0,10}=\s{0,10}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_FEED_TYPE = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json|text/xml", re.IGNORECASE)
_LIKE_A_FEED = re.compile(
    r"/(?:feed|rss|atom)s?/?$|/(?:feed|rss|atom)s?/[^?#]{1,200}\.xml$|"
    r"\.(?:rss|atom|rdf)$|(?:rss|feed|atom)[\w-]{0,30}\.(?:xml|json|php)$|[?&]feed=",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"/comments/|[?&]withcomments|comments-rss", re.IGNORECASE)
_WORDPRESS = re.compile(r"/wp-content/|/wp-includes/|/wp-json/", re.IGNORECASE)
_SITEMAP = re.compile(r"^[ \t]{0,20}sitemap[ \t]{0,20}:[ \t]{0,20}(\S{1,2000})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address at which a feed may be."""

    url: str
    kind: SourceKind = SourceKind.FEED
    title: str = ""
    """What the page calls it."""
    told_by: str
    """given | page | wordpress | robots.txt | usual"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A candidate that is a feed. `candidate.url` is where it was found, behind permanent redirects."""

    candidate: Candidate
    feed: Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a search found, the likeliest first, and what it tried in vain: address and reason."""

    found: tuple[Found, ...] = ()
    tried: tuple[tuple[str, Reason], ...] = ()


Fetch = Callable[[str], Response]
"""A GET. Raises FetchError."""
Parse = Callable[[Candidate, Response], Feed]
"""The feed in an answer. Raises ParseError."""


def discover(url: str, fetch: Fetch, parse: Parse, *, word: str = "ASEAN") -> Discovery:
    """The feeds of the site of `url`; of a WordPress site also its search for `word`. Raises FetchError when `url` itself cannot be had."""
    answer = fetch(url)
    given = Candidate(url=answer.moved_to or url, told_by="given")
    try:
        return Discovery(found=(Found(candidate=given, feed=parse(given, answer)),))
    except ParseError as error:
        search = _Search(fetch, parse, {url, answer.url}, [(url, error.reason)])
    page = decoded(answer.body, answer.content_type)[:MOST_READ]
    if found := search.of(page_candidates(page, answer.url, word)):
        return search.result(found)
    if found := search.of(robots_candidates(search.text(urljoin(answer.url, "/robots.txt")), answer.url)):
        return search.result(found)
    return search.result(search.of(usual_candidates(answer.url)))


def page_candidates(page: str, url: str, word: str) -> list[Candidate]:
    """What the HTML `page`, found at `url`, declares and links to as feeds of its site, declared ones first; without feeds of comments."""
    declared: list[Candidate] = []
    linked: list[Candidate] = []
    home = urljoin(url, "/") if _WORDPRESS.search(page) else ""
    for tag, attributes in _tags(page):
        address = web_url(attributes.get("href", ""), url) if attributes.get("href") else None
        if tag == "meta" and attributes.get("content", "").lower().startswith("wordpress"):
            home = home or urljoin(url, "/")
        if address is None or _COMMENTS.search(address):
            continue
        relation = attributes.get("rel", "").lower().split()
        if tag == "link" and "alternate" in relation and _FEED_TYPE.match(attributes.get("type", "")):
            declared.append(Candidate(url=address, title=title_of(attributes.get("title", "")), told_by="page"))
        elif tag == "link" and "https://api.w.org/" in relation:
            home = address.partition("wp-json")[0]
        elif tag == "a" and _LIKE_A_FEED.search(address) and _on_site(address, url):
            linked.append(Candidate(url=address, told_by="page"))
    wordpress = [Candidate(url=urljoin(home, "feed/"), told_by="wordpress")] if home else []
    if home and word:
        search = Candidate(url=f"{home}?s={word}&feed=rss2", title=f"search: {word}", told_by="wordpress")
        declared = [*declared[: MOST_TRIED - 1], *([] if declared else wordpress), search]
    return _each_once([*declared, *linked, *wordpress])


def robots_candidates(robots: str, url: str) -> list[Candidate]:
    """The sitemaps that a robots.txt names, those of news first."""
    named = [address for found in _SITEMAP.finditer(robots) if (address := web_url(found[1], url))]
    news = [address for address in named if "news" in urlsplit(address).path.lower()]
    return _each_once(Candidate(url=address, kind=SourceKind.SITEMAP, told_by="robots.txt") for address in [*news, *named])


def usual_candidates(url: str) -> list[Candidate]:
    """Where the feeds of a site usually are."""
    return [Candidate(url=urljoin(url, path), told_by="usual") for path in USUAL]


class _Search:
    """Tries candidates, each address once, and remembers what was tried in vain."""

    def __init__(self, fetch: Fetch, parse: Parse, seen: set[str], tried: list[tuple[str, Reason]]) -> None:
        self._fetch = fetch
        self._parse = parse
        self._seen = seen
        self._tried = tried

    def of(self, candidates: Sequence[Candidate]) -> list[Found]:
        """Those of the first few candidates that are feeds."""
        fresh = [one for one in candidates if one.url not in self._seen][:MOST_TRIED]
        return [found for candidate in fresh if (found := self._found(candidate)) is not None]

    def text(self, url: str) -> str:
        """What stands at `url`; empty when nothing can be had."""
        try:
            answer = self._fetch(url)
        except FetchError:
            return ""
        return decoded(answer.body, answer.content_type)[:MOST_READ]

    def result(self, found: Iterable[Found]) -> Discovery:
        """What came of it."""
        return Discovery(found=tuple(found), tried=tuple(self._tried))

    def _found(self, candidate: Candidate) -> Found | None:
        self._seen.add(candidate.url)
        try:
            answer = self._fetch(candidate.url)
            if answer.url in self._seen and answer.url != candidate.url:
                return None  # a redirect to what was seen already
            self._seen.add(answer.url)
            return Found(candidate=replace(candidate, url=answer.moved_to or candidate.url), feed=self._parse(candidate, answer))
        except (FetchError, ParseError) as error:
            self._tried.append((candidate.url, error.reason))
            return None


def _tags(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    for tag in _TAG.finditer(page):
        attributes = {
            found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "").strip() for found in _ATTRIBUTE.finditer(tag[2])
        }
        yield tag[1].lower(), attributes


def _on_site(address: str, url: str) -> bool:
    return same_site(urlsplit(address).hostname or "", urlsplit(url).hostname or "")


def _each_once(candidates: Iterable[Candidate]) -> list[Candidate]:
    kept: dict[str, Candidate] = {}
    for candidate in candidates:
        kept.setdefault(candidate.url, candidate)
    return list(kept.values())
