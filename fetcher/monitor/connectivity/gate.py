"""The gate between verdicts and states: is it them or me?

    verdict ─┬─ an answer ───────────────────────────────────► counts
             └─ a failure ─► waits ─┬─ something answers ────► counts
                                    └─ nothing does ─────────► undecided

Pure, on a clock that is passed in.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from fetcher.monitor.connectivity.control_targets import ControlRound
from fetcher.monitor.connectivity.evidence import Evidence
from fetcher.monitor.plan import SelfSettings

T = TypeVar("T")

_UNCERTAIN = frozenset({Evidence.DOUBT, Evidence.FAULT})


@dataclass(frozen=True, slots=True)
class GatedCheck(Generic[T]):
    """A check at the gate; times in seconds of one monotonic clock.

    Attributes:
        key: The target's.
        host: The host that was checked.
        began: When the check began.
        ended: When it ended.
        evidence: What it proves.
        item: What the gate releases again.
        text: What it found, in plain words.
    """

    key: str
    host: str
    began: float
    ended: float
    evidence: Evidence
    item: T
    text: str = ""

    @property
    def middle(self) -> float:
        """The moment after which an answer proves that the check could have had one too.

        An answer from when it had just begun may have been the last one before a cut.
        """
        return (self.began + self.ended) / 2


@dataclass(frozen=True, slots=True)
class Offline:
    """The monitor is offline: since when, on the gate's clock, and why, in plain words."""

    since: float
    why: str


@dataclass(frozen=True, slots=True)
class Released(Generic[T]):
    """A check that has passed the gate.

    offline: None if it counts as it is; otherwise why it remains undecided.
    """

    item: T
    offline: Offline | None = None


@dataclass(slots=True, eq=False)
class Held(Generic[T]):
    """A check that is held back.

    deadline: until when. is_news: what `Gate._record` returned for it. released: True once it is no
    longer held.
    """

    check: GatedCheck[T]
    deadline: float
    is_news: bool
    released: bool = False


class Gate(ABC, Generic[T]):
    """Holds failures back until it is known whether the fault is ours.

    A failure counts only if an answer that came since the middle of the failing check proves that
    we were online. What has waited longer than `settings.patience` is decided by what is known
    then. Once offline, no failure counts until an answer comes; nor does one of a check that began
    within `patience` after that: a network comes back in pieces.

    Answers pass at once, unless an earlier check of the same target is still held: the checks of a
    target leave in their order. What is held is bounded by what is checked within `patience`.

    The kinds of gate differ in whose answers count.
    """

    def __init__(self, settings: SelfSettings) -> None:
        self.offline: Offline | None = None
        """Since when the monitor is offline, and why; None while it is online."""
        self._last_offline: Offline | None = None
        self._back_online = float("-inf")
        self._patience = settings.patience
        self._held: dict[str, dict[str, deque[Held[T]]]] = {}  # by host and key
        self._hosts: dict[str, str] = {}  # by key, of those that are held
        self._by_deadline: deque[Held[T]] = deque()  # some may have been released already

    @property
    def waiting(self) -> int:
        """How many targets have a check that is held."""
        return len(self._hosts)

    def put(self, check: GatedCheck[T], now: float) -> list[Released[T]]:
        """Take a check; return those that are released now, this one or others."""
        out: list[Released[T]] = []
        held = Held(check, now + self._patience, self._record(check))
        if check.evidence is Evidence.ONLINE:
            self._reconsider(self._confirmed_by(check), now, out)
        host = self._hosts.setdefault(check.key, check.host)
        self._held.setdefault(host, {}).setdefault(check.key, deque()).append(held)
        self._advance(check.key, now, out)
        if not held.released:
            self._by_deadline.append(held)
        return out

    def tick(self, now: float) -> list[Released[T]]:
        """Return those whose deadline has passed; to be called a few times a second."""
        out: list[Released[T]] = []
        waiting = self._by_deadline
        while waiting and (waiting[0].released or self._is_due(waiting[0], now)):
            held = waiting.popleft()
            if not held.released:
                self._advance(held.check.key, now, out)
        return out

    def drain(self, why: str) -> list[Released[T]]:
        """Release everything, failures undecided, because nothing can wait any longer."""
        out = []
        for host in self._held.values():
            for held in chain.from_iterable(host.values()):
                held.released = True
                undecided = held.check.evidence in _UNCERTAIN
                offline = Offline(held.check.began, why) if undecided else None
                out.append(Released(held.check.item, offline))
        self._held.clear()
        self._hosts.clear()
        self._by_deadline.clear()
        return out

    @abstractmethod
    def wants_controls(self, now: float) -> bool:
        """True if the control targets should be checked now; ask after each `put` and `tick`."""

    @abstractmethod
    def control_round_started(self, now: float) -> None:
        """Note that a check of the control targets has begun."""

    @abstractmethod
    def control_round_ended(self, answer: ControlRound, now: float) -> list[Released[T]]:
        """Take the outcome of checking the control targets; return those released now."""

    @abstractmethod
    def _record(self, check: GatedCheck[T]) -> bool:
        """Record a check; return True if its failure is news."""

    @abstractmethod
    def _confirmed_by(self, check: GatedCheck[T]) -> list[str]:
        """Return the hosts whose held checks this answer may release."""

    @abstractmethod
    def _is_confirmed(self, check: GatedCheck[T]) -> bool:
        """True if an answer has proved that we were online when a check failed."""

    @abstractmethod
    def _why_offline(self, held: Held[T]) -> str:
        """Return why we must be offline, once the deadline has passed; "" if the failure counts."""

    def _is_due(self, held: Held[T], now: float) -> bool:
        """True if a check has been held long enough."""
        return held.deadline <= now

    def _earliest(self, default: float) -> float:
        """Return when the first of the held checks began."""
        queues = chain.from_iterable([host.values() for host in self._held.values()])
        return min([queue[0].check.began for queue in queues], default=default)

    def _go_offline(self, since: float, why: str) -> None:
        self.offline = self._last_offline = Offline(since, why)

    def _go_online(self, at: float) -> None:
        if self.offline is not None:
            self.offline = None
            self._back_online = at

    def _decide(self, held: Held[T], now: float) -> Released[T] | None:
        """Decide the first held check of a target; return None if it has to wait."""
        check = held.check
        if check.evidence not in _UNCERTAIN:
            return Released(check.item)
        if self.offline is not None:
            return Released(check.item, self.offline)
        if check.began < self._back_online + self._patience:
            return Released(check.item, self._last_offline)
        if self._is_confirmed(check):
            return Released(check.item)
        if not self._is_due(held, now):
            return None
        if why := self._why_offline(held):
            self._go_offline(check.began, why)
        return Released(check.item, self.offline)

    def _advance(self, key: str, now: float, out: list[Released[T]]) -> None:
        """Release the checks of a target that need not wait any longer."""
        host = self._hosts[key]
        queue = self._held[host][key]
        was_online = self.offline is None
        while queue and (released := self._decide(queue[0], now)) is not None:
            queue.popleft().released = True
            out.append(released)
        if not queue:
            del self._hosts[key], self._held[host][key]
            if not self._held[host]:
                del self._held[host]
        if was_online and self.offline is not None:
            self._reconsider(list(self._held), now, out)

    def _reconsider(self, hosts: Iterable[str], now: float, out: list[Released[T]]) -> None:
        """Decide the held checks of some hosts again: something new is known."""
        for host in hosts:
            for key in list(self._held.get(host, ())):
                if key in self._hosts:  # otherwise released along with one that went offline
                    self._advance(key, now, out)
