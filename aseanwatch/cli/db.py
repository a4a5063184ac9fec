"""`aseanwatch db`: upgrade, describe and check the database."""

from pathlib import Path

import click

from aseanwatch.cli.options import json_option, settings_from, settings_options
from aseanwatch.cli.output import write_json


@click.group()
def db() -> None:
    """Upgrade, describe and check the database.

    \b
    Examples:
      aseanwatch db upgrade     after an update of the program; make a copy first
      aseanwatch db info
      aseanwatch db check
    """


@db.command()
@settings_options
def upgrade(config: Path | None, data_dir: Path | None) -> None:
    """Bring the database to the form that this version needs, or make it when there is none. Safe to repeat.

    \b
    Examples:
      aseanwatch db upgrade
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    with wiring.sole_instance(settings), wiring.storage(settings, create=True) as store:
        click.echo(f"The database is at version {store.storage()['schema']}.")


@db.command()
@json_option
@settings_options
def info(as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Say where the database is, which version it has, and what it holds.

    \b
    Examples:
      aseanwatch db info
      aseanwatch db info --json
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        storage, counts = store.storage(), store.counts()
    if as_json:
        write_json({"storage": storage, "counts": counts})
        return
    for name, value in storage.items():
        click.echo(f"  {name:<10}{value}")
    click.echo("")
    for noun, states in counts.items():
        click.echo(
            f"  {noun:<12}{sum(states.values()):>8}   " + ", ".join(f"{state} {number}" for state, number in states.items() if number)
        )


@db.command()
@settings_options
@click.pass_context
def check(ctx: click.Context, config: Path | None, data_dir: Path | None) -> None:
    """Check that the database is sound; exit 1 when it is not.

    \b
    Examples:
      aseanwatch db check && echo sound
    """
    from aseanwatch import wiring

    with wiring.storage(settings_from(config, data_dir)) as store:
        wrong = store.check()
    for complaint in wrong:
        click.echo(complaint)
    click.echo("The database is not sound." if wrong else "The database is sound.")
    ctx.exit(1 if wrong else 0)
