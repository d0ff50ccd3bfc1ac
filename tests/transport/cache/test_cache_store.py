"""The store: what is kept comes back, in bounded space, whoever else is there."""

import random
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from fetcher.transport.cache.cache_file import NAME, CacheError
from fetcher.transport.cache.cache_store import CacheStore, open_store
from tests.transport.cache.caching import LIMIT, NOW, entry, unexpected

KEY = b"key"


@asynccontextmanager
async def opened(
    directory: Path, limit: int = LIMIT, say: Callable[[str], None] = unexpected
) -> AsyncIterator[CacheStore]:
    """A store, closed again."""
    store = open_store(directory, limit, say)
    try:
        yield store
    finally:
        await store.aclose()


async def keep(store: CacheStore, key: bytes, body: bytes, now: float = NOW) -> None:
    """Keep an answer of this body."""
    await store.keep(key, b"", entry(size=len(body)), body, now)


async def read(store: CacheStore, key: bytes, now: float = NOW) -> bytes | None:
    """The body of a key's latest answer."""
    found = await store.find(key)
    return await store.body(found[0], now) if found else None


async def test_what_is_kept_is_there_in_the_next_run(tmp_path: Path) -> None:
    """Head and body, also of bytes that are no text."""
    kept = entry(("X-A", "1"), ("X-A", "b\udcff\u00fc"), status=203, size=3)
    async with opened(tmp_path / "new" / "cache") as store:
        await store.keep(KEY, b"variant", kept, b"\x00\xff\n", NOW)
    async with opened(tmp_path / "new" / "cache") as store:
        (found,) = await store.find(KEY)
        assert (found.entry, found.variant) == (kept, b"variant")
        assert await store.body(found, NOW) == b"\x00\xff\n"
        assert await store.find(b"other") == []


async def test_an_answer_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    """Of the same variant; who still holds the old one finds its body gone."""
    async with opened(tmp_path) as store:
        await keep(store, KEY, b"old")
        (old,) = await store.find(KEY)
        await keep(store, KEY, b"new")
        await store.keep(KEY, b"other", entry(size=1), b"x", NOW)
        assert [await store.body(kept, NOW) for kept in await store.find(KEY)] == [b"x", b"new"]
        assert await store.body(old, NOW) is None


async def test_a_new_head_leaves_the_body(tmp_path: Path) -> None:
    """And to forget an answer forgets both."""
    async with opened(tmp_path) as store:
        await keep(store, KEY, b"body")
        (kept,) = await store.find(KEY)
        await store.refresh(kept, entry(("X-A", "2"), size=4), NOW)
        (again,) = await store.find(KEY)
        assert again.entry.fields["X-A"] == "2"
        assert await store.body(again, NOW) == b"body"
        await store.drop(again)
        assert await store.find(KEY) == []
        assert await store.weight() == 0


async def test_the_least_recently_used_make_room(tmp_path: Path) -> None:
    """The space is bounded; what was used lately stays, to the hour."""
    async with opened(tmp_path, limit=40_000) as store:
        for number in range(5):
            await keep(store, b"%d" % number, bytes_of(number), NOW + number)
        assert await read(store, b"0", NOW + 7200) is not None
        for number in range(5, 9):
            await keep(store, b"%d" % number, bytes_of(number), NOW + number)
            assert await store.weight() <= 40_000
        found = [number for number in range(9) if await store.find(b"%d" % number)]
    assert found == [0, 5, 6, 7, 8]
    with closing(sqlite3.connect(tmp_path / NAME)) as file, file:
        bodies = file.execute("SELECT count(*) FROM bodies").fetchone()[0]
    file.close()
    assert bodies == len(found)


def bytes_of(number: int) -> bytes:
    """Bytes that do not shrink."""
    return random.Random(number).randbytes(7000)


async def test_what_is_too_large_is_not_kept(tmp_path: Path) -> None:
    """One answer must not push out all others."""
    async with opened(tmp_path, limit=20_000) as store:
        await keep(store, KEY, bytes_of(1))
        assert await store.find(KEY) == []


async def test_others_may_not_read_it(tmp_path: Path) -> None:
    """Pages can be private."""
    async with opened(tmp_path / "cache") as store:
        await keep(store, KEY, b"x")
        assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
        for path in (tmp_path / "cache").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def set_aside(directory: Path) -> list[Path]:
    """The stores that were set aside, without their logs."""
    found = directory.glob("*.corrupt-*")
    return [path for path in found if not path.name.endswith(("-wal", "-shm"))]


def spoil(path: Path, pages: set[int]) -> None:
    """Overwrite pages of an SQLite file, which are counted from 1."""
    data = bytearray(path.read_bytes())
    for page in pages - {0}:
        data[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    path.write_bytes(data)


async def test_a_broken_store_is_set_aside(tmp_path: Path) -> None:
    """As it is, and said; a new one is begun."""
    (tmp_path / NAME).write_bytes(b"this was a cache once" * 100)
    said: list[str] = []
    async with opened(tmp_path, say=said.append) as store:
        await keep(store, KEY, b"x")
        assert await read(store, KEY) == b"x"
    (aside,) = set_aside(tmp_path)
    assert aside.read_bytes() == b"this was a cache once" * 100
    assert len(said) == 1
    assert aside.name in said[0]


async def test_a_store_that_breaks_in_use_is_set_aside(tmp_path: Path) -> None:
    """The run goes on, without what was in it."""
    async with opened(tmp_path) as store:
        for number in range(30):
            await keep(store, b"%d" % number, bytes_of(number))
    with closing(sqlite3.connect(tmp_path / NAME)) as file, file:
        pages = [row[0] for row in file.execute("SELECT rootpage FROM sqlite_schema").fetchall()]
        kept = file.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'facts'").fetchone()
    file.close()
    spoil(tmp_path / NAME, {*pages} - {*kept})
    said: list[str] = []
    async with opened(tmp_path, say=said.append) as store:
        assert [await read(store, b"%d" % number) for number in range(30)] == [None] * 30
        await keep(store, KEY, b"x")
        assert await read(store, KEY) == b"x"
    assert len(said) == 1
    assert set_aside(tmp_path)


async def test_a_body_that_has_changed_is_found_out(tmp_path: Path) -> None:
    """By its checksum."""
    async with opened(tmp_path) as store:
        await keep(store, KEY, bytes_of(1))
    with closing(sqlite3.connect(tmp_path / NAME)) as file, file:
        file.execute("UPDATE bodies SET data = ?", (bytes_of(2),))
    file.close()
    said: list[str] = []
    async with opened(tmp_path, say=said.append) as store:
        assert await read(store, KEY) is None
    assert len(said) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("PRAGMA user_version = 99", "another version"),
        ("PRAGMA application_id = 7", "not a cache"),
    ],
)
async def test_what_is_not_ours_is_left_alone(tmp_path: Path, change: str, words: str) -> None:
    """The store of a newer version, or a stranger's file of that name."""
    async with opened(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / NAME)) as file, file:
        file.execute(change)
    file.close()
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(CacheError, match=words):
        open_store(tmp_path, LIMIT)
    assert (tmp_path / NAME).read_bytes() == before


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file where the directory should be."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(CacheError, match=r"file as a cache"):
        open_store(tmp_path / "file", LIMIT)


async def test_a_disk_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """What cannot be kept is not kept, and that is said once."""
    said: list[str] = []
    async with opened(tmp_path, say=said.append) as store:
        await keep(store, KEY, b"before")
        await store._do(lambda records: records._file.execute("PRAGMA query_only = 1"), None)
        await keep(store, b"1", b"x")
        await keep(store, b"2", b"x")
        assert await read(store, KEY) == b"before"
    assert len(said) == 1
    assert "cannot be used for now" in said[0]
