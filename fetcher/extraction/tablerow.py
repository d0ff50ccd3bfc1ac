"""One row of an HTML table: its data attributes, and the text of the elements in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

_PREFIX = "data-"


@dataclass(frozen=True, slots=True)
class TableRow:
    """What one row says.

    data: its `data-` attributes without that prefix. texts: the text of the first element of each
    class that was asked for, where there is one.
    """

    data: Mapping[str, str]
    texts: Mapping[str, str]


def table_row(markup: str, classes: Sequence[str] = ()) -> TableRow | None:
    """Parse `<tr …>…</tr>` (HTML standard); None when it is no row. Never raises on its content."""
    row = LexborHTMLParser(f"<table>{markup}").css_first("tr")
    if row is None:
        return None
    data = {
        name.removeprefix(_PREFIX): value or ""
        for name, value in row.attributes.items()
        if name.startswith(_PREFIX)
    }
    found = {name: row.css_first(f"tr .{name}") for name in classes}
    return TableRow(data, {name: node.text() for name, node in found.items() if node is not None})
