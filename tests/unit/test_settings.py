"""Settings are taken once, at the door: which source wins, what is refused and how it says so."""

import re
from pathlib import Path

import pytest

from aseanwatch.settings import describe, load_settings
from core.delivery import OnUnknown
from core.errors import ConfigError

HOOK = "json://receiver.example/hook-4d1f"


@pytest.fixture
def home(tmp_path):
    """An environment in which nothing but the test's own files is found."""

    def load(toml="", secrets=None, **environ):
        (tmp_path / "aseanwatch.toml").write_text(toml)
        folder = tmp_path / "secrets"
        folder.mkdir(exist_ok=True)
        for name, content in (secrets or {}).items():
            (folder / name).write_text(content)
        return load_settings(tmp_path / "aseanwatch.toml", {"ASEANWATCH_SECRETS_DIR": str(folder), **environ})

    load.folder = tmp_path
    return load


def test_without_any_file_everything_has_its_default_and_alerts_have_no_target(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    settings = load_settings(None, {"ASEANWATCH_SECRETS_DIR": str(tmp_path)})
    assert settings.alerts.targets == {}
    assert settings.file is None
    assert settings.data_dir == tmp_path / "data" / "aseanwatch"
    assert settings.database_url() == f"sqlite:///{tmp_path}/data/aseanwatch/aseanwatch.db"


def test_the_environment_beats_a_secret_file_and_that_beats_the_settings_file(home):
    toml = "fetch.contact = 'file'\nfetch.concurrency = 2\nfetch.per_host = 2\n"
    secrets = {"ASEANWATCH_FETCH__CONTACT": "secret", "aseanwatch_fetch__concurrency": "3\n", "unrelated": "x"}
    settings = home(toml, secrets, ASEANWATCH_FETCH__CONTACT="environment")
    assert (settings.fetch.contact, settings.fetch.concurrency, settings.fetch.per_host) == ("environment", 3, 2)
    assert settings.file == home.folder / "aseanwatch.toml"


def test_the_file_is_the_one_named_or_else_the_one_that_systemd_points_to(home, tmp_path):
    home("fetch.contact = 'here'")
    assert load_settings(None, {"ASEANWATCH_CONFIG": str(tmp_path / "aseanwatch.toml")}).fetch.contact == "here"
    assert load_settings(None, {"CONFIGURATION_DIRECTORY": str(tmp_path)}).fetch.contact == "here"
    with pytest.raises(ConfigError, match=r"nowhere\.toml: there is no such settings file"):
        load_settings(Path("nowhere.toml"), {})


def test_lists_may_come_as_words_between_commas_and_paths_count_from_the_settings_file(home):
    settings = home(
        "data_dir = 'data'\ncatalogue.files = ['mine.toml']",
        ASEANWATCH_FETCH__ALLOW="127.0.0.1, 10.0.0.0/8",
        ASEANWATCH_RULES__FILES="a.toml,/etc/b.toml",
    )
    assert settings.fetch.allow == ("127.0.0.1/32", "10.0.0.0/8")
    assert settings.rules.files == (home.folder / "a.toml", Path("/etc/b.toml"))
    assert settings.catalogue.files == (home.folder / "mine.toml",)
    assert settings.data_dir == home.folder / "data"


def test_systemd_says_where_the_data_and_the_secrets_are(tmp_path):
    (tmp_path / "ASEANWATCH_DATABASE__PASSWORD").write_text("p@ss/word\n")
    environ = {"STATE_DIRECTORY": "/var/lib/aseanwatch:/var/lib/other", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    settings = load_settings(
        None, environ | {"ASEANWATCH_DATABASE__URL": "postgresql+psycopg://watch@db.example:5433/asean?sslmode=require"}
    )
    assert settings.data_dir == Path("/var/lib/aseanwatch")
    assert settings.database_url() == "postgresql+psycopg://watch:p%40ss%2Fword@db.example:5433/asean?sslmode=require"


def test_a_target_is_a_table_and_its_url_may_lie_in_a_file(home):
    (home.folder / "hook").write_text(HOOK + "\n")
    settings = home(
        "[alerts.targets.desk]\nurl_file = 'hook'\non_unknown = 'resend'\n[alerts.targets.chat]\nenabled = false\n",
        {"ASEANWATCH_ALERTS__TARGETS__CHAT__URL": "slack://a/b/c"},
    )
    desk, chat = settings.alerts.targets["desk"], settings.alerts.targets["chat"]
    assert (desk.url.get_secret_value(), desk.on_unknown, desk.enabled) == (HOOK, OnUnknown.RESEND, True)
    assert (chat.url.get_secret_value(), chat.on_unknown, chat.enabled) == ("slack://a/b/c", None, False)


@pytest.mark.parametrize(
    ("toml", "environ", "said"),
    [
        (
            "fetch.deadline_secnds = 3",
            {},
            r"fetch\.deadline_secnds: unknown setting; did you mean fetch\.deadline_seconds\? \(set in .*toml\)",
        ),
        ("[fetsh]\ncontact = 'x'", {}, r"fetsh: unknown setting; did you mean fetch\? "),
        ("", {"ASEANWATCH_FETCH__CONTAKT": "x"}, r"fetch\.contakt: unknown .*fetch\.contact\? \(set in the environment\)"),
        ("", {"ASEANWATCH_NONSENSE": "x"}, r"nonsense: unknown setting; docs/reference/settings\.md has all of them"),
        ("fetch.concurrency = 0", {}, r"fetch\.concurrency: Input should be greater than or equal to 1"),
        ("fetch.concurrency = 'many'", {}, r"fetch\.concurrency: Input should be a valid integer"),
        ("fetch.allow = ['10.0.0.300']", {}, r"fetch\.allow\.0: .*10\.0\.0\.300"),
        ("log.level = 'loud'", {}, r"log\.level: Input should be 'debug', 'info', 'warning' or 'error'"),
        ("schedule = 5", {}, r"schedule: Input should be"),
        ("alerts.targets.desk = {}", {}, r"alerts\.targets\.desk: needs either url or url_file"),
        (
            "alerts.targets.desk = {url = 'json://a', on_unknown = 'guess'}",
            {},
            r"alerts\.targets\.desk\.on_unknown: Input should be 'hold', 'resend' or",
        ),
        ("alerts.targets.'Desk one' = {url = 'json://a'}", {}, r"alerts\.targets\.Desk one: String should match"),
        (
            "alerts.targets.desk = {url_file = 'nothing-here'}",
            {},
            r"alerts\.targets\.desk\.url_file: .*nothing-here: cannot be read by this user \(FileNotFoundError\)",
        ),
        ("fetch.contact = ", {}, r"aseanwatch\.toml: is not TOML: Invalid value"),
        ("", {"ASEANWATCH_LOG": "x", "ASEANWATCH_LOG__LEVEL": "info"}, r"ASEANWATCH_LOG__LEVEL: is set as a whole and in parts"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_a_remedy(home, toml, environ, said):
    with pytest.raises(ConfigError, match=said):
        home(toml, **environ)


def test_all_that_is_wrong_is_said_at_once(home):
    with pytest.raises(ConfigError) as refused:
        home("fetch.per_hots = 1\nlog.format = 'xml'")
    assert refused.value.subject in ("fetch.per_hots", "log.format")
    assert {line.split(":")[0] for line in str(refused.value).splitlines()} == {"fetch.per_hots", "log.format"}


def test_variables_that_kubernetes_puts_beside_us_are_no_settings(home):
    home(ASEANWATCH_SERVICE_HOST="10.0.0.1", ASEANWATCH_PORT="tcp://10.0.0.1:80", ASEANWATCH_PORT_80_TCP_ADDR="10.0.0.1")


def test_secrets_show_nowhere(home):
    database = "url = 'postgresql+psycopg://u:hush-1@h/d'\npassword = 'hush-2'"
    settings = home(f"[database]\n{database}\n[alerts.targets.desk]\nurl = '{HOOK}?k=hush-3'")
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert "hush" not in shown
    assert "hook-4d1f" not in shown

    with pytest.raises(ConfigError) as refused:
        home("database = {url = ['hush-4'], password = {a = 'hush-5'}}\nalerts.targets.desk = {url = 5, on_unknown = 'hush-6'}")
    error = refused.value
    assert "hush" not in f"{error} {error!r} {error.__cause__} {error.__suppress_context__ or error.__context__}"


def test_settings_are_frozen(home):
    with pytest.raises(ValueError, match="frozen"):
        home().fetch.contact = "x"


def test_the_reference_page_has_every_setting_with_its_default_and_sentence():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "settings.md").read_text()
    rows = {m[1]: (m[2], m[3]) for m in re.finditer(r"^\| `([^`]+)` \| (.+?) \| (.+) \|$", page, re.MULTILINE)}
    assert rows == {entry.name: (entry.default, entry.meaning) for entry in describe()}
