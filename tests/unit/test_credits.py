"""Whose text it is, whom a sentence credits, whom it quotes: as news pages write it."""

from functools import cache

import pytest

from classifiers import Reader, load_reader
from core.articles import Article
from core.readings import Reading

DEED = "The ASEAN foreign ministers adopted the ASEAN Plan of Action on Haze on Friday"


@cache
def reader() -> Reader:
    return load_reader()


def read(text: str, publisher: str = "The Courier") -> Reading:
    reading = reader().read(Article(key="a", url="", title="ASEAN foreign ministers meet", text=text, publisher=publisher))
    assert reading.sightings, text
    return reading


@pytest.mark.parametrize(
    ("text", "name", "quote"),
    [
        (f"HANOI (VNA) – {DEED}.", "VNA", "(VNA)"),
        (f"KUALA LUMPUR, July 26 (Bernama) -- {DEED}.", "Bernama", "(Bernama)"),
        (f"NUSA DUA, Oct. 4 (PNA/Kyodo) — {DEED}.", "Kyodo", "(PNA/Kyodo)"),
        (f"AFP - {DEED}.", "AFP", "AFP -"),
        (f"{DEED}./.VNA", "VNA", ".VNA"),
        (f"{DEED}. — BERNAMA\n\nRelated: more news", "Bernama", ". — BERNAMA"),
        (f"{DEED}.\n\nXinhua", "Xinhua", "Xinhua"),
        (f"{DEED}.\n\nEditor: Z.L.    Source: Xinhua    Print", "Xinhua", "Source: Xinhua"),
        (f"{DEED}. (PNA)", "PNA", ". (PNA)"),
    ],
)
def test_a_text_says_which_agency_it_comes_from(text: str, name: str, quote: str) -> None:
    origin = read(text).origin

    assert origin is not None
    assert origin.name == name
    assert origin.evidence is not None
    assert origin.evidence.rule == f"agency.{name}"
    span = origin.evidence.span
    assert text[span.start : span.end] == span.quote == quote


@pytest.mark.parametrize(
    "text",
    [
        f"{DEED}.",
        f"{DEED}. Reporters of AFP and Reuters were kept out.",
        f"{DEED}.\n\nDelegates after the session. Photo: VNA",
        f"{DEED}.\n\nSource: a diplomat",
        f"MANILA - The Armed Forces of the Philippines (AFP) guarded the hotel.\n\n{DEED}.",
        f"{DEED}.\n\nThe delegates flew to MNADA",
    ],
)
def test_an_agency_that_is_only_mentioned_wrote_nothing(text: str) -> None:
    assert read(text).origin is None


def test_the_page_of_an_agency_is_the_agencys() -> None:
    origin = read(f"{DEED}.", "VietnamPlus").origin

    assert origin is not None
    assert (origin.name, origin.evidence) == ("VNA", None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{DEED}, according to VNA.", "VNA"),
        (f"{DEED}, according to the Vietnam News Agency.", "VNA"),
        (f"{DEED}, Kyodo News reported on Saturday.", "Kyodo"),
        (f"{DEED}, a diplomat told Reuters.", "Reuters"),
        (f"Citing Xinhua, the paper wrote: {DEED}.", "Xinhua"),
        (f"{DEED}, and ministers later visited the Xinhua bureau.", None),
    ],
)
def test_a_sentence_says_from_whom_it_has_its_news(text: str, name: str | None) -> None:
    (sighting,) = read(text).sightings
    assert (sighting.origin.name if sighting.origin else None) == name


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (f"{DEED}, Foreign Minister Retno Marsudi said.", "Minister Retno Marsudi said"),
        (f"{DEED}, said the spokesperson of the Lao foreign ministry.", "said the spokesperson"),
        (f"{DEED}, Secretary-General Kao Kim Hourn told reporters.", "Secretary-General Kao Kim Hourn told"),
        (f"{DEED}.", None),
        (f"{DEED}, sources said.", None),
    ],
)
def test_who_may_speak_for_the_deed_is_quoted(text: str, quote: str | None) -> None:
    (sighting,) = read(text).sightings
    assert (sighting.speaker.quote if sighting.speaker else None) == quote


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("新华社万象7月26日电 东盟外长会议通过了联合公报。", "Xinhua"),
        ("Hà Nội (TTXVN) - Các Bộ trưởng Ngoại giao ASEAN đã thông qua Thông cáo chung của Hội nghị AMM-57.", "VNA"),
        ("Jakarta (ANTARA) - Para menteri luar negeri ASEAN mengadopsi komunike bersama pada AMM ke-57.", "Antara"),
    ],
)
def test_agencies_sign_in_their_own_languages(text: str, name: str) -> None:
    origin = read(text).origin
    assert origin is not None
    assert origin.name == name
