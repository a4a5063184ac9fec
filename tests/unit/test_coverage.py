"""The proof that news reaches somebody, against a list of all news that a few routes can tell apart."""

from itertools import chain, combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st
from owed import PLAN, an_alert

from core.alerts import Alert, NewsItem
from core.codes import Standing, Status
from core.coverage import CLOSED, uncovered
from core.routes import NEW, Ask, Route, takes

VALUES: dict[Ask, list[str]] = {
    Ask.LEVEL: ["ministerial", "leaders", "officials"],
    Ask.STATUS: ["done", "failed"],
    Ask.BEFORE: [NEW, "planned", "done", "failed"],
    Ask.CONFIDENCE: ["reported", "confirmed", "disputed"],
    Ask.COUNTRY: ["vn"],
    Ask.MEETING: ["amm", "amm-57"],
    Ask.TOPIC: ["trade", "myanmar"],
    Ask.PARTY: ["japan"],
}

conditions = st.dictionaries(st.sampled_from(list(VALUES)), st.just(None), max_size=3).flatmap(
    lambda chosen: st.fixed_dictionaries({ask: st.sets(st.sampled_from(VALUES[ask]), min_size=1).map(frozenset) for ask in chosen})
)
routes = st.lists(
    st.builds(lambda asks, unless: Route(name="r", targets=("desk",), asks=asks, unless=unless), conditions, conditions),
    min_size=1,
    max_size=5,
)


def subsets(values: list[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(values, size) for size in range(len(values) + 1)))


def all_news() -> list[tuple[Alert, NewsItem]]:
    """All that these routes can tell apart."""
    turns = [(status, before) for status in ("done", "failed") for before in VALUES[Ask.BEFORE] if status != before]
    meetings = [("", ""), ("AMM-57", "AMM"), ("AMM-56", "AMM"), ("ARF-30", "ARF")]
    found = []
    for level, (status, before), standing, country, (meeting, kind), topics, parties in product(
        VALUES[Ask.LEVEL], turns, VALUES[Ask.CONFIDENCE], ("VN", "LA"), meetings, subsets(VALUES[Ask.TOPIC]), subsets(["Japan"])
    ):
        item = NewsItem(
            outcome="o", type="document", status=status, previous_status=None if before == NEW else before, level=level, title="t",
            parties=parties, meeting=meeting, sentence="s", evidence="e", meeting_type=kind, standing=standing,
        )  # fmt: skip
        alert = an_alert(item)
        found.append((Alert(**{**{name: getattr(alert, name) for name in alert.__slots__}, "country": country, "topics": topics}), item))
    return found


ALL = all_news()


@settings(max_examples=120, deadline=None)
@given(routes)
def test_what_the_proof_says_is_what_a_look_at_all_news_says(routes: list[Route]) -> None:
    lost = next((item for alert, item in ALL if not any(takes(route, alert, item) for route in routes)), None)

    assert bool(uncovered(routes)) == (lost is not None)


def route(asks: dict[str, str] | None = None, unless: dict[str, str] | None = None) -> Route:
    both = [{Ask(name): frozenset(values.split(",")) for name, values in (said or {}).items()} for said in (asks, unless)]
    return Route(name="r", targets=("desk",), asks=both[0], unless=both[1])


def test_the_rest_by_one_route_is_all_that_is_needed() -> None:
    assert uncovered([route({"topic": "myanmar"}), route()]) == ""
    assert uncovered([route()]) == ""
    assert uncovered([]) == "any news at all"


def test_a_closed_set_may_be_covered_value_by_value_and_an_open_one_not() -> None:
    levels = [route({"level": level}) for level in ("ministerial", "leaders", "officials")]

    assert uncovered(levels) == ""
    assert uncovered(levels[:2]) == "level officials"
    assert uncovered([route({"country": "vn,th,id"})]) == "country any other"
    assert uncovered([route({"topic": "myanmar"}), route({"topic": "trade"})]) == "topic none of myanmar, trade"


def test_what_one_route_leaves_out_another_may_take() -> None:
    assert uncovered([route(unless={"topic": "myanmar"}), route({"topic": "myanmar"})]) == ""
    assert uncovered([route(unless={"topic": "myanmar", "level": "officials"}), route({"topic": "myanmar", "level": "leaders"})]) == (
        "level officials, topic myanmar"
    )


def test_the_turn_of_an_outcome_is_one_thing() -> None:
    assert uncovered([route({"status": "done"}), route({"before": "new,planned,done"})]) == ""
    assert uncovered([route({"status": "done"}), route({"before": "new,planned"})]) == "status failed (before: done)"


def test_what_is_foretold_is_no_news_and_wants_no_route() -> None:
    assert uncovered([route({"status": "done"}), route({"status": "failed"})]) == ""


def test_the_closed_sets_are_those_of_the_codes() -> None:
    assert set(CLOSED[Ask.CONFIDENCE]) == set(Standing) - {Standing.REJECTED}
    assert set(Status) - {Status.PLANNED} == {Status.DONE, Status.FAILED}


def test_forty_routes_are_proven_at_once() -> None:
    many = [route({"topic": f"topic-{n}", "party": f"party-{n}", "country": "vn"}, {"meeting": "amm"}) for n in range(40)]

    assert uncovered([*many, route()]) == ""
    assert uncovered(many) != ""


def test_the_alert_that_the_list_is_made_of_is_one_that_routes_can_ask() -> None:
    assert takes(route({"level": "ministerial"}), an_alert(), PLAN)
