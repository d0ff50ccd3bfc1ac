"""What goes through the gate, and in which state it comes out."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from fetcher.monitor.sight.showing import Shows

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Passing(Generic[T]):
    """One check on its way; times in seconds of one clock that only ever goes on.

    key: the target's. host: the one that it was asked of. began, ended: when the check did. text:
    what it found, in plain words. item: what comes out again.
    """

    key: str
    host: str
    began: float
    ended: float
    shows: Shows
    item: T
    text: str = ""

    @property
    def middle(self) -> float:
        """The moment after which an answer shows that the check itself could have had one.

        What was seen when it had just begun may have been the last before a cut.
        """
        return (self.began + self.ended) / 2


@dataclass(frozen=True, slots=True)
class Blind:
    """That we cannot see: since when, on the gate's clock, and why, in plain words."""

    since: float
    why: str


@dataclass(frozen=True, slots=True)
class Released(Generic[T]):
    """A check that is through.

    blind: None when it holds as it is; else why nothing can be said of the target.
    """

    item: T
    blind: Blind | None = None
