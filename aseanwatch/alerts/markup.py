"""What each chat would take for a command, a mention or markup, and how its words are kept from being taken so. Pure.

A chat whose escapes are reliable shows what was written. In the others look-alikes stand for the characters that mean something:
the reader sees what was written, and the chat sees no command.
"""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape as html_escape

_LOOK_ALIKES = str.maketrans("<>@#*_`~[]|\\", "‹›＠＃∗ˍʼ∼()¦＼")
_MENTION = str.maketrans({"@": "＠"})
_BACKSLASHES = str.maketrans({c: f"\\{c}" for c in "\\*_`~[]|<>#"} | {"@": "＠"})


@dataclass(frozen=True, slots=True)
class Markup:
    """How strangers' words go into a message of one kind of chat."""

    name: str
    escape: Callable[[str], str]
    """A stranger's words as they may stand in a message."""
    length: Callable[[str], int] = len
    """How long a message is as the service counts it."""
    html: bool = False
    """Whether it takes HTML: `to_html` makes it of the finished message."""
    says: str = ""
    """For the manual: what happens to which characters."""


def _escaped_length(text: str) -> int:
    return len(html_escape(text, quote=False))


def to_html(text: str) -> str:
    """`text` as HTML that shows just that."""
    return html_escape(text, quote=False).replace("\n", "<br/>")


def _html_length(text: str) -> int:
    return len(to_html(text))


LITERAL = Markup("literal", lambda text: text, says="shown as written: this channel interprets nothing")
ENTITIES = Markup("entities", lambda text: text, _escaped_length, says="shown as written: `& < >` go over the wire as entities")
HTML = Markup("html", lambda text: text.translate(_MENTION), _html_length, html=True, says="shown as written, `@` by a look-alike")
BACKSLASHES = Markup("backslashes", lambda text: text.translate(_BACKSLASHES), says="markup by a backslash before it, `@` by a look-alike")
LOOK_ALIKES = Markup("look-alikes", lambda text: text.translate(_LOOK_ALIKES), says="`@ # < > * _ [ ]` and the like by look-alikes")

BY_SCHEME: dict[str, Markup] = {
    "slack": ENTITIES,  # Apprise declares the text as plain and escapes it
    "tgram": HTML,  # of plain text Apprise would make &nbsp; of each space, and cut; Telegram makes a mention of every @name
    "discord": BACKSLASHES,  # a backslash does not keep @everyone from being one
    "mmost": BACKSLASHES,
    "mmosts": BACKSLASHES,
    "gotify": LITERAL,
    "gotifys": LITERAL,
    "ntfy": LITERAL,
    "ntfys": LITERAL,
    "pover": LITERAL,
    "signal": LITERAL,
    "signals": LITERAL,
}
"""Scheme -> its markup; every other chat gets look-alikes."""


def markup(scheme: str) -> Markup:
    """The markup of the channel with this scheme."""
    return BY_SCHEME.get(scheme, LOOK_ALIKES)
