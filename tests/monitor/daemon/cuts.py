"""Two monitors that are about to go offline, one with control targets and one without; and what
they must not say.

The real five minutes, with a real configuration: CUT_SECONDS=300.
"""

import json
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fetcher.judgement.verdict import Health
from fetcher.monitor.incident import About, Incident
from tests.monitor.daemon.running import BASE, Running

SECONDS = float(os.environ.get("CUT_SECONDS", 0))
LASTING = SECONDS or 2.0
"""How long a cut lasts at least."""

USUAL = """
[monitor]
log_json = true

[page]
listen = "127.0.0.1:{port}"

[self]

[fetch]

[defaults]
interval = "5s"
failures_before_down = 2
"""
"""Shorter intervals than anybody's, and everything else as it is."""

CONFIG = USUAL if SECONDS else BASE.replace('timeout = "2s"', 'timeout = "500ms"')


def base(controls: Sequence[str], fetch: str = "") -> str:
    """A configuration with these control targets."""
    listed = f"[self]\ncontrols = {json.dumps(list(controls))}\n" if controls else "[self]\n"
    return CONFIG.replace("[self]\n", listed).replace("[fetch]\n", f"[fetch]\n{fetch}\n")


@dataclass(slots=True)
class Pair:
    """The monitors, who are well, who is down all the time, and the notices of each monitor.

    notices: called with the number of the monitor, gives all that its channel was sent.
    """

    monitors: Sequence[Running]
    well: Sequence[str]
    down: Sequence[str]
    notices: Callable[[int], Sequence[dict[str, object]]]

    async def see(self) -> None:
        """Wait until both see everything as it is, in checks that begin from now on."""
        now = time.time()
        for monitor in self.monitors:
            await monitor.until(lambda m=monitor: self._found(m, self.well, now, Health.HEALTHY))
            await monitor.until(lambda m=monitor: self._found(m, self.down, now, Health.UNHEALTHY))

    @asynccontextmanager
    async def going_offline(self) -> AsyncIterator[None]:
        """Go offline and come back; everything inside is as it must be then."""
        before = [len(self._offline_incidents(monitor)) for monitor in self.monitors]
        sent = [len(self.notices(number)) for number in range(len(self.monitors))]
        began = time.time()
        yield
        await self.see()
        for number, monitor in enumerate(self.monitors):
            await monitor.until(
                lambda m=monitor, n=number: (
                    all(one.closed for one in self._offline_incidents(m))
                    and len(self.notices(n)) > sent[n]
                )
            )
            assert len(self._offline_incidents(monitor)) == before[number] + 1
            new = self.notices(number)[sent[number] :]
            assert [one["kind"] for one in new] == ["notice"], new
            self._blames_nobody(monitor, began)

    async def offline(self) -> None:
        """Wait until neither has seen anyone for a while, and for as long as a cut lasts."""
        began = time.time()
        everyone = [*self.well, *self.down]
        for monitor in self.monitors:
            await monitor.until(
                lambda m=monitor: (
                    time.time() - began > LASTING
                    and self._found(m, everyone, began, Health.UNKNOWN)
                ),
                LASTING,
            )

    def _found(self, monitor: Running, keys: Sequence[str], since: float, health: Health) -> bool:
        """True if each was found so twice since then."""
        return all(
            sum(check.health is health for check in monitor.checks(key, since)) > 1 for key in keys
        )

    def _offline_incidents(self, monitor: Running) -> list[Incident]:
        return [one for one in monitor.reader.incidents() if one.about is About.CONNECTIVITY]

    def _blames_nobody(self, monitor: Running, began: float) -> None:
        about_targets = [o for o in monitor.reader.incidents() if o.about is About.TARGETS]
        assert {member.key for one in about_targets for member in one.members} <= set(self.down)
        # What was down before still is, and that was sent once.
        assert all(one.closed is None for one in about_targets)
        assert len(about_targets) <= len(self.down)
        for key in self.well:
            found = [check.health for check in monitor.checks(key, began)]
            # The first to fail may be believed, while the last answers of others come in.
            assert found.count(Health.UNHEALTHY) < 2, key
            counted = monitor.reader.uptime(key, began, time.time() + 1)
            assert counted.down == 0
            assert counted.unwatched > 0
        assert set(monitor.conditions().values()) == ({"up", "down"} if self.down else {"up"})


def folder(parent: Path, name: str) -> Path:
    """Make a folder for one monitor."""
    made = parent / name
    made.mkdir()
    return made


def lines(file: Path) -> list[str]:
    """The lines of a file that are there in full."""
    return file.read_text().split("\n")[:-1]


def bodies(file: Path) -> list[dict[str, object]]:
    """What a receiver has written down after its address, one JSON object a line."""
    return [json.loads(line) for line in lines(file)[1:]]
