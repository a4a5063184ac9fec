"""HTML fragments to plain text, in linear time whatever they hold."""

import time

import pytest

from ingest.markup import text_of, title_of


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("<p>One &amp; two.</p><p>Three.</p>", "One & two.\nThree."),
        ("One<br/>two<hr>three", "One\ntwo\nthree"),
        ("<ul><li>One</li><li>two</li></ul>", "One\ntwo"),
        ("a <b>bold</b> <i class='x>y'>word</i>", "a bold y'>word"),
        ("growth < 3 % and > 1 %", "growth < 3 % and > 1 %"),
        ("x<script>alert(1)</script>y<style>p{}</style>z", "xyz"),
        ("x<!-- hidden -->y", "xy"),
        ("x<!-- never closed", "x never closed"),
        ("<![CDATA[text]]>", "text]]>"),
        ("Vie\u0302\u0323t\u00a0Nam\u200b", "Việt Nam"),
        ("A\x00B\x1b[31m\u202e", "AB[31m"),
        ("", ""),
    ],
)
def test_text_of(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("ASEAN &amp;amp; UK sign", "ASEAN & UK sign"),
        ("&lt;b&gt;ASEAN&lt;/b&gt; meets", "ASEAN meets"),
        ("&amp;lt;img src=x onerror=alert(1)&amp;gt;T", "T"),
        ("<img src=x onerror=alert(1)>T", "T"),
        ("  two\n lines ", "two lines"),
        ("Growth < 3 %", "Growth < 3 %"),
        ("x" * 600, "x" * 499 + "…"),
    ],
)
def test_title_of(markup: str, title: str) -> None:
    assert title_of(markup) == title


@pytest.mark.parametrize("bomb", ["<!--", "<p ", "<", "<script>", "</", "<!", "&lt;!--", "<a href='"])
def test_no_repetition_takes_more_than_linear_time(bomb: str) -> None:
    started = time.process_time()

    text_of(bomb * 200_000)

    assert time.process_time() - started < 2.0
