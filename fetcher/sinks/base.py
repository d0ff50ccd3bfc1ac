"""What every sink is: rows of whole targets in, commits between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Protocol, TypeAlias

from fetcher.model import Target
from fetcher.storage.output_error import OutputError
from fetcher.urls import without_password

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
"""One cell of a row: what JSON can say; None where there is nothing."""

Row: TypeAlias = tuple[Value, ...]
"""One flat record, its cells in the order of the chosen columns."""

DIGEST_BYTES = 16
COUNTERS = 6
"""How many counters a commit keeps; the job decides what each of them counts."""


def identity_of(target: Target) -> str:
    """Return what the rows of a target are known by, in a database and when a run is resumed."""
    # Never by the password: it may have changed since, and no file is to hold it.
    return without_password(target.url)


@dataclass(frozen=True, slots=True)
class TargetRows:
    """All rows of one target: none, one or several.

    identity: see `identity_of`.
    """

    identity: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class OutputProgress:
    """How many targets an output has, which, and what came of them.

    done: targets finished, in the order in which they were written. digest: of their identities,
    16 bytes. counts: up to COUNTERS numbers that the job needs for its exit code.

    The digest is a chain of BLAKE2b (RFC 7693), each one of the digest before and an identity. Two
    lists have the same digest after n targets if these are the same in the same order, and only
    then.
    """

    done: int = 0
    digest: bytes = bytes(DIGEST_BYTES)
    counts: tuple[int, ...] = (0,) * COUNTERS

    def after(self, identity: str, *counted: int) -> "OutputProgress":
        """Return the progress when one more target is finished.

        counted: the places of the counters that it raises.
        """
        data = self.digest + identity.encode("utf-8", "surrogatepass")
        digest = blake2b(data, digest_size=DIGEST_BYTES).digest()
        counts = self.counts
        for place in counted:
            counts = (*counts[:place], counts[place] + 1, *counts[place + 1 :])
        return OutputProgress(self.done + 1, digest, counts)


START = OutputProgress()
"""Where every output begins."""


class Sink(Protocol):
    """Where rows go.

    What `commit` returned for survives the end of this process, `kill -9` included, wherever the
    output can hold it: a file or a database can be resumed from there by a later run. A terminal or
    a pipe cannot; there a commit only means that the rows were handed over. Power failure is not
    covered, for each commit would have to wait for the disk (fsync(2)).

    Every method may raise OutputError; a BrokenPipeError passes through as it is, because a reader
    that has seen enough (`| head`) is not an error to report. After an error, what was committed
    can be read and resumed.
    """

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets, the next ones in order."""
        ...

    def commit(self, progress: OutputProgress) -> None:
        """Keep what was written, and how far it goes.

        With the progress of the last commit, rows are written without being counted as done: a
        resumed run replaces them.
        """
        ...

    def finish(self, *, complete: bool) -> None:
        """Close the output; doing it twice is harmless.

        complete: whether all rows there are were written and committed. Otherwise rows since the
        last commit are not kept.
        """
        ...


class ResumeError(OutputError):
    """An output cannot be resumed: says which, and why."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(target, reason)
        self.args = (f"cannot resume {target}: {reason}",)


class CompletedSink:
    """An output that an earlier run has completed; there is nothing to do."""

    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take nothing; raises ResumeError if there is something."""
        if targets:
            raise ResumeError(self._name, "it is complete, and these targets are not in it")

    def commit(self, progress: OutputProgress) -> None:
        """Do nothing."""

    def finish(self, *, complete: bool) -> None:
        """Do nothing: it is complete."""


@dataclass(frozen=True, slots=True)
class OpenSink:
    """A sink that was opened.

    progress: how far it has come. resumable: whether a later run can resume it. complete: whether
    there is nothing left to write. journal: the file beside it that says how far it has come.
    """

    sink: Sink
    progress: OutputProgress = START
    resumable: bool = False
    complete: bool = False
    journal: Path | None = None
