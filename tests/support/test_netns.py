"""The network that can be cut: what gets through it, and when."""

import subprocess
import sys

import pytest

from tests.support.netns import CutNetwork, Side, reason_to_skip

pytestmark = pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip() or "it works")

SERVE = """
import socket
with socket.create_server(("", 80)) as server:
    print("ready", flush=True)
    while True:
        server.accept()[0].close()
"""
ASK = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], 80), timeout=0.3).close()
    print("made")
except OSError as error:
    print("unreachable" if error.errno == 101 else "lost")
"""


def test_what_is_cut_is_mended() -> None:
    """Connections are made, get lost, find no route, and are made again; and so twice."""
    with CutNetwork(("10.66.0.1", "10.66.0.2")) as network:
        command = [sys.executable, "-c", SERVE]
        server = network.start(Side.FAR, command, stdout=subprocess.PIPE)
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"

        def ask(address: str = "10.66.0.1") -> str:
            command = [sys.executable, "-c", ASK, address]
            return network.start(Side.NEAR, command, stdout=subprocess.PIPE).communicate()[0][:-1]

        def is_made(address: str = "10.66.0.1") -> bool:
            # The other side of a wire may take its time to notice it, and so may a busy machine.
            return any(ask(address) == "made" for _ in range(50))

        for _ in range(2):
            assert is_made()
            assert is_made("10.66.0.2")
            network.cut()
            assert ask() == "lost"
            network.mend()
            assert is_made()
            network.unplug()
            assert ask() == "unreachable"
            network.plug()
    assert server.poll() is not None


def test_nothing_else_can_be_reached() -> None:
    """The namespaces have each other, and no way out."""
    with CutNetwork() as network:
        for side in Side:
            shown = network.start(side, ["ip", "-4", "route"], stdout=subprocess.PIPE)
            routes = shown.communicate()[0].splitlines()
            assert [route.split()[0] for route in routes] == ["10.66.0.0/24"]


def test_a_network_that_cannot_be_is_told() -> None:
    """The system's own words say what is wrong, and nothing is left behind."""
    network = CutNetwork(("no address",))
    with pytest.raises(RuntimeError, match="any valid prefix"), network:
        pass
    assert all(holder.poll() is not None for holder in network._holders)
