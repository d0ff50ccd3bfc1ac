"""What every durable output is: rows of whole targets in, and commits between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from fetcher.extraction.fields.values import FieldValue
from fetcher.sinks.base import SinkError
from fetcher.sinks.durable.progress import Progress

Cells: TypeAlias = tuple[FieldValue, ...]
"""One row's values, in the order of the columns."""


@dataclass(frozen=True, slots=True)
class TargetRows:
    """All rows of one target: none, one or several.

    url: as it was written in the input; a database knows the target by it.
    """

    url: str
    rows: tuple[Cells, ...]


class Durable(Protocol):
    """An output that can be left at any moment, by `kill -9` too, and gone on with later.

    What `commit` returned for is there after the end of this process, however that comes. Power
    failure is not covered, for each commit would have to wait for the disk (fsync(2));
    `benchmarks/commit_cost.py` measures how long.

    Every method may raise SinkError. After that, what was committed before can be read, and a later
    run can go on with it; in this one, `commit` may be tried again.
    """

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets, the next ones in the order of the input."""
        ...

    def commit(self, progress: Progress) -> None:
        """Make what was written stay, together with how far it goes."""
        ...

    def complete(self) -> None:
        """Take note, after the last commit, that there is nothing more to come."""
        ...

    def close(self) -> None:
        """Let go of the output, and of what was not committed; closing twice is harmless."""
        ...


class DurableError(SinkError):
    """An output cannot be gone on with: says which, and why, in plain words."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(target, reason)
        self.args = (f"cannot resume {target}: {reason}",)


class Completed:
    """An output that an earlier run has completed; there is nothing to do."""

    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take nothing; raises DurableError when there is something."""
        if targets:
            raise DurableError(self._name, "it is complete, and these targets are not in it")

    def commit(self, progress: Progress) -> None:
        """Do nothing."""

    def complete(self) -> None:
        """Do nothing: it is."""

    def close(self) -> None:
        """Do nothing: nothing is open."""
