"""More ways to word an outcome, by the construction that carries it: relative clauses, idioms, titles, denials."""

import pytest
from reading import MEETING, read, results

DONE = {
    "document": [
        "The Work Plan on Disaster Risk, which the ministers agreed upon at the end of two days of talks, names scams first.",
        "The ASEAN Tourism Masterplan 2030 received ministerial approval.",
        "The ASEAN Tourism Masterplan 2030 got ministerial endorsement.",
        "Agreement was reached on amending the terms of reference of the ASEAN ICT Fund.",
        "No fewer than 30 documents got through at the meeting.",
        "A statement on the border went through without debate.",
        "The chair put out a statement in which the ministers condemned the attack.",
        "A joint statement was read out at the close.",
        "The ministers agreed a joint communique late at night.",
        "Late at night a joint communique was hammered out.",
        "Ministers rallied behind a declaration on submarine cables.",
        "A declaration on submarine cables has been adopted, the chair told reporters.",
        "The ministers' approval of a new work plan on labour closes the day.",
        "With the adoption of the Cebu Declaration, the ministers closed the day.",
        "The highlight was the adoption by the ministers of the Cebu Declaration on Oceans.",
        "The ministers agreed on the Cebu Declaration on Oceans, which they signed at noon.",
        "The framework that the ministers approved on Friday sets out ten steps.",
        "The key paper was a work plan on haze which the ministers adopted in the afternoon.",
        "The ministers also gave a thumbs-up to the Work Plan on Tourism 2026-2030.",
        "Ministers from the ten countries have adopted a regional plan against haze, Malaysia's minister said.",
        "Officials said the foreign ministers had adopted the joint communique on Friday night.",
        "The bloc adopted guidelines on the use of AI in schools.",
        "Endorsed at the meeting was the ASEAN Strategy on Carbon Neutrality.",
        "Among the documents endorsed was the ASEAN Strategy on Carbon Neutrality.",
        "The meeting culminated in the adoption of the Penang Declaration.",
        "In their joint statement, the ministers expressed concern over the tests.",
        "The ministers concluded their talks by issuing a statement on Gaza.",
        "The meeting adopted the Chair's Statement, which condemns the attack.",
        "After a marathon session the 47 paragraphs of the joint communique were finally approved.",
        "The ministers greenlit the ASEAN Digital Skills Plan.",
        "The plan got the go-ahead.",
        "Endorsed, too, by the ministers: the ASEAN Strategy on Carbon Neutrality.",
        "The documents adopted at the meeting are the Hanoi Declaration on Oceans and the Work Plan on Tourism.",
        "At their meeting the ministers extended the work plan by two years.",
        "The ministers approved a $5 million plan on haze.",
    ],
    "decision": [
        "Turning to the chair's programme, the ministers gave their endorsement to its six priority deliverables.",
        "The meeting reached an agreement on the monitoring of fisheries in the Gulf.",
        "Agreement was reached on the inspection of cargo at borders.",
        "The meeting agreed on a set of recommendations to the leaders.",
        "The ministers agreed on a package of measures on haze.",
        "Leaders of the two sides will from now on meet every year, the co-chairs said.",
        "The defence forum will henceforth be held annually, the ministers decided.",
        "The ministers decided to extend the mandate of the special envoy by a year.",
        "ASEAN ministers agreed to bar Myanmar's military chief from the summit.",
        "The ministers tasked senior officials with drafting a framework on migrant workers.",
        "A decision reached by the ministers last night that the fund would be doubled was made public today.",
        "The mandate of the task force was renewed.",
        "The ministers renewed the mandate of the ASEAN Institute for Peace for five years.",
        "Sri Lanka's application to join the ARF was endorsed by the ministers.",
        "The foreign ministers settled on Kuala Lumpur as the seat of the new centre.",
        "The ministers extended an invitation to Timor-Leste to attend all meetings as an observer.",
        "The ministers lifted the ban on Myanmar's political representatives at their meetings.",
        "ASEAN's ministers gave themselves until 2026 to finish the code.",
    ],
    "partnership": [
        "The foreign ministers of ASEAN and New Zealand declared themselves comprehensive strategic partners.",
        "The step up to a strategic partnership with Canada was formalised at the meeting.",
        "ASEAN conferred sectoral dialogue partner status on Morocco.",
        "The ministers agreed to grant Turkey the status of dialogue partner.",
        "Relations between ASEAN and New Zealand were elevated to a comprehensive strategic partnership.",
    ],
    "agreement": [
        "The week ended with ASEAN and Japan signing a customs agreement.",
        "The ministers looked on as ASEAN and Japan signed a customs agreement.",
        "The pact on customs was inked by the economic ministers in the afternoon.",
        "ASEAN and India put their signatures to a revised goods agreement.",
        "Ministers from the 15 countries signed the Regional Comprehensive Economic Partnership agreement.",
        "A deal on customs was struck between ASEAN and Japan.",
    ],
    "mechanism": [
        "The ministers launched Southeast Asia Green Steps, a programme for schools.",
        "The ministers agreed to establish an ASEAN centre for cyber security in Singapore.",
        "An ASEAN fund for disaster victims was set up by the ministers.",
        "The ASEAN Centre for Climate Change was inaugurated by the ministers on Friday.",
        "A task force on scam centres was given the green light by the ministers.",
        "The ministers named Mr Tan their special envoy on Myanmar.",
        "Mr Tan was named special envoy by the ministers.",
    ],
    "funding": [
        "The minister said that Japan is giving a further $5 million to the ASEAN Centre for health.",
        "Japan is providing an additional 300 million yen to the AHA Centre, he announced.",
        "The EU pledged €20 million to help Southeast Asia get ready for floods.",
        "Japan pledged $100 million to the ASEAN fund for health emergencies.",
        "Japan said it would provide $3 million for the centre.",
        "The ministers approved USD5 million for the disaster fund.",
        "South Korea will double its contribution to the cooperation fund to $32 million, its minister told the meeting.",
    ],
    "coordination": [
        "With the end of the meeting, Laos took over from Brunei as country coordinator for ASEAN-India relations.",
        "The Philippines took over the ASEAN chairmanship from Malaysia.",
    ],
    "accession": [
        "Uruguay formally acceded to the Treaty of Amity and Cooperation in Southeast Asia on Friday.",
        "Algeria became the 54th party to the TAC after its foreign minister signed the instrument of accession.",
        "A signing ceremony for the accession of Uruguay to the TAC was held on the sidelines.",
    ],
    "negotiation": [
        "Negotiations on the digital economy pact have been substantially concluded, the ministers announced.",
        "ASEAN and Canada agreed to begin negotiations on a free trade agreement.",
        "Negotiations on the upgrade of the trade in goods agreement were substantially concluded.",
        "ASEAN and China agreed in principle on the upgrade of the free trade area.",
    ],
    "membership": [
        "Timor-Leste was admitted into the association.",
    ],
}
PLANNED = {
    "partnership": [
        "Turkey has asked to become a dialogue partner of ASEAN.",
        "Turkey has applied for the status of dialogue partner of ASEAN.",
    ],
    "accession": [
        "Two countries of Latin America have said that they would like to accede to the TAC.",
        "A handful of countries will use the week to accede to the Treaty of Amity and Cooperation in Southeast Asia (TAC).",
        "Uruguay will sign the instrument of accession to the TAC on Friday.",
        "Iraq has applied to accede to the Treaty of Amity and Cooperation.",
    ],
    "document": [
        "The plan of action is slated for adoption next year.",
        "About 70 documents will be laid before the leaders for adoption in October.",
        "The ministers are expected to adopt a joint communique.",
        "A joint statement will be issued after the meeting.",
        "The joint communique, which is to be adopted on Friday, has 90 paragraphs.",
        "In the pipeline is a framework on the digital economy.",
        "A joint statement is being drafted.",
        "No fewer than three joint statements are being drafted.",
    ],
    "agreement": [
        "A treaty on haze, to be signed in October, was discussed.",
    ],
    "negotiation": [
        "Substantial conclusion of the digital talks is planned for October.",
    ],
}
FAILED = {
    "agreement": [
        "The ministers decided to put off the signing of the protocol.",
        "The signing of the customs agreement was called off.",
    ],
    "document": [
        "The ministers decided to postpone the adoption of the framework.",
        "The ministers failed to issue a joint communique.",
        "For the first time the meeting ended without a joint communique.",
        "The declaration on the South China Sea had to be shelved.",
        "No declaration came out of the talks.",
    ],
    "partnership": [
        "The ministers turned down a request from Turkey for dialogue partner status.",
    ],
}
NOTHING = [
    "The meeting agreed on the agenda of the next session.",
    "Senior officials agreed on the agenda and combed through the papers.",
    "The work plan, which leaders adopted in 2019, was discussed.",
    "The ministers called for the full implementation of the Five-Point Consensus.",
    "Last year, the ministers adopted the Vientiane Declaration.",
    "The ministers recalled the adoption of the ASEAN Outlook on the Indo-Pacific in 2019.",
    "The ministers welcomed progress in the negotiations on a code of conduct.",
    "They urged all parties to sign the agreement.",
    "The ministers marked the 50th anniversary of the signing of the treaty.",
    "Thailand and Cambodia signed a bilateral agreement on border trade.",
    "The Philippine cabinet approved the agreement on Monday.",
    "No joint statement is planned.",
    "As is the custom at retreats, no communique was issued.",
    "Laos has put its name to a proposal on dams.",
    "BRICS leaders adopted a joint declaration in Kazan.",
    "Two ministers and their Thai colleague signed a note on trade.",
    "The ministers turned their backs on the declaration.",
]

DOCUMENTS = [
    "Joint Communiqué of the 60th ASEAN Foreign Ministers' Meeting (excerpts)",
    "ASEAN Foreign Ministers' Statement on the Situation at Sea",
    "Press Statement by the Chair of the ASEAN Foreign Ministers' Retreat",
]
HEADLINES = [
    "Statement by Foreign Minister Lim at the 60th ASEAN Foreign Ministers' Meeting",
    "ASEAN Foreign Ministers Discuss Joint Communique",
    "Joint Statement on Trade expected today at ASEAN meeting",
]
PARAGRAPHS = (
    "1. The Foreign Ministers of ASEAN met in Jakarta under the chairmanship of Indonesia.\n\n"
    "2. The Meeting exchanged views on the situation and expressed concern at the violence."
)


@pytest.mark.parametrize(
    ("status", "type_", "sentence"),
    [
        (status, kind, sentence)
        for status, table in (("done", DONE), ("planned", PLANNED), ("failed", FAILED))
        for kind, sentences in table.items()
        for sentence in sentences
    ],
)
def test_an_outcome_is_read_with_its_type_and_status(status: str, type_: str, sentence: str) -> None:
    assert results(sentence) == {(type_, status)}


@pytest.mark.parametrize("sentence", NOTHING)
def test_no_outcome_is_read_where_nothing_was_decided(sentence: str) -> None:
    assert results(sentence) == set()


@pytest.mark.parametrize("title", DOCUMENTS)
def test_a_title_that_names_a_document_of_ministers_is_that_document(title: str) -> None:
    reading = read(PARAGRAPHS, title)
    assert [(s.type.value, s.status.value, s.evidence.span.field) for s in reading.sightings] == [("document", "done", "title")]


@pytest.mark.parametrize("title", HEADLINES)
def test_a_speech_or_headline_about_a_document_is_not_the_document(title: str) -> None:
    assert not [s for s in read(PARAGRAPHS, title).sightings if s.status.value == "done"]


def test_a_meeting_that_is_only_played_is_not_about_asean() -> None:
    text = (
        "The Model ASEAN Meeting of the town's senior high schools adopted its joint communique on Saturday. "
        "Pupils in the role of foreign ministers cheered after two days of simulation."
    )
    assert not read(text, "Pupils adopt communique at mock ASEAN meeting").relevant


def test_a_result_late_in_a_story_of_something_else_makes_it_relevant() -> None:
    text = (
        "The air was cleaner on Sunday after a change of wind.\n\nClinics will charge the lower fee until further notice.\n\n"
        "Meanwhile in Brunei, the 46th ASEAN Foreign Ministers' Meeting reached an agreement on the monitoring of fires."
    )
    reading = read(text, "Air back to moderate", published="2013-07-01")
    assert reading.relevant
    assert reading.alert


def test_documents_named_one_by_one_after_their_number_are_outcomes_of_their_own() -> None:
    text = (
        f"{MEETING} The meetings adopted 42 documents. "
        "The AMM Joint Communique is among them, and so is the Hanoi Plan of Action II of the ASEAN Regional Forum."
    )
    assert [s.evidence.span.quote for s in read(text).sightings if s.status.value == "done"] == [
        "adopted 42 documents",
        "The AMM Joint Communique",
        "the Hanoi Plan of Action II of the ASEAN Regional Forum",
    ]


def test_what_others_are_asked_to_do_is_a_wish_and_what_one_asks_to_become_is_an_application() -> None:
    assert results("The exporters asked the government to conclude the review without delay.") == set()
    assert results("Turkey has asked to become a dialogue partner of ASEAN.") == {("partnership", "planned")}


def test_a_document_that_never_was_is_no_failure() -> None:
    assert results("No such declaration was ever issued.") == set()


LISTS = {
    "done": "The ministers adopted the following documents:",
    "planned": "The ministers are expected to adopt the following documents:",
}
ITEMS = "\n\n• Joint Communique of the 57th AMM\n• ASEAN-Canada Plan of Action 2026-2030\n• Hanoi Declaration on Oceans\n\n"


@pytest.mark.parametrize("status", LISTS)
def test_the_items_of_a_list_share_what_is_said_above_it(status: str) -> None:
    reading = read(f"{MEETING} {LISTS[status]}{ITEMS}The next meeting is in Manila.\n\n• ASEAN Vision 2045")
    assert [(s.status.value, s.evidence.span.quote) for s in reading.sightings] == [
        (status, "Joint Communique of the 57th AMM"),
        (status, "ASEAN-Canada Plan of Action 2026-2030"),
        (status, "Hanoi Declaration on Oceans"),
    ]


def test_a_list_without_an_act_above_it_decides_nothing() -> None:
    assert results(f"The ministers discussed the following documents:{ITEMS}") == set()


def test_words_that_a_page_glued_together_are_read_as_two() -> None:
    text = (
        "The ASEANforeign ministers met in Hanoi for the 53rd ASEAN Foreign Ministers' Meeting. No fewer than 40 papers gotthrough on "
        "the first day. The host saw the talks of the DialoguePartners through to the end, and they got home on Friday."
    )
    reading = read(text, published="2020-09-11")
    assert "glued_words" in reading.flags
    assert [(s.type.value, s.evidence.span.quote) for s in reading.sightings] == [("document", "No fewer than 40 papers gotthrough")]


def test_a_column_is_commentary_whatever_it_recalls() -> None:
    text = (
        "In my view, ASEAN cannot afford another talking shop. The question is whether the ministers who adopted the communique in July "
        "will act on it. ASEAN should spell out what it wants. It remains to be seen whether they do."
    )
    reading = read(text, "Why ASEAN must do more")
    assert (reading.stage.value, reading.alert) == ("commentary", False)


def test_the_bare_name_in_passing_does_not_make_a_text_relevant() -> None:
    text = "Shares in Bangkok rose on Monday. Traders in ASEAN markets bought banks and oil companies. The index gained two per cent."
    assert not read(text, "Stocks up").relevant


def test_what_the_meetings_results_are_about_is_a_topic() -> None:
    text = "The ministers admitted Timor-Leste to ASEAN as its eleventh member at the 58th ASEAN Foreign Ministers' Meeting."
    assert [t.code for t in read(text, "Timor-Leste in").topics] == ["membership"]


TABLES = {
    "On Friday the ten confer with the United States, Japan and Canada.": "PMC",
    "Chinese Foreign Minister Wang Yi is to see his ASEAN colleagues on Monday.": "PMC",
    "In a separate room, ASEAN and China adopted guidelines for their talks on a code of conduct.": "PMC",
    "The leaders of ASEAN and China get together in October.": "PARTNER-SUMMIT",
    "Mr Lee will take part in summits with China, Japan and India in November.": "PARTNER-SUMMIT",
}
NO_TABLES = {
    "Both ASEAN and China have pledged to work on a code of conduct.": "PMC",
    "Timor-Leste has asked to join the East Asia Summit.": "PARTNER-SUMMIT",
    "A seat at regular meetings with the economic ministers of the ten would follow.": "AEM",
}


@pytest.mark.parametrize(("sentence", "code"), TABLES.items())
def test_a_gathering_without_its_name_is_known_by_who_meets_whom(sentence: str, code: str) -> None:
    assert code in {m.meeting.type for m in read(f"{MEETING}\n\n{sentence}").meetings}


@pytest.mark.parametrize(("sentence", "code"), NO_TABLES.items())
def test_standing_bodies_and_pledges_are_no_gathering(sentence: str, code: str) -> None:
    assert code not in {m.meeting.type for m in read(f"{MEETING}\n\n{sentence}").meetings}


def test_the_foreign_ministers_of_another_body_are_not_those_of_asean() -> None:
    text = "NEW YORK - The foreign ministers of the Quad met in New York this week and voiced support for ASEAN's centrality."
    assert "AMM" not in {m.meeting.type for m in read(text, "Quad ministers meet").meetings}


def test_where_a_summit_is_held_is_no_new_member() -> None:
    sentence = "The leaders, who met in the Cambodian capital, also granted the young country the status of observer."
    assert [(s.type.value, s.parties) for s in read(f"{MEETING}\n\n{sentence}").sightings] == [("membership", ())]
