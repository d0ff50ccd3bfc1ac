"""One JSON value to one target: which of its fields is the URL, and which are carried."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from fetcher.model import Target
from fetcher.sources.base import KEPT, MAX_URL
from fetcher.sources.expected import NOTHING, RowExpectations
from fetcher.sources.lines import flaw, printable
from fetcher.sources.names import URL_NAMES, normalised

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields of a JSON row matter.

    url: dotted path of the URL's field; None: the first of the usual names that a row has.
    header: the names of the top-level fields that are carried through.
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
        """Make the target of one JSON value: a string is a URL, an object has one in a field.

        expectations: what reads the fields that say what is expected; None: these mean nothing.
        """
        target = self._unexpecting(index, value, source)
        if expectations is None or not isinstance(value, str | dict):
            return target
        expected = expectations.of_row(value if isinstance(value, dict) else {})
        if expected is NOTHING:
            return target
        problem = target.problem or expected.problem
        return Target(index, target.url, source, target.carried, problem, expected.value)

    def unreadable(self, index: int, text: str, source: str, problem: str) -> Target:
        """Make the target of something that is no row."""
        shown = printable(text.strip()[:KEPT])
        return Target(index, shown, source, ("",) * len(self.header), problem)

    def carried_by(self, value: Mapping[str, object]) -> tuple[str, ...]:
        """Name the fields that a list whose first row is this one carries through."""
        own = (self.url or self._default(value) or "").partition(".")[0]
        own = self.url if self.url in value and self.url is not None else own
        return tuple(printable(name) for name in value if name != own)

    def _unexpecting(self, index: int, value: object, source: str) -> Target:
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
        return Target(index, printable(url) if problem else url, source, carried, problem)

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
        wanted = f"field {_compact(self.url)}" if self.url else "field url, link or the like"
        there = ", ".join(_compact(name)[:80] for name in list(row)[:10])
        return f"the row has no {wanted}; it has {there or 'no field at all'}"


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
    return printable(value) if isinstance(value, str) else "" if value is None else _compact(value)


def _compact(value: object) -> str:
    try:
        return printable(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str))
    except RecursionError:
        return "(nested too deeply)"


def _kind(value: object) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "a number"
