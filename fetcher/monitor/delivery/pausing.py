"""How long a channel is left alone after a failure."""

import random

from fetcher.notify.base import Refused

FIRST = 5.0
LONGEST = 600.0
LONGEST_ASKED = 3600.0
"""The most that another side can ask for."""


def pause_after(failures: int, refused: Refused, rng: random.Random) -> float:
    """Say how many seconds to wait; failures: how many there were in a row, at least 1.

    It doubles, half of it by chance, so that not all come back together; what the other side asks
    for (RFC 9110, section 10.2.3) can make it longer, not shorter.
    """
    ceiling = min(FIRST * 2.0 ** min(failures - 1, 60), LONGEST)
    jittered = ceiling * (0.5 + rng.random() / 2)
    return max(jittered, min(refused.retry_after or 0.0, LONGEST_ASKED))
