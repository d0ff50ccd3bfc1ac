"""What every durable output is: rows of whole targets in, and commits between them.

How far an output has come, and whether a list is the one that it was begun with.

What the values of a column are, for outputs that have types.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol, TypeAlias, get_args, get_origin

from fetcher.extraction.fields.conversion import FieldType, FieldValue
from fetcher.sinks.columns import Column
from fetcher.storage.output_error import OutputError

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class OutputProgress:
    """How many targets an output has, and which.

    done: targets finished, in the order of the input. digest: of their URLs, 16 bytes; see
    `extend`.
    """

    done: int
    digest: bytes

    def after(self, url: str) -> "OutputProgress":
        """The progress when one more target is finished."""
        return OutputProgress(self.done + 1, extend(self.digest, url))


START = OutputProgress(0, bytes(DIGEST_BYTES))
"""Where every output begins."""


def extend(digest: bytes, url: str) -> bytes:
    """Take one more URL into a running digest.

    A chain of BLAKE2b (RFC 7693): the digest of the one before and of the URL. So two lists have
    the same digest after n URLs if these n are the same, in the same order, and only then.
    """
    return blake2b(digest + url.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


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

    Every method may raise OutputError. After that, what was committed before can be read, and a
    later run can go on with it; in this one, `commit` may be tried again.
    """

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets, the next ones in the order of the input."""
        ...

    def commit(self, progress: OutputProgress) -> None:
        """Make what was written stay, together with how far it goes."""
        ...

    def complete(self) -> None:
        """Take note, after the last commit, that there is nothing more to come."""
        ...

    def close(self) -> None:
        """Let go of the output, and of what was not committed; closing twice is harmless."""
        ...


class DurableError(OutputError):
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

    def commit(self, progress: OutputProgress) -> None:
        """Do nothing."""

    def complete(self) -> None:
        """Do nothing: it is."""

    def close(self) -> None:
        """Do nothing: nothing is open."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """What a column's values are: of one type each, or lists of it. None is always possible."""

    type: FieldType
    many: bool = False

    @property
    def nested(self) -> bool:
        """Whether a flat output has the values as JSON text."""
        return self.many or self.type is FieldType.JSON

    def __str__(self) -> str:
        return f"list of {self.type}" if self.many else str(self.type)


_PYTHON: dict[FieldType, type] = {
    FieldType.TEXT: str,
    FieldType.INT: int,
    FieldType.FLOAT: float,
    FieldType.BOOL: bool,
    FieldType.JSON: object,
}
_KINDS = {python: kind for kind, python in _PYTHON.items()}


def column_type(type: FieldType, *, many: bool = False) -> type:
    """Give what `Column.kind` is for a field: `str`, `list[int]`, and `object` for any JSON."""
    python = _PYTHON[type]
    return list[python] if many else python  # type: ignore[valid-type]


def kind_of(column: Column) -> ColumnType:
    """Read what `column_type` gave; what it never gives is any JSON."""
    if get_origin(column.kind) is list:
        (element,) = get_args(column.kind)
        return ColumnType(_KINDS.get(element, FieldType.JSON), many=True)
    return ColumnType(_KINDS.get(column.kind, FieldType.JSON))


def kinds_of(columns: Sequence[Column]) -> tuple[ColumnType, ...]:
    """Read the kinds of columns, in their order."""
    return tuple(kind_of(column) for column in columns)
