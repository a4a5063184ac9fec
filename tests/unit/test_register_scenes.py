"""Which reports are of one outcome: scenes from the news of ASEAN's foreign ministers."""

from itertools import combinations, permutations

import pytest
from sightings import AMM_57, PMC_2024, Book, Story, book, sighting, story

from core.outcomes import EventKind
from core.readings import Meeting

ADMM_11 = Meeting(type="ADMM", ordinal=11)
AMM_55 = Meeting(type="AMM", ordinal=55, year=2022)
PMC_CHINA = Meeting(type="PMC", year=2024, partner="China")


def together(*stories: Story) -> Book:
    """The register after these stories; in every order of arrival the same, and all they report is one outcome."""
    made = book(stories)
    assert len(made.outcomes) == 1, [record.title for record in made.outcomes.values()]
    same_in_every_order(made, stories)
    return made


def apart(*stories: Story) -> Book:
    """The register after these stories; in every order of arrival the same, and each report is an outcome of its own."""
    made = book(stories)
    assert len(made.outcomes) == len(made.seats), [record.titles for record in made.outcomes.values() if len(record.titles) > 1]
    same_in_every_order(made, stories)
    return made


def same_in_every_order(made: Book, stories: tuple[Story, ...]) -> None:
    """Partition, status, titles and conflicts do not depend on what came first."""

    def seen(one: Book) -> set[tuple[object, ...]]:
        records = {seat: one.outcomes[key] for seat, key in one.seats.items()}
        return {(seat, frozenset(r.titles), r.title, r.status, r.parties, r.meeting, r.conflicts, r.facets) for seat, r in records.items()}

    for order in permutations(stories):
        other = book(order)
        assert other.partition == made.partition
        assert seen(other) == seen(made)


# Documents


def test_two_titles_of_one_document_are_one_record_with_a_visible_conflict_of_kind() -> None:
    told = story(
        "viet-nam-news", "2024-07-27", sighting("ASEAN-UK Joint Statement on Strengthening Connectivity", parties=["UK"], meeting=PMC_2024)
    )
    again = story(
        "interview",
        "2024-07-28",
        sighting("ASEAN-UK Foreign Ministers' Declaration on enhancing connectivity", parties=["UK"], meeting=AMM_57),
    )
    made = together(told, again)
    record = made.of(told)
    assert record.titles == (
        "ASEAN-UK Joint Statement on Strengthening Connectivity",
        "ASEAN-UK Foreign Ministers' Declaration on enhancing connectivity",
    )
    assert record.conflicts == ("kind: declaration / statement",)
    assert record.articles == 2
    assert made.alerts == [("viet-nam-news", record.key)]
    (why,) = made.happened(EventKind.OUTCOME_CORROBORATED)
    assert "with UK" in why
    assert "both on connect" in why


def test_two_statements_with_one_partner_on_two_subjects_stay_two() -> None:
    mines = sighting("ASEAN-China Joint Statement on Strengthening Humanitarian Mine Action Cooperation", parties=["China"])
    digital = sighting("ASEAN-China Joint Statement on the digital economy", parties=["China"])
    apart(story("a", "2024-07-27", mines), story("b", "2024-07-27", digital))
    made = apart(story("both", "2024-07-27", mines, digital))
    assert "apart by subject" in made.happened(EventKind.OUTCOME_NEW)[1]


@pytest.mark.parametrize("partner", ["China", "Brazil"])
def test_one_word_of_two_does_not_make_two_statements_one_whoever_the_partner(partner: str) -> None:
    subjects = ("Nuclear Safety", "Maritime Safety", "Food Security", "Maritime Security")
    apart(
        *(
            story(subject, "2024-07-27", sighting(f"ASEAN-{partner} Joint Statement on {subject}", parties=[partner], meeting=PMC_2024))
            for subject in subjects
        )
    )


def test_weak_words_part_nothing_where_the_partner_speaks_for_it() -> None:
    together(
        story("a", "2024-07-27", sighting("ASEAN-China Joint Statement on the digital economy", parties=["China"])),
        story("b", "2024-07-27", sighting("joint statement on digital ecosystems", parties=["China"])),
    )


def test_a_partner_whose_name_no_table_knows_is_no_subject() -> None:
    told = story("a", "2024-07-27", sighting("ASEAN-Brazil Joint Statement", parties=["Brazil"], meeting=PMC_2024))
    again = story("b", "2024-07-27", sighting("joint statement on agriculture", parties=["Brazil"], meeting=PMC_2024))
    together(told, again)


ONE_WEEK = (
    "ASEAN Leaders' Declaration on Developing Regional Electric Vehicle Ecosystem",
    "ASEAN Leaders' Declaration on Combating Trafficking in Persons Caused by the Abuse of Technology",
    "ASEAN Declaration on the Protection of Migrant Workers and Family Members in Crisis Situations",
    "ASEAN Declaration on the Placement and Protection of Migrant Fishers",
    "ASEAN Leaders' Declaration on One Health Initiative",
    "ASEAN Leaders' Statement on Digital Health",
    "ASEAN Leaders' Statement on Advancing Regional Payment Connectivity",
    "ASEAN Leaders' Statement on Cross-Border Data Flows",
    "ASEAN Leaders' Declaration on Cross-Border Crime",
    "ASEAN Leaders' Statement on Artificial Intelligence Governance",
    "ASEAN Leaders' Statement on Artificial Intelligence in Education",
    "ASEAN Declaration on Energy Security",
    "ASEAN Declaration on Food Security",
)


@pytest.mark.parametrize(("first", "second"), [*combinations(ONE_WEEK, 2)])
def test_the_documents_of_one_week_stay_as_many(first: str, second: str) -> None:
    made = book([story(title, "2024-07-27", sighting(title, meeting=AMM_57)) for title in (first, second)])
    assert len(made.outcomes) == 2


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (ONE_WEEK[0], "a declaration on electric vehicles"),
        (ONE_WEEK[1], "declaration on human trafficking"),
        (ONE_WEEK[2], "declaration to protect migrant workers in crises"),
        (ONE_WEEK[3], "declaration on migrant fishers"),
        (ONE_WEEK[9], "statement on the governance of AI"),
        ("EAS Statement on Combating Marine Plastic Debris", "statement on marine debris"),
        ("ASEAN Declaration on Early Childhood Care and Education in Southeast Asia", "declaration on early childhood education"),
    ],
)
def test_a_long_title_is_known_in_few_words(title: str, words: str) -> None:
    together(story("a", "2024-07-27", sighting(title, meeting=AMM_57)), story("b", "2024-07-28", sighting(words, meeting=AMM_57)))


def test_the_same_title_with_two_partners_stays_two() -> None:
    apart(
        story("a", "2024-07-27", sighting("Joint Statement on connectivity", parties=["UK"], meeting=PMC_2024)),
        story("b", "2024-07-27", sighting("Joint Statement on connectivity", parties=["Japan"], meeting=PMC_2024)),
    )


def test_plans_of_action_of_two_cycles_stay_two() -> None:
    apart(
        story("a", "2025-07-27", sighting("ASEAN-India Plan of Action 2021-2025", parties=["India"])),
        story("b", "2025-07-28", sighting("ASEAN-India Plan of Action for the period of 2026 to 2030", parties=["India"])),
    )


def test_a_plan_of_action_is_known_by_partner_and_cycle_however_it_is_called() -> None:
    together(
        story("a", "2024-07-26", sighting("the ASEAN-Australia Plan of Action for the 2025-2029 period", parties=["Australia"])),
        story(
            "b",
            "2024-07-27",
            sighting(
                "Plan of Action to Implement the ASEAN-Australia Comprehensive Strategic Partnership (2025–2029)", parties=["Australia"]
            ),
        ),
        story("c", "2024-07-27", sighting("a new plan of action", parties=["Australia"], meeting=PMC_2024)),
    )


def test_a_plan_and_a_statement_with_the_same_partner_stay_two() -> None:
    apart(
        story("a", "2024-07-26", sighting("plan of action", parties=["Australia"], meeting=PMC_2024)),
        story("b", "2024-07-26", sighting("joint statement", parties=["Australia"], meeting=PMC_2024)),
    )


def test_a_communique_is_one_a_meeting_whatever_it_is_called() -> None:
    together(
        story("preview", "2016-07-20", sighting("joint communique", status="planned", meeting=Meeting(type="AMM", ordinal=49))),
        story("wire", "2016-07-25", sighting("Joint communique of AMM-49", meeting=Meeting(type="PMC", year=2016))),
        story("blog", "2016-07-26", sighting("a joint statement of their 49th meeting", meeting=Meeting(type="AMM"))),
    )


def test_communiques_of_two_years_stay_two_even_when_the_old_one_is_recalled() -> None:
    apart(
        story("a", "2024-07-27", sighting("Joint Communique of the 57th AMM")),
        story("b", "2025-07-11", sighting("Joint Communique of the 58th AMM")),
        story("c", "2025-07-11", sighting("joint communique", meeting=Meeting(type="SUMMIT", ordinal=46), level="leaders")),
    )


def test_an_undated_statement_joins_no_other_year() -> None:
    apart(
        story("a", "2024-07-27", sighting("joint statement on health", parties=["Japan"])),
        story("b", "2025-07-27", sighting("joint statement on health", parties=["Japan"])),
    )


def test_a_bare_count_is_an_entry_of_its_own_beside_the_named_documents() -> None:
    apart(
        story("a", "2024-07-27", sighting("five documents", parties=["Russia"], meeting=PMC_2024)),
        story("b", "2024-07-27", sighting("statement on combating terrorism", parties=["Russia"], meeting=PMC_2024)),
        story("c", "2024-07-27", sighting("eight documents", meeting=AMM_57)),
    )


def test_a_road_map_and_the_declaration_it_carries_out_stay_two() -> None:
    apart(
        story(
            "a", "2020-09-16", sighting("roadmap of the ASEAN Declaration on Human Resources Development for the Changing World of Work")
        ),
        story("b", "2020-09-16", sighting("ASEAN Declaration on Human Resources Development for the Changing World of Work")),
    )


def test_an_unnamed_statement_with_a_partner_is_the_named_one() -> None:
    together(
        story("a", "2024-07-26", sighting("joint statement", parties=["UK"], meeting=PMC_2024)),
        story("b", "2024-07-27", sighting("ASEAN-UK Joint Statement on Strengthening Connectivity", parties=["UK"], meeting=PMC_2024)),
    )


def test_the_statement_of_a_sectoral_meeting_is_its_declaration() -> None:
    together(
        story("a", "2017-10-23", sighting("joint declaration at the 11th ASEAN Defence Ministers' Meeting", meeting=ADMM_11)),
        story("b", "2017-10-24", sighting("JointDeclaration on Partnering for Change, Engaging theWorld", meeting=ADMM_11)),
        story("c", "2017-10-24", sighting("statement of the 11th ADMM", meeting=Meeting(type="ADMM", year=2017)), language="tl"),
    )


def test_an_unnamed_statement_never_brings_two_named_ones_together() -> None:
    named = [
        story("a", "2024-07-26", sighting("Joint Statement on Mine Action", parties=["China"], meeting=PMC_CHINA)),
        story("b", "2024-07-26", sighting("Joint Statement on Public Health", parties=["China"], meeting=PMC_CHINA)),
    ]
    unnamed = story("c", "2024-07-27", sighting("joint statement", parties=["China"], meeting=PMC_CHINA))
    for order in permutations([*named, unnamed]):
        made = book(order)
        assert len(made.outcomes) == 2
        assert made.of(named[0]).key != made.of(named[1]).key
    assert "would fit" in book([*named, unnamed]).log[-1].resolved[0].why


def test_an_unnamed_statement_of_the_plenary_is_not_a_named_one() -> None:
    apart(
        story("a", "2024-07-26", sighting("joint statement", meeting=AMM_57)),
        story("b", "2024-07-26", sighting("ASEAN Foreign Ministers' Statement on the escalation of conflict in Myanmar", meeting=AMM_57)),
    )


def test_ministers_and_leaders_adopt_two_things() -> None:
    apart(
        story(
            "a",
            "2015-09-29",
            sighting("convention against trafficking in persons", type="agreement", meeting=Meeting(type="AMMTC", ordinal=10)),
        ),
        story("b", "2015-09-30", sighting("convention against trafficking in persons", type="agreement", level="leaders")),
    )


def test_health_and_defence_ministers_issue_their_own_statements_on_one_pandemic() -> None:
    apart(
        story("a", "2020-04-07", sighting("Joint Statement on COVID-19", meeting=Meeting(type="AHMM", year=2020))),
        story("b", "2020-04-10", sighting("Joint Statement on the coronavirus", meeting=Meeting(type="ADMM", year=2020))),
    )


def test_a_thing_foretold_for_the_year_is_the_one_done_in_it() -> None:
    made = together(
        story(
            "a",
            "2020-03-02",
            sighting("framework on the code of conduct", status="planned", parties=["China"]),
            stage="preview",
            alert=False,
        ),
        story("b", "2020-11-12", sighting("framework of the COC", parties=["China"])),
    )
    assert [event.before for event in made.log[-1].events] == ["planned"]


def test_a_japanese_report_of_a_known_kind_is_the_english_one() -> None:
    together(
        story("a", "2017-08-06", sighting("framework for a code of conduct in the South China Sea", parties=["China"])),
        story("b", "2017-08-06", sighting("南シナ海の行動規範の「枠組み」承認", parties=["China"]), language="ja"),
    )


def test_wordings_of_one_language_are_compared_where_no_table_knows_them() -> None:
    apart(
        story("a", "2021-06-08", sighting("ข้อตกลงด้านการศึกษา", parties=["China"]), language="th"),
        story("b", "2021-06-08", sighting("แผนงานด้านสาธารณสุข", parties=["Japan"]), language="th"),
    )


# States


def test_states_that_accede_together_are_one_record_and_single_reports_join_it() -> None:
    made = together(
        story(
            "one",
            "2025-07-09",
            sighting("Uruguay joins the TAC", type="accession", parties=["Uruguay"], meeting=Meeting(type="AMM", ordinal=58)),
        ),
        story(
            "other", "2025-07-09", sighting("Algeria signs", type="accession", parties=["Algeria"], meeting=Meeting(type="AMM", ordinal=58))
        ),
        story("both", "2025-07-10", sighting("accession of Algeria and Uruguay", type="accession", parties=["Algeria", "Uruguay"])),
    )
    assert next(iter(made.outcomes.values())).parties == ("Algeria", "Uruguay")
    (gone, kept) = made.log[-1].merged[0]
    assert gone not in made.outcomes
    assert kept in made.outcomes


def test_six_states_without_names_are_the_six_named_ones() -> None:
    together(
        story("a", "2022-08-03", sighting("Six more nations on board", type="accession", meeting=AMM_55)),
        story(
            "b",
            "2022-08-04",
            sighting("Accession of Oman and Qatar to the TAC", type="accession", parties=["Oman", "Qatar"], meeting=AMM_55),
        ),
    )


def test_who_was_expected_with_others_and_has_not_come_stays_planned() -> None:
    plan = story("a", "2023-07-12", sighting("hoped for", type="accession", status="planned", parties=["Mexico", "Panama", "Spain"]))
    panama = story("b", "2023-09-04", sighting("Panama joined the TAC", type="accession", parties=["Panama"]))
    spain = story("c", "2025-07-09", sighting("Spain joined the TAC", type="accession", parties=["Spain"]))
    made = apart(plan, panama, spain)
    assert made.of(plan).status == "planned"
    assert [article for article, _ in made.alerts] == ["b", "c"]


def test_a_planned_accession_becomes_done_with_those_who_came_along() -> None:
    made = together(
        story(
            "a", "2020-09-08", sighting("admission of Colombia and Cuba", type="accession", status="planned", parties=["Colombia", "Cuba"])
        ),
        story("b", "2020-11-10", sighting("TAC", type="accession", parties=["Colombia", "Cuba", "South Africa"])),
    )
    assert next(iter(made.outcomes.values())).status == "done"


def test_the_approval_of_an_application_and_the_signing_are_two_pieces_of_news() -> None:
    approved = story("a", "2024-10-08", sighting("Hungary's application", type="accession", parties=["Hungary"], phase="approved"))
    signed = story("b", "2025-07-09", sighting("Hungary signs the TAC", type="accession", parties=["Hungary"], phase="signed"))
    made = apart(approved, signed)
    assert len(made.alerts) == 2


def test_accessions_to_two_treaties_stay_two() -> None:
    apart(
        story("a", "2025-07-09", sighting("Treaty of Amity and Cooperation", type="accession", parties=["Chile"])),
        story("b", "2025-07-09", sighting("accession to RCEP", type="accession", parties=["Chile"])),
    )


def test_a_partnership_is_known_by_state_and_grade() -> None:
    asked = story("a", "2020-09-08", sighting("UK full dialogue partnership", type="partnership", status="planned", parties=["UK"]))
    granted = story("b", "2021-08-05", sighting("the UK became a dialogue partner", type="partnership", parties=["UK"]))
    raised = story("c", "2024-10-10", sighting("comprehensive strategic partnership", type="partnership", parties=["UK"]))
    made = book([asked, granted, raised])
    assert made.of(asked).key == made.of(granted).key != made.of(raised).key
    same_in_every_order(made, (asked, granted, raised))


def test_a_refusal_does_not_swallow_a_later_grant() -> None:
    made = apart(
        story("a", "2020-09-08", sighting("Morocco sectoral dialogue partner", type="partnership", status="failed", parties=["Morocco"])),
        story("b", "2023-07-12", sighting("Morocco sectoral dialogue partner", type="partnership", parties=["Morocco"])),
    )
    assert len(made.alerts) == 2


# Roles, mechanisms, money, talks, decisions


def test_coordinators_for_two_partners_stay_two_and_terms_part() -> None:
    apart(
        story("a", "2021-08-03", sighting("Vietnam coordinator 2021-2024", type="coordination", parties=["Vietnam", "RoK"])),
        story("b", "2021-08-03", sighting("coordinator role in the 2021-2024 period", type="coordination", parties=["Thailand", "Japan"])),
        story("c", "2024-07-26", sighting("coordinator 2024-2027", type="coordination", parties=["Vietnam", "New Zealand"])),
    )


def test_a_chair_is_handed_over_once() -> None:
    together(
        story(
            "a", "2017-10-24", sighting("chair for 2018 passed to Singapore", type="coordination", parties=["Singapore"], meeting=ADMM_11)
        ),
        story(
            "b",
            "2017-10-24",
            sighting("pagkapangulo ng ADMM para sa 2018", type="coordination", parties=["Singapore", "Philippines"], meeting=ADMM_11),
            language="tl",
        ),
    )


def test_a_fund_and_a_reserve_against_one_disease_stay_two() -> None:
    apart(
        story("a", "2020-09-12", sighting("COVID-19 ASEAN Response Fund", type="mechanism")),
        story("b", "2020-09-12", sighting("regional reserve of medical supplies for COVID-19", type="mechanism")),
    )


def test_a_mechanism_in_rough_words_is_the_named_one() -> None:
    together(
        story("a", "2020-09-12", sighting("COVID-19 ASEAN Response Fund", type="mechanism", meeting=Meeting(type="AMM", ordinal=53))),
        story(
            "b",
            "2020-09-14",
            sighting("an ASEAN Fund to handle the loss of COVID-19", type="mechanism", meeting=Meeting(type="AMM", ordinal=53)),
        ),
    )


def test_a_pledge_is_known_by_its_sum() -> None:
    together(
        story("a", "2020-08-03", sighting("USD 1 million in support for ASEAN's pandemic response", type="funding", parties=["RoK"])),
        story("b", "2020-08-04", sighting("$1,000,000", type="funding", parties=["RoK"])),
    )
    apart(
        story("a", "2020-08-03", sighting("USD 1 million for vaccines", type="funding", parties=["RoK"])),
        story("b", "2020-08-04", sighting("USD 5 million for vaccines", type="funding", parties=["RoK"])),
    )


def test_talks_that_open_and_talks_that_end_are_two() -> None:
    apart(
        story("a", "2025-05-20", sighting("free trade talks", type="negotiation", parties=["Canada"], phase="opened")),
        story("b", "2025-05-30", sighting("FTA negotiations", type="negotiation", parties=["Canada"], phase="concluded")),
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Review of the Five-Point Consensus for the October summit", "Senior officials tasked with continuity of the special envoy"),
        ("Guidelines for Timor-Leste's integration", "ASEAN Secretariat to assess the applications"),
    ],
)
def test_two_decisions_of_one_meeting_stay_two(first: str, second: str) -> None:
    meeting = Meeting(type="AMM", ordinal=58)
    apart(
        story("a", "2025-07-11", sighting(first, type="decision", parties=["Myanmar"], meeting=meeting)),
        story("b", "2025-07-11", sighting(second, type="decision", parties=["Myanmar"], meeting=meeting)),
    )


def test_one_decision_in_two_wordings_is_one() -> None:
    together(
        story(
            "a",
            "2017-10-23",
            sighting("the ADMM-Plus, until today a gathering every second year, is to meet annually", type="decision", meeting=ADMM_11),
        ),
        story("b", "2017-10-24", sighting("agreed that the ADMM-Plus will be held every year", type="decision", meeting=ADMM_11)),
    )
