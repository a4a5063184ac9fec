"""Looks at everything that the watch needs, changes nothing, sends nothing, and says what it found."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aseanwatch import wiring
from aseanwatch.fare import queue
from aseanwatch.pipeline import HEARTBEAT
from aseanwatch.ports import Clock, Store
from aseanwatch.settings import Settings
from core.cadence import spoken
from core.errors import AseanwatchError

PROMISED = timedelta(minutes=1)
"""Within so long of an article's coming in its alert is tried."""
SILENCE = timedelta(minutes=2)
"""A running watch that was not heard for so long is stuck."""
LATE = timedelta(minutes=10)
"""A source that has been due for so long while the watch runs means that polls do not keep up."""
NAMED = 5
"""Sources that are named at most."""
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""This program is younger: a clock that stands before this is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found."""

    check: str
    verdict: str
    """ok | note (worth knowing, not wrong) | bad"""
    says: str


def examine(settings: Callable[[], Settings], *, quick: bool = False, clock: Clock | None = None) -> list[Finding]:
    """All findings; `quick` leaves out what takes longer the more there is. Without readable settings there is nothing to look at."""
    now = (clock or wiring.SystemClock()).now()
    found = [_clock(now)]
    try:
        known = settings()
    except AseanwatchError as error:
        return [*found, _bad("settings", str(error))]
    found.append(_ok("settings", f"read from {known.file}" if known.file else "no file; defaults and environment"))
    for name, check in (QUICK_CHECKS if quick else CHECKS).items():
        found.extend(_guarded(name, check, known, now))
    return found


def _guarded(name: str, check: "Check", settings: Settings, now: datetime) -> Iterator[Finding]:
    try:
        yield from check(settings, now)
    except (AseanwatchError, OSError) as error:
        yield _bad(name, str(error))
    except Exception as error:  # noqa: BLE001 - whatever is broken, the other checks are still made
        yield _bad(name, f"internal error: {type(error).__name__}: {error}")


def _ok(check: str, says: str) -> Finding:
    return Finding(check=check, verdict="ok", says=says)


def _note(check: str, says: str) -> Finding:
    return Finding(check=check, verdict="note", says=says)


def _bad(check: str, says: str) -> Finding:
    return Finding(check=check, verdict="bad", says=says)


def _clock(now: datetime) -> Finding:
    if now < _EARLIEST:
        return _bad("clock", f"stands at {now:%Y-%m-%d %H:%M} UTC, before this program was made; set the machine's time")
    return _ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _data(settings: Settings, now: datetime) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.exists():
        yield _note("data", f"{folder} does not exist yet; the first start makes it")
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield _bad("data", f"{folder} cannot be written by this user; give it to the user of the watch")
    elif folder.stat().st_mode & 0o077:
        yield _note("data", f"{folder} can be read by other users (chmod 700 would end that)")
    else:
        yield _ok("data", str(folder))


def _disk(settings: Settings, now: datetime) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(settings.data_dir)).free
    says = f"{free / 1e9:.1f} GB free at {settings.data_dir}"
    yield _ok("disk", says) if free >= settings.schedule.least_free_mb * 1_000_000 else _bad("disk", f"only {says}; make room")


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())


def _rules(settings: Settings, now: datetime) -> Iterator[Finding]:
    yield _ok("rules", f"load; rule set {wiring.reader(settings).ruleset[:12]}")


def _catalogue(settings: Settings, now: datetime) -> Iterator[Finding]:
    told: list[str] = []
    sources = [listing.source for listing in wiring.listings(settings, warn=told.append)]
    yield from (_note("catalogue", line) for line in told)
    watched = sum(source.enabled for source in sources)
    says = f"{watched} of {len(sources)} sources are switched on"
    yield _ok("catalogue", says) if watched else _bad("catalogue", f"{says}: nothing is watched")


def _targets(settings: Settings, now: datetime) -> Iterator[Finding]:
    channels = wiring.channels(settings, lambda text: None)
    wiring.routing(settings)
    wiring.operators(settings)
    if settings.alerts.targets:
        yield _ok("targets", ", ".join(f"{name} (in doubt: {channels[name].on_unknown})" for name in sorted(channels)))
    else:
        yield _note("targets", "none is configured; alerts go to the console")


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Opening it checks that its form is the one that this version needs."""
    if not wiring.has_database(settings):
        yield _note("database", "none yet; the first start makes it")
        return
    with wiring.storage(settings) as store:
        storage = store.storage()
        yield _ok("database", f"{storage['kind']} {storage['version']}, form {storage['schema']}, {storage['where']}")
        yield _heartbeat(settings, store, now)
        yield from _sources(settings, store, now)
        yield _outbox(store)
        yield from _punctuality(store, now)
        if quarantine := store.quarantine():
            since, held = quarantine
            yield _bad(
                "quarantine",
                f"{held} deliveries are held since {since:%Y-%m-%d %H:%M} UTC: the database is older than the "
                "sent-ledger; look at them, then `aseanwatch alerts release`",
            )


def _soundness(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Reads the whole database."""
    if wiring.has_database(settings):
        with wiring.storage(settings) as store:
            wrong = store.check()
        yield _bad("soundness", "; ".join(wrong)) if wrong else _ok("soundness", "the database is sound")


def _heartbeat(settings: Settings, store: Store, now: datetime) -> Finding:
    said = store.remembered(HEARTBEAT)
    if said is None:
        return _note("watch", "never ran on this database")
    silence = now - datetime.fromisoformat(said)
    told = f"last alive {said}"
    if wiring.holder(settings) is None:
        return _note("watch", f"does not run; {told}")
    if silence > SILENCE:
        return _bad("watch", f"runs but is stuck: {told}; restart it")
    return _ok("watch", f"runs; {told}")


def _sources(settings: Settings, store: Store, now: datetime) -> Iterator[Finding]:
    """Whether the polls keep up, and which sources are not well."""
    learned = {source.id: polling for source, polling in store.sources()}
    known = [(source, learned[source.id]) for source in wiring.catalogue(settings) if source.enabled and source.id in learned]
    line = queue(store, known, now)
    says = f"{line.due} due, the longest for {spoken(line.longest)} ({line.source})" if line.due else "none is due"
    if line.began.polls:
        half, worst = timedelta(seconds=line.began.median), timedelta(seconds=line.began.worst)
        says += f"; of the last {line.began.polls} half began {spoken(half)} late or less, the latest {spoken(worst)}"
    behind = line.longest > LATE and wiring.holder(settings) is not None
    yield _note("polls", f"{says}: unless the watch has just started, it does not keep up") if behind else _ok("polls", says)
    troubled = [f"{source.id} ({', '.join(polling.troubles)})" for source, polling in known if polling.troubles]
    if troubled:
        more = f" and {len(troubled) - NAMED} more" if len(troubled) > NAMED else ""
        yield _note("sources", f"{len(troubled)} not well: {'; '.join(troubled[:NAMED])}{more}; see `aseanwatch sources show ID`")
    else:
        yield _ok("sources", f"all {len(known)} that are watched are well")


def _outbox(store: Store) -> Finding:
    states = store.counts().get("deliveries", {})
    dead, unknown = states.get("dead", 0), states.get("unknown", 0)
    if dead or unknown:
        return _note("alerts", f"{dead} given up, {unknown} in doubt; see `aseanwatch alerts list --state dead` (or unknown)")
    return _ok("alerts", f"{states.get('pending', 0)} waiting, {states.get('retry', 0)} to be tried again, {states.get('sent', 0)} sent")


def _punctuality(store: Store, now: datetime) -> Iterator[Finding]:
    """How long news took from their coming in to the first attempt to tell them: 95 of 100 are to be within a minute."""
    waits = sorted(store.waits(now - timedelta(days=1)).values())
    if waits:
        late = waits[(95 * len(waits) - 1) // 100]
        says = f"of the last {len(waits)} alerts 95 in 100 were tried within {spoken(late)} of their article"
        yield _ok("waits", says) if late <= PROMISED else _note("waits", f"{says}; the promise is a minute, unless a route puts them off")


Check = Callable[[Settings, datetime], Iterator[Finding]]
QUICK_CHECKS: dict[str, Check] = {
    "data": _data,
    "disk": _disk,
    "rules": _rules,
    "catalogue": _catalogue,
    "targets": _targets,
    "database": _database,
}
"""What is looked at, in this order; each may make several findings."""
CHECKS = QUICK_CHECKS | {"soundness": _soundness}
"""The same and what takes its time."""
