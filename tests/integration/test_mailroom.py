"""`make receivers` and the quickstart: a first mail and a first chat message, by the settings that they show."""

import threading
import tomllib

import mailroom
from pages import page
from receivers import ChatReceiver, SmtpReceiver

from aseanwatch import wiring
from aseanwatch.settings import load_settings
from core.alerts import ReceiptKind


def test_a_newcomer_gets_a_first_mail_and_a_first_chat_message(tmp_path, monkeypatch, capsys):
    """By the settings that it prints, with ports of the test's own."""
    monkeypatch.setattr(mailroom, "MAIL_PORT", 0)
    monkeypatch.setattr(mailroom, "CHAT_PORT", 0)
    said, stop, up = [], threading.Event(), threading.Event()

    def echo(text=""):
        said.append(text)
        if "Ctrl-C" in text:
            up.set()

    monkeypatch.setattr(mailroom.click, "echo", echo)
    room = threading.Thread(target=mailroom.main, args=(stop,))
    room.start()
    try:
        assert up.wait(10)
        (tmp_path / "aseanwatch.toml").write_text(said[0].partition("\n\n")[2])
        settings = load_settings(tmp_path / "aseanwatch.toml", {})
        assert [wiring.try_target(settings, name).kind for name in ("desk_mail", "desk_chat")] == [ReceiptKind.ACCEPTED] * 2
    finally:
        stop.set()
        room.join(10)
    mail, chat = said[2:]
    assert "Subject: [watch] A test of aseanwatch" in mail
    assert "A test of aseanwatch" in chat


def test_the_quickstart_shows_the_settings_of_the_receivers():
    post, chat = SmtpReceiver(port=mailroom.MAIL_PORT), ChatReceiver("mmost", port=mailroom.CHAT_PORT)
    shown = [tomllib.loads(block) for block in page("docs/quickstart.md").blocks("toml")]
    assert tomllib.loads(mailroom.settings(post, chat)) in shown
