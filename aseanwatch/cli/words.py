"""`aseanwatch alerts templates` and `render`: what messages are made of, and what an alert looks like on each channel."""

from pathlib import Path

import click

from aseanwatch.cli.options import settings_from, settings_options
from aseanwatch.cli.output import table
from core.errors import AseanwatchError

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--show", "name", help="Print this template as it is used.")
@settings_options
def templates(name: str | None, config: Path | None, data_dir: Path | None) -> None:
    """List the templates of messages and where each comes from, or print one.

    \b
    Examples:
      aseanwatch alerts templates
      aseanwatch alerts templates --show chat.txt > templates/chat.txt
    """
    from aseanwatch import wiring
    from aseanwatch.alerts.templates import NAMES

    known = wiring.templates(settings_from(config, data_dir))
    if name is not None:
        click.echo(known.source(name), nl=False)
        return
    table(("template", "makes", "comes from"), [(one, NAMES[one], where) for one, where in known.names], empty="")


@click.command()
@click.argument("key", default="news")
@click.option("--form", type=click.Choice(["mail", "html", "chat"]), help="Only this form, and nothing around it.")
@click.option("--limit", type=click.IntRange(200), default=3500, show_default=True, help="Characters that the chat takes.")
@click.option("--template-dir", type=_FOLDER, help="Templates to try, in place of `alerts.templates`.")
@settings_options
def render(key: str, form: str | None, limit: int, template_dir: Path | None, config: Path | None, data_dir: Path | None) -> None:
    """Show an alert as it is sent: as a mail and as a chat gets it. Nothing is sent.

    KEY: the beginning of an alert's key, or a sample: news, correction, digest, operator.

    \b
    Examples:
      aseanwatch alerts render news
      aseanwatch alerts render 1b9d --template-dir my-templates --form chat
      aseanwatch alerts render digest --form html > digest.html
    """
    from aseanwatch import wiring
    from aseanwatch.alerts.messages import checked, mail, short
    from aseanwatch.alerts.samples import DELIVERY, SAMPLES
    from aseanwatch.cli.outcomes import whole_key
    from core.alerts import Delivery

    settings = settings_from(config, data_dir)
    words = checked(template_dir) if template_dir else wiring.templates(settings)
    alert, delivery = SAMPLES.get(key), DELIVERY
    if alert is None:
        with wiring.storage(settings) as store:
            found = store.alert(whole_key(key, [one.key for one, _ in store.alerts(1_000_000)], "alert"))
        if found is None:
            raise AseanwatchError("no such alert", subject=key)
        alert = found[0]
        delivery = found[1][0] if found[1] else Delivery(key="none", alert=alert.key, target="none")
    letter, chat = mail(alert, delivery, words), short(alert, delivery, words, limit)
    if form:
        click.echo({"mail": letter.body, "html": letter.html, "chat": f"{chat.subject}\n{chat.body}"}[form].rstrip("\n"))
        return
    click.echo(f"As a mail\n=========\nSubject: {letter.subject}\n\n{letter.body}\n\nIn a chat\n=========\n{chat.subject}\n{chat.body}")
