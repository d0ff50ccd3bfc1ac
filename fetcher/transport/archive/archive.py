"""What all archives have in common: answers go in, and one kind of error comes out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from fetcher.failures import Unrecoverable
from fetcher.transport.base import Head


class Truncation(StrEnum):
    """Why a body is incomplete, in the terms of WARC 1.1 (section 5.13)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a server.

    url: without credentials. sent, received: the heads. pieces: the body, with Content-Encoding
    but without Transfer-Encoding. asked: when the request was sent, seconds since the epoch.
    truncation: None if the body is complete. original: of a 304, when the answer was requested that
    it confirms, seconds since the epoch.
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
        """Close the files; closing twice is harmless."""
        ...


class ArchiveError(Unrecoverable):
    """Answers cannot be saved; says where and why, in plain words."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"cannot save bodies in {place}: {reason}")
        self.place = place
        self.reason = reason

    @classmethod
    def of(cls, place: object, error: OSError) -> "ArchiveError":
        """Create one from an error of the operating system."""
        return cls(str(place), error.strerror or str(error))
