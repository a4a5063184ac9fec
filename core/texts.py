"""Text as every room may assume it: NFC, no control characters, no invisible ones.

`normal` is applied once, at the door (extraction, JSON in, seed files), so that offsets stay true ever after.
"""

import re
import unicodedata

# Zero-width space, word joiner, BOM, soft hyphen, bidi controls, annotations, tags: they show nothing, split words and hide others.
# ZWJ and ZWNJ (U+200D, U+200C) stay: some scripts need them.
INVISIBLE: dict[int, None] = dict.fromkeys(
    [
        *(0x00AD, 0x180E, 0x200B, 0x200E, 0x200F, 0xFEFF),
        *range(0x2060, 0x2070),
        *range(0x202A, 0x202F),
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),
    ]
)
_CONTROLS = {i: None for i in range(0x20) if i not in (0x09, 0x0A)} | {i: None for i in range(0x7F, 0xA0) if i != 0x85}
_DROP = INVISIBLE | _CONTROLS | {0x85: "\n", 0x2028: "\n", 0x2029: "\n\n"}

_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def normal(text: str) -> str:
    """`text` in NFC, with line ends as \\n, without control, invisible and unpaired surrogate characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_DROP)
    text = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", text)


def one_line(text: str, limit: int = 500) -> str:
    """`text` normalised, on one line, at most `limit` characters (an ellipsis stands for the rest)."""
    line = " ".join(normal(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def size(text: str) -> int:
    """How much a text says, in characters of an alphabet; one of Chinese or Japanese counts for two."""
    return len(text) + len(_DENSE.findall(text))
