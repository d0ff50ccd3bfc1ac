"""What goes through the pipe between the pool and a worker, and what cannot.

Two numbers for each worker in shared memory: what it runs, and where it must stop.
"""

from __future__ import annotations

import copyreg
import enum
import io
import pickle
import struct
from collections import ChainMap
from collections.abc import Sequence
from multiprocessing.heap import Arena
from multiprocessing.reduction import ForkingPickler
from typing import Any, NamedTuple, cast

from fetcher.pool.chunks import Call, Errors, How
from fetcher.pool.pool_errors import NotPicklable
from fetcher.pool.remote_errors import pack

__all__ = ["Say", "WorkOrder", "dump_call", "dump_items", "dump_reply", "load_reply", "say_of"]

_HINT = (
    "define it at the top level of a module that can be imported, "
    "not as a lambda, inside another function or at a prompt"
)
# What a reply is, and how many items it accounts for; the pickle follows.
_HEAD = struct.Struct("<BI")


# What ForkingPickler knows beyond pickle (sockets and the like). It builds this table
# anew for every object, which takes longer than pickling a small one.
_REDUCERS: Any = ChainMap(cast("Any", ForkingPickler)._extra_reducers, copyreg.dispatch_table)


def _dumps(value: object) -> bytes:
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(value)
    return buffer.getvalue()


class Say(enum.IntEnum):
    """What a worker's reply means."""

    READY = 0  # started, initialized and waiting
    UNFIT = 1  # the initializer failed; the exception follows
    BEGUN = 2  # function and arguments are loaded, the first item begins
    PART = 3  # some items have ended, more follow
    LAST = 4  # some items have ended, and no more are begun; waiting again


_SAYS = tuple(Say)


class WorkOrder(NamedTuple):
    """What a worker is told to do: apply a function to the items of some pieces."""

    function: bytes | None  # None: the same as last time
    how: How
    # Of each piece: the pickled items of its chunk, which of them to run, and whether to
    # mark each of them.
    pieces: list[tuple[bytes, int, int, bool]]
    limited: bool

    @property
    def may_be_asked(self) -> bool:
        """Whether results can be there while another item is running."""
        items = sum(stop - start for _, start, stop, _ in self.pieces)
        return items > 1 and not self.limited


def dump_call(call: Call) -> bytes:
    """Pickle a call's function.

    Raises:
        NotPicklable: with the reason, and what to do.
    """
    try:
        return _dumps(call.func)
    except Exception as why:
        raise NotPicklable(
            f"the function {call.name} cannot be pickled, "
            f"so no other process can run it: {why}; {_HINT}"
        ) from why


def dump_items(items: Sequence[Any], call: Call, first: int) -> tuple[bytes, Errors]:
    """Pickle the items of a chunk; those that cannot be pickled are left out, with an error."""
    try:
        return _dumps(items), {}
    except Exception as failed:  # which of them it is, is found out one by one
        errors = _culprits(items) or dict.fromkeys(range(len(items)), failed)
    for position, why in errors.items():
        error = NotPicklable(
            f"the argument of item {first + position} for {call.name}, a "
            f"{type(items[position]).__qualname__}, cannot be pickled: {why!r}"
        )
        error.__cause__ = why
        errors[position] = error
    kept = [None if position in errors else item for position, item in enumerate(items)]
    return _dumps(kept), errors


def dump_reply(say: Say, values: list[Any], errors: Errors) -> bytes:
    """Pickle the outcomes of some items; a value that cannot be pickled becomes an error."""
    head = _HEAD.pack(say, len(values))
    try:
        return head + _dumps((values, pack(errors)))
    except Exception:  # found out one by one below
        for position, why in _culprits(values).items():
            kind = type(values[position]).__qualname__
            values[position] = None
            errors[position] = NotPicklable(f"the result, a {kind}, cannot be pickled: {why!r}")
        return head + _dumps((values, pack(errors)))


def _culprits(objects: Sequence[Any]) -> Errors:
    """Pickle objects one by one; return what those raised that cannot be pickled."""
    errors: Errors = {}
    for position, value in enumerate(objects):
        try:
            _dumps(value)
        except Exception as why:  # whatever a __reduce__ raises
            errors[position] = why
    return errors


def say_of(reply: bytes) -> Say:
    """Return what a reply says."""
    return _SAYS[reply[0]]


def load_reply(reply: bytes) -> tuple[list[Any], Errors]:
    """Unpickle the outcomes in a reply, each an error if they cannot be unpickled here."""
    try:
        values, errors = pickle.loads(memoryview(reply)[_HEAD.size :])
    except Exception as why:  # whatever a constructor raises
        count = _HEAD.unpack_from(reply)[1]
        error = NotPicklable(f"the result was pickled but cannot be unpickled here: {why!r}")
        error.__cause__ = why
        return [None] * count, dict.fromkeys(range(count), error)
    return values, errors


def load_order(message: bytes) -> WorkOrder:
    """Unpickle what a worker is told to do."""
    return WorkOrder(*pickle.loads(message))


def dump_order(order: WorkOrder) -> bytes:
    """Pickle what a worker is told to do."""
    return pickle.dumps(tuple(order), pickle.HIGHEST_PROTOCOL)


def loading_failed(what: str, why: BaseException) -> NotPicklable:
    """Return the error of items whose function or arguments a worker could not load."""
    error = NotPicklable(f"{what} cannot be unpickled in the worker process: {why!r}; {_HINT}")
    error.__cause__ = why
    return error


__all__ = ["LOADING", "NOT_BEGUN", "NO_STOP", "Mark", "WorkerMarks", "several"]

# The mark of a worker that has not begun what it was given last.
NOT_BEGUN = (1 << 64) - 1
# Added to the mark of a piece's first item while the piece is being unpickled.
LOADING = 1 << 63
# Where the mark of several items says how many more than one they are.
_MORE = 40
NO_STOP = (1 << 64) - 1


def several(first: int, count: int) -> int:
    """Return the mark of so many items from the first on, of which one is running."""
    return first + (count - 1 << _MORE)


class Mark(NamedTuple):
    """What a worker was doing: loading a piece, or running one of so many items."""

    first: int
    items: int
    loading: bool

    @classmethod
    def read(cls, word: int) -> Mark | None:
        """Make sense of a mark; None if what was given last has not begun."""
        if word == NOT_BEGUN:
            return None
        low = word & ~LOADING
        return cls(low & ((1 << _MORE) - 1), (low >> _MORE) + 1, bool(word & LOADING))


class WorkerMarks:
    """What is known of each worker without a message, and also after its death.

    `running[slot]` is written by the worker before each item, or each few tiny
    ones: their number in the worker's load. `stop[slot]` is written by the pool: the number of the
    piece that the worker must not begin any more. Writing one costs some 30 ns,
    a message a hundred times that.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._arena = Arena(16 * count)
        self._map()

    def _map(self) -> None:
        words = memoryview(self._arena.buffer).cast("Q")
        self.running = words[: self._count]
        self.stop = words[self._count : 2 * self._count]

    def __getstate__(self) -> tuple[int, Arena]:
        return self._count, self._arena

    def __setstate__(self, state: tuple[int, Arena]) -> None:
        self._count, self._arena = state
        self._map()
