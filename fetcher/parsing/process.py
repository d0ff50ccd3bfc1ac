"""Parsing on worker processes of our own."""

from functools import partial

from fetcher.parsing.batched import BatchedStage
from fetcher.parsing.parser import Parser
from fetcher.parsing.worker import parse_or_die, prepare
from fetcher.pool.backend import Backend
from fetcher.pool.chunks import Call


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
        parser: Parser,
        workers: int,
        time_limit: float | None = None,
        memory_limit: int | None = None,
    ) -> None:
        call = Call(partial(parse_or_die, parser), "item", time_limit)
        super().__init__(parser, call, memory_limit)
        self._workers = workers

    def _start(self) -> Backend:
        # Late: who parses inline need not load what processes take.
        from fetcher.pool.processes.backend import ProcessBackend

        prepared = (self._parser, self._memory_limit)
        return ProcessBackend(self._workers, prepare, prepared, None, None)
