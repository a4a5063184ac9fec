"""The closed sets: meeting types, topics, stages, outcome types, statuses, standings and levels.

The codes are those of docs/reference/codes.md (standings: docs/reference/register.md). Rules may add topics of their own; nothing
may add to the other sets.
"""

from enum import StrEnum


class Stage(StrEnum):
    """What a story as a whole is."""

    OUTCOME = "outcome"
    PREVIEW = "preview"
    ONGOING = "ongoing"
    COMMENTARY = "commentary"
    NONE = "none"


class OutcomeType(StrEnum):
    """What kind of result an outcome is."""

    DOCUMENT = "document"
    AGREEMENT = "agreement"
    ACCESSION = "accession"
    PARTNERSHIP = "partnership"
    MEMBERSHIP = "membership"
    MECHANISM = "mechanism"
    FUNDING = "funding"
    NEGOTIATION = "negotiation"
    COORDINATION = "coordination"
    DECISION = "decision"


class Status(StrEnum):
    """How far an outcome has come, as one sighting reports it."""

    PLANNED = "planned"
    DONE = "done"
    FAILED = "failed"


class Standing(StrEnum):
    """How far a record of the register may be relied on."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    """An official text reports it as done, or a reviewer says that it is right."""
    DISPUTED = "disputed"
    """Nothing that stands supports what was told any more, or its sources contradict each other."""
    REJECTED = "rejected"
    """A reviewer says that it is none."""


class Level(StrEnum):
    """Who decided."""

    MINISTERIAL = "ministerial"
    LEADERS = "leaders"
    OFFICIALS = "officials"


class LangSupport(StrEnum):
    """How well the text's language is understood."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


MEETING_TYPES: dict[str, str] = {
    "AMM": "ASEAN Foreign Ministers' Meeting (ASEAN Ministerial Meeting), the annual plenary",
    "AMM-RETREAT": "ASEAN Foreign Ministers' Retreat",
    "AMM-SPECIAL": "special, informal or emergency meeting of ASEAN foreign ministers",
    "PMC": "Post Ministerial Conference: ASEAN foreign ministers with one partner",
    "APT-FMM": "ASEAN Plus Three Foreign Ministers' Meeting",
    "EAS-FMM": "East Asia Summit Foreign Ministers' Meeting",
    "ARF": "ASEAN Regional Forum",
    "ACC": "ASEAN Coordinating Council",
    "COUNCIL": "APSC, AEC or ASCC Council",
    "SEANWFZ": "SEANWFZ Commission or its Executive Committee",
    "SOM": "Senior Officials' Meeting of foreign ministries",
    "COC": "negotiating round on the DOC or the COC",
    "OFFICIALS": "any other meeting of officials or ambassadors",
    "SUMMIT": "ASEAN Summit",
    "PARTNER-SUMMIT": "leaders with partners: ASEAN+1, ASEAN+3, East Asia Summit",
    "AEM": "economic or trade ministers",
    "AFMGM": "finance ministers and central bank governors",
    "ADMM": "defence ministers, ADMM-Plus",
    "AMMTC": "ministers on transnational crime, home affairs or security",
    "AHMM": "health ministers",
    "ATM": "transport ministers",
    "AMEM": "energy ministers",
    "AMAF": "agriculture and forestry ministers",
    "AMME": "environment ministers",
    "ADGMIN": "digital ministers",
    "AMRI": "ministers responsible for information",
    "ALMM": "labour ministers",
    "ASED": "education ministers",
    "AMMDM": "ministers on disaster management",
    "ALAWMM": "law ministers",
    "M-ATM": "tourism ministers",
    "AMMSTI": "ministers on science, technology and innovation",
    "SECTORAL": "any other ASEAN ministerial meeting",
    "AIPA": "parliaments",
    "FORUM": "other ASEAN conferences of note",
    "BILATERAL": "bilateral meeting on the sidelines of an ASEAN meeting",
}
"""Meeting code -> what it stands for."""

TOPICS: dict[str, str] = {
    "public-health": "COVID-19, vaccines, medical reserve",
    "recovery": "economic recovery after the pandemic",
    "community-building": "Community Vision, blueprints, Charter, institutions",
    "external-relations": "dialogue, sectoral and development partners, coordinator roles",
    "centrality": "ASEAN centrality and unity, AOIP, ASEAN-led architecture",
    "treaty-of-amity": "Treaty of Amity and Cooperation",
    "south-china-sea": "East Sea, Bien Dong, DOC, COC, UNCLOS there",
    "trade": "trade, investment, FTAs, RCEP, supply chains, economy",
    "connectivity": "MPAC, infrastructure, transport",
    "digital": "digital economy, AI, cyber",
    "energy": "energy, green transition, power grid",
    "climate": "climate, environment, haze",
    "security": "defence, terrorism, transnational crime, scams, trafficking",
    "maritime": "maritime security and safety, fishing, blue economy",
    "nuclear": "SEANWFZ, disarmament, non-proliferation",
    "myanmar": "Myanmar",
    "korean-peninsula": "Korean Peninsula",
    "ukraine": "Ukraine",
    "middle-east": "Middle East",
    "women": "women",
    "people": "people-to-people, culture, education, youth, labour, tourism",
    "human-rights": "human rights",
    "agriculture": "agriculture, food",
    "humanitarian": "disaster, humanitarian aid, mine action",
    "subregional": "Mekong, BIMP-EAGA, development gap",
    "membership": "Timor-Leste, enlargement",
    "member-disputes": "disputes between members",
}
"""Built-in topic code -> what it stands for."""
