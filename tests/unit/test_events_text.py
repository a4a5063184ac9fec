"""What a running watch says: one line an event, and dozens of like ones together."""

from dataclasses import replace
from datetime import timedelta

from desk import prints
from stores import NOW, VNA, entry, reading, story, tell

from aseanwatch.events_text import Narrator
from core.alerts import Alert, Delivery, Receipt, ReceiptKind
from core.articles import Failure
from core.codes import Status
from core.outcomes import Event, EventKind
from core.reasons import Reason
from core.sources import Poll, Polling, Source
from store import open_store


class Scene:
    """A narrator whose clock stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0
        self.lines: list[str] = []
        self.narrator = Narrator(self.lines.append, patience=4, monotonic=lambda: self.now)

    def fails(self, source: str, reason: Reason = Reason.DNS_FAILED, detail: str = "no such name") -> None:
        polling = Polling(failures=1, reason=reason, detail=detail)
        self.narrator.polled(_source(source), Poll(source=source, at=NOW, polling=polling, outcome="failed"), 0)

    def answers(self, source: str, fresh: int = 0) -> None:
        came = tuple(entry(f"{source}-{number}") for number in range(fresh))
        self.narrator.polled(_source(source), Poll(source=source, at=NOW, polling=Polling(), entries=came), fresh)

    def waits(self) -> None:
        self.now += 5
        self.narrator.flush()


def _source(name: str) -> Source:
    return replace(VNA, id=name)


def test_without_network_the_sources_that_fail_come_in_one_line() -> None:
    scene = Scene()
    for number in range(57):
        scene.fails(f"paper-{number}")
    scene.narrator.flush()
    assert scene.lines == []

    scene.waits()

    [line] = scene.lines
    assert line.startswith("failing     57 sources, dns_failed (no such name): paper-0, paper-1")
    assert line.endswith("and 51 more")


def test_a_source_that_goes_on_failing_for_one_reason_is_told_once() -> None:
    scene = Scene()
    for reason in (Reason.DNS_FAILED, Reason.DNS_FAILED, Reason.TLS_ERROR):
        scene.fails("vna", reason)
        scene.waits()

    assert [line.split(", ")[1].split(" ")[0] for line in scene.lines] == ["dns_failed", "tls_error"]


def test_the_first_body_is_told_as_history_and_troubles_once() -> None:
    scene = Scene()
    for troubles in ((), ("silent", "failing"), ("silent", "moved"), (), ("silent",)):
        polling = Polling(troubles=troubles)
        poll = Poll(source="vna", at=NOW, polling=polling, entries=() if troubles else (entry("a"),), baseline=not troubles)
        scene.narrator.polled(_source("vna"), poll, 0 if troubles else 1)

    told = "polled      vna: 1 new of 1 entry, its first: history, of which nobody is told"
    silent, moved = (f"not well    vna: {name}; see aseanwatch sources show vna" for name in ("silent", "moved"))
    assert scene.lines == [told, silent, moved, told, silent]


def test_a_source_that_answers_again_is_told() -> None:
    scene = Scene()
    scene.fails("vna")
    scene.waits()
    scene.answers("vna", fresh=2)

    assert scene.lines[1:] == [
        "recovered   vna: answers again, after dns_failed",
        "polled      vna: 2 new of 2 entries",
    ]


def test_quiet_sources_come_together_and_only_the_first_time() -> None:
    scene = Scene()
    for _ in range(2):
        scene.answers("vna")
        scene.answers("bernama")
        scene.waits()

    assert scene.lines == ["polled      2 sources with nothing new: vna, bernama"]


def test_a_new_outcome_is_told_with_its_sentence() -> None:
    article = story("communique")
    said = reading(article, "Joint Communiqué")
    with open_store("sqlite://", now=NOW) as store:
        changes, alert = tell(store, article, said)
    scene = Scene()

    scene.narrator.read(article, said, changes, alert)

    assert scene.lines[1] == "new         [document, done] Joint Communiqué: “The ministers adopted the communique in Manila on Saturday.”"
    assert scene.lines[2] == "alert       1 outcome from Vietnam News Agency: ASEAN: communique"


def test_a_record_that_an_official_text_confirms_is_told_so() -> None:
    article = story("communique")
    said = reading(article, "Joint Communiqué")
    with open_store("sqlite://", now=NOW) as store:
        changes, _ = tell(store, article, said)
    key = changes.outcomes[0].key
    confirmed = Event(kind=EventKind.OUTCOME_CONFIRMED, subject=key, at=NOW, detail="an official text reports it as done: MOFA")
    scene = Scene()

    scene.narrator.read(article, said, replace(changes, events=(confirmed,)), None)

    assert scene.lines[1:] == ["confirmed   Joint Communiqué: an official text reports it as done: MOFA"]


def test_what_an_article_takes_back_is_told_with_the_sentence_that_is_gone() -> None:
    scene = Scene()
    with open_store("sqlite://", now=NOW) as store:
        prints(store, "a", "Joint Communiqué")
        changes, alert = prints(store, "a", now=NOW + timedelta(minutes=1))
        edited = store.article("vna.example/a")
        assert edited
        said = store.reading(edited.key)
        assert said
        scene.narrator.read(edited, said, changes, alert)
        changes, alert = prints(store, "a", "Joint Communiqué", now=NOW + timedelta(minutes=2))
        scene.narrator.read(edited, said, changes, alert)

    assert [line for line in scene.lines if not line.startswith("read ")] == [
        "retracted   Joint Communiqué: vna.example/a said “On Saturday the ministers spoke of: Joint Communiqué."
        " On Saturday the ministers spoke of: done.”",
        "disputed    Joint Communiqué: no report that stands says that it is done",
        "correction  Joint Communiqué",
        "restored    Joint Communiqué",
    ]


def test_an_article_on_something_else_is_passed_over_in_silence() -> None:
    article = story("football")
    said = reading(article, relevant=False)
    with open_store("sqlite://", now=NOW) as store:
        changes, alert = tell(store, article, said)
    scene = Scene()

    scene.narrator.read(article, said, changes, alert)

    assert scene.lines == []


def test_an_item_that_failed_is_told_with_its_reason_and_when_it_is_tried_again() -> None:
    scene = Scene()
    again = NOW + timedelta(minutes=10)
    scene.narrator.set_aside(
        Failure(stage="extract", subject="https://x/1", reason=Reason.SERVER_ERROR, detail="502", at=NOW, retry_at=again)
    )

    assert scene.lines == ["set aside   extract https://x/1: http_5xx: 502; again at 09:10:00Z"]


def test_what_came_of_a_delivery_is_told() -> None:
    article = story("communique")
    with open_store("sqlite://", now=NOW) as store:
        _, alert = tell(store, article, reading(article, "Joint Communiqué"))
    assert isinstance(alert, Alert)
    delivery = Delivery(key="k", alert=alert.key, target="desk")
    scene = Scene()

    scene.narrator.delivered(delivery, alert, Receipt(kind=ReceiptKind.ACCEPTED))
    scene.narrator.delivered(delivery, alert, Receipt(kind=ReceiptKind.REJECTED, reason="HTTP 404"))

    assert scene.lines == ["delivered   to desk: ASEAN: communique", "refused     to desk: ASEAN: communique: HTTP 404"]


def test_headlines_cannot_write_on_the_terminal() -> None:
    scene = Scene()
    hostile = replace(story("x"), title="Ministers\x1b[2J\u202e meet\nnow")
    scene.narrator.extracted(VNA, entry("x"), hostile)

    assert scene.lines[0].startswith("article     vna: Ministers[2J meet now, ")


def test_what_is_overdue_is_told_with_its_day() -> None:
    scene = Scene()
    with open_store("sqlite://", now=NOW) as store:
        changes, _ = tell(store, story(), reading(story(), "Joint Communique", status=Status.PLANNED))
    [outcome] = changes.outcomes
    scene.narrator.overdue(outcome, Event(kind=EventKind.OUTCOME_OVERDUE, subject=outcome.key, at=NOW, detail="expected by 2026-07-14"))

    assert scene.lines == ["overdue     [document] Joint Communique: expected by 2026-07-14"]
