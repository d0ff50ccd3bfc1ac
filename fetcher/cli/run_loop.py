"""Running a job to its end: results to sinks, progress, interruptions, exit codes.

Ctrl-C: first gently, then at once.
"""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from fetcher.cli.exits import ExitCode
from fetcher.cli.progress import Display
from fetcher.cli.row_writer import RowWriter
from fetcher.failures import Unrecoverable
from fetcher.jobs.run_protocol import Running
from fetcher.model import Result
from fetcher.sources import SourceError
from fetcher.storage.output_error import OutputError

R = TypeVar("R", bound=Result)


def calm_collector() -> None:
    """Keep the garbage collector from walking through all that was imported, again and again.

    Its thresholds stay as they are: a connection leaves cycles behind, and looking for those a
    tenth as often doubled the memory of a list with a host a URL.
    """
    gc.freeze()


async def write_all(
    run: Running[R], writer: RowWriter[R], display: Display, each: Callable[[R], None]
) -> ExitCode | None:
    """Write every result, and show how it goes; None when the output's reader has gone.

    each: called with every result before it is written.
    """
    results = aiter(run)
    display.start()
    try:
        try:
            async for result in results:
                each(result)
                writer.add(result)
            if run.all_read and run.given == run.read:
                writer.complete()
        finally:
            await results.aclose()
            writer.close()
    except BrokenPipeError:
        _silence_stdout()
        return None
    except (OutputError, SourceError, Unrecoverable, OSError) as error:
        display.stop()
        display.say(f"fetcher: {error}")
        return ExitCode.INPUT_OUTPUT
    finally:
        display.stop()
    return ExitCode.DONE


def _silence_stdout() -> None:
    """Keep the interpreter from complaining, as it ends, that nobody reads its output."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


GRACE = 5.0
"""How long what is in flight may go on after the first Ctrl-C, in seconds."""


@dataclass(slots=True)
class Interrupts:
    """How often the run was asked to stop, and the exit code that follows from it."""

    count: int = 0
    code: int = 130


@contextmanager
def interruptible(run: Running[Result], say: Callable[[str], None]) -> Iterator[Interrupts]:
    """Let SIGINT and SIGTERM end a run: the first lets it finish what it began, the second not."""
    loop = asyncio.get_running_loop()
    interrupts = Interrupts()
    timers: list[asyncio.TimerHandle] = []

    def interrupt(number: int) -> None:
        interrupts.count += 1
        interrupts.code = 128 + number
        if interrupts.count == 1:
            say(f"stopping: {run.in_flight} in flight may finish; again to stop at once")
            run.stop()
            timers.append(loop.call_later(GRACE, run.abort))
        else:
            run.abort()

    numbers = [signal.SIGINT, signal.SIGTERM]
    before = [_handle(loop, number, interrupt) for number in numbers]
    try:
        yield interrupts
    finally:
        for timer in timers:
            timer.cancel()
        for restore in before:
            restore()


def _handle(
    loop: asyncio.AbstractEventLoop, number: signal.Signals, action: Callable[[int], None]
) -> Callable[[], object]:
    """Handle a signal in the loop; return what undoes it."""
    try:
        loop.add_signal_handler(number, action, number)
    except NotImplementedError:  # Windows
        old = signal.signal(number, lambda *_: loop.call_soon_threadsafe(action, number))
        return lambda: signal.signal(number, old)
    return lambda: loop.remove_signal_handler(number)
