"""Where bytes go: a file, a gzip file, or a stream that was opened elsewhere."""

import gzip
import os
import select
import stat
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from fetcher.storage.output_error import OutputError

_GZIP_MEMBER = 256 * 1024


class Output(Protocol):
    """Takes the bytes of whole rows; raises OutputError, or BrokenPipeError as it is."""

    def write(self, data: bytes) -> None:
        """Take a batch of whole rows."""
        ...

    def flush(self) -> None:
        """Hand everything to the operating system."""
        ...

    def close(self) -> None:
        """Flush, and close what was opened here."""
        ...


class FileOutput:
    """A file that is created, or emptied, at once, and written without a buffer in between.

    A batch is one write(2), so what was written survives the end of this process, however it
    ends. When the disk fills up in the middle of a batch, the file is cut back to whole rows.
    name: what errors call it, if not by its path. mode: `xb` refuses a file that is there, `ab`
    goes on at its end.
    """

    def __init__(
        self, path: Path, *, name: str | None = None, mode: Literal["wb", "xb", "ab"] = "wb"
    ) -> None:
        self._name = str(path) if name is None else name
        try:
            self._file = open(path, mode, buffering=0)  # noqa: SIM115 - closed by close()
            self._end = path.stat().st_size if mode == "ab" else 0
        except OSError as error:
            raise OutputError.of(self._name, error) from error

    @property
    def size(self) -> int:
        """The bytes of whole rows in the file."""
        return self._end

    def write(self, data: bytes) -> None:
        """Write whole rows."""
        try:
            _write_all(self._file, data)
        except BrokenPipeError:
            raise
        except OSError as error:
            self._cut_back()
            raise OutputError.of(self._name, error) from error
        self._end += len(data)

    def flush(self) -> None:
        """Do nothing: every write went through."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _cut_back(self) -> None:
        # Nothing can be cut from a pipe or a device.
        with suppress(OSError):
            self._file.truncate(self._end)


class GzipOutput:
    """A gzip file (RFC 1952) that is complete after every flush.

    Rows are gathered, and written as one whole member by `flush`, `close`, or when there is enough
    of them; a file of several members is an ordinary gzip file (section 2.2). So a process
    that is killed leaves a file that unpacks without an error, with all rows up to a flush.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._pending: list[bytes] = []
        self._size = 0
        self._empty = True

    def write(self, data: bytes) -> None:
        """Take whole rows."""
        self._pending.append(data)
        self._size += len(data)
        if self._size >= _GZIP_MEMBER:
            self.flush()

    def flush(self) -> None:
        """Write what is pending as one member."""
        if self._pending:
            self._write_member()

    def close(self) -> None:
        """Write what is pending, and close."""
        try:
            # No bytes at all are not a gzip file: an empty list still gets its empty member.
            if self._pending or self._empty:
                self._write_member()
        finally:
            self._output.close()

    def _write_member(self) -> None:
        data = b"".join(self._pending)
        # Forgotten before it is written: closing after a failure must not fail again.
        self._pending.clear()
        self._size = 0
        self._empty = False
        # No time stamp: the same rows give the same file.
        self._output.write(gzip.compress(data, compresslevel=6, mtime=0))


class StreamOutput:
    """A binary stream that stays open, such as standard output."""

    def __init__(self, stream: BinaryIO, name: str = "standard output") -> None:
        self._stream = stream
        self._name = name
        # Past the buffer: what stays in it after a failed write is tried once more, and
        # complained about, when the interpreter ends.
        self._raw: RawIOBase | BinaryIO = getattr(stream, "raw", None) or stream
        self.flush()

    def write(self, data: bytes) -> None:
        """Write whole rows, visible to a reader at once."""
        self._guard(lambda: _write_all(self._raw, data))

    def flush(self) -> None:
        """Flush the stream."""
        self._guard(self._stream.flush)

    def close(self) -> None:
        """Flush the stream, and leave it open."""
        self.flush()

    def _guard(self, action: Callable[[], None]) -> None:
        try:
            action()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError.of(self._name, error) from error


def _write_all(raw: RawIOBase | BinaryIO, data: bytes) -> None:
    """Write everything: one call, unless the system takes only a part of it at a time."""
    view = memoryview(data)
    while view:
        written = raw.write(view)
        if written is None:
            # A pipe or terminal that another program has set to non-blocking, and that is full.
            select.select([], [raw], [])
        else:
            view = view[written:]


def is_special(path: Path) -> bool:
    """Return True if a path is neither a file nor a folder: a device, a pipe."""
    found = status_of(path)
    return found is not None and not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode))


def open_output(target: str, inputs: Sequence[Path], stdout: BinaryIO | None) -> Output:
    """Open a file, emptied, or standard output; raises OutputError, also when it is an input."""
    if target == "-":
        stream = sys.stdout.buffer if stdout is None else stdout
        refuse_inputs("standard output", status_of(stream), inputs)
        return StreamOutput(stream)
    path = Path(target)
    refuse_inputs(target, status_of(path), inputs)
    return FileOutput(path)


def refuse_inputs(name: str, output: os.stat_result | None, inputs: Sequence[Path]) -> None:
    """Raise OutputError when an output is one of the files that are read."""
    # A terminal may well be both; only a file would be lost, or grow without end.
    if output is None or not stat.S_ISREG(output.st_mode):
        return
    for path in inputs:
        status = status_of(path)
        if status is not None and os.path.samestat(status, output):
            raise OutputError(name, f"it is the input {path}, which would be overwritten")


def status_of(file: Path | BinaryIO) -> os.stat_result | None:
    """Return the status of a file or stream; None if there is none."""
    try:
        return os.stat(file if isinstance(file, Path) else file.fileno())
    except OSError:  # no such file, or a stream that is none
        return None
