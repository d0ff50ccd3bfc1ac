"""Apply one function to many items, on coroutines, threads, processes or any executor.

`amap` is for code that runs on an event loop, `Pool` for ordinary code. Each name
is imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

# Not on first use like the rest: the function must win over the module of the same name.
from fetcher.pool.amap import amap

if TYPE_CHECKING:
    from fetcher.pool.async_result import AsyncResult
    from fetcher.pool.ordering import Reorder, Window
    from fetcher.pool.pool import Pool
    from fetcher.pool.pool_errors import (
        NotPicklable,
        PoolBroken,
        PoolError,
        PoolTerminated,
        TimeLimitExceeded,
        WorkerDied,
    )
    from fetcher.pool.result_iterator import ResultIterator

__all__ = [
    "AsyncResult",
    "NotPicklable",
    "Pool",
    "PoolBroken",
    "PoolError",
    "PoolTerminated",
    "Reorder",
    "ResultIterator",
    "TimeLimitExceeded",
    "Window",
    "WorkerDied",
    "amap",
]

_MODULES = {
    "AsyncResult": "async_result",
    "NotPicklable": "pool_errors",
    "Pool": "pool",
    "PoolBroken": "pool_errors",
    "PoolError": "pool_errors",
    "PoolTerminated": "pool_errors",
    "Reorder": "ordering",
    "ResultIterator": "result_iterator",
    "TimeLimitExceeded": "pool_errors",
    "Window": "ordering",
    "WorkerDied": "pool_errors",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
