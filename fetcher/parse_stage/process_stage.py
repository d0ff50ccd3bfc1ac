"""Parsing on worker processes of our own.

What happens in a worker process of our own: its memory is limited, and running out ends it.

How much memory a process has, and may have.

Parsing on an executor of somebody else's: another library's processes, a cluster.
"""

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

_LEAST = 1_000_000_000


def generous_memory(workers: int) -> int | None:
    """Return a limit in bytes for each of so many workers, which only a runaway page meets.

    Half of the machine's memory, shared out, but at least 1 GB; None where that is not known.
    """
    try:
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows, and systems that do not tell
        return None
    return max(_LEAST, machine // 2 // workers)


def limit_data(limit: int) -> None:
    """Let this process have so many bytes of private memory, where the system can see to it.

    Linux counts all of it against RLIMIT_DATA (setrlimit(2), since 4.7); macOS only what hardly
    anybody uses; Windows has no such limit. More than it has then raises MemoryError.
    """
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def data_bytes() -> int:
    """Return how much private memory this process has, 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[5])  # proc(5): data + stack
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


_KEEPS = 4
"""A worker that keeps this part of its memory for itself, 1/4, has too little left for a page."""


@dataclass(slots=True)
class _Held:
    """How much memory this process may hold when it begins a page; None for any amount."""

    most: int | None = None
    pages: int = 0


_held = _Held()


def prepare(parser: PageParser, memory_limit: int | None) -> None:
    """Make a new process ready for its first page, before any page's time counts."""
    _end_with_the_run()
    sys.stdout = sys.stderr  # results go there, and nothing that a user's function prints
    parser.load()
    if memory_limit is not None:
        now = data_bytes()
        limit_data(now + memory_limit)
        _held.most = now + memory_limit // _KEEPS


def parse_or_die(parser: PageParser, page: RawPage) -> Parsed:
    """Parse a page; end the process when its memory is at an end.

    It could go on after a MemoryError, but if the page has put what it took where it stays, pages
    that come later would go without. Some memory is kept by many pages together, by a cache without
    bounds, say: then the next page finds the worker gone, and goes to a new one.
    """
    if _held.most is not None and _held.pages and data_bytes() > _held.most:
        os._exit(SPENT)
    _held.pages += 1
    try:
        return parser.parse(page)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _end_with_the_run() -> None:
    """Have this process end when the one that it works for does, whatever a page makes it do.

    One that is killed has no time to end its workers, and a page that never ends would go on alone.
    """
    run = multiprocessing.parent_process()
    if run is None:
        return
    sentinel = run.sentinel

    def watch() -> None:
        multiprocessing.connection.wait([sentinel])
        os._exit(0)

    threading.Thread(target=watch, name="parse worker watch", daemon=True).start()


class ProcessStage(BatchedStage):
    """Parses pages on worker processes, which a page may crash or hang without harm to others.

    workers: how many processes; started with `forkserver`, or `spawn` where there is none.
    time_limit: seconds that a page may take, None for as long as it likes; then its worker is
    killed and replaced, and the page has failed with `parse_timeout`. memory_limit: bytes that a
    worker may take beyond what it starts with, where the system can see to that; None for all there
    are. A page that its worker dies of is tried once more, alone, and has then failed with
    `parser_crashed`.
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
        # Late: who parses inline need not load what processes take.
        from fetcher.pool.processes.process_backend import ProcessBackend

        prepared = (self._parser, self._memory_limit)
        return ProcessBackend(self._workers, prepare, prepared, None, None)


class ExecutorStage(BatchedStage):
    """Parses pages on a `concurrent.futures.Executor`, which stays its owner's to shut down.

    size: how many batches it runs at a time; its own number of workers unless given. Its workers
    are not ours to limit: there is no limit of time or memory, and what runs when the stage is left
    runs to its end. A page in a batch that was lost is sent once more, alone. An executor that
    gives up when a worker dies, as `ProcessPoolExecutor` does, parses no page after that: each has
    failed with `parser_crashed` and the executor's words.
    """

    def __init__(self, parser: PageParser, executor: Executor, size: int | None = None) -> None:
        super().__init__(parser, Call(parser.parse, "item", None))
        self._executor = executor
        self._size = size

    def _start(self) -> Backend:
        from fetcher.pool.executors import ExecutorBackend  # late, as above

        return ExecutorBackend(self._executor, self._size)
