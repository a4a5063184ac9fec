"""Mail: real servers, what a mail says and looks like, and what became of it in every way in which it may fail."""

import re
import ssl
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from owed import FUND, PLAN, a_delivery, an_alert
from receivers import DROP, HANG, OddMailServer, SmtpReceiver, trust

from aseanwatch.alerts.notify import notifier
from aseanwatch.alerts.samples import SAMPLES
from aseanwatch.alerts.targets import Target
from aseanwatch.alerts.templates import Templates
from core.alerts import ReceiptKind, delivery_key
from core.errors import ConfigError

TEMPLATES = Templates()
TITLE = "ASEAN-UK Plan of Action 2022-2026"


@pytest.fixture
def post():
    with SmtpReceiver() as receiver:
        yield receiver


def sender(url, seconds=10.0, trust=ssl.create_default_context):
    return notifier(Target(name="desk", url=url), TEMPLATES, send_seconds=seconds, trust=trust)


def send(url, alert=None, *, seconds=10.0, trust=ssl.create_default_context, **delivery):
    return sender(url, seconds, trust).deliver(a_delivery(**delivery), alert or an_alert())


def test_a_mail_says_it_as_text_and_as_html(post):
    assert send(post.url).kind is ReceiptKind.ACCEPTED
    (mail,) = post.arrivals
    assert mail.subject == f"1 new outcome: {TITLE}"
    assert mail.parsed.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.parsed.get_payload()] == ["text/plain", "text/html"]
    assert f"“{PLAN.sentence}”" in mail.text
    assert f"“{PLAN.sentence}”" in mail.html
    assert 'name="viewport" content="width=device-width' in mail.html
    assert 'href="https://news.example/plan?id=1&amp;lang=en"' in mail.html
    assert max(len(line) for line in mail.raw.split(b"\r\n")) <= 998
    assert mail.raw.isascii()


def test_every_attempt_is_the_same_mail(post):
    """Hazard 68: one Message-ID, of ours, the same on every attempt, so that servers and programs may drop a repeat."""
    notifier_ = sender(post.url)
    post.next_answers("451 try later", times=2)
    kinds = [notifier_.deliver(a_delivery(attempt=n), an_alert()).kind for n in (1, 2, 3)]
    assert kinds == [ReceiptKind.RETRY, ReceiptKind.RETRY, ReceiptKind.ACCEPTED]
    first, second, third = post.arrivals
    assert first.raw == second.raw == third.raw
    assert first.parsed.get_all("Message-ID") == ["<5f0c2b1e-delivery@example.org>"]
    assert first.delivery == a_delivery().key
    assert first.recipients == ("desk@example.org",)

    assert notifier_.deliver(a_delivery(attempt=4, repeat=True), an_alert()).kind is ReceiptKind.ACCEPTED
    repeat = post.arrivals[3]
    assert repeat.parsed["Message-ID"] == first.parsed["Message-ID"]
    assert repeat.subject == f"[repeat?] {first.subject}"


def test_a_mail_tells_programs_what_it_is(post):
    send(post.url)
    headers = post.arrivals[0].parsed
    assert headers["List-Id"] == "aseanwatch alerts <desk.alerts.example.org>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Aseanwatch-Kind"] == "news"
    assert headers["X-Aseanwatch-Alert"] == "alert-1"
    assert headers["Date"] == "Thu, 04 Aug 2022 09:00:00 +0000"
    assert headers["From"] == "aseanwatch <watch@example.org>"
    once = ("From", "To", "Subject", "Date", "Message-ID", "References", "In-Reply-To", "List-Id", "MIME-Version", "Auto-Submitted")
    assert {name: len(headers.get_all(name, [])) for name in once} == dict.fromkeys(once, 1)


def test_what_is_said_of_one_outcome_is_one_thread(post):
    """All that refers to one id is one thread for a mail program, whether or not a mail with that id was ever seen."""
    planned = an_alert(replace(PLAN, status="planned", previous_status=None), key="a1")
    done = an_alert(PLAN, FUND, key="a2")
    correction = replace(SAMPLES["correction"], key="a3", corrects="a2", news=(replace(PLAN, status="", previous_status="done"),))
    other = an_alert(replace(FUND, outcome="another"), key="a4")
    for alert in (planned, done, correction, other, SAMPLES["digest"], replace(SAMPLES["operator"], key="a5")):
        assert send(post.url, alert, key=delivery_key(alert.key, "desk")).kind is ReceiptKind.ACCEPTED
    mails = [mail.parsed for mail in post.arrivals]
    threads = [set((mail["References"] or "").split()) for mail in mails]
    assert threads[0] & threads[1] & threads[2] == {"<outcome-outcome-plan@example.org>"}
    assert mails[2]["In-Reply-To"] == mails[1]["Message-ID"]
    assert threads[3] == {"<outcome-another@example.org>"}
    assert threads[4:] == [set(), set()]
    assert len({mail["Message-ID"] for mail in mails}) == 6


ENDS = "\r\n|\n|\r|\r\n |\x00|\x00\r\n|\x0b|\x0c|\x1c|\x85|\u2028|\u2029|\r\n\t|\n\n|\r\r\n".split("|")
SMUGGLED = [
    f"Plan{end}{header}"
    for end in ENDS
    for header in ("Bcc: thief@evil.example", "Subject: other\r\nRCPT TO:<thief@evil.example>\r\n.\r\nMAIL FROM:<x@evil.example>")
]


@pytest.mark.parametrize("text", SMUGGLED)
def test_no_title_adds_a_header_a_recipient_or_a_command(post, text):
    """Hazard 65: 30 payloads, in all that comes from strangers."""
    assert len(SMUGGLED) == 30
    item = replace(PLAN, title=text, sentence=text, meeting=text, parties=(text,), others=(text,), outcome=text)
    assert send(post.url, an_alert(item, headline=text, publisher=text, url=f"https://news.example/{text}", key=text)).kind is (
        ReceiptKind.ACCEPTED
    )
    (mail,) = post.arrivals
    assert mail.recipients == ("desk@example.org",)
    strict = message_from_bytes(mail.raw, policy=policy.default)
    assert len(strict.get_all("Subject")) == 1
    assert strict["Bcc"] is None
    assert [part.defects for part in strict.walk()] == [[], [], []]
    assert set(strict.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "In-Reply-To", "References", "List-Id", "Auto-Submitted", "X-Auto-Response-Suppress",
        "X-Aseanwatch-Delivery", "X-Aseanwatch-Alert", "X-Aseanwatch-Kind", "MIME-Version", "Content-Type",
    }  # fmt: skip


def test_a_line_of_one_dot_is_a_line_of_the_message(post):
    alert = replace(SAMPLES["operator"], notes=(".", "..", ".hidden", "after"))
    assert send(post.url, alert).kind is ReceiptKind.ACCEPTED
    assert "\n.\n..\n.hidden\nafter\n" in post.arrivals[0].text


def test_scripts_of_every_capital_arrive_as_they_were_written(post):
    title = "Tuyên bố chung ASEAN–Nhật Bản: 东盟 — อาเซียน, อาเซียน 🙂"
    assert send(post.url, an_alert(replace(PLAN, title=title))).kind is ReceiptKind.ACCEPTED
    mail = post.arrivals[0]
    assert mail.subject == f"1 new outcome: {title}"
    assert title in mail.text
    assert title in mail.html


# What became of it


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        ("554 this is spam", ReceiptKind.REJECTED, "SMTP 554"),
        ("452 mailbox full", ReceiptKind.RETRY, "SMTP 452"),
        ("250 2.0.0 Ok: queued as 4XyZ12", ReceiptKind.ACCEPTED, "accepted as 4XyZ12"),
        ("250 OK id=1abcDE-000123-4F", ReceiptKind.ACCEPTED, "accepted as 1abcDE-000123-4F"),
        ("drop", ReceiptKind.UNKNOWN, "no complete answer"),
    ],
)
def test_what_a_mail_server_answers_to_the_message_decides(post, answer, kind, reason):
    post.next_answers(answer)
    receipt = send(post.url)
    assert (receipt.kind, receipt.reason) == (kind, reason)
    assert len(post.arrivals) == 1


def test_a_mail_server_that_took_the_message_and_says_nothing_leaves_a_doubt(post):
    post.next_answers("hang")
    assert send(post.url, seconds=1.5).kind is ReceiptKind.UNKNOWN


@pytest.mark.parametrize(
    ("says", "kind", "arrived"),
    [
        ({"GREETING": b"421 too busy"}, ReceiptKind.RETRY, 0),
        ({"GREETING": b"554 not you"}, ReceiptKind.RETRY, 0),
        ({"GREETING": b"HTTP/1.1 400 Bad Request"}, ReceiptKind.NOT_SENT, 0),
        ({"GREETING": DROP}, ReceiptKind.NOT_SENT, 0),
        ({"GREETING": HANG}, ReceiptKind.NOT_SENT, 0),
        ({"EHLO": b"502 what", "HELO": b"550 no"}, ReceiptKind.RETRY, 0),
        ({"EHLO": b"502 what"}, ReceiptKind.ACCEPTED, 1),
        ({"EHLO": DROP}, ReceiptKind.NOT_SENT, 0),
        ({"MAIL": b"451 later"}, ReceiptKind.RETRY, 0),
        ({"MAIL": b"530 log in first"}, ReceiptKind.RETRY, 0),
        ({"MAIL": b"550 not from you"}, ReceiptKind.REJECTED, 0),
        ({"MAIL": DROP}, ReceiptKind.NOT_SENT, 0),
        ({"RCPT": b"450 greylisted"}, ReceiptKind.RETRY, 0),
        ({"RCPT": b"550 no such user"}, ReceiptKind.REJECTED, 0),
        ({"RCPT": b"551 not here"}, ReceiptKind.REJECTED, 0),
        ({"RCPT": b"251 forwarded"}, ReceiptKind.ACCEPTED, 1),
        ({"RCPT": HANG}, ReceiptKind.NOT_SENT, 0),
        ({"DATA": b"451 later"}, ReceiptKind.RETRY, 0),
        ({"DATA": b"554 no"}, ReceiptKind.REJECTED, 0),
        ({"DATA": b"250 odd"}, ReceiptKind.NOT_SENT, 0),
        ({"DATA": DROP}, ReceiptKind.NOT_SENT, 0),
        ({"DOT": b"450 later"}, ReceiptKind.RETRY, 1),
        ({"DOT": b"554 spam"}, ReceiptKind.REJECTED, 1),
        ({"DOT": DROP}, ReceiptKind.UNKNOWN, 1),
        ({"DOT": HANG}, ReceiptKind.UNKNOWN, 1),
        ({"DOT": b"nonsense"}, ReceiptKind.UNKNOWN, 1),
        ({"DOT": b"354 what"}, ReceiptKind.UNKNOWN, 1),
        ({"QUIT": DROP}, ReceiptKind.ACCEPTED, 1),
        ({"QUIT": HANG}, ReceiptKind.ACCEPTED, 1),
    ],
    ids=lambda value: next(f"{verb} {answer.decode()}" for verb, answer in value.items()) if isinstance(value, dict) else None,
)
def test_each_step_says_what_became_of_the_mail(says, kind, arrived):
    """Before the dot nothing can have arrived, whatever happens; after it only the server knows."""
    with OddMailServer(**says) as odd:
        assert send(odd.url, seconds=2.0).kind is kind
        assert len(odd.arrivals) == arrived


def test_a_server_that_is_lost_while_the_message_comes_has_not_got_it():
    """RFC 5321: what was not ended by the dot is not delivered; so this is no doubt, and it is sent again."""
    big = replace(SAMPLES["operator"], notes=tuple(f"{n} {'x' * 900}" for n in range(60)))
    with OddMailServer(BODY=DROP) as odd:
        receipts = [send(odd.url, big, seconds=5.0) for _ in range(5)]
        assert odd.arrivals == []
    # what was lost only as the dot was written is in doubt: then, and only then, nobody can know from here
    assert {receipt.kind for receipt in receipts} <= {ReceiptKind.NOT_SENT, ReceiptKind.UNKNOWN}


def test_mails_to_one_target_do_not_wait_for_each_other(post):
    notifier_ = sender(post.url, 4)
    kinds = [notifier_.deliver(a_delivery(key=f"d{n}"), an_alert()).kind for n in range(3)]
    assert kinds == [ReceiptKind.ACCEPTED] * 3


# Who is spoken to


def test_a_wrong_password_is_tried_again_because_somebody_will_mend_it():
    with SmtpReceiver(user="watch", password="right") as post:
        assert send(post.url).kind is ReceiptKind.ACCEPTED
        refused = send(post.url.replace("right", "wrong"))
        assert (refused.kind, refused.reason) == (ReceiptKind.RETRY, "SMTP 535")
        assert len(post.arrivals) == 1


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_tls_is_spoken_and_the_certificate_checked(tls):
    with SmtpReceiver(tls=tls, user="watch", password="right") as post:
        assert send(post.url, trust=trust).kind is ReceiptKind.ACCEPTED
        refused = send(post.url)
        assert (refused.kind, refused.reason) == (ReceiptKind.NOT_SENT, "cannot connect: the certificate was refused")
        assert len(post.arrivals) == 1
        assert send(f"{post.url}&verify=no").kind is ReceiptKind.ACCEPTED


def test_without_starttls_nothing_goes_in_the_clear():
    with SmtpReceiver(user="watch", password="right") as post:
        receipt = send(post.url.replace("mailto://", "mailtos://").replace("mode=insecure", "mode=starttls"))
        assert (receipt.kind, receipt.reason) == (
            ReceiptKind.NOT_SENT,
            "the mail server offers no STARTTLS; nothing goes in the clear",
        )
        assert post.arrivals == []


@pytest.mark.parametrize(
    ("url", "host", "port", "security", "user"),
    [
        ("mailto://me:word@gmail.com", "smtp.gmail.com", 587, "starttls", "me@gmail.com"),
        ("mailto://me:word@fastmail.com", "smtp.fastmail.com", 465, "tls", "me@fastmail.com"),
        ("mailtos://me:word@mail.example:587?from=w@x.example&to=d@x.example", "mail.example", 587, "starttls", "me"),
        ("mailtos://me:word@mail.example?mode=ssl&from=w@x.example&to=d@x.example", "mail.example", 465, "tls", "me"),
        ("mailtos://me:p%40ss@mail.example?smtp=relay.example&from=w@x.example&to=d@x.example", "relay.example", 587, "starttls", "me"),
    ],
)
def test_a_providers_server_port_and_login_are_known(url, host, port, security, user):
    route = sender(url)._route
    assert (route.host, route.port, route.security, route.user) == (host, port, security, user)
    assert route.password == ("p@ss" if "%40" in url else "word")
    assert "word" not in repr(route)


def test_a_header_of_the_users_own_is_added_and_none_of_ours_replaced(post):
    assert send(f"{post.url}&+X-Team=Asia%20desk").kind is ReceiptKind.ACCEPTED
    assert post.arrivals[0].parsed["X-Team"] == "Asia desk"
    for name in ("Message-ID", "bcc", "Content-Type", "List-Id", "Subject", "X-Aseanwatch-Delivery", "Resent-To"):
        with pytest.raises(ConfigError, match="cannot be set"):
            sender(f"{post.url}&+{name}=x")
    for added in ("+X-A=a%0D%0ABcc:%20x@y.example", "+X%20A=a"):
        with pytest.raises(ConfigError, match="must be one line"):
            sender(f"{post.url}&{added}")


def test_a_mail_names_no_machine_and_asks_no_name_server(monkeypatch):
    monkeypatch.setattr("socket.getfqdn", lambda *_: pytest.fail("asked the DNS for our own name"))
    with OddMailServer() as odd:
        assert send(odd.url).kind is ReceiptKind.ACCEPTED
        assert not re.search(rb"^(Received|X-Mailer|X-Application)", odd.arrivals[0], re.MULTILINE)
