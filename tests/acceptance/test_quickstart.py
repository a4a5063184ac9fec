"""The quickstart, typed as it stands: a newcomer has a first mail, a first chat message, a real alert by both, and a preview."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from daemon import clean_environment, until
from pages import Page, page

BUDGET_SECONDS = 120
"""For all of it, the installation apart; the page promises five minutes with it."""

STAYS = ("make receivers", "aseanwatch run")
"""Blocks that go on until Ctrl-C."""


class Typed:
    """A block that goes on in a terminal of its own."""

    def __init__(self, block: str, folder: Path, environment: dict[str, str]) -> None:
        self.log = folder / f"{block.strip().replace(' ', '-')}.log"
        minding = ("env", "--default-signal=INT")  # whoever runs the tests behind his back made them ignore it
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*minding, "sh", "-c", block], cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def said(self) -> str:
        """All that it printed."""
        return self.log.read_text(encoding="utf-8")

    def shows(self, *words: str, seconds: float = 30) -> None:
        """Waits until it has printed all of `words`."""
        until(lambda: all(word in self.said for word in words), seconds, f"{words}", say=lambda: self.said)

    def ctrl_c(self) -> None:
        """What the key does: every process of the terminal gets SIGINT."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(20)


class Newcomer:
    """Somebody in a fresh clone, with the packages installed, who pastes block after block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for entry in ROOT.iterdir():
            if entry.name not in (".venv", ".git", "var"):
                (folder / entry.name).symlink_to(entry)
        (folder / ".venv").symlink_to(sys.prefix)
        tools = folder / "tools"
        tools.mkdir()
        (tools / "make").write_text('#!/bin/sh\nexec /usr/bin/env -S PATH="$PLAIN_PATH" make -o .venv/.dev "$@"\n')
        (tools / "make").chmod(0o755)
        plain = os.environ["PATH"]
        self._environment = clean_environment() | {"PATH": f"{tools}:{plain}", "PLAIN_PATH": plain, "HOME": str(folder)}
        self._stays: dict[str, Typed] = {}

    def pastes(self, block: str) -> str:
        """What a block printed; for one that stays, nothing yet."""
        if block.strip() in STAYS:
            self._stays[block.strip()] = Typed(block, self._folder, self._environment)
            return ""
        state = self._folder / "terminal"
        done = subprocess.run(
            ["sh", "-ec", f"{block}\nenv -0 > {state}"],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        self._environment = dict(item.split("=", 1) for item in state.read_text(encoding="utf-8").split("\0") if item)
        return done.stdout

    def terminal(self, block: str) -> Typed:
        """Where a block goes on that was pasted."""
        return self._stays[block]

    def leaves(self) -> None:
        """Ends what still goes on."""
        for typed in self._stays.values():
            typed.ctrl_c()


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    somebody = Newcomer(tmp_path)
    yield somebody
    somebody.leaves()


def _blocks() -> list[str]:
    """The shell blocks up to where the page goes out into the world, which the tests do not."""
    here = page("docs/quickstart.md")
    return Page(path=here.path, text=here.text.partition("## 6. The world")[0]).blocks("sh")


def test_the_quickstart_ends_in_a_mail_a_chat_message_and_a_preview(newcomer: Newcomer) -> None:
    first, tried, watched, looked, asked = _blocks()
    began = time.monotonic()

    newcomer.pastes(first)
    receivers = newcomer.terminal("make receivers")
    receivers.shows("desk_mail  mailto://", "desk_chat  mmost://", "var/practice/aseanwatch.toml has the settings")

    assert newcomer.pastes(tried).splitlines() == ["desk_mail: accepted.", "desk_chat: accepted."]
    receivers.shows("── mail ──", "── chat ──", "Subject: [watch] A test of aseanwatch")
    tests = receivers.said

    newcomer.pastes(watched)
    watch = newcomer.terminal("aseanwatch run")
    watch.shows("alert       5 outcomes", "to desk_mail: Foreign Minister answers press", "to desk_chat: Foreign Minister answers press")
    watch.ctrl_c()
    told = receivers.said.removeprefix(tests)
    assert (told.count("── mail ──"), told.count("── chat ──")) == (1, 1)
    assert told.count("agreed with France and Italy to become") == 2

    listed = newcomer.pastes(looked)
    assert "France and Italy: development partners" in listed
    assert "4 alerts that the stored articles would have made" in listed
    assert listed.count("Joint Statement on Food Security") >= 4
    assert "AMM" in newcomer.pastes(asked)
    receivers.ctrl_c()

    assert time.monotonic() - began < BUDGET_SECONDS
