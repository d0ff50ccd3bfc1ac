"""Files that are written whole or not at all, the files that belong to an output, and locks."""

import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fetcher.storage.output_error import OutputError
from fetcher.storage.outputs import FileOutput, GzipOutput, Output

if sys.platform != "win32":
    import fcntl

# File systems usually allow names of 255 bytes; the rest is for what is appended.
_LONGEST_STEM = 180


@contextmanager
def as_output_error(path: Path) -> Iterator[None]:
    """Turn an error of the system inside into an OutputError."""
    try:
        yield
    except OSError as error:
        raise OutputError.of(str(path), error) from error


def real_path(path: str | Path) -> Path:
    """Return the file that a path leads to over symbolic links."""
    return Path(os.path.realpath(path))


def beside(path: Path, suffix: str) -> Path:
    """Return the file whose name is that of another one, and a suffix."""
    return path.with_name(path.name + suffix)


def size_of(path: Path) -> int | None:
    """Return the size of a file in bytes, None if there is none. Raises OutputError."""
    with as_output_error(path):
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None


def check_replaceable(path: Path) -> None:
    """Raise OutputError if `replace_file` could not write there; leaves nothing behind."""
    with as_output_error(path):
        if path.is_dir():
            raise OutputError(str(path), "it is a directory")
        # A file can be renamed over a read-only one; nobody who made it read-only wants that.
        if path.exists() and not os.access(path, os.W_OK):
            raise OutputError(str(path), "permission denied")
    with _temporary_file(path):
        pass


def replace_file(path: Path, blocks: Iterable[bytes]) -> None:
    """Write a file whole or not at all: under another name first, then renamed.

    A reader sees the old file or the new one, never a part, even after a process that was killed.
    If the name ends in `.gz`, the file is compressed. Raises OutputError.
    """
    with _temporary_file(path) as (file, temporary):
        output: Output = GzipOutput(file) if path.suffix.lower() == ".gz" else file
        for block in blocks:
            output.write(block)
        output.close()
        put_in_place(temporary, path)


def new_version(path: Path) -> Path:
    """Return where to write a file before `put_in_place`, on the same file system.

    Always the same name, so what a killed process left there is overwritten by the next one.
    """
    return beside(real_path(path), ".new")


def put_in_place(new: Path, path: Path) -> None:
    """Rename a new file over another one in one step (rename(2)). Raises OutputError.

    If that is a symbolic link, the file that it leads to is replaced. The permissions stay.
    """
    place = real_path(path)
    with as_output_error(path):
        with suppress(FileNotFoundError):
            new.chmod(place.stat().st_mode & 0o7777)
        os.replace(new, place)


@contextmanager
def _temporary_file(path: Path) -> Iterator[tuple[FileOutput, Path]]:
    """Open a new file in the directory of another one; it is removed unless it was renamed."""
    place = real_path(path)
    stem = os.fsdecode(os.fsencode(place.name)[:_LONGEST_STEM])
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

    output: what the user asked for. rows: where the rows are until it is complete; the output
    itself if its format can be appended to. journal: how much of `rows` is committed.
    """

    output: Path
    rows: Path
    journal: Path

    @classmethod
    def growing(cls, output: Path) -> "Places":
        """Return those of a format that rows can be appended to."""
        return cls(output, output, beside(output, ".journal"))

    @classmethod
    def gathering(cls, output: Path) -> "Places":
        """Return those of a format that is written as a whole, at the end."""
        return cls(output, beside(output, ".rows"), beside(output, ".journal"))

    def clear_rows(self) -> None:
        """Remove the rows that were gathered, once the output has them."""
        if self.rows != self.output:
            with as_output_error(self.output):
                self.rows.unlink(missing_ok=True)

    @property
    def name(self) -> str:
        """What errors call the output."""
        return str(self.output)


class Lock:
    """A file that only this process may write to, until it is closed or the process ends.

    The file is created if it is missing. Raises OutputError if another process has the lock.
    """

    def __init__(self, path: Path, name: str) -> None:
        with as_output_error(path):
            self._file = open(path, "ab")  # noqa: SIM115 - closed by close()
        try:
            take_lock(self._file)
        except BlockingIOError:
            self.close()
            raise OutputError(name, "another run is writing to it") from None

    def close(self) -> None:
        """Release the lock; doing it twice is harmless."""
        self._file.close()


@contextmanager
def waiting_lock(path: Path) -> Iterator[None]:
    """Hold the lock on a file, after waiting for another process to release it.

    The file is created if it is missing, for this user only. Raises OSError.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with open(descriptor, "rb") as file:
        take_lock(file, wait=True)
        yield


def take_lock(file: IO[Any], *, wait: bool = False) -> None:
    """Lock an open file until it is closed; raises BlockingIOError if another process has it.

    The lock is advisory (flock(2)), and the system releases it however the process ends. On
    Windows, and on file systems without locks, it keeps nobody out.

    Args:
        file: Any that is open.
        wait: Wait for the other process instead of raising an error.
    """
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        raise
    except OSError:
        pass
