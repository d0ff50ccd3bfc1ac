"""The two clocks, passed in so that months can pass in a test."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is.

    wall: seconds since the epoch; may be set by people. monotonic: seconds since whenever; only
    ever goes on.
    """

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
