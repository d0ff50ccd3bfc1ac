"""What every archive is: answers in, and one kind of error out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from fetcher.failures import Unrecoverable
from fetcher.transport.base import Head


class Truncation(StrEnum):
    """Why a body is not whole, in the words of WARC 1.1 (section 5.13)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a server.

    url: without credentials. method, status, content_type, ip: as asked and answered. sent,
    received: the heads. pieces: the body, with Content-Encoding but without Transfer-Encoding.
    asked: seconds since the epoch. truncation: None when the body is whole. original: when the
    answer was asked for that a 304 says is still right, seconds since the epoch.
    """

    url: str
    method: str
    status: int
    content_type: str
    ip: str
    sent: Head
    received: Head
    pieces: tuple[bytes, ...]
    asked: float
    truncation: Truncation | None = None
    original: float | None = None


class ArchiveWriter(Protocol):
    """Where answers go; used by one thread at a time. Every method may raise ArchiveError."""

    def write(self, answer: Answer) -> None:
        """Hand a whole answer to the operating system: it outlives this process."""
        ...

    def close(self) -> None:
        """Let go of the files; closing twice is harmless."""
        ...


class ArchiveError(Unrecoverable):
    """Answers cannot be kept: says where, and why, in plain words."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"cannot save bodies in {place}: {reason}")
        self.place = place
        self.reason = reason

    @classmethod
    def of(cls, place: object, error: OSError) -> "ArchiveError":
        """Make one from what the operating system said."""
        return cls(str(place), error.strerror or str(error))
