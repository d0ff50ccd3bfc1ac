"""What one worker has been given: some pieces, their items numbered through."""

from __future__ import annotations

import bisect
import itertools
from typing import Any

from fetcher.pool.calls import Errors
from fetcher.pool.chunks import Call
from fetcher.pool.processes.jobs import Job, Piece

__all__ = ["Load"]


class Load:
    """Pieces of one call, and how many of their items have an outcome."""

    __slots__ = ("_firsts", "call", "given_at", "pieces", "reached")

    def __init__(self, pieces: list[Piece], given_at: float) -> None:
        self.pieces = pieces
        self.call: Call = pieces[0].job.chunk.call
        # The time on the monotonic clock.
        self.given_at = given_at
        # The outcomes of the items below this number have come.
        self.reached = 0
        # The number of each piece's first item, and at last of all items.
        lengths = (piece.stop - piece.start for piece in pieces)
        self._firsts = list(itertools.accumulate(lengths, initial=0))

    @property
    def may_be_asked(self) -> bool:
        """Whether results can be there while another item is running."""
        return len(self) - self.reached > 1 and self.call.time_limit is None

    def piece_of(self, item: int) -> int:
        """Return which piece an item is in."""
        return min(bisect.bisect_right(self._firsts, item), len(self.pieces)) - 1

    def bounds(self, piece: int) -> tuple[int, int]:
        """Return the numbers of a piece's first item and of the one after its last."""
        return self._firsts[piece], self._firsts[piece + 1]

    def place(self, item: int) -> tuple[Job, int]:
        """Return an item's job and its position there."""
        number = self.piece_of(item)
        piece = self.pieces[number]
        return piece.job, piece.start + item - self._firsts[number]

    def record(self, values: list[Any], errors: Errors) -> list[Job]:
        """Note the next outcomes; return the jobs that these completed."""
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

    def cut(self, first: int, stop: int, careful: bool = False) -> list[Piece]:
        """Return the items from `first` to `stop` as pieces."""
        parts = []
        for piece, begin in zip(self.pieces, self._firsts, strict=False):
            low = max(piece.start, piece.start + first - begin)
            high = min(piece.stop, piece.start + stop - begin)
            if low < high:
                parts.append(Piece(piece.job, low, high, careful or piece.careful))
        return parts

    def give_back(self, piece: int) -> list[Piece]:
        """Take the pieces from that one on out of the load, and return them."""
        back = self.pieces[piece:]
        del self.pieces[piece:]
        del self._firsts[piece + 1 :]
        return back

    def __len__(self) -> int:
        return self._firsts[-1]
