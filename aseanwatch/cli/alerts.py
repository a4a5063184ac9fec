"""`aseanwatch alerts`: who was told what, every attempt, and a test of a target."""

from pathlib import Path

import click

from aseanwatch.cli.options import json_option, settings_from, settings_options
from aseanwatch.cli.outcomes import whole_key
from aseanwatch.cli.output import moment, table, write_json
from aseanwatch.cli.words import render, templates
from aseanwatch.records import alert_json, delivery_json
from core.alerts import DeliveryState, ReceiptKind
from core.errors import AseanwatchError

_ALL = 1_000_000


@click.group(commands=[render, templates])
def alerts() -> None:
    """List, show, retry and test alerts.

    \b
    Examples:
      aseanwatch alerts list --state unknown
      aseanwatch alerts show 1b9d
      aseanwatch alerts test desk_mail
    """


@alerts.command("list")
@click.option("--state", type=click.Choice([state.value for state in DeliveryState]), help="Only deliveries in this state.")
@click.option("--target", help="Only deliveries to this target.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many alerts at most, newest first.")
@json_option
@settings_options
def list_(state: str | None, target: str | None, limit: int, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """List each delivery of each alert: its state, its attempts and why it stands where it stands.

    \b
    Examples:
      aseanwatch alerts list
      aseanwatch alerts list --state dead --target desk_mail
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        found = [
            (alert, delivery, store.attempts(delivery.key))
            for alert, deliveries in store.alerts(limit)
            for delivery in deliveries
            if state in (None, delivery.state) and target in (None, delivery.target)
        ]
    if as_json:
        for alert, delivery, attempts in found:
            write_json(delivery_json(delivery, attempts) | {"headline": alert.headline, "outcomes": len(alert.news)})
        return
    rows = [
        (delivery.key[:8], moment(alert.created_at), delivery.target, delivery.state, str(len(attempts)), alert.headline, delivery.reason)
        for alert, delivery, attempts in found
    ]
    table(("delivery", "made", "target", "state", "attempts", "alert", "reason"), rows, empty="No such delivery is on record.")


@alerts.command()
@click.argument("key")
@json_option
@settings_options
def show(key: str, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Show one alert as it was sent, and every attempt to deliver it. KEY: the beginning of the alert's or a delivery's key.

    \b
    Examples:
      aseanwatch alerts show 1b9d
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        known = store.alerts(_ALL)
        owners = {alert.key: alert.key for alert, _ in known} | {one.key: alert.key for alert, all_ in known for one in all_}
        found = store.alert(owners[whole_key(key, list(owners), "alert")])
        if found is None:
            raise AseanwatchError("no such alert", subject=key)
        alert, deliveries = found
        attempts = {one.key: store.attempts(one.key) for one in deliveries}
    if as_json:
        write_json(alert_json(alert) | {"deliveries": [delivery_json(one, attempts[one.key]) for one in deliveries]})
        return
    click.echo(f"{alert.headline}\n  {alert.publisher} {moment(alert.published)[:10]} · {alert.url}")
    corrects = f", corrects alert {alert.corrects}" if alert.corrects else ""
    click.echo(f"  alert {alert.key}, made {moment(alert.created_at)}{corrects}")
    for item in alert.news:
        turn = f"{item.previous_status} -> {item.status or 'reported no more'}" if item.previous_status else item.status
        now = f"\n    says now “{item.says_now}”" if item.says_now else ""
        click.echo(f"\n  [{item.type}, {turn}] {item.title}\n    “{item.sentence}”{now}\n    outcome {item.outcome}")
    for one in deliveries:
        click.echo(f"\n  to {one.target}: {one.state}{': ' + one.reason if one.reason else ''} (delivery {one.key})")
        for attempt in attempts[one.key]:
            click.echo(
                f"    {attempt.number}. {moment(attempt.started_at)} {attempt.kind}{': ' + attempt.reason if attempt.reason else ''}"
            )


@alerts.command()
@click.argument("key")
@settings_options
def retry(key: str, config: Path | None, data_dir: Path | None) -> None:
    """Put a delivery back in line that is dead, unknown or suppressed; the running watch sends it.

    One that may have arrived is sent marked as a possible repeat.

    \b
    Examples:
      aseanwatch alerts retry 7c41
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        whole = whole_key(key, [one.key for one in store.deliveries(limit=_ALL)], "delivery")
        if not store.retry_delivery(whole, wiring.SystemClock().now()):
            raise AseanwatchError("is on its way or was sent; only a dead, unknown or suppressed delivery can be retried", subject=key)
    click.echo(f"{whole} is in line again.")


@alerts.command()
@click.argument("target")
@settings_options
def test(target: str, config: Path | None, data_dir: Path | None) -> None:
    """Send one message, marked as a test, to a target, and say what came of it.

    \b
    Examples:
      aseanwatch alerts test desk_mail
    """
    from aseanwatch import wiring

    receipt = wiring.try_target(settings_from(config, data_dir), target)
    if receipt.kind is not ReceiptKind.ACCEPTED:
        raise AseanwatchError(f"{receipt.kind}{': ' + receipt.reason if receipt.reason else ''}", subject=target)
    click.echo(f"{target}: accepted.")
