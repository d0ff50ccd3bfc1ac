"""The monitor as a service: started from a configuration, reloaded, and stopped by signals."""

import asyncio
import gc
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager, suppress
from dataclasses import replace

from fetcher.engine.fd_limit import raise_fd_limit
from fetcher.monitor.config import FileWatcher, PlanError, read_plan
from fetcher.monitor.history import HistoryReader, open_store
from fetcher.monitor.live_view import Live
from fetcher.monitor.monitor import Monitor
from fetcher.monitor.plan import ChannelSettings, PageSettings, Plan
from fetcher.monitor.punctuality import Clock
from fetcher.monitor.schedule import capacity, feasibility
from fetcher.notify.channel import Channel
from fetcher.notify.open_channel import open_channel

_log = logging.getLogger(__name__)

_LOOK_AT_FILES = 2.0
"""Seconds between two looks at whether the configuration has changed."""

Page = AbstractAsyncContextManager[object]
MakePage = Callable[[Live, HistoryReader, PageSettings], Page]


async def run_daemon(path: str, plan: Plan, make_page: MakePage) -> None:
    """Run a monitor until SIGTERM or SIGINT.

    Args:
        path: The configuration file, read again when it changes.
        plan: What was read from it.
        make_page: Makes the status page; entering it serves it.

    Raises:
        StoreError: The database cannot be opened.
        OSError: The page cannot be served.
        ValueError: A channel cannot be opened.
    """
    clock = Clock()
    store = open_store(plan.monitor.database, plan.monitor, clock.wall())
    if store.notice:
        _log.warning("database", {"text": store.notice})
    reader = HistoryReader(plan.monitor.database)
    try:
        monitor = Monitor(_fitting(plan), store, reader, open_channels(plan), clock=clock)
        _calm_collector()
        await _Daemon(path, monitor, reader, make_page).run()
    finally:
        reader.close()
        await store.close()


def _calm_collector() -> None:
    """Keep the garbage collector from pausing the process for half a second, again and again.

    Every check replaces a few of the hundreds of thousands of objects that stay, which looks like
    growth to it. What a connection leaves behind (cycles, some 6 KB) is found by the collections of
    young objects, if these are rare enough for few connections to be open meanwhile; whatever gets
    past them waits for the full collection half an hour later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 1_000)


def open_channels(plan: Plan) -> dict[str, Channel]:
    """Open the channels of a plan, by name; raise ValueError if one cannot be opened."""
    return {each.name: _opened(each) for each in plan.channels}


def _opened(settings: ChannelSettings) -> Channel:
    return open_channel(settings.name, settings.kind, settings.options)


def _fitting(plan: Plan) -> Plan:
    """Limit the concurrency to the connections that this process may open."""
    room = raise_fd_limit(plan.fetch.concurrency)
    if room.notice:
        _log.warning("notice", {"text": room.notice})
    return replace(plan, fetch=replace(plan.fetch, concurrency=room.concurrency))


class _Daemon:
    """Runs a monitor with its page; obeys signals, and reloads when files change."""

    def __init__(
        self, path: str, monitor: Monitor, reader: HistoryReader, make_page: MakePage
    ) -> None:
        self._path = path
        self._monitor = monitor
        self._reader = reader
        self._make_page = make_page
        self._page = AsyncExitStack()
        self._service = ServiceManager(os.environ)
        self._reload_wanted = asyncio.Event()

    async def run(self) -> None:
        """Run until the monitor stops."""
        monitor = self._monitor
        try:
            await self._serve(monitor.plan.page)
        except OSError as error:
            raise OSError(_not_served(monitor.plan.page, error)) from error
        try:
            with on_signals(stop=self._stop, abort=monitor.abort, reload=self._reload_wanted.set):
                around = [
                    asyncio.create_task(self._watch_files()),
                    asyncio.create_task(self._reload_when_wanted()),
                    asyncio.create_task(self._feed_watchdog()),
                ]
                self._service.ready(self._status())
                _log.info("monitoring", {"targets": len(monitor.plan.targets)})
                try:
                    await monitor.run()
                finally:
                    for task in around:
                        task.cancel()
                    await asyncio.gather(*around, return_exceptions=True)
        finally:
            await self._page.aclose()
        _log.info("stopped")

    def _status(self) -> str:
        return f"monitoring {len(self._monitor.plan.targets):,} targets"

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
        files, changed = self._monitor.plan.files, FileWatcher(self._monitor.plan.files)
        while True:
            await asyncio.sleep(_LOOK_AT_FILES)
            if self._monitor.plan.files != files:
                files, changed = self._monitor.plan.files, FileWatcher(self._monitor.plan.files)
            if changed():
                self._reload_wanted.set()

    async def _reload_when_wanted(self) -> None:
        while True:
            await self._reload_wanted.wait()
            self._reload_wanted.clear()
            self._service.reloading()
            try:
                await self._reload()
            except Exception as error:  # the old configuration stays in force; the next may do
                _log.exception("configuration rejected")
                self._monitor.refuse(f"internal error: {error!r}")
            self._service.ready(self._status())

    async def _reload(self) -> None:
        """Read the configuration again; one with errors changes nothing."""
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
            text = "a different database takes effect only after a restart"
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
            except OSError as again:  # the address was taken meanwhile; monitoring goes on
                self._refuse(_not_served(before, again))

    def _refuse(self, why: str) -> None:
        _log.error("configuration rejected", {"path": self._path, "why": why})
        self._monitor.refuse(why)

    async def _feed_watchdog(self) -> None:
        """Report to the service manager, as often as it wants, that the event loop runs."""
        pause = self._service.watchdog
        while pause is not None:
            self._service.alive()
            await asyncio.sleep(pause)


def _not_served(settings: PageSettings, error: OSError) -> str:
    """Explain in plain words why the page cannot be served."""
    # asyncio's own message about an address that is in use is written for programmers.
    number = error.errno or 0
    why = os.strerror(number) if number > 0 else error.strerror or error
    return f"the page cannot be served at {settings.listen}: {why}"


def _read(path: str) -> Plan:
    """Read a configuration; raise PlanError also for a plan that cannot be carried out."""
    plan = read_plan(path, os.environ)
    chances = feasibility(plan, capacity(plan.targets))
    if chances.refusals:
        raise PlanError(chances.refusals)
    return plan


@contextmanager
def on_signals(
    *, stop: Callable[[], None], abort: Callable[[], None], reload: Callable[[], None]
) -> Iterator[None]:
    """Call `stop` at the first SIGTERM or SIGINT and `abort` at the next, `reload` at SIGHUP.

    In the running loop; the previous handlers are restored afterwards. Where a loop cannot handle
    signals (Windows), SIGINT ends the process as usual.
    """
    loop = asyncio.get_running_loop()
    stops = iter([stop])
    actions: dict[str, Callable[[], None]] = {
        "SIGTERM": lambda: next(stops, abort)(),
        "SIGINT": lambda: next(stops, abort)(),
        "SIGHUP": reload,
    }
    before = {}
    for name, action in actions.items():
        number = getattr(signal, name, None)
        if number is None:
            continue
        handler = signal.getsignal(number)
        try:
            loop.add_signal_handler(number, action)
        except NotImplementedError:
            break
        before[number] = handler
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


class ServiceManager:
    """Reports to the service manager that started this process, if there is one: sd_notify(3).

    Nothing here raises: a manager that does not listen is no reason to stop monitoring.

    Args:
        environment: With NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID (sd_notify(3),
            sd_watchdog_enabled(3)).
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # A leading @ stands for the null byte of an abstract address (unix(7)).
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._watchdog = _watchdog(environment)

    @property
    def watchdog(self) -> float | None:
        """How often to call `alive`, in seconds; None for never.

        Half of the time after which a service counts as dead, as sd_watchdog_enabled(3) advises.
        """
        return self._watchdog if self._address else None

    def ready(self, status: str = "") -> None:
        """Report that everything runs, after the start or a reload."""
        self._send("READY=1", *([f"STATUS={status}"] if status else []))

    def reloading(self) -> None:
        """Report that the configuration is being reloaded; `ready` ends that."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Report that the monitor is stopping."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Reset the watchdog."""
        self._send("WATCHDOG=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.sendto("\n".join(lines).encode(), self._address)


def _watchdog(environment: Mapping[str, str]) -> float | None:
    process = environment.get("WATCHDOG_PID", "")
    if process and process != str(os.getpid()):
        return None
    limit = environment.get("WATCHDOG_USEC", "")
    return int(limit) / 2e6 if limit.isascii() and limit.isdecimal() and int(limit) else None
