"""Whole pages in every encoding that the region has used, under true and false labels: what is read is what was written."""

import unicodedata
from datetime import UTC, datetime

import pytest
from webpages import ARTICLE, page

from core.articles import Article
from core.sources import Entry, Source
from ingest.articles import extract_page
from ingest.charsets import decoded

NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "https://courier.example/a"
SOURCE = Source(id="courier", url="https://courier.example/rss", publisher="The Courier")
ENTRY = Entry(source="courier", identity="g1", link=URL, title="Ministers meet")
KOREAN = "장관들은 금요일 쿠알라룸푸르에서 열린 회의의 공동성명을 채택했다. 무역과 평화에 관한 이틀간의 협의 끝에 협력 문서에도 서명했다."
TRADITIONAL = "各國部長星期五在吉隆坡舉行的會議上通過了聯合公報，此前他們就貿易與和平問題進行了為期兩天的會談，並簽署了文件。"
TEXT = ARTICLE | {"ko": KOREAN, "zh-tw": TRADITIONAL}
SCRIPTS = "<script>var layer = [];" + " " * 5000 + "</script>"


def windows_1258(text: str) -> bytes:
    """Vietnamese as Windows wrote it: letters with hat, breve and horn in one piece, the tone marks behind them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    pieces = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        pieces.append(unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones)))
        pieces.append("".join(mark for mark in marks if mark in tones))
    return "".join(pieces).encode("cp1258")


def encoded(html: str, encoding: str) -> bytes:
    return windows_1258(html) if encoding == "cp1258" else html.encode(encoding)


def read(body: bytes, content_type: str) -> Article:
    return extract_page(body, content_type=content_type, url=URL, source=SOURCE, entry=ENTRY, now=NOW)


@pytest.mark.parametrize(
    ("language", "encoding", "header", "meta"),
    [
        # Vietnamese
        ("vi", "utf-8", "", ""),
        ("vi", "utf-8", "iso-8859-1", ""),
        ("vi", "utf-8", "windows-1258", "windows-1258"),
        ("vi", "utf-8-sig", "us-ascii", ""),
        ("vi", "utf-16", "utf-8", ""),
        ("vi", "utf-16-le", "", ""),
        ("vi", "utf-16-be", "utf-16", ""),
        ("vi", "cp1258", "windows-1258", ""),
        ("vi", "cp1258", "", "windows-1258"),
        ("vi", "cp1258", "iso-8859-1", "windows-1258"),
        ("vi", "cp1258", "", ""),
        # Thai
        ("th", "utf-8", "tis-620", "tis-620"),
        ("th", "cp874", "tis-620", ""),
        ("th", "cp874", "", "windows-874"),
        ("th", "cp874", "iso-8859-1", "tis-620"),
        ("th", "cp874", "utf-8", "tis-620"),
        ("th", "cp874", "", ""),
        # Chinese
        ("zh", "gb18030", "gb2312", ""),
        ("zh", "gb18030", "", "gbk"),
        ("zh", "gb18030", "iso-8859-1", "gb2312"),
        ("zh", "gb18030", "utf-8", ""),
        ("zh", "gb18030", "", ""),
        ("zh-tw", "big5", "big5", ""),
        ("zh-tw", "big5", "", "big5"),
        ("zh-tw", "big5", "", ""),
        # Japanese and Korean
        ("ja", "shift_jis", "shift_jis", ""),
        ("ja", "shift_jis", "", "x-sjis"),
        ("ja", "euc_jp", "", "euc-jp"),
        ("ja", "shift_jis", "", ""),
        ("ko", "cp949", "euc-kr", ""),
        ("ko", "cp949", "", "ks_c_5601-1987"),
        # Burmese, Khmer, Lao
        ("my", "utf-8", "iso-8859-1", ""),
        ("my", "utf-8", "", "windows-1252"),
        ("km", "utf-8", "windows-1252", "utf-8"),
        ("lo", "utf-16", "", "utf-8"),
    ],
)
def test_the_text_is_what_was_written(language: str, encoding: str, header: str, meta: str) -> None:
    paragraphs = [f"{number}. {TEXT[language]}" for number in range(1, 6)]
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
    article = read(
        encoded(page(*paragraphs, head=head, title="Ministers"), encoding), f"text/html; charset={header}" if header else "text/html"
    )

    assert article.text.split("\n") == [unicodedata.normalize("NFC", paragraph) for paragraph in paragraphs]
    assert article.flags == ()


def test_a_declaration_behind_scripts_is_found() -> None:
    html = page(*[f"{number}. {TEXT['th']}" for number in range(1, 6)], head=f"{SCRIPTS}<meta charset='tis-620'>", title="Ministers")

    assert TEXT["th"] in read(html.encode("cp874"), "text/html").text


def test_what_cannot_be_decoded_is_flagged() -> None:
    spoilt = page(*[f"{number}. {TEXT['vi']}" for number in range(1, 6)], title="Ministers").encode().replace(b"\xc3", b"\xff")

    assert read(spoilt, "text/html; charset=utf-8").flags == ("mojibake",)


def test_one_bad_byte_is_no_reason_to_guess() -> None:
    html = page(*[f"{number}. {TEXT['vi']}" for number in range(1, 6)], title="Ministers").encode().replace(b"<p>1", b"<p>\xff1", 1)

    assert read(html, "text/html; charset=utf-8").flags == ()
    assert decoded(html, "text/html; charset=utf-8").count("\ufffd") == 1


def test_burmese_for_the_zawgyi_font_is_flagged_and_burmese_in_unicode_is_not() -> None:
    drawn = "\u1031\u1000\u103a\u102c\u1004\u1039\u1038 \u1031\u1014\u102c\u1000\u103a\u1060\u1094 "
    zawgyi = page(*[f"{number}. {drawn * 12}" for number in range(1, 6)], title="Ministers")
    unicode = page(*[f"{number}. {TEXT['my']}" for number in range(1, 6)], title="Ministers")

    assert read(zawgyi.encode(), "text/html; charset=utf-8").flags == ("zawgyi",)
    assert read(unicode.encode(), "text/html; charset=utf-8").flags == ()
