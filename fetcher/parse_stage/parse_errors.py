"""Failed pages: what went wrong, as a failure and its traceback, and what caused it."""

import os
import re
import traceback
from pathlib import Path
from types import TracebackType

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.parse_stage.row_values import UnusableError
from fetcher.parse_stage.stage import FieldRow, Parsed
from fetcher.pool import NotPicklable, PoolBroken, PoolTerminated, TimeLimitExceeded, WorkerDied
from fetcher.text import shorten
from fetcher.units import format_duration, format_size

OUT_OF_MEMORY, SPENT = 251, 252
"""Exit codes of our workers: this page needed too much memory, or the pages before it did.

A function that ends its process with one of them is taken at its word.
"""
_EXIT_CODE = re.compile(r"ended with exit code ([0-9]+)")
_LONGEST_TRACEBACK = 20_000
_HERE = str(Path(__file__).parent) + os.sep


def extract_failed(error: BaseException, found: tuple[FieldRow, ...] = ()) -> Parsed:
    """Return the outcome of a page on which the user's function raised `error`.

    Args:
        error: what it raised.
        found: the rows from before.
    """
    words = str(error) if isinstance(error, UnusableError) else in_words(error)
    failure = Failure.of(FailureKind.EXTRACT_FAILED, shorten(words))
    return Parsed(found, failure, traceback_of(error))


def defect(error: BaseException) -> Parsed:
    """Return the outcome of a page on which this program's own code raised `error`."""
    failure = Failure.of(FailureKind.INTERNAL_ERROR, in_words(error), Phase.PARSE)
    return Parsed((), failure, traceback_of(error))


def out_of_memory(limit: int | None) -> Parsed:
    """Return the outcome of a page that ran out of memory; limit: in bytes, None for no limit."""
    allowed = f"the {format_size(limit)} that a parse worker may use" if limit else "there is"
    return crashed(f"out of memory: the page needed more than {allowed}")


def crashed(words: str) -> Parsed:
    """Return the outcome of a page whose process crashed."""
    return Parsed((), Failure.of(FailureKind.PARSER_CRASHED, shorten(words)))


def in_words(error: BaseException) -> str:
    """Return an exception as one line: its type, and its message if it has one."""
    try:
        message = str(error)
    except Exception:  # a user's own class may fail at this too
        message = ""
    name = type(error).__qualname__
    return shorten(f"{name}: {message}" if message else name)


def traceback_of(error: BaseException) -> str:
    """Return an exception's traceback as Python prints it, without our own frames.

    It is "" if no frame is left: then the returned value is at fault, and the failure says so.
    """
    theirs = _theirs(error.__traceback__)
    if theirs is None:
        return ""
    text = "".join(traceback.format_exception(type(error), error, theirs))
    return text if len(text) <= _LONGEST_TRACEBACK else "…" + text[1 - _LONGEST_TRACEBACK :]


def _theirs(trace: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback after the last frame of this package."""
    behind = trace
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(_HERE):
            behind = trace.tb_next
        trace = trace.tb_next
    return behind


def stage_ended(error: BaseException) -> bool:
    """True if the stage itself has ended, so that no page has an outcome."""
    return isinstance(error, PoolBroken | PoolTerminated)


def not_started(error: BaseException) -> bool:
    """True if the page is not at fault: its worker exited before it began."""
    return _exit_code(error) == SPENT


def caused_by_page(error: BaseException) -> bool:
    """True if this page alone caused the error.

    A worker can die for other reasons too: another page of the batch, a system without memory,
    somebody who killed it.
    """
    known = isinstance(error, TimeLimitExceeded | MemoryError)
    return known or _exit_code(error) == OUT_OF_MEMORY


def failed_on_worker(
    error: BaseException, time_limit: float | None, memory_limit: int | None
) -> Parsed:
    """Return the outcome of a page that failed on its worker.

    Args:
        error: the pool's error.
        time_limit: seconds that a page may take; None for no limit.
        memory_limit: bytes that a worker may use; None for no limit.
    """
    if isinstance(error, TimeLimitExceeded):
        words = f"longer than {format_duration(time_limit or 0.0)}"
        return Parsed((), Failure.of(FailureKind.PARSE_TIMEOUT, words))
    if isinstance(error, MemoryError) or _exit_code(error) == OUT_OF_MEMORY:
        return out_of_memory(memory_limit)
    if isinstance(error, NotPicklable):
        return defect(error)
    if isinstance(error, WorkerDied):
        # The pool's name for what it ran means nothing to the user.
        return crashed(str(error).partition(" while it ")[0])
    return crashed(in_words(error))


def _exit_code(error: BaseException) -> int | None:
    found = _EXIT_CODE.search(str(error)) if isinstance(error, WorkerDied) else None
    return int(found[1]) if found else None
