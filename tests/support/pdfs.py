"""PDF files, written by hand: as communiques are, and as an enemy would make them."""

import hashlib
import zlib
from collections.abc import Callable, Sequence

_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
"""With which the standard (ISO 32000-1, 7.6.3.3) fills a password up to 32 bytes."""
_ID = b"0123456789abcdef"


def document(objects: Sequence[bytes], *, trailer: bytes = b"") -> bytes:
    """A file of `objects` (numbered from 1; the first is the catalogue) with its table of references."""
    body = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + table + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, len(body))


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


def packed(content: bytes) -> bytes:
    return stream(zlib.compress(content, 9), b"/Filter /FlateDecode")


def shown(lines: Sequence[str], *, leading: int = 14) -> bytes:
    """The drawing of a page: one line below the other; an empty one leaves a gap."""
    drawn = b"".join(b"(%s) Tj T*\n" % _escaped(line) if line else b"T*\n" for line in lines)
    return b"BT /F1 11 Tf %d TL 72 770 Td\n%sET" % (leading, drawn)


def _escaped(line: str) -> bytes:
    return line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def pages_of(drawings: Sequence[bytes], *, info: bytes = b"", trailer: bytes = b"") -> bytes:
    """A file with one page for each drawing (a stream object)."""
    first = 4
    kids = b" ".join(b"%d 0 R" % (first + 2 * place) for place in range(len(drawings)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(drawings)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for place, drawing in enumerate(drawings):
        look = b"/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (look, first + 2 * place + 1))
        objects.append(drawing)
    if info:
        objects.append(info)
        trailer += b" /Info %d 0 R" % len(objects)
    return document(objects, trailer=trailer)


def communique(pages: Sequence[Sequence[str]], *, title: str = "", created: str = "") -> bytes:
    """A document as ministries publish them: `created` is a PDF date, such as D:20261120080000+07'00'."""
    noted = (b"/Title (%s) " % _escaped(title) if title else b"") + (b"/CreationDate (%s)" % created.encode() if created else b"")
    return pages_of([packed(shown(page)) for page in pages], info=b"<< %s >>" % noted if noted else b"")


def locked(lines: Sequence[str], password: bytes) -> bytes:
    """A page locked by RC4 with 40 bits, the oldest of the standard's methods; an empty password opens to everybody."""
    owner = _rc4(hashlib.md5(_padded(b"owner")).digest()[:5], _padded(password))
    permissions = (-4).to_bytes(4, "little", signed=True)
    key = hashlib.md5(_padded(password) + owner + permissions + _ID).digest()[:5]
    user = _rc4(key, _PADDING)
    drawn = 5  # the number of the drawing's object, of which its own key is made
    own_key = hashlib.md5(key + drawn.to_bytes(3, "little") + b"\0\0").digest()[:10]
    lock = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (owner.hex().encode(), user.hex().encode())
    identity = _ID.hex().encode()
    return pages_of([stream(_rc4(own_key, shown(lines)))], trailer=b"/Encrypt %s /ID [<%s> <%s>]" % (lock, identity, identity))


def _padded(password: bytes) -> bytes:
    return (password + _PADDING)[:32]


def _rc4(key: bytes, content: bytes) -> bytes:
    state = list(range(256))
    other = 0
    for one in range(256):
        other = (other + state[one] + key[one % len(key)]) % 256
        state[one], state[other] = state[other], state[one]
    out = bytearray()
    one = other = 0
    for byte in content:
        one = (one + 1) % 256
        other = (other + state[one]) % 256
        state[one], state[other] = state[other], state[one]
        out.append(byte ^ state[(state[one] + state[other]) % 256])
    return bytes(out)


def hostile() -> dict[str, Callable[[], bytes]]:
    """What an enemy would make, by name; made when called."""
    catalogue, font = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
    own_form = b"/Type /XObject /Subtype /Form /Resources << /XObject << /X 4 0 R >> >>"
    drawn = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /X 4 0 R >> >> >>"
    kids = b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>"
    return {
        "pages that are their own children": lambda: document([catalogue, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]),
        "pages without end": lambda: document([catalogue, b"<< /Type /Pages /Kids [2 0 R] /Count 999999999 >>"]),
        "nesting": lambda: document([catalogue, b"<< /Type /Pages /Kids " + b"[" * 100_000 + b"]" * 100_000 + b" /Count 1 >>"]),
        "nested drawing": lambda: pages_of([packed(b"BT /F1 9 Tf " + b"[" * 200_000 + b"(x)" + b"]" * 200_000 + b" TJ ET")]),
        "a drawing of 200 MB": lambda: pages_of([packed(b"(x) Tj\n" * 30_000_000)]),
        "a drawing within itself": lambda: document([catalogue, kids, font, stream(b"/X Do", own_form), drawn]),
        "a length that is itself": lambda: document([catalogue, kids, font, b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream", page]),
        "tables that name each other": lambda: b"%PDF-1.4\nxref\n0 0\ntrailer\n<< /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n",
        "a table of billions": lambda: b"%PDF-1.4\nxref\n0 4000000000\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n",
        "a filter on a filter": lambda: pages_of([stream(b"x", b"/Filter [" + b"/FlateDecode " * 10_000 + b"]")]),
        "only its name": lambda: b"%PDF-1.7\n",
        "noise": lambda: b"%PDF-1.4\n" + hashlib.shake_256(b"noise").digest(200_000),
    }
