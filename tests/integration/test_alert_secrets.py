"""Twelve secrets, every way to succeed and to fail, with all that can be logged at DEBUG: none may show anywhere (hazards 87 to 90)."""

import io
import logging
import os
import re
import stat
import sys
import traceback
from contextlib import contextmanager
from datetime import timedelta

import click
import pytest
from daemon import called, command
from owed import AT, a_delivery, an_alert
from publisher import ATOM, RSS, Publisher, redirects
from receivers import AUTHORITY, DROP, ChatReceiver, OddMailServer, SmtpReceiver, WebhookReceiver
from stores import reading, story, tell

from aseanwatch import doctor, wiring
from aseanwatch.alerts.notify import notifier
from aseanwatch.alerts.targets import Target
from aseanwatch.alerts.templates import Templates
from aseanwatch.cli import cli
from aseanwatch.settings import load_settings
from core.alerts import ReceiptKind
from core.delivery import Acknowledged, next_step
from core.errors import ConfigError, StoreError
from store import Ledger

TEMPLATES = Templates()
NAMES = ("path", "user", "password", "header", "query", "payload", "smtp", "wrong", "token", "proxy", "host", "echo")
SECRET = {name: f"canary{number:02}{name}" for number, name in enumerate(NAMES)}


@contextmanager
def listening(monkeypatch):
    """All that is logged, from every logger at every level, and all that is printed."""
    lines, printed = [], io.StringIO()

    class Keep(logging.Handler):
        def emit(self, record):
            if record.name != "mail.log":  # the mail server's own, which happens to live in this process
                lines.append(logging.Formatter("%(name)s %(levelname)s %(message)s").format(record))

    keep, root = Keep(0), logging.getLogger()
    level = root.level
    root.addHandler(keep)
    root.setLevel(0)
    monkeypatch.setattr(sys, "stderr", printed)
    monkeypatch.setattr(sys, "stdout", printed)
    try:
        logging.getLogger("urllib3.connectionpool").debug("%s", "kept out")
        logging.getLogger("somebody").debug("heard")
        yield lines, printed
    finally:
        root.removeHandler(keep)
        root.setLevel(level)


def web(hook):
    login = f"{SECRET['user']}:{SECRET['password']}@"
    parameters = f"+Authorization=Bearer%20{SECRET['header']}&-k={SECRET['query']}&:p={SECRET['payload']}"
    return f"{hook.url.replace('://', f'://{login}').replace('/hook', '/' + SECRET['path'])}?{parameters}"


def send(url, seconds=10.0):
    return notifier(Target(name="desk", url=url), TEMPLATES, send_seconds=seconds).deliver(a_delivery(), an_alert())


def walk_webhooks(took):
    """Each way through the webhook's sender; `took` notes what came of each and whether it did come."""
    echo = SECRET["echo"].encode()
    with WebhookReceiver() as hook:
        for kind, prepare in {
            "accepted": lambda: hook.next_answers(200, body=b'{"id": "%s"}' % SECRET["path"].encode()),
            "rejected": lambda: hook.next_answers(404, body=echo),
            "retry": lambda: hook.next_answers(500, body=echo, headers={"Retry-After": SECRET["echo"]}),
            "redirected": lambda: hook.next_redirects(302, to=f"http://127.0.0.1:1/{SECRET['path']}"),
            "reset": hook.next_resets,
            "nonsense": lambda: hook.next_says(echo),
        }.items():
            prepare()
            before = len(hook.arrivals)
            took[f"webhook {kind}"] = send(web(hook)), len(hook.arrivals) - before
        hook.next_hangs()
        took["webhook hangs"] = send(web(hook), 1.0), 1
        took["webhook without TLS"] = send(web(hook).replace("json://", "jsons://")), 0
        assert len(hook.arrivals) == 7
        assert SECRET["header"] in hook.arrivals[0].headers["Authorization"]  # what must not show was there to show
        with hook.refusing():
            took["webhook refused"] = send(web(hook)), 0
    took["webhook nowhere"] = send(f"json://{SECRET['host']}.invalid/{SECRET['path']}"), 0


def walk_mail(took):
    with SmtpReceiver(user="watch", password=SECRET["smtp"]) as post:
        for answer in (f"250 queued as {SECRET['smtp']}", f"554 {SECRET['echo']}", f"451 {SECRET['echo']}", "drop"):
            post.next_answers(answer)
            took[f"mail {answer[:3]}"] = send(post.url), 1
        took["mail wrong password"] = send(post.url.replace(SECRET["smtp"], SECRET["wrong"])), 0
        assert len(post.arrivals) == 4
        with post.refusing():
            took["mail refused"] = send(post.url), 0
    with OddMailServer(EHLO=DROP) as odd:
        took["mail dropped"] = send(odd.url.replace("mailto://", f"mailto://watch:{SECRET['smtp']}@")), 0
    with OddMailServer(RCPT=f"550 {SECRET['echo']}".encode()) as odd:
        took["mail no such user"] = send(odd.url), 0


def walk_chats(took, monkeypatch):
    for name in ("mmost", "matrix", "nctalk", "tgram"):
        with ChatReceiver(name) as chat, monkeypatch.context() as patch:
            if chat.hosted:
                patch.setenv("REQUESTS_CA_BUNDLE", str(AUTHORITY))
                patch.setattr("socket.getaddrinfo", chat.found_by(__import__("socket").getaddrinfo))
            url = chat.url.replace("3ccdd113474722377935511fc85d3dd4", SECRET["token"].ljust(26, "a")).replace("word", SECRET["password"])
            chat.next_answers(500, body=SECRET["echo"].encode())
            took[f"{name} out of order"] = send(url), 1
            took[f"{name} accepted"] = send(url), 1
            with chat.refusing():
                took[f"{name} refused"] = send(url), 0
            assert len(chat.posts) == 2


def walk_proxy(took, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("http_proxy", f"http://me:{SECRET['proxy']}@127.0.0.1:1")
        patch.setenv("https_proxy", f"http://me:{SECRET['proxy']}@127.0.0.1:1")
        patch.setenv("no_proxy", "")
        for url in (
            "json://far.invalid/hook",
            "jsons://far.invalid/hook",
            "tgram://123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi/-1001234567890",
        ):
            took[f"proxy {url[:5]}"] = send(url), 0


def walk_refusals(errors):
    for url in (
        f"slack://{SECRET['token']}",
        f"tgram://{SECRET['token']}/{SECRET['path']}",
        f"discord://{SECRET['token']}",
        f"https://hooks.example/{SECRET['token']}",
        f"mailto://{SECRET['token']}",
        f"json://h.example/{SECRET['path']}?attach=/etc/passwd",
        f"json://h.example/?+{SECRET['header']}:=x",
        f"mailto://u:{SECRET['smtp']}@h.example?from=a@x.example&to=b@x.example&+Bcc={SECRET['header']}",
        f"{SECRET['token']}",
    ):
        with pytest.raises(ConfigError) as refused:
            notifier(Target(name="desk", url=url), TEMPLATES)
        errors += [repr(Target(name="desk", url=url)), *traceback.format_exception(refused.value)]


EXPECTED = {
    "webhook accepted": "accepted", "webhook rejected": "rejected", "webhook retry": "retry", "webhook redirected": "retry",
    "webhook reset": "unknown", "webhook nonsense": "unknown", "webhook hangs": "unknown", "webhook without TLS": "not_sent",
    "webhook refused": "not_sent", "webhook nowhere": "not_sent",
    "mail 250": "accepted", "mail 554": "rejected", "mail 451": "retry", "mail dro": "unknown", "mail wrong password": "retry",
    "mail refused": "not_sent", "mail dropped": "not_sent", "mail no such user": "rejected",
    "mmost out of order": "retry", "mmost accepted": "accepted", "mmost refused": "not_sent",
    "matrix out of order": "unknown", "matrix accepted": "accepted", "matrix refused": "not_sent",
    "nctalk out of order": "retry", "nctalk accepted": "accepted", "nctalk refused": "not_sent",
    "tgram out of order": "retry", "tgram accepted": "accepted", "tgram refused": "not_sent",
    "proxy json:": "not_sent", "proxy jsons": "not_sent", "proxy tgram": "not_sent",
}  # fmt: skip
"""Each path that must have been taken, and where it ends: a path that was not taken would hide nothing."""


def test_no_secret_shows_on_any_path(monkeypatch):
    took, errors = {}, []
    with listening(monkeypatch) as (lines, printed):
        walk_webhooks(took)
        walk_mail(took)
        walk_chats(took, monkeypatch)
        walk_proxy(took, monkeypatch)
        walk_refusals(errors)
    assert {path: receipt.kind.value for path, (receipt, _) in took.items()} == EXPECTED
    assert {path: arrived for path, (_, arrived) in took.items() if EXPECTED[path] in ("accepted", "rejected", "unknown")} == {
        path: 0 if path == "mail no such user" else 1 for path, kind in EXPECTED.items() if kind in ("accepted", "rejected", "unknown")
    }
    assert len(errors) > 9
    assert any("heard" in line for line in lines)  # the ear was open
    shown = "\n".join([repr(took), *(str(receipt) for receipt, _ in took.values()), *errors, *lines, printed.getvalue()])
    assert [secret for secret in SECRET.values() if secret in shown] == []


def test_no_secret_is_in_the_database_or_in_the_settings_as_shown(tmp_path, monkeypatch):
    """A target is its name there; what came of an attempt is in words of ours."""
    folder = tmp_path / "data"
    with WebhookReceiver() as hook:
        (tmp_path / "hook").write_text(web(hook))
        (tmp_path / "aseanwatch.toml").write_text(
            f"""data_dir = '{folder}'
[alerts.targets.from_file]
url_file = 'hook'
[alerts.targets.inline]
url = "mailto://watch:{SECRET["smtp"]}@127.0.0.1:1?mode=insecure&from=a@x.example&to=b@x.example"
"""
        )
        settings = load_settings(tmp_path / "aseanwatch.toml", {"ASEANWATCH_DATABASE__PASSWORD": SECRET["password"]})
        channels = wiring.channels(settings, lambda _: None)
        before = os.umask(0o022)
        try:
            with wiring.storage(settings, create=True) as store:
                article = story()
                tell(store, article, reading(article, "Plan of Action"), targets=("from_file", "inline"), now=AT)
                hook.next_answers(500, body=SECRET["echo"].encode())
                kinds = []
                while claimed := store.claim_delivery("me", AT + timedelta(seconds=1), 60):
                    delivery, alert = claimed
                    channel = channels[delivery.target]
                    receipt = channel.notifier.deliver(delivery, alert)
                    kinds.append((delivery.target, receipt.kind))
                    store.record_receipt(delivery, receipt, next_step(delivery, receipt, channel.on_unknown, AT), AT + timedelta(seconds=2))
                assert kinds == [("from_file", ReceiptKind.RETRY), ("inline", ReceiptKind.NOT_SENT)]
                assert len(hook.arrivals) == 1
                said = [repr(store.attempts(one.key)) for one in store.deliveries()]
                assert any("HTTP 500" in one for one in said)
        finally:
            os.umask(before)
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"from_file" in stored
    assert b"HTTP 500" in stored
    assert [secret for secret in SECRET.values() if secret.encode() in stored] == []
    shown = repr(settings) + str(settings) + settings.model_dump_json() + repr(channels) + "".join(said)
    assert [secret for secret in SECRET.values() if secret in shown] == []
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in [folder, *folder.rglob("*")]} == {0}  # hazard 90, whatever the umask


@pytest.mark.parametrize("inline", [True, False])
def test_no_password_of_a_database_shows_when_it_cannot_be_reached(inline, tmp_path, monkeypatch):
    login = f"watch:{SECRET['password']}" if inline else "watch"
    environment = {"ASEANWATCH_DATA_DIR": str(tmp_path), "ASEANWATCH_DATABASE__URL": f"postgresql+psycopg://{login}@127.0.0.1:1/asean"}
    if not inline:
        environment["ASEANWATCH_DATABASE__PASSWORD"] = SECRET["password"]
    settings = load_settings(None, environment)
    assert SECRET["password"] in settings.database_url()  # what must not show is there to show
    with listening(monkeypatch) as (lines, printed):
        with pytest.raises(StoreError) as refused, wiring.storage(settings, create=True):
            pass
        findings = doctor.examine(lambda: settings, quick=True)
    assert any(finding.verdict == "bad" and finding.check == "database" for finding in findings)
    shown = "\n".join([*traceback.format_exception(refused.value), repr(findings), repr(settings), *lines, printed.getvalue()])
    assert SECRET["password"] not in shown


def test_a_key_in_a_feeds_address_shows_only_to_who_asks_for_that_source(tmp_path):
    """Hazard 89: on every way to fail, at DEBUG; and the Referer, by which others would learn it, is never sent."""
    key = SECRET["query"]
    with Publisher() as site:
        keyed = f"{site.url(RSS)}?key={key}"
        site.behaves(f"{ATOM}?key={key}", redirects(f"/elsewhere?key={key}", 301))
        addresses = {"kept": keyed, "moved": f"{site.url(ATOM)}?key={key}", "gone": f"http://127.0.0.1:9/feed?key={key}"}
        listed = "".join(f'[[source]]\nid = "{name}"\nurl = "{url}"\npublisher = "{name}"\n' for name, url in addresses.items())
        (tmp_path / "sources.toml").write_text(listed)
        (tmp_path / "aseanwatch.toml").write_text(
            "data_dir = 'data'\nlog.level = 'debug'\nhistory.load_seeds = false\n"
            "catalogue = {use_builtin = false, files = ['sources.toml']}\n"
            "fetch = {allow = ['127.0.0.1/32'], per_host_gap_seconds = 0, deadline_seconds = 5}\n"
        )
        where = ("--config", str(tmp_path / "aseanwatch.toml"))
        said = {"run": command("run", "--once", *where)}
        said |= {verb: called("sources", verb, *where) for verb in ("list", "check")}
        shown = called("sources", "show", "kept", *where)

        assert [name for name, one in said.items() if key in one.stdout + one.stderr] == []
        assert "gone" in said["list"].stdout  # it was spoken of
        assert keyed in shown.stdout
        assert {name for name in ("kept", "moved") if any(f"key={key}" in one.path for one in site.requests)} == {"kept", "moved"}
        assert not any("referer" in one.headers for one in site.requests)


def test_no_secret_can_be_given_where_ps_would_show_it():
    """Hazard 90: by a file or by the environment, and by no option."""

    def options(command):
        yield from (name for parameter in command.params for name in parameter.opts if name.startswith("--"))
        for name in command.list_commands(click.Context(command)) if isinstance(command, click.Group) else ():
            yield from options(command.get_command(click.Context(command), name))

    known = set(options(cli))
    assert "--config" in known
    assert [name for name in known if re.search("pass|token|secret|credential|login|auth", name)] == []


def test_what_the_watch_keeps_beside_its_database_is_its_owners_alone(tmp_path):
    """Hazard 90: the sent-ledger, whatever the umask."""
    before = os.umask(0)
    try:
        (tmp_path / "data").mkdir()
        ledger = Ledger(tmp_path / "data" / "sent.ledger", limit=1)
        for number in range(4):  # appended to, and written anew
            ledger.add([Acknowledged(at=AT, delivery=f"d{number}", alert="a", target="desk")])
    finally:
        os.umask(before)
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["sent.ledger"]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in files} == {0}
