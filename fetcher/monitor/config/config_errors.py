"""The mistakes of a configuration: all of them at once, each with file and line."""

import re
from collections.abc import Mapping

from fetcher.text import clean
from fetcher.urls import without_passwords

MAX_REPORTED = 20
"""Mistakes of one kind reported per list: the rest will be similar."""

_QUOTED = re.compile(r"['\"]([^'\"]{3,})['\"]")


class PlanError(ValueError):
    """A configuration is invalid.

    mistakes: everything that is wrong with it, one line each, in the order of the file: the place,
    what was found there, and what was expected.
    """

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class Mistakes:
    """Collects mistakes while a configuration is read.

    hidden: texts that no message may show, each with its replacement.
    """

    def __init__(self) -> None:
        self.hidden: dict[str, str] = {}
        self._found: dict[str, None] = {}

    def add(self, message: object) -> None:
        """Add a mistake; duplicates count once."""
        self._found.setdefault(clean(without_passwords(self._without_secrets(str(message)))))

    def refuse(self, file: str) -> None:
        """Raise PlanError if there are any mistakes; those with a line of `file` come first."""
        if self._found:
            line = re.compile(rf"{re.escape(file)}:([0-9]+): ")
            placed = {message: line.match(message) for message in self._found}
            order = {m: (0, int(at[1])) if at else (1, 0) for m, at in placed.items()}
            raise PlanError(tuple(sorted(order, key=order.__getitem__)))

    def _without_secrets(self, text: str) -> str:
        # The longest first: one secret may be part of another.
        for secret in sorted(self.hidden, key=len, reverse=True):
            for written in (secret, repr(secret)[1:-1]):
                text = text.replace(written, self.hidden[secret])
        return _QUOTED.sub(self._without_part, text)

    def _without_part(self, quoted: re.Match[str]) -> str:
        """Hide a quotation from a secret: a message may quote a part of it."""
        shown = next((shown for secret, shown in self.hidden.items() if quoted[1] in secret), None)
        return quoted[0] if shown is None else shown


def found(value: object) -> str:
    """Describe a TOML value in a few words."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return str(value).lower() if isinstance(value, bool) else repr(value)
