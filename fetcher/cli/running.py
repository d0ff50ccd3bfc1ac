"""Running a job to its end: results to sinks, progress, interruptions, exit codes."""

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from fetcher.cli.exits import ExitCode
from fetcher.cli.progress import Display
from fetcher.cli.writer import Writer
from fetcher.failures import Unrecoverable
from fetcher.jobs.running import Running
from fetcher.model import Result
from fetcher.sinks.base import SinkError
from fetcher.sources import SourceError

R = TypeVar("R", bound=Result)


def calm_collector() -> None:
    """Keep the garbage collector from walking through all that was imported, again and again.

    Its thresholds stay as they are: a connection leaves cycles behind, and looking for those a
    tenth as often doubled the memory of a list with a host a URL.
    """
    gc.freeze()


async def write_all(
    run: Running[R], writer: Writer[R], display: Display, each: Callable[[R], None]
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
    except (SinkError, SourceError, Unrecoverable, OSError) as error:
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
