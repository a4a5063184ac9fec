"""deploy/ fits the program: the unit is sound, the image is made of what is there, the examples are taken as they are."""

import os
import re
import shutil
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from checkout import ROOMS, ROOT
from daemon import CONSOLE_SCRIPT

from aseanwatch.routing import routing
from aseanwatch.settings import PREFIX, Settings, describe, load_settings

DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "aseanwatch.service").read_text(encoding="utf-8")
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
TOML = (DEPLOY / "aseanwatch.toml.example").read_text(encoding="utf-8")
ENV = (DEPLOY / "env.example").read_text(encoding="utf-8")
WORST = 1.5
"""Exposure by `systemd-analyze security`, of 10; it was 1.2 when this was written."""

systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")


@pytest.fixture
def no_file(tmp_path: Path) -> Path:
    """Settings that say nothing, so that none of the developer's are read."""
    file = tmp_path / "empty.toml"
    file.touch()
    return file


def _directives() -> dict[str, list[str]]:
    """Directive of the unit -> its values, in order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in re.findall(r"^(\w+)=(.*)$", UNIT, re.MULTILINE):
        found[name].append(value)
    return dict(found)


# systemd


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with the command where it is on this machine."""
    file = tmp_path / "aseanwatch.service"
    file.write_text(UNIT.replace("/opt/aseanwatch/bin/aseanwatch", str(CONSOLE_SCRIPT)), encoding="utf-8")
    return file


@systemd
def test_systemd_finds_no_fault_with_the_unit(unit: Path) -> None:
    told = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)

    assert (told.returncode, told.stdout + told.stderr) == (0, "")


@systemd
def test_the_unit_is_as_closed_as_it_can_be(unit: Path) -> None:
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit)], capture_output=True, text=True, check=False,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout)

    assert found, told.stderr
    assert float(found[1]) <= WORST


@pytest.mark.parametrize(
    ("name", "value"),
    {
        "ExecStart": "/opt/aseanwatch/bin/aseanwatch run",
        "KillMode": "mixed",
        "Restart": "on-failure",
        "RestartPreventExitStatus": "2",
        "DynamicUser": "yes",
        "StateDirectory": "aseanwatch",
        "ConfigurationDirectory": "aseanwatch",
        "ProtectSystem": "strict",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "MemoryDenyWriteExecute": "yes",
        "UMask": "0077",
    }.items(),
)
def test_the_unit_says(name: str, value: str) -> None:
    assert _directives()[name] == [value]


def test_the_unit_waits_longer_than_the_watch_takes_to_stop() -> None:
    (wait,) = _directives()["TimeoutStopSec"]

    assert float(wait) > Settings(data_dir=Path()).schedule.shutdown_seconds + 5


def test_a_secret_of_the_unit_is_a_setting(tmp_path: Path, no_file: Path) -> None:
    """systemd names what it loads from a folder `ASEANWATCH_` + the file's name."""
    (prefix,) = {value.partition(":")[0] for value in _directives()["LoadCredential"]}
    secret = tmp_path / f"{prefix}_ALERTS__TARGETS__DESK_MAIL__URL"
    secret.write_text("mailto://desk.example\n", encoding="utf-8")

    settings = load_settings(no_file, {"CREDENTIALS_DIRECTORY": str(tmp_path), "STATE_DIRECTORY": str(tmp_path)})

    url = settings.alerts.targets["desk_mail"].url
    assert url is not None
    assert url.get_secret_value() == "mailto://desk.example"
    assert settings.data_dir == tmp_path


# The image


def test_the_image_is_made_of_files_that_are_there_and_let_in() -> None:
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]]
    allowed = re.findall(r"^!(.+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8"), re.MULTILINE)

    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert sorted(copied) == sorted(allowed)
    assert set(ROOMS) <= set(copied)


def test_the_image_is_no_root_takes_locked_versions_and_knows_its_health() -> None:
    assert re.search(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    assert "--require-hashes" in DOCKERFILE
    assert 'CMD ["aseanwatch", "doctor", "--quick"]' in DOCKERFILE
    assert re.findall(r"^ENTRYPOINT (.+)$", DOCKERFILE, re.MULTILINE) == ['["aseanwatch"]']
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["python:${PYTHON}-slim"] * 2


def test_the_variables_of_the_image_are_settings(no_file: Path) -> None:
    variables = dict(re.findall(rf"({PREFIX}\w+)=(\S+)", DOCKERFILE))

    assert load_settings(no_file, variables).data_dir == Path("/var/lib/aseanwatch")
    assert "VOLUME /var/lib/aseanwatch" in DOCKERFILE


# The examples


def _uncommented(text: str) -> str:
    """What stands behind a # without a space is a sample."""
    return re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE)


def _beside(tmp_path: Path, text: str) -> Path:
    """The example as a settings file, with the secret file that it names."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "desk_mail").write_text("mailto://desk.example", encoding="utf-8")
    (tmp_path / "routes.toml").write_text("routes = []\n", encoding="utf-8")
    file = tmp_path / "aseanwatch.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_example_changes_nothing_as_it_stands(tmp_path: Path) -> None:
    example = load_settings(_beside(tmp_path, TOML), {})

    assert example.model_dump(exclude={"data_dir"}) == Settings(data_dir=Path()).model_dump(exclude={"data_dir"})


def test_the_example_is_taken_with_every_sample_in_it(tmp_path: Path) -> None:
    settings = load_settings(_beside(tmp_path, _uncommented(TOML)), {})

    assert set(settings.alerts.targets) == {"desk_mail", "chat"}
    assert [route.name for route in routing(settings.alerts, "console").routes] == ["urgent", "not-the-officials", "morning"]


def test_the_example_shows_every_setting_with_its_default() -> None:
    shown = dict(_flat(tomllib.loads(_uncommented(TOML))))
    wanted = {
        known.name.replace(".NAME.", ".desk_mail."): known.default
        for known in describe()
        if known.name not in ("alerts.targets", "alerts.routes")
    }

    assert set(wanted) - set(shown) == {"alerts.targets.desk_mail.url"}
    for name, default in wanted.items():
        if default and default[0] in "0123456789tf" and name in shown:
            assert str(shown[name]).lower() == default, name


def _flat(table: dict[str, object], above: str = "") -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    for key, value in table.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            pairs += [pair for one in value for pair in _flat(one, f"{above}{key}[].")]
            continue
        pairs += [*(_flat(value, f"{above}{key}.") if isinstance(value, dict) else []), (f"{above}{key}", value)]
    return pairs


def test_every_variable_of_the_example_is_a_setting(no_file: Path) -> None:
    lines = [line for line in _uncommented(ENV).splitlines() if line and not line.startswith("#")]
    variables = dict(line.split("=", 1) for line in lines)

    assert len(variables) >= 5
    assert all(name.startswith(PREFIX) for name in variables)
    assert load_settings(no_file, variables).fetch.contact
