"""`aseanwatch run` as a process of its own, whose output a test can wait for."""

import os
import signal
import subprocess
import sysconfig
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from aseanwatch.cli import cli

CONSOLE_SCRIPT = Path(sysconfig.get_path("scripts")) / "aseanwatch"
"""The command as it is installed beside the Python that runs the tests."""


def until(condition: Callable[[], object], seconds: float, what: str, *, say: Callable[[], str] = str) -> None:
    """Returns when `condition` holds; fails after `seconds`, naming `what` was waited for and what `say` has to add."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s for {what}\n{say()}")
        pause.wait(0.05)


def clean_environment() -> dict[str, str]:
    """The environment without any setting of ours, so that a developer's own settings do not reach the test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASEANWATCH_", "CREDENTIALS_DIRECTORY"))}
    return kept | {"PYTHONUNBUFFERED": "1"}


class Daemon:
    """One run of the watch. A context manager: what still runs at the end is killed."""

    def __init__(
        self, *arguments: str, launcher: Sequence[str] = (str(CONSOLE_SCRIPT),), environment: dict[str, str] | None = None
    ) -> None:
        self._command = [*launcher, "run", *arguments]
        self._environment = clean_environment() | (environment or {})
        self._process: subprocess.Popen[str] | None = None
        self._readers: list[threading.Thread] = []
        self.lines: list[str] = []
        """What it wrote on standard output, line by line."""
        self.complaints: list[str] = []
        """What it wrote on standard error."""

    def __enter__(self) -> "Daemon":
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self._environment, stdin=subprocess.DEVNULL
        )
        for stream, kept in ((self._process.stdout, self.lines), (self._process.stderr, self.complaints)):
            reader = threading.Thread(target=_keep, args=(stream, kept), daemon=True)
            reader.start()
            self._readers.append(reader)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.wait(10)

    @property
    def process(self) -> subprocess.Popen[str]:
        """The process. Fails before the start."""
        assert self._process is not None, "the daemon was not started"
        return self._process

    def says(self, *words: str) -> bool:
        """Whether some line of its output holds all of `words`."""
        return any(all(word in line for word in words) for line in list(self.lines))

    def wait_for(self, *words: str, seconds: float = 30.0) -> None:
        """Waits for a line that holds all of `words`; fails when the process ends before."""

        def said() -> bool:
            if self.says(*words):
                return True
            assert self.process.poll() is None, f"the daemon ended with {self.process.returncode} before it said {words}\n{self.told()}"
            return False

        until(said, seconds, f"the daemon to say {words}", say=self.told)

    def terminate(self, seconds: float = 25.0) -> int:
        """Asks it to stop, as systemd does; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self) -> None:
        """Kills it as no process can prevent."""
        self.process.kill()
        self.wait(10)

    def wait(self, seconds: float) -> int:
        """The exit code; fails when it has not ended by then."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"still running after {seconds:.0f} s\n{self.told()}") from error
        for reader in self._readers:
            reader.join(10)
        return code

    def told(self) -> str:
        """All it said, for the message of a failing test."""
        return "\n".join(["--- output", *self.lines[-60:], "--- errors", *self.complaints[-60:]])


def _keep(stream: object, kept: list[str]) -> None:
    for line in stream:  # type: ignore[attr-defined]
        kept.append(line.rstrip("\n"))
    stream.close()  # type: ignore[attr-defined]


def command(*arguments: str, input_text: str | None = None, seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Runs `aseanwatch ARGUMENTS` to its end: exit code, output, errors."""
    return subprocess.run(
        [str(CONSOLE_SCRIPT), *arguments],
        input=input_text,
        capture_output=True,
        text=True,
        timeout=seconds,
        env=clean_environment(),
        check=False,
    )


@dataclass(frozen=True)
class Said:
    """What a command wrote, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def called(*arguments: str, input_text: str | None = None) -> Said:
    """The same as `command`, in this process: for what does not hang on the process, and ten times as quick."""
    nothing_of_ours = {name: None for name in os.environ if name not in clean_environment()}
    done = CliRunner().invoke(cli, arguments, env=nothing_of_ours, input=input_text)
    return Said(done.exit_code, done.stdout, done.stderr)
