"""What the service manager receives, on a socket like its own."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from fetcher.monitor.daemon import ServiceManager


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """A socket that stands in for the service manager's."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.bind(str(tmp_path / "notify"))
        there.settimeout(10)
        yield there


def test_what_is_told(manager: socket.socket) -> None:
    """Each state in the words of sd_notify(3), one datagram each."""
    service = ServiceManager({"NOTIFY_SOCKET": str(manager.getsockname())})
    service.ready("12 targets")
    service.reloading()
    service.alive()
    service.stopping()
    told = [manager.recv(1000).decode() for _ in range(4)]
    assert told[0] == "READY=1\nSTATUS=12 targets"
    assert told[1].startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert told[2:] == ["WATCHDOG=1", "STOPPING=1"]


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="abstract addresses are Linux's own")
def test_an_abstract_address() -> None:
    """An @ before the address stands for a null byte."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.bind(f"\0fetcher-test-{os.getpid()}")
        there.settimeout(10)
        ServiceManager({"NOTIFY_SOCKET": f"@fetcher-test-{os.getpid()}"}).alive()
        assert there.recv(100) == b"WATCHDOG=1"


def test_nobody_listens(tmp_path: Path) -> None:
    """Without a manager, or with one that has gone, nothing happens."""
    ServiceManager({}).ready()
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


@pytest.mark.parametrize(
    ("environment", "every"),
    [
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "60000000"}, 30.0),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "OURS"}, 1.0),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "soon"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "60000000"}, None),
        ({"NOTIFY_SOCKET": "/x"}, None),
    ],
)
def test_the_watchdog(environment: dict[str, str], every: float | None) -> None:
    """It is fed twice as often as it asks for, if it asks this process."""
    own = {name: str(os.getpid()) if v == "OURS" else v for name, v in environment.items()}
    assert ServiceManager(own).watchdog == every
