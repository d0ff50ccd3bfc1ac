r"""Regular expressions that users write and that meet bodies written by strangers.

RE2 takes time linear in the text whatever the pattern, where a backtracking engine can be made
to hang by the text. What that costs: no lookahead, no lookbehind and no backreferences.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import re2  # type: ignore[import-untyped]


class _Compiled(Protocol):
    """What is used here of a compiled pattern."""

    def search(self, text: bytes) -> object | None: ...


@dataclass(frozen=True, slots=True)
class Pattern:
    r"""A regular expression in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax).

    It matches anywhere in a text, and case counts; `(?i)` before it changes that. `^` and `$` are
    the beginning and end of a line, so that `^OK$` matches a body `OK` that ends in a line feed;
    `\A` and `\z` are those of the text. `.` is any character but a line feed; `(?s)` changes that.
    `\d`, `\w`, `\s` and `\b` know ASCII only, `\pL` is any letter.

    Making one raises ValueError when RE2 does not take the text.
    """

    text: str

    def __post_init__(self) -> None:
        _compiled(self.text)

    def search(self, text: str) -> bool:
        """Return True if it matches anywhere in a text."""
        # A lone surrogate, which has no UTF-8, stands for nothing that could be asked for.
        return _compiled(self.text).search(text.encode("utf-8", "replace")) is not None

    def __str__(self) -> str:
        return self.text


def _options() -> object:
    options = re2.Options()
    options.log_errors = False
    # What the states of one pattern may take while it meets texts that make many of them, in
    # bytes; beyond it RE2 is slower, not wrong. A program that alone is larger is refused.
    options.max_mem = 2 << 20
    return options


_OPTIONS = _options()
_MULTILINE = "(?m)"


# Compiling takes some ten microseconds, and a list may have a pattern for each of its rows: only
# the latest are kept compiled, all others are texts.
@lru_cache(maxsize=128)
def _compiled(text: str) -> _Compiled:
    try:
        compiled: _Compiled = re2.compile(_MULTILINE + text, _OPTIONS)
    except UnicodeEncodeError:
        raise ValueError(f"the pattern {text!r} holds characters that are not text") from None
    except re2.error as error:
        raise ValueError(f"the pattern {text!r} cannot be used: {_why(error)}") from None
    return compiled


def _why(error: Exception) -> str:
    words = error.args[0] if error.args else ""
    if isinstance(words, bytes):
        words = words.decode("utf-8", "replace")
    words = str(words).replace(f": {_MULTILINE}", ": ")
    found = words.rpartition(": ")[2]
    if found.startswith(("(?=", "(?!", "(?<")):
        return "RE2 has no lookahead and no lookbehind"
    if found[:1] == "\\" and found[1:2].isdecimal():
        return "RE2 has no backreferences"
    if found == "\\Z":
        return "write \\z for the end of the text"
    return words
