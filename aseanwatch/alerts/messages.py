"""An alert as words: a subject and a plain-text body, whole for mail, webhooks and the console, short for chat. Pure.

Titles and sentences come from strangers. In both forms no control character, line break or text-direction trick of theirs
survives; in the short form neither does anything that a chat would take for a mention, a link of its own or markup.
"""

from dataclasses import dataclass
from datetime import UTC
from urllib.parse import quote, urlsplit

from core.alerts import Alert, AlertKind, Delivery, NewsItem
from core.texts import normal, one_line

SUBJECT_LIMIT = 150
FULL_LIMIT = 20_000
_TITLE_LIMIT = 300
_SENTENCE_LIMIT = 1_200
_SHORT_SENTENCE_LIMIT = 280
_URL_LIMIT = 800

# Look-alikes: the reader sees what was written, and the chat sees no command.
_DISARMED = str.maketrans(
    {"<": "‹", ">": "›", "@": "＠", "#": "＃", "*": "∗", "_": "ˍ", "`": "ʼ", "~": "∼", "[": "(", "]": ")", "|": "¦", "\\": "＼"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel sends."""

    subject: str
    """One line of at most 150 characters."""
    body: str


def full(alert: Alert, delivery: Delivery, limit: int = FULL_LIMIT) -> Message:
    """The complete message, at most `limit` characters: every outcome with its proof, the article, and how to see why."""
    head = "An article was edited and takes back what you were told:" if _corrects(alert) else f"{_count(alert)} in one report:"
    tail = [
        f"Reported by {one_line(alert.publisher, 120) or 'an unnamed publisher'}, {_date(alert)}",
        one_line(alert.headline, _TITLE_LIMIT),
        link(alert.url),
        "",
        f"Why: aseanwatch explain '{link(alert.url)}'",
        f"Delivery: {delivery.key}",
    ]
    items = [(_taken_back if _corrects(alert) else _full_item)(number, item) for number, item in enumerate(alert.news, 1)]
    return Message(subject=subject(alert, delivery), body=_fit(head, items, "\n".join(tail), limit, gap="\n\n"))


def short(alert: Alert, delivery: Delivery, limit: int) -> Message:
    """The message for a chat that takes `limit` characters, subject included: sentences go first, then outcomes, never the link."""
    line = _disarm(subject(alert, delivery))
    tail = f"{_disarm(one_line(alert.publisher, 60))} {_date(alert)}\n{link(alert.url)}\nDelivery: {delivery.key}"
    room = limit - len(line) - 2  # a channel without subjects puts it on a line of its own
    bare = [_disarm(_line(item, _turn(item) if _corrects(alert) else _status(item))) for item in alert.news]
    proven = ["\n  ".join([text, *_quotes(alert, item)]) for text, item in zip(bare, alert.news, strict=True)]
    whole = "\n".join([*proven, tail])
    return Message(subject=line, body=whole if len(whole) <= room else _fit("", bare, tail, room, gap="\n"))


def subject(alert: Alert, delivery: Delivery) -> str:
    """One line: how many outcomes, and the first one's title; a possible second copy says so."""
    mark = "[repeat?] " if delivery.repeat else ""
    first = alert.news[0].title if alert.news else alert.headline
    what = f"[correction] {len(alert.news)} taken back" if _corrects(alert) else _count(alert)
    return one_line(f"{mark}{what}: {first}", SUBJECT_LIMIT)


def link(url: str) -> str:
    """`url` as it may stand in any message: http or https, no character that ends a link or starts markup."""
    clean = "".join(normal(url).split())
    if urlsplit(clean).scheme not in ("http", "https"):
        return one_line(clean, _URL_LIMIT).translate(_DISARMED)
    return quote(clean, safe="!$%&()+,-./:;=?_~#")[:_URL_LIMIT]


def _corrects(alert: Alert) -> bool:
    return alert.kind is AlertKind.CORRECTION


def _quotes(alert: Alert, item: NewsItem) -> list[str]:
    """The sentences of an outcome, short: its proof; in a correction, what was its proof and what stands there now."""
    said, now = (_disarm(one_line(text, _SHORT_SENTENCE_LIMIT)) for text in (item.sentence, item.says_now))
    if not _corrects(alert):
        return [f"“{said}”"]
    return [f"said “{said}”", *([f"says now “{now}”"] if now else [])]


def _turn(item: NewsItem) -> str:
    return f"told as {item.previous_status}, now {f'reported as {item.status}' if item.status else 'reported no more'}"


def _taken_back(number: int, item: NewsItem) -> str:
    said = f"It said: “{one_line(item.sentence, _SENTENCE_LIMIT)}”"
    now = f"It says now: “{one_line(item.says_now, _SENTENCE_LIMIT)}”" if item.says_now else "That sentence is gone."
    return "\n   ".join([f"{number}. {one_line(item.title, _TITLE_LIMIT)}", f"{item.type}, {_turn(item)}", said, now])


def _count(alert: Alert) -> str:
    number = len(alert.news)
    return f"{number} new outcome{'' if number == 1 else 's'}"


def _date(alert: Alert) -> str:
    return alert.published.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if alert.published else "date unknown"


def _status(item: NewsItem) -> str:
    before = f"was {item.previous_status}" if item.previous_status else "new"
    return f"{item.type}, {item.status} ({before}), {item.level}"


def _line(item: NewsItem, stands: str) -> str:
    return one_line(f"• {one_line(item.title, _TITLE_LIMIT)}: {stands}", 2 * _TITLE_LIMIT)


def _full_item(number: int, item: NewsItem) -> str:
    lines = [f"{number}. {one_line(item.title, _TITLE_LIMIT)}", _status(item)]
    if item.parties:
        lines.append(f"Parties: {one_line(', '.join(item.parties), _TITLE_LIMIT)}")
    if item.meeting:
        lines.append(f"Meeting: {one_line(item.meeting, _TITLE_LIMIT)}")
    lines.append(f"“{one_line(item.sentence, _SENTENCE_LIMIT)}”")
    return "\n   ".join(lines)


def _fit(head: str, items: list[str], tail: str, room: int, *, gap: str) -> str:
    """`head`, as many `items` as there is room for, what was left out, and `tail`, which is never left out."""
    for kept in range(len(items), -1, -1):
        left = len(items) - kept
        rest = [f"and {left} more: aseanwatch outcomes"] if left else []
        text = gap.join(part for part in [head, *items[:kept], *rest, tail] if part)
        if len(text) <= room:
            return text
    return tail[-room:] if room > 0 else ""


def _disarm(text: str) -> str:
    return text.translate(_DISARMED)
