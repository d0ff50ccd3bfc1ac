"""Rows as a table on a terminal, written as they come."""

from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from fetcher.sinks.base import Row, Value
from fetcher.sinks.clean import clean
from fetcher.sinks.columns import Column
from fetcher.sinks.layout import GAP, fit

_BOLD, _DIM, _RED, _GREEN, _YELLOW, _CYAN = "1", "2", "31", "32", "33", "36"
_CLASS_COLOURS = {2: _GREEN, 3: _CYAN, 4: _YELLOW, 5: _RED}
_ELLIPSIS = "…"
# A URL tells more by its end than by its beginning, which many share.
_CUT_INSIDE = ("url", "final_url")
# No cell is wider than a few code points a cell; more would only take time to measure.
_POINTS_A_CELL = 8
# ZWJ and VS16 change the width of what is before them: at the beginning they have none.
_JOINERS = "\u200d\ufe0f"


class TableSink:
    """Writes an aligned table, one line a row, holding no row back.

    Widths are fixed from the start: see `fit` for how the columns share `width` (in cells). Text
    that is too long is cut and ends in an ellipsis; wide and combining characters are measured
    (Unicode UAX #11). A status has the colour of its class. A failed row, known by its `error`
    or `failure`, says what went wrong in place of its title, and then `error` has no column of its
    own. write: takes finished lines, with their line ends; what it raises passes through. Nothing
    in a cell is taken for markup or for a control sequence.
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
        self._colour = colour
        self._names = [column.name for column in columns]
        self._numeric = [column.kind in (int, float) for column in columns]
        replaced = "title" in self._names and "error" in self._names
        shown = [i for i, name in enumerate(self._names) if not (replaced and name == "error")]
        fitted = fit([columns[i] for i in shown], width)
        self._widths = {shown[place]: cells for place, cells in fitted.items()}
        self._hidden = [self._names[i] for i in shown if i not in self._widths]
        self._begun = False

    def write(self, rows: Sequence[Row]) -> None:
        """Write a batch of rows, the first one below a header."""
        if not rows:
            return
        lines = [] if self._begun else self._header()
        self._begun = True
        lines.extend(self._line(row) for row in rows)
        self._write("".join(line + "\n" for line in lines))

    def flush(self) -> None:
        """Do nothing: every row went through."""

    def close(self) -> None:
        """Do nothing: whoever gave `write` closes what is behind it."""

    def _header(self) -> list[str]:
        names = [self._cell(i, self._names[i], cells) for i, cells in self._widths.items()]
        lines = [self._paint((" " * GAP).join(names).rstrip(), _BOLD)]
        if self._hidden:
            lines.append(self._paint(f"(no room for: {', '.join(self._hidden)})", _DIM))
        return lines

    def _line(self, row: Row) -> str:
        values = dict(zip(self._names, row, strict=True))
        problem = values.get("error") or values.get("failure")
        cells: list[str] = []
        for position, width in reversed(self._widths.items()):
            name = self._names[position]
            if problem and name == "title":
                # The sentence runs on over the columns that a failure leaves empty.
                while cells and not cells[-1].strip(" "):
                    width += GAP + len(cells.pop())
            text, colour = _shown(name, row[position], problem)
            cells.append(self._paint(self._cell(position, text, width), colour))
        # Only the text's own end is trimmed: a colour that is switched off after it stays.
        return (" " * GAP).join(reversed(cells)).rstrip(" ")

    def _cell(self, position: int, text: str, cells: int) -> str:
        if self._numeric[position] and len(text) <= cells:
            return text.rjust(cells)
        return _fitted(text, cells, cut_inside=self._names[position] in _CUT_INSIDE)

    def _paint(self, text: str, colour: str | None) -> str:
        if not self._colour or colour is None:
            return text
        body = text.rstrip(" ")
        return f"\x1b[{colour}m{body}\x1b[0m{text[len(body) :]}"


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Say whether a stream should get colours.

    Not when NO_COLOR is set and not empty (no-color.org), not when it is no terminal, and not on
    a terminal that says it has none (TERM is `dumb` or `unknown`).
    """
    if environ.get("NO_COLOR") or environ.get("TERM") in ("dumb", "unknown"):
        return False
    return stream.isatty()


def _shown(name: str, value: Value, problem: Value) -> tuple[str, str | None]:
    """Give the text of a cell and its colour."""
    if problem and name == "title":
        return clean(str(problem)), _RED
    if problem and name == "status":
        return "fail", _RED
    if name == "status" and isinstance(value, int):
        return str(value), _CLASS_COLOURS.get(value // 100)
    if value is None:
        return "", None
    if isinstance(value, bool):
        return str(value).lower(), None
    return clean(value) if isinstance(value, str) else str(value), None


def _fitted(text: str, cells: int, *, cut_inside: bool) -> str:
    """Pad or cut a text to exactly so many cells."""
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
