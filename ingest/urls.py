"""URLs as this project understands them: which may be fetched, how they are shown, and which two name one article.

courlan is asked for one thing only, the registrable domain. Its `clean_url` was to have made the key, but it merges what must stay
apart: it drops `cid`, `eid`, `uid` and `gallery` as trackers, and of `/story?ref=https://other.example/` it keeps the other address.
The pairs in tests/unit/test_ingest_urls.py hold both.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urljoin, urlsplit

import courlan

from ingest.url_habits import bare_segment, number, tracks, undressed, unwrapped

MAX_LENGTH = 4000
"""Characters; a longer URL is refused."""

_DEFAULT_PORT = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\<>\"]")
# What publishers leave bare in links and browsers encode. Never the backslash: parsers disagree about it.
_BARE = str.maketrans({" ": "%20", '"': "%22", "<": "%3C", ">": "%3E", "`": "%60", "{": "%7B", "|": "%7C", "}": "%7D", "^": "%5E"})
_SITE_PREFIX = re.compile(r"^(?:www\d?|m|mobile|wap|amp)\.(?=.+\.)")
_MOBILE_INSIDE = re.compile(r"^([a-z]{2})\.(?:m|amp)\.(?=.+\.)")


# Of a WordPress search feed (?s=ASEAN&feed=rss2) and its like: what is asked for, and in which form.
_OPEN = frozenset({"s", "feed", "cat", "tag", "paged", "lang", "post_type"})


class BadUrl(ValueError):
    """Not an address that we would fetch; the message says why, without the URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL taken apart for fetching. `host` is ASCII and lower-case, IPv6 without brackets; `path` starts with / and holds the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host as it stands in a URL and in the Host header, with the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """host:port, the unit of politeness and of the allow-list."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole URL, normal in spelling, without fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"


@lru_cache(4096)
def target(url: str) -> Target:
    """`url` taken apart. Raises BadUrl for any scheme but http and https, user names, backslashes, blanks and senseless hosts or ports."""
    if len(url) > MAX_LENGTH:
        raise BadUrl("longer than 4000 characters")
    if _FORBIDDEN.search(url):
        # A backslash splits parsers: some see another host than others.
        raise BadUrl("holds a backslash, a blank or another character that no URL may hold")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError as error:
        raise BadUrl(f"cannot be taken apart ({error.__class__.__name__})") from error
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORT:
        raise BadUrl(f"scheme {scheme or 'missing'} is not http or https")
    if "@" in parts.netloc:
        raise BadUrl("holds a user name or password")
    if not host:
        raise BadUrl("has no host")
    path = _encoded(parts.path) or "/"
    query = f"?{_encoded(parts.query)}" if parts.query else ""
    return Target(scheme=scheme, host=host, port=port or _DEFAULT_PORT[scheme], path=path + query)


def web_url(link: str, base: str = "") -> str | None:
    """`link` as an absolute http or https URL without fragment, resolved against `base`; None when it is no such thing."""
    try:
        return target(urljoin(base, _link(link))).url
    except ValueError:
        return None


def masked(url: str) -> str:
    """`url` as it may be shown and logged: query values hidden (but those that hold no secret), user name and fragment gone."""
    head, _, tail = url.partition("?")
    scheme, separator, rest = head.partition("://")
    authority, slash, path = rest.partition("/")
    head = scheme + separator + authority.rpartition("@")[2] + slash + path.partition("#")[0]
    names = [pair.partition("=") for pair in tail.partition("#")[0].split("&") if pair]
    shown = (name + ("=" + (value if name.lower() in _OPEN else "***") if equals else "") for name, equals, value in names)
    return head + ("?" if names else "") + "&".join(shown)


def url_key(url: str, canonical: str | None = None) -> str:
    """The name under which an article is kept: host and path without scheme, `www.`, `m.`, trackers and spelling differences.

    `canonical`, the page's own claim, is believed only when it is plausible (`_plausible`). Raises BadUrl when `url` cannot be fetched.
    """
    page = target(_link(url))
    claimed = web_url(canonical, page.url) if canonical else None
    if claimed is not None and _plausible(claimed, page):
        page = target(claimed)
    host = _site(page.host)
    path, _, query = page.path.partition("?")
    own = number(host, _key_path(path))
    if own is not None:
        return f"{host}/{own}"
    port = "" if page.port in _DEFAULT_PORT.values() else f":{page.port}"
    name = f"[{host}]" if ":" in host else host
    return name + port + _key_path(path) + _key_query(query) + _route(url if claimed is None else "")


def article_key(url: str, canonical: str | None = None) -> str:
    """`url_key` of the article behind `url`, which may be an AMP cache's or a redirector's that carries the address itself."""
    return url_key(unwrapped(_link(url)), canonical)


def lasting_parts(name: str) -> list[str]:
    """Pieces of a link or guid that stand in every other spelling with one `url_key`, or one path, as well; whole when it has none."""
    address, _, query = name.partition("#")[0].partition("?")
    path = address.partition("://")[2].partition("/")[2] if "://" in address else address
    own = number("", "/" + path)
    if own is not None:
        return [own]
    segments = undressed([bare for segment in path.split("/") if (bare := bare_segment(segment)) not in ("", ".", "..")])
    stems = [stem for segment in segments[-1:] if (stem := segment.partition(".")[0])]
    pairs = [pair for pair in re.split("[&;]", query) if pair and not tracks(*pair.partition("=")[::2])]
    return [*stems, *pairs] or [name]


def same_site(one: str, other: str) -> bool:
    """Whether two hosts belong to one owner, as far as the public suffix list tells (addresses and local names: when they are equal)."""
    if _site(one) == _site(other):
        return True
    domains = [courlan.extract_domain(f"http://{host}/") for host in (one, other)]
    return domains[0] is not None and domains[0] == domains[1]


def _plausible(claimed: str, page: Target) -> bool:
    """Whether a canonical link may name the article: same site, not the home page, not a section above it, not a lost query."""
    other = target(claimed)
    path, _, query = page.path.partition("?")
    claimed_path, _, claimed_query = other.path.partition("?")
    own, theirs = _key_path(path), _key_path(claimed_path)
    if not claimed_query and own.startswith(theirs.rstrip("/") + "/"):
        return False
    if own == theirs and _key_query(query) and not claimed_query:
        return False
    return same_site(other.host, page.host)


def _link(url: str) -> str:
    """`url` as a browser would take it: line ends dropped, blanks trimmed, bare characters encoded."""
    return re.sub(r"[\t\r\n]", "", url).strip().translate(_BARE)


def _ascii_host(host: str) -> str:
    host = host.lower().rstrip(".")
    if ":" in host or host.isascii():
        return host
    return host.encode("idna").decode("ascii")


def _encoded(text: str) -> str:
    """Non-ASCII characters percent-encoded, all else as it was."""
    return text if text.isascii() else quote(text, safe="!#$%&'()*+,/:;=?@[]~")


def _site(host: str) -> str:
    while (shorter := _MOBILE_INSIDE.sub(r"\1.", _SITE_PREFIX.sub("", host))) != host:
        host = shorter
    return host


def _key_path(path: str) -> str:
    """One spelling of a path: no dot segments, doubled slashes, session numbers or dress; UTF-8 in NFC, percent-encoded once."""
    kept: list[str] = []
    for segment in path.split("/"):
        plain = unquote_to_bytes(segment)
        if plain == b"..":
            kept = kept[:-1]
        elif plain not in (b"", b"."):
            bare = bare_segment(quote(_nfc(plain), safe="!$&'()*+,;=:@~"))
            kept += [bare] if bare else []
    return "/" + "/".join(undressed(kept))


def _nfc(text: bytes) -> bytes:
    try:
        return unicodedata.normalize("NFC", text.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return text


def _key_query(query: str) -> str:
    """The query without trackers, sorted; Latin-1 on both sides keeps any bytes as they were."""
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1")
    kept = sorted((name, value) for name, value in pairs if not tracks(name, value))
    return "?" + urlencode(kept, encoding="latin-1") if kept else ""


def _route(url: str) -> str:
    """The fragment when it is the address inside a one-page site (#/story/12, #!/story/12), else nothing."""
    fragment = url.partition("#")[2]
    return "#" + _encoded(fragment) if fragment.startswith(("/", "!")) else ""
