"""How many bytes may be on their way at a time."""

import asyncio
from collections import deque


class ByteBudget:
    """Hands out a number of bytes, first come first served; whoever finds none left waits.

    What alone is more than the whole gets it when nothing else is out.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._out = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, count: int) -> None:
        """Wait for so many bytes; they are out until they are given back."""
        if not self._waiting and self._fits(count):
            self._out += count
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((count, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # its turn came at the same moment
                self.give_back(count)
            else:
                self._hand_out()  # it may have been the one that the others waited behind
            raise

    def give_back(self, count: int) -> None:
        """Let others have so many bytes."""
        self._out -= count
        self._hand_out()

    def _fits(self, count: int) -> bool:
        return not self._out or self._out + count <= self._limit

    def _hand_out(self) -> None:
        """Tell those in the queue whose turn has come."""
        waiting = self._waiting
        while waiting and (waiting[0][1].done() or self._fits(waiting[0][0])):
            count, turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._out += count
