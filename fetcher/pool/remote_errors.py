"""Exceptions that travel between processes together with their traceback."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from fetcher.pool.chunks import How, as_unary, run_items
from fetcher.pool.pool_errors import NotPicklable

__all__ = ["PackedError", "RemoteTraceback", "pack", "run_packed", "unpack"]


class RemoteTraceback(Exception):
    """The text of an exception's traceback in the process where it was raised."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


class PackedError:
    """An exception to be pickled; it unpickles as the exception itself, with its traceback."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __reduce__(self) -> tuple[Any, ...]:
        text = "".join(traceback.format_exception(self.error))
        return _rebuild, (_sendable(self.error), text)


def _rebuild(error: BaseException, text: str) -> BaseException:
    error.__cause__ = RemoteTraceback(text)
    return error


def _sendable(error: BaseException) -> BaseException:
    """Return the exception if it survives pickling, otherwise one that describes it.

    Many exception classes can be pickled but not unpickled, because their
    __init__ takes other arguments than it passes on. So both are tried.
    """
    try:
        pickle.loads(pickle.dumps(error))
    except Exception as why:  # whatever it is, it cannot travel
        kind = type(error).__qualname__
        return NotPicklable(f"the exception {kind}({error}) cannot be pickled: {why!r}")
    return error


def pack(errors: dict[int, BaseException]) -> dict[int, PackedError]:
    """Prepare the errors of some items for pickling."""
    return {position: PackedError(error) for position, error in errors.items()}


def unpack(error: BaseException | PackedError) -> BaseException:
    """Return the exception, whether it was pickled on its way or not."""
    return error.error if isinstance(error, PackedError) else error


def run_packed(
    func: Callable[..., Any], how: How, items: Sequence[Any]
) -> tuple[list[Any], dict[int, PackedError]]:
    """Run a function over items on an executor's worker; the errors are ready for pickling."""
    values, errors = run_items(as_unary(func, how), items)
    return values, pack(errors)
