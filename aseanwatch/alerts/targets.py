"""A target: one recipient on one channel, known to everybody by its name and to the notifier alone by its URL.

Which channels there are is declared here. What is not in the list, or could read files or reach a second recipient,
is refused at the start, by the target's name.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote

from core.delivery import OnUnknown
from core.errors import ConfigError


class Channel(StrEnum):
    """How a message must look, and what repeats mean there."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    CHAT = "chat"


IN_DOUBT: dict[Channel, OnUnknown] = {
    Channel.MAIL: OnUnknown.RESEND,  # a second mail with the same Message-ID does less harm than none
    Channel.WEBHOOK: OnUnknown.HOLD,
    Channel.CHAT: OnUnknown.HOLD,
}
"""Channel -> what is done there when nobody knows whether a message arrived, unless the target says otherwise."""

SCHEMES: dict[str, Channel] = {
    "discord": Channel.CHAT,
    "gchat": Channel.CHAT,
    "gotify": Channel.CHAT,
    "gotifys": Channel.CHAT,
    "json": Channel.WEBHOOK,
    "jsons": Channel.WEBHOOK,
    "mailto": Channel.MAIL,
    "mailtos": Channel.MAIL,
    "matrix": Channel.CHAT,
    "matrixs": Channel.CHAT,
    "mmost": Channel.CHAT,
    "mmosts": Channel.CHAT,
    "nctalk": Channel.CHAT,
    "nctalks": Channel.CHAT,
    "ntfy": Channel.CHAT,
    "ntfys": Channel.CHAT,
    "pover": Channel.CHAT,
    "rocket": Channel.CHAT,
    "rockets": Channel.CHAT,
    "signal": Channel.CHAT,
    "signals": Channel.CHAT,
    "slack": Channel.CHAT,
    "tgram": Channel.CHAT,
    "workflow": Channel.CHAT,
    "workflows": Channel.CHAT,
    "wxteams": Channel.CHAT,
    "zulip": Channel.CHAT,
}
"""URL scheme, as Apprise spells it, -> channel. `workflows` is Microsoft Teams."""

# They attach or read files, bring in code or keys, or add recipients to a message that is one delivery.
_REFUSED = frozenset({"attach", "bcc", "cc", "include", "inline", "keyfile", "pgp", "pgpprv", "pgppub", "template", "wkd"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where alerts go. `url` is a secret: it shows in no repr, no message and no log."""

    name: str
    url: str = field(repr=False)
    on_unknown: OnUnknown | None = None
    """What its owner wants in a doubt; None: what is usual on its channel (`doubt`)."""
    per_minute: int = 20
    """At most so many messages a minute; the others wait their turn."""

    @property
    def subject(self) -> str:
        """The setting that defines it, for errors."""
        return f"alerts.targets.{self.name}"

    @property
    def scheme(self) -> str:
        """The URL's scheme, in lower case."""
        return self.url.partition("://")[0].strip().lower()

    @property
    def channel(self) -> Channel:
        """The kind of channel. Raises ConfigError for a scheme that is not in `SCHEMES`."""
        if self.scheme in SCHEMES and "://" in self.url:
            return SCHEMES[self.scheme]
        if self.scheme in ("http", "https"):
            raise ConfigError(
                "a web address is no target; write jsons:// for a webhook, slack:// or the like for a chat", subject=self.subject
            )
        raise ConfigError(f"the URL must begin with one of {', '.join(f'{s}://' for s in sorted(SCHEMES))}", subject=self.subject)

    @property
    def doubt(self) -> OnUnknown:
        """What is done when nobody knows whether a message arrived. Raises ConfigError for a scheme that is not in `SCHEMES`."""
        return self.on_unknown or IN_DOUBT[self.channel]

    @property
    def several_addresses(self) -> bool:
        """Whether a mail URL's `to` names more than one address: Apprise leaves out silently what it cannot read."""
        values = [unquote(part.partition("=")[2]) for part in self.url.partition("?")[2].split("&") if _name(part) == "to"]
        return len(values) > 1 or any("," in value or ";" in value or value.count("@") > 1 for value in values)

    def with_parameters(self, added: dict[str, str]) -> str:
        """The URL with `added` (already percent-encoded) in place of parameters of the same names. A secret."""
        address, _, query = self.url.partition("?")
        kept = [part for part in query.split("&") if part and _name(part) not in {name.lower() for name in added}]
        return f"{address}?{'&'.join([*kept, *(f'{name}={value}' for name, value in added.items())])}"

    def check(self) -> None:
        """Raises ConfigError when the URL is none of ours or asks for what we refuse."""
        _ = self.channel
        if any(c.isspace() or not c.isprintable() for c in self.url.strip()):
            raise ConfigError("the URL must be one line without spaces; percent-encode them (%20)", subject=self.subject)
        names = {_name(part) for part in self.url.partition("?")[2].split("&")}
        if refused := sorted(names & _REFUSED):
            raise ConfigError(
                f"parameter {refused[0]!r} is not allowed: a target is one recipient, without attachments or files", subject=self.subject
            )


def _name(part: str) -> str:
    return unquote(part.partition("=")[0]).strip().lower()
