"""Damaged databases: found at the start, set aside whole, and said."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from fetcher.monitor.commit import Commit, OrderKind
from fetcher.monitor.history import HistoryReader, LoadedState, StoreError, give_order, open_store
from fetcher.monitor.target_state import Condition, State
from tests.monitor.history.making import (
    HOUR,
    KEPT,
    NAME,
    NOON,
    files,
    opened,
    record,
    scribble,
)

PAGE = 4096
UP = {f"t{number}": State(Condition.UP, NOON) for number in range(500)}
RECORDS = tuple([record(key, NOON + minute * 60) for minute in range(20) for key in UP])


async def make(folder: Path, *, clean: bool = True) -> Path:
    """A database with something in each table that matters; clean: closed in good order."""
    place = folder if clean else folder / "before"
    place.mkdir(exist_ok=True)
    async with opened(place) as store:
        await store.write(Commit(records=RECORDS, states=UP))
        # What is checked is to lie in the file, and something new in the log.
        store._file.execute("PRAGMA wal_checkpoint").fetchall()
        await store.write(Commit(states=UP))
        for name in () if clean else (NAME, f"{NAME}-wal"):
            shutil.copy(place / name, folder)
    return folder / NAME


def root_of(path: Path, table: str) -> int:
    """Where the first page of a table is."""
    # Read only: nothing of its log is put into it.
    file = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    (page,) = file.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    file.close()
    return int(page - 1) * PAGE


def no_database(path: Path) -> None:
    """Its beginning is gone."""
    scribble(path, 0, 100)


def cut_off(path: Path) -> None:
    """Its end is gone."""
    path.write_bytes(path.read_bytes()[: -3 * PAGE])


def no_states(path: Path) -> None:
    """A page of states is not one any more."""
    scribble(path, root_of(path, "states"), PAGE)


def no_table(path: Path) -> None:
    """A table is not there."""
    file = sqlite3.connect(path)
    file.execute("DROP TABLE about")
    file.close()


@pytest.mark.parametrize("damage", [no_database, cut_off, no_states, no_table])
async def test_a_damaged_database_is_set_aside(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """Not a byte of it is changed; a new one is begun, and that is said."""
    path = await make(tmp_path)
    damage(path)
    damaged = path.read_bytes()
    async with opened(tmp_path) as store:
        aside = tmp_path / f"{NAME}.corrupt-20261121T120000Z"
        assert store.notice.startswith(f"{path} was damaged (")
        assert store.notice.endswith(f"): it was renamed to {aside}, and a new one created")
        assert store.load() == LoadedState()
        await store.write(Commit(states=UP))
    assert aside.read_bytes() == damaged
    async with opened(tmp_path) as store:
        assert store.notice == ""
        assert store.load().states == UP


async def test_what_was_set_aside_is_never_overwritten(tmp_path: Path) -> None:
    """Not even twice in a second."""
    for text in (b"one", b"two", b"three"):
        (tmp_path / NAME).write_bytes(text)
        async with opened(tmp_path):
            pass
    aside = [path for path in files(tmp_path) if ".corrupt-" in path.name]
    assert sorted(path.read_bytes() for path in aside) == [b"one", b"three", b"two"]


async def test_after_a_crash_all_of_it_is_checked(tmp_path: Path) -> None:
    """Its log is set aside with it, unchanged."""
    path = await make(tmp_path, clean=False)
    log = path.with_name(f"{NAME}-wal")
    assert log.stat().st_size > 0
    scribble(path, root_of(path, "checks"), PAGE)
    damaged = [path.read_bytes(), log.read_bytes()]
    async with opened(tmp_path) as store:
        assert "was damaged" in store.notice
    aside = tmp_path / f"{NAME}.corrupt-20261121T120000Z"
    assert [aside.read_bytes(), aside.with_name(f"{aside.name}-wal").read_bytes()] == damaged


async def test_damage_that_shows_itself_later(tmp_path: Path) -> None:
    """Of a database closed in good order: it is said, and all is checked at the next start."""
    path = await make(tmp_path)
    scribble(path, root_of(path, "checks"), PAGE)
    async with opened(tmp_path) as store:
        assert store.notice == ""
        assert store.load().states == UP
        with pytest.raises(StoreError, match="the database is damaged"):
            await store.maintain(NOON + 2 * HOUR)
        with pytest.raises(StoreError, match="the database is damaged"):
            HistoryReader(str(path)).checks("t1", 0, NOON + HOUR, 5)
    async with opened(tmp_path) as store:
        assert "was damaged" in store.notice


async def test_a_log_without_its_database(tmp_path: Path) -> None:
    """SQLite would put it into the new database."""
    path = await make(tmp_path, clean=False)
    path.unlink()
    async with opened(tmp_path) as store:
        assert "only its log exists" in store.notice
        assert store.load() == LoadedState()


@pytest.mark.parametrize(
    "open_it",
    [
        lambda path: open_store(path, KEPT, NOON),
        lambda path: HistoryReader(path).targets(),
        lambda path: give_order(path, OrderKind.SILENCE, "*", "ann", "", NOON, NOON),
    ],
    ids=["monitor", "reader", "order"],
)
def test_a_strangers_database_is_left_alone(
    tmp_path: Path, open_it: Callable[[str], object]
) -> None:
    """It is refused, and nothing about it changes."""
    path = tmp_path / NAME
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE precious (data)")
    file.close()
    before, changed = path.read_bytes(), path.stat().st_mtime_ns
    with pytest.raises(StoreError, match="is not the database of a fetcher monitor; use another"):
        open_it(str(path))
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, changed)


async def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    """As SQLite has it."""
    (tmp_path / NAME).touch()
    async with opened(tmp_path) as store:
        assert store.notice == ""
        await store.write(Commit(states=UP))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/monitor.db", "its directory does not exist"),
        (".", "it is a directory"),
    ],
)
def test_what_the_system_refuses(tmp_path: Path, name: str, reason: str) -> None:
    """In plain words, with the name."""
    path = str(tmp_path / name)
    with pytest.raises(StoreError, match=reason):
        open_store(path, KEPT, NOON)
