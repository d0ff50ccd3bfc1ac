"""What every sink is: whole rows in, and one kind of error out."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

Value: TypeAlias = str | int | float | bool | None
"""One cell of a row; None where there is nothing to say."""

Row: TypeAlias = tuple[Value, ...]
"""One flat record, its cells in the order of the chosen columns."""


class Sink(Protocol):
    """Where rows go.

    Every method may raise OutputError; a BrokenPipeError passes through as it is, because a reader
    that has seen enough (`| head`) is not an error to report.
    """

    def write(self, rows: Sequence[Row]) -> None:
        """Take a batch of whole rows."""
        ...

    def flush(self) -> None:
        """Hand everything taken so far to the operating system."""
        ...

    def complete(self) -> None:
        """Take note that all rows were written: what is closed without it says it is partial."""
        ...

    def close(self) -> None:
        """Flush and let go of the file; closing twice is harmless."""
        ...
