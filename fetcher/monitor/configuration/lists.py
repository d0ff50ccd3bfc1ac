"""[[lists]]: targets from the rows of list files, of any format that can be read as a list."""

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from fetcher.judgement.expectations import Expectations, parse_expectations
from fetcher.monitor.configuration.mistakes import Mistakes
from fetcher.monitor.configuration.patterns import fitting, is_pattern
from fetcher.monitor.configuration.rows import Rows
from fetcher.monitor.configuration.tables import Table, read_options
from fetcher.monitor.configuration.target_settings import ListFile, TargetSettings
from fetcher.monitor.configuration.targets import EXPECT, Common
from fetcher.sources import ListOptions
from fetcher.sources.base import ListFormat

_FORMATS: tuple[ListFormat, ...] = get_args(ListFormat)


def read_list(table: Table, common: Common) -> tuple[list[Path], Rows]:
    """Read one entry; gives its files, and how to read them."""
    mistakes = common.mistakes
    values = read_options(table, mistakes, ListFile, TargetSettings, but=EXPECT)
    names = values.get("name_column"), values.get("group_column")
    expected = common.expected_by(table)
    rows = Rows(
        common,
        common.sharing.timing(table, values),
        common.sharing.policy(table, values),
        expected,
        values.get("group", common.group),
        ListOptions(
            values.get("url_column"),
            values.get("url_field"),
            _format(table, values.get("format", "auto"), mistakes),
            carry=names != (None, None),
            expect=_Expecting(expected, common),
        ),
        *names,
    )
    if not table.values.get("file"):
        mistakes.add(f'{table.where()}: it has no file; write file = "urls.txt"')
    return _files(table, values.get("file", ""), mistakes), rows


def pattern_of(table: Table) -> Path | None:
    """The pattern that an entry names its files by, when it is one."""
    file = table.values.get("file")
    path = table.document.folder / file if isinstance(file, str) else None
    return path if path is not None and is_pattern(path) else None


class _Expecting:
    """Makes expectations of what rows say; those that say the same share one object."""

    def __init__(self, base: Expectations, common: Common) -> None:
        self._base = base
        self._share = common.sharing.share
        self._made: dict[str, Expectations] = {}

    def __call__(self, raw: Mapping[str, object]) -> Expectations:
        said = repr(raw)
        made = self._made.get(said)
        if made is None:
            made = self._made[said] = self._share(parse_expectations(raw, self._base))
        return made


def _format(table: Table, name: str, mistakes: Mistakes) -> ListFormat:
    chosen = next((known for known in _FORMATS if known == name), None)
    if chosen is None:
        mistakes.add(f"{table.where('format')}: {name!r} is not one of {', '.join(_FORMATS)}")
    return chosen or "auto"


def _files(table: Table, name: str, mistakes: Mistakes) -> list[Path]:
    """The files that a path or a pattern stands for, in the order of their names."""
    if not name:
        return []
    path = table.document.folder / name
    if name == "-" or name.startswith(("http://", "https://")):
        problem = f"{name!r} is no file, which could be read again when it changes"
    elif is_pattern(path):
        if files := fitting(path):
            return files
        problem = f"no file fits {path}"
    elif path.is_file():
        return [path]
    else:
        problem = f"{path} is no regular file" if path.exists() else f"{path} is not there"
    mistakes.add(f"{table.where('file')}: {problem}")
    return []
