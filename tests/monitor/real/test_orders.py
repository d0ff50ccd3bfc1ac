"""What people ask of a real monitor that runs, from the command line."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fetcher.demo.page import Behaviour
from fetcher.demo.site import DemoSite
from fetcher.monitor.incident import Incident
from fetcher.monitor.target_state import Condition
from tests.cli.program import fetcher
from tests.monitor.real.configuring import CHANNELS, configure, target
from tests.monitor.real.daemon import daemon
from tests.monitor.real.hearing import Ear, listening
from tests.monitor.real.patience import until
from tests.monitor.real.remembering import Memory


@dataclass(slots=True)
class Shift:
    """A monitor that watches the first pages of two sites, `left` and `right`."""

    folder: Path
    left: DemoSite
    right: DemoSite
    ear: Ear
    memory: Memory

    async def ask(self, *arguments: str) -> str:
        """Ask something of the monitor; give what the command said."""
        done = await fetcher("monitor", *arguments, "-c", "monitor.toml", cwd=self.folder)
        assert (done.code, done.err) == (0, "")
        return done.out

    async def incident(self, key: str) -> Incident:
        """Wait for the incident of a target."""
        await until(lambda: bool(self.memory.of(key)), f"an incident of {key}")
        return self.memory.of(key)[-1]

    async def heard(self, kind: str, incident: Incident, times: int = 1) -> None:
        """Wait until all channels have received this many messages about an incident."""
        await until(
            lambda: all(len(self.ear.of(c, kind, incident.id)) >= times for c in CHANNELS),
            f"{times} times {kind} about {incident.members}",
        )

    def kinds(self, incident: Incident) -> list[list[str]]:
        """What each channel has heard of an incident so far."""
        return [[word.kind for word in self.ear.of(c, "", incident.id)] for c in CHANNELS]


@asynccontextmanager
async def watching(folder: Path, defaults: str = "") -> AsyncIterator[Shift]:
    """Run a monitor until the end of the context; all is well at first."""
    async with DemoSite() as left, DemoSite() as right, listening() as ear, daemon(folder) as it:
        targets = [target("left", f"{left.base_url}/"), target("right", f"{right.base_url}/")]
        control = f"{right.base_url}/about"
        configure(folder, ear, targets, control=control, defaults=defaults)
        await it.start()
        shift = Shift(folder, left, right, ear, Memory(folder))
        await until(lambda: shift.memory.are(Condition.UP, ["left", "right"]), "two that are up")
        yield shift
        await it.stop()


async def noted(holds: Callable[[], bool]) -> None:
    """Wait until the monitor has done what was asked."""
    await until(holds, "an order to be carried out")


async def test_a_silence(tmp_path: Path) -> None:
    """Nobody is notified of what is silenced before the silence ends, unlike of others."""
    async with watching(tmp_path) as shift:
        said = await shift.ask("silence", "left", "--for", "1h", "--why", "paint")
        assert said.startswith("Muted alerts for 'left' (1 target now) until ")

        def silences() -> list[tuple[str, str]]:
            with shift.memory.reading() as reader:
                return [(one.id, one.why) for one in reader.silences(0.0)]

        await noted(lambda: bool(silences()))
        ((silence, why),) = silences()
        assert why == "paint"
        shift.left.set("/", Behaviour.DOWN)
        left = await shift.incident("left")
        shift.right.set("/", Behaviour.DOWN)
        right = await shift.incident("right")
        await shift.heard("down", right)
        assert shift.kinds(left) == [[], []]
        await shift.ask("unsilence", silence)
        await shift.heard("down", left)
        for site in (shift.left, shift.right):
            site.set("/", None)
        await shift.heard("up", left)
        await shift.heard("up", right)
        assert shift.kinds(left) == shift.kinds(right) == [["down", "up"]] * 2


async def test_an_acknowledgement(tmp_path: Path) -> None:
    """Who knows of it is reminded no more; others are, and all hear of its end."""
    async with watching(tmp_path, 'remind_every = "1s"') as shift:
        shift.left.set("/", Behaviour.DOWN)
        left = await shift.incident("left")
        await shift.heard("reminder", left)
        said = await shift.ask("ack", left.id[:-1], "--by", "ann")
        assert said.startswith(f"Acknowledged {left.id}: status 503")
        await noted(lambda: shift.memory.of("left")[0].acknowledged_by == "ann")
        await until(shift.memory.nothing_waits, "the last reminder")
        before = shift.kinds(left)
        shift.right.set("/", Behaviour.DOWN)
        right = await shift.incident("right")
        await shift.heard("reminder", right)
        assert shift.kinds(left) == before
        for site in (shift.left, shift.right):
            site.set("/", None)
        await shift.heard("up", left)
        await shift.heard("up", right)
        assert shift.kinds(left) == [[*kinds, "up"] for kinds in before]
