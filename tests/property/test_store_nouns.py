"""Whatever a noun holds, it comes out of the store as it went in: a field that is added to one and not stored fails here."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stores import NOW

from core.alerts import Alert
from core.articles import Article, Failure
from core.errors import StoreError
from core.outcomes import Event, Outcome, Reported
from core.readings import Reading
from core.sources import Entry, Poll, Polling, Source
from store import Store, open_store
from store.articles import folded
from store.columns import storable
from store.payloads import dump, load

TIMES = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.timezones()).map(
    lambda time: time.astimezone(UTC)
)
SPANS = st.integers(1, 10**7).map(lambda seconds: timedelta(seconds=seconds))
TEXTS = st.text(max_size=12).map(storable)

for kind, strategy in ((datetime, TIMES), (str, TEXTS), (float, st.floats(0, 100)), (int, st.integers(0, 2**31 - 1)), (timedelta, SPANS)):
    st.register_type_strategy(kind, strategy)


@pytest.fixture(scope="module")
def memory() -> Iterator[Store]:
    with open_store("sqlite://", now=NOW) as opened:
        yield opened


@pytest.mark.parametrize("noun", [Reading, Outcome, Reported, Alert])
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_payload_gives_the_noun_back(noun: Any, data: st.DataObject) -> None:
    value = data.draw(st.from_type(noun))
    assert load(noun, dump(value, clean=storable)) == value


@given(text=st.text(st.characters(categories=None), max_size=30))
def test_any_text_becomes_storable_and_storable_text_stays_as_it_is(text: str) -> None:
    kept = storable(text)
    assert "\0" not in kept
    kept.encode()
    assert storable(kept) == kept
    assert load(str, dump(text, clean=storable)) == kept


@given(text=st.text(max_size=30))
def test_composed_and_decomposed_text_is_found_alike(text: str) -> None:
    assert folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text))


@given(
    document=st.one_of(
        st.text(max_size=20), st.just("{}"), st.just('{"key": 1}'), st.just("[1]"), st.just('{"relevant":true,"stage":"no stage"}')
    )
)
def test_a_payload_that_is_none_is_refused(document: str) -> None:
    with pytest.raises(StoreError):
        load(Reading, document)


@pytest.mark.parametrize("value", [datetime(2026, 7, 11), object(), float("nan")])
def test_what_no_payload_can_hold_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        dump(value, clean=storable)


@given(article=st.from_type(Article))
@settings(max_examples=25, deadline=None)
def test_an_article_comes_back(memory: Store, article: Article) -> None:
    article = replace(article, revision=1, first_seen=article.first_seen or NOW)
    if memory.record_article(None, article, NOW) == "new":
        assert memory.article(article.key) == article


@given(source=st.from_type(Source), polling=st.from_type(Polling))
@settings(max_examples=25, deadline=None)
def test_a_source_and_its_polling_come_back(memory: Store, source: Source, polling: Polling) -> None:
    memory.sync_sources([source], NOW)
    memory.record_poll(Poll(source=source.id, at=NOW, polling=polling))
    assert memory.sources() == [(source, polling)]


@given(entry=st.from_type(Entry))
@settings(max_examples=25, deadline=None)
def test_an_entry_comes_back_but_for_its_aliases(memory: Store, entry: Entry) -> None:
    memory.sync_sources([Source(id=entry.source, url="u", publisher="p")], NOW)
    if memory.record_poll(Poll(source=entry.source, at=NOW, polling=Polling(), entries=(entry,), baseline=entry.baseline)):
        assert memory.entries(limit=1)[0][0] == replace(entry, aliases=())
        assert memory.known_names({entry.source: entry.aliases}) == {entry.source: set(entry.aliases)}


@given(failure=st.from_type(Failure), event=st.from_type(Event))
@settings(max_examples=25, deadline=None)
def test_failures_and_events_come_back(memory: Store, failure: Failure, event: Event) -> None:
    memory.record_read_failure("no article", failure)
    assert failure in memory.failures(subject=failure.subject)
    [stored] = memory.append_events([event])
    assert memory.events(subject=event.subject, records=True)[-1] == stored == replace(event, sequence=stored.sequence)
