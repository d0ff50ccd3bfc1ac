"""Where pages are parsed: the seam between those who fetch them and whatever parses them."""

from types import TracebackType
from typing import Protocol, Self

from fetcher.model import RawPage
from fetcher.parsing.parsed import Parsed


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
