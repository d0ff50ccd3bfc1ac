"""Rows as a table on a terminal, written as they come."""

from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from fetcher.sinks.base import Row, Value
from fetcher.sinks.cells import BOLD, DIM, RED, Cell, fits, fitted, health_colour, shown
from fetcher.sinks.clean import clean
from fetcher.sinks.column import Column
from fetcher.sinks.layout import GAP, fit

# A URL tells more by its end than by its beginning, which many share.
_CUT_INSIDE = ("url", "final_url")
# A reason that has less room than this stands on a line of its own.
_REASONABLE = 60
_INDENT = 2
_MOST_LINES = 3
"""How many lines a reason may take; nobody reads more of a stranger's text in a table."""


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

    def write(self, rows: Sequence[Row]) -> None:
        """Write a batch of rows, the first one below a header."""
        if not rows:
            return
        lines = [] if self._begun else self._header()
        self._begun = True
        for row in rows:
            lines.extend(self._lines(row))
        self._write("".join(line + "\n" for line in lines))

    def flush(self) -> None:
        """Do nothing: every row went through."""

    def complete(self) -> None:
        """Do nothing: rows stand for themselves."""

    def close(self) -> None:
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
    """Say whether a stream should get colours.

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
