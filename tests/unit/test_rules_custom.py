"""Topics and alerts of the user's own: what each part of the language asks for, and what it refuses."""

import time

import pytest
from own_rules import Own, book

from aseanwatch.contract import article_from_item
from classifiers.custom import Finder
from core.codes import Stage
from core.errors import ConfigError
from core.sources import Tier

RULES = """
[[topic]]
code = "rice"
about = "Rice"
threshold = 3
[topic.terms]
"rice reserve(|s)" = 3
"rice" = 1
"paddy" = 1
"rice paper" = -3

[[topic]]
code = "both"
all = ["haze", { any = ["fund", "facility"] }]
none = ["tax", { all = ["smoke", "screen"] }]

[[topic]]
code = "same-sentence"
within = "sentence"
all = ["haze", "fund"]

[[topic]]
code = "same-paragraph"
within = "paragraph"
all = ["haze", "fund"]

[[topic]]
code = "close"
near = { a = ["fund"], b = ["haze", "smoke"], words = 3 }

[[topic]]
code = "in-order"
before = { a = ["minister(|s)"], b = ["tariff(|s)"] }

[[topic]]
code = "close-in-order"
after = { a = ["tariff(|s)"], b = ["minister(|s)"], words = 2 }

[[topic]]
code = "in-title"
fields = ["title"]
any = ["myanmar"]

[[topic]]
code = "in-lead"
fields = ["lead"]
any = ["vientiane"]

[[topic]]
code = "late-in-lead"
fields = ["title", "lead"]
any = ["border"]

[[topic]]
code = "outlook"
any = ["AOIP", "vision"]

[[topic]]
code = "sanctioned"
all = ["sanction+"]

[[topic]]
code = "sanctions-at-all"
all = ["sanction+"]
negated = "count"

[[topic]]
code = "bien-dong"
any = ["biển đông", "南海"]

[[topic]]
code = "haze-and-rice"
any = ["ministers"]
when = { topic = ["rice", "climate"] }

[[alert]]
name = "france-joins"
about = "France joins a treaty"
when = { outcome = ["accession"], status = ["done"], party = ["French"] }

[[alert]]
name = "official"
any = ["ministers"]
when = { tier = ["official"], lang = ["en"], stage = ["ongoing", "outcome"] }

[[alert]]
name = "not-asean"
any = ["volcano"]
when = { stage = ["none"] }

[[alert]]
name = "at-the-summit"
any = ["ministers"]
when = { meeting = ["SUMMIT"], primary = ["SUMMIT"] }

[[alert]]
name = "by-leaders"
when = { level = ["leaders"], outcome = ["document", "agreement"] }
"""


@pytest.fixture(scope="module")
def own() -> Own:
    return Own(RULES)


def test_terms_are_weighed_once_a_story_and_the_sum_must_reach_the_threshold(own: Own) -> None:
    assert own.words("rice", "They spoke of rice, rice and rice again, and of paddy.") == []
    assert own.words("rice", "They spoke of rice reserves.") == [("rice reserves", 3.0), ("rice", 1.0)]
    assert own.words("rice", "They wrote of the rice reserve on rice paper.") == []


def test_the_score_of_a_topic_is_the_sum_of_the_weights_of_its_words(own: Own) -> None:
    reading = own.read("They spoke of rice reserves and paddy.")

    [topic] = [topic for topic in reading.topics if topic.code == "rice"]
    assert topic.score == sum(one.weight for one in topic.evidence) == 5
    assert all(one.rule == "topic.rice" for one in topic.evidence)


def test_groups_ask_for_all_any_or_none(own: Own) -> None:
    assert own.holds("both", "They set up a facility. The haze is thick.")
    assert not own.holds("both", "The haze is thick.")
    assert not own.holds("both", "They set up a fund against the haze from a tax.")
    assert own.holds("both", "They set up a fund against haze and smoke.")
    assert not own.holds("both", "They set up a fund against haze. It is a smoke screen.")


def test_what_must_hold_together_may_be_a_sentence_a_paragraph_or_the_text(own: Own) -> None:
    one, two, three = "A fund against haze is new.", "A fund is new. Haze is old.", "A fund is new.\n\nHaze is old."

    assert [own.holds("same-sentence", text) for text in (one, two, three)] == [True, False, False]
    assert [own.holds("same-paragraph", text) for text in (one, two, three)] == [True, True, False]
    assert [own.holds("both", text) for text in (one, two, three)] == [True, True, True]


def test_nearness_counts_the_words_between(own: Own) -> None:
    assert own.words("close", "The fund fights the regional haze.") == [("fund", 1.0), ("haze", 1.0)]
    assert own.holds("close", "Against haze there is a fund.")
    assert not own.holds("close", "The fund fights almost all of the haze.")
    assert own.holds("close", "The haze is bad, they said on Friday; a fund, the haze.")


def test_nothing_is_near_across_title_and_text(own: Own) -> None:
    assert not own.holds("close", "Haze is old.", title="ASEAN sets up a fund")


def test_order_matters_where_it_is_asked_for(own: Own) -> None:
    assert own.holds("in-order", "Nobody likes the tariffs.")  # the ministers stand in the lead
    assert not own.holds("close-in-order", "Ministers came, and they discussed new tariffs.")
    assert own.holds("close-in-order", "Ministers discussed tariffs.")
    assert not own.holds("close-in-order", "Tariffs trouble ministers.")


def test_fields_are_the_title_the_lead_and_the_story(own: Own) -> None:
    assert own.holds("in-title", "They met.", title="ASEAN ministers discuss Myanmar")
    assert not own.holds("in-title", "They discussed Myanmar.")
    assert own.holds("in-lead", "They met.")  # the lead is LEAD
    assert not own.holds("late-in-lead", "They spoke of the border.")


def test_captions_and_links_to_other_stories_are_no_part_of_the_story(own: Own) -> None:
    assert not own.holds("rice", "They met.\n\nRelated news\nRice reserves grow in the region as prices fall")


def test_acronyms_keep_their_capitals_and_words_do_not(own: Own) -> None:
    assert own.holds("outlook", "They praised the AOIP.")
    assert not own.holds("outlook", "They praised the aoip.")
    assert own.holds("outlook", "They praised the VISION.")


def test_a_word_is_found_in_a_compound_but_not_within_a_word(own: Own) -> None:
    assert own.holds("outlook", "They praised the ASEAN-vision paper.")
    assert not own.holds("outlook", "They praised the visions and the televisions.")


def test_denied_words_do_not_count_unless_the_rule_says_so(own: Own) -> None:
    denied = "The ministers did not sanction the junta."

    assert not own.holds("sanctioned", denied)
    assert own.holds("sanctions-at-all", denied)
    assert own.holds("sanctioned", "They did not meet the press, but sanctioned the junta.")
    assert own.holds("sanctioned", "Without further talk, they sanctioned the junta.")
    assert not own.holds("sanctioned", "They stopped short of sanctioning the junta.")


def test_other_scripts_are_found_however_they_are_composed(own: Own) -> None:
    assert own.holds("bien-dong", "Họ bàn về Biển Đông.")
    assert own.holds("bien-dong", "Họ bàn về Biê\u0309n Đông.")
    assert own.holds("bien-dong", "他们讨论了南海问题。")


def test_conditions_on_outcomes_hold_for_one_and_the_same_outcome(own: Own) -> None:
    joined = own.read("France acceded to the Treaty of Amity and Cooperation in Southeast Asia.")

    [alert] = joined.user_alerts
    assert (alert.name, alert.about) == ("france-joins", "France joins a treaty")
    assert [one.span.quote for one in alert.evidence][-1] in joined.sightings[0].sentence.quote
    assert "alert:france-joins" in joined.flags
    assert not own.holds("france-joins", "Chile acceded to the Treaty of Amity and Cooperation in Southeast Asia. France watched.")
    assert not own.holds("france-joins", "France hopes to accede to the Treaty of Amity and Cooperation in Southeast Asia.")


def test_conditions_on_the_story_and_its_source(own: Own) -> None:
    assert own.holds("official", "They discussed the border.", tier=Tier.OFFICIAL)
    assert not own.holds("official", "They discussed the border.")
    assert own.holds(
        "at-the-summit", "Ministers and leaders attended the 44th ASEAN Summit.", title="The 44th ASEAN Summit opens in Vientiane"
    )
    assert not own.holds("at-the-summit", "Ministers attended the 57th ASEAN Foreign Ministers' Meeting.")
    assert not own.holds("by-leaders", "The ministers adopted a joint declaration.")


def test_a_rule_may_ask_for_a_topic_that_stands_before_it(own: Own) -> None:
    assert own.holds("haze-and-rice", "They spoke of rice reserves.")
    assert not own.holds("haze-and-rice", "They spoke of the border.")


def test_stories_that_are_not_about_asean_are_passed_over_unless_the_rule_asks_for_them(own: Own) -> None:
    text = "A volcano erupted near the rice reserves on Sunday, and nobody was hurt in the villages."

    reading = own.reader.read(article_from_item({"id": "v", "title": "A volcano", "text": text}))

    assert reading.stage is Stage.NONE
    assert [alert.name for alert in reading.user_alerts] == ["not-asean"]
    assert reading.topics == ()


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("[[topics]]\ncode = 'x'\n", 1, "`topics` is unknown in a file of your own: it holds [[topic]] and [[alert]]"),
        ("[[act]]\nid = 'x'\n", 1, "to change the built-in ones, give a whole acts.toml"),
        ("# nothing\n", 1, "holds no [[topic]] and no [[alert]]"),
        ("[topic]\ncode = 'x'\n", 1, "`topic` must be a list of tables, each written [[topic]]"),
        ("[[topic]]\nany = ['x']\n", 1, "`topic` has no `code`"),
        ("[[topic]]\ncode = 'Rice Trade'\nany = ['x']\n", 2, "`code` must be lower-case letters, digits and hyphens"),
        ("[[topic]]\ncode = 'trade'\nany = ['x']\n", 2, "`trade` is taken; call this topic something else"),
        ("[[alert]]\nname = 'x'\nany = ['x']\n[[alert]]\nname = 'x'\nany = ['y']\n", 5, "`x` is taken; call this alert something else"),
        ("[[topic]]\ncode = 'x'\nany = ['x']\nword = ['y']\n", 4, "`word` is unknown in `topic`; known: code, about, terms"),
        ("[[topic]]\ncode = 'x'\n", 1, "`x` does not name any words to look for"),
        ("[[alert]]\nname = 'x'\nnone = ['y']\n", 1, "`x` does not name any words or conditions"),
        (
            "[[topic]]\ncode = 'x'\nterms = { 'a' = 1 }\nthreshold = 3\n",
            4,
            "the terms weigh 1 together and can never reach the threshold 3",
        ),
        ("[[topic]]\ncode = 'x'\nany = ['a']\nthreshold = 3\n", 4, "`threshold` needs `terms`"),
        ("[[topic]]\ncode = 'x'\n[topic.terms]\n'a' = 1\n'b' = 'much'\n", 5, "the weight of `b` must be a number other than 0"),
        ("[[topic]]\ncode = 'x'\nany = [\n  'good',\n  '(bad',\n]\n", 5, "pattern `(bad`: unbalanced or nested parentheses"),
        ("[[topic]]\ncode = 'x'\nany = ['a', 3]\n", 3, "`any` holds 3, which is no phrase"),
        (
            "[[topic]]\ncode = 'x'\nany = [{ some = ['a'] }]\n",
            3,
            "a group in `any` is one of all, any, none, near, before, after: found some",
        ),
        ("[[topic]]\ncode = 'x'\nany = [{ all = ['a', { any = ['b'] }] }]\n", 3, "one level is all there is"),
        ("[[topic]]\ncode = 'x'\nnear = { a = ['a'], b = ['b'] }\n", 3, "`near` must say within how many `words`"),
        ("[[topic]]\ncode = 'x'\nnear = { a = ['a'], words = 3 }\n", 3, "`near` has no `b`"),
        ("[[topic]]\ncode = 'x'\nbefore = { a = ['a'], b = ['b'], gap = 3 }\n", 3, "`gap` is unknown in `before`; known: a, b, words"),
        (
            "[[topic]]\ncode = 'x'\nnear = { a = ['a'], b = ['b'], words = -1 }\n",
            3,
            "`words` in `near` must be a whole number from 0 to 200",
        ),
        ("[[topic]]\ncode = 'x'\nany = ['a']\nwithin = 'page'\n", 4, "`within` must be a place: text, paragraph, sentence"),
        ("[[topic]]\ncode = 'x'\nany = ['a']\nfields = ['head']\n", 4, "`fields` must be a list of fields: title, lead, text"),
        ("[[alert]]\nname = 'x'\nwhen = { mood = ['good'] }\n", 3, "`mood` is no condition; known: meeting, primary, topic"),
        (
            "[[alert]]\nname = 'x'\n[alert.when]\nstage = ['outcome']\nmeeting = ['AMMM']\n",
            5,
            "`meeting` in `when` must be a list of meeting types",
        ),
        ("[[alert]]\nname = 'x'\n[alert.when]\nstatus = ['done']\nparty = ['Atlantis']\n", 5, "no party is called `Atlantis`"),
        ("[[alert]]\nname = 'x'\nwhen = { topic = ['rice'] }\n", 3, "no topic is called `rice`"),
        ("[[alert]]\nname = 'x'\nwhen = { stage = ['outcome'] }\nwithin = 'sentence'\n", 4, "`within` needs words to look for"),
        ("[[topic]]\ncode = 'x'\nany = ['a']\nyes = 'a sentence'\n", 4, "`yes` must be a list of sentences"),
    ],
)
def test_a_rule_that_is_wrong_is_refused_with_file_line_and_reason(source: str, line: int, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Finder(book(source))

    assert str(refused.value).startswith(f"mine.toml: line {line}: "), refused.value
    assert reason in str(refused.value)


def test_many_hits_cost_no_more_than_they_are(own: Own) -> None:
    """Nearness over a text that is nothing but its words: twice as long, about twice as dear."""

    def cost(length: int) -> float:
        story = "The fund fights the haze and the smoke. " * (length // 40)
        began = time.process_time()
        own.read(story)
        return time.process_time() - began

    cost(5_000)
    assert min(cost(60_000), cost(60_000)) < 3.5 * min(cost(30_000), cost(30_000))
