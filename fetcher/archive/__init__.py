"""Every answer as it came, kept in a directory or in a WARC file."""

from fetcher.archive.base import ArchiveError, Writer
from fetcher.archive.opening import open_archive
from fetcher.archive.recording import RecordingTransport

__all__ = ["ArchiveError", "RecordingTransport", "Writer", "open_archive"]
