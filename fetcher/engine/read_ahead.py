"""Reads an input ahead of the work, only as far as it is wanted."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from contextlib import aclosing
from typing import Generic, TypeVar

T = TypeVar("T")

_ITEMS_PER_TURN = 64
"""Items to read before everything else on the loop gets a turn."""


class ReadAhead(Generic[T]):
    """Reads items in a task of its own, so that a slow input holds up nothing else.

    Args:
        items: A plain or async iterable, possibly endless.
        take: Called with each item.
        wants_more: Says whether to read on; called after each item and after each `wake`.
        at_end: Called when the input has ended or raised.
    """

    def __init__(
        self,
        items: Iterable[T] | AsyncIterable[T],
        take: Callable[[T], None],
        wants_more: Callable[[], bool],
        at_end: Callable[[], None],
    ) -> None:
        self._items = items
        self._take = take
        self._wants_more = wants_more
        self._at_end = at_end
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.all_read = False
        """True if the input has ended."""

    def begin(self) -> None:
        """Start reading."""
        self._task = asyncio.create_task(self._read(), name="read ahead")
        self._task.add_done_callback(lambda _: self._at_end())

    def wake(self) -> None:
        """Check again whether more is wanted."""
        self._wake.set()

    def ended(self) -> bool:
        """Return True if nothing more will come; raise what the input raised."""
        if self._task is None or not self._task.done():
            return False
        self._task.result()
        return True

    async def aclose(self) -> None:
        """Stop reading, and close the input if it can be closed."""
        task, interrupted = self._task, None
        if task is None:
            return
        task.cancel()
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError as again:
                # Cancelled while cleaning up; nothing may be left running, so finish first.
                interrupted = again
        if not task.cancelled():
            task.exception()  # marks it as seen: it was raised already, or nobody wants it now
        if interrupted is not None:
            raise interrupted

    async def _read(self) -> None:
        async with aclosing(_one_by_one(self._items)) as items:
            count = 0
            async for item in items:
                self._take(item)
                count += 1
                if count % _ITEMS_PER_TURN == 0:
                    await asyncio.sleep(0)
                while not self._wants_more():
                    self._wake.clear()
                    await self._wake.wait()
        self.all_read = True


async def _one_by_one(items: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[T, None]:
    if not isinstance(items, AsyncIterable):
        for item in items:
            yield item
        return
    iterator = aiter(items)
    try:
        async for item in iterator:
            yield item
    finally:
        aclose = getattr(iterator, "aclose", None)
        if aclose is not None:
            await aclose()
