"""The error of an output that cannot be written."""

import errno


class OutputError(Exception):
    """An output cannot be written; says which one and why, in plain words."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"cannot write to {target}: {reason}")
        self.target = target
        self.reason = reason

    @classmethod
    def of(cls, target: str, error: OSError) -> "OutputError":
        """Create one from an error of the operating system."""
        reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
        return cls(target, reason)


# The system's own words are meant for programmers: "No such file or directory" for a file that is
# about to be created.
_REASONS = {
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOENT: "its directory does not exist",
    errno.ENOTDIR: "a part of its path is not a directory",
    errno.EISDIR: "it is a directory",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ENOSPC: "the disk is full",
    errno.EFBIG: "the file has become too large",
    errno.EMFILE: "this process may not open more files",
}
if hasattr(errno, "EDQUOT"):  # not on Windows
    _REASONS[errno.EDQUOT] = "the disk quota is used up"
