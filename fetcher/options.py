"""How settings are written by people: on the command line, in the environment, in TOML."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any

from fetcher import units


@dataclass(frozen=True, slots=True)
class Option:
    """How one setting is written.

    help: one or two sentences. parse: its text to its value, raising ValueError that says what
    was expected. show: a value to the text people would write. types: what it may be in TOML,
    and expected: that in words. flags: its command-line flags, when they are not `--its-name`.
    many: it is a list, `parse` is for one element. separator: for a setting whose text is a list by
    itself, what stands between its elements; TOML may then have a list. table: makes the elements
    of a list from a table of TOML, which otherwise has the form of headers.
    """

    help: str
    parse: Callable[[str], Any]
    show: Callable[[Any], str] = str
    types: tuple[type, ...] = (str,)
    expected: str = "text"
    metavar: str = "TEXT"
    flags: tuple[str, ...] = ()
    many: bool = False
    separator: str = ""
    table: Callable[[Mapping[str, Any]], tuple[Any, ...]] | None = None


def option(default: Any, help: str, parse: Callable[[str], Any] = str, **how: Any) -> Any:
    """Declare a dataclass field with its default and its Option."""
    return field(default=default, metadata={"option": Option(help, parse, **how)})


def options_of(settings: type) -> dict[str, tuple[Option, Any]]:
    """Each setting's name with its Option and its default, in the order of the class."""
    return {
        f.name: (f.metadata["option"], f.default)
        for f in fields(settings)
        if f.default is not MISSING
    }


def prefix_of(settings: type) -> str:
    """What the names of a class's settings begin with outside of their own TOML section.

    A class says so with `option_prefix`: those of `expect_` have flags `--expect-…` and variables
    `…_EXPECT_…`.
    """
    prefix: str = getattr(settings, "option_prefix", "")
    return prefix


def whole(default: int, help: str, *, minimum: int = 0, **how: Any) -> Any:
    """Declare a whole number of at least `minimum`."""

    def parse(text: str) -> int:
        digits = text.strip()
        if not (digits.isascii() and digits.isdecimal() and int(digits[:18]) >= minimum):
            raise ValueError(f"{text!r} is not a whole number of at least {minimum}")
        return int(digits[:18])

    return option(default, help, parse, types=(int,), expected="a whole number", metavar="N", **how)


def rate(help: str) -> Any:
    """Declare a number of events a second; None (written 0) for no limit."""

    def parse(text: str) -> float | None:
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number < float("inf"):
            raise ValueError(f"{text!r} is not a number a second (0: no limit)")
        return number or None

    return option(
        None,
        help,
        parse,
        show=lambda value: "0" if value is None else f"{value:g}",
        types=(int, float),
        expected="a number a second",
        metavar="N",
    )


def duration(default: float | None, help: str, *, zero: bool = False, none: str = "none") -> Any:
    """Declare a time in seconds, longer than zero unless `zero`; `none` names its absence."""

    def parse(text: str) -> float:
        seconds = units.parse_duration(text)
        if seconds <= 0 and not zero:
            raise ValueError(f"{text!r} is not longer than zero")
        return seconds

    return option(
        default,
        help,
        parse,
        show=lambda seconds: none if seconds is None else units.format_duration(seconds),
        types=(str, int, float),
        expected='a duration such as "30s"',
        metavar="DURATION",
    )


def size(default: int, help: str) -> Any:
    """Declare a number of bytes."""
    return option(
        default,
        help,
        units.parse_size,
        show=lambda value: units.format_size(value).replace(" ", "").replace(".0", ""),
        types=(str, int),
        expected='a size such as "10MB"',
        metavar="SIZE",
    )


def switch(
    help: str, *, default: bool = False, types: tuple[type, ...] = (bool,), **how: Any
) -> Any:
    """Declare something that is on or off."""
    words = {"true": True, "1": True, "yes": True, "on": True}
    words |= {"false": False, "0": False, "no": False, "off": False}

    def parse(text: str) -> bool:
        if text.strip().lower() not in words:
            raise ValueError(f"{text!r} is not true or false")
        return words[text.strip().lower()]

    return option(
        default,
        help,
        parse,
        show=lambda on: "true" if on else "false",
        types=types,
        expected="true or false",
        metavar="",
        **how,
    )


def choice(default: StrEnum, help: str) -> Any:
    """Declare one of the members of an enumeration."""
    kind = type(default)

    def parse(text: str) -> StrEnum:
        try:
            return kind(text.strip().lower())
        except ValueError:
            raise ValueError(f"{text!r} is not one of {', '.join(kind)}") from None

    return option(
        default, help, parse, expected=f"one of {', '.join(kind)}", metavar="|".join(kind)
    )


def many(help: str, parse: Callable[[str], Any], **how: Any) -> Any:
    """Declare a list, empty by default; `none` names what its being empty means.

    Written as one text it has one element a line.
    """
    none = how.pop("none", "none")
    show = how.pop("show", str)
    return option(
        (),
        help,
        parse,
        show=lambda values: ", ".join(map(show, values)) or none,
        expected="text or a list of text",
        many=True,
        **how,
    )


def optional(help: str, parse: Callable[[str], str | None], none: str, **how: Any) -> Any:
    """Declare a text that may be absent; `none` names what its absence means."""
    return option(None, help, parse, show=lambda value: value or none, **how)
