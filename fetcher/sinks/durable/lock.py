"""Keep two runs from writing to one file."""

import sys
from pathlib import Path

from fetcher.sinks.base import SinkError
from fetcher.sinks.durable.places import told

if sys.platform != "win32":
    import fcntl


class Lock:
    """A file that is this process's to write, until it is closed or the process ends.

    An advisory lock (flock(2)), which the system takes back however the process ends. The file is
    made when it is not there. Raises SinkError when another run has it. On Windows, and on file
    systems that know no locks, it holds nobody off.
    """

    def __init__(self, path: Path, name: str) -> None:
        with told(path):
            self._file = open(path, "ab")  # noqa: SIM115 - closed by close()
        try:
            self._take()
        except BlockingIOError:
            self.close()
            raise SinkError(name, "another run is writing to it") from None
        except OSError:
            pass

    def close(self) -> None:
        """Let the file go; doing it twice is harmless."""
        self._file.close()

    def _take(self) -> None:
        if sys.platform != "win32":
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
