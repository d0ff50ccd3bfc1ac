"""Names for incidents that sort by time."""

from random import Random

_BITS = 20


class Identifiers:
    """Gives ids of 16 hexadecimal digits: milliseconds since the epoch, then chance.

    Call it with the time, in seconds since the epoch. Each id sorts behind the one before, also
    within a millisecond and when the clock was set back (as monotonic ULIDs do).
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._latest = 0

    def __call__(self, now: float) -> str:
        made = int(now * 1000) << _BITS | self._random.getrandbits(_BITS)
        self._latest = max(made, self._latest + 1)
        return f"{self._latest:016x}"
