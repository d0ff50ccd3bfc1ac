"""Loading 10,000 targets with 10,000 different expectation sets from one TOML file.

A whole process, from its start until every target is there and every expectation was validated;
goal: at most 1 s. Beside it, what of that the start of Python with the same imports takes.
"""

import argparse
import sys
from functools import partial
from pathlib import Path

import harness
from harness import MEGABYTE

_TARGET = """[[targets]]
url = "https://host-{n}.example/path/{n}"
name = "target {n}"
[targets.expect]
status = "200..299,{status}"
degraded_after = "{slow}ms"
unhealthy_after = "{late}s"
body_matches = "item-{n}-[0-9]+ (of|in) .*stock"
json = "$.items[{n}].count >= {n}"
certificate_days = {days}

"""

_IMPORTS = """
import asyncio, itertools, sys
from fetcher.judgement.expectations import parse_expectations
from fetcher.sources import ListOptions, check_lists, open_list
"""

# As the check command does it: everything is validated first, and then given out.
_LOAD = f"""{_IMPORTS}
path, count = sys.argv[1:]
source = open_list(path, ListOptions(expect=parse_expectations), counter=itertools.count())
mistakes = check_lists([source])

async def read():
    return [target async for target in source]

targets = asyncio.run(read())
assert not mistakes and sum(target.expected is not None for target in targets) == int(count)
"""


def write_targets(path: Path, count: int) -> Path:
    """Write a list of targets, each with expectations of its own."""
    with path.open("w", encoding="utf-8") as file:
        for n in range(count):
            figures = {"status": 300 + n % 100, "slow": 100 + n, "late": n + 2, "days": n % 90}
            file.write(_TARGET.format(n=n, **figures))
    return path


def main(flags: argparse.Namespace) -> None:
    """Measure the load and the bare start in turn, and print one table."""
    with harness.scratch() as folder:
        path = write_targets(folder / "targets.toml", flags.urls)
        load = [sys.executable, "-c", _LOAD, str(path), str(flags.urls)]
        work = {
            f"load {flags.urls:,} targets": partial(harness.run, load),
            "start and imports": partial(harness.run, [sys.executable, "-c", _IMPORTS]),
        }
        for command in work.values():
            # The first start may have to compile modules; only later ones count.
            command()
        usages = harness.interleaved(work, flags.repeat)
    table = [
        [name, f"{usage.wall:.2f}", f"{usage.cpu:.2f}", f"{usage.peak_bytes / MEGABYTE:,.0f}"]
        for name, usage in usages.items()
    ]
    harness.print_table(["what", "wall s", "CPU s", "MB"], table)


if __name__ == "__main__":
    main(harness.options(__doc__, urls=10_000, repeat=7).parse_args())
