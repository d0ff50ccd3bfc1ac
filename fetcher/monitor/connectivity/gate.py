"""The gate between verdicts and states: is it them or me?

    verdict ─┬─ an answer ────────────────────────────────► holds
             └─ a failure ─► waits ─┬─ someone answers ───► holds
                                    └─ nobody does ───────► nothing can be said

Pure, on a clock that is passed in.

What goes through the gate, and in which state it comes out.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from fetcher.monitor.connectivity.control_targets import ControlRound
from fetcher.monitor.connectivity.evidence import Shows
from fetcher.monitor.plan import SelfSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Passing(Generic[T]):
    """One check on its way; times in seconds of one clock that only ever goes on.

    key: the target's. host: the one that it was asked of. began, ended: when the check did. text:
    what it found, in plain words. item: what comes out again.
    """

    key: str
    host: str
    began: float
    ended: float
    shows: Shows
    item: T
    text: str = ""

    @property
    def middle(self) -> float:
        """The moment after which an answer shows that the check itself could have had one.

        What was seen when it had just begun may have been the last before a cut.
        """
        return (self.began + self.ended) / 2


@dataclass(frozen=True, slots=True)
class Offline:
    """That we cannot see: since when, on the gate's clock, and why, in plain words."""

    since: float
    why: str


@dataclass(frozen=True, slots=True)
class Released(Generic[T]):
    """A check that is through.

    blind: None when it holds as it is; else why nothing can be said of the target.
    """

    item: T
    blind: Offline | None = None


_UNCERTAIN = frozenset({Shows.DOUBT, Shows.FAULT})


@dataclass(slots=True, eq=False)
class Held(Generic[T]):
    """A check that waits.

    deadline: until when. telling: whether its failure would be news, as `Gate` has noted it. gone:
    it waits no more.
    """

    check: Passing[T]
    deadline: float
    telling: bool
    gone: bool = False


class Gate(ABC, Generic[T]):
    """Holds failures back until it is known whether the fault is ours.

    A failure holds only when an answer to someone's question, that came since the middle of the
    failing check, shows that we could see. What waits longer than `settings.patience` is settled by
    what is known then. Once nothing can be seen, no failure holds until an answer comes; nor does
    one of a check that began within `patience` after that: a network comes back in pieces.

    Answers pass at once, unless an earlier check of the same target still waits: each target's
    checks come out in their order. What waits is bounded by what is asked within `patience`.

    The kinds of gate differ in whose answers count.
    """

    def __init__(self, settings: SelfSettings) -> None:
        self.blind: Offline | None = None
        """Since when nothing can be seen, and why; None while it can."""
        self._latest: Offline | None = None
        self._dawn = float("-inf")
        self._patience = settings.patience
        self._waiting: dict[str, dict[str, deque[Held[T]]]] = {}  # by host and key
        self._hosts: dict[str, str] = {}  # by key, of those that wait
        self._in_order: deque[Held[T]] = deque()  # of their deadlines; may be gone already

    @property
    def waiting(self) -> int:
        """How many targets have a check that waits."""
        return len(self._hosts)

    def put(self, check: Passing[T], now: float) -> list[Released[T]]:
        """Take a check; return those that are through now, this one or others."""
        out: list[Released[T]] = []
        held = Held(check, now + self._patience, self._noted(check))
        if check.shows is Shows.ONLINE:
            self._look_again(self._vouched_by(check), now, out)
        host = self._hosts.setdefault(check.key, check.host)
        self._waiting.setdefault(host, {}).setdefault(check.key, deque()).append(held)
        self._advance(check.key, now, out)
        if not held.gone:
            self._in_order.append(held)
        return out

    def tick(self, now: float) -> list[Released[T]]:
        """Return those whose time to wait is over; to be called a few times a second."""
        out: list[Released[T]] = []
        while self._in_order and (self._in_order[0].gone or self._is_due(self._in_order[0], now)):
            held = self._in_order.popleft()
            if not held.gone:
                self._advance(held.check.key, now, out)
        return out

    def drain(self, why: str) -> list[Released[T]]:
        """Let everything through that waits, undecided, because nobody can wait any longer."""
        out = []
        for host in self._waiting.values():
            for held in chain.from_iterable(host.values()):
                held.gone = True
                undecided = held.check.shows in _UNCERTAIN
                blind = Offline(held.check.began, why) if undecided else None
                out.append(Released(held.check.item, blind))
        self._waiting.clear()
        self._hosts.clear()
        self._in_order.clear()
        return out

    @abstractmethod
    def wants_controls(self, now: float) -> bool:
        """Whether to ask the control targets now; worth asking after each `put` and `tick`."""

    @abstractmethod
    def asking_controls(self, now: float) -> None:
        """Note that a round of asking the control targets begins."""

    @abstractmethod
    def hear(self, answer: ControlRound, now: float) -> list[Released[T]]:
        """Take what a round of asking the control targets came to; return those through now."""

    @abstractmethod
    def _noted(self, check: Passing[T]) -> bool:
        """Take note of a check; whether its failure would be news."""

    @abstractmethod
    def _vouched_by(self, check: Passing[T]) -> list[str]:
        """The hosts with waiting checks that this answer may let through."""

    @abstractmethod
    def _is_vouched_for(self, check: Passing[T]) -> bool:
        """Whether an answer has shown that we could see when a check failed."""

    @abstractmethod
    def _doubts(self, held: Held[T]) -> str:
        """Why nothing can be seen, once patience is over; "" when the failure has to hold."""

    def _is_due(self, held: Held[T], now: float) -> bool:
        """Whether a check has waited long enough."""
        return held.deadline <= now

    def _earliest(self, default: float) -> float:
        """When the first of the checks that wait began."""
        queues = chain.from_iterable([host.values() for host in self._waiting.values()])
        return min([queue[0].check.began for queue in queues], default=default)

    def _darken(self, since: float, why: str) -> None:
        """Nothing can be seen any more."""
        self.blind = self._latest = Offline(since, why)

    def _lighten(self, at: float) -> None:
        """Someone has answered."""
        if self.blind is not None:
            self.blind = None
            self._dawn = at

    def _settled(self, held: Held[T], now: float) -> Released[T] | None:
        """What comes of a check that no other one stands before; None when it has to wait."""
        check = held.check
        if check.shows not in _UNCERTAIN:
            return Released(check.item)
        if self.blind is not None:
            return Released(check.item, self.blind)
        if check.began < self._dawn + self._patience:
            return Released(check.item, self._latest)
        if self._is_vouched_for(check):
            return Released(check.item)
        if not self._is_due(held, now):
            return None
        if why := self._doubts(held):
            self._darken(check.began, why)
        return Released(check.item, self.blind)

    def _advance(self, key: str, now: float, out: list[Released[T]]) -> None:
        """Let those of a target's checks through that need not wait any more."""
        host = self._hosts[key]
        queue = self._waiting[host][key]
        could_see = self.blind is None
        while queue and (released := self._settled(queue[0], now)) is not None:
            queue.popleft().gone = True
            out.append(released)
        if not queue:
            del self._hosts[key], self._waiting[host][key]
            if not self._waiting[host]:
                del self._waiting[host]
        if could_see and self.blind is not None:
            self._look_again(list(self._waiting), now, out)

    def _look_again(self, hosts: Iterable[str], now: float, out: list[Released[T]]) -> None:
        """Something was learnt that concerns all checks of some hosts."""
        for host in hosts:
            for key in list(self._waiting.get(host, ())):
                if key in self._hosts:  # else it went with another for which it became dark
                    self._advance(key, now, out)
