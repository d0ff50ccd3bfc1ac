"""A service manager hears how the monitor is, as sd_notify(3) says."""

import asyncio
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitor.daemon.pages import serving
from tests.monitor.daemon.running import COMMAND, running, target, until

ROOT = str(Path(__file__).parents[3])
COMMAND_THAT_HANGS = (sys.executable, "-m", "tests.monitor.daemon.hanging", *COMMAND[3:])

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such sockets")


class Manager:
    """What a service manager hears."""

    def __init__(self, address: Path) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(address))
        self._socket.setblocking(False)
        self._heard: list[str] = []

    def heard(self) -> list[str]:
        """All lines so far, in order."""
        while True:
            try:
                self._heard += self._socket.recv(4096).decode().split("\n")
            except BlockingIOError:
                return self._heard

    def count(self, line: str) -> int:
        """How often it has heard a line."""
        return self.heard().count(line)

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    """One that listens."""
    manager = Manager(tmp_path / "notify")
    yield manager
    manager.close()


async def test_a_service_manager_is_told(tmp_path: Path, manager: Manager) -> None:
    """When it is ready, reloads and stops; and that it lives, while its loop does and no longer."""
    env = {"NOTIFY_SOCKET": str(manager.address), "WATCHDOG_USEC": "200000", "PYTHONPATH": ROOT}
    async with (
        serving() as pages,
        running(tmp_path, target(pages.url, "a"), command=COMMAND_THAT_HANGS, **env) as it,
    ):
        await until(lambda: manager.count("WATCHDOG=1") > 3)
        assert manager.count("READY=1") == 1
        assert "STATUS=monitoring 1 targets" in manager.heard()

        (tmp_path / "hang").touch()
        it.process.send_signal(signal.SIGUSR1)
        lived = -1
        while lived != manager.count("WATCHDOG=1"):  # what was on its way when it began to hang
            lived = manager.count("WATCHDOG=1")
            await asyncio.sleep(1)
        await asyncio.sleep(1)
        assert manager.count("WATCHDOG=1") == lived
        (tmp_path / "hang").unlink()
        await until(lambda: manager.count("WATCHDOG=1") > lived)

        it.process.send_signal(signal.SIGHUP)
        await until(lambda: manager.count("READY=1") == 2)
        lines = manager.heard()
        assert lines.index("RELOADING=1") > lines.index("READY=1")
        assert any(line.startswith("MONOTONIC_USEC=") for line in lines)

        assert "STOPPING=1" not in manager.heard()
        await it.stop()
        assert manager.count("STOPPING=1") == 1
