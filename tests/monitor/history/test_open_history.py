"""Opening: one monitor at a time, and databases of every version."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fetcher.monitor.commit import Commit, OrderKind
from fetcher.monitor.history import (
    HistoryReader,
    StoreError,
    history_schema,
    is_in_use,
    open_history,
    open_store,
)
from fetcher.monitor.history.incident_rows import give_order
from fetcher.monitor.target_state import Condition, State
from tests.monitor.history.making import KEPT, NAME, NOON, files, opened, record

ROOT = Path(__file__).parents[3]
VERSION_1 = Path(__file__).with_name("version_1.sql")
UP = State(Condition.UP, NOON)

HOLDER = """
import sys
from fetcher.monitor.history import open_store
from fetcher.monitor.plan import MonitorSettings
store = open_store(sys.argv[1], MonitorSettings(), 0.0)
print("open", flush=True)
sys.stdin.read()
"""


def test_one_monitor_at_a_time(tmp_path: Path) -> None:
    """Another process is told who has it, and has it when the first one was killed."""
    path = tmp_path / NAME
    command = [sys.executable, "-c", HOLDER, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        assert is_in_use(str(path))
        with pytest.raises(StoreError, match=f"another monitor uses {path}"):
            open_store(str(path), KEPT, NOON)
        holder.kill()
    assert not is_in_use(str(path))
    open_store(str(path), KEPT, NOON)._opened.close()


def test_nobody_uses_what_is_not_there(tmp_path: Path) -> None:
    """And to ask makes no file."""
    assert not is_in_use(str(tmp_path / NAME))
    assert files(tmp_path) == []


async def test_over_a_symbolic_link(tmp_path: Path) -> None:
    """The lock is that of the file itself."""
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / NAME)
    async with opened(tmp_path):
        with pytest.raises(StoreError, match="another monitor uses"):
            open_store(str(link), KEPT, NOON)


async def test_version_1_can_be_opened_for_ever(tmp_path: Path) -> None:
    """By whatever version comes later; what it holds is there."""
    file = sqlite3.connect(tmp_path / NAME)
    file.executescript(VERSION_1.read_text())
    file.execute("INSERT INTO targets (id, key) VALUES (1, 'a')")
    file.execute("""INSERT INTO states VALUES (1, '{"condition":"up","since":1795262400.0}')""")
    file.commit()
    file.close()
    async with opened(tmp_path) as store:
        assert store.load().states == {"a": UP}
        await store.write(Commit(records=(record("a", NOON),)))


async def test_version_1_is_not_changed(tmp_path: Path) -> None:
    """Whoever changes a table raises the version, and adds a step that changes it."""
    if history_schema.VERSION > 1:
        pytest.skip("there is a later version")
    file = sqlite3.connect(":memory:")
    file.executescript(VERSION_1.read_text())
    async with opened(tmp_path) as store:
        query = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
        assert store._file.execute(query).fetchall() == file.execute(query).fetchall()
    file.close()


def add_url(file: sqlite3.Connection) -> None:
    """A step to a next version."""
    file.execute("ALTER TABLE targets ADD COLUMN url TEXT")


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Callable[[open_history.Step], int]:
    """Make this program one version younger than the databases that are there."""

    def go_on(step: open_history.Step) -> int:
        before = history_schema.VERSION
        monkeypatch.setattr(history_schema, "VERSION", before + 1)
        monkeypatch.setattr(open_history, "STEPS", {**open_history.STEPS, before: step})
        return before

    return go_on


async def test_an_older_database_is_brought_up_to_date(
    tmp_path: Path, next_version: Callable[[open_history.Step], int]
) -> None:
    """After a copy of it; what is in it stays, and it is said."""
    path = tmp_path / NAME
    async with opened(tmp_path) as store:
        await store.write(Commit(states={"a": UP}))
    before = next_version(add_url)
    with pytest.raises(StoreError, match="an older version of this program; start the monitor"):
        HistoryReader(str(path)).targets()
    async with opened(tmp_path) as store:
        kept = tmp_path / f"{NAME}.v{before}.bak"
        assert store.notice == (
            f"{path} was migrated from version {before} to {before + 1}; a copy of the "
            f"old version is {kept}"
        )
        assert store.load().states == {"a": UP}
        assert store._file.execute("SELECT key, url FROM targets").fetchall() == [("a", None)]
    copy = sqlite3.connect(kept)
    assert copy.execute("SELECT * FROM targets").fetchall() == [(1, "a")]
    assert copy.execute("PRAGMA user_version").fetchone() == (before,)
    copy.close()
    async with opened(tmp_path) as store:
        assert store.notice == ""


async def test_a_step_that_fails_changes_nothing(
    tmp_path: Path, next_version: Callable[[open_history.Step], int]
) -> None:
    """The database has its old version, and the monitor does not start."""

    def fail(file: sqlite3.Connection) -> None:
        add_url(file)
        add_url(file)

    async with opened(tmp_path) as store:
        await store.write(Commit(states={"a": UP}))
    before = next_version(fail)
    for _ in range(2):
        with pytest.raises(StoreError, match="duplicate column name"):
            open_store(str(tmp_path / NAME), KEPT, NOON)
    file = sqlite3.connect(tmp_path / NAME)
    assert file.execute("SELECT * FROM targets").fetchall() == [(1, "a")]
    assert file.execute("PRAGMA user_version").fetchone() == (before,)
    file.close()


async def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    """By the monitor, readers, and those who give orders."""
    path = str(tmp_path / NAME)
    async with opened(tmp_path):
        pass
    file = sqlite3.connect(path)
    file.execute("PRAGMA user_version = 99")
    file.close()
    newer = f"{path} was written by a newer version of this program"
    with pytest.raises(StoreError, match=newer):
        open_store(path, KEPT, NOON)
    with pytest.raises(StoreError, match=newer):
        HistoryReader(path).targets()
    with pytest.raises(StoreError, match=newer):
        give_order(path, OrderKind.SILENCE, "*", "ann", "", NOON, NOON)
