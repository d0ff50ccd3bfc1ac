"""The unit of submission: a chunk of items with its call, and the loop that runs it.

Everything here also runs inside worker processes and on the workers of a
cluster, so this module imports next to nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, Protocol, TypeAlias

from fetcher.pool.pool_errors import WorkerDied

__all__ = [
    "Call",
    "Chunk",
    "ChunkReceiver",
    "Errors",
    "How",
    "as_item_error",
    "as_unary",
    "run_items",
]

# How a function takes an item: as its argument, as its arguments, or as (args, kwds).
How: TypeAlias = Literal["item", "star", "full"]
# The errors of a run of items by position; the values hold None in those places.
Errors: TypeAlias = dict[int, BaseException]


class ChunkReceiver(Protocol):
    """Receives the outcome of each chunk, once, in any thread."""

    def deliver(self, index: int, values: list[Any], errors: Errors) -> None:
        """Receive the values of one chunk, and its errors by position."""


class Call:
    """What all chunks of one method call share.

    Args:
        func: the function as the user passed it.
        how: how it takes an item.
        time_limit: seconds that an item may take; None for no limit.
    """

    __slots__ = ("carried", "func", "function", "how", "time_limit")

    def __init__(self, func: Callable[..., Any], how: How, time_limit: float | None) -> None:
        self.func = func
        self.how = how
        self.time_limit = time_limit
        self.function = as_unary(func, how)
        # The function as a backend sends it, for those that need that.
        self.carried: bytes = b""

    @property
    def name(self) -> str:
        """The function's name, for messages."""
        func = self.func
        while isinstance(func, functools.partial):
            func = func.func
        return getattr(func, "__qualname__", None) or repr(func)


class Chunk:
    """Some items of a call that travel together.

    Args:
        call: what is done with each item.
        index: the chunk's place among the chunks of the call.
        start: the first item's position in the whole input.
        items: the items, or a longer sequence that `cut` selects them from when needed.
        sink: who receives the outcome.
        cut: which of the items; None for all.
    """

    __slots__ = ("_cut", "_source", "call", "index", "sink", "start")

    def __init__(
        self,
        call: Call,
        index: int,
        start: int,
        items: Sequence[Any],
        sink: ChunkReceiver,
        cut: slice | None = None,
    ) -> None:
        self.call = call
        self.index = index
        self.start = start
        self.sink = sink
        self._source = items
        self._cut = cut

    @property
    def items(self) -> Sequence[Any]:
        """The items."""
        return self._source if self._cut is None else self._source[self._cut]

    def __len__(self) -> int:
        if self._cut is None:
            return len(self._source)
        return len(range(*self._cut.indices(len(self._source))))


def as_unary(func: Callable[..., Any], how: How) -> Callable[[Any], Any]:
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
    """Apply the function to each item in turn, going on after an error.

    Returns:
        The values, with None in place of each error, and the errors by position.
    """
    values: list[Any] = []
    errors: Errors = {}
    rest = iter(items)
    while True:
        try:
            for item in rest:
                values.append(function(item))  # the list outlives an error
        except BaseException as error:  # it is the item's outcome
            errors[len(values)] = as_item_error(error)
            values.append(None)
        else:
            return values, errors


def as_item_error(error: BaseException) -> BaseException:
    """Turn an item's request to end the program into an error of that item.

    Raised again where the results are read, `SystemExit` would end a program
    that has no reason to end.
    """
    if not isinstance(error, SystemExit | KeyboardInterrupt):
        return error
    died = WorkerDied(f"the function raised {error!r} in its worker")
    died.__cause__ = error
    return died
