"""Content codings undone piece by piece, so that a bomb costs one piece more than the cap and an unfinished stream is noticed.

We undo them ourselves, and not libcurl: it unpacks whatever coding it was built with, asked for or not, and takes a gzip stream that stops
in its middle for a whole one.
"""

import zlib
from collections.abc import Iterator, Sequence

PIECE = 64 * 1024
"""Bytes of one piece at most."""
MAX_CODINGS = 2
KNOWN = frozenset({"gzip", "x-gzip", "deflate", "identity"})

_MAX_MEMBERS = 64
"""Streams that one gzip body may consist of: each costs a set-up, and an empty one only 20 bytes."""
_GZIP = b"\x1f\x8b"


class BadCoding(ValueError):
    """The body is not in the coding it names."""


class Unpacking:
    """A body in one or more codings, undone as it comes."""

    def __init__(self, codings: Sequence[str]) -> None:
        self._layers = [_Layer(coding) for coding in reversed(codings) if coding != "identity"]

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What `data` brings, in pieces of at most `PIECE` bytes. Raises BadCoding."""
        return self._through(0, data)

    def rest(self) -> Iterator[bytes]:
        """What was still held back, once all data has come. Raises BadCoding."""
        for depth, layer in enumerate(self._layers):
            for piece in layer.pieces(b""):
                yield from self._through(depth + 1, piece)

    @property
    def whole(self) -> bool:
        """Whether every layer came to its end."""
        return all(layer.whole for layer in self._layers)

    def _through(self, depth: int, data: bytes) -> Iterator[bytes]:
        if depth == len(self._layers):
            yield data
            return
        for piece in self._layers[depth].pieces(data):
            yield from self._through(depth + 1, piece)


class _Layer:
    """One coding: gzip, of one member or several, or deflate with its zlib header or, as some servers send it, without."""

    def __init__(self, coding: str) -> None:
        self._gzip = coding.endswith("gzip")
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS + 16 if self._gzip else zlib.MAX_WBITS)
        self._members = 1
        self._begun = False
        self._between = b""
        """The first byte or none of what follows a member."""

    @property
    def whole(self) -> bool:
        return self._inflater.eof or not self._begun

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while True:
            if self._inflater.eof:
                data = self._next_member(data)
                if not data:
                    return
            piece = self._inflated(data)
            if piece:
                yield piece
            data = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail
            if not data and len(piece) < PIECE:
                return

    def _inflated(self, data: bytes) -> bytes:
        begun, self._begun = self._begun, self._begun or bool(data)
        try:
            return self._inflater.decompress(data, PIECE)
        except zlib.error as error:
            if begun or self._gzip:
                raise BadCoding(str(error)) from error
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            return self._inflater.decompress(data, PIECE)
        except zlib.error as error:
            raise BadCoding(str(error)) from error

    def _next_member(self, data: bytes) -> bytes:
        """The data of the next member; nothing when there is none, because what else follows a stream is padding."""
        if not self._gzip or self._between not in (b"", _GZIP[:1]):
            return b""
        data, self._between = self._between + data, b""
        if len(data) < len(_GZIP) or not data.startswith(_GZIP):
            self._between = data[:2]
            return b""
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise BadCoding(f"more than {_MAX_MEMBERS} streams in one")
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS + 16)
        return data
