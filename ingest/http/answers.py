"""What came: the answer of one hop, taken line by line and piece by piece, judged as early as can be.

The verdict falls at the end of the head wherever the head suffices: a redirect's body, an archive or a body that announces too much is then
neither read nor unpacked.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from core.errors import FetchError
from core.reasons import Reason
from core.sources import NotModified, Response
from ingest.http.asks import Ask, Redirect
from ingest.http.codings import KNOWN, MAX_CODINGS, BadCoding, Unpacking
from ingest.walls import is_challenge

MAX_HEADERS = 100
MAX_LINE = 64 * 1024
"""Bytes."""
MAX_RETRY_AFTER = 24 * 3600.0
"""Seconds: no server may silence a source for longer."""

Came = Response | NotModified | Redirect | FetchError

_ERROR_BODY = 16 * 1024
_HEADER_VALUE = 8 * 1024
_SNIFFED = 16
"""Bytes of a body by which archives and films are known."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PDF = b"%PDF-"
_GZIP = b"\x1f\x8b"
_BINARY = (
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"OggS",
    b"RIFF",
    b"ID3",
    b"\x7fELF",
    b"\x00\x00\x01\xba",
)
_PDF_TYPE = "application/pdf"
_GZIP_TYPES = ("application/gzip", "application/x-gzip")
_BINARY_TYPES = ("image/", "video/", "audio/", "font/", _PDF_TYPE, "application/zip", *_GZIP_TYPES)
_STATUS_REASON = {
    401: Reason.UNAUTHORIZED,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    410: Reason.GONE,
    429: Reason.RATE_LIMITED,
}


class Answer:
    """The answer to one hop of `ask` while it comes. `takes_line` and `takes_body` say whether more of it is wanted."""

    __slots__ = ("_ask", "_body", "_cap", "_headers", "_lines", "_now", "_status", "_taken", "_unpacking", "_verdict")

    def __init__(self, ask: Ask, now: Callable[[], datetime]) -> None:
        self._ask = ask
        self._now = now
        self._lines: list[bytes] = []
        self._taken = 0
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._cap = ask.cap
        self._unpacking: Unpacking | None = None
        self._verdict: Came | None = None

    def takes_line(self, line: bytes) -> bool:
        """A line of the head, or of what follows a chunked body."""
        self._taken += 1
        if self._taken > MAX_HEADERS + 2 or len(line) > MAX_LINE:  # the status line and the empty line are no headers
            self._verdict = self._error(Reason.PROTOCOL_ERROR, f"more than {MAX_HEADERS} headers, or one of more than 64 KiB")
            return False
        if self._status:
            return True  # a trailer: nothing in it is of use
        if line not in (b"\r\n", b"\n"):
            self._lines.append(line)
            return True
        return self._takes_head()

    def takes_body(self, data: bytes) -> bool:
        """Some bytes of the body as they came."""
        if self._verdict is not None:
            return False
        if self._unpacking is None:
            return self._adds(data)
        try:
            return all(map(self._adds, self._unpacking.pieces(data)))
        except BadCoding:
            self._verdict = self._bad_coding()
            return False

    def ends(self, failure: FetchError | None) -> Came:
        """What it comes to, after the connection brought all or failed; a verdict that has fallen stands."""
        if self._verdict is not None:
            return self._verdict
        if self._status and self._status not in (200, 203):
            return self._refusal()  # whatever befell the error's page
        if failure is not None:
            return failure
        if not self._status:
            return self._error(Reason.PROTOCOL_ERROR, "no head")
        return self._document()

    # the head

    def _takes_head(self) -> bool:
        lines, self._lines = self._lines, []
        status = _status(lines[0]) if lines else 0
        if 100 <= status < 200:
            return True  # the real answer follows
        if not status:
            self._verdict = self._error(Reason.PROTOCOL_ERROR, "no status line")
            return False
        self._status, self._headers = status, _headers(lines[1:])
        self._verdict = self._by_head()
        return self._verdict is None or status == 304 or self._headers.get("content-length") == "0"

    def _by_head(self) -> Came | None:
        """The verdict, where the head is enough for one."""
        status, headers = self._status, self._headers
        if status in _REDIRECTS and "location" in headers:
            return Redirect(status=status, location=_as_sent(headers["location"]))
        if status == 304 and self._ask.conditional:
            return NotModified(url=self._ask.here.url, headers=headers, moved_to=self._ask.moved_to)
        if status not in (200, 203):
            return self._by_status()
        return self._by_codings() or self._by_type() or self._by_length()

    def _by_status(self) -> Came | None:
        """The error for a status that brings no document; None when its page may tell more."""
        may_challenge = self._status in (403, 429, 503) and "html" in self._headers.get("content-type", "").lower()
        if not may_challenge or self._by_codings() is not None:
            return self._refusal()
        self._cap = _ERROR_BODY
        return None

    def _by_codings(self) -> FetchError | None:
        codings = _tokens(self._headers.get("content-encoding", ""))
        transfer = _tokens(self._headers.get("transfer-encoding", ""))
        if len(codings) > MAX_CODINGS or not KNOWN.issuperset(codings) or not {"chunked", "identity"}.issuperset(transfer):
            return self._error(Reason.BAD_ENCODING, f"content codings {', '.join(codings + transfer)[:100]}")
        if set(codings) - {"identity"}:
            self._unpacking = Unpacking(codings)
        return None

    def _by_type(self) -> FetchError | None:
        kind = self._headers.get("content-type", "").lower()
        wanted = (self._ask.pdf and kind.startswith(_PDF_TYPE)) or (self._ask.packed and kind.startswith(_GZIP_TYPES))
        if wanted or not kind.startswith(_BINARY_TYPES):
            return None
        return self._error(Reason.WRONG_CONTENT_TYPE, kind[:100])

    def _by_length(self) -> FetchError | None:
        announced = self._headers.get("content-length", "")
        if self._unpacking is None and announced.isascii() and announced.isdigit() and int(announced[:20]) > self._cap:
            return self._error(Reason.BODY_TOO_LARGE, f"announces more than {self._cap} bytes")
        return None

    # the body

    def _adds(self, piece: bytes) -> bool:
        before = len(self._body)
        self._body += piece
        if self._status not in (200, 203):
            return len(self._body) < self._cap
        if before < _SNIFFED <= len(self._body) and self._is_binary():
            self._verdict = self._no_text()
            return False
        if len(self._body) > self._cap:
            self._verdict = self._error(Reason.BODY_TOO_LARGE, f"more than {self._cap} bytes")
            return False
        return True

    def _document(self) -> Came:
        if self._unpacking is not None and (error := self._unpacks_rest(self._unpacking)) is not None:
            return error
        if not self._body:
            return self._error(Reason.EMPTY_BODY)
        if self._is_binary():
            return self._no_text()
        ask = self._ask
        return Response(url=ask.here.url, status=self._status, headers=self._headers, body=bytes(self._body), moved_to=ask.moved_to)

    def _unpacks_rest(self, unpacking: Unpacking) -> Came | None:
        try:
            if not all(map(self._adds, unpacking.rest())):
                return self._verdict
        except BadCoding:
            return self._bad_coding()
        return None if unpacking.whole else self._error(Reason.BODY_TRUNCATED, "the packed body stops in its middle")

    def _is_binary(self) -> bool:
        """Whether the body is an archive, a document or a film (the Content-Type often does not say)."""
        start = bytes(self._body[:_SNIFFED])
        if start.startswith(_PDF):
            return not self._ask.pdf
        if start.startswith(_GZIP):
            return not self._ask.packed
        return start.startswith(_BINARY) or start[4:8] == b"ftyp"

    # errors

    def _refusal(self) -> FetchError:
        status, headers = self._status, self._headers
        if status in (403, 429, 503) and is_challenge(headers, self._body.decode("utf-8", "replace")):
            return self._error(Reason.CHALLENGE, f"HTTP {status} with a page that wants to see a person")
        if status in (204, 205):
            return self._error(Reason.EMPTY_BODY, f"HTTP {status}")
        reason = _STATUS_REASON.get(status)
        if reason is None:
            reason = Reason.CLIENT_ERROR if 400 <= status < 500 else Reason.SERVER_ERROR if status >= 500 else Reason.UNEXPECTED_STATUS
        pause = retry_after(headers, self._now()) if status in (429, 503) else None
        return FetchError(reason, f"HTTP {status}", subject=self._ask.subject, retry_after=pause)

    def _no_text(self) -> FetchError:
        return self._error(Reason.WRONG_CONTENT_TYPE, "the first bytes are not those of a text")

    def _bad_coding(self) -> FetchError:
        return self._error(Reason.BAD_ENCODING, "the body is not in the content coding it names")

    def _error(self, reason: Reason, detail: str = "") -> FetchError:
        return FetchError(reason, detail, subject=self._ask.subject)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the Retry-After header asks for, at most `MAX_RETRY_AFTER`; None when it asks for nothing that can be understood.

    A date counts from the answer's own Date where it has one, because the server's clock may be wrong by itself (RFC 9110, 10.2.3).
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:12])
    else:
        until, since = _http_date(value), _http_date(headers.get("date", "")) or now
        if until is None:
            return None
        seconds = (until - since).total_seconds()
    return min(seconds, MAX_RETRY_AFTER) if seconds > 0 else None


def _status(line: bytes) -> int:
    """The number in a status line; 0 when there is none."""
    words = line.split(None, 2)
    number = words[1] if len(words) > 1 and line.startswith(b"HTTP/") else b""
    return int(number) if len(number) == 3 and number.isdigit() else 0


def _headers(lines: list[bytes]) -> dict[str, str]:
    """Header lines by lower-case name; the values of a repeated one in their order, joined by commas (RFC 9110, 5.3)."""
    found: dict[str, str] = {}
    last = ""
    for line in lines:
        text = line.decode("latin-1")
        name, colon, value = text.partition(":")
        if text.startswith((" ", "\t")) and last:
            found[last] = f"{found[last]} {text.strip()}"[:_HEADER_VALUE]  # a folded line
            continue
        if not colon:
            continue
        last, value = name.strip().lower(), value.strip()
        found[last] = (f"{found[last]}, {value}" if last in found else value)[:_HEADER_VALUE]
    return found


def _as_sent(location: str) -> str:
    """A Location with letters beyond ASCII as its server meant them: in UTF-8, as browsers take it, where it is that."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def _tokens(value: str) -> list[str]:
    return [token.strip().lower() for token in value.split(",") if token.strip()]


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
