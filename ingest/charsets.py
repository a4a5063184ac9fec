"""Bytes to text for web pages, in an order that keeps Vietnamese, Thai and Chinese whole whatever the server claims.

A body that is valid UTF-8 is UTF-8: no other encoding produces that by accident over a page, while servers and templates name the wrong
one every day. Only then are the byte order mark's rivals asked: the HTTP header, the page's own meta element, and last a guess among the
encodings that this part of the world has used.
"""

import codecs
import re

import charset_normalizer

REPLACED = "\ufffd"

# Labels that browsers read as a larger sibling (WHATWG Encoding, 4.2), because pages use the sibling's characters all the same; and one
# that Python does not know.
_SIBLING = {
    "windows-874": "cp874",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "euc_kr": "cp949",
}
_CANDIDATES = ["cp1258", "cp874", "gb18030", "big5", "cp949", "shift_jis", "euc_jp", "cp1252"]

_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<(?:meta\b[^>]{0,300}?\bcharset|\?xml\b[^>]{0,200}?\bencoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_HEAD = 16 * 1024
"""Bytes in which a page's own declaration is looked for: browsers look into 1024, and templates put scripts before it."""
_DEFAULT = "cp1252"
"""What servers say that were told nothing, and what fits almost any bytes: any other declaration goes before it."""
_SPOILT = 0.01
_NEVER_UTF8 = 0.8
"""Share of the characters beyond ASCII that do not decode, from which a page that says that it is UTF-8 is something else."""
_FOREIGN = "\x7f"
_SAMPLE = 64 * 1024
_BURMESE = re.compile("[\u1000-\u109f]")
_ZAWGYI = re.compile("[\u1060-\u1097]|(?:^|[\\s\u104a\u104b])\u1031")


def decoded(body: bytes, content_type: str = "", *, xml: bool = False) -> str:
    """`body` as text. Bytes that fit no encoding come out as U+FFFD; nothing raises.

    `xml`: the document's own declaration goes before the server's, whose default is often put on every file alike.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for start, name in _UNMARKED:
        if body.startswith(start):
            return body.decode(name, "replace")
    if (whole := utf8(body)) is not None:
        return whole
    labels = [_declared_by_http(content_type), _declared_by_page(body)]
    declared = [name for name in (reversed(labels) if xml else labels) if name is not None]
    for name in sorted(declared, key=_DEFAULT.__eq__):
        if (text := _strictly(body, name)) is not None:
            return text
    if "utf-8" in declared:
        text = body.decode("utf-8", "replace")
        if text.count(REPLACED) < _NEVER_UTF8 * sum(map(_FOREIGN.__lt__, text)):
            return text
    best = charset_normalizer.from_bytes(body[:_SAMPLE], cp_isolation=_CANDIDATES).best()
    return body.decode(best.encoding if best is not None else "cp1252", "replace")


def is_spoilt(text: str) -> bool:
    """Whether more than one character in a hundred could not be decoded."""
    return text.count(REPLACED) > _SPOILT * len(text)


def is_zawgyi(text: str) -> bool:
    """Whether Burmese is written for the Zawgyi font, whose characters mean others in Unicode: its words would not be found.

    Told by letters that Unicode has for Mon, Karen and Shan, and by the vowel E standing before its consonant, as it is drawn.
    """
    burmese = len(_BURMESE.findall(text))
    return burmese > 0 and len(_ZAWGYI.findall(text)) > _SPOILT * burmese


def utf8(body: bytes) -> str | None:
    """`body` as text when it is valid UTF-8 (a character cut off at the very end is forgiven), else None."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end == len(body) and error.reason == "unexpected end of data":
            return body[: error.start].decode("utf-8")
        return None


def _declared_by_http(content_type: str) -> str | None:
    found = _HTTP_CHARSET.search(content_type)
    return _known(found[1]) if found else None


def _declared_by_page(body: bytes) -> str | None:
    found = _META_CHARSET.search(body[:_HEAD])
    return _known(found[1].decode("ascii", "replace")) if found else None


def _known(label: str) -> str | None:
    """Python's name for an encoding label, or None for one that it does not know (or that is no text encoding)."""
    try:
        found = codecs.lookup(_SIBLING.get(label.lower(), label))
    except LookupError:
        return None
    return _SIBLING.get(found.name, found.name) if found._is_text_encoding else None


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None
