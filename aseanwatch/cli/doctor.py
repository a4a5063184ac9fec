"""`aseanwatch doctor`: is everything in order?"""

from pathlib import Path

import click

from aseanwatch.cli.options import json_option, settings_options
from aseanwatch.cli.output import write_json


@click.command()
@click.option("--quick", is_flag=True, help="Leave out reading through the whole database.")
@json_option
@settings_options
@click.pass_context
def doctor(ctx: click.Context, quick: bool, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Check settings, data folder, database, rules, sources, targets, disk, clock and whether the watch is alive.

    Exit 0 when nothing is wrong, else 1. It sends and fetches nothing; with --quick it is the health check of a container.

    \b
    Examples:
      aseanwatch doctor
      aseanwatch doctor --quick --json
    """
    from aseanwatch.cli.options import settings_from
    from aseanwatch.doctor import Finding, examine

    findings: list[Finding] = examine(lambda: settings_from(config, data_dir), quick=quick)
    for finding in findings:
        if as_json:
            write_json({"check": finding.check, "verdict": finding.verdict, "says": finding.says})
        else:
            click.echo(f"{finding.verdict:<5} {finding.check:<10} {finding.says}")
    ctx.exit(1 if any(finding.verdict == "bad" for finding in findings) else 0)
