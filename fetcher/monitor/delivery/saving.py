"""Writes down what became of messages, until that succeeds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from fetcher.monitor.commit import Commit

_log = logging.getLogger(__name__)

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


async def save(
    commit: Callable[[Commit], Awaitable[None]], changes: Commit, closing: asyncio.Event
) -> bool:
    """Commit the changes, and again after a pause while that fails; whether it succeeded.

    What was sent is never sent again because it could not be written down. It is tried for as long
    as `closing` is not set, and then once more.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            await commit(changes)
        except Exception as error:  # whatever it is, to send once more would not mend it
            _log.error("what became of messages cannot be written down: %s", error)
        else:
            return True
        if closing.is_set():
            return False
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await closing.wait()
        pause = min(2 * pause, _LONGEST_PAUSE)
