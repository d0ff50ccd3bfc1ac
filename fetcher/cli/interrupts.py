"""Ctrl-C: first gently, then at once."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fetcher.jobs.running import Running
from fetcher.model import Result

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
