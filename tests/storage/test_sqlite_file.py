"""The one life cycle of an SQLite database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fetcher.storage.output_error import OutputError
from fetcher.storage.sqlite_file import (
    DatabaseMark,
    application_in,
    closed_on_error,
    columns_of,
    connect,
    count_pages,
    create_tables,
    damage_error,
    find_fault,
    is_damage,
    is_database,
    journal_mode,
    mark_of,
    remove_database,
    set_aside,
    set_journal_mode,
    sqlite_as_output_error,
    transaction,
    use_log,
    without_patience,
)

MARK = DatabaseMark(application=0x01020304, version=7)
TABLES = ("CREATE TABLE numbers (number INTEGER PRIMARY KEY, text TEXT)",)


def make(path: Path) -> None:
    """Create a database with one table."""
    with closing(connect(path, "rwc")) as database:
        create_tables(database, TABLES, MARK)


def is_closed(database: sqlite3.Connection) -> bool:
    """Return True if nothing can be asked of a connection."""
    try:
        database.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return True
    return False


@pytest.mark.parametrize("name", ["plain.db", "a b%20c?mode=ro#d&e.db", "é日.db", "n\udcff.db"])
def test_a_name_with_any_characters_is_the_name_of_the_file(tmp_path: Path, name: str) -> None:
    """Nothing in a name is taken for a part of the address that SQLite is given."""
    make(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_database_is_created_only_on_request(tmp_path: Path) -> None:
    """To read or to write one that is missing is an error, and leaves nothing behind."""
    for mode in ("ro", "rw"):
        with pytest.raises(sqlite3.OperationalError):
            connect(tmp_path / "x.db", mode)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_new_database_has_its_tables_and_its_mark(tmp_path: Path) -> None:
    """The mark can be read with and without SQLite."""
    path = tmp_path / "x.db"
    make(path)
    assert is_database(path)
    assert application_in(path) == MARK.application
    with closing(connect(path, "ro")) as database:
        assert mark_of(database) == MARK
        assert columns_of(database, "numbers") == {"number": ("INTEGER", 1), "text": ("TEXT", 0)}
        assert find_fault(database) == find_fault(database, "numbers") == ""
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            database.execute("DELETE FROM numbers")


def test_a_failure_creates_no_table(tmp_path: Path) -> None:
    """All tables are there, or none."""
    with closing(connect(tmp_path / "x.db", "rwc")) as database:
        with pytest.raises(sqlite3.OperationalError):
            create_tables(database, (*TABLES, "no statement"), MARK)
        assert columns_of(database, "numbers") == {}
        assert mark_of(database) == DatabaseMark(0, 0)


def test_an_error_closes_the_connection(tmp_path: Path) -> None:
    """And no error leaves it open."""
    database = connect(tmp_path / "x.db", "rwc")
    with closed_on_error(database):
        pass
    assert not is_closed(database)
    with pytest.raises(ZeroDivisionError), closed_on_error(database):
        raise ZeroDivisionError
    assert is_closed(database)


def test_a_transaction_is_whole_or_nothing(tmp_path: Path) -> None:
    """What was written before an error is undone."""
    make(tmp_path / "x.db")
    with closing(connect(tmp_path / "x.db", "rw")) as database:
        with transaction(database):
            database.execute("INSERT INTO numbers VALUES (1, 'kept')")
        with pytest.raises(sqlite3.IntegrityError), transaction(database):
            database.executemany("INSERT INTO numbers VALUES (?, 'undone')", [(2,), (1,)])
        assert not database.in_transaction
        assert database.execute("SELECT number FROM numbers").fetchall() == [(1,)]


def test_patience_comes_back(tmp_path: Path) -> None:
    """It is as long as before, also after an error."""
    make(tmp_path / "x.db")
    with closing(connect(tmp_path / "x.db", "rw", patience=2.5)) as database:
        with without_patience(database):
            assert database.execute("PRAGMA busy_timeout").fetchone() == (0,)
        assert database.execute("PRAGMA busy_timeout").fetchone() == (2500,)
        with pytest.raises(sqlite3.OperationalError), without_patience(database):
            database.execute("no statement")
        assert database.execute("PRAGMA busy_timeout").fetchone() == (2500,)


def test_the_log_is_left_again(tmp_path: Path) -> None:
    """In the end the database can be a single file; a mode that does not exist changes nothing."""
    path = tmp_path / "x.db"
    make(path)
    with closing(connect(path, "rw")) as database:
        use_log(database, 4096, merge_at=8192)
        assert journal_mode(database) == "wal"
        assert database.execute("PRAGMA wal_autocheckpoint").fetchone() == (2,)
        set_journal_mode(database, "delete")
        set_journal_mode(database, "x; DROP TABLE numbers")
        assert journal_mode(database) == "delete"
        assert count_pages(database).used_bytes == path.stat().st_size
    assert [each.name for each in tmp_path.iterdir()] == ["x.db"]


def test_two_damaged_databases_of_one_second_are_both_kept(tmp_path: Path) -> None:
    """Each gets a name of its own, and so does its log."""
    path = tmp_path / "x.db"
    for number in range(3):
        path.write_text(str(number))
        path.with_name("x.db-wal").write_text(f"log {number}")
        aside = set_aside(path, 0.0)
        assert aside.read_text() == str(number)
        assert aside.with_name(f"{aside.name}-wal").read_text() == f"log {number}"
    assert sorted(each.name for each in tmp_path.iterdir() if "-wal" not in each.name) == [
        "x.db.corrupt-19700101T000000Z",
        "x.db.corrupt-19700101T000000Z-2",
        "x.db.corrupt-19700101T000000Z-3",
    ]


def test_a_database_is_removed_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    """And nothing else is; one that is missing is no error."""
    for name in ("x.db", "x.db-wal", "x.db-shm", "x.db-journal", "y.db"):
        (tmp_path / name).touch()
    remove_database(tmp_path / "x.db")
    remove_database(tmp_path / "x.db")
    assert [each.name for each in tmp_path.iterdir()] == ["y.db"]


def test_damage_is_told_from_other_errors(tmp_path: Path) -> None:
    """A file that is no database, and what a store itself finds wrong, are damage."""
    path = tmp_path / "x.db"
    path.write_bytes(b"no database" * 100)
    with closing(connect(path, "rw")) as database:
        with pytest.raises(sqlite3.DatabaseError) as caught:
            mark_of(database)
        assert is_damage(caught.value)
        with pytest.raises(OutputError) as told, sqlite_as_output_error("x"):
            mark_of(database)
        assert str(told.value) == "cannot write to x: it is a file, but no SQLite database"
    assert is_damage(damage_error("a row"))
    assert not is_damage(sqlite3.OperationalError("database is locked"))
