"""Backups: whole, of one moment, while a monitor writes."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from fetcher.monitor.commit import Commit
from fetcher.monitor.history import HistoryReader, StoreError, back_up, open_store
from fetcher.monitor.target_state import State
from tests.monitor.history.making import KEPT, NAME, NOON, files, opened, record, scribble


def commit(number: int) -> Commit:
    """A commit that can be told from others, and be seen whether it is whole."""
    records = tuple([record(key, NOON + number) for key in ("a", "b")])
    return Commit(records=records, states={key: State(bad=number) for key in ("a", "b")})


async def test_backups_while_it_is_written(tmp_path: Path) -> None:
    """Each holds whole commits, can be opened as a database, and disturbs nobody."""
    copies = [tmp_path / f"copy{number}.db" for number in range(5)]
    done = asyncio.Event()
    written = 0

    async def write() -> None:
        nonlocal written
        while not done.is_set():
            written += 1
            await store.write(commit(written))

    async with opened(tmp_path) as store:
        writing = asyncio.create_task(write())
        for number, copy in enumerate(copies):
            await asyncio.sleep(0.02)
            if number % 2:
                await store.backup(str(copy))
            else:
                await asyncio.to_thread(back_up, tmp_path / NAME, copy)
        done.set()
        await writing
        assert store.load().states["a"].bad == written
    seen = []
    for copy in copies:
        reader = HistoryReader(str(copy))
        states = {standing.state.bad for standing in reader.status()}
        (number,) = states
        counts = [len(reader.checks(key, 0, NOON + 1e6, 10**6)) for key in ("a", "b")]
        assert counts == [number, number]
        reader.close()
        seen.append(number)
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] <= written
    again = open_store(str(copies[0]), KEPT, NOON)
    assert again.notice == ""
    await again.close()


async def test_a_backup_is_one_file_and_overwrites_nothing(tmp_path: Path) -> None:
    """Not even another backup."""
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    async with opened(tmp_path) as store:
        await store.write(commit(1))
        await store.backup(str(copy))
        assert files(copy.parent) == [copy]
        before = copy.read_bytes()
        with pytest.raises(StoreError, match=r"^[^:]+ already exists; use another file"):
            await store.backup(str(copy))
    assert copy.read_bytes() == before


def test_nothing_to_back_up(tmp_path: Path) -> None:
    """No database is made only to be copied."""
    with pytest.raises(StoreError, match="no database at"):
        back_up(tmp_path / NAME, tmp_path / "copy.db")
    assert files(tmp_path) == []


async def test_a_backup_with_no_place(tmp_path: Path) -> None:
    """It is said in plain words, and nothing is left behind."""
    async with opened(tmp_path) as store:
        with pytest.raises(StoreError, match="its directory does not exist"):
            await store.backup(str(tmp_path / "missing" / "copy.db"))


async def test_a_damaged_database_makes_no_backup(tmp_path: Path) -> None:
    """A copy that is damaged too would be taken for a good one."""
    path = tmp_path / NAME
    async with opened(tmp_path) as store:
        await store.write(Commit(records=tuple([record(f"t{n}", NOON) for n in range(2000)])))
    file = sqlite3.connect(path)
    query = "SELECT rootpage FROM sqlite_schema WHERE name = 'checks'"
    (page,) = file.execute(query).fetchone()
    file.close()
    scribble(path, (page - 1) * 4096, 4096)
    with pytest.raises(StoreError, match="copy"):
        back_up(path, tmp_path / "copy.db")
    assert [each.name for each in files(tmp_path) if "copy" in each.name] == []
