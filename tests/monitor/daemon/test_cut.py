"""The network of two real monitors is cut, and then their wire is pulled out."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.monitor.daemon.cuts import Pair, base, bodies, folder, lines
from tests.monitor.daemon.running import Running, channel, configure, started, target, until
from tests.support.netns import CutNetwork, Side, reason_to_skip

HOSTS = [f"10.66.0.{number}" for number in range(1, 7)]
CONTROL = "10.66.0.99"
WELL = [f"http://{host}/{page}" for host in HOSTS for page in ("a", "b")]
REFUSED = f"http://{HOSTS[0]}:81/"
TARGETS = [target(url) for url in (*WELL, REFUSED)]
ROOT = Path(__file__).parents[3]


async def receiver(network: CutNetwork, file: Path) -> str:
    """Receive notices on the monitors' side of the wire; gives the URL."""
    with file.open("w") as out:
        network.start(
            Side.NEAR, [sys.executable, "-m", "tests.monitor.daemon.noting"], stdout=out, cwd=ROOT
        )
    await until(lambda: bool(lines(file)))
    return lines(file)[0]


@asynccontextmanager
async def watching(network: CutNetwork, parent: Path) -> AsyncIterator[Pair]:
    """Serve on the far side, and watch on the near one, with control targets and without."""
    far = network.start(
        Side.FAR,
        [sys.executable, "-m", "tests.monitor.connectivity.far_side"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert far.stdout is not None
    assert far.stdout.readline() == "80\n"
    monitors: list[Running] = []
    files: list[Path] = []
    for name, controls in (("controls", [f"http://{CONTROL}/"]), ("none", [])):
        place = folder(parent, name)
        files.append(place / "received.jsonl")
        hook = channel(await receiver(network, files[-1]))
        port = configure(place, *TARGETS, hook, base=base(controls))
        monitors.append(started(place, port, start=partial(network.start, Side.NEAR)))
    try:
        for monitor in monitors:
            await monitor.ready()
        yield Pair(monitors, WELL, [REFUSED], lambda number: bodies(files[number]))
    finally:
        for monitor in monitors:
            monitor.close()


@pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip() or "it works")
async def test_a_network_that_is_cut_is_nobodys_fault(tmp_path: Path) -> None:
    """Silently or with no route: no DOWN, unknown in the history, one notice, all up afterwards."""
    with CutNetwork([*HOSTS, CONTROL]) as network:
        async with watching(network, tmp_path) as pair:
            await pair.see()
            for number, monitor in enumerate(pair.monitors):
                await monitor.until_all("up", WELL)
                await monitor.until_all("down", [REFUSED])
                await monitor.until(lambda n=number: bool(pair.notices(n)))
            for lose, get_back in ((network.cut, network.mend), (network.unplug, network.plug)):
                async with pair.going_offline():
                    lose()
                    await pair.offline()
                    get_back()
            for monitor in pair.monitors:
                await monitor.stop()
            for number in range(2):
                assert [one["kind"] for one in pair.notices(number)] == ["down", "notice", "notice"]
