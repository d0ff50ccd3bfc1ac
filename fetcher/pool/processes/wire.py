"""The wire format between the pool and its workers: pickled orders and replies, shared marks.

Orders and replies go through each worker's pipe. The marks, two numbers for each
worker in shared memory, say what it runs and where it must stop.
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

__all__ = [
    "LOADING",
    "NOT_BEGUN",
    "NO_STOP",
    "Mark",
    "ReplyKind",
    "WorkOrder",
    "WorkerMarks",
    "dump_call",
    "dump_items",
    "dump_order",
    "dump_reply",
    "load_order",
    "load_reply",
    "loading_failed",
    "mark_of",
    "reply_kind",
]

_HINT = (
    "define it at the top level of a module that can be imported, "
    "not as a lambda, inside another function or at a prompt"
)
# A reply's kind, and how many items it accounts for; the pickle follows.
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


class ReplyKind(enum.IntEnum):
    """What a worker's reply means."""

    READY = 0  # started, initialized, idle
    UNFIT = 1  # the initializer failed; the exception follows
    BEGUN = 2  # function and arguments are loaded, the first item begins
    PART = 3  # some items have finished, more follow
    LAST = 4  # some items have finished and no more begin; idle again


_REPLY_KINDS = tuple(ReplyKind)


class WorkOrder(NamedTuple):
    """What a worker is told to do: apply a function to the items of some pieces.

    Attributes:
        function: pickled; None for the same function as last time.
        how: how the function takes an item.
        pieces: for each the pickled items of its chunk, the first and the last item to run,
            and True if each item must be marked.
        limited: True if the items have a time limit.
    """

    function: bytes | None
    how: How
    pieces: list[tuple[bytes, int, int, bool]]
    limited: bool

    @property
    def can_flush(self) -> bool:
        """True if results can exist while another item is running."""
        items = sum(stop - start for _, start, stop, _ in self.pieces)
        return items > 1 and not self.limited


def dump_call(call: Call) -> bytes:
    """Pickle a call's function.

    Raises:
        NotPicklable: it cannot be pickled; the message says why and what to do.
    """
    try:
        return _dumps(call.func)
    except Exception as why:
        raise NotPicklable(
            f"the function {call.name} cannot be pickled, "
            f"so no other process can run it: {why}; {_HINT}"
        ) from why


def dump_items(items: Sequence[Any], call: Call, first: int) -> tuple[bytes, Errors]:
    """Pickle the items of a chunk; return an error for each that cannot be pickled."""
    try:
        return _dumps(items), {}
    except Exception as failed:  # one by one below, to find out which
        errors = _pickling_errors(items) or dict.fromkeys(range(len(items)), failed)
    for position, why in errors.items():
        error = NotPicklable(
            f"the argument of item {first + position} for {call.name}, a "
            f"{type(items[position]).__qualname__}, cannot be pickled: {why!r}"
        )
        error.__cause__ = why
        errors[position] = error
    kept = [None if position in errors else item for position, item in enumerate(items)]
    return _dumps(kept), errors


def dump_reply(kind: ReplyKind, values: list[Any], errors: Errors) -> bytes:
    """Pickle the outcomes of some items; a value that cannot be pickled becomes an error."""
    head = _HEAD.pack(kind, len(values))
    try:
        return head + _dumps((values, pack(errors)))
    except Exception:  # one by one below, to find out which
        for position, why in _pickling_errors(values).items():
            type_name = type(values[position]).__qualname__
            values[position] = None
            errors[position] = NotPicklable(
                f"the result, a {type_name}, cannot be pickled: {why!r}"
            )
        return head + _dumps((values, pack(errors)))


def _pickling_errors(objects: Sequence[Any]) -> Errors:
    """Pickle objects one by one; return the errors of those that cannot be pickled."""
    errors: Errors = {}
    for position, value in enumerate(objects):
        try:
            _dumps(value)
        except Exception as why:  # whatever a __reduce__ raises
            errors[position] = why
    return errors


def reply_kind(reply: bytes) -> ReplyKind:
    """Return the kind of a reply."""
    return _REPLY_KINDS[reply[0]]


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
    """Unpickle a worker's order."""
    return WorkOrder(*pickle.loads(message))


def dump_order(order: WorkOrder) -> bytes:
    """Pickle a worker's order."""
    return pickle.dumps(tuple(order), pickle.HIGHEST_PROTOCOL)


def loading_failed(what: str, why: BaseException) -> NotPicklable:
    """Return the error of items whose function or arguments a worker could not load."""
    error = NotPicklable(f"{what} cannot be unpickled in the worker process: {why!r}; {_HINT}")
    error.__cause__ = why
    return error


# The mark of a worker that has not begun its latest load.
NOT_BEGUN = (1 << 64) - 1
# Added to the mark of a piece's first item while the piece is being unpickled.
LOADING = 1 << 63
# The bit at which the mark of several items holds their number, less one.
_COUNT_SHIFT = 40
# The stop of a worker that may run all its pieces.
NO_STOP = (1 << 64) - 1


def mark_of(first: int, count: int) -> int:
    """Return the mark of `count` items from `first` on, one of which is running."""
    return first + (count - 1 << _COUNT_SHIFT)


class Mark(NamedTuple):
    """What a worker is doing: loading a piece, or running one of `items` items from `first` on."""

    first: int
    items: int
    loading: bool

    @classmethod
    def read(cls, word: int) -> Mark | None:
        """Decode a mark; None if the latest load has not begun."""
        if word == NOT_BEGUN:
            return None
        low = word & ~LOADING
        return cls(low & ((1 << _COUNT_SHIFT) - 1), (low >> _COUNT_SHIFT) + 1, bool(word & LOADING))


class WorkerMarks:
    """What is known of each worker without a message, even after its death.

    `running[slot]` is written by the worker before each item, or each few tiny ones:
    the item's number in the worker's load. `stop[slot]` is written by the pool: the
    number of the piece that the worker must no longer begin. Writing a mark costs
    about 30 ns, a message a hundred times that.
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
