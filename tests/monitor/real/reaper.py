"""Death by SIGKILL, just when something happens; and a new life."""

import asyncio
import random
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.monitor.real.daemon import MODULE, Daemon
from tests.monitor.real.hearing import HOOK, MAIL, Word


class Deed(StrEnum):
    """How it comes to that.

    The first four when a message comes in: it is lost with its sender; it arrives, and the sender
    never knows; the sender knows, and may or may not have written that down; it is refused, and the
    sender waits to try again. The others: some time after something broke or was mended; between
    the two, when all have heard of it; when it is over, and a channel that refused everything has
    heard of nothing; again and again, also while it starts; and between two steps of what it writes
    and sends, as `dying.py` counts them.
    """

    LOST = "lost"
    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    REFUSED = "refused"
    BROKEN = "broken"
    MENDED = "mended"
    TOLD = "told"
    OVER = "over"
    EVER = "ever"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Moment:
    """When the monitor dies; channel, kind: of the message that it dies of, if it is one.

    step: at which step of the way to such messages.
    """

    deed: Deed
    channel: str = ""
    kind: str = ""
    step: int = 0


MOMENTS = [
    *[
        Moment(deed, channel, kind)
        for deed in (Deed.LOST, Deed.UNANSWERED, Deed.ANSWERED, Deed.REFUSED)
        for channel in (HOOK, MAIL)
        for kind in ("down", "up")
    ],
    *[Moment(deed) for deed in (Deed.BROKEN, Deed.MENDED, Deed.TOLD, Deed.EVER)],
    *[Moment(Deed.OVER, channel) for channel in (HOOK, MAIL)],
    # Two commits at least, and two messages, each with a commit of its own.
    *[Moment(Deed.STEP, "", kind, step) for kind in ("down", "up") for step in range(1, 11)],
]

_BEFORE = {"down": Deed.BROKEN, "up": Deed.MENDED}
"""What has to happen for people to be notified of it."""
_DYING = Path(__file__).with_name("dying.py")
_SHORTLY = 0.05
"""Seconds in which what became of a message is written down, or not quite."""
_LIFE = 3.0
"""Seconds in which a monitor starts, finds something and tells of it."""


class Reaper:
    """Kills a monitor at the moment that it waits for, once; and has it started again."""

    def __init__(self, monitor: Daemon, chance: random.Random) -> None:
        self._monitor = monitor
        self._chance = chance
        self._moment: Moment | None = None
        self.deaf = ""
        """The channel that refuses everything now."""
        self._coming = 0
        self._program = MODULE

    @property
    def rests(self) -> bool:
        """True if no death is to come, and each one was followed by another life."""
        return not self._coming and self._monitor.lives

    def wait_for(self, moment: Moment) -> None:
        """Kill it at this moment, the next time it comes."""
        self._moment = moment

    def happened(self, deed: Deed) -> None:
        """Something broke, was reported, or was mended."""
        match self._moment:
            case Moment(Deed.OVER, channel) if deed is Deed.BROKEN:
                self.deaf = channel
            case Moment(Deed.TOLD | Deed.OVER as awaited) if awaited is deed:
                self._kill()
            case Moment(Deed.BROKEN | Deed.MENDED as awaited) if awaited is deed:
                self._kill_within(_LIFE)
            case Moment(Deed.STEP, kind=kind, step=step) if deed is _BEFORE[kind]:
                self._coming += 1
                self._program = (str(_DYING), str(step))
                self._kill()
            case Moment(Deed.EVER):
                for _ in range(2):
                    self._kill_within(_LIFE)

    def answer(self, word: Word) -> float | None:
        """Say what happens to a message: None takes it, a number refuses it."""
        moment = self._moment
        if self.deaf == word.channel:
            return 0.0
        if moment is None or (moment.channel, moment.kind) != (word.channel, word.kind):
            return None
        self._moment = None
        match moment.deed:
            case Deed.LOST:
                self._kill()
                return 0.0
            case Deed.UNANSWERED:
                self._kill()
            case Deed.ANSWERED:
                self._kill_within(_SHORTLY)
            case _:
                self.deaf = word.channel
                self._kill_within(1.0)
                return 0.0
        return None

    async def revive(self) -> None:
        """Start it again whenever it has died, until cancelled."""
        while True:
            await self._monitor.gone()
            await asyncio.sleep(self._chance.uniform(0.1, 0.5))
            program, self._program = self._program, MODULE
            await self._monitor.start(program)
            if program is not MODULE:
                await self._monitor.gone()
                self._coming -= 1

    def _kill_within(self, seconds: float) -> None:
        self._coming += 1
        delay = self._chance.uniform(0, seconds)
        asyncio.get_running_loop().call_later(delay, self._kill, 1)

    def _kill(self, expected: int = 0) -> None:
        self._coming -= expected
        self._monitor.kill()
        self.deaf = ""
