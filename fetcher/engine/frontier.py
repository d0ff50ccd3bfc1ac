"""The frontier: what is still to be fetched, and when each item may start.

A plain data structure on a clock that is passed in: it never waits and does not use asyncio, so
that every rule here is tested on a virtual clock.
"""

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, TypeVar

from fetcher.pool.pace import Pace

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Host(Generic[T]):
    """The queue of one host; forgotten when nothing is pending and no pause is left.

    limit: how many items may be active. interval: seconds between two starts. not_before: when its
    latest pause ends. paused: nothing may start until a timer resumes it. listed: it has a place
    among the turns. startable: its share of the frontier's. latest: the number of its latest start
    among all starts.
    """

    name: str
    limit: int
    interval: float
    queue: deque[T] = field(default_factory=deque)
    active: int = 0
    not_before: float = 0.0
    paused: bool = False
    listed: bool = False
    startable: int = 0
    latest: int = 0


class Frontier(Generic[T]):
    """Pending work in host-fair order, within per-host limits.

    Hosts take turns: the one whose latest start is longest ago goes first. But a slow host fills
    its slots before all others, or each of its slots would stay empty for a whole turn of theirs.
    A host is slow if it is still busy when its turn comes, or if it was at its limit. At least
    every second start is a regular turn, so that slow hosts starve nobody. Within a host, work is
    first in, first out. An item that waits (for its host, or to be retried) holds no slot.

    All times are seconds on one monotonic clock of the caller's choice.

    Args:
        host_limit: Maximum active items of one host.
        interval: Seconds between two starts on one host.
        rate: Starts a second across all hosts; None for no limit.
        pace_first: After its first start, a host starts nothing until `pace` was called for it.
    """

    def __init__(
        self,
        host_limit: int,
        interval: float = 0.0,
        rate: float | None = None,
        *,
        pace_first: bool = False,
    ) -> None:
        self._limit = host_limit
        self._first_limit = 1 if pace_first else host_limit
        self._interval = interval
        self._pace = None if rate is None else Pace(rate)
        self._hosts: dict[str, _Host[T]] = {}
        self._turns: list[tuple[int, int, _Host[T]]] = []
        self._slow: dict[_Host[T], None] = {}  # an ordered set, of those that could start
        self._out_of_turn = False
        self._starts = 0
        self._timers: list[tuple[float, int, Callable[[float], None]]] = []
        self._tickets = count()
        self.startable = 0
        """Items that could start now, by the limits and pauses of their hosts."""
        self.queued = 0
        """Items that wait, delayed ones included."""
        self.active = 0
        """Items that were popped and are not done."""

    def push(self, host: str, item: T, *, first: bool = False) -> None:
        """Add an item to its host's queue; `first` puts it at the head (work already started)."""
        entry = self._host(host)
        if first:
            entry.queue.appendleft(item)
        else:
            entry.queue.append(item)
        self.queued += 1
        self._settle(entry)

    def push_later(self, host: str, item: T, when: float) -> None:
        """Add an item that must not start before `when`."""
        self.queued += 1

        def arrive(now: float) -> None:
            self.queued -= 1
            self.push(host, item, first=True)

        self._at(when, arrive)

    def pop(self, now: float) -> tuple[str, T] | None:
        """Take the next item that may start, with its host; None if none may start yet.

        The item is active until `done`.
        """
        self._run_timers(now)
        if not self.startable or (self._pace is not None and self._pace.delay(now) > 0):
            return None
        if self._pace is not None:
            self._pace.started(now)
        entry = self._next_host()
        item = entry.queue.popleft()
        entry.active += 1
        self._starts += 1
        entry.latest = self._starts
        self.queued -= 1
        self.active += 1
        if entry.interval:
            self._pause(entry, now + entry.interval)
        self._settle(entry)
        return entry.name, item

    def done(self, host: str) -> None:
        """Release the slot that `pop` took."""
        entry = self._hosts[host]
        if entry.active == entry.limit:
            self._slow[entry] = None
        entry.active -= 1
        self.active -= 1
        self._settle(entry)

    def hold(self, host: str, until: float) -> None:
        """Start nothing on this host before `until` (its Retry-After)."""
        entry = self._host(host)
        self._pause(entry, until)
        self._settle(entry)

    def pace(self, host: str, interval: float, now: float) -> None:
        """Leave at least `interval` seconds between two starts on this host (its crawl delay).

        Call it when an active item really starts: the time until the next start counts from now.
        """
        entry = self._host(host)
        entry.limit = self._limit
        if interval > entry.interval:
            entry.interval = interval
            self._pause(entry, now + interval)
        self._settle(entry)

    def waiting(self, host: str) -> int:
        """Return the number of items that wait for this host, without delayed ones."""
        entry = self._hosts.get(host)
        return len(entry.queue) if entry else 0

    def next_due(self, now: float) -> float | None:
        """Return when time alone may let an item start; None if no item waits for that.

        Before then `pop` returns None, unless something is pushed or done.
        """
        due = self._timers[0][0] if self._timers else None
        if self._pace is not None and self.startable:
            allowed = now + self._pace.delay(now)
            return allowed if due is None else min(due, allowed)
        return due

    def idle(self) -> bool:
        """Return True if nothing is queued, delayed or active."""
        return not self.queued and not self.active

    def _host(self, name: str) -> _Host[T]:
        entry = self._hosts.get(name)
        if entry is None:
            entry = _Host(name, self._first_limit, self._interval, latest=self._starts)
            self._hosts[name] = entry
        return entry

    def _next_host(self) -> _Host[T]:
        """Choose the host that starts next; there must be one."""
        self._out_of_turn = bool(self._slow) and not self._out_of_turn
        if self._out_of_turn:
            entry = next(iter(self._slow))
            self._slow[entry] = self._slow.pop(entry)  # behind the others, if it has more
            return entry
        while True:
            latest, _, entry = heapq.heappop(self._turns)
            entry.listed = False
            # Paused since it was listed: it comes back to the turns when its pause ends.
            if entry.startable:
                if latest == entry.latest:
                    if entry.active:
                        self._slow[entry] = None
                    return entry
                self._list(entry)  # it has started out of turn meanwhile

    def _pause(self, entry: _Host[T], until: float) -> None:
        if until <= entry.not_before:
            return
        entry.not_before = until
        if not entry.paused:
            entry.paused = True
            self._at(until, lambda now: self._resume(entry, now))

    def _resume(self, entry: _Host[T], now: float) -> None:
        if entry.not_before > now:
            self._at(entry.not_before, lambda now: self._resume(entry, now))
            return
        entry.paused = False
        self._settle(entry)

    def _settle(self, entry: _Host[T]) -> None:
        """Update a host's turn and its share of `startable`; forget it if it has no work."""
        startable = 0 if entry.paused else min(len(entry.queue), entry.limit - entry.active)
        self.startable += startable - entry.startable
        entry.startable = startable
        if startable:
            if not entry.listed:
                self._list(entry)
            return
        self._slow.pop(entry, None)
        if not entry.queue and not entry.active and not entry.paused:
            self._hosts.pop(entry.name, None)

    def _list(self, entry: _Host[T]) -> None:
        entry.listed = True
        heapq.heappush(self._turns, (entry.latest, next(self._tickets), entry))

    def _at(self, when: float, action: Callable[[float], None]) -> None:
        heapq.heappush(self._timers, (when, next(self._tickets), action))

    def _run_timers(self, now: float) -> None:
        while self._timers and self._timers[0][0] <= now:
            # Each at its own time, so that a late call finds what an earlier one would have.
            when, _, action = heapq.heappop(self._timers)
            action(when)
