"""What every channel has in common.

The options of a channel, read and checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, TypeVar

from fetcher.config import from_value
from fetcher.options import options_of


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


class ChannelOptions(Protocol):
    """A dataclass that declares the options of one kind of channel.

    required: those that nothing works without. A field whose option is a word of Python's has an
    underscore at its end: `from_`.
    """

    required: ClassVar[tuple[str, ...]]


S = TypeVar("S", bound=ChannelOptions)


def read_options(kind: type[S], given: Mapping[str, object]) -> S:
    """Read a channel's options as an object of the class that declares them.

    Raises ValueError that names the option: for one that is not known, that is not what is
    expected, or that is required and missing.
    """
    fields = {name.rstrip("_"): name for name in options_of(kind)}
    known = {name: options_of(kind)[field][0] for name, field in fields.items()}
    for name in given:
        if name not in known:
            raise ValueError(f"{name}: there is no such option; expected one of {', '.join(known)}")
    values = {name: from_value(value, known[name], name) for name, value in given.items()}
    for name in kind.required:
        if not values.get(name):
            raise ValueError(f"{name}: this is missing. {known[name].help}")
    return kind(**{fields[name]: value for name, value in values.items()})
