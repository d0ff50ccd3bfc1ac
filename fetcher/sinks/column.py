"""One column of the output, and how the usual kinds of it are made."""

from collections.abc import Callable
from dataclasses import dataclass

from fetcher.model import Result
from fetcher.sinks.base import Value
from fetcher.sinks.values import Reader


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the output.

    unit: `ms`, `bytes`, `days` or "". kind: the type of its values (None is always possible too).
    from_web: whether its text may be a stranger's; such text is always cleaned. value: reads it
    from a result. width: how many cells it needs on a terminal, 0 for text of any length.
    """

    name: str
    help: str
    unit: str
    kind: type
    from_web: bool
    value: Callable[[Result], Value]
    width: int = 0


def text(name: str, help: str, value: Reader, width: int = 0) -> Column:
    """Text that may be a stranger's: a URL can come from a sitemap, an error quotes a server."""
    return Column(name, help, "", str, True, value, width)


def word(name: str, help: str, value: Reader, width: int) -> Column:
    """A word of this program's own."""
    return Column(name, help, "", str, False, value, max(width, len(name)))


def count(name: str, help: str, value: Reader, unit: str = "") -> Column:
    """A whole number."""
    return Column(name, help, unit, int, False, value, max(6, len(name)))


def time(name: str, help: str, value: Reader) -> Column:
    """A duration in milliseconds."""
    return Column(name, help, "ms", float, False, value, max(8, len(name)))
