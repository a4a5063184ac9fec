"""`make receivers`: a mail server and a chat on this machine that show what arrives, for a first alert before anything is set up.

They speak SMTP, and the API of a Mattermost incoming webhook, as the real ones do. Nothing leaves the machine, nothing is kept.
"""

import textwrap
import threading

import click
from receivers import Arrival, ChatReceiver, Mail, SmtpReceiver

MAIL_PORT, CHAT_PORT = 2525, 8065
WIDTH = 110

OPENING = "A mail server and a chat listen on this machine. Put this into ~/.config/aseanwatch/aseanwatch.toml:"
SETTINGS = """\
[alerts.targets.desk_mail]
url = "{mail}"

[alerts.targets.desk_chat]
url = "{chat}"
"""


def settings(post: SmtpReceiver, chat: ChatReceiver) -> str:
    """What to put into the settings file."""
    return SETTINGS.format(mail=post.url, chat=chat.url)


def shown(channel: str, text: str) -> str:
    """A message as it is printed: in a frame, so that one sees where it ends."""
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, WIDTH - 4, subsequent_indent="   ") or [""]]
    return "\n".join([f"── {channel} ".ljust(WIDTH, "─"), *(f"  {line}" for line in lines), ""])


def main(stop: threading.Event | None = None) -> None:
    """Serves until it is stopped (Ctrl-C)."""

    def mailed(mail: Mail) -> None:
        click.echo(shown("mail", f"From: {mail.parsed['From']}\nTo: {mail.parsed['To']}\nSubject: {mail.subject}\n\n{mail.text}"))

    def posted(_: Arrival) -> None:
        click.echo(shown("chat", chat.posts[-1]))

    chat = ChatReceiver("mmost", port=CHAT_PORT, before_answer=posted)
    with SmtpReceiver(port=MAIL_PORT, before_answer=mailed) as post, chat:
        click.echo(f"{OPENING}\n\n{settings(post, chat)}")
        click.echo("Then, in a second terminal: aseanwatch alerts test desk_mail; aseanwatch alerts test desk_chat. Ctrl-C ends it.\n")
        try:
            (stop or threading.Event()).wait()
        except KeyboardInterrupt:
            click.echo("")


if __name__ == "__main__":
    main()
