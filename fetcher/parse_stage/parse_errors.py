"""What went wrong with one page, as a failure and its traceback.

Pages that came back without an outcome of their own: whose fault that is, and its words.
"""

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

_LONGEST_TRACEBACK = 20_000
_HERE = str(Path(__file__).parent) + os.sep


def extract_failed(error: BaseException, found: tuple[FieldRow, ...] = ()) -> Parsed:
    """The user's function raised this; found: what there was before."""
    words = str(error) if isinstance(error, UnusableError) else in_words(error)
    failure = Failure.of(FailureKind.EXTRACT_FAILED, shorten(words))
    return Parsed(found, failure, traceback_of(error))


def defect(error: BaseException) -> Parsed:
    """This program's own code raised this, on a page that it should have taken."""
    failure = Failure.of(FailureKind.INTERNAL_ERROR, in_words(error), Phase.PARSE)
    return Parsed((), failure, traceback_of(error))


def out_of_memory(limit: int | None) -> Parsed:
    """Parsing a page needed more than there was; limit: in bytes, None where none was set."""
    allowed = f"the {format_size(limit)} that a parse worker may use" if limit else "there is"
    return crashed(f"out of memory: the page needed more than {allowed}")


def crashed(words: str) -> Parsed:
    """The process that parsed a page did not survive it."""
    return Parsed((), Failure.of(FailureKind.PARSER_CRASHED, shorten(words)))


def in_words(error: BaseException) -> str:
    """An exception on one line: its type, and its message where it has one."""
    try:
        message = str(error)
    except Exception:  # a user's own class may fail at this too
        message = ""
    name = type(error).__qualname__
    return shorten(f"{name}: {message}" if message else name)


def traceback_of(error: BaseException) -> str:
    """An exception's traceback as Python prints it, without our own frames.

    Empty where no frame is left: then what was returned is at fault, and the failure says it.
    """
    theirs = _theirs(error.__traceback__)
    if theirs is None:
        return ""
    text = "".join(traceback.format_exception(type(error), error, theirs))
    return text if len(text) <= _LONGEST_TRACEBACK else "…" + text[1 - _LONGEST_TRACEBACK :]


def _theirs(trace: TracebackType | None) -> TracebackType | None:
    """The part of a traceback behind the last frame of this room."""
    behind = trace
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(_HERE):
            behind = trace.tb_next
        trace = trace.tb_next
    return behind


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
