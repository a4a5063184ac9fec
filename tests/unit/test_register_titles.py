"""What a title says, in comparable form."""

import pytest

from core import titles


@pytest.mark.parametrize(
    ("title", "kind", "subject", "cycle"),
    [
        ("ASEAN-UK Joint Statement on Strengthening Connectivity", "statement", {"connect"}, ""),
        ("ASEAN-UK Foreign Ministers’ Declaration on enhancing connectivity", "declaration", {"connect"}, ""),
        ("came out with a joint communique on Monday", "communique", set(), ""),
        ("the ASEAN-Australia Plan of Action for the 2025–2029 period", "plan", set(), "2025-2029"),
        ("strategies of the Post-2015 Health Development Agenda for 2021 to 2025", "strategy", {"2015", "health", "develop"}, "2021-2025"),
        (
            "Statement on the 20th anniversary of Russia’s Accession to the Treaty of Amity and Cooperation",
            "statement",
            {"anniversary20", "acces", "tac"},
            "",
        ),
        ("Kuala Lumpur Declaration on Combating Transnational Crime", "declaration", {"transn", "crim"}, ""),
        ("a joint statement saying that both would deepen trade", "statement", set(), ""),
        ("forty documents", "documents", {"40"}, ""),
        ("Tuyên bố chung về COVID-19", "statement", {"ve", "covid"}, ""),
        ("nutrition targets", "", {"nutrit", "target"}, ""),
    ],
)
def test_a_document(title: str, kind: str, subject: set[str], cycle: str) -> None:
    name = titles.document(title, year=2024)
    assert (name.kind, set(name.subject), name.cycle) == (kind, subject, cycle)


def test_the_year_of_the_report_says_nothing_and_another_one_does() -> None:
    assert titles.document("declaration on trade 2024", year=2024).subject == {"trad"}
    assert titles.document("Vision Statement on the Community Vision 2045", year=2024).subject >= {"2045"}


def test_of_a_foreign_title_only_what_the_tables_know_is_compared() -> None:
    assert titles.document("Tuyên bố chung về hợp tác trong COVID-19", year=2020, foreign=True).subject == {"covid"}


def test_places_and_bodies_are_the_same_in_every_language() -> None:
    vietnamese = titles.document("Kế hoạch hành động Hà Nội của Diễn đàn Khu vực ASEAN", year=2020, foreign=True)
    english = titles.document("the Hanoi Plan of Action of the ASEAN Regional Forum", year=2020)
    assert (vietnamese.kind, vietnamese.subject) == (english.kind, english.subject) == ("plan", {"hanoi", "arf"})


def test_documents_are_counted_in_every_language() -> None:
    counted = [titles.document("42 văn kiện", year=2020, foreign=True), titles.document("42 documents", year=2020)]
    assert [(name.group, set(name.subject)) for name in counted] == [("count", {"42"})] * 2


def test_a_mechanism_is_known_by_its_noun() -> None:
    name = titles.thing("documents to establish a regional emergency medical supplies reserve", year=2020)
    assert (name.kind, set(name.subject)) == ("reserve", {"emergenc", "medic", "suppl"})


@pytest.mark.parametrize("word", ["connectivity", "connecting", "connections", "connected", "connects"])
def test_endings_do_not_tell_words_apart(word: str) -> None:
    assert titles.stem(word) == "connect"


@pytest.mark.parametrize(
    ("text", "sum_"),
    [
        ("USD 1 million in support", "1000000"),
        ("US$50 million", "50000000"),
        ("1.5 billion dollars", "1500000000"),
        ("$2,500,000", "2500000"),
        ("24 dollars", ""),
        ("20 ambulances", ""),
    ],
)
def test_a_sum_of_money(text: str, sum_: str) -> None:
    assert titles.sum_of(text) == sum_


@pytest.mark.parametrize(
    ("type_", "text", "grade"),
    [
        ("partnership", "elevated from dialogue partner to comprehensive strategic partner", "comprehensive strategic"),
        ("partnership", "dialogue partnership in areas", "sectoral"),
        ("partnership", "new partners", ""),
        ("accession", "put their names to the papers", "tac"),
        ("accession", "accession to RCEP", "rcep"),
        ("membership", "Dili obtient le statut d'observateur", "observer"),
        ("decision", "dialogue partner", ""),
    ],
)
def test_what_is_joined_or_granted(type_: str, text: str, grade: str) -> None:
    assert titles.grade(type_, text) == grade


def test_the_plainest_title_is_the_same_for_any_order() -> None:
    told = (
        "joint statement",
        "ASEAN-UK Joint Statement on Strengthening Connectivity",
        "adopted many documents such as " + "one and another " * 10,
    )
    assert titles.best(told) == titles.best(told[::-1]) == told[1]
