"""Put a whole file in its place at once.

Where an output, what is gathered for it, and its journal lie.

Keep two runs from writing to one file.
"""

import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fetcher.storage.output_error import OutputError
from fetcher.storage.outputs import FileOutput, GzipOutput, Output

# The rest of what a file system takes for a name, usually 255 bytes, is for what is added.
_STEM = 180


def check_replaceable(path: Path) -> None:
    """Raise OutputError when `replace_file` could not write there; leaves nothing behind."""
    try:
        if path.is_dir():
            raise OutputError(str(path), "it is a directory")
        # A file can be renamed over one that may not be written; nobody who made it so wants that.
        if path.exists() and not os.access(path, os.W_OK):
            raise OutputError(str(path), "permission denied")
    except OSError as error:
        raise OutputError.of(str(path), error) from error
    with _beside(path):
        pass


def replace_file(path: Path, blocks: Iterable[bytes]) -> None:
    """Write a file whole or not at all: beside its place first, then renamed over it (rename(2)).

    A reader sees the old file or the new one, never a part; so does one who comes after a process
    that was killed. Ends in `.gz`: packed. The new file has the permissions of the old one. Raises
    OutputError.
    """
    # Of a symbolic link the file is replaced, not the link.
    place = Path(os.path.realpath(path))
    with _beside(path) as (file, temporary):
        output: Output = GzipOutput(file) if path.suffix.lower() == ".gz" else file
        for block in blocks:
            output.write(block)
        output.close()
        try:
            with suppress(FileNotFoundError):
                temporary.chmod(place.stat().st_mode & 0o7777)
            os.replace(temporary, place)
        except OSError as error:
            raise OutputError.of(str(path), error) from error


@contextmanager
def _beside(path: Path) -> Iterator[tuple[FileOutput, Path]]:
    """Open a new file in the directory of another one; it is removed unless it was renamed."""
    place = Path(os.path.realpath(path))
    stem = os.fsdecode(os.fsencode(place.name)[:_STEM])
    temporary = place.with_name(f".{stem}.{secrets.token_hex(4)}.part")
    output = FileOutput(temporary, name=str(path), mode="xb")
    try:
        yield output, temporary
    finally:
        output.close()
        temporary.unlink(missing_ok=True)


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
        return cls(output, output, _places_beside(output, ".journal"))

    @classmethod
    def gathering(cls, output: Path) -> "Places":
        """Those of a format that is written whole, at the end."""
        return cls(output, _places_beside(output, ".rows"), _places_beside(output, ".journal"))

    def clear_rows(self) -> None:
        """Remove the rows that were gathered, once the output has them."""
        if self.rows != self.output:
            with told(self.output):
                self.rows.unlink(missing_ok=True)

    @property
    def name(self) -> str:
        """What errors call the output."""
        return str(self.output)


def size_of(path: Path) -> int | None:
    """The size of a file in bytes; None when there is none. Raises OutputError."""
    with told(path):
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None


def new_version(path: Path) -> Path:
    """Where a file is written before it takes its place, which is on the same file system.

    There is one such name only, so what a killed process left there goes with the next one.
    """
    return _places_beside(_place(path), ".new")


def put_in_place(path: Path) -> None:
    """Rename a file's new version over it (rename(2)). Raises OutputError.

    Of a symbolic link the file is replaced, not the link; the permissions stay.
    """
    new, place = new_version(path), _place(path)
    with told(path):
        with suppress(FileNotFoundError):
            new.chmod(place.stat().st_mode & 0o7777)
        os.replace(new, place)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Make a OutputError of what the system says inside."""
    try:
        yield
    except OSError as error:
        raise OutputError.of(str(path), error) from error


def _place(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _places_beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


if sys.platform != "win32":
    import fcntl


class Lock:
    """A file that is this process's to write, until it is closed or the process ends.

    An advisory lock (flock(2)), which the system takes back however the process ends. The file is
    made when it is not there. Raises OutputError when another run has it. On Windows, and on file
    systems that know no locks, it holds nobody off.
    """

    def __init__(self, path: Path, name: str) -> None:
        with told(path):
            self._file = open(path, "ab")  # noqa: SIM115 - closed by close()
        try:
            self._take()
        except BlockingIOError:
            self.close()
            raise OutputError(name, "another run is writing to it") from None
        except OSError:
            pass

    def close(self) -> None:
        """Let the file go; doing it twice is harmless."""
        self._file.close()

    def _take(self) -> None:
        if sys.platform != "win32":
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
