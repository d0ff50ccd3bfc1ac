"""Every answer as it came, kept in a directory or in a WARC file."""

from fetcher.transport.archive.archive import ArchiveError, Writer
from fetcher.transport.archive.recording import RecordingTransport, open_archive

__all__ = ["ArchiveError", "RecordingTransport", "Writer", "open_archive"]
