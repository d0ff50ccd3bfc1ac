"""Where an output, what is gathered for it, and its journal lie."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fetcher.sinks.base import SinkError


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one output.

    output: what the user asked for. rows: where rows are put while it is not complete; the output
    itself, where its format can grow. journal: what says how much of `rows` is committed.
    """

    output: Path
    rows: Path
    journal: Path

    @classmethod
    def growing(cls, output: Path) -> "Places":
        """Those of a format that rows can be added to."""
        return cls(output, output, _beside(output, ".journal"))

    @classmethod
    def gathering(cls, output: Path) -> "Places":
        """Those of a format that is written whole, at the end."""
        return cls(output, _beside(output, ".rows"), _beside(output, ".journal"))

    @property
    def name(self) -> str:
        """What errors call the output."""
        return str(self.output)


def size_of(path: Path) -> int | None:
    """The size of a file in bytes; None when there is none. Raises SinkError."""
    with told(path):
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None


def new_version(path: Path) -> Path:
    """Where a file is written before it takes its place, which is on the same file system.

    There is one such name only, so what a killed process left there goes with the next one.
    """
    return _beside(_place(path), ".new")


def put_in_place(path: Path) -> None:
    """Rename a file's new version over it (rename(2)). Raises SinkError.

    Of a symbolic link the file is replaced, not the link; the permissions stay.
    """
    new, place = new_version(path), _place(path)
    with told(path):
        with suppress(FileNotFoundError):
            new.chmod(place.stat().st_mode & 0o7777)
        os.replace(new, place)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Make a SinkError of what the system says inside."""
    try:
        yield
    except OSError as error:
        raise SinkError.of(str(path), error) from error


def _place(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
