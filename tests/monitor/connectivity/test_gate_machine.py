"""What holds of every gate, whatever comes in which order: as state machines."""

from collections import defaultdict

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fetcher.monitor.connectivity import (
    ControlGate,
    ControlRound,
    Evidence,
    Gate,
    GatedCheck,
    Offline,
    PeerGate,
    Released,
)
from fetcher.monitor.connectivity.control_targets import LONGEST_ROUND
from fetcher.monitor.plan import SelfSettings

Item = tuple[str, int]
UNCERTAIN = (Evidence.DOUBT, Evidence.FAULT)
TICK = 0.5
KEYS = [f"{host}{number}" for host in "abcdef" for number in range(2)]


class Watched(RuleBasedStateMachine):
    """Feeds a gate, and keeps books on what went in and came out."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.numbers: defaultdict[str, int] = defaultdict(int)
        self.inside: dict[str, list[GatedCheck[Item]]] = defaultdict(list)
        self.came: dict[Item, float] = {}
        self.answers: list[tuple[float, str]] = []
        self.asked: float | None = None
        self.gate: Gate[Item] = self.make(SelfSettings())

    def make(self, own: SelfSettings) -> Gate[Item]:
        """The gate to be tested."""
        raise NotImplementedError

    def vouched(self, check: GatedCheck[Item]) -> bool:
        """True if there was an answer that makes a failure count."""
        raise NotImplementedError

    @initialize(patience=st.sampled_from([1.0, 7.0, 15.0]), pause=st.sampled_from([0.5, 5.0, 60.0]))
    def begin(self, patience: float, pause: float) -> None:
        """Choose the settings."""
        self.own = SelfSettings(patience=patience, control_pause=pause)
        self.gate = self.make(self.own)

    @rule(seconds=st.sampled_from([0.0, 0.5, 2.0, 10.0, 40.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass as a monitor does, which looks at its clock now and then."""
        end = self.now + seconds
        while self.now < end:
            self.now += TICK
            self.note(self.gate.tick(self.now))

    @rule(
        key=st.sampled_from(KEYS),
        shown=st.sampled_from(Evidence),
        took=st.sampled_from([0.1, 5, 30]),
    )
    def check(self, key: str, shown: Evidence, took: float) -> None:
        """A target was checked."""
        self.numbers[key] += 1
        item = (key, self.numbers[key])
        passing = GatedCheck(key, key[0], self.now - took, self.now, shown, item, "broken")
        offline, alone = self.gate.offline, not self.inside[key]
        self.inside[key].append(passing)
        self.came[item] = self.now
        if shown is Evidence.ONLINE:
            self.answers.append((self.now, key[0]))
        out = self.gate.put(passing, self.now)
        self.note(out)
        if alone and (shown not in UNCERTAIN or offline is not None):
            assert item in [released.item for released in out]

    def note(self, out: list[Released[Item]]) -> None:
        """What comes out went in, is the oldest of its target, and has a reason."""
        for released in out:
            key = released.item[0]
            check = self.inside[key].pop(0)
            assert check.item == released.item
            if check.evidence not in UNCERTAIN:
                assert released.offline is None
            elif released.offline is None:
                waited = self.now - self.came[check.item]
                assert self.vouched(check) or waited >= self.own.patience
            else:
                assert released.offline.why

    @invariant()
    def nobody_waits_too_long(self) -> None:
        """What waits came within patience and one round."""
        longest = self.own.patience + LONGEST_ROUND + TICK
        assert all(
            self.now - self.came[check.item] <= longest
            for queue in self.inside.values()
            for check in queue
        )

    @invariant()
    def nothing_is_kept_that_is_gone(self) -> None:
        """The gate knows those that wait, and no more."""
        waiting = {key for key, queue in self.inside.items() if queue}
        assert self.gate.waiting == len(waiting)
        assert set(self.gate._hosts) == waiting
        assert sum(len(host) for host in self.gate._held.values()) == len(waiting)
        assert all(host for host in self.gate._held.values())

    @invariant()
    def in_the_dark_nothing_waits_that_fails(self) -> None:
        """What waits while offline could only be decided wrongly later."""
        if isinstance(self.gate.offline, Offline):
            assert self.gate.waiting == 0

    def teardown(self) -> None:
        """At the end all comes out."""
        self.note(self.gate.drain("the end"))
        assert not any(self.inside.values())


class WatchedByOthers(Watched):
    """The gate without control targets."""

    def make(self, own: SelfSettings) -> Gate[Item]:
        return PeerGate(own)

    def vouched(self, check: GatedCheck[Item]) -> bool:
        return any(at > check.middle and host != check.host for at, host in self.answers)


class WatchedByControls(Watched):
    """The gate with control targets, which answer or do not."""

    def make(self, own: SelfSettings) -> Gate[Item]:
        return ControlGate(own)

    def vouched(self, check: GatedCheck[Item]) -> bool:
        return any(at > check.middle for at in self.heard)

    def __init__(self) -> None:
        self.heard: list[float] = []
        super().__init__()

    @rule()
    def ask(self) -> None:
        """A round begins, if it is wanted."""
        if self.asked is None and self.gate.wants_controls(self.now):
            self.asked = self.now
            self.gate.control_round_started(self.now)
            assert not self.gate.wants_controls(self.now)

    @rule(why=st.sampled_from(["", "", "nobody there"]))
    def hear(self, why: str) -> None:
        """A round has come to its end."""
        if self.asked is None:
            return
        if not why:
            self.heard.append(self.now)
        out = self.gate.control_round_ended(ControlRound(self.asked, self.now, why), self.now)
        self.asked = None
        self.note(out)
        if not why:
            assert self.gate.offline is None


STEPS = settings(max_examples=60, stateful_step_count=40)
TestByOthers = WatchedByOthers.TestCase
TestByOthers.settings = STEPS
TestByControls = WatchedByControls.TestCase
TestByControls.settings = STEPS
