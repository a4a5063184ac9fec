"""What publishers and those between them and a reader do to addresses, as tables: redirectors, AMP, print, trackers, sessions, numbers.

A row is here only when it can merge no two different articles: a parameter that some site uses for an article's number is no tracker,
whatever it is called (`cid`, `eid`, `mod`). The pairs in tests/unit/test_ingest_urls.py hold both sides.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

# Addresses that only lead to another, which stands in one of their parameters: host, path, parameters.
_REDIRECTORS: tuple[tuple[re.Pattern[str], re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(host), re.compile(path), names)
    for host, path, names in (
        (r"(?:www\.)?google\.[a-z.]{2,6}$", r"/(?:url|imgres)$", ("url", "q", "imgrefurl")),
        (r"(?:www\.)?bing\.com$", r"/news/apiclick\.aspx$", ("url",)),
        (r"lm?\.facebook\.com$", r"/l\.php$", ("u",)),
        (r"l\.instagram\.com$", r"/$", ("u",)),
        (r"(?:www\.)?youtube\.com$", r"/redirect$", ("q",)),
        (r"out\.reddit\.com$", r"/", ("url",)),
        (r"(?:t\.umblr\.com|href\.li)$", r"/redirect$", ("z",)),
        (r"link\.zhihu\.com$", r"/", ("target",)),
        (r"(?:away\.vk\.com|vk\.com)$", r"/away\.php$", ("to",)),
        (r"link\.zalo\.me$", r"/", ("url", "link")),
        (r"go\.(?:skimresources|redirectingat)\.com$", r"/", ("url",)),
    )
)
_AMP_CACHES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"(?:^|\.)cdn\.ampproject\.org$"), re.compile(r"/(?:c|v|a|r|i|wp|mbv)/(s/)?(.+)$")),
    (re.compile(r"(?:^|\.)bing-amp\.com$"), re.compile(r"/(?:c|v|a)/(s/)?(.+)$")),
    (re.compile(r"^(?:www\.)?google\.[a-z.]{2,6}$"), re.compile(r"/amp/(s/)?(.+\..+/.+)$")),
)
_NEWS = re.compile(r"/(?:__i/)?(?:rss/)?articles/([\w-]{16,})")
_WRAPPED = re.compile(rb"https?://[\x21-\x7e]{4,}")

# Parameters that say where a reader came from. A name is here only when no site is known to keep an article's number in it.
_TRACKER = re.compile(
    r"(?:utm|mc|pk|piwik|matomo|mtm|itm|hsa|vero|oly|at|ns|guce|gaa|wt|amp|_x_tr)[_.].+|_{1,2}hs\w+|_g[al]|(?:fb|g|d|dc|y|ysc|tw|tt|irg)clid|msclkid|gclsrc|"
    r"[gw]braid|igshid?|li_fat_id|mkt_tok|s_kwcid|xtor|spm|scm|amp|usqp|outputtype|cmpid|icid|ncid|ocid|ito|smid|smtyp|mibextid|taid|gidzl|zarsrc|trk|"
    r"trkcampaign|sc_cid|mbid|sref|ref_?(?:src|url)|fb_(?:ref|source|comment_id|action_ids|action_types)|action_object_map|__twitter_impression|guccounter|"
    r"wxshare_count|nsukey|isappinstalled|share_(?:token|from|source|medium)|sr_share|soc_(?:src|trk)|traffic_source|taboola\w*|replytocom|cpage|"
    r"print(?:able|er|version)?|printer_?friendly|no_?cache|chash|cachebuster|_|nb",
    re.IGNORECASE,
)
# Parameters that are trackers on most sites and the article's number on some: they count as trackers when they hold no digit.
_PERHAPS_TRACKER = frozenset(
    {"ref", "referrer", "referer", "source", "src", "from", "campaign", "medium", "partner", "share", "via", "rss"}
)
# Parameters by which one article is shown in another dress.
_DRESS = frozenset({"view", "mode", "layout", "format", "output", "type", "template", "tmpl", "version", "service", "display", "do"})
_DRESSES = frozenset({"amp", "amphtml", "print", "printable", "printer", "mobile", "component", "simple"})
_SESSION = re.compile(r"(?:php|asp|j|os|zen)?sess?(?:ion)?_?id\w{0,8}|oscsid|zenid|cfid|cftoken|aspsessionid\w+", re.IGNORECASE)
_SESSION_PERHAPS = frozenset({"s", "sid"})
_TOKEN = re.compile(r"(?=.*\d)[0-9a-z]{26,}", re.IGNORECASE)

_AMP_FILE = re.compile(r"\.amp(?=(?:\.html?)?$)", re.IGNORECASE)
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_COOKIELESS = re.compile(r"\([A-Z]\([0-9a-z]{20,}\)\)", re.IGNORECASE)
_SLUG = re.compile(r"\d{5,}|(?:[^-]+-){3,}")
_INDEX = frozenset(
    {"index.html", "index.htm", "index.shtml", "index.php", "index.jsp", "index.asp", "index.aspx", "default.asp", "default.aspx"}
)
_COMMENTS = re.compile(r"comment-page-\d+")

# Publishers that show one article under several paths: host, and what in the path is its number. The words around it change with its title.
_HABITS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"(?:^|\.){host}$"), re.compile(path))
    for host, path in (
        (r"vietnamplus\.vn", r"(?:/|-post)(\d{4,})\.vnp$"),  # .../slug/205891.vnp and .../slug-post205891.vnp
        (r"vnexpress\.net", r"-(\d{7,})\.html$"),
        (r"nhandan\.vn", r"-post(\d{5,})\.html$"),
        (r"vietnamnews\.vn", r"/(\d{6,})/[^/]+\.html$"),
        (r"antaranews\.com", r"^/((?:berita|news|foto|video|infografik)/\d{4,})(?:/|$)"),
        (r"detik\.com", r"/(d-\d{6,})/"),
        (r"bangkokpost\.com", r"^/.+/(\d{6,})/[^/]+$"),
        (r"channelnewsasia\.com", r"-(\d{6,})$"),
        (r"malaymail\.com", r"/\d{4}/\d\d/\d\d/[^/]+/(\d{5,})$"),
        (r"nst\.com\.my", r"/\d{4}/\d\d/(\d{6,})/"),
        (r"khmertimeskh\.com", r"^/(\d{8,})/"),
        (r"scmp\.com", r"/article/(\d{6,})(?:/|$)"),
        (r"abc\.net\.au", r"^/news/\d{4}-\d\d-\d\d/[^/]+/(\d{7,})$"),
        (r"yna\.co\.kr", r"^/view/([A-Z]{3}\d{15,})$"),
        (r"dw\.com", r"/(a-\d{6,})$"),
        (r"theconversation\.com", r"-(\d{5,})$"),
        (r"voanews\.com", r"/(\d{6,})\.html$"),
    )
)


def unwrapped(url: str) -> str:
    """The address to which `url` leads by its own words: the article behind an AMP cache or a redirector; else `url` itself."""
    for _ in range(3):
        inner = _inside(url)
        if inner is None:
            break
        url = inner
    return url


def tracks(name: str, value: str) -> bool:
    """Whether a parameter of a query has no say in which article is meant."""
    name = name.lower()
    if name in _PERHAPS_TRACKER:
        return not any(character.isdigit() for character in value)
    if name in _DRESS and value.lower() in _DRESSES:
        return True
    if name in _SESSION_PERHAPS:
        return _TOKEN.fullmatch(value) is not None
    return _TRACKER.fullmatch(name) is not None or _SESSION.fullmatch(name) is not None


def number(host: str, path: str) -> str | None:
    """The article's own number in `path`, where the publisher is known to keep one there; with the kind of thing it numbers.

    Without a host the habits of all publishers are tried: what is found then is at least a part of the path.
    """
    found = (habit.search(path) for site, habit in _HABITS if not host or site.search(host))
    return next((match[1] for match in found if match), None)


def bare_segment(segment: str) -> str:
    """A path segment without session numbers and AMP's mark on a file's name."""
    return _AMP_FILE.sub("", _COOKIELESS.sub("", _PATH_SESSION.sub("", segment)))


def undressed(segments: Sequence[str]) -> list[str]:
    """Path segments without those that only dress the article: AMP and print marks, index pages, pages of comments."""
    kept = list(segments)
    while len(kept) > 1 and (kept[-1].lower() in _INDEX or kept[-1].lower() in ("amp", "amp.html") or _COMMENTS.fullmatch(kept[-1])):
        kept.pop()
    if len(kept) > 1 and kept[-1].lower() in ("print", "print.html") and _SLUG.search(kept[-2]):
        kept.pop()
    if kept and _SLUG.search(kept[-1]) and "amp" in kept[:-1]:
        kept.remove("amp")
    elif len(kept) > 2 and kept[0] == "amp":
        kept = kept[1:]
    return kept


def _inside(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    for cache, behind in _AMP_CACHES:
        if cache.search(host) and (found := behind.match(parts.path)):
            return f"http{'s' if found[1] else ''}://{found[2]}{'?' + parts.query if parts.query else ''}"
    for site, path, names in _REDIRECTORS:
        if site.match(host) and path.match(parts.path):
            return _named(parts.query, names)
    return _in_google_news(parts.path) if host == "news.google.com" else None


def _named(query: str, names: Sequence[str]) -> str | None:
    given = parse_qs(query)
    values = (value for name in names for value in given.get(name, ()))
    return next((value for value in values if value.startswith(("http://", "https://"))), None)


def _in_google_news(path: str) -> str | None:
    """The address inside the older kind of Google News link, which carries it in base64; the newer kind tells it to Google only."""
    found = _NEWS.match(path)
    if found is None:
        return None
    packed = found[1]
    try:
        plain = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    except (binascii.Error, ValueError):
        return None
    inner = _WRAPPED.search(plain)
    return inner[0].decode("ascii") if inner else None
