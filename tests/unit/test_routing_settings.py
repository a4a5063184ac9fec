"""Routes by the settings: what is refused at the start, and that it says which news would reach nobody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aseanwatch.alerts.console import NAME
from aseanwatch.routing import operators, routing
from aseanwatch.settings import Alerts, load_settings
from core.errors import ConfigError
from core.routes import Ask, Routing

TARGETS = """
[alerts.targets.chat]
url = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#asean"
[alerts.targets.mail]
url = "mailtos://a:b@smtp.example.org?to=desk@example.org"
[alerts.targets.old]
url = "json://old.example.org/"
enabled = false
"""
REST = '[[alerts.routes]]\nname = "rest"\n'
NOW = datetime(2026, 7, 11, 9, 0, tzinfo=UTC)


def settings(tmp_path: Path, toml: str, targets: str = TARGETS) -> Alerts:
    (tmp_path / "aseanwatch.toml").write_text(toml + targets, encoding="utf-8")
    return load_settings(tmp_path / "aseanwatch.toml", {}).alerts


def made(tmp_path: Path, toml: str, targets: str = TARGETS) -> Routing:
    return routing(settings(tmp_path, toml, targets), NAME)


def test_without_routes_every_target_that_is_switched_on_is_told(tmp_path: Path) -> None:
    found = made(tmp_path, "")

    assert (found.targets, found.routes) == (("chat", "mail"), ())
    assert made(tmp_path, "", targets="").targets == (NAME,)


def test_a_route_says_what_it_takes_who_gets_it_and_when(tmp_path: Path) -> None:
    [urgent, rest] = made(
        tmp_path,
        """
[alerts]
timezone = "Asia/Bangkok"
quiet = "22:00-06:30"
[[alerts.routes]]
name = "urgent"
topic = ["myanmar", "South-China-Sea"]
before = ["planned"]
unless = { level = ["officials"], party = ["Japan"] }
targets = ["chat"]
critical = true
[[alerts.routes]]
name = "rest"
when = "0 7 * * mon-fri"
""",
    ).routes

    assert urgent.asks == {Ask.TOPIC: {"myanmar", "south-china-sea"}, Ask.BEFORE: {"planned"}}
    assert urgent.unless == {Ask.LEVEL: {"officials"}, Ask.PARTY: {"japan"}}
    assert (urgent.targets, urgent.critical, urgent.digest) == (("chat",), True, None)
    assert rest.targets == ("chat", "mail")
    assert rest.digest
    assert rest.digest(NOW) == datetime(2026, 7, 13, 0, 0, tzinfo=UTC)  # Monday, seven o'clock in Bangkok


def test_routes_may_lie_in_a_file_of_their_own_behind_the_others(tmp_path: Path) -> None:
    (tmp_path / "routes.toml").write_text('[[routes]]\nname = "rest"\n', encoding="utf-8")
    first = '[alerts]\nroutes_file = "routes.toml"\n[[alerts.routes]]\nname = "first"\nlevel = ["leaders"]\n'

    assert [route.name for route in made(tmp_path, first).routes] == ["first", "rest"]
    (tmp_path / "routes.toml").write_text('[[routes]]\nname = "rest"\nlevl = ["leaders"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"routes\.0\.levl: unknown setting; did you mean routes\[\]\.level\? \(set in .*routes\.toml\)"):
        made(tmp_path, first)


def test_quiet_hours_are_those_of_the_target_or_else_of_all(tmp_path: Path) -> None:
    targets = TARGETS.replace("[alerts.targets.mail]", '[alerts.targets.mail]\nquiet = "none"').replace(
        "[alerts.targets.chat]", '[alerts.targets.chat]\ntimezone = "Asia/Jakarta"'
    )
    chat, mail = made(tmp_path, '[alerts]\nquiet = "22:00-06:30"\n', targets).recipients

    assert chat.quiet
    assert str(chat.quiet.zone) == "Asia/Jakarta"
    assert chat.quiet.until(datetime(2026, 7, 11, 16, 0, tzinfo=UTC)) == datetime(2026, 7, 11, 23, 30, tzinfo=UTC)
    assert mail.quiet is None


def test_the_guard_against_storms_may_be_taken_away(tmp_path: Path) -> None:
    guard = made(tmp_path, "[alerts]\nstorm_alerts = 3\nstorm_minutes = 5\n").guard

    assert guard
    assert (guard.alerts, guard.window) == (3, timedelta(minutes=5))
    assert made(tmp_path, "[alerts]\nstorm_alerts = 0\n").guard is None


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('name = "x"\ntargets = ["nobody"]', "route x: no such target: nobody; configured: chat, mail, old"),
        ('name = "x"\ntargets = []', "route x: targets is empty; leave it out for all of them, or say drop = true"),
        ('name = "x"\nlevel = ["minister"]', "route x: level 'minister': one of ministerial, leaders, officials"),
        ('name = "x"\nconfidence = ["rejected"]', "route x: confidence 'rejected': one of reported, confirmed, disputed"),
        ('name = "x"\nstatus = ["planned"]', "route x: status 'planned': one of done, failed"),
        ('name = "x"\nmeeting = ["AMMM"]', "route x: meeting 'AMMM': neither a type of meeting"),
        ('name = "x"\ncountry = ["Japan"]', "route x: country 'Japan': two letters, such as VN; a country in an outcome is a party"),
        ('name = "x"\nunless = {}', "route x: unless is empty: nothing would be taken"),
        ('name = "x"\nwhen = "daily"', "route x: when = 'daily': five fields are wanted"),
        ('name = "x"\nwhen = "61 7 * * *"', "route x: when = '61 7 .*': no cron expression: .*higher than the maximum"),
        ('name = "x"\nwhen = "0 7 * * 1-5"', "write weekdays by name, such as mon-fri"),
        ('name = "x"\nwhen = "0 7 31 2 *"', "this day never comes"),
        ('name = "x"\nwhen = "0 7 * * *"\ntimezone = "Asia/Bangkock"', r"routes\.0\.timezone: 'Asia/Bangkock' is no time zone"),
        ('name = "x"\ncritical = true\nwhen = "0 7 * * *"', "what is critical goes at once, in no digest"),
        ('name = "x"\ndrop = true\ncritical = true', "what is dropped is neither critical nor in a digest"),
        ('name = "storm"', "this name is ours; take another"),
        ('name = "rest"', "there is another route of this name"),
        ('name = "Rest of it"', "String should match pattern"),
    ],
)
def test_a_route_that_cannot_be_is_refused_by_its_name(tmp_path: Path, toml: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        made(tmp_path, f"[[alerts.routes]]\n{toml}\n{REST}")


@pytest.mark.parametrize(
    ("toml", "missed"),
    [
        ('level = ["ministerial", "leaders"]', "level officials"),
        ('topic = ["myanmar"]', "topic none of myanmar"),
        ('language = ["en"]', "language any other"),
        ('status = ["done"]', r"status failed \(before: done\)"),
        ('kind = ["correction"]', "any news at all"),
        ('unless = { meeting = ["AMM"] }', "meeting amm"),
        ('targets = ["old"]', r"any news at all \(old: switched off\)"),
    ],
)
def test_routes_by_which_some_news_would_reach_nobody_are_refused(tmp_path: Path, toml: str, missed: str) -> None:
    wrong = f'[[alerts.routes]]\nname = "only"\n{toml}\n'

    with pytest.raises(ConfigError, match=f"alerts.routes: this news would reach nobody: {missed}; end the routes with one for all"):
        made(tmp_path, wrong)
    assert made(tmp_path, wrong + REST).routes
    assert made(tmp_path, f"{wrong}{REST}drop = true\n").routes[-1].drop
    assert routing(settings(tmp_path, wrong), NAME, proven=False).routes


def test_targets_that_are_all_switched_off_are_refused(tmp_path: Path) -> None:
    off = '[alerts.targets.mail]\nurl = "mailto://x.example"\nenabled = false\n'

    with pytest.raises(ConfigError, match="every target is switched off, so that no news would reach anybody: switch one on"):
        made(tmp_path, "", off)


@pytest.mark.parametrize(
    ("toml", "targets", "told"),
    [
        ("", TARGETS, ("mail",)),
        ("", TARGETS.replace("mailtos", "json"), ("chat",)),
        ('[alerts.operator]\ntargets = ["chat"]\n', TARGETS, ("chat",)),
        ('[alerts.operator]\ntargets = ["chat", "old"]\n', TARGETS, ("chat",)),
        ("[alerts.operator]\ntargets = []\n", TARGETS, ()),
        ("", "", ()),
    ],
)
def test_the_operator_is_told_where_he_says_or_by_the_first_mail_target(
    tmp_path: Path, toml: str, targets: str, told: tuple[str, ...]
) -> None:
    assert operators(settings(tmp_path, toml, targets), NAME).targets == told


def test_an_operators_target_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"alerts\.operator\.targets: no such target: me; configured: chat, mail, old"):
        operators(settings(tmp_path, '[alerts.operator]\ntargets = ["me"]\n'), NAME)
