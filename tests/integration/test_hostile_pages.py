"""Pages made to break their reader: each is an article or has its reason in time, and the next page is read as if nothing had been."""

import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from webpages import ARTICLE, dressed, page

from core.errors import ExtractError
from core.reasons import Reason
from core.sources import Entry, Response, Source
from ingest.workers import PageExtractor

NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "https://courier.example/world/asean-20261120.html"
SOURCE = Source(id="courier", url="https://courier.example/rss", publisher="The Courier")
ENTRY = Entry(source="courier", identity="g1", link=URL, title="Ministers meet")
SECONDS = 4.0
NEWS = page(*[f"{number}. {ARTICLE['en']}" for number in range(9)]).encode()
ANSWERS = frozenset(
    {
        "article",
        Reason.NO_TEXT,
        Reason.TEXT_TOO_SHORT,
        Reason.PAYWALL,
        Reason.COOKIE_WALL,
        Reason.SCRIPT_ONLY,
        Reason.CHALLENGE,
        Reason.NOT_FOUND,
        Reason.SERVER_ERROR,
    }
)
"""What a page may come to; a crash or a killed process is none of these."""

BOMBS = {
    "a table wider than memory": NEWS.replace(b"</article>", b"<table><tr><td colspan=9007199254740991>x</td></tr></table></article>"),
    "rows without end": NEWS.replace(b"</article>", b"<table>" + b"<tr><td rowspan=65535>x" * 2000 + b"</article>"),
    "a hundred thousand levels": b"<html><body>" + b"<div>" * 100_000 + NEWS,
    "links in links": b"<html><body>" + b"<a href=/x>" * 20_000 + NEWS,
    "comments that do not end": NEWS.replace(b"</article>", b"<!--" * 50_000 + b"</article>"),
    "scripts that do not end": NEWS.replace(b"</article>", b"<script>" * 20_000 + b"</article>"),
    "JSON in JSON": NEWS.replace(b"</head>", b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script></head>"),
    "a title of a megabyte": NEWS.replace(b"<title>", b"<title>" + b"ASEAN " * 170_000),
    "one word of a megabyte": NEWS.replace(b"</article>", b"<p>" + b"x" * 1_000_000 + b"</article>"),
    "entities": NEWS.replace(b"</article>", b"<p>" + b"&#xFFFFFFFF;&#0;&#xD800;&zwj;" * 10_000 + b"</article>"),
    "an XML bomb": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><html><body>&b;</body></html>' + NEWS,
    "a file that it asks for": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><html><body><p>&f;</p></body></html>' + NEWS,
    "nothing but blanks": b" \n\t" * 300_000,
    "zeros": b"\0" * 1_000_000,
    "every byte": bytes(range(256)) * 2000,
    "a zip in disguise": b"PK\x03\x04" + random.Random(1).randbytes(200_000),
    "one element with many attributes": b"<html><body><p " + b" ".join(b'a%d="1"' % n for n in range(3000)) + b">x</p>" + NEWS,
    "a phrase ten thousand times": page(*["Subscribe to continue reading. Accept cookies. " * 10_000]).encode(),
    "spaces before every bar": page(*[ARTICLE["en"]] * 3, title="x " + " |" * 140).encode(),
}


@pytest.fixture(scope="module")
def extractor() -> Iterator[PageExtractor]:
    made = PageExtractor(processes=1, seconds=SECONDS)
    yield made
    made.close()


def answer(extractor: PageExtractor, body: bytes) -> str:
    """`article`, or the reason why there is none."""
    try:
        text = extractor.extract(SOURCE, ENTRY, Response(url=URL, status=200, headers={"content-type": "text/html"}, body=body), NOW).text
    except ExtractError as error:
        return error.reason
    assert text
    assert "root:" not in text  # no file of ours in it
    return "article"


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_page_that_is_made_to_hurt_is_answered_in_time(extractor: PageExtractor, bomb: str) -> None:
    assert answer(extractor, BOMBS[bomb]) in ANSWERS
    assert answer(extractor, NEWS) == "article"


def test_what_takes_for_ever_is_killed_and_costs_one_page(extractor: PageExtractor) -> None:
    endless = b"<html><body><p " + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b">x</p></body></html>"
    started = time.monotonic()

    assert answer(extractor, endless) is Reason.EXTRACT_TIMEOUT

    assert time.monotonic() - started < SECONDS + 3.0
    assert answer(extractor, NEWS) == "article"


def test_broken_pages_are_answered_each(extractor: PageExtractor) -> None:
    chance = random.Random(2026)
    whole = [
        dressed([f"{number}. {paragraph}" for number in range(7)], language=language).encode() for language, paragraph in ARTICLE.items()
    ]
    answers = {answer(extractor, _broken(chance, whole)) for _ in range(300)}

    assert "article" in answers
    assert answers <= ANSWERS


def _broken(chance: random.Random, pages: list[bytes]) -> bytes:
    """One of `pages` with a few things gone, doubled, moved or turned into noise."""
    body = bytearray(chance.choice(pages))
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(body) + 1)
        end = start + chance.randrange(1 + len(body) // 4)
        match chance.randrange(6):
            case 0:
                del body[start:]
            case 1:
                del body[start:end]
            case 2:
                body[start:start] = body[start:end]
            case 3:
                body[start:start] = chance.choice(list(BOMBS.values()))[:5000]
            case 4:
                body[start : start + 20] = chance.randbytes(20)
            case _:
                body = body.replace(b">", b"", chance.randrange(9))
    return bytes(body)


def test_two_pages_are_read_side_by_side() -> None:
    """Each takes its whole time, and both together take no more than one and a half of it."""
    endless = b"<html><body><p " + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b">x</p></body></html>"
    extractor = PageExtractor(processes=2, seconds=2.0)
    answers: list[str] = []
    hands = [threading.Thread(target=lambda: answers.append(answer(extractor, endless))) for _ in range(2)]
    try:
        warm = [threading.Thread(target=answer, args=(extractor, NEWS)) for _ in range(2)]
        for hand in warm:
            hand.start()
        for hand in warm:
            hand.join()
        started = time.monotonic()
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        assert time.monotonic() - started < 3.5
    finally:
        extractor.close()
    assert answers == [Reason.EXTRACT_TIMEOUT] * 2
