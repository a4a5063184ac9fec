"""The closed set of reasons for which a poll, a page or a reading fails.

A reason is kept on the source or the item, is counted once, and says by itself whether trying again can help.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why something did not work; `transient` tells whether it may work later."""

    # reaching the server
    BAD_URL = "bad_url"
    DNS_FAILED = "dns_failed"
    ADDRESS_REFUSED = "address_refused"
    CONNECT_FAILED = "connect_failed"
    CONNECT_TIMEOUT = "connect_timeout"
    TLS_ERROR = "tls_error"
    DEADLINE = "deadline"
    CONNECTION_LOST = "connection_lost"
    PROTOCOL_ERROR = "protocol_error"
    # redirects
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REDIRECT_REFUSED = "redirect_refused"
    # what it answered
    UNAUTHORIZED = "http_401"
    FORBIDDEN = "http_403"
    CHALLENGE = "challenge"
    NOT_FOUND = "http_404"
    GONE = "http_410"
    RATE_LIMITED = "http_429"
    CLIENT_ERROR = "http_4xx"
    SERVER_ERROR = "http_5xx"
    UNEXPECTED_STATUS = "http_unexpected"
    # the body
    BODY_TOO_LARGE = "body_too_large"
    BODY_TRUNCATED = "body_truncated"
    BAD_ENCODING = "bad_encoding"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    EMPTY_BODY = "empty_body"
    # the feed
    NOT_A_FEED = "not_a_feed"
    MALFORMED_FEED = "malformed_feed"
    PARSE_TIMEOUT = "parse_timeout"
    PARSE_CRASH = "parse_crash"
    # the page
    NO_LINK = "no_link"
    NO_TEXT = "no_text"
    TEXT_TOO_SHORT = "text_too_short"
    PAYWALL = "paywall"
    COOKIE_WALL = "cookie_wall"
    SCRIPT_ONLY = "script_only"
    BOILERPLATE = "boilerplate"
    ROBOTS = "robots_disallowed"
    PDF_UNREADABLE = "pdf_unreadable"
    EXTRACT_TIMEOUT = "extract_timeout"
    EXTRACT_CRASH = "extract_crash"
    # our side
    READ_FAILED = "read_failed"
    INTERNAL = "internal"

    @property
    def transient(self) -> bool:
        """True when the same request may succeed later without anybody's help."""
        return self not in _LASTING


_LASTING = frozenset(
    {
        Reason.BAD_URL,
        Reason.ADDRESS_REFUSED,
        Reason.REDIRECT_REFUSED,
        Reason.TOO_MANY_REDIRECTS,
        Reason.NO_LINK,
        Reason.NO_TEXT,
        Reason.TEXT_TOO_SHORT,
        Reason.PAYWALL,
        Reason.COOKIE_WALL,
        Reason.SCRIPT_ONLY,
        Reason.BOILERPLATE,
        Reason.ROBOTS,
        Reason.PDF_UNREADABLE,
        Reason.BODY_TOO_LARGE,
        Reason.WRONG_CONTENT_TYPE,
        Reason.GONE,
        Reason.EXTRACT_TIMEOUT,
        Reason.EXTRACT_CRASH,
        Reason.READ_FAILED,
    }
)
