"""The walk: each item arrives once, a failing one is set aside with its reason, and any stage may be repeated."""

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import NoReturn

import pytest
import stores
from walk import Walk

from aseanwatch import pages, pipeline, polls
from core.alerts import Receipt, ReceiptKind
from core.delivery import OnUnknown
from core.errors import ExtractError, FetchError
from core.outcomes import EventKind
from core.reasons import Reason
from core.sources import EntryState
from store import open_store


@pytest.fixture
def walk() -> Iterator[Walk]:
    with open_store("sqlite://", now=stores.NOW) as store:
        yield Walk(store)


def test_a_new_entry_becomes_one_message(walk: Walk) -> None:
    entry, article = stores.entry("communique"), stores.story("communique")
    walk.network.serves(stores.VNA, entry)
    walk.network.page(entry, article)
    walk.reader.sees[article.key] = ("Joint Communiqué of the 59th AMM",)

    walk.goes()

    [(delivery, alert)] = walk.postbox.got
    assert [item.title for item in alert.news] == ["Joint Communiqué of the 59th AMM"]
    assert alert.news[0].sentence == article.text
    assert walk.store.deliveries(state="sent")[0].key == delivery.key


def test_the_same_feed_again_brings_nothing(walk: Walk) -> None:
    entry, article = stores.entry("communique"), stores.story("communique")
    walk.network.serves(stores.VNA, entry)
    walk.network.page(entry, article)
    walk.reader.sees[article.key] = ("Joint Communiqué of the 59th AMM",)
    walk.goes()

    walk.clock.passes(timedelta(hours=1))
    walk.goes()

    assert walk.diary.polls == [("vna", "ok", 1), ("vna", "unchanged", 0)]
    assert walk.network.asked[-1] == (stores.VNA.url, '"1"')
    assert len(walk.postbox.got) == 1


def test_every_stage_may_be_repeated(walk: Walk) -> None:
    entry, article = stores.entry("communique"), stores.story("communique")
    walk.network.serves(stores.VNA, entry)
    walk.network.page(entry, article)
    walk.reader.sees[article.key] = ("Joint Communiqué of the 59th AMM",)
    for _ in range(2):
        walk.polls()
    pages = list(walk.pipeline.due_pages())
    for _ in range(2):
        walk.pipeline.extract(*pages[0])
    [unread] = walk.store.unread_articles()
    for _ in range(2):
        walk.pipeline.read(unread)
    while walk.pipeline.deliver_next():
        pass

    assert walk.store.counts()["outcomes"] == {"planned": 0, "done": 1, "failed": 0}
    assert len(walk.postbox.got) == 1


def test_a_source_that_fails_keeps_its_reason_and_the_others_go_on(walk: Walk) -> None:
    walk.network.answers[stores.VNA.url] = FetchError(Reason.DNS_FAILED, "no such name", subject=stores.VNA.url)

    walk.goes()

    [(_, polling)] = walk.store.sources()
    assert polling.reason is Reason.DNS_FAILED
    assert polling.failures == 1
    assert walk.diary.polls == [("vna", "failed", 0)]


def test_an_unforeseen_error_of_the_parser_is_a_reason_too(walk: Walk) -> None:
    walk.network.serves(stores.VNA)
    walk.network.feeds.clear()

    walk.goes()

    [(_, polling)] = walk.store.sources()
    assert polling.reason is Reason.INTERNAL
    assert polling.detail == f"KeyError: '{stores.VNA.url}'"


def test_a_page_that_fails_for_now_is_read_from_the_feed_and_asked_for_again(walk: Walk) -> None:
    entry = stores.replace(stores.entry("communique"), summary="The ministers adopted the communique.")
    walk.network.serves(stores.VNA, entry)
    walk.network.answers[str(entry.link)] = FetchError(Reason.SERVER_ERROR, "502", subject=str(entry.link))
    walk.reader.sees[str(entry.link)] = ("Joint Communiqué of the 59th AMM",)

    walk.goes()

    assert len(walk.postbox.got) == 1
    [failure] = walk.store.failures(stage="extract")
    assert (failure.reason, failure.retry_at) == (Reason.SERVER_ERROR, stores.NOW + timedelta(minutes=10))

    walk.network.page(entry, stores.replace(stores.story("communique"), key=str(entry.link)))
    walk.clock.passes(timedelta(minutes=11))
    walk.goes()

    stored = walk.store.article(str(entry.link))
    assert stored is not None
    assert stored.flags == ()
    assert [state for _, state in walk.store.entries()] == [EntryState.DONE]
    assert len(walk.postbox.got) == 1


def test_a_page_without_an_article_is_set_aside_for_good(walk: Walk) -> None:
    bad, good = stores.entry("gallery"), stores.entry("communique")
    article = stores.story("communique")
    walk.network.serves(stores.VNA, bad, good)
    walk.network.page(bad, ExtractError(Reason.NO_TEXT, subject="gallery"))
    walk.network.page(good, article)

    walk.goes()

    states = {entry.identity: state for entry, state in walk.store.entries()}
    assert states == {"gallery": EntryState.FAILED, "communique": EntryState.DONE}
    assert walk.store.failures()[0].retry_at is None


@pytest.mark.parametrize(
    "reason",
    [
        Reason.EXTRACT_TIMEOUT,
        Reason.EXTRACT_CRASH,
        Reason.PAYWALL,
        Reason.COOKIE_WALL,
        Reason.SCRIPT_ONLY,
        Reason.CHALLENGE,
        Reason.NO_TEXT,
    ],
)
def test_a_page_that_cannot_be_read_is_told_of_by_title_and_summary(walk: Walk, reason: Reason) -> None:
    entry = stores.replace(stores.entry("communique"), summary="The ministers adopted the communique.")
    walk.network.serves(stores.VNA, entry)
    walk.network.page(entry, ExtractError(reason, subject="communique"))
    walk.reader.sees[str(entry.link)] = ("Joint Communiqué of the 59th AMM",)

    walk.goes()

    assert [failure.reason for failure in walk.store.failures(stage="extract")] == [reason]
    assert [(article.text, article.flags) for article in walk.store.articles()] == [(entry.summary, ("from_summary",))]
    assert len(walk.diary.readings) == len(walk.postbox.got) == 1


def test_a_server_is_visited_by_one_hand_at_a_time_and_the_others_are_not_kept_waiting(walk: Walk) -> None:
    other = stores.replace(stores.VNA, id="bernama", url="https://bernama.example/rss")
    walk.store.sync_sources([stores.VNA, stores.replace(stores.VNA, id="vna-2", url="https://vna.example/other"), other], stores.NOW)
    walk.network.serves(stores.VNA, *(stores.entry(f"page-{number}") for number in range(100)))
    walk.network.serves(other, stores.replace(stores.entry("theirs", source="bernama"), link="https://bernama.example/theirs"))
    walk.polls()

    def seen_from_inside(url: str, **_: object) -> NoReturn:
        during.append([entry.identity for _, entry, _ in walk.pipeline.due_pages()])
        raise FetchError(Reason.CONNECT_TIMEOUT, subject=url)

    during: list[list[str]] = []
    due = walk.pipeline.due_pages()
    first = next(one for one in due if one[1].identity == "page-0")
    assert {entry.identity for _, entry, _ in due} == {"page-0", "theirs"}
    walk.network.get = seen_from_inside  # type: ignore[method-assign]
    walk.pipeline.extract(*first)

    assert during == [["theirs"]]


def test_an_article_that_the_classifiers_cannot_read_is_set_aside_and_the_next_one_is_read(walk: Walk) -> None:
    for name in ("strange", "communique"):
        walk.store.record_article(None, stores.story(name), stores.NOW)
    walk.reader.raises[stores.story("strange").key] = RecursionError("too deep")

    walk.goes()

    assert [article.key for article in walk.diary.readings] == [stores.story("communique").key]
    [failure] = walk.store.failures(stage="read")
    assert (failure.subject, failure.reason, failure.retry_at) == (stores.story("strange").key, Reason.READ_FAILED, None)


def test_a_message_that_was_refused_for_now_goes_out_later(walk: Walk) -> None:
    stores.tell(walk.store, stores.story(), stores.reading(stores.story(), "Joint Communiqué"))  # type: ignore[arg-type]
    walk.postbox.answers = [Receipt(kind=ReceiptKind.RETRY, reason="HTTP 503")]

    walk.goes()
    assert [one.reason for one in walk.store.deliveries(state="retry")] == ["HTTP 503"]
    walk.clock.passes(timedelta(minutes=1))
    walk.goes()

    assert walk.diary.receipts == [ReceiptKind.RETRY, ReceiptKind.ACCEPTED]
    assert len(walk.store.deliveries(state="sent")) == 1


def test_a_clock_that_is_set_sends_nothing_twice_and_keeps_nothing_back(walk: Walk) -> None:
    for number, step in enumerate((timedelta(0), timedelta(hours=-2), timedelta(days=3650), timedelta(days=-3650))):
        walk.clock.passes(step)
        name = f"communique-{number}"
        stores.tell(walk.store, stores.story(name), stores.reading(stores.story(name), name), now=walk.clock.now())  # type: ignore[arg-type]
        walk.goes()
        walk.goes()

    assert [alert.news[0].title for _, alert in walk.postbox.got] == [f"communique-{number}" for number in range(4)]


def test_a_notifier_that_raises_leaves_a_doubt_and_no_second_message(walk: Walk) -> None:
    stores.tell(walk.store, stores.story(), stores.reading(stores.story(), "Joint Communiqué"))  # type: ignore[arg-type]
    walk.postbox.answers = [ZeroDivisionError("json://secret@host")]

    walk.goes()
    walk.clock.passes(timedelta(days=1))
    walk.goes()

    assert len(walk.postbox.got) == 1
    [held] = walk.store.deliveries(state="unknown")
    assert held.reason == "the notifier failed (ZeroDivisionError)"


def test_a_target_that_is_gone_from_the_settings_keeps_its_message_for_a_day(walk: Walk) -> None:
    said = stores.reading(stores.story(), "Joint Communiqué")
    stores.tell(walk.store, stores.story(), said, targets=("former",))  # type: ignore[arg-type]

    walk.goes()
    assert [one.reason for one in walk.store.deliveries(state="retry")] == ["no such target in the settings any more"]
    walk.clock.passes(timedelta(days=2))
    walk.goes()

    assert len(walk.store.deliveries(state="dead")) == 1


def test_what_a_dead_process_was_sending_is_held_by_the_next_one(walk: Walk) -> None:
    stores.tell(walk.store, stores.story(), stores.reading(stores.story(), "Joint Communiqué"))  # type: ignore[arg-type]
    claimed = walk.store.claim_delivery("dead:1", walk.clock.now(), 60)
    assert claimed is not None

    walk.pipeline.recover()
    assert walk.diary.doubts == []
    walk.pipeline.take_over()
    walk.goes()

    assert walk.diary.doubts == [claimed[0].key]
    assert walk.postbox.got == []
    assert [one.key for one in walk.store.deliveries(state="unknown")] == [claimed[0].key]


def test_where_the_target_says_so_a_doubt_is_sent_once_more_and_marked() -> None:
    with open_store("sqlite://", now=stores.NOW) as store:
        walk = Walk(store, on_unknown=OnUnknown.RESEND)
        stores.tell(store, stores.story(), stores.reading(stores.story(), "Joint Communiqué"))
        store.claim_delivery("dead:1", walk.clock.now(), 60)

        walk.pipeline.take_over()
        walk.clock.passes(timedelta(minutes=1))
        walk.goes()

        [(delivery, _)] = walk.postbox.got
        assert delivery.repeat


def test_old_news_is_registered_and_alerts_nobody(walk: Walk) -> None:
    old = stores.story("communique", published=stores.NOW - timedelta(days=30))
    walk.store.record_article(None, old, stores.NOW)
    walk.reader.sees[old.key] = ("Joint Communiqué of the 59th AMM",)

    walk.goes()

    assert walk.store.counts()["outcomes"]["done"] == 1
    assert walk.postbox.got == []


# The first body of a source


def test_what_a_source_holds_when_it_is_first_read_is_registered_and_alerts_nobody() -> None:
    with open_store("sqlite://", now=stores.NOW) as store:
        walk = Walk(store, read_before=False)
        held = [stores.entry("communique"), stores.replace(stores.entry("plan"), summary="The ministers adopted the plan.")]
        walk.network.serves(stores.VNA, *held)
        walk.network.page(held[0], stores.story("communique"))
        walk.reader.sees[stores.story("communique").key] = ("Joint Communiqué of the 59th AMM",)
        walk.reader.sees[str(held[1].link)] = ("Plan of Action",)  # its page cannot be had
        walk.goes()

        assert store.counts()["outcomes"]["done"] == 2
        assert {article.flags for article in store.articles()} == {("baseline",), ("from_summary", "baseline")}
        assert walk.postbox.got == []

        walk.clock.passes(timedelta(hours=1))
        new, article = stores.entry("declaration"), stores.story("declaration")
        walk.network.serves(stores.VNA, *held, new, etag='"2"')
        walk.network.page(new, article)
        walk.reader.sees[article.key] = ("Manila Declaration",)
        walk.goes()

        [(_, alert)] = walk.postbox.got
        assert [item.title for item in alert.news] == ["Manila Declaration"]


def test_news_stays_news_when_a_source_that_is_first_read_has_it_too(walk: Walk) -> None:
    entry, article = stores.entry("communique"), stores.story("communique")
    walk.network.serves(stores.VNA, entry)
    walk.network.page(entry, article)
    other = stores.replace(stores.VNA, id="other", url="https://other.example/rss")
    walk.polls()
    walk.store.sync_sources([stores.VNA, other], stores.NOW)
    walk.network.serves(other, stores.replace(entry, source="other"))
    walk.polls()
    for place, (source, announced, attempt) in enumerate(walk.store.pending_entries(stores.NOW)):
        assert announced.baseline == (source.id == "other") == bool(place)
        walk.network.page(announced, stores.replace(article, text=f"{article.text} And more." if place else article.text))
        walk.pipeline.extract(source, announced, attempt)
    walk.reader.sees[article.key] = ("Joint Communiqué of the 59th AMM",)
    walk.goes()

    stored = walk.store.article(article.key)
    assert stored is not None
    assert (stored.revision, stored.flags) == (2, ())
    assert len(walk.postbox.got) == 1


def test_a_rebuilt_site_brings_its_300_articles_under_new_names_and_no_message(walk: Walk) -> None:
    old = [stores.entry(f"story-{number}", aliases=[f"path:/story-{number}"]) for number in range(300)]
    walk.network.serves(stores.VNA, *old)
    for entry in old:
        article = stores.story(entry.identity)
        walk.network.page(entry, article)
    walk.reader.sees[stores.story("story-7").key] = ("Joint Communiqué of the 59th AMM",)
    walk.goes()
    assert len(walk.postbox.got) == 1

    walk.clock.passes(timedelta(hours=7))
    walk.network.serves(stores.VNA, *(stores.replace(entry, identity=f"https://new.example/{entry.identity}") for entry in old), etag='"2"')
    for entry in old:
        walk.network.articles[str(entry.link)] = AssertionError("asked again")
    walk.goes()

    assert walk.diary.polls == [("vna", "ok", 300), ("vna", "ok", 0)]
    assert len(walk.postbox.got) == 1
    assert [event for event in walk.store.events() if event.subject == "vna"] == []


def test_a_body_that_shares_nothing_with_the_one_before_is_told(walk: Walk) -> None:
    for number in range(2):
        walk.network.serves(stores.VNA, stores.entry(f"story-{number}"), etag=f'"{number}"', items=number.to_bytes(8, "big"))
        walk.goes()
        walk.clock.passes(timedelta(hours=7))

    [gap] = [event for event in walk.store.events() if event.subject == "vna"]
    assert gap.kind is EventKind.SOURCE_GAP
    assert walk.diary.polls == [("vna", "ok", 1), ("vna", "ok", 1)]


def test_the_heartbeat_is_remembered(walk: Walk) -> None:
    walk.pipeline.heartbeat()
    assert walk.store.remembered(pipeline.HEARTBEAT) == stores.NOW.isoformat()


# The picture


def _calls(body: ast.AST) -> Iterator[str]:
    """Everything called in `body`, as the picture writes it: `self._store.record_poll(...)` is store.record_poll."""
    for node in ast.walk(body):
        if isinstance(node, ast.Call | ast.keyword):  # a thread's target is reached too
            name = ast.unparse(node.func if isinstance(node, ast.Call) else node.value)
            yield re.sub(r"^self\._(?=\w+\.|from_entry)", "", name).removeprefix("self.")


def _picture(whole: type) -> dict[str, set[str]]:
    """Method -> the calls that the docstring shows for it."""
    shown: dict[str, set[str]] = {}
    method = ""
    for line in inspect.cleandoc(whole.__doc__ or "").splitlines():
        if found := re.match(r"    (\w*) +(?=[a-z_]+\.|next_step)(.*)", line):
            method = found[1] or method
            shown.setdefault(method, set()).update(re.findall(r"\b(?:\w+\.\w+|next_step|from_entry)\b", found[2]))
    return shown


@pytest.mark.parametrize(("module", "whole"), [(pipeline, pipeline.Pipeline), (polls, polls.Polls), (pages, pages.Pages)])
def test_the_docstring_is_the_picture_of_the_walk(module: ModuleType, whole: type) -> None:
    tree = ast.parse(inspect.getsource(module))
    bodies = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def reached(name: str) -> set[str]:
        calls = set(_calls(bodies[name]))
        return calls.union(*(reached(call) for call in calls if call in bodies and call not in shown))

    shown = _picture(whole)
    stages = {name for name, value in vars(whole).items() if inspect.isfunction(value) and not name.startswith("_")}
    assert set(shown) == stages - {"close"}
    ports = re.compile(
        r"(store|ledger|fetcher|extractor|reader|notifier|register|expected)\.\w+|parser.parse_together|transfers.start|transfers.done|polls.round|pages.due|pages.extract|pages.look_again|polling\.decide|polling\.archived|next_step|from_entry"
    )
    for method, calls in shown.items():
        done = {call.removeprefix("channel.") for call in reached(method)}
        assert calls == {call for call in done if ports.fullmatch(call)}, method
