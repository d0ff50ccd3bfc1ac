"""A JSON array read element by element, or JSON values that run over several lines."""

import codecs
import json
import re
from collections.abc import Iterator

from fetcher.model import Target
from fetcher.sources.base import MAX_RECORD, BrokenInput
from fetcher.sources.expected import RowExpectations
from fetcher.sources.jsonfields import Fields

_BETWEEN = re.compile(r"[\s,]*")
_ANY = json.JSONDecoder()


class JsonValuesReader:
    """Reads the elements of one JSON array, or values that run over several lines.

    Streams: holds one element at a time. After an error nothing says where the next element
    begins, so the rest is not read.
    """

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
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._number = 0
        self._state = "start"

    def feed(self, data: bytes) -> Iterator[Target]:
        """Take bytes and give the elements that are complete."""
        self._text += self._decoder.decode(data)
        yield from self._elements(final=False)

    def finish(self) -> Iterator[Target]:
        """Give the last element; raises BrokenInput when the array is not closed."""
        self._text += self._decoder.decode(b"", final=True)
        yield from self._elements(final=True)
        if self._state == "array":
            raise BrokenInput("the JSON array is not closed: the file is cut off")

    def place(self) -> str:
        """Say where the next element would stand."""
        return f"{self._name}#{self._number + 1}"

    def _elements(self, *, final: bool) -> Iterator[Target]:
        text, position = self._text, 0
        while (position := self._skip(text, position)) < len(text):
            try:
                value, end = _ANY.raw_decode(text, position)
            except (ValueError, RecursionError) as error:
                if not final and len(text) - position <= MAX_RECORD:
                    break  # More bytes may complete it.
                raise BrokenInput(_broken(error)) from None
            if end == len(text) and not final:
                break  # Perhaps the first digits of a longer number.
            self._number += 1
            place = f"{self._name}#{self._number}"
            yield self._fields.target(next(self._counter), value, place, self._expectations)
            position = end
        self._text = text[position:]

    def _skip(self, text: str, position: int) -> int:
        """Go past what stands between elements, minding where the array begins and ends."""
        while (position := _past_blanks(text, position)) < len(text):
            if self._state == "done":
                raise BrokenInput("there is something else after the JSON array")
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
    found = _BETWEEN.match(text, position)
    return found.end() if found else position


def _broken(error: Exception) -> str:
    what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    return f"not valid JSON ({what}), or longer than {MAX_RECORD // 1024} KiB; the rest is not read"


def first_value_object(sample: bytes) -> dict[str, object] | None:
    """Find the first whole object at the beginning of an array, None when there is none."""
    text = sample.decode("utf-8", "surrogateescape")
    try:
        value, _ = _ANY.raw_decode(text, max(text.find("{"), 0))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
