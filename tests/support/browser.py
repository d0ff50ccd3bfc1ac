"""Chromium without a window, driven by the DevTools protocol, to open the pages that we write.

What it asks for is kept, and no name but the loopback's resolves in it.
"""

import asyncio
import base64
import itertools
import os
import shutil
import signal
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

SKIP_REASON = "chromium is not installed"

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_LATEST = 120.0
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # it does not work for root, nor in most containers
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)


def executable() -> str | None:
    """Return the path of Chromium or of a browser made of it, or None."""
    found = (shutil.which(name) for name in _NAMES)
    return next((path for path in found if path), None)


@dataclass(slots=True)
class Tab:
    """One page in the browser.

    problems: errors and warnings on its console, exceptions, and what its policy has blocked.
    requests: every URL it has asked for.
    """

    browser: "Browser"
    session: str
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    _loaded: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the DevTools protocol for this page."""
        return await self.browser.send(method, self.session, **parameters)

    async def show(self, width: int, height: int = 800, *, dark: bool = False) -> None:
        """Set the size of the screen in CSS pixels, and what colours its user prefers."""
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.send("Emulation.setEmulatedMedia", features=[scheme])

    async def open(self, url: str) -> None:
        """Go to a page, and wait until it is loaded."""
        self._loaded.clear()
        found = await self.send("Page.navigate", url=url)
        assert "errorText" not in found, found
        async with asyncio.timeout(_LATEST):
            await self._loaded.wait()

    async def evaluate(self, expression: str) -> Any:
        """Give the value of a JavaScript expression, as far as JSON holds it."""
        found = await self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def screenshot(self, path: Path) -> None:
        """Write a picture of the whole page, however long, as PNG."""
        found = await self.send("Page.captureScreenshot", captureBeyondViewport=True)
        picture = base64.b64decode(found["data"])
        await asyncio.to_thread(path.write_bytes, picture)

    def note(self, method: str, event: dict[str, Any]) -> None:
        """Take an event of the protocol."""
        if method == "Page.loadEventFired":
            self._loaded.set()
        elif method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(str(event["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning"):
            self.problems.append(str(event["args"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.problems.append(event["entry"]["text"])


class Browser:
    """A browser with an empty profile; use it as an async context manager."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._tabs: dict[str, Tab] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        path = executable()
        assert path is not None, SKIP_REASON
        self._profile = tempfile.mkdtemp(prefix="browser-")
        self._process = await asyncio.create_subprocess_exec(
            path,
            *_ARGUMENTS,
            f"--user-data-dir={self._profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            address = await self._address()
            self._client = aiohttp.ClientSession()
            self._socket = await self._client.ws_connect(address, max_msg_size=0)
        except BaseException:
            await self._end()
            raise
        self._tasks = [asyncio.create_task(self._drain()), asyncio.create_task(self._listen())]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(TimeoutError, ConnectionError):
            await self.send("Browser.close")
        await self._end()

    async def tab(self, *, scripts: bool = True) -> Tab:
        """Open an empty page; scripts: whether it may run any."""
        target = await self.send("Target.createTarget", url="about:blank")
        attached = await self.send(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        tab = Tab(self, attached["sessionId"])
        self._tabs[tab.session] = tab
        for domain in ("Page", "Runtime", "Log", "Network"):
            await tab.send(f"{domain}.enable")
        if not scripts:
            await tab.send("Emulation.setScriptExecutionDisabled", value=True)
        return tab

    async def send(
        self, method: str, session: str | None = None, **parameters: Any
    ) -> dict[str, Any]:
        """Call a method of the DevTools protocol."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        async with asyncio.timeout(_LATEST):
            return await answer

    async def _address(self) -> str:
        assert self._process.stderr is not None
        async with asyncio.timeout(_LATEST):
            async for line in self._process.stderr:
                if line.startswith(b"DevTools listening on "):
                    return line.decode().split()[-1]
        raise AssertionError("the browser has ended before it listened")

    async def _drain(self) -> None:
        assert self._process.stderr is not None
        while await self._process.stderr.read(65536):
            pass

    async def _listen(self) -> None:
        async for message in self._socket:
            event = message.json()
            if "id" in event:
                answer = self._answers.pop(event["id"])
                if "error" in event:
                    answer.set_exception(AssertionError(event["error"]))
                else:
                    answer.set_result(event["result"])
            elif tab := self._tabs.get(event.get("sessionId", "")):
                tab.note(event["method"], event["params"])
        for answer in self._answers.values():
            answer.set_exception(ConnectionError("the browser has gone"))

    async def _end(self) -> None:
        if hasattr(self, "_socket"):
            await self._socket.close()
        if hasattr(self, "_client"):
            await self._client.close()
        with suppress(ProcessLookupError):
            # It leads a group of its own, in which its helpers are.
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        for task in self._tasks:
            await task
        shutil.rmtree(self._profile, ignore_errors=True)
