"""How much of its thread's time a coroutine takes for itself."""

import time
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

R = TypeVar("R")


@types.coroutine
def metered(
    coroutine: Coroutine[Any, Any, R],
    spent: Callable[[float], None],
    clock: Callable[[], float] = time.perf_counter,
) -> Generator[Any, Any, R]:
    """Await a coroutine, and tell the seconds that it ran, without those that it waited.

    spent: called once, when it has ended in whatever way.
    """
    seconds = 0.0
    step, sent = coroutine.send, None
    try:
        while True:
            began = clock()
            try:
                waits_for = step(sent)
            except StopIteration as end:
                result: R = end.value
                return result
            finally:
                seconds += clock() - began
            try:
                sent = yield waits_for
                step = coroutine.send
            except BaseException as error:
                step, sent = coroutine.throw, error
    finally:
        spent(seconds)
