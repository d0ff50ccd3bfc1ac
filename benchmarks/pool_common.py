"""What the pool benchmarks share: taking turns, medians, and a table of ratios.

Every figure comes from rounds in which the candidates take turns, so that a
busy machine is busy for all of them.
"""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable
from types import ModuleType

Candidate = Callable[[], object]


def optional(name: str) -> ModuleType | None:
    """Import a peer, or return None if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def take_turns(candidates: dict[str, Candidate | None], rounds: int) -> dict[str, float]:
    """Return the median seconds of each candidate; those that are None are left out."""
    times: dict[str, list[float]] = {name: [] for name, run in candidates.items() if run}
    for _ in range(rounds):
        for name, run in candidates.items():
            if run is not None:
                began = time.perf_counter()
                run()
                times[name].append(time.perf_counter() - began)
    return {name: statistics.median(taken) for name, taken in times.items()}


def show(
    title: str,
    candidates: dict[str, Candidate | None],
    *,
    against: str,
    items: int = 1,
    rounds: int = 5,
    unit: str = "us/item",
) -> None:
    """Measure and print the candidates; the ratio says how many times quicker than `against`."""
    scale = {"us/item": 1e6 / items, "s": 1.0}[unit]
    medians = take_turns(candidates, rounds)
    print(f"\n{title}")
    for name in candidates:
        if name not in medians:
            print(f"  {name:<44} not installed")
            continue
        ratio = medians[against] / medians[name]
        print(f"  {name:<44} {medians[name] * scale:10.3f} {unit}   x {ratio:5.2f}", flush=True)
