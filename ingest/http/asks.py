"""What is asked: one GET with what stays the same over its hops, and where a redirect may lead it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import ConfigError, FetchError
from core.reasons import Reason
from ingest.urls import BadUrl, Target, masked, target, web_url

MAX_REDIRECTS = 5

_ACCEPT = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, */*;q=0.1",
    "page": "text/html, application/xhtml+xml, application/pdf;q=0.9, */*;q=0.1",
}
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """An answer that sends us elsewhere."""

    status: int
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One GET at the hop where it stands. `left` are the seconds that its deadline leaves, `cap` the bytes that its body may have."""

    here: Target
    headers: tuple[bytes, ...]
    conditional: bool
    cap: int
    pdf: bool
    left: float
    redirects: int = 0
    permanent: bool = True
    """Whether every redirect so far was a permanent one."""

    @property
    def subject(self) -> str:
        """The URL as it may be shown."""
        return masked(self.here.url)

    @property
    def packed(self) -> bool:
        """Whether the document itself may be a gzip file, as sitemap.xml.gz is: asked for as a feed, and called so."""
        return not self.pdf and self.here.path.partition("?")[0].endswith(".gz")

    @property
    def moved_to(self) -> str | None:
        """The URL of this hop, when nothing but permanent redirects led here."""
        return self.here.url if self.redirects and self.permanent else None

    def follow(self, redirect: Redirect, took: float) -> "Ask":
        """The same at the next hop, `took` seconds later. Raises FetchError for a redirect that may not be followed."""
        if self.redirects == MAX_REDIRECTS:
            raise FetchError(Reason.TOO_MANY_REDIRECTS, f"more than {MAX_REDIRECTS}", subject=self.subject)
        return replace(
            self,
            here=_next_hop(self.here, redirect.location),
            left=self.left - took,
            redirects=self.redirects + 1,
            permanent=self.permanent and redirect.status in _PERMANENT,
        )


class Asker:
    """Makes what is asked of what the caller gives: caps by kind of document, headers, time."""

    def __init__(self, *, user_agent: str, contact: str, deadline: float, feed_cap: int, page_cap: int) -> None:
        self.user_agent = f"{user_agent} (+{contact})" if contact else user_agent
        if not self.user_agent.isprintable():
            raise ConfigError("holds a line break or another character that no header may hold", subject="name or contact of this client")
        self._deadline = deadline
        self._cap = {"feed": feed_cap, "page": page_cap}

    def ask(self, url: str, etag: str | None, last_modified: str | None, accept: str) -> Ask:
        """The GET before its first hop. Raises FetchError for what is no URL of the web."""
        try:
            here = target(url)
        except BadUrl as error:
            raise FetchError(Reason.BAD_URL, str(error), subject=masked(url)) from error
        validators = [*_validator(b"If-None-Match: ", etag), *_validator(b"If-Modified-Since: ", last_modified)]
        return Ask(
            here=here,
            headers=(b"Accept: " + _ACCEPT[accept].encode(), b"Accept-Encoding: gzip", *validators),
            conditional=bool(validators),
            cap=self._cap[accept],
            pdf=accept == "page",
            left=self._deadline,
        )


def _validator(name: bytes, value: str | None) -> Sequence[bytes]:
    """The header that echoes a validator to the byte; none for one that could break out of its line."""
    if not value or not value.isprintable():
        return ()
    try:
        return (name + value.encode("latin-1"),)
    except UnicodeEncodeError:
        return ()


def _next_hop(here: Target, location: str) -> Target:
    """The target of a redirect. Raises FetchError for one that may not be followed, whatever its address."""
    subject = masked(here.url)
    if "\\" in location:
        raise FetchError(Reason.REDIRECT_REFUSED, "to an address with a backslash", subject=subject)
    there = web_url(location, here.url)
    if there is None:
        raise FetchError(Reason.REDIRECT_REFUSED, f"to {masked(location)[:200]}", subject=subject)
    if here.scheme == "https" and there.startswith("http:"):
        raise FetchError(Reason.REDIRECT_REFUSED, "from https down to http", subject=subject)
    return target(there)
