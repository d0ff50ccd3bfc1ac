"""Chunks on their way through worker processes: as jobs, cut into pieces, put into loads.

A job is a chunk with its items pickled, a piece is a run of a job's items, and a
load is the pieces that one worker is given at a time, their items numbered through.
"""

from __future__ import annotations

import bisect
import itertools
from typing import Any, NamedTuple

from fetcher.pool.chunks import Call, Chunk, Errors
from fetcher.pool.processes.wire import dump_items

__all__ = ["ChunkJob", "Load", "Piece"]


class ChunkJob:
    """A chunk with its items pickled, and the outcomes that have arrived so far."""

    __slots__ = ("chunk", "errors", "items", "missing", "values")

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.items, self.errors = dump_items(chunk.items, chunk.call, chunk.start)
        self.values: list[Any] = [None] * len(chunk)
        self.missing = len(chunk) - len(self.errors)

    def pieces(self) -> list[Piece]:
        """Return the runs of items between those that already have an error."""
        if not self.errors:
            return [Piece(self, 0, len(self.values))]
        bounds = [-1, *sorted(self.errors), len(self.values)]
        runs = itertools.pairwise(bounds)
        return [Piece(self, low + 1, high) for low, high in runs if high - low > 1]

    def record(self, start: int, values: list[Any], errors: Errors) -> None:
        """Record the outcomes of the items from `start` on."""
        if len(values) == len(self.values):
            self.values = values
        else:
            self.values[start : start + len(values)] = values
        if errors:
            self.errors.update((start + position, error) for position, error in errors.items())
        self.missing -= len(values)


class Piece(NamedTuple):
    """The items from `start` up to, not including, `stop` of a job.

    `mark_each` is set when one of them is known to kill its worker.
    """

    job: ChunkJob
    start: int
    stop: int
    mark_each: bool = False


class Load:
    """Pieces of one call that one worker is given, and how many of their items have an outcome.

    Args:
        pieces: one or more, all of the same call.
        given_at: when, in seconds on the monotonic clock.
    """

    __slots__ = ("_firsts", "call", "given_at", "pieces", "reached")

    def __init__(self, pieces: list[Piece], given_at: float) -> None:
        self.pieces = pieces
        self.call: Call = pieces[0].job.chunk.call
        self.given_at = given_at
        # The outcomes of the items below this number have arrived.
        self.reached = 0
        # The number of each piece's first item, then the number of all items.
        lengths = (piece.stop - piece.start for piece in pieces)
        self._firsts = list(itertools.accumulate(lengths, initial=0))

    @property
    def can_flush(self) -> bool:
        """True if results can exist while another item is running."""
        return len(self) - self.reached > 1 and self.call.time_limit is None

    def piece_of(self, item: int) -> int:
        """Return the number of the piece that an item is in."""
        return min(bisect.bisect_right(self._firsts, item), len(self.pieces)) - 1

    def bounds(self, piece: int) -> tuple[int, int]:
        """Return the numbers of a piece's first item and of the item after its last."""
        return self._firsts[piece], self._firsts[piece + 1]

    def place(self, item: int) -> tuple[ChunkJob, int]:
        """Return an item's job and its position in the job."""
        number = self.piece_of(item)
        piece = self.pieces[number]
        return piece.job, piece.start + item - self._firsts[number]

    def record(self, values: list[Any], errors: Errors) -> list[ChunkJob]:
        """Record the next outcomes; return the jobs that they complete."""
        completed = []
        first, end = self.reached, self.reached + len(values)
        number = self.piece_of(first)
        while self.reached < end:
            job, position = self.place(self.reached)
            low, high = self.reached - first, min(end, self._firsts[number + 1]) - first
            its_errors = {p - low: e for p, e in errors.items() if low <= p < high}
            whole = high - low == len(values)
            job.record(position, values if whole else values[low:high], its_errors)
            if not job.missing:
                completed.append(job)
            self.reached = first + high
            number += 1
        return completed

    def cut(self, first: int, stop: int, mark_each: bool = False) -> list[Piece]:
        """Return the items from `first` up to, not including, `stop` as pieces."""
        parts = []
        for piece, begin in zip(self.pieces, self._firsts, strict=False):
            low = max(piece.start, piece.start + first - begin)
            high = min(piece.stop, piece.start + stop - begin)
            if low < high:
                parts.append(Piece(piece.job, low, high, mark_each or piece.mark_each))
        return parts

    def give_back(self, piece: int) -> list[Piece]:
        """Remove the pieces from this one on, and return them."""
        back = self.pieces[piece:]
        del self.pieces[piece:]
        del self._firsts[piece + 1 :]
        return back

    def __len__(self) -> int:
        return self._firsts[-1]
