"""How long answers took, in a size that does not depend on how many there were."""

import math
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

BOUNDS = tuple(digit * 10.0**power for power in range(5) for digit in (1, 2, 5))
"""Upper ends of the classes, in milliseconds: 1, 2, 5, 10 and so on; one more is above all."""

# Two neighbouring steps differ by one percent: nobody acts on less.
_STEP = math.log(1.01)
_LEAST = 0.05


@dataclass(slots=True)
class Latencies:
    """A distribution of durations.

    classes: how many there are in each class of BOUNDS, the last one being for those above.
    longest: in milliseconds.
    """

    count: int = 0
    longest: float = 0.0
    classes: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    _steps: Counter[int] = field(default_factory=Counter)

    def add(self, ms: float) -> None:
        """Count a duration, in milliseconds."""
        self.count += 1
        self.longest = max(self.longest, ms)
        self.classes[bisect_left(BOUNDS, ms)] += 1
        self._steps[math.floor(math.log(max(ms, _LEAST)) / _STEP)] += 1

    def quantile(self, share: float) -> float:
        """Say, to within one percent, what this share of them (0 to 1) does not exceed.

        By nearest rank; 0 when there are none.
        """
        rank = max(1, math.ceil(share * self.count))
        for step in sorted(self._steps):
            rank -= self._steps[step]
            if rank <= 0:
                return min(math.exp((step + 1) * _STEP), self.longest)
        return 0.0
