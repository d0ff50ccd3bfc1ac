"""Parsing inline, on one and two worker processes, and where `auto` finds best.

    python benchmarks/parse_stage.py

Every field of a list is taken from pages of 30 KB and 300 KB, which come from memory: this is what
the parse stage does where the parse dominates. The ways take turns; the figures are medians.
`parse_run.py` says what each is.
"""

import json
import statistics
import subprocess
import sys

from harness import HERE, note, options, print_table

WAYS = ("inline", "1", "2", "auto")
SIZES = {30_000: 2000, 300_000: 600}
"""Bytes of a page, and how many are parsed."""


def run(way: str, size: int, pages: int) -> dict[str, float]:
    """Parse in a process of its own."""
    command = [sys.executable, str(HERE / "parse_run.py"), way, str(size), str(pages)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def medians(size: int, pages: int, repeat: int) -> dict[str, dict[str, float]]:
    """Do each way in turn, so that a noisy minute meets all, and return each one's figures."""
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for turn in range(repeat):
        for way in WAYS:
            note(f"{turn + 1}/{repeat} {way}, {size // 1000} KB")
            runs[way].append(run(way, size, pages))
    note("")
    return {
        way: {name: statistics.median(figures[name] for figures in all_) for name in all_[0]}
        for way, all_ in runs.items()
    }


def main() -> None:
    """Print a table for each size."""
    parser = options(__doc__, repeat=5)
    parser.add_argument("--part", type=float, default=1.0, help="of the pages, for a quick look")
    asked = parser.parse_args()
    for size, pages in SIZES.items():
        count = max(1, round(pages * asked.part))
        found = medians(size, count, asked.repeat)
        inline, best = found["inline"]["pages"], max(found[way]["pages"] for way in WAYS[:-1])
        print(f"{count:,} pages of {size // 1000} KB")
        print_table(
            ("", "pages/s", "x inline", "x best", "CPU ms/page", "loop ms/page", "lag p99 ms"),
            [
                (
                    f"{way} worker{'s' * (way > '1')}" if way.isdecimal() else way,
                    f"{figures['pages']:.0f}",
                    f"{figures['pages'] / inline:.2f}",
                    f"{figures['pages'] / best:.2f}",
                    f"{figures['cpu']:.2f}",
                    f"{figures['loop']:.2f}",
                    f"{figures['lag']:.1f}",
                )
                for way, figures in found.items()
            ],
        )


if __name__ == "__main__":
    main()
