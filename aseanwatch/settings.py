"""Settings: read once at the door from defaults, a TOML file, secret files and the environment; frozen ever after.

What is later in this list wins. A secret file is one that lies in `$ASEANWATCH_SECRETS_DIR`, in `$CREDENTIALS_DIRECTORY`
(systemd's LoadCredential) or in `/run/secrets` (containers) and is named like the variable that it stands for.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import platformdirs
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from core.delivery import OnUnknown
from core.errors import ConfigError

PREFIX = "ASEANWATCH_"
FILE_NAME = "aseanwatch.toml"
_NOT_SETTINGS = re.compile(r"CONFIG|SECRETS_DIR|SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?")
# CONFIG and SECRETS_DIR say where to read. Kubernetes puts the others into every pod beside a service called `aseanwatch`.
_SECRET = ("alerts.targets.", "database.")


def _split(value: object) -> object:
    """A list may come from the environment as words between commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    """A relative path counts from the folder of the settings file, not from where the command was called."""
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / path.expanduser()


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"{name!r} is no time zone by this machine's list; write one such as Asia/Bangkok") from error
    return name


def _network(value: str) -> str:
    return str(ip_network(value, strict=False))


FilePath = Annotated[Path, AfterValidator(_beside_the_file)]
FilePaths = Annotated[tuple[FilePath, ...], BeforeValidator(_split)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_split)]
TargetName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
RouteName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Words = Annotated[tuple[Annotated[str, StringConstraints(min_length=1)], ...], BeforeValidator(_split)]
Hours = Annotated[str, StringConstraints(pattern=r"^(none|([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)$")]
Zone = Annotated[str, AfterValidator(_zone)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)


class Database(_Section):
    """`[database]`: where everything is remembered."""

    url: SecretStr | None = Field(
        default=None,
        description="Database URL, `sqlite:///...` or `postgresql+psycopg://...`; when unset, `aseanwatch.db` in the data folder.",
    )
    password: SecretStr | None = Field(default=None, description="Password for the URL, so that it may come from a secret file of its own.")


class Fetch(_Section):
    """`[fetch]`: how we behave as a guest on other people's servers."""

    contact: str = Field(
        default="", description="Address of a page or a mailbox by which publishers can reach you; part of the User-Agent."
    )
    deadline_seconds: float = Field(default=30.0, gt=0, le=600, description="Longest time for one answer, headers and body together.")
    concurrency: int = Field(default=8, ge=1, le=64, description="Fetches at a time, over all hosts.")
    per_host: int = Field(default=1, ge=1, le=8, description="Fetches at a time from one host.")
    per_host_gap_seconds: float = Field(default=1.0, ge=0, le=60, description="Pause between two fetches from one host.")
    allow: Networks = Field(default=(), description="Private networks that may be fetched from all the same, for example `127.0.0.0/8`.")
    feed_cap_bytes: int = Field(default=10_000_000, ge=1000, description="Largest feed that is taken, decompressed.")
    page_cap_bytes: int = Field(default=5_000_000, ge=1000, description="Largest page that is taken, decompressed.")


class Catalogue(_Section):
    """`[catalogue]`: which sources are watched."""

    use_builtin: bool = Field(default=True, description="Watch the sources that come with the program.")
    files: FilePaths = Field(
        default=(), description="More source files (TOML), read after the built-in ones; the same id replaces a source."
    )


class Rules(_Section):
    """`[rules]`: what the classifiers go by."""

    files: FilePaths = Field(default=(), description="More rule files (TOML) or folders of them, read after the built-in ones.")


class History(_Section):
    """`[history]`: what a new installation starts with."""

    load_seeds: bool = Field(default=True, description="Read the seed articles into an empty register as history; nobody is alerted.")


class RouteConditions(_Section):
    """What a route asks of a piece of news: each of these that is given, by any of its values."""

    kind: Words = Field(default=(), description="`news` or `correction`.")
    level: Words = Field(default=(), description="`ministerial`, `leaders` or `officials`.")
    type: Words = Field(default=(), description="Type of the outcome, for example `agreement`.")
    status: Words = Field(default=(), description="Status after: `done` or `failed`.")
    before: Words = Field(default=(), description="Status before: `new` (nothing was known), `planned`, `done` or `failed`.")
    confidence: Words = Field(default=(), description="Standing of the record: `reported`, `confirmed` or `disputed`.")
    tier: Words = Field(default=(), description="Tier of the source: `official`, `agency`, `press`, `think_tank` or `aggregator`.")
    country: Words = Field(default=(), description="Country of the source, two letters; a country in an outcome is a `party`.")
    language: Words = Field(default=(), description="Language of the article, for example `en`.")
    meeting: Words = Field(default=(), description="Type or name of the meeting, for example `AMM` or `AMM-57`.")
    topic: Words = Field(default=(), description="Topic of the article, for example `south-china-sea`.")
    party: Words = Field(default=(), description="Party to the outcome, by its short English name, for example `Japan`.")


class RouteSettings(RouteConditions):
    """`[[alerts.routes]]`: who gets what, and when."""

    name: RouteName = Field(description="Name of the route, by which a delivery says why it was made.")
    targets: Words | None = Field(default=None, description="Who gets what it takes; every target that is switched on when unset.")
    unless: RouteConditions | None = Field(default=None, description="Table of conditions: what meets all of them is not taken.")
    when: str = Field(default="now", description="`now`, or when its digests go: a cron expression such as `0 7 * * mon-fri`.")
    timezone: Zone | None = Field(default=None, description="Time zone of the cron expression; `alerts.timezone` when unset.")
    critical: bool = Field(default=False, description="Whether what it takes passes quiet hours and the storm guard.")
    drop: bool = Field(default=False, description="Whether its targets are spared what it takes; it is kept as suppressed.")


class OperatorSettings(_Section):
    """`[alerts.operator]`: who is told of the watch itself."""

    targets: Annotated[tuple[str, ...], BeforeValidator(_split)] | None = Field(
        default=None,
        description="Targets that hear of sources, deliveries and the machine; when unset the first mail target, or else the first one.",
    )


class TargetSettings(_Section):
    """`[alerts.targets.NAME]`: one recipient on one channel."""

    url: SecretStr | None = Field(default=None, description="Apprise URL of exactly one recipient; a secret.")
    url_file: FilePath | None = Field(default=None, description="File that holds the URL, instead of `url`.")
    on_unknown: OnUnknown | None = Field(
        default=None,
        description="When nobody knows whether a message arrived: `hold` it (never twice), `resend` it once, marked, or `repeat` it "
        "to a receiver that drops repeats; when unset, mail is sent again and the rest held.",
    )
    enabled: bool = Field(default=True, description="Whether alerts go there.")
    per_minute: int = Field(default=20, ge=1, le=600, description="Messages a minute at most; the others wait their turn.")
    quiet: Hours | None = Field(default=None, description="Quiet hours of this target; `alerts.quiet` when unset, `none` for none.")
    timezone: Zone | None = Field(default=None, description="Time zone of its quiet hours; `alerts.timezone` when unset.")

    @model_validator(mode="after")
    def _one_url(self) -> "TargetSettings":
        if (self.url is None) == (self.url_file is None):
            raise ValueError("needs either url or url_file")
        return self


class Alerts(_Section):
    """`[alerts]`: who is told, and for how long we try."""

    targets: dict[TargetName, TargetSettings] = Field(
        default_factory=dict, description="The recipients by name; with none, alerts go to the console."
    )
    max_age_hours: float = Field(default=168.0, gt=0, description="News older than this when it is first read alerts nobody.")
    give_up_hours: float = Field(
        default=24.0, gt=0, description="How long a delivery that is refused for now, or finds nobody, is tried again."
    )
    templates: FilePath | None = Field(
        default=None, description="Folder of templates of your own; each takes the place of the built-in one of its name."
    )
    workers: int = Field(default=4, ge=1, le=32, description="Deliveries at a time, over all targets.")
    timezone: Zone = Field(default="UTC", description="Time zone of quiet hours and digests, for example `Asia/Bangkok`.")
    quiet: Hours = Field(default="none", description="Hours in which nothing goes that is not critical, for example `22:00-06:30`.")
    storm_alerts: int = Field(default=5, ge=0, le=1000, description="So many alerts to one target go one by one; 0 for any number.")
    storm_minutes: float = Field(default=10.0, gt=0, le=1440, description="Within so many minutes; the others go in one digest then.")
    routes: tuple[RouteSettings, ...] = Field(default=(), description="Who gets what; without routes everything goes to every target.")
    routes_file: FilePath | None = Field(default=None, description="File (TOML) of more `[[routes]]`, read after those above.")
    operator: OperatorSettings = Field(default_factory=OperatorSettings)


class ReviewSettings(_Section):
    """`[review]`: the review desk."""

    by: str = Field(default="", description="Name with which reviews are signed where none is given on the command line.")


class Log(_Section):
    """`[log]`: what the program says of itself, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="The least weighty lines that are written.")
    format: Literal["text", "json"] = Field(default="text", description="`text` for people, `json` for programs (an object a line).")


class Schedule(_Section):
    """`[schedule]`: the pace of the daemon."""

    tick_seconds: float = Field(default=2.0, ge=0.05, le=60, description="How often the database is asked for what is due.")
    shutdown_seconds: float = Field(default=20.0, ge=0, le=300, description="How long work in flight may take after SIGTERM.")
    least_free_mb: int = Field(default=200, ge=1, description="Megabytes free in the data folder below which the operator is told.")


class Settings(_Section):
    """All settings, whole, checked and frozen. `repr`, `str` and `model_dump` mask the secrets."""

    data_dir: FilePath = Field(description="Folder of the embedded database and of the lock.")
    database: Database = Field(default_factory=Database)
    fetch: Fetch = Field(default_factory=Fetch)
    catalogue: Catalogue = Field(default_factory=Catalogue)
    rules: Rules = Field(default_factory=Rules)
    history: History = Field(default_factory=History)
    alerts: Alerts = Field(default_factory=Alerts)
    review: ReviewSettings = Field(default_factory=ReviewSettings)
    log: Log = Field(default_factory=Log)
    schedule: Schedule = Field(default_factory=Schedule)
    _file: Path | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """The settings file that was read, or None."""
        return self._file

    def database_url(self) -> str:
        """The URL with its password: a secret. SQLite in the data folder when none is set."""
        if self.database.url is None:
            return f"sqlite:///{self.data_dir / 'aseanwatch.db'}"
        url = self.database.url.get_secret_value()
        if self.database.password is None:
            return url
        parts = urlsplit(url)
        user, _, place = parts.netloc.rpartition("@")
        password = quote(self.database.password.get_secret_value(), safe="")
        return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:{password}@{place}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One setting as the reference page shows it."""

    name: str
    """Dotted, `NAME` standing for a name of the user's choice."""
    default: str
    meaning: str


def describe() -> list[Described]:
    """Every setting: name, default, one sentence."""
    return list(_described(Settings, ""))


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings, from `path` or the first settings file that exists, the secret files and `environ` (default: the process's).

    Raises ConfigError, which names each wrong setting by its dotted name and what to do about it, and shows no secret.
    """
    environ = os.environ if environ is None else environ
    file = _find(path, environ)
    secrets = _secret_files(environ)
    layers = [
        _Layer("", {"data_dir": _default_data_dir(environ)}),
        _Layer(str(file), _toml(file) if file else {}),
        _Layer("a secret file", _nested(secrets)),
        _Layer("the environment", _nested({name: value for name, value in environ.items() if name.startswith(PREFIX)})),
    ]
    values: dict[str, Any] = {}
    for layer in layers:
        _merge(values, layer.values)
    try:
        settings = Settings.model_validate(values, context={"folder": file.parent if file else Path.cwd()})
    except ValidationError as error:
        raise _explained(error, layers) from None  # the cause would show the values
    settings = settings.model_copy(update={"alerts": _with_routes(_with_urls(settings.alerts))})
    settings._file = file
    return settings


@dataclass(frozen=True, slots=True)
class _Layer:
    origin: str
    values: dict[str, Any]


def _find(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The settings file: the one that is named, or the first of the usual ones that exists."""
    named = path or (Path(environ[f"{PREFIX}CONFIG"]) if environ.get(f"{PREFIX}CONFIG") else None)
    if named:
        if not named.is_file():
            raise ConfigError("there is no such settings file", subject=str(named))
        return named.absolute()
    folders = [Path(environ["CONFIGURATION_DIRECTORY"].split(":")[0])] if environ.get("CONFIGURATION_DIRECTORY") else []
    folders += [platformdirs.user_config_path("aseanwatch"), Path("/etc/aseanwatch")]
    return next((folder / FILE_NAME for folder in folders if (folder / FILE_NAME).is_file()), None)


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    """systemd's StateDirectory, or the user's data folder."""
    state = environ.get("STATE_DIRECTORY", "").split(":")[0]
    return Path(state) if state else platformdirs.user_data_path("aseanwatch")


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not TOML: {error}", subject=str(file)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read ({type(error).__name__})", subject=str(file)) from error


def _secret_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Variable name -> content of the secret files, last line end removed."""
    found: dict[str, str] = {}
    for folder in (environ.get("CREDENTIALS_DIRECTORY"), environ.get(f"{PREFIX}SECRETS_DIR", "/run/secrets")):
        for name in _listing(folder) if folder else []:
            if name.upper().startswith(PREFIX):
                found[name.upper()] = _content(Path(folder or "", name))
    return found


def _listing(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(f"cannot be read by this user ({type(error).__name__})", subject=folder) from error


def _content(file: Path, subject: str = "") -> str:
    try:
        return file.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read by this user ({type(error).__name__})", subject=subject or str(file)) from error


def _nested(flat: Mapping[str, str]) -> dict[str, Any]:
    """`ASEANWATCH_FETCH__CONTACT=x` -> `{"fetch": {"contact": "x"}}`; empty values count as not set."""
    values: dict[str, Any] = {}
    for name, value in sorted(flat.items()):
        if not value or _NOT_SETTINGS.fullmatch(name.removeprefix(PREFIX)):
            continue
        *sections, key = name.removeprefix(PREFIX).lower().split("__")
        place = values
        for section in sections:
            place = place.setdefault(section, {})
            if not isinstance(place, dict):
                raise ConfigError("is set as a whole and in parts", subject=name)
        place[key] = value
    return values


def _merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def _with_urls(alerts: Alerts) -> Alerts:
    """`alerts` with the URLs that stand in files read, so that nothing is read again later."""
    targets = {}
    for name, target in alerts.targets.items():
        if target.url_file:
            url = _content(target.url_file, f"alerts.targets.{name}.url_file: {target.url_file}").strip()
            target = target.model_copy(update={"url": SecretStr(url)})
        targets[name] = target
    return alerts.model_copy(update={"targets": targets})


def read_routes(file: Path) -> tuple[RouteSettings, ...]:
    """The `[[routes]]` of a file of them. Raises ConfigError, which names each wrong setting."""
    values = _toml(file)
    try:
        return _RoutesFile.model_validate(values).routes
    except ValidationError as error:
        raise _explained(error, [_Layer(str(file), values)], "alerts.") from None


class _RoutesFile(_Section):
    routes: tuple[RouteSettings, ...]


def _with_routes(alerts: Alerts) -> Alerts:
    """`alerts` with the routes that stand in a file of their own, behind the others."""
    if alerts.routes_file is None:
        return alerts
    return alerts.model_copy(update={"routes": (*alerts.routes, *read_routes(alerts.routes_file))})


def _explained(error: ValidationError, layers: list[_Layer], above: str = "") -> ConfigError:
    """One error that tells of every wrong setting: its dotted name, where it came from, what is expected."""
    lines = [_complaint(found, layers, above) for found in error.errors(include_url=False, include_input=False)]
    first = _dotted(error.errors(include_url=False, include_input=False)[0]["loc"])
    rest = "".join(f"\n{line}" for line in lines[1:])
    return ConfigError(lines[0].removeprefix(f"{first}: ") + rest, subject=first)


def _complaint(found: Mapping[str, Any], layers: list[_Layer], above: str) -> str:
    name = _dotted(found["loc"])
    origin = next((layer.origin for layer in reversed(layers) if _holds(layer.values, found["loc"])), "")
    what = str(found["msg"]).removeprefix("Value error, ")
    if found["type"] == "extra_forbidden":
        known = {".".join(parts[:end]) for parts in (entry.name.split(".") for entry in describe()) for end in range(1, len(parts) + 1)}
        asked = re.sub(r"\.(\d+)\b", "[]", above + name)
        near = [one.removeprefix(above) for one in difflib.get_close_matches(asked, sorted(known), n=1, cutoff=0.6)]
        what = f"unknown setting; did you mean {near[0]}?" if near else "unknown setting; docs/reference/settings.md has all of them"
    return f"{name}: {what}" + (f" (set in {origin})" if origin else "")


def _holds(values: Any, path: tuple[int | str, ...]) -> bool:
    for key in path:
        if not isinstance(values, Mapping) or key not in values:
            return isinstance(values, list | tuple | str) and isinstance(key, int)
        values = values[key]
    return True


def _dotted(path: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in path if part != "[key]")


def _described(model: type[BaseModel], prefix: str) -> Iterator[Described]:
    for name, field in model.model_fields.items():
        inner: Any = field.annotation
        if get_origin(inner) is dict:
            inner = get_args(inner)[1]
            yield Described(name=prefix + name, default="none", meaning=field.description or "")
            name = f"{name}.NAME"
        if get_origin(inner) is tuple and isinstance(get_args(inner)[0], type) and issubclass(get_args(inner)[0], BaseModel):
            inner = get_args(inner)[0]
            yield Described(name=prefix + name, default="none", meaning=field.description or "")
            name = f"{name}[]"
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _described(inner, f"{prefix}{name}.")
        elif field.description:
            yield Described(name=prefix + name, default=_shown(name, field.default), meaning=field.description)


def _shown(name: str, default: Any) -> str:
    """A default as TOML would have it."""
    if name == "data_dir":
        return "`$STATE_DIRECTORY` or the user's data folder"
    match default:
        case None:
            return "unset"
        case bool():
            return f"`{str(default).lower()}`"
        case str():
            return f'`"{default}"`'
        case tuple():
            return f"`{list(default)}`"
    return f"`{default}`"
