"""What came of parsing one page."""

from dataclasses import dataclass
from typing import TypeAlias

from fetcher.extraction.fields import FieldValue
from fetcher.failures import Failure

FieldRow: TypeAlias = dict[str, FieldValue]
"""One row's values by the names of their columns."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The rows of one page, or why there are none.

    rows: one dict for each row, none when the user's function gave none. failure: set when parsing
    did not come to its end; the rows are then what was found before. traceback: of the exception
    behind the failure, as Python prints it; "" when there was none.
    """

    rows: tuple[FieldRow, ...] = ()
    failure: Failure | None = None
    traceback: str = ""
