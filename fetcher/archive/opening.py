"""From what a user names to the archive that is meant."""

from pathlib import Path

from fetcher.archive.base import ArchiveError, Writer
from fetcher.archive.folder import FolderWriter
from fetcher.settings import Settings

_SUFFIX = ".warc.gz"


def open_archive(path: Path, settings: Settings) -> Writer:
    """Open a WARC file, if the name ends in `.warc.gz`, or else a directory; make what is missing.

    What is there already is added to, after what a killed process left of its last answer is
    removed. settings: those of the transport. Raises ArchiveError, also where a library is missing.
    """
    name = path.name.lower()
    if name.endswith(_SUFFIX):
        try:
            # Here, because only this needs the library.
            from fetcher.archive.warc import WarcWriter
        except ImportError as error:
            reason = "warcio is not installed; install fetcher[warc]"
            raise ArchiveError(str(path), reason) from error
        return WarcWriter(path, settings)
    if name.endswith((".warc", ".gz", ".zst")):
        raise ArchiveError(str(path), f"name a directory, or a file that ends in {_SUFFIX}")
    return FolderWriter(path, settings.max_bytes)
