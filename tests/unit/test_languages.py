"""What ministers decided, read in the languages that are understood in part: short press texts of `data/languages.toml`."""

import tomllib
import unicodedata
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from classifiers import Reader, load_reader
from classifiers.text import document
from core.articles import Article
from core.codes import LangSupport, Stage, Status
from core.readings import Reading

TEXTS = tomllib.loads((Path(__file__).parent / "data" / "languages.toml").read_text(encoding="utf-8"))["text"]
PARTIAL = ("vi", "id", "ms", "th", "zh", "ja", "fr", "tl")
STORIES = [t for t in TEXTS if t.get("relevant", True)]
STRANGERS = [t for t in TEXTS if not t.get("relevant", True)]


@cache
def reader() -> Reader:
    return load_reader()


def article(story: dict[str, Any], **changed: str) -> Article:
    published = datetime.combine(story["published"], time(12), UTC)
    fields = {"title": story["title"], "text": story["text"].strip(), **changed}
    return Article(key=story["id"], url="", published=published, **{k: unicodedata.normalize("NFC", v) for k, v in fields.items()})


def read(story: dict[str, Any], **changed: str) -> Reading:
    return reader().read(article(story, **changed))


def named(texts: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(text, id=text["id"]) for text in texts]


def overlaps(text: str, said: str, quote: str, start: int) -> bool:
    at = text.find(said)
    return min(at + len(said), start + len(quote)) - max(at, start) >= 0.5 * min(len(said), len(quote)) > 0


@pytest.mark.parametrize("text", named(STORIES))
def test_a_story_is_read_as_its_editor_meant_it(text: dict[str, Any]) -> None:
    reading = read(text)

    assert reading.language == text["lang"]
    assert reading.relevant
    assert reading.stage == text.get("stage", reading.stage)
    assert reading.alert is text.get("alert", reading.alert)
    assert "primary" not in text or (reading.primary is not None and reading.primary.type == text["primary"])
    assert set(text.get("topics", ())) <= {topic.code for topic in reading.topics}


@pytest.mark.parametrize("text", named(STORIES))
def test_results_are_found_with_the_words_that_prove_them_and_no_others(text: dict[str, Any]) -> None:
    shown = article(text)
    left = list(read(text).sightings)
    for status in Status:
        for wanted in text.get(status.value, ()):
            kind, _, said = wanted.partition(": ")
            field = "text" if said in shown.text else "title"
            found = [
                s
                for s in left
                if s.type.value == kind
                and s.status is status
                and s.evidence.span.field == field
                and overlaps(getattr(shown, field), said, s.evidence.span.quote, s.evidence.span.start)
            ]
            assert found, (wanted, left)
            left.remove(found[0])

    assert [s for s in left if s.status is not Status.PLANNED] == []


@pytest.mark.parametrize("text", named([t for t in STORIES if "parties" in t]))
def test_the_states_concerned_bear_their_short_english_names(text: dict[str, Any]) -> None:
    assert {party for s in read(text).sightings for party in s.parties} == set(text["parties"])


@pytest.mark.parametrize("text", named(STRANGERS))
def test_a_story_that_only_names_asean_is_left_alone(text: dict[str, Any]) -> None:
    reading = read(text)

    assert not reading.relevant
    assert reading.stage is Stage.NONE
    assert not reading.alert


@pytest.mark.parametrize("text", named(TEXTS))
def test_every_span_quotes_the_text(text: dict[str, Any]) -> None:
    shown = article(text)
    reading = read(text)
    spans = [s.evidence.span for s in reading.sightings] + [s.sentence for s in reading.sightings]
    spans += [e.span for m in reading.meetings for e in m.evidence] + [miss.span for miss in reading.near_misses]

    assert [s for s in spans if getattr(shown, s.field)[s.start : s.end] != s.quote or not s.quote] == []


def test_partial_support_is_said_and_none_where_there_is_no_file() -> None:
    support = {t["lang"]: read(t).lang_support for t in TEXTS}

    assert {lang for lang, said in support.items() if said is LangSupport.PARTIAL} == set(PARTIAL)
    assert support["de"] is support["es"] is LangSupport.NONE


def test_every_language_names_every_meeting_and_topic() -> None:
    """What a language has no word for is still a choice of its editor, not an oversight."""
    from core.codes import MEETING_TYPES, TOPICS

    for path in (files("classifiers") / "languages").iterdir():
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        assert data["meetings"].keys() | data["plain"].keys() == MEETING_TYPES.keys(), path.name
        assert data["topics"].keys() == TOPICS.keys(), path.name
        assert len(data["time"]["months"]) == 12, path.name


def test_the_two_ways_of_writing_a_vietnamese_tone_read_alike() -> None:
    text = next(t for t in TEXTS if t["id"] == "vi-communique")
    adopted = text["text"].replace("Thông cáo chung", "Thỏa thuận")

    assert [s.type for s in read(text, text=adopted).sightings] == [s.type for s in read(text, text=adopted.replace("ỏa", "oả")).sightings]
    assert read(text, text=adopted).sightings


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Có tới 42 văn kiện được các hội nghị thông qua, nhiều nhất từ trước đến nay.", "42 văn kiện được các hội nghị thông qua"),
        ("Para menteri luar negeri ASEAN mengesahkan 14 dokumen pada pertemuan itu.", "mengesahkan 14 dokumen"),
    ],
)
def test_counted_documents_are_quoted_with_their_number(sentence: str, quote: str) -> None:
    lead = {
        "C": "Hội nghị Bộ trưởng Ngoại giao ASEAN lần thứ 53 (AMM-53) đã kết thúc tại Hà Nội chiều 12/9.",
        "P": "Pertemuan Menteri Luar Negeri ASEAN ke-53 (AMM-53) berakhir di Hanoi pada 12 September.",
    }[sentence[0]]
    story = {"id": "counted", "title": "AMM-53", "text": f"{lead}\n\n{sentence}", "published": date(2020, 9, 13)}
    assert [s.evidence.span.quote for s in read(story).sightings] == [quote]


def test_thai_digits_and_buddhist_years_are_dates() -> None:
    text = next(t for t in TEXTS if t["id"] == "th-communique")
    thai = text["text"].replace("31", "๓๑").replace("2562", "๒๕๖๒").replace("52", "๕๒")
    old = thai.replace("๒๕๖๒", "๒๕๖๐")

    assert read(text, text=thai).alert
    assert read(text, text=thai).primary.ordinal == 52  # type: ignore[union-attr]
    assert not read(text, text=old, title="อาเซียน").alert


def test_full_width_letters_are_letters() -> None:
    text = next(t for t in TEXTS if t["id"] == "ja-communique")
    wide = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(ord("A"), ord("Z") + 1)})

    assert read(text, text=text["text"].translate(wide), title=text["title"].translate(wide)).alert


def test_thai_and_chinese_are_cut_into_sentences() -> None:
    from classifiers.page import Page

    divide = Page(reader().book).paragraphs
    thai = "ที่ประชุมรับรองแถลงการณ์ร่วมของการประชุมรัฐมนตรีต่างประเทศอาเซียนที่กรุงเทพฯ นอกจากนี้ รัฐมนตรีได้หารือเรื่องทะเลจีนใต้ ทั้งนี้ ไทยเป็นประธาน"
    chinese = "会议通过了联合公报。王毅说：“这是好消息。”各方表示欢迎！"

    assert len(document("", thai, divide, "th").sentences) == 3
    assert [s.end - s.start for s in document("", chinese, divide, "zh").sentences] == [10, 12, 7]


def test_a_place_name_is_no_part_of_a_longer_word_in_katakana() -> None:
    text = next(t for t in TEXTS if t["id"] == "ja-accession")

    assert "Thailand" not in {p for s in read(text, text=text["text"].replace("各国", "スタイルの")).sightings for p in s.parties}


@pytest.mark.parametrize(
    "text",
    [
        "东盟外长会议将一致同意签署行动计划。",
        "Menteri luar ASEAN dijangka bersetuju untuk menerima pakai pelan tindakan baharu.",
    ],
)
def test_what_is_expected_to_be_agreed_is_planned(text: str) -> None:
    reading = reader().read(Article(key="a", url="", title="ASEAN", text=text, published=datetime(2025, 7, 12, tzinfo=UTC)))
    assert [(s.type, s.status) for s in reading.sightings] == [("document", Status.PLANNED)]
