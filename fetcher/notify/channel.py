"""The protocol of a notification channel, the notice that it sends, and its options."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, TypeVar

from fetcher.config import from_value
from fetcher.options import options_of


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice for a channel to deliver.

    id: the same whenever the same notice is sent again, so that receivers can recognize it.
    subject: one line. text: plain, several lines. data: the same as JSON values, for programs.
    good: True if it is good news.
    """

    id: str
    kind: str
    subject: str
    text: str
    data: Mapping[str, object] = field(default_factory=dict)
    good: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a notice was not delivered.

    retry_after: seconds to wait before the next attempt, if the receiver asked for it. partly: True
    if some of the channel's recipients have accepted it; a retry goes to the others only.
    """

    error: str
    retry_after: float | None = None
    partly: bool = False


class Channel(Protocol):
    """A channel to send notices through."""

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        ...

    async def send(self, notice: Notice) -> Refused | None:
        """Deliver a notice; return None on success. Never raises for a fault of the receiver."""
        ...

    async def aclose(self) -> None:
        """Close all resources."""
        ...


class ChannelOptions(Protocol):
    """A dataclass that declares the options of one type of channel.

    required: the mandatory ones. A field whose option is a Python keyword has a trailing
    underscore: `from_`.
    """

    required: ClassVar[tuple[str, ...]]


def client_context(cacert: str | None, *, insecure: bool = False) -> ssl.SSLContext:
    """Create the context that verifies a channel's server.

    Args:
        cacert: A file of certificates to trust instead of the system's.
        insecure: Verify nothing.

    Raises:
        ValueError: The file cannot be read, or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=cacert)
    except OSError as error:
        raise ValueError(f"cacert: cannot use {cacert}: {error.strerror or error}") from None
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


S = TypeVar("S", bound=ChannelOptions)


def read_options(kind: type[S], given: Mapping[str, object]) -> S:
    """Parse a channel's options into the class that declares them.

    Raises ValueError naming the option that is unknown, has a wrong value, or is missing.
    """
    fields = {name.rstrip("_"): name for name in options_of(kind)}
    known = {name: options_of(kind)[field][0] for name, field in fields.items()}
    for name in given:
        if name not in known:
            raise ValueError(f"{name}: unknown option; expected one of {', '.join(known)}")
    values = {name: from_value(value, known[name], name) for name, value in given.items()}
    for name in kind.required:
        if not values.get(name):
            raise ValueError(f"{name}: missing. {known[name].help}")
    return kind(**{fields[name]: value for name, value in values.items()})
