"""A function with its way of taking an item, and the loop that runs it over several.

Everything here also runs inside worker processes and on the workers of a
cluster, so this module imports next to nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias

from fetcher.pool.errors import WorkerDied

__all__ = ["Errors", "How", "one_argument", "run_items", "survivable"]

# How a function takes an item: as its argument, as its arguments, or as (args, kwds).
How: TypeAlias = Literal["item", "star", "full"]
# The errors of a run of items by position; the values hold None in those places.
Errors: TypeAlias = dict[int, BaseException]


def one_argument(func: Callable[..., Any], how: How) -> Callable[[Any], Any]:
    """Return the function as one of a single argument: the item."""
    if how == "item":
        return func
    return functools.partial(_star if how == "star" else _full, func)


def _star(func: Callable[..., Any], item: Iterable[Any]) -> Any:
    return func(*item)


def _full(func: Callable[..., Any], item: tuple[tuple[Any, ...], dict[str, Any]]) -> Any:
    args, kwds = item
    return func(*args, **kwds)


def run_items(function: Callable[[Any], Any], items: Iterable[Any]) -> tuple[list[Any], Errors]:
    """Apply the function to each item in turn; an error is noted and the next item follows."""
    values: list[Any] = []
    errors: Errors = {}
    rest = iter(items)
    while True:
        try:
            for item in rest:
                values.append(function(item))  # the list outlives an error
        except BaseException as error:  # it is the item's outcome
            errors[len(values)] = survivable(error)
            values.append(None)
        else:
            return values, errors


def survivable(error: BaseException) -> BaseException:
    """Turn a request to end the program into an error of the item that made it.

    Raised again where the results are read, `SystemExit` would end a program
    that has no reason to end.
    """
    if not isinstance(error, SystemExit | KeyboardInterrupt):
        return error
    died = WorkerDied(f"the function raised {error!r} in its worker")
    died.__cause__ = error
    return died
