"""What went wrong with one page, as a failure and its traceback."""

import os
import traceback
from pathlib import Path
from types import TracebackType

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.parsing.parsed import FieldRow, Parsed
from fetcher.parsing.values import UnusableError
from fetcher.units import format_size

_LONGEST_DETAIL = 200
_LONGEST_TRACEBACK = 20_000
_HERE = str(Path(__file__).parent) + os.sep


def extract_failed(error: BaseException, found: tuple[FieldRow, ...] = ()) -> Parsed:
    """The user's function raised this; found: what there was before."""
    words = str(error) if isinstance(error, UnusableError) else in_words(error)
    failure = Failure.of(FailureKind.EXTRACT_FAILED, one_line(words))
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
    return Parsed((), Failure.of(FailureKind.PARSER_CRASHED, one_line(words)))


def in_words(error: BaseException) -> str:
    """An exception on one line: its type, and its message where it has one."""
    try:
        message = str(error)
    except Exception:  # a user's own class may fail at this too
        message = ""
    name = type(error).__qualname__
    return one_line(f"{name}: {message}" if message else name)


def one_line(text: str) -> str:
    """A text without what is not printable, cut to what a cell of a table can take."""
    text = "".join([c if c.isprintable() else " " for c in text[: 4 * _LONGEST_DETAIL]])
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"


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
