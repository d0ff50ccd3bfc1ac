"""One store and several processes, one of which is killed."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from fetcher.transport.cache.cache_file import NAME
from tests.transport.cache.test_cache_store import opened, read

WRITER = """
import asyncio, sys
from pathlib import Path
from tests.transport.cache.caching import unexpected
from tests.transport.cache.test_cache_store import keep, opened

async def main(directory, name, count):
    async with opened(Path(directory), say=unexpected) as store:
        for number in range(int(count)):
            await keep(store, f"{name} {number}".encode(), f"{name} {number}".encode() * 300)
            print(number, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


def writer(directory: Path, name: str, count: int) -> "subprocess.Popen[str]":
    """A process that keeps so many answers and says so after each."""
    command = [sys.executable, "-c", WRITER, str(directory), name, str(count)]
    root = Path(__file__).parents[3]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)


async def test_several_processes_write_at_once(tmp_path: Path) -> None:
    """From the first moment on, when each would make the file; nothing is lost."""
    processes = [writer(tmp_path, name, 40) for name in "abc"]
    outputs = [await asyncio.to_thread(process.communicate) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outputs
    async with opened(tmp_path) as store:
        for name in "abc":
            for number in range(40):
                text = f"{name} {number}".encode()
                assert await read(store, text) == text * 300
        assert await store.weight() > 0


async def test_a_process_that_is_killed_leaves_a_whole_store(tmp_path: Path) -> None:
    """What it said was kept is there, and the count of bytes is right."""
    process = writer(tmp_path, "k", 100_000)
    assert process.stdout is not None
    for _ in range(50):
        last = int(process.stdout.readline())
    process.kill()
    rest = process.communicate()[0]
    last = max([last, *map(int, rest.split())])
    async with opened(tmp_path) as store:
        for number in range(last + 1):
            assert await read(store, f"k {number}".encode()) is not None
        weight = await store.weight()
    with closing(sqlite3.connect(tmp_path / NAME)) as file, file:
        assert file.execute("SELECT sum(weight) FROM answers").fetchone()[0] == weight
        assert file.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    file.close()
