"""Parsing on worker processes with a limit of time and memory, or on a foreign executor."""

import multiprocessing
import multiprocessing.connection
import os
import sys
import threading
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fetcher.model import RawPage
from fetcher.parse_stage.batched_stage import BatchedStage
from fetcher.parse_stage.parse_errors import OUT_OF_MEMORY, SPENT
from fetcher.parse_stage.parser import PageParser
from fetcher.parse_stage.stage import Parsed
from fetcher.pool.backend import Backend
from fetcher.pool.chunks import Call

_MIN_MEMORY = 1_000_000_000
"""Bytes that every worker may use."""
_MAX_KEPT = 1 / 4
"""A worker that keeps more than this share of its memory has too little left for a page."""


class ProcessStage(BatchedStage):
    """Parses pages on worker processes, which a page may crash or hang without harming others.

    A page whose worker dies is retried once, alone, and then fails with `parser_crashed`.

    Args:
        parser: what is done with each page.
        workers: the number of processes; started with `forkserver`, or `spawn` where there is none.
        time_limit: seconds that a page may take; then its worker is killed and replaced, and the
            page fails with `parse_timeout`. None for no limit.
        memory_limit: bytes that a worker may use beyond those it starts with, where the system
            supports that; None for no limit.
    """

    def __init__(
        self,
        parser: PageParser,
        workers: int,
        time_limit: float | None = None,
        memory_limit: int | None = None,
    ) -> None:
        call = Call(partial(parse_or_die, parser), "item", time_limit)
        super().__init__(parser, call, memory_limit)
        self._workers = workers

    def _start(self) -> Backend:
        # Late: parsing inline need not import this.
        from fetcher.pool.processes.process_backend import ProcessBackend

        prepared = (self._parser, self._memory_limit)
        return ProcessBackend(self._workers, prepare, prepared, None, None)


class ExecutorStage(BatchedStage):
    """Parses pages on a `concurrent.futures.Executor`, which its owner shuts down.

    Its workers have no limit of time or memory, and what runs when the stage is left runs to its
    end. The pages of a lost batch are retried once, one by one. An executor that gives up when a
    worker dies, as `ProcessPoolExecutor` does, parses no page after that: each fails with
    `parser_crashed` and the executor's message.

    Args:
        parser: what is done with each page.
        executor: what runs the batches.
        size: how many batches it runs at a time; None for its own number of workers.
    """

    def __init__(self, parser: PageParser, executor: Executor, size: int | None = None) -> None:
        super().__init__(parser, Call(parser.parse, "item", None))
        self._executor = executor
        self._size = size

    def _start(self) -> Backend:
        from fetcher.pool.executors import ExecutorBackend  # late, as above

        return ExecutorBackend(self._executor, self._size)


def generous_memory(workers: int) -> int | None:
    """Return a memory limit in bytes for each worker, which only a runaway page reaches.

    It is an equal share of half the machine's memory, but at least 1 GB; None if the system does
    not tell its memory.
    """
    try:
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows, for one
        return None
    return max(_MIN_MEMORY, machine // 2 // workers)


@dataclass(slots=True)
class _Memory:
    """How much memory, in bytes, this process may hold when it begins a page; None for any."""

    limit: int | None = None
    pages: int = 0


_memory = _Memory()


def prepare(parser: PageParser, memory_limit: int | None) -> None:
    """Prepare a new process for its first page, before any page's time counts."""
    _exit_with_parent()
    sys.stdout = sys.stderr  # a user's function must not print among the results
    parser.load()
    if memory_limit is not None:
        now = data_bytes()
        limit_data(now + memory_limit)
        _memory.limit = now + int(memory_limit * _MAX_KEPT)


def parse_or_die(parser: PageParser, page: RawPage) -> Parsed:
    """Parse a page; exit if the process runs out of memory.

    It could go on after a MemoryError, but if the page stored its memory somewhere, later pages
    would lack it. If many pages together keep too much, in an unbounded cache for example, the
    worker exits before the next page, which goes to a new one.
    """
    if _memory.limit is not None and _memory.pages and data_bytes() > _memory.limit:
        os._exit(SPENT)
    _memory.pages += 1
    try:
        return parser.parse(page)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _exit_with_parent() -> None:
    """Make this process exit with its parent, whatever a page makes it do.

    A parent that is killed cannot stop its workers, and a page that never ends would run on.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        multiprocessing.connection.wait([sentinel])
        os._exit(0)

    threading.Thread(target=watch, name="parse worker watch", daemon=True).start()


def limit_data(limit: int) -> None:
    """Limit the private memory of this process, in bytes, if the system supports that.

    Linux counts all of it against RLIMIT_DATA (setrlimit(2), since 4.7), macOS hardly any of it;
    Windows has no such limit. Beyond the limit MemoryError is raised.
    """
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def data_bytes() -> int:
    """Return the bytes of private memory of this process; 0 if the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[5])  # proc(5): data + stack
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
