"""The unit of submission: some items, their function, and who waits for the outcome."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from fetcher.pool.calls import Errors, How, one_argument

__all__ = ["Call", "Chunk", "Sink"]


class Sink(Protocol):
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
        sink: Sink,
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
