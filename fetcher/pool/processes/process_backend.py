"""The process backend: for functions that compute, and for those that must be killable."""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.context import BaseContext
from typing import Any

from fetcher.pool.backend import Backend, usable_cpus
from fetcher.pool.chunks import Call, Chunk
from fetcher.pool.pool_errors import PoolBroken
from fetcher.pool.processes.dispatcher import NO_START, Dispatcher
from fetcher.pool.processes.pieces import ChunkJob
from fetcher.pool.processes.wire import WorkerMarks, dump_call
from fetcher.pool.processes.worker_handle import WorkerHandle

__all__ = ["ProcessBackend"]


class ProcessBackend(Backend):
    """Worker processes, each with a pipe of its own, and the thread that serves them.

    Args:
        size: the number of processes; None for one per usable processor.
        initializer: called once in each process before its first item.
        initargs: its arguments.
        maxtasksperchild: chunks after which a process is replaced; None for never.
        context: a start method or a multiprocessing context; None for "forkserver", or
            "spawn" where there is none.

    Raises:
        PoolBroken: no process can be started.
        RuntimeError: a worker is importing a script that starts a pool without the guard.
    """

    def __init__(
        self,
        size: int | None,
        initializer: Callable[..., object] | None,
        initargs: tuple[Any, ...],
        maxtasksperchild: int | None,
        context: BaseContext | str | None,
    ) -> None:
        super().__init__()
        _refuse_while_importing()
        self.size = size or usable_cpus()
        self._initializer = initializer
        self._initargs = initargs
        self._context = _context(context)
        self._marks = WorkerMarks(self.size)
        self._dispatcher = Dispatcher(self, self.size, self._marks, maxtasksperchild)
        self._woken = False
        self._wake_reader, self._wake_writer = self._context.Pipe(duplex=False)
        self._dispatcher.workers.listen(self._wake_reader, self._on_wake)
        try:
            self._dispatcher.workers.fill_up()
        except BaseException as error:
            self._dispatcher.workers.kill()
            if isinstance(error, EOFError | ConnectionError):
                raise PoolBroken(NO_START.format(how=f"({error!r})")) from error
            raise
        self._thread = threading.Thread(
            target=self._dispatcher.run, name="pool dispatcher", daemon=True
        )
        self._thread.start()

    def prepare(self, call: Call) -> None:
        call.carried = dump_call(call)

    def _run(self, chunk: Chunk) -> None:
        self._dispatcher.backlog.append(chunk)
        if self._dispatcher.workers.idle:
            self._wake()

    def close(self) -> None:
        self._dispatcher.closed = True
        self._wake()

    def _kill(self) -> None:
        self._dispatcher.killed = True
        self._wake()
        self.join()

    def join(self) -> None:
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def start_worker(self, slot: int) -> WorkerHandle:
        return WorkerHandle(self._context, self._marks, slot, self._initializer, self._initargs)

    def wanted(self, chunk: Chunk) -> bool:
        return chunk in self._live

    def finished(self, job: ChunkJob) -> None:
        self.finish(job.chunk, job.values, job.errors)

    def broken(self, why: PoolBroken) -> None:
        self.give_up(why)

    def _wake(self) -> None:
        if not self._woken:
            self._woken = True
            with contextlib.suppress(OSError):  # the dispatcher has ended already
                self._wake_writer.send_bytes(b"")

    def _on_wake(self) -> None:
        self._wake_reader.recv_bytes()
        self._woken = False


def _context(context: BaseContext | str | None) -> BaseContext:
    """Return the start method: never fork unless asked to, for it breaks threads and loops."""
    if isinstance(context, BaseContext):
        return context
    methods = multiprocessing.get_all_start_methods()
    name = context or ("forkserver" if "forkserver" in methods else "spawn")
    return multiprocessing.get_context(name)


def _refuse_while_importing() -> None:
    """Raise an error that explains the missing guard when a worker imports the main script."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise RuntimeError(
            "this process is a pool's worker that is importing the script, and the "
            "script starts a pool when it is imported. Put what the script does below\n\n"
            '    if __name__ == "__main__":\n\n'
            "so that only the script itself does it, not every worker."
        )
