"""Previous results by URL, in bounded memory."""

from collections.abc import Iterable, Iterator, Mapping, ValuesView
from dataclasses import fields
from types import TracebackType
from typing import Any, Self

from fetcher.baseline.previous_result import PreviousResult, digest_of
from fetcher.judgement.verdict import Health, Trouble
from fetcher.storage.temporary_store import TemporaryStore

_COLUMNS = tuple(field.name for field in fields(PreviousResult))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM rows"
_INSERT = (
    f"INSERT INTO rows (digest, {', '.join(_COLUMNS)}) "
    f"VALUES (?, {', '.join('?' * len(_COLUMNS))}) ON CONFLICT (digest) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
)


class PreviousResults(Mapping[str, PreviousResult]):
    """Rows by URL, which is looked up in any spelling (see `key_of`); iterates in file order.

    Of a URL that is there several times the last row counts, in the place of the first. Held in
    a temporary file that no other process sees, with a few megabytes of it in memory. Usable as a
    context manager, which removes that file. Raises OutputError if it cannot be written.
    """

    def __init__(self, rows: Iterable[PreviousResult]) -> None:
        self._file = _open_file()
        try:
            self._file.execute_many(_INSERT, map(_values, rows))
        except BaseException:
            self.close()
            raise

    def __getitem__(self, url: str) -> PreviousResult:
        query = f"{_SELECT} WHERE digest = ?"
        row = self._file.fetch_one(query, (digest_of(url),))
        if row is None:
            raise KeyError(url)
        return _row_of(row)

    def __contains__(self, url: object) -> bool:
        query = "SELECT 1 FROM rows WHERE digest = ?"
        return isinstance(url, str) and self._file.fetch_one(query, (digest_of(url),)) is not None

    def __iter__(self) -> Iterator[str]:
        for (url,) in self._file.iterate("SELECT url FROM rows ORDER BY number"):
            yield url

    def __len__(self) -> int:
        (row,) = self._file.fetch_all("SELECT count(*) FROM rows")
        return int(row[0])

    def values(self) -> ValuesView[PreviousResult]:
        """Return the rows, with one query rather than one for each."""
        return _Rows(self)

    def rows(self) -> Iterator[PreviousResult]:
        """Go through the rows, in file order."""
        return map(_row_of, self._file.iterate(f"{_SELECT} ORDER BY number"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the file."""
        self._file.close()


class _Rows(ValuesView[PreviousResult]):
    def __init__(self, results: PreviousResults) -> None:
        super().__init__(results)
        self._rows = results.rows

    def __iter__(self) -> Iterator[PreviousResult]:
        return self._rows()


def _values(row: PreviousResult) -> tuple[Any, ...]:
    return digest_of(row.url), *[getattr(row, name) for name in _COLUMNS]


def _row_of(row: tuple[Any, ...]) -> PreviousResult:
    url, health, trouble, *others = row
    return PreviousResult(url, health and Health(health), trouble and Trouble(trouble), *others)


def _open_file() -> TemporaryStore:
    columns = ", ".join(_COLUMNS)
    return TemporaryStore(
        "the temporary file for previous results",
        f"CREATE TABLE rows (number INTEGER PRIMARY KEY, digest BLOB UNIQUE, {columns})",
        # The digests arrive in no order: for a million rows their index should fit.
        cache_size=64 * 1024 * 1024,
    )
