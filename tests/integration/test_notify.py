"""Alerts leave the house: real mail and HTTP servers, and each way in which they answer or do not."""

import html
import io
import json
import logging
import re
import socket
import sys
import threading
import traceback
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import requests
from owed import PLAN, a_delivery, an_alert
from receivers import SmtpReceiver, WebhookReceiver

from aseanwatch.alerts.notify import judge, notifier
from aseanwatch.alerts.targets import SCHEMES, Channel, Target
from aseanwatch.alerts.templates import Templates
from aseanwatch.settings import load_settings
from core.alerts import ReceiptKind
from core.errors import ConfigError

MANUAL = Path(__file__).parents[2] / "docs"
TEMPLATES = Templates()


def notifier_to(target, **options):
    return notifier(target, TEMPLATES, **options)


@pytest.fixture
def hook():
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
def post():
    with SmtpReceiver() as receiver:
        yield receiver


def send(url, alert=None, *, seconds=10.0, **delivery):
    """One delivery to a new target at `url`."""
    return notifier_to(Target(name="desk", url=url), send_seconds=seconds).deliver(a_delivery(**delivery), alert or an_alert())


def test_a_webhook_gets_the_whole_message_and_the_same_key_on_each_attempt(hook):
    notifier = notifier_to(Target(name="desk", url=hook.url))
    hook.next_answers(503)
    assert [notifier.deliver(a_delivery(attempt=n), an_alert()).kind for n in (1, 2)] == [ReceiptKind.RETRY, ReceiptKind.ACCEPTED]

    first, second = hook.arrivals
    assert first.json["title"] == "1 new outcome: ASEAN-UK Plan of Action 2022-2026"
    assert PLAN.sentence in first.json["message"]
    assert first.json["delivery"] == first.delivery == second.delivery == a_delivery().key
    assert first.json["alert"] == "alert-1"


def test_a_mail_is_plain_text_with_one_recipient_and_the_same_key_on_each_attempt(post):
    notifier = notifier_to(Target(name="desk", url=post.url))
    post.next_answers("451 try later")
    assert [notifier.deliver(a_delivery(attempt=n), an_alert()).kind for n in (1, 2)] == [ReceiptKind.RETRY, ReceiptKind.ACCEPTED]

    first, second = post.arrivals
    assert second.recipients == ("desk@example.org",)
    assert second.subject == "1 new outcome: ASEAN-UK Plan of Action 2022-2026"
    assert f"“{PLAN.sentence}”" in second.text
    assert second.parsed.get_content_type() == "text/plain"
    assert first.delivery == second.delivery == a_delivery().key
    assert first.parsed["References"] == second.parsed["References"] == f"<{a_delivery().key}@aseanwatch.invalid>"
    assert len(second.parsed.get_all("Message-ID")) == 1


def test_a_repeat_is_marked_in_the_subject(hook, post):
    for url in (hook.url, post.url):
        assert send(url, repeat=True).kind is ReceiptKind.ACCEPTED
    assert hook.arrivals[0].json["title"].startswith("[repeat?] ")
    assert post.arrivals[0].subject.startswith("[repeat?] ")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "rejected"),
        (401, "rejected"),
        (404, "rejected"),
        (410, "rejected"),
        (408, "retry"),
        (425, "retry"),
        (500, "retry"),
        (503, "retry"),
    ],
)
def test_what_a_webhook_answers_decides(hook, status, kind):
    hook.next_answers(status, body=b'{"error": "secret-words"}')
    receipt = send(hook.url)
    assert (receipt.kind, receipt.reason) == (kind, f"HTTP {status}")


def test_a_pause_is_asked_for_in_the_body_or_guessed(hook):
    hook.next_answers(429, headers={"Retry-After": "90"})
    hook.next_answers(429, body=b'{"ok": false, "parameters": {"retry_after": 7}}')
    hook.next_answers(429, body=b'{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}')
    receipts = [send(hook.url) for _ in range(3)]
    assert [receipt.kind for receipt in receipts] == [ReceiptKind.RETRY] * 3
    assert [receipt.retry_after for receipt in receipts] == [30.0, 7.0, 2.5]  # Apprise does not hand on the header


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_no_delivery_and_is_not_followed(hook, status):
    with WebhookReceiver("/landing") as elsewhere:
        hook.next_redirects(status, to=elsewhere.url.replace("json", "http"))
        assert send(hook.url).kind is ReceiptKind.RETRY
        assert elsewhere.arrivals == []


def test_a_receiver_that_took_the_message_and_did_not_answer_leaves_a_doubt(hook):
    hook.next_resets()
    assert send(hook.url).kind is ReceiptKind.UNKNOWN
    hook.next_hangs()
    late = send(hook.url, seconds=1.0)
    assert (late.kind, late.reason) == (ReceiptKind.UNKNOWN, "no answer within 1 s")
    hook.next_drips()
    assert send(hook.url, seconds=1.0).kind is ReceiptKind.UNKNOWN
    assert len(hook.arrivals) == 3


def test_an_answer_that_is_slow_in_coming_is_waited_for(hook):
    hook.next_hangs()
    threading.Timer(0.7, hook.release).start()
    assert send(hook.url).kind is ReceiptKind.ACCEPTED
    assert len(hook.arrivals) == 1


def test_a_receiver_that_is_not_there_is_no_doubt(hook, post):
    for receiver in (hook, post):
        with receiver.refusing():
            receipt = send(receiver.url)
            assert (receipt.kind, receipt.reason) == (ReceiptKind.NOT_SENT, "cannot connect: Connection refused")
        assert send(receiver.url).kind is ReceiptKind.ACCEPTED
    assert send("json://nobody.invalid/hook").kind is ReceiptKind.NOT_SENT


def test_a_receiver_without_tls_where_tls_was_asked_for_gets_nothing(hook):
    receipt = send(hook.url.replace("json://", "jsons://"))
    assert (receipt.kind, receipt.reason) == (ReceiptKind.NOT_SENT, "cannot connect, or the certificate was refused")
    assert hook.arrivals == []


def test_a_connection_that_comes_too_late_sends_nothing(hook, monkeypatch):
    notifier = notifier_to(Target(name="desk", url=hook.url), send_seconds=0.2)
    slow, connect = threading.Event(), socket.create_connection

    def dawdling(*args, **kwargs):
        slow.wait(10)
        return connect(*args, **kwargs)

    monkeypatch.setattr(socket, "create_connection", dawdling)
    assert notifier.deliver(a_delivery(), an_alert()).kind is ReceiptKind.NOT_SENT
    slow.set()
    next(thread for thread in threading.enumerate() if thread.name == "send-desk").join(10)
    assert hook.arrivals == []


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        ("554 this is spam", ReceiptKind.REJECTED, "SMTP 554"),
        ("452 mailbox full", ReceiptKind.RETRY, "SMTP 452"),
        ("drop", ReceiptKind.UNKNOWN, "no complete answer"),
    ],
)
def test_what_a_mail_server_answers_to_the_message_decides(post, answer, kind, reason):
    post.next_answers(answer)
    receipt = send(post.url)
    assert (receipt.kind, receipt.reason) == (kind, reason)


def test_a_mail_server_that_took_the_message_and_says_nothing_leaves_a_doubt(post):
    post.next_answers("hang")
    assert send(post.url, seconds=1.5).kind is ReceiptKind.UNKNOWN


def test_a_recipient_may_be_refused_for_good_or_for_now(post):
    post.next_recipients_get("550 no such user")
    post.next_recipients_get("450 greylisted")
    assert [send(post.url).kind for _ in range(3)] == [ReceiptKind.REJECTED, ReceiptKind.RETRY, ReceiptKind.ACCEPTED]
    assert len(post.arrivals) == 1


def test_a_wrong_mail_password_is_tried_again_because_somebody_will_mend_it():
    with SmtpReceiver(user="watch", password="right") as post:
        assert send(post.url).kind is ReceiptKind.ACCEPTED
        refused = send(post.url.replace("right", "wrong"))
        assert (refused.kind, refused.reason) == (ReceiptKind.RETRY, "SMTP 535")


@pytest.mark.parametrize(
    ("lines", "mail", "kind"),
    [
        (["Connecting to remote SMTP server...", "Socket Exception: timed out"], True, ReceiptKind.NOT_SENT),
        (["Email To: a@example.org", "Socket Exception: timed out"], True, ReceiptKind.UNKNOWN),
        (["Socket Exception: (421, b'too busy')"], True, ReceiptKind.RETRY),
        (["Socket Exception: {'a@example.org': (550, b'no')}"], True, ReceiptKind.REJECTED),
        (["SMTP recipient a@example.org was refused: 550 b'no'"], True, ReceiptKind.REJECTED),
        (["Socket Exception: Max retries exceeded (Caused by NameResolutionError('...'))"], False, ReceiptKind.NOT_SENT),
        (["Socket Exception: SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))"], False, ReceiptKind.NOT_SENT),
        (["Failed to send X notification: error=200."], False, ReceiptKind.UNKNOWN),
        (["Failed to send X notification: error=200.", "Response Details:\r\nb'{\"ok\": false}'"], False, ReceiptKind.REJECTED),
        (["Failed to log in: error=404.", "Failed to send: error=503."], False, ReceiptKind.RETRY),
        ([], False, ReceiptKind.UNKNOWN),
    ],
)
def test_what_apprise_logs_tells_failures_apart(lines, mail, kind):
    assert judge(lines, mail=mail).kind is kind


def test_mails_to_one_target_do_not_wait_for_each_other(post):
    """Apprise lets 5.5 s pass between two mails of one plugin."""
    notifier = notifier_to(Target(name="desk", url=post.url), send_seconds=4)
    kinds = [notifier.deliver(a_delivery(key=f"d{n}"), an_alert()).kind for n in range(3)]
    assert kinds == [ReceiptKind.ACCEPTED] * 3


def test_a_storm_waits_its_turn(hook):
    notifier = notifier_to(Target(name="desk", url=hook.url, per_minute=2), monotonic=lambda: 50.0)
    receipts = [notifier.deliver(a_delivery(key=f"d{n}"), an_alert()) for n in range(4)]
    assert [receipt.kind for receipt in receipts] == [ReceiptKind.ACCEPTED] * 2 + [ReceiptKind.NOT_SENT] * 2
    assert [receipt.retry_after for receipt in receipts[2:]] == [30.0, 60.0]
    assert len(hook.arrivals) == 2


def test_a_title_cannot_add_headers_or_recipients(post):
    title = "Plan\r\nBcc: thief@evil.example\r\nSubject: other\n\nbody\x00"
    assert send(post.url, an_alert(replace(PLAN, title=title), headline=title, publisher=title)).kind is ReceiptKind.ACCEPTED
    mail = post.arrivals[0]
    assert mail.recipients == ("desk@example.org",)
    assert len(mail.parsed.get_all("Subject")) == 1
    assert mail.parsed["Bcc"] is None


NASTY = "<!channel> @everyone <@U1> [x](javascript:alert(1)) *b* _i_ `c` ~s~ <b>t</b> @here #general"


@pytest.mark.parametrize(
    "url",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
        "mmost://chat.example/3ccdd113474722377935511fc85d3dd4",
        "ntfy://push.example/asean",
        "gchat://workspace/key/token",
        "zulip://bot@asean/a6k4v3n3a2d3d5c2j1d4e5f6a1b2c3d4/news",
        "gotify://push.example/AZERTYUIOPQSDFG",
        "workflows://teams.example:443/workflowid/signature",
    ],
)
def test_a_chat_gets_one_short_message_without_mentions_or_markup(url, monkeypatch):
    """What would go over the wire, taken at the last door before it (these services cannot be had on 127.0.0.1)."""
    sent = []

    def wire(_self, request, **_):
        sent.append(request.body if isinstance(request.body, str) else (request.body or b"").decode())
        answer = requests.Response()
        answer.status_code, answer._content, answer.request, answer.url = (
            200,
            b"ok" if "slack" in url else b'{"ok": true}',
            request,
            request.url,
        )
        return answer

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", wire)
    monkeypatch.setattr(socket, "create_connection", lambda *_args, **_kw: socket.socketpair()[0])
    alert = an_alert(*[replace(PLAN, title=NASTY, sentence=NASTY)] * 30, publisher=NASTY)
    assert send(url, alert).kind is ReceiptKind.ACCEPTED
    assert len(sent) == 1
    texts = [text for text in said(sent[0]) if "outcome" in text or "aseanwatch alerts" in text]
    assert any("30 new outcomes" in text for text in texts)
    assert any(alert.url in html.unescape(text) for text in texts)
    assert [armed(url.partition(":")[0], text) for text in texts] == [[]] * len(texts)
    assert "github" not in sent[0].lower()  # no picture from elsewhere


def said(body):
    """Every text in a JSON body or a form."""
    if not body.startswith("{"):
        return [value for values in parse_qs(body).values() for value in values]

    def texts(value):
        if isinstance(value, str):
            yield value
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from texts(inner)

    return list(texts(json.loads(body)))


def armed(scheme, text):
    """What the service would still take for a mention, a link of its own or markup."""
    text = re.sub(r"https://news\.example/\S+", "", text)
    if scheme == "slack":
        return re.findall(r"[<>]", text)
    if scheme == "tgram":
        return re.findall(r"[<>@]", re.sub(r"^<b>(.*)</b>", r"\1", text))
    if scheme in ("discord", "mmost"):
        return re.findall(r"[@<>*_`~|\[\]]", re.sub(r"\\[\\*_`~\[\]|<>#]", "", text))
    if scheme in ("ntfy", "gotify"):
        return []
    return re.findall(r"[@<>*_`~|\[\]#]", text)


def test_the_test_of_chats_can_fail():
    for scheme in ("slack", "tgram", "discord", "mmost", "zulip", "gchat", "workflows"):
        assert armed(scheme, f"1 new outcome: {NASTY}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "must begin with one of"),
        ("https://hooks.example/secret-path", "a web address is no target"),
        ("nothing", "must begin with one of"),
        ("slack://secret-token", "cannot read the URL as slack"),
        ("mailto://u:secret@mail.example/a@x.example/b@x.example?from=z@x.example", "exactly one recipient"),
        ("mailto://u:secret@mail.example?from=z@x.example&to=a@x.example,b@x.example", "exactly one recipient"),
        ("mailto://u:secret@mail.example?from=z@x.example&to=a@x.example&cc=b@x.example", "'cc' is not allowed"),
        ("json://h.example/secret?attach=/etc/passwd", "'attach' is not allowed"),
        ("json://h.example/secret?%61ttach=/etc/passwd", "'attach' is not allowed"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#a/#b", "exactly one recipient"),
        ("json://h.example/secret one", "one line without spaces"),
    ],
)
def test_a_target_that_cannot_work_is_refused_at_the_start_by_its_name(url, said):
    with pytest.raises(ConfigError, match=said) as refused:
        notifier_to(Target(name="desk", url=url))
    assert refused.value.subject == "alerts.targets.desk"
    assert "secret" not in "".join(traceback.format_exception(refused.value))


def test_the_users_own_parameters_stay_and_ours_win(hook):
    assert send(f"{hook.url}?+X-Room=asia&:team=desk&-k=v&redirect=yes&rto=1&retry=5").kind is ReceiptKind.ACCEPTED
    arrival = hook.arrivals[0]
    assert (arrival.headers["X-Room"], arrival.json["team"], arrival.path) == ("asia", "desk", "/hook?k=v")
    hook.next_redirects(302, to=hook.url.replace("json", "http"))
    assert send(f"{hook.url}?redirect=yes&retry=5").kind is ReceiptKind.RETRY
    assert len(hook.arrivals) == 2


@pytest.mark.parametrize("page", ["howto/alerts.md", "reference/settings.md"])
def test_the_settings_files_in_the_manual_work(page, tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "desk-url").write_text("json://desk.example/hook")
    examples = re.findall(r"^```toml\n(.*?)^```", (MANUAL / page).read_text(), re.MULTILINE | re.DOTALL)
    assert examples
    for example in examples:
        (tmp_path / "aseanwatch.toml").write_text(example)
        targets = load_settings(tmp_path / "aseanwatch.toml", {}).alerts.targets
        assert targets
        for name, target in targets.items():
            notifier_to(Target(name=name, url=target.url.get_secret_value()))


def test_the_manual_names_every_scheme():
    told = re.search(r"\*\*Schemes\*\*(.*?)\n\n", (MANUAL / "howto/alerts.md").read_text(), re.DOTALL)[1].split("Attachments")[0]
    named = {
        name
        for scheme in re.findall(r"`([a-z]+(?:\(s\))?)`", told)
        for name in {scheme.replace("(s)", ""), scheme.replace("(", "").replace(")", "")}
    }
    assert named == set(SCHEMES) - {"workflow"}


def test_every_scheme_has_its_kind_and_mail_and_webhooks_are_told_apart():
    assert {scheme for scheme, channel in SCHEMES.items() if channel is not Channel.CHAT} == {"json", "jsons", "mailto", "mailtos"}


def test_no_secret_shows_in_logs_receipts_or_errors_on_any_path(hook, monkeypatch):
    """Twelve canaries, every way to succeed and to fail, with everything at DEBUG."""
    canaries = [f"canary-{n:02}" for n in range(12)]
    path, user, password, header, query, payload, basic, smtp, token, room, bad, host = canaries
    written, lines = io.StringIO(), []

    class Keep(logging.Handler):
        def emit(self, record):
            if record.name == "mail.log":
                return  # the receiver's own, which happens to live in this process
            lines.append(logging.Formatter("%(name)s %(message)s").format(record))

    keep = Keep(0)
    root = logging.getLogger()
    before = root.level
    root.addHandler(keep)
    root.setLevel(0)
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(sys, "stdout", written)
    seen = []
    try:
        base = hook.url.replace("json://", f"json://{user}:{password}@").replace("/hook", f"/{path}")
        web = f"{base}?+Authorization=Bearer%20{header}&-k={query}&:p={payload}"
        with SmtpReceiver(user="watch", password=smtp) as post:
            hook.next_answers(200)
            hook.next_answers(404, body=basic.encode())
            hook.next_answers(500, body=basic.encode())
            hook.next_redirects(302, to=f"http://127.0.0.1:1/{path}")
            hook.next_resets()
            seen += [send(web) for _ in range(5)]
            hook.next_hangs()
            seen.append(send(web, seconds=1.0))
            seen.append(send(web.replace("json://", "jsons://")))
            with hook.refusing():
                seen.append(send(web))
            post.next_answers(f"554 {basic}")
            post.next_answers(f"451 {basic}")
            post.next_answers("drop")
            seen += [send(post.url) for _ in range(4)]
            seen.append(send(post.url.replace(smtp, bad)))
            with post.refusing():
                seen.append(send(post.url))
        seen.append(send(f"json://{host}.invalid/{path}"))
        for url in (
            f"slack://{token}",
            f"tgram://{token}/{room}",
            f"discord://{token}",
            f"https://hooks.example/{token}",
            f"mailto://{token}",
        ):
            with pytest.raises(ConfigError) as refused:
                notifier_to(Target(name="desk", url=url))
            seen += [Target(name="desk", url=url), *traceback.format_exception(refused.value)]
    finally:
        root.removeHandler(keep)
        root.setLevel(before)
    assert len(hook.arrivals) == 6  # the paths were walked
    shown = "\n".join([repr(seen), *map(str, seen), *lines, written.getvalue()])
    assert [canary for canary in canaries if canary in shown] == []
