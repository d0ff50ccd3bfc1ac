"""The one temporary database for what does not fit into memory."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fetcher.storage.output_error import OutputError
from fetcher.storage.temporary_store import TemporaryStore

NAME = "the temporary file for numbers"
TABLE = "CREATE TABLE numbers (number INTEGER PRIMARY KEY, text TEXT)"
INSERT = "INSERT INTO numbers VALUES (?, ?)"


def test_what_was_written_is_read() -> None:
    """By single rows, by all at once, and one by one."""
    with TemporaryStore(NAME, TABLE) as store:
        store.execute(INSERT, (1, "one"))
        store.execute_many(INSERT, [(2, "two"), (3, "three")])
        assert store.fetch_one("SELECT text FROM numbers WHERE number = ?", (2,)) == ("two",)
        assert store.fetch_one("SELECT text FROM numbers WHERE number = ?", (9,)) is None
        everything = [(1, "one"), (2, "two"), (3, "three")]
        assert store.fetch_all("SELECT * FROM numbers ORDER BY number") == everything
        assert list(store.iterate("SELECT * FROM numbers ORDER BY number")) == everything


def test_nothing_can_be_asked_of_a_closed_store() -> None:
    """Closing twice is harmless; to use it afterwards is a bug, and no full disk."""
    store = TemporaryStore(NAME, TABLE)
    store.close()
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.execute(INSERT, (1, "one"))


@pytest.mark.parametrize("can_undo", [False, True])
def test_a_full_disk_is_an_output_error(can_undo: bool) -> None:
    """It names the file, the reason, and what to do; what came before stays if that was wanted."""
    with TemporaryStore(NAME, TABLE, can_undo=can_undo) as store:
        store.execute(INSERT, (0, "kept"))
        store.execute("PRAGMA max_page_count = 10")
        with pytest.raises(OutputError) as caught:
            store.execute_many(INSERT, [(number, "x" * 1_000) for number in range(1, 100)])
        assert str(caught.value) == (
            f"cannot write to {NAME}: the disk is full; set TMPDIR to a directory with enough room"
        )
        if can_undo:
            assert store.fetch_all("SELECT text FROM numbers") == [("kept",)]


def test_what_the_rows_raise_comes_out() -> None:
    """An error in the rows is not taken for one of the file."""

    def rows() -> Iterator[tuple[int, str]]:
        yield 1, "one"
        raise RuntimeError("broken")

    with TemporaryStore(NAME, TABLE) as store, pytest.raises(RuntimeError, match="broken"):
        store.execute_many(INSERT, rows())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the name of an open file")
def test_the_file_lies_in_the_chosen_directory_without_a_name(tmp_path: Path) -> None:
    """It is written where TMPDIR says, and no other process finds it there."""
    code = f"""
import os, sys
from fetcher.storage.temporary_store import TemporaryStore
store = TemporaryStore({NAME!r}, {TABLE!r}, cache_size=64 * 1024)
store.execute_many({INSERT!r}, [(n, "x" * 1000) for n in range(2000)])
print(os.listdir(sys.argv[1]))
fds = [os.readlink(f"/proc/self/fd/{{fd}}") for fd in os.listdir("/proc/self/fd") if fd.isdigit()
       and os.path.lexists(f"/proc/self/fd/{{fd}}")]
print(any(place.startswith(sys.argv[1]) and "deleted" in place for place in fds))
"""
    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc to look into")
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(filter(None, sys.path))},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["[]", "True"]
