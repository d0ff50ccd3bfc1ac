"""Parsing on an executor of somebody else's: another library's processes, a cluster."""

from concurrent.futures import Executor

from fetcher.parsing.batched import BatchedStage
from fetcher.parsing.parser import Parser
from fetcher.pool.backend import Backend
from fetcher.pool.chunks import Call


class ExecutorStage(BatchedStage):
    """Parses pages on a `concurrent.futures.Executor`, which stays its owner's to shut down.

    size: how many batches it runs at a time; its own number of workers unless given. Its workers
    are not ours to limit: there is no limit of time or memory, and what runs when the stage is left
    runs to its end. A page in a batch that was lost is sent once more, alone. An executor that
    gives up when a worker dies, as `ProcessPoolExecutor` does, parses no page after that: each has
    failed with `parser_crashed` and the executor's words.
    """

    def __init__(self, parser: Parser, executor: Executor, size: int | None = None) -> None:
        super().__init__(parser, Call(parser.parse, "item", None))
        self._executor = executor
        self._size = size

    def _start(self) -> Backend:
        from fetcher.pool.executors import ExecutorBackend  # as in process.py

        return ExecutorBackend(self._executor, self._size)
