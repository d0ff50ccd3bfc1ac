"""The frontier's rules on a virtual clock, against a model that is simple and slow."""

import itertools
from collections import defaultdict, deque
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from fetcher.engine.frontier import Frontier
from fetcher.pool.pace import Pace

HOSTS = st.sampled_from("abcd")
SECONDS = st.sampled_from([0.0, 0.25, 1.0, 2.5, 10.0])


@dataclass
class HostModel:
    """What should hold for one host; what is under way is kept elsewhere."""

    interval: float
    limit: int
    queue: deque[int] = field(default_factory=deque)
    active: int = 0
    blocked_until: float = 0.0


class FrontierRules(RuleBasedStateMachine):
    """Does anything in any order, and says what must come out."""

    @initialize(
        limit=st.integers(1, 3),
        interval=st.sampled_from([0.0, 0.0, 1.0]),
        rate=st.sampled_from([None, None, 0.5, 3.0]),
        pace_first=st.booleans(),
    )
    def begin(self, limit: int, interval: float, rate: float | None, pace_first: bool) -> None:
        """Make a frontier with any limits."""
        self.limit, self.interval, self.pace_first = limit, interval, pace_first
        self.frontier: Frontier[int] = Frontier(limit, interval, rate, pace_first=pace_first)
        self.rate = None if rate is None else Pace(rate)
        self.now = 0.0
        self.items = itertools.count()
        self.hosts: dict[str, HostModel] = {}
        self.later: list[tuple[float, str, int]] = []
        self.popped: set[int] = set()
        self.under_way: list[tuple[str, int]] = []
        self.passed_over: dict[str, int] = defaultdict(int)

    def host(self, name: str) -> HostModel:
        """The model of a host, new when it was forgotten."""
        first = 1 if self.pace_first else self.limit
        return self.hosts.setdefault(name, HostModel(self.interval, first))

    def startable(self, name: str) -> int:
        """How many items of a host could start now."""
        host = self.hosts[name]
        if host.blocked_until > self.now:
            return 0
        return min(len(host.queue), host.limit - host.active)

    def catch_up(self) -> None:
        """Let the model's clock have its effects, in their order: arrivals, and forgetting."""
        for when, name, item in sorted(self.later, key=lambda entry: entry[0]):
            if when <= self.now:
                self.forget(when)
                self.host(name).queue.appendleft(item)
        self.later = [entry for entry in self.later if entry[0] > self.now]
        self.forget(self.now)

    def forget(self, when: float) -> None:
        """A host is forgotten when nothing is pending and its pause is over."""
        for name, host in list(self.hosts.items()):
            if not host.queue and not host.active and host.blocked_until <= when:
                del self.hosts[name]

    def pop(self) -> None:
        """Pop once, and compare."""
        self.catch_up()
        ready = {name for name in self.hosts if self.startable(name)}
        held_back = self.rate is not None and self.rate.delay(self.now) > 0
        found = self.frontier.pop(self.now)
        if not ready or held_back:
            assert found is None
            return
        assert found is not None
        name, item = found
        assert name in ready
        host = self.hosts[name]
        assert item == host.queue.popleft()
        assert item not in self.popped
        self.popped.add(item)
        self.under_way.append((name, item))
        host.active += 1
        if self.rate is not None:
            self.rate.started(self.now)
        if host.interval:
            host.blocked_until = max(host.blocked_until, self.now + host.interval)
        self.note_turns(name, ready)

    def note_turns(self, name: str, ready: set[str]) -> None:
        """How long a host that could start waits for its turn.

        Each of the three others has one turn at the most before, and every second start at the
        most is out of turn.
        """
        for other in set(self.passed_over) - ready:
            del self.passed_over[other]
        for other in ready - {name}:
            self.passed_over[other] += 1
            assert self.passed_over[other] <= 3 + 4
        self.passed_over.pop(name, None)

    @rule(name=HOSTS, first=st.booleans())
    def push(self, name: str, first: bool) -> None:
        """New work, or work that was redirected."""
        self.catch_up()
        item = next(self.items)
        self.frontier.push(name, item, first=first)
        queue = self.host(name).queue
        (queue.appendleft if first else queue.append)(item)
        self.run_timers()

    def run_timers(self) -> None:
        """Bring the frontier's counters to the model's clock, without starting anything."""
        self.frontier._run_timers(self.now)

    @rule(name=HOSTS, seconds=SECONDS)
    def push_later(self, name: str, seconds: float) -> None:
        """Work that waits to be tried again."""
        item = next(self.items)
        # A time of its own: in which order the same moment's events happen is nobody's business.
        when = self.now + seconds + 2.0 ** -(8 + item % 40)
        self.frontier.push_later(name, item, when)
        self.later.append((when, name, item))
        self.run_timers()

    @rule()
    def start(self) -> None:
        """Ask for one item."""
        self.pop()

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        """One that is under way ends, with or without news about its host."""
        name, item = data.draw(st.sampled_from(self.under_way))
        self.under_way.remove((name, item))
        host = self.hosts[name]
        if self.pace_first or data.draw(st.booleans()):
            host.limit = self.limit
            delay = data.draw(SECONDS)
            if delay > host.interval:
                host.interval = delay
                host.blocked_until = max(host.blocked_until, self.now + delay)
            self.frontier.pace(name, delay, self.now)
        if data.draw(st.booleans()):
            seconds = data.draw(SECONDS)
            self.frontier.hold(name, self.now + seconds)
            host.blocked_until = max(host.blocked_until, self.now + seconds)
        self.frontier.done(name)
        host.active -= 1
        self.run_timers()

    @rule(name=HOSTS, seconds=SECONDS)
    def hold(self, name: str, seconds: float) -> None:
        """A Retry-After, also for a host with nothing pending."""
        self.catch_up()
        self.frontier.hold(name, self.now + seconds)
        host = self.host(name)
        host.blocked_until = max(host.blocked_until, self.now + seconds)
        self.run_timers()

    @rule(seconds=SECONDS)
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds
        self.run_timers()

    @rule()
    def wait_until_due(self) -> None:
        """Time passes until `next_due`, which is never later than the next possible start."""
        earliest = self.earliest_start()
        if earliest == self.now:
            return
        due = self.frontier.next_due(self.now)
        if earliest is not None:
            assert due is not None
            assert due <= earliest
        if due is not None:
            self.now = max(self.now, due)
            self.run_timers()

    def earliest_start(self) -> float | None:
        """When something may start by the clock alone."""
        self.catch_up()
        times = [entry[0] for entry in self.later]
        for host in self.hosts.values():
            if host.queue and host.active < host.limit:
                times.append(max(host.blocked_until, self.now))
        if not times:
            return None
        allowed = self.now if self.rate is None else self.now + self.rate.delay(self.now)
        return max(min(times), allowed)

    @invariant()
    def counters_are_the_models(self) -> None:
        """`startable`, `queued`, `active`, `waiting` and `idle` are what the model counts."""
        self.catch_up()
        waiting = sum(len(host.queue) for host in self.hosts.values())
        assert self.frontier.startable == sum(map(self.startable, self.hosts))
        assert self.frontier.queued == waiting + len(self.later)
        assert self.frontier.active == len(self.under_way)
        assert self.frontier.idle() == (not waiting and not self.later and not self.under_way)
        for name in "abcd":
            expected = len(self.hosts[name].queue) if name in self.hosts else 0
            assert self.frontier.waiting(name) == expected

    @invariant()
    def slots_are_never_exceeded(self) -> None:
        """No host has more under way than its limit, and none does before its pace is known."""
        for name in "abcd":
            assert sum(host == name for host, _ in self.under_way) <= self.limit

    @invariant()
    def idle_hosts_are_forgotten(self) -> None:
        """A host is remembered as long as something is pending or its pause lasts."""
        self.catch_up()
        assert set(self.frontier._hosts) == set(self.hosts)
        assert {entry.name for entry in self.frontier._slow} <= set(self.hosts)

    def teardown(self) -> None:
        """Everything that was pushed comes out once, in the time the rules need."""
        if not hasattr(self, "frontier"):
            return
        for _ in range(2_000):
            self.run_timers()
            while self.under_way:
                name, _item = self.under_way.pop()
                self.frontier.pace(name, 0.0, self.now)
                self.hosts[name].limit = self.limit
                self.frontier.done(name)
                self.hosts[name].active -= 1
            before = len(self.popped)
            self.pop()
            if len(self.popped) == before:
                due = self.frontier.next_due(self.now)
                if due is None:
                    break
                self.now = max(self.now, due)
        assert len(self.popped) == next(self.items)
        assert self.frontier.idle()
        assert self.frontier._hosts == {}
        assert self.frontier._slow == {}
        assert not self.frontier._timers


TestFrontierRules = FrontierRules.TestCase
TestFrontierRules.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
