"""`make demo`: the whole way before your eyes, in under a minute and without the internet.

A news site on this machine publishes the five seed articles one after another; `aseanwatch run` follows its feeds; a mail server, a chat
and a webhook receive the alerts. Everything is real but the news is old, and everything is gone when it ends. docs/walk.md explains it.
"""

import tempfile
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import click
from daemon import Daemon, command, until
from newsroom import SeedStory, opens, publish, seed_stories, settings_file
from publisher import Publisher, changing_guids
from receivers import Arrival, ChatReceiver, Mail, SmtpReceiver, WebhookReceiver

WIDTH = 110

Say = Callable[..., None]


class Stage:
    """Prints from several threads without mixing lines."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def scene(self, text: str) -> None:
        """What happens in the world."""
        with self._lock:
            click.secho(f"\n── {text} {'─' * max(3, WIDTH - len(text) - 4)}", bold=True)

    def arrives(self, channel: str, subject: str, body: str) -> None:
        """An alert, as its receiver has it."""
        with self._lock:
            click.secho(f"\n  ▶ {channel} received: {subject}", fg="green", bold=True)
            for paragraph in body.splitlines():
                for line in textwrap.wrap(paragraph, WIDTH - 6, subsequent_indent="   ") or [""]:
                    click.secho(f"    │ {line}", fg="green")

    def beside(self, channel: str, title: str) -> None:
        """The same alert elsewhere, in a line."""
        with self._lock:
            click.secho(f"  ▶ {channel} received: {title}", fg="green")

    def told(self, lines: list[str]) -> None:
        """What the watch said."""
        with self._lock:
            for line in lines:
                click.echo(f"  {line[:WIDTH]}")


def show(stage: Stage, daemon: Daemon, settings: Path, publisher: Publisher, post: SmtpReceiver) -> None:
    """The walk, scene by scene."""
    said = 0

    def listen() -> None:
        nonlocal said
        new, said = daemon.lines[said:], len(daemon.lines)
        stage.told(new)

    def publishes(story: SeedStory, remark: str) -> None:
        before = len(post.arrivals)
        stage.scene(f"The site publishes “{story.headline}” ({story.published:%Y-%m-%d})")
        publish(publisher, story)
        daemon.wait_for("read", story.headline)
        until(lambda: _at_rest(settings), 20, "the alerts to be sent", say=daemon.told)
        listen()
        stage.told([f"{len(post.arrivals) - before} mail(s): {remark}"])

    stage.scene("aseanwatch run")
    daemon.wait_for("started")
    opens(publisher, daemon.told)
    listen()
    preview, press_conference, partners, coordinators, recap = seed_stories()
    publishes(preview, "a preview of a meeting, so nobody is told, and what is planned is on record")
    publishes(press_conference, "what the ministers decided, with the sentences that prove it")
    publishes(partners, "documents adopted with partners")
    publishes(coordinators, "coordinators handed over")
    publishes(recap, "the ASEAN-UK document again under another name: the same record, so nobody is told twice")

    stage.scene("The site is rebuilt: the same articles under new identities")
    before = len(post.arrivals)
    changing_guids(publisher)
    asked = len(publisher.requests)
    until(lambda: len(publisher.requests) >= asked + 4, 20, "both feeds to be asked again", say=daemon.told)
    listen()
    stage.told([f"{len(post.arrivals) - before} mail(s): nothing is new"])

    stage.scene("aseanwatch outcomes list --status done")
    stage.told(command("outcomes", "list", "--status", "done", "--config", str(settings)).stdout.splitlines())
    stage.scene("SIGTERM")
    daemon.terminate()
    listen()


def _at_rest(settings: Path) -> bool:
    return '"pending"' not in (told := command("alerts", "list", "--json", "--config", str(settings)).stdout) and '"sending"' not in told


def main() -> None:
    """Runs the demonstration."""
    stage = Stage()

    def mailed(mail: Mail) -> None:
        stage.arrives(f"{mail.recipients[0]}", mail.subject, mail.text)

    def hooked(arrival: Arrival) -> None:
        stage.beside("webhook", str(arrival.json["title"]))

    def posted(arrival: Arrival) -> None:
        stage.beside("chat", chat.api.text(arrival.json).splitlines()[0])

    chat = ChatReceiver("mmost", before_answer=posted)

    with (
        tempfile.TemporaryDirectory() as folder,
        Publisher() as publisher,
        SmtpReceiver(before_answer=mailed) as post,
        WebhookReceiver(before_answer=hooked) as hook,
        chat,
    ):
        targets = {"desk_mail": post.url, "desk_chat": chat.url, "ministry_hook": hook.url}
        settings = settings_file(Path(folder), publisher, targets)
        with Daemon("--config", str(settings)) as daemon:
            show(stage, daemon, settings, publisher, post)


if __name__ == "__main__":
    main()
