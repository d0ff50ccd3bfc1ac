"""One cell of a table on a terminal: its text, its colour, and exactly its width."""

from typing import TypeAlias

from fetcher.judgement.verdict import Health
from fetcher.sinks.base import Value
from fetcher.sinks.clean import clean
from fetcher.sinks.marks import MARKS

Cell: TypeAlias = tuple[str, str | None]
"""A text, and the number of its colour (ECMA-48, SGR); None for no colour."""

BOLD, DIM, RED, GREEN, YELLOW, MAGENTA, CYAN = "1", "2", "31", "32", "33", "35", "36"
_CLASS_COLOURS = {2: GREEN, 3: CYAN, 4: YELLOW, 5: RED}
_HEALTH_COLOURS = {
    Health.HEALTHY.value: GREEN,
    Health.DEGRADED.value: YELLOW,
    Health.UNHEALTHY.value: RED,
    Health.UNKNOWN.value: MAGENTA,
}
_ELLIPSIS = "…"
# No cell is wider than a few code points a cell; more would only take time to measure.
_POINTS_A_CELL = 8
# ZWJ and VS16 change the width of what is before them: at the beginning they have none.
_JOINERS = "\u200d\ufe0f"


def shown(name: str, value: Value) -> Cell:
    """Give the text of a column's cell, and its colour."""
    if value is None:
        return "", None
    if name == "status" and isinstance(value, int):
        return str(value), _CLASS_COLOURS.get(value // 100)
    if name == "health" and isinstance(value, str):
        return f"{MARKS.get(value, ' ')} {value}", health_colour(value)
    if isinstance(value, bool):
        return str(value).lower(), None
    return clean(value) if isinstance(value, str) else str(value), None


def health_colour(health: Value) -> str | None:
    """The colour of a health."""
    return _HEALTH_COLOURS.get(str(health))


def fits(text: str, cells: int) -> bool:
    """Say whether a text has room in so many cells."""
    from rich.cells import cell_len

    text = text.lstrip(_JOINERS)
    return len(text) <= cells * _POINTS_A_CELL and cell_len(text) <= cells


def fitted(text: str, cells: int, *, cut_inside: bool = False) -> str:
    """Pad or cut a text to exactly so many cells.

    What is cut shows an ellipsis, at its end or inside. Wide and combining characters are measured
    (Unicode UAX #11).
    """
    # Half of rich is not needed here, and none of it where there is no terminal.
    from rich.cells import cell_len, set_cell_size, split_text

    text = text.lstrip(_JOINERS)
    if len(text) <= cells * _POINTS_A_CELL and cell_len(text) <= cells:
        return set_cell_size(text, cells)
    tail = (cells - 1) * 2 // 3 if cut_inside else 0
    head = set_cell_size(text[: cells * _POINTS_A_CELL], cells - 1 - tail)
    if not tail:
        return head + _ELLIPSIS
    end = text[-cells * _POINTS_A_CELL :].lstrip(_JOINERS)
    end = split_text(end, max(0, cell_len(end) - tail))[1]
    return head + _ELLIPSIS + set_cell_size(end, tail)
