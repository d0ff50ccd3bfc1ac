"""One row of a previous run's results: what it says, how it is read, and which URL it is about."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import blake2b
from typing import NamedTuple

from fetcher import urls
from fetcher.judgement.verdict import Health, Trouble
from fetcher.sources.base import MAX_URL
from fetcher.sources.text_list import flaw
from fetcher.text import encodable
from fetcher.units import parse_time
from fetcher.urls import without_password

_FIRST_BAD_STATUS = 400
_UNDECODED = re.compile("[\udc80-\udcff]")
"""How Python decodes a byte that is not UTF-8."""


@dataclass(frozen=True, slots=True)
class PreviousResult:
    """What a previous run found about one URL; None is what the file does not say.

    url: as it was written then. health: None in a file that judges nothing, as `fetcher titles`
    writes it. reason: the verdict's, or the error of a file that has none. status: HTTP status of
    a complete answer. title: "" when the page had none. elapsed: seconds. fingerprint, expires:
    the certificate's, the latter in seconds since the epoch. hash: of what had to be unchanged.
    source: the row's place (`last.csv:12`).
    """

    url: str
    health: Health | None = None
    trouble: Trouble | None = None
    reason: str | None = None
    status: int | None = None
    title: str | None = None
    final_url: str | None = None
    elapsed: float | None = None
    fingerprint: str | None = None
    expires: float | None = None
    hash: str | None = None
    source: str = field(default="", compare=False)

    @property
    def judged(self) -> Health:
        """The health, or what follows from error and status where there is no verdict.

        Those make a URL unhealthy that `fetcher titles --fail` counts as failed.
        """
        if self.health is not None:
            return self.health
        if self.reason or (self.status is not None and self.status >= _FIRST_BAD_STATUS):
            return Health.UNHEALTHY
        return Health.UNKNOWN if self.status is None else Health.HEALTHY


class PreviousResultError(Exception):
    """A previous result cannot be read: names the file, the line, and what was expected.

    name: the file. line: from 1; 0 when it is about the whole file. problem: in plain words.
    """

    def __init__(self, name: str, line: int, problem: str) -> None:
        super().__init__(f"{name}:{line}: {problem}" if line else f"{name}: {problem}")
        self.name = name
        self.line = line
        self.problem = problem


Cells = Mapping[str, object]
"""Values by the names of result columns: text, or in formats that have types, numbers and None."""

_TELLING = ("health", "status", "error", "failure")
COMPARED = frozenset(
    {
        *_TELLING,
        *("url", "trouble", "reason", "title", "final_url", "elapsed_ms"),
        *("cert_fingerprint", "cert_expires", "hash"),
    }
)
"""The columns that are read; others are left alone."""
_SHOWN = 60


class PreviousRow(NamedTuple):
    """One row of a file; line: where it begins, from 1."""

    line: int
    cells: Cells


Records = Iterator[PreviousRow]


class RecordError(ValueError):
    """A file cannot be read from here on; line as in Record, 0 when unknown."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def previous_of(cells: Cells, source: str = "") -> PreviousResult:
    """Read the values that are compared; other columns are left alone.

    Raises ValueError that says what was expected.
    """
    if "url" not in cells:
        raise ValueError(f"there is no url; {_found(cells)}")
    check_telling(cells)
    return PreviousResult(
        _url(cells),
        _health(cells),
        _trouble(cells),
        _text(cells, "reason") or _text(cells, "error") or _text(cells, "failure") or None,
        _status(cells),
        _text(cells, "title"),
        _text(cells, "final_url") or None,
        _seconds(cells),
        _text(cells, "cert_fingerprint") or None,
        _expiry(cells),
        _text(cells, "hash") or None,
        source,
    )


def check_telling(names: Cells) -> None:
    """Refuse what does not say how a URL fared, such as a list that was never checked."""
    if not any(name in names for name in _TELLING):
        raise ValueError(
            f"these are no results: none of {', '.join(_TELLING)} is there; {_found(names)}"
        )


def _url(cells: Cells) -> str:
    url = _text(cells, "url") or ""
    if len(url) > MAX_URL:
        raise ValueError(f"the url is longer than {MAX_URL // 1024} KiB")
    return url


def _text(cells: Cells, name: str) -> str | None:
    """Read a text: None when there is no such column, "" when it is empty or null."""
    if name not in cells:
        return None
    value = cells[name]
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{name} is {_shown(value)}, expected text")
    if _UNDECODED.search(value):
        raise ValueError(f"{name} is not text in UTF-8: {flaw(value)}")
    return encodable(value, nul=True)


def _health(cells: Cells) -> Health | None:
    word = _text(cells, "health")
    if not word:
        return None
    try:
        return Health(word)
    except ValueError:
        raise ValueError(f"health is {_shown(word)}, expected {', '.join(Health)}") from None


def _trouble(cells: Cells) -> Trouble | None:
    try:
        return Trouble(_text(cells, "trouble") or "")
    except ValueError:
        # A later version may know more kinds; nothing that is compared depends on them.
        return None


def _status(cells: Cells) -> int | None:
    number = _number(cells, "status", "an HTTP status")
    if number is None:
        return None
    if not (number.is_integer() and 100 <= number <= 999):
        raise ValueError(f"status is {_shown(cells['status'])}, expected an HTTP status")
    return int(number)


def _seconds(cells: Cells) -> float | None:
    milliseconds = _number(cells, "elapsed_ms", "milliseconds")
    return None if milliseconds is None else milliseconds / 1000


def _number(cells: Cells, name: str, expected: str) -> float | None:
    value = cells.get(name)
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise ValueError
        number = float(value)
        if not (math.isfinite(number) and number >= 0):
            raise ValueError
    except (ValueError, OverflowError):
        raise ValueError(f"{name} is {_shown(value)}, expected {expected}") from None
    return number


def _expiry(cells: Cells) -> float | None:
    text = _text(cells, "cert_expires")
    if not text:
        return None
    try:
        moment = parse_time(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(
            f"cert_expires is {_shown(text)}, expected a time such as 2027-01-31T12:00:00Z"
        ) from None


def _shown(value: object) -> str:
    text = encodable(str(value), nul=True)
    return repr(text[:_SHOWN] + "…" * (len(text) > _SHOWN))


def _found(cells: Cells) -> str:
    names = ", ".join(encodable(str(name), nul=True)[:_SHOWN] for name in list(cells)[:10])
    return f"there is {names or 'nothing'}"


def key_of(text: str) -> str:
    """Write a URL in the one form that is compared.

    Normalised (WHATWG URL standard), without its fragment; one without a scheme stays apart from
    the same one with https, as both may be in a list and may fare differently. What is no URL is
    compared as it is written. Passwords are no part of it: results have `***` in their place.
    """
    text = without_password(text.strip())
    guessed = not urls.has_scheme(text)
    try:
        href = urls.parse(f"https://{text}" if guessed else text).href
    except urls.UrlError:
        return f"invalid {text}"
    return f"guessed {href}" if guessed else href


def digest_of(text: str) -> bytes:
    """Return the key as 16 bytes: two of a million URLs share one with a chance of 1 in 10^26."""
    return blake2b(key_of(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()
