"""The layout of a CSV or TSV list, worked out from its first rows."""

from collections import Counter

from fetcher.sources.base import ListOptions, SourceError
from fetcher.sources.csv_list import Layout, RowSplitter
from fetcher.sources.row_expectations import key_of_column
from fetcher.sources.text_list import LineBuffer
from fetcher.sources.url_columns import CERTAIN_NAMES, URL_NAMES, likeness, normalised

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 100

Rows = list[list[str]]


def find_layout(
    name: str, sample: bytes, options: ListOptions, delimiter: str | None = None
) -> Layout | None:
    """Work out delimiter, header and URL column from the beginning of a list.

    Args:
        name: the list's name, for errors.
        sample: its first bytes, as UTF-8.
        options: the user's choices.
        delimiter: None to find it.

    Returns:
        The layout; None if the sample holds no row.

    Raises:
        SourceError: there is no such column, or none looks like URLs.
    """
    if delimiter is None:
        delimiter = find_delimiter(sample)
    rows = sample_rows(sample, delimiter)
    if not rows:
        return None
    first, data = rows[0], rows[1:]
    has_header = _has_header(first, options.url_column)
    if not has_header:
        data = rows
    column = _named(name, first, options.url_column, has_header)
    if column is None:
        column = _by_name(first, data) if has_header else None
    expected = _expected(first) if has_header and options.expect is not None else ()
    others = {position for position, _ in expected}
    if column is None:
        column = _by_content(data, others)
    if column is None:
        raise SourceError(_no_column(name, first, has_header))
    others.add(column)
    names = column_names(first if has_header else [""] * max(map(len, rows)))
    carried = tuple(i for i in range(len(names)) if i not in others) if options.carry else ()
    width = len(names) if has_header else None
    header = tuple(names[i] for i in carried)
    return Layout(delimiter, column, has_header, width, carried, header, expected)


def find_delimiter(sample: bytes) -> str | None:
    """Return the delimiter that splits the first rows most evenly; None for a single column.

    It must occur in the first row: otherwise any split would be an accident of the characters in
    the URLs.
    """
    best: tuple[float, int] = (0.0, 0)
    chosen: str | None = None
    for delimiter in DELIMITERS:
        widths = [len(row) for row in sample_rows(sample, delimiter)]
        if widths and widths[0] > 1:
            agreeing = Counter(widths)[widths[0]] / len(widths)
            if (agreeing, widths[0]) > best:
                best, chosen = (agreeing, widths[0]), delimiter
    return chosen


def sample_rows(sample: bytes, delimiter: str | None) -> Rows:
    """Split the beginning of a list into rows, including the last, which may be incomplete."""
    lines, splitter = LineBuffer(len(sample) + 1), RowSplitter(delimiter)
    rows: Rows = []
    for batch in [*lines.feed(sample), *lines.finish()]:
        rows.extend(row.cells for row in splitter.rows(batch))
        rows.extend(row.cells for row in splitter.finish())
    return rows[: _SAMPLE_ROWS + 1]


def _has_header(first: list[str], wanted: str | None) -> bool:
    if wanted is not None and not wanted.strip().isdecimal():
        return True
    surest = max(map(likeness, first), default=0.0)
    named = any(normalised(cell) in URL_NAMES for cell in first)
    return surest < 1 and (named or surest == 0)


def _named(name: str, first: list[str], wanted: str | None, has_header: bool) -> int | None:
    """Return the column that the user chose."""
    if wanted is None:
        return None
    if has_header:
        for position, cell in enumerate(first):
            if cell.strip().casefold() == wanted.strip().casefold():
                return position
    if wanted.strip().isdecimal() and 1 <= int(wanted.strip()[:9]) <= len(first):
        return int(wanted.strip()[:9]) - 1
    columns = ", ".join(cell.strip() or "(no name)" for cell in first)
    raise SourceError(
        f"{name} has no column {wanted!r}; it has {len(first)}"
        + (f": {columns}" if has_header else " and no header")
    )


def _by_name(first: list[str], data: Rows) -> int | None:
    """Find the column by its name; an uncertain name counts only if the cells look like URLs."""
    names = [normalised(cell) for cell in first]
    for candidate in URL_NAMES:
        for position, name in enumerate(names):
            if name == candidate and (
                name in CERTAIN_NAMES or len(first) == 1 or _score(data, position) >= 0.3
            ):
                return position
    return None


def _expected(first: list[str]) -> tuple[tuple[int, str], ...]:
    """Find the columns with expectations."""
    keys = [(position, key_of_column(cell)) for position, cell in enumerate(first)]
    return tuple((position, key) for position, key in keys if key is not None)


def _by_content(data: Rows, others: set[int]) -> int | None:
    """Find the column whose cells look most like URLs."""
    places = [i for i in range(max(map(len, data), default=0)) if i not in others]
    best = max(places, key=lambda position: _score(data, position), default=None)
    return best if best is not None and _score(data, best) >= 0.3 else None


def _score(data: Rows, position: int) -> float:
    cells = [row[position] for row in data if position < len(row) and row[position].strip()]
    return sum(map(likeness, cells)) / len(cells) if cells else 0.0


def _no_column(name: str, first: list[str], has_header: bool) -> str:
    if not has_header:
        return f"{name}: no column looks like URLs; choose one with --url-column NUMBER"
    columns = ", ".join(cell.strip() or "(no name)" for cell in first)
    return (
        f"{name}: none of the columns ({columns}) is known to hold URLs; "
        "choose one with --url-column"
    )


def column_names(first: list[str]) -> list[str]:
    """Return a unique name per column: `column_3` without a name, `name_2` for a second `name`."""
    names: list[str] = []
    for position, cell in enumerate(first, 1):
        wanted = name = " ".join(cell.split()) or f"column_{position}"
        again = 2
        while name in names:
            name = f"{wanted}_{again}"
            again += 1
        names.append(name)
    return names
