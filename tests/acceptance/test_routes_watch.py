"""Routes in a running watch: a storm held back, a night kept quiet, the critical let through, wrong routes refused at the start."""

import json
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from daemon import called, command
from newsroom import joint_statements, settings_file
from publisher import Publisher
from receivers import WebhookReceiver


def counts(settings: Path) -> dict[str, int]:
    [line] = called("alerts", "list", "--counts", "--json", "--config", str(settings)).stdout.splitlines()
    found: dict[str, int] = json.loads(line)
    return found


def publishes(publisher: Publisher, number: int, after: int = 0) -> list[str]:
    """Puts so many results on the site; their titles."""
    found = list(islice(joint_statements(), after, after + number))
    for position, (_, text) in enumerate(found, after):
        publisher.adds_text(f"story-{position}", text, published=datetime.now(UTC))
    return [title for title, _ in found]


def test_a_storm_sends_five_and_keeps_the_rest_for_a_digest(tmp_path: Path) -> None:
    with Publisher() as publisher, WebhookReceiver() as hook:
        settings = settings_file(tmp_path, publisher, {"hook": hook.url}, alerts="storm_minutes = 1000\noperator.targets = []")
        command("run", "--once", "--config", str(settings))
        publishes(publisher, 40)
        done = command("run", "--once", "--config", str(settings))

        assert done.returncode == 0, done.stderr
        found = counts(settings)
        assert (len(hook.arrivals), found["sent"], found["pending"], found["all"]) == (5, 5, 35, 40)
    listed = called("alerts", "list", "--state", "pending", "--json", "--config", str(settings)).stdout.splitlines()
    assert {json.loads(line)["digest"] for line in listed} == {"storm"}


def test_at_night_only_what_is_critical_goes(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    quiet = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=2):%H:%M}"
    routes = """
[[alerts.routes]]
name = "urgent"
targets = ["hook"]
critical = true
[[alerts.routes]]
name = "rest"
"""
    with Publisher() as publisher, WebhookReceiver() as hook, WebhookReceiver() as sleeper:
        settings = settings_file(tmp_path, publisher, {"hook": hook.url, "sleeper": sleeper.url}, alerts=f'quiet = "{quiet}"\n{routes}')
        command("run", "--once", "--config", str(settings))
        publishes(publisher, 3)
        assert command("run", "--once", "--config", str(settings)).returncode == 0

        assert (len(hook.arrivals), len(sleeper.arrivals)) == (3, 0)
        found = counts(settings)
        assert (found["sent"], found["pending"]) == (3, 3)


def test_routes_by_which_news_would_reach_nobody_do_not_start(tmp_path: Path) -> None:
    with Publisher() as publisher, WebhookReceiver() as hook:
        route = '[[alerts.routes]]\nname = "leaders"\nlevel = ["leaders"]\n'
        settings = settings_file(tmp_path, publisher, {"hook": hook.url}, alerts=route)
        refused = command("run", "--once", "--config", str(settings))
        checked = called("doctor", "--config", str(settings))

    assert refused.returncode == 2
    assert "alerts.routes: this news would reach nobody: level ministerial" in refused.stderr
    assert "end the routes with one for all the rest" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert "this news would reach nobody" in checked.stdout
