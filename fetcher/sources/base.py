"""What all sources of targets share: options, errors, limits, and the two protocols."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from fetcher.model import Target

ListFormat = Literal["auto", "text", "csv", "tsv", "jsonl", "toml", "sitemap"]

BLOCK_SIZE = 64 * 1024
"""Bytes per read."""

MAX_URL = 64 * 1024
"""The longest URL (and line of a text list) that is passed on, in bytes or characters."""

MAX_RECORD = 1024 * 1024
"""The longest CSV row or JSON value, in bytes: such rows may carry long texts beside the URL."""

KEPT = 1024
"""How many characters are kept, for display, of something that is too long."""

Expect = Callable[[Mapping[str, object]], object]
"""Turns a row's expectations, by name, into the job's own form of them.

Values are text, or whatever JSON and TOML have. Raises ValueError that says what is wrong.
"""


class SourceError(Exception):
    """The input cannot be read at all; the message names it and says what was expected."""


class BrokenInput(Exception):
    """The input breaks off here; the rows before are good. Becomes one row with a problem."""


@dataclass(frozen=True, slots=True)
class ListOptions:
    """How to read a list.

    Attributes:
        url_column: name or 1-based number of the CSV column with the URLs; None to find it by
            name, then by content.
        url_field: dotted path of the JSON field with the URL; None to find it by name.
        format: "auto" goes by the name's suffix, then by content.
        carry: keep each row's other columns.
        expect: makes `Target.expected` from a row's columns or fields `expect_…` or its table
            `expect`, which are then not carried; None to treat these like any other column.
    """

    url_column: str | None = None
    url_field: str | None = None
    format: ListFormat = "auto"
    carry: bool = False
    expect: Expect | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A fetched list: its bytes, the Content-Type header's value, and its final URL."""

    body: bytes
    content_type: str
    url: str


FetchList = Callable[[str], Awaitable[Fetched]]
"""Fetches a list or a sitemap by URL; raises SourceError when it cannot."""


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that a sitemap index lists, and its place in the index."""

    url: str
    source: str


class ListReader(Protocol):
    """Turns the UTF-8 bytes of one list into targets, block by block.

    Pure except for the counter that it takes indexes from; the rows do not depend on the sizes
    of the blocks. May raise BrokenInput, after yielding everything that could be read.
    """

    def feed(self, data: bytes) -> Iterable[Target | Child]:
        """Take the next bytes and yield the rows that are complete."""
        ...

    def finish(self) -> Iterable[Target | Child]:
        """Yield the rows that the end of the input completes."""
        ...

    def place(self) -> str:
        """Return the place of the next row, as in `Target.source`."""
        ...


class Source(Protocol):
    """An asynchronous source of targets."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the carried columns; () if none are carried.

        Known at once for local files, after `prepare` for everything else.
        """
        ...

    async def prepare(self) -> None:
        """Read as far as needed to know the header; iterating does so by itself.

        Reads nothing if no columns are carried. Raises SourceError.
        """
        ...

    def __aiter__(self) -> AsyncGenerator[Target, None]:
        """Yield the targets lazily, in input order. Raises SourceError."""
        ...

    def count(self) -> int | None:
        """Return the number of targets, or None if that is not cheap to find out.

        Reads a local file once; never disturbs the iteration.
        """
        ...
