"""What every source of targets has in common: the options, the errors, the two protocols."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from fetcher.model import Target

ListFormat = Literal["auto", "text", "csv", "tsv", "jsonl", "toml", "sitemap"]

BLOCK_SIZE = 64 * 1024
"""Bytes read at once."""

MAX_URL = 64 * 1024
"""The longest URL (and line of a text list) that is passed on, in bytes or characters."""

MAX_RECORD = 1024 * 1024
"""The longest CSV row or JSON value, in bytes: such rows may carry long texts beside the URL."""

KEPT = 1024
"""How many characters are kept, to show, of something that is too long."""


Expect = Callable[[Mapping[str, object]], object]
"""Makes of what a row says of expectations, by their names, what the job makes of that.

Values are text, or whatever JSON and TOML have. Raises ValueError that names what is wrong.
"""


class SourceError(Exception):
    """The input cannot be read at all; the message names it and says what was expected."""


class BrokenInput(Exception):
    """The input breaks off here; what was read before is good. Becomes one problem row."""


@dataclass(frozen=True, slots=True)
class ListOptions:
    """How to read a list.

    url_column: name or 1-based number of the CSV column with the URLs. url_field: dotted path of
    the JSON field with the URL. Both None: found by name, columns by content too. format: "auto"
    goes by the name's suffix, then by content. carry: let each row's other columns through.
    expect: makes `Target.expected` of a row's columns `expect_…`, its fields `expect_…` or its
    table `expect`, which are then not carried; None: these are columns like others.
    """

    url_column: str | None = None
    url_field: str | None = None
    format: ListFormat = "auto"
    carry: bool = False
    expect: Expect | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A list that was fetched: its bytes, the Content-Type header's value, and its final URL."""

    body: bytes
    content_type: str
    url: str


FetchList = Callable[[str], Awaitable[Fetched]]
"""Fetches a list or a sitemap by URL; raises SourceError when it cannot."""


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that a sitemap index points to, and where in the index it stands."""

    url: str
    source: str


class ListReader(Protocol):
    """Turns the UTF-8 bytes of one list into targets, block by block.

    Pure but for the counter it takes indexes from; the same rows whatever the blocks' sizes.
    May raise BrokenInput, after everything that could be read was given out.
    """

    def feed(self, data: bytes) -> Iterable[Target | Child]:
        """Take the next bytes and give the rows that are complete."""
        ...

    def finish(self) -> Iterable[Target | Child]:
        """Give the rows that the end of the input completes."""
        ...

    def place(self) -> str:
        """Say where the next row would stand, as a target's `source`."""
        ...


class Source(Protocol):
    """Somewhere targets come from."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the carried columns; () when none are carried.

        Known at once for local files, after `prepare` for everything else.
        """
        ...

    async def prepare(self) -> None:
        """Read as far as is needed to know the header; iterating does this by itself.

        Reads nothing when no columns are carried. Raises SourceError.
        """
        ...

    def __aiter__(self) -> AsyncGenerator[Target, None]:
        """Give the targets, lazily, in input order. Raises SourceError."""
        ...

    def count(self) -> int | None:
        """Say how many targets there will be, None when that cannot be told cheaply.

        Reads a local file once; never disturbs the iteration.
        """
        ...
