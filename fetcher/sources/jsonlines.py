"""JSON lines: one JSON value a line."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from fetcher.model import Target
from fetcher.sources.base import MAX_RECORD
from fetcher.sources.expected import RowExpectations
from fetcher.sources.jsonfields import Fields
from fetcher.sources.lines import Batch, LineBuffer


class JsonLinesReader:
    """Reads one JSON value a line; blank lines are skipped."""

    def __init__(
        self,
        name: str,
        fields: Fields,
        counter: Iterator[int],
        expectations: RowExpectations | None = None,
    ) -> None:
        self._name = name
        self._fields = fields
        self._expectations = expectations
        self._counter = counter
        self._lines = LineBuffer(MAX_RECORD)

    def feed(self, data: bytes) -> Iterator[Target]:
        """Take bytes and give the rows that are complete."""
        for batch in self._lines.feed(data):
            yield from self._targets(batch)

    def finish(self) -> Iterator[Target]:
        """Give the last row."""
        for batch in self._lines.finish():
            yield from self._targets(batch)

    def place(self) -> str:
        """Say where the next row would stand."""
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
    """Parse one JSON value; an Unparsable when it is none. Never raises."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        return Unparsable(f"not valid JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Unparsable("not usable JSON: nested too deeply")
    except ValueError as error:  # An integer of thousands of digits.
        return Unparsable(f"not usable JSON: {error}")


def first_line_object(sample: bytes) -> dict[str, object] | None:
    """Find the first object at the beginning of a list, None when there is none."""
    lines = sample.decode("utf-8", "surrogateescape").splitlines()
    return next((value for value in map(parse, lines) if isinstance(value, dict)), None)
