"""An alert as words: a subject and a body, whole for mail, webhooks and the console, short for chat. Pure but for its templates.

Titles and sentences come from strangers. No control character, line break or text-direction trick of theirs survives anywhere; in a chat
neither does anything that it would take for a mention, a link of its own or markup (`markup`). A message keeps within its limit by
leaving out details first and then whole items, which it counts; never the link, and never an item without a word.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aseanwatch.alerts.markup import LITERAL, LOOK_ALIKES, Markup
from aseanwatch.alerts.samples import DELIVERY, samples
from aseanwatch.alerts.templates import CHAT, MAIL_HTML, MAIL_TEXT, SUBJECT, Templates
from aseanwatch.alerts.view import FULL_SENTENCE, SHORT_SENTENCE, Room, View, rows, view
from core.alerts import Alert, Delivery
from core.texts import normal, one_line

SUBJECT_LIMIT = 150
FULL_LIMIT = 60_000
HTML_LIMIT = 95_000
"""Characters of HTML: mail programs cut a message above some hundred kilobytes."""

Measure = Callable[[str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel sends."""

    subject: str
    """One line of at most 150 characters."""
    body: str
    html: str = ""
    """The same for a mail program; empty elsewhere."""


def checked(folder: Path | None = None) -> Templates:
    """The templates, with those of `folder` in place of ours. Raises ConfigError, naming file and line, for one that fails on a sample."""
    templates = Templates(folder)
    templates.check([view(alert, DELIVERY, room) for alert in samples() for room in (Room(shown=9, detailed=9), Room(shown=1, detailed=0))])
    return templates


def full(alert: Alert, delivery: Delivery, templates: Templates, limit: int = FULL_LIMIT) -> Message:
    """The complete message as plain text, at most `limit` characters: every outcome with its proof, the article, and how to see why."""
    body = _fitting(alert, delivery, FULL_SENTENCE, lambda shown: _text(templates, MAIL_TEXT, shown, LITERAL), len, limit)
    return Message(subject=subject(alert, delivery, templates), body=body)


def mail(alert: Alert, delivery: Delivery, templates: Templates) -> Message:
    """The complete message as text and as HTML."""
    text = full(alert, delivery, templates)
    html = _fitting(alert, delivery, FULL_SENTENCE, lambda shown: _markup(templates, shown), len, HTML_LIMIT)
    return Message(subject=text.subject, body=text.body, html=html)


def short(alert: Alert, delivery: Delivery, templates: Templates, limit: int, markup: Markup = LOOK_ALIKES) -> Message:
    """The message for a chat that takes `limit` characters, subject included."""
    line = (LITERAL if markup is LITERAL else LOOK_ALIKES).escape(subject(alert, delivery, templates))
    room = limit - markup.length(line) - 2  # a channel without subjects puts it on a line of its own
    body = _fitting(alert, delivery, SHORT_SENTENCE, lambda shown: _text(templates, CHAT, shown, markup), markup.length, room)
    return Message(subject=line, body=body)


def subject(alert: Alert, delivery: Delivery, templates: Templates) -> str:
    """One line: how many outcomes, and the first one's title; a possible second copy says so."""
    shown = view(alert, delivery, Room(shown=1, detailed=1))
    return one_line(templates.render(SUBJECT, shown, LITERAL.escape), SUBJECT_LIMIT)


def _text(templates: Templates, name: str, shown: View, markup: Markup) -> str:
    """The template's text without what a template leaves behind: spaces at ends of lines, more than one empty line."""
    lines = [line.rstrip() for line in normal(templates.render(name, shown, markup.escape)).split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip("\n")


def _markup(templates: Templates, shown: View) -> str:
    return normal(templates.render(MAIL_HTML, shown, LITERAL.escape)).strip() + "\n"


def _fitting(alert: Alert, delivery: Delivery, sentence: int, made: Callable[[View], str], size: Measure, limit: int) -> str:
    """The message with as much as there is room for: all items in detail, or some, or all as lines, or some; the rest is counted."""
    number = rows(alert)

    def attempt(shown: int, detailed: int) -> str | None:
        text = made(view(alert, delivery, Room(shown=shown, detailed=detailed, sentence=sentence)))
        return text if size(text) <= limit else None

    if (whole := attempt(number, number)) is not None:
        return whole
    if (best := _most(lambda detailed: attempt(number, detailed), number - 1)) is not None:
        return best
    if (best := _most(lambda shown: attempt(shown, 0), number - 1)) is not None:
        return best
    return _cut(made(view(alert, delivery, Room(shown=0, detailed=0, sentence=sentence))), size, limit)


def _most(attempt: Callable[[int], str | None], most: int) -> str | None:
    """What `attempt` makes of the greatest number from 0 to `most` for which it makes anything."""
    best, low, high = None, 0, most
    while low <= high:
        middle = (low + high) // 2
        text = attempt(middle)
        if text is None:
            high = middle - 1
        else:
            best, low = text, middle + 1
    return best


def _cut(text: str, size: Measure, limit: int) -> str:
    """The last lines of a text for which even without items there is no room: that is where the link stands."""
    lines = text.split("\n")
    while len(lines) > 1 and size("\n".join(lines)) > limit:
        lines.pop(0)
    kept = "\n".join(lines)
    return kept if size(kept) <= limit else kept[: max(limit, 0)]
