"""What every channel has in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel is given to deliver.

    id: the same whenever the same notice is sent again, so that receivers can tell. subject: one
    line. text: plain, several lines. data: the same as values that JSON can hold, for programs.
    good: whether it is good news.
    """

    id: str
    kind: str
    subject: str
    text: str
    data: Mapping[str, object] = field(default_factory=dict)
    good: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a notice did not arrive, in plain words.

    retry_after: seconds to wait before it is tried again, when the other side said so. partly: some
    of those whom the channel serves have it all the same; sent again, it goes to the others.
    """

    error: str
    retry_after: float | None = None
    partly: bool = False


class Channel(Protocol):
    """One way to tell people."""

    @property
    def name(self) -> str:
        """What the configuration calls it."""
        ...

    async def send(self, notice: Notice) -> Refused | None:
        """Deliver a notice; None when it has arrived. Never raises for what the other side does."""
        ...

    async def aclose(self) -> None:
        """Close what it holds."""
        ...
