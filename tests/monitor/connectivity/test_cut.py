"""The network of a real monitor is cut: by taking its wire, and by silencing its name server."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from fetcher.judgement.verdict import Health
from tests.monitor.connectivity.lookout import QUICK, Log, Lookout, Seen
from tests.support.dns import LOOPBACK, SILENT, DnsServer
from tests.support.netns import CutNetwork, Side, reason_to_skip
from tests.support.raw import OK, RawServer

HEALTHY, UNHEALTHY, UNKNOWN = Health.HEALTHY, Health.UNHEALTHY, Health.UNKNOWN

HOSTS = [f"10.66.0.{number}" for number in range(1, 7)]
CONTROL = "10.66.0.99"
URLS = [f"http://{host}/" for host in HOSTS]
REFUSED = f"http://{HOSTS[0]}:81/"
PATIENCE = 60.0
"""So long a test waits for what should come much sooner, in seconds."""


class Watching:
    """A lookout on the near side of a network; what it tells is gathered by a thread."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.log = Log()
        self.offline_periods: list[str] = []
        self._process = process
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if len(said) == 4 and isinstance(said[1], float):
                self.log.add(Seen(*said))
            else:
                self.offline_periods = said

    def wait(self, health: Health, urls: list[str]) -> float:
        """Wait until each was found so in checks that begin from now on; give now."""
        now, end = time.time(), time.monotonic() + PATIENCE
        while not all(self.log.since(url, now, health) > 1 for url in urls):
            assert time.monotonic() < end, self.log.lines[-20:]
            assert self._process.poll() is None
            time.sleep(0.05)
        return now

    def close(self) -> None:
        """End it, and hear its last word."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._reading.join()


@contextmanager
def watching(network: CutNetwork, controls: list[str]) -> Iterator[Watching]:
    """Serve on the far side, and watch on the near one."""
    far = network.start(
        Side.FAR,
        [sys.executable, "-m", "tests.monitor.connectivity.far_side"],
        stdout=subprocess.PIPE,
    )
    assert far.stdout is not None
    assert far.stdout.readline() == "80\n"
    command = [sys.executable, "-m", "tests.monitor.connectivity.lookout", *URLS, REFUSED]
    near = network.start(
        Side.NEAR,
        [*command, "--controls", *controls] if controls else command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    watch = Watching(near)
    try:
        yield watch
    finally:
        watch.close()


@pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip() or "it works")
@pytest.mark.parametrize("controls", [[f"http://{CONTROL}/"], []], ids=["controls", "none"])
def test_nobody_is_blamed_for_a_wire_that_was_cut(controls: list[str]) -> None:
    """All is unknown while it lasts and well afterwards; who is down is so before and after."""
    with CutNetwork([*HOSTS, CONTROL]) as network, watching(network, controls) as watch:
        watch.wait(HEALTHY, URLS)
        watch.wait(UNHEALTHY, [REFUSED])
        network.cut()
        cut = watch.wait(UNKNOWN, [*URLS, REFUSED])
        mended = time.time()
        network.mend()
        watch.wait(HEALTHY, URLS)
        watch.wait(UNHEALTHY, [REFUSED])
    # One that began at the end of the cut may well have been answered.
    meanwhile = [line for line in watch.log.lines if cut < line.at < mended and line.text]
    assert {line.health for line in meanwhile} == {UNKNOWN.value}
    assert all(line.text.startswith("the monitor is offline: ") for line in meanwhile)
    assert watch.offline_periods


async def until(done: Callable[[], bool]) -> None:
    """Wait for what should come soon."""
    async with asyncio.timeout(PATIENCE):
        while not done():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.05)


async def test_nobody_is_blamed_for_a_name_server_that_is_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Names cannot be looked up for a while: all is unknown, and healthy again afterwards."""
    monkeypatch.setattr("fetcher.transport.resolver.FRESH_SIGN", 0.3)
    monkeypatch.setattr("fetcher.transport.dns_client.PROBE", 0.2)
    always, never = {"*": replace(LOOPBACK, ttl=0)}, {"*": SILENT}
    async with RawServer(default=OK) as server, DnsServer(always) as names:
        urls = [server.url("/", f"h{number}.test") for number in range(6)]
        settings = replace(QUICK, dns_servers=(names.nameserver,), dns_cache=0.01)
        log = Log()
        lookout = Lookout(urls, [server.url("/", "control.test")], log.add, settings)
        watch = asyncio.create_task(lookout.watch())

        async def wait(health: Health) -> float:
            now = time.time()
            await until(lambda: all(log.since(url, now, health) >= 2 for url in urls))
            return now

        await wait(HEALTHY)
        names.zone = never
        offline = await wait(UNKNOWN)
        online = time.time()
        names.zone = always
        await wait(HEALTHY)
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
    # Who was looked up just before needs no name server yet.
    meanwhile = [line for line in log.lines if offline + 0.1 < line.at < online and line.text]
    assert {line.health for line in meanwhile} == {UNKNOWN.value}
    assert "control.test" in lookout.offline_periods[-1].why
