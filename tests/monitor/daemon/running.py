"""`fetcher monitor run` as a process of its own: its log, its page, its history, and its end."""

import asyncio
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fetcher.monitor.history import CheckRow, HistoryReader
from tests.cli.program import environment
from tests.support.nginx import free_port

PATIENCE = 60.0
"""So long a test waits for what should come much sooner, in seconds."""

Start = Callable[..., "subprocess.Popen[Any]"]
"""Starts a program, as `subprocess.Popen` does."""

BASE = """
[monitor]
log_json = true

[page]
listen = "127.0.0.1:{port}"
token = "open"

[self]
patience = "1s"
control_pause = "500ms"

[fetch]
timeout = "2s"
host_concurrency = 50

[defaults]
interval = "300ms"
failures_before_down = 2
successes_before_up = 2
group_wait = "0s"
"""


async def until(done: Callable[[], bool], more: float = 0.0) -> None:
    """Wait for what should come soon, and `more` seconds if that is meant to take so long."""
    async with asyncio.timeout(PATIENCE + more):
        while not done():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.05)


def target(url: str, name: str = "", more: str = "") -> str:
    """What the configuration says of a target."""
    named = f'name = "{name}"\n' if name else ""
    return f'\n[[targets]]\nurl = "{url}"\n{named}{more}\n'


def channel(url: str, more: str = "") -> str:
    """What it says of a webhook."""
    return f'\n[[channels]]\nname = "hook"\ntype = "webhook"\nurl = "{url}"\n{more}\n'


class Running:
    """A monitor that runs, or did.

    folder: where its configuration and database are. log: what it writes to standard error. port:
    of its page.
    """

    def __init__(
        self, process: "subprocess.Popen[Any]", folder: Path, log: Path, port: int
    ) -> None:
        self.process = process
        self.folder = folder
        self.port = port
        self.reader = HistoryReader(str(folder / "monitor.db"))
        self._log = log

    @property
    def said(self) -> list[str]:
        """The lines that it has written in full."""
        return self._log.read_text().split("\n")[:-1]

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """What it has logged, as JSON; all events, or those of a name."""
        found = [json.loads(line) for line in self.said if line.startswith("{")]
        return [event for event in found if name in ("", event["event"])]

    def checks(self, key: str, since: float = 0.0) -> list[CheckRow]:
        """The checks of a target that are on the disk, latest first."""
        return self.reader.checks(key, since, time.time() + 1, 10_000)

    async def until(self, done: Callable[[], bool], more: float = 0.0) -> None:
        """Wait for something while it runs."""

        def holds() -> bool:
            assert self.process.poll() is None, "\n".join(self.said)
            return done()

        try:
            await until(holds, more)
        except TimeoutError:
            raise AssertionError("\n".join(["it never came to that", *self.said[-30:]])) from None

    async def ready(self) -> None:
        """Wait until it watches."""
        await self.until(lambda: any("monitoring" in line for line in self.said))

    async def logged(self, event: str, times: int = 1) -> None:
        """Wait until it has logged something this many times."""
        await self.until(lambda: len(self.events(event)) >= times)

    async def ask(self, path: str, **sent: object) -> tuple[int, Any]:
        """Ask its page; sent: what to post, as JSON. Gives the status and what was answered."""
        return await asyncio.to_thread(_ask, f"http://127.0.0.1:{self.port}{path}", sent)

    async def vitals(self) -> dict[str, Any]:
        """How it is, by its own word."""
        status, vitals = await self.ask("/api/v1/vitals")
        assert status == 200, vitals
        return vitals  # type: ignore[no-any-return]

    def conditions(self) -> dict[str, str]:
        """How targets stand, by what is on the disk."""
        return {one.key: one.state.condition.value for one in self.reader.status()}

    async def until_all(self, condition: str, keys: Sequence[str], more: float = 0.0) -> None:
        """Wait until targets are in a condition."""
        await self.until(lambda: all(self.conditions().get(key) == condition for key in keys), more)

    async def ended(self) -> int:
        """Wait for its end, which is one without a traceback; give its exit code."""
        await until(lambda: self.process.poll() is not None)
        said = "\n".join(self.said)
        assert "raceback" not in said, said
        assert "Warning" not in said, said
        assert self.process.returncode is not None
        return int(self.process.returncode)

    async def stop(self) -> None:
        """End it as a service manager does."""
        self.process.send_signal(signal.SIGTERM)
        assert await self.ended() == 0

    def close(self) -> None:
        """Leave nothing behind."""
        self.reader.close()
        with self.process:  # closes its pipes, and waits
            self.process.kill()


def configure(folder: Path, *parts: str, base: str = BASE, port: int | None = None) -> int:
    """Write a configuration, in one go; give the port of its page."""
    port = free_port() if port is None else port
    new = folder / "monitor.toml.new"
    new.write_text(base.replace("{port}", str(port)) + "".join(parts))
    new.replace(folder / "monitor.toml")
    return port


COMMAND = (sys.executable, "-m", "fetcher", "monitor", "run", "-c", "monitor.toml")


def started(
    folder: Path,
    port: int,
    *,
    start: Start = subprocess.Popen,
    command: Sequence[str] = COMMAND,
    log: Path | None = None,
    **env: str,
) -> Running:
    """Start a monitor; log: where its standard error goes, if not beside its configuration."""
    said = log or folder / "monitor.log"
    with open(said, "w") as file:
        process = start(
            command,
            cwd=folder,
            env=environment(**env),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    return Running(process, folder, said, port)


@asynccontextmanager
async def running(
    folder: Path, *parts: str, base: str = BASE, **more: Any
) -> AsyncIterator[Running]:
    """Run a monitor in a folder, by a configuration; more: as in `started`."""
    monitor = started(folder, configure(folder, *parts, base=base), **more)
    try:
        await monitor.ready()
        yield monitor
    finally:
        monitor.close()


def _ask(url: str, sent: dict[str, object]) -> tuple[int, Any]:
    request = urllib.request.Request(url, headers={"Authorization": "Bearer open"})
    if sent:
        request.data = json.dumps(sent).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            status, body = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            status, body = error.code, error.read().decode()
    try:
        return status, json.loads(body)
    except ValueError:
        return status, body
