"""What the targets of a simulation answer, what its channels take, and what of that is certain."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.delivery.delivery_plan import Delivery
from fetcher.monitor.plan import MonitorTarget
from fetcher.monitor.target_state import Observation
from fetcher.notify.channel import Refused
from tests.monitor.simulated.targets import address_of

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Event:
    """Something is wrong with some targets for a time; cause: what they have in common."""

    cause: str
    keys: frozenset[str]
    start: float
    end: float
    health: Health = Health.UNHEALTHY
    trouble: Trouble = Trouble.CONNECT


@dataclass(frozen=True, slots=True)
class Entry:
    """A check that was made, and written down; health: None when its target was let go instead."""

    at: float
    slot: float
    health: Health | None
    cause: str = ""


@dataclass
class World:
    """Targets and receivers, which outlive every process.

    events: for one target never two at a time. offline: when the monitor is. hangs: when which
    target answers only after an hour. refusing: when which channel takes nothing.
    """

    events: list[Event] = field(default_factory=list)
    offline: list[Stretch] = field(default_factory=list)
    hangs: dict[str, list[Stretch]] = field(default_factory=dict)
    refusing: dict[str, list[Stretch]] = field(default_factory=dict)
    journal: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    """What was found, of each target in order."""
    received: list[tuple[float, str, tuple[str, ...]]] = field(default_factory=list)
    """When which channel got which messages."""
    doubted: set[str] = field(default_factory=set)
    """Messages after whose arrival the process died before it had noted that."""

    def __post_init__(self) -> None:
        self._of_key: dict[str, list[Event]] = defaultdict(list)
        for event in sorted(self.events, key=lambda event: event.start):
            for key in event.keys:
                self._of_key[key].append(event)
        self._starts = {key: [e.start for e in events] for key, events in self._of_key.items()}

    def event(self, key: str, at: float) -> Event | None:
        """What is wrong with a target."""
        place = bisect_right(self._starts.get(key, []), at) - 1
        if place < 0:
            return None
        event = self._of_key[key][place]
        return event if at < event.end else None

    def takes(self, key: str, at: float) -> float:
        """How long a check takes that begins now."""
        return 3600.0 if within(self.hangs.get(key, ()), at) else 0.0

    def answer(self, watched: MonitorTarget, at: float, slot: float) -> tuple[Observation, Entry]:
        """What a check finds, and what is to be noted of it."""
        event = self.event(watched.key, at)
        health, trouble = Health.HEALTHY, None
        cause = "" if event is None else event.cause
        if event is not None:
            health, trouble = event.health, event.trouble
        if within(self.offline, at):
            health, trouble = Health.UNKNOWN, Trouble.LOCAL
        ip = "" if trouble in (Trouble.CONNECT, Trouble.LOCAL) else address_of(watched)
        seen = Observation(at, health, trouble, cause, due=slot, ip=ip)
        return seen, Entry(at, slot, health, cause)

    def send(self, delivery: Delivery, now: float) -> Refused | None:
        """Bring messages to a receiver."""
        if within(self.refusing.get(delivery.channel, ()), now):
            return Refused("no")
        ids = tuple([message.id for message in delivery.messages])
        self.received.append((now, delivery.channel, ids))
        return None


def within(stretches: Iterable[Stretch], at: float) -> bool:
    """True if a time lies in one of these."""
    return any(start <= at < end for start, end in stretches)
