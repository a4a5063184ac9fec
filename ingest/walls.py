"""Pages that stand where an article should be: challenges, cookie walls, paywalls, error pages, and shells that only a browser can fill.

What a page says of itself is believed the less, the more of an article it holds: a short report stays one though its page offers
subscriptions, asks for JavaScript below the comments, or has Cloudflare's script in its head, as every page of some publishers does.

    text of the page        what makes it a wall
    under 200 (`size`)      any mark: a title, a script's name, words of the page, the frame of a one-page application
    under 800               words of that text itself, or a plain statement (JSON-LD, a title that says nothing else)
    more                    nothing

The words are those of `page_words.toml`, in the languages of the catalogue.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from core.reasons import Reason
from core.texts import normal, size
from ingest.markup import text_of
from ingest.page_words import anywhere
from ingest.urls import same_site

MIN_TEXT = 200
"""Size below which a page's text is not taken for its article."""
WALLED_TEXT = 800
"""Size below which a page may still be a wall, because its words say so."""

_CHALLENGE_BODY = re.compile(
    r"cdn-cgi/challenge-platform|cf[-_]chl|cf-browser-verification|_Incapsula_Resource|px-captcha|ddos-guard|"
    r"captcha-delivery\.com|aws-waf-token|sgcaptcha",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_HEADING = re.compile(r"<h1[^>]{0,300}>([^<]{0,300})", re.IGNORECASE)
_PIECES = re.compile(r"\s+[|–—\-·»:]+\s+|[|»]")
_NOT_FREE = re.compile(
    r"\"isAccessibleForFree\"\s*:\s*\"?false|<meta[^>]{0,200}article:content_tier[^>]{0,100}content\s*=\s*[\"']?locked", re.IGNORECASE
)
_APP_ROOT = re.compile(
    r"<div[^>]{0,100}\bid\s*=\s*[\"']?(?:root|app|__next|__nuxt|q-app|app-root|___gatsby|svelte)[\"']?[^>]{0,100}>\s*</div>|<app-root",
    re.IGNORECASE,
)
_HOME = re.compile(r"/?(?:(?:[a-z]{2}|eng)(?:[-_][a-z]{2,4})?/?)?(?:(?:index|home|default|main)(?:\.\w{2,5})?/?)?", re.IGNORECASE)
_NOWHERE = re.compile(r"/(?:404|error(?:-?404)?|not-?found|page-?not-?found|(?:site-?)?maintenance)(?:\.\w{2,5})?/?$", re.IGNORECASE)
_CONSENT_PATH = re.compile(r"/(?:cookie|privacy|gdpr)-?(?:consent|gate|wall)|/(?:collect)?consent\b", re.IGNORECASE)
_LOGIN = re.compile(r"/(?:log-?in|sign-?in|account/login|user/login|sso|auth|subscribe|register)(?:\.\w{2,5})?/?$", re.IGNORECASE)

_LONGEST_TITLE = 80
"""Characters; a longer title is a headline, whatever it begins with."""
_COOKIE_EVERY = 150
"""Characters of text for each mention of cookies, in a text that is about nothing else."""
_LOOK = 200_000
"""Characters of a page that are looked at."""


def is_challenge(headers: Mapping[str, str], html: str) -> bool:
    """Whether an answer asks for a person instead of giving the document: by header (Cloudflare), or by the page it sent."""
    if headers.get("cf-mitigated", "").lower() == "challenge" or _CHALLENGE_BODY.search(html):
        return True
    title = _TITLE.search(html)
    return title is not None and anywhere("challenge").match(title[1].strip()) is not None


def elsewhere(asked: str, got: str) -> Reason | None:
    """Where redirects led from an article: NOT_FOUND (home page, error page), COOKIE_WALL or UNAUTHORIZED (login); None for a page."""
    before, after = urlsplit(asked), urlsplit(got)
    if _CONSENT_PATH.search(after.path) or (after.hostname or "").startswith("consent."):
        return Reason.COOKIE_WALL
    if before.path.rstrip("/") == after.path.rstrip("/"):
        return None
    if _NOWHERE.search(after.path):
        return Reason.NOT_FOUND
    if _LOGIN.search(after.path) and not _LOGIN.search(before.path):
        return Reason.UNAUTHORIZED
    home = _HOME.fullmatch(after.path) is not None and not after.query and not after.fragment
    ours = same_site(before.hostname or "", after.hostname or "")
    return Reason.NOT_FOUND if home and ours and _HOME.fullmatch(before.path) is None else None


def wall(html: str, text: str, announced: str = "") -> Reason | None:
    """What stands where an article should be, of a page whose main text is `text`; None for what may be an article, or just is short.

    `announced` is the title under which the article was announced: a page that bears it is that article's, whatever else it says.
    CHALLENGE, NOT_FOUND, SERVER_ERROR, PAYWALL, COOKIE_WALL or SCRIPT_ONLY.
    """
    if size(text) >= WALLED_TEXT:
        return None
    page = html[:_LOOK]
    titles = _titles(page)
    bears_it = announced and normal(announced).casefold() in " ".join(titles).casefold()
    if not bears_it and (reason := _by_title(titles)) is not None:
        return reason
    if size(text) < MIN_TEXT:
        return _by_any_mark(page)
    if _NOT_FREE.search(page) or anywhere("paywall").search(text):
        return Reason.PAYWALL
    return Reason.COOKIE_WALL if _about_cookies(text) else None


def is_not_free(html: str) -> bool:
    """Whether the page says of itself that not all of it is shown to everybody."""
    return _NOT_FREE.search(html[:_LOOK]) is not None


def _by_any_mark(page: str) -> Reason | None:
    if _CHALLENGE_BODY.search(page):
        return Reason.CHALLENGE
    if _NOT_FREE.search(page) or anywhere("paywall").search(page):
        return Reason.PAYWALL
    if _about_cookies(text_of(page)):
        return Reason.COOKIE_WALL
    if anywhere("script").search(page) or _APP_ROOT.search(page):
        return Reason.SCRIPT_ONLY
    return None


def _by_title(titles: list[str]) -> Reason | None:
    """What a title or heading says and nothing else: an article about error 404 has more to say."""
    for title in titles:
        if len(title) <= _LONGEST_TITLE and anywhere("challenge").match(title):
            return Reason.CHALLENGE
        for piece in (title, *_PIECES.split(title)):
            if anywhere("nothing_here").fullmatch(piece.strip(" .!")):
                return Reason.NOT_FOUND
            if anywhere("out_of_order").fullmatch(piece.strip(" .!")):
                return Reason.SERVER_ERROR
    return None


def _titles(page: str) -> list[str]:
    return [" ".join(normal(found[1]).split()) for pattern in (_TITLE, _HEADING) if (found := pattern.search(page))]


def _about_cookies(text: str) -> bool:
    mentions = len(anywhere("cookies").findall(text))
    return mentions >= 2 and mentions * _COOKIE_EVERY >= len(text) and anywhere("consent").search(text) is not None
