"""What a template is given: an alert as plain values, every stranger's word on one line and within a limit. Pure.

docs/reference/messages.md describes the same fields for those who write templates; a test compares.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar, overload
from urllib.parse import quote, urlsplit

from core.alerts import Alert, AlertKind, Delivery, DigestPart, NewsItem
from core.texts import normal, one_line

TITLE_LIMIT = 300
FULL_SENTENCE = 1_200
SHORT_SENTENCE = 280
_URL_LIMIT = 2_000
_NOTE_LIMIT = 1_000
STEPS = 20_000
"""Rows that one rendering may walk over, all loops together."""

T = TypeVar("T")


class Verbatim(str):
    """A word of ours, or a link that is safe as it stands: no markup is taken out of it."""

    __slots__ = ()


class TooLong(ValueError):
    """A template loops without end in sight."""


class Steps:
    """How many rows a rendering may still walk over."""

    def __init__(self, left: int = STEPS) -> None:
        self._left = self._all = left

    def renew(self) -> None:
        """All of them again, for another template."""
        self._left = self._all

    def take(self) -> None:
        """One more. Raises TooLong after the last."""
        if self._left <= 0:
            raise TooLong(f"the template loops over more than {STEPS} rows")
        self._left -= 1


class Rows(Sequence[T], Generic[T]):
    """A list that a template may walk over, as long as there are steps left."""

    __slots__ = ("_rows", "_steps")

    def __init__(self, rows: Sequence[T], steps: Steps) -> None:
        self._rows, self._steps = tuple(rows), steps

    def __iter__(self) -> Iterator[T]:
        for row in self._rows:
            self._steps.take()
            yield row

    def __len__(self) -> int:
        return len(self._rows)

    def renew(self) -> None:
        """Lets the message of these rows be walked over once more."""
        self._steps.renew()

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._rows[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One outcome; in a digest also one message of another kind, by its headline."""

    number: int
    """From 1."""
    kind: Verbatim
    """news, correction or operator: what told it."""
    title: str
    type: Verbatim
    status: Verbatim
    """planned, done or failed; in a correction what is reported now, empty when nothing is any more."""
    before: Verbatim
    """The status before; empty for what is new."""
    turn: Verbatim
    """Both in words, for example `done (was planned)`."""
    level: Verbatim
    parties: Rows[str]
    meeting: str
    sentence: str
    """The proof, quoted; in a correction what the article said."""
    says_now: str
    """Of a correction: what it says now; empty when the sentence is gone."""
    others: Rows[str]
    """Who reported it before, most authoritative first."""
    key: Verbatim
    """The beginning of the outcome's key, as every command takes it."""
    reject: Verbatim
    """The command by which a reviewer says that it is none."""
    detailed: bool
    """Whether there is room for more than one line."""
    headline: str
    publisher: str
    published: Verbatim
    link: Verbatim
    """The report: those of the message itself, or of the part of a digest."""
    explain: Verbatim
    """The command that shows why the report is read so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One message."""

    kind: Verbatim
    """news, correction, digest or operator."""
    repeat: bool
    """An earlier attempt may have arrived."""
    count: int
    """How many outcomes, shown or not."""
    reports: int
    """How many reports: 1, or the parts of a digest."""
    items: Rows[Item]
    """As many as there is room for."""
    notes: Rows[str]
    """An operator's message: its lines, as many as there is room for."""
    more: int
    """Items or notes for which there was no room."""
    first: str
    """The title of the first outcome, or the headline."""
    headline: str
    publisher: str
    published: Verbatim
    link: Verbatim
    """The article; empty when it is no web page."""
    explain: Verbatim
    """The command that shows why; empty without an article."""
    show: Verbatim
    """The command that shows the whole alert and its deliveries."""
    delivery: Verbatim
    """The delivery's key: the same on every attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much of an alert is shown."""

    shown: int
    """Items (or notes), the first ones."""
    detailed: int
    """Items with all their lines, the first ones."""
    sentence: int = FULL_SENTENCE
    """Characters of a quoted sentence."""


def view(alert: Alert, delivery: Delivery, room: Room) -> View:
    """`alert` as the message `delivery` shows it in `room`."""
    steps = Steps()
    told = _told(alert)
    items = [_item(number, one, room, steps) for number, one in enumerate(told[: room.shown], 1)]
    notes = [one_line(note, _NOTE_LIMIT) for note in alert.notes]
    shown_notes = notes[: room.shown] if not told else notes
    return View(
        kind=Verbatim(alert.kind.value),
        repeat=delivery.repeat,
        count=sum(one.item is not None for one in told),
        reports=len(alert.parts) or 1,
        items=Rows(items, steps),
        notes=Rows(shown_notes, steps),
        more=rows(alert) - (len(items) if told else len(shown_notes)),
        first=one_line((alert.news[0].title if alert.news else "") or alert.headline, TITLE_LIMIT),
        headline=one_line(alert.headline, TITLE_LIMIT),
        publisher=one_line(alert.publisher, 120),
        published=_date(alert.published),
        link=web(alert.url),
        explain=_explain(alert.url),
        show=Verbatim(f"aseanwatch alerts show {alert.key[:8]}"),
        delivery=Verbatim(one_line(delivery.key, 200)),
    )


def rows(alert: Alert) -> int:
    """How many items (or, without items, notes) a message about `alert` has to show."""
    return len(_told(alert)) or len(alert.notes)


def link(url: str) -> str:
    """`url` as it may stand in any message: http or https, no character that ends a link or starts markup."""
    clean = "".join(normal(url).split())
    if urlsplit(clean).scheme not in ("http", "https"):
        return one_line(clean, _URL_LIMIT).translate(str.maketrans("<>@#*_`~[]|\\", "‹›＠＃∗ˍʼ∼()¦＼"))
    return quote(clean, safe="!$%&()+,-./:;=?_~#")[:_URL_LIMIT]


def web(url: str) -> Verbatim:
    """`link(url)` when it leads to a web page, else nothing: what may stand behind a click."""
    return Verbatim(link(url) if urlsplit("".join(normal(url).split())).scheme in ("http", "https") else "")


@dataclass(frozen=True, slots=True)
class _Told:
    """One row of a message, with the report that it comes from."""

    kind: AlertKind
    item: NewsItem | None
    headline: str
    publisher: str
    published: datetime | None
    url: str


def _told(alert: Alert) -> list[_Told]:
    if alert.kind is not AlertKind.DIGEST:
        return [_Told(alert.kind, item, alert.headline, alert.publisher, alert.published, alert.url) for item in alert.news]
    return [one for part in alert.parts for one in _of_part(part)]


def _of_part(part: DigestPart) -> list[_Told]:
    return [_Told(part.kind, item, part.headline, part.publisher, part.published, part.url) for item in part.news or (None,)]


def _item(number: int, told: _Told, room: Room, steps: Steps) -> Item:
    item, corrects = told.item, told.kind is AlertKind.CORRECTION
    key = short_key(item.outcome) if item else Verbatim("")
    return Item(
        number=number,
        kind=Verbatim(told.kind.value),
        title=one_line(item.title if item else told.headline, TITLE_LIMIT),
        type=_word(item.type if item else ""),
        status=_word(item.status if item else ""),
        before=_word((item.previous_status or "") if item else ""),
        turn=Verbatim(_turn(item, corrects) if item else ""),
        level=_word(item.level if item else ""),
        parties=Rows([one_line(party, 120) for party in (item.parties if item else ())], steps),
        meeting=one_line(item.meeting if item else "", TITLE_LIMIT),
        sentence=one_line(item.sentence if item else "", room.sentence),
        says_now=one_line(item.says_now if item else "", room.sentence),
        others=Rows([one_line(other, 120) for other in (item.others if item else ())], steps),
        key=key,
        reject=Verbatim(f"aseanwatch review reject {key}" if key else ""),
        detailed=number <= room.detailed and item is not None,
        headline=one_line(told.headline, TITLE_LIMIT),
        publisher=one_line(told.publisher, 120),
        published=_date(told.published),
        link=web(told.url),
        explain=_explain(told.url),
    )


def short_key(outcome: str) -> Verbatim:
    """The beginning of an outcome's key: type and eight digits, for example `document-5f0c1234`."""
    type_, _, digits = one_line(outcome, 120).partition("-")
    return Verbatim(f"{type_}-{digits[:8]}" if digits else type_)


def _turn(item: NewsItem, corrects: bool) -> str:
    if corrects:
        return f"told as {item.previous_status}, now {f'reported as {item.status}' if item.status else 'reported no more'}"
    return f"{item.status} ({f'was {item.previous_status}' if item.previous_status else 'new'})"


def _word(code: str) -> Verbatim:
    """A code of ours (type, status, level): a word as it stands."""
    return Verbatim(one_line(code, 60))


def _date(at: datetime | None) -> Verbatim:
    return Verbatim(at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if at else "date unknown")


def _explain(url: str) -> Verbatim:
    found = web(url)
    return Verbatim(f"aseanwatch explain '{found}'" if found else "")
