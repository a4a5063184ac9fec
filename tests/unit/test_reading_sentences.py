"""How outcomes are worded: one sentence each, told from a meeting that has taken place."""

import pytest
from reading import MEETING, read, results

DONE = {
    "document": [
        "The ministers adopted the Joint Communique of the 57th AMM.",
        "ASEAN foreign ministers on Thursday issued a joint communique expressing concern about land reclamation.",
        "Ten defence ministers put their names to a joint declaration.",
        "The ministers gave the nod to a framework for a code of conduct in the South China Sea.",
        "A five-year work plan of the commission won their approval.",
        "The meeting ended with the release of a Chair's Statement.",
        "In a joint communique released after their meeting, the ministers urged restraint.",
        "The joint communique said ministers were deeply concerned over the escalation of the conflict.",
        "The 58th Meeting of ASEAN Foreign Ministers saw the adoption of the Hanoi Declaration on Climate.",
        "The ASEAN-EU Joint Statement on the 40th Anniversary of Dialogue Relations saw the light of day at the conference.",
    ],
    "agreement": ["ASEAN and China signed a memorandum of understanding on disaster management on the sidelines of the meeting."],
    "accession": [
        "Denmark, Greece and Oman put their names to instruments of accession to the Treaty of Amity and Cooperation.",
        "The programme also took in the formal inclusion of Algeria and Uruguay as signatories to the Treaty of Amity and Cooperation.",
        "The ministers signed the papers under which Chile and Egypt become parties to the Treaty of Amity and Cooperation (TAC).",
    ],
    "partnership": [
        "Turkey was granted the status of sectoral dialogue partner of ASEAN at the meeting.",
        "The foreign ministers agreed with France and Italy to become ASEAN's development partners.",
    ],
    "mechanism": [
        "Ministers approved the establishment of the ASEAN Coordinating Centre for Animal Health.",
        "A network linking the expert centres of Russia and the ten countries has also been called into being.",
        "Also launched at the event was the ASEAN Technical Training Council.",
    ],
    "funding": ["Japan announced a grant of US$30 million to the ASEAN Centre for Public Health Emergencies."],
    "negotiation": ["ASEAN and Canada have substantially concluded negotiations on their free trade agreement, the ministers announced."],
    "coordination": ["Malaysia handed over the ASEAN chairmanship to the Philippines at the closing ceremony."],
    "decision": [
        "The ministers agreed to bar Myanmar's junta chief from the upcoming summit.",
        "Hungary's application to accede to the Treaty was given the green light by the ministers.",
        "The ASEAN Secretariat was instructed to carry out an assessment of the applications received from Poland and Romania.",
        "The ADMM-Plus is to meet annually from now on, the ministers decided.",
    ],
}
PLANNED = {
    "document": [
        "The 57th AMM is expected to adopt a joint communique.",
        "A joint communique is due to be released when it ends.",
        "It is planned that the ministers endorse a road map based on the recommendations of the experts.",
        "Participants will attend 20 meetings, and 40 documents adopted, including the AMM-57 Joint Communique.",
    ],
    "accession": ["Luxembourg is set to sign the Instrument of Accession to the Treaty of Amity and Cooperation at the next Summit."],
    "partnership": ["Recently, the UK proposed establishing full dialogue partnership with the grouping."],
}
NOTHING = [
    "The ASEAN Outlook on the Indo-Pacific was adopted at the 34th ASEAN Summit in 2019.",
    "The ministers reaffirmed their commitment to the Declaration on the Conduct of Parties adopted in 2002.",
    "The ministers agreed to continue strengthening cooperation in all fields.",
    "They urged the parties to conclude an agreement and called for the establishment of a fund.",
    "Thailand's cabinet approved the draft joint communique on Tuesday.",
    "Vietnam and Laos signed a cooperation agreement on border trade in Hanoi.",
    "Ministers discussed several issues, including the recovery plan.",
    "A statement on the South China Sea is unlikely to come out of the forum.",
    "Four years ago the same quarrel left the group with no communique at all.",
]
FAILED = [
    "The meeting ended without a joint statement after members failed to agree on the South China Sea.",
    "The ministers failed to reach consensus on the wording of a joint communique.",
    "The minister regretted that the joint communique could not be put out.",
]


@pytest.mark.parametrize(("kind", "sentence"), [(k, s) for k, sentences in DONE.items() for s in sentences])
def test_what_has_been_decided_is_done(kind: str, sentence: str) -> None:
    assert (kind, "done") in results(sentence)


@pytest.mark.parametrize(("kind", "sentence"), [(k, s) for k, sentences in PLANNED.items() for s in sentences])
def test_what_is_ahead_is_planned_and_not_done(kind: str, sentence: str) -> None:
    found = results(sentence)
    assert (kind, "planned") in found
    assert not any(status == "done" for _, status in found)


@pytest.mark.parametrize("sentence", NOTHING)
def test_what_is_recalled_wished_or_decided_elsewhere_is_nothing(sentence: str) -> None:
    assert not any(status in ("done", "failed") for _, status in results(sentence))


@pytest.mark.parametrize("sentence", FAILED)
def test_a_result_that_did_not_come_is_failed(sentence: str) -> None:
    assert ("document", "failed") in results(sentence)


def test_a_list_of_named_documents_gives_one_outcome_each() -> None:
    sentence = (
        "The ministers adopted many documents such as the ASEAN-Australia Plan of Action for 2025-2029; "
        "the ASEAN-UK Joint Statement on Connectivity, and the ASEAN-China Joint Statement on Mine Action."
    )
    assert [s.title for s in read(f"{MEETING}\n\n{sentence}").sightings] == [
        "ASEAN-Australia Plan of Action for 2025-2029",
        "ASEAN-UK Joint Statement on Connectivity",
        "ASEAN-China Joint Statement on Mine Action",
    ]
