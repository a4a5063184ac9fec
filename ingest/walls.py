"""Pages that stand where an article should be: challenges, cookie walls, paywalls, and shells that only a browser can fill."""

import re
from collections.abc import Mapping

from core.reasons import Reason

_CHALLENGE_TITLE = re.compile(
    r"just a moment|attention required|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|"
    r"security check|ddos-guard|access denied|pardon our interruption|request unsuccessful",
    re.IGNORECASE,
)
_CHALLENGE_BODY = re.compile(
    r"cdn-cgi/challenge-platform|cf[-_]chl|cf-browser-verification|_Incapsula_Resource|px-captcha|ddos-guard|"
    r"captcha-delivery\.com|aws-waf-token|sgcaptcha",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_COOKIES = re.compile(r"\b(?:cookies?|consent)\b", re.IGNORECASE)
_CONSENT = re.compile(r"\b(?:accept|agree|consent|preferences|reject)\b", re.IGNORECASE)
_PAYWALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read|unlock|keep)|to continue reading|subscribers? only|already (?:a )?subscriber|"
    r"remaining free articles?|this (?:article|content) is (?:reserved|for) (?:our )?(?:subscribers|members)|"
    r"\"isAccessibleForFree\"\s*:\s*\"?false",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"(?:enable|requires?|need|turn on|activate)[^<.]{0,40}\bjavascript|javascript (?:is )?(?:disabled|required)", re.IGNORECASE
)

_LOOK = 200_000
"""Characters of a page that are looked at."""


def is_challenge(headers: Mapping[str, str], html: str) -> bool:
    """Whether an answer asks for a person instead of giving the document: by header (Cloudflare), or by the page it sent."""
    return headers.get("cf-mitigated", "").lower() == "challenge" or _challenges(html)


def wall(html: str, text: str) -> Reason | None:
    """Why a page with little or no article `text` has none: CHALLENGE, COOKIE_WALL, PAYWALL, SCRIPT_ONLY; None when it just is short."""
    page = html[:_LOOK]
    if _challenges(page):
        return Reason.CHALLENGE
    if _PAYWALL.search(page):
        return Reason.PAYWALL
    if len(_COOKIES.findall(text)) >= 2 and _CONSENT.search(text):
        return Reason.COOKIE_WALL
    if _SCRIPT.search(page):
        return Reason.SCRIPT_ONLY
    return None


def _challenges(page: str) -> bool:
    title = _TITLE.search(page)
    return bool(title and _CHALLENGE_TITLE.search(title[1])) or _CHALLENGE_BODY.search(page) is not None
