"""The errors that the pool itself reports, apart from what an item's function raises."""

from __future__ import annotations

import pickle

__all__ = [
    "NotPicklable",
    "PoolBroken",
    "PoolError",
    "PoolTerminated",
    "TimeLimitExceeded",
    "WorkerDied",
]


class PoolError(Exception):
    """Base of the errors that the pool itself reports."""


class WorkerDied(PoolError):
    """The worker died while it ran the item; only this item fails."""


class TimeLimitExceeded(PoolError, TimeoutError):
    """The item ran longer than its time limit and was stopped."""


class NotPicklable(PoolError, pickle.PicklingError):
    """A function, an argument or a result cannot travel between processes.

    The message says which of them and why; `__cause__` is the original error.
    """


class PoolTerminated(PoolError):
    """The pool was terminated before the item had finished."""


class PoolBroken(PoolError):
    """No worker can be started, so nothing can run; the message says why."""
