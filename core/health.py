"""How a source fares: what is wrong with it from a closed set, told once with what can be done about it, and once when it is over. Pure.

A trouble stands in `Polling.troubles` from the poll that told it to the poll that found it over. Of those that keep a source from being
read (failing, html, dead) one stands at a time, and only a graver one takes its place. A source is never given up for any of them.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from core.cadence import FAILING_AT, is_gone, longest_gap, median_gap, spoken
from core.outcomes import Event, EventKind
from core.reasons import Reason
from core.sources import Poll, Polling, Source
from core.texts import one_line


class Trouble(StrEnum):
    """What may be wrong with a source."""

    FAILING = "failing"
    """It could not be read three times in a row, or was never read at all."""
    HTML = "html"
    """A web page comes where its feed was."""
    DEAD = "dead"
    """There is nothing at its address any more, or nothing was read for more than a day."""
    SILENT = "silent"
    """It is read, and brings nothing new for much longer than it ever did."""
    EMPTY_TEXT = "empty_text"
    """Most of its recent pages gave no text."""
    MOVED = "moved"
    """It has been redirecting to another address for a week, for good as it says."""
    SUSPECT = "suspect"
    """It leads to another site since it holds nothing of what it held: what it brings alerts nobody."""
    GAP = "gap"
    """Its last body had nothing of the one before: something may have been missed in between."""


REACH = (Trouble.FAILING, Trouble.HTML, Trouble.DEAD)
"""What keeps a source from being read, the gravest last."""
DEAD_AFTER = timedelta(days=1)
MOVED_AFTER = timedelta(days=7)
SILENT_GAPS = 3
"""So many of its median gaps without anything new, and half as long again as the longest gap, are silence."""
SILENT_AFTER = timedelta(hours=24)
"""No shorter time is."""
PAGES_LOOKED_AT = 10
"""Of so many of a source's last pages..."""
EMPTY_SHARE = 0.6
"""...at least this share gave no text: its pages, or the way they are read, have changed."""
_FEWEST_PAGES = 5
_DETAIL = 300
_WHY = 120
"""Characters kept of what an error says, so that the remedy behind it is not cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What came of a source's last pages that were asked for to the end, PAGES_LOOKED_AT at most."""

    texts: int = 0
    empty: int = 0
    reasons: tuple[Reason, ...] = ()
    """Why the empty ones gave no text, the most frequent reason first."""

    @property
    def enough(self) -> bool:
        """Whether they are so many that they tell something."""
        return self.texts + self.empty >= _FEWEST_PAGES

    @property
    def without_text(self) -> bool:
        """Whether most of them are empty."""
        return self.enough and self.empty >= EMPTY_SHARE * (self.texts + self.empty)


def told(source: Source, before: Polling, poll: Poll) -> tuple[Poll, tuple[Event, ...]]:
    """The poll with the troubles that stand after it, and the events that tell what is new in them.

    `poll.polling.troubles` holds those that the poll itself found (SUSPECT, GAP) and, of those it cannot judge, those of before.
    """
    standing = _standing(before)
    before = before if standing == before.troubles else replace(before, troubles=standing)
    found = dict(_found(source, before, poll))
    if not found and not standing:
        return poll, ()
    events = [_event(source, poll.at, before, trouble, found[trouble]) for trouble in found if trouble not in before.troubles]
    reached = any(trouble in found for trouble in REACH)
    over = [trouble for trouble in Trouble if trouble in before.troubles and trouble not in found]
    ended = [trouble for trouble in over if trouble is not Trouble.GAP and not (trouble in REACH and reached)]
    if ended:
        events.append(_recovered(source, poll.at, before, ended))
    troubles = tuple(trouble.value for trouble in found)
    if troubles != poll.polling.troubles:
        poll = replace(poll, polling=replace(poll.polling, troubles=troubles))
    return poll, tuple(events)


def looked_after(source: Source, polling: Polling, pages: Pages, now: datetime) -> tuple[tuple[str, ...], tuple[Event, ...]]:
    """The troubles after a look at the source's recent pages, and the events that tell whether EMPTY_TEXT came or went."""
    stands = Trouble.EMPTY_TEXT in polling.troubles
    if pages.without_text == stands or not pages.enough:
        return polling.troubles, ()
    if stands:
        left = tuple(trouble for trouble in polling.troubles if trouble != Trouble.EMPTY_TEXT)
        return left, (_recovered(source, now, polling, [Trouble.EMPTY_TEXT]),)
    why = ", ".join(pages.reasons) or "no text"
    total = pages.texts + pages.empty
    detail = (
        f"{pages.empty} of the last {total} pages of {source.publisher} gave no text ({why}): the articles of {source.id} are read by "
        f"title and summary only. Look at one of them in a browser; where the publisher locks its pages, another feed may give the whole "
        f"text."
    )
    return (*polling.troubles, Trouble.EMPTY_TEXT.value), (_event(source, now, polling, Trouble.EMPTY_TEXT, detail),)


def silent_since(polling: Polling, now: datetime) -> datetime | None:
    """Since when nothing new came, where that is longer than the source's rhythm explains; None else."""
    last = max((at for at in polling.arrivals if at <= now), default=now)
    if now - last <= SILENT_AFTER:
        return None
    gap = median_gap(polling, now)
    return last if gap is not None and now - last > max(SILENT_GAPS * gap, 1.5 * longest_gap(polling, now)) else None


def site(url: str) -> str:
    """The domain that one owner has, as near as the name tells it: news.example.com and example.com are one, a.gov.vn and b.gov.vn two."""
    try:
        labels = (urlsplit(url).hostname or "").rstrip(".").lower().split(".")
    except ValueError:
        return url
    if labels[-1].isdigit():
        return ".".join(labels)
    kept = 3 if len(labels) > 2 and len(labels[-1]) == 2 and (len(labels[-2]) <= 3 or labels[-2] in _SECOND_LEVEL) else 2
    return ".".join(labels[-kept:])


_SECOND_LEVEL = frozenset({"asso", "gouv", "govt", "mil", "parliament", "school"})


def _standing(before: Polling) -> tuple[str, ...]:
    """What was told, failures among it that were told before troubles were kept."""
    told = before.failures >= (FAILING_AT if before.known_good else 1) and not any(trouble in before.troubles for trouble in REACH)
    return (*before.troubles, Trouble.FAILING.value) if told else before.troubles


def _found(source: Source, before: Polling, poll: Poll) -> Iterator[tuple[Trouble, str]]:
    """What is wrong after the poll, each with what to say of it; for what was told before the words do not matter."""
    after = poll.polling
    reach = _reach(source, before, after, poll.at)
    if reach is not None:
        yield reach
    for trouble in (Trouble.SUSPECT, Trouble.GAP, Trouble.EMPTY_TEXT):
        if trouble in after.troubles:
            yield trouble, _of_itself(source, after, trouble)
    if after.failures:
        yield from ((trouble, "") for trouble in (Trouble.SILENT, Trouble.MOVED) if trouble in before.troubles)
        return
    since = silent_since(after, poll.at)
    if since is not None:
        yield Trouble.SILENT, _silence(source, after, since, poll.at)
    if after.moved_to is not None and after.moved_since is not None and poll.at - after.moved_since >= MOVED_AFTER:
        days = f"since {after.moved_since:%Y-%m-%d}"
        yield Trouble.MOVED, f"{source.publisher} redirects for good to {after.moved_to} {days}. {_new_address(source, after)}"


def _reach(source: Source, before: Polling, after: Polling, now: datetime) -> tuple[Trouble, str] | None:
    """What keeps the source from being read: the graver of what is found and what was told."""
    if not after.failures or after.reason is None:
        return None
    found = _gravest(before, after, now)
    told = next((trouble for trouble in reversed(REACH) if trouble in before.troubles), None)
    if told is not None and (found is None or REACH.index(found) <= REACH.index(told)):
        return told, ""
    return None if found is None else (found, _why_not_read(source, after, found))


def _gravest(before: Polling, after: Polling, now: datetime) -> Trouble | None:
    """The gravest of REACH that is true of a source whose last poll failed."""
    often = after.failures >= FAILING_AT
    long = after.last_success_at is not None and now - after.last_success_at > DEAD_AFTER
    if is_gone(after.reason, after.failures) or (often and long):
        return Trouble.DEAD
    if often and after.known_good and after.reason is before.reason is Reason.NOT_A_FEED:
        return Trouble.HTML
    return Trouble.FAILING if often or not after.known_good else None


def _why_not_read(source: Source, after: Polling, trouble: Trouble) -> str:
    why = one_line(f"{after.reason}: {after.detail}" if after.detail else str(after.reason), _WHY)
    times = "once" if after.failures == 1 else f"{after.failures} times in a row"
    last = f"nothing since {after.last_success_at:%Y-%m-%d %H:%M} UTC" if after.last_success_at else "never before either"
    if trouble is Trouble.FAILING:
        return (
            f"{source.publisher} could not be read {times}, {last} ({why}). {source.url} is asked again with pauses of up to 6 hours; "
            f"`aseanwatch sources test {source.id}` tries it now."
        )
    if trouble is Trouble.HTML:
        return (
            f"{source.publisher} answered {times} with something that is no feed ({why}). Look on its site for the address of its feed: "
            f"`aseanwatch sources test URL` tries one, `aseanwatch sources move {source.id} URL` sets it."
        )
    pauses = "once a day" if is_gone(after.reason, after.failures) else "every 6 hours"
    moved = f" Its last redirect for good led to {after.moved_to}: try that." if after.moved_to else ""
    return (
        f"{source.publisher} could not be read {times}, {last} ({why}). It is asked on, {pauses}.{moved} Look for its new address and set "
        f"it with `aseanwatch sources move {source.id} URL`, or switch it off with `aseanwatch sources disable {source.id}`."
    )


def _silence(source: Source, after: Polling, since: datetime, now: datetime) -> str:
    usual = spoken(median_gap(after, now) or timedelta(0))
    return (
        f"{source.publisher} answers, and has brought nothing new since {since:%Y-%m-%d %H:%M} UTC, for {spoken(now - since)}; it used to "
        f"every {usual}. See on its site whether it goes on elsewhere, and set the feed that is kept up with "
        f"`aseanwatch sources move {source.id} URL`."
    )


def _of_itself(source: Source, after: Polling, trouble: Trouble) -> str:
    """What to say of a trouble that the poll found by itself."""
    if trouble is Trouble.SUSPECT:
        return (
            f"{source.publisher} leads to {after.moved_to} now, on another site, and holds nothing of what it held: it may be somebody "
            f"else's. What it brings is kept as history and alerts nobody. {_new_address(source, after)}"
        )
    if trouble is Trouble.GAP:
        older = "Its archive pages are being read." if after.archive else "It names no archive pages; see on its site what came in between."
        return (
            f"Of what {source.publisher} held at its last poll nothing is left: items may have come and gone in between. {older} "
            f"Where that happens often, give {source.id} a shorter `interval`."
        )
    return ""


def _new_address(source: Source, after: Polling) -> str:
    # Quoted, because it will be copied into a shell, and whoever answers there chose its letters.
    setting = f"`aseanwatch sources move {source.id} {shlex.quote(after.moved_to or '')}` takes it over"
    if site(source.url) == site(after.moved_to or ""):
        return f"If that is the same feed, {setting}; nothing is changed by itself."
    return (
        f"That is another domain ({site(after.moved_to or '')}): see whether it is the publisher's; if so, {setting}, else "
        f"`aseanwatch sources disable {source.id}` switches it off."
    )


def _event(source: Source, at: datetime, before: Polling, trouble: Trouble, detail: str) -> Event:
    kind = EventKind.SOURCE_GAP if trouble is Trouble.GAP else EventKind.SOURCE_FAILING
    was = _was(before)
    return Event(kind=kind, subject=source.id, at=at, before=was, after=trouble, detail=one_line(detail, 2 * _DETAIL))


def _was(before: Polling) -> str:
    if reach := [name for name in before.troubles if name in REACH]:
        return reach[-1]
    return "good" if before.known_good else "never read"


def _recovered(source: Source, at: datetime, before: Polling, ended: Sequence[Trouble]) -> Event:
    """One event for all that is over."""
    after = f" after {before.failures} failures ({before.reason})" if before.failures else ""
    words = {
        Trouble.FAILING: f"can be read again{after}",
        Trouble.HTML: f"gives a feed again{after}",
        Trouble.DEAD: f"can be read again{after}",
        Trouble.SILENT: "brings something new again",
        Trouble.EMPTY_TEXT: "gives texts again",
        Trouble.MOVED: "is no longer redirected",
        Trouble.SUSPECT: "is found at its own address again, and alerts as before",
        Trouble.GAP: "has overlapping bodies again",
    }
    detail = f"{source.publisher} {' and '.join(dict.fromkeys(words[trouble] for trouble in ended))}."
    was = ", ".join(trouble.value for trouble in ended)
    return Event(kind=EventKind.SOURCE_RECOVERED, subject=source.id, at=at, before=was, after="good", detail=one_line(detail, _DETAIL))
