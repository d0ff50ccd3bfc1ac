"""Pages that came back without an outcome of their own: whose fault that is, and its words."""

import re

from fetcher.failures import Failure, FailureKind
from fetcher.parsing.failing import crashed, defect, in_words, out_of_memory
from fetcher.parsing.parsed import Parsed
from fetcher.pool import NotPicklable, PoolBroken, PoolTerminated, TimeLimitExceeded, WorkerDied
from fetcher.units import format_duration

OUT_OF_MEMORY, SPENT = 251, 252
"""With these exit codes our workers say why they end: this page was too much, or those before it.

A function that ends its process with one of them by itself is taken at its word.
"""
_EXIT_CODE = re.compile(r"ended with exit code ([0-9]+)")


def nothing_goes(error: BaseException) -> bool:
    """Whether the stage itself has ended, so that there is no outcome for any page."""
    return isinstance(error, PoolBroken | PoolTerminated)


def innocent(error: BaseException) -> bool:
    """Whether the page had no part in it: its worker has ended before it began."""
    return _exit_code(error) == SPENT


def guilty(error: BaseException) -> bool:
    """Whether it was this page and nothing else that brought the error about.

    Most ends of a worker can have other reasons too: what else came with the page, a system
    without memory, somebody who killed it.
    """
    known = isinstance(error, TimeLimitExceeded | MemoryError)
    return known or _exit_code(error) == OUT_OF_MEMORY


def lost(error: BaseException, time_limit: float | None, memory_limit: int | None) -> Parsed:
    """What a page comes to that met this error, the limits being in seconds and bytes."""
    if isinstance(error, TimeLimitExceeded):
        words = f"longer than {format_duration(time_limit or 0.0)}"
        return Parsed((), Failure.of(FailureKind.PARSE_TIMEOUT, words))
    if isinstance(error, MemoryError) or _exit_code(error) == OUT_OF_MEMORY:
        return out_of_memory(memory_limit)
    if isinstance(error, NotPicklable):
        return defect(error)
    if isinstance(error, WorkerDied):
        # What it ran is known to the pool by a name that says nothing to the user.
        return crashed(str(error).partition(" while it ")[0])
    return crashed(in_words(error))


def _exit_code(error: BaseException) -> int | None:
    found = _EXIT_CODE.search(str(error)) if isinstance(error, WorkerDied) else None
    return int(found[1]) if found else None
