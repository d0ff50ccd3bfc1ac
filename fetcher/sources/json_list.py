"""JSON lists: JSON lines, or an array read element by element, each value to one target."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fetcher.model import Target
from fetcher.sources.base import KEPT, MAX_RECORD, MAX_URL, BrokenInput
from fetcher.sources.row_expectations import NOTHING, RowExpectations
from fetcher.sources.text_list import Batch, LineBuffer, flaw
from fetcher.sources.url_columns import URL_NAMES, normalised
from fetcher.text import encodable

_MISSING = object()
_SEPARATORS = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class JsonFields:
    """Which fields of a row are the URL and the carried values; also for rows of TOML.

    Attributes:
        url: dotted path of the URL's field; None for the first of the usual names that a row has.
        header: names of the top-level fields that are carried.
    """

    url: str | None = None
    header: tuple[str, ...] = ()

    def target(
        self,
        index: int,
        value: object,
        source: str,
        expectations: RowExpectations | None = None,
    ) -> Target:
        """Return the target of one JSON value: a string is a URL, an object has one in a field.

        Args:
            index: the target's index.
            value: the value.
            source: its place.
            expectations: reads the fields with expectations; None to ignore them.
        """
        target = self._without_expectations(index, value, source)
        if expectations is None or not isinstance(value, str | dict):
            return target
        expected = expectations.of_row(value if isinstance(value, dict) else {})
        if expected is NOTHING:
            return target
        problem = target.problem or expected.problem
        return Target(index, target.url, source, target.carried, problem, expected.value)

    def unreadable(self, index: int, text: str, source: str, problem: str) -> Target:
        """Return the target of something that is not a row."""
        shown = encodable(text.strip()[:KEPT], nul=True)
        return Target(index, shown, source, ("",) * len(self.header), problem)

    def carried_by(self, value: Mapping[str, object]) -> tuple[str, ...]:
        """Return the names of the fields that a list with this first row carries."""
        own = (self.url or self._default(value) or "").partition(".")[0]
        own = self.url if self.url in value and self.url is not None else own
        return tuple(encodable(name, nul=True) for name in value if name != own)

    def _without_expectations(self, index: int, value: object, source: str) -> Target:
        if isinstance(value, str):
            return self._checked(index, value, source, {})
        if not isinstance(value, dict):
            return self.unreadable(
                index,
                _compact(value),
                source,
                f"expected a JSON object or string, found {_kind(value)}",
            )
        found = self._find(value)
        if found is _MISSING:
            return self._checked(index, "", source, value, self._absent(value))
        if not isinstance(found, str):
            name = self.url or self._default(value)
            problem = f"the field {_compact(name)} is {_kind(found)}, not a string"
            return self._checked(index, _compact(found), source, value, problem)
        return self._checked(index, found, source, value)

    def _checked(
        self, index: int, url: str, source: str, row: Mapping[str, object], problem: str = ""
    ) -> Target:
        url = url.strip()
        problem = problem or flaw(url) or ("" if url else "the URL is empty")
        if len(url) > MAX_URL:
            problem = problem or f"the URL is longer than {MAX_URL // 1024} KiB"
            url = url[:KEPT]
        carried = tuple([_cell(row.get(name, "")) for name in self.header]) if self.header else ()
        return Target(index, encodable(url, nul=True) if problem else url, source, carried, problem)

    def _find(self, row: Mapping[str, object]) -> object:
        if self.url is None:
            name = self._default(row)
            return row[name] if name is not None else _MISSING
        return row[self.url] if self.url in row else _follow(row, self.url.split("."))

    def _default(self, row: Mapping[str, object]) -> str | None:
        for name in URL_NAMES:
            if name in row:
                return name
        by_name = {normalised(name): name for name in reversed(list(row))}
        return next((by_name[name] for name in URL_NAMES if name in by_name), None)

    def _absent(self, row: Mapping[str, object]) -> str:
        wanted = f"field {_compact(self.url)}" if self.url else "field such as url or link"
        there = ", ".join(_compact(name)[:80] for name in list(row)[:10])
        return f"the row has no {wanted}; it has {there or 'no fields'}"


def _follow(value: object, path: list[str]) -> object:
    for step in path:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step[:9]) < len(value):
            value = value[int(step)]
        else:
            return _MISSING
    return value


def _cell(value: object) -> str:
    if isinstance(value, str):
        return encodable(value, nul=True)
    return "" if value is None else _compact(value)


def _compact(value: object) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
        return encodable(text, nul=True)
    except RecursionError:
        return "(nested too deeply)"


def _kind(value: object) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "a number"


class JsonLinesReader:
    """Reads one JSON value per line; blank lines are skipped."""

    def __init__(
        self,
        name: str,
        fields: JsonFields,
        counter: Iterator[int],
        expectations: RowExpectations | None = None,
    ) -> None:
        self._name = name
        self._fields = fields
        self._expectations = expectations
        self._counter = counter
        self._lines = LineBuffer(MAX_RECORD)

    def feed(self, data: bytes) -> Iterator[Target]:
        """Take bytes and yield the rows that are complete."""
        for batch in self._lines.feed(data):
            yield from self._targets(batch)

    def finish(self) -> Iterator[Target]:
        """Yield the last row."""
        for batch in self._lines.finish():
            yield from self._targets(batch)

    def place(self) -> str:
        """Return the place of the next row."""
        return f"{self._name}:{self._lines.number}"

    def _targets(self, batch: Batch) -> Iterator[Target]:
        for number, line in enumerate(batch.lines, batch.first):
            if line and not line.isspace():
                yield self._target(number, line, batch.problem)

    def _target(self, number: int, line: str, problem: str) -> Target:
        index, source = next(self._counter), f"{self._name}:{number}"
        if not problem:
            parsed = parse(line)
            if not isinstance(parsed, Unparsable):
                return self._fields.target(index, parsed, source, self._expectations)
            problem = parsed.problem
        return self._fields.unreadable(index, line, source, problem)


class Unparsable(NamedTuple):
    """Why a text is not JSON."""

    problem: str


def parse(text: str) -> object:
    """Parse one JSON value; return an Unparsable if it is not JSON. Never raises."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        return Unparsable(f"not valid JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Unparsable("not valid JSON: nested too deeply")
    except ValueError as error:  # an integer of thousands of digits
        return Unparsable(f"not valid JSON: {error}")


def first_line_object(sample: bytes) -> dict[str, object] | None:
    """Return the first object at the beginning of a list of JSON lines; None without one."""
    lines = sample.decode("utf-8", "surrogateescape").splitlines()
    return next((value for value in map(parse, lines) if isinstance(value, dict)), None)


class JsonValuesReader:
    """Reads the elements of one JSON array, or values that span several lines.

    It streams, holding one element at a time. After an error nothing shows where the next element
    begins, so the rest is not read.
    """

    def __init__(
        self,
        name: str,
        fields: JsonFields,
        counter: Iterator[int],
        expectations: RowExpectations | None = None,
    ) -> None:
        self._name = name
        self._fields = fields
        self._expectations = expectations
        self._counter = counter
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._number = 0
        self._state = "start"

    def feed(self, data: bytes) -> Iterator[Target]:
        """Take bytes and yield the elements that are complete."""
        self._text += self._decoder.decode(data)
        yield from self._elements(final=False)

    def finish(self) -> Iterator[Target]:
        """Yield the last element; raises BrokenInput if the array is not closed."""
        self._text += self._decoder.decode(b"", final=True)
        yield from self._elements(final=True)
        if self._state == "array":
            raise BrokenInput("the JSON array is not closed: the file is truncated")

    def place(self) -> str:
        """Return the place of the next element."""
        return f"{self._name}#{self._number + 1}"

    def _elements(self, *, final: bool) -> Iterator[Target]:
        text, position = self._text, 0
        while (position := self._skip(text, position)) < len(text):
            try:
                value, end = _DECODER.raw_decode(text, position)
            except (ValueError, RecursionError) as error:
                if not final and len(text) - position <= MAX_RECORD:
                    break  # more bytes may complete it
                raise BrokenInput(_broken(error)) from None
            if end == len(text) and not final:
                break  # perhaps the first digits of a longer number
            self._number += 1
            place = f"{self._name}#{self._number}"
            yield self._fields.target(next(self._counter), value, place, self._expectations)
            position = end
        self._text = text[position:]

    def _skip(self, text: str, position: int) -> int:
        """Return the place of the next element, noticing where the array begins and ends."""
        while (position := _past_blanks(text, position)) < len(text):
            if self._state == "done":
                raise BrokenInput("unexpected data after the JSON array")
            if self._state == "start":
                self._state = "array" if text[position] == "[" else "values"
                position += self._state == "array"
            elif self._state == "array" and text[position] == "]":
                self._state = "done"
                position += 1
            else:
                break
        return position


def _past_blanks(text: str, position: int) -> int:
    found = _SEPARATORS.match(text, position)
    return found.end() if found else position


def _broken(error: Exception) -> str:
    what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    return (
        f"not valid JSON ({what}), or longer than {MAX_RECORD // 1024} KiB; the rest was not read"
    )


def first_value_object(sample: bytes) -> dict[str, object] | None:
    """Return the first whole object at the beginning of an array; None without one."""
    text = sample.decode("utf-8", "surrogateescape")
    try:
        value, _ = _DECODER.raw_decode(text, max(text.find("{"), 0))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
