"""What runs in a worker process: one job after another from a pipe, each in bounded memory and time.

Started by `workers`, with the command line ROLE FD MEMORY. It ends when its parent does (the pipe closes), or by itself when a job
outlives its parent's patience because the parent is gone.
"""

import contextlib
import importlib
import logging
import math
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from core.errors import ReasonedError
from core.reasons import Reason

ROLES = {
    "feed": ("feedparser", "ingest.kinds", "parse_body"),
    "page": ("trafilatura", "ingest.documents", "extract_document"),
    "opml": ("listparser", "ingest.opml", "read_opml"),
}
"""Role -> library to have loaded before the first job's time begins, module, function."""

_ORPHAN_MARGIN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A job that ended with a reason: what `ReasonedError` says, in a form that travels."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed:
    """A job that ended with an error that nobody planned."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Arguments for the role's function, once or several times, and the seconds that all of it may take."""

    arguments: list[dict[str, Any]]
    seconds: float


def serve(role: str, pipe: Connection, memory: int) -> None:
    """Answers jobs until the pipe closes. `memory` bounds the address space, in bytes, where the system lets it."""
    library, module, function = ROLES[role]
    importlib.import_module(library)
    work: Callable[..., object] = getattr(importlib.import_module(module), function)
    logging.disable(logging.CRITICAL)  # libraries' remarks on bad pages; the reason says it
    _limit_memory(memory)
    with contextlib.suppress(EOFError, ConnectionError):  # our parent is gone
        pipe.send(None)  # ready
        while True:
            job: Job = pipe.recv()
            signal.alarm(math.ceil(job.seconds) + _ORPHAN_MARGIN)
            pipe.send([_answer(work, one) for one in job.arguments])
            signal.alarm(0)


def _answer(work: Callable[..., object], arguments: dict[str, Any]) -> object:
    try:
        return work(**arguments)
    except ReasonedError as error:
        return Refused(reason=error.reason, detail=error.detail)
    except Exception as error:  # noqa: BLE001 - the one boundary of this process
        return Crashed(what=f"{type(error).__name__}: {error}"[:200])


def _limit_memory(memory: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))


def main() -> None:
    """The whole process."""
    serve(sys.argv[1], Connection(int(sys.argv[2])), int(sys.argv[3]))
