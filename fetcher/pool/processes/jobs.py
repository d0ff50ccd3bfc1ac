"""A chunk on its way through worker processes, whole or in pieces."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

from fetcher.pool.calls import Errors
from fetcher.pool.chunks import Chunk
from fetcher.pool.processes.wire import dump_items

__all__ = ["Job", "Piece"]


class Job:
    """A chunk with its items pickled, and the outcomes that have come so far."""

    __slots__ = ("chunk", "errors", "items", "missing", "values")

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.items, self.errors = dump_items(chunk.items, chunk.call, chunk.start)
        self.values: list[Any] = [None] * len(chunk)
        self.missing = len(chunk) - len(self.errors)

    def pieces(self) -> list[Piece]:
        """Return the runs of items between those that have an error already."""
        if not self.errors:
            return [Piece(self, 0, len(self.values))]
        bounds = [-1, *sorted(self.errors), len(self.values)]
        runs = itertools.pairwise(bounds)
        return [Piece(self, low + 1, high) for low, high in runs if high - low > 1]

    def record(self, start: int, values: list[Any], errors: Errors) -> None:
        """Note the outcomes of the items from `start` on."""
        if len(values) == len(self.values):
            self.values = values
        else:
            self.values[start : start + len(values)] = values
        if errors:
            self.errors.update((start + position, error) for position, error in errors.items())
        self.missing -= len(values)


class Piece(NamedTuple):
    """The items from `start` to `stop` of a job; `careful` if one of them kills its worker."""

    job: Job
    start: int
    stop: int
    careful: bool = False
