"""How columns share the width of a terminal."""

from collections.abc import Sequence

from fetcher.sinks.column import Column

GAP = 2
"""Cells between two columns."""

# Below this, free text says too little to be worth its column.
_COMFORTABLE = 20
# These stay when there is no room for all.
_ESSENTIAL = ("health", "url", "status", "title")


def fit(columns: Sequence[Column], width: int) -> dict[int, int]:
    """Give each column that fits its width in cells, by its position, left to right.

    Columns of a known width get that; free text shares what is left. While free text would be
    too narrow to read, columns are left out: first those of free text, then the others, from the
    right; never health, url, status and title, and never the last one that is there.
    """
    kept = list(range(len(columns)))
    for position in _dispensable(columns):
        if _needed(columns, kept) <= width or len(kept) == 1:
            break
        kept.remove(position)
    return _share(columns, kept, width)


def _dispensable(columns: Sequence[Column]) -> list[int]:
    extra = [i for i, column in enumerate(columns) if column.name not in _ESSENTIAL]
    return sorted(extra, key=lambda position: (columns[position].width > 0, -position))


def _needed(columns: Sequence[Column], kept: Sequence[int]) -> int:
    return sum(columns[i].width or _COMFORTABLE for i in kept) + GAP * (len(kept) - 1)


def _share(columns: Sequence[Column], kept: Sequence[int], width: int) -> dict[int, int]:
    free = [i for i in kept if not columns[i].width]
    rest = width - GAP * (len(kept) - 1) - sum(columns[i].width for i in kept)
    widths = {i: min(columns[i].width, width) for i in kept}
    for taken, position in enumerate(free):
        # What does not divide evenly goes to the columns on the right.
        widths[position] = max(1, rest // (len(free) - taken))
        rest -= widths[position]
    return widths
