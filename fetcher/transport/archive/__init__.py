"""Every answer as it came, kept in a directory or in a WARC file."""

from fetcher.transport.archive.archive import ArchiveError, ArchiveWriter
from fetcher.transport.archive.recording import RecordingTransport, open_archive

__all__ = [
    "ArchiveError",
    "ArchiveWriter",
    "RecordingTransport",
    "open_archive",
]
