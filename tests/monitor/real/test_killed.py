"""Killed at bad moments and started again, a monitor tells each channel each thing once.

A few deaths, of moments taken at random. With KILLED_RUNS=5 each of them comes five times.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fetcher.demo.page import Behaviour
from fetcher.demo.site import DemoSite
from fetcher.monitor.target_state import Condition
from tests.monitor.real.accounting import Outage, check_repeats, settle_accounts
from tests.monitor.real.configuring import CHANNELS, configure, target
from tests.monitor.real.daemon import daemon
from tests.monitor.real.hearing import Ear, listening
from tests.monitor.real.patience import until
from tests.monitor.real.reaper import MOMENTS, Deed, Reaper
from tests.monitor.real.remembering import Memory

RUNS = int(os.environ.get("KILLED_RUNS", "0"))
FEW = 2
SITES = ("red", "green", "blue")
FAULTS = (Behaviour.DOWN, Behaviour.RESET)


@dataclass(slots=True)
class Town:
    """Some sites, and a monitor that watches their first pages and may die at any time."""

    sites: dict[str, DemoSite]
    ear: Ear
    memory: Memory
    reaper: Reaper
    chance: random.Random
    outages: list[Outage] = field(default_factory=list)

    async def suffer(self) -> None:
        """Break some of the sites until all have heard of it; and mend them, likewise."""
        keys = self.chance.sample(SITES, self.chance.randint(1, len(SITES)))
        before = {key: len(self.memory.of(key)) for key in keys}
        broken = time.time()
        for key in keys:
            self.sites[key].set("/", self.chance.choice(FAULTS))
        self.reaper.happened(Deed.BROKEN)
        await until(lambda: self.heard("down", before), f"{keys} to be reported as down")
        self.reaper.happened(Deed.TOLD)
        mended = time.time()
        for key in keys:
            self.sites[key].set("/", None)
        self.reaper.happened(Deed.MENDED)
        self.outages += [Outage(key, broken, mended) for key in keys]
        if self.reaper.deaf:
            await until(lambda: self.over(before), f"{keys} to be up")
            self.reaper.happened(Deed.OVER)
        await until(lambda: self.heard("up", before), f"{keys} to be reported as up")
        await self.recover()

    async def recover(self) -> None:
        """Wait until all is written down by a monitor that will not die of the latest moment."""
        await until(lambda: self.reaper.rests, "the last death of this moment")
        checks = self.memory.checks(SITES[0])
        await until(
            lambda: self.memory.checks(SITES[0]) > checks and self.memory.nothing_waits(),
            "everything to be written down",
        )

    def over(self, before: dict[str, int]) -> bool:
        """True if the next incident of each of these targets is closed."""
        return all(
            [one.closed for one in self.memory.of(key)[number:]] not in ([], [None])
            for key, number in before.items()
        )

    def heard(self, kind: str, before: dict[str, int]) -> bool:
        """True if all channels that accept anything were sent these incidents."""
        channels = [channel for channel in CHANNELS if channel != self.reaper.deaf]
        found = [self.memory.of(key)[number:] for key, number in before.items()]
        return all(
            one and all(self.ear.of(channel, kind, one[0].id) for channel in channels)
            for one in found
        )


@asynccontextmanager
async def town(folder: Path, chance: random.Random) -> AsyncIterator[Town]:
    """Run the sites and the monitor, which ends in peace when the context does."""
    async with AsyncExitStack() as stack:
        sites = {key: await stack.enter_async_context(DemoSite()) for key in (*SITES, "control")}
        ear = await stack.enter_async_context(listening())
        targets = [target(key, f"{sites[key].base_url}/") for key in SITES]
        configure(folder, ear, targets, control=f"{sites['control'].base_url}/")
        monitor = await stack.enter_async_context(daemon(folder))
        reaper, memory = Reaper(monitor, chance), Memory(folder)
        ear.life, ear.answer = (lambda: monitor.life), reaper.answer
        await monitor.start()
        await until(lambda: memory.are(Condition.UP, list(SITES)), "all sites to be up")
        reviving = asyncio.create_task(reaper.revive())
        yield Town(sites, ear, memory, reaper, chance)
        reviving.cancel()
        await asyncio.wait([reviving])
        await monitor.stop()
        print(f"{monitor.life} lives")  # pytest -rP shows it


async def test_killed_and_started_again(tmp_path: Path) -> None:
    """Each channel sends each incident's beginning and end once; a death makes no other one."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    moments = chance.sample(MOMENTS, len(MOMENTS)) * RUNS if RUNS else chance.sample(MOMENTS, FEW)
    print(f"seed {seed}")
    async with town(tmp_path, chance) as it:
        for moment in moments:
            print(moment)
            it.reaper.wait_for(moment)
            await it.suffer()
    settle_accounts(it.memory, it.ear, it.outages)
    print(f"{len(it.outages)} outages, {check_repeats(it.ear)} messages came again")
