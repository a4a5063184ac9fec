"""Who is counted as an origin, whatever order articles come in."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sightings import book, sighting, story, when

from core.codes import Standing
from core.origins import Authority, Carrier, authority, best, origins, trace
from core.outcomes import EventKind
from core.readings import Credit, Span
from core.sources import Tier

DAY = when("2024-07-27")


def carrier(article: str, credited: str = "", *, hours: int = 0, how: Authority = Authority.PRESS) -> Carrier:
    return Carrier(article=article, publisher=f"{article} Times", credited=credited, authority=how, at=DAY + timedelta(hours=hours))


def names(carriers: list[Carrier], *copies: tuple[str, str]) -> tuple[str, ...]:
    return origins(carriers, trace(carriers, copies))


def test_who_names_an_agency_carries_on_what_the_agency_found() -> None:
    assert names([carrier("a", "VNA"), carrier("b", "VNA", hours=1), carrier("c", hours=2)]) == ("VNA", "c Times")


def test_copies_are_one_origin_that_of_the_credited_one_or_else_of_the_earliest() -> None:
    a, b, c = carrier("a", hours=2), carrier("b", hours=1), carrier("c", "AFP", hours=3)
    assert names([a, b], ("a", "b")) == ("b Times",)
    assert names([a, b, c], ("a", "b"), ("b", "c")) == ("AFP",)
    traces = trace([a, b, c], [("a", "b"), ("c", "b")])
    assert {one: traced.copies for one, traced in traces.items()} == {"a": "c", "b": "c", "c": ""}


def test_an_official_text_is_the_origin_of_its_copies_even_when_they_came_first() -> None:
    text = carrier("ministry", hours=5, how=Authority.OFFICIAL)
    assert names([carrier("a", "VNA"), text], ("a", "ministry")) == ("ministry Times",)


def test_an_earlier_original_that_comes_late_takes_its_place() -> None:
    copy, other = carrier("copy", hours=3), carrier("other", hours=4)
    assert names([copy, other], ("copy", "other")) == ("copy Times",)
    assert names([copy, other, carrier("original", hours=1)], ("copy", "other"), ("original", "other")) == ("original Times",)


def test_without_a_publisher_an_article_is_its_own_origin() -> None:
    assert names([Carrier(article="x", publisher="", credited="", authority=Authority.PRESS, at=DAY)]) == ("x",)


carriers = st.lists(
    st.builds(
        carrier, st.sampled_from("abcdef"), st.sampled_from(["", "", "VNA", "AFP"]), hours=st.integers(0, 3), how=st.sampled_from(Authority)
    ),
    min_size=1,
    unique_by=lambda one: one.article,
)


@given(carriers, st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"))), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_origins(some: list[Carrier], copies: list[tuple[str, str]], dice: object) -> None:
    shuffled, turned = list(some), [(b, a) for a, b in copies]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    dice.shuffle(turned)  # type: ignore[attr-defined]
    assert trace(shuffled, turned) == trace(some, copies)
    assert names(shuffled, *turned) == names(some, *copies)
    assert 1 <= len(names(some, *copies)) <= len(some)


# Authority

SAID = Span(field="text", start=0, end=4, quote="said")


@pytest.mark.parametrize(
    ("tier", "text", "sentence", "quoted", "expected"),
    [
        (Tier.OFFICIAL, None, None, False, Authority.OFFICIAL),
        (Tier.PRESS, None, None, True, Authority.SPOKESPERSON),
        (Tier.AGENCY, None, None, False, Authority.AGENCY),
        (Tier.PRESS, "AFP", None, False, Authority.AGENCY),
        (Tier.PRESS, "VNA", "VNA", False, Authority.AGENCY),
        (Tier.PRESS, "VNA", "Xinhua", False, Authority.REPRINT),
        (Tier.PRESS, None, "VNA", False, Authority.REPRINT),
        (Tier.AGGREGATOR, None, None, False, Authority.REPRINT),
        (Tier.THINK_TANK, None, None, False, Authority.PRESS),
    ],
)
def test_how_near_a_report_is_to_the_deed(tier: Tier, text: str | None, sentence: str | None, quoted: bool, expected: Authority) -> None:
    seen = sighting("plan of action")
    told = type(seen)(
        type=seen.type, status=seen.status, level=seen.level, title=seen.title, evidence=seen.evidence, sentence=seen.sentence,
        origin=Credit(name=sentence) if sentence else None, speaker=SAID if quoted else None,
    )  # fmt: skip
    assert authority(tier, Credit(name=text) if text else None, told) is expected


def test_the_best_of_none_is_the_least() -> None:
    assert best([]) is Authority.REPRINT
    assert best([Authority.PRESS, Authority.SPOKESPERSON]) is Authority.SPOKESPERSON


def official(key: str, day: str, **how: object) -> object:
    told = story(key, day, sighting("ASEAN Plan of Action on Haze 2025-2030", **how))  # type: ignore[arg-type]
    return type(told)(
        type(told.article)(
            **{name: getattr(told.article, name) for name in ("key", "url", "title", "text", "published")}, tier=Tier.OFFICIAL
        ),
        told.reading,
    )


PRESS = story("press", "2024-07-26", sighting("ASEAN Plan of Action on Haze 2025-2030"))


def test_an_official_text_confirms_what_ministers_did() -> None:
    made = book([PRESS, official("ministry", "2024-07-27")])  # type: ignore[list-item]
    (outcome,) = made.outcomes.values()
    assert (outcome.standing, outcome.authority) == (Standing.CONFIRMED, Authority.OFFICIAL)
    assert len(made.happened(EventKind.OUTCOME_CONFIRMED)) == 1


@pytest.mark.parametrize("how", [{"status": "planned"}, {"level": "officials"}])
def test_an_official_preview_or_a_result_of_officials_confirms_nothing(how: dict[str, object]) -> None:
    made = book([PRESS, official("ministry", "2024-07-25", **how)])  # type: ignore[list-item]
    assert {one.standing for one in made.outcomes.values()} == {Standing.REPORTED}


@given(st.permutations([PRESS, official("preview", "2024-07-25", status="planned"), official("result", "2024-07-27")]))
def test_standing_and_authority_are_the_same_for_any_order(stories: list[object]) -> None:
    (outcome,) = book(stories).outcomes.values()  # type: ignore[arg-type]
    assert (outcome.standing, outcome.authority) == (Standing.CONFIRMED, Authority.OFFICIAL)


def silent(told: object) -> object:
    return replace(told, reading=replace(told.reading, sightings=()))  # type: ignore[attr-defined,type-var]


def test_what_an_official_text_takes_back_it_does_not_confirm_any_more() -> None:
    ministry = official("ministry", "2024-07-27")
    made = book([PRESS, ministry])  # type: ignore[list-item]
    made.reads(silent(ministry), edited=True, now=when("2024-07-28"))  # type: ignore[arg-type]
    (outcome,) = made.outcomes.values()
    assert (outcome.standing, outcome.authority) == (Standing.REPORTED, Authority.PRESS)
    made.reads(ministry, edited=True, now=when("2024-07-29"))  # type: ignore[arg-type]
    (outcome,) = made.outcomes.values()
    assert (outcome.standing, outcome.authority) == (Standing.CONFIRMED, Authority.OFFICIAL)


def test_what_is_disputed_is_not_confirmed_until_the_doubt_is_gone() -> None:
    ministry, denial = official("ministry", "2024-07-27"), official("denial", "2024-07-29", status="failed")
    made = book([ministry])  # type: ignore[list-item]
    made.reads(denial)  # type: ignore[arg-type]
    assert [one.standing for one in made.outcomes.values()] == [Standing.DISPUTED]
    made.reads(silent(denial), edited=True, now=when("2024-07-30"))  # type: ignore[arg-type]
    assert [one.standing for one in made.outcomes.values()] == [Standing.CONFIRMED]
    assert [event.kind for event in made.log[-1].events][-2:] == ["outcome.restored", "outcome.confirmed"]


def test_an_official_no_does_not_confirm_what_a_paper_reports_as_done_after_it() -> None:
    made = book([official("ministry", "2024-07-25", status="failed"), PRESS])  # type: ignore[list-item]
    (outcome,) = made.outcomes.values()
    assert (outcome.standing, outcome.authority) == (Standing.REPORTED, Authority.PRESS)
