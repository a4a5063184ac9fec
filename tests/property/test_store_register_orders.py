"""Whatever order stories come in, however often, and wherever it breaks off: one record, one alert for each outcome."""

from hypothesis import given, settings
from hypothesis import strategies as st
from stores import NOW, blocks, cut_off, desk, key_of, reading, story

from core.codes import Status
from store import Store, open_store

TITLES = ("Joint Communique", "Plan of Action", "Declaration")
Telling = tuple[str, tuple[str, ...], Status, str, int]
TELLINGS = st.lists(
    st.tuples(
        st.sampled_from("abcde"),
        st.lists(st.sampled_from(TITLES), unique=True, max_size=3).map(tuple),
        st.sampled_from([Status.PLANNED, Status.DONE]),
        st.sampled_from(["rules-1", "rules-2"]),
        st.one_of(st.just(0), st.integers(1, 30)),
    ),
    max_size=12,
)


def tell_or_break_off(store: Store, telling: Telling) -> bool:
    """Whether the story was told; it breaks off before the statement of that number (0: it does not)."""
    name, titles, status, ruleset, at = telling
    article = story(name)
    said = reading(article, *titles, status=status, ruleset=ruleset)
    store.record_article(None, article, NOW)
    return not cut_off(store, at - 1, lambda: store.record_reading(article, said, blocks(said), desk(article, said), ["chat", "mail"], NOW))


@given(tellings=TELLINGS)
@settings(max_examples=40, deadline=None)
def test_each_outcome_is_one_record_and_one_alert(tellings: list[Telling]) -> None:
    with open_store("sqlite://", now=NOW) as store:
        says: dict[tuple[str, str], Telling] = {}
        read = []
        for telling in tellings:  # the same text under the same rules says the same, however often it is read
            name, titles, status, ruleset, _ = says.setdefault((telling[0], telling[3]), telling)
            if tell_or_break_off(store, (name, titles, status, ruleset, telling[4])):
                read.append((name, titles, status, ruleset, 0))
        seen = {title for _, titles, _, _, _ in read for title in titles}
        done = {title for _, titles, status, _, _ in read if status is Status.DONE for title in titles}
        assert {outcome.title for outcome in store.outcomes()} == seen
        assert {outcome.title for outcome in store.outcomes(status="done")} == done
        alerts = store.alerts()
        told = [item.outcome for alert, _ in alerts for item in alert.news]
        assert sorted(told) == sorted(key_of(title) for title in done)
        assert [len(deliveries) for _, deliveries in alerts] == [2] * len(alerts)
        assert {outcome.title: outcome.alerted_at is not None for outcome in store.outcomes()} == {title: title in done for title in seen}
        assert store.check() == []
