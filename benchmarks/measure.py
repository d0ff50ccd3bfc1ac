"""Run one command and print what it used as one line of JSON.

    python -S measure.py CORE COMMAND [ARGUMENT]...

CORE: the processor core the command stays on, or `-` for any. A process of its own, because Linux
hands the parent's peak memory on to a child (`ru_maxrss` survives exec): measured from a large
parent, every small child looks as large as the parent. This one has about 10 MB.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

SAMPLE_SECONDS = 0.1


def measure(command: list[str], core: int | None) -> dict[str, float]:
    """Run a command to its end.

    Returns exit code, wall and cpu (user and system, of all its processes) in seconds, and
    peak_bytes: of a single process the kernel's own figure; of several the largest sum of their
    proportional shares (PSS) that was seen, which counts shared pages once.
    """
    devices = [(os.POSIX_SPAWN_DUP2, 2, 1)]
    started = time.perf_counter()
    with _Affinity(core):
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=devices)
    sampler = _TreeSampler(pid)
    sampler.start()
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - started
    sampler.stop()
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "exit": os.waitstatus_to_exitcode(status),
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_bytes": max(usage.ru_maxrss * unit, sampler.peak),
    }


class _Affinity:
    """Keeps what is started inside on one core, where the system can."""

    def __init__(self, core: int | None) -> None:
        self.core = core

    def __enter__(self) -> None:
        if self.core is not None and hasattr(os, "sched_setaffinity"):
            self.before = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {self.core})

    def __exit__(self, *_: object) -> None:
        if self.core is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, self.before)


class _TreeSampler(threading.Thread):
    """Looks at the memory of a process and its descendants now and then (Linux only)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(SAMPLE_SECONDS):
            tree = descendants(self.pid)
            # The kernel's figure for a lone process is exact and costs it nothing.
            if len(tree) > 1:
                self.peak = max(self.peak, sum(map(proportional_bytes, tree)))

    def stop(self) -> None:
        self.done.set()
        self.join()


def descendants(pid: int) -> list[int]:
    """Return a process and all that came from it; empty when it is gone."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    children = [int(child) for text in lists for child in text.split()]
    return [pid, *(each for child in children for each in descendants(child))]


def proportional_bytes(pid: int) -> int:
    """Return a process's proportional set size, 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    lines = [line for line in text.splitlines() if line.startswith("Pss:")]
    return int(lines[0].split()[1]) * 1024 if lines else 0


if __name__ == "__main__":
    where = None if sys.argv[1] == "-" else int(sys.argv[1])
    print(json.dumps(measure(sys.argv[2:], where)))
