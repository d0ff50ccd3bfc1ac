"""The options of a channel, read and checked."""

from collections.abc import Mapping
from typing import ClassVar, Protocol, TypeVar

from fetcher.config import from_value
from fetcher.options import options_of


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
