"""Alerts leave the house: real mail and HTTP servers, and each way in which they answer or do not."""

import re
import socket
import ssl
import threading
import time
import traceback
from pathlib import Path

import pytest
from owed import AT, PLAN, a_delivery, an_alert
from receivers import SmtpReceiver, WebhookReceiver, trust

from aseanwatch.alerts.notify import judge, notifier
from aseanwatch.alerts.samples import SAMPLES
from aseanwatch.alerts.targets import SCHEMES, Channel, Target
from aseanwatch.alerts.templates import Templates
from aseanwatch.alerts.webhook import retry_after
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


def send(url, alert=None, *, seconds=10.0, trust=ssl.create_default_context, **delivery):
    """One delivery to a new target at `url`."""
    made = notifier_to(Target(name="desk", url=url), send_seconds=seconds, trust=trust)
    return made.deliver(a_delivery(**delivery), alert or an_alert())


def test_a_webhook_gets_the_whole_message_and_the_same_key_on_each_attempt(hook):
    notifier = notifier_to(Target(name="desk", url=hook.url))
    hook.next_answers(503)
    assert [notifier.deliver(a_delivery(attempt=n), an_alert()).kind for n in (1, 2)] == [ReceiptKind.RETRY, ReceiptKind.ACCEPTED]

    first, second = hook.arrivals
    assert first.json["title"] == "1 new outcome: ASEAN-UK Plan of Action 2022-2026"
    assert PLAN.sentence in first.json["message"]
    assert first.json["delivery"] == first.delivery == second.delivery == a_delivery().key
    assert first.json["alert"] == "alert-1"


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


def test_a_pause_that_is_asked_for_is_kept(hook):
    hook.next_answers(429, headers={"Retry-After": "90"})
    hook.next_answers(503, headers={"Retry-After": "7"})
    hook.next_answers(429)
    hook.next_answers(503)
    receipts = [send(hook.url) for _ in range(4)]
    assert [receipt.kind for receipt in receipts] == [ReceiptKind.RETRY] * 4
    assert [receipt.retry_after for receipt in receipts] == [90.0, 7.0, 30.0, None]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 5 ", 5),
        ("0", 0),
        ("Thu, 04 Aug 2022 09:01:30 GMT", 90),
        ("Thu, 04 Aug 2022 08:00:00 GMT", 0),
        ("99999999999999999999", 21_600),
        ("Fri, 04 Aug 2023 09:00:00 GMT", 21_600),
        ("-5", None),
        ("1e9", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
    ],
)
def test_a_pause_is_asked_for_in_seconds_or_as_a_date(value, seconds):
    assert retry_after(value, AT) == seconds


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


@pytest.mark.parametrize("channel", ["hook", "post"])
def test_an_answer_after_a_quarter_of_the_time_is_waited_for_and_one_after_all_of_it_is_a_doubt(channel, request):
    """Hazard 62, a tenth as long: at 1 s of 4 s it was sent once, at 4 s nobody knows, and it is not sent again by itself."""
    receiver = request.getfixturevalue(channel)
    hang(receiver)
    threading.Timer(1.0, receiver.release).start()
    assert send(receiver.url, seconds=4.0).kind is ReceiptKind.ACCEPTED
    assert len(receiver.arrivals) == 1
    receiver._released.clear()
    hang(receiver)
    begun = time.monotonic()
    late = send(receiver.url, seconds=4.0)
    assert late.kind is ReceiptKind.UNKNOWN
    assert time.monotonic() - begun < 4.5
    assert len(receiver.arrivals) == 2


def hang(receiver):
    receiver.next_answers("hang") if isinstance(receiver, SmtpReceiver) else receiver.next_hangs()


def test_a_receiver_that_is_not_there_is_no_doubt(hook, post):
    for receiver in (hook, post):
        with receiver.refusing():
            receipt = send(receiver.url)
            assert (receipt.kind, receipt.reason) == (ReceiptKind.NOT_SENT, "cannot connect: Connection refused")
        assert send(receiver.url).kind is ReceiptKind.ACCEPTED
    assert send("json://nobody.invalid/hook").kind is ReceiptKind.NOT_SENT


def test_a_receiver_without_tls_where_tls_was_asked_for_gets_nothing(hook):
    receipt = send(hook.url.replace("json://", "jsons://"))
    assert (receipt.kind, receipt.reason) == (ReceiptKind.NOT_SENT, "cannot connect: no TLS, or none that both speak")
    assert hook.arrivals == []


def test_a_certificate_that_nobody_vouches_for_gets_nothing(monkeypatch):
    with WebhookReceiver(tls=True) as hook:
        assert send(hook.url, trust=trust).kind is ReceiptKind.ACCEPTED
        receipt = send(hook.url)
        assert (receipt.kind, receipt.reason) == (ReceiptKind.NOT_SENT, "cannot connect: the certificate was refused")
        look_up = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: look_up("127.0.0.1", *more, **named))
        wrong_name = send(hook.url.replace("localhost", "other.example"), trust=trust)
        assert (wrong_name.kind, wrong_name.reason) == (ReceiptKind.NOT_SENT, "cannot connect: the certificate was refused")
        assert send(f"{hook.url}?verify=no").kind is ReceiptKind.ACCEPTED
        assert len(hook.arrivals) == 2


@pytest.mark.parametrize("raw", [b"", b"HTT", b"nonsense\r\n\r\n", b"HTTP/1.1 2000 odd\r\n\r\n", b"\x00" * 100])
def test_an_answer_that_is_none_leaves_a_doubt(hook, raw):
    hook.next_says(raw)
    assert send(hook.url).kind is ReceiptKind.UNKNOWN
    assert len(hook.arrivals) == 1


def test_a_receiver_that_names_the_message_is_remembered(hook):
    hook.next_answers(201, body=b'{"id": "evt-42"}')
    hook.next_answers(200, body=b'{"id": "<b>odd</b>"}')
    hook.next_answers(200, body=b'{"id": "hook"}')  # a word of the URL, which is a secret
    assert [send(hook.url).reason for _ in range(3)] == ["accepted as evt-42", "", ""]


def test_a_program_gets_the_outcomes_as_fields(hook):
    assert send(hook.url, SAMPLES["news"]).kind is ReceiptKind.ACCEPTED
    assert send(hook.url, SAMPLES["digest"]).kind is ReceiptKind.ACCEPTED
    news, digest = (arrival.json for arrival in hook.arrivals)
    assert [outcome["type"] for outcome in news["outcomes"]] == ["document", "funding"]
    assert news["outcomes"][0]["others"] == ["asean.org", "Example News"]
    assert news["article"]["url"] == "https://news.example/plan?id=1&lang=en"
    assert [part["kind"] for part in digest["parts"]] == ["news", "correction", "operator"]


def test_a_proxy_of_the_environment_is_gone_through(hook, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://me:word@127.0.0.1:{hook.port}")
    monkeypatch.setenv("no_proxy", "")
    assert send("json://far.invalid/hook?-k=v").kind is ReceiptKind.ACCEPTED
    arrival = hook.arrivals[0]
    assert (arrival.path, arrival.headers["Host"]) == ("http://far.invalid/hook?k=v", "far.invalid")
    assert arrival.headers["Proxy-Authorization"] == "Basic bWU6d29yZA=="
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{hook.port}")
    assert send("jsons://far.invalid/hook").kind is ReceiptKind.NOT_SENT  # the proxy of the test makes no tunnels


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
    ("lines", "kind"),
    [
        (["Socket Exception: Max retries exceeded (Caused by NameResolutionError('...'))"], ReceiptKind.NOT_SENT),
        (["Socket Exception: SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))"], ReceiptKind.NOT_SENT),
        (["Failed to send X notification: error=200."], ReceiptKind.UNKNOWN),
        (["Failed to send X notification: error=200.", "Response Details:\r\nb'{\"ok\": false}'"], ReceiptKind.REJECTED),
        (["Failed to log in: error=404.", "Failed to send: error=503."], ReceiptKind.RETRY),
        ([], ReceiptKind.UNKNOWN),
    ],
)
def test_what_apprise_logs_tells_failures_apart(lines, kind):
    assert judge(lines).kind is kind


def test_a_storm_waits_its_turn(hook):
    notifier = notifier_to(Target(name="desk", url=hook.url, per_minute=2), monotonic=lambda: 50.0)
    receipts = [notifier.deliver(a_delivery(key=f"d{n}"), an_alert()) for n in range(4)]
    assert [receipt.kind for receipt in receipts] == [ReceiptKind.ACCEPTED] * 2 + [ReceiptKind.NOT_SENT] * 2
    assert [receipt.retry_after for receipt in receipts[2:]] == [30.0, 60.0]
    assert len(hook.arrivals) == 2


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
