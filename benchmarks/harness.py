"""What every benchmark here shares: measured runs, taken in turn, and a table of medians."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MEGABYTE = 1_000_000

_CORES = os.cpu_count() or 1
SERVER_CORE = 0 if _CORES > 1 else None
CLIENT_CORE = 1 if _CORES > 1 else None


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run used: wall clock and CPU in seconds, memory at the peak in bytes.

    found: the right answers that it gave; 0 where none were asked for.
    """

    wall: float
    cpu: float
    peak_bytes: float
    found: int = 0


def run(command: Sequence[str], core: int | None = CLIENT_CORE) -> Usage:
    """Measure one command, with all the processes that it starts.

    Ends the benchmark with the command's last words when it fails.
    """
    measure = [sys.executable, "-S", str(HERE / "measure.py"), "-" if core is None else str(core)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*measure, *command], capture_output=True, env=environment, text=True, check=False
    )
    figures = json.loads(done.stdout or '{"exit": "not measured"}')
    if figures["exit"] != 0:
        last_words = "\n".join(done.stderr.splitlines()[-15:])
        raise SystemExit(f"exit {figures['exit']} of {' '.join(command)}\n{last_words}")
    return Usage(figures["wall"], figures["cpu"], figures["peak_bytes"])


Work = Mapping[str, Callable[[], Usage]]


def interleaved(work: Work, repeat: int) -> dict[str, Usage]:
    """Do each work in turn, A B A B …, so that a noisy minute meets all; return their medians."""
    runs: dict[str, list[Usage]] = {name: [] for name in work}
    for turn in range(repeat):
        for name, do in work.items():
            note(f"{turn + 1}/{repeat} {name}")
            runs[name].append(do())
    note("")
    return {name: median(usages) for name, usages in runs.items()}


def note(text: str) -> None:
    """Show what is being done, on one line of a terminal that the next note replaces."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def median(usages: Sequence[Usage]) -> Usage:
    """Return the median of each figure, and the fewest right answers."""
    return Usage(
        statistics.median(usage.wall for usage in usages),
        statistics.median(usage.cpu for usage in usages),
        statistics.median(usage.peak_bytes for usage in usages),
        min(usage.found for usage in usages),
    )


def net(usage: Usage, start: Usage) -> Usage:
    """Take the cost of starting, measured over one URL, off the times of a run."""
    return Usage(usage.wall - start.wall, usage.cpu - start.cpu, usage.peak_bytes, usage.found)


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns as wide as their widest cell, the first to the left, the others right."""
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    for row in (headers, ["-" * width for width in widths], *rows):
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells[1:]]))
    print(flush=True)


def verdict(found: Mapping[str, int], expected: int) -> str:
    """Say in one line whether every client found all it should have."""
    wrong = {name: count for name, count in found.items() if count != expected}
    if not wrong:
        return f"Every client found all {expected:,} of {expected:,}."
    list_ = ", ".join(f"{name} {count:,}" for name, count in wrong.items())
    return f"NOT COMPARABLE: of {expected:,} right answers were found: {list_}."


def options(
    description: str | None, *, urls: int = 0, repeat: int, concurrency: int = 0
) -> argparse.ArgumentParser:
    """Return the flags that most benchmarks have, with their own defaults; 0 leaves a flag out."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=repeat, help="runs of each client")
    if urls:
        parser.add_argument("--urls", type=int, default=urls, help="length of the list")
    if concurrency:
        parser.add_argument("-c", "--concurrency", type=int, default=concurrency)
    return parser


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        yield Path(folder)
