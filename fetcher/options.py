"""How users write settings: on the command line, in the environment, in TOML."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any

from fetcher import units


@dataclass(frozen=True, slots=True)
class Option:
    """How one setting is written.

    help: one or two sentences. parse: converts its text to its value; raises ValueError that says
    what was expected. show: converts a value to the text that a user would write. types: the types
    it may have in TOML, and expected: the same in words. section: the part of a command's help that
    it belongs to. flags: its command-line flags, if they are not `--its-name`. many: True for a
    list; `parse` then reads one element. separator: for a setting whose text is itself a list, what
    separates the elements; TOML may then hold a list. table: makes the elements of a list from a
    TOML table, which is otherwise read as headers.
    """

    help: str
    parse: Callable[[str], Any]
    show: Callable[[Any], str] = str
    types: tuple[type, ...] = (str,)
    expected: str = "text"
    metavar: str = "TEXT"
    section: str = ""
    flags: tuple[str, ...] = ()
    many: bool = False
    separator: str = ""
    table: Callable[[Mapping[str, Any]], tuple[Any, ...]] | None = None


def option(default: Any, help: str, parse: Callable[[str], Any] = str, **how: Any) -> Any:
    """Declare a dataclass field with its default and its Option."""
    return field(default=default, metadata={"option": Option(help, parse, **how)})


def options_of(settings: type) -> dict[str, tuple[Option, Any]]:
    """Return each setting's Option and default by name, in the order of the class."""
    return {
        f.name: (f.metadata["option"], f.default)
        for f in fields(settings)
        if f.default is not MISSING
    }


def prefix_of(settings: type) -> str:
    """Return the prefix of a class's settings outside of their own TOML section.

    The class declares it as `option_prefix`: with `expect_`, flags are `--expect-…` and variables
    `…_EXPECT_…`.
    """
    prefix: str = getattr(settings, "option_prefix", "")
    return prefix


def section_of(settings: type, option: Option) -> str:
    """Return the section of a command's help that shows a setting.

    A class that is a section of its own declares it as `option_section`.
    """
    section: str = getattr(settings, "option_section", "")
    return option.section or section


def whole(default: int, help: str, *, minimum: int = 0, **how: Any) -> Any:
    """Declare a whole number of at least `minimum`."""

    def parse(text: str) -> int:
        digits = text.strip()
        if not (digits.isascii() and digits.isdecimal() and int(digits[:18]) >= minimum):
            raise ValueError(f"{text!r} is not a whole number of at least {minimum}")
        return int(digits[:18])

    return option(default, help, parse, types=(int,), expected="a whole number", metavar="N", **how)


def rate(help: str, **how: Any) -> Any:
    """Declare a number of events per second; None (written 0) for no limit."""

    def parse(text: str) -> float | None:
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number < float("inf"):
            raise ValueError(
                f"{text!r} is not a number per second; use for example 2.5, or 0 for no limit"
            )
        return number or None

    return option(
        None,
        help,
        parse,
        show=lambda value: "0" if value is None else f"{value:g}",
        types=(int, float),
        expected="a number per second",
        metavar="N",
        **how,
    )


def duration(
    default: float | None, help: str, *, zero: bool = False, none: str = "none", **how: Any
) -> Any:
    """Declare a duration in seconds, longer than zero unless `zero`; `none` names its absence."""

    def parse(text: str) -> float:
        seconds = units.parse_duration(text)
        if seconds <= 0 and not zero:
            raise ValueError(f"{text!r} is too short; use a duration longer than zero")
        return seconds

    return option(
        default,
        help,
        parse,
        show=lambda seconds: none if seconds is None else units.format_duration(seconds),
        types=(str, int, float),
        expected='a duration such as "30s"',
        metavar="DURATION",
        **how,
    )


def size(default: int, help: str, **how: Any) -> Any:
    """Declare a number of bytes."""
    return option(
        default,
        help,
        units.parse_size,
        show=lambda value: units.format_size(value).replace(" ", "").replace(".0", ""),
        types=(str, int),
        expected='a size such as "10MB"',
        metavar="SIZE",
        **how,
    )


def switch(
    help: str, *, default: bool = False, types: tuple[type, ...] = (bool,), **how: Any
) -> Any:
    """Declare a setting that is on or off."""
    words = {"true": True, "1": True, "yes": True, "on": True}
    words |= {"false": False, "0": False, "no": False, "off": False}

    def parse(text: str) -> bool:
        if text.strip().lower() not in words:
            raise ValueError(f"{text!r} is neither true nor false")
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


def choice(default: StrEnum, help: str, **how: Any) -> Any:
    """Declare a choice between the members of an enumeration."""
    kind = type(default)

    def parse(text: str) -> StrEnum:
        try:
            return kind(text.strip().lower())
        except ValueError:
            raise ValueError(f"{text!r} is not one of {', '.join(kind)}") from None

    return option(
        default, help, parse, expected=f"one of {', '.join(kind)}", metavar="|".join(kind), **how
    )


def many(help: str, parse: Callable[[str], Any], **how: Any) -> Any:
    """Declare a list, empty by default; `none` names what an empty list means.

    Written as one text, it has one element per line.
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
    """Declare an optional text; `none` names what its absence means."""
    return option(None, help, parse, show=lambda value: value or none, **how)
