"""The unit of submission: some items, their function, and who waits for the outcome.

A function with its way of taking an item, and the loop that runs it over several.

Everything here also runs inside worker processes and on the workers of a
cluster, so this module imports next to nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, Protocol, TypeAlias

from fetcher.pool.pool_errors import WorkerDied

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


__all__ = ["Call", "Chunk", "ChunkReceiver"]


class ChunkReceiver(Protocol):
    """Takes the outcome of each chunk, once, from whatever thread."""

    def deliver(self, index: int, values: list[Any], errors: Errors) -> None:
        """Take the values of one chunk; errors by position, where there are any."""


class Call:
    """What all chunks of one method call share: the function, how it is applied, its limit."""

    __slots__ = ("carried", "func", "function", "how", "time_limit")

    def __init__(self, func: Callable[..., Any], how: How, time_limit: float | None) -> None:
        self.func = func
        self.how = how
        self.time_limit = time_limit
        self.function = one_argument(func, how)
        # The function in the form in which a backend sends it, where it needs one.
        self.carried: bytes = b""

    @property
    def name(self) -> str:
        """The function's name, for messages."""
        func = self.func
        while isinstance(func, functools.partial):
            func = func.func
        return getattr(func, "__qualname__", None) or repr(func)


class Chunk:
    """Some items of a call that travel together; `index` is its place among the chunks."""

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
        # The position of the first item in the whole input.
        self.start = start
        self.sink = sink
        # With a cut, the items are cut out of a longer sequence only when they are needed.
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
