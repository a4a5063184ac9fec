"""What the store promises, on SQLite in memory, SQLite on disk and PostgreSQL alike."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from stores import AMM, MINUTE, NOW, VNA, blocks, desk, entry, key_of, poll, reading, story, tell

from core.alerts import DeliveryState, Receipt, ReceiptKind, make_alert
from core.articles import Failure
from core.codes import Status
from core.delivery import Step
from core.errors import StoreError
from core.health import Pages
from core.outcomes import Changes, Earlier, Event, EventKind, Outcome
from core.reasons import Reason
from core.sources import EntryState, Poll, Polling, Source, Tier
from store import Store

DAY = timedelta(days=1)
HANOI = timezone(timedelta(hours=7))

SENT = Step(state=DeliveryState.SENT)
ACCEPTED = Receipt(kind=ReceiptKind.ACCEPTED)
BERNAMA = Source(
    id="bernama",
    url="https://bernama.example/rss",
    publisher="Bernama",
    kind="sitemap",
    country="MY",
    language="ms",
    tier=Tier.AGENCY,
    interval=timedelta(minutes=7),
    enabled=False,
    zone="Asia/Kuala_Lumpur",
)


def failure(
    subject: str, *, attempt: int = 1, retry_at: datetime | None = None, reason: Reason = Reason.DEADLINE, at: datetime = NOW
) -> Failure:
    return Failure(stage="extract", subject=subject, reason=reason, detail="30 s", at=at, attempt=attempt, retry_at=retry_at)


def kinds(events: list[Event]) -> list[EventKind]:
    return [event.kind for event in events]


# sources


def test_the_catalogue_is_taken_over_and_comes_back_as_it_was(store: Store) -> None:
    store.sync_sources([VNA, BERNAMA], NOW)
    store.sync_sources([VNA, replace(BERNAMA, publisher="BERNAMA")], NOW + DAY)
    assert store.sources() == [(replace(BERNAMA, publisher="BERNAMA"), Polling()), (VNA, Polling())]


def test_what_was_learned_about_a_source_comes_back_as_it_was(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    learned = Polling(
        etag='W/"7"',
        last_modified="Sat, 11 Jul 2026 09:00:00 GMT",
        body_hash="abc",
        next_poll_at=NOW + MINUTE,
        last_poll_at=NOW,
        last_success_at=NOW - MINUTE,
        last_full_at=NOW - DAY,
        failures=3,
        reason=Reason.RATE_LIMITED,
        detail="asked to wait",
        known_good=True,
    )
    store.record_poll(Poll(source=VNA.id, at=NOW, polling=learned))
    assert store.sources() == [(VNA, learned)]


def test_a_source_that_the_catalogue_drops_is_watched_no_more_and_loses_nothing(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("a")))
    store.sync_sources([], NOW)
    assert store.sources() == []
    assert store.due_sources(NOW + DAY) == []
    assert store.pending_entries(NOW + DAY) == []
    store.sync_sources([VNA], NOW)
    assert store.known_names({VNA.id: ["a", "b"]})[VNA.id] == {"a"}
    assert len(store.due_sources(NOW + DAY)) == 1


def test_a_source_that_moved_forgets_its_validators_and_keeps_its_history(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("a")))
    moved = replace(VNA, url="https://vna.example/feed.xml")
    store.sync_sources([moved], NOW)
    [(_, polling)] = store.due_sources(NOW)
    assert polling.etag is None
    assert polling.known_good
    assert store.known_names({VNA.id: ["a"]})[VNA.id] == {"a"}


def test_due_sources_come_longest_waiting_first_and_only_enabled_ones(store: Store) -> None:
    fresh, late, later = (replace(VNA, id=name) for name in ("fresh", "late", "later"))
    store.sync_sources([later, late, fresh, BERNAMA], NOW)
    store.record_poll(poll(source="late", at=NOW - DAY))
    store.record_poll(poll(source="later", at=NOW - MINUTE))
    assert [source.id for source, _ in store.due_sources(NOW)] == ["fresh", "late"]
    assert [source.id for source, _ in store.due_sources(NOW + DAY)] == ["fresh", "late", "later"]
    assert [source.id for source, _ in store.due_sources(NOW + DAY, limit=1)] == ["fresh"]


def test_a_clock_that_is_set_back_silences_no_source(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("a"), at=NOW.replace(year=2036)))
    assert [source.id for source, _ in store.due_sources(NOW)] == [VNA.id]
    assert len(store.pending_entries(NOW)) == 1


# polls


@pytest.mark.parametrize("ahead", [timedelta(minutes=20), timedelta(hours=26), timedelta(days=3650)])
def test_a_next_poll_that_lies_further_ahead_than_any_pause_is_due(store: Store, ahead: timedelta) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(Poll(source=VNA.id, at=NOW, polling=Polling(last_poll_at=NOW, next_poll_at=NOW + ahead)))
    assert bool(store.due_sources(NOW)) == (ahead > timedelta(hours=25))


def test_what_was_found_wrong_between_two_polls_is_kept_with_its_event(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("a")))
    store.record_troubles(
        VNA.id, ["silent", "empty_text"], [Event(kind=EventKind.SOURCE_FAILING, subject=VNA.id, at=NOW, after="empty_text")]
    )

    [(_, learned)] = store.sources()
    assert (learned.troubles, learned.etag) == (("silent", "empty_text"), '"1"')
    assert kinds(store.events()) == [EventKind.SOURCE_FAILING]


def test_the_last_pages_of_each_source_are_counted_by_what_came_of_them(store: Store) -> None:
    store.sync_sources([VNA, replace(BERNAMA, enabled=True)], NOW)
    entries = [entry(f"page-{number}") for number in range(15)]
    store.record_poll(poll(*entries))
    store.record_poll(poll(*(entry(f"b-{number}", source="bernama") for number in range(2)), source="bernama"))
    assert store.recent_pages() == {}
    for number, one in enumerate(entries):
        if number < 7:
            store.record_article(one, story(one.identity), NOW)
        elif number < 14:
            reason = Reason.PAYWALL if number == 10 else Reason.NO_TEXT
            store.record_failure(one, failure(str(one.link), reason=reason))
        else:
            store.record_failure(one, failure(str(one.link), retry_at=NOW + DAY))
    store.record_failure(entry("b-1", source="bernama"), failure("elsewhere"))

    assert store.recent_pages() == {
        "vna": Pages(texts=3, empty=7, reasons=(Reason.NO_TEXT, Reason.PAYWALL)),
        "bernama": Pages(texts=0, empty=1),
    }


def test_history_is_no_news_to_a_source_that_had_it_as_news_and_stays_history_to_the_one_that_had_not(store: Store) -> None:
    def flags(first: tuple[str, ...], then: tuple[str, ...], name: str) -> tuple[str, ...]:
        store.record_article(None, story(name, flags=first), NOW)
        assert store.record_article(None, story(name, "Another text.", flags=then), NOW) == "revised"
        kept = store.article(story(name).key)
        assert kept is not None
        return kept.flags

    assert flags((), ("truncated", "baseline"), "news first") == ("truncated",)
    assert flags(("baseline",), ("baseline",), "history twice") == ("baseline",)
    assert flags(("baseline",), (), "history first") == ()


def test_a_poll_records_its_entries_once(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    assert store.record_poll(poll(entry("a"), entry("b"))) == 2
    assert store.record_poll(poll(entry("a"), entry("b"), entry("c"))) == 1
    assert [announced.identity for announced, _ in store.entries()] == ["c", "b", "a"]


def test_an_entry_known_by_any_of_its_names_is_not_new(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("guid-1", aliases=["link-1", "title-1"])))
    assert store.known_names({VNA.id: ["link-1", "link-2"]})[VNA.id] == {"link-1"}
    assert store.record_poll(poll(entry("guid-after-rebuild", aliases=["link-1", "link-moved"]))) == 0
    assert store.record_poll(poll(entry("guid-third", aliases=["link-moved"]))) == 0, "the new names of a known entry are learned"
    assert len(store.entries()) == 1


def test_a_changed_guid_is_learned_so_that_the_next_change_is_no_news(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("guid-1", aliases=["link-1"])))
    assert store.record_poll(replace(poll(), renamed=(entry("guid-2", aliases=["link-1"]),))) == 0
    assert store.known_names({VNA.id: ["guid-2"]})[VNA.id] == {"guid-2"}


def test_two_entries_of_one_poll_that_share_a_name_are_one(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    assert store.record_poll(poll(entry("a", aliases=["x"]), entry("b", aliases=["x", "y"]), entry("c", aliases=["y"]))) == 1


def test_names_belong_to_their_source(store: Store) -> None:
    other = replace(VNA, id="other")
    store.sync_sources([VNA, other], NOW)
    assert store.record_poll(poll(entry("a"))) == 1
    assert store.record_poll(poll(entry("a", source="other"), source="other")) == 1


def test_a_name_may_be_longer_than_any_index_takes(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    name = "".join(f"{number:x}-" for number in range(4000))
    assert store.record_poll(poll(entry(name, aliases=[name + "?alias"]))) == 1
    assert store.record_poll(poll(entry(name))) == 0
    assert store.known_names({VNA.id: [name, name + "?alias", name + "!"]})[VNA.id] == {name, name + "?alias"}
    [(announced, _)] = store.entries()
    assert announced.identity == name


def test_validators_are_kept_with_the_entries_they_stand_for_or_not_at_all(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(etag='"before"'))
    unstorable = replace(entry("b"), published=datetime(2026, 7, 11))
    with pytest.raises(StoreError, match="a time without a zone"):
        store.record_poll(poll(entry("a"), unstorable, etag='"after"'), [Event(kind=EventKind.SOURCE_RECOVERED, subject=VNA.id, at=NOW)])
    [(_, polling)] = store.sources()
    assert polling.etag == '"before"'
    assert store.entries() == []
    assert store.events() == []


def test_a_poll_of_a_source_that_is_gone_brings_nothing_to_life(store: Store) -> None:
    assert store.record_poll(poll(entry("a"))) == 0
    assert store.sources() == []
    assert store.entries() == []


def test_a_poll_of_ten_thousand_entries_is_stored_whole(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    many = poll(*(entry(f"item-{number}", aliases=[f"link-{number}"]) for number in range(10_000)))
    assert store.record_poll(many) == 10_000
    assert store.record_poll(many) == 0
    assert store.entry_counts() == {VNA.id: 10_000}


# hostile text


def test_characters_that_a_database_refuses_cost_nothing_but_themselves(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    hostile = replace(entry("nul\0guid", aliases=["link\0"]), title="Joint\0Statement \ud800", summary="x\0")
    store.record_poll(poll(entry("a"), hostile, etag='"\0"'))
    assert store.known_names({VNA.id: ["nul\0guid"]})[VNA.id] == {"nul\0guid"}
    assert [announced.title for announced, _ in store.entries()] == ["JointStatement ?", "About a"]
    article = story("nul\0key", text="The ministers\0 adopted it. \udfff")
    said = reading(story("x"), "Title\0")
    assert tell(store, article, said)[1]
    stored = store.article(article.key)
    assert stored
    assert stored.text == "The ministers adopted it. ?"
    assert store.unread_articles() == []
    found = store.outcome(key_of("Title\0"))
    assert found
    assert found[0].title == "Title"
    store.append_events([Event(kind=EventKind.ALERT_SUPPRESSED, subject="s\0", at=NOW, detail="\ud900")])
    assert [event.detail for event in store.events(subject="s\0")] == ["?"]


def test_other_text_is_stored_as_it_is(store: Store) -> None:
    text = "Đông Á — ‘ASEAN’ \U0001f30f ไทย ព្រះ\n\n|\tcell\n" + "e\u0301 nfd stays nfd"
    store.record_article(None, story(text=text), NOW)
    stored = store.article(story().key)
    assert stored
    assert stored.text == text


# entries


def test_an_entry_goes_from_new_to_done_with_its_article(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(replace(entry("a"), content="<p>whole</p>")))
    [(source, announced, attempts)] = store.pending_entries(NOW)
    assert source == VNA
    assert announced == replace(entry("a"), content="<p>whole</p>")
    assert attempts == 0
    assert store.record_article(announced, story(), NOW) == "new"
    assert store.pending_entries(NOW + DAY) == []
    assert store.entries(state=EntryState.DONE) == [(entry("a"), EntryState.DONE)]
    assert store.record_article(announced, story(), NOW) == "known", "told twice, it is still one article"


def test_an_entry_that_failed_for_now_waits_and_one_that_failed_for_good_is_set_aside(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("a"), entry("b")))
    store.record_failure(entry("a"), failure("a", retry_at=NOW + 10 * MINUTE))
    store.record_failure(entry("b"), failure("b", reason=Reason.GONE))
    assert store.pending_entries(NOW) == []
    assert [(announced.identity, attempts) for _, announced, attempts in store.pending_entries(NOW + 10 * MINUTE)] == [("a", 1)]
    assert store.entries(state=EntryState.FAILED) == [(entry("b"), EntryState.FAILED)]
    assert store.failures() == [failure("b", reason=Reason.GONE), failure("a", retry_at=NOW + 10 * MINUTE)]
    assert store.failures(stage="extract", subject="a") == [failure("a", retry_at=NOW + 10 * MINUTE)]


def test_a_failure_told_twice_is_logged_once_and_a_second_one_apart(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("a")))
    for told in (failure("a"), failure("a"), failure("a", attempt=2)):
        store.record_failure(entry("a"), told)
    assert [logged.attempt for logged in store.failures()] == [2, 1]


def test_a_late_failure_takes_nothing_back(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("a")))
    store.record_article(entry("a"), story(), NOW)
    store.record_failure(entry("a"), failure("a", retry_at=NOW))
    assert store.pending_entries(NOW + DAY) == []
    assert len(store.failures()) == 1


def test_no_entry_waits_for_longer_than_a_day(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("a")))
    store.record_failure(entry("a"), failure("a", retry_at=NOW + 400 * DAY))
    assert len(store.pending_entries(NOW + DAY)) == 1


def test_pending_entries_come_longest_waiting_first(store: Store) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("late"), at=NOW))
    store.record_poll(poll(entry("early"), at=NOW - DAY))
    assert [announced.identity for _, announced, _ in store.pending_entries(NOW)] == ["early", "late"]
    assert len(store.pending_entries(NOW, limit=1)) == 1


def test_a_source_that_announced_hundreds_does_not_push_the_others_off_the_list(store: Store) -> None:
    other = replace(VNA, id="other")
    store.sync_sources([VNA, other], NOW)
    store.record_poll(poll(*(entry(f"item-{number}") for number in range(300))))
    store.record_poll(poll(entry("late", source="other"), source="other", at=NOW + MINUTE))
    listed = store.pending_entries(NOW + MINUTE, 50, per_source=10)
    assert [announced.identity for _, announced, _ in listed] == [*(f"item-{number}" for number in range(10)), "late"]


def test_an_article_of_an_entry_that_nobody_announced_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no such entry"):
        store.record_article(entry("a"), story(), NOW)
    assert store.articles() == []


# articles


def test_an_article_comes_back_as_it_was(store: Store) -> None:
    article = story(
        source=VNA.id,
        tier=Tier.OFFICIAL,
        country="VN",
        language="en",
        published=NOW - MINUTE,
        first_seen=NOW,
        extractor="fast",
        flags=("truncated", "machine_translated"),
    )
    store.record_article(None, article, NOW)
    assert store.article(article.key) == article
    assert store.unread_articles() == [article]
    assert store.article("nothing") is None


def test_a_changed_text_is_a_revision_that_is_to_be_read_again(store: Store) -> None:
    first = story(text="The ministers will adopt it.", published=NOW)
    tell(store, first, reading(first))
    assert store.record_article(None, replace(first, text="The ministers adopted it.", published=None), NOW + MINUTE) == "revised"
    [again] = store.unread_articles()
    assert (again.revision, again.text, again.published, again.first_seen) == (2, "The ministers adopted it.", NOW, NOW)
    assert [(earlier.revision, earlier.text) for earlier in store.earlier_texts(first.key)] == [(1, first.text)]


def test_the_feeds_summary_does_not_replace_a_page_but_the_page_replaces_the_summary(store: Store) -> None:
    page, summary = story(text="The whole page."), story(text="In short.", flags=("from_summary",))
    assert store.record_article(None, summary, NOW) == "new"
    assert store.record_article(None, page, NOW) == "revised"
    assert store.record_article(None, summary, NOW) == "known"
    assert [article.text for article in store.unread_articles()] == ["The whole page."]


def test_a_key_may_be_longer_than_any_index_takes(store: Store) -> None:
    article = story("".join(f"{number:x}/" for number in range(4000)))
    tell(store, article, reading(article, "Communique"))
    assert store.article(article.key)
    assert store.reading(article.key)


def test_articles_are_found_by_words_whatever_their_case_and_accents(store: Store) -> None:
    store.record_article(None, story("a", title="Joint Communiqué of AMM-53", text="Biển Đông, 100% agreed"), NOW)
    store.record_article(None, story("b", title="Other", text="nothing of note"), NOW)
    for words in ("communique", "JOINT amm 53", "bien dong", "Biển", "100%", "amm-53"):
        assert [article.key for article in store.articles(words=words)] == [story("a").key], words
    assert store.articles(words="100_") == []
    assert len(store.articles()) == 2


def test_articles_are_found_by_what_was_read_in_them(store: Store) -> None:
    first, second, third = story("a", source="vna"), story("b", source="vna"), story("c")
    tell(store, first, reading(first, "Communique"))
    tell(store, second, reading(second, relevant=False))
    store.record_article(None, third, NOW)
    assert [article.key for article in store.articles(relevant=True)] == [first.key]
    assert [article.key for article in store.articles(stage="none")] == [second.key]
    assert [article.key for article in store.articles(source="vna")] == [second.key, first.key]


def test_an_article_that_could_not_be_read_waits_or_is_set_aside(store: Store) -> None:
    store.record_article(None, story("a"), NOW)
    store.record_article(None, story("b"), NOW)
    store.record_read_failure(story("a").key, failure("a", retry_at=NOW + MINUTE))
    store.record_read_failure(story("b").key, failure("b", reason=Reason.READ_FAILED))
    assert store.unread_articles(now=NOW) == []
    assert [article.key for article in store.unread_articles(now=NOW + MINUTE)] == [story("a").key]
    assert store.reopen_articles("rules-2") == 1
    assert len(store.unread_articles(now=NOW + MINUTE)) == 2


def test_new_rules_open_what_other_rules_have_read(store: Store) -> None:
    old, new = story("old"), story("new")
    tell(store, old, reading(old, ruleset="rules-1"))
    tell(store, new, reading(new, ruleset="rules-2"))
    assert store.reopen_articles("rules-2") == 1
    assert [article.key for article in store.unread_articles()] == [old.key]
    assert store.reopen_articles("rules-2") == 0


# the register


def test_a_reading_makes_an_outcome_an_alert_and_a_delivery_to_each_target(store: Store) -> None:
    article = story()
    said = reading(article, "Joint Communique")
    changes, alert = tell(store, article, said, targets=["chat", "mail", "chat"])
    assert alert
    assert (alert.article, alert.headline, alert.created_at) == (article.key, article.title, NOW)
    [item] = alert.news
    assert (item.outcome, item.status, item.previous_status, item.meeting) == (key_of("Joint Communique"), "done", None, AMM.name)
    assert item.sentence == article.text
    assert item.evidence in item.sentence
    assert [outcome.alerted_at for outcome in changes.outcomes] == [NOW]
    assert store.reading(article.key) == said
    assert store.unread_articles() == []
    found = store.alert(alert.key)
    assert found
    assert found[0] == alert
    assert [(delivery.target, delivery.state, delivery.next_attempt_at) for delivery in found[1]] == [
        ("chat", DeliveryState.PENDING, NOW),
        ("mail", DeliveryState.PENDING, NOW),
    ]
    assert store.alerts() == [found]
    assert kinds(store.events()) == [EventKind.OUTCOME_NEW, EventKind.ALERT_MADE]
    assert [event.sequence for event in changes.events] == [event.sequence for event in store.events()]
    record = store.outcome(key_of("Joint Communique"))
    resolved = [replace(one, reported=replace(one.reported, origin=VNA.publisher)) for one in changes.resolved]
    assert record == (changes.outcomes[0], resolved, store.events(subject=key_of("Joint Communique")))


def test_the_same_text_read_again_by_the_same_rules_changes_nothing(store: Store) -> None:
    article = story()
    said = reading(article, "Joint Communique")
    tell(store, article, said)
    before = store.counts()
    for _ in range(2):
        assert tell(store, article, said, now=NOW + DAY) == (Changes(), None)
    assert store.counts() == before


def test_other_rules_read_the_same_text_and_corroborate_nothing(store: Store) -> None:
    article = story()
    tell(store, article, reading(article, "Joint Communique"))
    changes, alert = tell(store, article, reading(article, "Joint Communique", "Plan of Action", ruleset="rules-2"))
    assert alert
    assert [item.title for item in alert.news] == ["Plan of Action"]
    found = store.outcome(key_of("Joint Communique"))
    assert found
    outcome, sightings, history = found
    assert outcome.articles == 1
    assert len(sightings) == 1, "only the reading that stands"
    assert kinds(history) == [EventKind.OUTCOME_NEW]
    assert kinds(list(changes.events)) == [EventKind.OUTCOME_NEW, EventKind.ALERT_MADE]
    changes, alert = tell(store, article, reading(article, "Joint Communique"))
    assert (changes.outcomes, alert) == ((), None)
    again = store.reading(article.key)
    assert again
    assert again.ruleset == "rules-1", "the rules were taken back: their reading stands again"


def test_each_article_corroborates_and_only_the_first_alerts(store: Store) -> None:
    for number, name in enumerate("abc"):
        article = story(name)
        _, alert = tell(store, article, reading(article, "Joint Communique"), now=NOW + number * MINUTE)
        assert bool(alert) is (number == 0)
    found = store.outcome(key_of("Joint Communique"))
    assert found
    outcome, sightings, history = found
    assert (outcome.articles, outcome.alerted_at, outcome.last_seen) == (3, NOW, NOW + 2 * MINUTE)
    assert [resolved.reported.article for resolved in sightings] == [story(name).key for name in "abc"]
    assert kinds(history) == [EventKind.OUTCOME_NEW, EventKind.OUTCOME_CORROBORATED, EventKind.OUTCOME_CORROBORATED]


def test_an_outcome_alerts_when_it_is_done_not_when_it_is_planned(store: Store) -> None:
    preview, result = story("preview"), story("result")
    assert tell(store, preview, reading(preview, "Joint Communique", status=Status.PLANNED))[1] is None
    _, alert = tell(store, result, reading(result, "Joint Communique"))
    assert alert
    assert [(item.previous_status, item.status) for item in alert.news] == [("planned", "done")]


def test_whatever_is_decided_an_outcome_alerts_once_for_a_status(store: Store) -> None:
    first, second = story("a"), story("b")
    tell(store, first, reading(first, "Joint Communique"))
    store.record_article(None, second, NOW)
    said = reading(second, "Joint Communique", "Plan of Action")
    forgetful = desk(second, said)
    changes, alert = store.record_reading(second, said, blocks(said), lambda known, earlier: forgetful((), earlier), ["desk"], NOW + MINUTE)
    assert alert
    assert [item.title for item in alert.news] == ["Plan of Action"]
    assert [news.outcome for news in changes.news] == [key_of("Plan of Action")]
    [suppressed] = [event for event in store.events() if event.kind is EventKind.ALERT_SUPPRESSED]
    assert suppressed.subject == key_of("Joint Communique")
    assert suppressed.detail.startswith("already told in alert")
    kept = store.outcome(key_of("Joint Communique"))
    assert kept
    assert kept[0].alerted_at == NOW


def test_a_record_that_the_blocks_did_not_find_is_shown_before_it_is_overwritten(store: Store) -> None:
    first, second = story("a"), story("b")
    tell(store, first, reading(first, "Joint Communique"))
    store.record_article(None, second, NOW)
    said = reading(second, "Joint Communique")
    changes, alert = store.record_reading(second, said, ["block:nobody"], desk(second, said), ["desk"], NOW + MINUTE)
    assert alert is None
    assert kinds(list(changes.events)) == [EventKind.OUTCOME_CORROBORATED]
    assert changes.outcomes[0].first_seen == NOW


def test_with_no_target_the_alert_is_made_all_the_same(store: Store) -> None:
    article = story()
    _, alert = tell(store, article, reading(article, "Joint Communique"), targets=[])
    assert alert
    assert store.alerts() == [(alert, [])]
    assert store.claim_delivery("me", NOW, 60) is None


def test_history_alerts_nobody(store: Store) -> None:
    article = story()
    changes, alert = tell(store, article, replace(reading(article, "Joint Communique"), alert=False))
    assert alert is None
    assert changes.outcomes[0].alerted_at is None
    assert store.alerts() == []


def test_a_reading_of_a_text_that_was_replaced_meanwhile_changes_nothing(store: Store) -> None:
    old = story(text="The ministers will adopt it.")
    store.record_article(None, old, NOW)
    store.record_article(None, replace(old, text="The ministers adopted it."), NOW)
    said = reading(old, "Joint Communique")
    assert store.record_reading(old, said, blocks(said), desk(old, said), ["desk"], NOW) == (Changes(), None)
    assert [article.revision for article in store.unread_articles()] == [2]
    assert store.outcomes() == []


def test_an_article_that_was_never_recorded_cannot_be_read(store: Store) -> None:
    with pytest.raises(StoreError, match="never recorded") as refused:
        store.record_reading(story(), reading(story()), [], lambda known, earlier: Changes(), [], NOW)
    assert refused.value.subject == story().key


def test_a_decision_that_fails_leaves_nothing_and_the_article_unread(store: Store) -> None:
    def undecided(known: object, earlier: object) -> Changes:
        raise ZeroDivisionError

    store.record_article(None, story(), NOW)
    with pytest.raises(ZeroDivisionError):
        store.record_reading(story(), reading(story(), "Joint Communique"), [], undecided, ["desk"], NOW)
    assert store.unread_articles()
    assert store.reading(story().key) is None


def test_outcomes_are_found_by_status_type_and_meeting(store: Store) -> None:
    done, planned = story("done"), story("planned")
    tell(store, done, reading(done, "Joint Communique"))
    tell(store, planned, reading(planned, "Plan of Action", status=Status.PLANNED), now=NOW + MINUTE)
    assert [outcome.title for outcome in store.outcomes()] == ["Plan of Action", "Joint Communique"]
    assert [outcome.title for outcome in store.outcomes(status="done")] == ["Joint Communique"]
    assert len(store.outcomes(type="document", meeting="AMM-59")) == 2
    assert store.outcomes(meeting="AMM-58") == []
    assert store.outcomes(type="funding") == []
    assert len(store.outcomes(limit=1)) == 1


def test_two_records_that_turn_out_to_be_one_are_one_for_good(store: Store) -> None:
    first, second, third = story("a"), story("b"), story("c")
    tell(store, first, reading(first, "Statement"))
    tell(store, second, reading(second, "Declaration"), now=NOW + MINUTE)
    kept, gone = key_of("Statement"), key_of("Declaration")
    said = reading(third, "Statement")

    def merging(known: Sequence[Outcome], earlier: Earlier) -> Changes:
        changes = desk(third, said, NOW + 2 * MINUTE)(known, earlier)
        joined = Event(kind=EventKind.OUTCOME_MERGED, subject=gone, at=NOW, after=kept)
        return replace(changes, merged=((gone, kept),), events=(*changes.events, joined))

    store.record_article(None, third, NOW)
    changes, alert = store.record_reading(third, said, blocks(said), merging, ["desk"], NOW + 2 * MINUTE)
    assert alert is None
    assert [outcome.key for outcome in store.outcomes()] == [kept]
    assert changes.outcomes[0].articles == 3
    found = store.outcome(gone)
    assert found
    assert found[0].key == kept, "the old key leads to the record"
    assert [resolved.reported.article for resolved in found[1]] == [first.key, second.key, third.key]

    fourth = story("d")
    told = reading(fourth, "Declaration")
    store.record_article(None, fourth, NOW)
    seen: list[list[str]] = []

    def watching(known: Sequence[Outcome], earlier: Earlier) -> Changes:
        seen.append([outcome.key for outcome in known])
        return Changes()

    store.record_reading(fourth, told, blocks(told), watching, ["desk"], NOW + DAY)
    assert seen == [[kept]], "what the record that is gone was found by finds the other"

    fifth = story("e")
    told = reading(fifth, "Declaration")
    tell(store, fifth, told)
    born_again = store.outcome(gone)
    assert born_again
    assert born_again[0].key == gone, "a key that is given out anew is a record of its own"


def test_an_alert_that_is_made_again_has_the_same_key(store: Store) -> None:
    article = story()
    said = reading(article, "b", "a")
    changes, alert = tell(store, article, said)
    assert alert
    again = make_alert(article, said, replace(changes, news=tuple(reversed(changes.news))), NOW + DAY)
    assert again
    assert again.key == alert.key


def test_an_alert_names_who_reported_it_before(store: Store) -> None:
    """The nearest to the deed first; its own publisher and later readings of its own text are no others."""
    first, second, own = story("a", publisher="The Courier"), story("b", publisher="The Post"), story("c", publisher="VNA")
    for article in (first, second, own):
        assert tell(store, article, reading(article, "Declaration", status=Status.PLANNED))[1] is None
    article = story("d", publisher="VNA")
    _, alert = tell(store, article, reading(article, "Declaration"))
    assert alert
    assert alert.news[0].others == ("The Courier", "The Post")
    assert [made.news[0].others for made, _ in store.alerts()] == [("The Courier", "The Post")]


REFUSED = [
    "INSERT INTO alert_outcome (outcome_key, status, alert_key) SELECT outcome_key, status, alert_key FROM alert_outcome",
    "INSERT INTO delivery (key, alert_key, target, state, attempt, reason, repeat, created_at) "
    "SELECT 'another', alert_key, target, state, attempt, reason, repeat, created_at FROM delivery",
    "UPDATE delivery SET state = 'lost'",
    "UPDATE outcome SET status = 'rumoured'",
    "UPDATE entry SET handle = 'same'",
    "UPDATE entry_alias SET handle = 'same'",
    "UPDATE article SET handle = 'same'",
    "UPDATE reading SET current = true",
    "UPDATE sighting SET position = 0",
    "DELETE FROM outcome",
    "DELETE FROM source",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_itself_refuses_what_must_never_be(store: Store, statement: str) -> None:
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(entry("a"), entry("b")))
    first, second = story("a"), story("b")
    tell(store, first, reading(first, "Joint Communique", "Plan of Action"))
    tell(store, first, reading(first, "Joint Communique", "Plan of Action", ruleset="rules-2"))
    tell(store, second, reading(second, "Joint Communique"))
    before = store.counts()
    with pytest.raises(StoreError, match=r"(?i)constraint"), store._writing() as tx:
        tx.execute(text(statement))
    assert store.counts() == before


# events, notes, reports


def test_events_are_numbered_in_order_and_read_from_where_one_stopped(store: Store) -> None:
    assert store.last_event() == 0
    first = store.append_events([Event(kind=EventKind.SOURCE_FAILING, subject=name, at=NOW) for name in "ab"])
    second = store.append_events([Event(kind=EventKind.SOURCE_RECOVERED, subject="a", at=NOW, before="dns_failed", detail="answers again")])
    assert store.events() == [*first, *second]
    assert store.events(after=first[0].sequence, limit=1) == [first[1]]
    assert store.events(subject="a") == [first[0], second[0]]
    assert store.last_event() == second[0].sequence
    assert store.append_events([]) == ()


def test_times_come_back_aware_and_in_utc(store: Store) -> None:
    in_hanoi = datetime(2026, 7, 11, 16, 0, 0, 123456, tzinfo=HANOI)
    store.record_article(None, story(published=in_hanoi), NOW)
    stored = store.article(story().key)
    assert stored
    assert stored.published == in_hanoi
    assert stored.published.tzinfo is UTC
    store.sync_sources([VNA], NOW)
    store.record_poll(poll(at=in_hanoi))
    [(_, polling)] = store.sources()
    assert polling.next_poll_at == in_hanoi + 15 * MINUTE
    assert polling.next_poll_at.tzinfo is UTC
    assert store.due_sources(in_hanoi.astimezone(UTC) + 15 * MINUTE) != []
    assert store.due_sources(in_hanoi + 14 * MINUTE) == []


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="a time without a zone"):
        store.record_article(None, story(published=datetime(2026, 7, 11)), NOW)


def test_notes_are_kept_and_replaced(store: Store) -> None:
    assert store.remembered("heartbeat") is None
    store.remember("heartbeat", "09:00")
    store.remember("heartbeat", "09:01")
    assert store.remembered("heartbeat") == "09:01"


def test_every_row_is_counted_once_and_every_state_is_listed(store: Store) -> None:
    store.sync_sources([VNA, BERNAMA, replace(VNA, id="failing"), replace(VNA, id="silent"), replace(VNA, id="old")], NOW)
    store.record_poll(poll(entry("a"), entry("b")))
    store.record_poll(
        Poll(source="failing", at=NOW, polling=Polling(last_poll_at=NOW, failures=1, reason=Reason.DNS_FAILED), outcome="failed")
    )
    store.sync_sources([VNA, BERNAMA, replace(VNA, id="failing"), replace(VNA, id="silent")], NOW)
    store.record_article(entry("a"), story(), NOW)
    store.record_failure(entry("b"), failure("b"))
    tell(store, story(), reading(story(), "Joint Communique"), targets=["chat", "mail"])
    claimed = store.claim_delivery("me", NOW, 60)
    assert claimed
    store.record_receipt(claimed[0], ACCEPTED, SENT, NOW)
    assert store.counts() == {
        "sources": {"ok": 1, "failing": 1, "new": 1, "disabled": 1, "dropped": 1},
        "entries": {"new": 0, "waiting": 0, "done": 1, "failed": 1},
        "articles": {"unread": 0, "read": 1, "failed": 0},
        "readings": {"relevant": 1, "other": 0},
        "outcomes": {"planned": 0, "done": 1, "failed": 0},
        "sightings": {"applied": 1, "held": 0},
        "reviews": {"all": 0},
        "alerts": {"all": 1},
        "deliveries": {"pending": 1, "sending": 0, "sent": 1, "retry": 0, "unknown": 0, "dead": 0, "suppressed": 0},
        "events": {"all": 2},
        "failures": {"all": 1},
    }


def test_the_store_says_where_it_is_and_that_it_is_sound(store: Store) -> None:
    storage = store.storage()
    assert set(storage) == {"kind", "where", "version", "journal", "schema", "bytes"}
    assert storage["kind"] in ("sqlite", "postgresql")
    assert isinstance(storage["bytes"], int)
    assert storage["bytes"] > 0
    assert store.check() == []
