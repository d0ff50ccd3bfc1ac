"""Why rows cannot be written, in plain words."""

import errno


class OutputError(Exception):
    """Rows cannot be written: says where to, and why, in plain words."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"cannot write to {target}: {reason}")
        self.target = target
        self.reason = reason

    @classmethod
    def of(cls, target: str, error: OSError) -> "OutputError":
        """Make one from what the operating system said."""
        reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
        return cls(target, reason)


# The system's own words are right but meant for programmers ("No such file or directory" for a
# file that is about to be created).
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
