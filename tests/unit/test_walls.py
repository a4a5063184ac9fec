"""What stands where an article should be is known as such, in every language of the catalogue; and an article that speaks of it is none."""

from datetime import UTC, datetime

import pytest
from webpages import (
    ARTICLE,
    CHALLENGE_BEACON,
    CHALLENGES,
    COOKIE_WALL,
    NOT_FOUND,
    NOT_FREE,
    OUT_OF_ORDER,
    PAYWALL,
    SCRIPT_ONLY,
    SURROUNDINGS,
    app_shell,
    dressed,
    page,
)

from core.articles import Article
from core.errors import ExtractError
from core.reasons import Reason
from core.sources import Entry, Source
from ingest.articles import extract_article

NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "https://courier.example/world/asean-meets-20261120.html"
SOURCE = Source(id="courier", url="https://courier.example/rss", publisher="The Courier")
ENTRY = Entry(source="courier", identity="g1", link=URL, title="Ministers adopt joint communiqué")
LANGUAGES = sorted(ARTICLE)


def read(html: str, url: str = URL) -> Article:
    return extract_article(html, url=url, source=SOURCE, entry=ENTRY, now=NOW)


def refusal(html: str, url: str = URL) -> Reason:
    with pytest.raises(ExtractError) as caught:
        read(html, url)
    return caught.value.reason


def test_every_language_has_every_wall() -> None:
    for words in (COOKIE_WALL, PAYWALL, SCRIPT_ONLY, NOT_FOUND):
        assert sorted(words) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_about_cookies_is_no_article(language: str) -> None:
    assert refusal(page(COOKIE_WALL[language])) is Reason.COOKIE_WALL
    assert refusal(page(*[COOKIE_WALL[language]] * 3)) is Reason.COOKIE_WALL


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_beginning_before_a_paywall_is_no_article(language: str) -> None:
    assert refusal(page(ARTICLE[language], PAYWALL[language])) is Reason.PAYWALL
    assert refusal(page(*[ARTICLE[language]] * 2, PAYWALL[language])) is Reason.PAYWALL
    assert refusal(page(*[ARTICLE[language]] * 2, head=NOT_FREE)) is Reason.PAYWALL


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_only_a_browser_fills_is_no_article(language: str) -> None:
    assert refusal(app_shell(SCRIPT_ONLY[language])) is Reason.SCRIPT_ONLY
    assert refusal(page(SCRIPT_ONLY[language])) is Reason.SCRIPT_ONLY


def test_the_frame_of_an_application_is_known_without_words() -> None:
    assert refusal(app_shell()) is Reason.SCRIPT_ONLY


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_page_with_status_200_is_no_article(language: str) -> None:
    gone = NOT_FOUND[language]
    assert refusal(page("…", title=gone)) is Reason.NOT_FOUND
    assert refusal(page(*[ARTICLE[language]] * 2, title=gone)) is Reason.NOT_FOUND
    assert (
        refusal(f"<html><head><title>The Courier - {gone}</title></head><body><p>{ARTICLE[language]}</p></body></html>") is Reason.NOT_FOUND
    )


@pytest.mark.parametrize("title", OUT_OF_ORDER)
def test_a_server_in_trouble_with_status_200_is_asked_again(title: str) -> None:
    reason = refusal(page("Please try again later.", title=title))

    assert reason is Reason.SERVER_ERROR
    assert reason.transient


@pytest.mark.parametrize("html", CHALLENGES)
def test_a_page_that_wants_to_see_a_person_is_no_article(html: str) -> None:
    assert refusal(html) is Reason.CHALLENGE


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://courier.example/", Reason.NOT_FOUND),
        ("https://www.courier.example/", Reason.NOT_FOUND),
        ("https://courier.example/en/", Reason.NOT_FOUND),
        ("https://courier.example/vi-vn/index.html", Reason.NOT_FOUND),
        ("https://courier.example/home", Reason.NOT_FOUND),
        ("https://courier.example/404.html", Reason.NOT_FOUND),
        ("https://courier.example/error", Reason.NOT_FOUND),
        ("https://courier.example/page-not-found/", Reason.NOT_FOUND),
        ("https://consent.courier.example/collect?session=1", Reason.COOKIE_WALL),
        ("https://guce.courier.example/collectConsent?sessionId=1", Reason.COOKIE_WALL),
        ("https://courier.example/login?next=/world/asean", Reason.UNAUTHORIZED),
        ("https://sso.courier.example/signin", Reason.UNAUTHORIZED),
    ],
)
def test_a_redirect_to_somewhere_else_brings_no_article(url: str, reason: Reason) -> None:
    assert refusal(page(*[ARTICLE["en"]] * 9), url) is reason


@pytest.mark.parametrize(
    "url",
    [
        URL,
        URL + "?utm_source=rss",
        "https://courier.example/2026/11/20/asean-meets/",
        "https://courier.example/asean",
        "https://courier.example/?p=4711",
        "https://courier.example/#!/story/12",
        "https://partner.example/",
        "https://courier.example/world/error-404-at-the-ministry.html",
    ],
)
def test_a_redirect_to_a_page_brings_it(url: str) -> None:
    assert ARTICLE["en"] in read(page(*[ARTICLE["en"]] * 9), url).text


# an article that speaks of walls


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_article_stays_one_whatever_its_page_offers(language: str) -> None:
    offers = (
        f"<div class='top'>{PAYWALL[language]}</div><div class='consent'>{COOKIE_WALL[language]}</div>"
        f"<noscript>{SCRIPT_ONLY[language]}</noscript><div id='app'></div>"
    )
    short = page(*[ARTICLE[language]] * 3, head=CHALLENGE_BEACON, foot=f"<footer>{offers}</footer>")

    assert ARTICLE[language] in read(short).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_article_stays_one_though_it_is_not_free(language: str) -> None:
    article = read(page(*[ARTICLE[language]] * 12, head=NOT_FREE))

    assert ARTICLE[language] in article.text
    assert article.flags == ("paywalled",)


@pytest.mark.parametrize(
    "sentence",
    [
        "The ministers agreed that websites must ask before they set cookies, and that users may reject them, the statement said.",
        "The newspaper said that its subscribers rose to two million, and that the law on subsidies was adopted by the ministers.",
        "The ministry's site gave error 404 for hours; officials said that the page was not found because of an attack.",
        "The court said that JavaScript is required by no law, and that the ministries had agreed to make their sites open.",
    ],
)
def test_news_about_cookies_subscribers_and_errors_are_news(sentence: str) -> None:
    assert sentence in read(page(ARTICLE["en"], sentence, ARTICLE["en"])).text


@pytest.mark.parametrize(
    "title",
    ["Access denied: how reporters were kept from the summit", "404 villages get power lines", "Just a moment of peace, ministers say"],
)
def test_a_headline_that_sounds_like_a_wall_is_a_headline(title: str) -> None:
    entry = Entry(source="courier", identity="g1", link=URL, title=title)
    html = page(*[ARTICLE["en"]] * 3, title=title)

    assert ARTICLE["en"] in extract_article(html, url=URL, source=SOURCE, entry=entry, now=NOW).text


# what surrounds an article


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_surrounds_an_article_gets_into_its_text(language: str) -> None:
    paragraphs = [f"{number}. {ARTICLE[language]}" for number in range(1, 6)]
    text = read(dressed(paragraphs, language=language)).text

    assert text.split("\n") == paragraphs
    assert [word for word in SURROUNDINGS if word in text] == []


def linked(*names: str, path: str) -> str:
    """A list of links."""
    return "".join(f"<li><a href='{path.format(number)}'>{name}</a></li>" for number, name in enumerate(names))


def test_documents_that_a_page_lists_belong_to_it() -> None:
    adopted = ["Joint Communiqué of the 58th AMM", "ASEAN Declaration on Safe Seas"]
    news = ["Typhoon nears the coast of Luzon", "Ten places to eat this weekend"]
    for path in ("https://courier.example/doc-{}", "/wp-content/uploads/2026/11/doc-{}.pdf"):
        body = [f"<p>{number}. {ARTICLE['en']}</p>" for number in range(1, 6)]
        body.insert(3, f"<p>The ministers adopted the following documents:</p><ul>{linked(*adopted, path=path)}</ul>")
        body.insert(5, f"<h3>Read also</h3><ul>{linked(*news, path='/news/{}')}</ul>")
        text = read(f"<html><body><article>{''.join(body)}</article></body></html>").text

        assert [name for name in adopted if name not in text] == []
        assert [name for name in news if name in text] == []
