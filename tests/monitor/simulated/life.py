"""Goes through a script, turn by turn, on clocks that go as fast as they can."""

from random import Random

from fetcher.monitor.commit import OrderKind
from fetcher.monitor.plan import MonitorTarget
from tests.monitor.memory import MemoryStore
from tests.monitor.simulated.process import Died, Process
from tests.monitor.simulated.script import Script, Stop
from tests.monitor.simulated.targets import RESIDENTS, VISITOR
from tests.monitor.simulated.world import Stretch, within


class Life:
    """One script, lived through.

    store: what was written. alive: when a process ran and what it did was written. unattended: when
    nobody looked, the process being gone or standing still.
    """

    def __init__(self, script: Script, seed: int = 0, store: MemoryStore | None = None) -> None:
        self.script = script
        self.world = script.world
        self.store = store or MemoryStore()
        self.alive: list[Stretch] = []
        self.unattended: list[Stretch] = []
        self.forgotten = 0
        """How many processes died with something to lose."""
        self._random = Random(seed)
        self._wall, self._monotonic = script.begin, 0.0
        self._stops = list(reversed(script.stops))
        self._stop: Stop | None = None
        self._deeds = sorted(self._planned(), reverse=True)
        self._process = self._start()

    def live(self) -> None:
        """Go through all of it."""
        while self._wall < self.script.end:
            self._obey()
            process = self._process
            process.wall, process.monotonic = self._wall, self._monotonic
            try:
                process.turn()
            except Died:
                self.forgotten += 1
                self._restart()
                continue
            if self._stop is not None and self._stop.death is None:
                self._restart()
                continue
            self._pass()
        self.alive.append((self._process.started, self._process.committed))

    def _planned(self) -> list[tuple[float, str, str, float]]:
        """What people and machines do, and when."""
        script = self.script
        deeds = [(at, "acknowledge", "", 0.0) for at in script.acknowledged]
        deeds += [(at, "silence", pattern, until) for pattern, (at, until) in script.silences]
        for what, stretches in (("full", script.full), ("absent", script.absent)):
            deeds += [(at, what, "", 0.0) for stretch in stretches for at in stretch]
        for what, stretches in (("stall", script.stalls), ("sleep", script.sleeps)):
            deeds += [(at, what, "", until - at) for at, until in stretches]
        return deeds

    def _obey(self) -> None:
        """Do what the script has for this moment."""
        if self._stops and self._stops[-1].at <= self._wall:
            self._stop = self._stops.pop()
            self._process.dying = self._stop.death
        due = [deed for deed in self._deeds if deed[0] <= self._wall]
        del self._deeds[len(self._deeds) - len(due) :]
        # What people asked for while no process ran is there before the next one begins.
        for at, what, pattern, number in sorted(due, key=lambda deed: (deed[1] != "silence", deed)):
            if what == "acknowledge":
                for incident in [i for i in self.store.incidents.values() if i.open][:1]:
                    self.store.give(OrderKind.ACKNOWLEDGE, incident.id)
            elif what == "silence":
                self.store.give(OrderKind.SILENCE, pattern, number)
            elif what == "full":
                self.store.full = within(self.script.full, at)
            elif what == "absent":
                self._process.wall, self._process.monotonic = self._wall, self._monotonic
                self._process.replan(self._targets())
            else:
                self._stand_still(at, at + number, monotonic=what == "stall")

    def _stand_still(self, start: float, end: float, *, monotonic: bool) -> None:
        if end > self._wall:
            self.unattended.append((start, end))
            self._monotonic += (end - self._wall) * monotonic
            self._wall = end

    def _pass(self) -> None:
        """Go to the next moment at which anything happens."""
        times = [self._process.next_time()]
        times += [self._deeds[-1][0]] if self._deeds else []
        times += [self._stops[-1].at] if self._stops and self._stop is None else []
        self._go_to(min(times))

    def _go_to(self, wall: float) -> None:
        step = max(wall - self._wall, 0.01)
        self._wall, self._monotonic = self._wall + step, self._monotonic + step

    def _restart(self) -> None:
        """End the process, and start another one."""
        assert self._stop is not None
        stop, self._stop = self._stop, None
        self.alive.append((self._process.started, self._process.committed))
        self._go_to(max(self._wall + stop.length, self._wall + 0.01))
        self.unattended.append((self.alive[-1][1], self._wall))
        self._process = self._start()

    def _start(self) -> Process:
        clocks = self._wall, self._monotonic
        return Process(self.world, self.store, self._targets(), clocks, self._random)

    def _targets(self) -> list[MonitorTarget]:
        absent = within(self.script.absent, self._wall)
        return [*RESIDENTS] if absent else [*RESIDENTS, VISITOR]
