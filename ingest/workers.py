"""Parsing and extraction in processes of their own, which are killed when a job takes too long: a hang or a crash costs one item.

Not pebble, which was tried: when an idle worker of its pool dies (the kernel's out-of-memory killer), the pool refuses all work from then
on, and it tells time by the wall clock, so that with the clock set back a hung job is never killed. Here each worker has a pipe of its
own, time is monotonic, and whoever finds a dead worker starts another.
"""

import contextlib
import math
import os
import queue
import select
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from multiprocessing import Pipe
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core.articles import Article
from core.errors import ExtractError, ParseError, ReasonedError
from core.reasons import Reason
from core.sources import Body, Entry, Feed, Response, Source
from ingest.child import Crashed, Job, Refused

PROCESSES = min(max(os.cpu_count() or 1, 2), 8)
"""Processes for each role: one for each core. Two at least, so that what hangs in one delays no other; eight at most, for the memory."""
SECONDS = 10.0
MEMORY = 1024**3
"""Bytes of address space for one worker."""
MAX_JOBS = 200
"""Pages after which a worker is replaced: the libraries hold on to memory."""
MAX_FEEDS = 5000
"""Feeds after which one is: feedparser keeps nothing that grows, and a start costs as much as two hundred feeds with news."""
TOGETHER_SECONDS = 1.0
"""For several jobs in one: then somebody among them hangs, and the others are not to wait for it."""

_START_SECONDS = 60.0

Result = TypeVar("Result")


class _Hung(Exception):
    """The job did not end in time; its process was killed."""


class _Died(Exception):
    """The process ended in the midst of the job; the message says how."""


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, role: str, memory: int) -> None:
        self._pipe, end = Pipe()
        # Not `-m`: the answers' classes must be those of the module, not of `__main__`. -P: the working directory is not searched.
        command = [
            sys.executable,
            "-P",
            "-W",
            "ignore",
            "-c",
            "from ingest.child import main; main()",
            role,
            str(end.fileno()),
            str(memory),
        ]
        with end:
            # A process group of its own: Ctrl-C is for the parent, which lets jobs end.
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                command, pass_fds=[end.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0
            )
        self._ready = select.poll()
        self._ready.register(self._pipe, select.POLLIN)
        self.jobs = 0
        try:
            self._receive(_START_SECONDS)
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def run(self, job: Job) -> object:
        """The job's answers. Raises _Hung or _Died, and the process is dead then."""
        self.jobs += len(job.arguments)
        try:
            self._pipe.send(job)
        except OSError as error:
            raise _Died(self._end()) from error
        return self._receive(job.seconds)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._pipe.close()

    def _receive(self, seconds: float) -> object:
        try:
            if not self._ready.poll(math.ceil(seconds * 1000)):
                self._end()
                raise _Hung
            return self._pipe.recv()
        except (EOFError, OSError) as error:
            raise _Died(self._end()) from error

    def _end(self) -> str:
        self._process.kill()
        code = self._process.wait()
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


class Workers:
    """A few processes for one role (`feed` or `page`), started when first needed; jobs beyond their number wait for their turn.

    A job that takes more than `seconds` is killed, `memory` bounds a process in bytes of address space, and after `max_jobs` it is
    replaced. `fault` is the error to raise, with the reason `timeout` or `crash`.
    """

    def __init__(
        self,
        role: str,
        *,
        fault: type[ReasonedError],
        timeout: Reason,
        crash: Reason,
        processes: int = PROCESSES,
        seconds: float = SECONDS,
        memory: int = MEMORY,
        max_jobs: int = MAX_JOBS,
    ) -> None:
        self._role = role
        self._fault = fault
        self._timeout = timeout
        self._crash = crash
        self._seconds = seconds
        self._memory = memory
        self._max_jobs = max_jobs
        self._closed = False
        self._places: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(processes):
            self._places.put(None)

    def run(self, kind: type[Result], subject: str, /, **arguments: Any) -> Result:
        """What the role's function returned, a `kind`. Raises `fault` about `subject` when it raised, hung or crashed."""
        try:
            [answer] = self._answers([arguments], self._seconds)
        except _Hung:
            raise self._fault(self._timeout, f"killed after {self._seconds:g} s", subject=subject) from None
        except _Died as death:
            raise self._fault(self._crash, str(death), subject=subject) from None
        told = self._told(kind, subject, answer)
        if isinstance(told, ReasonedError):
            raise told
        return told

    def run_together(self, kind: type[Result], jobs: Sequence[tuple[str, dict[str, Any]]]) -> list[Result | ReasonedError] | None:
        """The same for several (subject, arguments), which spares most of what a job costs beside the work.

        None when one of them hung or crashed: each is to be run by itself then.
        """
        try:
            answers = self._answers([arguments for _, arguments in jobs], min(self._seconds, TOGETHER_SECONDS))
        except (_Hung, _Died):
            return None
        return [self._told(kind, subject, answer) for (subject, _), answer in zip(jobs, answers, strict=True)]

    def _told(self, kind: type[Result], subject: str, answer: object) -> Result | ReasonedError:
        if isinstance(answer, Refused):
            return self._fault(answer.reason, answer.detail, subject=subject)
        if isinstance(answer, kind):
            return answer
        return self._fault(self._crash, answer.what if isinstance(answer, Crashed) else "senseless answer", subject=subject)

    def pids(self) -> list[int]:
        """The processes that are idle now."""
        with self._places.mutex:
            return [worker.pid for worker in self._places.queue if worker is not None]

    def close(self) -> None:
        """Ends the idle processes now, and busy ones as their jobs end. A later job gets a process that ends with it."""
        self._closed = True
        idle = []
        with contextlib.suppress(queue.Empty):
            while True:
                idle.append(self._places.get_nowait())
        for worker in idle:  # after all were taken: what is given back is the first to be taken again
            self._place(worker)

    def _answers(self, arguments: list[dict[str, Any]], seconds: float) -> list[object]:
        """One for each of `arguments`. Raises _Hung or _Died."""
        worker = self._places.get()
        try:
            if worker is None or not worker.alive:
                if worker is not None:
                    worker.kill()
                worker = None
                worker = _Worker(self._role, self._memory)
            answers = worker.run(Job(arguments=arguments, seconds=seconds))
            return answers if isinstance(answers, list) and len(answers) == len(arguments) else [answers] * len(arguments)
        finally:
            self._place(worker)

    def _place(self, worker: _Worker | None) -> None:
        """Gives a place back, with its process if that can take another job."""
        if worker is not None and (self._closed or worker.jobs >= self._max_jobs or not worker.alive):
            worker.kill()
            worker = None
        self._places.put(worker)


class FeedParser:
    """Parses feeds, sitemaps and list pages in worker processes."""

    def __init__(self, *, processes: int = PROCESSES, seconds: float = SECONDS) -> None:
        self.workers = Workers(
            "feed",
            fault=ParseError,
            timeout=Reason.PARSE_TIMEOUT,
            crash=Reason.PARSE_CRASH,
            processes=processes,
            seconds=seconds,
            max_jobs=MAX_FEEDS,
        )

    def parse(self, source: Source, response: Response, now: datetime, known: bytes = b"") -> Feed:
        """What the source's kind makes of `response`, without items whose digests are among `known` (`Feed.items`) where it is sound.

        Raises ParseError: NOT_A_FEED, MALFORMED_FEED, PARSE_TIMEOUT, PARSE_CRASH; of packed bodies BAD_ENCODING or BODY_TOO_LARGE.
        """
        return self.workers.run(Feed, source.id, **_arguments(Body(source=source, response=response, known=known), now))

    def parse_together(self, bodies: Sequence[Body], now: datetime) -> list[Feed | ReasonedError] | None:
        """The same for several small bodies in one go; None when one of them hung or crashed: each is to be parsed by itself then."""
        return self.workers.run_together(Feed, [(body.source.id, _arguments(body, now)) for body in bodies])

    def close(self) -> None:
        """Ends the processes."""
        self.workers.close()


def _arguments(body: Body, now: datetime) -> dict[str, Any]:
    source, response = body.source, body.response
    return {
        "body": response.body,
        "source": source.id,
        "url": response.url,
        "content_type": response.content_type,
        "now": now,
        "zone": ZoneInfo(source.zone) if source.zone else None,
        "known": body.known,
        "kind": source.kind,
        "selector": source.selector,
    }


class PageExtractor:
    """Makes articles of pages in worker processes."""

    def __init__(self, *, processes: int = PROCESSES, seconds: float = SECONDS) -> None:
        self.workers = Workers(
            "page", fault=ExtractError, timeout=Reason.EXTRACT_TIMEOUT, crash=Reason.EXTRACT_CRASH, processes=processes, seconds=seconds
        )

    def extract(self, source: Source, entry: Entry, response: Response, now: datetime) -> Article:
        """The article on the page. Raises ExtractError: EXTRACT_TIMEOUT, EXTRACT_CRASH, or why the page holds none."""
        return self.workers.run(
            Article,
            response.url,
            body=response.body,
            content_type=response.content_type,
            url=response.url,
            source=source,
            entry=entry,
            now=now,
        )

    def close(self) -> None:
        """Ends the processes."""
        self.workers.close()
