"""An archive that is one WARC file."""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from fetcher import __version__
from fetcher.archive.base import Answer, ArchiveError
from fetcher.archive.mending import Damaged, whole_end
from fetcher.archive.records import Records
from fetcher.settings import Settings

try:
    import fcntl
except ImportError:  # on Windows two processes can spoil each other's file
    fcntl = None  # type: ignore[assignment]


class WarcWriter:
    """Writes each answer, with its request, to the end of a WARC file.

    The file is for one process at a time. Of one that is there, what a killed process left of its
    last record is removed, after all of it was read. A record that could not be written whole is
    taken back. Raises ArchiveError.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self._records = Records(path.name, _facts(settings))
        try:
            self._file: BinaryIO = open(path, "ab+", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise ArchiveError.of(path, error) from error
        try:
            self._end = self._take_over()
            self._append(self._records.info())
        except BaseException:
            self._file.close()
            raise

    def write(self, answer: Answer) -> None:
        """Write an answer's records, in one piece."""
        self._append(self._records.of(answer))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _take_over(self) -> int:
        """Have the file for this process alone, without a cut record; where it ends now."""
        try:
            if fcntl is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            end = whole_end(self._file)
            if end < self._file.seek(0, os.SEEK_END):
                self._file.truncate(end)
        except BlockingIOError:
            raise ArchiveError(str(self._path), "another process is writing to it") from None
        except Damaged as error:
            raise ArchiveError(str(self._path), f"{error}; name another file") from error
        except OSError as error:
            raise ArchiveError.of(self._path, error) from error
        return end

    def _append(self, data: bytes) -> None:
        try:
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            with suppress(OSError):  # the next run mends it
                self._file.truncate(self._end)
            raise ArchiveError.of(self._path, error) from error
        self._end += len(data)


def _facts(settings: Settings) -> dict[str, str]:
    return {
        "software": f"fetcher/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "http-header-user-agent": settings.user_agent,
        "robots": "obey" if settings.robots else "ignore",
    }
