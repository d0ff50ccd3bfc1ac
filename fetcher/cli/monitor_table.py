"""Small tables for people: aligned, and no wider than the terminal."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence

from fetcher.sinks.cells import fitted
from fetcher.sinks.clean import clean
from fetcher.sinks.table_sink import wants_colour

BOLD, RED, GREEN, YELLOW, CYAN = "1", "31", "32", "33", "36"
COLOURS = {"down": RED, "degraded": YELLOW, "up": GREEN, "new": CYAN}
"""What conditions look like where there is colour."""

_GAP = "  "
_WIDEST = 48
_LEAST = 20


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below a header; the last column takes what is left of the line."""
    terminal = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in table_lines(header, rows, terminal, colour=wants_colour(sys.stdout, os.environ)):
        print(line)


def table_lines(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int | None = None,
    *,
    colour: bool = False,
) -> Iterator[str]:
    """Make the lines of a table.

    width: of a line, in cells; None: the last column is never cut. The other columns are as wide as
    their cells, within reason. A first cell that is a condition has its colour.
    """
    cells = [[clean(cell) for cell in row] for row in (header, *rows)]
    widths = [
        min(_WIDEST, max(len(cell) for cell in column))
        for column in list(zip(*cells, strict=True))[:-1]
    ]
    left = None if width is None else max(_LEAST, width - sum(widths) - len(_GAP) * len(widths))
    for number, row in enumerate(cells):
        last = row[-1] if left is None or len(row[-1]) <= left else fitted(row[-1], left)
        parts = [
            fitted(cell, room, cut_inside=True) for cell, room in zip(row[:-1], widths, strict=True)
        ]
        line = _GAP.join([*parts, last]).rstrip()
        paint = BOLD if number == 0 else COLOURS.get(row[0], "")
        if colour and paint:
            first = line if number == 0 else row[0]
            line = line.replace(first, f"\x1b[{paint}m{first}\x1b[0m", 1)
        yield line
