"""The rules of the fold, written down simply: all checks are kept, and looked at each time."""

from dataclasses import dataclass, field

from fetcher.judgement.verdict import Health
from fetcher.monitor.plan import Policy
from fetcher.monitor.target_state import Condition

LEVEL = {Health.HEALTHY: 1, Health.DEGRADED: 2, Health.UNHEALTHY: 3}
CONDITION = (Condition.NEW, Condition.UP, Condition.DEGRADED, Condition.DOWN)


@dataclass
class Model:
    """One target; level: its condition as a number, 0 for new."""

    policy: Policy
    level: int = 0
    checks: list[tuple[float, int]] = field(default_factory=list)
    falls: list[float] = field(default_factory=list)
    fell_last: bool = False
    flapping: bool = False

    def check(self, health: Health, at: float, maintenance: bool) -> Condition:
        """Take a check into account; the condition after it."""
        if health in LEVEL:
            self.checks.append((at, LEVEL[health]))
            after = self._after(at, maintenance)
            if after != self.level:
                self._note(after > max(self.level, 1), at)
                self.level = after
        return CONDITION[self.level]

    def _after(self, at: float, maintenance: bool) -> int:
        found = [level for _, level in self.checks]
        if self.level == 0 and found[-1] == 1:
            return 1
        bad = found[-self.policy.failures_before_down :]
        if len(bad) == self.policy.failures_before_down and min(bad) > max(self.level, 1):
            return self.level if maintenance else min(bad)
        good = found[-self.policy.successes_before_up :]
        if len(good) == self.policy.successes_before_up and max(good) < self.level:
            return max(good) if self._calm(at) else self.level
        return self.level

    def _calm(self, at: float) -> bool:
        """True if it is not flapping, or was better without interruption for long enough."""
        worse = [when for when, level in self.checks if level >= self.level]
        better = [when for when, _ in self.checks if when > worse[-1]]
        return not self.flapping or at - better[0] >= self.policy.flap_quiet

    def _note(self, fell: bool, at: float) -> None:
        if fell and not self.fell_last:
            self.falls.append(at)
            recent = [fall for fall in self.falls if at - fall < self.policy.flap_window]
            self.flapping |= 0 < self.policy.flap_changes <= len(recent)
        elif not fell and self.flapping:
            self.flapping = False
            self.falls.clear()
        self.fell_last = fell
