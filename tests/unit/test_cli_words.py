"""`aseanwatch alerts templates` and `render`."""

import pytest
from click.testing import CliRunner

from aseanwatch.alerts.templates import NAMES
from aseanwatch.cli import cli


def call(*arguments, home):
    return CliRunner().invoke(cli, ["alerts", *arguments, "--data-dir", str(home)])


def test_templates_are_listed_and_printed(tmp_path):
    listed = call("templates", home=tmp_path)
    assert listed.exit_code == 0
    assert [name for name in NAMES if name in listed.output] == list(NAMES)
    printed = call("templates", "--show", "chat.txt", home=tmp_path)
    assert printed.output.startswith("{% for item in items %}")
    refused = call("templates", "--show", "nope.txt", home=tmp_path)
    assert (refused.exit_code, "chat.txt" in refused.output) == (2, True)


@pytest.mark.parametrize("kind", ["news", "correction", "digest", "operator"])
def test_a_sample_of_each_kind_is_shown_as_mail_and_chat(kind, tmp_path):
    shown = call("render", kind, home=tmp_path)
    assert shown.exit_code == 0
    assert "As a mail" in shown.output
    assert "In a chat" in shown.output
    assert call("render", kind, "--form", "html", home=tmp_path).output.startswith("<!DOCTYPE html>")


def test_a_template_is_tried_before_it_is_used(tmp_path):
    (tmp_path / "chat.txt").write_text("mine: {{ first }}")
    tried = call("render", "news", "--form", "chat", "--template-dir", str(tmp_path), home=tmp_path)
    assert tried.output.endswith("\nmine: ASEAN-UK Plan of Action 2022-2026\n")
    (tmp_path / "chat.txt").write_text("mine:\n{{ frist }}")
    wrong = call("render", "news", "--template-dir", str(tmp_path), home=tmp_path)
    assert wrong.exit_code == 2
    assert "chat.txt, line 2: 'frist' is undefined" in wrong.output


def test_the_doctor_says_what_is_done_in_a_doubt(tmp_path):
    """By the channel, unless the target says otherwise."""
    (tmp_path / "aseanwatch.toml").write_text(
        f"""data_dir = "{tmp_path}"
[alerts.targets.mail]
url = "mailto://127.0.0.1:1?mode=insecure&from=a@x.example&to=b@x.example"
[alerts.targets.chat]
url = "mmost://127.0.0.1:1/3ccdd113474722377935511fc85d3dd4"
[alerts.targets.hook]
url = "json://127.0.0.1:1/"
on_unknown = "resend"
"""
    )
    runner, config = CliRunner(), ["--config", str(tmp_path / "aseanwatch.toml")]
    assert runner.invoke(cli, ["db", "upgrade", *config]).exit_code == 0
    assert "chat (in doubt: hold), hook (in doubt: resend), mail (in doubt: resend)" in runner.invoke(cli, ["doctor", *config]).output
