"""A table in a database: types, keys, readers at the same time, and what is left alone."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from fetcher.extraction.fields import FieldType
from fetcher.sinks.base import OutputProgress, Row, Sink, TargetRows
from fetcher.sinks.open_sink import SinkOptions
from fetcher.storage.output_error import OutputError
from tests.sinks.making import (
    COLUMNS,
    after,
    column,
    database_rows,
    fill,
    opened,
    target,
)
from tests.sinks.making import (
    URL as URL_COLUMN,
)

URL = "http://a.example/"
PRICE = (URL_COLUMN, column("price", FieldType.FLOAT))


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database as any other program does."""
    with closing(sqlite3.connect(path)) as database:
        yield database


def put(path: Path, *targets: TargetRows, **more: Any) -> None:
    """Write targets in one run."""
    sink, progress = opened(path, **more)
    sink.write(targets)
    sink.commit(after(progress, targets))
    sink.finish(complete=True)


def prices(url: str, *found: float) -> TargetRows:
    """Make a target with a row for each price."""
    return TargetRows(url, tuple((url, price) for price in found))


def mode(path: Path) -> str:
    """The journal mode that a database is in."""
    with reading(path) as database:
        return str(database.execute("PRAGMA journal_mode").fetchone()[0])


def test_types_are_kept(tmp_path: Path) -> None:
    """Numbers are numbers, a flag is 0 or 1, lists and objects are JSON, and nothing is NULL."""
    path = tmp_path / "out.db"
    full: Row = (URL, 200, 1.5, True, ["a", "é"], {"k": [None, 1]})
    put(path, TargetRows(URL, (full, (URL, None, None, None, None, None))))
    assert database_rows(path) == [
        (URL, 0, 200, 1.5, 1, '["a","é"]', '{"k":[null,1]}'),
        (URL, 1, None, None, None, None, None),
    ]
    with reading(path) as database:
        columns = database.execute("SELECT name, type FROM pragma_table_info('pages')").fetchall()
        found = database.execute("SELECT links ->> 1, extra ->> '$.k[1]' FROM pages").fetchone()
    assert columns == [
        ("url", "TEXT"),
        ("row_number", "INTEGER"),
        ("status", "INTEGER"),
        ("price", "REAL"),
        ("sold", "BOOLEAN"),
        ("links", "TEXT"),
        ("extra", "TEXT"),
    ]
    assert found == ("é", 1)


def test_values_that_do_not_fit(tmp_path: Path) -> None:
    """What SQLite has no place for is written as close as it can be, and spoils nothing else."""
    path = tmp_path / "out.db"
    columns = (URL_COLUMN, column("text"), column("int", FieldType.INT))
    rows: tuple[Any, ...] = (
        (URL, "a\ud800\n\u202e\0", 2**70),
        (URL, ["x"], "many"),
        (URL, 2**70, 2**63 - 1),
    )
    put(path, TargetRows(URL, rows), columns=columns)
    assert [row[2:] for row in database_rows(path)] == [
        ("a\\ud800\n\u202e\0", float(2**70)),
        ('["x"]', "many"),
        (str(2**70), 2**63 - 1),
    ]


def test_a_later_run_replaces_the_rows_of_its_urls(tmp_path: Path) -> None:
    """All rows of a URL make room for the new ones, be they fewer or none; others stay."""
    path = tmp_path / "out.db"
    put(path, prices("a", 1, 2, 3), prices("b", 4), prices("c", 5), prices("d", 6), columns=PRICE)
    put(path, prices("a", 7), prices("b", 8, 9), TargetRows("c", ()), columns=PRICE)
    assert sorted(database_rows(path)) == [("a", 0, 7), ("b", 0, 8), ("b", 1, 9), ("d", 0, 6)]


@pytest.mark.parametrize("commits", [1, 2])
def test_a_url_that_comes_twice(tmp_path: Path, commits: int) -> None:
    """The rows of the last time stay, whether both times were in one commit or in two."""
    path = tmp_path / "out.db"
    sink, progress = opened(path, columns=PRICE)
    for targets in (
        [[prices("a", 1, 2), prices("b", 3), prices("a", 4)]]
        if commits == 1
        else [[prices("a", 1, 2), prices("b", 3)], [prices("a", 4)]]
    ):
        sink.write(targets)
        progress = after(progress, targets)
        sink.commit(progress)
    sink.finish(complete=False)
    assert progress.done == 3
    assert database_rows(path) == [("b", 0, 3), ("a", 0, 4)]


def test_columns_without_the_url(tmp_path: Path) -> None:
    """The table knows its rows by their URL even where that was not chosen as a column."""
    path = tmp_path / "out.db"
    put(path, TargetRows(f"{URL}\x1b", ((1.5,),)), columns=PRICE[1:])
    assert database_rows(path) == [(f"{URL}\x1b", 0, 1.5)]


def test_names_with_any_characters(tmp_path: Path) -> None:
    """Neither a column nor a table can be named so that it means something to SQL."""
    path = tmp_path / "out.db"
    names = ('a"b', "select", "og.title", "x-y", "é")
    columns = (URL_COLUMN, *map(column, names))
    put(
        path,
        TargetRows(URL, ((URL, *names),)),
        columns=columns,
        options=SinkOptions(table='my "pages"; --'),
    )
    assert database_rows(path, 'my ""pages""; --') == [(URL, 0, *names)]


@pytest.mark.parametrize(
    ("names", "twice"),
    [
        (("Price", "price"), "price"),
        (("URL",), "url"),
        (("url",), "url"),
        (("Row_Number",), "row_number"),
    ],
)
def test_columns_that_sqlite_takes_for_one(
    tmp_path: Path, names: Sequence[str], twice: str
) -> None:
    """Capitals make no difference to SQLite, nor is a field the key: nothing is made."""
    path = tmp_path / "out.db"
    with pytest.raises(OutputError, match=f"would have two columns '{twice}'"):
        opened(path, columns=(URL_COLUMN, *map(column, names)))
    assert not path.exists()


def test_the_rest_of_a_database_is_left_alone(tmp_path: Path) -> None:
    """Other tables stay, of other runs too, each with its own progress."""
    path = tmp_path / "out.db"
    with reading(path) as database:
        database.execute("CREATE TABLE mine (a)")
        database.execute("INSERT INTO mine VALUES (1)")
        database.commit()
    fill(path, 10, finish=False)
    put(path, prices("a", 1), columns=PRICE, options=SinkOptions(table="others"))
    sink, progress = opened(path, resume=True)
    sink.finish(complete=False)
    assert progress.done == 10
    assert database_rows(path, "mine") == [(1,)]
    assert database_rows(path, "others") == [("a", 0, 1)]


@pytest.mark.parametrize(
    ("create", "words"),
    [
        ("(url TEXT)", "without row_number, price"),
        (
            "(url TEXT, row_number INTEGER, price REAL, mine, PRIMARY KEY (url, row_number))",
            "with mine",
        ),
        (
            "(url TEXT, row_number INTEGER, price TEXT, PRIMARY KEY (url, row_number))",
            "of other types, or in another order",
        ),
        ("(url TEXT, row_number INTEGER, price REAL)", "of other types, or in another order"),
    ],
)
@pytest.mark.parametrize("resume", [False, True])
def test_a_table_of_somebody_else(tmp_path: Path, create: str, words: str, resume: bool) -> None:
    """It is refused, with what differs, and stays."""
    path = tmp_path / "out.db"
    with reading(path) as database:
        database.execute(f"CREATE TABLE pages {create}")
    before = path.read_bytes()
    with pytest.raises(OutputError) as caught:
        opened(path, columns=PRICE, resume=resume)
    assert str(caught.value) == (
        f"cannot write to {path}: it has a table 'pages' already, {words}; "
        "remove it, or name another file"
    )
    assert path.read_bytes() == before


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It is refused, and stays."""
    path = tmp_path / "out.db"
    path.write_text("no database " * 100)
    with pytest.raises(OutputError, match=r"it is a file, but no SQLite database$"):
        opened(path)
    assert path.read_text() == "no database " * 100


def test_a_reader_does_not_hold_it_up(tmp_path: Path) -> None:
    """One that reads for long sees one commit all the time, while others are made."""
    path = tmp_path / "out.db"
    sink, progress = opened(path, columns=PRICE)
    progress = commit(sink, progress, prices("a", 1))
    with reading(path) as database:
        database.execute("BEGIN")
        seen = database.execute("SELECT url FROM pages").fetchall()
        progress = commit(sink, progress, prices("b", 2))
        sink.finish(complete=True)
        assert database.execute("SELECT url FROM pages").fetchall() == seen == [("a",)]
    sink.finish(complete=False)
    assert database_rows(path) == [("a", 0, 1), ("b", 0, 2)]


def commit(sink: Sink, progress: OutputProgress, *targets: TargetRows) -> OutputProgress:
    """Write targets and commit them."""
    sink.write(targets)
    progress = after(progress, targets)
    sink.commit(progress)
    return progress


@pytest.mark.parametrize("before", ["delete", "wal"])
def test_it_gets_its_mode_back(tmp_path: Path, before: str) -> None:
    """A new database ends as a single file; one that was in WAL mode stays in it."""
    path = tmp_path / "out.db"
    with reading(path) as database:
        database.execute(f"PRAGMA journal_mode = {before}")
    fill(path, 10, finish=False)
    assert mode(path) == "wal"
    fill(path, 20, resume=True)
    assert mode(path) == before


def test_another_run_in_the_same_table(tmp_path: Path) -> None:
    """Two runs at once do not count each other's targets: the second one to commit is told."""
    path = tmp_path / "out.db"
    sink, progress = opened(path)
    other, _ = opened(path, resume=True)
    commit(other, progress, target(1))
    with pytest.raises(OutputError, match="another run is writing to it"):
        commit(sink, progress, target(2))
    # It does not keep the database locked: the first one goes on.
    commit(other, progress.after(target(1).identity), target(4))
    sink.finish(complete=False)
    other.finish(complete=False)
    assert [row[0] for row in database_rows(path)] == [target(1).identity, target(4).identity]


def test_a_lock_that_is_not_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that keeps writing to it is waited for; then it is said, and nothing is lost."""
    monkeypatch.setattr("fetcher.sinks.sqlite_sink._PATIENCE", 0.01)
    path = tmp_path / "out.db"
    sink, progress = opened(path)
    with reading(path) as database:
        database.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutputError, match=r"another program keeps it locked$"):
            commit(sink, progress, target(1))
    sink.commit(progress.after(target(1).identity))
    sink.finish(complete=False)
    assert [row[0] for row in database_rows(path)] == [target(1).identity]


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 shell is not installed")
def test_in_the_shell_while_it_is_written(tmp_path: Path) -> None:
    """The sqlite3 shell reads what is committed, and finds nothing wrong with the file."""
    path = tmp_path / "out.db"
    sink, progress = opened(path, columns=PRICE)
    commit(sink, progress, prices("a", 1.5), prices("b", 2, 3))
    query = "SELECT url, row_number, price FROM pages; PRAGMA integrity_check;"
    shell = ["sqlite3", "-readonly", str(path), query]
    running = subprocess.run(shell, capture_output=True, text=True, check=True).stdout
    sink.finish(complete=True)
    assert running == "a|0|1.5\nb|0|2.0\nb|1|3.0\nok\n"
    assert subprocess.run(shell, capture_output=True, text=True, check=True).stdout == running


def test_the_columns_are_those_of_the_run(tmp_path: Path) -> None:
    """Every column is there from the start, also one that no row has a value for."""
    path = tmp_path / "out.db"
    fill(path, 0)
    with reading(path) as database:
        names = [row[0] for row in database.execute("SELECT name FROM pragma_table_info('pages')")]
    assert names == ["url", "row_number", *(each.name for each in COLUMNS[1:])]
