"""Writing down what has happened, once a second, all of it or nothing."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from fetcher.monitor.commit import Commit
from fetcher.monitor.history import HistoryStore, StoreError
from fetcher.monitor.punctuality import Clock
from fetcher.monitor.state_tracker import StateTracker

_log = logging.getLogger(__name__)

_COMMIT_EVERY = 1.0
_UPKEEP_EVERY = 10.0


class CommitLoop:
    """Takes commits from the core to the store, one after the other.

    settle: called with the time before each commit, to bring together what belongs in it. written:
    called with each commit that is on the disk.
    """

    def __init__(
        self,
        core: StateTracker,
        store: HistoryStore,
        clock: Clock,
        settle: Callable[[float], None],
        written: Callable[[Commit], None],
    ) -> None:
        self.error = ""
        """Why the database cannot be written; "" when it can."""
        self._core = core
        self._store = store
        self._clock = clock
        self._settle = settle
        self._written = written
        self._one_at_a_time = asyncio.Lock()
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Commit once a second, and do what others have asked for meanwhile, until `stop`."""
        while not self._ended.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_COMMIT_EVERY):
                    await self._ended.wait()
            await self._carry_out()
            await self.commit()

    def stop(self) -> None:
        """Commit once more, and no more; a commit under way is never left alone."""
        self._ended.set()

    async def maintain(self) -> None:
        """Let the history roll up and forget, every ten seconds."""
        while True:
            await asyncio.sleep(_UPKEEP_EVERY)
            # When it cannot be written, the commits say so.
            with suppress(StoreError):
                await self._store.maintain(self._clock.wall())

    async def commit(self) -> None:
        """Write what has happened since the last time; what cannot be written is kept."""
        # Whoever waits may give up, such as a page that is closed. What was taken to be written is
        # to be sent, or to be taken back, all the same.
        await asyncio.shield(self._commit())

    async def _commit(self) -> None:
        async with self._one_at_a_time:
            self._settle(self._clock.wall())
            commit = self._core.take()
            if not commit:
                return
            try:
                await self._store.write(commit)
            except StoreError as error:
                self._core.give_back(commit)
                if not self.error:
                    _log.error("database cannot be written", {"error": str(error)})
                self.error = str(error)
                return
            except BaseException:
                self._core.give_back(commit)
                raise
            if self.error:
                _log.info("database can be written again")
            self.error = ""
            self._written(commit)

    async def _carry_out(self) -> None:
        """Do what was asked for from the command line."""
        try:
            given = await self._store.take_orders()
        except StoreError:
            return  # the commit will say so
        now, desk = self._clock.wall(), self._core.desk
        orders = [order for order in given if not desk.is_done(order)]
        for order in orders:
            done = desk.carry_out(order, now)
            facts = {"kind": order.kind.value, "subject": order.subject, "by": order.by}
            _log.info("order carried out" if done else "order that fits nothing", facts)
        if orders:
            self._core.refresh(now)
