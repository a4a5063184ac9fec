"""`make receivers`: a mail server, a chat and a news site on this machine, and the settings of a watch for them: a first alert at once.

They speak SMTP, the API of a Mattermost incoming webhook, and RSS, as the real ones do. What arrives is shown. The site holds made-up
news of the last month; when a watch has read that, which is history to it, the site publishes a real article, the second of the seeds.
Nothing leaves the machine. The settings are in `var/practice` (or the folder given); a watch's data there begins anew at each start.
"""

import shutil
import socket
import sys
import textwrap
import threading
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import click
from newsroom import joint_statements, publish, seed_stories, settings_file
from publisher import ATOM, RSS, Publisher
from receivers import Arrival, ChatReceiver, Mail, SmtpReceiver

MAIL_PORT, CHAT_PORT = 2525, 8065
FOLDER = Path("var/practice")
AGES = (24, 17, 10, 3)
"""How old the made-up news are, in days."""
WIDTH = 110


def shown(channel: str, text: str) -> str:
    """A message as it is printed: in a frame, so that one sees where it ends."""
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, WIDTH - 4, subsequent_indent="   ") or [""]]
    return "\n".join([f"── {channel} ".ljust(WIDTH, "─"), *(f"  {line}" for line in lines), ""])


def last_month(publisher: Publisher, now: datetime) -> None:
    """Fills the site with news of the last month."""
    for age, (document, text) in zip(AGES, islice(joint_statements(), len(AGES)), strict=True):
        publisher.adds_text(document.replace(" ", "-"), text, published=now - timedelta(days=age))


def news(publisher: Publisher, stop: threading.Event) -> None:
    """Publishes the article once a watch has recorded what both feeds held before, unless it is stopped first."""
    while not all(len(publisher.asked(feed)) >= 2 for feed in (RSS, ATOM)):
        if stop.wait(0.2):
            return
    _, press_conference, *_ = seed_stories()
    publish(publisher, press_conference)
    click.echo(shown("the site publishes", press_conference.headline))


def main(folder: Path = FOLDER, stop: threading.Event | None = None) -> None:
    """Serves until it is stopped (Ctrl-C)."""
    stop = stop or threading.Event()

    def mailed(mail: Mail) -> None:
        click.echo(
            shown("mail", f"From: {mail.parsed['From']}\nTo: {mail.parsed['To']}\nSubject: {' '.join(mail.subject.split())}\n\n{mail.text}")
        )

    def posted(arrival: Arrival) -> None:
        click.echo(shown("chat", chat.api.text(arrival.json)))

    chat = ChatReceiver("mmost", port=_or_any(CHAT_PORT), before_answer=posted)
    with Publisher() as publisher, SmtpReceiver(port=_or_any(MAIL_PORT), before_answer=mailed) as post, chat:
        last_month(publisher, datetime.now(UTC))
        targets = {"desk_mail": post.url, "desk_chat": chat.url}
        written = _settings(folder, publisher, targets)
        listed = "".join(f"  {name}  {url}\n" for name, url in targets.items())
        click.echo(f"A mail server, a chat and a news site listen on this machine:\n\n{listed}")
        click.echo(f"{written} has the settings of a watch for them. Ctrl-C ends it.\n")
        reporter = threading.Thread(target=news, args=(publisher, stop))
        reporter.start()
        try:
            stop.wait()
        except KeyboardInterrupt:
            stop.set()
            click.echo("")
        reporter.join()


def _settings(folder: Path, publisher: Publisher, targets: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "data", ignore_errors=True)
    settings_file(folder.absolute(), publisher, targets, tick_seconds=0.5)
    return folder / "aseanwatch.toml"


def _or_any(port: int) -> int:
    """The port, or 0 (any) when somebody listens there already."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return 0
    return port


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
