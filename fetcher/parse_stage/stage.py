"""Where pages are parsed: the seam between those who fetch them and whatever parses them.

What came of parsing one page.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from fetcher.extraction.fields import FieldValue
from fetcher.failures import Failure
from fetcher.model import RawPage

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


class Stage(Protocol):
    """Parses pages, any number at the same time, between entering and leaving it.

    Entering raises FunctionError when there is no such function as the parser's. Leaving ends what
    still runs; no process, thread or task is left.
    """

    async def parse(self, page: RawPage) -> Parsed:
        """Parse a page; what goes wrong with it is part of the result.

        Waits while the stage has more at hand than it should. Raises PoolBroken when nothing can
        be parsed any more.
        """
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
