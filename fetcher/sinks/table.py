"""Rows as a table on a terminal, written as they come."""

from collections.abc import Callable, Mapping, Sequence
from typing import TextIO, TypeAlias

from fetcher.judgement.verdict import Health
from fetcher.sinks.base import OutputProgress, Row, TargetRows, Value
from fetcher.sinks.columns import Column
from fetcher.text import clean

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

MARKS = {
    Health.HEALTHY.value: "✓",
    Health.DEGRADED.value: "!",
    Health.UNHEALTHY.value: "✗",
    Health.UNKNOWN.value: "?",
}
"""One cell wide each, on every terminal."""

GAP = 2
"""Cells between two columns."""

# Below this, free text says too little to be worth its column.
_COMFORTABLE = 20
# These stay when there is no room for all.
_ESSENTIAL = ("health", "url", "status", "title")
# A URL tells more by its end than by its beginning, which many share.
_CUT_INSIDE = ("url", "final_url")
# A reason that has less room than this stands on a line of its own.
_REASONABLE = 60
_INDENT = 2
_MOST_LINES = 3
"""How many lines a reason may take; no one reads more than that in a table."""


class TableSink:
    """Writes an aligned table, one line a row, holding no row back.

    Widths are fixed from the start: see `fit` for how the columns share `width` (in cells). Text
    that is too long is cut and ends in an ellipsis. A status has the colour of its class, a health
    its own and a mark. A failed row, known by its `error` or `failure`, says what went wrong in
    place of its title, and then `error` has no column of its own. A `reason` follows its `trouble`,
    and runs on over lines of its own where its column is too narrow for it. write: takes finished
    lines, with their line ends; what it raises passes through. Nothing in a cell is taken for
    markup or for a control sequence.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        write: Callable[[str], None],
        *,
        width: int = 80,
        colour: bool = False,
    ) -> None:
        self._write = write
        self._width = width
        self._colour = colour
        self._names = [column.name for column in columns]
        self._numeric = [column.kind in (int, float) for column in columns]
        self._reason = _place("reason", self._names)
        self._title = _place("title", self._names)
        left_out = self._merged(columns, width)
        kept = [i for i, name in enumerate(self._names) if name not in left_out]
        cells = fit([columns[i] for i in kept], width)
        self._widths = {kept[place]: room for place, room in cells.items()}
        self._hidden = [self._names[i] for i in kept if i not in self._widths]
        self._begun = False

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Write the rows of some targets, the first one below a header."""
        rows = [row for target in targets for row in target.rows]
        if not rows:
            return
        lines = [] if self._begun else self._header()
        self._begun = True
        for row in rows:
            lines.extend(self._lines(row))
        self._write("".join(line + "\n" for line in lines))

    def commit(self, progress: OutputProgress) -> None:
        """Do nothing: every row went through."""

    def finish(self, *, complete: bool) -> None:
        """Do nothing: whoever gave `write` closes what is behind it."""

    def _merged(self, columns: Sequence[Column], width: int) -> set[str]:
        """The columns that are shown inside another one, or below all."""
        if self._reason is None:
            return {"error"} if self._title is not None else set()
        kept = [column for column in columns if column.name != "trouble"]
        place = kept.index(columns[self._reason])
        # Alone it has no line to stand below.
        if len(kept) > 1 and fit(kept, width).get(place, 0) < _REASONABLE:
            return {"trouble", "reason"}
        return {"trouble"}

    def _header(self) -> list[str]:
        names = [self._cell(i, self._names[i], cells) for i, cells in self._widths.items()]
        lines = [self._paint((" " * GAP).join(names).rstrip(), BOLD)]
        if self._hidden:
            lines.append(self._paint(f"(no room for: {', '.join(self._hidden)})", DIM))
        return lines

    def _lines(self, row: Row) -> list[str]:
        values = dict(zip(self._names, row, strict=True))
        cells = [shown(name, value) for name, value in values.items()]
        if self._reason is not None:
            return self._explained(values, cells, self._reason)
        problem = values.get("error") or values.get("failure")
        if problem and "status" in values:
            cells[self._names.index("status")] = "fail", RED
        if not problem or self._title is None:
            return [self._line(cells)]
        cells[self._title] = clean(str(problem)), RED
        return [self._line(cells, running=self._title)]

    def _explained(self, values: Mapping[str, Value], cells: list[Cell], place: int) -> list[str]:
        """Make a row's line with its reason, or a line for each where that is long."""
        reason, colour = _reason(values), health_colour(values.get("health"))
        room = self._widths.get(place, 0)
        if fits(reason, room) or len(self._widths) == 1:
            cells[place] = reason, colour
            return [self._line(cells)]
        cells[place] = "", None
        below = _wrapped(reason, max(1, self._width - _INDENT))
        return [self._line(cells), *(" " * _INDENT + self._paint(part, colour) for part in below)]

    def _line(self, cells: Sequence[Cell], running: int | None = None) -> str:
        """Join cells; the one that runs takes the room of empty ones on its right too."""
        done: list[str] = []
        for position, width in reversed(self._widths.items()):
            while position == running and done and not done[-1].strip(" "):
                width += GAP + len(done.pop())
            text, colour = cells[position]
            done.append(self._paint(self._cell(position, text, width), colour))
        # Only the text's own end is trimmed: a colour that is switched off after it stays.
        return (" " * GAP).join(reversed(done)).rstrip(" ")

    def _cell(self, position: int, text: str, cells: int) -> str:
        if self._numeric[position] and len(text) <= cells:
            return text.rjust(cells)
        return fitted(text, cells, cut_inside=self._names[position] in _CUT_INSIDE)

    def _paint(self, text: str, colour: str | None) -> str:
        if not self._colour or colour is None:
            return text
        body = text.rstrip(" ")
        if not body:
            return text
        return f"\x1b[{colour}m{body}\x1b[0m{text[len(body) :]}"


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return True if a stream should get colours.

    Not when NO_COLOR is set and not empty (no-color.org), not when it is no terminal, and not on
    a terminal that says it has none (TERM is `dumb` or `unknown`).
    """
    if environ.get("NO_COLOR") or environ.get("TERM") in ("dumb", "unknown"):
        return False
    return stream.isatty()


def _place(name: str, names: Sequence[str]) -> int | None:
    return names.index(name) if name in names else None


def _wrapped(text: str, cells: int) -> list[str]:
    """Break a text between words; what does not fit into the last line is cut off."""
    lines: list[str] = []
    while not fits(text, cells) and len(lines) < _MOST_LINES - 1:
        begin = _beginning(text, cells)
        if not begin:
            break
        lines.append(begin)
        text = text[len(begin) + 1 :]
    return [*lines, fitted(text, cells).rstrip(" ")]


def _beginning(text: str, cells: int) -> str:
    """As many of a text's first words as fit, "" when not even one does."""
    begin, space = "", text.find(" ")
    while space >= 0 and fits(text[:space], cells):
        begin, space = text[:space], text.find(" ", space + 1)
    return begin


def _reason(values: Mapping[str, Value]) -> str:
    parts = [values.get("trouble"), values.get("reason")]
    return clean(": ".join([str(part) for part in parts if part]))


def fit(columns: Sequence[Column], width: int) -> dict[int, int]:
    """Return the width of each column that fits, in cells, by its position, left to right.

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


def shown(name: str, value: Value) -> Cell:
    """Return the text of a cell, and its colour."""
    if value is None:
        return "", None
    if name == "status" and isinstance(value, int):
        return str(value), _CLASS_COLOURS.get(value // 100)
    if name == "health" and isinstance(value, str):
        return f"{MARKS.get(value, ' ')} {value}", health_colour(value)
    return clean(_worded(value)), None


def _worded(value: Value) -> str:
    """Return a value as text; what is in a list, side by side."""
    if isinstance(value, list):
        return " | ".join([_worded(item) for item in value if item is not None])
    return str(value).lower() if isinstance(value, bool) else str(value)


def health_colour(health: Value) -> str | None:
    """The colour of a health."""
    return _HEALTH_COLOURS.get(str(health))


def fits(text: str, cells: int) -> bool:
    """Return True if a text fits into a number of cells."""
    from rich.cells import cell_len

    text = text.lstrip(_JOINERS)
    return len(text) <= cells * _POINTS_A_CELL and cell_len(text) <= cells


def fitted(text: str, cells: int, *, cut_inside: bool = False) -> str:
    """Pad or cut a text to a number of cells.

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
