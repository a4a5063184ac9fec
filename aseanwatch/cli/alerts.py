"""`aseanwatch alerts`: who was told what, every attempt, and a test of a target."""

from datetime import UTC, datetime
from pathlib import Path

import click

from aseanwatch.cli.options import Day, json_option, settings_from, settings_options
from aseanwatch.cli.outcomes import whole_key
from aseanwatch.cli.output import moment, table, write_json
from aseanwatch.cli.preview import preview
from aseanwatch.cli.words import render, templates
from aseanwatch.records import alert_json, delivery_json, headline
from core.alerts import Alert, AlertKind, Delivery, DeliveryState, ReceiptKind
from core.errors import AseanwatchError

_ALL = 1_000_000


@click.group(commands=[preview, render, templates])
def alerts() -> None:
    """List, show, retry, test and preview alerts.

    \b
    Examples:
      aseanwatch alerts list --state unknown
      aseanwatch alerts show 1b9d
      aseanwatch alerts preview --history
      aseanwatch alerts test desk_mail
    """


@alerts.command("list")
@click.option("--state", type=click.Choice([state.value for state in DeliveryState]), help="Only deliveries in this state.")
@click.option("--target", help="Only deliveries to this target.")
@click.option("--kind", type=click.Choice([kind.value for kind in AlertKind]), help="Only deliveries of this kind of alert.")
@click.option("--since", type=Day(), help="Only deliveries made from this day or time on.")
@click.option("--counts", is_flag=True, help="Only how many deliveries there are in each state.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many deliveries at most, newest first.")
@json_option
@settings_options
def list_(
    state: str | None,
    target: str | None,
    kind: str | None,
    since: datetime | None,
    counts: bool,
    limit: int,
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
) -> None:
    """List each delivery of each alert: its state, its attempts, by which rule it is owed and why it stands where it stands.

    \b
    Examples:
      aseanwatch alerts list
      aseanwatch alerts list --state dead --target desk_mail
      aseanwatch alerts list --since 2026-07-01 --counts
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        told = store.told(state=state, target=target, kind=kind, since=since, limit=limit)
        found = [] if counts else [(alert, delivery, store.attempts(delivery.key)) for alert, delivery in told]
        numbers = store.told_counts(target=target, kind=kind, since=since)
        waits = store.waits(datetime(2000, 1, 1, tzinfo=UTC), limit)
    if as_json:
        for alert, delivery, attempts in found:
            waited = waits[alert.key].total_seconds() if alert.key in waits else None
            about = {"headline": alert.headline, "kind": alert.kind, "outcomes": len(alert.news), "seconds_to_first_attempt": waited}
            write_json(delivery_json(delivery, attempts) | about)
        if counts:
            write_json(numbers | {"all": sum(numbers.values())})
        return
    if not counts:
        columns = ("delivery", "made", "target", "state", "attempts", "alert", "rule", "reason")
        table(columns, [_row(alert, one, len(attempts)) for alert, one, attempts in found], empty="No such delivery is on record.")
    click.echo(" · ".join(f"{name} {number}" for name, number in numbers.items()) + f" · all {sum(numbers.values())}")


def _row(alert: Alert, one: Delivery, attempts: int) -> tuple[str, ...]:
    waits = f"in digest {one.digest} at {moment(one.next_attempt_at)}" if one.digest and one.state is DeliveryState.PENDING else ""
    made = moment(one.created_at)
    return (one.key[:8], made, one.target, one.state, str(attempts), headline(alert), one.rule, one.reason or waits)


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
    click.echo(headline(alert))
    if alert.news:
        click.echo(f"  {alert.publisher} {moment(alert.published)[:10]} · {alert.url}")
    corrects = f", corrects alert {alert.corrects}" if alert.corrects else ""
    click.echo(f"  {alert.kind} {alert.key}, made {moment(alert.created_at)}{corrects}")
    for part in alert.parts:
        click.echo(f"\n  {part.kind} {part.alert[:8]}, {part.publisher} {moment(part.published)[:10]}: {part.headline}")
        for item in part.news:
            click.echo(f"    [{item.type}, {item.status}] {item.title}")
    for note in alert.notes:
        click.echo(f"  {note}")
    for item in alert.news:
        turn = f"{item.previous_status} -> {item.status or 'reported no more'}" if item.previous_status else item.status
        now = f"\n    says now “{item.says_now}”" if item.says_now else ""
        click.echo(f"\n  [{item.type}, {turn}] {item.title}\n    “{item.sentence}”{now}\n    outcome {item.outcome}")
    for one in deliveries:
        click.echo(f"\n  to {one.target}: {one.state}{': ' + one.reason if one.reason else ''} (delivery {one.key})")
        if one.rule:
            waits = f"; in digest {one.digest} at {moment(one.next_attempt_at)}" if one.digest and one.next_attempt_at else ""
            click.echo(f"    by {one.rule}{waits}")
        for attempt in attempts[one.key]:
            click.echo(
                f"    {attempt.number}. {moment(attempt.started_at)} {attempt.kind}{': ' + attempt.reason if attempt.reason else ''}"
            )


@alerts.command()
@click.argument("key", required=False)
@click.option("--all", "every", is_flag=True, help="Every delivery in the state that `--state` says, instead of one.")
@click.option("--state", type=click.Choice(["dead", "unknown"]), help="With `--all`: which deliveries.")
@click.option("--target", help="With `--all`: only those to this target.")
@settings_options
def retry(key: str | None, every: bool, state: str | None, target: str | None, config: Path | None, data_dir: Path | None) -> None:
    """Put a delivery back in line that is dead, unknown or suppressed; the running watch sends it.

    One that may have arrived is sent marked as a possible repeat. One that a digest lists is sent by itself.

    \b
    Examples:
      aseanwatch alerts retry 7c41
      aseanwatch alerts retry --all --state dead --target desk_mail
    """
    from aseanwatch import wiring

    if (key is None) is not every or every is (state is None):
        raise click.UsageError("give the beginning of a delivery's key, or --all with --state")
    with wiring.storage(settings_from(config, data_dir)) as store:
        now = wiring.SystemClock().now()
        if key is None:
            found = store.deliveries(state=state, target=target, limit=_ALL)
            click.echo(f"{sum(store.retry_delivery(one.key, now) for one in reversed(found))} deliveries are in line again.")
            return
        whole = whole_key(key, [one.key for one in store.deliveries(limit=_ALL)], "delivery")
        if not store.retry_delivery(whole, now):
            raise AseanwatchError("is on its way or was sent; only a dead, unknown or suppressed delivery can be retried", subject=key)
    click.echo(f"{whole} is in line again.")


@alerts.command()
@click.option("--suppress", is_flag=True, help="Send none of what is held: it was told before.")
@settings_options
def release(suppress: bool, config: Path | None, data_dir: Path | None) -> None:
    """Send what is held since a backup was restored, or an empty database was started beside a sent-ledger.

    What the sent-ledger knows to have arrived is not sent again in any case. Look first: `alerts list --state pending`.

    \b
    Examples:
      aseanwatch alerts release
      aseanwatch alerts release --suppress
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    with wiring.storage(settings) as store:
        if store.quarantine() is None:
            click.echo("Nothing is held.")
            return
        before = store.mark_told(wiring.told(settings))
        held = store.release(wiring.SystemClock().now(), "told before the restore, by the operator" if suppress else "")
    click.echo(f"{held} deliveries {'suppressed' if suppress else 'released'}; {before} more were sent before, by the sent-ledger.")


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
