"""An alert as words."""

from dataclasses import replace

import pytest
from owed import FUND, PLAN, a_delivery, an_alert

from aseanwatch.alerts import messages
from aseanwatch.alerts.console import ConsoleNotifier
from aseanwatch.alerts.markup import LOOK_ALIKES, markup
from aseanwatch.alerts.messages import SUBJECT_LIMIT
from aseanwatch.alerts.pace import Pace
from aseanwatch.alerts.samples import SAMPLES
from aseanwatch.alerts.targets import SCHEMES, Channel
from aseanwatch.alerts.templates import Templates
from aseanwatch.alerts.view import link
from core.alerts import AlertKind, ReceiptKind

TEMPLATES = Templates()


def full(alert, delivery, **limit):
    return messages.full(alert, delivery, TEMPLATES, **limit)


def short(alert, delivery, limit, markup=LOOK_ALIKES):
    return messages.short(alert, delivery, TEMPLATES, limit, markup)


def subject(alert, delivery):
    return messages.subject(alert, delivery, TEMPLATES)


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
    plan = replace(PLAN, outcome="document-5f0c1234abcd5678", others=("asean.org", "The Example Post"))
    message = full(an_alert(plan, replace(FUND, outcome="funding-77aa0000bbbb1111")), a_delivery())
    assert message.subject == "2 new outcomes: ASEAN-UK Plan of Action 2022-2026"
    assert message.body == (
        "2 new outcomes in one report:\n"
        "\n"
        "1. ASEAN-UK Plan of Action 2022-2026\n"
        "   document, done (was planned), ministerial\n"
        "   Parties: ASEAN, United Kingdom\n"
        "   Meeting: PMC with the United Kingdom, 2022\n"
        "   “The ministers adopted the ASEAN-UK Plan of Action (2022-2026) in Phnom Penh.”\n"
        "   Reported before by: asean.org, The Example Post\n"
        "   Wrong? aseanwatch review reject document-5f0c1234\n"
        "\n"
        "2. ASEAN response fund\n"
        "   funding, failed (new), leaders\n"
        "   “No agreement was reached on the fund.”\n"
        "   Wrong? aseanwatch review reject funding-77aa0000\n"
        "\n"
        "Reported by Example News, 2022-08-04 09:00 UTC\n"
        "ASEAN and the UK agree on a plan\n"
        "https://news.example/plan?id=1&lang=en\n"
        "\n"
        "Why: aseanwatch explain 'https://news.example/plan?id=1&lang=en'\n"
        "All of it: aseanwatch alerts show alert-1\n"
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
        "   That sentence is gone.\n"
        "   Wrong? aseanwatch review reject outcome-plan",
        "2. ASEAN response fund\n"
        "   funding, told as failed, now reported as planned\n"
        "   It said: “No agreement was reached on the fund.”\n"
        "   It says now: “Talks on the fund go on.”\n"
        "   Wrong? aseanwatch review reject outcome-fund",
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

    some = short(an_alert(*[PLAN] * 9), a_delivery(), 1500)
    assert 0 < some.body.count("“") < some.body.count("• ") == 9  # all as lines, the first in detail

    narrow = short(an_alert(*[PLAN] * 40), a_delivery(), 1000)
    assert len(narrow.subject) + 2 + len(narrow.body) <= 1000
    assert "“" not in narrow.body
    assert "https://news.example/plan?id=1&lang=en" in narrow.body
    assert "more: aseanwatch alerts show alert-1" in narrow.body


def test_what_does_not_fit_is_counted():
    message = full(an_alert(*[PLAN] * 200), a_delivery(), limit=5000)
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


def test_a_digest_lists_everything_then_details_while_there_is_room():
    digest = SAMPLES["digest"]
    part = digest.parts[0]
    many = [replace(part, alert=f"a{n}", url=f"https://news.example/{n}", news=(replace(PLAN, title=f"Plan no. {n}."),)) for n in range(60)]
    alert = an_alert(kind=AlertKind.DIGEST, headline="Thursday", news=(), parts=tuple(many))
    assert subject(alert, a_delivery()) == "[digest] 60 outcomes in 60 reports: Thursday"
    whole = full(alert, a_delivery())
    assert [f"Plan no. {n}." in whole.body and f"https://news.example/{n}\n" in whole.body for n in range(60)] == [True] * 60
    assert whole.body.count("“") == 60

    tight = full(alert, a_delivery(), limit=9000)
    assert all(f"Plan no. {n}.: document, done (was planned) https://news.example/{n}\n" in tight.body for n in range(59, 40, -1))
    assert 0 < tight.body.count("“") < 60
    assert "more:" not in tight.body

    chat = short(alert, a_delivery(), 2000)
    shown = chat.body.count("• ")
    assert 5 < shown < 60
    assert f"and {60 - shown} more: aseanwatch alerts show alert-1" in chat.body


def test_a_digest_tells_corrections_and_operators_messages_apart():
    body = full(SAMPLES["digest"], a_delivery()).body
    assert "It said: “The ministers adopted" in body
    assert "It says now: “Talks on the fund go on.”" in body
    assert "asean.org does not answer" in body


def test_an_operator_reads_what_happened_and_what_to_do():
    message = full(SAMPLES["operator"], a_delivery())
    assert message.subject == "[watch] asean.org has not answered since 08:00 UTC"
    assert "HTTP 503 at each of 12 attempts.\nLook: aseanwatch sources test asean-org\n" in message.body
    assert "outcome" not in message.body
    notes = tuple(f"note {n} {'x' * 90}" for n in range(200))
    cut = short(replace(SAMPLES["operator"], notes=notes), a_delivery(), 2000).body
    assert f"and {200 - cut.count('note ')} more: aseanwatch alerts show" in cut


@pytest.mark.parametrize("kind", AlertKind)
@pytest.mark.parametrize("limit", [300, 500, 800, 2000, 20_000])
@pytest.mark.parametrize("scheme", [scheme for scheme, channel in SCHEMES.items() if channel is Channel.CHAT])
def test_a_chat_message_keeps_within_its_limit_as_the_service_counts(kind, limit, scheme):
    sample = SAMPLES[kind]
    item = replace(PLAN, title="<&*_" * 60, sentence="<&>@" * 200)
    news = (item,) * 40 if sample.news else ()
    parts = tuple(replace(part, news=(item,) * 20) for part in sample.parts)
    style = markup(scheme)
    message = short(replace(sample, news=news, parts=parts), a_delivery(), limit, style)
    assert style.length(message.subject) + 2 + style.length(message.body) <= limit
    assert a_delivery().key in message.body or limit == 300


@pytest.mark.parametrize("text", HOSTILE)
def test_no_mention_link_or_markup_of_strangers_reaches_a_chat(text):
    item = replace(PLAN, title=text, sentence=text)
    message = short(an_alert(item, publisher=text, url="https://news.example/@everyone/<!channel>/[a](b)*_`"), a_delivery(), 3000)
    for part in (message.subject, message.body):
        assert not set("<>@[]*`~|\\") & set(part)
    prose = [line for line in message.body.split("\n") if "https://" not in line]
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
    assert ConsoleNotifier(seen.append, TEMPLATES).deliver(a_delivery(), an_alert()).kind is ReceiptKind.ACCEPTED
    assert full(an_alert(), a_delivery()).body in seen[0]

    def gone(_):
        raise BrokenPipeError

    assert ConsoleNotifier(gone, TEMPLATES).deliver(a_delivery(), an_alert()).kind is ReceiptKind.NOT_SENT


def test_a_storm_is_spread_and_each_message_keeps_its_place():
    pace = Pace(per_minute=20)
    waits = {n: pace.wait(str(n), now=100.0) for n in range(31)}
    assert [waits[n] for n in range(11)] == [0.0] * 11  # a first handful at once
    assert [round(waits[n]) for n in range(11, 31)] == [3 * n for n in range(1, 21)]

    assert pace.wait("15", now=100.0 + waits[15]) == 0.0
    assert pace.wait("30", now=130.0) == pytest.approx(waits[30] - 30)
    assert pace.wait("new", now=1000.0) == 0.0
