"""Communiques in PDF: paragraphs as they were written, and a reason for what cannot be read."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pdfs
import pytest

from core.errors import ExtractError
from core.reasons import Reason
from core.sources import Entry, Source, Tier
from ingest.documents import extract_document
from ingest.pdf import Document, is_pdf, read_pdf

NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "https://asean.example/JS-58.pdf?utm_source=x"
SOURCE = Source(id="asean", url="https://asean.example/feed", publisher="ASEAN", tier=Tier.OFFICIAL)
BODY = [
    "1. We, the Foreign Ministers of the Association of Southeast Asian Nations, met in Vien-",
    "tiane on 20 November 2026. The Meeting was chaired by the Minister of Foreign Affairs",
    "of the host country. We adopted the Joint Statement on the ASEAN Power Grid and an ASEAN-",
    "led plan of action.",
    "2. We welcomed the accession of new parties to the Treaty of Amity and Cooperation and",
    "agreed to meet again.",
]


def read(*pages: list[str], title: str = "", created: str = "") -> Document:
    return read_pdf(pdfs.communique(pages, title=title, created=created), subject="s")


def refusal(body: bytes) -> ExtractError:
    with pytest.raises(ExtractError) as caught:
        read_pdf(body, subject="s")
    return caught.value


def test_lines_become_the_paragraphs_that_they_were() -> None:
    assert read(BODY).text.split("\n") == [
        "1. We, the Foreign Ministers of the Association of Southeast Asian Nations, met in Vientiane on 20 November 2026. The Meeting was "
        "chaired by the Minister of Foreign Affairs of the host country. We adopted the Joint Statement on the ASEAN Power Grid and an "
        "ASEAN-led plan of action.",
        "2. We welcomed the accession of new parties to the Treaty of Amity and Cooperation and agreed to meet again.",
    ]


def test_headings_stand_by_themselves() -> None:
    text = read(["JOINT COMMUNIQUE", "Vientiane, 20 November 2026", *BODY]).text

    assert text.split("\n")[:2] == ["JOINT COMMUNIQUE", "Vientiane, 20 November 2026"]
    assert text.split("\n")[2].startswith("1. We, the Foreign Ministers")


def test_a_paragraph_goes_on_over_the_end_of_a_page() -> None:
    assert read(BODY[:2], BODY[2:]).text == read(BODY).text


def test_what_stands_at_the_head_or_foot_of_every_page_goes() -> None:
    pages = [
        [
            f"58th AMM - Joint Communique - {number}",
            *(f"Paragraph {word} says what was agreed that day." for word in words),
            f"Page {number} of 4",
        ]
        for number, words in enumerate((("one", "two"), ("three", "four"), ("five", "six"), ("seven", "eight")), 1)
    ]
    text = read(*pages).text

    assert "Joint Communique" not in text
    assert "of 4" not in text
    assert all(word in text for word in ("one", "two", "three", "four", "five", "six", "seven", "eight"))


def test_a_number_in_the_midst_of_a_page_is_no_page_number() -> None:
    lines = ["The parties agreed on the sum of the following millions, as was said:", "First of them", "Second of them", "2026", *BODY]

    assert "2026\n1. We" in read(lines).text


def test_title_and_date_come_from_what_the_maker_noted() -> None:
    document = read(BODY, title="Joint Communique of the 58th AMM", created="D:20261120080000+07'00'")

    assert document.title == "Joint Communique of the 58th AMM"
    assert document.created == datetime(2026, 11, 20, 1, tzinfo=UTC)


@pytest.mark.parametrize("noted", ["", "Microsoft Word - JS final v3.docx", "untitled", "58 AMM JC.pdf", "x"])
def test_a_title_that_is_none_gives_way_to_the_first_line(noted: str) -> None:
    assert read(["JOINT COMMUNIQUE OF THE 58TH AMM", *BODY], title=noted).title == "JOINT COMMUNIQUE OF THE 58TH AMM"


@pytest.mark.parametrize("created", ["", "yesterday", "D:2026-9999", "D:"])
def test_a_date_that_is_none_is_none(created: str) -> None:
    assert read(BODY, created=created).created is None


def test_a_document_locked_for_printing_only_is_open_to_readers() -> None:
    assert read_pdf(pdfs.locked(BODY, b""), subject="s").text == read(BODY).text


def test_a_locked_document_says_that_it_is_locked() -> None:
    error = refusal(pdfs.locked(BODY, b"secret"))

    assert (error.reason, error.detail) == (Reason.PDF_UNREADABLE, "locked with a password")


@pytest.mark.parametrize("drawing", [b"", b"q 595 0 0 842 0 0 cm /Im1 Do Q"])
def test_pictures_of_pages_hold_no_text(drawing: bytes) -> None:
    error = refusal(pdfs.pages_of([pdfs.stream(drawing)] * 3))

    assert (error.reason, "pictures" in error.detail) == (Reason.PDF_UNREADABLE, True)


def test_one_broken_page_costs_itself() -> None:
    whole, broken = pdfs.packed(pdfs.shown(BODY)), pdfs.stream(b"no zlib at all", b"/Filter /ASCII85Decode")

    assert read_pdf(pdfs.pages_of([whole, broken]), subject="s").text.endswith("agreed to meet again.")


@pytest.mark.parametrize("name", pdfs.hostile())
def test_what_an_enemy_makes_is_refused_or_read_in_time(name: str) -> None:
    assert refusal(pdfs.hostile()[name]()).reason is Reason.PDF_UNREADABLE


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_half_a_file_is_read_or_refused(share: float) -> None:
    body = pdfs.communique([BODY] * 5)
    half = body[: int(len(body) * share)]
    try:
        said = read_pdf(half, subject="s").text
    except ExtractError as error:
        said = error.reason.value

    assert "Foreign Ministers" in said or said == Reason.PDF_UNREADABLE


def test_pages_beyond_the_time_or_the_number_are_left_out() -> None:
    def ticks() -> Iterator[float]:
        yield from (0.0, 1.0, 2.0, 99.0)

    clock = ticks()
    pages = [[f"{hashlib.sha256(b'%d' % number).hexdigest()} was said."] for number in range(301)]
    slow = read_pdf(pdfs.communique(pages[:5]), subject="s", clock=lambda: next(clock))
    long = read_pdf(pdfs.communique(pages), subject="s", clock=lambda: 0.0)

    assert (slow.cut, slow.text.count("was said")) == (True, 2)
    assert (long.cut, long.text.count("was said")) == (True, 300)


def test_a_pdf_is_known_by_its_first_bytes() -> None:
    assert is_pdf(pdfs.communique([BODY]))
    assert is_pdf(b"\r\nnoise\r\n" + pdfs.communique([BODY]))
    assert not is_pdf(b"<html><body>Our files begin with %PDF-1.4</body></html>")


# as an article


def test_a_communique_is_an_article_of_its_entry() -> None:
    entry = Entry(
        source="asean", identity="g", link=URL, title="Joint Communique of the 58th AMM", published=datetime(2026, 11, 20, tzinfo=UTC)
    )
    body = pdfs.communique([[entry.title, *BODY]], created="D:20261119080000Z")
    article = extract_document(body, content_type="text/html", url=URL, source=SOURCE, entry=entry, now=NOW)

    assert (article.title, article.published, article.extractor, article.flags) == (entry.title, entry.published, "pdf", ())
    assert (article.key, article.url, article.tier) == ("asean.example/JS-58.pdf", URL, Tier.OFFICIAL)
    assert article.text.startswith("1. We, the Foreign Ministers")


def test_an_entry_without_title_or_date_takes_those_of_the_document() -> None:
    entry = Entry(source="asean", identity="g", link=URL, title="")
    body = pdfs.communique([BODY], title="Joint Communique of the 58th AMM", created="D:20261119080000Z")
    article = extract_document(body, content_type="application/pdf", url=URL, source=SOURCE, entry=entry, now=NOW)

    assert (article.title, article.published) == ("Joint Communique of the 58th AMM", datetime(2026, 11, 19, 8, tzinfo=UTC))
    assert article.flags == ("title_from_page",)


def test_a_date_that_cannot_be_true_is_none_at_all() -> None:
    entry = Entry(source="asean", identity="g", link=URL, title="Joint Communique")
    body = pdfs.communique([BODY], created="D:19700101000000Z")

    assert extract_document(body, content_type="", url=URL, source=SOURCE, entry=entry, now=NOW).published is None


def test_a_document_of_few_words_is_too_short() -> None:
    entry = Entry(source="asean", identity="g", link=URL, title="Joint Communique")
    with pytest.raises(ExtractError) as caught:
        extract_document(
            pdfs.communique([["The ministers met in Vientiane that day and adopted it."]]),
            content_type="",
            url=URL,
            source=SOURCE,
            entry=entry,
            now=NOW,
        )

    assert caught.value.reason is Reason.TEXT_TOO_SHORT


def test_a_page_is_still_a_page() -> None:
    page = (
        "<html><body><article>"
        + "".join(f"<p>Paragraph {n} of what the ministers agreed.</p>" for n in range(9))
        + "</article></body></html>"
    )
    entry = Entry(source="asean", identity="g", link=URL, title="Agreed")

    assert extract_document(page.encode(), content_type="text/html", url=URL, source=SOURCE, entry=entry, now=NOW).text.count("\n") == 8
