"""The expectations that a row of a list has of its URL."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from fetcher.sources.base import KEPT, Expect
from fetcher.sources.url_columns import normalised
from fetcher.text import encodable

_TABLE = "expect"
_PREFIX = "expect_"


class Expected(NamedTuple):
    """What a row expects, in the job's own form, or the problem with its expectations."""

    value: object = None
    problem: str = ""


NOTHING = Expected()

NONE_GIVEN: Mapping[str, object] = MappingProxyType({})


class RowExpectations:
    """Turns the expectations in rows into the job's own form.

    Args:
        expect: the job's reader of expectations, by names without prefix; raises ValueError.
        note: called with each row's problem, before that row is yielded.
        common: the expectations of all rows.
    """

    def __init__(
        self,
        expect: Expect,
        note: Callable[[str], None] | None = None,
        common: Mapping[str, object] = NONE_GIVEN,
    ) -> None:
        self._expect = expect
        self._note = note
        self._common = common

    def over(self, common: Mapping[str, object]) -> "RowExpectations":
        """Return a reader of rows that override, key by key, these common expectations."""
        return RowExpectations(self._expect, self._note, common)

    def of_row(self, row: Mapping[str, object]) -> Expected:
        """Return the expectations in a JSON object or a TOML table."""
        try:
            return self.of(expectations_in(row))
        except ValueError as error:
            return self.refused(str(error))

    def of(self, given: Mapping[str, object]) -> Expected:
        """Return the expectations given by names without prefix; none given, none expected."""
        if self._common:
            given = {**self._common, **given}
        if not given:
            return NOTHING
        try:
            return Expected(self._expect(given))
        except ValueError as error:
            return self.refused(str(error))

    def refused(self, problem: str) -> Expected:
        """Return the problem of a row, and report it to `note`."""
        problem = encodable(problem[:KEPT], nul=True)
        if self._note is not None:
            self._note(problem)
        return Expected(None, problem)


def expectations_in(row: Mapping[str, object]) -> dict[str, object]:
    """Return the expectations in a row's table `expect` and its fields `expect_…`.

    Raises ValueError if `expect` is not a table.
    """
    given: dict[str, object] = {}
    table = row.get(_TABLE)
    if isinstance(table, dict):
        given.update(table)
    elif table is not None:
        raise ValueError(f"{_TABLE} must be a table, such as {{status = 200}}")
    given.update({n.removeprefix(_PREFIX): v for n, v in row.items() if n.startswith(_PREFIX)})
    return given


def is_expectation(field: str) -> bool:
    """True if a field of a row holds expectations."""
    return field == _TABLE or field.startswith(_PREFIX)


def key_of_column(name: str) -> str | None:
    """Return the key in a column's name, `status` of `Expect Status`; None for other columns."""
    normal = normalised(name)
    return normal.removeprefix(_PREFIX) if normal.startswith(_PREFIX) else None
