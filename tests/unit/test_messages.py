"""An alert as words."""

from dataclasses import replace

import pytest
from owed import FUND, PLAN, a_delivery, an_alert

from aseanwatch.alerts.console import ConsoleNotifier
from aseanwatch.alerts.messages import SUBJECT_LIMIT, full, link, short, subject
from aseanwatch.alerts.pace import Pace
from core.alerts import AlertKind, ReceiptKind

HOSTILE = [
    "Plan\r\nBcc: thief@evil.example",
    "Plan\x00 \x1b[31mred\x07",
    "Plan \u202egnol\u202c",
    "<!channel> <!here|x> <@U123> <#C1> <https://evil.example|click>",
    "@everyone @here @channel @all @room",
    "[x](javascript:alert(1)) ![i](https://evil.example/p.png)",
    "*b* _i_ ~s~ `c` ```code``` ||spoiler|| > quote # head \\*",
    "<b>tag</b> <script>alert(1)</script> &lt;!channel&gt;",
    "=cmd|'/c calc'!A0",
    "{{7*7}} ${7*7} %0d%0aBcc:",
    "Plan\u2028Bcc: a\u2029b\u0085c",
    "x" * 5000,
    "",
]


def test_the_whole_message_lists_each_outcome_with_its_proof_and_says_where_from():
    message = full(an_alert(PLAN, FUND), a_delivery())
    assert message.subject == "2 new outcomes: ASEAN-UK Plan of Action 2022-2026"
    assert message.body == (
        "2 new outcomes in one report:\n"
        "\n"
        "1. ASEAN-UK Plan of Action 2022-2026\n"
        "   document, done (was planned), ministerial\n"
        "   Parties: ASEAN, United Kingdom\n"
        "   Meeting: PMC with the United Kingdom, 2022\n"
        "   “The ministers adopted the ASEAN-UK Plan of Action (2022-2026) in Phnom Penh.”\n"
        "\n"
        "2. ASEAN response fund\n"
        "   funding, failed (new), leaders\n"
        "   “No agreement was reached on the fund.”\n"
        "\n"
        "Reported by Example News, 2022-08-04 09:00 UTC\n"
        "ASEAN and the UK agree on a plan\n"
        "https://news.example/plan?id=1&lang=en\n"
        "\n"
        "Why: aseanwatch explain 'https://news.example/plan?id=1&lang=en'\n"
        "Delivery: 5f0c2b1e-delivery"
    )


def test_a_correction_says_what_was_said_and_what_is_said_now():
    gone = replace(PLAN, status="", previous_status="done")
    turned = replace(FUND, status="planned", previous_status="failed", says_now="Talks on the fund go on.")
    alert = an_alert(gone, turned, kind=AlertKind.CORRECTION, corrects="alert-0")
    message = full(alert, a_delivery())
    assert message.subject == "[correction] 2 taken back: ASEAN-UK Plan of Action 2022-2026"
    assert message.body.split("\n\n")[:3] == [
        "An article was edited and takes back what you were told:",
        "1. ASEAN-UK Plan of Action 2022-2026\n"
        "   document, told as done, now reported no more\n"
        "   It said: “The ministers adopted the ASEAN-UK Plan of Action (2022-2026) in Phnom Penh.”\n"
        "   That sentence is gone.",
        "2. ASEAN response fund\n"
        "   funding, told as failed, now reported as planned\n"
        "   It said: “No agreement was reached on the fund.”\n"
        "   It says now: “Talks on the fund go on.”",
    ]
    chat = short(alert, a_delivery(), 2000)
    assert chat.subject.startswith("(correction)")
    assert "said “No agreement was reached on the fund.”\n  says now “Talks on the fund go on.”" in chat.body
    assert alert.url in chat.body


def test_a_possible_second_copy_says_so():
    assert subject(an_alert(), a_delivery(repeat=True)).startswith("[repeat?] 1 new outcome: ")


def test_a_chat_gets_the_sentence_when_there_is_room_and_always_the_link():
    roomy = short(an_alert(PLAN, FUND), a_delivery(), 2000)
    assert "“The ministers adopted the ASEAN-UK Plan of Action (2022-2026) in Phnom Penh.”" in roomy.body

    narrow = short(an_alert(*[PLAN] * 40), a_delivery(), 1000)
    assert len(narrow.subject) + 2 + len(narrow.body) <= 1000
    assert "“" not in narrow.body
    assert "https://news.example/plan?id=1&lang=en" in narrow.body
    assert "more: aseanwatch outcomes" in narrow.body


def test_what_does_not_fit_is_counted():
    message = full(an_alert(*[PLAN] * 200), a_delivery(), 5000)
    shown = message.body.count("document, done")
    assert len(message.body) <= 5000
    assert f"and {200 - shown} more" in message.body


@pytest.mark.parametrize("text", HOSTILE)
def test_strangers_words_stay_on_their_line_and_within_their_limits(text):
    item = replace(PLAN, title=text, sentence=text, meeting=text, parties=(text, text))
    for message in (
        full(an_alert(item, headline=text, publisher=text), a_delivery()),
        short(an_alert(item, publisher=text), a_delivery(), 800),
    ):
        assert "\n" not in message.subject
        assert len(message.subject) <= SUBJECT_LIMIT
        assert all(c == "\n" or c.isprintable() or c == " " for c in message.subject + message.body)
        assert not any(line.lower().startswith("bcc:") for line in message.body.split("\n"))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_mention_link_or_markup_of_strangers_reaches_a_chat(text):
    item = replace(PLAN, title=text, sentence=text)
    message = short(an_alert(item, publisher=text, url="https://news.example/@everyone/<!channel>/[a](b)*_`"), a_delivery(), 3000)
    for part in (message.subject, message.body):
        assert not set("<>@[]*`~|\\") & set(part)
    prose = [line for line in message.body.split("\n") if not line.startswith("https://")]
    assert not any("_" in line or "#" in line for line in prose)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://news.example/a b\n c", "https://news.example/abc"),
        ("https://news.example/x>y<z", "https://news.example/x%3Ey%3Cz"),
        ("https://news.example/it's", "https://news.example/it%27s"),
        ("https://news.example/tin-tức?q=%C3%A9", "https://news.example/tin-t%E1%BB%A9c?q=%C3%A9"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_links_keep_their_meaning_and_nothing_else(url, shown):
    assert link(url) == shown


def test_the_console_shows_the_whole_message_and_a_console_that_is_gone_is_no_end():
    seen = []
    assert ConsoleNotifier(seen.append).deliver(a_delivery(), an_alert()).kind is ReceiptKind.ACCEPTED
    assert full(an_alert(), a_delivery()).body in seen[0]

    def gone(_):
        raise BrokenPipeError

    assert ConsoleNotifier(gone).deliver(a_delivery(), an_alert()).kind is ReceiptKind.NOT_SENT


def test_a_storm_is_spread_and_each_message_keeps_its_place():
    pace = Pace(per_minute=20)
    waits = {n: pace.wait(str(n), now=100.0) for n in range(31)}
    assert [waits[n] for n in range(11)] == [0.0] * 11  # a first handful at once
    assert [round(waits[n]) for n in range(11, 31)] == [3 * n for n in range(1, 21)]

    assert pace.wait("15", now=100.0 + waits[15]) == 0.0
    assert pace.wait("30", now=130.0) == pytest.approx(waits[30] - 30)
    assert pace.wait("new", now=1000.0) == 0.0
