"""`fetcher --version` and `--help` against `python -c "import typer"`. Goal: at most 1.3."""

import argparse
import sys
from functools import partial

import harness
from clients import available, fetcher
from harness import MEGABYTE

COMMANDS = {
    'python -c "import typer"': ["-c", "import typer"],
    "fetcher --version": ["-m", "fetcher", "--version"],
    "fetcher --help": ["-m", "fetcher", "--help"],
    "fetcher titles --help": ["-m", "fetcher", "titles", "--help"],
    'python -c "import aiohttp"': ["-c", "import aiohttp"],
}


def main(flags: argparse.Namespace) -> None:
    """Measure every command in turn and print one table."""
    there = available([fetcher()])
    commands = {n: c for n, c in COMMANDS.items() if there or not n.startswith("fetcher")}
    for command in commands.values():
        # The first start may have to compile modules; only later ones count.
        harness.run([sys.executable, *command])
    work = {n: partial(harness.run, [sys.executable, *c]) for n, c in commands.items()}
    usages = harness.interleaved(work, flags.repeat)
    typer = next(iter(usages.values()))
    table = [
        [
            name,
            f"{usage.wall * 1000:,.0f}",
            f"{usage.wall / typer.wall:.2f}",
            f"{usage.cpu * 1000:,.0f}",
            f"{usage.cpu / typer.cpu:.2f}",
            f"{usage.peak_bytes / MEGABYTE:,.0f}",
        ]
        for name, usage in usages.items()
    ]
    harness.print_table(["command", "wall ms", "ratio", "CPU ms", "ratio", "MB"], table)


if __name__ == "__main__":
    main(harness.options(__doc__, repeat=11).parse_args())
