"""The server of the status page, which runs inside the monitor's process."""

from types import TracebackType
from typing import Self

from aiohttp import web

from fetcher.monitor.live_view import Live
from fetcher.monitor.plan import PageSettings
from fetcher.statuspage.history_access import HistoryAccess
from fetcher.statuspage.web_app import host_and_port, make_app

_GRACE = 2.0
"""Seconds for running requests to finish."""


class StatusPage:
    """The status page of a monitor, served within the context.

    Entering raises ValueError for an invalid address, and OSError if it cannot be used. The reader
    is left open.
    """

    def __init__(self, live: Live, reader: HistoryAccess, settings: PageSettings) -> None:
        self._live = live
        self._reader = reader
        self._settings = settings
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The URL of the overview, with a trailing slash; only available while it is served."""
        assert self._runner is not None, "not started"
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    async def start(self) -> None:
        """Start serving."""
        app = make_app(self._live, self._reader, self._settings)
        host, port = host_and_port(self._settings.listen)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE)
        await runner.setup()
        try:
            await web.TCPSite(runner, host or None, port).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner

    async def stop(self) -> None:
        """Stop serving; running requests may finish."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()
