"""Writing what has happened once a second, all of it or nothing."""

import asyncio
import logging
from contextlib import suppress

from fetcher.monitor.events import Events
from fetcher.monitor.history import HistoryStore, StoreError
from fetcher.monitor.punctuality import Clock
from fetcher.monitor.state_tracker import StateTracker

_log = logging.getLogger(__name__)

_COMMIT_EVERY = 1.0
_UPKEEP_EVERY = 10.0


class CommitLoop:
    """Takes commits from the state tracker to the store, one after the other.

    Reports each as `Events.committing` before it is taken, and as `Events.committed` once it is on
    disk.
    """

    def __init__(
        self, tracker: StateTracker, store: HistoryStore, clock: Clock, events: Events
    ) -> None:
        self.error = ""
        """Why the database cannot be written; "" if it can."""
        self._tracker = tracker
        self._store = store
        self._clock = clock
        self._events = events
        self._one_at_a_time = asyncio.Lock()
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Commit once a second, and carry out orders in between, until `stop`."""
        while not self._stopped.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_COMMIT_EVERY):
                    await self._stopped.wait()
            await self._carry_out_orders()
            await self.commit()

    def stop(self) -> None:
        """Commit once more, then end; a commit in progress is never interrupted."""
        self._stopped.set()

    async def maintain(self) -> None:
        """Roll up and purge the history every ten seconds, until cancelled."""
        while True:
            await asyncio.sleep(_UPKEEP_EVERY)
            # If it cannot be written, the commits report that.
            with suppress(StoreError):
                await self._store.maintain(self._clock.wall())

    async def commit(self) -> None:
        """Write what has happened since the last commit; what cannot be written is kept."""
        # The caller may give up waiting, for example because a page is closed. What was taken
        # must still be either sent or given back.
        await asyncio.shield(self._commit())

    async def _commit(self) -> None:
        async with self._one_at_a_time:
            self._events.committing(self._clock.wall())
            commit = self._tracker.take()
            if not commit:
                return
            try:
                await self._store.write(commit)
            except StoreError as error:
                self._tracker.give_back(commit)
                if not self.error:
                    _log.error("database cannot be written", {"error": str(error)})
                self.error = str(error)
                return
            except BaseException:
                self._tracker.give_back(commit)
                raise
            if self.error:
                _log.info("database can be written again")
            self.error = ""
            self._events.committed(commit)

    async def _carry_out_orders(self) -> None:
        """Carry out what was asked for on the command line."""
        try:
            given = await self._store.take_orders()
        except StoreError:
            return  # the commit will report it
        now, incidents = self._clock.wall(), self._tracker.incidents
        orders = [order for order in given if not incidents.is_done(order)]
        for order in orders:
            done = incidents.carry_out(order, now)
            facts = {"kind": order.kind.value, "subject": order.subject, "by": order.by}
            _log.info("order carried out" if done else "order matches nothing", facts)
        if orders:
            self._tracker.refresh(now)
