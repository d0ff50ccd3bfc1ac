"""Waiting for what is to come, however long a busy machine takes."""

import asyncio
from collections.abc import Callable

LONGEST = 90.0
"""Seconds after which it will not come."""


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; fails when it does not come to that."""
    try:
        async with asyncio.timeout(LONGEST):
            while not holds():  # noqa: ASYNC110 - another process sets no event here
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"in vain waited for: {what}") from None
