"""TOML lists: written by hand, with the expectations of each target."""

import re
from collections.abc import Iterable, Iterator, Mapping

import tomli

from fetcher.model import Target
from fetcher.sources.base import SourceError
from fetcher.sources.json_list import JsonFields
from fetcher.sources.row_expectations import RowExpectations

MAX_TOML = 50 * 1024 * 1024
"""The largest TOML list that is read, in bytes."""

_TARGETS, _EXPECT = "targets", "expect"
_HEADING = re.compile(r"^[ \t]*\[\[[ \t]*targets[ \t]*\]\]", re.MULTILINE)


class TomlReader:
    """Reads `[[targets]]`, each a table with a URL or a string; `[expect]` holds for all of them.

    It reads the whole list before it yields the first target: TOML cannot be read otherwise, and
    it is for lists that people write. Raises SourceError if the list cannot be read.
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
        self._counter = counter
        self._expectations = expectations
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterable[Target]:
        """Take bytes; no row is complete before the end."""
        self._data += data
        if len(self._data) > MAX_TOML:
            raise _too_large(self._name)
        return ()

    def finish(self) -> Iterator[Target]:
        """Yield all targets."""
        data, self._data = bytes(self._data), bytearray()
        text, document = parse_toml(self._name, data)
        entries = _entries(self._name, document)
        expectations = self._over_common(document)
        places = _places(self._name, text, len(entries))
        for entry, place in zip(entries, places, strict=True):
            if isinstance(entry, str | dict):
                yield self._fields.target(next(self._counter), entry, place, expectations)
            else:
                problem = f'expected a table with a URL, as in url = "https://…", found {entry!r}'
                yield self._fields.unreadable(next(self._counter), str(entry), place, problem)

    def place(self) -> str:
        """Return the place of the next row."""
        return self._name

    def _over_common(self, document: Mapping[str, object]) -> RowExpectations | None:
        """Return the reader of expectations, with those of all targets of the list."""
        common = document.get(_EXPECT, {})
        if not isinstance(common, dict):
            raise SourceError(f"{self._name}: {_EXPECT} must be a table, written [{_EXPECT}]")
        if self._expectations is None:
            return None
        if problem := self._expectations.of(common).problem:
            raise SourceError(f"{self._name}: {problem}")
        return self._expectations.over(common)


def parse_toml(name: str, data: bytes) -> tuple[str, dict[str, object]]:
    """Return a list's text and its content; raises SourceError if it is not TOML."""
    try:
        text = data.decode("utf-8")
        return text, tomli.loads(text)
    except RecursionError:
        raise SourceError(f"{name} is not valid TOML: it is nested too deeply") from None
    except ValueError as error:
        raise SourceError(f"{name} is not valid TOML: {error}") from None


def first_toml_table(name: str, data: bytes) -> dict[str, object]:
    """Return the first target that is a table, {} if there is none; raises SourceError."""
    if len(data) > MAX_TOML:
        raise _too_large(name)
    entries = _entries(name, parse_toml(name, data)[1])
    return next((entry for entry in entries if isinstance(entry, dict)), {})


def _too_large(name: str) -> SourceError:
    return SourceError(
        f"{name} is larger than {MAX_TOML // 2**20} MiB; write long lists as JSON lines or CSV, "
        "which are read row by row"
    )


def _entries(name: str, document: Mapping[str, object]) -> list[object]:
    for key in document:
        if key not in (_TARGETS, _EXPECT):
            raise SourceError(f"{name}: unknown {key!r}; expected [[{_TARGETS}]] and [{_EXPECT}]")
    entries = document.get(_TARGETS, [])
    if not isinstance(entries, list):
        raise SourceError(f"{name}: {_TARGETS} must be an array of tables, written [[{_TARGETS}]]")
    return entries


def _places(name: str, text: str, count: int) -> list[str]:
    """Return the place of each target: its line, or else its number.

    The parser does not tell lines. If there are as many headings as targets, the headings' lines
    are theirs; if not, targets are written in another way, or one holds a text with a heading.
    """
    places = []
    line, position = 1, 0
    for heading in _HEADING.finditer(text):
        line += text.count("\n", position, heading.end())
        position = heading.end()
        places.append(f"{name}:{line}")
    if len(places) == count:
        return places
    return [f"{name}#{number}" for number in range(1, count + 1)]
