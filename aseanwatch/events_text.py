"""What happens in a running watch, as lines that a person can follow.

Sources that fail, and sources that have nothing new, come by the dozen: they are gathered and told together by `flush`,
and a source that goes on failing for the same reason is told once.
"""

import threading
import time
from collections.abc import Callable, Sequence

from core.alerts import Alert, Delivery, Receipt, ReceiptKind
from core.articles import Article, Failure
from core.health import REACH
from core.outcomes import Changes, Event, EventKind, Outcome
from core.readings import Reading, Sighting
from core.reasons import Reason
from core.sources import Entry, Poll, Source
from core.texts import one_line

_NAMED = 6
"""How many sources of a group are named before the rest is counted."""
_FATES = {
    ReceiptKind.ACCEPTED: "delivered",
    ReceiptKind.REJECTED: "refused",
    ReceiptKind.RETRY: "postponed",
    ReceiptKind.NOT_SENT: "not sent",
    ReceiptKind.UNKNOWN: "in doubt",
}


def line(what: str, told: str) -> str:
    """One line: what happened, in a column of its own, and to what."""
    return f"{what:<11} {one_line(told, 400)}"


def sighting_text(sighting: Sighting, title: str) -> str:
    """An outcome as one article reports it: type, status, title and the sentence that proves it."""
    return f"[{sighting.type}, {sighting.status}] {title}: “{one_line(sighting.sentence.quote, 220)}”"


def event_text(event: Event) -> str:
    """A stored event as one line."""
    turn = f"{event.before} -> {event.after}" if event.before and event.after else event.after or event.before
    return line(event.kind, " · ".join(part for part in (event.subject, turn, event.detail) if part))


class Narrator:
    """Tells what the pipeline does, through `say`, one line each; may be called from several threads."""

    def __init__(self, say: Callable[[str], None], *, patience: float = 4.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`patience`: seconds for which what comes by the dozen is gathered."""
        self._say = say
        self._patience = patience
        self._monotonic = monotonic
        self._since: float | None = None
        """Since when something is gathered."""
        self._lock = threading.Lock()
        self._told: dict[str, Reason | None] = {}
        """Source -> the reason last told, None when it was last seen to answer."""
        self._failing: dict[Reason, list[str]] = {}
        self._details: dict[Reason, str] = {}
        self._quiet: list[str] = []
        self._troubles: dict[str, tuple[str, ...]] = {}
        """Source -> the troubles last told; those that keep it from being read are told as failures."""

    def polled(self, source: Source, poll: Poll, fresh: int) -> None:
        """A source was asked; `fresh` of its entries were new to us."""
        reason = poll.polling.reason
        self._tell_troubles(source, poll)
        with self._lock:
            known = source.id in self._told
            before = self._told.get(source.id)
            self._told[source.id] = reason
            if self._since is None:
                self._since = self._monotonic()
            if poll.outcome == "failed" and reason is not None:
                if not known or reason is not before:
                    self._failing.setdefault(reason, []).append(source.id)
                    self._details.setdefault(reason, poll.polling.detail)
                return
            if not fresh and before is None:
                if not known:
                    self._quiet.append(source.id)
                return
        if before is not None:
            self._say(line("recovered", f"{source.id}: answers again, after {before}"))
        if fresh:
            broken = f" (the feed is broken: {reason})" if reason else ""
            history = ", its first: history, of which nobody is told" if poll.baseline else ""
            self._say(line("polled", f"{source.id}: {fresh} new of {_count(len(poll.entries), 'entry', 'entries')}{history}{broken}"))

    def _tell_troubles(self, source: Source, poll: Poll) -> None:
        stands = tuple(trouble for trouble in poll.polling.troubles if trouble not in REACH)
        with self._lock:
            told = self._troubles.get(source.id, ())
            self._troubles[source.id] = stands
        for trouble in (trouble for trouble in stands if trouble not in told):
            self._say(line("not well", f"{source.id}: {trouble}; see aseanwatch sources show {source.id}"))

    def extracted(self, source: Source, entry: Entry, article: Article) -> None:
        """An entry's page became an article."""
        origin = " (from the feed's own words)" if "from_summary" in article.flags else ""
        self._say(line("article", f"{source.id}: {article.title or entry.title or article.url}, {len(article.text)} characters{origin}"))

    def set_aside(self, failure: Failure) -> None:
        """An item failed and was set aside."""
        why = f"{failure.reason}: {failure.detail}" if failure.detail else str(failure.reason)
        again = f"; again at {failure.retry_at:%H:%M:%SZ}" if failure.retry_at else ""
        self._say(line("set aside", f"{failure.stage} {failure.subject}: {why}{again}"))

    def read(self, article: Article, reading: Reading, changes: Changes, alert: Alert | None) -> None:
        """An article was read; what it changed in the register follows, each with its sentence."""
        if reading.relevant:
            found = _count(len(reading.sightings), "outcome", "outcomes")
            self._say(line("read", f"{article.title or article.key}: {reading.stage}, {found}"))
        titles = {outcome.key: outcome.title for outcome in changes.outcomes}
        sightings = {resolved.outcome: resolved.reported.sighting for resolved in changes.resolved if resolved.applied}
        for event in changes.events:
            told = self._change(event, titles.get(event.subject, event.subject), sightings.get(event.subject))
            if told:
                self._say(told)
        if alert:
            self._say(
                line("alert", f"{_count(len(alert.news), 'outcome', 'outcomes')} from {alert.publisher or alert.article}: {alert.headline}")
            )

    def _change(self, event: Event, title: str, sighting: Sighting | None) -> str:
        """What happened to an outcome, as a line; empty for what only the register need know."""
        match event.kind:
            case EventKind.OUTCOME_NEW if sighting:
                return line("new", sighting_text(sighting, title))
            case EventKind.OUTCOME_STATUS if sighting:
                return line(f"now {event.after}", sighting_text(sighting, title))
            case EventKind.OUTCOME_CORROBORATED:
                return line("again", title)
            case EventKind.OUTCOME_CONFIRMED:
                return line("confirmed", f"{title}: {event.detail}")
            case EventKind.OUTCOME_CONFLICT:
                return line("conflict", f"{title}: {event.after or 'settled'}")
            case EventKind.OUTCOME_HELD | EventKind.OUTCOME_DISPUTED | EventKind.OUTCOME_RESTORED:
                return line(event.kind.removeprefix("outcome."), f"{title}: {event.detail}" if event.detail else title)
            case EventKind.OUTCOME_RETRACTED:
                return line("retracted", f"{title}: {event.article} said “{one_line(event.detail, 220)}”")
            case EventKind.ALERT_MADE if event.detail.startswith("correction: "):
                return line("correction", event.detail.removeprefix("correction: "))
            case EventKind.ALERT_SUPPRESSED:
                return line("no alert", f"{title}: {event.detail}")
            case _:
                return ""

    def delivered(self, delivery: Delivery, alert: Alert, receipt: Receipt) -> None:
        """One attempt to deliver an alert came to an end."""
        why = f": {receipt.reason}" if receipt.reason and receipt.kind is not ReceiptKind.ACCEPTED else ""
        self._say(line(_FATES[receipt.kind], f"to {delivery.target}: {alert.headline}{why}"))

    def doubted(self, delivery: Delivery) -> None:
        """A delivery that a dead process left behind was found: it may or may not have arrived."""
        self._say(line("in doubt", f"to {delivery.target}: alert {delivery.alert} was being sent when the watch last died"))

    def overdue(self, outcome: Outcome, event: Event) -> None:
        """What was foretold has not come in time."""
        self._say(line("overdue", f"[{outcome.type}] {outcome.title}: {event.detail}"))

    def flush(self, *, at_once: bool = False) -> None:
        """Tells what was gathered (failing sources by reason, sources with nothing new) once the first of it has waited a little."""
        with self._lock:
            if self._since is None or not (at_once or self._monotonic() - self._since >= self._patience):
                return
            self._since = None
            failing, details, quiet = self._failing, self._details, self._quiet
            self._failing, self._details, self._quiet = {}, {}, []
        for reason, sources in sorted(failing.items()):
            detail = f" ({details[reason]})" if details.get(reason) else ""
            self._say(line("failing", f"{_count(len(sources), 'source', 'sources')}, {reason}{detail}: {_names(sources)}"))
        if quiet:
            self._say(line("polled", f"{_count(len(quiet), 'source', 'sources')} with nothing new: {_names(quiet)}"))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _names(sources: Sequence[str]) -> str:
    rest = len(sources) - _NAMED
    return ", ".join(sources[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
