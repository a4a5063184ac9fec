"""Many publishers in one process, each with its own manners, on a clock that a test moves. Their feeds are real text; network and pages
are looked up.

A manner is a function of the site and the hour of the day: it says what is answered instead of the honest feed, or None for that one.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from walk import ScriptedNetwork, StandingClock

from core.articles import Article
from core.errors import FetchError
from core.reasons import Reason
from core.sources import Entry, Feed, NotModified, Response, Source
from ingest.feeds import parse_feed

Answer = Response | NotModified | FetchError
Manner = Callable[["Site", float, str | None], Answer | None]
"""(site, hours since the day began, the ETag that we sent) -> what it answers, None: the honest feed."""


@dataclass
class Site:
    """A publisher: its source, and what it has published, newest first."""

    source: Source
    manner: Manner
    window: int = 20
    """Items that its feed holds at a time."""
    stories: list[str] = field(default_factory=list)
    """Names of its stories; their pages are at `page`."""
    guid: str = ""
    """What stands before the names in its guids."""
    texts: dict[str, str] = field(default_factory=dict)
    """Page -> another text than its own."""
    validators: bool = True

    def page(self, name: str) -> str:
        return f"https://{self.source.id}.example/{name}"

    def body(self, page: int = 1) -> bytes:
        """The feed as Atom; it names its next page, where there is one."""
        shown = self.stories[(page - 1) * self.window : page * self.window]
        older = f'<link rel="next" href="{self.source.url}?page={page + 1}"/>' if len(self.stories) > page * self.window else ""
        entries = "".join(
            f'<entry><id>{self.guid}{self.source.id}:{name}</id><title>About {name}</title><link href="{self.page(name)}"/></entry>\n'
            for name in shown
        )
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{self.source.publisher}</title>{older}{entries}</feed>'.encode()


class World(ScriptedNetwork):
    """All sites, and the way to them."""

    def __init__(self, clock: StandingClock, sites: list[Site]) -> None:
        super().__init__()
        self._clock = clock
        self._began: datetime = clock.now()
        self.sites = {site.source.url: site for site in sites}
        self.pages: dict[str, Site] = {}
        self.refused: Counter[str] = Counter()
        """Source -> polls that were answered by a failure."""

    def publishes(self, site: Site, *names: str) -> None:
        for name in names:
            site.stories.insert(0, name)
            self.pages[site.page(name)] = site

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "feed") -> Response | NotModified:
        if url in self.pages:
            return Response(url=url, status=200, body=b"<html>")
        feed, _, page = url.partition("?page=")
        site = self.sites[feed]
        hours = (self._clock.now() - self._began) / timedelta(hours=1)
        answer = None if page else site.manner(site, hours, etag)
        if answer is None:
            answer = honest(site, etag, int(page or 1))
        if isinstance(answer, FetchError):
            self.refused[site.source.id] += 1
            raise answer
        return answer

    def parse(self, source: Source, response: Response, now: datetime, known: bytes = b"") -> Feed:
        return parse_feed(response.body, source=source.id, url=response.url, content_type="", now=now, known=known)

    def extract(self, source: Source, entry: Entry, response: Response, now: datetime) -> Article:
        site, name = self.pages[response.url], response.url.rpartition("/")[2]
        text = site.texts.get(response.url, f"This is what {site.source.publisher} says of {name}.")
        return Article(key=response.url, url=response.url, title=f"About {name}", text=text, publisher=site.source.publisher)


def honest(site: Site, etag: str | None, page: int = 1) -> Response | NotModified:
    """The feed as it is, or that it has not changed."""
    body = site.body(page)
    tag = hashlib.sha256(body).hexdigest()
    if site.validators and etag == tag:
        return NotModified(url=site.source.url)
    return Response(url=site.source.url, status=200, headers={"etag": tag} if site.validators else {}, body=body)


# Manners


def is_honest(site: Site, hours: float, etag: str | None) -> Answer | None:
    return None


def is_out(reason: Reason, since: float, until: float) -> Manner:
    """It fails for that reason in these hours."""
    return lambda site, hours, etag: FetchError(reason, "out", subject=site.source.url) if since <= hours < until else None


def is_a_page(since: float, until: float) -> Manner:
    """It answers with a web page in these hours."""
    page = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>Hello</body></html>"
    return lambda site, hours, etag: Response(url=site.source.url, status=200, body=page) if since <= hours < until else None


def lies(site: Site, hours: float, etag: str | None) -> Answer | None:
    """Whoever asks with a validator is told that nothing has changed."""
    return NotModified(url=site.source.url) if etag else None


def rebuilds(at: float) -> Manner:
    """All its guids are others from then on."""

    def manner(site: Site, hours: float, etag: str | None) -> None:
        site.guid = "https://rebuilt.example/" if hours >= at else ""

    return manner


def breaks_off() -> Manner:
    """Every other body stops before its end."""
    asked: Counter[str] = Counter()

    def manner(site: Site, hours: float, etag: str | None) -> Answer | None:
        asked[site.source.id] += 1
        answer = honest(site, etag)
        if isinstance(answer, NotModified) or asked[site.source.id] % 2:
            return None
        return Response(url=answer.url, status=200, headers=answer.headers, body=answer.body[: -len(answer.body) // 3])

    return manner


def shuffles(site: Site, hours: float, etag: str | None) -> Answer | None:
    """Its items stand in another order each time, and it has no validators."""
    site.stories.sort(key=lambda name: hashlib.sha256(f"{name} {hours}".encode()).digest())
    return None


def moved(site: Site, hours: float, etag: str | None) -> Answer | None:
    """It is found at another address of its own, for good."""
    answer = honest(site, etag)
    there = f"{site.source.url}/new"
    if isinstance(answer, NotModified):
        return NotModified(url=there, moved_to=there)
    return Response(url=there, status=200, headers=answer.headers, body=answer.body, moved_to=there)
