"""Keys that come out the same however often a row is made again."""

import hashlib
import uuid

_NAMESPACE = uuid.UUID("6f1d3a52-5c1e-5b7e-9b0a-a5ea0a7c4000")


def derived(*parts: str) -> str:
    """A UUID (as text) that depends on `parts` and nothing else; used for alerts and deliveries."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))


def digest(*parts: str) -> str:
    """The first 32 hex digits of BLAKE2b over `parts`; used to tell texts and bodies apart."""
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
