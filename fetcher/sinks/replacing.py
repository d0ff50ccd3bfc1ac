"""Put a whole file in its place at once."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fetcher.sinks.base import SinkError
from fetcher.sinks.outputs import FileOutput, GzipOutput, Output

# The rest of what a file system takes for a name, usually 255 bytes, is for what is added.
_STEM = 180


def check_replaceable(path: Path) -> None:
    """Raise SinkError when `replace_file` could not write there; leaves nothing behind."""
    try:
        if path.is_dir():
            raise SinkError(str(path), "it is a directory")
        # A file can be renamed over one that may not be written; nobody who made it so wants that.
        if path.exists() and not os.access(path, os.W_OK):
            raise SinkError(str(path), "permission denied")
    except OSError as error:
        raise SinkError.of(str(path), error) from error
    with _beside(path):
        pass


def replace_file(path: Path, blocks: Iterable[bytes]) -> None:
    """Write a file whole or not at all: beside its place first, then renamed over it (rename(2)).

    A reader sees the old file or the new one, never a part; so does one who comes after a process
    that was killed. Ends in `.gz`: packed. The new file has the permissions of the old one. Raises
    SinkError.
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
            raise SinkError.of(str(path), error) from error


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
