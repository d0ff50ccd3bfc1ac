"""What two processes can do here and now, of what one does: `python scrape_cores.py`.

2.0 on two idle cores. On a machine that others use too no benchmark of two workers can say more.
"""

import subprocess
import sys
import time

_SECONDS = 0.5
_AHEAD = 0.2
"""Seconds in which all processes have started."""


def speed_of_two() -> float:
    """Return the work of two busy processes together, as a multiple of the work of one."""
    alone = _work(1)
    return _work(2) / alone


def _work(processes: int) -> int:
    """Count what so many processes do in the same moments."""
    begin = time.monotonic() + _AHEAD
    command = [sys.executable, "-S", __file__, str(begin)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    return sum(int(each.communicate()[0]) for each in running)


def _count(begin: float) -> int:
    """Count turns of a loop from one moment of the system's monotonic clock on."""
    turns = 0
    while time.monotonic() < begin:
        pass
    end = begin + _SECONDS
    while time.monotonic() < end:
        turns += 1
    return turns


if __name__ == "__main__":
    print(_count(float(sys.argv[1])) if sys.argv[1:] else f"{speed_of_two():.2f}")
