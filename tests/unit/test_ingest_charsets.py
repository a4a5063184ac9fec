"""Pages in every encoding that the region has used, under true and false labels."""

import unicodedata

import pytest

from ingest.charsets import decoded

VIETNAMESE = "Hội nghị Bộ trưởng Ngoại giao ASEAN đã ra Thông cáo chung; các Bộ trưởng ký Hiệp ước tại Viêng Chăn. " * 3
THAI = "การประชุมรัฐมนตรีต่างประเทศอาเซียนรับรองแถลงการณ์ร่วม " * 5
CHINESE = "东盟外长会议通过联合公报，各方签署了合作协议。" * 5


def page(text: str, charset: str = "") -> str:
    return f"<html><head>{f'<meta charset={charset}>' if charset else ''}<title>x</title></head><body><p>{text}</p></body></html>"


def in_windows_1258(text: str) -> bytes:
    """Vietnamese as Windows wrote it: letters with hat, breve and horn in one piece, the tone marks behind them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    pieces = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        pieces.append(unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones)))
        pieces.append("".join(mark for mark in marks if mark in tones))
    return "".join(pieces).encode("cp1258")


@pytest.mark.parametrize(
    "label",
    [
        "",
        "text/html",
        "text/html; charset=utf-8",
        "text/html; charset=iso-8859-1",
        "text/html;charset=windows-1258",
        'text/html; charset="nonsense"',
    ],
)
@pytest.mark.parametrize("meta", ["", "utf-8", "iso-8859-1", "tis-620"])
def test_utf8_is_utf8_whatever_it_is_called(label: str, meta: str) -> None:
    html = page(VIETNAMESE + THAI + CHINESE, meta)

    assert decoded(html.encode(), label) == html


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides(encoding: str) -> None:
    assert decoded(page(VIETNAMESE).encode(encoding), "text/html; charset=iso-8859-1") == page(VIETNAMESE)


@pytest.mark.parametrize(
    ("text", "encoding", "label"), [(THAI, "cp874", "tis-620"), (CHINESE, "gb18030", "gb2312"), (CHINESE, "gb18030", "GBK")]
)
def test_legacy_encodings_are_read_as_browsers_read_them(text: str, encoding: str, label: str) -> None:
    assert decoded(page(text).encode(encoding), f"text/html; charset={label}") == page(text)
    assert decoded(page(text, label).encode(encoding), "text/html") == page(text, label)


@pytest.mark.parametrize("label", ["text/html; charset=windows-1258", "text/html"])
def test_vietnamese_of_the_windows_age(label: str) -> None:
    body = in_windows_1258(page(VIETNAMESE * 5))

    assert unicodedata.normalize("NFC", decoded(body, label)) == page(VIETNAMESE * 5)


def test_windows_quotes_under_a_latin_label() -> None:
    assert decoded(b"<p>\x93The ministers\x94</p>", "text/html; charset=iso-8859-1") == "<p>“The ministers”</p>"


def test_an_unlabelled_legacy_page_is_guessed() -> None:
    assert THAI in decoded(page(THAI * 20).encode("cp874"))


def test_a_page_cut_inside_a_character_is_still_utf8() -> None:
    body = page(VIETNAMESE).encode()
    cut = body[: body.index("ộ".encode()) + 1]

    assert decoded(cut, "text/html; charset=iso-8859-1").endswith("<p>H")


def test_one_bad_byte_does_not_spoil_a_utf8_page() -> None:
    body = page(VIETNAMESE).encode().replace(b"<p>", b"<p>\xff", 1)

    assert decoded(body, "text/html; charset=utf-8").count("\ufffd") == 1


@pytest.mark.parametrize("body", [b"", b"\x00", b"\xff\xfe", bytes(range(256)) * 4])
def test_nothing_raises(body: bytes) -> None:
    assert isinstance(decoded(body, "text/html; charset=rot13"), str)
