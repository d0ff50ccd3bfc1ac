"""From a configuration to a monitor that runs until it is told to stop."""

import asyncio
import gc
import logging
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace

from fetcher.descriptors import make_room
from fetcher.monitor.clock import Clock
from fetcher.monitor.configuration import Changed, PlanError, read_plan
from fetcher.monitor.history import Reader, open_store
from fetcher.monitor.live import Live
from fetcher.monitor.monitor import Monitor
from fetcher.monitor.plan import ChannelSettings, PageSettings, Plan
from fetcher.monitor.schedule import capacity, feasibility
from fetcher.monitor.service import Service
from fetcher.monitor.signals import on_signals
from fetcher.notify.base import Channel
from fetcher.notify.opening import open_channel

_log = logging.getLogger(__name__)

_LOOK_AT_FILES = 2.0
"""Seconds between two looks at whether the configuration has changed."""

Page = AbstractAsyncContextManager[object]
MakePage = Callable[[Live, Reader, PageSettings], Page]


async def run_daemon(path: str, plan: Plan, make_page: MakePage) -> None:
    """Watch by a plan, read from the file at `path`, until SIGTERM or SIGINT.

    make_page: makes the status page; entering it serves it, and raises OSError when it cannot be.
    Raises StoreError when the database cannot be opened, OSError when the page cannot be served,
    and ValueError for a channel that cannot be opened.
    """
    clock = Clock()
    store = open_store(plan.monitor.database, plan.monitor, clock.wall())
    if store.notice:
        _log.warning("database", {"text": store.notice})
    reader = Reader(plan.monitor.database)
    try:
        monitor = Monitor(_fitting(plan), store, reader, open_channels(plan), clock=clock)
        _calm_collector()
        await _Daemon(path, monitor, reader, make_page).run()
    finally:
        reader.close()
        await store.close()


def _calm_collector() -> None:
    """Keep the garbage collector from stopping everything for half a second, again and again.

    Every check replaces a few objects of the hundreds of thousands that stay, which looks to it
    like growth. What a connection leaves behind (cycles, some 6 KB) is found by the collections
    of young objects, if those come seldom enough for few connections to be under way meanwhile;
    what gets past them waits for the full collection, half an hour later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 1_000)


def open_channels(plan: Plan) -> dict[str, Channel]:
    """Open the channels of a plan, by name; raises ValueError."""
    return {each.name: _opened(each) for each in plan.channels}


def _opened(settings: ChannelSettings) -> Channel:
    return open_channel(settings.name, settings.kind, settings.options)


def _fitting(plan: Plan) -> Plan:
    """Ask for no more connections at once than this process may open."""
    room = make_room(plan.fetch.concurrency)
    if room.notice:
        _log.warning("notice", {"text": room.notice})
    return replace(plan, fetch=replace(plan.fetch, concurrency=room.concurrency))


class _Daemon:
    """Runs a monitor with its page; obeys signals and changed files."""

    def __init__(self, path: str, monitor: Monitor, reader: Reader, make_page: MakePage) -> None:
        self._path = path
        self._monitor = monitor
        self._reader = reader
        self._make_page = make_page
        self._page = AsyncExitStack()
        self._service = Service(os.environ)
        self._wanted = asyncio.Event()

    async def run(self) -> None:
        """Run until the end."""
        monitor = self._monitor
        try:
            await self._serve(monitor.plan.page)
        except OSError as error:
            raise OSError(_not_served(monitor.plan.page, error)) from error
        try:
            with on_signals(stop=self._stop, abort=monitor.abort, reload=self._wanted.set):
                around = [
                    asyncio.create_task(self._watch_files()),
                    asyncio.create_task(self._reload_when_wanted()),
                    asyncio.create_task(self._feed_watchdog()),
                ]
                self._service.ready(f"watching {len(monitor.plan.targets):,} targets")
                _log.info("watching", {"targets": len(monitor.plan.targets)})
                try:
                    await monitor.run()
                finally:
                    for task in around:
                        task.cancel()
                    await asyncio.gather(*around, return_exceptions=True)
        finally:
            await self._page.aclose()
        _log.info("stopped")

    def _stop(self) -> None:
        _log.info("stopping", {"running": self._monitor.vitals().running})
        self._service.stopping()
        self._monitor.stop()

    async def _serve(self, settings: PageSettings) -> None:
        """Serve the page, in place of the one that was served before."""
        await self._page.aclose()
        self._page = AsyncExitStack()
        if settings.listen:
            page = self._make_page(self._monitor, self._reader, settings)
            await self._page.enter_async_context(page)

    async def _watch_files(self) -> None:
        """Ask for a reload when the configuration or one of its lists has changed."""
        files, changed = self._monitor.plan.files, Changed(self._monitor.plan.files)
        while True:
            await asyncio.sleep(_LOOK_AT_FILES)
            if self._monitor.plan.files != files:
                files, changed = self._monitor.plan.files, Changed(self._monitor.plan.files)
            if changed():
                self._wanted.set()

    async def _reload_when_wanted(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            self._service.reloading()
            try:
                await self._reload()
            except Exception as error:  # the old configuration is in force, and the next may do
                _log.exception("configuration not taken")
                self._monitor.refuse(f"internal error: {error!r}")
            self._service.ready(f"watching {len(self._monitor.plan.targets):,} targets")

    async def _reload(self) -> None:
        """Read the configuration again; one with mistakes changes nothing."""
        before = self._monitor.plan
        try:
            plan = await asyncio.to_thread(_read, self._path)
            channels = open_channels(plan)
        except PlanError as error:
            self._refuse("; ".join(error.mistakes))
            return
        except ValueError as error:
            self._refuse(str(error))
            return
        if plan.monitor.database != before.monitor.database:
            text = "another database is used only after a restart"
            _log.warning("notice", {"text": text})
        for notice in plan.notices:
            _log.warning("notice", {"text": notice})
        await self._monitor.replan(_fitting(plan), channels)
        if plan.page != before.page:
            await self._serve_another(plan.page, before.page)
        _log.info("reloaded", {"targets": len(plan.targets)})

    async def _serve_another(self, settings: PageSettings, before: PageSettings) -> None:
        try:
            await self._serve(settings)
        except OSError as error:
            self._refuse(_not_served(settings, error))
            try:
                await self._serve(before)
            except OSError as again:  # someone was quicker; what is watched is watched all the same
                self._refuse(_not_served(before, again))

    def _refuse(self, why: str) -> None:
        _log.error("configuration not taken", {"path": self._path, "why": why})
        self._monitor.refuse(why)

    async def _feed_watchdog(self) -> None:
        """Tell the service manager that the loop runs, as often as it wants to hear."""
        pause = self._service.watchdog
        while pause is not None:
            self._service.alive()
            await asyncio.sleep(pause)


def _not_served(settings: PageSettings, error: OSError) -> str:
    """Say in plain words why the page is not there."""
    # What asyncio says of an address that it cannot have, it says as programmers do.
    number = error.errno or 0
    why = os.strerror(number) if number > 0 else error.strerror or error
    return f"the page cannot be served at {settings.listen}: {why}"


def _read(path: str) -> Plan:
    """Read a configuration; raises PlanError, also for a plan that cannot be carried."""
    plan = read_plan(path, os.environ)
    chances = feasibility(plan, capacity(plan.targets))
    if chances.refusals:
        raise PlanError(chances.refusals)
    return plan
