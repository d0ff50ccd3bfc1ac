"""What a row of a list says is expected of its URL."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from fetcher.sources.base import KEPT, Expect
from fetcher.sources.text_list import printable
from fetcher.sources.url_columns import normalised

_TABLE = "expect"
_PREFIX = "expect_"


class Expected(NamedTuple):
    """What a row expects, as the job has it, or the problem with what it says."""

    value: object = None
    problem: str = ""


NOTHING = Expected()

NONE_SAID: Mapping[str, object] = MappingProxyType({})


class RowExpectations:
    """Makes of what rows say what they expect, in the job's own terms.

    expect: the job's; gets what a row says by names without prefix, raises ValueError. note: told
    of each row's problem, before that row is given out. common: what is said for all rows.
    """

    def __init__(
        self,
        expect: Expect,
        note: Callable[[str], None] | None = None,
        common: Mapping[str, object] = NONE_SAID,
    ) -> None:
        self._expect = expect
        self._note = note
        self._common = common

    def over(self, common: Mapping[str, object]) -> "RowExpectations":
        """Give one for rows that add, key by key, to what is said for all of them."""
        return RowExpectations(self._expect, self._note, common)

    def of_row(self, row: Mapping[str, object]) -> Expected:
        """Take what a JSON object or a TOML table says."""
        try:
            return self.of(said_by(row))
        except ValueError as error:
            return self.refused(str(error))

    def of(self, said: Mapping[str, object]) -> Expected:
        """Take what is said by names without prefix; who says nothing expects nothing."""
        if self._common:
            said = {**self._common, **said}
        if not said:
            return NOTHING
        try:
            return Expected(self._expect(said))
        except ValueError as error:
            return self.refused(str(error))

    def refused(self, problem: str) -> Expected:
        """Say what is wrong with what a row says."""
        problem = printable(problem[:KEPT])
        if self._note is not None:
            self._note(problem)
        return Expected(None, problem)


def said_by(row: Mapping[str, object]) -> dict[str, object]:
    """Take what a row says from its table `expect` and its fields `expect_…`.

    Raises ValueError when `expect` is no table.
    """
    said: dict[str, object] = {}
    table = row.get(_TABLE)
    if isinstance(table, dict):
        said.update(table)
    elif table is not None:
        raise ValueError(f"{_TABLE} must hold names and values, as in {{status = 200}}")
    said.update({n.removeprefix(_PREFIX): v for n, v in row.items() if n.startswith(_PREFIX)})
    return said


def speaks(field: str) -> bool:
    """Whether a field of a row says what is expected."""
    return field == _TABLE or field.startswith(_PREFIX)


def key_of_column(name: str) -> str | None:
    """Take the key out of a column's name: `status` of `Expect Status`; None for other columns."""
    normal = normalised(name)
    return normal.removeprefix(_PREFIX) if normal.startswith(_PREFIX) else None
