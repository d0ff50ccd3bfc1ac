"""`Stage`: the interface between fetching pages and parsing them; `Parsed`: a page's outcome."""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from fetcher.extraction.fields import FieldValue
from fetcher.failures import Failure
from fetcher.model import RawPage

FieldRow: TypeAlias = dict[str, FieldValue]
"""One row's values by column name."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The rows of one page, or why there are none.

    Attributes:
        rows: one dict per row; none if the user's function returned none.
        failure: set if parsing did not finish; the rows are then those found before.
        traceback: of the exception behind the failure, as Python prints it; "" if there is none.
    """

    rows: tuple[FieldRow, ...] = ()
    failure: Failure | None = None
    traceback: str = ""


class Stage(Protocol):
    """Parses pages, any number concurrently, while its context is entered.

    Entering raises FunctionError if the parser's function does not exist. Leaving stops what still
    runs; no process, thread or task is left behind.
    """

    async def parse(self, page: RawPage) -> Parsed:
        """Parse a page; whatever goes wrong with it is part of the result.

        Waits while the stage has too much to do. Raises PoolBroken if nothing can be parsed
        anymore.
        """
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
